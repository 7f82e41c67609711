"""Other right answers to 20_batch_norm, written from its text."""

import numpy as np


def normalise_batch__with_numpys_own(x, eps):
    mean, var = np.mean(x, 0), np.var(x, 0)
    return (x - mean) * (var + eps) ** -0.5, mean, var


def normalise_batch__feature_by_feature(x, eps):
    N, D = x.shape
    x_hat, mean, var = np.zeros((N, D)), np.zeros(D), np.zeros(D)
    for d in range(D):
        mean[d] = sum(x[:, d]) / N
        var[d] = sum((x[n, d] - mean[d]) ** 2 for n in range(N)) / N
        x_hat[:, d] = (x[:, d] - mean[d]) / np.sqrt(var[d] + eps)
    return x_hat, mean, var


def batchnorm_forward__without_the_helper(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running = [bn_param.get("running_mean", 0.0), bn_param.get("running_var", 1.0)]
    if mode not in ("train", "test"):
        raise ValueError(mode)
    used = [x.mean(axis=0), x.var(axis=0)] if mode == "train" else running
    if mode == "train":
        for key, old, new in zip(("running_mean", "running_var"), running, used):
            bn_param[key] = new + momentum * (old - new)
    inverse = 1 / np.sqrt(used[1] + eps)
    x_hat = (x - used[0]) * inverse
    return gamma * x_hat + beta, {"x_hat": x_hat, "inverse": inverse, "gamma": gamma}


def batchnorm_forward__updates_in_place(x, gamma, beta, bn_param):
    D = x.shape[1]
    mean = bn_param.setdefault("running_mean", np.zeros(D))
    var = bn_param.setdefault("running_var", np.ones(D))
    eps, keep = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "test":
        return gamma * ((x - mean) / np.sqrt(var + eps)) + beta, None
    if bn_param["mode"] != "train":
        raise ValueError("mode")
    x_hat, batch_mean, batch_var = normalise_batch(x, eps)  # noqa: F821
    mean *= keep
    mean += (1 - keep) * batch_mean
    var *= keep
    var += (1 - keep) * batch_var
    return beta + x_hat * gamma, (x, x_hat, batch_mean, batch_var, gamma, eps)


def batchnorm_backward__with_the_jacobian(dout, cache):
    x, x_hat, mean, var, gamma, eps = cache
    N, D = x.shape
    dx = np.zeros((N, D))
    for d in range(D):
        h = x_hat[:, d]
        J = (np.eye(N) - 1 / N - np.outer(h, h) / N) / np.sqrt(var[d] + eps)
        dx[:, d] = J @ (gamma[d] * dout[:, d])
    return dx, np.einsum("nd,nd->d", dout, x_hat), dout.sum(0)


def batchnorm_backward__in_the_papers_order(dout, cache):
    x, x_hat, mean, var, gamma, eps = cache
    m = x.shape[0]
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * (x - mean) * -0.5 * (var + eps) ** -1.5, axis=0)
    dmean = np.sum(-dx_hat / np.sqrt(var + eps), axis=0) + dvar * np.mean(-2 * (x - mean), axis=0)
    dx = dx_hat / np.sqrt(var + eps) + dvar * 2 * (x - mean) / m + dmean / m
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


def batchnorm_backward_alt__means(dout, cache):
    x, x_hat, _, var, gamma, eps = cache
    g = gamma * dout
    dx = (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / np.sqrt(var + eps)
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


def batchnorm_backward_alt__n_times(dout, cache):
    x, x_hat, _, var, gamma, eps = cache
    N = len(x)
    dbeta, dgamma = np.sum(dout, axis=0), np.sum(x_hat * dout, axis=0)
    return gamma * (N * dout - dbeta - x_hat * dgamma) / (N * (var + eps) ** 0.5), dgamma, dbeta


def update_running__with_ddof(running_mean, running_var, x, momentum):
    return (
        running_mean + momentum * (x.mean(axis=0) - running_mean),
        running_var + momentum * (np.var(x, axis=0, ddof=1) - running_var),
    )


def update_running__from_the_biased_one(running_mean, running_var, x, momentum):
    N = x.shape[0]
    rest = 1 - momentum
    return [
        rest * running_mean + momentum * x.sum(0) / N,
        rest * running_var + momentum * x.var(0) * N / (N - 1),
    ]


def batchnorm_inference__as_it_stands(x, gamma, beta, running_mean, running_var, eps):
    return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta


def batchnorm_inference__by_the_forward_pass(x, gamma, beta, running_mean, running_var, eps):
    settings = {"mode": "test", "eps": eps, "running_mean": running_mean, "running_var": running_var}
    return batchnorm_forward(x, gamma, beta, settings)[0]  # noqa: F821


def predict_the_outputs__as_a_list():
    return ["A", "B", "B", "A", "B"]
