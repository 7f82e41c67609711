"""Hidden checks of 14_relu_xor."""

import numpy as np

from autograder.checking import (
    declare_answer_checks,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    misconception,
    misconception_by_edit,
)

NEEDS = {
    "relu_backward": ["relu_forward"],
    "relu_softmax_gradients": ["relu_forward", "relu_backward", "softmax_cross_entropy"],
    "xor_gradients": ["relu_forward", "relu_backward"],
    "train_xor": ["xor_gradients"],
}
OPAQUE = {"relu_forward": [1]}
FREE = {  # the slope at exactly 0
    "relu_backward": lambda dout, cache: bool((cache == 0).any()),
    "leaky_relu_backward": lambda dout, x, slope: bool((x == 0).any()),
}
CHANGES_ARGUMENTS = set()

GRADIENT = {"rtol": 1e-5, "atol": 1e-8}


# --- relu_forward ---------------------------------------------------------------------------------------------------


def forward(learner, x):
    """Output of the learner's ReLU, as an array."""
    result = learner.relu_forward(x)
    expect_parts(result, 2, "Return two things: out and cache.", kinds=tuple)
    return expect_array(result[0], x.shape, "out")


@exercise("relu_forward", weight=0)
def test_relu_forward_returns_an_array_and_a_cache(learner, rng):
    """`relu_forward` must return `out` with the shape of `x`, and a cache."""
    forward(learner, rng.normal(size=(4, 5)))


@exercise("relu_forward", weight=2)
def test_relu_forward_values(learner, reference, rng):
    """What is positive must pass unchanged, what is negative must become 0."""
    x = 3 * rng.normal(size=(6, 7))
    expect_close(forward(learner, x), reference.relu_forward(x)[0])


@exercise("relu_forward")
def test_relu_forward_near_zero_and_far_away(learner, reference, rng):
    """Small and large inputs follow the same rule: there is no floor, no ceiling and no slope below 0."""
    x = rng.choice([-1.0, 1.0], size=(5, 8)) * 10.0 ** rng.uniform(-4, 6, size=(5, 8))
    x[0, :4], x[1, :2] = [0.004, -0.004, 0.0, 700.0], [1e-6, -1e-6]
    expect_close(forward(learner, x), reference.relu_forward(x)[0])


@exercise("relu_forward")
def test_relu_forward_any_shape(learner, reference, rng):
    """Vectors and arrays with three axes must work like matrices."""
    for shape in ((9,), (2, 3, 4), (1, 1)):
        x = rng.normal(size=shape) + np.where(np.arange(shape[-1]) % 2, -0.7, 0.7)
        expect_close(forward(learner, x), reference.relu_forward(x)[0])


@misconception(
    "relu_forward",
    "You returned the slope, 0 or 1. The output itself is `x` where `x` is positive.",
    source="document 004: 'if x <= 0, output is 0; if x > 0, output is 1' is said of the derivative and read as the function",
)
def returns_the_slope(x):
    return (x > 0).astype(float), x


@misconception(
    "relu_forward",
    "You cut off at a small positive number. A ReLU cuts off at 0.",
    source="document 004, first answer: max(e, x) for a small e in place of the ReLU",
)
def cuts_off_at_epsilon(x):
    return np.maximum(x, 0.01), x


@misconception(
    "relu_forward",
    "You let a small part of the negative numbers through: that is the leaky ReLU. Here they become exactly 0.",
    source="document 004: two of four answers move on to the leaky ReLU",
)
def is_leaky(x):
    return np.where(x > 0, x, 0.01 * x), x


@misconception(
    "relu_forward",
    "You put a small constant where `x` is negative. A ReLU puts out exactly 0 there.",
    source="document 004, first answer: leaky ReLU described as 'a small value at 0, such as 0.01'",
)
def puts_a_small_value(x):
    return np.where(x > 0, x, 0.01), x


@misconception(
    "relu_forward",
    "You took the largest entry along an axis: in `np.max(x, 0)` the 0 is an axis. For the larger of two numbers NumPy has another function.",
    source="common NumPy slip: np.max for np.maximum",
)
def largest_along_an_axis(x):
    return np.max(x, 0), x


@misconception(
    "relu_forward",
    "You kept the negative numbers and dropped the positive ones. A ReLU keeps the larger of `x` and 0.",
    source="common slip: minimum for maximum",
)
def keeps_the_negative_part(x):
    return np.minimum(x, 0), x


@misconception(
    "relu_forward",
    "You removed the sign. A negative number must become 0, not positive.",
    source="common slip: the absolute value for the positive part",
)
def removes_the_sign(x):
    return np.abs(x), x


# --- relu_backward --------------------------------------------------------------------------------------------------


def backward(learner, dout, x):
    """The learner's gradient through the learner's own ReLU, as an array."""
    result = learner.relu_forward(x)
    expect_parts(result, 2, "relu_forward must return two things: out and cache.", kinds=tuple)
    return expect_array(learner.relu_backward(dout, result[1]), x.shape, "dx")


@exercise("relu_backward", weight=0)
def test_relu_backward_returns_one_array(learner, rng):
    """`relu_backward` must return one array with the shape of `dout`."""
    backward(learner, rng.normal(size=(4, 5)), rng.normal(size=(4, 5)))


@exercise("relu_backward", weight=3)
def test_relu_backward_values(learner, reference, rng):
    """The gradient passes unchanged where the *input* was positive, and is 0 where the input was negative."""
    x, dout = rng.normal(size=(7, 5)), 4 * rng.normal(size=(7, 5))
    expect_close(backward(learner, dout, x), reference.relu_backward(dout, reference.relu_forward(x)[1]))


@exercise("relu_backward")
def test_relu_backward_on_one_sided_units(learner, reference, rng):
    """A unit that is open, or closed, on all examples is no special case, nor is one near 0: each entry has a gate of its own."""
    x, dout = rng.normal(size=(4, 6)), rng.normal(size=(4, 6))
    x[:, 0], x[:, 1], x[:, 2] = -np.abs(x[:, 0]), np.abs(x[:, 1]), 1e-3 * x[:, 2]
    x[:, 3] = [1e-6, -1e-6, 1e-9, -1e-9]
    expect_close(backward(learner, dout, x), reference.relu_backward(dout, reference.relu_forward(x)[1]))


