"""Independent answers to 30_hmm_trajectories: hmmlearn with its priors set to zero, SciPy, and the sum over all paths."""

import itertools
import logging

import numpy as np
import scipy.special
import scipy.stats
from hmmlearn.hmm import GaussianHMM

logging.getLogger("hmmlearn").setLevel(logging.ERROR)

RTOL = 1e-9  # the lesson claims this much


class _Floored(GaussianHMM):
    """hmmlearn's model, without its priors, and with the lesson's floor after each M-step."""

    floor = 0.0

    def _do_mstep(self, stats):
        super()._do_mstep(stats)
        self._covars_ = self._covars_ + self.floor * np.eye(self.means_.shape[1])


def _hmm(Q, D, floor=0.0, n_iter=1):
    model = _Floored(
        Q, "full", n_iter=n_iter, tol=-np.inf, init_params="", min_covar=0.0, startprob_prior=1.0,
        transmat_prior=1.0, means_prior=0.0, means_weight=0.0, covars_prior=0.0, covars_weight=0.0,
    )  # fmt: skip
    model.floor, model.n_features = floor, D
    return model


def _with(model, parameters):
    model.startprob_, model.transmat_ = parameters["pi"], parameters["A"]
    model.means_, model.covars_ = parameters["means"], parameters["covs"]
    return model


def log_gaussian(X, means, covs):
    pairs = zip(means, covs, strict=True)
    columns = [scipy.stats.multivariate_normal(m, S).logpdf(X) for m, S in pairs]
    return np.stack([np.reshape(column, len(X)) for column in columns], axis=1)


def log_sum_exp(values, axis):
    return scipy.special.logsumexp(values, axis=axis)


def _paths(log_pi, log_A, log_B):
    """Every path through the states and the logarithm of its probability together with the rows."""
    T, Q = log_B.shape
    paths = list(itertools.product(range(Q), repeat=T))
    logs = [
        log_pi[q[0]] + sum(log_A[i, j] for i, j in itertools.pairwise(q)) + sum(log_B[range(T), q])
        for q in paths
    ]
    return np.array(paths), np.array(logs)


def forward_log(log_pi, log_A, log_B):
    T, Q = log_B.shape
    alpha = np.zeros((T, Q))
    for t in range(T):
        paths, logs = _paths(log_pi, log_A, log_B[: t + 1])
        alpha[t] = [scipy.special.logsumexp(logs[paths[:, -1] == j]) for j in range(Q)]
    return alpha, scipy.special.logsumexp(logs)


def backward_log(log_A, log_B):
    T, Q = log_B.shape
    beta = np.zeros((T, Q))
    for t in range(T - 1):
        for i in range(Q):
            beta[t, i] = scipy.special.logsumexp(_paths(log_A[i], log_A, log_B[t + 1 :])[1])
    return beta


def e_step(log_pi, log_A, log_B):
    T, Q = log_B.shape
    paths, logs = _paths(log_pi, log_A, log_B)
    loglik = scipy.special.logsumexp(logs)
    gamma, xi = np.zeros((T, Q)), np.zeros((Q, Q))
    for path, share in zip(paths, np.exp(logs - loglik), strict=True):
        gamma[range(T), path] += share
        for i, j in itertools.pairwise(path):
            xi[i, j] += share
    return gamma, xi, loglik


def m_step(sequences, gammas, xis, floor):
    Q, D = gammas[0].shape[1], sequences[0].shape[1]
    model = _hmm(Q, D, floor)
    start = {
        "pi": np.ones(Q) / Q,
        "A": np.ones((Q, Q)) / Q,
        "means": np.zeros((Q, D)),
        "covs": np.stack([np.eye(D)] * Q),
    }
    stats = _with(model, start)._initialize_sufficient_statistics()
    stats["nobs"] = len(sequences)
    for X, gamma, xi in zip(sequences, gammas, xis, strict=True):
        stats["start"] += gamma[0]
        stats["trans"] += xi
        stats["post"] += gamma.sum(axis=0)
        stats["obs"] += gamma.T @ X
        stats["obs**2"] += gamma.T @ X**2
        stats["obs*obs.T"] += np.einsum("tq,td,te->qde", gamma, X, X)
    model._do_mstep(stats)
    return model.startprob_, model.transmat_, model.means_, model._covars_


