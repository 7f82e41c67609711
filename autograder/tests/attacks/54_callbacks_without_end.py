"""The judge's functions are called without end, none of which was handed over.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
"""

while True:
    send(wire.CallbackWanted(0, 0, [wire.Plain(float("nan"))]))
