"""Arguments come back that nobody asked for.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
"""

send(wire.Returned(number(), [wire.Outcome(wire.Plain(1.0), None, [], [wire.Plain("x")] * 1000)]))
