"""Hidden checks of 03_bias_trick."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
    draw_away_from_zero,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    expect_words,
    misconception,
    misconception_by_edit,
    numerical_gradient,
)

NEEDS = {
    "forward": ["augment"],
    "layer_gradients": ["augment"],
    "backpropagate": ["layer_gradients"],
    "train_epoch": ["forward", "backpropagate"],
    "predict": ["augment", "forward"],
}


def network(rng, *sizes, scale=1.0):
    """Weights in general position, biases in column 0 away from 0."""
    weights = []
    for inputs, units in zip(sizes[:-1], sizes[1:], strict=True):
        W = scale * rng.normal(size=(units, inputs + 1))
        W[:, 0] = draw_away_from_zero(rng, 0.3, 1.2, units)
        weights.append(W)
    return weights


def separate(x, weights):
    """The last activations, with the biases taken out of the matrices again."""
    a = x
    for W in weights:
        a = 1 / (1 + np.exp(-(W[:, 0] + W[:, 1:] @ a)))
    return a


# --- augment --------------------------------------------------------------------------------------------------------


@exercise("augment", weight=0)
def test_augment_adds_one_column(learner, rng):
    """`augment` must return one more number for each example: (N, D) becomes (N, D + 1)."""
    expect_array(learner.augment(rng.normal(size=(5, 3))), (5, 4))


@exercise("augment", weight=3)
def test_augment_values(learner, rng):
    """Column 0 holds ones, and behind it stand the features as they were."""
    for shape in ((5, 3), (4, 4), (2, 7)):
        X = 3 * rng.normal(size=shape)
        expect_close(learner.augment(X), np.hstack([np.ones((shape[0], 1)), X]))


@exercise("augment", weight=2)
def test_augment_of_a_single_example(learner, rng):
    """A single example of shape (D,) becomes (D + 1,), with the 1 as its entry 0."""
    for size in (4, 1, 3):
        x = 3 * rng.normal(size=size)
        expect_close(learner.augment(x), np.hstack([[1.0], x]))


@exercise("augment", weight=1)
def test_augment_of_small_and_extreme_batches(learner, rng):
    """A batch of one example, a single feature, zeros and very large numbers: the same rule holds."""
    batches = [rng.normal(size=(1, 3)), rng.normal(size=(4, 1)), rng.normal(size=(1, 1))]
    batches += [np.zeros((2, 3)), 1e9 * rng.normal(size=(3, 2)), np.ones((3, 3))]
    for X in batches:
        expect_close(learner.augment(X), np.hstack([np.ones((len(X), 1)), X]))


JOIN = "np.concatenate([ones, X], axis=-1)"

misconception_by_edit(
    "augment",
    "puts_the_ones_last",
    old="[ones, X]",
    new="[X, ones]",
    message="Your ones stand last. Here they stand first, in column 0, and so do the biases.",
    source="document 004: the answer writes [X, 1], the program of the question puts the 1 first",
)

misconception_by_edit(
    "augment",
    "flattens_the_batch",
    old=JOIN,
    new="np.append(1, X)",
    message="The batch became one long vector: `np.append` without an axis flattens what it gets. Join along the last axis.",
    source="document 004 uses np.append(1, x); measured: two flowers become 9 numbers",
)

misconception_by_edit(
    "augment",
    "adds_zeros",
    old="np.ones(",
    new="np.zeros(",
    message="You appended zeros. A weight times 0 adds nothing; times 1 it is a bias.",
    source="np.zeros in place of np.ones, padding habits",
)

misconception_by_edit(
    "augment",
    "adds_one_to_every_feature",
    old=JOIN,
    new="X + 1",
    message="You added 1 to each feature. The 1 is a new feature beside the others.",
    source="'add a 1' read as an addition",
)

misconception_by_edit(
    "augment",
    "overwrites_the_first_feature",
    old=JOIN,
    new="np.concatenate([ones, X[..., 1:]], axis=-1)",
    message="The first feature is gone: the 1 stands in its place instead of in front of it.",
    source="X[:, 0] = 1, an assignment in place of an insertion",
)


@misconception(
    "augment",
    "You added an example of ones, a new row. The 1 is a new feature of each example: a new column.",
    source="facts: the 1 appended along axis 0",
)
def adds_a_row_of_ones(X):
    return np.concatenate([np.ones((1,) + X.shape[1:]), X], axis=0)


@misconception(
    "augment",
    "The batch is right, but a single example of shape (D,) must become (D + 1,), in one dimension.",
    source="np.atleast_2d, or np.matrix as in document 004: a single example comes back as a row",
)
def returns_a_row_for_a_single_example(X):
    rows = np.atleast_2d(X)
    return np.hstack([np.ones((len(rows), 1)), rows])


@misconception(
    "augment",
    "The batch is right, but a single example comes back with a 1 before each of its numbers. It needs one 1, in front.",
    source="np.c_[np.ones(len(X)), X], which is right for a batch only",
)
def makes_a_column_of_a_single_example(X):
    return np.c_[np.ones(len(X)), X]


@misconception(
    "augment",
    "A 1 on each side is one too many: the features need exactly one more.",
    source="np.pad with one number, which pads both sides",
)
def pads_both_sides(X):
    return np.pad(X, [(0, 0)] * (X.ndim - 1) + [(1, 1)], constant_values=1)


# --- stack_bias -----------------------------------------------------------------------------------------------------


@exercise("stack_bias", weight=0)
def test_stack_bias_adds_one_column(learner, rng):
    """`stack_bias` must return (out, in + 1): one row per unit, one more column than W."""
    expect_array(learner.stack_bias(rng.normal(size=(3, 5)), rng.normal(size=3)), (3, 6))


@exercise("stack_bias", weight=3)
def test_stack_bias_values(learner, rng):
    """Column 0 holds the biases, each in the row of its unit, and behind it stand the weights as they were."""
    for out, inputs in ((3, 5), (5, 2), (4, 4)):
        W, b = rng.normal(size=(out, inputs)), rng.normal(size=out)
        expect_close(learner.stack_bias(W, b), np.hstack([b.reshape(out, 1), W]))


@exercise("stack_bias", weight=2)
def test_stack_bias_gives_the_layer_with_a_separate_bias(learner, rng):
    """The product with an augmented x must be `W @ x + b`."""
    W, b, x = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=3)
    weights = expect_array(learner.stack_bias(W, b), (4, 4))
    expect_close(weights @ np.hstack([[1.0], x]), W @ x + b)


@exercise("stack_bias", weight=1)
def test_stack_bias_of_small_layers(learner, rng):
    """One unit, one input, square layers of one or two units, biases of 0: the same rule holds."""
    for out, inputs in ((1, 4), (4, 1), (1, 1), (2, 2)):
        W, b = rng.normal(size=(out, inputs)), rng.normal(size=out)
        expect_close(learner.stack_bias(W, b), np.hstack([b.reshape(out, 1), W]))
    expect_close(learner.stack_bias(W, 0 * b), np.hstack([np.zeros((2, 1)), W]))


STACK = "np.column_stack([b, W])"

misconception_by_edit(
    "stack_bias",
    "puts_the_bias_last",
    old="[b, W]",
    new="[W, b]",
    message="Your biases stand last, but `augment` puts the 1 first: the 1 would meet a weight and a feature the bias.",
    source="document 004: the answer writes [W, b]; mixed with the 1 first the numbers are wrong without a word",
)

misconception_by_edit(
    "stack_bias",
    "has_units_in_columns",
    old=STACK,
    new="np.vstack([b, W.T])",
    message="This is the transpose, with units in columns. Here each unit has a row.",
    source="document 004: the answer's layout X W, with b as one more row",
)

misconception_by_edit(
    "stack_bias",
    "adds_the_bias_to_the_weights",
    old=STACK,
    new="W + b[:, None]",
    message="You added the bias to each weight. It gets a column of its own, which meets the 1.",
    source="the + b of the formula carried out too early",
)

misconception_by_edit(
    "stack_bias",
    "stacks_ones",
    old="[b, W]",
    new="[np.ones(len(W)), W]",
    message="You put ones into the weights. The ones belong to the input; what meets them in the weights is `b`.",
    source="both halves of the trick given a 1",
)

misconception_by_edit(
    "stack_bias",
    "takes_the_bias_for_a_threshold",
    old="[b, W]",
    new="[-b, W]",
    message="Your biases have the other sign: a threshold is subtracted, a bias is added.",
    source="Rumelhart, Hinton and Williams: a bias is a threshold of the opposite sign",
)

misconception_by_edit(
    "stack_bias",
    "flattens_the_weights",
    old=STACK,
    new="np.append(b, W)",
    message="The matrix became one long vector: `np.append` without an axis flattens what it gets.",
    source="document 004 uses np.append, which flattens two-dimensional input",
)


# --- forward --------------------------------------------------------------------------------------------------------


@exercise("forward", weight=0)
def test_forward_returns_a_list_of_activations(learner, rng):
    """`forward` must return the list [x, a1, a2, …], each with one number per unit and without a 1."""
    result = learner.forward(rng.normal(size=3), network(rng, 3, 5, 2))
    expect_parts(result, 3, "For two layers the list has three entries: x, a1, a2.")
    for number, (value, size) in enumerate(zip(result, (3, 5, 2), strict=True)):
        expect_array(value, (size,), f"entry {number} of the list")


@exercise("forward", weight=3)
def test_forward_values(learner, reference, rng):
    """Each layer gives sigmoid(W @ [1, input]), the last one included, and x comes first, as it was."""
    cases = [(rng.normal(size=3), network(rng, 3, 5, 2)), (rng.normal(size=2), network(rng, 2, 4, 3, 6))]
    agree(learner, reference, "forward", cases)


@exercise("forward", weight=2)
def test_forward_is_the_network_with_separate_biases(learner, rng):
    """The last activations must be those of a network that adds `b` in every layer."""
    x, weights = rng.normal(size=4), network(rng, 4, 3, 3, 2)
    result = learner.forward(x, weights)
    expect_parts(result, 4, "For three layers the list has four entries.")
    expect_close(result[-1], separate(x, weights))


@exercise("forward", weight=1)
def test_forward_at_the_origin(learner, reference, rng):
    """At x = 0 only the biases speak, and a layer of zeros gives one half everywhere."""
    zeros = [np.zeros((4, 4)), np.zeros((2, 5))]
    cases = [(np.zeros(3), network(rng, 3, 5, 2)), (rng.normal(size=3), zeros)]
    agree(learner, reference, "forward", cases)


@exercise("forward", weight=1)
def test_forward_of_small_and_extreme_networks(learner, reference, rng):
    """One layer, layers of one unit, square layers, scores of -1000 and 1000: the same rule holds."""
    cases = [(rng.normal(size=4), network(rng, 4, 3)), (rng.normal(size=1), network(rng, 1, 1, 1))]
    cases += [(rng.normal(size=3), network(rng, 3, 3, 3)), (rng.normal(size=2), network(rng, 2, 3, 1))]
    cases += [(np.array([1.0, -1.0]), [np.array([[0.0, 500.0, -500.0], [0.0, -500.0, 500.0]])])]
    agree(learner, reference, "forward", cases)


SCORES = "W @ augment(activations[-1])"
SIGMOID = "activations.append(1 / (1 + np.exp(-scores)))"

misconception_by_edit(
    "forward",
    "leaves_all_biases_out",
    old=SCORES,
    new="W[:, 1:] @ activations[-1]",
    message="The biases play no part: column 0 of each matrix must meet a 1.",
    source="the question of document 004: the network without its augmented line",
)

misconception_by_edit(
    "forward",
    "augments_the_input_only",
    old=SCORES,
    new="W @ augment(activations[-1]) if len(activations) == 1 else W[:, 1:] @ activations[-1]",
    message="Only the first layer has its biases. Every layer augments its own input.",
    source="document 004 shows only the 1 of the input; the hidden layers' ones are elsewhere",
)

misconception_by_edit(
    "forward",
    "augments_the_hidden_layers_only",
    old=SCORES,
    new="W[:, 1:] @ activations[-1] if len(activations) == 1 else W @ augment(activations[-1])",
    message="The first layer has no biases: x comes without a 1 here, so it must be augmented like all the others.",
    source="document 004: there x is augmented by the caller, in the training function",
)

misconception_by_edit(
    "forward",
    "puts_the_one_last",
    old=SCORES,
    new="W @ np.append(activations[-1], 1)",
    message="The 1 stands last, but the biases are in column 0: it meets the last weight.",
    source="document 004: [X, 1] in the answer, [1, x] in the program; mixed, the numbers are wrong",
)

misconception_by_edit(
    "forward",
    "keeps_the_augmented_activations",
    old=SIGMOID,
    new="activations.append(1 / (1 + np.exp(-scores)))\n        activations[-2] = augment(activations[-2])",
    message="The list holds augmented activations. Augment on the way into the product, and keep the plain ones.",
    source="facts: whether the ones are stored; many programs of this kind keep them",
)

misconception_by_edit(
    "forward",
    "augments_the_output",
    old=SIGMOID,
    new="activations.append(1 / (1 + np.exp(-scores)))\n    activations[-1] = augment(activations[-1])",
    message="The last activations hold a 1. They are nobody's input and stay as they are.",
    source="facts: the output augmented as well",
)

misconception_by_edit(
    "forward",
    "squashes_the_one",
    old=SCORES,
    new="W @ (augment(activations[-1]) if len(activations) == 1 else np.append(1 / (1 + np.exp(-1)), activations[-1]))",
    message="The 1 of a hidden layer went through the sigmoid and became 0.73. Append it after the sigmoid, not before.",
    source="the augmented scores squashed; the 1 is no unit",
)

misconception_by_edit(
    "forward",
    "has_a_linear_output",
    old=SIGMOID,
    new="activations.append(scores if W is weights[-1] else 1 / (1 + np.exp(-scores)))",
    message="The last layer has no sigmoid. Here all layers have one, the last included.",
    source="a regression network's output layer",
)

misconception_by_edit(
    "forward",
    "keeps_the_scores",
    old=SIGMOID,
    new="activations.append(scores)",
    message="There is no sigmoid: these are scores, not activations.",
    source="scores and activations mixed up",
)

misconception_by_edit(
    "forward",
    "turns_the_sigmoid",
    old="np.exp(-scores)",
    new="np.exp(scores)",
    message="Your sigmoid falls where it must rise: the exponent has a minus.",
    source="a sign lost in 1 / (1 + exp(-z))",
)

misconception_by_edit(
    "forward",
    "uses_tanh",
    old="1 / (1 + np.exp(-scores))",
    new="np.tanh(scores)",
    message="These are tanh units. Here they are sigmoids, from 0 to 1.",
    source="the other S-shaped function",
)

misconception_by_edit(
    "forward",
    "returns_the_last_only",
    old=SIGMOID,
    new="activations = [1 / (1 + np.exp(-scores))]",
    message="Only the last activations are left. Keep all of them, x included: the way back needs them.",
    source="a prediction function taken for the forward pass of training",
)


@misconception(
    "forward",
    "x is missing: the list starts with the example itself, because the first layer's gradient needs it.",
    source="the input not counted as a layer's activations",
)
def leaves_x_out(x, weights):
    activations, a = [], x
    for W in weights:
        a = 1 / (1 + np.exp(-(W @ augment(a))))  # noqa: F821
        activations.append(a)
    return activations


# --- layer_gradients ------------------------------------------------------------------------------------------------


def layer(rng, out, inputs):
    """delta, a and W of one layer."""
    return rng.normal(size=out), rng.normal(size=inputs), network(rng, inputs, out)[0]


@exercise("layer_gradients", weight=0)
def test_layer_gradients_have_their_shapes(learner, rng):
    """`layer_gradients` must return the pair dW, da: dW has the shape of W, da the shape of a."""
    result = learner.layer_gradients(*layer(rng, 3, 5))
    expect_parts(result, 2, "It must return two arrays.")
    expect_array(result[0], (3, 6), "`dW`")
    expect_array(result[1], (5,), "`da`")


@exercise("layer_gradients", weight=3)
def test_layer_gradients_values(learner, reference, rng):
    """dW holds all products of a delta with an entry of the augmented input; da collects from all units, without the 1's entry."""
    agree(
        learner,
        reference,
        "layer_gradients",
        [layer(rng, 3, 5), layer(rng, 4, 2), layer(rng, 4, 4)],
        rtol=1e-5,
    )


