"""The function has a signature of its own making.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
"""


def softmax(scores):
    exp_scores = np.exp(scores)
    return exp_scores / exp_scores.sum(axis=1, keepdims=True)


class Signature:
    parameters = property(lambda self: 1 / 0)


softmax.__signature__ = Signature()
softmax.__wrapped__ = softmax
softmax.__name__ = softmax.__qualname__ = "pass"
