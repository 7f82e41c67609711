"""The function wants more memory than there is.

place: double
scores: no double
verdicts: double memory
words: MemoryError|Unable to allocate
"""


def double(x):
    return np.ones((1 << 20, len(x) << 20))
