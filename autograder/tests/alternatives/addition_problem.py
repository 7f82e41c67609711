"""Other right answers to 24_addition_problem, written from its text."""

import numpy as np


def make_batch__loop(rng, batch, length):
    values = rng.random((batch, length))
    half = length // 2
    early, late = rng.integers(half, size=batch), rng.integers(half, length, batch)
    X, y = np.zeros((batch, length, 2)), np.zeros((batch, 1))
    for n in range(batch):
        X[n, :, 0] = values[n]
        X[n, early[n], 1] = X[n, late[n], 1] = 1.0
        y[n, 0] = 0.5 * (values[n, early[n]] + values[n, late[n]])
    return X, y


def make_batch__one_hot(rng, batch, length):
    values = rng.random(size=(batch, length))
    steps = np.arange(length)
    first = rng.integers(low=0, high=length // 2, size=(batch, 1))
    second = rng.integers(low=length // 2, high=length, size=(batch, 1))
    marks = ((steps == first) | (steps == second)).astype(float)
    y = np.average(values, axis=1, weights=marks)
    return np.stack([values, marks], axis=-1), y.reshape(-1, 1)


def make_batch__take_along(rng, batch, length):
    values = rng.uniform(size=(batch, length))
    marked = np.stack([rng.integers(0, length // 2, batch), rng.integers(length // 2, length, batch)], axis=1)
    marks = np.zeros((batch, length))
    np.put_along_axis(marks, marked, 1, axis=1)
    y = np.take_along_axis(values, marked, axis=1).mean(axis=1, keepdims=True)
    return np.concatenate([values[:, :, None], marks[:, :, None]], axis=2), y


def predict_the_plateaus__decimals():
    return 0.1667, 0.02083, 0.02778


def predict_the_plateaus__as_a_list():
    variance = 1 / 12
    return [2 * variance, variance / 4, 3 * variance / 9]


def last_step_loss__loop(h, y, Wy, by):
    N, T, H = h.shape
    loss, dh, dWy, dby = 0.0, np.zeros((N, T, H)), np.zeros((H, 1)), np.zeros(1)
    for n in range(N):
        error = sum(h[n, T - 1, j] * Wy[j, 0] for j in range(H)) + by[0] - y[n, 0]
        loss += error**2 / N
        dWy[:, 0] += 2 * error * h[n, T - 1] / N
        dby += 2 * error / N
        dh[n, T - 1] = 2 * error * Wy[:, 0] / N
    return loss, dh, dWy, dby


def last_step_loss__einsum(h, y, Wy, by):
    steps = np.zeros(h.shape[1])
    steps[-1] = 1
    error = np.einsum("nth,t,hk->nk", h, steps, Wy) + by - y
    derror = error * (2.0 / error.shape[0])
    return (
        np.square(error).mean(),
        np.einsum("nk,t,hk->nth", derror, steps, Wy),
        np.einsum("nth,t,nk->hk", h, steps, derror),
        np.einsum("nk->k", derror),
    )


def last_step_loss__flat(h, y, Wy, by):
    answers = h[:, -1, :].dot(Wy[:, 0]) + by[0]
    error = answers - y[:, 0]
    derror = 2 * error / error.size
    dh = np.concatenate([0 * h[:, :-1], np.outer(derror, Wy[:, 0])[:, None]], axis=1)
    return float(error @ error / error.size), dh, (derror @ h[:, -1])[:, None], np.array([derror.sum()])


def clip_by_norm__one_vector(grads, max_norm):
    everything = np.concatenate([grad.ravel() for grad in grads.values()])
    length = np.linalg.norm(everything)
    if length <= max_norm:
        return dict(grads)
    return {name: max_norm * (grad / length) for name, grad in grads.items()}


def clip_by_norm__smallest_factor(grads, max_norm):
    squares = 0.0
    for grad in grads.values():
        for entry in grad.flat:
            squares += entry**2
    factor = min(1.0, max_norm / max(np.sqrt(squares), 1e-12))
    clipped = {}
    for name in grads:
        clipped[name] = factor * grads[name]
    return clipped


def adam_step__setdefault(params, grads, state, learning_rate):
    t = state["t"] + 1 if state else 1
    old = state.get("moments") or {name: (np.zeros_like(g), np.zeros_like(g)) for name, g in grads.items()}
    moments = {
        name: (0.9 * m + 0.1 * grads[name], 0.999 * v + 0.001 * np.square(grads[name]))
        for name, (m, v) in old.items()
    }
    new = {}
    for name, (m, v) in moments.items():
        new[name] = params[name] - learning_rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return new, {"t": t, "moments": moments}


def adam_step__scaled_rate(params, grads, state, learning_rate):
    beta1, beta2 = 0.9, 0.999
    t, m, v = state.get("t", 0) + 1, dict(state.get("m", {})), dict(state.get("v", {}))
    new = dict(params)
    for key in grads:
        m[key] = m.get(key, 0) + (1 - beta1) * (grads[key] - m.get(key, 0))
        v[key] = v.get(key, 0) + (1 - beta2) * (grads[key] ** 2 - v.get(key, 0))
        root = np.sqrt(1 - beta2**t)
        new[key] = new[key] - learning_rate * root / (1 - beta1**t) * m[key] / (np.sqrt(v[key]) + 1e-8 * root)
    return new, dict(t=t, m=m, v=v)


def adam_step__all_gradients_kept(params, grads, state, learning_rate):
    history = state.get("history", []) + [grads]
    k = len(history)
    new = {}
    for name in params:
        stack = np.array([past[name] for past in history])
        ages = np.arange(k)[::-1].reshape(-1, *[1] * params[name].ndim)
        m = np.sum(0.1 * 0.9**ages * stack, axis=0) / (1 - 0.9**k)
        v = np.sum(0.001 * 0.999**ages * stack**2, axis=0) / (1 - 0.999**k)
        new[name] = params[name] - learning_rate * m / (v**0.5 + 1e-8)
    return new, {"history": history}


def init_params__concatenated(rng, hidden, forget_bias=1.0):
    params = {}
    for name, shape in (("Wx", (2, 4 * hidden)), ("Wh", (hidden, 4 * hidden)), ("Wy", (hidden, 1))):
        params[name] = rng.normal(size=shape) * shape[0] ** -0.5
    zeros = np.zeros(hidden)
    params["b"] = np.concatenate([zeros, zeros + forget_bias, zeros, zeros])
    params["by"] = np.array([0.0])
    return params


def init_params__repeat(rng, hidden, forget_bias=1.0):
    Wx = rng.normal(0.0, 1 / np.sqrt(2), size=(2, 4 * hidden))
    Wh = rng.normal(scale=hidden**-0.5, size=(hidden, 4 * hidden))
    Wy = rng.normal(size=(hidden, 1)) / hidden**0.5
    return dict(Wx=Wx, Wh=Wh, b=np.repeat([0.0, forget_bias, 0.0, 0.0], hidden), Wy=Wy, by=np.zeros(1))


def loss_and_gradients__by_position(params, X, y, forward=None, backward=None):
    forward, backward = forward or lstm_forward, backward or lstm_backward  # noqa: F821
    N, H = X.shape[0], params["Wh"].shape[0]
    states, memory = forward(X, np.zeros((N, H)), *(params[name] for name in ("Wx", "Wh", "b")))
    loss, dstates, *of_output = last_step_loss(states, y, params["Wy"], params["by"])  # noqa: F821
    of_network = backward(dstates, memory)[2:]
    return loss, dict(zip(("Wx", "Wh", "b", "Wy", "by"), [*of_network, *of_output], strict=True))


def train_from__while(rng, params, length, batch, steps, learning_rate, forward=None, backward=None):
    network = [] if forward is None else [forward, backward]
    history, state = [], {}
    while len(history) < steps:
        loss, grads = loss_and_gradients(params, *make_batch(rng, batch, length), *network)  # noqa: F821
        history.append(loss)
        grads = clip_by_norm(grads, max_norm=1.0)  # noqa: F821
        params, state = adam_step(params, grads, state, learning_rate)  # noqa: F821
    return params, np.array(history)


def train__in_float64(rng, length, hidden, batch, steps, learning_rate):
    return train_from(rng, init_params(rng, hidden), length, batch, steps, learning_rate)  # noqa: F821


def train__by_name(rng, length, hidden, batch, steps, learning_rate):
    start = {}
    for name, value in init_params(rng, hidden=hidden, forget_bias=1.0).items():  # noqa: F821
        start[name] = np.asarray(value, dtype="float32")
    return train_from(rng, start, length=length, batch=batch, steps=steps, learning_rate=learning_rate)  # noqa: F821


def predict_who_learns__joined():
    return "".join(["A", "B", "C"])


def find_the_lines__as_a_list():
    return [13, 9, 3, 5]