@exercise("layer_gradients", weight=2)
def test_layer_gradients_are_slopes(learner, rng):
    """dW and da must be the slopes when one weight, one bias or one input is nudged."""
    delta, a, W = layer(rng, 3, 4)
    dW, da = learner.layer_gradients(delta, a, W)
    expect_close(dW, numerical_gradient(lambda V: delta @ (V[:, 0] + V[:, 1:] @ a), W), rtol=1e-5, atol=1e-8)
    expect_close(da, numerical_gradient(lambda v: delta @ (W[:, 0] + W[:, 1:] @ v), a), rtol=1e-5, atol=1e-8)


@exercise("layer_gradients", weight=1)
def test_layer_gradients_of_the_biases(learner, rng):
    """A bias meets the 1: column 0 of dW is delta, whatever the inputs are, and da does not depend on the biases."""
    delta, a, W = layer(rng, 3, 4)
    moved = W.copy()
    moved[:, 0] += rng.normal(size=3)
    first, second = learner.map("layer_gradients", [(delta, a, W), (delta, 2 * a, moved)])
    expect_parts(first, 2, "It must return two arrays.")
    for dW, _ in (first, second):
        expect_close(expect_array(dW, (3, 5))[:, 0], delta)
    expect_close(second[1], first[1])
    expect(np.any(expect_array(first[1], (4,)) != 0))


