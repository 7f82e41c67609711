"""Independent answers to 20_batch_norm: HIPS autograd for the gradients, Python's statistics for the means."""

import statistics

import autograd.numpy as anp
import numpy as np
from autograd import grad


def normalise_batch(x, eps):
    mean = np.array([statistics.fmean(column) for column in x.T])
    var = np.array([statistics.pvariance(column.tolist()) for column in x.T])
    rows = [[(value - m) / (v + eps) ** 0.5 for value, m, v in zip(row, mean, var, strict=True)] for row in x]
    return np.array(rows), mean, var


def _train(x, gamma, beta, eps):
    """Written for autograd: moments about zero."""
    mean = anp.sum(x, axis=0) / x.shape[0]
    var = anp.sum(x * x, axis=0) / x.shape[0] - mean * mean
    return gamma * (x - mean) / anp.sqrt(var + eps) + beta


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum, D = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9), x.shape[1]
    old = [bn_param.get("running_mean", np.zeros(D)), bn_param.get("running_var", np.ones(D))]
    if bn_param["mode"] == "test":
        return batchnorm_inference(x, gamma, beta, *old, eps), (old, bn_param)
    _, mean, var = normalise_batch(x, eps)
    new = [old[0] + (1 - momentum) * (mean - old[0]), old[1] + (1 - momentum) * (var - old[1])]
    return _train(x, gamma, beta, eps), (new, bn_param)


def _gradients(dout, cache):
    x, gamma, beta, eps = cache
    loss = lambda *arguments: anp.sum(_train(*arguments, eps) * dout)  # noqa: E731
    return tuple(grad(loss, place)(x, gamma, beta) for place in (0, 1, 2))


def batchnorm_backward(dout, cache):
    """The cache is the reference's; of it only x, gamma and eps are used."""
    x, _, _, _, gamma, eps = cache
    return _gradients(dout, (x, gamma, np.zeros(x.shape[1]), eps))


batchnorm_backward_alt = batchnorm_backward


def update_running(running_mean, running_var, x, momentum):
    mean = np.array([statistics.fmean(column) for column in x.T])
    var = np.array([statistics.variance(column.tolist()) for column in x.T])
    return running_mean + momentum * (mean - running_mean), running_var + momentum * (var - running_var)


def batchnorm_inference(x, gamma, beta, running_mean, running_var, eps):
    out = np.empty_like(x)
    for (n, d), value in np.ndenumerate(x):
        out[n, d] = gamma[d] * (value - running_mean[d]) / (running_var[d] + eps) ** 0.5 + beta[d]
    return out


def predict_the_outputs():
    """Run."""

    def asker(z):
        A, mu = z.sum(axis=0), z.mean(axis=0)
        return (A - mu) / np.sqrt((A - mu) ** 2 / len(A))

    rng = np.random.default_rng(0)
    one, two = asker(rng.uniform(1, 2, size=(5, 3)))[0], asker(rng.uniform(1, 2, size=(3, 8)))[0]
    alone = _train(np.array([[3.0, -7.0]]), 1.0, 0.0, 1e-5)
    x, dout = rng.normal(size=(50, 4)), rng.normal(size=(50, 4))
    ratio = np.linalg.norm(_train(1000 * x, 1.0, 0.0, 1e-5)) / np.linalg.norm(_train(x, 1.0, 0.0, 1e-5))
    slope = grad(lambda b: anp.sum(_train(x + b, 1.0, 0.0, 1e-5) * dout))(np.zeros(4))
    return (
        "A" if np.isclose(one, 3**0.5) else "B" if np.isclose(one, 5**0.5) else "C",
        "A" if np.isclose(two, 3**0.5) else "B" if np.isclose(two, 8**0.5) else "C",
        "C" if np.isnan(alone).any() else "B" if np.allclose(alone, 0) else "A",
        "A" if abs(ratio - 1) < 0.01 else "B" if ratio > 1 else "C",
        "B" if np.allclose(slope, 0, atol=1e-9) else "A",
    )


def _batch(rng, N, D):
    return 2 + rng.uniform(0.5, 3, size=D) * rng.normal(size=(N, D))


def _forward_cases(rng):
    cases = []
    for mode in ("train", "test"):
        for more in (
            {},
            {"eps": 0.3, "momentum": 0.4, "running_mean": rng.normal(size=3), "running_var": rng.random(3)},
        ):
            cases.append((_batch(rng, 6, 3), rng.normal(size=3), rng.normal(size=3), {"mode": mode, **more}))
    return cases


def _backward_cases(rng):
    cases = []
    for N, D, eps in ((6, 3, 1e-5), (2, 4, 0.1), (9, 1, 0.5)):
        x, gamma = _batch(rng, N, D), rng.normal(size=D)
        x_hat, mean, var = normalise_batch(x, eps)
        cases.append((rng.normal(size=(N, D)), (x, x_hat, mean, var, gamma, eps)))
    return cases


CASES = {
    "normalise_batch": lambda rng: [
        (_batch(rng, 7, 3), 1e-5),
        (_batch(rng, 1, 2), 0.1),
        (_batch(rng, 4, 5), 2.0),
    ],
    "batchnorm_forward": _forward_cases,
    "batchnorm_backward": _backward_cases,
    "batchnorm_backward_alt": _backward_cases,
    "update_running": lambda rng: [
        (rng.normal(size=3), rng.random(3), _batch(rng, N, 3), momentum)
        for N, momentum in ((6, 0.1), (2, 0.9))
    ],
    "batchnorm_inference": lambda rng: [
        (_batch(rng, N, 3), *rng.normal(size=(3, 3)), rng.random(3), eps) for N, eps in ((6, 1e-5), (1, 0.5))
    ],
    "predict_the_outputs": lambda rng: [()],
}
COMPARED = {"batchnorm_forward": lambda result: result[0]}
