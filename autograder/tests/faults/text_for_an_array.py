"""Text where an array is due.

place: double
scores: no double
verdicts: double fail
words: is a str; a number or a NumPy array is expected
"""


def double(x):
    return str(2 * x)
