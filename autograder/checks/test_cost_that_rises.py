"""Hidden checks of 04_cost_that_rises."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
    draw_zeros_and_ones,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    expect_raises,
    expect_words,
    misconception,
    misconception_by_edit,
    numerical_gradient,
)

NEEDS = {
    "logistic_gradient": ["sigmoid"],
    "fit": ["linear_scores", "logistic_cost", "logistic_gradient"],
}


def labels(rng, m, ones=None):
    """A column of unsorted labels."""
    return draw_zeros_and_ones(rng, m, ones).astype(float)[:, None]


def batch(rng, m, n, size=1.0):
    """Examples (m, n), labels (m, 1) and the scores (m, 1) of a random model."""
    X = rng.normal(size=(m, n)) + 0.3
    return X, labels(rng, m), size * (X @ rng.normal(size=(n, 1)) + rng.normal())


def part_of(index):
    """What `agree` compares: one of several values."""

    def part(result):
        expect(isinstance(result, (tuple, list)) and len(result) > index, "It must return several values.")
        return result[index]

    return part


# --- predict_shapes -------------------------------------------------------------------------------------------------


def as_tuples(answers):
    """The learner's answers, lists as tuples."""
    return ["error" if answer == "error" else tuple(answer) for answer in answers]


@exercise("predict_shapes", weight=0)
def test_predict_shapes_returns_eight_answers(learner):
    """`predict_shapes` must return eight answers: each a tuple of whole numbers, with its comma, or the string "error"."""
    answers = learner.predict_shapes()
    expect_parts(answers, 8)
    for answer in answers:
        is_shape = isinstance(answer, (tuple, list)) and all(isinstance(k, int) for k in answer)
        expect(is_shape or (isinstance(answer, str) and answer == "error"))


declare_answer_checks(
    globals(),
    "predict_shapes",
    read=as_tuples,
    test_predict_shapes_a="A: in a matrix product the inner lengths disappear, (a, k) times (k, c) is (a, c).",
    test_predict_shapes_b="B: flush right, a row stands above a column, and both are stretched.",
    test_predict_shapes_c="C: two columns stay a column.",
    test_predict_shapes_d="D: in a matrix product the inner lengths disappear, (a, k) times (k, c) is (a, c).",
    test_predict_shapes_e="E: flush right, labels of one dimension behave as a row. What does it do above a column?",
    test_predict_shapes_f="F: a flat array beside a row gives a row.",
    test_predict_shapes_g="G: work from the inside out, and stretch only a length of 1.",
    test_predict_shapes_h="H: flush right, compare the lengths in each place. Only a length of 1 is stretched.",
)


@misconception(
    "predict_shapes",
    "You expect that a row and a column do not fit together. NumPy stretches both, without a word: that is the whole bug.",
    source="document 000: the broken line runs for 100,000 steps without an error",
)
def expects_an_error_where_row_meets_column():
    return ((3, 1), "error", (3, 1), (1, 1), "error", (1, 3), "error", "error")


@misconception(
    "predict_shapes",
    "You read the labels with one dimension as a column. Flush right, (3,) stands under the last axis: it behaves as a row.",
    source="flat labels against a column of predictions, the usual form of the bug in regression code",
)
def takes_a_flat_array_for_a_column():
    return ((3, 1), (3, 3), (3, 1), (1, 1), (3, 1), (3, 3), (4, 3), "error")


@misconception(
    "predict_shapes",
    "You expect three products where a row meets a column, as if both pointed the same way. Each of the three meets each of the three.",
    source="document 000: the cost is written as if Y and Y_hat were aligned",
)
def expects_one_entry_per_pair():
    return ((3, 1), (1, 3), (3, 1), (1, 1), (3,), (1, 3), (4, 1), "error")


@misconception(
    "predict_shapes",
    "You took `*` for the matrix product. It goes entry by entry; the matrix product is `@`.",
    source="`*` and `@` mixed up, as with np.matrix and Octave",
)
def takes_star_for_the_matrix_product():
    return ((3, 1), (1, 1), "error", (1, 1), (3, 3), (1, 3), (4, 3), "error")


@misconception(
    "predict_shapes",
    "G is not an error: the column W is stretched to three columns. A parameter that grows makes no noise.",
    source="measured: with the transpose left out of the update, W becomes (4, 3) silently",
)
def expects_weights_to_refuse():
    return ((3, 1), (3, 3), (3, 1), (1, 1), (3, 3), (1, 3), "error", "error")


@misconception(
    "predict_shapes",
    "H does not broadcast: only a length of 1 is stretched, and the last lengths are 4 and 3.",
    source="broadcasting taken for repeating or cutting whatever does not fit",
)
def believes_everything_stretches():
    return ((3, 1), (3, 3), (3, 1), (1, 1), (3, 3), (1, 3), (4, 3), (3, 4))


# --- broadcast_floor ------------------------------------------------------------------------------------------------


@exercise("broadcast_floor", weight=0)
def test_broadcast_floor_returns_a_number(learner, rng):
    """`broadcast_floor` must return one number."""
    expect_array(learner.broadcast_floor(labels(rng, 7)), (), "the floor")


@exercise("broadcast_floor", weight=3)
def test_broadcast_floor_values(learner, reference, rng):
    """The floor is the broken cost of step 4 with every probability at the mean label: one term for each of the m examples."""
    cases = [(labels(rng, m, ones),) for m, ones in ((7, 2), (3, 1), (10, 9), (5, 3), (40, 1))]
    agree(learner, reference, "broadcast_floor", cases)