@exercise("layer_gradients", weight=1)
def test_layer_gradients_of_small_layers(learner, reference, rng):
    """One unit, one input, inputs or deltas of 0: the same rule holds."""
    cases = [layer(rng, *sizes) for sizes in ((1, 4), (4, 1), (1, 1), (2, 2))]
    delta, a, W = layer(rng, 3, 2)
    cases += [(delta, 0 * a, W), (np.array([0.0, 1.5, 0.0]), a, W)]
    agree(learner, reference, "layer_gradients", cases, rtol=1e-5)


OUTER = "np.outer(delta, augment(a))"
BACK = "W[:, 1:].T @ delta"

misconception_by_edit(
    "layer_gradients",
    "keeps_the_entry_of_the_one",
    old=BACK,
    new="W.T @ delta",
    message="da has an entry too many: entry 0 belongs to the appended 1, behind which there is no unit. Drop it.",
    source="facts: the bias entry of W^T delta not dropped: a shape error, or an extra delta",
)

misconception_by_edit(
    "layer_gradients",
    "drops_the_last_entry",
    old=BACK,
    new="W[:, :-1].T @ delta",
    message="You dropped the last input's entry and kept that of the 1. The biases are in column 0.",
    source="facts: order of the 1 mixed up on the way back; the shapes fit",
)

