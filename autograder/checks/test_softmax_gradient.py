"""Hidden checks of 06_softmax_gradient."""

import numpy as np

from autograder.checking import (
    agree,
    as_array,
    declare_answer_checks,
    draw_labels,
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
    numerical_gradient_at_once,
)

NEEDS = {
    "softmax_loss": ["softmax", "cross_entropy", "score_gradient", "weight_gradients"],
    "train": ["softmax_loss"],
    "two_layer_gradients": ["softmax", "cross_entropy", "score_gradient", "weight_gradients"],
}


def probabilities(rng, N, K):
    """Rows that sum to 1, far from uniform."""
    return rng.dirichlet(np.full(K, 0.7), size=N) * 0.98 + 0.02 / K


def few(rng):
    """Probabilities and right classes of one example, of two classes, and of examples that are all alike."""
    for N, K in ((1, 3), (5, 2), (6, 4)):
        for y in (draw_labels(rng, N, K), np.full(N, K - 1), np.zeros(N, dtype=int)):
            yield probabilities(rng, N, K), y


def slopes(learner, name, arguments, x):
    """Numerical gradient of the learner's own loss; ``arguments`` puts an array in the place of ``x``."""

    def losses(points):
        return [float(np.asarray(result[0])) for result in learner.map(name, map(arguments, points))]

    return numerical_gradient_at_once(losses, x)


# --- softmax --------------------------------------------------------------------------------------------------------


@exercise("softmax", weight=0)
def test_softmax_returns_the_shape_of_the_scores(learner, rng):
    """`softmax` must return an array with the shape of `scores`: one row per example, one column per class."""
    expect_array(learner.softmax(rng.normal(size=(7, 4))), (7, 4))


@exercise("softmax", weight=3)
def test_softmax_values(learner, reference, rng):
    """Each entry is exp(score) divided by the sum of exp over its own row."""
    cases = [(rng.normal(size=(5, 3)),), (8 * rng.normal(size=(4, 6)) + 2,)]
    agree(learner, reference, "softmax", cases, atol=1e-12)


@exercise("softmax", weight=2)
def test_softmax_survives_large_scores(learner, reference, rng):
    """Scores far above 700 or far below -700 must not become nan: np.exp overflows there, or every term is 0."""
    scores = rng.normal(size=(6, 4))
    cases = [(scores + offset,) for offset in (1000.0, -1000.0, 1e6)]
    agree(learner, reference, "softmax", cases, atol=1e-12)


@exercise("softmax", weight=2)
def test_softmax_shifts_each_row_by_itself(learner, reference, rng):
    """A row of scores near -1000 next to a row near 1000 must come out right: every row needs a shift of its own."""
    scores = rng.normal(size=(5, 3)) + rng.permutation([-2000.0, -800.0, 0.0, 800.0, 2000.0])[:, None]
    spread = np.array([[0.0, -900.0, 1.0], [2000.0, 1999.0, -2000.0]])
    agree(learner, reference, "softmax", [(scores,), (spread,)], atol=1e-12)


@exercise("softmax", weight=1)
def test_softmax_ignores_a_constant_added_to_a_row(learner, rng):
    """Adding one number to all scores of a row must leave its probabilities as they are, and each row sums to 1."""
    scores = rng.normal(size=(6, 5))
    plain, shifted = learner.map("softmax", [(scores,), (scores + 30 * rng.normal(size=(6, 1)),)])
    expect_close(np.sum(expect_array(plain, (6, 5)), axis=1), np.ones(6))
    expect(np.ptp(plain, axis=1).min() > 1e-3, "Scores that differ need probabilities that differ.")
    expect_close(shifted, plain)


@exercise("softmax", weight=1)
def test_softmax_of_few_examples_or_classes(learner, reference, rng):
    """One example alone, two classes, one class, more classes than examples: the same rule holds."""
    cases = [(3 * rng.normal(size=shape),) for shape in ((1, 3), (4, 2), (2, 9), (3, 1), (1, 1))]
    agree(learner, reference, "softmax", cases, atol=1e-12)


@misconception(
    "softmax",
    "You take np.exp of the scores as they are. Above 709 it overflows, and inf / inf is nan: subtract each row's "
    "maximum first.",
    source="the program in document 003",
)
def never_shifts(scores):
    exp_scores = np.exp(scores)
    return exp_scores / exp_scores.sum(axis=1, keepdims=True)


@misconception(
    "softmax",
    "You subtract the largest score of the whole matrix. A row far below it becomes 0 / 0: take the maximum over `axis=1`.",
    source="measured: rows 746 below the overall maximum become nan",
)
def shifts_by_the_overall_maximum(scores):
    exp_scores = np.exp(scores - scores.max())
    return exp_scores / exp_scores.sum(axis=1, keepdims=True)


@misconception(
    "softmax",
    "You divide by the sum over the whole matrix. Each row is one example: sum over `axis=1` and keep the dimension.",
    source="axis mistakes in learners' public repositories",
)
def sums_over_everything(scores):
    exp_scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exp_scores / exp_scores.sum()


@misconception(
    "softmax",
    "Your columns sum to 1 instead of your rows. A row holds the classes of one example: sum over `axis=1`.",
    source="axis mistakes in learners' public repositories",
)
def normalises_columns(scores):
    exp_scores = np.exp(scores - scores.max(axis=0, keepdims=True))
    return exp_scores / exp_scores.sum(axis=0, keepdims=True)


@misconception(
    "softmax",
    "You divide the scores themselves by their sum. Take np.exp first: scores may be negative, probabilities may not.",
    source="normalising without the exponential, a common first attempt",
)
def forgets_the_exponential(scores):
    return scores / scores.sum(axis=1, keepdims=True)


