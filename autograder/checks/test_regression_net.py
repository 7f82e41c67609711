"""Hidden checks of 16_regression_net."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
    declare_gradient_check,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    expect_words,
    misconception,
    misconception_by_edit,
    misconceptions_by_edit,
    numerical_gradient,
)

FREE = {"find_the_bug": lambda: True}  # the lines in any order
NEEDS = {
    "cost": ["forward"],
    "gradients": ["forward", "sigmoid_slope"],
    "predict": ["forward"],
}
OPAQUE = {"forward": [1]}


def network(rng, N, D, H, K):
    """Inputs, targets and weights in general position; no bias is 0."""
    signs = rng.choice([-1.0, 1.0], size=(H, D + 1)), rng.choice([-1.0, 1.0], size=(K, H + 1))
    T1, T2 = (sign * rng.uniform(0.2, 1.3, size=sign.shape) for sign in signs)
    return rng.normal(size=(N, D)), rng.normal(size=(N, K)), T1, T2


def inputs_and_weights(rng, *sizes):
    X, _, T1, T2 = network(rng, *sizes)
    return X, T1, T2


SIZES = ((7, 3, 5, 2), (4, 2, 3, 5), (6, 5, 2, 1))
EDGES = ((1, 3, 2, 2), (5, 1, 3, 1), (4, 3, 1, 2), (1, 1, 1, 1), (4, 4, 4, 4), (3, 2, 3, 3))


# --- standardise ----------------------------------------------------------------------------------------------------


def columns(rng, N, D):
    """Columns with means and spreads of their own, none of them constant."""
    return rng.uniform(-50, 50, size=D) + rng.uniform(0.5, 20, size=D) * rng.normal(size=(N, D))


@exercise("standardise", weight=0)
def test_standardise_returns_three_arrays(learner, rng):
    """`standardise` must return Xs (N, D), mean (D,) and scale (D,), in this order."""
    result = learner.standardise(columns(rng, 7, 3))
    expect_parts(result, 3, "It must return three arrays.")
    for value, shape, name in zip(result, [(7, 3), (3,), (3,)], ["`Xs`", "`mean`", "`scale`"], strict=True):
        expect_array(value, shape, name)


@exercise("standardise", weight=2)
def test_standardise_mean_and_scale(learner, reference, rng):
    """mean and scale are those of each column over the examples; the standard deviation is the population's, divided by N."""
    cases = [(columns(rng, *shape),) for shape in ((7, 3), (3, 5), (40, 1), (2, 2))]
    agree(learner, reference, "standardise", cases, part=1)
    agree(learner, reference, "standardise", cases, part=2)


@exercise("standardise", weight=2)
def test_standardise_values(learner, reference, rng):
    """Xs is X minus the mean, divided by the scale, so that each of its columns has mean 0 and standard deviation 1."""
    X = columns(rng, 9, 4)
    Xs = expect_array(learner.standardise(X)[0], (9, 4), "`Xs`")
    expect_close(Xs.mean(axis=0), np.zeros(4))
    expect_close(Xs.std(axis=0), np.ones(4))
    agree(learner, reference, "standardise", [(X,), (columns(rng, 3, 5),)], part=0)


@exercise("standardise", weight=2)
def test_standardise_constant_columns(learner, rng):
    """A column of equal entries has scale 1 and becomes 0, and its neighbours are standardised as ever."""
    X = columns(rng, 6, 4)
    X[:, 1], X[:, 3] = 0.0, -8.0
    Xs, mean, scale = learner.standardise(X)
    expect_close(expect_array(scale, (4,), "`scale`"), np.array([X[:, 0].std(), 1, X[:, 2].std(), 1]))
    expect_close(expect_array(mean, (4,), "`mean`"), X.mean(axis=0))
    expect_close(expect_array(Xs, (6, 4), "`Xs`"), (X - X.mean(axis=0)) / scale)


@exercise("standardise", weight=1)
def test_standardise_constant_columns_that_round(learner, rng):
    """Equal entries such as 0.1 have a computed deviation near 1e-17: the scale must be 1 all the same. Compare the largest and the smallest entry."""
    X = columns(rng, 6, 3)
    X[:, 1] = next(v for v in rng.uniform(0.1, 0.9, size=10_000) if np.full((6, 1), v).std(axis=0)[0] > 0)
    Xs, _, scale = learner.standardise(X)
    expect_close(expect_array(scale, (3,), "`scale`"), np.array([X[:, 0].std(), 1, X[:, 2].std()]))
    expect_close(expect_array(Xs, (6, 3), "`Xs`")[:, 1], np.zeros(6))


@exercise("standardise", weight=1)
def test_standardise_small_spreads_and_single_examples(learner, reference, rng):
    """A column that hardly varies is not constant: it gets its own small scale. A single example becomes a row of zeros with scale 1."""
    hardly = 3.0 + 1e-7 * rng.normal(size=(8, 2))
    agree(learner, reference, "standardise", [(hardly,)], part=2, rtol=1e-4, atol=0)
    mixed = columns(rng, 5, 2)
    for result, X in zip(
        learner.map("standardise", [(mixed[:1],), (mixed,)]), (mixed[:1], mixed), strict=True
    ):
        expect_close(result, reference.standardise(X))


misconception_by_edit(
    "standardise",
    "divides_by_N_minus_1",
    old="X.std(axis=0)",
    new="X.std(axis=0, ddof=1) if len(X) > 1 else np.zeros(X.shape[1])",
    message="Your standard deviation divides by N - 1. Here it is the population's: divide by N.",
    source="Octave's std and the course's featureNormalize divide by N - 1",
)

misconception_by_edit(
    "standardise",
    "divides_by_the_variance",
    old="X.std(axis=0)",
    new="X.var(axis=0)",
    message="You divide by the variance. Its square root, the standard deviation, has the unit of the column.",
    source="var and std mixed up",
)

misconception_by_edit(
    "standardise",
    "divides_by_the_range",
    old="X.std(axis=0)",
    new="np.ptp(X, axis=0)",
    message="You divide by the range, maximum minus minimum. The standard deviation is asked for.",
    source="the course's lectures offer the range as an alternative scale",
)

misconception_by_edit(
    "standardise",
    "takes_one_mean_for_all_columns",
    old="X.mean(axis=0)",
    new="np.full(X.shape[1], X.mean())",
    message="You use one mean for all columns. Each column has a mean of its own: reduce over axis 0 only.",
    source="axis mistakes in learners' public repositories",
)