@exercise("broadcast_floor", weight=2)
def test_broadcast_floor_is_touched_and_never_crossed(learner, rng):
    """No scores may bring the broken cost below the floor, and scores that know only the mean label must bring it there."""
    Y = labels(rng, 9, 2)
    floor = float(expect_array(learner.broadcast_floor(Y), ()))

    def broken(Z):
        return np.sum(np.logaddexp(0, Z) - Y.T * Z) / len(Y)

    expect(all(broken(3 * rng.normal(size=(9, 1))) >= floor for _ in range(20)))
    expect_close(floor, broken(np.full((9, 1), np.log(2 / 7))))


@exercise("broadcast_floor", weight=2)
def test_broadcast_floor_when_all_labels_are_equal(learner, reference):
    """If all labels are 0, or all are 1, the floor is 0 and not nan: 0 times log 0 counts as 0. With both kinds it is above 0."""
    cases = [(np.full((m, 1), label),) for m in (1, 4) for label in (0, 1, 0.0, 1.0)] + [
        (np.array([[1], [0]]),)
    ]
    agree(learner, reference, "broadcast_floor", cases)


@misconception(
    "broadcast_floor",
    "This is one term. Step 4 adds up one for each of the m examples.",
    source="np.mean in place of np.sum / m, which divides by m twice",
)
def floors_one_term(Y):
    p = Y.mean()
    return 0.0 if p in (0, 1) else -p * np.log(p) - (1 - p) * np.log(1 - p)


@misconception(
    "broadcast_floor",
    "Two things are left: this is one term, and step 4 adds up one for each of the m examples; and if all labels are equal, "
    "0 times log 0 is nan in NumPy but counts as 0 here.",
    source="the entropy formula typed as it stands",
)
def floors_one_term_as_typed(Y):
    p = Y.mean()
    return -p * np.log(p) - (1 - p) * np.log(1 - p)


@misconception(
    "broadcast_floor",
    "This is the cost at p = 1/2, where the training starts. Step 5 says where it is lowest: at the mean label.",
    source="measured: the first reported cost is m ln 2",
)
def takes_the_start_for_the_floor(Y):
    return len(Y) * np.log(2)


@misconception(
    "broadcast_floor",
    "All labels equal gave nan: 0 times log 0 is nan in NumPy, and counts as 0 here. Take care of a mean label of 0 or 1.",
    source="the entropy formula typed as it stands",
)
def leaves_zero_times_log_zero(Y):
    p = Y.mean()
    return -len(Y) * (p * np.log(p) + (1 - p) * np.log(1 - p))


@misconception(
    "broadcast_floor",
    "The term for labels 0 is missing: a mean label of 1/3 says two thirds *no*, and they cost something as well.",
    source="half of the cross-entropy left out",
)
def floors_without_the_noes(Y):
    p = Y.mean()
    return 0.0 if p in (0, 1) else -len(Y) * p * np.log(p)


@misconception(
    "broadcast_floor",
    "The sign is missing: a logarithm of a probability is at most 0, a cost at least 0.",
    source="log-likelihood taken for a cost",
)
def floors_with_the_wrong_sign(Y):
    p = Y.mean()
    return 0.0 if p in (0, 1) else len(Y) * (p * np.log(p) + (1 - p) * np.log(1 - p))


@misconception(
    "broadcast_floor",
    "Zero is the floor of the cost that was *meant*. In the broken one every example meets both kinds of labels.",
    source="document 000: the asker waits for the cost to converge",
)
def expects_zero(Y):
    return 0.0


@misconception(
    "broadcast_floor",
    "You divided nowhere by m, as if step 4 had all m times m terms in full. The 1/m of step 3 is what turns the labels into their mean.",
    source="the 1/m of the broken cost forgotten",
)
def adds_all_pairs_up(Y):
    p = Y.mean()
    return 0.0 if p in (0, 1) else -(len(Y) ** 2) * (p * np.log(p) + (1 - p) * np.log(1 - p))


# --- linear_scores --------------------------------------------------------------------------------------------------


def models(rng, *sizes):
    """Examples, weights and a bias that is not zero."""
    return [(rng.normal(size=(m, n)), rng.normal(size=(n, 1)), float(rng.normal()) + 2.0) for m, n in sizes]


@exercise("linear_scores", weight=0)
def test_linear_scores_returns_a_column(learner, rng):
    """`linear_scores` must return a column, (m, 1): one score for each example."""
    expect_array(learner.linear_scores(*models(rng, (5, 3))[0]), (5, 1), "Z")


@exercise("linear_scores", weight=3)
def test_linear_scores_values(learner, reference, rng):
    """Score i is the sum over the features of X[i, k] * W[k], plus the bias."""
    cases = models(rng, (5, 3), (3, 7))
    cases += [(X, W, sign * b) for X, W, b in models(rng, (4, 2)) for sign in (0.0, -1.0)]
    agree(learner, reference, "linear_scores", cases)


@exercise("linear_scores", weight=1)
def test_linear_scores_of_small_batches(learner, reference, rng):
    """One example, one feature, as many examples as features, or features that are whole numbers: the same rule holds."""
    cases = models(rng, (1, 4), (4, 1), (1, 1), (3, 3))
    cases += [(rng.integers(-3, 4, size=(5, 3)), W, b) for _, W, b in models(rng, (5, 3))]
    agree(learner, reference, "linear_scores", cases)


@misconception(
    "linear_scores",
    "The bias is missing: add b to every score.",
    source="the bias left out, a common first version",
)
def forgets_the_bias(X, W, b):
    return X @ W


@misconception(
    "linear_scores",
    "You return a flat array (m,). Against a column of labels it would broadcast: keep the column, (m, 1).",
    source="flat predictions against a column of labels, the same bug as in document 000",
)
def flattens_the_scores(X, W, b):
    return (X @ W).ravel() + b


