"""The function sleeps.

place: double
scores: no double
verdicts: double timeout
words: no answer in time
"""


def double(x):
    import time

    time.sleep(99)
