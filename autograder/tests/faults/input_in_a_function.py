"""The function asks for input.

place: double
scores: no double
verdicts: double error
words: EOFError
"""


def double(x):
    return int(input()) * x