@misconception(
    "softmax",
    "You return log-probabilities. Take np.exp of them: the result must be the probabilities themselves.",
    source="log-softmax taken for softmax, a known mix-up of two library functions",
)
def returns_log_probabilities(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@misconception(
    "softmax",
    "You apply the logistic function to each score on its own. The classes compete: divide each exponential by the "
    "sum over its row.",
    source="document 003: the diagram with the sigmoid that the second answer reuses",
)
def uses_the_sigmoid(scores):
    return 1 / (1 + np.exp(-scores))


# --- cross_entropy --------------------------------------------------------------------------------------------------


@exercise("cross_entropy", weight=0)
def test_cross_entropy_returns_a_number(learner, rng):
    """`cross_entropy` must return one number for the whole batch."""
    expect_array(learner.cross_entropy(probabilities(rng, 6, 4), draw_labels(rng, 6, 4)), (), "the loss")


@exercise("cross_entropy", weight=3)
def test_cross_entropy_values(learner, reference, rng):
    """The loss is the mean over the examples of -log(probability of the example's right class)."""
    cases = [(probabilities(rng, N, K), draw_labels(rng, N, K)) for N, K in ((6, 4), (9, 3), (3, 7))]
    agree(learner, reference, "cross_entropy", cases)


@exercise("cross_entropy", weight=1)
def test_cross_entropy_is_a_mean(learner, reference, rng):
    """The same batch twice over has the same loss: it is a mean over the examples."""
    probs, y = probabilities(rng, 5, 3), draw_labels(rng, 5, 3)
    agree(learner, reference, "cross_entropy", [(probs, y), (np.tile(probs, (2, 1)), np.tile(y, 2))])


@exercise("cross_entropy", weight=1)
def test_cross_entropy_of_tiny_probabilities(learner, reference, rng):
    """However small the probability of a right class, its logarithm counts in full: nothing is added, nothing is cut off."""
    probs, y = probabilities(rng, 4, 3), draw_labels(rng, 4, 3)
    probs[np.arange(4), y] = [1e-30, 1e-300, 1e-9, 0.25]
    expect_close(learner.cross_entropy(probs, y), reference.cross_entropy(probs, y))


@exercise("cross_entropy", weight=1)
def test_cross_entropy_when_a_wrong_class_has_probability_zero(learner, reference, rng):
    """A wrong class with a probability of exactly 0 must not matter: only the right classes enter the loss."""
    probs, y = np.array([[0.75, 0.25, 0.0], [0.0, 0.0, 1.0], [0.5, 0.0, 0.5]]), np.array([1, 2, 0])
    expect_close(learner.cross_entropy(probs, y), reference.cross_entropy(probs, y))


@exercise("cross_entropy", weight=1)
def test_cross_entropy_of_few_examples_or_classes(learner, reference, rng):
    """One example alone, two classes, all examples of one class: the same rule holds."""
    agree(learner, reference, "cross_entropy", list(few(rng)))


@misconception(
    "cross_entropy",
    "You return the sum over the examples. The loss is their mean, or it would grow with the size of the batch.",
    source="document 003 explains the division as a third step of its own; leaving it out is the measured 1/N bug",
)
def sums_over_examples(probs, y):
    return -np.log(probs[np.arange(len(y)), y]).sum()


@misconception(
    "cross_entropy",
    "You divide by the number of all entries, N times K. Each example counts once: divide by N.",
    source="np.mean over a one-hot product, in learners' public repositories",
)
def divides_by_all_entries(probs, y):
    return -np.log(probs[np.arange(len(y)), y]).sum() / probs.size


@misconception(
    "cross_entropy",
    "You take the largest probability of each row. Take the one of the right class `y`: else the loss praises any "
    "sure answer, right or wrong.",
    source="the predicted class taken for the right one",
)
def looks_at_the_predicted_class(probs, y):
    return -np.log(probs.max(axis=1)).mean()


@misconception(
    "cross_entropy",
    "`probs[:, y]` takes these columns from every row, an N by N table. You want one entry per row: index the rows "
    "with 0 … N-1 as well.",
    source="a fancy-indexing slip met in learners' code",
)
def takes_whole_columns(probs, y):
    return -np.log(probs[:, y]).mean()


@misconception(
    "cross_entropy",
    "The sign is missing. The logarithm of a probability is at most 0; the loss is its negative.",
    source="log-likelihood returned as a loss",
)
def forgets_the_minus_sign(probs, y):
    return np.log(probs[np.arange(len(y)), y]).mean()


@misconception(
    "cross_entropy",
    "You take the mean first and the logarithm afterwards. Each example has its own logarithm: log first, then the mean.",
    source="order of mean and logarithm swapped",
)
def takes_the_mean_inside_the_logarithm(probs, y):
    return -np.log(probs[np.arange(len(y)), y].mean())


@misconception(
    "cross_entropy",
    "You add a small number inside the logarithm. That caps the loss of an example that is badly wrong; the text asks "
    "for the logarithm of the probability itself.",
    source="the 1e-12 found in many published snippets",
)
def adds_a_small_number(probs, y):
    return -np.log(probs[np.arange(len(y)), y] + 1e-12).mean()


@misconception(
    "cross_entropy",
    "You also charge the wrong classes, with log(1 - p) as for yes/no questions. Here the classes compete in one "
    "softmax, and only the right class is charged.",
    source="the binary cross-entropy of lesson 05 carried over",
)
def charges_every_class_as_binary(probs, y):
    onehot = np.eye(probs.shape[1])[y]
    return -np.sum(onehot * np.log(probs) + (1 - onehot) * np.log(1 - probs)) / len(y)


@misconception(
    "cross_entropy",
    "You multiply the logarithm of every entry by a one-hot matrix. Where a wrong class has probability 0, this is "
    "0 times -inf, which is nan: pick the right entries first, then take the logarithm.",
    source="the one-hot form of many tutorials, nan once softmax underflows",
)
def multiplies_by_one_hot(probs, y):
    return -np.sum(np.eye(probs.shape[1])[y] * np.log(probs)) / len(y)


@misconception(
    "cross_entropy",
    "Your logarithm has the base 2. The derivation, and with it the gradient, needs the natural one, np.log.",
    source="entropy in bits",
)
def counts_in_bits(probs, y):
    return -np.log2(probs[np.arange(len(y)), y]).mean()


# --- gradient_by_hand -----------------------------------------------------------------------------------------------


def by_hand(learner):
    """What was written down; a list of lists will do."""
    result = learner.gradient_by_hand()
    is_list = isinstance(result, (list, tuple)) and all(isinstance(row, (list, tuple)) for row in result)
    return np.array(result) if is_list and {len(row) for row in result} == {3} else result


@exercise("gradient_by_hand", weight=0)
def test_by_hand_has_six_numbers(learner):
    """`gradient_by_hand` must return an array of shape (2, 3): two examples, three scores each."""
    expect_array(by_hand(learner), (2, 3))


@exercise("gradient_by_hand", weight=1)
def test_by_hand_nearly_done(learner, reference):
    """Example 0 is nearly done: step 3 with its probabilities and its right class gives three small numbers."""
    expect_close(by_hand(learner)[0], reference.gradient_by_hand()[0], atol=1e-6)


@exercise("gradient_by_hand", weight=1)
def test_by_hand_sure_and_wrong(learner, reference):
    """Example 1 is sure and wrong: step 3 gives the right class a large negative number, and each wrong class its probability."""
    expect_close(by_hand(learner)[1], reference.gradient_by_hand()[1], atol=1e-6)


@misconception(
    "gradient_by_hand",
    "You wrote down the push, not the slope. Raising the right score lowers the loss, so the derivative there is negative.",
    source="sign turned: target minus prediction, as many texts write the update",
)
def writes_the_push():
    return np.array([[0.010, -0.007, -0.003], [-0.04, -0.95, 0.99]])


@misconception(
    "gradient_by_hand",
    "Only the right classes have an entry. The wrong ones stand in the sum under the fraction: each has its own "
    "probability as derivative.",
    source="document 003: the first answer discusses the right class only",
)
def only_the_right_class():
    return np.array([[-0.010, 0.0, 0.0], [0.0, 0.0, -0.99]])


@misconception(
    "gradient_by_hand",
    "The sizes at the right classes are swapped. Near certainty the slope is nearly 0, at p = 0.01 it is nearly -1.",
    source="document 003: 'close to 1 ... a large negative number'",
)
def swaps_large_and_small():
    return np.array([[-0.99, 0.007, 0.003], [0.04, 0.95, -0.01]])


@misconception(
    "gradient_by_hand",
    "You differentiated with respect to the probability: -1/p at the right class. Asked is the score: softmax lies in between.",
    source="the chain stopped one link too early",
)
def stops_at_the_probabilities():
    return np.array([[-1 / 0.99, 0.0, 0.0], [0.0, 0.0, -1 / 0.01]])


@misconception(
    "gradient_by_hand",
    "You divided by the number of examples. Here each example's own loss is meant; the mean comes in step 4.",
    source="step 4 applied where step 3 is asked for",
)
def takes_the_mean_already():
    return np.array([[-0.010, 0.007, 0.003], [0.04, 0.95, -0.99]]) / 2


@misconception(
    "gradient_by_hand",
    "These are the probabilities. Subtract the one-hot target: 1 at the right class.",
    source="the first of the three lines in document 003 alone",
)
def copies_the_probabilities():
    return np.array([[0.990, 0.007, 0.003], [0.04, 0.95, 0.01]])


# --- score_gradient -------------------------------------------------------------------------------------------------


@exercise("score_gradient", weight=0)
def test_score_gradient_has_the_shape_of_the_probabilities(learner, rng):
    """`score_gradient` must return one entry per score: the shape of `probs`."""
    expect_array(learner.score_gradient(probabilities(rng, 7, 4), draw_labels(rng, 7, 4)), (7, 4))


@exercise("score_gradient", weight=3)
def test_score_gradient_values(learner, reference, rng):
    """dscores is (probs - onehot) / N: 1 is subtracted once per row, in the column of its own right class, then all is divided by N."""
    cases = [(probabilities(rng, N, K), draw_labels(rng, N, K)) for N, K in ((7, 4), (5, 3), (3, 6))]
    agree(learner, reference, "score_gradient", cases, atol=1e-12)


@exercise("score_gradient", weight=2)
def test_score_gradient_is_the_slope_of_the_loss(learner, rng):
    """dscores must be the slope of the mean cross-entropy when one score is nudged."""
    scores, y = rng.normal(size=(4, 3)), draw_labels(rng, 4, 3)

    def loss(s):
        return np.mean(np.log(np.exp(s).sum(axis=1)) - s[np.arange(4), y])

    probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expect_close(learner.score_gradient(probs, y), numerical_gradient(loss, scores), rtol=1e-5, atol=1e-8)


@exercise("score_gradient", weight=1)
def test_score_gradient_rows_balance(learner, rng):
    """Each row must sum to 0, with a negative entry at the right class and positive ones elsewhere."""
    probs, y = probabilities(rng, 6, 4), draw_labels(rng, 6, 4)
    dscores = expect_array(learner.score_gradient(probs, y), (6, 4))
    expect_close(dscores.sum(axis=1), np.zeros(6))
    right = np.eye(4, dtype=bool)[y]
    expect((dscores[right] < 0).all() and (dscores[~right] > 0).all())


@exercise("score_gradient", weight=1)
def test_score_gradient_of_one_class_or_one_example(learner, reference, rng):
    """One example alone, two classes, or all examples of the same class: the same rule holds."""
    agree(learner, reference, "score_gradient", list(few(rng)), atol=1e-12)


@exercise("score_gradient", weight=1)
def test_score_gradient_of_certain_rows(learner, reference):
    """Probabilities of exactly 0 and 1 are allowed: a row that is sure and right is all 0, one that is sure and wrong is not."""
    probs = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.0, 0.0, 1.0]])
    y = np.array([0, 2, 0, 2])
    expect_close(learner.score_gradient(probs, y), reference.score_gradient(probs, y), atol=1e-12)


