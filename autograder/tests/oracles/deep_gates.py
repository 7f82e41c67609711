"""Independent answers to 25_deep_gates: the cell example by example, and HIPS autograd for every gradient."""

import autograd
import autograd.numpy as anp
import numpy as np
from autograd.scipy.special import expit
from scipy import special


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    columns = []
    for x, a, c in zip(xt.T, a_prev.T, c_prev.T, strict=True):
        scores = {g: parameters[f"W{g}"] @ np.r_[a, x] + parameters[f"b{g}"].ravel() for g in "fico"}
        c_next = special.expit(scores["f"]) * c + special.expit(scores["i"]) * np.tanh(scores["c"])
        a_next = special.expit(scores["o"]) * np.tanh(c_next)
        y = special.softmax(parameters["Wy"] @ a_next + parameters["by"].ravel())
        columns.append((a_next, c_next, y))
    return *(np.stack(part, axis=1) for part in zip(*columns, strict=True)), None


def two_layers(concat, W1, b1, W2, b2):
    return expit(anp.dot(W2, expit(anp.dot(W1, concat) + b1)) + b2)


def deep_gate(concat, W1, b1, W2, b2):
    return two_layers(concat, W1, b1, W2, b2), None


def logit(p):
    return np.log(p) - np.log1p(-p)


def layer_backward(dvalue, value, inputs, W):
    b = (
        logit(value) - W @ inputs
    )  # a bias for each column, so that any value fits; its gradients are summed at the end

    def loss(inputs, W, b):
        return anp.sum(dvalue * expit(anp.dot(W, inputs) + b))

    dinputs, dW, db = autograd.grad(loss, (0, 1, 2))(inputs, W, b)
    return dinputs, dW, np.array([[sum(row)] for row in db])


def deep_gate_backward(dgate, cache):
    concat, W1, W2, hidden, gate = cache
    b1 = (logit(hidden) - W1 @ concat)[:, :1]
    b2 = (logit(gate) - W2 @ hidden)[:, :1]
    return autograd.grad(lambda *a: anp.sum(dgate * two_layers(*a)), (0, 1, 2, 3, 4))(concat, W1, b1, W2, b2)


def gate_sensitivity(gates):
    total = 0.0
    for unit in range(gates.shape[1]):
        values = [float(v) for v in gates[:, unit].ravel()]
        centre = sum(values) / len(values)
        total += (sum((v - centre) ** 2 for v in values) / len(values)) ** 0.5
    return total / gates.shape[1]


def cell_gradient_ratio(forget_gates):
    """The gradient in c_0 of the sum of c_T, by autograd, when the gates are held fixed."""

    def last_cell(c):
        for f in forget_gates:
            c = f * c
        return anp.sum(c)

    return float(autograd.grad(last_cell)(np.zeros(forget_gates.shape[1:])).mean())


def _cell(rng, n_x, n_a, m, n_y):
    parameters = {f"W{g}": rng.normal(size=(n_a, n_a + n_x)) for g in "fico"}
    parameters |= {f"b{g}": rng.normal(size=(n_a, 1)) for g in "fico"}
    parameters |= {"Wy": rng.normal(size=(n_y, n_a)), "by": rng.normal(size=(n_y, 1))}
    return rng.normal(size=(n_x, m)), rng.normal(size=(n_a, m)), rng.normal(size=(n_a, m)), parameters


def _gate(rng, n_in, n_h, n_a, m):
    return tuple(rng.normal(size=s) for s in [(n_in, m), (n_h, n_in), (n_h, 1), (n_a, n_h), (n_a, 1)])


def _layer(rng, n_out, n_in, m):
    shapes = [(n_out, m), (n_in, m), (n_out, n_in)]
    dvalue, inputs, W = (rng.normal(size=s) for s in shapes)
    return dvalue, rng.uniform(0.03, 0.97, (n_out, m)), inputs, W


def _back(rng, n_in, n_h, n_a, m):
    concat, W1, b1, W2, b2 = _gate(rng, n_in, n_h, n_a, m)
    hidden = expit(W1 @ concat + b1)
    return rng.normal(size=(n_a, m)), (concat, W1, W2, hidden, expit(W2 @ hidden + b2))


GATES = [(7, 4, 3, 5), (5, 3, 3, 1), (1, 1, 1, 4)]
SERIES = [(6, 4, 5), (1, 3, 6), (5, 1, 1)]
CASES = {
    "lstm_cell_forward": lambda rng: [_cell(rng, *s) for s in [(3, 4, 5, 2), (2, 3, 1, 3), (1, 1, 4, 2)]],
    "deep_gate": lambda rng: [_gate(rng, *sizes) for sizes in GATES],
    "layer_backward": lambda rng: [_layer(rng, *sizes) for sizes in [(4, 7, 5), (1, 5, 3), (3, 4, 1)]],
    "deep_gate_backward": lambda rng: [_back(rng, *sizes) for sizes in GATES],
    "gate_sensitivity": lambda rng: [(rng.uniform(0.1, 0.9, sizes),) for sizes in SERIES],
    "cell_gradient_ratio": lambda rng: [(rng.uniform(0.1, 0.9, sizes),) for sizes in SERIES],
}
WITHOUT_ORACLE = {
    "order_the_cells": "a choice that a figure reveals, not a computation",
    "name_the_bugs": "a choice that is read from a table, not a computation",
}
COMPARED = {"lstm_cell_forward": lambda result: result[:3], "deep_gate": lambda result: result[0]}
