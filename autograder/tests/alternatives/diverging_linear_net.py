"""Other right answers to 17_diverging_linear_net, written from its text."""

import numpy as np


def best_linear_fit__with_the_pseudo_inverse(X, Y):
    A = np.insert(X, 0, 1.0, axis=1)
    B = np.linalg.pinv(A) @ Y
    return B, float(((A @ B - Y) ** 2).sum() / Y.size)


def best_linear_fit__centred(X, Y):
    x_mean, y_mean = X.mean(axis=0), Y.mean(axis=0)
    W, *_ = np.linalg.lstsq(X - x_mean, Y - y_mean, rcond=None)
    b = y_mean - x_mean @ W
    return np.concatenate([b[None, :], W]), np.square(X @ W + b - Y).mean()


def forward__example_by_example(params, X):
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    out = np.empty((len(X), len(b2)))
    for n, x in enumerate(X):
        out[n] = W2.T @ (W1.T @ x + b1) + b2
    return out


def forward__einsum(params, X):
    hidden = np.einsum("nd,dh->nh", X, params["W1"]) + params["b1"][None, :]
    return np.einsum("nh,hk->nk", hidden, params["W2"]) + params["b2"][None, :]


def merge_layers__with_augmented_matrices(params):
    first = np.vstack([params["b1"], params["W1"]])
    B = first.dot(params["W2"])
    B[0] += params["b2"]
    return B


def merge_layers__by_probing(params):
    D = params["W1"].shape[0]
    at_zero = forward(params, np.zeros((1, D)))  # noqa: F821
    return np.vstack([at_zero, forward(params, np.eye(D)) - at_zero])  # noqa: F821


def backward__example_by_example(params, X, Y):
    grads = {name: np.zeros(value.shape) for name, value in params.items()}
    total = 0.0
    for x, y in zip(X, Y):
        hidden = x @ params["W1"] + params["b1"]
        gap = hidden @ params["W2"] + params["b2"] - y
        total += gap @ gap
        slope = 2 * gap / Y.size
        back = params["W2"] @ slope
        grads["W2"] += np.outer(hidden, slope)
        grads["b2"] += slope
        grads["W1"] += np.outer(x, back)
        grads["b1"] += back
    return total / Y.size, grads


def backward__through_the_merged_layer(params, X, Y):
    W1, b1, W2 = params["W1"], params["b1"], params["W2"]
    gap = X @ (W1 @ W2) + (b1 @ W2 + params["b2"]) - Y
    N, K = Y.shape
    moment, bias = 2 * np.einsum("nd,nk->dk", X, gap) / (N * K), 2 * gap.mean(axis=0) / K
    grads = {"b2": bias, "W1": moment @ W2.T, "b1": W2 @ bias, "W2": W1.T @ moment + np.outer(b1, bias)}
    return float((gap**2).mean()), grads


def train__in_place_on_copies(params, X, Y, learning_rate, steps, momentum=0.0):
    now = {name: value.copy() for name, value in params.items()}
    v = {name: 0.0 for name in params}
    losses = []
    for _ in range(steps):
        loss, g = backward(now, X, Y)  # noqa: F821
        losses.append(loss)
        for name in now:
            v[name] = momentum * v[name] - learning_rate * g[name]
            now[name] += v[name]
    return now, np.array(losses)


def train__from_the_last_two_positions(params, X, Y, learning_rate, steps, momentum=0.0):
    before, here, losses = params, params, np.empty(steps)
    for t in range(steps):
        losses[t], g = backward(here, X, Y)  # noqa: F821
        after = {n: here[n] + momentum * (here[n] - before[n]) - learning_rate * g[n] for n in here}
        before, here = here, after
    return here, losses


def hessian_vector__exact(params, X, Y, direction):
    W2, V2 = params["W2"], direction["W2"]
    h, dh = X @ params["W1"] + params["b1"], X @ direction["W1"] + direction["b1"]
    r = (h @ W2 + params["b2"] - Y) * 2 / Y.size
    dr = (dh @ W2 + h @ V2 + direction["b2"]) * 2 / Y.size
    back = dr @ W2.T + r @ V2.T
    return {"W1": X.T @ back, "b1": back.sum(0), "W2": dh.T @ r + h.T @ dr, "b2": dr.sum(0)}


def hessian_vector__four_gradients(params, X, Y, direction):
    """The first stretch goal: exact for a polynomial of degree 3."""
    size = float(np.sqrt(sum((value**2).sum() for value in direction.values())))
    if size == 0:
        return {name: np.zeros_like(value) for name, value in params.items()}
    t = 0.01 / size
    g = {k: backward({n: params[n] + k * t * direction[n] for n in params}, X, Y)[1] for k in (-2, -1, 1, 2)}  # noqa: F821
    return {n: (8 * (g[1][n] - g[-1][n]) - (g[2][n] - g[-2][n])) / (12 * t) for n in params}


def top_eigenvalue__two_thousand_rounds(params, X, Y):
    rng = np.random.default_rng(5)
    v = {name: rng.uniform(-1, 1, size=value.shape) for name, value in params.items()}
    for _ in range(2000):
        size = np.sqrt(sum((value**2).sum() for value in v.values()))
        u = {name: value / size for name, value in v.items()}
        v = hessian_vector(params, X, Y, u)  # noqa: F821
    return float(sum((u[name] * v[name]).sum() for name in v))


def top_eigenvalue__whole_table(params, X, Y):
    names, columns = list(params), []
    for name in names:
        for index in np.ndindex(params[name].shape):
            unit = {n: np.zeros_like(params[n]) for n in names}
            unit[name][index] = 1.0
            product = hessian_vector(params, X, Y, unit)  # noqa: F821
            columns.append(np.concatenate([product[n].ravel() for n in names]))
    table = np.array(columns)
    return np.linalg.eigvalsh((table + table.T) / 2).max()


def standardise__column_by_column(X):
    Xs, mean, scale = np.zeros(X.shape), np.zeros(X.shape[1]), np.ones(X.shape[1])
    for d, column in enumerate(X.T):
        mean[d] = column.sum() / len(column)
        if not np.all(column == column[0]):
            scale[d] = np.sqrt(((column - mean[d]) ** 2).sum() / len(column))
        Xs[:, d] = (column - mean[d]) / scale[d]
    return Xs, mean, scale


def standardise__with_ptp(X):
    mean = np.average(X, axis=0)
    centred = X - mean
    scale = np.sqrt(np.mean(centred**2, axis=0))
    scale[np.ptp(X, axis=0) == 0] = 1
    return centred / scale, mean, scale


def predict_the_runs__as_a_list():
    return list("BCACB")


def read_the_curves__as_a_list():
    return "biases sign right rate zeros".split()
