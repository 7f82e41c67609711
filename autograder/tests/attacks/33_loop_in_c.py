"""A loop in C that holds the interpreter.

known: nbgrader, ok, check50
place: cell or call
promise: others same
reaches: itself
stock: harm
"""

sum(range(10**15))
