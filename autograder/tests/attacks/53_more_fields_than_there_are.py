"""The result of a call has fields that no message has.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
variants: pass, 1.0, nan
"""

import msgspec

outcome = [["p", 1.0], None, [], [], VARIANT, {"score": 2.0, "verdict": VARIANT}]
send(msgspec.Raw(msgspec.msgpack.encode(["returned", number(), [outcome], VARIANT, {"verdict": "pass"}])))