misconception_by_edit(
    "score_gradient",
    "forgets_the_mean",
    old="dscores /= len(y)",
    new="pass",
    message="Your gradient is N times too long: the loss is a mean, so divide by N.",
    source="measured: with a step N times too long the accuracy at some steps is higher than the right one's, so only "
    "the gradient shows it",
)

misconception_by_edit(
    "score_gradient",
    "divides_before_subtracting",
    old="dscores = probs.copy()\n    dscores[np.arange(len(y)), y] -= 1\n    dscores /= len(y)",
    new="dscores = probs / len(y)\n    dscores[np.arange(len(y)), y] -= 1",
    message="You divide by N before you subtract 1, so the 1 is not divided. Subtract first: the whole difference is "
    "divided by N.",
    source="order of the second and third line in document 003 swapped",
)

misconception_by_edit(
    "score_gradient",
    "subtracts_in_whole_columns",
    old="dscores[np.arange(len(y)), y] -= 1",
    new="dscores[:, y] -= 1",
    message="`[:, y]` takes these columns from every row. You want one entry per row: index the rows with 0 … N-1 as well.",
    source="a fancy-indexing slip met in learners' code",
)

misconception_by_edit(
    "score_gradient",
    "forgets_to_subtract",
    old="dscores[np.arange(len(y)), y] -= 1",
    new="pass",
    message="You divide the probabilities by N and never subtract the target: 1 at each right class is missing.",
    source="the second of the three lines in document 003 left out",
)


@misconception(
    "score_gradient",
    "All signs are turned: you return onehot - probs. The gradient points uphill; the update subtracts it.",
    source="target minus prediction, the form of the delta rule",
)
def turns_the_sign(probs, y):
    return (np.eye(probs.shape[1])[y] - probs) / len(y)


@misconception(
    "score_gradient",
    "Only the right class gets a gradient. Every wrong class has one too: its probability, divided by N.",
    source="document 003: the first answer discusses the right class only",
)
def leaves_the_wrong_classes_out(probs, y):
    onehot = np.eye(probs.shape[1])[y]
    return onehot * (probs - 1) / len(y)


@misconception(
    "score_gradient",
    "You divide by N times K. The loss is a mean over the N examples only.",
    source="np.mean over all entries, in learners' public repositories",
)
def divides_by_all_the_entries(probs, y):
    return (probs - np.eye(probs.shape[1])[y]) / probs.size


@misconception(
    "score_gradient",
    "You return the gradient with respect to the probabilities, -1/p at the right class. One link is missing: softmax.",
    source="the chain rule stopped one link too early",
)
def stops_before_softmax(probs, y):
    with np.errstate(divide="ignore"):
        inverse = np.where(probs > 0, 1 / probs, np.inf)
    return np.where(np.eye(probs.shape[1])[y] == 1, -inverse, 0.0) / len(y)


@misconception(
    "score_gradient",
    "You multiplied by p * (1 - p), the slope of a sigmoid. With softmax and cross-entropy that factor cancels: "
    "(probs - onehot) / N is all.",
    source="document 003: 'replace sigmoid with softmax'; the squared-error habit",
)
def multiplies_by_the_sigmoid_slope(probs, y):
    return (probs - np.eye(probs.shape[1])[y]) * probs * (1 - probs) / len(y)


@misconception(
    "score_gradient",
    "You subtract 1 at the class with the largest probability. It belongs to the right class `y`, whatever the model says.",
    source="the predicted class taken for the right one",
)
def subtracts_at_the_predicted_class(probs, y):
    return (probs - np.eye(probs.shape[1])[probs.argmax(axis=1)]) / len(y)


# --- weight_gradients -----------------------------------------------------------------------------------------------


def batches(rng, *sizes):
    """Inputs (N, D) and gradients of scores (N, K)."""
    return [(rng.normal(size=(N, D)), rng.normal(size=(N, K))) for N, D, K in sizes]


@exercise("weight_gradients", weight=0)
def test_weight_gradients_have_the_shapes_of_the_weights(learner, rng):
    """`weight_gradients` must return the pair dW (D, K), db (K,)."""
    result = learner.weight_gradients(rng.normal(size=(7, 2)), rng.normal(size=(7, 4)))
    expect_parts(result, 2, "It must return two arrays.")
    expect_array(result[0], (2, 4), "dW")
    expect_array(result[1], (4,), "db")


