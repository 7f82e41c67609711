r"""Below the function, in the same cell, a loop never ends.

place: double
scores: no double
verdicts: double timeout
words: double was not defined\. cell \d+: no answer in time: is there a loop that never ends\?
"""


def double(x):
    return 2 * x


while True:
    pass