@misconception(
    "linear_scores",
    "You return a row (1, m). The scores are a column, (m, 1), one example per row as in X.",
    source="document 000: labels and predictions are set up as rows",
)
def returns_a_row(X, W, b):
    return W.T @ X.T + b


@misconception(
    "linear_scores",
    "You multiply entry by entry and do not add up: the result has one entry per feature. Use the matrix product.",
    source="`*` taken for the matrix product",
)
def forgets_to_add_up(X, W, b):
    return X * W.T + b


@misconception(
    "linear_scores",
    "You add the bias to the features before the product, so it is multiplied by the weights. It is added to the score.",
    source="brackets around X + b",
)
def shifts_the_features(X, W, b):
    return (X + b) @ W


@misconception(
    "linear_scores",
    "You return probabilities. The scores come before the sigmoid; that is the next exercise.",
    source="document 000: score and activation in one line",
)
def squashes_the_scores(X, W, b):
    return 1 / (1 + np.exp(-(X @ W + b)))


# --- sigmoid --------------------------------------------------------------------------------------------------------


@exercise("sigmoid", weight=0)
def test_sigmoid_returns_the_shape_of_the_scores(learner, rng):
    """`sigmoid` must return one probability per score: the shape of `Z`."""
    expect_array(learner.sigmoid(rng.normal(size=(5, 2))), (5, 2))


@exercise("sigmoid", weight=3)
def test_sigmoid_values(learner, reference, rng):
    """Each entry is 1 / (1 + exp(-z)) of its own score."""
    agree(
        learner,
        reference,
        "sigmoid",
        [(3 * rng.normal(size=shape),) for shape in ((6, 1), (4,), (2, 3))],
        atol=1e-12,
    )


@exercise("sigmoid", weight=2)
def test_sigmoid_survives_large_scores(learner, reference, rng):
    """Scores of 1000 and -1000 must give 1 and 0, not nan: keep the exponential in the denominator, and cut nothing off."""
    large = rng.permutation([1000.0, -1000.0, 745.0, -745.0, 36.0, -36.0, 0.0])[:, None]
    agree(learner, reference, "sigmoid", [(large,), (1e5 * rng.normal(size=(4, 1)),)], atol=1e-12)


@misconception(
    "sigmoid",
    "Your exponential is in the numerator too: at a score of 1000 that is inf / inf, which is nan. Write 1 / (1 + exp(-z)).",
    source="the other form of the same formula, published in many snippets",
)
def divides_infinity_by_infinity(Z):
    return np.exp(Z) / (1 + np.exp(Z))


@misconception(
    "sigmoid",
    "The sign inside the exponential is turned: your probability falls when the score rises.",
    source="document 000's formula with its minus sign lost",
)
def falls_with_the_score(Z):
    return 1 / (1 + np.exp(Z))


@misconception(
    "sigmoid",
    "Brackets are missing: 1 / 1 + exp(-z) divides first. The denominator is all of 1 + exp(-z).",
    source="operator precedence",
)
def forgets_the_brackets(Z):
    return 1 / 1 + np.exp(-Z)


@misconception(
    "sigmoid",
    "This is tanh, which runs from -1 to 1. A probability runs from 0 to 1.",
    source="two S-shaped functions mixed up",
)
def uses_tanh(Z):
    return np.tanh(Z)


@misconception(
    "sigmoid",
    "You divide by a sum over all examples, as a softmax does. Here each example answers its own yes/no question.",
    source="softmax taken for the sigmoid",
)
def lets_examples_compete(Z):
    e = np.exp(Z - Z.max())
    return e / e.sum()


@misconception(
    "sigmoid",
    "This is the slope of the sigmoid, p * (1 - p). Asked is the probability itself.",
    source="derivative and function mixed up",
)
def returns_the_slope(Z):
    p = 1 / (1 + np.exp(-Z))
    return p * (1 - p)


@misconception(
    "sigmoid",
    "You move probabilities away from 0 and 1. There is no need: the cost will be computed from the scores, not from the probabilities.",
    source="clipping by 1e-7, as in published snippets against log(0)",
)
def clips_the_probabilities(Z):
    return np.clip(1 / (1 + np.exp(-Z)), 1e-7, 1 - 1e-7)


# --- logistic_cost --------------------------------------------------------------------------------------------------


@exercise("logistic_cost", weight=0)
def test_logistic_cost_returns_a_number(learner, rng):
    """`logistic_cost` must return one number for all examples together."""
    _, Y, Z = batch(rng, 7, 2)
    expect_array(learner.logistic_cost(Y, Z), (), "the cost")


@exercise("logistic_cost", weight=4)
def test_logistic_cost_values(learner, reference, rng):
    """The cost is the mean over the examples of log(1 + exp(z)) - y * z, each label with its own score."""
    cases = [batch(rng, m, n, size)[1:] for m, n, size in ((7, 2, 1.0), (4, 5, 3.0), (12, 3, 0.3))]
    agree(learner, reference, "logistic_cost", cases)


@exercise("logistic_cost", weight=1)
def test_logistic_cost_belongs_to_pairs(learner, rng):
    """Scores that agree with their labels must cost almost nothing, and the same scores in another order must cost a lot."""
    Y = labels(rng, 6, 2)
    Z = 20 * (2 * Y - 1) + rng.normal(size=(6, 1))
    good, bad = learner.map("logistic_cost", [(Y, Z), (1 - Y, Z)])
    expect(0 <= float(expect_array(good, ())) < 1e-5 and float(expect_array(bad, ())) > 10)