@exercise("weight_gradients", weight=3)
def test_weight_gradients_dW(learner, reference, rng):
    """dW[d, k] collects X[i, d] * dscores[i, k] over all examples i, and nothing is divided."""
    agree(learner, reference, "weight_gradients", batches(rng, (7, 2, 4), (3, 5, 2), (6, 4, 5)), part=0)


@exercise("weight_gradients", weight=2)
def test_weight_gradients_db(learner, reference, rng):
    """db[k] is the sum of dscores[i, k] over all examples i, not their mean."""
    agree(learner, reference, "weight_gradients", batches(rng, (7, 2, 4), (3, 5, 2), (6, 4, 5)), part=1)


@exercise("weight_gradients", weight=1)
def test_weight_gradients_of_one_active_example(learner, rng):
    """If only one example has a gradient, dW is the outer product of its input and its gradient, and db is its gradient."""
    X, dscores, i = rng.normal(size=(6, 3)), np.zeros((6, 4)), int(rng.integers(6))
    dscores[i] = rng.normal(size=4)
    expect_close(tuple(learner.weight_gradients(X, dscores)), (np.outer(X[i], dscores[i]), dscores[i]))


@exercise("weight_gradients", weight=1)
def test_weight_gradients_of_small_batches(learner, reference, rng):
    """One example, one input or one class: the same rule holds."""
    agree(learner, reference, "weight_gradients", batches(rng, (1, 3, 2), (4, 1, 3), (5, 2, 1), (1, 1, 1)))


@misconception(
    "weight_gradients",
    "db has the shape (1, K). The bias is (K,): sum over `axis=0` without keepdims.",
    source="the program in document 003, which keeps b as (1, K)",
)
def keeps_the_dimension(X, dscores):
    return X.T @ dscores, dscores.sum(axis=0, keepdims=True)


@misconception(
    "weight_gradients",
    "dW is transposed: (K, D) instead of (D, K). A gradient has the shape of its weights.",
    source="the order of the product turned round",
)
def transposes_dW(X, dscores):
    return dscores.T @ X, dscores.sum(axis=0)


@misconception(
    "weight_gradients",
    "You divide by N again. The mean is already in dscores: here the examples are only added up.",
    source="1/N applied twice, in learners' public repositories",
)
def divides_by_N_again(X, dscores):
    return X.T @ dscores / len(X), dscores.mean(axis=0)


@misconception(
    "weight_gradients",
    "dW is right, but db is a mean. Add dscores up over the examples, as the product does for dW.",
    source="1/N applied twice, for the bias only",
)
def takes_the_mean_for_db(X, dscores):
    return X.T @ dscores, dscores.mean(axis=0)


@misconception(
    "weight_gradients",
    "db is one number: you summed over examples *and* classes. With softmax that number is 0, so the bias would never "
    "move. Sum over `axis=0`.",
    source="measured: db without an axis; the biases stay at 0",
)
def sums_db_over_everything(X, dscores):
    return X.T @ dscores, dscores.sum()


@misconception(
    "weight_gradients",
    "db has one entry per example: you summed over the classes. Sum over the examples, `axis=0`.",
    source="axis mistakes in learners' public repositories",
)
def sums_db_over_classes(X, dscores):
    return X.T @ dscores, dscores.sum(axis=1)


@misconception(
    "weight_gradients",
    "Your dW does not depend on dscores: it is the derivative of X @ W alone. The chain rule multiplies it by what "
    "comes back from the loss.",
    source="document 003: the second answer minimises J = XW",
)
def leaves_dscores_out(X, dscores):
    return X.T @ np.ones_like(dscores), np.full(dscores.shape[1], float(len(X)))


# --- softmax_loss ---------------------------------------------------------------------------------------------------


def classifier(rng, N=6, D=2, K=4):
    """Weights, biases, inputs and labels in general position."""
    return rng.normal(size=(D, K)), rng.normal(size=K), rng.normal(size=(N, D)), draw_labels(rng, N, K)


def penalised(rng):
    """Arguments of `softmax_loss` without a penalty, with a small and with a large one."""
    rows = ((0.0, (6, 2, 4)), (0.3, (6, 2, 4)), (7.0, (3, 5, 2)))
    return [(*classifier(rng, *shape), reg) for reg, shape in rows]


@exercise("softmax_loss", weight=0)
def test_softmax_loss_returns_loss_dW_db(learner, rng):
    """`softmax_loss` must return the loss (a number), dW (D, K) and db (K,)."""
    result = learner.softmax_loss(*classifier(rng), 0.3)
    expect_parts(result, 3, "It must return three values: loss, dW, db.")
    expect_array(result[0], (), "the loss")
    expect_array(result[1], (2, 4), "dW")
    expect_array(result[2], (4,), "db")


@exercise("softmax_loss", weight=2)
def test_softmax_loss_value(learner, reference, rng):
    """The loss is the mean cross-entropy plus half of reg times the sum of the squares of W; biases are not penalised."""
    agree(learner, reference, "softmax_loss", penalised(rng), part=0)


@exercise("softmax_loss", weight=3)
def test_softmax_loss_dW(learner, reference, rng):
    """dW is the gradient of the data loss plus reg * W."""
    agree(learner, reference, "softmax_loss", penalised(rng), part=1, rtol=1e-5)


@exercise("softmax_loss", weight=2)
def test_softmax_loss_db(learner, reference, rng):
    """db is the gradient of the data loss alone, whatever reg is."""
    agree(learner, reference, "softmax_loss", penalised(rng), part=2, rtol=1e-5)


@exercise("softmax_loss", weight=2)
def test_softmax_loss_gradients_are_the_slopes_of_its_loss(learner, rng):
    """dW and db must be the slopes of the loss that the same function returns, at non-zero W, b and reg."""
    W, b, X, y = classifier(rng, 5, 3, 4)
    _, dW, db = learner.softmax_loss(W, b, X, y, 0.6)
    expect(np.abs(dW).max() > 1e-3 and np.abs(db).max() > 1e-4, "They must not all be 0.")
    expect_close(dW, slopes(learner, "softmax_loss", lambda v: (v, b, X, y, 0.6), W), rtol=1e-5, atol=1e-8)
    expect_close(db, slopes(learner, "softmax_loss", lambda v: (W, v, X, y, 0.6), b), rtol=1e-5, atol=1e-8)


@exercise("softmax_loss", weight=1)
def test_softmax_loss_at_the_edges(learner, reference, rng):
    """It holds for one example, for two classes, from zero weights, and for scores near 1000."""
    cases = [classifier(rng, 1, 2, 3), classifier(rng, 5, 1, 2)]
    W, b, X, y = classifier(rng, 4, 3, 3)
    cases += [(0 * W, 0 * b, X, y), (W, b + 1000, X, y)]
    agree(learner, reference, "softmax_loss", [(*case, 0.2) for case in cases], rtol=1e-5)


misconception_by_edit(
    "softmax_loss",
    "forgets_the_penalty_in_dW",
    old="dW = dW + reg * W",
    new="pass",
    message="The loss has a penalty, but dW does not know about it: add reg * W.",
    source="measured: the accuracy hardly differs, only the gradient shows it",
)

misconception_by_edit(
    "softmax_loss",
    "doubles_the_penalty_in_dW",
    old="dW = dW + reg * W",
    new="dW = dW + 2 * reg * W",
    message="Your penalty's gradient is twice too large: the ½ in the loss cancels the 2 of the square.",
    source="2 * reg * W beside a loss with ½, a known mismatch of two conventions",
)

