"""Independent answers to 19_sparse_adagrad: dense tables, dictionaries and plain Python numbers."""

import math

import numpy as np


def nan_rows(counts, grads):
    rows = []
    for row, count in enumerate(counts.tolist()):
        entries = grads[row].tolist()
        if any(math.isnan(g) or (count == 0 and g == 0) for g in entries):
            rows.append(row)
    return np.array(rows, dtype=int)


def scatter_gradient(indices, grads):
    """As a product with the matrix of mentions."""
    unique = np.array(sorted(set(indices.tolist())), dtype=int)
    mentions = (unique[:, None] == indices[None, :]).astype(float)  # (u, n)
    return unique, mentions @ grads


def _dense(indices, grads, V):
    """Gradient of the whole table."""
    mentions = (np.arange(V)[:, None] == indices[None, :]).astype(float)
    return mentions @ grads, mentions.sum(axis=1)


def one_over_n_rows(E, counts, indices, grads, learning_rate):
    whole, mentioned = _dense(indices, grads, len(E))
    new_counts = counts + mentioned
    rates = np.divide(learning_rate, new_counts, out=np.zeros(len(E)), where=mentioned > 0)
    return E - np.diag(rates) @ whole, new_counts


def adagrad_rows(E, G, indices, grads, learning_rate, eps):
    """Dense AdaGrad, entry by entry."""
    whole, _ = _dense(indices, grads, len(E))
    new_E, new_G = E.copy(), G.copy()
    for place, g in np.ndenumerate(whole):
        new_G[place] = math.fsum([G[place], g * g])
        new_E[place] = E[place] - learning_rate * g / (math.hypot(math.sqrt(G[place]), g) + eps)
    return new_E, new_G


def _first_step(gradients, squares=0.0, eps=0.0):
    g = math.fsum(gradients)
    return 0.0 if g == 0 else abs(g) / (math.sqrt(squares + g * g) + eps)


def predict_the_steps():
    """Computed."""
    small, large = _first_step([0.001]), _first_step([10.0])
    inside, outside = 1e-4 / math.sqrt(1e-8 + 1e-6), _first_step([1e-4], eps=1e-6)
    rested, cancelled = _first_step([1.0], squares=100.0), _first_step([1.0, -1.0, 1.0, -1.0])
    nearest = lambda value, choices: min(choices, key=lambda letter: abs(value - choices[letter]))  # noqa: E731
    return (
        nearest(small / large, {"A": 1e-4, "B": 1.0, "C": 1e-2}),
        nearest(math.log10(inside / outside), {"A": 0.0, "B": -1.0, "C": 1.0}),
        nearest(rested, {"A": 0.1, "B": 1.0, "C": 0.01}),
        nearest(cancelled, {"A": 1.0, "B": 2.0, "C": 0.0}),
    )


def _table(rng, V, D):
    counts, grads = rng.integers(0, 3, size=V).astype(float), rng.normal(size=(V, D))
    grads[rng.random((V, D)) < 0.3] = 0
    return counts, grads


def _batch(rng, n, D, V):
    return rng.integers(V, size=n), rng.normal(size=(n, D))


CASES = {
    "nan_rows": lambda rng: [_table(rng, 30, 4), _table(rng, 8, 1), (np.ones(3), np.zeros((3, 2)))],
    "scatter_gradient": lambda rng: [_batch(rng, 20, 3, 7), _batch(rng, 1, 4, 9), _batch(rng, 0, 2, 5)],
    "one_over_n_rows": lambda rng: [
        (rng.normal(size=(7, 3)), rng.integers(0, 4, size=7).astype(float), *_batch(rng, n, 3, 7), 0.3)
        for n in (0, 1, 12)
    ],
    "adagrad_rows": lambda rng: [
        (rng.normal(size=(7, 3)), scale * rng.random((7, 3)), *_batch(rng, n, 3, 7), 0.3, eps)
        for n, scale, eps in ((0, 1.0, 1e-8), (5, 0.0, 1e-2), (15, 2.0, 1e-8))
    ],
    "predict_the_steps": lambda rng: [()],
}
WITHOUT_ORACLE = {"diagnose": "words for six programs that the lesson's own cells run"}
