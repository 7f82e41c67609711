"""A reply to a request that was never made.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
seen as: protocol
"""

raw(returned(12345, right))
