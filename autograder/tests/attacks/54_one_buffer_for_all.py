"""Many arrays claim the same bytes.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
"""

arrays = [wire.Array("<f8", [5, 3], 0)] * 1000
send(
    wire.Returned(number(), [wire.Outcome(wire.Items("list", arrays), None, [], [])]),
    buffers=[memoryview(bytes(120))],
)
