"""Hidden checks of 07_mse_or_likelihood."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
    draw_labels,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_words,
    misconception,
    numerical_gradient_at_once,
)

NEEDS = {}  # five separate measures; none calls another


def one_hot(rng, N, K):
    """Unsorted one-hot rows, each class at least once if N allows it."""
    return np.eye(K)[draw_labels(rng, N, K)]


def yes_no(rng, N, K):
    """Rows of 0 and 1: all ones, all zeros, and mixtures."""
    yt = rng.integers(2, size=(N, K)).astype(float)
    yt[0], yt[-1] = 0, 1
    return yt


def outputs(rng, N, K):
    """Outputs as of separate sigmoids: row sums well away from 1, and no two alike."""
    return rng.uniform(0.05, 0.95, size=(N, K))


def numbers(learner, name, cases):
    """Results of several calls as one array of floats, each a single number."""
    return np.array([float(expect_array(result, ())) for result in learner.map(name, cases)])


def slopes(learner, name, arguments, x):
    """Numerical gradient of the learner's own measure; ``arguments`` puts an array in the place of ``x``."""
    return numerical_gradient_at_once(lambda points: numbers(learner, name, map(arguments, points)), x)


# --- mean_squared_error ---------------------------------------------------------------------------------------------


@exercise("mean_squared_error", weight=0)
def test_mse_returns_a_number(learner, rng):
    """`mean_squared_error` must return one number for all entries."""
    expect_array(learner.mean_squared_error(rng.normal(size=(5, 3)), rng.normal(size=(5, 3))), (), "the loss")


@exercise("mean_squared_error", weight=3)
def test_mse_values(learner, reference, rng):
    """The loss is the mean of the squared differences over all N * K entries."""
    cases = [(one_hot(rng, N, K), outputs(rng, N, K)) for N, K in ((5, 3), (2, 6))]
    cases.append((3 * rng.normal(size=(4, 5)), 3 * rng.normal(size=(4, 5)) + 1))
    agree(learner, reference, "mean_squared_error", cases)


@exercise("mean_squared_error", weight=1)
def test_mse_of_any_shape(learner, reference, rng):
    """One dimension, three dimensions, one single entry: the mean runs over all entries, whatever the shape."""
    shapes = ((7,), (1,), (2, 3, 4), (1, 1), (6, 1), (1, 6))
    agree(
        learner, reference, "mean_squared_error", [(rng.normal(size=s), rng.normal(size=s)) for s in shapes]
    )


@exercise("mean_squared_error", weight=1)
def test_mse_scales_as_a_square(learner, rng):
    """Ten times the differences must give a hundred times the loss, and no difference at all a loss of 0."""
    yt, gap = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    one, ten, none = numbers(learner, "mean_squared_error", [(yt, yt + gap), (yt, yt - 10 * gap), (yt, yt)])
    expect(one > 1e-6, "Truth and prediction differ, so the loss must be above 0.")
    expect_close(ten, 100 * one)
    expect_close(none, 0.0)


@misconception(
    "mean_squared_error",
    "You sum over the outputs of each row and take the mean over the rows. Here the mean runs over all entries.",
    source="facts of the question: .63 for the two predictions under that convention",
)
def sums_over_outputs(yt, yp):
    return np.sum((yt - yp) ** 2, axis=-1).mean()


@misconception(
    "mean_squared_error",
    "You sum over `axis=1` and take the mean over the rows. Here the mean runs over all entries: no axis, and any shape works.",
    source="facts of the question: .63 for the two predictions; one-dimensional arrays have no axis 1",
)
def sums_over_axis_1(yt, yp):
    return np.sum((yt - yp) ** 2, axis=1).mean()


@misconception(
    "mean_squared_error",
    "Your result is half the mean squared error. Some texts put ½ in front to cancel a 2 later; this course does not.",
    source="facts of the question: the half-sum convention",
)
def puts_a_half_in_front(yt, yp):
    return 0.5 * np.mean((yt - yp) ** 2)


@misconception(
    "mean_squared_error",
    "You take half the sum over the outputs, and the mean over the rows. Take the mean over all entries, without the ½.",
    source="facts of the question: .315 for the two predictions",
)
def halves_the_sum_over_outputs(yt, yp):
    return 0.5 * np.sum((yt - yp) ** 2, axis=-1).mean()


@misconception(
    "mean_squared_error",
    "You return the sum of the squares. Divide by the number of entries: it is a mean.",
    source="the residual sum of squares of a least-squares text taken for the mean",
)
def returns_the_sum(yt, yp):
    return np.sum((yt - yp) ** 2)


@misconception(
    "mean_squared_error",
    "You return the root of the mean squared error. Leave the square root away.",
    source="RMSE and MSE exchanged, a known mix-up of two library functions",
)
def returns_the_root(yt, yp):
    return np.sqrt(np.mean((yt - yp) ** 2))


@misconception(
    "mean_squared_error",
    "You average absolute differences. Square them instead.",
    source="MAE and MSE exchanged, a known mix-up of two library functions",
)
def averages_absolute_differences(yt, yp):
    return np.mean(np.abs(yt - yp))


@misconception(
    "mean_squared_error",
    "You square the mean difference, where errors of opposite sign cancel. Square each difference first, then average.",
    source="order of mean and square swapped",
)
def squares_the_mean(yt, yp):
    return np.mean(yt - yp) ** 2


@misconception(
    "mean_squared_error",
    "You average the differences without a square, so errors of opposite sign cancel.",
    source="the formula in the document read without its exponent",
)
def forgets_the_square(yt, yp):
    return np.mean(yt - yp)


