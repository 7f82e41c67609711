"""Make ``solutions/25_deep_gates/deep_gates_curves.npz``: what lesson 25 shows and does not have the time to compute.

    python autograder/data/make_deep_gates_curves.py

About eight minutes of computing. Everything is computed with the lesson's ``given.py`` from the seeds written below.
"""

import sys
from functools import partial
from multiprocessing import Pool
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[2] / "solutions" / "25_deep_gates"
TARGET = FOLDER / "deep_gates_curves.npz"
sys.path.insert(0, str(FOLDER))
from given import sigmoid, start, train  # noqa: E402

EVERY, STOP_BELOW = 50, 0.002
STARTS, LENGTH, STEPS = 10, 60, 1500  # the question's cell: two layers, with bias 0 and with bias 1
COMPARED_STARTS, COMPARED_LENGTH, COMPARED_STEPS = 5, 100, 2500
KINDS = [(2, 1), (1, 1), (2, 0), (1, 0)]  # layers of every gate, bias of the forget gate's last layer
SUSPECTS = "BDCA"  # who has made which mistake in the last exercise


def curve(seed, kind=(2, 0), length=LENGTH, steps=STEPS):
    """Test errors every 50 steps of one run, to four digits; nan after it has stopped."""
    _, _, found = train(start(seed, *kind), steps, length, 100 + seed, stop_below=STOP_BELOW, report=EVERY)
    errors = np.full(steps // EVERY + 1, np.nan, dtype=np.float32)
    errors[: len(found)] = found.round(4)
    print(seed, kind, length, errors[::4], flush=True)
    return errors


def solved_at(job):
    """Step at which one of the compared runs is below 1/240; inf: not while it ran."""
    seed, kind = job
    good = curve(seed, kind, COMPARED_LENGTH, COMPARED_STEPS) < 1 / 240
    return EVERY * float(good.argmax()) if good.any() else np.inf


def gate_gradients(bug, concat, W1, b1, W2, b2, dgate):
    """Gradients of a two-layer gate, right or with one mistake: dconcat, dW1, db1, dW2, db2."""
    hidden = sigmoid(W1 @ concat + b1)
    gate = sigmoid(W2 @ hidden + b2)
    outer = np.ones_like(gate) if bug in ("A", "F") else gate * (1 - gate)
    inner = np.ones_like(gate) if bug in ("B", "F") else hidden * (1 - hidden)
    inner = gate * (1 - gate) if bug == "E" else inner
    m = gate.shape[1]
    d2 = dgate * outer
    d1 = (W2 if bug == "C" else W2.T) @ d2 * inner
    found = [W1.T @ d1, d1 @ concat.T, d1.sum(1, keepdims=True), d2 @ hidden.T, d2.sum(1, keepdims=True)]
    if bug == "D":
        found[1:] = [gradient / m for gradient in found[1:]]
    if bug == "G":
        found[4] = found[4] / m
    return found


def suspects():
    """Length and direction of the gradients of suspects P to S, against the right ones: (4, 5) each."""
    rng = np.random.default_rng(25)
    n_x, n_a, m = 3, 6, 8
    shapes = [(n_a + n_x, m), (n_a, n_a + n_x), (n_a, 1), (n_a, n_a), (n_a, 1), (n_a, m)]
    scales = [1, 0.25, 0.5, 0.5, 0.5, 1]
    arguments = [rng.normal(size=shape) * scale for shape, scale in zip(shapes, scales, strict=True)]
    right = gate_gradients("", *arguments)
    wrong = [gate_gradients(bug, *arguments) for bug in SUSPECTS]
    size = np.linalg.norm
    lengths = np.array([[size(w) / size(r) for w, r in zip(row, right, strict=True)] for row in wrong])
    cosines = [[(w * r).sum() / size(w) / size(r) for w, r in zip(row, right, strict=True)] for row in wrong]
    return lengths, np.array(cosines)


if __name__ == "__main__":
    lengths, cosines = suspects()
    with Pool(2) as pool:
        errors, errors_bias_1 = (
            np.array(pool.map(partial(curve, kind=(2, bias)), range(STARTS), chunksize=1)) for bias in (0, 1)
        )
        jobs = [(seed, kind) for kind in KINDS for seed in range(COMPARED_STARTS)]
        solved = np.array(pool.map(solved_at, jobs, chunksize=1)).reshape(len(KINDS), COMPARED_STARTS)
    np.savez_compressed(
        TARGET,
        errors=errors,
        errors_bias_1=errors_bias_1,
        kinds=np.array(KINDS),
        solved=solved.astype(np.float32),
        suspect_lengths=lengths,
        suspect_cosines=cosines,
    )
