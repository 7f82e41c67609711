"""The function calls sys.exit.

place: double
scores: no double
verdicts: double error
words: SystemExit: enough
"""


def double(x):
    import sys

    sys.exit("enough")
