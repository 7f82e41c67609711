"""A function of the judge's is called that was never handed over.

known: our own
place: frame
promise: may lose
reaches: itself
seen as: protocol
stock: does not apply: there is no worker
"""

send(wire.CallbackWanted(0, 7, []))
