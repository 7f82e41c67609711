"""A pickle that runs a command, instead of a frame.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
seen as: protocol
"""

raw(b'\x80\x04cos\nsystem\n(S"true"\ntR.' * 4)
