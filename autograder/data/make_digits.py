"""Write ``digits.npz``, the 1,797 small handwritten digits that lessons 09 and 18 use.

They ship inside the PyPI package ``scikit-learn`` (development only), sorted by writer. They are shuffled here once,
with a fixed seed, so that a lesson may split the file at any row. Running this twice gives the same bytes:

    python autograder/data/make_digits.py
"""

from pathlib import Path

import numpy as np

SEED = 1797
SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
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
    arrays = shuffled_digits()
    for lesson in LESSONS:
        path = SOLUTIONS / lesson / "digits.npz"
        np.savez_compressed(path, **arrays)  # NumPy stamps every member 1980-01-01
        size = path.stat().st_size
        if size > LARGEST:
            raise ValueError(f"{path.name} takes {size:,} bytes, more than {LARGEST:,}")
        print(f"{lesson}/{path.name}: {size:,} bytes, {np.bincount(arrays['labels'])} of each digit")


if __name__ == "__main__":
    main()