misconception_by_edit(
    "softmax_loss",
    "penalises_the_bias",
    old="dW = dW + reg * W",
    new="dW, db = dW + reg * W, db + reg * b",
    message="You added reg * b to db. The bias is not penalised.",
    source="measured: with b near 0 neither loss nor accuracy shows it",
)

misconception_by_edit(
    "softmax_loss",
    "penalises_the_bias_in_the_loss",
    old="+ 0.5 * reg * np.sum(W**2)",
    new="+ 0.5 * reg * (np.sum(W**2) + np.sum(b**2))",
    message="You penalise the bias in the loss. Only the squares of W are added; the bias is free.",
    source="the bias kept inside W as one more row, where it is penalised too",
)

misconception_by_edit(
    "softmax_loss",
    "forgets_the_half",
    old="+ 0.5 * reg * np.sum(W**2)",
    new="+ reg * np.sum(W**2)",
    message="The ½ is missing in the loss: it is 0.5 * reg times the sum of squares, so that its slope is reg * W.",
    source="a penalty without the ½, the other common convention",
)

misconception_by_edit(
    "softmax_loss",
    "forgets_the_penalty_in_the_loss",
    old="+ 0.5 * reg * np.sum(W**2)",
    new="",
    message="The gradient knows the penalty, the loss does not: add 0.5 * reg * (sum of the squares of W).",
    source="the data loss reported alone",
)

misconception_by_edit(
    "softmax_loss",
    "forgets_the_bias",
    old="softmax(X @ W + b)",
    new="softmax(X @ W)",
    message="The bias is missing from the scores: X @ W + b.",
    source="the affine layer of the second answer in document 003, which has no bias",
)


@misconception(
    "softmax_loss",
    "You divide the penalty by N. Here it is 0.5 * reg * (sum of squares), whatever the size of the batch.",
    source="the convention of the Coursera course that document 003 cites",
)
def divides_the_penalty_by_N(W, b, X, y, reg):
    probs = softmax(X @ W + b)  # noqa: F821
    loss = cross_entropy(probs, y) + 0.5 * reg * np.sum(W**2) / len(y)  # noqa: F821
    dscores = score_gradient(probs, y)  # noqa: F821
    return loss, X.T @ dscores + reg * W / len(y), dscores.sum(axis=0)


@misconception(
    "softmax_loss",
    "You add the penalty's gradient to nothing: dW is reg * W alone. Add it to the gradient of the data loss.",
    source="`=` written for `+=` in the regularisation line",
)
def overwrites_dW(W, b, X, y, reg):
    probs = softmax(X @ W + b)  # noqa: F821
    loss = cross_entropy(probs, y) + 0.5 * reg * np.sum(W**2)  # noqa: F821
    return loss, reg * W, score_gradient(probs, y).sum(axis=0)  # noqa: F821


PENALTY = "dW = dW + reg * W"
LEARNERS = "read in learners' public solutions of CS231n: "
misconceptions_by_edit("softmax_loss",
    ("exponentiates_without_a_shift", "probs = softmax(X @ W + b)  # (N, K)", "probs = np.exp(X @ W + b)\n    probs = probs / probs.sum(axis=1, keepdims=True)",
     "Your formulas are right, but you take np.exp of the scores as they are. Above 709 it overflows, and inf / inf is nan: let your `softmax` do it, which shifts each row.", LEARNERS + "nine of them"),
    ("takes_the_log_of_an_overflow", "probs = softmax(X @ W + b)  # (N, K)\n    loss = cross_entropy(probs, y)", "scores = X @ W + b\n    total = np.exp(scores).sum(axis=1)\n    probs = np.exp(scores) / total[:, None]\n    loss = np.mean(np.log(total) - scores[np.arange(len(y)), y])",
     "Your formulas are right, but the sum of np.exp over the scores as they are is inf above 709, and so is its logarithm: shift each row by its maximum first.", LEARNERS + "-score + log(sum of exp)"),
    ("leaves_the_penalty_out", PENALTY, "loss = cross_entropy(probs, y)",
     "You never use `reg`: neither loss nor dW has a penalty. Add 0.5 * reg * (sum of the squares of W) to the one and reg * W to the other.", LEARNERS + "no penalty at all"),
    ("doubles_the_penalty", PENALTY, "loss = loss + 0.5 * reg * np.sum(W**2)\n    dW = dW + 2 * reg * W",
     "Your penalty is twice too large, in the loss and in dW: here it has a ½ in front, 0.5 * reg * (sum of squares), and its slope is reg * W.", LEARNERS + "the convention without the half"),
    ("penalises_the_bias_in_both", PENALTY, "loss = loss + 0.5 * reg * np.sum(b**2)\n    dW, db = dW + reg * W, db + reg * b",
     "You penalise the bias as well, in the loss and in db. Only W has a penalty.", LEARNERS + "biases penalised in loss and gradient"),
    ("divides_the_penalty_in_the_loss_by_N", PENALTY, "loss = cross_entropy(probs, y) + 0.5 * reg * np.sum(W**2) / len(y)\n    dW = dW + reg * W",
     "In the loss your penalty stands inside the mean and is divided by N. Only the data's part is a mean: add the penalty after the division.", LEARNERS + "the penalty inside the mean"),
    ("divides_the_gradient_penalty_by_N", PENALTY, "dW = dW + reg * W / len(y)",
     "You divide the whole of dW by N, the penalty's reg * W included. Only the data's part is a mean: add the penalty after the division.", LEARNERS + "the penalty inside the mean"),
    ("adds_the_sum_of_the_weights", PENALTY, "dW = dW + reg * np.sum(W)",
     "You add one and the same number, reg times the sum of all weights, to each entry of dW. The penalty's slope differs from weight to weight: reg * W.", LEARNERS + "a scalar for the gradient"),
    ("sums_over_the_examples", PENALTY, "loss = loss + (len(y) - 1) * cross_entropy(probs, y)\n    dW, db = len(y) * dW + reg * W, len(y) * db",
     "You add the examples up, in the loss and in the gradients. The loss is their mean: divide the data's parts by N.", LEARNERS + "no division by N"),
    ("sums_the_gradients", PENALTY, "dW, db = len(y) * dW + reg * W, len(y) * db",
     "Your loss is a mean over the examples, your gradients are sums. What belongs to a mean is divided by N as well, before the penalty is added.", LEARNERS + "only the loss divided by N"),
    ("takes_the_exponential_for_the_score", PENALTY, "scores = X @ W + b\n    powers = np.exp(scores - scores.max(axis=1, keepdims=True))\n    loss = loss - cross_entropy(probs, y) + np.mean(np.log(powers.sum(axis=1)) - powers[np.arange(len(y)), y])\n    dW = dW + reg * W",
     "In the loss you subtract exp(score) of the right class. The logarithm of the fraction has the score itself there: -score + log(sum of exp).", LEARNERS + "exp(score) for the score in the loss"),
    ("subtracts_the_target_twice", PENALTY, "onehot = np.eye(len(b))[y] / len(y)\n    dW, db = dW - X.T @ onehot + reg * W, db - onehot.sum(axis=0)",
     "The right class's 1 is subtracted twice in your gradients: each score's slope is its probability, minus 1 once, at the right class.", LEARNERS + "the true class counted twice"),
    ("takes_log10", PENALTY, "loss = loss - cross_entropy(probs, y) * (1 - 1 / np.log(10))\n    dW = dW + reg * W",
     "Your loss takes the logarithm to base 10. The gradient belongs to the natural one, np.log.", LEARNERS + "math.log10"),
)  # fmt: skip


