"""A claim of full isolation, in mid-work.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
seen as: protocol
"""

send(wire.Ready(["namespaces", "landlock", "seccomp"], []))
