"""Other right answers to 16_regression_net, written from its text."""

import numpy as np

from autograder.tests.alternatives.shared.gradient_check import (  # noqa: F401
    gradient_check__flattened,
    gradient_check__one_entry_moved_and_put_back,
    gradient_check__with_the_helper,
)


def standardise__column_by_column(X):
    N, D = X.shape
    Xs, mean, scale = np.empty((N, D)), np.empty(D), np.ones(D)
    for d in range(D):
        mean[d] = sum(X[:, d]) / N
        if not all(X[:, d] == X[0, d]):
            scale[d] = (sum((X[:, d] - mean[d]) ** 2) / N) ** 0.5
        Xs[:, d] = (X[:, d] - mean[d]) / scale[d]
    return Xs, mean, scale


def standardise__with_the_range(X):
    mean, scale = np.average(X, axis=0), np.sqrt(np.var(X, axis=0))
    scale[np.ptp(X, axis=0) == 0] = 1
    return (X - mean) / scale, mean, scale


def forward__biases_apart(X, T1, T2):
    with np.errstate(over="ignore"):
        a = 1 / (1 + np.exp(-(X @ T1[:, 1:].T + T1[:, 0])))
    return a @ T2[:, 1:].T + T2[:, 0], (np.insert(X, 0, 1.0, axis=1), np.insert(a, 0, 1.0, axis=1))


def forward__with_loops(X, T1, T2):
    (N, D), H, K = X.shape, len(T1), len(T2)
    a3, a1, a2 = np.zeros((N, K)), np.ones((N, D + 1)), np.ones((N, H + 1))
    for n in range(N):
        a1[n, 1:] = X[n]
        for j in range(H):
            z = sum(T1[j, i] * a1[n, i] for i in range(D + 1))
            a2[n, j + 1] = 1 / (1 + np.exp(-z)) if z > -700 else 0.0
        for k in range(K):
            a3[n, k] = sum(T2[k, j] * a2[n, j] for j in range(H + 1))
    return a3, (a1, a2)


def forward__split_by_sign(X, T1, T2):
    a1 = np.c_[np.ones(len(X)), X]
    z = np.einsum("ni,ji->nj", a1, T1)
    small = np.exp(-np.abs(z))
    a2 = np.c_[np.ones(len(X)), np.where(z >= 0, 1 / (1 + small), small / (1 + small))]
    return np.einsum("nj,kj->nk", a2, T2), (a1, a2)


def cost__with_copies_of_the_weights(X, y, T1, T2, reg):
    a3 = forward(X, T1, T2)[0]  # noqa: F821
    m = X.shape[0]
    th1, th2 = T1.copy(), T2.copy()
    th1[:, 0] = 0
    th2[:, 0] = 0
    return 1 / (2 * m) * ((a3 - y) ** 2).sum() + reg * ((th1**2).sum() + (th2**2).sum()) / (2 * m)


def cost__example_by_example(X, y, T1, T2, reg):
    total = 0.0
    for row, target in zip(X, y, strict=True):
        a3, _ = forward(row[None, :], T1, T2)  # noqa: F821
        total += 0.5 * float(np.dot(a3[0] - target, a3[0] - target))
    for T in (T1, T2):
        total += 0.5 * reg * float(np.vdot(T[:, 1:], T[:, 1:]))
    return total / len(X)


def find_the_bug__as_a_list():
    return [5, 7, 9]


def sigmoid_slope__multiplied_out(a):
    return a - a**2


def sigmoid_slope__around_the_middle(a):
    return 0.25 - (a - 0.5) ** 2


def gradients__from_scratch_in_columns(X, y, T1, T2, reg):
    m = X.shape[0]
    a1 = np.vstack([np.ones((1, m)), X.T])  # (D + 1, m), as in Octave
    a2 = np.vstack([np.ones((1, m)), 0.5 + 0.5 * np.tanh(T1 @ a1 / 2)])
    delta3 = T2 @ a2 - y.T
    delta2 = (T2.T @ delta3 * a2 * (1 - a2))[1:]
    th1, th2 = T1.copy(), T2.copy()
    th1[:, 0], th2[:, 0] = 0, 0
    return (delta2 @ a1.T + reg * th1) / m, (delta3 @ a2.T + reg * th2) / m


def gradients__example_by_example(X, y, T1, T2, reg):
    N, dT1, dT2 = len(X), np.zeros(T1.shape), np.zeros(T2.shape)
    for n in range(N):
        a1 = np.append(1.0, X[n])
        a = 0.5 + 0.5 * np.tanh(T1 @ a1 / 2)
        a2 = np.append(1.0, a)
        error = T2 @ a2 - y[n]
        dT2 += np.outer(error, a2)
        dT1 += np.outer(T2[:, 1:].T @ error * sigmoid_slope(a), a1)  # noqa: F821
    free1, free2 = np.arange(T1.shape[1]) > 0, np.arange(T2.shape[1]) > 0
    return dT1 / N + reg / N * T1 * free1, dT2 / N + reg / N * T2 * free2


def gradients__einsum(X, y, T1, T2, reg):
    N = len(X)
    error = (forward(X, T1, T2)[0] - y) / N  # noqa: F821
    a = 0.5 + 0.5 * np.tanh((X @ T1[:, 1:].T + T1[:, 0]) / 2)
    back = np.einsum("nk,kj,nj->nj", error, T2[:, 1:], a - a * a)
    dT1 = np.column_stack([back.sum(axis=0), np.einsum("nj,ni->ji", back, X) + reg * T1[:, 1:] / N])
    dT2 = np.column_stack([error.sum(axis=0), np.einsum("nk,nj->kj", error, a) + reg * T2[:, 1:] / N])
    return [dT1, dT2]


def predict__one_input_after_the_other(X_new, T1, T2, mean, scale):
    return np.vstack([forward(((row - mean) / scale)[None], T1, T2)[0] for row in X_new])  # noqa: F821


def predict__absorbed_into_the_weights(X_new, T1, T2, mean, scale):
    V = T1.copy()
    V[:, 1:] = T1[:, 1:] / scale
    V[:, 0] = T1[:, 0] - (T1[:, 1:] * mean / scale).sum(axis=1)
    return forward(X_new, V, T2)[0]  # noqa: F821


def predict_the_minimiser__as_a_list():
    return list("ABAB")