misconception_by_edit(
    "layer_gradients",
    "forgets_the_one",
    old=OUTER,
    new="np.outer(delta, a)",
    message="dW has no column for the biases: augment the input on the way back as well.",
    source="the 1 forgotten in the backward pass, remembered in the forward pass",
)

misconception_by_edit(
    "layer_gradients",
    "freezes_the_biases",
    old=OUTER,
    new="np.outer(delta, np.append(0, a))",
    message="Column 0 of dW is 0, so the biases would never move. The 1 has a derivative of 1, not 0.",
    source="'a constant has no derivative' applied to its weight",
)

misconception_by_edit(
    "layer_gradients",
    "has_the_biases_last",
    old=OUTER,
    new="np.outer(delta, np.append(a, 1))",
    message="The biases' column stands last in your dW; in W it stands first.",
    source="document 004: 1 first in the program, last in the answer",
)

misconception_by_edit(
    "layer_gradients",
    "transposes_dw",
    old=OUTER,
    new="np.outer(augment(a), delta)",
    message="dW is transposed: units are rows here, as in W.",
    source="the layout X W, with units in columns",
)

misconception_by_edit(
    "layer_gradients",
    "takes_the_slope_of_the_input",
    old=BACK,
    new="W[:, 1:].T @ delta * a * (1 - a)",
    message="da holds a sigmoid's slope already. This function crosses only the product with W; the slope belongs to the layer before.",
    source="the textbook's delta of the layer before, in place of da",
)

misconception_by_edit(
    "layer_gradients",
    "swaps_the_two",
    old=BACK,
    new="W[:, 1:].T @ delta\n    dW, da = da, dW",
    message="The two are swapped: dW comes first, then da.",
    source="the order of a returned tuple",
)

misconception_by_edit(
    "layer_gradients",
    "adds_the_biases_to_da",
    old=BACK,
    new="W[:, 1:].T @ delta + W[:, 0] @ delta",
    message="The biases' part is spread over da. A bias does not depend on the inputs: it has no part in da at all.",
    source="facts: an extra delta; the 1's entry broadcast instead of dropped",
)

misconception_by_edit(
    "layer_gradients",
    "multiplies_the_bias_column_by_the_bias",
    old=OUTER,
    new="np.outer(delta, augment(a)) * np.where(np.arange(W.shape[1]) == 0, W, 1)",
    message="Column 0 of dW is multiplied by the bias itself. The bias's derivative is delta times the 1 that it meets.",
    source="the term b * 1 kept whole when it is differentiated by b",
)


# --- backpropagate --------------------------------------------------------------------------------------------------


def step_case(rng, reference, *sizes, rate=0.7):
    weights = network(rng, *sizes)
    activations = reference.forward(rng.normal(size=sizes[0]), weights)
    return rng.uniform(-0.2, 1.2, size=sizes[-1]), activations, weights, rate


@exercise("backpropagate", weight=0)
def test_backpropagate_returns_new_weights(learner, reference, rng):
    """`backpropagate` must return a list with one matrix per layer, of the shapes of the weights."""
    y, activations, weights, rate = step_case(rng, reference, 3, 5, 2)
    result = learner.backpropagate(y, activations, weights, rate)
    expect_parts(result, 2, "For two layers the list has two matrices.")
    for number, (new, old) in enumerate(zip(result, weights, strict=True)):
        expect_array(new, old.shape, f"matrix {number} of the list")


@exercise("backpropagate", weight=2)
def test_last_layer_values(learner, reference, rng):
    """In the last layer delta is (a - y) * a * (1 - a), and its weights go downhill, biases included."""
    for sizes in ((3, 5, 2), (4, 2, 3)):
        case = step_case(rng, reference, *sizes)
        result = learner.backpropagate(*case)
        expect_close(result[-1], reference.backpropagate(*case)[-1])


@exercise("backpropagate", weight=3)
def test_all_layers_values(learner, reference, rng):
    """Each layer back: da times a * (1 - a) of its result, then through its old weights, without the 1's entry."""
    cases = [step_case(rng, reference, *sizes) for sizes in ((3, 5, 2), (2, 4, 3, 6), (3, 3, 3, 3))]
    agree(learner, reference, "backpropagate", cases)


@exercise("backpropagate", weight=3)
def test_the_step_is_the_slope_of_the_loss(learner, reference, rng):
    """(old - new) / learning_rate must be the slope of 0.5 * sum((a - y)**2) in every weight, for every learning rate."""
    weights = network(rng, 3, 4, 2)
    x, y = rng.normal(size=3), rng.uniform(size=2)
    activations = reference.forward(x, weights)

    def loss(number, V):
        changed = [V if i == number else W for i, W in enumerate(weights)]
        return 0.5 * np.sum((separate(x, changed) - y) ** 2)

    slopes = [numerical_gradient(lambda V, i=i: loss(i, V), W) for i, W in enumerate(weights)]
    for rate in (0.1, 2.0):
        new = learner.backpropagate(y, activations, weights, rate)
        expect_parts(new, 2, "For two layers the list has two matrices.")
        for old_W, new_W, expected in zip(weights, new, slopes, strict=True):
            step = (old_W - expect_array(new_W, old_W.shape)) / rate
            expect_close(step, expected, rtol=1e-5, atol=1e-8)


@exercise("backpropagate", weight=1)
def test_backpropagate_stands_still_where_it_must(learner, reference, rng):
    """A learning rate of 0, or a target that is met, moves nothing; any other does."""
    y, activations, weights, rate = step_case(rng, reference, 3, 4, 2)
    cases = [(y, activations, weights, 0.0), (activations[-1], activations, weights, rate)]
    for result in learner.map("backpropagate", cases):
        expect_close(result, weights)
    moved = learner.backpropagate(y, activations, weights, rate)
    expect_close(moved, reference.backpropagate(y, activations, weights, rate))