@exercise("logistic_cost", weight=2)
def test_logistic_cost_of_large_scores(learner, reference, rng):
    """An example that is wrong by a score of 1000 costs 1000, one that is right by as much costs 0; nothing is cut off, nothing is nan."""
    Z = rng.permutation([1000.0, -1000.0, 1000.0, -1000.0, 40.0, -40.0])[:, None]
    agree(learner, reference, "logistic_cost", [(labels(rng, 6, ones), Z) for ones in (0, 2, 3, 6)])


@exercise("logistic_cost", weight=1)
def test_logistic_cost_of_the_smallest_batches(learner, reference, rng):
    """One example alone, all labels 0, all labels 1, labels that are whole numbers, scores of exactly 0: the same rule holds."""
    cases = [(np.array([[k]]), rng.normal(size=(1, 1))) for k in (0, 1)]
    cases += [(labels(rng, 4, ones).astype(int), rng.normal(size=(4, 1))) for ones in (0, 1, 4)]
    cases += [(labels(rng, 5, 1), np.zeros((5, 1)))]
    agree(learner, reference, "logistic_cost", cases)


@exercise("logistic_cost", weight=2)
def test_logistic_cost_refuses_to_broadcast(learner, rng):
    """Labels of another shape than the scores, a row or a flat array for instance, must raise a ValueError; a column must not."""
    _, Y, Z = batch(rng, 5, 2)
    cost, same, other = learner.map("logistic_cost", [(Y, Z), (1 - Y, -Z), (1 - Y, Z)])
    expect_close(same, expect_array(cost, ()), message="Yes and no must be treated alike.")
    expect(abs(float(expect_array(other, ())) - float(cost)) > 1e-6, "Other labels need another cost.")
    # one flat label first: whether a version without a guard takes a sum or a mean makes no difference there
    for labels_, scores in (
        (Y[0], Z[:1]),
        (Y.T, Z),
        (Y.ravel(), Z),
        (Y[:1], Z),
        (np.hstack([Y, Y]), Z),
        (Y, Z.ravel()),
    ):
        with expect_raises(ValueError):
            learner.logistic_cost(labels_, scores)


@misconception(
    "logistic_cost",
    "Labels of the wrong shape go through: they may broadcast, and nobody learns of it. Compare Y.shape with Z.shape first, and raise a ValueError.",
    source="document 000: the broken program runs for 100,000 steps without an error",
)
def never_refuses(Y, Z):
    return np.sum(np.logaddexp(0, Z) - Y * Z) / len(Z)


@misconception(
    "logistic_cost",
    "You pair every label with every score: a row against a column is (m, m). That is the cost of section 1, which starts at m ln 2.",
    source="document 000: Y (1, m) against Y_hat (m, 1); measured, 2.079 = 3 ln 2 at the start",
)
def pairs_everything(Y, Z):
    if Y.shape != Z.shape:
        raise ValueError("shapes differ")
    return np.sum(np.logaddexp(0, Z) - Y.T * Z) / len(Z)


@misconception(
    "logistic_cost",
    "You pair every label with every score, and the mean over m times m terms hides it: it starts at ln 2, as it should. "
    "Is one of the two a row, or flat?",
    source="measured: with np.mean the broadcast cost starts at ln 2 too",
)
def pairs_everything_and_averages(Y, Z):
    if Y.shape != Z.shape:
        raise ValueError("shapes differ")
    return np.mean(np.logaddexp(0, Z) - Y.ravel() * Z)


@misconception(
    "logistic_cost",
    "This is the sum over the examples. The cost is their mean.",
    source="the 1/m left out",
)
def sums_over_the_examples(Y, Z):
    if Y.shape != Z.shape:
        raise ValueError("shapes differ")
    return np.sum(np.logaddexp(0, Z) - Y * Z)


@misconception(
    "logistic_cost",
    "You take the logarithm of a probability. Near a score of 40 the probability is exactly 1, and 0 times log 0 is nan: use step 2.",
    source="document 000's formula; measured, nan at iteration 2 with learning rate 50",
)
def goes_through_the_probability(Y, Z):
    if Y.shape != Z.shape:
        raise ValueError("shapes differ")
    P = 1 / (1 + np.exp(-Z))
    return -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))


@misconception(
    "logistic_cost",
    "Two things are left from the program of section 1: the logarithm of a probability, which is nan at large scores (step 2 has none), "
    "and labels of the wrong shape that go through.",
    source="document 000's formula, with columns",
)
def keeps_the_formula_of_the_question(Y, Z):
    P = 1 / (1 + np.exp(-Z))
    return -1 / len(Z) * np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P))


@misconception(
    "logistic_cost",
    "log(1 + exp(z)) overflows: np.exp(1000) is inf. `np.logaddexp` computes the same without it.",
    source="step 2 typed as it stands",
)
def overflows_in_the_exponential(Y, Z):
    if Y.shape != Z.shape:
        raise ValueError("shapes differ")
    return np.mean(np.log(1 + np.exp(Z)) - Y * Z)


@misconception(
    "logistic_cost",
    "Two things are left: log(1 + exp(z)) overflows, since np.exp(1000) is inf (`np.logaddexp` does not); and labels of the wrong shape "
    "go through, where a ValueError is asked for.",
    source="step 2 typed as it stands, without the guard",
)
def types_step_two_as_it_stands(Y, Z):
    return np.mean(np.log(1 + np.exp(Z)) - Y * Z)


