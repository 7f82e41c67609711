r"""The function takes no argument.

place: double
scores: no double
verdicts: double fail
words: must take the arguments \(x\)
"""


def double():
    return 2
