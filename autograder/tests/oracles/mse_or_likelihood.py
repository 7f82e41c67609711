"""Independent answers to 07_mse_or_likelihood: SciPy's distributions and scikit-learn's metrics."""

import itertools
import warnings

import numpy as np
import scipy.special
import scipy.stats
import sklearn.metrics

YT = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
YP = np.array([[0.9, 0.2, 0.2], [0.2, 0.8, 0.3]])


def mean_squared_error(yt, yp):
    return sklearn.metrics.mean_squared_error(np.ravel(yt), np.ravel(yp))


def categorical_nll(yt, yp, normalise=False):
    if normalise:
        log_probs = [scipy.stats.multinomial.logpmf(t, 1, p / p.sum()) for t, p in zip(yt, yp, strict=True)]
        return -np.mean(log_probs)
    return np.mean(-scipy.special.xlogy(yt, yp).sum(axis=1))


def bernoulli_nll(yt, yp):
    return -scipy.stats.bernoulli.logpmf(yt.astype(int), yp).mean()


def nll_from_logits(yt, z):
    return -np.mean(scipy.special.log_softmax(z, axis=1)[yt == 1])


def gaussian_log_likelihood(yt, yp, variance):
    return scipy.stats.norm.logpdf(yt, loc=yp, scale=np.sqrt(variance)).sum()


def predict_the_winner():
    """Every forecaster's probability for the truth, and those for the two wrong classes, day by day."""
    gave = {
        "A": [(0.98, 0.01, 0.01)] * 3 + [(0.001, 0.998, 0.001)],
        "B": [(0.40, 0.30, 0.30)] * 4,
        "C": [(0.42, 0.58, 0.00)] * 4,
    }
    first = np.array([[1.0, 0.0, 0.0]] * 4)
    measures = (mean_squared_error, categorical_nll, bernoulli_nll)
    return tuple(min(gave, key=lambda name: measure(first, np.array(gave[name]))) for measure in measures)


def find_the_slips():
    """Repeat every slip, and look each reported number up among the results."""
    right = categorical_nll(YT, YP)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn says that the rows do not sum to 1
        assert np.isclose(right, sklearn.metrics.log_loss(YT, YP))
    slips = {
        "log2": right / np.log(2),
        "log10": right / np.log(10),
        "entries": -scipy.special.xlogy(YT, YP).mean(),
        "sum": -scipy.special.xlogy(YT, YP).sum(),
        "normalised": categorical_nll(YT, YP, normalise=True),
        "softmax": nll_from_logits(YT, YP),
        "swapped": -scipy.special.xlogy(YP, YT + 1e-12).sum(axis=1).mean(),
        "yes_no": bernoulli_nll(YT, YP),
    }
    assert all(abs(a - b) > 0.01 for a, b in itertools.combinations(slips.values(), 2))
    reported = (0.944484, 19.341715, 0.218222, 0.978838, 0.284318)
    return tuple(next(name for name, value in slips.items() if abs(value - r) < 1e-6) for r in reported)


def _one_hot(rng, N, K):
    return np.eye(K)[rng.integers(K, size=N)]


def _categorical_cases(rng):
    cases = [(_one_hot(rng, N, K), rng.uniform(0.05, 0.95, size=(N, K))) for N, K in ((6, 4), (1, 3), (5, 2))]
    truth = _one_hot(rng, 5, 3)
    cases += [(truth, np.where(truth == 1, 0.3, 0.0)), (YT, YP)]
    return [(*case, flag) for case in cases for flag in (False, True)] + [(YT, YP)]


CASES = {
    "mean_squared_error": lambda rng: (
        [(rng.normal(size=s), rng.normal(size=s)) for s in ((5, 3), (7,), (2, 3, 4), (1, 1))] + [(YT, YP)]
    ),
    "categorical_nll": _categorical_cases,
    "bernoulli_nll": lambda rng: (
        [(rng.integers(2, size=s).astype(float), rng.uniform(size=s)) for s in ((5, 3), (1, 1), (2, 7))]
        + [(YT, YP), (YT, YT), (YT, np.where(YT == 1, YP, 0.0))]
    ),
    "nll_from_logits": lambda rng: [
        (_one_hot(rng, 6, 4), 3 * rng.normal(size=(6, 4))),
        (_one_hot(rng, 5, 3), 1000 * rng.normal(size=(5, 3))),
        (YT, YP),
    ],
    "gaussian_log_likelihood": lambda rng: (
        [
            (rng.normal(size=s), rng.normal(size=s), v)
            for s, v in (((5, 3), 0.7), ((7,), 1e-3), ((2, 3, 4), 40.0), ((1, 1), 1.0))
        ]
        + [(YT, YP, 0.21)]
    ),
    "predict_the_winner": lambda rng: [()],
    "find_the_slips": lambda rng: [()],
}
