"""Other right answers to 31_bayesian_factorisation, written from its text."""

import numpy as np


def is_positive_definite__by_eigenvalues(A):
    A = np.asarray(A)
    if not np.all(np.isfinite(A)):
        return False
    if np.any(np.abs(A - A.T) > 1e-8 * np.abs(A).max()):
        return False
    return bool(np.linalg.eigvalsh(A).min() > 0)


def is_positive_definite__own_elimination(A):
    size = np.max(np.abs(A))
    if not np.isfinite(size) or np.isnan(A).any() or not (np.max(np.abs(A.T - A)) <= 1e-8 * size):
        return False
    work = A.copy()
    for k in range(len(A)):
        if not work[k, k] > 0:
            return False
        work[k + 1 :, k + 1 :] -= np.outer(work[k + 1 :, k], work[k, k + 1 :]) / work[k, k]
    return True


def is_positive_definite__allclose(A):
    if not (np.isfinite(A).all() and np.allclose(A, A.T, rtol=0.0, atol=1e-8 * np.abs(A).max())):
        return np.False_
    try:
        return np.bool_(np.diag(np.linalg.cholesky(A)).min() > 0)
    except np.linalg.LinAlgError:
        return np.False_


def bartlett_factor__loops(normals, chi2):
    d = len(chi2)
    factor = np.zeros((d, d))
    for i in range(d):
        for j in range(i):
            factor[i, j] = normals[i, j]
        factor[i, i] = chi2[i] ** 0.5
    return factor


def bartlett_factor__by_indices(normals, chi2):
    factor = np.zeros_like(normals)
    below = np.tril_indices(len(normals), -1)
    factor[below] = normals[below]
    np.fill_diagonal(factor, np.sqrt(chi2))
    return factor


def sample_wishart__chi2_first(rng, nu, W):
    chi2 = np.array([rng.chisquare(nu - i) for i in range(len(W))])
    B = bartlett_factor(rng.standard_normal((len(W), len(W))), chi2)  # noqa: F821
    L = np.linalg.cholesky(W)
    return L @ B @ B.T @ L.T


def sample_wishart__with_gamma_and_a_symmetric_root(rng, nu, W):
    values, vectors = np.linalg.eigh(W)
    root = vectors * np.sqrt(values)
    chi2 = 2 * rng.gamma((nu - np.arange(len(W))) / 2)
    half = root @ bartlett_factor(rng.normal(size=W.shape), chi2)  # noqa: F821
    return np.einsum("ik,jk->ij", half, half)


def hyper_posterior__raw_moments(F, mu0, beta0, nu0, W0):
    N, total = F.shape[0], F.sum(axis=0)
    mu_n = (beta0 * mu0 + total) / (beta0 + N)
    second = F.T @ F + beta0 * np.outer(mu0, mu0) - (beta0 + N) * np.outer(mu_n, mu_n)
    return mu_n, beta0 + N, nu0 + N, np.linalg.inv(np.linalg.inv(W0) + second)


def hyper_posterior__row_by_row(F, mu0, beta0, nu0, W0):
    mu, beta, nu, inverse = np.array(mu0, dtype=float), float(beta0), float(nu0), np.linalg.inv(W0)
    for f in F:
        inverse = inverse + beta / (beta + 1) * np.outer(f - mu, f - mu)
        mu = (beta * mu + f) / (beta + 1)
        beta, nu = beta + 1, nu + 1
    return mu, beta, nu, np.linalg.inv(inverse)


def sample_hyperparameters__noise_first(rng, F, mu0, beta0, nu0, W0):
    z = rng.standard_normal(F.shape[1])
    mu_n, beta_n, nu_n, W_n = hyper_posterior(F, mu0, beta0, nu0, W0)  # noqa: F821
    Lambda = sample_wishart(rng, nu_n, W_n)  # noqa: F821
    return mu_n + np.linalg.inv(np.linalg.cholesky(Lambda)).T @ z / np.sqrt(beta_n), Lambda


def sample_hyperparameters__with_the_covariance(rng, F, mu0, beta0, nu0, W0):
    mu_n, beta_n, nu_n, W_n = hyper_posterior(F, mu0, beta0, nu0, W0)  # noqa: F821
    Lambda = sample_wishart(rng, nu_n, W_n)  # noqa: F821
    covariance = np.linalg.inv(beta_n * Lambda)
    return mu_n + np.linalg.cholesky((covariance + covariance.T) / 2) @ rng.normal(size=len(mu_n)), Lambda


