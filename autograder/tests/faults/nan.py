"""Every entry is nan.

place: double
scores: no double
verdicts: double fail
words: nan or inf
"""


def double(x):
    return x * np.nan
