"""Other right answers to 03_bias_trick, written from its text."""

import numpy as np


def augment__insert(X):
    return np.insert(X, 0, 1.0, axis=-1)


def augment__two_cases(X):
    if X.ndim == 1:
        return np.append(1, X)
    return np.c_[np.ones(len(X)), X]


def augment__filled_in(X):
    out = np.empty(X.shape[:-1] + (X.shape[-1] + 1,))
    out[..., 0] = 1
    out[..., 1:] = X
    return out


def augment__padded(X):
    return np.pad(X, [(0, 0)] * (X.ndim - 1) + [(1, 0)], constant_values=1.0)


def stack_bias__concatenated(W, b):
    return np.concatenate((b[:, np.newaxis], W), axis=1)


def stack_bias__filled_in(W, b):
    weights = np.zeros((W.shape[0], W.shape[1] + 1))
    for j in range(len(b)):
        weights[j, 0] = b[j]
        weights[j, 1:] = W[j]
    return weights


def stack_bias__transposed_twice(W, b):
    return np.vstack([b, W.T]).T


def forward__separate_biases(x, weights):
    a, kept = x, [x]
    for W in weights:
        a = 0.5 * (1 + np.tanh((W[:, 0] + W[:, 1:].dot(a)) / 2))
        kept.append(a)
    return kept


def forward__unit_by_unit(x, weights):
    activations = [x.copy()]
    for W in weights:
        source, result = activations[-1], []
        for row in W:
            z = row[0]
            for k in range(len(source)):
                z += row[k + 1] * source[k]
            result.append(1.0 / (1.0 + np.exp(-z)))
        activations.append(np.array(result))
    return activations


def forward__einsum(x, weights):
    activations = [x]
    for W in weights:
        z = np.einsum("jk,k->j", W, augment(activations[-1]))  # noqa: F821
        activations = activations + [np.exp(-np.logaddexp(0, -z))]
    return activations


def layer_gradients__whole_then_cut(delta, a, W):
    dW = delta[:, None] * augment(a)[None, :]  # noqa: F821
    return dW, np.delete(W.T @ delta, 0)


def layer_gradients__entry_by_entry(delta, a, W):
    dW, da = np.zeros(W.shape), np.zeros(a.shape)
    for j in range(len(delta)):
        dW[j, 0] = delta[j]
        for k in range(len(a)):
            dW[j, k + 1] = delta[j] * a[k]
            da[k] += delta[j] * W[j, k + 1]
    return dW, da


def layer_gradients__einsum(delta, a, W):
    dW = np.column_stack([delta, np.einsum("j,k->jk", delta, a)])
    return dW, np.einsum("j,jk->k", delta, W)[1:]


def backpropagate__gradients_first(y, activations, weights, learning_rate):
    a = activations[-1]
    delta = (a - y) * a * (1 - a)
    gradients = []
    for layer in range(len(weights) - 1, -1, -1):
        before = activations[layer]
        gradients.insert(0, np.outer(delta, np.append(1, before)))
        delta = (weights[layer].T @ delta)[1:] * before * (1 - before)
    return [W - learning_rate * dW for W, dW in zip(weights, gradients, strict=True)]


def backpropagate__with_the_error_turned(y, activations, weights, learning_rate):
    new = [W.copy() for W in weights]
    error = y - activations[-1]
    for layer in reversed(range(len(weights))):
        a = activations[layer + 1]
        d = error * (a - a**2)
        error = np.dot(d, weights[layer][:, 1:])
        new[layer] += learning_rate * np.multiply.outer(d, augment(activations[layer]))  # noqa: F821
    return new


def backpropagate__recursive(y, activations, weights, learning_rate):
    def down(layer, da):
        if layer < 0:
            return []
        a = activations[layer + 1]
        dW, da = layer_gradients(da * a * (1 - a), activations[layer], weights[layer])  # noqa: F821
        return down(layer - 1, da) + [weights[layer] - learning_rate * dW]

    return down(len(weights) - 1, activations[-1] - y)


def train_epoch__by_index(X, Y, weights, learning_rate):
    for i in range(len(X)):
        weights = backpropagate(Y[i], forward(X[i], weights), weights, learning_rate)  # noqa: F821
    return weights


def train_epoch__reduced(X, Y, weights, learning_rate):
    from functools import reduce

    def step(W, pair):
        return backpropagate(pair[1], forward(pair[0], W), W, learning_rate)  # noqa: F821

    return reduce(step, zip(X, Y, strict=True), weights)


def predict__row_by_row(X, weights):
    return np.array([np.argmax(forward(x, weights)[-1]) for x in X])  # noqa: F821


def predict__without_the_last_sigmoid(X, weights):
    A = X.T
    for number, W in enumerate(weights):
        A = W[:, :1] + W[:, 1:] @ A
        if number < len(weights) - 1:
            A = 1 / (1 + np.exp(-A))
    return np.argmax(A, axis=0)


def predict_the_fits__as_a_list():
    return ["C", "A", "B", "B"]


def find_the_bug__as_a_list():
    return ["entry", "frozen", "right", "slope", "early"]