@exercise("relu_backward")
def test_relu_backward_any_shape(learner, reference, rng):
    """Vectors and arrays with three axes must work like matrices."""
    for shape in ((9,), (2, 3, 4)):
        x, dout = (
            rng.normal(size=shape) + np.where(np.arange(shape[-1]) % 2, -0.7, 0.7),
            rng.normal(size=shape),
        )
        expect_close(backward(learner, dout, x), reference.relu_backward(dout, reference.relu_forward(x)[1]))


@misconception(
    "relu_backward",
    "You masked with the sign of `dout`. The gates were set on the way forward, by the input: the mask is `x > 0`.",
    source="a mix-up that is also known as guided back-propagation when half of it is meant",
)
def masks_by_the_gradient(dout, cache):
    return dout * (dout > 0)


@misconception(
    "relu_backward",
    "You let the gradient through where the input *or* the gradient was negative. Only the input decides: `x > 0`.",
    source="guided back-propagation (Springenberg and others, 2015) masks by both; a gradient is masked by the input alone",
)
def masks_by_both(dout, cache):
    return dout * (cache > 0) * (dout > 0)


@misconception(
    "relu_backward",
    "The whole gradient came through. The closed gates must stop it (a mask such as `relu(x) < 0` is never true: a ReLU puts out nothing negative).",
    source="measured: XOR is still solved from 100 of 100 starts without a mask, so only the gradient shows it",
)
def masks_nothing(dout, cache):
    return dout.copy()


@misconception(
    "relu_backward",
    "Your mask is upside down: the gradient passes where the input was positive.",
    source="common slip: the sign of the comparison",
)
def masks_the_open_gates(dout, cache):
    return dout * (cache < 0)


@misconception(
    "relu_backward",
    "You returned the slope alone. The chain rule multiplies it by the gradient that arrives, `dout`.",
    source="document 004: the question speaks of the derivative as if it were the gradient",
)
def returns_the_slope_alone(dout, cache):
    return (cache > 0).astype(float)


@misconception(
    "relu_backward",
    "You multiplied by the output of the ReLU. Its slope is 1 where the input was positive, however large the output.",
    source="document 004, third answer: 'neuron output' named among the factors of the derivative",
)
def multiplies_by_the_output(dout, cache):
    return dout * np.maximum(cache, 0)


@misconception(
    "relu_backward",
    "You stopped a unit's gradient for all examples as soon as one example closed it. Each example has a gate of its own.",
    source="document 004, third answer: 'weights will not update', true of one example, said of the unit",
)
def one_closed_gate_closes_the_unit(dout, cache):
    return dout * np.all(cache > 0, axis=0)


@misconception(
    "relu_backward",
    "You stopped only the dead units. An example that closes a living unit must get nothing through it either.",
    source="the lesson's own notion of a dead unit, taken for the mask",
)
def one_open_gate_opens_the_unit(dout, cache):
    return dout * np.any(cache > 0, axis=0)


@misconception(
    "relu_backward",
    "You let a small part of the gradient through closed gates: that is the leaky ReLU. Here nothing passes.",
    source="document 004: leaky ReLU with 0.01 offered as the derivative",
)
def leaks_backward(dout, cache):
    return dout * np.where(cache > 0, 1.0, 0.01)


# --- softmax_cross_entropy ------------------------------------------------------------------------------------------


def loss_and_gradient(learner, scores, y):
    """The learner's loss and gradient, both checked for their shapes."""
    result = learner.softmax_cross_entropy(scores, y)
    expect_parts(result, 2, "Return two things: loss and dscores.", kinds=tuple)
    return expect_array(result[0], (), "the loss"), expect_array(result[1], scores.shape, "dscores")


@exercise("softmax_cross_entropy", weight=0)
def test_softmax_cross_entropy_shapes(learner, rng):
    """`softmax_cross_entropy` must return a number and an array with the shape of `scores`."""
    loss_and_gradient(learner, rng.normal(size=(6, 4)), rng.integers(4, size=6))


@exercise("softmax_cross_entropy", weight=2)
def test_softmax_cross_entropy_loss(learner, reference, rng):
    """The loss is the mean over the examples of minus the natural logarithm of the right class's probability."""
    for N, K in ((7, 3), (3, 5), (1, 2)):
        scores, y = 2 * rng.normal(size=(N, K)), rng.integers(K, size=N)
        expect_close(loss_and_gradient(learner, scores, y)[0], reference.softmax_cross_entropy(scores, y)[0])


@exercise("softmax_cross_entropy", weight=3)
def test_softmax_cross_entropy_gradient(learner, reference, rng):
    """`dscores` must be the gradient of the mean loss: entry by entry, sign and factor 1/N included."""
    for N, K in ((7, 3), (3, 5), (4, 2), (1, 3)):
        scores, y = 2 * rng.normal(size=(N, K)), rng.integers(K, size=N)
        expect_close(
            loss_and_gradient(learner, scores, y)[1],
            reference.softmax_cross_entropy(scores, y)[1],
            **GRADIENT,
        )


@exercise("softmax_cross_entropy")
def test_softmax_cross_entropy_of_large_scores(learner, reference, rng):
    """Scores of 1000 must not overflow, a number added to all scores of a row must change nothing, and a tiny probability counts in full."""
    scores, y = rng.normal(size=(5, 4)), rng.integers(4, size=5)
    shifted = scores + np.array([[1000.0], [-1200.0], [0.0], [3.0], [5000.0]])
    loss, dscores = loss_and_gradient(learner, shifted, y)
    right_loss, right_dscores = reference.softmax_cross_entropy(scores, y)
    expect_close(loss, right_loss)
    expect_close(dscores, right_dscores, **GRADIENT)
    far_apart = rng.permuted(np.tile([-1000.0, -300.0, 350.0, 1000.0], (3, 1)), axis=1)
    badly_wrong = rng.permuted(np.tile([0.0, 30.0, 60.0, 90.0], (3, 1)), axis=1)
    for scores, y in ((far_apart, far_apart.argmax(axis=1)), (badly_wrong, badly_wrong.argmin(axis=1))):
        found, right = loss_and_gradient(learner, scores, y), reference.softmax_cross_entropy(scores, y)
        expect_close(found[0], right[0])
        expect_close(found[1], right[1], **GRADIENT)


