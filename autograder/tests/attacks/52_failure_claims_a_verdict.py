"""The failure of a call is forged: without bases, named as a verdict.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
variants: pass, not_attempted, grader_fault
"""

send(wire.Returned(number(), [wire.Outcome(wire.Plain(None), wire.Failure(VARIANT, [], "", ""), [], [])]))
