"""Independent computation of 08_loss_vs_accuracy: scikit-learn, HIPS autograd, exact counting."""

import math
from fractions import Fraction

import autograd.numpy as anp
import numpy as np
from autograd import grad
from scipy.special import expit
from sklearn.linear_model import LinearRegression
from sklearn.metrics import accuracy_score, brier_score_loss, hinge_loss, log_loss, mean_squared_error


def least_squares(X, y):
    model = LinearRegression().fit(X[:, None], y)
    return model.coef_[0], model.intercept_


def accuracy(scores, y, threshold):
    return accuracy_score(np.asarray(y, dtype=int), [int(s > threshold) for s in scores])


def best_threshold(scores, y):
    """Sweep the cut from the left: each score that it passes is told 0 from then on."""
    pairs = sorted((float(s), int(label)) for s, label in zip(scores, y, strict=True))
    right = sum(label for _, label in pairs)
    best, place = right, -math.inf
    for i, (score, label) in enumerate(pairs):
        right += 1 - 2 * label
        following = pairs[i + 1][0] if i + 1 < len(pairs) else math.inf
        if following > score and right > best:
            best, place = right, (score + following) / 2
    return place, float(Fraction(best, len(pairs)))


def surrogate_loss(kind, z, y):
    if kind == "squared":
        return mean_squared_error(y, z)
    if kind == "sigmoid_squared":
        return brier_score_loss(y, expit(z))
    if kind == "cross_entropy":
        return log_loss(y, expit(z), labels=[0, 1])
    return hinge_loss(2 * np.asarray(y, dtype=int) - 1, z, labels=[-1, 1])


def _loss(z, kind, y):
    probs = 1 / (1 + anp.exp(-z))
    if kind == "squared":
        return anp.mean((z - y) ** 2)
    if kind == "sigmoid_squared":
        return anp.mean((probs - y) ** 2)
    if kind == "cross_entropy":
        return -anp.mean(y * anp.log(probs) + (1 - y) * anp.log(1 - probs))
    return anp.mean(anp.maximum(0.0, 1 - (2 * y - 1) * z))


def loss_gradient(kind, z, y):
    return grad(_loss)(z, kind, y)


def hidden_forward(params, X):
    h = [[math.tanh(x * w + b) for w, b in zip(params["W1"], params["b1"], strict=True)] for x in X]
    z = [math.fsum([*(u * v for u, v in zip(row, params["W2"], strict=True)), params["b2"]]) for row in h]
    return np.array(z), np.array(h)


def _network_loss(params, X, y):
    h = anp.tanh(anp.dot(X[:, None], params["W1"][None, :]) + params["b1"])
    return _loss(anp.dot(h, params["W2"]) + params["b2"], "cross_entropy", y)


def hidden_gradients(params, X, y):
    return _network_loss(params, X, y), grad(_network_loss)(params, X, y)


def train_hidden(X, y, hidden, seed):
    inputs = (X - np.mean(X)) / (np.std(X) or 1.0)
    start = np.random.default_rng(seed).normal(size=(3, hidden))
    params = {"W1": start[0], "b1": start[1], "W2": start[2], "b2": 0.0}
    descend = grad(_network_loss)
    for _ in range(800):
        step = descend(params, inputs, y)
        params = {name: params[name] - 0.5 * step[name] for name in params}
    return (expit(hidden_forward(params, inputs)[0]) > 0.5).astype(int)


KINDS = ("squared", "sigmoid_squared", "cross_entropy", "hinge")


def _labels(rng, n):
    return rng.permutation(np.arange(n) % 2)


def _network(rng, H):
    return {name: rng.normal(size=H) for name in ("W1", "b1", "W2")} | {"b2": float(rng.normal())}


CASES = {
    "least_squares": lambda rng: [
        (rng.normal(size=9) + 3, rng.normal(size=9)),
        (np.array([0.0, 0.0, 2.0, 2.0, 9.0]), np.array([0, 0, 1, 1, 0])),
        (np.full(4, 1.5), rng.normal(size=4)),
        (np.array([2.0]), np.array([5.0])),
    ],
    "accuracy": lambda rng: (
        [(rng.normal(size=12), _labels(rng, 12), t) for t in (-np.inf, -0.5, 0.0, 0.8, np.inf)]
        + [(np.array([0.5, 0.5, 1.0]), np.array([0, 1, 1]), 0.5)]
    ),
    "best_threshold": lambda rng: (
        [(rng.normal(size=n), _labels(rng, n)) for n in (1, 2, 7, 30)]
        + [(rng.integers(0, 4, size=15) * 1.0, rng.integers(0, 2, size=15)) for _ in range(10)]
        + [(rng.normal(size=5), np.full(5, label)) for label in (0, 1)]
    ),
    "surrogate_loss": lambda rng: [
        (kind, 3 * rng.normal(size=n), _labels(rng, n)) for kind in KINDS for n in (2, 9)
    ],
    "loss_gradient": lambda rng: [
        (kind, 3 * rng.normal(size=n), _labels(rng, n)) for kind in KINDS for n in (1, 9)
    ],
    "hidden_forward": lambda rng: [
        (_network(rng, H), rng.normal(size=n)) for n, H in ((5, 3), (1, 4), (4, 1))
    ],
    "hidden_gradients": lambda rng: [
        (_network(rng, H), rng.normal(size=n), _labels(rng, n)) for n, H in ((5, 3), (1, 4), (4, 1))
    ],
    "train_hidden": lambda rng: [
        (np.array([0.0, 0.0, 2.0, 2.0, 9.0]), np.array([0, 0, 1, 1, 0]), 2, 0),
        (np.arange(8.0) * 7 + 100, np.array([0, 0, 1, 1, 0, 0, 1, 1]), 3, 4),
        (np.array([9.0, 2.0, 0.0, 2.0, 0.0]), np.array([0, 1, 0, 1, 0]), 1, 5),
        (np.full(3, 2.0), np.array([1, 0, 1]), 2, 1),
    ],
}
WITHOUT_ORACLE = {
    "predict_hits": "predictions of descents that the lesson itself runs and counts",
    "diagnose": "verdicts on six given programs, not a computation; the lesson's own cells run them",
}
