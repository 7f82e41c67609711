"""Nodes that only the judge may send.

known: our own
place: frame
promise: may lose
reaches: itself
seen as: protocol
stock: does not apply: there is no worker
"""

send(
    wire.Returned(
        number(), [wire.Outcome(wire.Items("list", [wire.Seed(1), wire.Callback(0)]), None, [], [])]
    )
)