def train(sequences, model, iterations, floor):
    fitted = _with(_hmm(*model["means"].shape, floor, iterations), model)
    fitted.monitor_.history.clear()
    fitted.fit(np.concatenate(sequences), [len(X) for X in sequences])
    result = {"pi": fitted.startprob_, "A": fitted.transmat_, "means": fitted.means_, "covs": fitted._covars_}
    return result, np.array(fitted.monitor_.history)


def classify(X, models):
    return int(np.argmax([_with(_hmm(*m["means"].shape), m).score(X) for m in models]))


def _stochastic(rng, *shape):
    values = rng.uniform(0.2, 1.5, size=shape)
    return values / values.sum(axis=-1, keepdims=True)


def _chain(rng, T, Q):
    return np.log(_stochastic(rng, Q)), np.log(_stochastic(rng, Q, Q)), rng.normal(size=(T, Q))


def _one_way(rng, T, Q):
    with np.errstate(divide="ignore"):
        A = np.triu(_stochastic(rng, Q, Q))
        return np.log(np.eye(Q)[0]), np.log(A / A.sum(axis=1, keepdims=True)), rng.normal(size=(T, Q))


def _covariances(rng, Q, D):
    factors = rng.normal(size=(Q, D, D))
    return factors @ factors.transpose(0, 2, 1) + np.eye(D)


def _counted(rng, lengths, Q, D, floor):
    gammas = [_stochastic(rng, T, Q) for T in lengths]
    xis = [rng.uniform(0.1, 1, size=(Q, Q)) for _ in lengths]
    return [rng.normal(size=(T, D)) + 1 for T in lengths], gammas, xis, floor


def _model(rng, Q, D):
    return {
        "pi": _stochastic(rng, Q),
        "A": _stochastic(rng, Q, Q),
        "means": 2 * rng.normal(size=(Q, D)),
        "covs": _covariances(rng, Q, D),
    }


def _training(rng, lengths, Q, D, iterations, floor):
    return [2 * rng.normal(size=(T, D)) for T in lengths], _model(rng, Q, D), iterations, floor


CHAINS = ((5, 3), (1, 4), (6, 2), (3, 1))
CASES = {
    "log_gaussian": lambda rng: [
        (rng.normal(size=(T, D)), rng.normal(size=(Q, D)), _covariances(rng, Q, D))
        for T, Q, D in ((6, 4, 3), (1, 2, 2), (5, 1, 1))
    ],
    "log_sum_exp": lambda rng: (
        [(s * rng.normal(size=(4, 3)), axis) for s in (1, 5000) for axis in (0, 1)]
        + [(np.full((2, 3), -np.inf), 0), (np.array([[-np.inf, 1.0], [-np.inf, -np.inf]]), 0)]
    ),
    "forward_log": lambda rng: [_chain(rng, *s) for s in CHAINS] + [_one_way(rng, 5, 3)],
    "backward_log": lambda rng: [_chain(rng, *s)[1:] for s in CHAINS] + [_one_way(rng, 5, 3)[1:]],
    "e_step": lambda rng: [_chain(rng, *s) for s in CHAINS] + [_one_way(rng, 5, 3)],
    "m_step": lambda rng: [
        _counted(rng, (7, 9), 3, 3, 0.0),
        _counted(rng, (5, 8, 6), 2, 2, 0.3),
        _counted(rng, (9,), 1, 3, 0.1),
    ],
    "train": lambda rng: [
        _training(rng, (30, 40, 35), 3, 3, 5, 0.0),
        _training(rng, (20, 25), 2, 2, 3, 0.2),
        _training(rng, (20,), 1, 3, 2, 0.1),
    ],
    "classify": lambda rng: [
        (2 * rng.normal(size=(8, 2)), [_model(rng, 3, 2) for _ in range(5)]) for _ in range(8)
    ],
}
WITHOUT_ORACLE = {"predict_the_order": "predictions of experiments that the lesson's own cells run"}