@exercise("backpropagate", weight=1)
def test_backpropagate_in_small_and_saturated_networks(learner, reference, rng):
    """One layer, layers of one unit, activations of exactly 0 and 1: the same rule holds."""
    cases = [step_case(rng, reference, *sizes) for sizes in ((4, 3), (1, 1, 1), (2, 1), (2, 3, 1))]
    full = [np.array([0.5, -2.0]), np.array([0.0, 1.0, 0.4]), np.array([1.0, 0.3])]
    cases += [(np.array([0.0, 1.0]), full, network(rng, 2, 3, 2), 1.0)]
    agree(learner, reference, "backpropagate", cases)


DA = "da = activations[-1] - y"
DELTA = "delta = da * out * (1 - out)"
CROSS = "dW, da = layer_gradients(delta, activations[layer], weights[layer])"
UPDATE = "new_weights[layer] = weights[layer] - learning_rate * dW"

misconception_by_edit(
    "backpropagate",
    "updates_before_it_goes_back",
    old=UPDATE,
    new=UPDATE + "\n        da = new_weights[layer][:, 1:].T @ delta",
    message="You go back through weights that are updated already. The gradient belongs to the old ones.",
    source="facts: weights updated before the error is propagated; measured: up to 11 % of the first layer's step at a rate of 1",
)

misconception_by_edit(
    "backpropagate",
    "goes_uphill",
    old="weights[layer] - learning_rate",
    new="weights[layer] + learning_rate",
    message="Your step goes uphill. With a - y the gradient is subtracted; the plus belongs to y - a.",
    source="programs that write error = y - a and add",
)

misconception_by_edit(
    "backpropagate",
    "has_no_slope_at_the_output",
    old=DELTA,
    new="delta = da * out * (1 - out) if layer < len(weights) - 1 else da",
    message="At the output the sigmoid's slope a * (1 - a) is missing. Without it this is the gradient of the cross-entropy, another loss.",
    source="the delta of cross-entropy and sigmoid; measured: it learns faster, so only the gradient shows it",
)

misconception_by_edit(
    "backpropagate",
    "has_no_slope_in_hidden_layers",
    old=DELTA,
    new="delta = da * out * (1 - out) if layer == len(weights) - 1 else da",
    message="In the hidden layers the sigmoid's slope a * (1 - a) is missing.",
    source="the error passed back linearly; measured: training stalls below 0.8",
)

misconception_by_edit(
    "backpropagate",
    "has_no_slope_anywhere",
    old=DELTA,
    new="delta = da",
    message="The sigmoid's slope a * (1 - a) is missing in every layer.",
    source="the chain without its middle link",
)

misconception_by_edit(
    "backpropagate",
    "takes_the_sigmoid_again",
    old=DELTA,
    new="delta = da * (1 / (1 + np.exp(-out))) * (1 - 1 / (1 + np.exp(-out)))",
    message="You took the sigmoid of the activations once more. They are sigmoids already: the slope is a * (1 - a).",
    source="sigmoid_derivative(z) called with activations, in many published programs",
)

misconception_by_edit(
    "backpropagate",
    "has_the_slope_of_tanh",
    old=DELTA,
    new="delta = da * (1 - out**2)",
    message="1 - a**2 is the slope of tanh. A sigmoid's is a * (1 - a).",
    source="the other S-shaped function",
)

misconception_by_edit(
    "backpropagate",
    "forgets_the_half",
    old=DA,
    new="da = 2 * (activations[-1] - y)",
    message="Your step is twice too long: the half of the loss cancels the 2 of the square.",
    source="the loss without its half",
)

misconception_by_edit(
    "backpropagate",
    "averages_over_the_outputs",
    old=DA,
    new="da = (activations[-1] - y) / len(y)",
    message="You divided by the number of outputs. The loss is a sum over them.",
    source="a mean squared error in place of the sum",
)

misconception_by_edit(
    "backpropagate",
    "updates_the_last_layer_only",
    old=UPDATE,
    new=UPDATE + "\n        break",
    message="Only the last layer moves. Go on to the first.",
    source="the rule of a single layer used for a network",
)

misconception_by_edit(
    "backpropagate",
    "freezes_the_biases",
    old=UPDATE,
    new="new_weights[layer] = weights[layer] - learning_rate * dW * (np.arange(dW.shape[1]) > 0)",
    message="The biases do not move. They are weights like all others: update column 0, too.",
    source="biases updated apart, and forgotten; measured: training still reaches 0.97",
)

misconception_by_edit(
    "backpropagate",
    "drops_the_last_entry",
    old=CROSS,
    new="dW, _ = layer_gradients(delta, activations[layer], weights[layer])\n        da = weights[layer][:, :-1].T @ delta",
    message="On the way back you dropped the last unit's entry and kept that of the 1. The biases are in column 0.",
    source="facts: order of the 1 mixed up on the way back; measured: training still reaches 0.97",
)

misconception_by_edit(
    "backpropagate",
    "ignores_the_learning_rate",
    old=UPDATE,
    new="new_weights[layer] = weights[layer] - dW",
    message="The learning rate plays no part: multiply the gradient by it.",
    source="document 004: the rate arrives in the training function and is not handed on",
)

misconception_by_edit(
    "backpropagate",
    "returns_the_gradients",
    old=UPDATE,
    new="new_weights[layer] = dW",
    message="These are the gradients. The new weights are asked for.",
    source="the two halves of a training step mixed up",
)


# --- train_epoch ----------------------------------------------------------------------------------------------------


def epoch_case(rng, N, *sizes, rate=0.8):
    return (
        rng.normal(size=(N, sizes[0])),
        rng.uniform(-0.1, 1.1, size=(N, sizes[-1])),
        network(rng, *sizes),
        rate,
    )


@exercise("train_epoch", weight=0)
def test_train_epoch_returns_weights(learner, rng):
    """`train_epoch` must return a list with one matrix per layer, of the shapes of the weights."""
    X, Y, weights, rate = epoch_case(rng, 6, 3, 4, 2)
    result = learner.train_epoch(X, Y, weights, rate)
    expect_parts(result, 2, "For two layers the list has two matrices.")
    for number, (new, old) in enumerate(zip(result, weights, strict=True)):
        expect_array(new, old.shape, f"matrix {number} of the list")