misconception_by_edit(
    "standardise",
    "takes_one_scale_for_all_columns",
    old="X.std(axis=0)",
    new="X.std()",
    message="You use one scale for all columns. Each column has its own: reduce over axis 0 only.",
    source="axis mistakes in learners' public repositories",
)

misconception_by_edit(
    "standardise",
    "adds_a_little_to_the_scale",
    old="np.where(constant, 1.0, X.std(axis=0))",
    new="X.std(axis=0) + 1e-8",
    message="You add a small number to the scale. A constant column gets the scale 1; all others stay exact.",
    source="the eps-in-the-denominator habit",
)

misconception_by_edit(
    "standardise",
    "asks_whether_the_deviation_is_zero",
    old="X.max(axis=0) == X.min(axis=0)",
    new="X.std(axis=0) == 0",
    message="You ask whether the computed deviation is exactly 0. Equal entries such as 0.1 give about 1e-17: compare largest and smallest entry.",
    source="measured: np.full(6, 0.1).std() is not 0",
)

misconception_by_edit(
    "standardise",
    "leaves_constant_columns_alone",
    old="np.where(constant, 1.0, X.std(axis=0))",
    new="np.where(constant, 1.0, X.std(axis=0))\n    mean = np.where(constant, 0.0, mean)",
    message="A constant column keeps its value. Subtract its mean like that of any other, so that it becomes 0.",
    source="the guard against 0/0 applied to the mean as well",
)

misconception_by_edit(
    "standardise",
    "calls_small_spreads_constant",
    old="X.max(axis=0) == X.min(axis=0)",
    new="X.std(axis=0) < 1e-6",
    message="You call a column constant because its spread is small. A small unit is no reason: only equal entries count.",
    source="a threshold in place of a comparison",
)


@misconception(
    "standardise",
    "You bring each column to the range from 0 to 1. Here it gets mean 0 and standard deviation 1.",
    source="normalising and standardising mixed up",
)
def scales_to_the_unit_range(X):
    low = X.min(axis=0)
    width = np.where(X.max(axis=0) == low, 1.0, X.max(axis=0) - low)
    return (X - low) / width, low, width


@misconception("standardise", "You take one mean and one deviation for the whole table. Every column has its own: `axis=0`.",
               source="read in learners' public programs: np.mean(X), np.std(X)")  # fmt: skip
def takes_the_whole_table(X):
    return (X - X.mean()) / X.std(), X.mean(), X.std()


# --- forward --------------------------------------------------------------------------------------------------------


def predictions(learner, cases):
    return [result[0] for result in learner.map("forward", cases)]


@exercise("forward", weight=0)
def test_forward_returns_predictions_and_a_cache(learner, rng):
    """`forward` must return two things, a3 with one row per example and one column per output, and a cache."""
    result = learner.forward(*inputs_and_weights(rng, 7, 3, 5, 2))
    expect_parts(result, 2, "It must return a3 and cache.")
    expect_array(result[0], (7, 2), "`a3`")


@exercise("forward", weight=3)
def test_forward_values(learner, reference, rng):
    """a3 is linear in the hidden layer, the hidden layer is the sigmoid of a linear layer, and both biases stand in column 0."""
    agree(learner, reference, "forward", [inputs_and_weights(rng, *s) for s in SIZES], part=0)


@exercise("forward", weight=1)
def test_forward_output_is_not_squashed(learner, rng):
    """With the weights of T2 doubled the predictions must double: the output is linear."""
    X, T1, T2 = inputs_and_weights(rng, 6, 3, 4, 2)
    once, twice, far = predictions(learner, [(X, T1, T2), (X, T1, 2 * T2), (X, T1, 50 * T2)])
    expect(np.ptp(once) > 1e-3, "The predictions of different examples must differ.")
    expect_close((twice, far), (2 * np.asarray(once), 50 * np.asarray(once)))


@exercise("forward", weight=1)
def test_forward_biases(learner, rng):
    """With all weights 0 but the biases, every prediction is the bias of T2 plus its weights times the sigmoid of the biases of T1."""
    X, T1, T2 = inputs_and_weights(rng, 5, 3, 4, 2)
    T1[:, 1:] = 0
    hidden = 1 / (1 + np.exp(-T1[:, 0]))
    expect_close(learner.forward(X, T1, T2)[0], np.tile(T2[:, 0] + T2[:, 1:] @ hidden, (5, 1)))


@exercise("forward", weight=1)
def test_forward_far_out(learner, rng):
    """Where a hidden unit's input is 1000 or -1000 its value is 1 or 0, and the prediction is finite."""
    T2 = rng.uniform(0.5, 2, size=(2, 2))
    X = np.array([[1000.0], [-1000.0], [0.0], [4.0]])
    expected = T2[:, 0] + np.outer([1.0, 0.0, 0.5, 1 / (1 + np.exp(-4.0))], T2[:, 1])
    expect_close(learner.forward(X, np.array([[0.0, 1.0]]), T2)[0], expected)


@exercise("forward", weight=1)
def test_forward_at_the_edges(learner, reference, rng):
    """One example, one feature, one hidden unit, one output, or as many of each: the same rule holds."""
    agree(learner, reference, "forward", [inputs_and_weights(rng, *s) for s in EDGES], part=0)


misconception_by_edit(
    "forward",
    "has_no_sigmoid",
    old="0.5 * (1 + np.tanh(0.5 * z))",
    new="z",
    message="There is no sigmoid in your hidden layer. Then the whole network is a straight line, as in the question.",
    source="document 000: the question's network; measured: no better than the best straight line, 0.505",
)

misconception_by_edit(
    "forward",
    "squashes_the_output",
    old="a3 = a2 @ T2.T",
    new="a3 = 1 / (1 + np.exp(-(a2 @ T2.T)))",
    message="Your output goes through a sigmoid as well and is locked between 0 and 1. For a continuous target it stays linear.",
    source="document 000: the first answer misses a sigmoid at the output; measured: not below 0.35 on the lesson's data",
)

misconception_by_edit(
    "forward",
    "takes_tanh",
    old="0.5 * (1 + np.tanh(0.5 * z))",
    new="np.tanh(z)",
    message="This is tanh, from -1 to 1. It works as well, but here the hidden layer is a sigmoid, from 0 to 1.",
    source="document 000: the fourth answer",
)

misconception_by_edit(
    "forward",
    "takes_relu",
    old="0.5 * (1 + np.tanh(0.5 * z))",
    new="np.maximum(z, 0)",
    message="This is a ReLU. Here the hidden layer is a sigmoid, from 0 to 1.",
    source="the hidden layer of lesson 06",
)

