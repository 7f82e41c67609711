"""The function has another name.

place: double
scores: no double
verdicts: double fail
words: defines no function called double
"""


def doubled(x):
    return 2 * x
