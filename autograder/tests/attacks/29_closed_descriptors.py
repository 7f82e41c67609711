"""All descriptors are closed.

known: isolate, Submitty
place: cell or call
promise: others same
reaches: itself
stock: run
"""

import os

os.closerange(0, 256)
