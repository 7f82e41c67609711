"""Other right answers to `gradient_check`, an exercise of lessons 13 and 16, written from its text."""

import numpy as np


def gradient_check__one_entry_moved_and_put_back(f, theta, analytic, h=1e-6):
    if analytic.shape != theta.shape:
        raise ValueError("shapes differ")
    point = np.array(theta, dtype=float)
    worst = 0.0
    for index in np.ndindex(point.shape):
        kept = point[index]
        point[index] = kept + h
        above = f(point)
        point[index] = kept - h
        below = f(point)
        point[index] = kept
        n = (above - below) / (2 * h)
        a = analytic[index]
        worst = max(worst, abs(a - n) / max(1e-8, abs(a) + abs(n)))
    return worst


def gradient_check__flattened(f, theta, analytic, h=1e-6):
    if np.asarray(analytic).shape != theta.shape:
        raise ValueError
    flat, claimed = theta.reshape(-1), np.asarray(analytic).reshape(-1)
    slopes = []
    for unit in np.eye(flat.size):
        above, below = flat + h * unit, flat - h * unit
        slopes.append((f(above.reshape(theta.shape)) - f(below.reshape(theta.shape))) / h / 2)
    gaps = np.abs(claimed - np.array(slopes))
    return float((gaps / np.clip(np.abs(claimed) + np.abs(slopes), 1e-8, None)).max())


def gradient_check__with_the_helper(f, theta, analytic, h=1e-6):
    from helpers import numerical_gradient

    if theta.shape != analytic.shape:
        raise ValueError(theta.shape)
    numeric = numerical_gradient(f, theta, h)
    return np.amax(abs(analytic - numeric) / np.maximum(abs(analytic) + abs(numeric), 1e-8))
