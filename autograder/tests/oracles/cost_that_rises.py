"""Independent answers to 04_cost_that_rises: SciPy and scikit-learn for the values, HIPS autograd for every gradient."""

import autograd
import autograd.numpy as anp
import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

WITHOUT_ORACLE = {
    "find_the_bugs": "verdicts on five given programs, not a computation; the lesson's own cells measure them"
}


def predict_shapes():
    """NumPy's own verdicts."""
    X, W, P, Y, y = np.zeros((3, 4)), np.zeros((4, 1)), np.zeros((3, 1)), np.zeros((1, 3)), np.zeros(3)
    expressions = ["X @ W", "Y * P", "Y.T * P", "Y @ P", "y - P", "Y - y", "W + X.T @ (Y - P)", "X * Y"]
    shapes = []
    for text in expressions:
        try:
            shapes.append(eval(text, {"X": X, "W": W, "P": P, "Y": Y, "y": y}).shape)
        except ValueError:
            shapes.append("error")
    return tuple(shapes)


def broadcast_floor(Y):
    """By search: the broken cost is a sum over the scores, one and the same function of each."""
    if len(np.unique(Y)) == 1:
        return 0.0

    def broken(z):
        return sum(sum(-np.log(expit(z)) if y else -np.log(expit(-z)) for y in Y.ravel()) for _ in Y) / len(Y)

    return minimize_scalar(broken, bounds=(-10, 10), method="bounded", options={"xatol": 1e-9}).fun


def _model(W, b):
    model = LogisticRegression()
    model.classes_, model.intercept_, model.coef_ = np.array([0, 1]), np.array([b]), W.T
    return model


def linear_scores(X, W, b):
    return _model(W, b).decision_function(X)[:, None]


def sigmoid(Z):
    return expit(Z)


def logistic_cost(Y, Z):
    """scikit-learn's own cost where its probabilities have digits left, else how far each score is wrong."""
    if np.abs(Z).max() < 30:
        return log_loss(Y.ravel(), expit(Z.ravel()), labels=[0, 1])
    wrong_by = np.where(Y == 1, -Z, Z).ravel()
    return np.mean([w if w > 30 else np.log1p(np.exp(w)) for w in wrong_by])


def _cost(theta, X, Y):
    z = anp.dot(X, theta[:-1]) + theta[-1]
    return anp.mean(anp.logaddexp(0, (1 - 2 * Y[:, 0]) * z))


_slope = autograd.grad(_cost)


def logistic_gradient(X, Y, Z):
    def through(W, b):
        z = anp.dot(X, W) + b + Z  # a nudge of W and b, on top of the given scores
        return anp.mean(anp.logaddexp(0, z) - Y * z)

    W = np.zeros((X.shape[1], 1))
    return autograd.grad(through, 0)(W, 0.0), autograd.grad(through, 1)(W, 0.0)


def fit(X, Y, learning_rate, steps):
    theta, costs = np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        costs.append(_cost(theta, X, Y))
        theta = theta - learning_rate * _slope(theta, X, Y)
    return theta[:-1, None], theta[-1], np.array(costs)


def _labels(rng, m):
    return rng.integers(2, size=(m, 1)).astype(float)


CASES = {
    "predict_shapes": lambda rng: [()],
    "broadcast_floor": lambda rng: [(np.eye(5)[:, :1],), (_labels(rng, 9),), (np.ones((3, 1), dtype=int),)],
    "linear_scores": lambda rng: [
        (rng.normal(size=(m, n)), rng.normal(size=(n, 1)), 0.7) for m, n in ((5, 3), (1, 4), (4, 1))
    ],
    "sigmoid": lambda rng: [
        (3 * rng.normal(size=(6, 2)),),
        (np.array([[1000.0], [-1000.0], [0.0], [36.5]]),),
    ],
    "logistic_cost": lambda rng: [
        (_labels(rng, 8), size * rng.normal(size=(8, 1))) for size in (1.0, 5.0, 1000.0)
    ],
    "logistic_gradient": lambda rng: [
        (rng.normal(size=(m, n)), _labels(rng, m), size * rng.normal(size=(m, 1)))
        for m, n, size in ((7, 3, 1.0), (1, 4, 5.0), (6, 1, 300.0))
    ],
    "fit": lambda rng: [
        (rng.normal(size=(m, n)), _labels(rng, m), rate, steps)
        for m, n, rate, steps in ((7, 3, 0.4, 6), (3, 4, 1.5, 1), (5, 2, 0.1, 0))
    ],
}