misconception_by_edit(
    "softmax_cross_entropy", "gradient_of_the_sum", old="    dscores /= N\n", new="",
    message="`dscores` is N times too long: the loss is a mean over the examples, so its gradient carries the factor 1/N.",
    source="learners' public repositories: the 1/N of the mean left out of the gradient",
)  # fmt: skip
misconception_by_edit(
    "softmax_cross_entropy", "means_over_all_entries", old="    dscores /= N\n", new="    dscores /= dscores.size\n",
    message="You divided the gradient by the number of entries. The mean runs over the N examples only.",
    source="common slip: a mean over all entries of the matrix",
)  # fmt: skip
misconception_by_edit(
    "softmax_cross_entropy", "softmax_down_the_columns",
    old="exp_scores.sum(axis=1, keepdims=True)", new="exp_scores.sum(axis=0, keepdims=True)",
    message="Your probabilities sum to 1 down the columns. Each row is one example: sum over `axis=1`.",
    source="axis mistakes in learners' public repositories",
)  # fmt: skip
misconception_by_edit(
    "softmax_cross_entropy", "softmax_over_everything",
    old="exp_scores.sum(axis=1, keepdims=True)", new="exp_scores.sum()",
    message="You divided by the sum over the whole matrix. Each row is one example: sum over `axis=1` and keep the dimension.",
    source="axis mistakes in learners' public repositories",
)  # fmt: skip
misconception_by_edit(
    "softmax_cross_entropy", "points_uphill", old="    dscores /= N\n", new="    dscores /= -N\n",
    message="`dscores` has the wrong sign: it is probs minus one-hot, not one-hot minus probs.",
    source="document 004: the error named as 'actual value and estimated value', in no fixed order",
)  # fmt: skip
misconception_by_edit(
    "softmax_cross_entropy", "forgets_the_one", old="    dscores[np.arange(N), y] -= 1\n", new="",
    message="`dscores` is only the probabilities. Subtract 1 at the right class of each row.",
    source="common slip: the one-hot term left out",
)  # fmt: skip
misconception_by_edit(
    "softmax_cross_entropy", "multiplies_by_the_sigmoid_slope",
    old="    dscores /= N\n", new="    dscores *= probs * (1 - probs) / N\n",
    message="You multiplied by `probs * (1 - probs)`, the slope of a sigmoid. Behind a softmax with cross-entropy that factor has cancelled.",
    source="document 004, third answer: works the example with a sigmoid output in place of the softmax",
)  # fmt: skip
misconception_by_edit(
    "softmax_cross_entropy", "overflows",
    old="np.exp(scores - scores.max(axis=1, keepdims=True))", new="np.exp(scores)",
    message="Large scores overflow in `np.exp`. Subtract each row's maximum first; the probabilities stay the same.",
    source="known published error: the naive softmax returns nan for scores of 1000",
)  # fmt: skip


@misconception(
    "softmax_cross_entropy",
    "Your loss and gradient belong to the sum over the examples. The loss is their mean.",
    source="measured: sum or mean is the factor most often lost in programs like that of document 004",
)
def sums_over_the_examples(scores, y):
    N = len(scores)
    exp_scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)
    dscores = probs.copy()
    dscores[np.arange(N), y] -= 1
    return -np.log(probs[np.arange(N), y]).sum(), dscores


# --- relu_softmax_gradients -----------------------------------------------------------------------------------------


def network(rng, D, H, K):
    """Random parameters with biases that are not zero."""
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def network_loss_and_gradients(learner, params, X, y):
    """The learner's loss and gradients, all checked for their shapes."""
    result = learner.relu_softmax_gradients(params, X, y)
    expect_parts(result, 2, "Return two things: loss and grads.", kinds=tuple)
    loss, grads = result
    expect(
        isinstance(grads, dict) and set(grads) == set(params),
        "grads must be a dict with the names W1, b1, W2 and b2.",
    )
    expect_array(loss, (), "the loss")
    return loss, {name: expect_array(grads[name], params[name].shape, f"grads[{name!r}]") for name in params}


def network_case(rng, N=7, D=3, H=6, K=4):
    return network(rng, D, H, K), rng.normal(size=(N, D)), rng.integers(K, size=N)


@exercise("relu_softmax_gradients", weight=0)
def test_relu_softmax_gradients_shapes(learner, rng):
    """`relu_softmax_gradients` must return a number and a dict in which each gradient has the shape of its parameter."""
    network_loss_and_gradients(learner, *network_case(rng))


@exercise("relu_softmax_gradients")
def test_relu_softmax_gradients_loss(learner, reference, rng):
    """The loss must be that of: linear layer with bias, ReLU, linear layer with bias, softmax, mean cross-entropy."""
    case = network_case(rng)
    expect_close(network_loss_and_gradients(learner, *case)[0], reference.relu_softmax_gradients(*case)[0])


@exercise("relu_softmax_gradients", weight=2)
def test_relu_softmax_gradients_of_the_output_layer(learner, reference, rng):
    """The gradients of `W2` and `b2` are not right. They are made from `h`, what came out of the ReLU, and from `dscores`."""
    case = network_case(rng)
    found, right = network_loss_and_gradients(learner, *case)[1], reference.relu_softmax_gradients(*case)[1]
    expect_close(found["b2"], right["b2"], **GRADIENT, message="Look at b2 first.")
    expect_close(found["W2"], right["W2"], **GRADIENT, message="Look at W2.")


@exercise("relu_softmax_gradients", weight=4)
def test_relu_softmax_gradients_of_the_hidden_layer(learner, reference, rng):
    """The gradients of `W1` and `b1` are not right. They are made from `X` and from `dz`, the gradient behind the gates."""
    case = network_case(rng)
    found, right = network_loss_and_gradients(learner, *case)[1], reference.relu_softmax_gradients(*case)[1]
    expect_close(found["b1"], right["b1"], **GRADIENT, message="Look at b1 first.")
    expect_close(found["W1"], right["W1"], **GRADIENT, message="Look at W1.")


@exercise("relu_softmax_gradients")
def test_relu_softmax_gradients_with_dead_units_and_other_sizes(learner, reference, rng):
    """Other sizes, one example alone, and units that are dead or always open must come out right as well."""
    for N, D, H, K in ((1, 2, 5, 3), (9, 4, 3, 2), (5, 1, 2, 6)):
        params, X, y = network_case(rng, N, D, H, K)
        params["b1"][0], params["b1"][1] = -30.0, 8.0
        found = network_loss_and_gradients(learner, params, X, y)
        right = reference.relu_softmax_gradients(params, X, y)
        expect_close(found[0], right[0])
        expect_close(found[1], right[1], **GRADIENT)