@exercise("train_epoch", weight=3)
def test_train_epoch_values(learner, reference, rng):
    """Every example makes one step, in the order given, and starts from what the one before has left."""
    cases = [epoch_case(rng, 6, 3, 4, 2), epoch_case(rng, 4, 2, 3, 3, 2), epoch_case(rng, 9, 5, 3)]
    agree(learner, reference, "train_epoch", cases)


@exercise("train_epoch", weight=1)
def test_two_halves_make_an_epoch(learner, reference, rng):
    """The first half of the examples, then the second half from there, must end where the whole epoch ends."""
    X, Y, weights, rate = epoch_case(rng, 6, 3, 4, 2)
    half = learner.train_epoch(X[:3], Y[:3], weights, rate)
    expect_close(half, reference.train_epoch(X[:3], Y[:3], weights, rate))
    whole = learner.train_epoch(X, Y, weights, rate)
    expect_close(learner.train_epoch(X[3:], Y[3:], half, rate), whole)


@exercise("train_epoch", weight=1)
def test_the_order_and_the_rate_matter(learner, reference, rng):
    """The examples are taken as they come, shuffled by nobody, and the learning rate given is the one used."""
    X, Y, weights, _ = epoch_case(rng, 5, 2, 3, 2)
    cases = [(X[::-1].copy(), Y[::-1].copy(), weights, 0.8)] + [(X, Y, weights, r) for r in (0.0, 0.01, 3.0)]
    agree(learner, reference, "train_epoch", cases)


@exercise("train_epoch", weight=1)
def test_train_epoch_with_few_examples(learner, reference, rng):
    """One example makes one step; the same example twice makes two."""
    X, Y, weights, rate = epoch_case(rng, 1, 3, 2, 2)
    twice = (np.repeat(X, 2, axis=0), np.repeat(Y, 2, axis=0), weights, rate)
    agree(learner, reference, "train_epoch", [(X, Y, weights, rate), twice, epoch_case(rng, 2, 1, 1)])


FORWARD = "activations = forward(x, new_weights)"
STEP = "new_weights = backpropagate(y, activations, new_weights, learning_rate)"

misconception_by_edit(
    "train_epoch",
    "returns_inside_the_loop",
    old=STEP,
    new=STEP + "\n        break",
    message="Only the first example was used: `return` stands inside the loop, one level too deep.",
    source="document 004: the indentation of the printed function is lost, and its return with it",
)

misconception_by_edit(
    "train_epoch",
    "starts_every_step_anew",
    old=STEP,
    new="new_weights = backpropagate(y, forward(x, weights), weights, learning_rate)",
    message="Each step starts from the weights of the beginning, so only the last example counts. Start from what the one before has left.",
    source="facts: weights not carried on",
)

misconception_by_edit(
    "train_epoch",
    "looks_forward_with_the_old_weights",
    old=FORWARD,
    new="activations = forward(x, weights)",
    message="Your activations come from the weights of the beginning. Each example must see the weights that the one before has left.",
    source="`weights` and `new_weights` mixed up in one of two lines",
)

misconception_by_edit(
    "train_epoch",
    "throws_the_new_weights_away",
    old=STEP,
    new="backpropagate(y, activations, new_weights, learning_rate)",
    message="The weights came back as they were: `backpropagate` changes nothing in place. Keep what it returns.",
    source="facts: new weights not returned, in-place habits",
)

misconception_by_edit(
    "train_epoch",
    "goes_backward",
    old="zip(X, Y, strict=True)",
    new="zip(X[::-1], Y[::-1], strict=True)",
    message="You start with the last example. Take them in the order given.",
    source="the order matters in online learning; measured: sorted 0.78, shuffled 0.91 after ten epochs",
)

misconception_by_edit(
    "train_epoch",
    "skips_the_last_example",
    old="zip(X, Y, strict=True)",
    new="zip(X[:-1], Y[:-1], strict=True)",
    message="The last example is never used: a range that ends one too early?",
    source="range(len(X) - 1)",
)

misconception_by_edit(
    "train_epoch",
    "skips_the_first_example",
    old="zip(X, Y, strict=True)",
    new="zip(X[1:], Y[1:], strict=True)",
    message="The first example is never used: Python counts from 0.",
    source="range(1, len(X)), counting from 1",
)

misconception_by_edit(
    "train_epoch",
    "divides_the_rate_by_the_examples",
    old="new_weights, learning_rate)",
    new="new_weights, learning_rate / len(X))",
    message="Your steps are N times too short. Online, each example makes a whole step.",
    source="the mean of batch learning carried into online learning",
)

misconception_by_edit(
    "train_epoch",
    "uses_a_rate_of_its_own",
    old="new_weights, learning_rate)",
    new="new_weights, 0.15)",
    message="The learning rate that was given is not the one that is used.",
    source="document 004: `lr` arrives and is not handed on, so a global one is used",
)


@misconception(
    "train_epoch",
    "You took all steps from the same weights and added them up: that is batch learning. Online, each example sees the step before.",
    source="batch gradient descent in place of online",
)
def learns_in_a_batch(X, Y, weights, learning_rate):
    total = [W.copy() for W in weights]
    for x, y in zip(X, Y, strict=True):
        new = backpropagate(y, forward(x, weights), weights, learning_rate)  # noqa: F821
        total = [T + V - W for T, V, W in zip(total, new, weights, strict=True)]
    return total


@misconception(
    "train_epoch",
    "You averaged the steps of all examples, each from the same weights: that is batch learning with a mean. Online, each sees the step before.",
    source="batch gradient descent with a mean",
)
def learns_in_a_batch_with_a_mean(X, Y, weights, learning_rate):
    total = [W.copy() for W in weights]
    for x, y in zip(X, Y, strict=True):
        new = backpropagate(y, forward(x, weights), weights, learning_rate)  # noqa: F821
        total = [T + (V - W) / len(X) for T, V, W in zip(total, new, weights, strict=True)]
    return total


# --- predict --------------------------------------------------------------------------------------------------------


def labels_of(X, weights):
    return np.array([int(np.argmax(separate(x, weights))) for x in X])