# --- categorical_nll ------------------------------------------------------------------------------------------------


@exercise("categorical_nll", weight=0)
def test_categorical_returns_a_number(learner, rng):
    """`categorical_nll` must return one number for all rows, with and without `normalise`."""
    yt, yp = one_hot(rng, 5, 3), outputs(rng, 5, 3)
    for result in learner.map("categorical_nll", [(yt, yp), (yt, yp, True)]):
        expect_array(result, (), "the loss")


@exercise("categorical_nll", weight=3)
def test_categorical_values(learner, reference, rng):
    """Without `normalise` the loss is the mean over the rows of -log(right output), natural logarithm, nothing divided."""
    cases = [(one_hot(rng, N, K), outputs(rng, N, K)) for N, K in ((5, 3), (4, 6), (9, 2))]
    agree(learner, reference, "categorical_nll", [cases[0], *((*case, False) for case in cases)])


@exercise("categorical_nll", weight=3)
def test_categorical_normalised(learner, reference, rng):
    """With `normalise=True` each row is divided by its own sum before the right output is picked."""
    cases = [(one_hot(rng, N, K), outputs(rng, N, K), True) for N, K in ((5, 3), (4, 6), (9, 2))]
    agree(learner, reference, "categorical_nll", cases)


@exercise("categorical_nll", weight=1)
def test_categorical_normalised_ignores_the_scale_of_a_row(learner, rng):
    """With `normalise=True`, multiplying a row by a number must change nothing; without, it must."""
    yt, yp, scale = one_hot(rng, 6, 4), outputs(rng, 6, 4), rng.uniform(0.1, 0.9, size=(6, 1))
    cases = [(yt, yp, True), (yt, scale * yp, True), (yt, yp, False), (yt, scale * yp, False)]
    one, scaled, raw, raw_scaled = numbers(learner, "categorical_nll", cases)
    expect(one > 1e-6, "The loss of outputs that are not certain is above 0.")
    expect_close(scaled, one)
    expect_close(raw_scaled, raw - np.log(scale).mean())


@exercise("categorical_nll", weight=2)
def test_categorical_with_zeros_in_wrong_places(learner, reference, rng):
    """A wrong output of exactly 0 must not matter: 0 times log(0) counts as 0, not as nan."""
    yt = one_hot(rng, 6, 4)
    yp = np.where((rng.random((6, 4)) < 0.5) & (yt == 0), 0.0, outputs(rng, 6, 4))
    yp[0] = np.where(yt[0] == 1, 0.4, 0.0)
    agree(learner, reference, "categorical_nll", [(yt, yp), (yt, yp, True), (yt, yt), (yt, yt, True)])


@exercise("categorical_nll", weight=1)
def test_categorical_of_tiny_right_outputs(learner, reference, rng):
    """However small a right output, its logarithm counts in full, and a right output of exactly 0 costs inf: nothing is added or cut off."""
    yt, yp = one_hot(rng, 4, 3), outputs(rng, 4, 3)
    yp[yt == 1] = [1e-30, 1e-300, 1e-9, 1.0]
    never = np.where(yt == 1, [[0.3], [0.0], [0.5], [0.9]], yp)
    agree(learner, reference, "categorical_nll", [(yt, yp), (yt, yp, True), (yt, never), (yt, never, True)])


@exercise("categorical_nll", weight=1)
def test_categorical_of_few_rows_or_classes(learner, reference, rng):
    """One row alone, two classes, one class, all rows of one class: the same rule holds."""
    cases = [(one_hot(rng, N, K), outputs(rng, N, K)) for N, K in ((1, 3), (5, 2), (2, 7), (3, 1))]
    cases.append((np.eye(3)[np.full(4, 2)], outputs(rng, 4, 3)))
    agree(learner, reference, "categorical_nll", [(*case, flag) for case in cases for flag in (False, True)])


def _categorical(message, source):
    return misconception("categorical_nll", message, source=source)