@misconception(
    "logistic_cost",
    "You add a small number inside the logarithm. That caps the cost of an example that is badly wrong: 1000 must cost 1000.",
    source="log(p + 1e-12), found in many published snippets",
)
def adds_a_small_number(Y, Z):
    if Y.shape != Z.shape:
        raise ValueError("shapes differ")
    P = 1 / (1 + np.exp(-Z))
    return -np.mean(Y * np.log(P + 1e-12) + (1 - Y) * np.log(1 - P + 1e-12))


@misconception(
    "logistic_cost",
    "You cut the probability off near 0 and 1. An example that is wrong by a score of 1000 must cost 1000, not what the cut allows.",
    source="np.clip(p, 1e-15, 1 - 1e-15), as scikit-learn's log_loss once had it",
)
def clips_before_the_logarithm(Y, Z):
    if Y.shape != Z.shape:
        raise ValueError("shapes differ")
    P = np.clip(1 / (1 + np.exp(-Z)), 1e-15, 1 - 1e-15)
    return -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))


@misconception(
    "logistic_cost",
    "All signs are turned: this is the log-likelihood, to be made large. The cost is its negative.",
    source="log-likelihood returned as a cost",
)
def turns_the_cost(Y, Z):
    if Y.shape != Z.shape:
        raise ValueError("shapes differ")
    return np.mean(Y * Z - np.logaddexp(0, Z))


@misconception(
    "logistic_cost",
    "Examples with label 0 cost nothing in your version: the term with 1 - y is missing.",
    source="half of the cross-entropy left out",
)
def charges_the_ones_only(Y, Z):
    if Y.shape != Z.shape:
        raise ValueError("shapes differ")
    return np.mean(Y * np.logaddexp(0, -Z))


@misconception(
    "logistic_cost",
    "Your formula belongs to labels -1 and 1. With y = 0 the score drops out of log(1 + exp(-y z)).",
    source="the other convention for labels, as in many textbooks on margins",
)
def expects_labels_plus_minus_one(Y, Z):
    if Y.shape != Z.shape:
        raise ValueError("shapes differ")
    return np.mean(np.logaddexp(0, -Y * Z))


@misconception(
    "logistic_cost",
    "This is the mean squared error of the probabilities. The question is about the cross-entropy of step 2.",
    source="the regression cost of lesson 01 carried over",
)
def squares_the_differences(Y, Z):
    if Y.shape != Z.shape:
        raise ValueError("shapes differ")
    return np.mean((np.exp(-np.logaddexp(0, -Z)) - Y) ** 2)


@misconception(
    "logistic_cost",
    "Your cost is half of what it should be: there is no factor 1/2 here.",
    source="1/(2m), the convention of some regression courses",
)
def halves_the_cost(Y, Z):
    if Y.shape != Z.shape:
        raise ValueError("shapes differ")
    return np.mean(np.logaddexp(0, Z) - Y * Z) / 2


@misconception("logistic_cost", "Your cost is a (1, 1) array: the product of a row and a column. Return one plain number, as `np.sum` or `.mean()` gives it, and take step 2, which has no logarithm of a probability.",
               source="read in learners' public programs: np.log(p).T @ Y")  # fmt: skip
def leaves_a_table_of_one(Y, Z):
    P = 1 / (1 + np.exp(-Z))
    return -(np.log(P).T @ Y + np.log(1 - P).T @ (1 - Y)) / len(Y)


# --- logistic_gradient ----------------------------------------------------------------------------------------------


@exercise("logistic_gradient", weight=0)
def test_logistic_gradient_has_the_shapes_of_the_parameters(learner, rng):
    """`logistic_gradient` must return the pair dW, a column (n, 1), and db, a plain number."""
    result = learner.logistic_gradient(*batch(rng, 7, 3))
    expect_parts(result, 2, "It must return two values.")
    expect_array(result[0], (3, 1), "dW")
    expect_array(result[1], (), "db")


def gradient_cases(rng):
    return [batch(rng, m, n, size) for m, n, size in ((7, 3, 1.0), (4, 6, 3.0), (9, 2, 0.3))]


@exercise("logistic_gradient", weight=3)
def test_logistic_gradient_dW(learner, reference, rng):
    """dW[k] is the mean over the examples of (probability - label) * X[i, k], each label with its own prediction."""
    agree(learner, reference, "logistic_gradient", gradient_cases(rng), part=part_of(0), rtol=1e-5)


@exercise("logistic_gradient", weight=2)
def test_logistic_gradient_db(learner, reference, rng):
    """db is the mean over the examples of probability - label: the bias meets an input of 1."""
    agree(learner, reference, "logistic_gradient", gradient_cases(rng), part=part_of(1), rtol=1e-5)


@exercise("logistic_gradient", weight=2)
def test_logistic_gradient_is_the_slope_of_the_cost(learner, rng):
    """dW and db must be the slopes of the mean cost of step 2 when one parameter is nudged."""
    X, Y, _ = batch(rng, 6, 3)
    theta = rng.normal(size=4)

    def scores(t):
        return X @ t[:3, None] + t[3]

    slopes = numerical_gradient(lambda t: np.mean(np.logaddexp(0, scores(t)) - Y * scores(t)), theta)
    dW, db = learner.logistic_gradient(X, Y, scores(theta))
    expect_close(dW, slopes[:3, None], rtol=1e-5)
    expect_close(db, slopes[3], rtol=1e-5)


@exercise("logistic_gradient", weight=1)
def test_logistic_gradient_of_one_wrong_example(learner, rng):
    """If all examples but one are right beyond doubt, dW is the error of that one times its inputs, divided by m."""
    X, Y, i = rng.normal(size=(5, 3)), labels(rng, 5, 2), int(rng.integers(5))
    Z = 900 * (2 * Y - 1)
    Z[i] = 0.0
    error = (0.5 - Y[i, 0]) / 5
    expect_close(tuple(learner.logistic_gradient(X, Y, Z)), (error * X[i][:, None], error))


