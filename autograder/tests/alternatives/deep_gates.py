"""Other right answers to 25_deep_gates, written from its text."""

import numpy as np


def lstm_cell_forward__without_concat(xt, a_prev, c_prev, parameters):
    n_a = len(a_prev)
    scores = {}
    for gate in "fico":
        W = parameters["W" + gate]
        scores[gate] = W[:, :n_a] @ a_prev + W[:, n_a:] @ xt + parameters["b" + gate]
    ft, it, ot = (np.exp(-np.logaddexp(0, -scores[gate])) for gate in "fio")
    cct = np.tanh(scores["c"])
    c_next = it * cct + c_prev * ft
    a_next = np.tanh(c_next) * ot
    s = parameters["Wy"] @ a_next + parameters["by"]
    yt_pred = np.exp(s - np.max(s, axis=0))
    yt_pred = yt_pred / np.sum(yt_pred, axis=0)
    return a_next, c_next, yt_pred, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


def lstm_cell_forward__all_gates_at_once(xt, a_prev, c_prev, parameters):
    n_a, m = a_prev.shape
    concat = np.zeros((n_a + xt.shape[0], m))
    concat[:n_a, :] = a_prev
    concat[n_a:, :] = xt
    W = np.vstack([parameters["W" + gate] for gate in "fioc"])
    b = np.vstack([parameters["b" + gate] for gate in "fioc"])
    scores = W @ concat + b
    with np.errstate(over="ignore"):
        ft, it, ot = np.split(1 / (1 + np.exp(-scores[: 3 * n_a])), 3)
    cct = np.tanh(scores[3 * n_a :])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    s = parameters["Wy"] @ a_next + parameters["by"]
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, np.exp(s - np.logaddexp.reduce(s, axis=0)), cache


def deep_gate__with_the_bias_in_the_matrix(concat, W1, b1, W2, b2):
    ones = np.ones((1, concat.shape[1]))
    hidden = np.exp(-np.logaddexp(0, -np.hstack([W1, b1]) @ np.vstack([concat, ones])))
    gate = np.exp(-np.logaddexp(0, -np.hstack([W2, b2]) @ np.vstack([hidden, ones])))
    return gate, (concat, W1, W2, hidden, gate)


def deep_gate__column_by_column(concat, W1, b1, W2, b2):
    m = concat.shape[1]
    hidden, gate = np.zeros((len(W1), m)), np.zeros((len(W2), m))
    for j in range(m):
        for k in range(len(W1)):
            hidden[k, j] = 0.5 + 0.5 * np.tanh(0.5 * (sum(W1[k] * concat[:, j]) + b1[k, 0]))
        for k in range(len(W2)):
            gate[k, j] = 0.5 + 0.5 * np.tanh(0.5 * (sum(W2[k] * hidden[:, j]) + b2[k, 0]))
    return gate, (concat, W1, W2, hidden, gate)


def layer_backward__with_einsum(dvalue, value, inputs, W):
    ds = dvalue * (value - value**2)
    return np.einsum("oi,om->im", W, ds), np.einsum("om,im->oi", ds, inputs), np.einsum("om->o", ds)[:, None]


def layer_backward__example_by_example(dvalue, value, inputs, W):
    dinputs, dW, db = np.zeros(inputs.shape), np.zeros(W.shape), np.zeros((len(W), 1))
    for j in range(inputs.shape[1]):
        ds = (1 - value[:, j]) * value[:, j] * dvalue[:, j]
        dinputs[:, j] = ds @ W
        dW += np.outer(ds, inputs[:, j])
        db[:, 0] += ds
    return dinputs, dW, db


def deep_gate_backward__in_one_go(dgate, cache):
    concat, W1, W2, hidden, gate = cache
    ds2 = dgate * gate * (1 - gate)
    ds1 = (W2.T @ ds2) * hidden * (1 - hidden)
    ones = np.ones((dgate.shape[1], 1))
    return W1.T @ ds1, ds1 @ concat.T, ds1 @ ones, ds2 @ hidden.T, ds2 @ ones


def deep_gate_backward__in_rows(dgate, cache):
    concat, W1, W2, hidden, gate = cache
    value, inner = gate.T, hidden.T
    ds2 = dgate.T * (0.25 - (value - 0.5) ** 2)
    ds1 = (ds2 @ W2) * (0.25 - (inner - 0.5) ** 2)
    return (ds1 @ W1).T, (concat @ ds1).T, ds1.sum(0)[:, None], (hidden @ ds2).T, ds2.sum(0)[:, None]


def gate_sensitivity__unit_by_unit(gates):
    return sum(np.std(gates[:, k, :]) for k in range(gates.shape[1])) / gates.shape[1]


def gate_sensitivity__by_moments(gates):
    rows = np.moveaxis(gates, 1, 0).reshape(gates.shape[1], -1)
    centred = rows - rows.mean(axis=1)[:, None]
    return float(np.mean(np.sqrt(np.mean(centred * centred, axis=1))))


def cell_gradient_ratio__step_by_step(forget_gates):
    left = np.ones(forget_gates.shape[1:])
    for f in forget_gates[::-1]:
        left = left * f
    return left.sum() / left.size


def cell_gradient_ratio__by_logarithms(forget_gates):
    with np.errstate(divide="ignore"):
        return float(np.mean(np.exp(np.sum(np.log(forget_gates), axis=0))))


def order_the_cells__spelled_out():
    return "A", "C", "E", "B", "D"


def name_the_bugs__from_a_string():
    return tuple("BDCA")
