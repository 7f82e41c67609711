"""Other right answers to 13_kl_gradient, written from its text."""

import numpy as np

from autograder.tests.alternatives.shared.gradient_check import (  # noqa: F401
    gradient_check__flattened,
    gradient_check__one_entry_moved_and_put_back,
    gradient_check__with_the_helper,
)


def kl_divergence__unit_by_unit(mu, logvar):
    total = 0.0
    for m, ell in zip(mu.ravel(), logvar.ravel(), strict=True):
        total += (m * m + np.exp(ell) - ell - 1) / 2
    return total


def kl_divergence__with_the_standard_deviation(mu, logvar):
    sigma = np.exp(logvar / 2)
    return float((0.5 * (sigma**2 + mu**2 - 1) - logvar / 2).sum())


def kl_divergence__with_expm1(mu, logvar):
    return 0.5 * (np.expm1(logvar) - logvar + np.square(mu)).sum()


def kl_gradients__as_the_question_has_it(mu, logvar):
    return 1.0 * mu, -0.5 * (1 - np.exp(logvar))


def kl_gradients__expm1_and_the_argument_itself(mu, logvar):
    return mu, np.expm1(logvar) / 2


def kl_gradients__entry_by_entry(mu, logvar):
    dmu, dlogvar = np.empty(mu.shape), np.empty(mu.shape)
    for index in np.ndindex(*mu.shape):
        dmu[index] = mu[index]
        dlogvar[index] = -(1 - np.exp(logvar[index])) / 2
    return dmu, dlogvar


def predict_the_step__as_a_list():
    return ["B", "C", "A"]


def outer_gradient__broadcast(dout, x):
    return dout[:, np.newaxis] * x[np.newaxis, :]


def outer_gradient__row_by_row(dout, x):
    return np.array([d * x for d in dout])


def outer_gradient__einsum(dout, x):
    return np.einsum("j,k->jk", dout, x)


def linear_backward__example_by_example(dout, x, W):
    dx, dW, db = np.zeros(x.shape), np.zeros(W.shape), np.zeros(len(W))
    for i in range(len(x)):
        dx[i] = W.T @ dout[i]
        dW += np.outer(dout[i], x[i])
        db += dout[i]
    return dx, dW, db


def linear_backward__einsum(dout, x, W):
    return np.einsum("bm,md->bd", dout, W), np.einsum("bm,bd->md", dout, x), np.einsum("bm->m", dout)


def linear_backward__transposed_on_paper(dout, x, W):
    dW = np.dot(x.T, dout).T
    db = np.ones(len(x)) @ dout
    return np.dot(W.T, dout.T).T, dW, db


def encoder_gradients__written_out(params, x):
    mu = x.dot(params["W_mu"].T) + params["b_mu"]
    logvar = x.dot(params["W_logvar"].T) + params["b_logvar"]
    variance = np.exp(logvar)
    kl = 0.5 * float(np.sum(variance + mu**2 - 1 - logvar))
    dlogvar = 0.5 * (variance - 1)
    grads = {
        "b_logvar": dlogvar.sum(0),
        "W_logvar": dlogvar.T @ x,
        "b_mu": mu.sum(0),
        "W_mu": mu.T @ x,
    }
    return kl, grads, mu @ params["W_mu"] + dlogvar @ params["W_logvar"]


def encoder_gradients__as_one_layer(params, x):
    W = np.vstack([params["W_mu"], params["W_logvar"]])
    b = np.concatenate([params["b_mu"], params["b_logvar"]])
    mu, logvar = np.hsplit(x @ W.T + b, 2)
    dx, dW, db = linear_backward(np.hstack(kl_gradients(mu, logvar)), x, W)  # noqa: F821
    M = len(params["b_mu"])
    grads = {"W_mu": dW[:M], "b_mu": db[:M], "W_logvar": dW[M:], "b_logvar": db[M:]}
    return kl_divergence(mu, logvar), grads, dx  # noqa: F821


def diagnose__as_a_list():
    return ["scale", "right", "transposed", "missing", "shape"]
