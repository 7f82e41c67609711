"""SystemExit is raised.

known: gradema, nbgrader
place: cell or call
promise: others same
reaches: itself
stock: run
"""

raise SystemExit(0)