# --- train ----------------------------------------------------------------------------------------------------------


def trained(learner, *arguments):
    """W, b and losses of a run; losses may be a list."""
    result = learner.train(*arguments)
    expect_parts(result, 3, "It must return three values: W, b, losses.")
    W, b, losses = result
    return W, b, as_array(losses)


@exercise("train", weight=0)
def test_train_returns_W_b_losses(learner, rng):
    """`train` must return W (D, num_classes), b (num_classes,) and one loss for each step."""
    _, _, X, y = classifier(rng, 8, 2, 4)
    W, b, losses = trained(learner, X, y, 4, 0.4, 0.1, 5)
    expect_array(W, (2, 4), "W")
    expect_array(b, (4,), "b")
    expect_array(losses, (5,), "losses")


@exercise("train", weight=2)
def test_train_one_step(learner, reference, rng):
    """One step from zeros: each parameter is minus the learning rate times its gradient."""
    _, _, X, y = classifier(rng, 7, 3, 4)
    for learning_rate in (0.3, 1.7):
        W, b, _ = trained(learner, X, y, 4, learning_rate, 0.1, 1)
        expect_close((W, b), reference.train(X, y, 4, learning_rate, 0.1, 1)[:2])


@exercise("train", weight=3)
def test_train_several_steps(learner, reference, rng):
    """After several steps W and b are where gradient descent with this learning rate and this reg leads."""
    _, _, X, y = classifier(rng, 9, 2, 3)
    for learning_rate, reg, steps in ((0.5, 0.2, 4), (1.0, 0.0, 2), (0.1, 2.0, 9)):
        W, b, _ = trained(learner, X, y, 3, learning_rate, reg, steps)
        expect_close((W, b), reference.train(X, y, 3, learning_rate, reg, steps)[:2])


@exercise("train", weight=2)
def test_train_losses(learner, reference, rng):
    """`losses` holds the loss before each update, penalty included: the first belongs to the zeros."""
    _, _, X, y = classifier(rng, 9, 2, 3)
    for learning_rate, reg, steps in ((0.5, 0.2, 4), (1.0, 1.5, 6)):
        losses = trained(learner, X, y, 3, learning_rate, reg, steps)[2]
        expect_close(losses, reference.train(X, y, 3, learning_rate, reg, steps)[2])


@exercise("train", weight=1)
def test_train_with_a_class_that_never_occurs(learner, reference, rng):
    """`num_classes` decides the width of W, even if the last class does not occur in y."""
    X, y = rng.normal(size=(6, 2)), np.array([1, 0, 2, 2, 1, 0])
    expect_close(trained(learner, X, y, 5, 0.5, 0.1, 3), reference.train(X, y, 5, 0.5, 0.1, 3))


@exercise("train", weight=1)
def test_train_few_steps(learner, reference, rng):
    """No step at all returns zeros and no losses; one step returns one loss."""
    _, _, X, y = classifier(rng, 5, 2, 3)
    for steps in (0, 1):
        expect_close(trained(learner, X, y, 3, 0.5, 0.1, steps), reference.train(X, y, 3, 0.5, 0.1, steps))


misconception_by_edit(
    "train",
    "climbs_the_hill",
    old="W = W - learning_rate * dW\n        b = b - learning_rate * db",
    new="W = W + learning_rate * dW\n        b = b + learning_rate * db",
    message="You add the gradient, so the loss climbs. Subtract it.",
    source="measured: ascent ends at a loss above 100 and an accuracy of one third",
)

misconception_by_edit(
    "train",
    "forgets_to_update_the_bias",
    old="        b = b - learning_rate * db\n",
    new="",
    message="The bias never moves: update b with db, just as W with dW.",
    source="one of the two update lines left out",
)

misconception_by_edit(
    "train",
    "forgets_the_learning_rate",
    old="W = W - learning_rate * dW\n        b = b - learning_rate * db",
    new="W = W - dW\n        b = b - db",
    message="Your steps ignore the learning rate: multiply each gradient by it.",
    source="`W -= dW`, which nobody notices at a learning rate of 1",
)

misconception_by_edit(
    "train",
    "drops_the_penalty",
    old="softmax_loss(W, b, X, y, reg)",
    new="softmax_loss(W, b, X, y, 0.0)",
    message="Your training ignores reg: pass it on to softmax_loss.",
    source="measured: without reg the loss differs in the fourth digit only",
)

misconception_by_edit(
    "train",
    "guesses_the_number_of_classes",
    old="np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)",
    new="np.zeros((X.shape[1], y.max() + 1)), np.zeros(y.max() + 1)",
    message="You take the number of classes from y. A class that does not occur in y still has a column: use num_classes.",
    source="y.max() + 1, common in published snippets",
)


@misconception(
    "train",
    "Each of your losses belongs to the weights after the update. Record it before: the first loss belongs to the zeros.",
    source="loss evaluated after the step, the other common convention",
)
def records_after_the_update(X, y, num_classes, learning_rate, reg, steps):
    W, b, losses = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes), np.zeros(steps)
    for step in range(steps):
        _, dW, db = softmax_loss(W, b, X, y, reg)  # noqa: F821
        W, b = W - learning_rate * dW, b - learning_rate * db
        losses[step] = softmax_loss(W, b, X, y, reg)[0]  # noqa: F821
    return W, b, losses


@misconception(
    "train",
    "Your second gradient is taken after W has moved. Both gradients of a step belong to the same point: compute them "
    "together, then update.",
    source="W updated before the gradient of b is computed",
)
def mixes_two_points(X, y, num_classes, learning_rate, reg, steps):
    W, b, losses = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes), np.zeros(steps)
    for step in range(steps):
        losses[step], dW, _ = softmax_loss(W, b, X, y, reg)  # noqa: F821
        W = W - learning_rate * dW
        b = b - learning_rate * softmax_loss(W, b, X, y, reg)[2]  # noqa: F821
    return W, b, losses


@misconception(
    "train",
    "You return one loss too many: there is one for each update, recorded before it, and none after the last.",
    source="an extra loss after the loop",
)
def records_one_loss_more(X, y, num_classes, learning_rate, reg, steps):
    W, b, losses = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes), []
    for step in range(steps + 1):
        loss, dW, db = softmax_loss(W, b, X, y, reg)  # noqa: F821
        losses.append(loss)
        if step < steps:
            W, b = W - learning_rate * dW, b - learning_rate * db
    return W, b, np.array(losses)


# --- two_layer_gradients --------------------------------------------------------------------------------------------


def network(rng, N=6, D=2, H=5, K=3):
    """Parameters, inputs and labels; no input of the ReLU is near 0, and every mixture of on and off occurs."""
    while True:
        X, y = rng.normal(size=(N, D)), draw_labels(rng, N, K)
        params = {
            "W1": rng.normal(size=(D, H)),
            "b1": 0.5 * rng.normal(size=H),
            "W2": rng.normal(size=(H, K)),
            "b2": rng.normal(size=K),
        }
        pre = X @ params["W1"] + params["b1"]
        if np.abs(pre).min() > 0.005 and (pre > 0).any() and (pre < 0).any():
            return params, X, y


