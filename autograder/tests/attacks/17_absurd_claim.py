"""The beginning of a frame larger than any memory.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
seen as: protocol
"""

raw(wire.PREFIX.pack(wire.MAGIC, 2**32 - 1, 2**64 - 1))
