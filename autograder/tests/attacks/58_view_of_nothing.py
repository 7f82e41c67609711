"""A view without memory of its own claims to be enormous.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
verdict: fail
"""


def softmax(scores):
    return np.broadcast_to(1 / scores.shape[1], (10**9, 10**6))