misconception_by_edit(
    "relu_softmax_gradients", "network_without_mask", old="relu_backward(dh, cache)", new="dh",
    message="The gradient of the hidden layer went past the gates unmasked. Send `dh` through `relu_backward` (and remember that a ReLU's output is never below 0).",
    source="measured: without a mask XOR is still solved from 100 of 100 starts",
)  # fmt: skip
misconception_by_edit(
    "relu_softmax_gradients", "network_masked_by_the_gradient", old="relu_backward(dh, cache)", new="dh * (dh > 0)",
    message="You masked the hidden gradient by its own sign. The mask is that of the forward pass: where `z` was positive.",
    source="common mix-up of input and gradient in the backward pass",
)  # fmt: skip
misconception_by_edit(
    "relu_softmax_gradients", "forgets_the_hidden_bias", old="z = X @ W1 + b1", new="z = X @ W1",
    message="The hidden layer works without its bias on the way forward: chunk 1 adds `b1`.",
    source="the bias-free program of document 004 carried over to the asker's network",
)  # fmt: skip
misconception_by_edit(
    "relu_softmax_gradients", "output_weights_from_z", old="h.T @ dscores", new="z.T @ dscores",
    message="The gradient of `W2` is made from what `W2` was multiplied by on the way forward: `h`, after the ReLU, not `z`.",
    source="common slip: the value before the activation in place of the one after it",
)  # fmt: skip
misconception_by_edit(
    "relu_softmax_gradients", "relu_before_the_softmax",
    old="softmax_cross_entropy(scores, y)", new="softmax_cross_entropy(np.maximum(scores, 0), y)",
    message="You sent the scores through a ReLU as well. The asker's network has one ReLU, behind the hidden layer; the softmax takes the scores as they are.",
    source="document 004: the place of the ReLU in the asker's drawing misread",
)  # fmt: skip
misconception_by_edit(
    "relu_softmax_gradients", "masks_the_scores_too",
    old="    dW2 = h.T @ dscores\n", new="    dscores = dscores * (scores > 0)\n    dW2 = h.T @ dscores\n",
    message="You masked the gradient at the output as well. Gates stand only behind the hidden layer.",
    source="measured list of wrong programs for document 004: the mask applied to the prediction",
)  # fmt: skip
misconception_by_edit(
    "relu_softmax_gradients", "sum_in_place_of_mean",
    old="    dW2 = h.T @ dscores\n", new="    dscores = dscores * len(X)\n    dW2 = h.T @ dscores\n",
    message="All your gradients are N times too long: the loss is a mean over the examples.",
    source="measured list of wrong programs for document 004: sum and mean mixed up",
)  # fmt: skip
misconception_by_edit(
    "relu_softmax_gradients", "divides_by_n_twice",
    old="    dW2 = h.T @ dscores\n", new="    dscores = dscores / len(X)\n    dW2 = h.T @ dscores\n",
    message="All your gradients are divided by N twice. `dscores` carries the factor 1/N already.",
    source="common slip: the 1/N applied in both functions",
)  # fmt: skip
misconception_by_edit(
    "relu_softmax_gradients", "slope_of_a_sigmoid", old="relu_backward(dh, cache)", new="dh * h * (1 - h)",
    message="You used `h * (1 - h)`, the slope of a sigmoid, at the ReLU. Its slope is 1 where `z` was positive, else 0.",
    source="document 004, first answer: 'one line of change' from a sigmoid network, made forward but not backward",
)  # fmt: skip


@misconception(
    "relu_softmax_gradients",
    "Your bias gradients are means over the examples. The 1/N is in `dscores` already: biases add up, like weights.",
    source="common slip: mean for sum in the bias gradient",
)
def biases_by_the_mean(params, X, y):
    z = X @ params["W1"] + params["b1"]
    h, cache = relu_forward(z)  # noqa: F821
    loss, dscores = softmax_cross_entropy(h @ params["W2"] + params["b2"], y)  # noqa: F821
    dz = relu_backward(dscores @ params["W2"].T, cache)  # noqa: F821
    return loss, {"W1": X.T @ dz, "b1": dz.mean(axis=0), "W2": h.T @ dscores, "b2": dscores.mean(axis=0)}


@misconception(
    "relu_softmax_gradients",
    "You let every example through a unit that is open for any of them. Each example has a gate of its own.",
    source="the notion of a dead unit, taken for the mask",
)
def network_masked_by_unit(params, X, y):
    z = X @ params["W1"] + params["b1"]
    h = np.maximum(z, 0)
    loss, dscores = softmax_cross_entropy(h @ params["W2"] + params["b2"], y)  # noqa: F821
    dz = (dscores @ params["W2"].T) * np.any(z > 0, axis=0)
    return loss, {"W1": X.T @ dz, "b1": dz.sum(axis=0), "W2": h.T @ dscores, "b2": dscores.sum(axis=0)}


# --- find_the_bug ---------------------------------------------------------------------------------------------------


def line_and_repair(learner):
    """The learner's two answers, whatever they are."""
    answer = learner.find_the_bug()
    expect_parts(answer, 2, "Return two things: the line and the letter.")
    expect(not isinstance(answer[0], (str, bool)) and np.ndim(answer[0]) == 0, "The line is a number.")
    expect(isinstance(answer[1], str), "The repair is a letter in quotes.")
    return answer[0], answer[1].strip().lower()


@exercise("find_the_bug", weight=0)
def test_find_the_bug_names_a_line_and_a_letter(learner):
    """`find_the_bug` must return a line number and one of the letters a, b, c, d."""
    line_and_repair(learner)


@exercise("find_the_bug")
def test_find_the_bug_line(learner, reference):
    """That line does its job. The gradient of `W3` is right and that of `W2` is not: look between the two."""
    expect(line_and_repair(learner)[0] == reference.find_the_bug()[0])


@exercise("find_the_bug")
def test_find_the_bug_repair(learner, reference):
    """Line and repair together do not make the gradient right. Change the program in the notebook and measure again."""
    expect(line_and_repair(learner) == reference.find_the_bug())


@misconception(
    "find_the_bug",
    "Line 10 looks like the odd one out, but it is right: a ReLU puts out 0 exactly where its gate is closed, so `h1 <= 0` finds the closed gates. Now compare line 7.",
    source="measured: masks h < 0 and h <= 0 on the output, one never true, one right",
)
def suspects_the_right_mask():
    return 10, "b"


