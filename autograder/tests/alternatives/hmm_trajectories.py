"""Other right answers to 30_hmm_trajectories, written from its text."""

import numpy as np


def log_gaussian__state_by_state(X, means, covs):
    log_B = np.zeros((len(X), len(means)))
    for j in range(len(means)):
        away = X - means[j]
        distance = np.sum(away * np.linalg.solve(covs[j], away.T).T, axis=1)
        log_B[:, j] = -distance / 2 - np.linalg.slogdet(covs[j])[1] / 2 - X.shape[1] / 2 * np.log(2 * np.pi)
    return log_B


def log_gaussian__by_cholesky(X, means, covs):
    columns = []
    for mean, cov in zip(means, covs, strict=True):
        L = np.linalg.cholesky(cov)
        z = np.linalg.solve(L, (X - mean).T)
        columns.append(-0.5 * (z**2).sum(axis=0) - np.log(np.sqrt(2 * np.pi) * np.diag(L)).sum())
    return np.column_stack(columns)


def log_gaussian__with_the_inverse(X, means, covs):
    gap = X[:, None] - means[None]
    inside = np.einsum("tqd,qde,tqe->tq", gap, np.linalg.inv(covs), gap)
    return -inside / 2 - 0.5 * np.linalg.slogdet(2 * np.pi * covs)[1]


def log_sum_exp__with_logaddexp(values, axis):
    return np.logaddexp.reduce(values, axis=axis)


def log_sum_exp__moved_to_the_front(values, axis):
    values = np.moveaxis(np.asarray(values), axis, 0)
    top = values.max(axis=0)
    shift = np.where(top == -np.inf, 0, top)
    with np.errstate(divide="ignore"):
        return shift + np.log(np.exp(values - shift).sum(axis=0))


def forward_log__with_loops(log_pi, log_A, log_B):
    T, Q = log_B.shape
    alpha = np.zeros((T, Q))
    for j in range(Q):
        alpha[0, j] = log_pi[j] + log_B[0, j]
    for t in range(1, T):
        for j in range(Q):
            alpha[t, j] = np.logaddexp.reduce(alpha[t - 1] + log_A[:, j]) + log_B[t, j]
    return alpha, np.logaddexp.reduce(alpha[-1])


def forward_log__scaled(log_pi, log_A, log_B):
    """Normalised in every row, the logarithms of the factors added up."""
    T, Q = log_B.shape
    alpha, A, total = np.full((T, Q), -np.inf), np.exp(log_A), 0.0
    with np.errstate(divide="ignore"):
        prior = np.exp(log_pi)
        for t in range(T):
            if log_B[t].max() == -np.inf:
                return alpha, -np.inf
            joint = prior * np.exp(log_B[t] - log_B[t].max())
            if joint.sum() == 0:
                return alpha, -np.inf
            total += np.log(joint.sum()) + log_B[t].max()
            now = joint / joint.sum()
            alpha[t] = np.log(now) + total
            prior = now @ A
    return alpha, total


def forward_log__transposed(log_pi, log_A, log_B):
    rows = [log_pi + log_B[0]]
    for seen in log_B[1:]:
        rows.append(log_sum_exp(log_A.T + rows[-1], 1) + seen)  # noqa: F821
    return np.array(rows), float(log_sum_exp(rows[-1], 0))  # noqa: F821


def backward_log__with_loops(log_A, log_B):
    T, Q = log_B.shape
    beta = np.zeros((T, Q))
    for t in reversed(range(T - 1)):
        for i in range(Q):
            beta[t, i] = np.logaddexp.reduce(
                [log_A[i, j] + log_B[t + 1, j] + beta[t + 1, j] for j in range(Q)]
            )
    return beta


def backward_log__built_from_the_end(log_A, log_B):
    rows = [np.zeros(log_B.shape[1])]
    for seen in log_B[:0:-1]:
        rows.append(log_sum_exp((log_A + (seen + rows[-1])).T, 0))  # noqa: F821
    return np.stack(rows[::-1])


