"""The function calls itself without end.

place: double
scores: no double
verdicts: double error
words: RecursionError
"""


def double(x):
    return double(x)
