"""Independent answers to 26_lstm_recurrence: HIPS autograd, SciPy's root finder, closed forms, loops."""

import numpy as np
import scipy.optimize
from autograd import grad

from autograder.tests.oracles.shared.lstm_loss import lstm_loss


def make_series(x0, length):
    """Lap by lap in closed form: a climb of as many elements as fit below 10 and one more, then a sine."""
    climbs, have, first = [], 0, float(x0)
    while have < length:
        steps = max(0, int(np.ceil(10 - first)))
        while first + steps < 10:
            steps += 1
        climbs.append(first + np.arange(steps + 1))
        have += steps + 1
        first = float(np.sin(climbs[-1][-1]))
    return np.concatenate(climbs)[:length]


def windows(series, length):
    view = np.lib.stride_tricks.sliding_window_view(series, length + 1)
    return view[:, :-1, None].copy(), view[:, -1:].copy()


def branch_errors(pred, y, last):
    sums = {"plus_one": [], "sine": []}
    for p, t, x in zip(pred[:, 0], y[:, 0], last, strict=True):
        sums["plus_one" if x < 10 else "sine"].append(float(p - t))
    return {name: np.linalg.norm(e) / len(e) ** 0.5 if e else float("nan") for name, e in sums.items()}


def fixed_cycle():
    top = scipy.optimize.brentq(lambda x: np.sin(x) + 11 - x, 10, 11, xtol=1e-14)
    return top - 11 + np.arange(12)


def recurrence_gradients(params, X, y):
    return lstm_loss(params, X, y), grad(lstm_loss)(params, X, y)


def match_the_bugs():
    """Which gradients each mistake spoils, from how the pieces depend on each other; then the recorded table."""
    lstm, everything = {"Wx", "Wh", "b"}, {"Wx", "Wh", "b", "Wy", "by"}
    spoils = {"A": (lstm, None), "B": (lstm, 1.0), "C": ({"Wy"}, None), "D": (everything, 5.0 - 1.0)}
    patients = [({"Wy"}, 0.57), (lstm, 1.0), (everything, 4.0), (lstm, 3.81)]
    letters = ""
    for names, size in patients:
        exact = [k for k, (wrong, error) in spoils.items() if wrong == names and error == size]
        letters += (exact or [k for k, (wrong, error) in spoils.items() if wrong == names and error is None])[
            0
        ]
    return letters


def balanced_rows(rng, last, per_branch):
    branches = [[m for m, x in enumerate(last) if x < 10], [m for m, x in enumerate(last) if x >= 10]]
    return np.array([rows[k] for rows in branches for k in rng.integers(0, len(rows), size=per_branch)])


def _network(rng, N, T, H):
    shapes = {"Wx": (1, 4 * H), "Wh": (H, 4 * H), "b": (4 * H,), "Wy": (H, 1), "by": (1,)}
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return params, rng.normal(size=(N, T, 1)), rng.normal(size=(N, 1))


CASES = {
    "make_series": lambda rng: [(-0.7, 40), (3, 25), (10.0, 3), (9.999, 1), (57.3, 20), (-12.25, 30)],
    "windows": lambda rng: [(rng.normal(size=12), 5), (rng.normal(size=4), 1), (rng.normal(size=4), 3)],
    "branch_errors": lambda rng: [
        (rng.normal(size=(30, 1)), rng.normal(size=(30, 1)), rng.uniform(8, 12, size=30)),
        (rng.normal(size=(3, 1)), rng.normal(size=(3, 1)), np.array([9.0, 10.0, 11.0])),
    ],
    "fixed_cycle": lambda rng: [()],
    "recurrence_gradients": lambda rng: [
        _network(rng, 5, 6, 3),
        _network(rng, 1, 1, 2),
        _network(rng, 4, 9, 1),
    ],
    "match_the_bugs": lambda rng: [()],
    "balanced_rows": lambda rng: [
        (np.random.default_rng(3), rng.uniform(8, 12, size=25), 10),
        (np.random.default_rng(4), np.array([10.0, 2.0, 9.5]), 6),
    ],
}
WITHOUT_ORACLE = {"predict_frozen": "a choice that a training run in the notebook decides"}
