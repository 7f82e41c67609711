"""Independent answers to 16_regression_net: HIPS autograd, SciPy, and the standard library's statistics."""

import statistics

import autograd.numpy as anp
import numpy as np
import scipy.special
from autograd import grad
from autograd.scipy.special import expit

from autograder.tests.oracles.shared.gradient_check import gradient_check, gradient_check_cases  # noqa: F401


def standardise(X):
    mean = np.array([statistics.fmean(column) for column in X.T])
    scale = np.array([statistics.pstdev(c) if len(set(c)) > 1 else 1.0 for c in X.T.tolist()])
    return np.array([(row - mean) / scale for row in X]), mean, scale


def _output(X, T1, T2):
    """Biases apart from the weights, sigmoid from SciPy."""
    return T2[:, 0] + anp.dot(expit(T1[:, 0] + anp.dot(X, T1[:, 1:].T)), T2[:, 1:].T)


def forward(X, T1, T2):
    return _output(X, T1, T2), None


def cost(X, y, T1, T2, reg):
    squares = anp.sum(anp.square(_output(X, T1, T2) - y))
    size = sum(anp.linalg.norm(T[:, 1:]) ** 2 for T in (T1, T2))
    return (squares + reg * size) / X.shape[0] / 2


def find_the_bug():
    """Every set of lines, smallest first: change these lines and let autograd judge."""
    from itertools import combinations

    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    T1, T2, reg, N = rng.normal(size=(4, 4)), rng.normal(size=(2, 5)), 1.0, 6

    def linear_cost(T1, T2):
        hidden = anp.dot(X, T1[:, 1:].T) + T1[:, 0]
        error = anp.dot(hidden, T2[:, 1:].T) + T2[:, 0] - y
        return (anp.sum(error**2) + reg * (anp.sum(T1[:, 1:] ** 2) + anp.sum(T2[:, 1:] ** 2))) / (2 * N)

    right = grad(linear_cost, 0)(T1, T2), grad(linear_cost, 1)(T1, T2)

    def program(changed):
        """The nine lines; a changed one loses the factor or operand in question."""
        th1, th2 = T1.copy(), T2.copy()
        if 1 not in changed:
            th1[:, 0] = th2[:, 0] = 0
        a1 = np.hstack([np.ones((N, 1)), X])
        hidden = a1 @ T1.T
        a2 = np.hstack([np.ones((N, 1)), scipy.special.expit(hidden) if 3 in changed else hidden])
        del_3 = a2 @ T2.T - y
        T2_grad = (1 if 5 in changed else 2) * del_3.T @ a2 / N + reg * th2 / N
        del_2 = (del_3 @ T2) * (1 if 7 in changed else a2)
        del_2 = del_2[:, :-1] if 8 in changed else del_2[:, 1:]
        return (1 if 9 in changed else 2) * del_2.T @ a1 / N + reg * th1 / N, T2_grad

    for size in range(1, 7):
        for changed in combinations((1, 3, 5, 7, 8, 9), size):
            if all(np.allclose(found, slope) for found, slope in zip(program(changed), right, strict=True)):
                return changed
    return None


def sigmoid_slope(a):
    """The inverse function theorem: one over the slope of the logit."""
    return 1 / grad(lambda v: anp.sum(anp.log(v) - anp.log(1 - v)))(a)


def gradients(X, y, T1, T2, reg):
    return grad(cost, 2)(X, y, T1, T2, reg), grad(cost, 3)(X, y, T1, T2, reg)


def predict(X_new, T1, T2, mean, scale):
    """The standardising absorbed into the first layer's weights and biases."""
    W = T1[:, 1:] / scale
    b = T1[:, 0] - W @ mean
    return scipy.special.expit(X_new @ W.T + b) @ T2[:, 1:].T + T2[:, 0]


SIZES = ((6, 3, 4, 2), (1, 2, 3, 1), (5, 1, 2, 3), (3, 3, 3, 3))


def _network(rng, N, D, H, K):
    return (
        rng.normal(size=(N, D)), rng.normal(size=(N, K)), rng.normal(size=(H, D + 1)), rng.normal(size=(K, H + 1))
    )  # fmt: skip


def _with_reg(rng):
    return [(*_network(rng, *sizes), reg) for sizes in SIZES for reg in (0.0, 0.6, 3.0)]


def _columns(rng):
    constant = rng.normal(size=(6, 3))
    constant[:, 1] = 0.1
    return [
        (40 + 9 * rng.normal(size=(7, 3)),),
        (constant,),
        (rng.normal(size=(1, 2)),),
        (rng.normal(size=(2, 5)),),
    ]


def _new(rng):
    cases = []
    for N, D, H, K in SIZES:
        X, _, T1, T2 = _network(rng, N, D, H, K)
        cases.append((30 * X, T1, T2, rng.normal(size=D), rng.uniform(5, 40, size=D)))
    return cases


CASES = {
    "standardise": _columns,
    "forward": lambda rng: [(X, T1, T2) for X, _, T1, T2 in (_network(rng, *s) for s in SIZES)]
    + [(np.array([[1000.0], [-1000.0]]), np.array([[0.0, 1.0]]), rng.normal(size=(2, 2)))],
    "cost": _with_reg,
    "gradient_check": gradient_check_cases,
    "find_the_bug": lambda rng: [()],
    "sigmoid_slope": lambda rng: [(rng.uniform(0.01, 0.99, size=shape),) for shape in ((3, 4), (1,), (2, 2, 2))],
    "gradients": _with_reg,
    "predict": _new,
}  # fmt: skip
COMPARED = {"forward": lambda result: result[0]}
WITHOUT_ORACLE = {"predict_the_minimiser": "predictions of runs that the lesson itself measures"}
