"""True, as the value of the call.

known: PrairieLearn, Submitty (results on a pipe)
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
"""

raw(returned(number(), True))