CASES = ((0.3, (6, 2, 5, 3)), (0.0, (4, 3, 7, 2)), (4.0, (5, 4, 3, 6)))  # reg and (N, D, H, K)


def gradients(learner, *arguments):
    """The dictionary of gradients."""
    result = learner.two_layer_gradients(*arguments)
    expect_parts(result, 2, "It must return two values: loss, grads.")
    expect(
        isinstance(result[1], dict) and set(result[1]) == {"W1", "b1", "W2", "b2"},
        "grads needs the keys of params.",
    )
    return result[1]


@exercise("two_layer_gradients", weight=0)
def test_two_layer_returns_loss_and_grads(learner, rng):
    """`two_layer_gradients` must return the loss and a dictionary with the keys and shapes of `params`."""
    params, X, y = network(rng)
    grads = gradients(learner, params, X, y, 0.3)
    expect_array(learner.two_layer_gradients(params, X, y, 0.3)[0], (), "the loss")
    for name, value in params.items():
        expect_array(grads[name], value.shape, f"grads[{name!r}]")


@exercise("two_layer_gradients", weight=2)
def test_two_layer_loss(learner, reference, rng):
    """The loss is the mean cross-entropy plus half of reg times the squares of W1 and of W2."""
    cases = [(*network(rng, *shape), reg) for reg, shape in CASES]
    agree(learner, reference, "two_layer_gradients", cases, part=0)


def compare(learner, reference, rng, *names):
    for reg, shape in CASES:
        arguments = (*network(rng, *shape), reg)
        right = reference.two_layer_gradients(*arguments)[1]
        grads = gradients(learner, *arguments)
        expect_close({k: grads[k] for k in names}, {k: right[k] for k in names}, rtol=1e-5)


@exercise("two_layer_gradients", weight=2)
def test_two_layer_last_layer(learner, reference, rng):
    """W2 and b2 belong to the last layer: its input is the hidden layer, its gradient is dscores, and W2 has a penalty."""
    compare(learner, reference, rng, "W2", "b2")


@exercise("two_layer_gradients", weight=2)
def test_two_layer_b1(learner, reference, rng):
    """b1 collects what has come back through W2 and through the ReLU, which lets pass only where its input was positive."""
    compare(learner, reference, rng, "b1")


@exercise("two_layer_gradients", weight=2)
def test_two_layer_W1(learner, reference, rng):
    """W1 belongs to the first layer: its input is X, its gradient is what the ReLU lets pass, and it has a penalty."""
    compare(learner, reference, rng, "W1")


@exercise("two_layer_gradients", weight=2)
def test_two_layer_gradients_are_the_slopes_of_its_loss(learner, rng):
    """Every entry of `grads` must be the slope of the loss that the same function returns."""
    params, X, y = network(rng, 5, 3, 4, 3)
    grads = gradients(learner, params, X, y, 0.5)
    for name, value in params.items():
        measured = slopes(
            learner, "two_layer_gradients", lambda v, k=name: (params | {k: v}, X, y, 0.5), value
        )
        expect(np.abs(grads[name]).max() > 1e-6, f"grads[{name!r}] must not be all 0.")
        expect_close(grads[name], measured, rtol=1e-5, atol=1e-8, message=f"Look at grads[{name!r}].")


@exercise("two_layer_gradients", weight=1)
def test_two_layer_with_units_switched_off_or_on(learner, reference, rng):
    """Where all units are off only the penalty is left of W1's gradient; where all are on the ReLU changes nothing."""
    params, X, y = network(rng)
    cases = [(params | {"b1": np.full(5, b1)}, X, y, 0.3) for b1 in (-50.0, 50.0)]
    agree(learner, reference, "two_layer_gradients", cases, rtol=1e-5)


@exercise("two_layer_gradients", weight=1)
def test_two_layer_of_small_networks(learner, reference, rng):
    """One example, one input, one hidden unit, two classes: the same rules hold."""
    cases = [(*network(rng, *shape), 0.2) for shape in ((1, 3, 4, 3), (5, 1, 4, 2), (6, 2, 1, 3))]
    agree(learner, reference, "two_layer_gradients", cases, rtol=1e-5)


misconception_by_edit(
    "two_layer_gradients",
    "forgets_the_mask",
    old="dpre = dhidden * (pre > 0)  # (N, H)",
    new="dpre = dhidden",
    message="The ReLU is missing on the way back: where its input was negative, nothing may pass. A mask with `hidden >= 0` "
    "is true everywhere and has the same effect.",
    source="measured for lesson 14: XOR is solved without any mask, so only the gradient shows it",
)

misconception_by_edit(
    "two_layer_gradients",
    "masks_by_the_gradient",
    old="dpre = dhidden * (pre > 0)  # (N, H)",
    new="dpre = dhidden * (dhidden > 0)",
    message="You masked by the sign of the gradient. The mask belongs to the input of the forward pass: `pre > 0`.",
    source="the mask of ReLU applied to its own gradient, a known published error",
)

misconception_by_edit(
    "two_layer_gradients",
    "turns_the_mask",
    old="(pre > 0)  # (N, H)",
    new="(pre < 0)  # (N, H)",
    message="Your mask is turned round: the gradient passes where the input of the ReLU was *positive*.",
    source="the sign of the mask, measured among the wrong gradients of this program",
)

misconception_by_edit(
    "two_layer_gradients",
    "collects_b1_before_the_mask",
    old='"b1": db1,',
    new='"b1": dhidden.sum(axis=0),',
    message="b1 collects the gradient before the ReLU's mask. It belongs to the input of the ReLU: sum what has passed the mask.",
    source="dhidden used for b1, its masked version for W1",
)

misconception_by_edit(
    "two_layer_gradients",
    "penalises_the_first_layer_only",
    old='"W2": dW2 + reg * W2',
    new='"W2": dW2',
    message="The penalty's term is missing for W2: both weight matrices have one.",
    source="reg * W added for one layer only",
)

misconception_by_edit(
    "two_layer_gradients",
    "penalises_the_last_layer_only",
    old='"W1": dW1 + reg * W1',
    new='"W1": dW1',
    message="The penalty's term is missing for W1: both weight matrices have one.",
    source="reg * W added for one layer only",
)

misconception_by_edit(
    "two_layer_gradients",
    "forgets_the_penalties",
    old='grads = {"W1": dW1 + reg * W1, "b1": db1, "W2": dW2 + reg * W2, "b2": db2}',
    new='grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}',
    message="The loss has a penalty, your gradients do not: add reg * W1 and reg * W2.",
    source="measured: the accuracy hardly differs, only the gradient shows it",
)

misconception_by_edit(
    "two_layer_gradients",
    "penalises_the_biases",
    old='grads = {"W1": dW1 + reg * W1, "b1": db1, "W2": dW2 + reg * W2, "b2": db2}',
    new='grads = {"W1": dW1 + reg * W1, "b1": db1 + reg * b1, "W2": dW2 + reg * W2, "b2": db2 + reg * b2}',
    message="You penalise the biases. Only W1 and W2 have a penalty.",
    source="one loop over all parameters that adds reg times each",
)

misconception_by_edit(
    "two_layer_gradients",
    "forgets_the_relu",
    old="hidden = np.maximum(0, pre)  # (N, H)",
    new="hidden = pre",
    message="The hidden layer is linear: apply the maximum with 0 in the forward pass, too. Two linear layers are one.",
    source="the mask written, the maximum forgotten",
)

