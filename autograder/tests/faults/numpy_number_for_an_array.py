r"""A NumPy number where an array is due.

place: row_sums
scores: row_sums 0.0, double 3.0, double_sums 2.0
verdicts: row_sums fail
words: one number for each row.*shape \(\).*shape \(4,\) is expected
"""


def row_sums(x):
    return np.float64(5.0)
