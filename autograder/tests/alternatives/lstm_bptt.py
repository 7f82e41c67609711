"""Other right answers to 23_lstm_bptt, written from its text."""

import numpy as np


def gates_forward__gate_by_gate(x, prev_h, Wx, Wh, b):
    H = prev_h.shape[1]
    gates = []
    for k in range(4):
        block = slice(k * H, (k + 1) * H)
        a = np.dot(x, Wx[:, block]) + np.dot(prev_h, Wh[:, block]) + b[block]
        gates.append(np.tanh(a) if k == 3 else 1 / (1 + np.exp(-a)))
    return np.hstack(gates)


def gates_forward__entry_by_entry(x, prev_h, Wx, Wh, b):
    N, H = prev_h.shape
    gates = np.zeros((N, 4 * H))
    for n in range(N):
        for k in range(4 * H):
            a = sum(x[n] * Wx[:, k]) + sum(prev_h[n] * Wh[:, k]) + b[k]
            gates[n, k] = np.tanh(a) if k >= 3 * H else np.exp(-np.logaddexp(0, -a))
    return gates


def gates_forward__one_big_matrix(x, prev_h, Wx, Wh, b):
    H = prev_h.shape[1]
    a = np.c_[x, prev_h, np.ones(len(x))] @ np.vstack([Wx, Wh, b])
    is_candidate = np.arange(4 * H) >= 3 * H
    with np.errstate(over="ignore"):
        return np.where(is_candidate, np.tanh(a), 1 / (1 + np.exp(-a)))


def lstm_step_forward__without_gates_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_c.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    sigmoid = 1 / (1 + np.exp(-a[:, : 3 * H]))
    i, f, o = sigmoid[:, :H], sigmoid[:, H : 2 * H], sigmoid[:, 2 * H :]
    g = np.tanh(a[:, 3 * H :])
    c = f * prev_c + i * g
    return o * np.tanh(c), c, (x, prev_h, prev_c, Wx, Wh, np.hstack([sigmoid, g]), c)


def lstm_step_forward__with_another_cache(x, prev_h, prev_c, Wx, Wh, b):
    gates = gates_forward(x, prev_h, Wx, Wh, b)  # noqa: F821
    i, f, o, g = np.split(gates, 4, axis=1)
    next_c = np.add(np.multiply(f, prev_c), np.multiply(i, g))
    return np.multiply(o, np.tanh(next_c)), next_c, {"gates": gates, "cell": next_c}


def state_backward__entry_by_entry(dnext_h, dnext_c, gates, prev_c, next_c):
    N, H = prev_c.shape
    dgates, dprev_c = np.zeros((N, 4 * H)), np.zeros((N, H))
    for n in range(N):
        for k in range(H):
            i, f, o, g = gates[n, k::H]
            through_h = dnext_h[n, k] * o / np.cosh(next_c[n, k]) ** 2
            dc = dnext_c[n, k] + through_h
            dgates[n, k::H] = dc * g, dc * prev_c[n, k], dnext_h[n, k] * np.tanh(next_c[n, k]), dc * i
            dprev_c[n, k] = dc * f
    return dgates, dprev_c


def state_backward__into_one_array(dnext_h, dnext_c, gates, prev_c, next_c):
    N, H = prev_c.shape
    blocks = gates.reshape(N, 4, H)
    shown = np.tanh(next_c)
    dc = dnext_h * blocks[:, 2] * (1 + shown) * (1 - shown) + dnext_c
    partners = np.stack([blocks[:, 3], prev_c, np.zeros((N, H)), blocks[:, 0]], axis=1)
    dgates = dc[:, None, :] * partners
    dgates[:, 2] = dnext_h * shown
    return dgates.reshape(N, 4 * H), dc * blocks[:, 1]


def gates_backward__gate_by_gate(dgates, gates, x, prev_h, Wx, Wh):
    H = prev_h.shape[1]
    dx, dprev_h = np.zeros(x.shape), np.zeros(prev_h.shape)
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(4 * H)
    for k in range(4):
        block = slice(k * H, (k + 1) * H)
        value = gates[:, block]
        da = dgates[:, block] * ((1 - value * value) if k == 3 else value * (1 - value))
        dx += da @ Wx[:, block].T
        dprev_h += da @ Wh[:, block].T
        dWx[:, block], dWh[:, block], db[block] = x.T @ da, prev_h.T @ da, np.sum(da, 0)
    return dx, dprev_h, dWx, dWh, db


