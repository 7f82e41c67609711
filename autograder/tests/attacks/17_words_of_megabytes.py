"""A failure whose message is a million characters long.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
seen as: protocol
"""

send(wire.Returned(number(), [wire.Outcome(wire.Plain(1), wire.Failure("E", [], "x" * 10**6, ""), [], [])]))
