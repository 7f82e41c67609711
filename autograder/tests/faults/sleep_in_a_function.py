"""The function sleeps.

place: double
scores: no double
verdicts: double timeout, double_sums timeout
words: no answer in time
"""


def double(x):
    import time

    time.sleep(99)
