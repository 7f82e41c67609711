"""A breakpoint was left behind.

place: double
scores: no double
verdicts: double error
words: Bdb|EOF|breakpoint
"""


def double(x):
    breakpoint()
    return 2 * x
