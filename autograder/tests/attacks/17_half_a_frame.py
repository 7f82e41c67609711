"""Half a frame, and then nothing.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
seen as: timeout
"""

raw(returned(number(), right)[:20])
import time

time.sleep(60)
