"""The answers of NN_SLUG, computed another way: by scikit-learn."""

from sklearn.preprocessing import normalize


def unit_rows(X):
    return normalize(X, norm="l2")


CASES = {
    "unit_rows": lambda rng: [(rng.normal(size=shape),) for shape in ((5, 3), (2, 7), (1, 4), (6, 1))],
}
