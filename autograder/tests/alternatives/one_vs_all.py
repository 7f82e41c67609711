"""Other right answers to 05_one_vs_all, written from its text."""

import numpy as np


def one_hot__by_comparison(y, num_classes):
    return (np.asarray(y).reshape(-1, 1) == np.arange(num_classes).reshape(1, -1)) * 1.0


def one_hot__rows_of_the_identity(y, num_classes):
    return np.eye(num_classes)[y]


def one_hot__with_a_loop(y, num_classes):
    rows = []
    for label in y:
        row = [0] * num_classes
        row[label] = 1
        rows.append(row)
    return np.array(rows)


def ova_cost__with_loops(theta, X, Y):
    total = 0.0
    for x, answers in zip(X, Y, strict=True):
        for k in range(theta.shape[1]):
            z = float(np.dot(x, theta[:, k]))
            total += max(z, 0) + np.log1p(np.exp(-abs(z))) - answers[k] * z
    return total / len(X)


def ova_cost__by_answer(theta, X, Y):
    scores = np.dot(X, theta)
    yes = np.logaddexp(0, -scores)
    no = np.logaddexp(0, scores)
    return np.sum(np.where(Y == 1, yes, no)) / X.shape[0]


def ova_cost__class_by_class(theta, X, Y):
    cost = 0
    for k in range(Y.shape[1]):
        z = X @ theta[:, k]
        cost = cost + np.mean(np.logaddexp(0, z) - Y[:, k] * z)
    return cost


def ova_gradient__class_by_class(theta, X, Y):
    columns = []
    for k in range(Y.shape[1]):
        error = sigmoid(X @ theta[:, k]) - Y[:, k]  # noqa: F821
        columns.append(error @ X / len(X))
    return np.stack(columns, axis=1)


def ova_gradient__image_by_image(theta, X, Y):
    dtheta = np.zeros(theta.shape)
    for x, answers in zip(X, Y, strict=True):
        dtheta += np.outer(x, sigmoid(x @ theta) - answers)  # noqa: F821
    return dtheta / X.shape[0]


def ova_gradient__einsum(theta, X, Y):
    probs = 0.5 * (1 + np.tanh(0.5 * np.einsum("id,dk->ik", X, theta)))
    return np.einsum("id,ik->dk", X, probs - Y) / Y.shape[0]


def fit_one_vs_all__class_after_class(X, y, num_classes, learning_rate, steps):
    theta = np.zeros((X.shape[1], num_classes))
    costs = np.zeros(steps)
    for k in range(num_classes):
        answers = one_hot(y, num_classes)[:, [k]]  # noqa: F821
        column = np.zeros((X.shape[1], 1))
        for step in range(steps):
            costs[step] += ova_cost(column, X, answers)  # noqa: F821
            column = column - learning_rate * ova_gradient(column, X, answers)  # noqa: F821
        theta[:, k] = column[:, 0]
    return theta, costs


def fit_one_vs_all__in_place(X, y, num_classes, learning_rate, steps):
    theta = np.zeros(shape=(X.shape[1], num_classes))
    answers = one_hot(y, num_classes)  # noqa: F821
    costs = []
    while len(costs) < steps:
        costs += [float(ova_cost(theta, X, answers))]  # noqa: F821
        theta -= learning_rate * ova_gradient(theta, X, answers)  # noqa: F821
    return theta, costs


def predict__with_a_loop(theta, X):
    labels = np.zeros(len(X), dtype=int)
    for i, x in enumerate(X):
        best = 0
        for k in range(1, theta.shape[1]):
            if x @ theta[:, k] > x @ theta[:, best]:
                best = k
        labels[i] = best
    return labels


def predict__by_sorting(theta, X):
    return np.argsort(X.dot(theta), axis=-1)[:, -1]


def stacked_limits__the_stack_itself(num_classes):
    probs = np.zeros(num_classes)
    probs[0] = 1.0
    q = np.exp(probs) / np.sum(np.exp(probs))
    return float(q[0]), float(np.log(np.exp(probs).sum()) - 1)


def stack_gradient__one_example_at_a_time(theta, X, Y):
    total = np.zeros(theta.shape)
    for x, answers in zip(X, Y, strict=True):
        p = 1 / (1 + np.exp(-np.dot(x, theta)))
        q = np.exp(p - p.max())
        q /= q.sum()
        total += np.outer(x, (q - answers) * p * (1 - p))
    return total / X.shape[0]


def stack_gradient__by_the_softmax_jacobian(theta, X, Y):
    p = 0.5 * (1 + np.tanh(0.5 * (X @ theta)))
    q = np.exp(p) / np.sum(np.exp(p), axis=-1)[:, None]
    dq = -Y / q  # slope of the cost in q
    dp = q * (dq - np.sum(dq * q, axis=1, keepdims=True))
    return np.einsum("id,ik->dk", X, dp * (p - p**2)) / len(Y)
