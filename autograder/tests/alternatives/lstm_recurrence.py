"""Other right answers to 26_lstm_recurrence, written from its text."""

import numpy as np


def make_series__filled_in(x0, length):
    series = np.empty(length)
    series[0] = x0
    for k in range(1, length):
        if series[k - 1] >= 10:
            series[k] = np.sin(series[k - 1])
        else:
            series[k] = 1 + series[k - 1]
    return series


def make_series__where(x0, length):
    series = np.zeros(length) + x0
    for k in range(length - 1):
        series[k + 1] = np.where(series[k] < 10, series[k] + 1, np.sin(series[k]))
    return series


def windows__strided(series, length):
    view = np.lib.stride_tricks.sliding_window_view(series, length + 1)
    return view[:, :length].reshape(-1, length, 1), view[:, length].reshape(-1, 1)


def windows__index_table(series, length):
    series = np.asarray(series)
    places = np.arange(len(series) - length)[:, None] + np.arange(length)
    return series[places][..., np.newaxis], series[length:, None]


def branch_errors__norms(pred, y, last):
    miss = pred.ravel() - y.ravel()
    below = last < 10
    result = {"plus_one": np.nan, "sine": np.nan}
    if below.sum() > 0:
        result["plus_one"] = np.linalg.norm(miss[below]) / np.sqrt(below.sum())
    if (~below).sum() > 0:
        result["sine"] = np.linalg.norm(miss[~below]) / np.sqrt((~below).sum())
    return result


def branch_errors__loop(pred, y, last):
    total, count = {"plus_one": 0.0, "sine": 0.0}, {"plus_one": 0, "sine": 0}
    for m in range(len(last)):
        name = "sine" if last[m] >= 10 else "plus_one"
        total[name] += (pred[m, 0] - y[m, 0]) ** 2
        count[name] += 1
    return {name: (total[name] / count[name]) ** 0.5 if count[name] else float("nan") for name in total}


def fixed_cycle__from_a_long_list():
    series = make_series(0.0, 2400)  # noqa: F821
    lap = series[-24:]
    start = int(np.argmin(lap[:12]))
    return lap[start : start + 12]


def fixed_cycle__newton():
    x = 10.0
    for _ in range(20):
        x -= (x - np.sin(x) - 11) / (1 - np.cos(x))
    return np.arange(x - 11, x + 0.5)


def fixed_cycle__bisection():
    low, high = 10.0, 11.0
    for _ in range(60):
        middle = (low + high) / 2
        if np.sin(middle) + 11 > middle:
            low = middle
        else:
            high = middle
    return np.array([low - 11 + k for k in range(12)])


def recurrence_gradients__einsum(params, X, y):
    weights = [params[name] for name in ("Wx", "Wh", "b")]
    h, memory = lstm_forward(X, np.zeros((X.shape[0], params["Wy"].shape[0])), *weights)  # noqa: F821
    at_end = np.zeros(X.shape[1])
    at_end[-1] = 1
    error = np.einsum("nth,t,hk->nk", h, at_end, params["Wy"]) + params["by"] - y
    delta = 2.0 * error / y.shape[0]
    back = lstm_backward(np.einsum("nk,t,hk->nth", delta, at_end, params["Wy"]), memory)  # noqa: F821
    grads = dict(zip(("Wx", "Wh", "b"), back[2:], strict=True))
    grads["Wy"] = np.einsum("nth,t,nk->hk", h, at_end, delta)
    grads["by"] = np.einsum("nk->k", delta)
    return np.square(error).sum() / y.shape[0], grads


def recurrence_gradients__window_by_window(params, X, y):
    N, H = X.shape[0], params["Wh"].shape[0]
    loss, grads = 0.0, {name: np.zeros_like(value) for name, value in params.items()}
    for n in range(N):
        h, memory = lstm_forward(X[n : n + 1], np.zeros((1, H)), params["Wx"], params["Wh"], params["b"])  # noqa: F821
        error = float(h[0, -1] @ params["Wy"][:, 0] + params["by"][0] - y[n, 0])
        loss += error**2 / N
        dh = np.zeros(h.shape)
        dh[0, -1] = 2 * error / N * params["Wy"][:, 0]
        dWx, dWh, db = lstm_backward(dh, memory)[2:]  # noqa: F821
        for name, part in zip(("Wx", "Wh", "b"), (dWx, dWh, db), strict=True):
            grads[name] += part
        grads["Wy"][:, 0] += 2 * error / N * h[0, -1]
        grads["by"] += 2 * error / N
    return loss, grads


def match_the_bugs__joined():
    return "".join(["C", "B", "D", "A"])


def balanced_rows__integers(rng, last, per_branch):
    below, above = np.nonzero(last < 10)[0], np.nonzero(np.logical_not(last < 10))[0]
    first = below[rng.integers(0, below.size, per_branch)]
    return np.hstack([first, above[rng.integers(0, above.size, per_branch)]])


def balanced_rows__loop(rng, last, per_branch):
    rows = []
    for wanted in (True, False):
        numbers = [m for m in range(len(last)) if (last[m] < 10) == wanted]
        rows.extend(rng.choice(numbers, per_branch, replace=True))
    return np.array(rows, dtype=int)


def predict_frozen__joined():
    return "A" + "C"