@exercise("logistic_gradient", weight=1)
def test_logistic_gradient_at_the_edges(learner, reference, rng):
    """One example, one feature, all labels equal, whole numbers, scores of 1000: the same rule holds."""
    cases = [batch(rng, m, n) for m, n in ((1, 3), (5, 1), (1, 1), (3, 3))]
    X, _, Z = batch(rng, 4, 2)
    cases += [(X, np.full((4, 1), k), Z) for k in (0, 1)]
    cases += [(rng.integers(-3, 4, size=(4, 2)), labels(rng, 4).astype(int), Z)]
    cases += [(X, labels(rng, 4), rng.permutation([1000.0, -1000.0, 1000.0, -1000.0])[:, None])]
    agree(learner, reference, "logistic_gradient", cases, rtol=1e-5)


@misconception(
    "logistic_gradient",
    "All signs are turned: label minus prediction is the way down. The gradient points up: prediction minus label.",
    source="document 000: current_error = Y.T - Y_hat, which belongs to an update with a plus",
)
def points_downhill(X, Y, Z):
    error = (Y - sigmoid(Z)) / len(X)  # noqa: F821
    return X.T @ error, error.sum()


@misconception(
    "logistic_gradient",
    "Your gradient is m times too long: the cost is a mean over the examples, so divide by m.",
    source="the 1/m left out",
)
def forgets_the_mean(X, Y, Z):
    error = sigmoid(Z) - Y  # noqa: F821
    return X.T @ error, error.sum()


@misconception(
    "logistic_gradient",
    "You divide by the number of features. The mean runs over the examples: X.shape[0], or len(X).",
    source="document 000: m = X.T.shape[0], which is n once X is transposed",
)
def divides_by_the_features(X, Y, Z):
    error = (sigmoid(Z) - Y) / X.shape[1]  # noqa: F821
    return X.T @ error, error.sum()


@misconception(
    "logistic_gradient",
    "dW has m columns: prediction minus label became (m, m). Subtract a column from a column.",
    source="document 000's bug moved from the cost into the update; measured, W grows to (n, m) silently",
)
def subtracts_a_row(X, Y, Z):
    error = (sigmoid(Z) - Y.T) / len(X)  # noqa: F821
    return X.T @ error, error.sum() / len(X)


@misconception(
    "logistic_gradient",
    "The shape of dW is right, its values are not: prediction minus label became (m, m), and averaging over the columns replaces "
    "every label by the mean label.",
    source="the shape mended instead of the cause; measured, it learns the average and nothing else",
)
def averages_the_columns_away(X, Y, Z):
    error = sigmoid(Z) - Y.T  # noqa: F821
    return (X.T @ error).mean(axis=1, keepdims=True) / len(X), error.mean()


@misconception(
    "logistic_gradient",
    "db is an array of shape (1,), and the bias would become one too. Sum over everything, without an axis.",
    source="sum(axis=0) carried over from several outputs",
)
def keeps_a_dimension_in_db(X, Y, Z):
    error = (sigmoid(Z) - Y) / len(X)  # noqa: F821
    return X.T @ error, error.sum(axis=0)


@misconception(
    "logistic_gradient",
    "dW is right, db is m times too large: the bias gets the mean as well.",
    source="the 1/m applied to the product only",
)
def forgets_the_mean_in_db(X, Y, Z):
    error = sigmoid(Z) - Y  # noqa: F821
    return X.T @ error / len(X), error.sum()


@misconception(
    "logistic_gradient",
    "dW is right, db is divided by m twice: once in dZ, once more by the mean.",
    source="1/m in dZ, then np.mean",
)
def divides_db_twice(X, Y, Z):
    error = (sigmoid(Z) - Y) / len(X)  # noqa: F821
    return X.T @ error, error.mean()


@misconception(
    "logistic_gradient",
    "You multiplied by p * (1 - p), the slope of the sigmoid. With the cross-entropy that factor cancels: step 5 has none.",
    source="the squared-error gradient carried over",
)
def multiplies_by_the_slope(X, Y, Z):
    P = sigmoid(Z)  # noqa: F821
    error = (P - Y) * P * (1 - P) / len(X)
    return X.T @ error, error.sum()


@misconception(
    "logistic_gradient",
    "You subtract the label from the score. Take the sigmoid first: prediction minus label.",
    source="the gradient of linear regression carried over",
)
def forgets_the_sigmoid(X, Y, Z):
    error = (Z - Y) / len(X)
    return X.T @ error, error.sum()


@misconception(
    "logistic_gradient",
    "You round the predictions to 0 or 1 before you subtract. Then an example that is barely right sends nothing; the gradient needs the probability.",
    source="the perceptron's rule, and code that stores yes/no predictions",
)
def rounds_the_predictions(X, Y, Z):
    error = ((Z > 0) - Y) / len(X)
    return X.T @ error, error.sum()


@misconception("logistic_gradient", "dW is flat, (n,). A gradient has the shape of its weights, here a column: (n, 1).",
               source="read in learners' public programs: [:, 0] or ravel for scipy.optimize")  # fmt: skip
def flattens_dW(X, Y, Z):
    error = 1 / (1 + np.exp(-Z)) - Y
    return (X.T @ error / len(X))[:, 0], error.mean()


# --- fit ------------------------------------------------------------------------------------------------------------


def trained(result):
    """The three parts, the costs as an array."""
    expect_parts(result, 3, "It must return three values: W, b, costs.")
    W, b, costs = result
    if isinstance(costs, (list, tuple)) and all(np.ndim(c) == 0 for c in costs):
        costs = np.array(costs, dtype=float)
    return W, b, costs


