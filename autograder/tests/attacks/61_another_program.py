"""The process becomes another program.

known: isolate, Submitty
place: cell or call
promise: others same
reaches: the machine
stock: run
"""

import os

os.execv("/bin/true", ["true"])
