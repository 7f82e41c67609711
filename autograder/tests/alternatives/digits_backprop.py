"""Other right answers to 15_digits_backprop, written from its text."""

import numpy as np


def forward__column_by_column(theta_1, theta_2, X):
    hidden = np.ones((len(theta_1) + 1, X.shape[1]))
    output = np.zeros((len(theta_2), X.shape[1]))
    for t in range(X.shape[1]):
        hidden[1:, t] = 1 / (1 + np.exp(-np.dot(theta_1, X[:, t])))
        output[:, t] = 1 / (1 + np.exp(-np.dot(theta_2, hidden[:, t])))
    return hidden, output


def forward__with_tanh_and_separate_biases(theta_1, theta_2, X):
    units = 0.5 + 0.5 * np.tanh(theta_1.dot(X) / 2)
    scores = np.einsum("kj,jt->kt", theta_2[:, 1:], units) + theta_2[:, [0]]
    return np.concatenate((np.ones_like(X[:1]), units)), 0.5 + 0.5 * np.tanh(scores / 2)


def cross_entropy_cost__entry_by_entry(output, Y):
    total = 0.0
    for o, y in zip(output.ravel(), Y.ravel(), strict=True):
        o = min(max(o, 1e-12), 1 - 1e-12)
        total -= np.log(o) if y == 1 else np.log(1 - o)
    return total / Y.shape[1]


def cross_entropy_cost__where_and_mean(output, Y):
    output = output.clip(1e-12, 1 - 1e-12)
    return -np.log(np.where(Y > 0.5, output, 1 - output)).sum(axis=0).mean()


def cross_entropy_cost__two_matrix_products(output, Y):
    o = np.clip(output, 1e-12, 1 - 1e-12)
    return float(-(np.vdot(Y, np.log(o)) + np.vdot(1 - Y, np.log1p(-o))) / len(Y.T))


def output_delta__a_table_of_outputs(z, Y, pair):
    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    if pair not in ("sigmoid_cross_entropy", "sigmoid_squared", "linear_squared", "softmax_cross_entropy"):
        raise ValueError(pair)
    if pair.startswith("softmax"):
        output = np.exp(z - np.max(z, axis=0, keepdims=True))
        output = output / np.sum(output, axis=0, keepdims=True)
    else:
        output = z if pair.startswith("linear") else sigmoid(z)
    return (output - Y) * (output - output**2 if pair == "sigmoid_squared" else 1)


def output_delta__column_by_column(z, Y, pair):
    delta = np.zeros(z.shape)
    for t in range(z.shape[1]):
        scores, y = z[:, t], Y[:, t]
        if pair == "linear_squared":
            delta[:, t] = -(y - scores)
        elif pair == "softmax_cross_entropy":
            e = np.exp(scores - max(scores))
            delta[:, t] = e / sum(e) - y
        elif pair in ("sigmoid_cross_entropy", "sigmoid_squared"):
            o = (1 + np.tanh(scores / 2)) / 2
            delta[:, t] = o - y
            if pair == "sigmoid_squared":
                delta[:, t] *= o * (1 - o)
        else:
            raise ValueError("no such pair")
    return delta


def delta_errors__with_the_helper(cost, z, deltas, h=1e-5):
    from helpers import numerical_gradient

    slope = numerical_gradient(cost, z, h)
    return np.max(np.abs(np.stack(deltas) - slope), axis=(1, 2))


def delta_errors__moved_and_put_back(cost, z, deltas, h=1e-5):
    point, slope = z.astype(float).copy(), np.empty(z.shape)
    for k in range(z.shape[0]):
        for t in range(z.shape[1]):
            kept = point[k, t]
            point[k, t] = kept + h
            above = cost(point.copy())
            point[k, t] = kept - h
            below = cost(point.copy())
            point[k, t] = kept
            slope[k, t] = (above - below) / h / 2
    errors = np.zeros(len(deltas))
    for i, delta in enumerate(deltas):
        errors[i] = np.linalg.norm((delta - slope).ravel(), np.inf)
    return errors


