"""Write ``iris.npz``, the 150 iris flowers that lessons 03 and 09 use.

The measurements ship inside the PyPI package ``scikit-learn`` (development only), sorted by species: 50 of each.
They are shuffled here once, with a fixed seed, so that a lesson may split the file at any row. Running this twice
gives the same bytes:

    python autograder/data/make_iris.py
"""

import numpy as np

from autograder.data.copies import write_copies

SEED = 1797
LESSONS = ["03_bias_trick", "09_multiclass_roc"]  # each folder holds its own copy
LARGEST = 5_000  # bytes


def shuffled_iris():
    """Read the flowers from scikit-learn and shuffle them.

    Returns
    -------
    features : (150, 4) float64
        Sepal length, sepal width, petal length, petal width, in cm.
    labels : (150,) uint8
        0 setosa, 1 versicolor, 2 virginica.
    """
    from sklearn.datasets import load_iris

    features, species = load_iris(return_X_y=True)
    if features.shape != (150, 4) or not np.array_equal(np.bincount(species), [50, 50, 50]):
        raise ValueError("scikit-learn's iris are no longer 150 flowers, 50 of each species")
    order = np.random.default_rng(SEED).permutation(len(species))
    return features[order], species[order].astype(np.uint8)


def main():
    features, labels = shuffled_iris()
    write_copies("iris.npz", LESSONS, LARGEST, features=features, labels=labels)


if __name__ == "__main__":
    main()
