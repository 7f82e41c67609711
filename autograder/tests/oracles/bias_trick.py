"""Independent answers to 03_bias_trick: separate biases, HIPS autograd, SciPy's sigmoid."""

import autograd.numpy as anp
import numpy as np
import scipy.special
from autograd import grad


def augment(X):
    if np.ndim(X) == 1:
        return np.array([1.0, *X])
    return np.array([[1.0, *row] for row in X])


def stack_bias(W, b):
    """The matrix of an affine map: its column k + 1 is what the k-th unit vector adds, its column 0 what 0 gives."""
    at_zero = W @ np.zeros(W.shape[1]) + b
    columns = [W @ unit + b - at_zero for unit in np.eye(W.shape[1])]
    return np.stack([at_zero, *columns], axis=1)


def forward(x, weights):
    activations = [x]
    for W in weights:
        bias, M = W[:, 0], W[:, 1:]
        activations.append(scipy.special.expit(np.dot(M, activations[-1]) + bias))
    return activations


def layer_gradients(delta, a, W):
    def through(V, v):
        return anp.sum(delta * (V[:, 0] + anp.dot(V[:, 1:], v)))

    return grad(through, 0)(W, a), grad(through, 1)(W, a)


def _loss(weights, x, y):
    a = x
    for W in weights:
        a = 0.5 + 0.5 * anp.tanh((W[:, 0] + anp.dot(W[:, 1:], a)) / 2)
    return anp.sum((a - y) ** 2) / 2


def backpropagate(y, activations, weights, learning_rate):
    slopes = grad(_loss)(weights, activations[0], y)
    return [W - learning_rate * dW for W, dW in zip(weights, slopes, strict=True)]


def train_epoch(X, Y, weights, learning_rate):
    for i in range(len(X)):
        slopes = grad(_loss)(weights, X[i], Y[i])
        weights = [W - learning_rate * dW for W, dW in zip(weights, slopes, strict=True)]
    return weights


def predict(X, weights):
    """By scikit-learn's network, with these weights put into it."""
    from sklearn.neural_network import MLPClassifier

    classes = len(weights[-1])
    model = MLPClassifier([len(W) for W in weights[:-1]], activation="logistic", max_iter=1)
    labels = np.arange(classes)
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one step does not converge; the weights are replaced anyway
        model.fit(np.zeros((classes, X.shape[1])), labels)
    model.coefs_ = [W[:, 1:].T for W in weights]
    model.intercepts_ = [W[:, 0] for W in weights]
    return model.predict(X)


def _network(rng, *sizes):
    return [rng.normal(size=(o, i + 1)) for i, o in zip(sizes[:-1], sizes[1:], strict=True)]


def _step(rng, *sizes):
    weights = _network(rng, *sizes)
    return rng.uniform(size=sizes[-1]), forward(rng.normal(size=sizes[0]), weights), weights, 0.6


def _epoch(rng, N, *sizes):
    return rng.normal(size=(N, sizes[0])), rng.uniform(size=(N, sizes[-1])), _network(rng, *sizes), 0.9


CASES = {
    "augment": lambda rng: [(rng.normal(size=shape),) for shape in ((5, 3), (4,), (1, 1), (1,))],
    "stack_bias": lambda rng: [
        (rng.normal(size=(o, i)), rng.normal(size=o)) for o, i in ((3, 5), (2, 2), (1, 4), (4, 1))
    ],
    "forward": lambda rng: [
        (rng.normal(size=sizes[0]), _network(rng, *sizes)) for sizes in ((3, 5, 2), (4, 3), (2, 3, 3, 1))
    ],
    "layer_gradients": lambda rng: [
        (rng.normal(size=o), rng.normal(size=i), rng.normal(size=(o, i + 1)))
        for o, i in ((3, 5), (2, 2), (1, 4))
    ],
    "backpropagate": lambda rng: [_step(rng, *sizes) for sizes in ((3, 5, 2), (4, 3), (2, 3, 3, 4))],
    "train_epoch": lambda rng: [_epoch(rng, 6, 3, 4, 2), _epoch(rng, 1, 2, 3), _epoch(rng, 9, 2, 3, 3, 2)],
    "predict": lambda rng: [
        (2 * rng.normal(size=(30, sizes[0])), _network(rng, *sizes))
        for sizes in ((3, 5, 4), (2, 3, 3), (2, 4, 3, 5))
    ],
}
WITHOUT_ORACLE = {
    "predict_the_fits": "predictions of a figure that the lesson itself computes",
    "find_the_bug": "verdicts on five given programs, not a computation",
}
