"""Independent answer to `gradient_check`, an exercise of lessons 13 and 16: all moves at once."""

import numpy as np


def gradient_check(f, theta, analytic, h=1e-6):
    flat = theta.ravel()
    moves = np.vstack([h * np.eye(flat.size), -h * np.eye(flat.size)])
    values = np.array([f((flat + move).reshape(theta.shape)) for move in moves])
    numeric = np.subtract(*np.split(values, 2)) / (2 * h)
    pairs = zip(np.ravel(analytic), numeric, strict=True)
    return max(abs(a - n) / max(1e-8, abs(a) + abs(n)) for a, n in pairs)


def _cubic(theta):
    return float(np.sum(theta**3))


def gradient_check_cases(rng):
    theta = rng.uniform(0.5, 1.5, size=(2, 3))
    right = 3 * theta**2
    claims = [2.0 * right, -right, rng.uniform(0.5, 2, size=(2, 3)) * right]
    return [(_cubic, theta, claim, h) for claim in claims for h in (1e-4, 0.1)] + [
        (_cubic, theta, right, 0.5)
    ]
