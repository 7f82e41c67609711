"""The process aborts.

known: nbgrader, otter
place: cell or call
promise: others same
reaches: itself
stock: run
"""

import os

os.abort()
