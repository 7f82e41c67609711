"""Memory is written where nothing is, or where Python keeps its numbers.

known: our own
place: cell or call
promise: may lose
reaches: itself
stock: run
variants: nowhere, the number 1
"""

import ctypes

if VARIANT == "nowhere":
    ctypes.string_at(0)
else:
    ctypes.memset(id(1) + 24, 7, 1)