@misconception(
    "find_the_bug",
    "The line is right. But the gates are set by the forward pass; the sign of the gradient has no say.",
    source="common mix-up of input and gradient in the backward pass",
)
def repairs_by_the_gradient():
    return 7, "a"


@misconception(
    "find_the_bug",
    "The line is right. But this repair keeps the gradient where the gate was closed, and stops it where it was open.",
    source="common slip: the sign of the comparison",
)
def repairs_upside_down():
    return 7, "c"


@misconception(
    "find_the_bug",
    "The line is right. But each layer has gates of its own: those of `dh2` were set by the second hidden layer, not by the one below.",
    source="common slip: the cache of another layer",
)
def repairs_with_the_layer_below():
    return 7, "d"


@misconception(
    "find_the_bug",
    "Line 8 hands on what it is given: its own product is right. The error is already in `dh2`.",
    source="the first gradient that is wrong is not always made by the line that is wrong",
)
def blames_the_messenger():
    return 8, "b"


# --- xor_gradients --------------------------------------------------------------------------------------------------


def xor_result(learner, W1, W2, X, y):
    """The learner's loss, dW1 and dW2, all checked for their shapes."""
    result = learner.xor_gradients(W1, W2, X, y)
    expect_parts(result, 3, "Return three things: loss, dW1 and dW2.", kinds=tuple)
    loss = expect_array(result[0], (), "the loss")
    return loss, expect_array(result[1], W1.shape, "dW1"), expect_array(result[2], W2.shape, "dW2")


def xor_case(rng, N=7, H=5):
    return rng.normal(size=(2, H)), rng.normal(size=(H, 1)), rng.normal(size=(N, 2)), rng.normal(size=(N, 1))


@exercise("xor_gradients", weight=0)
def test_xor_gradients_shapes(learner, rng):
    """`xor_gradients` must return a number, `dW1` shaped as `W1` and `dW2` shaped as `W2`."""
    xor_result(learner, *xor_case(rng))


@exercise("xor_gradients")
def test_xor_gradients_loss(learner, reference, rng):
    """The loss is the sum of the squared errors over all examples: no mean, no ½, no bias and no ReLU at the output."""
    case = xor_case(rng)
    expect_close(xor_result(learner, *case)[0], reference.xor_gradients(*case)[0])


@exercise("xor_gradients", weight=2)
def test_xor_gradients_output_weights(learner, reference, rng):
    """`dW2` is not the gradient of the sum of squares. It is made from `h` and from 2 (y_hat - y)."""
    case = xor_case(rng)
    expect_close(xor_result(learner, *case)[2], reference.xor_gradients(*case)[2], **GRADIENT)


@exercise("xor_gradients", weight=3)
def test_xor_gradients_hidden_weights(learner, reference, rng):
    """`dW1` is not the gradient of the sum of squares. Check the way back: `dy_hat`, `dh`, the gates, then `X`."""
    case = xor_case(rng)
    expect_close(xor_result(learner, *case)[1], reference.xor_gradients(*case)[1], **GRADIENT)


@exercise("xor_gradients")
def test_xor_gradients_on_xor_and_other_sizes(learner, reference, rng):
    """On the four rows of XOR, with one unit or with many, dead ones among them, all three must be right."""
    for H in (1, 4, 30):
        W1, W2, *_ = xor_case(rng, H=H)
        W1[:, 0] = np.abs(W1[:, 0]) if H == 1 else -np.abs(W1[:, 0])
        case = W1, W2, reference.XOR_X, reference.XOR_Y
        found, right = xor_result(learner, *case), reference.xor_gradients(*case)
        expect_close(found, right, **GRADIENT)


misconception_by_edit(
    "xor_gradients", "xor_without_mask", old="relu_backward(dh, cache)", new="dh",
    message="The gradient of the hidden layer went past the gates unmasked. Send `dh` through `relu_backward`. Training will not show you the difference, the gradient does.",
    source="measured: without a mask XOR is still solved from 100 of 100 starts",
)  # fmt: skip
misconception_by_edit(
    "xor_gradients", "xor_masked_by_the_gradient", old="relu_backward(dh, cache)", new="dh * (dh > 0)",
    message="You masked the hidden gradient by its own sign. The mask is that of the forward pass: where `z` was positive.",
    source="common mix-up of input and gradient in the backward pass",
)  # fmt: skip
misconception_by_edit(
    "xor_gradients", "forgets_the_two", old="2 * (y_hat - y)", new="(y_hat - y)",
    message="Your gradients are half as long as they should be: the derivative of a square is twice the error.",
    source="common slip: the hidden ½ of textbooks taken into the gradient but not into the loss",
)  # fmt: skip
misconception_by_edit(
    "xor_gradients", "error_the_other_way", old="2 * (y_hat - y)", new="2 * (y - y_hat)",
    message="Your gradients point downhill. The gradient itself is made from `y_hat - y`; the minus sign comes with the update.",
    source="document 004, third answer: the error named as actual minus estimated value",
)  # fmt: skip
misconception_by_edit(
    "xor_gradients", "output_gradient_from_z", old="h.T @ dy_hat", new="z.T @ dy_hat",
    message="`dW2` is made from what `W2` was multiplied by: `h`, after the ReLU, not `z`.",
    source="common slip: the value before the activation in place of the one after it",
)  # fmt: skip
misconception_by_edit(
    "xor_gradients", "relu_at_the_output", old="y_hat = h @ W2", new="y_hat = np.maximum(h @ W2, 0)",
    message="You sent the output through a ReLU as well. The output of this network is linear.",
    source="measured list of wrong programs for document 004: the ReLU on the prediction",
)  # fmt: skip
misconception_by_edit(
    "xor_gradients", "masks_the_prediction",
    old="dy_hat = 2 * (y_hat - y)", new="dy_hat = 2 * (y_hat - y) * (y_hat > 0)",
    message="You masked the gradient at the output, where there is no ReLU. Gates stand only behind the hidden layer.",
    source="measured list of wrong programs for document 004: the mask applied to the prediction",
)  # fmt: skip


@misconception(
    "xor_gradients",
    "You took the mean over the examples. Here the loss is the sum of squares, as in the program that the lesson comes from.",
    source="measured list of wrong programs for document 004: sum and mean mixed up",
)
def mean_in_place_of_sum(W1, W2, X, y):
    z = X @ W1
    h = np.maximum(z, 0)
    error = h @ W2 - y
    dz = 2 * error @ W2.T * (z > 0) / len(X)
    return np.mean(error**2), X.T @ dz, h.T @ error * 2 / len(X)


