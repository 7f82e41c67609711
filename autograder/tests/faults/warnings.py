"""A right answer warns, and prints on stderr.

place: double
scores: all
"""


def double(x):
    import sys
    import warnings

    warnings.warn("beware")
    print("mind", file=sys.stderr)
    np.log(0.0)
    return 2 * x
