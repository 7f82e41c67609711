"""Hidden checks of 00_start_here."""

import numpy as np

from autograder.checking import (
    agree,
    exercise,
    expect,
    expect_array,
    expect_close,
    misconception,
    misconception_by_edit,
)

# --- mean_squared_error ---------------------------------------------------------------------------------------------


def close_to_reference(learner, reference, *pairs):
    """Compare on targets and errors, one call for all of them."""
    cases = [(y, y - errors) for y, errors in pairs]
    agree(learner, reference, "mean_squared_error", cases, part=lambda error: expect_array(error, ()))


@exercise("mean_squared_error", weight=0)
def test_mean_squared_error_returns_one_number(learner, rng):
    """`mean_squared_error` must return one number, whatever the length of its arguments."""
    expect_array(learner.mean_squared_error(rng.normal(size=7), rng.normal(size=7)), ())


@exercise("mean_squared_error", weight=4)
def test_mean_squared_error_of_one_axis(learner, reference, rng):
    """For targets and predictions of shape (N,): take the difference, square each entry, then take the mean."""
    y, errors = rng.normal(size=9), rng.normal(loc=0.7, size=9)
    close_to_reference(learner, reference, (y, errors), (y[:4], 3 * errors[:4]), (1 + y[:2], errors[:2]))


@exercise("mean_squared_error", weight=3)
def test_mean_squared_error_of_a_table(learner, reference, rng):
    """For tables of shape (N, K), the mean runs over all N·K entries: not along one axis, and not over the N rows only."""
    y, errors = rng.normal(size=(5, 3)), rng.normal(loc=-0.4, size=(5, 3))
    close_to_reference(learner, reference, (y, errors), (y[:, :1], errors[:, :1]), (y[:1], errors[:1]))


@exercise("mean_squared_error", weight=2)
def test_mean_squared_error_of_any_shape(learner, reference, rng):
    """The shape may have three axes or more: the mean still runs over all entries."""
    shapes = [(2, 3, 4), (4, 1, 2), (2, 2, 1, 3)]
    pairs = [(rng.normal(size=shape), rng.normal(loc=0.3, size=shape)) for shape in shapes]
    close_to_reference(learner, reference, *pairs)


@exercise("mean_squared_error", weight=1)
def test_mean_squared_error_edge_cases(learner, reference, rng):
    """It must hold for a single entry, for large and for small errors, and for predictions above and below their targets."""
    y, errors = rng.normal(size=6), np.abs(rng.normal(loc=1.0, size=6))
    sizes = [(y, 1e4 * errors), (y, 1e-3 * errors), (y, errors), (y, -errors)]
    close_to_reference(learner, reference, (y[:1], errors[:1]), *sizes)
    expect_close(learner.mean_squared_error(y, y), 0.0, message="A perfect prediction has the error 0.")


@misconception(
    "mean_squared_error",
    "You return the sum of the squared errors, the program of section 1. Divide it by the number of entries.",
    source="sum and mean mixed up: measured in lesson 06, where a gradient without 1/N makes the loss leap",
)
def returns_the_sum(y, y_hat):
    return np.sum((y - y_hat) ** 2)


@misconception(
    "mean_squared_error",
    "Your result is half of the mean squared error. In this course no factor ½ is hidden in it.",
    source="the ½ that many textbooks put in front so that the derivative looks simpler",
)
def halves_it(y, y_hat):
    return np.mean((y - y_hat) ** 2) / 2


misconception_by_edit(
    "mean_squared_error",
    "takes_absolute_errors",
    old="np.mean(errors**2)",
    new="np.mean(np.abs(errors))",
    message="This is the mean absolute error. Square each error instead.",
    source="mean absolute and mean squared error are neighbours in every list of metrics",
)

misconception_by_edit(
    "mean_squared_error",
    "takes_the_root",
    old="np.mean(errors**2)",
    new="np.sqrt(np.mean(errors**2))",
    message="This is the root of the mean squared error. Leave the square root out.",
    source="RMSE reported as MSE, a known confusion of metrics",
)

misconception_by_edit(
    "mean_squared_error",
    "takes_the_norm",
    old="np.mean(errors**2)",
    new="np.sqrt(np.sum(errors**2))",
    message="This is the length of the error vector: the root of a sum. Square it, and divide by the number of entries.",
    source="np.linalg.norm taken for a mean",
)

misconception_by_edit(
    "mean_squared_error",
    "forgets_the_square",
    old="np.mean(errors**2)",
    new="np.mean(errors)",
    message="Errors above and below the target cancel. Square each error before you take the mean.",
    source="the mean error, or bias, taken for the error",
)