@misconception(
    "xor_gradients",
    "Loss and gradients carry a factor ½. In this course a loss has no hidden ½: sum the squares as they are.",
    source="a convention of many textbooks: half the sum of squares",
)
def half_the_sum(W1, W2, X, y):
    z = X @ W1
    h = np.maximum(z, 0)
    error = h @ W2 - y
    return 0.5 * np.sum(error**2), X.T @ (error @ W2.T * (z > 0)), h.T @ error


# --- train_xor ------------------------------------------------------------------------------------------------------


def trained(learner, W1, W2, learning_rate, steps):
    """The learner's weights and losses, all checked for their shapes."""
    result = learner.train_xor(W1, W2, learning_rate, steps)
    expect_parts(result, 3, "Return three things: W1, W2 and losses.", kinds=tuple)
    losses = result[2]
    losses = (
        np.array(losses)
        if isinstance(losses, list) and all(np.ndim(loss) == 0 for loss in losses)
        else losses
    )
    return (
        expect_array(result[0], W1.shape, "W1"),
        expect_array(result[1], W2.shape, "W2"),
        expect_array(losses, (steps,), "losses"),
    )


def start(rng, H=6):
    W1, W2 = rng.normal(size=(2, H)), rng.normal(size=(H, 1))
    W1[:, 0] = np.abs(W1[:, 0])  # one unit is surely alive, whatever was drawn
    return W1, W2


@exercise("train_xor", weight=0)
def test_train_xor_shapes(learner, rng):
    """`train_xor` must return `W1`, `W2` and one loss for each step."""
    trained(learner, *start(rng), 0.01, 3)


@exercise("train_xor", weight=2)
def test_train_xor_one_step(learner, reference, rng):
    """One step must move both matrices by minus the learning rate times their gradients, both taken at the same point."""
    W1, W2 = start(rng)
    expect_close(trained(learner, W1, W2, 0.03, 1)[:2], reference.train_xor(W1, W2, 0.03, 1)[:2], **GRADIENT)


@exercise("train_xor", weight=2)
def test_train_xor_several_steps(learner, reference, rng):
    """Several steps must follow gradient descent: each starts where the last one ended, with gradients taken anew, to the last one,
    whether the loss falls, rises or hardly moves."""
    W1, W2 = start(rng)
    solved = np.array([[1.0, -1.0], [-1.0, 1.0]]) + 0.02 * rng.normal(size=(2, 2)), np.ones((2, 1))
    for case in ((W1, W2, 0.01, 8), (W1, W2, 0.4, 3), (*solved, 0.01, 6)):
        expect_close(trained(learner, *case)[:2], reference.train_xor(*case)[:2], **GRADIENT)


@exercise("train_xor", weight=2)
def test_train_xor_losses(learner, reference, rng):
    """`losses` must hold the loss of each step before its update, the first one at the start."""
    W1, W2 = start(rng)
    expect_close(trained(learner, W1, W2, 0.01, 6)[2], reference.train_xor(W1, W2, 0.01, 6)[2], **GRADIENT)


@exercise("train_xor")
def test_train_xor_edges(learner, reference, rng):
    """With no steps nothing happens and there are no losses; with learning rate 0 the loss stays the same; one unit is enough."""
    for learning_rate, steps, H in ((0.05, 0, 3), (0.0, 4, 5), (0.02, 5, 1)):
        W1, W2 = start(rng, H)
        found, right = (
            trained(learner, W1, W2, learning_rate, steps),
            reference.train_xor(W1, W2, learning_rate, steps),
        )
        expect_close(found, right, **GRADIENT)


@misconception(
    "train_xor",
    "You moved `W2` first and took the gradient of `W1` afterwards. Take both gradients before either matrix moves.",
    source="measured list of wrong programs for document 004: w2 updated before w1's gradient",
)
def moves_the_output_first(W1, W2, learning_rate, steps):
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step], _, dW2 = xor_gradients(W1, W2, XOR_X, XOR_Y)  # noqa: F821
        W2 = W2 - learning_rate * dW2
        W1 = W1 - learning_rate * xor_gradients(W1, W2, XOR_X, XOR_Y)[1]  # noqa: F821
    return W1, W2, losses


@misconception(
    "train_xor",
    "You stored each loss after its update. The first entry is the loss at the start.",
    source="common slip: the loss taken after the step",
)
def stores_the_loss_afterwards(W1, W2, learning_rate, steps):
    losses = np.zeros(steps)
    for step in range(steps):
        _, dW1, dW2 = xor_gradients(W1, W2, XOR_X, XOR_Y)  # noqa: F821
        W1, W2 = W1 - learning_rate * dW1, W2 - learning_rate * dW2
        losses[step] = xor_gradients(W1, W2, XOR_X, XOR_Y)[0]  # noqa: F821
    return W1, W2, losses


@misconception(
    "train_xor",
    "You walk uphill: the update subtracts the learning rate times the gradient.",
    source="common slip: the sign of the update",
)
def walks_uphill(W1, W2, learning_rate, steps):
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step], dW1, dW2 = xor_gradients(W1, W2, XOR_X, XOR_Y)  # noqa: F821
        W1, W2 = W1 + learning_rate * dW1, W2 + learning_rate * dW2
    return W1, W2, losses


@misconception(
    "train_xor",
    "You took the gradients once and used them for every step. Each step needs those of the point where it stands.",
    source="common slip: the gradient computed before the loop",
)
def reuses_the_first_gradient(W1, W2, learning_rate, steps):
    losses = np.zeros(steps)
    _, dW1, dW2 = xor_gradients(W1, W2, XOR_X, XOR_Y)  # noqa: F821
    for step in range(steps):
        losses[step] = xor_gradients(W1, W2, XOR_X, XOR_Y)[0]  # noqa: F821
        W1, W2 = W1 - learning_rate * dW1, W2 - learning_rate * dW2
    return W1, W2, losses


@misconception(
    "train_xor",
    "Only `W2` moves. The hidden weights learn too, through every gate that is open.",
    source="document 004: 'input weights to this neuron do not change', taken for the whole layer",
)
def trains_the_output_only(W1, W2, learning_rate, steps):
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step], _, dW2 = xor_gradients(W1, W2, XOR_X, XOR_Y)  # noqa: F821
        W2 = W2 - learning_rate * dW2
    return W1, W2, losses


