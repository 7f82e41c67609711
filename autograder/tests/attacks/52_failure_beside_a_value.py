"""The call has both a value and a failure.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
"""

send(
    wire.Returned(
        number(),
        [wire.Outcome(wire.Plain(1.0), wire.Failure("NotImplementedError", ["Exception"], "", ""), [], [])],
    )
)
