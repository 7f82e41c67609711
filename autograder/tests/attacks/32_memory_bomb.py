"""A hundred gigabytes of memory.

known: nbgrader, PrairieLearn, Submitty
place: everywhere
promise: may lose
reaches: itself
stock: harm
"""

[bytearray(1 << 20) for _ in range(100_000)]
