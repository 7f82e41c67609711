"""The function never ends.

place: double
scores: no double
verdicts: double timeout
words: is there a loop that never ends
"""


def double(x):
    while True:
        pass
