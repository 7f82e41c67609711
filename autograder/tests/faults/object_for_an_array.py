"""An object of the student's own where an array is due.

place: double
scores: no double
verdicts: double fail
words: The result is a Result: not a number, an array
"""


class Result:
    pass


def double(x):
    return Result()