misconception_by_edit(
    "two_layer_gradients",
    "penalises_one_matrix_in_the_loss",
    old="(np.sum(W1**2) + np.sum(W2**2))",
    new="np.sum(W2**2)",
    message="The penalty in the loss counts W2 only: add the squares of W1.",
    source="the loss line of the linear program carried over",
)


GRADS = 'grads = {"W1": dW1 + reg * W1, "b1": db1, "W2": dW2 + reg * W2, "b2": db2}'
misconceptions_by_edit("two_layer_gradients",
    ("forgets_the_half", GRADS, "loss = loss + 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))\n    " + GRADS,
     "The ½ is missing in the loss: the penalty is 0.5 * reg times the sums of squares, so that its slopes are reg * W1 and reg * W2.", LEARNERS + "reg * sum(W**2) beside reg * W"),
    ("doubles_the_penalties", GRADS, GRADS.replace("reg", "2 * reg"),
     "Your penalty's slopes are twice too large: the ½ in the loss cancels the 2 of the squares, which leaves reg * W1 and reg * W2.", LEARNERS + "2 * reg * W beside 0.5 * reg * sum(W**2)"),
    ("doubles_the_penalty_everywhere", GRADS, "loss = loss + 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))\n    " + GRADS.replace("reg", "2 * reg"),
     "Your penalty is twice too large, in the loss and in the gradients: here it has a ½ in front, and its slopes are reg * W1 and reg * W2.", LEARNERS + "the convention without the half"),
    ("leaves_the_penalty_out", GRADS, "loss = cross_entropy(probs, y)\n    grads = {'W1': dW1, 'b1': db1, 'W2': dW2, 'b2': db2}",
     "You never use `reg`: neither the loss nor a gradient has a penalty.", LEARNERS + "no penalty at all"),
    ("penalises_the_biases_in_both", GRADS, "loss = loss + 0.5 * reg * (np.sum(b1**2) + np.sum(b2**2))\n    " + GRADS.replace("db1", "db1 + reg * b1").replace("db2", "db2 + reg * b2"),
     "You penalise the biases as well, in the loss and in the gradients. Only W1 and W2 have a penalty.", LEARNERS + "biases penalised in loss and gradient"),
    ("penalises_the_biases_in_the_loss", GRADS, "loss = loss + 0.5 * reg * (np.sum(b1**2) + np.sum(b2**2))\n    " + GRADS,
     "You penalise the biases in the loss. Only the squares of W1 and W2 are added.", LEARNERS + "biases penalised in the loss"),
    ("keeps_the_dimension", GRADS, GRADS.replace("db1", "db1[None]").replace("db2", "db2[None]"),
     "Your bias gradients have the shapes (1, H) and (1, K). A gradient has the shape of its parameter: sum over `axis=0` without keepdims.", LEARNERS + "np.ones((1, N)) times the gradient, or keepdims"),
    ("sums_the_gradients", GRADS, "N = len(y)\n    grads = {'W1': N * dW1 + reg * W1, 'b1': N * db1, 'W2': N * dW2 + reg * W2, 'b2': N * db2}",
     "Your loss is a mean over the examples, your gradients are sums: divide what comes back to the scores by N.", LEARNERS + "only the loss divided by N"),
    ("sums_over_the_examples", GRADS, "N = len(y)\n    loss = loss + (N - 1) * cross_entropy(probs, y)\n    grads = {'W1': N * dW1 + reg * W1, 'b1': N * db1, 'W2': N * dW2 + reg * W2, 'b2': N * db2}",
     "You add the examples up, in the loss and in the gradients. The loss is their mean: divide by N.", LEARNERS + "no division by N"),
    ("divides_the_penalty_by_N", GRADS, "N = len(y)\n    loss = cross_entropy(probs, y) + 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2)) / N\n    grads = {'W1': dW1 + reg * W1 / N, 'b1': db1, 'W2': dW2 + reg * W2 / N, 'b2': db2}",
     "Your penalty stands inside the mean and is divided by N. Add it after the division.", LEARNERS + "the penalty inside the mean"),
)  # fmt: skip


# --- find_the_bugs --------------------------------------------------------------------------------------------------


@exercise("find_the_bugs", weight=0)
def test_find_the_bugs_returns_five_verdicts(learner):
    """`find_the_bugs` must return five verdicts, each one of "right", "dW", "db", "both"."""
    expect_words(learner.find_the_bugs(), 5, ("right", "dW", "db", "both"))


declare_answer_checks(
    globals(),
    "find_the_bugs",
    test_find_the_bugs_candidate_a="The verdict on candidate A does not agree with the numerical gradient: compare the lengths as well as the directions.",
    test_find_the_bugs_candidate_b="The verdict on candidate B does not agree with the numerical gradient: compare it at a random place, too.",
    test_find_the_bugs_candidate_c="The verdict on candidate C does not agree with the numerical gradient: compare where W and reg are far from 0.",
    test_find_the_bugs_candidate_d="The verdict on candidate D does not agree with the numerical gradient: compare dW and db one by one.",
    test_find_the_bugs_candidate_e="The verdict on candidate E does not agree with the numerical gradient: compare where b and reg are far from 0.",
)


@misconception(
    "find_the_bugs",
    "You trusted the curves: whatever falls like the right one was called right. Three of these four have a bug that "
    "only the numerical gradient shows.",
    source="measured: the curves of four candidates lie on top of each other",
)
def trusts_the_curves():
    return ("both", "right", "right", "right", "right")


@misconception(
    "find_the_bugs",
    "Not all five are right, although all five programs run. Compare each with the numerical gradient.",
    source="'it runs, so it is right', the starting point of document 003",
)
def believes_what_runs():
    return ("right", "right", "right", "right", "right")


@misconception(
    "find_the_bugs",
    "You compared at W = 0 and b = 0. There reg * W, reg * b and even db vanish, and with them the bugs: compare at a "
    "random place.",
    source="measured: on balanced classes db is exactly 0 at the start",
)
def compares_at_zeros():
    return ("dW", "right", "right", "right", "right")


@misconception(
    "find_the_bugs",
    "You compared with reg = 0. Every bug in the penalty is invisible there: take reg well above 0.",
    source="gradient checks run without regularisation",
)
def compares_without_reg():
    return ("both", "right", "right", "db", "right")


@misconception(
    "find_the_bugs",
    "You compared at b = 0. A penalty on the bias is invisible there: take a random b.",
    source="biases start from zeros, and so do most gradient checks",
)
def compares_at_zero_bias():
    return ("both", "right", "dW", "db", "right")


@misconception(
    "find_the_bugs",
    "You compared dW only. Some of the bugs are in db.",
    source="a gradient check of the weights alone",
)
def compares_dW_only():
    return ("dW", "right", "dW", "right", "right")


@misconception(
    "find_the_bugs",
    "You compared directions, not lengths. Candidate A points the right way, but it is N times too long in its data part.",
    source="the missing 1/N, called a matter of the learning rate",
)
def compares_directions():
    return ("right", "right", "dW", "db", "db")


@misconception(
    "find_the_bugs",
    "You found four bugs, and a fifth where there is none: B writes the sum over examples in an unusual way, but it is "
    "the same sum.",
    source="unusual taken for wrong",
)
def distrusts_einsum():
    return ("both", "dW", "dW", "db", "db")
