"""The outcome of a cell where a result is due.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
seen as: protocol
"""

send(wire.CellRan(number(), None))
