"""Arguments are said to have changed that were never given.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
"""

send(wire.Returned(number(), [wire.Outcome(wire.Plain(1.0), None, [-1, 7, 2**40], [])]))
