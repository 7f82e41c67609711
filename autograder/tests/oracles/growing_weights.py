"""Independent answers to 01_growing_weights: HIPS autograd for slope and curvature, closed forms for the descent."""

import autograd.numpy as anp
import numpy as np
import scipy.linalg
from autograd import grad
from autograd import hessian as second_derivatives


def _loss(theta, X, y):
    residual = anp.dot(X, theta[:2]) + theta[2] - y
    return anp.sum(residual**2) / len(y)


def errors_by_hand():
    def three_steps(rate):
        slope, w = grad(lambda w: 0.5 * 4 * w**2), 1.0
        for _ in range(3):
            w = w - rate * slope(w)
        return w

    return np.array([three_steps(rate) for rate in (0.1, 0.25, 0.4, 0.5, 0.6)])


def predict(X, w, b):
    return np.array([x1 * w[0] + x2 * w[1] + b for x1, x2 in X])


def mse_gradient(X, y, w, b):
    slope = grad(_loss)(np.array([*w, b]), X, y)
    return slope[:2], slope[2]


def fit(X, y, learning_rate, steps):
    """From zeros, the residual after t steps is (I - rate * 2/N * A A^T)^t times the first; theta adds up its gradients."""
    A = np.column_stack([X, np.ones(len(X))])
    step = np.eye(len(X)) - learning_rate * 2 / len(X) * A @ A.T
    residuals = [-np.linalg.matrix_power(step, t) @ y for t in range(steps)]
    theta = -learning_rate * 2 / len(X) * A.T @ np.sum([np.zeros(len(X)), *residuals], axis=0)
    return theta[:2], theta[2], np.array([r @ r / len(X) for r in residuals])


def hessian(X):
    return second_derivatives(_loss)(np.zeros(3), X, np.zeros(len(X)))


def _curvatures(X):
    """Squared singular values of the inputs; missing ones are 0."""
    A = np.column_stack([X, np.ones(len(X))])
    values = np.zeros(3)
    found = scipy.linalg.svdvals(A)
    values[: len(found)] = 2 / len(X) * found**2
    return np.sort(values)


def max_learning_rate(X):
    return 2 / _curvatures(X)[-1]


def error_factors(X, learning_rate):
    return 1 - learning_rate * _curvatures(X)


def judge_the_repairs():
    """By rank and spectral radius of the six data sets as the text describes them."""
    x = np.random.default_rng(1).integers(0, 10, size=64)
    many = np.random.default_rng(0).integers(0, 10, size=(64, 2))
    cases = [
        ([[3, 7]], 0.01),
        (many, 0.01),
        (many, 0.0196),
        ([[1, 2], [3, 3], [5, 4]], 0.01),
        ([[1, 2], [3, 3], [5, 9]], 0.01),
        (np.column_stack([x, 9 - x]), 0.01),
    ]
    verdicts = []
    for X, rate in cases:
        A = np.column_stack([np.array(X, dtype=float), np.ones(len(X))])
        if rate * 2 / len(A) * np.linalg.norm(A, ord=2) ** 2 > 2:
            verdicts.append("grows")
        else:
            verdicts.append("right" if np.linalg.matrix_rank(A) == 3 else "elsewhere")
    return tuple(verdicts)


def _data(rng, N):
    return rng.normal(size=(N, 2)) * [1.0, 2.0] + [0.5, 1.0], rng.normal(size=N) + 2.0


CASES = {
    "errors_by_hand": lambda rng: [()],
    "predict": lambda rng: [(rng.normal(size=(N, 2)), rng.normal(size=2), rng.normal()) for N in (7, 1)],
    "mse_gradient": lambda rng: [(*_data(rng, N), rng.normal(size=2), rng.normal()) for N in (7, 2, 1)],
    "fit": lambda rng: [
        (*_data(rng, N), rate, steps)
        for N, rate, steps in ((8, 0.05, 6), (1, 0.02, 3), (5, 1.5, 4), (4, 0.1, 0))
    ],
    "hessian": lambda rng: [(_data(rng, N)[0],) for N in (7, 2, 1)] + [(np.zeros((3, 2)),)],
    "max_learning_rate": lambda rng: [(_data(rng, N)[0],) for N in (7, 2, 1)] + [(np.zeros((3, 2)),)],
    "error_factors": lambda rng: [
        (_data(rng, N)[0], rate) for N, rate in ((7, 0.1), (2, 0.0), (1, 3.0), (5, 0.01))
    ],
    "judge_the_repairs": lambda rng: [()],
}
