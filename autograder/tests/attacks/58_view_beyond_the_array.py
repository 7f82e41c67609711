"""A view reaches far beyond the memory that it was made of.

known: our own
place: answer
promise: others same
reaches: itself
stock: harm
"""


def softmax(scores):
    return np.lib.stride_tricks.as_strided(scores, scores.shape, (1 << 40, 1 << 30))