misconception_by_edit(
    "forward",
    "forgets_the_half_in_tanh",
    old="np.tanh(0.5 * z)",
    new="np.tanh(z)",
    message="Your sigmoid is twice too steep: the argument of tanh is z / 2.",
    source="the identity between sigmoid and tanh, remembered without its half",
)

misconception_by_edit(
    "forward",
    "turns_the_sign_of_z",
    old="np.tanh(0.5 * z)",
    new="np.tanh(-0.5 * z)",
    message="Your sigmoid falls where it should rise: the sign in the exponent is turned, exp(-z).",
    source="1 / (1 + exp(z)), met in learners' code",
)

misconception_by_edit(
    "forward",
    "squashes_the_ones",
    old="a2 = np.concatenate([bias, a], axis=1)",
    new="a2 = np.concatenate([bias / (1 + np.exp(-1)), a], axis=1)",
    message="The column of ones went through the sigmoid and became 0.73. Put the ones in front after squashing.",
    source="ones added before the activation; document 000: the third answer sends its ones through the slope",
)

misconception_by_edit(
    "forward",
    "puts_the_biases_last",
    old="np.concatenate([bias, X], axis=1)  # (N, D + 1)",
    new="np.concatenate([X, bias], axis=1)",
    message="In your hidden layer the ones stand behind the inputs. The biases are column 0 of T1, so the ones come first.",
    source="the other usual place for a bias",
)

misconception_by_edit(
    "forward",
    "leaves_the_biases_out",
    old="bias = np.ones((len(X), 1))",
    new="bias = np.zeros((len(X), 1))",
    message="Both biases have no effect: the first column is ones, not zeros.",
    source="bias forgotten; invisible while the biases are 0",
)

misconception_by_edit(
    "forward",
    "leaves_the_bias_of_the_output_out",
    old="a2 = np.concatenate([bias, a], axis=1)",
    new="a2 = np.concatenate([0 * bias, a], axis=1)",
    message="The biases of T2 have no effect: the hidden layer needs a column of ones in front, too.",
    source="ones added to the inputs only",
)


# --- cost -----------------------------------------------------------------------------------------------------------


@exercise("cost", weight=0)
def test_cost_is_one_number(learner, rng):
    """`cost` must return one number, for any number of outputs."""
    expect_array(learner.cost(*network(rng, 7, 3, 5, 2), 0.7), (), "`J`")


@exercise("cost", weight=3)
def test_cost_without_a_penalty(learner, reference, rng):
    """With reg = 0 the cost is the sum of the squared errors over all examples and outputs, divided by 2 N."""
    agree(learner, reference, "cost", [(*network(rng, *s), 0.0) for s in SIZES])


@exercise("cost", weight=3)
def test_cost_with_a_penalty(learner, reference, rng):
    """With reg above 0 the cost grows by reg / (2 N) times the sum of the squares of all weights but the biases, in both matrices."""
    cases = [(*network(rng, *s), reg) for s in SIZES for reg in (0.3, 4.0)]
    agree(learner, reference, "cost", cases)


@exercise("cost", weight=1)
def test_cost_is_free_of_biases(learner, rng):
    """Where every prediction is right and only biases are not 0, the cost is 0, however large reg is; one weight makes it rise."""
    X, _, T1, T2 = network(rng, 5, 3, 4, 2)
    T1[:, 1:], T2[:, 1:] = 0, 0
    y = np.tile(T2[:, 0], (5, 1))
    kinked = T1.copy()
    kinked[2, 3] = 0.5
    free, paid = learner.map("cost", [(X, y, T1, T2, 100.0), (X, y, kinked, T2, 100.0)])
    expect_close(free, 0.0)
    expect_close(paid, 100.0 * 0.25 / 10)


@exercise("cost", weight=1)
def test_cost_of_the_same_examples_twice(learner, reference, rng):
    """With reg = 0, the same examples twice over cost the same: the cost is a mean over examples."""
    X, y, T1, T2 = network(rng, 4, 3, 2, 3)
    once, twice = learner.map(
        "cost", [(X, y, T1, T2, 0.0), (np.tile(X, (2, 1)), np.tile(y, (2, 1)), T1, T2, 0.0)]
    )
    expect_close(once, reference.cost(X, y, T1, T2, 0.0))
    expect_close(twice, once)


@exercise("cost", weight=1)
def test_cost_at_the_edges(learner, reference, rng):
    """One example, one output, one hidden unit, large targets: the same rule holds."""
    cases = [(*network(rng, *s), reg) for s in EDGES for reg in (0.0, 1.5)]
    X, y, T1, T2 = network(rng, 5, 2, 3, 2)
    agree(learner, reference, "cost", [*cases, (X, 1e4 * y, T1, T2, 0.1)])


misconception_by_edit(
    "cost",
    "divides_by_N_squared",
    old="np.sum((a3 - y) ** 2) / (2 * N)",
    new="np.sum((a3 - y) ** 2) / (2 * N**2)",
    message="The squared errors are divided by N twice. One division makes a mean of them: 1 / (2 N).",
    source="document 000: the second answer's 1/2/m^2; measured: its gradient is m times the slope, error .818 at m = 10",
)

misconception_by_edit(
    "cost",
    "forgets_the_half",
    old="np.sum((a3 - y) ** 2) / (2 * N)",
    new="np.sum((a3 - y) ** 2) / N",
    message="The ½ in front of the squared errors is missing: divide by 2 N.",
    source="the course's own convention, a mean without a half",
)

misconception_by_edit(
    "cost",
    "averages_over_outputs_too",
    old="np.sum((a3 - y) ** 2) / (2 * N)",
    new="np.mean((a3 - y) ** 2) / 2",
    message="You average over examples and outputs. Divide by the number of examples only; the outputs are added up.",
    source="np.mean over an (N, K) array",
)

misconception_by_edit(
    "cost",
    "adds_up_over_examples",
    old="np.sum((a3 - y) ** 2) / (2 * N)",
    new="np.sum((a3 - y) ** 2) / 2",
    message="The squared errors are added up and never divided by the number of examples.",
    source="the 1/N left out",
)

misconception_by_edit(
    "cost",
    "penalises_the_biases",
    old="np.sum(T1[:, 1:] ** 2) + np.sum(T2[:, 1:] ** 2)",
    new="np.sum(T1**2) + np.sum(T2**2)",
    message="Your penalty includes the biases. Column 0 of both matrices is free.",
    source="facts: bias regularised, zero error at reg = 0",
)

