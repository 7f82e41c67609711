"""The function ends the process.

place: double
scores: no double
verdicts: double died
words: your program ended
"""


def double(x):
    import os

    os._exit(0)
