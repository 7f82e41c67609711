"""A regular expression that never ends.

known: nbgrader, ok, check50
place: cell or call
promise: others same
reaches: itself
stock: harm
"""

import re

re.match("(a+)+$", "a" * 64 + "b")