@_categorical(
    "Truth and prediction have exchanged their places: the logarithm belongs to the prediction, the truth only picks.",
    "facts of the question: -yp * log(yt + 1e-12) gives 19.34",
)
def swaps_truth_and_prediction(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.sum(yp * np.log(yt + 1e-12), axis=1).mean()


@_categorical(
    "Your mean runs over all N * K entries. Only N of them are charged: sum over each row, then take the mean over the rows.",
    "facts of the question: .218222 for the two predictions",
)
def averages_over_all_entries(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.log((yt * yp).sum(axis=1)).sum() / yt.size


@_categorical(
    "You return the sum over the rows. The loss is their mean.",
    "facts of the question: 1.309333 for the two predictions",
)
def sums_over_rows(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.log((yt * yp).sum(axis=1)).sum()


@_categorical(
    "Your logarithm has the base 10. The natural one, np.log, is meant.",
    "facts of the question: .284318 for the two predictions",
)
def uses_base_10(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.log10((yt * yp).sum(axis=1)).mean()


@_categorical(
    "Your logarithm has the base 2. The natural one, np.log, is meant.",
    "facts of the question: .944484 for the two predictions",
)
def uses_base_2(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.log2((yt * yp).sum(axis=1)).mean()


@_categorical(
    "The sign is missing. The logarithm of a probability is at most 0; the loss is its negative.",
    "facts of the question: the log-likelihood returned as a loss",
)
def forgets_the_minus_sign(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    return np.log((yt * yp).sum(axis=1)).mean()


@_categorical(
    "You multiply every logarithm by the truth. Where a wrong output is 0 that is 0 times -inf, which is nan: pick the "
    "right outputs first, then take the logarithm.",
    "facts of the question: yt * log(yp) with yp = 0",
)
def multiplies_zero_by_infinity(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.sum(yt * np.log(yp), axis=1).mean()


@_categorical(
    "You add a small number inside the logarithm. That caps the price of a right output near 0; the text asks for the "
    "logarithm itself.",
    "the 1e-12 found in many published snippets",
)
def adds_a_small_number(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.log((yt * yp).sum(axis=1) + 1e-12).mean()


@_categorical(
    "You clip the outputs away from 0 and 1. That caps the price of a right output near 0; the text asks for the "
    "logarithm itself.",
    "the clipping that libraries do silently, copied into the formula",
)
def clips_the_outputs(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.log(np.clip((yt * yp).sum(axis=1), 1e-12, 1 - 1e-12)).mean()


@_categorical(
    "You send the outputs through softmax. They are meant as probabilities here; scores come in Exercise 4.",
    "facts of the question: softmax applied to probabilities, .978838",
)
def applies_softmax_first(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    yp = np.exp(yp) / np.exp(yp).sum(axis=1, keepdims=True)
    return -np.log((yt * yp).sum(axis=1)).mean()


@_categorical(
    "With `normalise=True` you use softmax. Divide each row by its plain sum instead, without exponentials.",
    "the two repairs of rows that do not sum to 1 mixed up: .978838 for .917031",
)
def normalises_by_softmax(yt, yp, normalise=False):
    if normalise:
        yp = np.exp(yp) / np.exp(yp).sum(axis=1, keepdims=True)
    return -np.log((yt * yp).sum(axis=1)).mean()


@_categorical(
    "`normalise` is never used: with True each row must be divided by its own sum.",
    "the first reading of the question returned for both",
)
def never_normalises(yt, yp, normalise=False):
    return -np.log((yt * yp).sum(axis=1)).mean()


@_categorical(
    "You always divide by the row sums. Do it only if `normalise` is true; by default the outputs stay as they are.",
    "what Keras and older scikit-learn versions do: .917031 for .654667",
)
def always_normalises(yt, yp, normalise=False):
    yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.log((yt * yp).sum(axis=1)).mean()


@_categorical(
    "You divide by the column sums. A row holds the outputs of one example: sum over `axis=1` and keep the dimension.",
    "axis mistakes in learners' public repositories",
)
def normalises_columns(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=0, keepdims=True)
    return -np.log((yt * yp).sum(axis=1)).mean()


@_categorical(
    "You divide by the sum of the whole array. Each row has a sum of its own: `axis=1`, `keepdims=True`.",
    "axis mistakes in learners' public repositories",
)
def normalises_by_the_overall_sum(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum()
    return -np.log((yt * yp).sum(axis=1)).mean()


@_categorical(
    "You also charge the wrong outputs, with log(1 - p). That is Exercise 3; here only the right output of a row pays.",
    "the Bernoulli reading taken for the categorical one",
)
def charges_the_wrong_outputs(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.log(np.where(yt == 1, yp, 1 - yp)).sum(axis=1).mean()


@_categorical(
    "You take each row's largest output. Take the one where the truth is 1, however small it is.",
    "the predicted class taken for the right one",
)
def looks_at_the_largest_output(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.log(yp.max(axis=1)).mean()


@_categorical(
    "You take the mean first and the logarithm afterwards. Each row has its own logarithm: log first, then the mean.",
    "order of mean and logarithm swapped",
)
def takes_the_mean_inside_the_logarithm(yt, yp, normalise=False):
    if normalise:
        yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.log((yt * yp).sum(axis=1).mean())


# --- bernoulli_nll --------------------------------------------------------------------------------------------------


@exercise("bernoulli_nll", weight=0)
def test_bernoulli_returns_a_number(learner, rng):
    """`bernoulli_nll` must return one number for all entries."""
    expect_array(learner.bernoulli_nll(yes_no(rng, 5, 3), outputs(rng, 5, 3)), (), "the loss")


@exercise("bernoulli_nll", weight=3)
def test_bernoulli_values(learner, reference, rng):
    """The loss is the mean over all N * K entries of -log(p) where the truth is 1 and -log(1 - p) where it is 0."""
    cases = [(yes_no(rng, N, K), outputs(rng, N, K)) for N, K in ((5, 3), (4, 6))]
    agree(learner, reference, "bernoulli_nll", [*cases, (one_hot(rng, 6, 4), outputs(rng, 6, 4))])


@exercise("bernoulli_nll", weight=2)
def test_bernoulli_charges_yes_and_no_alike(learner, rng):
    """Exchanging yes and no in truth *and* prediction must change nothing; in the prediction alone it must."""
    yt, yp = yes_no(rng, 5, 4), outputs(rng, 5, 4)
    plain, mirrored, turned = numbers(learner, "bernoulli_nll", [(yt, yp), (1 - yt, 1 - yp), (yt, 1 - yp)])
    expect(plain > 1e-6, "The loss of outputs that are not certain is above 0.")
    expect_close(mirrored, plain)
    expect_close(plain + turned, -np.mean(np.log(yp) + np.log(1 - yp)))


@exercise("bernoulli_nll", weight=2)
def test_bernoulli_at_the_edges(learner, reference, rng):
    """Outputs of exactly 0 or 1 that are right cost 0, not nan; the other entries are charged as ever."""
    yt = yes_no(rng, 6, 4)
    mixed = np.where(rng.random((6, 4)) < 0.5, yt, outputs(rng, 6, 4))
    mixed[0, 0], mixed[0, 1] = yt[0, 0], 0.3
    agree(
        learner, reference, "bernoulli_nll", [(yt, mixed), (yt, yt)], atol=1e-6
    )  # clipping is not this check's matter


@exercise("bernoulli_nll", weight=1)
def test_bernoulli_of_certain_mistakes(learner, reference, rng):
    """An entry that is nearly certain and wrong counts in full, and one that is certain and wrong costs inf: nothing is added or cut off."""
    yt, yp = yes_no(rng, 4, 3), outputs(rng, 4, 3)
    nearly, yes, no = yp.copy(), yp.copy(), yp.copy()
    nearly[-1, 0], nearly[-1, 1], nearly[0, 2] = (
        1e-300,
        1e-20,
        1 - 1e-15,
    )  # row -1 is all ones, row 0 all zeros
    yes[0, 1], no[-1, 2] = 1.0, 0.0
    agree(learner, reference, "bernoulli_nll", [(yt, nearly), (yt, yes), (yt, no)])


@exercise("bernoulli_nll", weight=1)
def test_bernoulli_of_few_entries(learner, reference, rng):
    """One entry, one row, one column, only ones, only zeros: the same rule holds."""
    cases = []
    for shape in ((1, 1), (1, 5), (6, 1), (3, 2)):
        cases += [(fill, outputs(rng, *shape)) for fill in (np.ones(shape), np.zeros(shape))]
    agree(learner, reference, "bernoulli_nll", cases)


def _bernoulli(message, source):
    return misconception("bernoulli_nll", message, source=source)


@_bernoulli(
    "Only the ones of the truth are charged. An output that should be 0 has a price, too: -log(1 - p).",
    "facts of the question: only the first term of the formula",
)
def charges_only_the_ones(yt, yp):
    return -np.mean(np.log(np.where(yt == 1, yp, 1.0)))


@_bernoulli(
    "You charge the ones only and take the mean over rows, which is Exercise 2. Here every entry pays, and the mean runs "
    "over all of them.",
    "facts of the question: the first term per sample is .654667 again",
)
def is_the_categorical_loss(yt, yp):
    return -np.log(np.where(yt == 1, yp, 1.0)).sum(axis=1).mean()


@_bernoulli(
    "Only the zeros of the truth are charged. An output that should be 1 pays -log(p).",
    "the second term of the formula alone",
)
def charges_only_the_zeros(yt, yp):
    return -np.mean(np.log(np.where(yt == 1, 1.0, 1 - yp)))


@_bernoulli(
    "You sum over the outputs and take the mean over the rows. The mean runs over all N * K entries.",
    "the per-example value, .551648 and 3.036554 in the facts of the question",
)
def sums_over_outputs_first(yt, yp):
    return -np.log(np.where(yt == 1, yp, 1 - yp)).sum(axis=1).mean()


@_bernoulli(
    "You return the sum over all entries. The loss is their mean.",
    "facts of the question: 3.588202 for the two predictions",
)
def sums_over_everything(yt, yp):
    return -np.log(np.where(yt == 1, yp, 1 - yp)).sum()


@_bernoulli(
    "The sign is missing. The logarithm of a probability is at most 0; the loss is its negative.",
    "the log-likelihood returned as a loss",
)
def returns_the_log_likelihood(yt, yp):
    return np.mean(np.log(np.where(yt == 1, yp, 1 - yp)))


@_bernoulli(
    "You add two products, and one of them is 0 times -inf, nan, where an output is exactly 0 or 1. Choose p or 1 - p "
    "first, then take one logarithm.",
    "facts of the question: 0 * (-inf)",
)
def adds_two_products(yt, yp):
    return -np.mean(yt * np.log(yp) + (1 - yt) * np.log(1 - yp))


@_bernoulli(
    "You add a small number inside the logarithms. That caps the price of a certain mistake; the text asks for the "
    "logarithm itself.",
    "the 1e-12 found in many published snippets",
)
def adds_something_inside(yt, yp):
    return -np.mean(yt * np.log(yp + 1e-12) + (1 - yt) * np.log(1 - yp + 1e-12))


@_bernoulli(
    "You clip the outputs away from 0 and 1. That caps the price of a certain mistake; the text asks for the logarithm itself.",
    "the clipping at 1e-7 that Keras does silently, copied into the formula",
)
def clips_away_from_the_edges(yt, yp):
    yp = np.clip(yp, 1e-7, 1 - 1e-7)
    return -np.mean(yt * np.log(yp) + (1 - yt) * np.log(1 - yp))


@_bernoulli(
    "You replace nan by 0 afterwards. That also forgives certain mistakes, or hides where nan came from: choose p or "
    "1 - p before the logarithm.",
    "np.nan_to_num as a plaster, met in public snippets",
)
def plasters_over_nan(yt, yp):
    return -np.mean(np.nan_to_num(yt * np.log(yp) + (1 - yt) * np.log(1 - yp)))


@_bernoulli(
    "You divide each row by its sum first. The entries are separate questions here, so their sum has no meaning.",
    "the repair of the categorical loss carried over",
)
def normalises_the_rows(yt, yp):
    yp = yp / yp.sum(axis=1, keepdims=True)
    return -np.mean(np.log(np.where(yt == 1, yp, 1 - yp)))


@_bernoulli(
    "The second term has 1 - log(p) or log(p) in it where log(1 - p) belongs: the probability of a no is 1 - p.",
    "the bracket closed too late, in learners' public repositories",
)
def takes_one_minus_the_logarithm(yt, yp):
    return -np.mean(np.where(yt == 1, np.log(yp), 1 - np.log(yp)))


@_bernoulli(
    "Yes and no are exchanged: p is the probability of a 1, so an entry with truth 1 pays -log(p).",
    "the two branches of np.where swapped",
)
def swaps_yes_and_no(yt, yp):
    return -np.mean(np.log(np.where(yt == 1, 1 - yp, yp)))


@_bernoulli(
    "Your logarithm has the base 2. The natural one, np.log, is meant.",
    "entropy in bits",
)
def counts_in_bits(yt, yp):
    return -np.mean(np.log2(np.where(yt == 1, yp, 1 - yp)))


# --- nll_from_logits ------------------------------------------------------------------------------------------------


@exercise("nll_from_logits", weight=0)
def test_logits_returns_a_number(learner, rng):
    """`nll_from_logits` must return one number for all rows."""
    expect_array(learner.nll_from_logits(one_hot(rng, 5, 3), rng.normal(size=(5, 3))), (), "the loss")


@exercise("nll_from_logits", weight=3)
def test_logits_values(learner, reference, rng):
    """The loss is the mean over the rows of log(sum of exp of the row's scores) minus the score of the right class."""
    cases = [(one_hot(rng, N, K), 3 * rng.normal(size=(N, K)) - 1) for N, K in ((5, 3), (4, 6), (9, 2))]
    agree(learner, reference, "nll_from_logits", cases)


@exercise("nll_from_logits", weight=1)
def test_logits_slope_is_softmax_minus_truth(learner, rng):
    """Nudging a score must change the loss as lesson 06 says: by (softmax - truth) / N."""
    yt, z = one_hot(rng, 3, 4), rng.normal(size=(3, 4))
    exp_z = np.exp(z)
    expected = (exp_z / exp_z.sum(axis=1, keepdims=True) - yt) / 3
    expect_close(
        slopes(learner, "nll_from_logits", lambda moved: (yt, moved), z), expected, rtol=1e-5, atol=1e-7
    )


@exercise("nll_from_logits", weight=2)
def test_logits_survive_large_scores(learner, reference, rng):
    """Scores far above 700 or far below -700 must not become nan or inf: np.exp overflows there, or every term is 0."""
    yt, z = one_hot(rng, 6, 4), rng.normal(size=(6, 4))
    agree(learner, reference, "nll_from_logits", [(yt, z + offset) for offset in (1000.0, -1000.0, 1e5)])


@exercise("nll_from_logits", weight=1)
def test_logits_shift_each_row_by_itself(learner, reference, rng):
    """A row near -1000 next to a row near 1000 must come out right: every row needs a shift of its own."""
    offsets = rng.permutation([-2000.0, -800.0, 0.0, 800.0, 2000.0])[:, None]
    agree(learner, reference, "nll_from_logits", [(one_hot(rng, 5, 3), rng.normal(size=(5, 3)) + offsets)])


@exercise("nll_from_logits", weight=2)
def test_logits_where_the_probability_underflows(learner, reference, rng):
    """A right score far below the largest must cost the full difference: never let its probability underflow to 0."""
    yt, z = one_hot(rng, 5, 4), rng.normal(size=(5, 4))
    cases = [(yt, np.where(yt == 1, z - depth, z)) for depth in (40.0, 750.0, 5000.0)]
    agree(learner, reference, "nll_from_logits", [*cases, (yt, np.where(yt == 1, z + 900, z))])


@exercise("nll_from_logits", weight=1)
def test_logits_of_few_rows_or_classes(learner, reference, rng):
    """One row, two classes, one class, equal scores, all rows of one class: the same rule holds."""
    cases = [(one_hot(rng, N, K), 2 * rng.normal(size=(N, K))) for N, K in ((1, 3), (5, 2), (2, 7), (3, 1))]
    cases += [(np.eye(3)[np.full(4, 2)], rng.normal(size=(4, 3))), (one_hot(rng, 4, 5), np.full((4, 5), 2.5))]
    agree(learner, reference, "nll_from_logits", cases)


def _logits(message, source):
    return misconception("nll_from_logits", message, source=source)


@_logits(
    "You take np.exp of the scores as they are. Above 709 it overflows, far below 0 every term is 0: subtract each row's "
    "maximum first.",
    "lesson 06: the program of document 003, which never shifts",
)
def never_shifts(yt, z):
    return np.mean(np.log(np.exp(z).sum(axis=1)) - (yt * z).sum(axis=1))


@_logits(
    "You subtract the largest score of the whole array. A row far below it becomes log(0): take the maximum over "
    "`axis=1` and keep the dimension.",
    "measured in lesson 06: rows 746 below the overall maximum are lost",
)
def shifts_by_the_overall_maximum(yt, z):
    z = z - z.max()
    return np.mean(np.log(np.exp(z).sum(axis=1)) - (yt * z).sum(axis=1))


@_logits(
    "You compute the softmax first and then its logarithm. About 745 below the largest score the probability is 0 and the "
    "loss inf: use log-sum minus right score instead.",
    "the naive composition of two functions of lesson 06",
)
def goes_through_softmax(yt, z):
    exp_z = np.exp(z - z.max(axis=1, keepdims=True))
    return -np.mean(np.log((yt * exp_z).sum(axis=1) / exp_z.sum(axis=1)))


@_logits(
    "You go through softmax and add a small number inside the logarithm. That caps the price at about 27.6: use log-sum "
    "minus right score instead.",
    "the 1e-12 found in many published snippets",
)
def goes_through_softmax_and_adds(yt, z):
    exp_z = np.exp(z - z.max(axis=1, keepdims=True))
    probs = exp_z / exp_z.sum(axis=1, keepdims=True)
    return -np.mean(np.sum(yt * np.log(probs + 1e-12), axis=1))


@_logits(
    "You go through softmax and multiply every logarithm by the truth. Where any probability underflows this is 0 times "
    "-inf, nan: use log-sum minus right score instead.",
    "facts of the question: yt * log(yp) with yp = 0",
)
def multiplies_logs_by_the_truth(yt, z):
    exp_z = np.exp(z - z.max(axis=1, keepdims=True))
    return -np.mean(np.sum(yt * np.log(exp_z / exp_z.sum(axis=1, keepdims=True)), axis=1))


@_logits(
    "You shift the scores in the sum only and subtract the unshifted right score. Both terms need the same shift, or add "
    "the maximum back.",
    "a half-done log-sum-exp, met in learners' code",
)
def shifts_one_term_only(yt, z):
    return np.mean(np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1)) - (yt * z).sum(axis=1))


@_logits(
    "The sign is turned: log-sum minus right score, not right score minus log-sum.",
    "the log-likelihood returned as a loss",
)
def turns_the_sign(yt, z):
    z = z - z.max(axis=1, keepdims=True)
    return np.mean((yt * z).sum(axis=1) - np.log(np.exp(z).sum(axis=1)))


@_logits(
    "You return the sum over the rows. The loss is their mean.",
    "the missing 1/N of lesson 06",
)
def adds_the_rows(yt, z):
    z = z - z.max(axis=1, keepdims=True)
    return np.sum(np.log(np.exp(z).sum(axis=1)) - (yt * z).sum(axis=1))


@_logits(
    "Your mean runs over all N * K entries. There is one price per row: divide by N.",
    "facts of the question: the mean over all entries, a third of the right value",
)
def divides_by_all_entries(yt, z):
    z = z - z.max(axis=1, keepdims=True)
    return np.sum(np.log(np.exp(z).sum(axis=1)) - (yt * z).sum(axis=1)) / z.size


@_logits(
    "Your sum runs down the columns. The classes of one example stand in a row: `axis=1`, for the maximum and for the sum.",
    "axis mistakes in learners' public repositories",
)
def sums_down_the_columns(yt, z):
    z = z - z.max(axis=0, keepdims=True)
    log_probs = z - np.log(np.exp(z).sum(axis=0, keepdims=True))
    return -np.sum(yt * log_probs) / len(z)


@_logits(
    "You return minus the right score and leave out the log-sum. Without it the loss could fall without end: raise every "
    "score, and nothing holds it.",
    "the raw reading of step 2 with scores in place of probabilities",
)
def forgets_the_log_sum(yt, z):
    return -np.mean((yt * z).sum(axis=1))


@_logits(
    "You send each score through a sigmoid and charge it as a yes/no question. Here the classes compete in one softmax.",
    "the two cross-entropies of one library exchanged",
)
def treats_them_as_yes_no(yt, z):
    return np.mean(np.logaddexp(0, np.where(yt == 1, -z, z)).sum(axis=1))


@_logits(
    "You divide the scores by their row sum instead of using exponentials. Scores may be negative: softmax needs np.exp.",
    "the other repair of step 3 taken for softmax",
)
def divides_by_the_row_sum(yt, z):
    return -np.mean(np.log((yt * z).sum(axis=1) / z.sum(axis=1)))


# --- gaussian_log_likelihood ----------------------------------------------------------------------------------------


def measured(rng, *shape):
    """Measured numbers and predictions of them, in general position."""
    yt = 3 * rng.normal(size=shape)
    return yt, yt + rng.normal(size=shape)


@exercise("gaussian_log_likelihood", weight=0)
def test_gaussian_returns_a_number(learner, rng):
    """`gaussian_log_likelihood` must return one number for all entries."""
    expect_array(learner.gaussian_log_likelihood(*measured(rng, 5, 3), 0.7), (), "the log-likelihood")


@exercise("gaussian_log_likelihood", weight=3)
def test_gaussian_values(learner, reference, rng):
    """The log-likelihood is the sum over all entries of -log(2 pi variance) / 2 - (yt - yp) squared / (2 variance)."""
    cases = [
        (*measured(rng, *s), v) for s, v in (((5, 3), 0.7), ((4, 6), 2.5), ((2, 3), 0.21), ((7, 2), 1.0))
    ]
    agree(learner, reference, "gaussian_log_likelihood", cases)


@exercise("gaussian_log_likelihood", weight=2)
def test_gaussian_over_all_variances(learner, reference, rng):
    """Tiny and huge variances: both terms use the variance itself, and a log-density may be positive."""
    cases = [(*measured(rng, 4, 3), v) for v in (1e-6, 1e-3, 30.0, 1e6)]
    cases += [(yt, yt, v) for (yt, _), v in ((measured(rng, 3, 5), 1e-6), (measured(rng, 3, 5), 1e6))]
    agree(learner, reference, "gaussian_log_likelihood", cases)


@exercise("gaussian_log_likelihood", weight=1)
def test_gaussian_is_a_sum(learner, rng):
    """The same data twice over has twice the log-likelihood: a sum over all entries, constant included."""
    yt, yp = measured(rng, 4, 3)
    once, twice, better = numbers(
        learner,
        "gaussian_log_likelihood",
        [(yt, yp, 0.6), (np.tile(yt, (2, 1)), np.tile(yp, (2, 1)), 0.6), (yt, yt, 0.6)],
    )
    expect(
        better > once + 1e-6, "A prediction that hits every number must be more likely than one that misses."
    )
    expect_close(twice, 2 * once)


@exercise("gaussian_log_likelihood", weight=1)
def test_gaussian_slope(learner, rng):
    """Nudging a prediction must change the log-likelihood by (yt - yp) / variance."""
    yt, yp = measured(rng, 2, 4)
    found = slopes(learner, "gaussian_log_likelihood", lambda moved: (yt, moved, 0.3), yp)
    expect_close(found, (yt - yp) / 0.3, rtol=1e-5, atol=1e-7)


@exercise("gaussian_log_likelihood", weight=1)
def test_gaussian_of_any_shape(learner, reference, rng):
    """One dimension, three dimensions, one single entry: the sum runs over all entries."""
    cases = [(*measured(rng, *s), 1.7) for s in ((6,), (1,), (2, 3, 4), (1, 1))]
    agree(learner, reference, "gaussian_log_likelihood", cases)


def _gaussian(message, source):
    return misconception("gaussian_log_likelihood", message, source=source)


@_gaussian(
    "You return the mean over the entries. A log-likelihood is the sum: every entry adds its own.",
    "the mean of the other exercises carried over",
)
def averages_the_entries(yt, yp, variance):
    return np.mean(-0.5 * np.log(2 * np.pi * variance) - (yt - yp) ** 2 / (2 * variance))


@_gaussian(
    "You return the negative log-likelihood. This exercise asks for the log-likelihood itself: higher is better.",
    "the sign of the other exercises carried over",
)
def negates_it(yt, yp, variance):
    return np.sum(0.5 * np.log(2 * np.pi * variance) + (yt - yp) ** 2 / (2 * variance))


@_gaussian(
    "The constant -log(2 pi variance) / 2 is missing. Without it a huge variance would always win.",
    "only the squared error kept, as in many derivations",
)
def forgets_the_constant(yt, yp, variance):
    return -np.sum((yt - yp) ** 2) / (2 * variance)


@_gaussian(
    "2 pi is missing inside the logarithm of the constant.",
    "the proportional form of the density taken for the density",
)
def forgets_two_pi(yt, yp, variance):
    return np.sum(-0.5 * np.log(variance) - (yt - yp) ** 2 / (2 * variance))


@_gaussian(
    "The constant is counted once. Each entry has a density of its own, so it belongs to each of them.",
    "the sum taken over the distance term only",
)
def counts_the_constant_once(yt, yp, variance):
    return -0.5 * np.log(2 * np.pi * variance) - np.sum((yt - yp) ** 2) / (2 * variance)


@_gaussian(
    "The constant is counted once per row. Each entry has a density of its own, so it belongs to every output of the row.",
    "a row taken for one measured number",
)
def counts_the_constant_once_per_row(yt, yp, variance):
    return -0.5 * len(yt) * np.log(2 * np.pi * variance) - np.sum((yt - yp) ** 2) / (2 * variance)


@_gaussian(
    "You square `variance`. It is the variance already, not the standard deviation.",
    "SciPy's scale and a variance exchanged",
)
def takes_it_for_the_standard_deviation(yt, yp, variance):
    return np.sum(-0.5 * np.log(2 * np.pi * variance**2) - (yt - yp) ** 2 / (2 * variance**2))


@_gaussian(
    "Your constant has the variance below the fraction bar where its square root belongs: the height of the bell is "
    "1 / sqrt(2 pi variance).",
    "variance and standard deviation mixed in one formula, met in learners' code",
)
def divides_by_the_variance_in_the_constant(yt, yp, variance):
    return np.sum(-0.5 * np.log(2 * np.pi) - np.log(variance) - (yt - yp) ** 2 / (2 * variance))


@_gaussian(
    "The constant lacks its ½: the density has the square root of 2 pi variance below it.",
    "the square root of the density forgotten",
)
def forgets_the_half_of_the_constant(yt, yp, variance):
    return np.sum(-np.log(2 * np.pi * variance) - (yt - yp) ** 2 / (2 * variance))


@_gaussian(
    "The distance term lacks its ½: divide the square by twice the variance.",
    "the exponent of the density written from memory",
)
def forgets_the_half_of_the_distance(yt, yp, variance):
    return np.sum(-0.5 * np.log(2 * np.pi * variance) - (yt - yp) ** 2 / variance)


@_gaussian(
    "The square of the difference is missing: the exponent holds (yt - yp) squared.",
    "the exponent of the density written from memory; with an absolute difference it is nearly Laplace noise",
)
def forgets_the_square_of_the_distance(yt, yp, variance):
    return np.sum(-0.5 * np.log(2 * np.pi * variance) - np.abs(yt - yp) / (2 * variance))


@_gaussian(
    "Your constant has the wrong sign: a wide bell is a low one, so a larger variance lowers it.",
    "minus signs lost while taking the logarithm of a quotient",
)
def turns_the_sign_of_the_constant(yt, yp, variance):
    return np.sum(0.5 * np.log(2 * np.pi * variance) - (yt - yp) ** 2 / (2 * variance))


@_gaussian(
    "You return the likelihood, the product of the densities. Its logarithm is asked for: a product of many small numbers "
    "underflows.",
    "the logarithm left out",
)
def returns_the_likelihood(yt, yp, variance):
    return np.prod(np.exp(-((yt - yp) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance))


# --- predict_the_winner ---------------------------------------------------------------------------------------------


@exercise("predict_the_winner", weight=0)
def test_winner_is_three_letters(learner):
    """`predict_the_winner` must return three letters, each "A", "B" or "C"."""
    expect_words(
        learner.predict_the_winner(),
        3,
        ("A", "B", "C"),
        "Three strings in a tuple are expected.",
        'Each must be "A", "B" or "C".',
    )


declare_answer_checks(
    globals(),
    "predict_the_winner",
    test_winner_by_the_square="First letter, the square: add up what each forecaster pays in four days; one bad day can cost at most 2.",
    test_winner_by_the_categorical_nll="Second letter, categorical: only the probability of the truth counts, and its logarithm has no limit.",
    test_winner_by_the_bernoulli_nll="Third letter, Bernoulli: the wrong classes pay, too, and one large probability there is dearer than two small ones.",
)


def _winner(message, source):
    return misconception("predict_the_winner", message, source=source)


@_winner(
    "You expect all three measures to agree with the square. The logarithms charge A far more for its one sure mistake.",
    "a wrong choice: measures of one prediction taken for one measure",
)
def all_follow_the_square():
    return ("A", "A", "A")


@_winner(
    "You expect the one disaster to decide everywhere. The square never charges more than 1 for an entry, so A can afford it there.",
    "a wrong choice: the unbounded price of the logarithm carried over to the square",
)
def a_disaster_decides_everywhere():
    return ("B", "C", "B")


@_winner(
    "You expect both logarithms to agree. Bernoulli also charges what stands in the wrong places, and there C has 0.58.",
    "a wrong choice: categorical and Bernoulli taken for the same cross-entropy",
)
def both_logarithms_choose_c():
    return ("A", "C", "C")


@_winner(
    "You expect both logarithms to agree. The categorical one does not see how the wrong classes share what is left, so "
    "only 0.42 against 0.40 counts there.",
    "a wrong choice: categorical and Bernoulli taken for the same cross-entropy",
)
def both_logarithms_choose_b():
    return ("A", "B", "B")


@_winner(
    "The two logarithms are exchanged: the categorical one looks at the truth only, Bernoulli at the wrong classes, too.",
    "a wrong choice: the two readings mixed up",
)
def exchanges_the_logarithms():
    return ("A", "B", "C")


@_winner(
    "You rank by the probability of the truth everywhere. Only the categorical NLL does that.",
    "a wrong choice: only the right output considered",
)
def c_wins_everything():
    return ("C", "C", "C")


@_winner(
    "You expect caution to win everywhere. The square forgives A one bad day, and the categorical NLL asks for nothing "
    "but the probability of the truth.",
    "a wrong choice: the even split taken for the best everywhere",
)
def b_wins_everything():
    return ("B", "B", "B")


# --- find_the_slips -------------------------------------------------------------------------------------------------

SLIPS = ("log2", "log10", "entries", "sum", "normalised", "softmax", "swapped", "yes_no")


@exercise("find_the_slips", weight=0)
def test_slips_are_five_names(learner):
    """`find_the_slips` must return five names from the table of slips, one for each of A, B, C, D, E."""
    expect_words(
        learner.find_the_slips(),
        5,
        SLIPS,
        "Five strings in a tuple are expected.",
        "Each must be a name from the table.",
    )


declare_answer_checks(
    globals(),
    "find_the_slips",
    test_slip_a="A: divide the number by the right one; the quotient is a constant that belongs to a logarithm's base.",
    test_slip_b="B: nothing in a prediction between 0.2 and 0.9 costs 19; whose zeros went into the logarithm?",
    test_slip_c="C: the right number is a whole multiple of this one; over how many things was the mean taken?",
    test_slip_d="D: you have met this number in section 1, and computed it in section 3; what happened to the outputs first?",
    test_slip_e="E: divide the number by the right one; the quotient is a constant that belongs to a logarithm's base.",
)


def _slips(message, source):
    return misconception("find_the_slips", message, source=source)


@_slips(
    "The two bases are exchanged. A logarithm to base 2 is larger than the natural one, by 1 / ln 2; to base 10 it is smaller.",
    "a wrong choice: the factor applied the wrong way round",
)
def exchanges_the_bases():
    return ("log10", "swapped", "entries", "softmax", "log2")


@_slips(
    "D is not the normalised value: dividing by 1.3 gives 0.917. Exponentials were involved.",
    "a wrong choice: the two repairs mixed up",
)
def takes_softmax_for_normalising():
    return ("log2", "swapped", "entries", "normalised", "log10")


@_slips(
    "C is not a sum: a sum over two rows would be larger than their mean. It is a third of the right number.",
    "a wrong choice: sum and mean",
)
def takes_the_third_for_a_sum():
    return ("log2", "swapped", "sum", "softmax", "log10")


@_slips(
    "C is not the yes/no price, which is 0.598. It is a third of the right number, and three is the number of outputs.",
    "a wrong choice: the Bernoulli reading suspected",
)
def takes_the_third_for_yes_no():
    return ("log2", "swapped", "yes_no", "softmax", "log10")


@_slips(
    "B is not a sum: that would be twice the right number. 19 needs logarithms of numbers near 0, and the prediction has none.",
    "a wrong choice: the large value put down to a missing mean",
)
def takes_the_large_number_for_a_sum():
    return ("log2", "sum", "entries", "softmax", "log10")
