"""Other right answers to 18_momentum_start, written from its text."""

import numpy as np


def velocity_drift__step_by_step(v0, momentum, steps):
    way = 0.0 * v0
    for _ in range(steps):
        v0 = momentum * v0
        way = way + v0
    return way


def velocity_drift__sum_of_powers(v0, momentum, steps):
    return v0 * np.sum(momentum ** np.arange(1, steps + 1))


def init_velocity__with_branches(rng, shapes, kind):
    if kind == "zeros":
        return [np.zeros(s) for s in shapes]
    if kind == "ones":
        return [np.zeros(s) + 1 for s in shapes]
    if kind == "uniform":
        return [rng.random(s) for s in shapes]
    if kind == "centred":
        return [2 * rng.random(s) - 1 for s in shapes]
    raise ValueError(kind)


def init_velocity__last_layer_first(rng, shapes, kind):
    low, high = {"zeros": (0, 0), "ones": (1, 1), "uniform": (0, 1), "centred": (-1, 1)}.get(
        kind, (None, None)
    )
    if low is None:
        raise ValueError("kind")
    return [rng.uniform(low, high, size=shape) for shape in reversed(shapes)][::-1]


def momentum_step__layer_by_layer(weights, velocities, gradients, momentum, learning_rate):
    new_w, new_v = [], []
    for k in range(len(weights)):
        change = -learning_rate * gradients[k]
        new_v.append(change + velocities[k] * momentum)
        new_w.append(weights[k] + change + velocities[k] * momentum)
    return new_w, new_v


def momentum_step__on_copies(weights, velocities, gradients, momentum, learning_rate):
    weights, velocities = [w.copy() for w in weights], [v.copy() for v in velocities]
    for w, v, g in zip(weights, velocities, gradients):
        v *= momentum
        v -= learning_rate * g
        w += v
    return [weights, velocities]


def gradients__example_by_example(weights, X, Y):
    grads = [np.zeros(W.shape) for W in weights]
    for x, y in zip(X, Y):
        acts = [x]
        for W in weights:
            acts.append(1 / (1 + np.exp(-(acts[-1] @ W))))
        delta = (acts[-1] - y) * acts[-1] * (1 - acts[-1])
        for k in range(len(weights) - 1, -1, -1):
            grads[k] += np.outer(acts[k], delta) / len(X)
            if k > 0:
                delta = (weights[k] @ delta) * acts[k] * (1 - acts[k])
    return grads


def gradients__with_recursion(weights, X, Y):
    def walk(a, rest):
        if not rest:
            return (a - Y) / X.shape[0], []
        out = 1 / (1 + np.exp(-np.dot(a, rest[0])))
        dout, later = walk(out, rest[1:])
        d = dout * (out - out**2)
        return np.dot(d, rest[0].T), [np.dot(a.T, d), *later]

    return walk(X, weights)[1]


def train__with_a_list(weights, velocities, X, Y, momentum, learning_rate, steps):
    truth, accuracies = np.argmax(Y, axis=1), []
    for _ in range(steps):
        a = X
        for W in weights:
            a = 0.5 + 0.5 * np.tanh(a @ W / 2)
        accuracies.append(float((np.argmax(a, axis=1) == truth).sum() / len(truth)))
        slopes = gradients(weights, X, Y)  # noqa: F821
        weights, velocities = momentum_step(weights, velocities, slopes, momentum, learning_rate)  # noqa: F821
    return weights, np.array(accuracies)


def train__without_the_helper(weights, velocities, X, Y, momentum, learning_rate, steps):
    accuracies = np.zeros(steps)
    for t in range(steps):
        z = X
        for W in weights[:-1]:
            z = 1 / (1 + np.exp(-z @ W))
        accuracies[t] = np.mean((z @ weights[-1]).argmax(1) == Y.argmax(1))
        g = gradients(weights, X, Y)  # noqa: F821
        velocities = [momentum * v - learning_rate * d for v, d in zip(velocities, g)]
        weights = [w + v for w, v in zip(weights, velocities)]
    return weights, accuracies


def predict_the_starts__as_a_list():
    return ["learn", "stuck", "stuck", "stuck", "slow"]


def diagnose__as_a_list():
    return ["climbs", "late", "right", "shrinks", "averages"]
