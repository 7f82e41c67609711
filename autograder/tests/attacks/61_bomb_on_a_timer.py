"""A thread ends the process at a moment of its own choice, with a code that says all is well.

known: our own
place: cell or call
promise: may lose
reaches: itself
stock: run
"""

import os
import threading

threading.Timer(0.05, os._exit, [0]).start()
