"""A handle of an object that was never kept.

known: our own
place: frame
promise: may lose
reaches: itself
seen as: protocol
stock: does not apply: there is no worker
"""

send(wire.Returned(number(), [wire.Outcome(wire.Kept(99, "x"), None, [], [])]))
