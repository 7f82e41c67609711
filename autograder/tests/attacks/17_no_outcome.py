"""A reply without a result.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
seen as: protocol
"""

raw(returned(number(), right, times=0))
