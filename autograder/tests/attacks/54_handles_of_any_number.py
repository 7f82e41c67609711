"""Handles with numbers that no object can have.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
variants: -1, 0, 9223372036854775807
"""

send(
    wire.Returned(
        number(),
        [wire.Outcome(wire.Items("tuple", [wire.Kept(int(VARIANT), "pass")] * 3), None, [], [])],
    )
)
