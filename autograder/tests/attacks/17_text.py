"""Text instead of a frame.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
seen as: protocol
"""

raw(b"HTTP/1.1 200 OK\r\n\r\n" * 4)