def batch_case(rng, N, *sizes, shift=None):
    """A batch, weights, and the right labels, of which no class has more than two thirds."""
    while True:
        X, weights = 2 * rng.normal(size=(N, sizes[0])), network(rng, *sizes, scale=1.5)
        if shift is not None:  # all output units on one side of one half
            weights[-1] *= 0.2
            weights[-1][:, 0] += shift
        expected = labels_of(X, weights)
        if N == 1 or np.bincount(expected).max() <= 2 * N / 3:
            return X, weights, expected


@exercise("predict", weight=0)
def test_predict_returns_one_label_per_example(learner, rng):
    """`predict` must return one whole number for each example."""
    X, weights, _ = batch_case(rng, 7, 3, 5, 4)
    labels = expect_array(learner.predict(X, weights), (7,), "`labels`")
    expect(labels.dtype.kind in "iu", "Labels are whole numbers, not activations.")


@exercise("predict", weight=3)
def test_predict_values(learner, rng):
    """The label is the number of the most active output unit, counted from 0."""
    for sizes in ((3, 5, 4), (2, 4, 3, 5), (4, 3)):
        X, weights, expected = batch_case(rng, 40, *sizes)
        expect_close(expect_array(learner.predict(X, weights), (40,), "`labels`"), expected)


@exercise("predict", weight=1)
def test_predict_follows_the_examples(learner, rng):
    """Examples in another order give their labels in that order."""
    X, weights, expected = batch_case(rng, 12, 3, 4, 4)
    order = rng.permutation(12)
    expect_close(learner.predict(X[order], weights), expected[order])


@exercise("predict", weight=1)
def test_predict_when_all_units_are_quiet_or_loud(learner, rng):
    """Where all output units are below one half, or all above, the most active one still wins."""
    for shift in (-3.0, 3.0):
        X, weights, expected = batch_case(rng, 30, 2, 3, 4, shift=shift)
        expect_close(learner.predict(X, weights), expected)


@exercise("predict", weight=1)
def test_predict_of_a_single_example_and_in_a_tie(learner, rng):
    """A batch of one gives one label, and in a tie the smallest label wins."""
    X, weights, expected = batch_case(rng, 1, 3, 4)
    expect_close(learner.predict(X, weights), expected)
    tied = [np.array([[-1.0, 0.0], [0.0, 0.0], [0.0, 0.0]])]
    expect_close(learner.predict(rng.normal(size=(4, 1)), tied), np.ones(4, dtype=int))
    two = [np.array([[0.2, -1.5], [-0.4, 1.0]])]
    expect_close(learner.predict(np.array([[-2.0], [2.0], [1.0]]), two), np.array([0, 1, 1]))


LAYER = "A = 1 / (1 + np.exp(-augment(A) @ W.T))"
LABELS = "labels = A.argmax(axis=1)"

misconception_by_edit(
    "predict",
    "counts_from_one",
    old=LABELS,
    new="labels = A.argmax(axis=1) + 1",
    message="Your labels are one too high: units are counted from 0.",
    source="labels of Octave and MATLAB",
)

misconception_by_edit(
    "predict",
    "looks_down_the_columns",
    old="axis=1",
    new="axis=0",
    message="You found the best example for each unit. The best unit for each example is asked for: axis 1.",
    source="axis mistakes in learners' public repositories",
)

misconception_by_edit(
    "predict",
    "returns_the_activation",
    old=LABELS,
    new="labels = A.max(axis=1)",
    message="This is the largest activation. Its number is asked for.",
    source="max and argmax mixed up",
)

misconception_by_edit(
    "predict",
    "returns_one_hot_rows",
    old=LABELS,
    new="labels = (A == A.max(axis=1, keepdims=True)).astype(int)",
    message="These are rows of 0 and 1. A label is one number per example.",
    source="targets are one-hot, labels are not",
)

misconception_by_edit(
    "predict",
    "returns_all_activations",
    old=LABELS,
    new="labels = A",
    message="These are the activations of all units. A label is the number of the largest of them, one per example.",
    source="the forward pass taken for the prediction",
)

misconception_by_edit(
    "predict",
    "rounds_first",
    old=LABELS,
    new="labels = np.round(A).argmax(axis=1)",
    message="You rounded before you compared. Where all units are below one half, or two are above, rounding makes them equal.",
    source="programs that round each output and look for the 1",
)

misconception_by_edit(
    "predict",
    "takes_the_quietest_unit",
    old="argmax",
    new="argmin",
    message="This is the least active unit.",
    source="argmin of a distance carried over to activations",
)

misconception_by_edit(
    "predict",
    "leaves_the_biases_out",
    old=LAYER,
    new="A = 1 / (1 + np.exp(-A @ W[:, 1:].T))",
    message="The biases play no part: augment the batch before each layer.",
    source="the question of document 004: the network without its ones",
)

misconception_by_edit(
    "predict",
    "augments_the_input_only",
    old=LAYER,
    new="A = 1 / (1 + np.exp(-(augment(A) @ W.T if A is X else A @ W[:, 1:].T)))",
    message="Only the first layer has its biases. Augment before each layer.",
    source="document 004 shows only the 1 of the input",
)

misconception_by_edit(
    "predict",
    "puts_the_ones_last",
    old=LAYER,
    new="A = 1 / (1 + np.exp(-np.column_stack([A, np.ones(len(A))]) @ W.T))",
    message="The ones stand last, but the biases are in column 0.",
    source="document 004: the order of the 1 mixed up",
)

misconception_by_edit(
    "predict",
    "has_linear_layers",
    old=LAYER,
    new="A = augment(A) @ W.T",
    message="The hidden layers have no sigmoid. Only at the output would it make no difference to the order.",
    source="'the sigmoid does not change the argmax', true for the last layer only",
)

misconception_by_edit(
    "predict",
    "returns_one_label_for_the_batch",
    old="argmax(axis=1)",
    new="argmax()",
    message="This is one number for the whole batch. Say along which axis: one label per row.",
    source="argmax without an axis counts through the flattened array",
)


# --- predict_the_fits -----------------------------------------------------------------------------------------------


@exercise("predict_the_fits", weight=0)
def test_predict_the_fits_returns_four_letters(learner):
    """`predict_the_fits` must return four letters, each "A", "B" or "C"."""
    expect_words(
        learner.predict_the_fits(),
        4,
        ("A", "B", "C"),
        "It must return four letters.",
        "Each entry is A, B or C.",
    )


