"""Independent answers to 06_softmax_gradient: SciPy for the forward pass, HIPS autograd for every gradient."""

import autograd.numpy as anp
import numpy as np
import scipy.special
from autograd import grad


def _mean_loss(scores, y):
    """Mean cross-entropy straight from the scores, differentiable."""
    top = anp.max(scores, axis=1, keepdims=True)
    log_sums = top[:, 0] + anp.log(anp.sum(anp.exp(scores - top), axis=1))
    onehot = np.eye(scores.shape[1])[y]
    return anp.mean(log_sums - anp.sum(scores * onehot, axis=1))


def softmax(scores):
    return scipy.special.softmax(scores, axis=1)


def cross_entropy(probs, y):
    return float(np.mean([scipy.special.rel_entr(1.0, row[k]) for row, k in zip(probs, y, strict=True)]))


def gradient_by_hand():
    slope = grad(lambda scores, k: _mean_loss(scores[None, :], np.array([k])))
    return np.array([slope(np.log([0.990, 0.007, 0.003]), 0), slope(np.log([0.04, 0.95, 0.01]), 2)])


def score_gradient(probs, y):
    return grad(_mean_loss)(np.log(probs), y)


def weight_gradients(X, dscores):
    def through(W, b):
        return anp.sum(dscores * (anp.dot(X, W) + b))

    W, b = np.zeros((X.shape[1], dscores.shape[1])), np.zeros(dscores.shape[1])
    return grad(through, 0)(W, b), grad(through, 1)(W, b)


def _linear_loss(W, b, X, y, reg):
    return _mean_loss(anp.dot(X, W) + b, y) + reg * anp.sum(W**2) / 2


def softmax_loss(W, b, X, y, reg):
    return (
        _linear_loss(W, b, X, y, reg),
        grad(_linear_loss, 0)(W, b, X, y, reg),
        grad(_linear_loss, 1)(W, b, X, y, reg),
    )


def train(X, y, num_classes, learning_rate, reg, steps):
    W, b, losses = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes), []
    for _ in range(steps):
        loss, dW, db = softmax_loss(W, b, X, y, reg)
        losses.append(loss)
        W, b = W - learning_rate * dW, b - learning_rate * db
    return W, b, np.array(losses)


def two_layer_gradients(params, X, y, reg):
    def loss(p):
        hidden = anp.maximum(anp.dot(X, p["W1"]) + p["b1"], 0.0)
        squares = anp.sum(p["W1"] ** 2) + anp.sum(p["W2"] ** 2)
        return _mean_loss(anp.dot(hidden, p["W2"]) + p["b2"], y) + 0.5 * reg * squares

    return loss(params), grad(loss)(params)


def _classifier(rng, N, D, K):
    return rng.normal(size=(D, K)), rng.normal(size=K), rng.normal(size=(N, D)), rng.integers(K, size=N)


def _network(rng, N, D, H, K):
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)}
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return params, rng.normal(size=(N, D)), rng.integers(K, size=N)


CASES = {
    "softmax": lambda rng: [
        (rng.normal(size=(7, 4)),),
        (1000 * rng.normal(size=(3, 5)),),
        (rng.normal(size=(1, 1)),),
    ],
    "cross_entropy": lambda rng: [(rng.dirichlet(np.ones(4), size=6), rng.integers(4, size=6))],
    "gradient_by_hand": lambda rng: [()],
    "score_gradient": lambda rng: [
        (rng.dirichlet(np.ones(K), size=N), rng.integers(K, size=N)) for N, K in ((7, 4), (1, 3), (5, 2))
    ],
    "weight_gradients": lambda rng: [
        (rng.normal(size=(N, D)), rng.normal(size=(N, K))) for N, D, K in ((7, 2, 4), (1, 3, 2), (4, 1, 1))
    ],
    "softmax_loss": lambda rng: [
        (*_classifier(rng, *s), reg) for s, reg in (((6, 2, 4), 0.3), ((3, 5, 2), 0.0))
    ],
    "train": lambda rng: [
        (rng.normal(size=(8, 2)), rng.integers(3, size=8), 4, 0.7, 0.1, steps) for steps in (0, 1, 6)
    ],
    "two_layer_gradients": lambda rng: [
        (*_network(rng, *s), reg) for s, reg in (((6, 2, 5, 3), 0.3), ((4, 3, 1, 2), 0.0))
    ],
}
WITHOUT_ORACLE = {
    "find_the_bugs": "verdicts on five given programs, not a computation; the lesson's own cells measure them"
}
