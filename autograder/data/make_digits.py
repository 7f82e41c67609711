"""Write ``digits.npz``, 1,797 small handwritten digits, and ``iris.npz``, 150 flowers, from scikit-learn.

Both ship inside the PyPI package ``scikit-learn`` (development only). The flowers are sorted by species there, and
the digits by writer; both are shuffled here once, with a fixed seed, so that a lesson may split the files at any row.
Running this twice gives the same bytes:

    python autograder/data/make_digits.py
"""

from pathlib import Path

import numpy as np

SEED = 1797
SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
DIGITS_IN = ["09_multiclass_roc"]  # every lesson folder named here gets its own copy
IRIS_IN = ["09_multiclass_roc"]
LARGEST = 60_000  # bytes


def shuffled_digits():
    """Read the digits from scikit-learn and shuffle them.

    Returns
    -------
    arrays : dict
        "images" (1797, 8, 8) uint8, ink from 0 (paper) to 16, and "labels" (1797,) uint8, the digit shown.
    """
    from sklearn.datasets import load_digits

    pixels, digits = load_digits(return_X_y=True)
    order = np.random.default_rng(SEED).permutation(len(digits))
    images = pixels[order].reshape(-1, 8, 8).astype(np.uint8)
    if not np.array_equal(images.reshape(-1, 64), pixels[order]):
        raise ValueError("scikit-learn's digits are no longer whole numbers")
    return {"images": images, "labels": digits[order].astype(np.uint8)}


def shuffled_iris():
    """Read the iris flowers from scikit-learn and shuffle them.

    Returns
    -------
    arrays : dict
        "features" (150, 4) float64, sepal length, sepal width, petal length, petal width in cm, and
        "labels" (150,) uint8: 0 setosa, 1 versicolor, 2 virginica.
    """
    from sklearn.datasets import load_iris

    features, species = load_iris(return_X_y=True)
    order = np.random.default_rng(SEED).permutation(len(species))
    return {"features": features[order], "labels": species[order].astype(np.uint8)}


def write(name, arrays, folders):
    """Write one file into every folder; NumPy stamps every member 1980-01-01."""
    for folder in folders:
        path = SOLUTIONS / folder / name
        np.savez_compressed(path, **arrays)
        size = path.stat().st_size
        if size > LARGEST:
            raise ValueError(f"{path.name} takes {size:,} bytes, more than {LARGEST:,}")
        counts = np.bincount(arrays["labels"])
        print(f"{folder}/{name}: {size:,} bytes, {counts} of each class")


def main():
    write("digits.npz", shuffled_digits(), DIGITS_IN)
    write("iris.npz", shuffled_iris(), IRIS_IN)


if __name__ == "__main__":
    main()