def row_posterior__loop_over_users(R, mask, other, mu, Lambda, alpha):
    means, precisions = [], []
    for i in range(len(R)):
        V = other[mask[i]]
        P = Lambda + alpha * V.T @ V
        means.append(np.linalg.solve(P, Lambda @ mu + alpha * V.T @ R[i, mask[i]]))
        precisions.append(P)
    return np.array(means), np.array(precisions)


def row_posterior__einsum_and_inverse(R, mask, other, mu, Lambda, alpha):
    seen = mask.astype(float)
    P = Lambda[None] + alpha * np.einsum("ij,jk,jl->ikl", seen, other, other)
    ratings = np.zeros(R.shape)
    ratings[mask] = R[mask]
    pull = (Lambda @ mu)[None] + alpha * np.einsum("ij,jk->ik", ratings, other)
    return np.einsum("ikl,il->ik", np.linalg.inv(P), pull), P


def row_posterior__around_the_prior_mean(R, mask, other, mu, Lambda, alpha):
    residual = np.where(mask, R - other @ mu, 0.0)
    P = np.stack([Lambda + alpha * (other * row[:, None]).T @ other for row in mask])
    return mu + alpha * np.linalg.solve(P, (residual @ other)[..., None])[..., 0], P


def sample_rows__loop_over_users(rng, R, mask, other, mu, Lambda, alpha):
    means, precisions = row_posterior(R, mask, other, mu, Lambda, alpha)  # noqa: F821
    rows = np.zeros(means.shape)
    for i in range(len(R)):
        C = np.linalg.cholesky(precisions[i])
        rows[i] = means[i] + np.linalg.inv(C).T @ rng.normal(size=len(mu))
    return rows


def sample_rows__with_covariances(rng, R, mask, other, mu, Lambda, alpha):
    means, precisions = row_posterior(R, mask, other, mu, Lambda, alpha)  # noqa: F821
    values, vectors = np.linalg.eigh(precisions)
    z = rng.standard_normal((means.shape[1], len(means))).T
    return means + np.einsum("ikl,il->ik", vectors, z / np.sqrt(values))


def bpmf__list_of_predictions(rng, R, mask, rank, alpha, sweeps, burn_in):
    n, m = R.shape
    V, U = rng.standard_normal((m, rank)), rng.standard_normal((n, rank))
    mu0, W0, kept = np.zeros(rank), np.eye(rank), []
    for _sweep in range(sweeps):
        U = sample_rows(rng, R, mask, V, *sample_hyperparameters(rng, U, mu0, 2, rank, W0), alpha)  # noqa: F821
        V = sample_rows(rng, R.T, mask.T, U, *sample_hyperparameters(rng, V, mu0, 2, rank, W0), alpha)  # noqa: F821
        kept.append(np.einsum("ik,jk->ij", U, V))
    return np.mean(kept[burn_in:], axis=0)


def bpmf__running_mean(rng, R, mask, rank, alpha, sweeps, burn_in):
    sides = [rng.normal(size=(size, rank)) for size in R.shape]
    prior = {"mu0": np.zeros(rank), "beta0": 2.0, "nu0": rank, "W0": np.identity(rank)}
    views = [(R, mask), (R.T, mask.T)]
    mean, count = np.zeros(R.shape), 0
    for sweep in range(1, sweeps + 1):
        for side in (0, 1):
            mu, Lambda = sample_hyperparameters(rng, sides[side], **prior)  # noqa: F821
            sides[side] = sample_rows(rng, *views[side], sides[1 - side], mu, Lambda, alpha)  # noqa: F821
        if sweep > burn_in:
            count += 1
            mean = mean + (sides[0] @ sides[1].T - mean) / count
    return mean


def lkj_cholesky__vine(rng, dim, eta):
    """By partial correlations, column by column, each with a Beta distribution of its own."""
    L = np.zeros((dim, dim))
    rest = np.ones(dim)
    for j in range(dim):
        L[j, j] = np.sqrt(rest[j])
        b = eta + (dim - 2 - j) / 2
        for i in range(j + 1, dim):
            partial = 2 * rng.beta(b, b) - 1
            L[i, j] = partial * np.sqrt(rest[i])
            rest[i] -= L[i, j] ** 2
    return L


def lkj_cholesky__two_gammas(rng, dim, eta):
    L = np.identity(dim)
    for i in range(1, dim):
        g = rng.normal(size=i)  # its squared length is chi2(i), twice a gamma(i / 2)
        h = 2 * rng.gamma(eta + (dim - 1 - i) / 2)
        row = np.append(g, np.sqrt(h))
        L[i, : i + 1] = row / np.sqrt(row @ row)
    return L


def predict__as_a_list():
    return ["A", "C", "B", "A", "B"]
