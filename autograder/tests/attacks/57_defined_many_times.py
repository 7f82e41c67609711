"""A thousand definitions of the same function, one of them wrong in its own way.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
"""

for number in range(1000):
    exec(f"def softmax(scores):\n    return np.full(scores.shape, {number}.0)")


def softmax(scores):
    exp_scores = np.exp(scores)
    return exp_scores / exp_scores.sum(axis=1, keepdims=True)
