"""A function of the judge's is called by a negative number.

known: our own
place: frame
promise: may lose
reaches: itself
seen as: protocol
stock: does not apply: there is no worker
"""

send(wire.CallbackWanted(0, -1, [wire.Plain(1)]))