@misconception(
    "train_xor",
    "You updated after each single row. One step here uses all four rows at once.",
    source="another algorithm: stochastic gradient descent, one example at a time",
)
def one_row_at_a_time(W1, W2, learning_rate, steps):
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = xor_gradients(W1, W2, XOR_X, XOR_Y)[0]  # noqa: F821
        for row in range(len(XOR_X)):  # noqa: F821
            _, dW1, dW2 = xor_gradients(W1, W2, XOR_X[row : row + 1], XOR_Y[row : row + 1])  # noqa: F821
            W1, W2 = W1 - learning_rate * dW1, W2 - learning_rate * dW2
    return W1, W2, losses


@misconception(
    "train_xor",
    "You divided the step by the number of rows. The loss is a sum here, and its gradient is used as it is.",
    source="measured list of wrong programs for document 004: sum and mean mixed up",
)
def divides_the_step(W1, W2, learning_rate, steps):
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step], dW1, dW2 = xor_gradients(W1, W2, XOR_X, XOR_Y)  # noqa: F821
        W1, W2 = W1 - learning_rate * dW1 / 4, W2 - learning_rate * dW2 / 4
    return W1, W2, losses


# --- dead_fraction --------------------------------------------------------------------------------------------------


def share(learner, Z):
    """The learner's share of dead units, as a number."""
    return expect_array(learner.dead_fraction(Z), (), "the share")


def with_dead_columns(rng, N, alive, dead):
    """Shuffled columns: the alive have entries of both signs, the dead none above 0."""
    Z = rng.normal(size=(N, alive + dead))
    Z[:, alive:] = -np.abs(Z[:, alive:]) - 0.01
    Z[rng.integers(N, size=alive), np.arange(alive)] = rng.uniform(0.05, 2, size=alive)
    return Z[:, rng.permutation(alive + dead)]


@exercise("dead_fraction", weight=0)
def test_dead_fraction_is_a_number(learner, rng):
    """`dead_fraction` must return one number."""
    share(learner, rng.normal(size=(4, 6)))


@exercise("dead_fraction", weight=2)
def test_dead_fraction_values(learner, reference, rng):
    """A unit is dead if none of the entries in its column is above 0; count such columns and divide by their number."""
    for N, alive, dead in ((4, 5, 2), (3, 2, 6), (20, 9, 4)):
        Z = with_dead_columns(rng, N, alive, dead)
        expect_close(share(learner, Z), reference.dead_fraction(Z))
    hardly = -rng.uniform(0.1, 2, size=(60, 5))
    hardly[rng.integers(60, size=3), np.arange(3)] = [1.0, 1e-3, 1e-9]  # open once in 60 examples
    expect_close(share(learner, hardly), 2 / 5)


@exercise("dead_fraction")
def test_dead_fraction_at_exactly_zero(learner, reference, rng):
    """A unit that reaches exactly 0 and never more is dead: on XOR without biases every unit is at 0 for the first row."""
    for H in (12, 31):
        Z = reference.XOR_X @ np.hstack(
            [rng.normal(size=(2, H)), -np.abs(rng.normal(size=(2, 3))), np.abs(rng.normal(size=(2, 2)))]
        )
        expect_close(share(learner, Z), reference.dead_fraction(Z))


@exercise("dead_fraction")
def test_dead_fraction_of_all_and_none(learner, rng):
    """All units dead gives 1, none dead gives 0; one example and one unit are allowed."""
    for N, alive, dead in ((5, 0, 4), (5, 4, 0), (1, 3, 1), (6, 1, 0)):
        expect_close(share(learner, with_dead_columns(rng, N, alive, dead)), dead / (alive + dead))


@misconception(
    "dead_fraction",
    "You counted closed gates. A unit is dead only if all examples close it: look down each column first.",
    source="sparsity and death confused, as in the question of document 004",
)
def counts_closed_gates(Z):
    return np.mean(Z <= 0)


@misconception(
    "dead_fraction",
    "You called a unit dead as soon as one example closes it. All of them must.",
    source="document 004, third answer: 'weights will not update', true of one example, said of the unit",
)
def one_closed_gate_is_death(Z):
    return np.mean(np.any(Z <= 0, axis=0))


@misconception(
    "dead_fraction",
    "You looked along the rows: that is the share of examples that no unit answers to. Units are columns.",
    source="axis mistakes in learners' public repositories",
)
def looks_along_the_rows(Z):
    return np.mean(np.all(Z <= 0, axis=1))


@misconception(
    "dead_fraction",
    "You count a unit at exactly 0 as alive. It never rises above 0, so nothing comes out of it: use `<=`.",
    source="measured: on XOR without biases every unit is at exactly 0 for the row (0, 0), so a strict comparison finds no dead unit at all",
)
def zero_is_alive(Z):
    return np.mean(np.all(Z < 0, axis=0))


@misconception(
    "dead_fraction",
    "You returned the number of dead units. Divide it by the number of units.",
    source="common slip: a count for a share",
)
def counts_the_dead(Z):
    return float(np.sum(np.all(Z <= 0, axis=0)))


@misconception(
    "dead_fraction",
    "You returned the share of the living. The dead are the others.",
    source="common slip: the complement",
)
def counts_the_living(Z):
    return np.mean(np.any(Z > 0, axis=0))


# --- leaky_relu_backward --------------------------------------------------------------------------------------------


def leaky(learner, dout, x, slope):
    """The learner's gradient through a leaky ReLU, as an array."""
    return expect_array(learner.leaky_relu_backward(dout, x, slope), x.shape, "dx")


@exercise("leaky_relu_backward", weight=0)
def test_leaky_relu_backward_returns_one_array(learner, rng):
    """`leaky_relu_backward` must return one array with the shape of `dout`."""
    leaky(learner, rng.normal(size=(4, 5)), rng.normal(size=(4, 5)), 0.1)


@exercise("leaky_relu_backward", weight=3)
def test_leaky_relu_backward_values(learner, reference, rng):
    """Where `x` is positive `dout` passes unchanged, where it is negative it is multiplied by `slope`."""
    for shape, slope in (((6, 5), 0.01), ((7,), 0.3), ((2, 3, 4), 0.1), ((4, 6), rng.uniform(0.4, 0.9))):
        x, dout = rng.normal(size=shape), 3 * rng.normal(size=shape)
        x.flat[:6] = [0.004, -0.004, 0.25, -0.25, 5.0, -5.0]  # nearer to 0 than the slope, and farther
        expect_close(leaky(learner, dout, x, slope), reference.leaky_relu_backward(dout, x, slope))


