"""A generator where an array is due.

place: double
scores: no double
verdicts: double fail
words: The result is a generator
"""


def double(x):
    return (2 * v for v in x)