misconception_by_edit(
    "cost",
    "spares_the_last_column",
    old="np.sum(T1[:, 1:] ** 2) + np.sum(T2[:, 1:] ** 2)",
    new="np.sum(T1[:, :-1] ** 2) + np.sum(T2[:, :-1] ** 2)",
    message="Your penalty spares the last column. The biases stand in the first one.",
    source="bias last, the other usual layout",
)

misconception_by_edit(
    "cost",
    "spares_a_row",
    old="np.sum(T1[:, 1:] ** 2) + np.sum(T2[:, 1:] ** 2)",
    new="np.sum(T1[1:] ** 2) + np.sum(T2[1:] ** 2)",
    message="Your penalty spares the first row, a whole unit. The biases are the first column.",
    source="rows and columns mixed up",
)

misconception_by_edit(
    "cost",
    "penalises_T1_only",
    old="np.sum(T1[:, 1:] ** 2) + np.sum(T2[:, 1:] ** 2)",
    new="np.sum(T1[:, 1:] ** 2)",
    message="Only T1 is penalised. The weights of T2 cost as well.",
    source="one of two sums forgotten",
)

misconception_by_edit(
    "cost",
    "penalises_T2_only",
    old="np.sum(T1[:, 1:] ** 2) + np.sum(T2[:, 1:] ** 2)",
    new="np.sum(T2[:, 1:] ** 2)",
    message="Only T2 is penalised. The weights of T1 cost as well.",
    source="one of two sums forgotten",
)

misconception_by_edit(
    "cost",
    "does_not_divide_the_penalty",
    old="reg / (2 * N) * penalty",
    new="reg / 2 * penalty",
    message="Your penalty is not divided by N. Here it is reg / (2 N) times the sum of the squares.",
    source="the convention of lesson 06, ½·reg·ΣW²",
)

misconception_by_edit(
    "cost",
    "forgets_the_half_of_the_penalty",
    old="reg / (2 * N) * penalty",
    new="reg / N * penalty",
    message="Your penalty is twice too large: it is reg / (2 N), with a ½.",
    source="the half dropped in the second term",
)

misconception_by_edit(
    "cost",
    "leaves_the_penalty_out",
    old=" + reg / (2 * N) * penalty",
    new="",
    message="`reg` makes no difference: the penalty is missing.",
    source="document 000: the second answer adds it only on demand",
)

misconception_by_edit(
    "cost",
    "penalises_sizes",
    old="np.sum(T1[:, 1:] ** 2) + np.sum(T2[:, 1:] ** 2)",
    new="np.sum(np.abs(T1[:, 1:])) + np.sum(np.abs(T2[:, 1:]))",
    message="You add up the sizes of the weights. The penalty adds up their squares.",
    source="L1 and L2 mixed up",
)

misconception_by_edit(
    "cost",
    "multiplies_the_errors_as_matrices",
    old="np.sum((a3 - y) ** 2) / (2 * N)",
    new="np.sum((a3 - y).T @ (a3 - y)) / (2 * N)",
    message="The matrix product multiplies the errors of different outputs with each other. Square each entry on its own.",
    source="document 000: the third answer's (a3 - Y) * (a3 - Y)', right for one output only",
)

misconception_by_edit(
    "cost",
    "returns_a_table",
    old="J = np.sum((a3 - y) ** 2) / (2 * N)",
    new="J = (a3 - y).T @ (a3 - y) / (2 * N)",
    message="The matrix product gives a (K, K) table, one number only for K = 1. Square each entry and add them all up.",
    source="document 000: the third answer's (a3 - Y) * (a3 - Y)', right for one output only",
)

misconception_by_edit(
    "cost",
    "takes_the_root",
    old="np.sum((a3 - y) ** 2) / (2 * N)",
    new="np.sqrt(np.sum((a3 - y) ** 2) / N)",
    message="This is the root of the mean squared error. The cost is half of the mean, without a root.",
    source="RMSE reported, and then used as the cost",
)


# --- gradient_check -------------------------------------------------------------------------------------------------

declare_gradient_check(globals(), measured="slopes", sizes="sizes", zeros="np.zeros(theta.shape)")


# --- find_the_bug ---------------------------------------------------------------------------------------------------


def named(learner):
    return set(learner.find_the_bug())


@exercise("find_the_bug", weight=0)
def test_bug_names_lines(learner):
    """`find_the_bug` must return a tuple of line numbers from 1 to 9, each once, and not nearly all of them."""
    lines = learner.find_the_bug()
    expect(isinstance(lines, (tuple, list)) and 0 < len(lines) < 7)
    expect(
        all(isinstance(n, int) and 1 <= n <= 9 for n in lines), "Each entry is a whole number from 1 to 9."
    )
    expect(len(set(lines)) == len(lines), "Name each line once.")


@exercise("find_the_bug", weight=1)
def test_bug_accuses_no_right_line(learner, reference):
    """A line that you named is right: undo your change there, and see whether the gradient check still passes at reg = 1."""
    expect(named(learner) <= set(reference.find_the_bug()))


@exercise("find_the_bug", weight=1)
def test_bug_misses_no_wrong_line(learner, reference):
    """A wrong line is missing: both errors must be below 1e-6 at reg = 1, for T1 and for T2. (Naming right lines does not help.)"""
    expect(named(learner) == set(reference.find_the_bug()))


