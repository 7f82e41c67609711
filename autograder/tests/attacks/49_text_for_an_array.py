"""An array of text where an array of numbers is due.

known: this grader, before it bounded what it looks at
place: answer
promise: others same
reaches: itself
stock: does not apply: another exercise
exercise: score_gradient
verdict: fail
"""


def score_gradient(probs, y):
    return np.full(probs.shape, "one third")
