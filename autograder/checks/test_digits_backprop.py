"""Hidden checks of 15_digits_backprop."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
    draw_away_from_zero,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_costs,
    expect_parts,
    expect_raises,
    expect_words,
    misconception,
    misconception_by_edit,
    numerical_gradient,
)

NEEDS = {
    "loop_backward": ["forward"],
    "backward": ["forward"],
    "train": ["forward", "cross_entropy_cost", "backward"],
}

PAIRS = ("sigmoid_cross_entropy", "sigmoid_squared", "linear_squared", "softmax_cross_entropy")


def network(rng, D, H, K):
    """Weights in general position, biases in column 0."""
    return rng.normal(size=(H, D + 1)), rng.normal(size=(K, H + 1))


def examples(rng, D, m):
    """Examples in columns under a row of ones: (D + 1, m)."""
    return np.vstack([np.ones(m), rng.normal(size=(D, m))])


def answers(rng, K, m):
    """A table of yes and no, (K, m): every column its own number of ones."""
    return (rng.random(size=(K, m)) < 0.4).astype(float)


def one_hot(rng, K, m):
    return (np.arange(K)[:, None] == rng.integers(K, size=m)).astype(float)


def problem(rng, D, H, K, m):
    return *network(rng, D, H, K), examples(rng, D, m), answers(rng, K, m)


# --- forward --------------------------------------------------------------------------------------------------------


@exercise("forward", weight=0)
def test_forward_returns_hidden_and_output(learner, rng):
    """`forward` must return the pair hidden (H + 1, m), output (K, m)."""
    result = learner.forward(*network(rng, 4, 3, 2), examples(rng, 4, 6))
    expect_parts(result, 2, "It must return two arrays.")
    expect_array(result[0], (4, 6), "`hidden`")
    expect_array(result[1], (2, 6), "`output`")


@exercise("forward", weight=2)
def test_hidden_values(learner, reference, rng):
    """`hidden` holds ones in row 0, and below them the sigmoid of theta_1 @ X."""
    cases = [(*network(rng, D, H, K), examples(rng, D, m)) for D, H, K, m in ((4, 3, 2, 6), (2, 5, 3, 4))]
    agree(learner, reference, "forward", cases, part=0)


@exercise("forward", weight=3)
def test_output_values(learner, reference, rng):
    """`output` is the sigmoid of theta_2 @ hidden; column 0 of theta_2 meets the ones."""
    cases = [(*network(rng, D, H, K), examples(rng, D, m)) for D, H, K, m in ((4, 3, 2, 6), (2, 5, 3, 4))]
    agree(learner, reference, "forward", cases, part=1)


@exercise("forward", weight=1)
def test_examples_pass_through_one_by_one(learner, rng):
    """Reordering the examples must reorder the columns of both results and change nothing else."""
    theta_1, theta_2 = network(rng, 3, 4, 2)
    X, order = examples(rng, 3, 5), rng.permutation(5)
    plain, mixed = learner.map("forward", [(theta_1, theta_2, X), (theta_1, theta_2, X[:, order])])
    for one, other in zip(plain, mixed, strict=True):
        expect_close(np.asarray(other), np.asarray(one)[:, order])
    output = expect_array(plain[1], (2, 5))
    expect(np.ptp(output, axis=1).min() > 1e-6, "Every example must have its own outputs.")


@exercise("forward", weight=1)
def test_forward_of_small_networks_and_large_scores(learner, reference, rng):
    """One example, one hidden unit, one output, or scores of several hundred: the same rule holds."""
    cases = [(*network(rng, D, H, K), examples(rng, D, m)) for D, H, K, m in ((3, 1, 2, 4), (1, 2, 1, 1))]
    theta_1, theta_2 = network(rng, 3, 2, 2)
    cases.append((np.sign(theta_1) * 150, np.sign(theta_2) * 200, np.ones((4, 3))))
    agree(learner, reference, "forward", cases)


UNITS, OUTPUT = "1 / (1 + np.exp(-theta_1 @ X))", "1 / (1 + np.exp(-theta_2 @ hidden))"

misconception_by_edit(
    "forward", "leaves_the_output_linear", old=OUTPUT, new="theta_2 @ hidden",
    message="Your outputs are the scores themselves: the sigmoid of the output layer is missing.",
    source="document 002: the answer's advice to leave the output unsquashed",
)  # fmt: skip

misconception_by_edit(
    "forward", "leaves_the_hidden_layer_linear", old=UNITS, new="theta_1 @ X",
    message="The hidden units are not squashed: take the sigmoid of theta_1 @ X.",
    source="one of two sigmoids forgotten",
)  # fmt: skip

misconception_by_edit(
    "forward", "puts_the_ones_below", old="[np.ones((1, X.shape[1])), units]",
    new="[units, np.ones((1, X.shape[1]))]",
    message="You put the ones below the hidden units. They belong on top, in row 0: the biases stand in column 0 of theta_2.",
    source="bias first or last, mixed up between courses",
)  # fmt: skip

misconception_by_edit(
    "forward", "squashes_the_ones", old="np.ones((1, X.shape[1]))",
    new="np.full((1, X.shape[1]), 1 / (1 + np.exp(-1)))",
    message="Row 0 of `hidden` went through the sigmoid, too. Put the ones on top after it.",
    source="ones stacked before the activation, in learners' programs",
)  # fmt: skip

misconception_by_edit(
    "forward", "puts_zeros_on_top", old="np.ones((1", new="np.zeros((1",
    message="Row 0 of `hidden` holds zeros, so the biases of the output layer do nothing. It must hold ones.",
    source="np.zeros in place of np.ones; invisible while biases are 0",
)  # fmt: skip

misconception_by_edit(
    "forward", "turns_the_sign_in_the_exponent", old="np.exp(-theta_2", new="np.exp(theta_2",
    message="The output falls where its score rises: the sigmoid has a minus in its exponent.",
    source="1 / (1 + exp(z)), a sign lost",
)  # fmt: skip

misconception_by_edit(
    "forward", "takes_tanh_for_the_hidden_units", old=UNITS, new="np.tanh(theta_1 @ X)",
    message="Your hidden units are tanh. This network has sigmoid units, from 0 to 1.",
    source="the other usual hidden unit; its slope is another one, too",
)  # fmt: skip

misconception_by_edit(
    "forward", "takes_softmax_for_the_output", old=OUTPUT,
    new="np.exp(theta_2 @ hidden - (theta_2 @ hidden).max(axis=0))\n    output = output / output.sum(axis=0)",
    message="Your outputs are a softmax. Here each output answers its own yes/no question, with a sigmoid.",
    source="measured facts: softmax with cross-entropy is another row of the table",
)  # fmt: skip

misconception_by_edit(
    "forward", "squashes_the_output_twice", old=OUTPUT, new="1 / (1 + np.exp(-1 / (1 + np.exp(-theta_2 @ hidden))))",
    message="The sigmoid is applied twice to the output: every output of yours lies between 0.5 and 0.74.",
    source="a sigmoid on top of a sigmoid, as in document 002's softmax of sigmoids",
)  # fmt: skip


@misconception(
    "forward", "`hidden` must keep its row of ones on top: H + 1 rows.",
    source="the ones added for the product only and not returned",
)  # fmt: skip
def returns_hidden_without_the_ones(theta_1, theta_2, X):
    units = 1 / (1 + np.exp(-theta_1 @ X))
    return units, 1 / (1 + np.exp(-theta_2[:, 1:] @ units - theta_2[:, :1]))


# --- cross_entropy_cost ---------------------------------------------------------------------------------------------


@exercise("cross_entropy_cost", weight=0)
def test_cost_is_one_number(learner, rng):
    """`cross_entropy_cost` must return one number for all examples."""
    expect_array(
        learner.cross_entropy_cost(rng.uniform(0.1, 0.9, size=(3, 5)), answers(rng, 3, 5)), (), "`cost`"
    )


@exercise("cross_entropy_cost", weight=3)
def test_cost_values(learner, reference, rng):
    """A target of 1 costs -log o and a target of 0 costs -log (1 - o); sum over the outputs, mean over the examples."""
    cases = [(rng.uniform(0.02, 0.98, size=(K, m)), answers(rng, K, m)) for K, m in ((3, 7), (5, 2), (10, 4))]
    agree(learner, reference, "cross_entropy_cost", cases)


@exercise("cross_entropy_cost", weight=1)
def test_examples_are_averaged_and_outputs_added(learner, reference, rng):
    """The same examples twice over cost the same; the same outputs twice over cost double."""
    output, Y = rng.uniform(0.1, 0.9, size=(3, 4)), answers(rng, 3, 4)
    cases = [(np.tile(output, (1, 2)), np.tile(Y, (1, 2))), (np.tile(output, (2, 1)), np.tile(Y, (2, 1)))]
    agree(learner, reference, "cross_entropy_cost", cases)


@exercise("cross_entropy_cost", weight=1)
def test_cost_of_one_example_or_output_and_of_plain_columns(learner, reference, rng):
    """One example, one output, columns of zeros only or of ones only: the same rule holds."""
    cases = [(rng.uniform(0.1, 0.9, size=shape), answers(rng, *shape)) for shape in ((4, 1), (1, 5), (1, 1))]
    cases += [(rng.uniform(0.1, 0.9, size=(3, 2)), np.full((3, 2), value)) for value in (0.0, 1.0)]
    agree(learner, reference, "cross_entropy_cost", cases)


@exercise("cross_entropy_cost", weight=2)
def test_outputs_of_exactly_zero_and_one(learner, reference, rng):
    """Outputs of exactly 0 or 1 must give a finite cost: clip to the range from 1e-12 to 1 - 1e-12 first."""
    sure = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.3]])
    cases = [(sure, np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])), (1 - sure, np.eye(2, 3))]
    cases += [(rng.uniform(0.1, 0.9, size=(2, 3)) * np.array([[0.0], [1e-5]]), answers(rng, 2, 3))]
    # 1 - (1 - 1e-12) is 1e-12 to four digits only, and not the same ones in every way to write it
    agree(learner, reference, "cross_entropy_cost", cases, rtol=2e-4, atol=1e-9)


ENTRIES = "-Y * np.log(safe) - (1 - Y) * np.log(1 - safe)"

misconception_by_edit(
    "cross_entropy_cost", "asks_the_true_class_only", old=ENTRIES, new="-Y * np.log(safe)",
    message="Only the targets of 1 cost something. Here each output is a yes/no question: a 0 costs -log (1 - o).",
    source="categorical cross-entropy, which belongs to softmax, on sigmoid outputs",
)  # fmt: skip

misconception_by_edit(
    "cross_entropy_cost", "averages_over_outputs_too", old="losses.sum() / Y.shape[1]", new="losses.mean()",
    message="You average over the outputs, too, so the cost is K times too small: add up over outputs, average over examples.",
    source="np.mean over the whole matrix, in learners' programs",
)  # fmt: skip

misconception_by_edit(
    "cross_entropy_cost", "adds_the_examples_up", old=" / Y.shape[1]", new="",
    message="You add up over the examples. The cost is their mean: divide by m.",
    source="measured facts: 1/m forgotten, a rate 5,000 times too large",
)  # fmt: skip

misconception_by_edit(
    "cross_entropy_cost", "divides_by_the_outputs", old="Y.shape[1]", new="len(Y)",
    message="You divide by the number of outputs, len(Y). Examples stand in columns here: m is Y.shape[1].",
    source="len() of a matrix with examples in columns",
)  # fmt: skip

misconception_by_edit(
    "cross_entropy_cost", "loses_the_minus", old="cost = losses", new="cost = -losses",
    message="The cost is negative: logarithms of numbers below 1 are, and the minus turns them.",
    source="the minus before the sum lost; the cost then falls without end",
)  # fmt: skip

misconception_by_edit(
    "cross_entropy_cost", "takes_the_squared_error", old=ENTRIES, new="(safe - Y) ** 2 / 2",
    message="This is half the squared error. Here the loss is the cross-entropy of each output.",
    source="document 002: the answer's diagnosis assumes this loss",
)  # fmt: skip

misconception_by_edit(
    "cross_entropy_cost", "clips_below_only", old="np.clip(output, 1e-12, 1 - 1e-12)", new="np.maximum(output, 1e-12)",
    message="An output of exactly 1 still gives log 0 in the second term: clip above, too, at 1 - 1e-12.",
    source="one-sided clipping",
)  # fmt: skip

misconception_by_edit(
    "cross_entropy_cost", "clips_coarsely", old="np.clip(output, 1e-12, 1 - 1e-12)", new="np.clip(output, 1e-7, 1 - 1e-7)",
    message="You clip at 1e-7. The docstring says 1e-12.",
    source="the epsilon of Keras in place of the one asked for",
)  # fmt: skip


@misconception(
    "cross_entropy_cost", "There is no clipping: an output of exactly 0 or 1 gives log 0, and the cost is inf or nan.",
    source="measured facts: NaN costs in the digits lesson with large scores",
)  # fmt: skip
def does_not_clip(output, Y):
    with np.errstate(all="ignore"):
        return (-Y * np.log(output) - (1 - Y) * np.log(1 - output)).sum() / Y.shape[1]


misconception_by_edit(
    "cross_entropy_cost", "mixes_up_output_and_target", old=ENTRIES,
    new="-safe * np.log(np.clip(Y, 1e-12, 1)) - (1 - safe) * np.log(np.clip(1 - Y, 1e-12, 1))",
    message="Output and target have changed places: the logarithm is taken of the output, the target is its weight.",
    source="the two arguments swapped",
)  # fmt: skip


# --- output_delta ---------------------------------------------------------------------------------------------------


def loss(z, Y, pair):
    """The loss of each pair, summed over the examples, from its definition."""
    if pair == "sigmoid_cross_entropy":
        return np.sum(np.logaddexp(0, z) - Y * z)
    if pair == "softmax_cross_entropy":
        return np.sum(np.logaddexp.reduce(z, axis=0) - (Y * z).sum(axis=0))
    return 0.5 * np.sum(((1 + np.tanh(z / 2)) / 2 - Y if pair == "sigmoid_squared" else z - Y) ** 2)


@exercise("output_delta", weight=0)
def test_delta_has_the_shape_of_the_scores(learner, rng):
    """`output_delta` must return one slope for each score, whatever the pair."""
    for pair in PAIRS:
        expect_array(
            learner.output_delta(rng.normal(size=(4, 3)), one_hot(rng, 4, 3), pair), (4, 3), "`delta`"
        )


def delta_check(pair, weight, words):
    def test(learner, reference, rng):
        z, Y = 2 * rng.normal(size=(5, 4)), one_hot(rng, 5, 4)
        result = learner.output_delta(z, Y, pair)
        expect_close(result, reference.output_delta(z, Y, pair))
        expect_close(result, numerical_gradient(lambda v: loss(v, Y, pair), z), rtol=1e-5, atol=1e-7)

    test.__doc__ = words
    return exercise("output_delta", weight=weight)(test)


test_sigmoid_cross_entropy = delta_check(
    PAIRS[0],
    2,
    'The delta of "sigmoid_cross_entropy" must be the slope of its loss: the slope of the sigmoid cancels.',
)
test_sigmoid_squared = delta_check(
    PAIRS[1],
    2,
    'The delta of "sigmoid_squared" must be the slope of half the squared error: the slope of the sigmoid stays.',
)
test_linear_squared = delta_check(
    PAIRS[2],
    2,
    'The delta of "linear_squared" must be the slope of half the squared error of the scores themselves.',
)
test_softmax_cross_entropy = delta_check(
    PAIRS[3],
    2,
    'The delta of "softmax_cross_entropy" must be the slope of its loss; probabilities sum to 1 down each column.',
)


@exercise("output_delta", weight=1)
def test_deltas_of_one_example_and_of_many_answers(learner, reference, rng):
    """One example, one output, columns with several ones or none: the same rule holds, and nothing is divided by m."""
    cases = [(rng.normal(size=(4, 1)), one_hot(rng, 4, 1), pair) for pair in PAIRS]
    cases += [(rng.normal(size=(3, 6)), answers(rng, 3, 6), pair) for pair in PAIRS[:3]]
    cases += [(rng.normal(size=(1, 5)), answers(rng, 1, 5), pair) for pair in PAIRS[:3]]
    agree(learner, reference, "output_delta", cases)


@exercise("output_delta", weight=1)
def test_deltas_of_large_scores(learner, reference, rng):
    """Large scores must not overflow: several hundred for the sigmoid, any size for linear and softmax outputs."""
    signs = rng.permutation(np.resize([-1.0, 1.0], 12)).reshape(4, 3)
    Y = one_hot(rng, 4, 3)
    cases = [(signs * rng.uniform(300, 600, size=(4, 3)), Y, pair) for pair in PAIRS]
    cases += [(signs * rng.uniform(2000, 9000, size=(4, 3)), Y, pair) for pair in PAIRS[2:]]
    agree(learner, reference, "output_delta", cases)


@exercise("output_delta", weight=1)
def test_unknown_pair_raises(learner, rng):
    """A pair that is none of the four must raise a ValueError."""
    for name in ("sigmoid_hinge", "squared", ""):
        with expect_raises(ValueError):
            learner.output_delta(rng.normal(size=(2, 3)), one_hot(rng, 2, 3), name)


FIRST = "delta = 1 / (1 + np.exp(-z)) - Y"
SECOND = "(output - Y) * output * (1 - output)"

misconception_by_edit(
    "output_delta", "multiplies_by_the_slope_with_cross_entropy", old=FIRST,
    new="delta = (1 / (1 + np.exp(-z)) - Y) / (1 + np.exp(-z)) / (1 + np.exp(z))",
    message="With the cross-entropy the slope of the sigmoid cancels. You multiplied by it once more.",
    source="measured facts: delta with o(1 - o) and cross-entropy; document 002's second advice",
)  # fmt: skip

misconception_by_edit(
    "output_delta", "forgets_the_slope_with_squared_error", old=SECOND, new="output - Y",
    message="With the squared error the slope of the sigmoid does not cancel: multiply by o (1 - o).",
    source="document 002: the very quarrel, the posted delta read with squared error",
)  # fmt: skip

misconception_by_edit(
    "output_delta", "takes_the_slope_of_the_score", old=SECOND, new="(output - Y) * z * (1 - z)",
    message="The slope of the sigmoid is o (1 - o) with the squashed output, not with the score.",
    source="measured facts: slope of h applied to z",
)  # fmt: skip

misconception_by_edit(
    "output_delta", "squares_the_slope", old=SECOND, new="(output - Y) * (output * (1 - output)) ** 2",
    message="The slope of the sigmoid stands there twice in the squared error.",
    source="factor carried along and added again",
)  # fmt: skip

misconception_by_edit(
    "output_delta", "keeps_the_two_of_the_square", old=SECOND, new="2 * (output - Y) * output * (1 - output)",
    message='Your delta of "sigmoid_squared" is twice too long: the loss has a factor one half, and the 2 of the square cancels it.',
    source="squared error with and without the half, mixed up",
)  # fmt: skip

misconception_by_edit(
    "output_delta", "keeps_the_two_of_the_linear_square", old="delta = z - Y", new="delta = 2 * (z - Y)",
    message='Your delta of "linear_squared" is twice too long: the loss has a factor one half, and the 2 of the square cancels it.',
    source="squared error with and without the half, mixed up",
)  # fmt: skip

misconception_by_edit(
    "output_delta", "squashes_the_linear_output", old="delta = z - Y", new="delta = 1 / (1 + np.exp(-z)) - Y",
    message="The linear unit gives its score as it is. You squashed it.",
    source="document 002: output - y read as one formula for every unit",
)  # fmt: skip

misconception_by_edit(
    "output_delta", "normalises_over_the_examples", old="powers.sum(axis=0)", new="powers.sum(axis=1, keepdims=True)",
    message="Your softmax sums along the rows, over the examples. Each column is one example: sum down the columns, axis 0.",
    source="axis mistakes in learners' public repositories",
)  # fmt: skip

misconception_by_edit(
    "output_delta", "normalises_over_everything", old="powers.sum(axis=0)", new="powers.sum()",
    message="Your softmax sums over the whole matrix. Each column is one example: sum down the columns, axis 0.",
    source="axis mistakes in learners' public repositories",
)  # fmt: skip

misconception_by_edit(
    "output_delta", "takes_the_sigmoid_for_the_softmax", old="powers / powers.sum(axis=0) - Y",
    new="1 / (1 + np.exp(-z)) - Y",
    message='For "softmax_cross_entropy" you used the sigmoid. The outputs of a softmax share one sum.',
    source="both read 'output minus target', and the output is another",
)  # fmt: skip

misconception_by_edit(
    "output_delta", "turns_every_sign", old="return delta", new="return -delta",
    message="Every sign is turned: target minus output. A slope is positive where the output is too large.",
    source="y - o with an update that adds, in older textbooks",
)  # fmt: skip

misconception_by_edit(
    "output_delta", "divides_by_the_examples", old="return delta", new="return delta / z.shape[1]",
    message="You divide by m. Here each column is the slope of its own example's loss.",
    source="the mean taken one step too early",
)  # fmt: skip

misconception_by_edit(
    "output_delta", "lets_softmax_overflow", old="np.exp(z - z.max(axis=0))", new="np.exp(z)",
    message="Your softmax overflows for large scores and gives nan: subtract each column's largest score first.",
    source="measured facts: exp overflow with large scores",
)  # fmt: skip


# --- delta_errors ---------------------------------------------------------------------------------------------------


def cubic(v):
    """A loss in which every score has a weight of its own, so that no two slopes are alike."""
    weights = 0.3 + 0.1 * np.arange(np.size(v)).reshape(np.shape(v))
    return float(np.sum(weights * (v**3 + np.cos(v))) + 0.2 * np.sum(v) ** 2)


def cubic_slope(v):
    weights = 0.3 + 0.1 * np.arange(v.size).reshape(v.shape)
    return weights * (3 * v**2 - np.sin(v)) + 0.4 * np.sum(v)


def some_deltas(rng, z, count):
    """Deltas that are off in different places and directions."""
    return [cubic_slope(z) + draw_away_from_zero(rng, 0.5, 2, z.shape) for _ in range(count)]


@exercise("delta_errors", weight=0)
def test_one_error_for_each_delta(learner, rng):
    """`delta_errors` must return an array with one number for each candidate."""
    z = rng.normal(size=(3, 2))
    expect_array(learner.delta_errors(cubic, z, some_deltas(rng, z, 4)), (4,), "`errors`")


@exercise("delta_errors", weight=3)
def test_errors_are_the_largest_gaps(learner, reference, rng):
    """Each error must be the largest absolute difference between a candidate and the measured slope."""
    cases = []
    for shape, count in (((3, 2), 3), ((2, 4), 5)):
        z = rng.normal(size=shape)
        cases.append((cubic, z, some_deltas(rng, z, count)))
    agree(learner, reference, "delta_errors", cases, rtol=1e-5, atol=1e-7)


@exercise("delta_errors", weight=2)
def test_right_and_wrong_deltas_are_told_apart(learner, rng):
    """The right delta must have an error near 0; one wrong entry, or a turned sign, must speak up."""
    z = rng.normal(size=(3, 3))
    right = cubic_slope(z)
    one_off = right.copy()
    one_off[2, 1] -= 0.75
    errors = expect_array(learner.delta_errors(cubic, z, [one_off, right, -right]), (3,))
    expect(errors[1] < 1e-6, "The right one is called wrong.")
    expect_close(errors[[0, 2]], np.array([0.75, 2 * np.abs(right).max()]), rtol=1e-5, atol=1e-6)


@exercise("delta_errors", weight=2)
def test_width_of_the_difference(learner, reference, rng):
    """`h` must be the distance to either side: a wide h gives the wide central difference."""
    z = rng.normal(size=(2, 3))
    deltas = some_deltas(rng, z, 2)
    agree(learner, reference, "delta_errors", [(cubic, z, deltas, h) for h in (0.7, 0.1, 1e-3)])


@exercise("delta_errors", weight=1)
def test_one_score_and_one_delta(learner, reference, rng):
    """A single score and a single candidate must work as well."""
    z = rng.normal(size=(1, 1))
    column = rng.normal(size=(4, 1))
    cases = [(cubic, z, some_deltas(rng, z, 1)), (cubic, column, some_deltas(rng, column, 1))]
    agree(learner, reference, "delta_errors", cases, rtol=1e-5, atol=1e-7)


CENTRAL = "(cost(z + nudge) - cost(z - nudge)) / (2 * h)"
GAPS = "np.abs(delta - slope).max()"

misconception_by_edit(
    "delta_errors", "looks_to_one_side", old=CENTRAL, new="(cost(z + nudge) - cost(z)) / h",
    message="You look to one side only. The central difference goes from z - h to z + h.",
    source="one-sided differences: right to about h instead of h squared",
)  # fmt: skip

misconception_by_edit(
    "delta_errors", "forgets_that_the_width_is_two_h", old="/ (2 * h)", new="/ h",
    message="Your slopes are twice too large: from z - h to z + h is 2 h wide.",
    source="a common slip in gradient checks",
)  # fmt: skip

misconception_by_edit(
    "delta_errors", "divides_and_then_multiplies", old="/ (2 * h)", new="/ 2 * h",
    message="`/ 2 * h` divides by 2 and then multiplies by h. Put 2 * h into brackets.",
    source="operator precedence, the most common slip in gradient checks",
)  # fmt: skip

misconception_by_edit(
    "delta_errors", "reports_the_mean_gap", old=GAPS, new="np.abs(delta - slope).mean()",
    message="You report the mean gap. One wrong entry drowns in it: take the largest.",
    source="lesson 13: a mean buries one wrong weight among thousands",
)  # fmt: skip

misconception_by_edit(
    "delta_errors", "forgets_the_absolute_value", old=GAPS, new="(delta - slope).max()",
    message="Without an absolute value a candidate that is too small everywhere looks fine.",
    source="maximum of signed differences",
)  # fmt: skip

misconception_by_edit(
    "delta_errors", "compares_sizes_only", old=GAPS, new="np.abs(np.abs(delta) - np.abs(slope)).max()",
    message="You compare the sizes and lose the signs: a delta with a turned sign would pass.",
    source="abs of each instead of abs of the difference",
)  # fmt: skip

misconception_by_edit(
    "delta_errors", "reports_relative_gaps", old=GAPS,
    new="(np.abs(delta - slope) / np.maximum(1e-8, np.abs(delta) + np.abs(slope))).max()",
    message="These are relative gaps, as in lesson 13. Here the largest absolute difference is asked for.",
    source="the relative error of gradient checks",
)  # fmt: skip

misconception_by_edit(
    "delta_errors", "reports_the_length_of_the_gap", old=GAPS, new="np.linalg.norm(delta - slope)",
    message="This is the length of the whole difference. The largest single gap is asked for.",
    source="norm of the difference, used in other gradient checks",
)  # fmt: skip


@misconception(
    "delta_errors", "You move all scores at once, so you measure one number for all of them. Move one score at a time.",
    source="z + h written without a nudge for one entry",
)  # fmt: skip
def moves_all_at_once(cost, z, deltas, h=1e-5):
    slope = np.full_like(z, (cost(z + h) - cost(z - h)) / (2 * h))
    return np.array([np.abs(delta - slope).max() for delta in deltas])


@misconception(
    "delta_errors", "Your `h` makes no difference: use the argument, not a constant.",
    source="a constant written where the parameter belongs",
)  # fmt: skip
def ignores_the_width(cost, z, deltas, h=1e-5):
    slope = np.zeros_like(z)
    for index in np.ndindex(z.shape):
        nudge = np.zeros_like(z)
        nudge[index] = 1e-5
        slope[index] = (cost(z + nudge) - cost(z - nudge)) / 2e-5
    return np.array([np.abs(delta - slope).max() for delta in deltas])


# --- loop_backward and backward -------------------------------------------------------------------------------------

SIZES = ((3, 2, 4, 6), (4, 5, 2, 3))  # D, H, K, m


def gradient_checks(name):
    """The checks that both ways of writing the gradient share."""
    found = {}

    def add(weight, words):
        def keep(test):
            test.__doc__ = words
            found[f"test_{name}_{test.__name__}"] = exercise(name, weight=weight)(test)

        return keep

    @add(0, f"`{name}` must return the pair grad_1 (H, D + 1), grad_2 (K, H + 1).")
    def shapes(learner, rng):
        result = getattr(learner, name)(*problem(rng, 3, 2, 4, 6))
        expect_parts(result, 2, "It must return two arrays.")
        expect_array(result[0], (2, 4), "`grad_1`")
        expect_array(result[1], (4, 3), "`grad_2`")

    @add(
        2,
        "grad_2 must be the mean over the examples of output delta times hidden values, all pairs, biases included.",
    )
    def grad_2_values(learner, reference, rng):
        agree(learner, reference, name, [problem(rng, *sizes) for sizes in SIZES], part=1)

    @add(3, "grad_1 must be the mean over the examples of hidden delta times inputs: go back through theta_2 without its "
            "bias column, then through the slope of the hidden sigmoid.")  # fmt: skip
    def grad_1_values(learner, reference, rng):
        agree(learner, reference, name, [problem(rng, *sizes) for sizes in SIZES], part=0)

    @add(2, "Both gradients must be the slopes of the cost when a single weight is nudged.")
    def slopes(learner, reference, rng):
        theta_1, theta_2, X, Y = problem(rng, 2, 3, 2, 4)

        def cost(a, b):
            return reference.cross_entropy_cost(reference.forward(a, b, X)[1], Y)

        grad_1, grad_2 = getattr(learner, name)(theta_1, theta_2, X, Y)
        expect_close(grad_1, numerical_gradient(lambda v: cost(v, theta_2), theta_1), rtol=1e-5, atol=1e-8)
        expect_close(grad_2, numerical_gradient(lambda v: cost(theta_1, v), theta_2), rtol=1e-5, atol=1e-8)

    @add(
        1, "The same examples twice over, or in another order, must give the same gradients: they are means."
    )
    def means(learner, reference, rng):
        theta_1, theta_2, X, Y = problem(rng, 3, 4, 2, 5)
        order = rng.permutation(5)
        cases = [
            (theta_1, theta_2, np.tile(X, (1, 2)), np.tile(Y, (1, 2))),
            (theta_1, theta_2, X[:, order], Y[:, order]),
        ]
        expected = reference.backward(theta_1, theta_2, X, Y)
        for result in learner.map(name, cases):
            expect_close(result, expected)

    @add(1, "One example or many, one hidden unit, one output, no pixel but the bias: the same rule holds.")
    def small_ones(learner, reference, rng):
        sizes = ((3, 2, 4, 1), (2, 1, 3, 4), (3, 4, 1, 5), (0, 2, 2, 3), (1, 1, 1, 1), (2, 3, 2, 120))
        agree(learner, reference, name, [problem(rng, *four) for four in sizes])

    return found


globals().update(gradient_checks("loop_backward"))
globals().update(gradient_checks("backward"))


@exercise("backward", weight=1)
def test_backward_accepts_any_targets(learner, reference, rng):
    """Targets need not be 0 or 1: the delta is output minus target, whatever the target."""
    theta_1, theta_2, X, _ = problem(rng, 3, 2, 4, 6)
    agree(learner, reference, "backward", [(theta_1, theta_2, X, rng.normal(size=(4, 6)))])


LOOP_DELTA = "delta_3 = output - y  # (K, 1)"
LOOP_BACK = "delta_2 = theta_2.T @ delta_3 * hidden * (1 - hidden)  # (H + 1, 1)"
LOOP_CUT = "delta_2 = delta_2[1:]  # the 1 on top is no unit"
ONE_GO_DELTA = "delta_3 = (output - Y) / X.shape[1]  # the mean over the examples is in here"
ONE_GO_BACK = "delta_2 = theta_2[:, 1:].T @ delta_3 * units * (1 - units)"

GRADIENT_MISTAKES = [
    ("linear_output", "Your network has no sigmoid at its output: `output - target` is taken from the scores themselves.",
     "document 002: the accepted advice, output_layer = theta_2 * hidden_layer",
     (LOOP_DELTA, "delta_3 = theta_2 @ hidden - y"), (ONE_GO_DELTA, "delta_3 = (theta_2 @ hidden - Y) / X.shape[1]")),
    ("slope_of_the_output_sigmoid", "You multiplied the output's delta by o (1 - o). With the cross-entropy this factor has cancelled; it belongs to the squared error.",
     "document 002's second advice; measured facts: delta with o(1 - o) and cross-entropy",
     (LOOP_DELTA, "delta_3 = (output - y) * output * (1 - output)"), (ONE_GO_DELTA, "delta_3 = (output - Y) * output * (1 - output) / X.shape[1]")),
    ("turned_sign", "Both gradients have their sign turned: the delta is output minus target.",
     "target minus output, with an update that adds",
     (LOOP_DELTA, "delta_3 = y - output"), (ONE_GO_DELTA, "delta_3 = (Y - output) / X.shape[1]")),
    ("no_mean", "Your gradients are m times too long: the cost is a mean over the examples.",
     "measured facts: 1/m forgotten, a rate 5,000 times too large",
     ("return grad_1, grad_2", "return m * grad_1, m * grad_2"), (ONE_GO_DELTA, "delta_3 = output - Y")),
    ("mean_over_outputs_too", "Your gradients are K times too short: the cost adds up over the outputs; only examples are averaged.",
     "division by the size of the whole matrix",
     (LOOP_DELTA, "delta_3 = (output - y) / len(y)"), (ONE_GO_DELTA, "delta_3 = (output - Y) / Y.size")),
    ("cuts_the_last_row", "You cut off the last row of the hidden delta. The 1 stands on top: it is row 0 that must go, or every unit receives its neighbour's share.",
     "bias first or last, mixed up; all shapes fit, and the network still learns",
     (LOOP_CUT, "delta_2 = delta_2[:-1]"), (ONE_GO_BACK, "delta_2 = (theta_2.T @ delta_3 * hidden * (1 - hidden))[:-1]")),
    ("last_column_of_theta_2", "You go back through theta_2 without its last column. The biases stand in column 0.",
     "bias first or last, mixed up",
     (LOOP_BACK, "delta_2 = np.vstack([np.zeros((1, 1)), theta_2[:, :-1].T @ delta_3]) * hidden * (1 - hidden)"),
     (ONE_GO_BACK, "delta_2 = theta_2[:, :-1].T @ delta_3 * units * (1 - units)")),
    ("keeps_the_row_of_the_one", "grad_1 has a row too many: the 1 on top of the hidden units is no unit, nothing goes back through it.",
     "measured facts: the bias row of delta 2 not dropped, shape (26, 401)",
     (LOOP_CUT, "grad_1 = grad_1 if len(grad_1) > len(theta_1) else np.zeros((len(hidden), len(x)))"),
     (ONE_GO_BACK, "delta_2 = theta_2.T @ delta_3 * hidden * (1 - hidden)")),
    ("forgets_the_hidden_slope", "The slope of the hidden sigmoid, h (1 - h), is missing on the way back.",
     "one link of the chain left out",
     (LOOP_BACK, "delta_2 = theta_2.T @ delta_3"), (ONE_GO_BACK, "delta_2 = theta_2[:, 1:].T @ delta_3")),
    ("slope_at_the_sums", "The slope of the hidden sigmoid is h (1 - h) with the squashed values, not with the sums that went in.",
     "measured facts: slope of h applied to z",
     (LOOP_BACK, "delta_2 = theta_2.T @ delta_3 * np.vstack([[[0.0]], theta_1 @ x * (1 - theta_1 @ x)])"),
     (ONE_GO_BACK, "delta_2 = theta_2[:, 1:].T @ delta_3 * (theta_1 @ X) * (1 - theta_1 @ X)")),
    ("slope_of_the_squashed", "You squash the hidden values a second time for their slope. They are squashed already: h (1 - h).",
     "a helper sigmoid_prime(z) fed with h, in learners' programs",
     (LOOP_BACK, "again = 1 / (1 + np.exp(-hidden))\n        delta_2 = theta_2.T @ delta_3 * again * (1 - again)"),
     (ONE_GO_BACK, "again = 1 / (1 + np.exp(-units))\n    delta_2 = theta_2[:, 1:].T @ delta_3 * again * (1 - again)")),
    ("slope_of_tanh", "1 - h² is the slope of tanh. The hidden units are sigmoids.",
     "the other usual hidden unit",
     (LOOP_BACK, "delta_2 = theta_2.T @ delta_3 * (1 - hidden**2)"), (ONE_GO_BACK, "delta_2 = theta_2[:, 1:].T @ delta_3 * (1 - units**2)")),
    ("biases_stay", "The biases receive no gradient: column 0 of both gradients belongs to the ones.",
     "biases left out of the update",
     ("return grad_1, grad_2", "grad_1[:, 0], grad_2[:, 0] = 0, 0\n    return grad_1, grad_2"),
     ("return grad_1, grad_2", "grad_1[:, 0], grad_2[:, 0] = 0, 0\n    return grad_1, grad_2")),
]  # fmt: skip
for idea, words, origin, in_loop, in_one_go in GRADIENT_MISTAKES:
    for name, (old, new) in (("loop_backward", in_loop), ("backward", in_one_go)):
        misconception_by_edit(name, idea, old=old, new=new, message=words, source=origin)

misconception_by_edit(
    "loop_backward", "keeps_the_last_example_only",
    old="grad_1 += delta_2 @ x.T / m\n        grad_2 += delta_3 @ hidden.T / m",
    new="grad_1 = delta_2 @ x.T / m\n        grad_2 = delta_3 @ hidden.T / m",
    message="Each example overwrites the one before: add up with +=.",
    source="assignment in place of accumulation",
)  # fmt: skip

misconception_by_edit(
    "loop_backward", "divides_the_first_gradient_only", old="grad_2 += delta_3 @ hidden.T / m",
    new="grad_2 += delta_3 @ hidden.T",
    message="grad_2 is m times too long; grad_1 is divided by m, grad_2 is not.",
    source="one of two lines forgotten",
)  # fmt: skip

misconception_by_edit(
    "loop_backward", "skips_the_first_example", old="for t in range(m):", new="for t in range(1, m):",
    message="Example 0 is left out: Octave counts from 1, Python from 0.",
    source="a loop from 1 to m, translated from Octave",
)  # fmt: skip

misconception_by_edit(
    "backward", "divides_twice", old="grad_1 = delta_2 @ X.T\n    grad_2 = delta_3 @ hidden.T",
    new="grad_1 = delta_2 @ X.T / X.shape[1]\n    grad_2 = delta_3 @ hidden.T / X.shape[1]",
    message="Your gradients are m times too short: divided by m twice.",
    source="the mean taken in the delta and again in the product",
)  # fmt: skip

misconception_by_edit(
    "backward", "divides_the_second_gradient_only", old="grad_1 = delta_2 @ X.T",
    new="grad_1 = delta_2 @ X.T * X.shape[1]",
    message="grad_1 is m times too long; grad_2 is divided by m, grad_1 is not.",
    source="one of two lines forgotten",
)  # fmt: skip

misconception_by_edit(
    "backward", "divides_by_the_pixels", old="/ X.shape[1]", new="/ len(X)",
    message="You divide by len(X), the number of rows. Examples stand in columns: m is X.shape[1].",
    source="len() of a matrix with examples in columns",
)  # fmt: skip


# --- train ----------------------------------------------------------------------------------------------------------


@exercise("train", weight=0)
def test_train_returns_weights_and_costs(learner, rng):
    """`train` must return theta_1, theta_2 and costs, the weights in their own shapes, one cost for each step."""
    result = learner.train(*problem(rng, 3, 2, 4, 6), 0.3, 3)
    expect_parts(result, 3, "It must return three things.")
    expect_array(result[0], (2, 4), "`theta_1`")
    expect_array(result[1], (4, 3), "`theta_2`")
    expect_costs(result[2], 3)


@exercise("train", weight=3)
def test_weights_after_training(learner, reference, rng):
    """After several steps both weight matrices must be where gradient descent from the given start ends."""
    for sizes, rate, steps in (((3, 2, 4, 6), 0.3, 4), ((2, 5, 3, 4), 1.5, 3)):
        case = (*problem(rng, *sizes), rate, steps)
        expect_close(list(learner.train(*case)[:2]), list(reference.train(*case)[:2]))


@exercise("train", weight=2)
def test_costs_are_taken_before_each_update(learner, reference, rng):
    """`costs` must hold the cost before each update: the first one belongs to the weights you were given."""
    case = (*problem(rng, 3, 4, 2, 5), 0.8, 5)
    expect_close(expect_costs(learner.train(*case)[2], 5), np.array(reference.train(*case)[2]))


@exercise("train", weight=2)
def test_one_step(learner, reference, rng):
    """One step must move each matrix by learning_rate times its gradient, both taken at the old weights."""
    theta_1, theta_2, X, Y = problem(rng, 3, 4, 2, 5)
    new_1, new_2, _ = learner.train(theta_1, theta_2, X, Y, 2.0, 1)
    grad_1, grad_2 = reference.backward(theta_1, theta_2, X, Y)
    expect_close(theta_1 - expect_array(new_1, theta_1.shape), 2 * grad_1)
    expect_close(theta_2 - expect_array(new_2, theta_2.shape), 2 * grad_2)


@exercise("train", weight=1)
def test_training_in_two_parts(learner, reference, rng):
    """Two steps and three more must end where five steps end."""
    theta_1, theta_2, X, Y = problem(rng, 2, 3, 2, 6)
    half_1, half_2, first = learner.train(theta_1, theta_2, X, Y, 0.5, 2)
    parts, whole = learner.map(
        "train", [(np.asarray(half_1), np.asarray(half_2), X, Y, 0.5, 3), (theta_1, theta_2, X, Y, 0.5, 5)]
    )
    expect_close(list(parts[:2]), list(whole[:2]))
    expect_close(
        np.concatenate([expect_costs(first, 2), expect_costs(parts[2], 3)]), expect_costs(whole[2], 5)
    )
    expect_close(list(whole[:2]), list(reference.train(theta_1, theta_2, X, Y, 0.5, 5)[:2]))


@exercise("train", weight=1)
def test_rates_and_steps_at_their_edges(learner, reference, rng):
    """No step, a rate of zero, one example, a cost that rises, a run until the cost hardly moves: the same rule holds."""
    four = problem(rng, 3, 2, 2, 4)
    cases = [(*four, 0.5, 0), (*four, 0.0, 2), (*problem(rng, 2, 2, 3, 1), 1.0, 2), (*four, 0.1, 25)]
    cases += [(*four, 12.0, 5), (*problem(rng, 2, 2, 3, 1), 4.0, 130)]
    for result, case in zip(learner.map("train", cases), cases, strict=True):
        expect_parts(result, 3, "It must return three things.")
        expected = reference.train(*case)
        expect_close(list(result[:2]), list(expected[:2]))
        expect_close(expect_costs(result[2], case[-1]), np.array(expected[2]))


STEP_1, STEP_2 = "theta_1 = theta_1 - learning_rate * grad_1", "theta_2 = theta_2 - learning_rate * grad_2"

misconception_by_edit(
    "train", "climbs", old=f"{STEP_1}\n        {STEP_2}",
    new="theta_1 = theta_1 + learning_rate * grad_1\n        theta_2 = theta_2 + learning_rate * grad_2",
    message="You add the gradient, so the cost rises. Descent subtracts it.",
    source="ascent, the commonest sign mistake of all",
)  # fmt: skip


@misconception(
    "train", "You take one gradient and repeat it: in each step it must be computed anew, at the new weights.",
    source="backward called once, before the loop",
)  # fmt: skip
def repeats_the_first_gradient(theta_1, theta_2, X, Y, learning_rate, steps):
    grad_1, grad_2 = backward(theta_1, theta_2, X, Y)  # noqa: F821
    costs = []
    for _ in range(steps):
        costs.append(cross_entropy_cost(forward(theta_1, theta_2, X)[1], Y))  # noqa: F821
        theta_1, theta_2 = theta_1 - learning_rate * grad_1, theta_2 - learning_rate * grad_2
    return theta_1, theta_2, costs


@misconception(
    "train", "The second matrix moves first, and the gradient of the first is taken afterwards. Take both gradients at the old weights, then move.",
    source="updates inside back-propagation, layer by layer",
)  # fmt: skip
def moves_the_second_layer_first(theta_1, theta_2, X, Y, learning_rate, steps):
    costs = []
    for _ in range(steps):
        costs.append(cross_entropy_cost(forward(theta_1, theta_2, X)[1], Y))  # noqa: F821
        theta_2 = theta_2 - learning_rate * backward(theta_1, theta_2, X, Y)[1]  # noqa: F821
        theta_1 = theta_1 - learning_rate * backward(theta_1, theta_2, X, Y)[0]  # noqa: F821
    return theta_1, theta_2, costs


@misconception(
    "train", "The first matrix moves first, and the gradient of the second is taken afterwards. Take both gradients at the old weights, then move.",
    source="two updates with a gradient call for each",
)  # fmt: skip
def moves_the_first_layer_first(theta_1, theta_2, X, Y, learning_rate, steps):
    costs = []
    for _ in range(steps):
        costs.append(cross_entropy_cost(forward(theta_1, theta_2, X)[1], Y))  # noqa: F821
        theta_1 = theta_1 - learning_rate * backward(theta_1, theta_2, X, Y)[0]  # noqa: F821
        theta_2 = theta_2 - learning_rate * backward(theta_1, theta_2, X, Y)[1]  # noqa: F821
    return theta_1, theta_2, costs


@misconception(
    "train", "Your program makes one step, whatever `steps` says.",
    source="document 002: for iter in range(0,1)",
)  # fmt: skip
def makes_one_step(theta_1, theta_2, X, Y, learning_rate, steps):
    costs = [cross_entropy_cost(forward(theta_1, theta_2, X)[1], Y)]  # noqa: F821
    grad_1, grad_2 = backward(theta_1, theta_2, X, Y)  # noqa: F821
    return theta_1 - learning_rate * grad_1, theta_2 - learning_rate * grad_2, costs


@misconception(
    "train", "Your costs are taken after each update. The first one belongs to the weights you were given.",
    source="cost appended at the end of the loop",
)  # fmt: skip
def takes_the_cost_afterwards(theta_1, theta_2, X, Y, learning_rate, steps):
    costs = []
    for _ in range(steps):
        grad_1, grad_2 = backward(theta_1, theta_2, X, Y)  # noqa: F821
        theta_1, theta_2 = theta_1 - learning_rate * grad_1, theta_2 - learning_rate * grad_2
        costs.append(cross_entropy_cost(forward(theta_1, theta_2, X)[1], Y))  # noqa: F821
    return theta_1, theta_2, costs


misconception_by_edit(
    "train", "divides_by_the_examples_again", old=f"{STEP_1}\n        {STEP_2}",
    new="theta_1 = theta_1 - learning_rate / X.shape[1] * grad_1\n        theta_2 = theta_2 - learning_rate / X.shape[1] * grad_2",
    message="Your steps are m times too short: `backward` has divided by m already.",
    source="1/m once in the gradient and once in the update",
)  # fmt: skip

misconception_by_edit(
    "train", "forgets_the_rate", old=f"{STEP_1}\n        {STEP_2}",
    new="theta_1 = theta_1 - grad_1\n        theta_2 = theta_2 - grad_2",
    message="`learning_rate` makes no difference in your program.",
    source="a constant rate left in the code",
)  # fmt: skip

misconception_by_edit(
    "train", "keeps_the_rate_of_the_question", old=f"{STEP_1}\n        {STEP_2}",
    new="theta_1 = theta_1 - 0.01 * grad_1\n        theta_2 = theta_2 - 0.01 * grad_2",
    message="You step with 0.01, the rate of the posted program. Use the argument `learning_rate`.",
    source="document 002: alpha = .01",
)  # fmt: skip

misconception_by_edit(
    "train", "moves_the_second_matrix_only", old=STEP_1, new="theta_1 = theta_1",
    message="Only theta_2 moves. Both matrices learn.",
    source="one of two updates forgotten; the network still learns something",
)  # fmt: skip

misconception_by_edit(
    "train", "moves_the_first_matrix_only", old=STEP_2, new="theta_2 = theta_2",
    message="Only theta_1 moves. Both matrices learn.",
    source="one of two updates forgotten; the network still learns something",
)  # fmt: skip

misconception_by_edit(
    "train", "starts_from_zeros", old="costs = []", new="costs = []\n    theta_1, theta_2 = np.zeros_like(theta_1), np.zeros_like(theta_2)",
    message="You start from zeros. Start from the weights you are given; from zeros all hidden units stay alike.",
    source="measured: from zeros the share read right stays near 0.11 after 60 steps",
)  # fmt: skip


# --- predict_the_runs -----------------------------------------------------------------------------------------------


@exercise("predict_the_runs", weight=0)
def test_predict_the_runs_returns_four_letters(learner):
    """`predict_the_runs` must return four letters, each one of "A", "B", "C"."""
    expect_words(
        learner.predict_the_runs(),
        4,
        ("A", "B", "C"),
        "It must return four letters.",
        "A choice is not one of the letters.",
    )


declare_answer_checks(
    globals(),
    "predict_the_runs",
    test_prediction_1="Prediction 1 does not come true: the gradient is right, so what does it lack? Run it with the larger rate.",
    test_prediction_2="Prediction 2 does not come true: does another delta make the steps longer?",
    test_prediction_3="Prediction 3 does not come true: the slope of a linear output has no bound. What do first steps of that size do to the hidden units?",
    test_prediction_4="Prediction 4 does not come true: work out the score of a hidden unit with 400 positive weights, and its h (1 - h).",
)


CHOICES = '("C", "A", "B", "C")'
PREDICTIONS = [
    (("A", "A", "B", "C"), "distrusts_the_gradient", "document 002: the diagnosis of question and answer",
     "You expect the posted gradient to fail even with a larger rate. Your own check has shown that it is right."),
    (("B", "A", "B", "C"), "half_trusts_the_gradient", "a middle guess",
     "The posted gradient gets further than half in 60 steps: nothing is wrong with it but its rate."),
    (("C", "C", "B", "C"), "trusts_the_advice", "document 002: the accepted answer",
     "The advice does not help at rate 0.01: another delta makes the steps no longer."),
    (("C", "B", "B", "C"), "half_trusts_the_advice", "a middle guess",
     "The advice brings nothing like a half at rate 0.01: 60 steps of that size move hardly a weight."),
    (("C", "A", "A", "C"), "expects_the_linear_output_to_be_faster", "a larger slope taken for a faster way",
     "At rate 1 the linear output is no faster: its slopes are large, and the first steps overshoot."),
    (("C", "A", "C", "C"), "expects_all_deltas_to_be_alike", "document 002: 'or recompute', as if it made no difference",
     "At rate 1 the two deltas behave quite differently: the slope of the linear output has no bound."),
    (("C", "A", "B", "A"), "expects_the_start_not_to_matter", "np.random.rand in learners' programs",
     "With positive weights every hidden unit is saturated before the first step, and h (1 - h) lets nothing through."),
    (("C", "A", "B", "B"), "expects_a_little_delay", "np.random.rand in learners' programs",
     "With positive weights it is not a delay: every hidden unit says 1 to every image, and hardly any slope is left."),
    (("C", "C", "A", "C"), "trusts_the_advice_twice", "document 002: the accepted answer",
     "You expect the linear output to win at both rates. It wins at neither: look at the last two curves of its colour."),
    (("A", "C", "A", "C"), "follows_the_accepted_answer", "document 002: diagnosis and advice together",
     "This is the accepted answer, diagnosis and advice. Your table says that the posted delta is the right one for its loss."),
    (("C", "B", "A", "B"), "guesses_the_middle", "a guess",
     "Question 1 is right; for the others look once more at the size of a step, at the green slope, and at a sum of 400 positive numbers."),
]  # fmt: skip
for letters, idea, origin, words in PREDICTIONS:
    misconception_by_edit(
        "predict_the_runs",
        idea,
        old=CHOICES,
        new=repr(letters).replace("'", '"'),
        message=words,
        source=origin,
    )


# --- diagnose -------------------------------------------------------------------------------------------------------

VERDICTS = ("right", "scale", "loss", "rows", "slope", "bias")


@exercise("diagnose", weight=0)
def test_diagnose_returns_five_verdicts(learner):
    """`diagnose` must return five verdicts, each one of "right", "scale", "loss", "rows", "slope", "bias"."""
    expect_words(
        learner.diagnose(),
        5,
        VERDICTS,
        "It must return five strings.",
        "A verdict is not one of the six words.",
    )


declare_answer_checks(
    globals(),
    "diagnose",
    test_diagnose_a="The verdict on colleague A is not right: both gradients differ from yours, without a common factor. Look at the output.",
    test_diagnose_b="The verdict on colleague B is not right: only one of the two gradients differs. What happens on the way back?",
    test_diagnose_c="The verdict on colleague C is not right: trust the quotients, not the look of the code.",
    test_diagnose_d="The verdict on colleague D is not right: are the quotients all the same number?",
    test_diagnose_e="The verdict on colleague E is not right: only one of the two gradients differs. At which number is the slope taken?",
)


RIGHT = '("loss", "rows", "right", "scale", "slope")'
DIAGNOSES = [
    (("right", "right", "right", "right", "right"), "believes_what_runs", "'it runs, so it is right'",
     "All five run, and all shapes fit, and still only one is the gradient of the cost. Divide each by yours."),
    (("loss", "right", "right", "scale", "slope"), "trusts_the_curve_that_climbs", "measured: B reaches 0.52 in 40 steps",
     "B climbs, and is still wrong: compare its grad_1 with yours. theta_2 alone learns a good deal."),
    (("loss", "right", "loss", "scale", "slope"), "takes_the_unusual_form_for_wrong", "an unfamiliar way to write h (1 - h)",
     "You have B and C the wrong way round: C writes h - h² for h (1 - h), and B gives each unit its neighbour's share."),
    (("loss", "rows", "slope", "scale", "slope"), "misreads_the_product", "an unfamiliar way to write h (1 - h)",
     "C is right: h - h² is h (1 - h), multiplied out."),
    (("right", "rows", "right", "scale", "slope"), "accepts_the_other_loss", "document 002: 'recompute the gradients for squashed output'",
     "A is the gradient of the squared error. For the cost of this lesson it has a factor too many."),
    (("scale", "rows", "right", "scale", "slope"), "takes_the_other_loss_for_a_scale", "A and D both crawl",
     "A crawls, as D does, but its quotients are not one number: the factor depends on the output."),
    (("slope", "rows", "right", "scale", "slope"), "blames_the_hidden_layer_of_a", "a slope too many, in the wrong layer",
     "A has a slope too many, but at the output, and it is a right one: that of another loss."),
    (("loss", "rows", "right", "right", "slope"), "forgives_a_scale", "a wrong length called a matter of the learning rate",
     "D points the right way and is K times too short: it averages over the outputs, and the cost adds them up."),
    (("loss", "rows", "right", "loss", "slope"), "takes_the_scale_for_a_loss", "A and D both crawl",
     "D differs from yours by one factor everywhere. Among the six words that is a scale."),
    (("loss", "bias", "right", "scale", "slope"), "blames_the_biases_of_b", "[:-1] read as 'leaves the bias out'",
     "B does treat its biases; but by cutting off the last row in place of row 0 it shifts every unit's share to a neighbour."),
    (("loss", "slope", "right", "scale", "rows"), "mixes_up_b_and_e", "both have a right grad_2 and a wrong grad_1",
     "You have B and E the wrong way round: one cuts a wrong row, the other takes a slope at a wrong number."),
    (("loss", "rows", "right", "scale", "right"), "blames_the_rate_for_e", "a run that collapses, blamed on the rate",
     "E does not fail because of the rate: its slope of the sigmoid is taken at the sums that go in, not at the squashed values."),
]  # fmt: skip
for verdicts, idea, origin, words in DIAGNOSES:
    misconception_by_edit(
        "diagnose", idea, old=RIGHT, new=repr(verdicts).replace("'", '"'), message=words, source=origin
    )