BUGS = [
    ((5, 9), "finds_the_factor_only", "one of two kinds of error found, measured: T1 still off by 1.0",
     "The factor 2 is found, and now T2 passes. T1 does not: something is wrong between line 6 and line 8."),
    ((7,), "finds_the_missing_slope_only", "document 000: the error that stands out",
     "Line 7 is wrong, but it is not alone: T2 does not depend on it and fails as well, by a factor that you can read off."),
    ((5,), "stops_when_T2_passes", "T2 repaired and T1 not looked at",
     "With line 5 repaired T2 passes. Check T1 as well."),
    ((7, 9), "repairs_T1_only", "T1 repaired and T2 not looked at",
     "With these two repaired T1 passes. Check T2 as well."),
    ((5, 7), "forgets_one_factor", "the same error repaired in one place of two",
     "The same error stands in two places: T1's last line carries it, too."),
    ((9,), "finds_one_factor", "the same error repaired in one place of two",
     "This line is wrong, but so is its twin for T2, and one more on the way back."),
    ((3,), "misses_the_sigmoid", "document 000: the first answer misses an activation",
     "The missing sigmoid is a weakness of the model. The gradient must fit the cost as it stands, with a linear hidden layer."),
    ((3, 4), "misses_both_activations", "document 000: the first answer misses an activation in the middle and at the output",
     "Activations are a matter of the model. The gradient must fit the cost as it stands, which has none."),
    ((1,), "penalises_the_biases", "biases taken for ordinary weights",
     "Line 1 is right: it takes the biases out of the penalty, as in the cost."),
    ((6,), "wants_the_biases_out_earlier", "document 000: the second answer cuts column 0 off at once",
     "Line 6 keeps column 0 and line 8 cuts it off. That is a detour, but no error."),
    ((8,), "wants_the_biases_kept", "the cut of column 0 taken for an error",
     "Line 8 is right: nothing stands behind the column of ones, so its share is cut off."),
    ((5, 6, 9), "accuses_line_6", "the second answer of document 000 changes these three lines",
     "Line 6 is right as far as it goes. Look at what is done to its result."),
    ((5, 7, 8, 9), "accuses_line_8", "the cut of column 0 taken for an error",
     "Three of these are wrong. Line 8 is right: it cuts off the share of the column of ones."),
    ((3, 5, 7, 9), "accuses_the_model_as_well", "document 000: the third answer changes the model as well",
     "Three of these are wrong. Line 3 belongs to the model, and the cost has the same linear hidden layer."),
    ((1, 5, 7, 9), "accuses_the_penalty_as_well", "the penalty's 1/N and its free biases taken for errors",
     "Three of these are wrong. Line 1 is right: the cost does not penalise biases either."),
]  # fmt: skip
for lines, idea, origin, words in BUGS:
    misconception_by_edit(
        "find_the_bug", idea, old="(5, 7, 9)", new=repr(lines), message=words, source=origin
    )


# --- sigmoid_slope --------------------------------------------------------------------------------------------------


@exercise("sigmoid_slope", weight=0)
def test_slope_has_the_shape_of_a(learner, rng):
    """`sigmoid_slope` must return an array of the shape of `a`."""
    expect_array(learner.sigmoid_slope(rng.uniform(size=(4, 3))), (4, 3), "`slope`")


@exercise("sigmoid_slope", weight=3)
def test_slope_values(learner, rng):
    """The slope must be that of the sigmoid at the z which gave a, as central differences measure it."""
    z = 2 * rng.normal(size=(4, 3))
    a = 1 / (1 + np.exp(-z))
    measured = numerical_gradient(lambda v: float(np.sum(1 / (1 + np.exp(-v)))), z)
    expect_close(learner.sigmoid_slope(a), measured, rtol=1e-5, atol=1e-8)


@exercise("sigmoid_slope", weight=1)
def test_slope_is_symmetric(learner, rng):
    """The sigmoid is as steep at 1 - a as at a, steepest at 0.5, and flat at 0 and at 1."""
    a = rng.uniform(0.05, 0.4, size=5)
    left, right, edges = learner.map("sigmoid_slope", [(a,), (1 - a,), (np.array([0.0, 0.5, 1.0]),)])
    expect(np.all(expect_array(left, (5,)) > 0))
    expect_close(left, right)
    expect_close(edges, np.array([0.0, 0.25, 0.0]))


@exercise("sigmoid_slope", weight=1)
def test_slope_of_any_shape(learner, reference, rng):
    """One value, one row, three dimensions: every value has its own slope."""
    agree(
        learner, reference, "sigmoid_slope", [(rng.uniform(size=s),) for s in ((1,), (6,), (1, 4), (2, 3, 2))]
    )


for idea, new, words, origin in [
    ("returns_the_value", "a.copy()", "This is the value of the sigmoid, not its slope. The slope is 0 where the value is 1.",
     "document 000: del_2 = t1 .* a2"),
    ("squashes_again", "np.exp(-a) / (1 + np.exp(-a)) ** 2", "`a` went through the sigmoid once more. It is a value already; use it as it is.",
     "sigmoidGradient applied to a2 in place of z2, a common slip in Ng's exercise"),
    ("takes_the_slope_of_tanh", "1 - a**2", "This is the slope of tanh, 1 - a². The sigmoid's value runs from 0 to 1.",
     "document 000: the fourth answer's slope, right for its tanh"),
    ("keeps_one_factor", "1 - a", "Only one of the two factors is there: this is 1 where the value is 0, and the sigmoid is flat there.",
     "half of a(1 - a)"),
    ("has_slope_one", "np.ones_like(a)", "A slope of 1 everywhere belongs to a layer without a function.",
     "document 000: the second answer has no slope; measured: the minimiser does not get away from the start"),
    ("turns_the_sign", "a * (a - 1)", "The sign is turned: the sigmoid rises everywhere.", "a(a - 1), a sign lost"),
    ("puts_the_four_in", "4 * a * (1 - a)", "Your slope is four times too steep: at a = 0.5 it is 0.25.", "a slope scaled to be 1 in the middle"),
    ("inverts_the_slope", "1 / np.clip(a * (1 - a), 1e-9, None)", "This is the slope of the way back, dz/da. It is da/dz that is asked for.",
     "the derivative of the logit"),
]:  # fmt: skip
    misconception_by_edit("sigmoid_slope", idea, old="a * (1 - a)", new=new, message=words, source=origin)


# --- gradients ------------------------------------------------------------------------------------------------------


@exercise("gradients", weight=0)
def test_gradients_have_the_shapes_of_the_weights(learner, rng):
    """`gradients` must return dT1 (H, D + 1) and dT2 (K, H + 1), in this order."""
    result = learner.gradients(*network(rng, 7, 3, 5, 2), 0.7)
    expect_parts(result, 2, "It must return two arrays.")
    expect_array(result[0], (5, 4), "`dT1`")
    expect_array(result[1], (2, 6), "`dT2`")


@exercise("gradients", weight=2)
def test_dT2_without_a_penalty(learner, reference, rng):
    """dT2 with reg = 0: each example's error over N, times its hidden layer with the one in front."""
    agree(learner, reference, "gradients", [(*network(rng, *s), 0.0) for s in SIZES], part=1, rtol=1e-5)


@exercise("gradients", weight=3)
def test_dT1_without_a_penalty(learner, reference, rng):
    """dT1 with reg = 0: the error goes back through T2 without its biases, then through the slope of the sigmoid, then meets the inputs."""
    agree(learner, reference, "gradients", [(*network(rng, *s), 0.0) for s in SIZES], part=0, rtol=1e-5)