def gates_backward__with_einsum(dgates, gates, x, prev_h, Wx, Wh):
    is_candidate = np.arange(gates.shape[1]) >= 3 * prev_h.shape[1]
    da = dgates * np.where(is_candidate, 1 - gates**2, gates - gates**2)
    inputs = [np.einsum("nk,dk->nd", da, W) for W in (Wx, Wh)]
    return *inputs, np.einsum("nd,nk->dk", x, da), np.einsum("nh,nk->hk", prev_h, da), np.ones(len(da)) @ da


def lstm_step_backward__in_one_go(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, gates, next_c = cache
    i, f, o, g = np.split(gates, 4, axis=1)
    t = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - t * t)
    da = np.hstack(
        [dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * t * o * (1 - o), dc * i * (1 - g * g)]
    )
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(0)


def lstm_forward__list_and_stack(x, h0, Wx, Wh, b):
    states = [(h0, np.zeros(h0.shape))]
    caches = []
    for x_t in x.transpose(1, 0, 2):
        h, c, cache = lstm_step_forward(x_t, *states[-1], Wx, Wh, b)  # noqa: F821
        states.append((h, c))
        caches.append(cache)
    return np.stack([h for h, _ in states[1:]], axis=1), caches


def lstm_backward__sums_at_the_end(dh, cache):
    N, T, H = dh.shape
    from_h = from_c = np.zeros((N, H))
    dx, weights = [], []
    for t in range(T - 1, -1, -1):
        dx_t, from_h, from_c, *dweights = lstm_step_backward(from_h + dh[:, t], from_c, cache[t])  # noqa: F821
        dx.insert(0, dx_t)
        weights.append(dweights)
    dWx, dWh, db = (np.sum(parts, axis=0) for parts in zip(*weights))
    return np.stack(dx, axis=1), from_h, dWx, dWh, db


def lstm_backward__one_error_at_a_time(dh, cache):
    total = None
    for last in range(dh.shape[1]):
        dx = np.zeros((dh.shape[0], dh.shape[1], cache[0][0].shape[1]))
        dprev_h, dprev_c, sums = dh[:, last], np.zeros_like(dh[:, 0]), []
        for t in range(last, -1, -1):
            dx[:, t], dprev_h, dprev_c, *dweights = lstm_step_backward(dprev_h, dprev_c, cache[t])  # noqa: F821
            sums.append(dweights)
        found = [dx, dprev_h, *(sum(parts) for parts in zip(*sums))]
        total = found if total is None else [a + b for a, b in zip(total, found)]
    return tuple(total)


def sequence_loss__step_by_step(h, y, Wy, by):
    N, T, H = h.shape
    loss, dh, dWy, dby = 0.0, np.zeros(h.shape), np.zeros(Wy.shape), np.zeros(by.shape)
    for n in range(N):
        for t in range(T):
            s = h[n, t] @ Wy + by
            p = np.exp(-np.logaddexp(0, -s))
            loss += np.sum(y[n, t] * np.logaddexp(0, -s) + (1 - y[n, t]) * np.logaddexp(0, s)) / y.size
            error = (p - y[n, t]) / y.size
            dh[n, t] = Wy @ error
            dWy += np.outer(h[n, t], error)
            dby += error
    return loss, dh, dWy, dby


def sequence_loss__flattened(h, y, Wy, by):
    flat = h.reshape(-1, h.shape[2])
    s, targets = flat @ Wy + by, y.reshape(-1, y.shape[2])
    loss = np.mean(np.maximum(s, 0) - s * targets + np.log1p(np.exp(-np.abs(s))))
    with np.errstate(over="ignore"):
        ds = (1 / (1 + np.exp(-s)) - targets) / targets.size
    return float(loss), (ds @ Wy.T).reshape(h.shape), flat.T @ ds, ds.sum(axis=0)
