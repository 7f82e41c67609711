"""Other right answers to 04_cost_that_rises, written from its text."""

import numpy as np


def predict_shapes__asked_of_numpy():
    X, W, P, Y, y = np.ones((3, 4)), np.ones((4, 1)), np.ones((3, 1)), np.ones((1, 3)), np.ones(3)
    shapes = [(X @ W).shape, (Y * P).shape, (Y.T * P).shape, (Y @ P).shape, (y - P).shape, (Y - y).shape]
    shapes.append((W + X.T @ (Y - P)).shape)
    try:
        shapes.append((X * Y).shape)
    except ValueError:
        shapes.append("error")
    return shapes


def predict_shapes__as_lists():
    return [[3, 1], [3, 3], [3, 1], [1, 1], [3, 3], [1, 3], [4, 3], "error"]


def broadcast_floor__by_counting(Y):
    m, ones = len(Y), int(Y.sum())
    if ones in (0, m):
        return 0
    return ones * np.log(m / ones) + (m - ones) * np.log(m / (m - ones))


def broadcast_floor__at_the_best_score(Y):
    p = np.mean(Y)
    if p == 0 or p == 1:
        return 0.0
    z = np.log(p / (1 - p))
    table = np.logaddexp(0, z) - np.tile(Y.T, (len(Y), 1)) * z
    return table.sum() / len(Y)


def linear_scores__example_by_example(X, W, b):
    Z = np.empty((X.shape[0], 1))
    for i, row in enumerate(X):
        Z[i, 0] = sum(x * w for x, w in zip(row, W[:, 0], strict=True)) + b
    return Z


def linear_scores__with_a_column_of_ones(X, W, b):
    return np.einsum("ik,kj->ij", np.c_[X, np.ones(len(X))], np.vstack([W, [[b]]]))


def sigmoid__as_written(Z):
    return 1 / (1 + np.exp(-Z))


def sigmoid__through_tanh(Z):
    return 0.5 * (1 + np.tanh(Z / 2))


def sigmoid__in_two_branches(Z):
    small = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1 / (1 + small), small / (1 + small))


def logistic_cost__loop(Y, Z):
    if np.shape(Y) != np.shape(Z):
        raise ValueError("Y and Z must have the same shape")
    total = 0.0
    for y, z in zip(Y.ravel(), Z.ravel(), strict=True):
        total += max(z, 0) - y * z + np.log1p(np.exp(-abs(z)))
    return float(total / len(Y))


def logistic_cost__by_sides(Y, Z):
    if not Y.shape == Z.shape:
        raise ValueError
    wrong_by = np.where(Y == 1, -Z, Z)
    return np.average(np.logaddexp(wrong_by, 0))


def logistic_cost__two_logarithms(Y, Z):
    m = Z.shape[0]
    if Y.shape != (m, 1) or Z.shape != (m, 1):
        raise ValueError("columns only")
    log_yes, log_no = -np.logaddexp(0, -Z), -np.logaddexp(0, Z)
    return -(Y.T @ log_yes + (1 - Y).T @ log_no).item() / m


def logistic_gradient__outer_sums(X, Y, Z):
    m, n = X.shape
    dW, db = np.zeros((n, 1)), 0.0
    for i in range(m):
        error = sigmoid(Z[i])[0] - Y[i, 0]  # noqa: F821
        dW[:, 0] += error * X[i] / m
        db += error / m
    return dW, db


def logistic_gradient__with_ones_and_einsum(X, Y, Z):
    error = 1 / (1 + np.exp(-Z)) - Y
    both = np.einsum("ik,ij->kj", np.hstack([X, np.ones((len(X), 1))]), error) / len(X)
    return both[:-1], both[-1, 0]


def logistic_gradient__turned_twice(X, Y, Z):
    error = Y - np.exp(-np.logaddexp(0, -Z))
    return -np.mean(X * error, axis=0)[:, None], -np.mean(error)


def fit__in_place_with_a_list(X, Y, learning_rate, steps):
    W = np.zeros((X.shape[1], 1))
    b = 0.0
    costs = []
    while len(costs) < steps:
        Z = linear_scores(X, W, b)  # noqa: F821
        costs.append(logistic_cost(Y, Z))  # noqa: F821
        dW, db = logistic_gradient(X, Y, Z)  # noqa: F821
        W -= learning_rate * dW
        b -= learning_rate * db
    return W, b, costs


def fit__all_in_one(X, Y, learning_rate, steps):
    A = np.c_[X, np.ones(len(X))]
    theta, costs = np.zeros((A.shape[1], 1)), np.empty(steps)
    for t in range(steps):
        Z = A @ theta
        costs[t] = np.mean(np.logaddexp(0, Z) - Y * Z)
        theta = theta - learning_rate / len(X) * A.T @ (0.5 * (1 + np.tanh(Z / 2)) - Y)
    return theta[:-1], float(theta[-1, 0]), costs


def find_the_bugs__as_a_list():
    return ["cost", "right", "update", "both", "update"]
