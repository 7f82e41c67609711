"""Independent answers to 12_bounded_outputs: HIPS autograd on the definitions, SciPy's special functions, plain counting."""

import autograd.numpy as anp
import numpy as np
import scipy.special
from autograd import elementwise_grad, grad


def output_head(s, kind, high=100.0):
    if kind == "sigmoid":
        return high * scipy.special.expit(s)
    lowest, highest = {"linear": (-np.inf, np.inf), "relu": (0.0, np.inf), "clamp": (0.0, high)}[kind]
    return np.array([sorted((lowest, value, highest))[1] for value in s.ravel()]).reshape(s.shape)  # medians


def _predict(s, kind, high):
    """The heads in autograd's words."""
    if kind == "linear":
        return s
    if kind == "relu":
        return (s + anp.abs(s)) / 2
    if kind == "clamp":
        return (anp.abs(s) - anp.abs(s - high) + high) / 2
    return high / 2 * (1 + anp.tanh(s / 2))


def head_gradient(s, y, kind, high=100.0):
    return elementwise_grad(lambda v: (_predict(v, kind, high) - y) ** 2)(s)


def clamp_predictions(o, low, high):
    return np.array([sorted((low, value, high))[1] for value in o.ravel()]).reshape(o.shape)


def scaled_cross_entropy(s, y, high):
    t = y / high
    return -np.mean(t * scipy.special.log_expit(s) + (1 - t) * scipy.special.log_expit(-s))


def _entropy(s, t):
    p = 0.5 * (1 + anp.tanh(s / 2))
    return anp.mean(-t * anp.log(p) - (1 - t) * anp.log(1 - p))


def scaled_cross_entropy_gradient(s, y, high):
    return grad(_entropy)(s, y / high)


def dead_fraction(Z):
    return sum(max(column) <= 0 for column in Z.T) / Z.shape[1]


def train_head(X, y, w, b, kind, learning_rate, steps, high=100.0):
    """Gradient descent on one vector of parameters, the gradient by autograd of the loss as it is defined."""
    padded = np.column_stack([X, np.ones(len(X))])

    def loss(theta):
        s = anp.dot(padded, theta)
        if kind == "cross_entropy":
            return _entropy(s, y / high)
        return anp.mean((_predict(s, kind, high) - y) ** 2)

    theta, errors = np.append(w, b), []
    for _ in range(steps):
        errors.append(np.linalg.norm(_predict(padded @ theta, kind, high) - y) / np.sqrt(len(y)))
        theta = theta - learning_rate * grad(loss)(theta)
    return theta[:-1], theta[-1], np.array(errors)


HEADS = ("linear", "relu", "clamp", "sigmoid")


def _heads(rng):
    return [(4 * rng.normal(size=shape), kind, high) for kind in HEADS for shape, high in (((7,), 3.0), ((2, 3), 100.0))]  # fmt: skip


def _gradients(rng):
    return [(s, rng.uniform(0, high, size=s.shape), kind, high) for s, kind, high in _heads(rng)]


def _entropies(rng):
    return [(3 * rng.normal(size=shape), rng.uniform(0, high, size=shape), high) for shape, high in (((7,), 100.0), ((2, 3), 1.0), ((1,), 8.0))]  # fmt: skip


def _trainings(rng):
    cases = []
    for kind, rate in (
        ("linear", 0.05),
        ("relu", 0.05),
        ("clamp", 0.05),
        ("sigmoid", 0.005),
        ("cross_entropy", 0.5),
    ):
        for steps in (0, 1, 5):
            X, y, w = rng.normal(size=(6, 2)), rng.uniform(0.5, 9.5, size=6), rng.normal(size=2)
            cases.append((X, y, w, 0.7, kind, rate, steps, 10.0))
    return cases  # fmt: skip


CASES = {
    "output_head": _heads,
    "head_gradient": _gradients,
    "clamp_predictions": lambda rng: [
        (10 * rng.normal(size=shape), low, high)
        for shape, low, high in (((9,), 0.0, 5.0), ((3, 4), -8.0, -1.0), ((1,), 2.0, 2.0))
    ],
    "scaled_cross_entropy": lambda rng: (
        _entropies(rng) + [(np.array([-900.0, 900.0, 900.0]), np.array([0.0, 5.0, 10.0]), 10.0)]
    ),
    "scaled_cross_entropy_gradient": _entropies,
    "dead_fraction": lambda rng: [
        (rng.normal(size=shape) - 0.8,) for shape in ((3, 8), (6, 5), (1, 4), (4, 1))
    ],
    "train_head": _trainings,
}
WITHOUT_ORACLE = {
    "predict_the_starts": "predictions of an experiment that the lesson itself runs",
    "diagnose": "verdicts on six given programs, not a computation; the lesson's own cells measure them",
}
