"""A right answer changes its argument in place.

place: double
scores: row_sums 1.0, double 2.7, double_sums 2.0
verdicts: double fail
words: changes an argument in place: work on a copy
"""


def double(x):
    x *= 2
    return x
