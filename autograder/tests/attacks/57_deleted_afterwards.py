"""The function is deleted once it has been defined.

known: our own
place: after
promise: others same
reaches: itself
stock: run
"""

del softmax
