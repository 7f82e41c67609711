"""Independent answers to 31_bayesian_factorisation: eigenvalues, SciPy's distributions, normal equations, sequential updates.

Where an exercise draws, what is compared is free of chance: a limit in which no chance is left, or a moment over many draws
against SciPy's closed form, rounded coarsely enough that six standard errors fit.
"""

import numpy as np
import scipy.linalg
import scipy.stats


def is_positive_definite(A):
    if not np.all(np.isfinite(A)) or np.max(np.abs(A - A.T)) > 1e-8 * np.max(np.abs(A)):
        return False
    return bool(scipy.linalg.eigh(A, eigvals_only=True)[0] > 0)


def bartlett_factor(normals, chi2):
    """Cholesky's factor of a Wishart matrix is unique: build the product entry by entry and factor it again."""
    d = len(chi2)
    S = np.zeros((d, d))
    for i in range(d):
        for j in range(d):
            for k in range(min(i, j) + 1):
                left = np.sqrt(chi2[i]) if k == i else normals[i, k]
                S[i, j] += left * (np.sqrt(chi2[j]) if k == j else normals[j, k])
    return scipy.linalg.cholesky(S, lower=True)


def sample_wishart(rng, nu, W):
    return np.atleast_2d(scipy.stats.wishart.mean(df=nu, scale=W))


def hyper_posterior(F, mu0, beta0, nu0, W0):
    """One row after the other: each is an update with N = 1, by the formula for a rank-one change of an inverse."""
    mu, beta, nu, W = mu0, beta0, nu0, W0
    for f in F:
        Wd = W @ (f - mu)
        W = W - np.outer(Wd, Wd) / ((beta + 1) / beta + (f - mu) @ Wd)
        mu, beta, nu = mu + (f - mu) / (beta + 1), beta + 1, nu + 1
    return mu, beta, nu, W


def sample_hyperparameters(rng, F, mu0, beta0, nu0, W0):
    """With infinitely many degrees of freedom: the mean and the scale of the posterior."""
    mu, _, nu, W = hyper_posterior(F, mu0, beta0, nu0, W0)
    return mu, scipy.stats.wishart.mean(df=nu, scale=W)


def row_posterior(R, mask, other, mu, Lambda, alpha):
    """Ridge regression as least squares with extra rows: the prior is K further observations."""
    root = scipy.linalg.cholesky(Lambda)  # upper: root' root = Lambda
    means, precisions = [], []
    for ratings, seen in zip(R, mask, strict=True):
        A = np.vstack([root, np.sqrt(alpha) * other[seen]])
        target = np.concatenate([root @ mu, np.sqrt(alpha) * ratings[seen]])
        means.append(np.linalg.lstsq(A, target, rcond=None)[0])
        precisions.append(A.T @ A)
    return np.array(means), np.array(precisions)


def sample_rows(rng, R, mask, other, mu, Lambda, alpha):
    return row_posterior(R, mask, other, mu, Lambda, alpha)[0]


def lkj_cholesky(rng, dim, eta):
    return np.eye(dim)


def bpmf(rng, R, mask, rank, alpha, sweeps, burn_in):
    """Complete noise-free ratings of this rank: the best approximation, by the singular value decomposition."""
    left, size, right = np.linalg.svd(R, full_matrices=False)
    return (left[:, :rank] * size[:rank]) @ right[:rank]


def _spd(rng, d):
    return scipy.stats.wishart.rvs(df=d + 4, scale=np.eye(d), random_state=rng).reshape(
        d, d
    ) / d + 0.2 * np.eye(d)


def _matrices(rng):
    good, tilted, holed = _spd(rng, 4), _spd(rng, 4), _spd(rng, 4)
    tilted[0, 3] += 0.5
    holed[2, 2] = np.nan
    shifted = good - np.mean(np.linalg.eigvalsh(good)[:2]) * np.eye(4)
    return [
        (good,),
        (-good,),
        (shifted,),
        (tilted,),
        (holed,),
        (np.diag([1.0, 0.0, 2.0]),),
        (np.array([[3.0]]),),
    ]


def _prior(rng, K):
    return rng.normal(size=K), rng.uniform(0.5, 3), K + rng.uniform(0, 2), _spd(rng, K)


def _rows(rng, n, m, K):
    mask = rng.random((n, m)) < 0.5
    R = np.where(mask, rng.normal(size=(n, m)), np.nan)
    return R, mask, rng.normal(size=(m, K)), rng.normal(size=K), _spd(rng, K), rng.uniform(0.5, 5)


def _certain_hyperparameters(rng):
    mu0, beta0, _, W0 = _prior(rng, 3)
    return [(rng, rng.normal(size=(8, 3)), mu0, beta0, 1e22, W0)]


def _certain_rows(rng):
    R, mask, other, mu, Lambda, _ = _rows(rng, 5, 6, 3)
    return [(rng, R, mask, other, mu, 1e22 * Lambda, 1e22)]


CASES = {
    "is_positive_definite": _matrices,
    "bartlett_factor": lambda rng: [(rng.normal(size=(d, d)), rng.uniform(1, 9, size=d)) for d in (1, 2, 5)],
    "sample_wishart": lambda rng: [(rng, 1e22, _spd(rng, d)) for d in (1, 3, 4)],
    "hyper_posterior": lambda rng: [
        (rng.normal(size=(N, K)), *_prior(rng, K)) for N, K in ((1, 2), (7, 3), (3, 5))
    ],
    "sample_hyperparameters": _certain_hyperparameters,
    "row_posterior": lambda rng: [_rows(rng, *sizes) for sizes in ((5, 6, 3), (1, 4, 2), (4, 1, 3))],
    "sample_rows": _certain_rows,
    "lkj_cholesky": lambda rng: [(rng, dim, 1e22) for dim in (1, 2, 5)],
    "bpmf": lambda rng: [
        (rng, rng.normal(size=(n, 2)) @ rng.normal(size=(2, m)), np.ones((n, m), dtype=bool), 2, 1e22, 4, 2)
        for n, m in ((7, 5), (4, 6))
    ],
}
WITHOUT_ORACLE = {"predict": "choices that the lesson's own cells measure"}