def e_step__with_loops(log_pi, log_A, log_B):
    alpha, loglik = forward_log(log_pi, log_A, log_B)  # noqa: F821
    beta = backward_log(log_A, log_B)  # noqa: F821
    T, Q = log_B.shape
    xi = np.zeros((Q, Q))
    for t in range(T - 1):
        for i in range(Q):
            for j in range(Q):
                xi[i, j] += np.exp(alpha[t, i] + log_A[i, j] + log_B[t + 1, j] + beta[t + 1, j] - loglik)
    both = alpha + beta
    shares = np.exp(both - both.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True), xi, loglik


def e_step__each_change_normalised(log_pi, log_A, log_B):
    alpha, loglik = forward_log(log_pi, log_A, log_B)  # noqa: F821
    beta = backward_log(log_A, log_B)  # noqa: F821
    both = alpha + beta
    gamma = np.exp(both - log_sum_exp(both, 1)[:, None])  # noqa: F821
    xi = np.zeros(log_A.shape)
    for t in range(len(log_B) - 1):
        change = alpha[t][:, None] + log_A + log_B[t + 1] + beta[t + 1]
        change = np.exp(change - change.max())
        xi = xi + change / change.sum()
    return gamma, xi, loglik


def m_step__with_loops(sequences, gammas, xis, floor):
    Q, D = gammas[0].shape[1], sequences[0].shape[1]
    pi, A = sum(g[0] for g in gammas) / len(gammas), np.full((Q, Q), 1 / Q)
    total = sum(xis)
    for i in range(Q):
        if total[i].sum() > 0:
            A[i] = total[i] / total[i].sum()
    X, G = np.vstack(sequences), np.vstack(gammas)
    means, covs = np.zeros((Q, D)), np.zeros((Q, D, D))
    for j in range(Q):
        w = G[:, j] if G[:, j].sum() > 0 else np.ones(len(X))
        means[j] = (w[:, None] * X).sum(axis=0) / w.sum()
        for row, weight in zip(X, w, strict=True):
            covs[j] += weight * np.outer(row - means[j], row - means[j])
        covs[j] = covs[j] / w.sum() + np.diag(np.full(D, floor))
    return pi, A, means, covs


def m_step__with_numpys_weighted_covariance(sequences, gammas, xis, floor):
    Q, D = gammas[0].shape[1], sequences[0].shape[1]
    X, G = np.concatenate(sequences), np.concatenate(gammas)
    A = np.sum(xis, axis=0)
    A[A.sum(axis=1) == 0] = 1.0
    A = A / A.sum(axis=1, keepdims=True)
    means, covs = [], []
    for j in range(Q):
        w = G[:, j] if G[:, j].any() else np.ones(len(X))
        means.append(np.average(X, axis=0, weights=w))
        covs.append(np.reshape(np.cov(X.T, aweights=w, bias=True), (D, D)) + floor * np.identity(D))
    return np.array([g[0] for g in gammas]).mean(0), A, np.array(means), np.array(covs)


def train__with_comprehensions(sequences, model, iterations, floor):
    logliks = []
    for _ in range(iterations):
        with np.errstate(divide="ignore"):
            logs = np.log(model["pi"]), np.log(model["A"])
        found = [e_step(*logs, log_gaussian(X, model["means"], model["covs"])) for X in sequences]  # noqa: F821
        gammas, xis, each = zip(*found, strict=True)
        logliks.append(sum(each))
        new = m_step(sequences, list(gammas), list(xis), floor)  # noqa: F821
        model = dict(zip(["pi", "A", "means", "covs"], new, strict=True))
    return dict(model), np.array(logliks)


def classify__one_by_one(X, models):
    best, index = -np.inf, 0
    for k, m in enumerate(models):
        with np.errstate(divide="ignore"):
            loglik = forward_log(np.log(m["pi"]), np.log(m["A"]), log_gaussian(X, m["means"], m["covs"]))[1]  # noqa: F821
        if loglik > best:
            best, index = loglik, k
    return index


def classify__with_the_e_step(X, models):
    with np.errstate(divide="ignore"):
        scores = [
            e_step(np.log(m["pi"]), np.log(m["A"]), log_gaussian(X, m["means"], m["covs"]))[2]  # noqa: F821
            for m in models
        ]
    return int(np.array(scores).argmax())


def predict_the_order__as_a_list():
    return ["D", "B", "C", "C"]
