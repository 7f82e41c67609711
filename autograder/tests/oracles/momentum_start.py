"""Independent answers to 18_momentum_start: HIPS autograd, linear recursions as matrices, the digits themselves."""

import autograd.numpy as anp
import numpy as np
from autograd import grad


def velocity_drift(v0, momentum, steps):
    """(way, velocity) as a power of a matrix."""
    one_step = np.array([[1.0, momentum], [0.0, momentum]])
    return np.linalg.matrix_power(one_step, steps)[0, 1] * np.asarray(v0)


def init_velocity(rng, shapes, kind):
    """Only the kinds without chance have one right answer."""
    return [np.full(shape, {"zeros": 0.0, "ones": 1.0}[kind]) for shape in shapes]


def momentum_step(weights, velocities, gradients, momentum, learning_rate):
    new = []
    for w, v, g in zip(weights, velocities, gradients, strict=True):
        state = np.stack([w, v, g])
        step = np.array([[1, momentum, -learning_rate], [0, momentum, -learning_rate]])
        new.append(np.tensordot(step, state, axes=1))
    return [pair[0] for pair in new], [pair[1] for pair in new]


def _output(weights, X):
    for W in weights:
        X = 0.5 * (1 + anp.tanh(anp.dot(X, W) / 2))
    return X


def gradients(weights, X, Y):
    return grad(lambda ws: 0.5 * anp.sum((_output(ws, X) - Y) ** 2) / X.shape[0])(weights)


def train(weights, velocities, X, Y, momentum, learning_rate, steps):
    accuracies = []
    for _ in range(steps):
        accuracies.append(np.mean(np.argmax(_output(weights, X), axis=1) == np.argmax(Y, axis=1)))
        weights, velocities = momentum_step(
            weights, velocities, gradients(weights, X, Y), momentum, learning_rate
        )
    return list(weights), np.array(accuracies)


def predict_the_starts():
    """Trained, with the digits from scikit-learn in another order and other draws of the weights."""
    from sklearn.datasets import load_digits

    pixels, digit = load_digits(return_X_y=True)
    X, Y = pixels[:600] / 16, np.eye(10)[digit[:600]]
    rng = np.random.default_rng(5)
    shapes = [(64, 30), (30, 10)]
    starts = [
        [np.zeros(s) for s in shapes],
        [np.ones(s) for s in shapes],
        [-np.ones(s) for s in shapes],
        [rng.random(s) for s in shapes],
        [2 * rng.random(s) - 1 for s in shapes],
    ]
    fates = []
    for velocities in starts:
        weights = [2 * np.random.default_rng(5).random(s) - 1 for s in shapes]
        velocities = [v.copy() for v in velocities]
        for _ in range(200):
            hidden = 1 / (1 + np.exp(-X @ weights[0]))
            output = 1 / (1 + np.exp(-hidden @ weights[1]))
            back = (output - Y) * output * (1 - output) / 600
            slopes = [X.T @ (back @ weights[1].T * hidden * (1 - hidden)), hidden.T @ back]
            velocities = [0.5 * v - g for v, g in zip(velocities, slopes, strict=True)]
            weights = [w + v for w, v in zip(weights, velocities, strict=True)]
        right = np.mean(output.argmax(axis=1) == digit[:600])
        fates.append(
            "learn" if right > 0.85 else "slow" if right > 0.5 else "stuck" if right < 0.2 else f"{right}"
        )
    return tuple(fates)


def diagnose():
    """First two steps from w = 0, v = 1, g = 1 at momentum 0.9 and rate 0.1, told apart by their numbers."""
    steps = [
        lambda w, v: (w + 0.9 * v + 0.1, 0.9 * v + 0.1),
        lambda w, v: (w + v, 0.9 * v - 0.1),
        lambda w, v: (w + 0.9 * v - 0.1, 0.9 * v - 0.1),
        lambda w, v: (w + 0.9 * (v - 0.1), 0.9 * (v - 0.1)),
        lambda w, v: (w + 0.9 * v - 0.01, 0.9 * v - 0.01),
    ]
    names = {1.0: "climbs", 1.0 + 1e-9: "late", 0.8: "right", 0.81: "shrinks", 0.89: "averages"}
    first = [step(0.0, 1.0) for step in steps]
    return tuple(
        "late" if v < 0.85 and w == 1.0 else min(names.items(), key=lambda item: abs(item[0] - w))[1]
        for w, v in first
    )


def _layers(rng, sizes):
    return [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:], strict=True)]


CASES = {
    "velocity_drift": lambda rng: [(1.0, 0.5, 10), (-2.0, 0.9, 3), (1.5, 1.0, 7), (rng.normal(size=(2, 3)), 0.0, 4), (3.0, 0.7, 0)],
    "init_velocity": lambda rng: [(rng, [(3, 4), (4, 2)], "zeros"), (rng, [(2, 5)], "ones")],
    "momentum_step": lambda rng: [
        (*(_layers(rng, sizes) for _ in range(3)), mu, rate) for sizes, mu, rate in (([3, 4, 2], 0.7, 0.1), ([2, 5], 1.0, 1.0))
    ],
    "gradients": lambda rng: [
        (_layers(rng, sizes), rng.normal(size=(N, sizes[0])), rng.random(size=(N, sizes[-1])))
        for sizes, N in (([3, 4, 2], 5), ([4, 3], 1), ([2, 3, 4, 3], 6))
    ],
    "train": lambda rng: [
        (_layers(rng, sizes), _layers(rng, sizes), rng.normal(size=(9, 3)), np.eye(4)[rng.integers(4, size=9)], 0.8, 0.7, steps)
        for sizes, steps in (([3, 5, 4], 6), ([3, 4], 1), ([3, 5, 4], 0))
    ],
    "predict_the_starts": lambda rng: [()],
    "diagnose": lambda rng: [()],
}  # fmt: skip