def runs_agree(learner, reference, cases):
    for result, case in zip(learner.map("fit", cases), cases, strict=True):
        for name, mine, right in zip(("W", "b", "costs"), trained(result), reference.fit(*case), strict=True):
            expect_close(mine, right, rtol=1e-6, message=f"Look at {name}.")


@exercise("fit", weight=0)
def test_fit_returns_W_b_costs(learner, rng):
    """`fit` must return W, a column (n, 1), b, a plain number, and costs with one entry per step."""
    X, Y, _ = batch(rng, 6, 3)
    W, b, costs = trained(learner.fit(X, Y, 0.3, 5))
    expect_array(W, (3, 1), "the array W")
    expect_array(b, (), "the bias b")
    expect_array(costs, (5,), "the array costs")


@exercise("fit", weight=2)
def test_fit_first_step(learner, reference, rng):
    """The first cost belongs to zero weights; after one step W and b are minus the learning rate times the gradient there."""
    X, Y, _ = batch(rng, 7, 3)
    runs_agree(learner, reference, [(X, Y, 0.4, 1)])


@exercise("fit", weight=3)
def test_fit_many_steps(learner, reference, rng):
    """Each step takes both gradients at the same point, and writes its cost down before the update."""
    cases = [
        (*batch(rng, m, n)[:2], rate, steps)
        for m, n, rate, steps in ((7, 3, 0.4, 6), (4, 5, 1.5, 4), (9, 2, 0.05, 12))
    ]
    runs_agree(learner, reference, cases)


@exercise("fit", weight=1)
def test_fit_on_the_examples_of_the_question(learner, reference):
    """On the three examples of section 1 the cost must fall in every step, and the predictions must go to their labels."""
    X, Y = np.array([[1, 1, 1, 1], [2, 1, 2, 0], [1, 0, 1, 2]]), np.array([[0], [1], [0]])
    W, b, costs = trained(learner.fit(X, Y, 0.05, 60))
    expect((np.diff(expect_array(costs, (60,), "the array costs")) < 0).all())
    expect_close((W, b, costs), reference.fit(X, Y, 0.05, 60))


@exercise("fit", weight=1)
def test_fit_at_the_edges(learner, reference, rng):
    """No step at all, a learning rate of 0 or of 50, one example, one feature, all labels equal: the same rule holds."""
    X, Y, _ = batch(rng, 5, 2)
    cases = [(X, Y, 0.3, 0), (X, Y, 0.0, 3), (X, Y, 50.0, 3), (X, 0 * Y, 0.3, 3), (X, 0 * Y + 1, 0.3, 3)]
    cases += [(*batch(rng, m, n)[:2], 0.3, 3) for m, n in ((1, 3), (4, 1))]
    runs_agree(learner, reference, cases)


misconception_by_edit(
    "fit",
    "climbs",
    old="W = W - learning_rate * dW\n        b = b - learning_rate * db",
    new="W = W + learning_rate * dW\n        b = b + learning_rate * db",
    message="You add the gradient, so the cost climbs. The plus in the question belongs to label minus prediction; with prediction minus label it is a minus.",
    source="document 000: W = W + alpha * dW, copied without its sign convention",
)

misconception_by_edit(
    "fit",
    "forgets_to_move_the_bias",
    old="b = b - learning_rate * db",
    new="pass",
    message="The bias never moves: it needs the same step as W.",
    source="one of two parameters forgotten",
)

misconception_by_edit(
    "fit",
    "moves_the_bias_the_other_way",
    old="b = b - learning_rate * db",
    new="b = b + learning_rate * db",
    message="W goes down and b goes up: both need the same sign.",
    source="one of two signs mended",
)

misconception_by_edit(
    "fit",
    "takes_the_second_gradient_elsewhere",
    old="b = b - learning_rate * db",
    new="b = b - learning_rate * logistic_gradient(X, Y, linear_scores(X, W, b))[1]",
    message="The gradient for b is taken after W has moved. Both belong to the same point: take them first, then move both.",
    source="parameters updated one after the other",
)


@misconception(
    "fit",
    "You write the cost down after the update. The first entry belongs to the zeros and must be ln 2.",
    source="order of recording and updating swapped",
)
def records_after_the_update(X, Y, learning_rate, steps):
    W, b, costs = np.zeros((X.shape[1], 1)), 0.0, np.zeros(steps)
    for step in range(steps):
        dW, db = logistic_gradient(X, Y, linear_scores(X, W, b))  # noqa: F821
        W, b = W - learning_rate * dW, b - learning_rate * db
        costs[step] = logistic_cost(Y, linear_scores(X, W, b))  # noqa: F821
    return W, b, costs


@misconception(
    "fit",
    "You divide the step by m once more. The mean is already in the gradient.",
    source="document 000 has its 1/m in the update; here it is in the gradient",
)
def divides_the_step_by_m(X, Y, learning_rate, steps):
    W, b, costs = np.zeros((X.shape[1], 1)), 0.0, np.zeros(steps)
    for step in range(steps):
        Z = linear_scores(X, W, b)  # noqa: F821
        costs[step] = logistic_cost(Y, Z)  # noqa: F821
        dW, db = logistic_gradient(X, Y, Z)  # noqa: F821
        W, b = W - learning_rate * dW / len(X), b - learning_rate * db / len(X)
    return W, b, costs


