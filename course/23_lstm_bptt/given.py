"""A network with one LSTM unit, and the slope of each of its outputs in each of its 14 weights.

The slopes are central differences: every weight is moved a little up and a little down, and the network is run again.
That is slow and needs no formula of back-propagation, so no such formula can be wrong here.
"""

import numpy as np

UP_AND_DOWN = 1e-5


def one_unit(theta, x):
    """Run the network over one sequence.

    Parameters
    ----------
    theta : (14,) float64
        Weights of the input (4), of the fed-back output (4) and biases (4), each in the order of the gates i, f, o, g;
        then weight and bias of the output.
    x : (T,) float64
        One symbol a step.

    Returns
    -------
    probs : (T,) float64
        After each symbol, the probability that the next one is a 1.
    slopes : (T, 14) float64
        How fast the score before the last sigmoid rises with each weight: entry (t, k) is d score_t / d theta_k.
    """
    moves = UP_AND_DOWN * np.eye(theta.size)
    scores = _scores(np.vstack([theta + moves, theta - moves, theta]), x)
    up, down, here = scores[: theta.size], scores[theta.size : -1], scores[-1]
    return _sigmoid(here), (up - down).T / (2 * UP_AND_DOWN)


def _sigmoid(a):
    return 0.5 * (1.0 + np.tanh(0.5 * a))


def _scores(thetas, x):
    """Scores (P, T) of P networks at once; ``thetas`` is (P, 14)."""
    wx, wh, b, wy, by = np.split(thetas, [4, 8, 12, 13], axis=1)
    h = c = np.zeros((len(thetas), 1))
    scores = []
    for symbol in x:
        a = wx * symbol + wh * h + b  # (P, 4)
        squashed = _sigmoid(a)
        c = squashed[:, 1:2] * c + squashed[:, 0:1] * np.tanh(a[:, 3:4])
        h = squashed[:, 2:3] * np.tanh(c)
        scores.append(wy * h + by)
    return np.hstack(scores)
