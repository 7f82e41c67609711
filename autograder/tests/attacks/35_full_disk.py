"""A hundred gigabytes on the disk.

known: Submitty, isolate, nbgrader
place: everywhere
promise: may lose
reaches: the machine
stock: harm
"""

for number in range(100_000):
    open(f"file{number}", "wb").write(bytes(1 << 20))
