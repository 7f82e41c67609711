"""Other right answers to 08_loss_vs_accuracy, written from its text."""

import numpy as np


def least_squares__with_lstsq(X, y):
    if np.all(X == X[0]):
        return 0.0, float(np.mean(y))
    design = np.column_stack([X, np.ones(len(X))])
    w, b = np.linalg.lstsq(design, y, rcond=None)[0]
    return w, b


def least_squares__with_loops(X, y):
    n = len(X)
    x_mean, y_mean = sum(X) / n, sum(y) / n
    top = bottom = 0.0
    for x, t in zip(X, y, strict=True):
        top += (x - x_mean) * (t - y_mean)
        bottom += (x - x_mean) ** 2
    w = top / bottom if bottom != 0 else 0.0
    return w, y_mean - w * x_mean


def least_squares__covariance_over_variance(X, y):
    if len(X) == 1 or X.max() == X.min():
        return 0.0, y.mean()
    w = np.cov(X, y, ddof=0)[0, 1] / np.var(X)
    return [w, np.mean(y - w * X)]


def accuracy__one_by_one(scores, y, threshold):
    right = 0
    for score, label in zip(scores, y, strict=True):
        right += (1 if score > threshold else 0) == label
    return right / len(y)


def accuracy__one_minus_errors(scores, y, threshold):
    answers = np.where(scores > threshold, 1, 0)
    return 1 - np.count_nonzero(answers != y) / y.size


def best_threshold__keep_the_best_so_far(scores, y):
    ordered = sorted(set(scores.tolist()))
    candidates = [-np.inf] + [(a + b) / 2 for a, b in zip(ordered, ordered[1:], strict=False)] + [np.inf]
    best, best_share = None, -1.0
    for candidate in candidates:
        share = accuracy(scores, y, candidate)  # noqa: F821
        if share > best_share:
            best, best_share = candidate, share
    return best, best_share


def best_threshold__by_cumulative_counts(scores, y):
    levels, place = np.unique(scores, return_inverse=True)
    ones = np.bincount(place.ravel(), weights=y, minlength=len(levels))
    zeros = np.bincount(place.ravel(), weights=1 - y, minlength=len(levels))
    right = y.sum() + np.concatenate([[0.0], np.cumsum(zeros - ones)])
    edges = np.concatenate([[-np.inf], levels, [np.inf]])
    k = int(np.argmax(right))
    cut = edges[0] if k == 0 else edges[-1] if k == len(levels) else 0.5 * (edges[k] + edges[k + 1])
    return cut, right[k] / len(y)


def surrogate_loss__by_margin(kind, z, y):
    margin = np.where(y == 1, z, -z)
    if kind == "squared":
        return np.mean(np.square(z - y))
    if kind == "sigmoid_squared":
        return np.mean(np.exp(-2 * np.logaddexp(0, margin)))
    if kind == "cross_entropy":
        return np.mean(np.maximum(-margin, 0) + np.log1p(np.exp(-np.abs(margin))))
    if kind == "hinge":
        return np.mean(np.clip(1 - margin, 0, None))
    raise ValueError(kind)


def surrogate_loss__one_by_one(kind, z, y):
    if kind not in ("squared", "sigmoid_squared", "cross_entropy", "hinge"):
        raise ValueError("what is " + kind + "?")
    total = 0.0
    for s, t in zip(z, y, strict=True):
        e = np.exp(-abs(s))
        q = 1 / (1 + e) if s >= 0 else e / (1 + e)
        total += {
            "squared": (s - t) ** 2,
            "sigmoid_squared": (q - t) ** 2,
            "cross_entropy": max(s, 0) - t * s + np.log1p(e),
            "hinge": max(0.0, 1 - s) if t == 1 else max(0.0, 1 + s),
        }[kind]
    return total / len(z)


def loss_gradient__with_a_dictionary(kind, z, y):
    e = np.exp(-np.abs(z))
    q = np.where(z >= 0, 1, e) / (1 + e)
    sign = np.where(y == 1, 1.0, -1.0)
    slopes = {
        "squared": 2.0 * z - 2.0 * y,
        "sigmoid_squared": 2 * (q - y) * e / (1 + e) ** 2,
        "cross_entropy": q - y,
        "hinge": -sign * (sign * z < 1),
    }
    if kind not in slopes:
        raise ValueError(kind)
    return slopes[kind] / z.shape[0]


