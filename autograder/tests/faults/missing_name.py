"""The answer uses a name that does not exist.

place: double
scores: no double
verdicts: double error
words: NameError: name 'factor' is not defined.*return factor
"""


def double(x):
    return factor * x