@exercise("gradients", weight=2)
def test_gradients_with_a_penalty(learner, reference, rng):
    """With reg above 0 each gradient grows by reg / N times the weights, in all columns but the biases'."""
    cases = [(*network(rng, *s), reg) for s in SIZES for reg in (0.4, 5.0)]
    agree(learner, reference, "gradients", cases, rtol=1e-5)


@exercise("gradients", weight=3)
def test_gradients_are_the_slopes_of_the_cost(learner, reference, rng):
    """dT1 and dT2 must be what central differences of the cost measure, entry by entry, with and without a penalty."""
    X, y, T1, T2 = network(rng, 5, 2, 3, 2)
    for reg in (0.0, 2.0):
        dT1, dT2 = learner.gradients(X, y, T1, T2, reg)
        expect_close(
            dT1,
            numerical_gradient(lambda V, reg=reg: reference.cost(X, y, V, T2, reg), T1),
            rtol=1e-5,
            atol=1e-8,
        )
        expect_close(
            dT2,
            numerical_gradient(lambda V, reg=reg: reference.cost(X, y, T1, V, reg), T2),
            rtol=1e-5,
            atol=1e-8,
        )


@exercise("gradients", weight=1)
def test_gradients_of_the_penalty_alone(learner, rng):
    """Where every prediction is right only the penalty is left: reg / N times the weights, and 0 for the biases."""
    X, _, T1, T2 = network(rng, 4, 3, 5, 2)
    y = T2[:, 0] + 1 / (1 + np.exp(-(T1[:, 0] + X @ T1[:, 1:].T))) @ T2[:, 1:].T
    dT1, dT2 = learner.gradients(X, y, T1, T2, 3.0)
    for found, T in ((dT1, T1), (dT2, T2)):
        expect_close(found, 0.75 * T * (np.arange(T.shape[1]) > 0))


@exercise("gradients", weight=1)
def test_gradients_far_out(learner, reference, rng):
    """Where the hidden units are saturated the gradient of T1 vanishes and stays finite; large targets make it large."""
    X, y, T1, T2 = network(rng, 5, 3, 4, 2)
    cases = [(1e4 * X, y, T1, T2, 0.0), (X, 1e4 * y, T1, T2, 0.5)]
    agree(learner, reference, "gradients", cases, rtol=1e-5, atol=1e-6)


@exercise("gradients", weight=1)
def test_gradients_at_the_edges(learner, reference, rng):
    """One example, one feature, one hidden unit, one output, square matrices: the same rule holds where shapes cannot warn you."""
    cases = [(*network(rng, *s), reg) for s in EDGES for reg in (0.0, 1.5)]
    agree(learner, reference, "gradients", cases, rtol=1e-5)


SLOPE = " * sigmoid_slope(a2[:, 1:])"
misconceptions_by_edit("gradients",
    ("has_no_slope", SLOPE, "",
     "The slope of the hidden layer is missing: dT2 is right and dT1 is not. Multiply what comes back by sigmoid_slope of the hidden values.",
     "document 000: the second answer's gradient in a network with a sigmoid; measured: error .70 in T1, the minimiser stops at step 0"),
    ("multiplies_by_the_value", SLOPE, " * a2[:, 1:]",
     "You multiply by the hidden values where their slope belongs, as the question's program does.",
     "document 000: del_2 = t1 .* a2"),
    ("takes_the_slope_of_z", SLOPE, " * ((a1 @ T1.T) * (1 - a1 @ T1.T))",
     "You wrote the slope as z (1 - z). It is a (1 - a), with the value after the sigmoid.",
     "facts: slope written z(1-z) in place of a(1-a)"),
    ("squashes_again", SLOPE, " * (np.exp(-a2[:, 1:]) / (1 + np.exp(-a2[:, 1:])) ** 2)",
     "The hidden values went through the sigmoid a second time on the way to their slope.",
     "sigmoidGradient applied to a2 in place of z2, a common slip in Ng's exercise"),
    ("takes_the_slope_of_tanh", SLOPE, " * (1 - a2[:, 1:] ** 2)",
     "You use the slope of tanh, 1 - a². The hidden layer is a sigmoid.",
     "document 000: the fourth answer's slope"),
    ("squares_the_slope", SLOPE, SLOPE + SLOPE,
     "The slope is in your gradient twice. The hidden layer is passed once.",
     "the slope put into both factors of a product"),
    ("counts_the_two_of_the_square", "(a3 - y) / N", "2 * (a3 - y) / N",
     "Both gradients are twice too long: the ½ of the cost takes the 2 of the square away.",
     "document 000: the question's factor 2 with a 1/(2m) cost; relative error 1/3"),
    ("does_not_divide_by_N", "(a3 - y) / N", "(a3 - y)",
     "Your gradients are not divided by the number of examples, while the cost is.",
     "document 000: the second answer's pair of cost and gradient is off by the factor m"),
    ("divides_by_N_twice", "(a3 - y) / N", "(a3 - y) / N**2",
     "Your gradients are divided by the number of examples twice.",
     "the 1/m of the error and the 1/m of the gradient, both kept"),
    ("averages_over_outputs_too", "(a3 - y) / N", "(a3 - y) / y.size",
     "You divide by examples times outputs. The cost divides by the examples only.",
     "np.mean over an (N, K) array"),
    ("turns_the_error", "(a3 - y) / N", "(y - a3) / N",
     "The error is turned: it is prediction minus target. Your gradient points downhill, its penalty uphill.",
     "target minus prediction, from the delta rule"),
    ("puts_a_slope_at_the_output", "(a3 - y) / N", "(a3 - y) * a3 * (1 - a3) / N",
     "You multiply the error by the slope of a sigmoid at the output. The output is linear: its slope is 1.",
     "document 000: the first answer wants an activation at the output"),
    ("goes_back_through_the_biases", "delta_3 @ T2[:, 1:]", "delta_3 @ T2[:, :-1]",
     "On the way back you use T2 without its last column. The biases are column 0.",
     "bias last, the other usual layout"),
    ("swaps_the_two", "dT2[:, 1:] += reg / N * T2[:, 1:]", "dT2[:, 1:] += reg / N * T2[:, 1:]\n    dT1, dT2 = dT2, dT1",
     "The two are swapped: dT1 comes first, then dT2.", "the order of the way back kept in the result"),
    ("penalises_the_biases", "dT1[:, 1:] += reg / N * T1[:, 1:]\n    dT2[:, 1:] += reg / N * T2[:, 1:]",
     "dT1 += reg / N * T1\n    dT2 += reg / N * T2",
     "Column 0 is off by reg / N times the biases: they are not in the cost's penalty, so not in its gradient.",
     "facts: bias regularised; invisible at reg = 0"),
    ("penalises_the_biases_of_T1", "dT1[:, 1:] += reg / N * T1[:, 1:]", "dT1 += reg / N * T1",
     "The biases of T1 are penalised in your gradient. Only those of T2 are free.",
     "facts: bias regularised; one of two matrices forgotten"),
    ("penalises_the_biases_of_T2", "dT2[:, 1:] += reg / N * T2[:, 1:]", "dT2 += reg / N * T2",
     "The biases of T2 are penalised in your gradient. Only those of T1 are free.",
     "facts: bias regularised; one of two matrices forgotten"),
    ("has_no_penalty", "dT1[:, 1:] += reg / N * T1[:, 1:]\n    dT2[:, 1:] += reg / N * T2[:, 1:]", "pass",
     "`reg` makes no difference: the penalty belongs to the cost, so it has a gradient.",
     "penalty in the cost only; invisible at reg = 0"),
    ("penalises_T1_only", "dT2[:, 1:] += reg / N * T2[:, 1:]", "pass",
     "The penalty's gradient is in dT1 only. T2's weights are penalised as well.", "one of two lines forgotten"),
    ("penalises_T2_only", "dT1[:, 1:] += reg / N * T1[:, 1:]", "pass",
     "The penalty's gradient is in dT2 only. T1's weights are penalised as well.", "one of two lines forgotten"),
    ("does_not_divide_the_penalty", "dT1[:, 1:] += reg / N * T1[:, 1:]\n    dT2[:, 1:] += reg / N * T2[:, 1:]",
     "dT1[:, 1:] += reg * T1[:, 1:]\n    dT2[:, 1:] += reg * T2[:, 1:]",
     "The penalty's gradient is not divided by N, while the penalty is.", "the convention of lesson 06, ½·reg·ΣW²"),
    ("counts_the_two_of_the_penalty", "dT1[:, 1:] += reg / N * T1[:, 1:]\n    dT2[:, 1:] += reg / N * T2[:, 1:]",
     "dT1[:, 1:] += 2 * reg / N * T1[:, 1:]\n    dT2[:, 1:] += 2 * reg / N * T2[:, 1:]",
     "The penalty's gradient is twice too long: its ½ takes the 2 of the square away.", "2·reg with a ½ in the penalty"),
    ("keeps_the_half_of_the_penalty", "dT1[:, 1:] += reg / N * T1[:, 1:]\n    dT2[:, 1:] += reg / N * T2[:, 1:]",
     "dT1[:, 1:] += reg / (2 * N) * T1[:, 1:]\n    dT2[:, 1:] += reg / (2 * N) * T2[:, 1:]",
     "The penalty's gradient is half of what it should be: the square brings down a 2.", "the factor of the cost copied into the gradient"),
    ("subtracts_the_penalty", "dT1[:, 1:] += reg / N * T1[:, 1:]\n    dT2[:, 1:] += reg / N * T2[:, 1:]",
     "dT1[:, 1:] -= reg / N * T1[:, 1:]\n    dT2[:, 1:] -= reg / N * T2[:, 1:]",
     "The penalty's gradient is subtracted. Larger weights cost more, so it is added.", "the update written in place of the gradient"),
)  # fmt: skip


