"""The LSTM of several lessons, written for HIPS autograd: what their oracles differentiate."""

import autograd.numpy as anp
import numpy as np


def sigmoid(a):
    return 1 / (1 + anp.exp(-a))


def lstm_loss(params, X, y):
    """Mean squared error of what is read off the last hidden state."""
    H = params["Wh"].shape[0]
    h = c = np.zeros((len(X), H))
    for t in range(X.shape[1]):
        a = anp.dot(X[:, t], params["Wx"]) + anp.dot(h, params["Wh"]) + params["b"]
        i, f, o, g = (a[:, k * H : (k + 1) * H] for k in range(4))
        c = sigmoid(f) * c + sigmoid(i) * anp.tanh(g)
        h = sigmoid(o) * anp.tanh(c)
    return anp.mean((anp.dot(h, params["Wy"]) + params["by"] - y) ** 2)