def loss_gradient__one_by_one(kind, z, y):
    dz = np.zeros(len(z))
    for i in range(len(z)):
        q = 1 / (1 + np.exp(-min(max(z[i], -700), 700)))
        if kind == "squared":
            dz[i] = 2 * (z[i] - y[i])
        elif kind == "sigmoid_squared":
            dz[i] = 2 * (q - y[i]) * q * (1 - q)
        elif kind == "cross_entropy":
            dz[i] = q - 1 if y[i] == 1 else q
        elif kind == "hinge":
            if y[i] == 1 and z[i] <= 1:
                dz[i] = -1
            elif y[i] == 0 and z[i] >= -1:
                dz[i] = 1
        else:
            raise ValueError("unknown")
    return dz / len(z)


def predict_hits__as_a_list():
    return [3, 3, 3, 3, 4, 5]


def hidden_forward__broadcast(params, X):
    h = np.tanh(X[:, None] * params["W1"][None, :] + params["b1"])
    return (h * params["W2"]).sum(axis=1) + params["b2"], h


def hidden_forward__unit_by_unit(params, X):
    H = len(params["W1"])
    h, z = np.empty((len(X), H)), np.full(len(X), float(params["b2"]))
    for j in range(H):
        h[:, j] = np.tanh(X * params["W1"][j] + params["b1"][j])
        z += params["W2"][j] * h[:, j]
    return z, h


def hidden_gradients__example_by_example(params, X, y):
    H, N = len(params["W1"]), len(X)
    grads = {"W1": np.zeros(H), "b1": np.zeros(H), "W2": np.zeros(H), "b2": 0.0}
    loss = 0.0
    for x, t in zip(X, y, strict=True):
        h = np.tanh(params["W1"] * x + params["b1"])
        z = h @ params["W2"] + params["b2"]
        loss += (np.logaddexp(0, z) - t * z) / N
        d = (1 / (1 + np.exp(-z)) - t) / N
        back = d * params["W2"] * (1 - h * h)
        grads["W1"] += back * x
        grads["b1"] += back
        grads["W2"] += d * h
        grads["b2"] += d
    return loss, grads


def hidden_gradients__einsum(params, X, y):
    z, h = hidden_forward(params, X)  # noqa: F821
    d = loss_gradient("cross_entropy", z, y)  # noqa: F821
    back = np.einsum("n,h,nh->nh", d, params["W2"], 1 - h**2)
    grads = {
        "b2": float(np.sum(d)),
        "W2": np.einsum("n,nh->h", d, h),
        "b1": np.einsum("nh->h", back),
        "W1": np.einsum("n,nh->h", X, back),
    }
    return surrogate_loss("cross_entropy", z, y), grads  # noqa: F821


def train_hidden__four_variables(X, y, hidden, seed):
    deviation = np.std(X)
    x = (X - np.mean(X)) / (deviation if deviation > 0 else 1)
    rng = np.random.default_rng(seed)
    W1, b1, W2, b2 = rng.normal(size=hidden), rng.normal(size=hidden), rng.normal(size=hidden), 0.0
    for _ in range(800):
        _, g = hidden_gradients({"W1": W1, "b1": b1, "W2": W2, "b2": b2}, x, y)  # noqa: F821
        W1, b1, W2, b2 = W1 - 0.5 * g["W1"], b1 - 0.5 * g["b1"], W2 - 0.5 * g["W2"], b2 - 0.5 * g["b2"]
    z, _ = hidden_forward({"W1": W1, "b1": b1, "W2": W2, "b2": b2}, x)  # noqa: F821
    return np.where(z > 0, 1, 0)


def train_hidden__written_out(X, y, hidden, seed):
    x = X - X.mean()
    if x.std() > 0:
        x = x / x.std()
    W1, b1, W2 = np.random.default_rng(seed).normal(size=(3, hidden))
    b2, N = 0.0, len(x)
    for _ in range(800):
        h = np.tanh(np.outer(x, W1) + b1)
        d = (1 / (1 + np.exp(-(h @ W2 + b2))) - y) / N
        back = (1 - h * h) * np.outer(d, W2)
        W1, b1, W2, b2 = W1 - back.T @ x / 2, b1 - back.sum(0) / 2, W2 - h.T @ d / 2, b2 - d.sum() / 2
    probability = 1 / (1 + np.exp(-(np.tanh(np.outer(x, W1) + b1) @ W2 + b2)))
    return probability > 0.5


def diagnose__as_a_list():
    return ["direction", "gradient", "right", "labels", "threshold", "luck"]