@misconception(
    "fit",
    "You compute the scores once, before the loop, so every step sees the same gradient. They belong inside it.",
    source="a line pulled out of the loop",
)
def never_looks_again(X, Y, learning_rate, steps):
    W, b, costs = np.zeros((X.shape[1], 1)), 0.0, np.zeros(steps)
    Z = linear_scores(X, W, b)  # noqa: F821
    for step in range(steps):
        costs[step] = logistic_cost(Y, Z)  # noqa: F821
        dW, db = logistic_gradient(X, Y, Z)  # noqa: F821
        W, b = W - learning_rate * dW, b - learning_rate * db
    return W, b, costs


@misconception(
    "fit",
    "costs has the shape (1, steps), the row of the question. One dimension is asked for: (steps,).",
    source="document 000: J = np.zeros(h).reshape(1, h)",
)
def keeps_costs_in_a_row(X, Y, learning_rate, steps):
    W, b, costs = np.zeros((X.shape[1], 1)), 0.0, np.zeros((1, steps))
    for step in range(steps):
        Z = linear_scores(X, W, b)  # noqa: F821
        costs[0][step] = logistic_cost(Y, Z)  # noqa: F821
        dW, db = logistic_gradient(X, Y, Z)  # noqa: F821
        W, b = W - learning_rate * dW, b - learning_rate * db
    return W, b, costs


@misconception(
    "fit",
    "The training runs as it should, but costs holds the broken cost of section 1: labels as a row against a column of scores.",
    source="document 000: the update is right, the report is not; measured, 12.27 at the end",
)
def reports_the_broken_cost(X, Y, learning_rate, steps):
    W, b, costs = np.zeros((X.shape[1], 1)), 0.0, np.zeros(steps)
    for step in range(steps):
        Z = linear_scores(X, W, b)  # noqa: F821
        costs[step] = np.sum(np.logaddexp(0, Z) - Y.T * Z) / len(X)
        dW, db = logistic_gradient(X, Y, Z)  # noqa: F821
        W, b = W - learning_rate * dW, b - learning_rate * db
    return W, b, costs


@misconception(
    "fit",
    "Your weights start from ones. Start from zeros: then the first cost must be ln 2, and that is a check for free.",
    source="another starting point than the one asked for",
)
def starts_from_ones(X, Y, learning_rate, steps):
    W, b, costs = np.ones((X.shape[1], 1)), 0.0, np.zeros(steps)
    for step in range(steps):
        Z = linear_scores(X, W, b)  # noqa: F821
        costs[step] = logistic_cost(Y, Z)  # noqa: F821
        dW, db = logistic_gradient(X, Y, Z)  # noqa: F821
        W, b = W - learning_rate * dW, b - learning_rate * db
    return W, b, costs


# --- find_the_bugs --------------------------------------------------------------------------------------------------


@exercise("find_the_bugs", weight=0)
def test_find_the_bugs_returns_five_verdicts(learner):
    """`find_the_bugs` must return five verdicts, each one of "right", "cost", "update", "both"."""
    expect_words(learner.find_the_bugs(), 5, ("right", "cost", "update", "both"))


declare_answer_checks(
    globals(),
    "find_the_bugs",
    test_find_the_bugs_candidate_a="The verdict on candidate A does not agree with the measurement: compare its cost away from zero weights, and look at both halves.",
    test_find_the_bugs_candidate_b="The verdict on candidate B does not agree with the measurement: unusual is not wrong, compare the numbers.",
    test_find_the_bugs_candidate_c="The verdict on candidate C does not agree with the measurement: compare dW entry by entry, not only db and the shapes.",
    test_find_the_bugs_candidate_d="The verdict on candidate D does not agree with the measurement: compare sizes as well as directions, with 20 examples and 4 features.",
    test_find_the_bugs_candidate_e="The verdict on candidate E does not agree with the measurement: compare signs, and its cost with your own.",
)


@misconception(
    "find_the_bugs",
    "You trusted the curves: what falls was called right, and what rises was blamed on the update. A reported cost is only what the program says of itself.",
    source="document 000: 'cost value doesn't converge', taken for a failure of the training",
)
def trusts_the_curves():
    return ("update", "right", "right", "right", "update")


@misconception(
    "find_the_bugs",
    "You took every rising curve for another broken report. One of the two rises because its model really gets worse.",
    source="the lesson of section 1 applied without measuring",
)
def blames_every_report():
    return ("cost", "right", "update", "both", "cost")


@misconception(
    "find_the_bugs",
    "You compared each gradient with the slope of the candidate's own cost. A wrong cost with a matching gradient passes that test: compare with `logistic_cost`.",
    source="gradient checks that use the program's own loss",
)
def checks_against_its_own_cost():
    return ("update", "right", "update", "right", "update")


@misconception(
    "find_the_bugs",
    "You compared the costs at W = 0 and b = 0, where a broadcast mean is ln 2 as well. Compare at a random place.",
    source="measured: candidate A reports 0.693 at the start",
)
def compares_at_zeros():
    return ("right", "right", "update", "both", "update")


@misconception(
    "find_the_bugs",
    "You compared db only. In C the sum over the examples is right, and dW is not.",
    source="measured: averaging an (m, m) error leaves db as it should be",
)
def compares_db_only():
    return ("cost", "right", "right", "both", "update")


@misconception(
    "find_the_bugs",
    "You let D pass: a constant factor, you may have thought, is a matter of the learning rate. The cost is a mean over the examples, and D's is not.",
    source="document 000: m = X.T.shape[0]; 'only a factor'",
)
def forgives_a_factor():
    return ("cost", "right", "update", "right", "update")


@misconception(
    "find_the_bugs",
    "You found a bug in B, where there is none: it writes the sums as matrix products, and two minus signs cancel.",
    source="unusual taken for wrong",
)
def distrusts_the_matrix_product():
    return ("cost", "both", "update", "both", "update")
