"""A list of as many values as a frame can hold.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
"""

send(wire.Returned(number(), [wire.Outcome(wire.Items("list", [wire.Plain(1)] * 250_000), None, [], [])]))
