"""Other right answers to 14_relu_xor, written from its text."""

import numpy as np


def relu_forward__with_where(x):
    return np.where(x > 0, x, 0.0), {"input": x.copy()}


def relu_forward__with_a_loop(x):
    out = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        if x[index] > 0:
            out[index] = x[index]
    return out, (x, out)


def relu_forward__half_the_sum(x):
    out = 0.5 * (x + np.abs(x))
    return out, out


def relu_backward__by_index(dout, cache):
    dx = dout.copy()
    dx[cache <= 0] = 0
    return dx


def relu_backward__open_at_zero(dout, cache):
    return np.where(cache < 0, 0, dout)


def softmax_cross_entropy__with_log_sum_exp(scores, y):
    rows = np.arange(len(y))
    top = np.max(scores, axis=1)
    log_sums = top + np.log(np.sum(np.exp(scores - top[:, None]), axis=1))
    loss = np.mean(log_sums - scores[rows, y])
    onehot = np.zeros(scores.shape)
    onehot[rows, y] = 1
    return loss, (np.exp(scores - log_sums[:, None]) - onehot) / len(y)


def softmax_cross_entropy__one_example_at_a_time(scores, y):
    N, K = scores.shape
    loss, dscores = 0.0, np.zeros((N, K))
    for n in range(N):
        e = [np.exp(s - max(scores[n])) for s in scores[n]]
        for k in range(K):
            dscores[n, k] = (e[k] / sum(e) - (1 if k == y[n] else 0)) / N
        loss -= np.log(e[y[n]] / sum(e)) / N
    return float(loss), dscores


def relu_softmax_gradients__without_the_other_functions(params, X, y):
    z = np.dot(X, params["W1"]) + params["b1"]
    h = z * (z > 0)
    s = np.dot(h, params["W2"]) + params["b2"]
    p = np.exp(s - s.max(axis=1)[:, None])
    p /= p.sum(axis=1)[:, None]
    n = len(X)
    loss = -sum(np.log(p[i, y[i]]) for i in range(n)) / n
    p[range(n), y] -= 1
    ds = p / n
    dz = np.dot(ds, params["W2"].T)
    dz[h == 0] = 0
    ones = np.ones(n)
    return loss, {"b2": ones @ ds, "W2": np.dot(h.T, ds), "b1": ones @ dz, "W1": np.dot(X.T, dz)}


def relu_softmax_gradients__with_einsum(params, X, y):
    z = np.einsum("nd,dh->nh", X, params["W1"]) + params["b1"]
    h, cache = relu_forward(z)  # noqa: F821
    loss, ds = softmax_cross_entropy(np.einsum("nh,hk->nk", h, params["W2"]) + params["b2"], y)  # noqa: F821
    dz = relu_backward(np.einsum("nk,hk->nh", ds, params["W2"]), cache)  # noqa: F821
    return loss, {
        "W1": np.einsum("nd,nh->dh", X, dz),
        "b1": np.einsum("nh->h", dz),
        "W2": np.einsum("nh,nk->hk", h, ds),
        "b2": np.einsum("nk->k", ds),
    }


def relu_softmax_gradients__one_example_at_a_time(params, X, y):
    grads = {name: np.zeros(value.shape) for name, value in params.items()}
    total = 0.0
    for x, label in zip(X, y, strict=True):
        z = x @ params["W1"] + params["b1"]
        h = np.maximum(z, 0)
        s = h @ params["W2"] + params["b2"]
        p = np.exp(s - s.max()) / np.exp(s - s.max()).sum()
        total += -np.log(p[label])
        ds = p.copy()
        ds[label] -= 1
        dz = (params["W2"] @ ds) * (z > 0)
        grads["W2"] += np.outer(h, ds)
        grads["b2"] += ds
        grads["W1"] += np.outer(x, dz)
        grads["b1"] += dz
    return total / len(X), {name: g / len(X) for name, g in grads.items()}


def find_the_bug__as_a_list():
    return [7, "B"]


def xor_gradients__in_place_of_a_mask_an_index(W1, W2, X, y):
    z = X @ W1
    h = z.clip(0)
    error = h @ W2 - y
    through = 2.0 * error @ W2.T
    through[z < 0] = 0
    return float((error * error).sum()), X.T @ through, 2.0 * h.T @ error


def xor_gradients__row_by_row(W1, W2, X, y):
    loss, dW1, dW2 = 0.0, np.zeros(W1.shape), np.zeros(W2.shape)
    for n in range(X.shape[0]):
        z = [X[n, 0] * W1[0, j] + X[n, 1] * W1[1, j] for j in range(W1.shape[1])]
        prediction = sum(max(0.0, z[j]) * W2[j, 0] for j in range(len(z)))
        error = prediction - y[n, 0]
        loss += error**2
        for j in range(len(z)):
            if z[j] > 0:
                dW2[j, 0] += 2 * error * z[j]
                dW1[:, j] += 2 * error * W2[j, 0] * X[n]
    return loss, dW1, dW2


def train_xor__with_copies_and_a_list(W1, W2, learning_rate, steps):
    W1, W2, losses = W1.copy(), W2.copy(), []
    for _ in range(steps):
        loss, dW1, dW2 = xor_gradients(W1, W2, XOR_X, XOR_Y)  # noqa: F821
        losses.append(loss)
        W1 -= learning_rate * dW1
        W2 -= learning_rate * dW2
    return W1, W2, np.array(losses)


def train_xor__without_the_other_functions(W1, W2, learning_rate, steps):
    X, y = np.array([[1.0, 0], [0, 1], [1, 1]]), np.array([[1.0], [1], [0]])  # (0, 0) adds nothing
    losses = np.empty(steps)
    for t in range(steps):
        h = np.maximum(0, X @ W1)
        e = h @ W2 - y
        losses[t] = (e**2).sum()
        W1, W2 = W1 - 2 * learning_rate * X.T @ (e @ W2.T * (h > 0)), W2 - 2 * learning_rate * h.T @ e
    return W1, W2, losses


def dead_fraction__from_the_largest(Z):
    return float(np.mean(Z.max(axis=0) <= 0))


def dead_fraction__counting(Z):
    N, H = Z.shape
    alive = set()
    for n in range(N):
        for j in range(H):
            if Z[n, j] > 0:
                alive.add(j)
    return 1 - len(alive) / H


def leaky_relu_backward__by_index(dout, x, slope):
    dx = dout.copy()
    dx[x < 0] *= slope
    return dx


def leaky_relu_backward__as_a_blend(dout, x, slope):
    gate = (x > 0).astype(float)
    return dout * (gate + slope * (1 - gate))


def predict_the_runs__as_a_list():
    return ["A", "D", "C", "D"]
