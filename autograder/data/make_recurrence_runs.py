"""Make ``solutions/26_lstm_recurrence/recurrence_runs.npz``: the runs of lesson 26 from ten starts.

    python autograder/data/make_recurrence_runs.py

About two minutes on two cores. The lesson computes one start of each kind live, with the same program.
"""

import sys
from multiprocessing import Pool
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[2] / "solutions" / "26_lstm_recurrence"
TARGET = FOLDER / "recurrence_runs.npz"
sys.path.insert(0, str(FOLDER))
from given import lstm_backward, lstm_forward  # noqa: E402

STARTS, HIDDEN = 10, 16
ASKER_LISTS, EVERY = 7000, 1750
CONTROLS = {"A": ("Wx", "Wh", "b", "Wy", "by"), "B": ("Wy", "by"), "C": ("Wx", "Wh", "b")}


def data():
    """Windows of 200 training lists and of 100 test lists: (M, 6, 1), (M, 1) each, and the training pieces."""
    now = np.random.default_rng(1).uniform(-1, 10, size=300)
    columns = [now]
    for _ in range(19):
        now = np.where(now < 10, now + 1, np.sin(now))
        columns.append(now)
    pieces = np.lib.stride_tricks.sliding_window_view(np.stack(columns, axis=1), 7, axis=1)
    train, test = pieces[:200].reshape(-1, 7), pieces[200:].reshape(-1, 7)
    return (train[:, :6, None], train[:, 6:]), (test[:, :6, None], test[:, 6:]), pieces[:200]


def init_params(rng):
    return {
        "Wx": rng.normal(size=(1, 4 * HIDDEN)),
        "Wh": rng.normal(size=(HIDDEN, 4 * HIDDEN)) / np.sqrt(HIDDEN),
        "b": np.repeat([0.0, 1.0, 0.0, 0.0], HIDDEN),
        "Wy": rng.normal(size=(HIDDEN, 1)) / np.sqrt(HIDDEN),
        "by": np.zeros(1),
    }


def network(params, X, elu):
    h, cache = lstm_forward(X, np.zeros((len(X), HIDDEN)), params["Wx"], params["Wh"], params["b"])
    z = h[:, -1] @ params["Wy"] + params["by"]
    out = np.where(z > 0, z, np.expm1(np.minimum(z, 0))) if elu else z
    return out, z, h, cache


def gradients(params, X, y, elu):
    out, z, h, cache = network(params, X, elu)
    dz = 2 * (out - y) / len(y) * (np.exp(np.minimum(z, 0)) if elu else 1.0)
    dh = np.zeros(h.shape)
    dh[:, -1] = dz @ params["Wy"].T
    grads = dict(zip(("Wx", "Wh", "b"), lstm_backward(dh, cache)[2:], strict=True))
    return grads | {"Wy": h[:, -1].T @ dz, "by": dz.sum(axis=0)}


def adam_step(params, grads, state, learning_rate):
    """Adam as in lesson 24; arrays without a gradient stay as they are."""
    count = state.get("count", 0) + 1
    params, new_state = dict(params), {"count": count}
    for name, grad in grads.items():
        mean, square = state.get(name, (0.0, 0.0))
        mean, square = 0.9 * mean + 0.1 * grad, 0.999 * square + 0.001 * grad**2
        step = mean / (1 - 0.9**count) / (np.sqrt(square / (1 - 0.999**count)) + 1e-8)
        params[name], new_state[name] = params[name] - learning_rate * step, (mean, square)
    return params, new_state


def errors(pred, X, y):
    """Root mean squared error of +1 and of the sine, windows within 0.2 of the jump left out."""
    last, squares = X[:, -1, 0], ((pred - y) ** 2)[:, 0]
    return [float(np.sqrt(squares[rows].mean())) for rows in (last < 9.8, last > 10.2)]


def asker(seed, lists=ASKER_LISTS):
    """The program of section 1: errors every 1750 lists, (5, 2)."""
    _, (X_test, y_test), pieces = data()
    rng = np.random.default_rng(100 + seed)
    params = init_params(rng) | {"Wy": np.clip(rng.normal(size=(HIDDEN, 1)), -2, 2), "by": np.array([0.1])}
    state, found = {}, []
    for count in range(lists + 1):
        if count % EVERY == 0:
            found.append(errors(network(params, X_test, True)[0], X_test, y_test))
        one = pieces[rng.integers(200)]
        params, state = adam_step(params, gradients(params, one[:, :6, None], one[:, 6:], True), state, 0.001)
    print("asker", seed, np.round(found, 3).tolist(), flush=True)
    return found


def control(job):
    """The recipe with some arrays frozen: errors at the end, (2,)."""
    kind, seed = job
    (X, y), (X_test, y_test), _ = data()
    last, mean, scale = X[:, -1, 0], X.mean(), X.std()
    params, state, rng = init_params(np.random.default_rng(seed)), {}, np.random.default_rng(1)
    for step in range(800):
        halves = [rng.choice(np.flatnonzero(rows), size=16) for rows in (last < 10, last >= 10)]
        rows = np.concatenate(halves)
        grads = gradients(params, (X[rows] - mean) / scale, (y[rows] - mean) / scale, False)
        params, state = adam_step(
            params, {name: grads[name] for name in CONTROLS[kind]}, state, 0.03 * (1 - step / 800)
        )
    found = errors(network(params, (X_test - mean) / scale, False)[0] * scale + mean, X_test, y_test)
    print(kind, seed, np.round(found, 3).tolist(), flush=True)
    return found


if __name__ == "__main__":
    with Pool(2) as pool:
        jobs = [(kind, seed) for kind in CONTROLS for seed in range(STARTS)]
        controls = np.array(pool.map(control, jobs, chunksize=1)).reshape(len(CONTROLS), STARTS, 2)
        patience = np.array(pool.map(asker, range(STARTS), chunksize=1))
    np.savez_compressed(TARGET, controls=controls.round(3), asker=patience.round(3))
