"""The process kills itself.

known: nbgrader, otter
place: cell or call
promise: others same
reaches: itself
stock: run
"""

import os
import signal

os.kill(os.getpid(), signal.SIGKILL)