@misconception(
    "gradients",
    "This is the gradient of the question: a factor 2 that the ½ takes away, and the hidden values where their slope belongs.",
    source="document 000: the question's program; measured: error of T2 1/3 at every entry, the minimiser stops after two steps",
)
def asks_the_question_again(X, y, T1, T2, reg):
    a3, _ = forward(X, T1, T2)  # noqa: F821
    N = len(X)
    a1 = np.hstack([np.ones((N, 1)), X])
    a2 = np.hstack([np.ones((N, 1)), 1 / (1 + np.exp(-(a1 @ T1.T)))])
    th1, th2 = T1.copy(), T2.copy()
    th1[:, 0] = th2[:, 0] = 0
    del_2 = (((a3 - y) @ T2) * a2)[:, 1:]
    return 2 * del_2.T @ a1 / N + reg * th1 / N, 2 * (a3 - y).T @ a2 / N + reg * th2 / N


for _layer in (1, 2):
    misconception_by_edit(
        "gradients",
        f"penalises_by_ones_in_layer_{_layer}",
        old=f"dT{_layer}[:, 1:] += reg / N * T{_layer}[:, 1:]",
        new=f"dT{_layer} += reg / N * np.c_[np.ones(len(T{_layer})), T{_layer}[:, 1:]]",
        message=f"The penalty's gradient has ones in column 0 of T{_layer}, so each bias gets reg / N on top. Biases have no "
        "penalty: put zeros there, or add the penalty to the other columns only.",
        source="read in learners' public programs: np.c_[np.ones(...), theta[:, 1:]], two learners",
    )


# --- predict --------------------------------------------------------------------------------------------------------


def new_inputs(rng, M, D, H, K):
    """New inputs as they were measured, weights, and the training's mean and scale."""
    mean, scale = rng.uniform(-40, 40, size=D), rng.uniform(0.3, 15, size=D)
    Xs, T1, T2 = inputs_and_weights(rng, M, D, H, K)
    return mean + 0.7 + scale * Xs, T1, T2, mean, scale


@exercise("predict", weight=0)
def test_predict_returns_a_row_per_input(learner, rng):
    """`predict` must return y_hat with one row per new input and one column per output, without a cache."""
    expect_array(learner.predict(*new_inputs(rng, 6, 3, 4, 2)), (6, 2), "`y_hat`")


@exercise("predict", weight=3)
def test_predict_values(learner, reference, rng):
    """New inputs are standardised with the mean and the scale of the training, then sent forward."""
    agree(learner, reference, "predict", [new_inputs(rng, *s) for s in SIZES])


@exercise("predict", weight=2)
def test_predict_does_not_look_at_the_company(learner, reference, rng):
    """The prediction for an input must be the same alone and among others."""
    X_new, *rest = new_inputs(rng, 5, 3, 4, 2)
    together, alone, others = learner.map(
        "predict", [(X_new, *rest), (X_new[2:3], *rest), (X_new[[2, 4]], *rest)]
    )
    expect_close(alone, reference.predict(X_new, *rest)[2:3])
    expect_close(expect_array(together, (5, 2))[2:3], alone)
    expect_close(expect_array(others, (2, 2))[:1], alone)


