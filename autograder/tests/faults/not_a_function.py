"""The name of the function is that of a number.

place: double
scores: no double
verdicts: double fail
words: must be a function; something else has taken its name
"""

double = 2
