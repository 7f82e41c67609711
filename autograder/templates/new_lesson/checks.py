"""Hidden checks of NN_SLUG."""

import numpy as np

from autograder.checking import (
    agree,
    exercise,
    expect_array,
    expect_close,
    misconception,
    misconception_by_edit,
)

# --- unit_rows ------------------------------------------------------------------------------------------------------


@exercise("unit_rows", weight=0)
def test_unit_rows_returns_the_shape_of_its_argument(learner, rng):
    """`unit_rows` must return an array with the shape of `X`."""
    expect_array(learner.unit_rows(rng.normal(size=(5, 3))), (5, 3))


@exercise("unit_rows", weight=3)
def test_unit_rows_values(learner, reference, rng):
    """Each row is divided by its own length: the root of the sum of its squares."""
    agree(learner, reference, "unit_rows", [(rng.normal(size=shape),) for shape in ((5, 3), (3, 4), (2, 2))])


@exercise("unit_rows", weight=1)
def test_unit_rows_of_a_single_row_and_a_single_column(learner, reference, rng):
    """It must hold for one row, and for rows of one entry, which become 1 or -1."""
    one_column = rng.permutation([[2.0], [-3.0], [0.5], [-0.25]])
    agree(learner, reference, "unit_rows", [(rng.normal(size=(1, 6)),), (one_column,)])


@exercise("unit_rows", weight=1)
def test_unit_rows_does_not_depend_on_the_scale(learner, reference, rng):
    """Rows that are a million times as long, or as short, point in the same direction."""
    X = rng.normal(size=(4, 3))
    for factor in (1e6, 1e-6):
        expect_close(learner.unit_rows(factor * X), reference.unit_rows(X))


@misconception(
    "unit_rows",
    "You divided by one length for the whole matrix, as the program of section 1 does. Each row has a length of its own.",
    source="the default of np.linalg.norm, which takes a matrix as one long vector",
)
def divides_by_the_norm_of_all(X):
    return X / np.linalg.norm(X)


@misconception(
    "unit_rows",
    "Your columns have length 1 instead of your rows. Add up along `axis=1`.",
    source="axis mistakes in learners' programs",
)
def scales_the_columns(X):
    return X / np.sqrt((X**2).sum(axis=0))


@misconception(
    "unit_rows",
    "You divided by the sum of the absolute values. The Euclidean length is the root of the sum of the squares.",
    source="two kinds of normalisation that are easily mixed up",
)
def divides_by_absolute_values(X):
    return X / np.abs(X).sum(axis=1, keepdims=True)


misconception_by_edit(
    "unit_rows",
    "forgets_the_root",
    old="np.sqrt((X**2).sum(axis=1, keepdims=True))",
    new="(X**2).sum(axis=1, keepdims=True)",
    message="You divided by the sum of the squares. The length is its square root.",
    source="the length and its square, mixed up",
)