misconception_by_edit(
    "mean_squared_error",
    "squares_the_mean",
    old="np.mean(errors**2)",
    new="np.mean(errors) ** 2",
    message="You squared the mean; errors of different sign have cancelled before. Square each error first, then take the mean.",
    source="the order of mean and square: they may not be exchanged",
)

misconception_by_edit(
    "mean_squared_error",
    "takes_the_variance",
    old="np.mean(errors**2)",
    new="np.var(errors)",
    message="This is the variance of the errors: it takes their mean away first, so a constant miss costs nothing.",
    source="variance of the residuals taken for the mean squared error",
)

misconception_by_edit(
    "mean_squared_error",
    "squares_the_prediction_only",
    old="errors = y - y_hat",
    new="return np.mean(y - y_hat**2)",
    message="`y - y_hat ** 2` squares `y_hat` only, because `**` binds closer than `-`. Put the difference in brackets.",
    source="operator precedence in Python",
)

misconception_by_edit(
    "mean_squared_error",
    "subtracts_the_squares",
    old="errors = y - y_hat",
    new="return np.mean(y**2 - y_hat**2)",
    message="This is the mean difference of the squares. Take the difference first, then square it.",
    source="(a - b)² expanded as a² - b²",
)

misconception_by_edit(
    "mean_squared_error",
    "divides_by_one_less",
    old="np.mean(errors**2)",
    new="np.sum(errors**2) / max(1, errors.size - 1)",
    message="You divided by the number of entries minus 1. That belongs to the sample variance; a mean divides by the number of entries.",
    source="Bessel's correction, carried over from the sample variance",
)

misconception_by_edit(
    "mean_squared_error",
    "divides_by_the_rows",
    old="np.mean(errors**2)",
    new="np.sum(errors**2) / len(y)",
    message="`len(y)` counts the rows. A table of shape (N, K) has N·K entries: divide by all of them.",
    source="lesson 07: means over rows and means over entries differ by the factor K",
)

misconception_by_edit(
    "mean_squared_error",
    "takes_the_mean_of_each_column",
    old="np.mean(errors**2)",
    new="np.mean(errors**2, axis=0)",
    message="Your mean runs over the rows only (axis 0), so a table gives one number for each column. It must run over all entries.",
    source="axis mistakes in learners' public repositories",
)

misconception_by_edit(
    "mean_squared_error",
    "takes_the_mean_of_each_row",
    old="np.mean(errors**2)",
    new="np.mean(errors**2, axis=-1)",
    message="Your mean runs along the last axis only, so a table gives one number for each row. It must run over all entries.",
    source="axis mistakes in learners' public repositories",
)

misconception_by_edit(
    "mean_squared_error",
    "compares_all_with_all",
    old="errors = y - y_hat",
    new="errors = y[:, None] - y_hat",
    message="You compare each target with each prediction: `y` became a column, and broadcasting made a table of differences.",
    source='document 000, "Cost value": (N, 1) against (N,) makes an N by N table without a warning',
)


# --- predict_the_order ----------------------------------------------------------------------------------------------


@exercise("predict_the_order", weight=0)
def test_predict_the_order_names_each_letter_once(learner):
    """`predict_the_order` must return a tuple of the letters "A", "B" and "C", each of them once."""
    order = learner.predict_the_order()
    expect(isinstance(order, (tuple, list)) and all(isinstance(letter, str) for letter in order))
    expect(sorted(order) == ["A", "B", "C"])


@exercise("predict_the_order")
def test_predict_the_order(learner, reference):
    """At least two letters stand the wrong way round: add the squares of the six errors, and put the smallest sum first."""
    expect(tuple(learner.predict_the_order()) == reference.predict_the_order())


@misconception(
    "predict_the_order",
    "This is the order of the absolute errors. When you square, the single miss of 3 in B costs more than the six misses of 1 in C.",
    source="mean absolute error instead of mean squared error",
)
def adds_absolute_errors():
    return ("B", "C", "A")


@misconception(
    "predict_the_order",
    "You let errors of different sign cancel: those of A add up to 0, and yet A never hits a target. Square them first.",
    source="the mean error, or bias, taken for the error",
)
def lets_signs_cancel():
    return ("A", "C", "B")


@misconception(
    "predict_the_order",
    "You looked at the largest miss of each. The mean counts all six errors: A misses by 2 six times.",
    source="the worst case taken for the mean",
)
def looks_at_the_largest_miss():
    return ("C", "A", "B")


@misconception(
    "predict_the_order",
    "This is the right order from the wrong end: the smallest mean squared error comes first.",
    source="largest first, as in a ranking of scores",
)
def puts_the_largest_first():
    return ("A", "B", "C")
