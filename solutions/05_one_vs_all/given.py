"""Given in this lesson: the sigmoid of lesson 04."""

import numpy as np


def sigmoid(z):
    """Probability of a yes for each score.

    Parameters
    ----------
    z : ndarray of float64, any shape
        Scores, of any size.

    Returns
    -------
    ndarray of float64, shape of `z`
        ``1 / (1 + exp(-z))``, entry by entry: never nan, and 0 or 1 where float64 rounds to them.
    """
    return np.exp(-np.logaddexp(0, -z))
