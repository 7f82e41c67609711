"""Other right answers to 07_mse_or_likelihood, written from its text."""

import numpy as np


def mean_squared_error__loop(yt, yp):
    total = 0.0
    for a, b in zip(yt.ravel(), yp.ravel(), strict=True):
        total += (a - b) * (a - b)
    return total / yt.size


def mean_squared_error__dot_product(yt, yp):
    gap = np.subtract(yt, yp).flatten()
    return float(gap @ gap) / len(gap)


def mean_squared_error__norm(yt, yp):
    return np.linalg.norm((yp - yt).ravel()) ** 2 / np.prod(yt.shape)


def categorical_nll__row_by_row(yt, yp, normalise=False):
    total = 0.0
    for truth, row in zip(yt, yp, strict=True):
        right = row[list(truth).index(1)]
        if normalise:
            right = right / sum(row)
        total -= np.log(right)
    return total / len(yt)


def categorical_nll__mask(yt, yp, normalise=False):
    right = yp[yt == 1]
    if normalise:
        right = right / np.sum(yp, axis=1)
    return np.mean(-np.log(right))


def categorical_nll__where_in_the_logarithm(yt, yp, normalise=False):
    p = yp / yp.sum(axis=1)[:, None] if normalise else yp
    logs = np.log(p, where=yt == 1, out=np.zeros(p.shape))
    return float(-(yt * logs).sum() / yt.shape[0])


def categorical_nll__logarithm_of_the_sum(yt, yp, normalise=False):
    rows, columns = np.arange(len(yt)), np.argmax(yt, axis=1)
    loss = -np.log(yp[rows, columns])
    if normalise:
        loss = loss + np.log(yp.sum(axis=1))
    return loss.mean()


def bernoulli_nll__two_masks(yt, yp):
    yes, no = yp[yt == 1], yp[yt == 0]
    return -(np.log(yes).sum() + np.log(1 - no).sum()) / yt.size


def bernoulli_nll__distance_to_the_opposite(yt, yp):
    return np.average(-np.log(np.abs(yp - (1 - yt))))


def bernoulli_nll__entry_by_entry(yt, yp):
    total = 0.0
    for i in range(yt.shape[0]):
        for k in range(yt.shape[1]):
            total += np.log(yp[i, k]) if yt[i, k] else np.log1p(-yp[i, k])
    return -total / (yt.shape[0] * yt.shape[1])


def nll_from_logits__logaddexp(yt, z):
    return np.mean(np.logaddexp.reduce(z, axis=1) - z[yt == 1])


def nll_from_logits__row_by_row(yt, z):
    import math

    prices = []
    for truth, row in zip(yt, z, strict=True):
        top = max(row)
        log_sum = top + math.log(sum(math.exp(score - top) for score in row))
        prices.append(log_sum - row[int(np.argmax(truth))])
    return sum(prices) / len(prices)


def nll_from_logits__shifted_by_the_right_score(yt, z):
    gaps = z - np.sum(z * yt, axis=1)[:, np.newaxis]  # the right score becomes 0
    top = gaps.max(axis=1)
    return (top + np.log(np.exp(gaps - top[:, np.newaxis]).sum(axis=1))).mean()


def gaussian_log_likelihood__from_the_mse(yt, yp, variance):
    n = yt.size
    mse = np.mean((yt - yp) ** 2)
    return -n / 2 * np.log(2 * np.pi * variance) - n * mse / (2 * variance)


def gaussian_log_likelihood__entry_by_entry(yt, yp, variance):
    import math

    sigma, total = math.sqrt(variance), 0.0
    for a, b in zip(yt.ravel(), yp.ravel(), strict=True):
        total += -math.log(sigma) - 0.5 * math.log(2 * math.pi) - 0.5 * ((a - b) / sigma) ** 2
    return total


def predict_the_winner__as_a_list():
    return ["A", "C", "B"]


def find_the_slips__as_a_list():
    return ["log2", "swapped", "entries", "softmax", "log10"]