def loop_backward__flat_vectors_and_outer_products(theta_1, theta_2, X, Y):
    total_1, total_2 = 0, 0
    for x, y in zip(X.T, Y.T, strict=True):
        units = 1 / (1 + np.exp(-theta_1.dot(x)))
        h = np.append(1.0, units)
        delta = 1 / (1 + np.exp(-theta_2.dot(h))) - y
        total_2 = total_2 + np.outer(delta, h)
        total_1 = total_1 + np.outer(delta.dot(theta_2[:, 1:]) * units * (1 - units), x)
    return total_1 / len(X.T), total_2 / len(X.T)


def loop_backward__mean_of_a_list(theta_1, theta_2, X, Y):
    firsts, seconds = [], []
    for t in reversed(range(X.shape[1])):
        hidden, output = forward(theta_1, theta_2, X[:, t : t + 1])  # noqa: F821
        miss = output - Y[:, t : t + 1]
        back = np.multiply(np.dot(theta_2.T, miss), np.multiply(hidden, 1 - hidden))[1:, :]
        firsts.append(back * X[:, t])
        seconds.append(miss * hidden[:, 0])
    return np.mean(firsts, axis=0), np.mean(seconds, axis=0)


def loop_backward__without_a_loop(theta_1, theta_2, X, Y):
    hidden, output = forward(theta_1, theta_2, X)  # noqa: F821
    D3 = output - Y
    D2 = (theta_2.T @ D3 * (hidden - hidden**2))[1:]
    return D2 @ X.T / X.shape[1], D3 @ hidden.T / X.shape[1]


def backward__einsum(theta_1, theta_2, X, Y):
    hidden, output = forward(theta_1, theta_2, X)  # noqa: F821
    delta_3 = output - Y
    delta_2 = np.einsum("kj,kt->jt", theta_2, delta_3) * hidden * (1 - hidden)
    m = X.shape[1]
    return np.einsum("jt,it->ji", delta_2[1:], X) / m, np.einsum("kt,jt->kj", delta_3, hidden) / m


def backward__examples_in_rows(theta_1, theta_2, X, Y):
    rows, m = X.T, X.shape[1]
    units = 1 / (1 + np.exp(-rows @ theta_1.T))
    h = np.c_[np.ones(m), units]
    miss = 1 / (1 + np.exp(-h @ theta_2.T)) - Y.T
    back = miss @ theta_2[:, 1:] * units * (1 - units)
    return (rows.T @ back).T / m, (h.T @ miss).T / m


def backward__with_a_loop(theta_1, theta_2, X, Y):
    grad_1, grad_2 = np.zeros_like(theta_1), np.zeros_like(theta_2)
    for t in range(X.shape[1]):
        hidden, output = (a[:, 0] for a in forward(theta_1, theta_2, X[:, [t]]))  # noqa: F821
        delta = output - Y[:, t]
        grad_2 += delta[:, None] * hidden
        grad_1 += ((theta_2.T @ delta) * hidden * (1 - hidden))[1:, None] * X[:, t]
    return grad_1 / X.shape[1], grad_2 / X.shape[1]


def train__on_copies_in_place(theta_1, theta_2, X, Y, learning_rate, steps):
    first, second, costs = theta_1.copy(), theta_2.copy(), np.zeros(steps)
    for step in range(steps):
        costs[step] = cross_entropy_cost(forward(first, second, X)[1], Y)  # noqa: F821
        slopes = backward(first, second, X, Y)  # noqa: F821
        second -= learning_rate * slopes[1]
        first -= learning_rate * slopes[0]
    return first, second, costs


def train__recursive(theta_1, theta_2, X, Y, learning_rate, steps):
    if steps == 0:
        return theta_1, theta_2, []
    now = cross_entropy_cost(forward(theta_1, theta_2, X)[1], Y)  # noqa: F821
    slopes = backward(theta_1, theta_2, X, Y)  # noqa: F821
    moved = [t - learning_rate * g for t, g in zip((theta_1, theta_2), slopes, strict=True)]
    last_1, last_2, later = train(*moved, X, Y, learning_rate, steps - 1)  # noqa: F821
    return last_1, last_2, [now, *later]


def predict_the_runs__as_a_list():
    return ["C", "A", "B", "C"]


def diagnose__as_a_list():
    return ["loss", "rows", "right", "scale", "slope"]
