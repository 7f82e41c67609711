"""sys.exit with a code that says all is well.

known: gradema, nbgrader
place: cell or call
promise: others same
reaches: itself
stock: run
"""

import sys

sys.exit(0)
