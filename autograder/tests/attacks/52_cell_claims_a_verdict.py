"""The outcome of a cell is forged: a failure without bases, named as a verdict.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
variants: pass, not_attempted, grader_fault
"""

send(wire.CellRan(number(), wire.Failure(VARIANT, [], "", "")))