@exercise("predict", weight=1)
def test_predict_at_the_edges(learner, reference, rng):
    """One input, one feature, one output, inputs far from the training's: the same rule holds."""
    cases = [new_inputs(rng, *s) for s in EDGES]
    X_new, T1, T2, mean, scale = new_inputs(rng, 3, 2, 3, 2)
    agree(learner, reference, "predict", [*cases, (mean + 100 * (X_new - mean), T1, T2, mean, scale)])


for idea, new, words, origin in [
    ("uses_their_own_statistics", "(X_new - X_new.mean(axis=0)) / np.where(np.ptp(X_new, axis=0) == 0, 1.0, X_new.std(axis=0))",
     "The new inputs are standardised by their own mean and scale. Use those of the training, which are handed to you.",
     "facts: test data normalised with its own statistics"),
    ("subtracts_their_own_mean", "(X_new - X_new.mean(axis=0)) / scale",
     "You subtract the mean of the new inputs. Subtract the mean of the training.",
     "facts: test data normalised with its own statistics, half repaired"),
    ("does_not_standardise", "X_new",
     "The new inputs go in as they were measured. The weights were trained on standardised ones.",
     "standardising forgotten at prediction time"),
    ("only_subtracts", "X_new - mean", "The new inputs are centred but not scaled: divide by scale.", "one of two operations forgotten"),
    ("only_divides", "X_new / scale", "The new inputs are scaled but not centred: subtract mean first.", "one of two operations forgotten"),
    ("multiplies_by_the_scale", "(X_new - mean) * scale", "You multiply by the scale, which undoes a division. Here you must divide.",
     "standardising and its inverse mixed up"),
    ("undoes_the_standardising", "X_new * scale + mean", "This is the way back, from standardised to measured. The new inputs need the way there.",
     "standardising and its inverse mixed up"),
    ("divides_first", "X_new / scale - mean", "You divide first and subtract afterwards. The mean is in the unit of the inputs: subtract it first.",
     "precedence: X / scale - mean without parentheses"),
    ("divides_the_mean_only", "X_new - mean / scale", "Without parentheses only the mean is divided by the scale.",
     "precedence: X - mean / scale without parentheses"),
    ("standardises_with_the_square", "(X_new - mean) / scale**2", "You divide by the square of the scale. It is a standard deviation already.",
     "variance and standard deviation mixed up"),
]:  # fmt: skip
    misconception_by_edit(
        "predict", idea, old="(X_new - mean) / scale", new=new, message=words, source=origin
    )

misconception_by_edit(
    "predict",
    "returns_the_cache_too",
    old="y_hat, _ =",
    new="y_hat =",
    message="You return what `forward` returns, a pair. Only its first part, the predictions, is asked for.",
    source="a pair passed on as one value",
)


# --- predict_the_minimiser ------------------------------------------------------------------------------------------


@exercise("predict_the_minimiser", weight=0)
def test_minimiser_has_four_letters(learner):
    """`predict_the_minimiser` must return four capital letters, one for each question."""
    expect_words(
        learner.predict_the_minimiser(),
        4,
        list("ABC"),
        "It must return four letters.",
        "Each entry is one of A, B, C.",
    )


declare_answer_checks(
    globals(),
    "predict_the_minimiser",
    test_minimiser_question_1='Question 1 is not right: both sides of "has the slope shrunk to a tenth?" carry the factor.',
    test_minimiser_question_2="Question 2 is not right: without the slope the claimed direction is turned, and the promised decrease does not come.",
    test_minimiser_question_3="Question 3 is not right: at reg = 0, how large is the wrong term?",
    test_minimiser_question_4="Question 4 is not right: what is the slope of a sigmoid whose input is in the hundreds, and does the first step need more than a little of it?",
)


MINIMISER = [
    ("BBAB", "expects_a_length_to_stop_it", "measured: 200 times too long still ends near the right minimum",
     "A gradient of the wrong length still points the right way, and the factor cancels when slopes are compared with each other."),
    ("CBAB", "expects_a_length_to_overflow", "true of plain descent with a fixed learning rate",
     "With a fixed learning rate a gradient 200 times too long would overflow. A minimiser that searches the length of its steps just takes shorter ones."),
    ("AAAB", "takes_the_slope_for_a_detail", "measured: the run without the slope does not get away from the start",
     "A missing slope is no missing factor: it differs from unit to unit and turns the direction, so the promise is broken at once."),
    ("ACAB", "remembers_the_straight_line", "document 000: the second answer's gradient, right for the linear network",
     "The straight line was the best of the network without a sigmoid. Here the sigmoid is inside, and only the gradient has lost its slope."),
    ("ABBB", "sees_a_factor_of_two", "1/3 is the signature of a doubled gradient",
     "1/3 would be a doubled gradient. The wrong term here is reg / N times a bias, and reg is 0."),
    ("ABCB", "trusts_any_check", "measured: at reg = 1 the error shows, at reg = 0 it does not",
     "At reg = 0 the wrong term is 0 as well, so no check can see it. This is why you check with reg above 0."),
    ("ABAA", "believes_a_right_gradient_suffices", "facts: raw inputs end far above standardised ones",
     "A right gradient is necessary, not sufficient: with raw readings most hidden units start where the sigmoid is flat."),
    ("ABAC", "expects_flat_units_to_stop_it", "measured: the raw run takes all its 400 steps",
     "Flat units make it slow, but the gradient and the cost still belong together, so steps are found: the output weights alone bring it down a little."),
    ("BBBB", "expects_the_worst", "every error taken for fatal", "Not every error stops the minimiser, and not every check can see one: look at questions 1 and 3 again."),
    ("AAAA", "expects_the_best", "every error taken for harmless", "Two of these runs end far from the minimum: look at questions 2 and 4 again."),
    ("BAAB", "mixes_up_length_and_direction", "length and direction of a gradient confused",
     "You have the first two the wrong way round: a wrong length is forgiven, a wrong direction is not."),
]  # fmt: skip
for letters, idea, origin, words in MINIMISER:
    misconception_by_edit(
        "predict_the_minimiser", idea, old='("A", "B", "A", "B")', new=repr(tuple(letters)), message=words, source=origin
    )  # fmt: skip
