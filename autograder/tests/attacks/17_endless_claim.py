"""The beginning of a frame of the largest size, and then nothing.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
seen as: timeout
"""

raw(wire.PREFIX.pack(wire.MAGIC, wire.MAX_HEADER, wire.MAX_ARRAYS))
import time

time.sleep(60)
