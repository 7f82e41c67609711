"""Write ``digits.npz``, the 1,797 small handwritten digits that lessons 09 and 18 use.

They ship inside the PyPI package ``scikit-learn`` (development only), sorted by writer. They are shuffled here once,
with a fixed seed, so that a lesson may split the file at any row. Running this twice gives the same bytes:

    python autograder/data/make_digits.py
"""

import numpy as np

from autograder.data.copies import write_copies

SEED = 1797
LESSONS = ["09_multiclass_roc", "18_momentum_start"]  # each folder holds its own copy
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


def main():
    write_copies("digits.npz", LESSONS, LARGEST, **shuffled_digits())


if __name__ == "__main__":
    main()