declare_answer_checks(
    globals(),
    "predict_the_fits",
    test_tanh_without_a_one="The first prediction is not right: what does a tanh network without any 1 give at x = 0, and at -x?",
    test_tanh_with_a_one_at_the_input="The second prediction is not right: what does a hidden unit give whose weight on x is 0?",
    test_tanh_with_a_one_at_the_output="The third prediction is not right: odd functions and a constant. Which part of an even curve can they follow?",
    test_sigmoid_without_a_one="The fourth prediction is not right: write the sigmoid as one half plus an odd function.",
)


CHOICES = '("C", "A", "B", "B")'
GUESSES = [
    ("AAAA", "trusts_in_the_weights", "'training will find a way'",
     "No training can change what a network is: without a 1 the tanh network is odd, and no odd function follows an even curve."),
    ("CBBB", "wants_a_one_in_every_layer", "facts: 'must be at each layer' is not strictly so",
     "A 1 at the input is enough: a hidden unit with weight 0 on x is a constant, and serves the next layer as its 1."),
    ("CCBC", "wants_the_one_at_the_output", "the 1 thought of as a shift of the result",
     "You trust the 1 at the output. It shifts the result as a whole; the shape of the fit needs units that are shifted, at the input."),
    ("CAAB", "takes_every_one_for_enough", "one 1 anywhere taken for enough",
     "A 1 at the output shifts the result as a whole. What remains is odd, and cannot follow the curve."),
    ("BABB", "forgets_that_tanh_is_odd", "a mean is always within reach, one thinks",
     "A tanh network without any 1 gives 0 at x = 0 and cannot even find the mean."),
    ("CABC", "takes_the_sigmoid_for_odd", "tanh and sigmoid treated alike",
     "A sigmoid is one half at 0, not 0: the halves of the hidden units act as a 1 for the output layer."),
    ("CABA", "takes_the_half_for_a_full_bias", "facts: sigma(0) = 0.5 acts as a bias; measured: for the output layer only",
     "The halves of the sigmoids serve the output layer only. The hidden units themselves cannot be shifted."),
    ("CACB", "thinks_nothing_of_the_output_one", "the 1 at the output thought useless without one at the input",
     "A 1 at the output can do one thing by itself: set the mean."),
    ("CAAA", "fears_for_tanh_without_ones_only", "only the extreme case thought to fail",
     "Odd plus a constant is all that a 1 at the output, or the halves of sigmoids, can give. The curve is even."),
]  # fmt: skip
for letters, idea, origin, words in GUESSES:
    misconception_by_edit(
        "predict_the_fits", idea, old=CHOICES, new=repr(tuple(letters)), message=words, source=origin
    )


# --- find_the_bug ---------------------------------------------------------------------------------------------------

VERDICTS = ("right", "early", "entry", "frozen", "slope")


@exercise("find_the_bug", weight=0)
def test_find_the_bug_returns_five_verdicts(learner):
    """`find_the_bug` must return five verdicts, each one of "right", "early", "entry", "frozen", "slope"."""
    expect_words(
        learner.find_the_bug(),
        5,
        VERDICTS,
        "It must return five strings.",
        "A verdict is not one of the five words.",
    )


declare_answer_checks(
    globals(),
    "find_the_bug",
    test_find_the_bug_a="The verdict on candidate A is not right: its last layer agrees with the slope. Which entries reach the first one?",
    test_find_the_bug_b="The verdict on candidate B is not right: look at column 0 of both matrices before and after its step.",
    test_find_the_bug_c="The verdict on candidate C is not right: trust the numerical gradient, not the look of the code.",
    test_find_the_bug_d="The verdict on candidate D is not right: compare its last layer with the slope.",
    test_find_the_bug_e="The verdict on candidate E is not right: divide its step by the learning rate, for a small and for a large one.",
)


RIGHT = '("entry", "frozen", "right", "slope", "early")'
DIAGNOSES = [
    ("right right right right right", "believes_what_learns", "'it learns, so it is right'",
     "All five learn, and still only one takes the right step. Compare each with the numerical gradient."),
    ("entry frozen early slope right", "mixes_up_the_twins", "measured: C and E lie on top of each other",
     "C and E are mixed up. One of them overwrites W2 and then goes back through it."),
    ("entry frozen right slope right", "overlooks_the_early_update", "measured: 3 % of the first layer's step at a rate of 0.3",
     "E learns like C, but its first layer's step depends on the learning rate in more than its length: W2 is new before d1 is computed."),
    ("entry frozen slope right early", "believes_the_lowest_loss", "measured: the delta of cross-entropy learns faster",
     "The lowest loss does not make D right: its step at the output is not the slope of the squared error. And C has both slopes, look at h - h**2."),
    ("entry frozen right right early", "forgives_the_faster_one", "measured: the delta of cross-entropy learns faster",
     "D descends another loss, the cross-entropy: its last layer does not agree with the slope."),
    ("frozen entry right slope early", "mixes_up_the_biases", "both have to do with column 0",
     "A and B are mixed up: which of them cuts an entry off, and which of them leaves column 0 as it was?"),
    ("right frozen right slope early", "overlooks_the_wrong_entry", "the shapes fit, so it runs",
     "A drops an entry of W2.T @ d2, but which? The biases are in column 0, and [:-1] cuts at the other end."),
    ("entry right right slope early", "overlooks_the_frozen_biases", "measured: training still reaches 0.97",
     "B copies column 0 of both matrices as it is: its biases never move."),
    ("entry frozen slope slope early", "does_not_know_the_other_slope", "h * (1 - h) multiplied out",
     "C has its slope: h - h**2 is h * (1 - h). The numerical gradient agrees with all of it."),
    ("entry frozen entry slope early", "distrusts_another_cut", "(d2 @ W2)[1:] is the same cut",
     "C cuts the right entry: the first entry of d2 @ W2 belongs to the 1. The numerical gradient agrees with all of it."),
]  # fmt: skip
for verdicts, idea, origin, words in DIAGNOSES:
    misconception_by_edit(
        "find_the_bug", idea, old=RIGHT, new=repr(tuple(verdicts.split())), message=words, source=origin
    )
