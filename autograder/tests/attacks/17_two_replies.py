"""The reply twice, the second one for the call to come.

known: PrairieLearn, Submitty (results on a pipe)
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
seen as: protocol
"""

raw(returned(number(), right) * 2)
