"""The call is said to have taken nan, infinite or negative seconds.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
variants: nan, inf, -inf, -1
"""

send(wire.Returned(number(), [wire.Outcome(wire.Plain(1.0), None, [], [], float(VARIANT))]))
