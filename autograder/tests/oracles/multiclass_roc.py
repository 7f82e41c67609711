"""Independent answers to 09_multiclass_roc: scikit-learn, SciPy and exact fractions."""

from fractions import Fraction

import numpy as np
import scipy.stats
import sklearn.metrics


def rates_at(y, score, threshold):
    called = [bool(s >= threshold) for s in score.tolist()]
    matrix = sklearn.metrics.confusion_matrix(y == 1, called, labels=[False, True])
    (tn, fp), (fn, tp) = matrix.tolist()
    return float(Fraction(fp, fp + tn)), float(Fraction(tp, tp + fn))


def roc_curve(y, score):
    return sklearn.metrics.roc_curve(y, score, drop_intermediate=False)


def auc(fpr, tpr):
    return sklearn.metrics.auc(fpr, tpr)


def auc_mann_whitney(y, score):
    u = scipy.stats.mannwhitneyu(score[y == 1], score[y == 0], method="asymptotic").statistic
    return u / (np.sum(y == 1) * np.sum(y == 0))


def margin_score(S, k):
    return np.array([row[k] - max(v for j, v in enumerate(row) if j != k) for row in S.tolist()])


def one_vs_rest_auc(Y, S):
    return sklearn.metrics.roc_auc_score(Y, S, average=None)


def macro_micro_auc(Y, S):
    return tuple(sklearn.metrics.roc_auc_score(Y, S, average=average) for average in ("macro", "micro"))


def _binary(rng, N, decimals):
    y = rng.permutation(np.append([0, 1], rng.integers(0, 2, size=N - 2)))
    return y, np.round(rng.normal(size=N) + y, decimals)


def _table(rng, N, K, decimals):
    Y = np.eye(K, dtype=int)[rng.permutation(np.append(np.arange(K), rng.integers(0, K, size=N - K)))]
    return Y, np.round(rng.normal(size=(N, K)) * (1 + np.arange(K)) + Y - np.arange(K), decimals)


def _curve(rng, n):
    return np.sort(rng.random(n)), np.sort(rng.random(n))


CASES = {
    "rates_at": lambda rng: [
        (*_binary(rng, 30, d), t) for d in (0, 8) for t in (-1.0, 0.0, 1.0, np.inf, -np.inf)
    ],
    "roc_curve": lambda rng: [_binary(rng, N, d) for N, d in ((40, 9), (40, 1), (60, 0), (2, 9))],
    "auc": lambda rng: (
        [_curve(rng, n) for n in (2, 3, 25)] + [(np.array([0.0, 0, 1]), np.array([0.0, 1, 1]))]
    ),
    "auc_mann_whitney": lambda rng: [_binary(rng, N, d) for N, d in ((40, 9), (40, 1), (60, 0), (2, 9))],
    "margin_score": lambda rng: [(rng.normal(size=(9, K)) - 2, k) for K in (2, 3, 6) for k in (0, K - 1)],
    "one_vs_rest_auc": lambda rng: [_table(rng, N, K, d) for N, K, d in ((40, 3, 9), (60, 7, 1), (30, 4, 0))],
    "macro_micro_auc": lambda rng: [_table(rng, N, K, d) for N, K, d in ((40, 3, 9), (60, 7, 1), (30, 4, 0))],
}
WITHOUT_ORACLE = {
    "predict_the_change": "predictions of a plot that the lesson itself measures",
    "find_the_leak": "verdicts on six given programs, not a computation; the lesson's own cells measure them",
}
