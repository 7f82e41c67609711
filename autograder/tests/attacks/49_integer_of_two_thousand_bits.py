"""An integer beyond every kind of NumPy's where a number is due.

known: this grader, before it bounded what it looks at
place: answer
promise: others same
reaches: itself
stock: run
exercise: cross_entropy
verdict: fail
"""


def cross_entropy(probs, y):
    return 2**2000
