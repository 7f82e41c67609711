"""Other right answers to 06_softmax_gradient, written from its text."""

import numpy as np


def softmax__row_by_row(scores):
    probs = []
    for row in scores:
        exp_row = np.exp(row - max(row))
        probs.append(exp_row / sum(exp_row))
    return np.array(probs)


def softmax__through_the_logarithm(scores):
    return np.exp(scores - np.logaddexp.reduce(scores, axis=1)[:, None])


def softmax__on_columns(scores):
    columns = scores.T - np.max(scores.T, axis=0)
    columns = np.exp(columns)
    return (columns / np.sum(columns, axis=0)).T


def cross_entropy__loop(probs, y):
    total = 0.0
    for row, k in zip(probs, y, strict=True):
        total -= np.log(row[k])
    return total / len(y)


def cross_entropy__one_hot_first(probs, y):
    onehot = np.eye(probs.shape[1])[y]
    return float(np.mean(-np.log(np.sum(probs * onehot, axis=1))))


def cross_entropy__take_along_axis(probs, y):
    return np.average(np.log(1 / np.take_along_axis(probs, y[:, np.newaxis], axis=1)))


def gradient_by_hand__computed():
    probs = np.array([[0.990, 0.007, 0.003], [0.04, 0.95, 0.01]])
    return probs - np.eye(3)[[0, 2]]


def gradient_by_hand__as_lists():
    return [[0.99 - 1, 0.007, 0.003], [0.04, 0.95, 0.01 - 1]]


def score_gradient__one_hot(probs, y):
    onehot = (y[:, None] == np.arange(probs.shape[1])).astype(float)
    return (probs - onehot) / probs.shape[0]


def score_gradient__entry_by_entry(probs, y):
    N, K = probs.shape
    dscores = np.empty((N, K))
    for i in range(N):
        for k in range(K):
            dscores[i, k] = (probs[i, k] - (1.0 if k == y[i] else 0.0)) / N
    return dscores


def score_gradient__divided_first(probs, y):
    dscores = np.array(probs) / len(probs)
    dscores[range(len(probs)), y] -= 1 / len(probs)
    return dscores


def weight_gradients__outer_products(X, dscores):
    dW, db = np.zeros((X.shape[1], dscores.shape[1])), np.zeros(dscores.shape[1])
    for x_i, d_i in zip(X, dscores, strict=True):
        dW += np.outer(x_i, d_i)
        db += d_i
    return dW, db


def weight_gradients__with_a_column_of_ones(X, dscores):
    both = np.einsum("ie,ik->ek", np.hstack([X, np.ones((len(X), 1))]), dscores)
    return both[:-1], both[-1]


def softmax_loss__from_the_scores(W, b, X, y, reg):
    scores = np.dot(X, W) + b[np.newaxis, :]
    log_probs = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    onehot = np.eye(W.shape[1])[y]
    loss = -np.sum(np.where(onehot > 0, log_probs, 0)) / len(X) + reg * np.linalg.norm(W) ** 2 / 2
    residual = np.exp(log_probs) - onehot
    return loss, reg * W + X.T.dot(residual) / len(X), residual.mean(axis=0)


def softmax_loss__example_by_example(W, b, X, y, reg):
    loss, dW, db = 0.5 * reg * (W * W).sum(), reg * W, np.zeros(len(b))
    for i in range(len(y)):
        probs = softmax((X[i] @ W + b)[None, :])  # noqa: F821
        loss += cross_entropy(probs, y[i : i + 1]) / len(y)  # noqa: F821
        part_W, part_b = weight_gradients(X[i : i + 1], score_gradient(probs, y[i : i + 1]))  # noqa: F821
        dW = dW + part_W / len(y)
        db = db + part_b / len(y)
    return loss, dW, db


def train__in_place_with_a_list(X, y, num_classes, learning_rate, reg, steps):
    W = np.zeros((X.shape[1], num_classes))
    b = np.zeros(num_classes)
    losses = []
    while len(losses) < steps:
        loss, dW, db = softmax_loss(W, b, X, y, reg)  # noqa: F821
        losses += [loss]
        W -= learning_rate * dW
        b -= learning_rate * db
    return W, b, losses


def two_layer_gradients__one_hot_and_where(params, X, y, reg):
    pre = X @ params["W1"] + params["b1"]
    hidden = np.where(pre > 0, pre, 0.0)
    scores = hidden @ params["W2"] + params["b2"]
    log_probs = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    loss = -log_probs[np.arange(len(y)), y].mean()
    loss += reg / 2 * sum(np.sum(np.square(params[name])) for name in ("W1", "W2"))
    dscores = (np.exp(log_probs) - np.eye(scores.shape[1])[y]) / len(y)
    dhidden = dscores @ params["W2"].T
    dhidden[hidden <= 0] = 0
    grads = {"b2": dscores.sum(0), "b1": dhidden.sum(0)}
    grads["W2"] = hidden.T @ dscores + reg * params["W2"]
    grads["W1"] = X.T @ dhidden + reg * params["W1"]
    return float(loss), grads


def two_layer_gradients__example_by_example(params, X, y, reg):
    loss = 0.5 * reg * ((params["W1"] ** 2).sum() + (params["W2"] ** 2).sum())
    grads = {name: reg * value if name.startswith("W") else 0 * value for name, value in params.items()}
    for x, k in zip(X, y, strict=True):
        hidden = np.maximum(x @ params["W1"] + params["b1"], 0)
        probs = softmax((hidden @ params["W2"] + params["b2"])[None])[0]  # noqa: F821
        loss -= np.log(probs[k]) / len(y)
        dscores = probs / len(y)
        dscores[k] -= 1 / len(y)
        dpre = np.sign(hidden) * (params["W2"] @ dscores)
        grads["W2"] += np.outer(hidden, dscores)
        grads["b2"] += dscores
        grads["W1"] += np.outer(x, dpre)
        grads["b1"] += dpre
    return loss, grads


def find_the_bugs__as_a_list():
    return ["both", "right", "dW", "db", "db"]