@exercise("leaky_relu_backward")
def test_leaky_relu_backward_at_both_ends_of_the_slope(learner, reference, rng):
    """With slope 0 it is the plain ReLU, with slope 1 the identity."""
    x, dout = rng.normal(size=(5, 6)), 3 * rng.normal(size=(5, 6))
    x[0, :4] = [0.5, -0.5, 2.0, -2.0]
    for slope in (0.0, 1.0):
        expect_close(leaky(learner, dout, x, slope), reference.leaky_relu_backward(dout, x, slope))


@misconception(
    "leaky_relu_backward",
    "You put the slope itself where `x` is negative. It is a factor: multiply `dout` by it.",
    source="document 004, first answer: leaky ReLU described as 'a small value at 0, such as 0.01'",
)
def slope_as_a_value(dout, x, slope):
    return np.where(x > 0, dout, slope)


@misconception(
    "leaky_relu_backward",
    "This is the gradient of max(slope, x): flat below `slope`. A leaky ReLU is tilted where `x` is negative, and its corner is at 0.",
    source="document 004, first answer: max(e, x) for a small e in place of the ReLU; measured: its derivative below e is 0",
)
def gradient_of_a_floor(dout, x, slope):
    return dout * (x > slope)


@misconception(
    "leaky_relu_backward",
    "Nothing passes where `x` is negative: that is the plain ReLU. There the leaky one has the factor `slope`.",
    source="the plain ReLU of the earlier exercise, carried over",
)
def plain_relu(dout, x, slope):
    return dout * (x > 0)


@misconception(
    "leaky_relu_backward",
    "You chose the factor by the sign of `dout`. It is the sign of `x` that decides.",
    source="common mix-up of input and gradient in the backward pass",
)
def leaks_by_the_gradient(dout, x, slope):
    return dout * np.where(dout > 0, 1.0, slope)


@misconception(
    "leaky_relu_backward",
    "You multiplied by the function's value where `x` is negative, `slope * x`. The derivative of that is `slope`.",
    source="function and derivative mixed up, as in document 004's wording of the ReLU",
)
def multiplies_by_the_value(dout, x, slope):
    return dout * np.where(x > 0, 1.0, slope * x)


@misconception(
    "leaky_relu_backward",
    "The two sides have changed places: the small slope belongs to negative `x`.",
    source="common slip: the sign of the comparison",
)
def leaks_on_the_wrong_side(dout, x, slope):
    return dout * np.where(x < 0, 1.0, slope)


@misconception(
    "leaky_relu_backward",
    "Your slope is negative where `x` is negative: the function would rise again to the left. It is `slope`, with its own sign.",
    source="common slip: slope times the sign of x",
)
def tilts_the_other_way(dout, x, slope):
    return dout * np.where(x > 0, 1.0, -slope)


# --- predict_the_runs -----------------------------------------------------------------------------------------------


def letters(answers):
    """The learner's four letters, small."""
    expect_parts(answers, 4, "Return four letters, one for each question.")
    expect(all(isinstance(a, str) for a in answers), "Each answer is a letter in quotes.")
    return [a.strip().lower() for a in answers]


@exercise("predict_the_runs", weight=0)
def test_predict_the_runs_gives_four_letters(learner):
    """`predict_the_runs` must return four of the letters a, b, c, d."""
    expect(
        all(letter in ("a", "b", "c", "d") for letter in letters(learner.predict_the_runs())),
        "Each answer is one of a, b, c, d.",
    )


declare_answer_checks(
    globals(),
    "predict_the_runs",
    read=letters,
    test_prediction_1="Prediction 1 did not come true. Compare it with what the cell below prints: must a direction be the gradient to lead downhill?",
    test_prediction_2="Prediction 2 did not come true. Compare it with what the cell below prints: which number multiplies the gradient of the outgoing weight?",
    test_prediction_3="Prediction 3 did not come true. Compare it with what the cell below prints: is it the slope that counts, or the value?",
    test_prediction_4="Prediction 4 did not come true. Compare it with what the cell below prints: how many straight pieces has the network?",
)


@misconception(
    "predict_the_runs",
    "Question 1: a wrong gradient need not spoil the run. Without a mask the weights still move roughly downhill, and XOR is easy.",
    source="measured: without a mask XOR is still solved from 100 of 100 starts",
)
def expects_the_bug_to_show():
    return "d", "d", "c", "d"


@misconception(
    "predict_the_runs",
    "Question 2: nothing about a dead unit changes. Its incoming gradient is a sum of zeros, and its outgoing one is multiplied by its output, 0.",
    source="'slow learning' said of dead units in discussions like that of document 004",
)
def expects_the_dead_to_creep():
    return "a", "a", "c", "d"


@misconception(
    "predict_the_runs",
    "Question 2: the outgoing weight stands still as well. Its gradient is multiplied by the unit's output, and that is 0 on all rows.",
    source="document 004, third answer: only 'the input weights' are said not to change",
)
def expects_the_outgoing_weight_to_learn():
    return "a", "c", "c", "d"


@misconception(
    "predict_the_runs",
    "Question 3: max(0.01, x) is as flat below 0.01 as the ReLU is below 0. What counts is the slope, not the value.",
    source="document 004, first answer: max(e, x) for a small e in place of the ReLU; measured: its derivative below e is 0",
)
def expects_epsilon_to_cure():
    return "a", "d", "a", "d"


@misconception(
    "predict_the_runs",
    "Question 4: a leak keeps the gradients alive but makes no bend. With all gates on one side the network is linear, and at −4 nearly all of them are.",
    source="measured: from biases of −4 the leaky ReLU with slope 0.1 solves XOR in about 1 % of runs",
)
def expects_a_leak_to_save_all():
    return "a", "d", "c", "a"


@misconception(
    "predict_the_runs",
    "Question 4: follow the trend of the bars. From 0 to −1 to −2 the leak saves fewer and fewer; −4 is far outside.",
    source="measured: 95, 43 and about 1 of 100 from biases of −1, −2 and −4",
)
def expects_half_to_be_saved():
    return "a", "d", "c", "b"
