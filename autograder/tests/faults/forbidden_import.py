"""The answer imports what is not there when it is graded.

place: double
scores: no double
verdicts: double error
words: torch cannot be imported when your work is graded
"""

import torch


def double(x):
    return 2 * x
