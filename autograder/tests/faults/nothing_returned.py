r"""The function returns nothing.

place: double
scores: no double
verdicts: double fail
words: is None: does your function end with `return`\?
"""


def double(x):
    2 * x
