"""Megabytes of output in every call.

known: nbgrader, Submitty, autograder-sandbox
place: everywhere
promise: may lose
reaches: itself
stock: run
"""

for _ in range(4):
    print("x" * (1 << 20))
