"""Hidden checks of 17_diverging_linear_net."""

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
    misconceptions_by_edit,
    numerical_gradient,
)

NEEDS = {
    "train": ["backward"],
    "hessian_vector": ["backward"],
    "top_eigenvalue": ["backward", "hessian_vector"],
}

KEYS = ("W1", "b1", "W2", "b2")


def network(rng, D, H, K, size=1.0):
    """Parameters in general position; none of the biases is near 0."""
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)}
    params = {name: size * rng.normal(size=shape) for name, shape in shapes.items()}
    for name in ("b1", "b2"):
        params[name] = draw_away_from_zero(rng, 0.5, 1.5, params[name].shape)
    return params


def problem(rng, N, D, H, K, size=1.0):
    """A network, inputs whose columns have a mean, and targets that it does not fit."""
    inputs = rng.normal(size=(N, D)) + rng.uniform(0.3, 0.8, size=D)
    return network(rng, D, H, K, size), inputs, rng.normal(size=(N, K)) + rng.uniform(0.3, 0.8, size=K)


def is_like(result, params, name):
    """A dict of finite arrays with the keys and the shapes of the parameters."""
    expect(
        isinstance(result, dict) and set(result) == set(KEYS),
        f"{name} needs exactly the keys W1, b1, W2, b2.",
    )
    for key in KEYS:
        expect_array(result[key], params[key].shape, f'{name}["{key}"]')


def slopes(f, params):
    """Gradient of a scalar function of the parameters, measured."""
    return {
        key: numerical_gradient(lambda moved, key=key: f(params | {key: moved}), value)
        for key, value in params.items()
    }


# --- best_linear_fit ------------------------------------------------------------------------------------------------


@exercise("best_linear_fit", weight=0)
def test_fit_returns_a_map_and_a_number(learner, rng):
    """`best_linear_fit` must return B of shape (D + 1, K), one row for the bias and one per input, and the number mse."""
    result = learner.best_linear_fit(rng.normal(size=(9, 3)), rng.normal(size=(9, 2)))
    expect_parts(result, 2, "It must return B and mse.")
    expect_array(result[0], (4, 2), "`B`")
    expect_array(result[1], (), "`mse`")


@exercise("best_linear_fit", weight=3)
def test_fit_finds_the_map(learner, reference, rng):
    """B must minimise the squared error: row 0 is the bias, the input of which is always 1."""
    cases = [
        (rng.normal(size=(9, 3)) + 1.0, rng.normal(size=(9, 2)) + 2.0),
        (rng.uniform(1, 5, size=(7, 2)), rng.normal(size=(7, 4))),
    ]
    agree(learner, reference, "best_linear_fit", cases, part=0)


@exercise("best_linear_fit", weight=2)
def test_fit_reports_the_mean_over_all_entries(learner, reference, rng):
    """mse must be the mean of the squared residuals over all examples and all outputs."""
    cases = [
        (rng.normal(size=(9, 3)) + 1.0, rng.normal(size=(9, 2)) + 2.0),
        (rng.uniform(1, 5, size=(7, 2)), rng.normal(size=(7, 4))),
    ]
    agree(learner, reference, "best_linear_fit", cases, part=1)


@exercise("best_linear_fit", weight=1)
def test_fit_of_exactly_linear_targets(learner, rng):
    """Where the targets are a linear map of the inputs plus a bias, B must be that map and mse 0."""
    X, B = rng.normal(size=(8, 3)), rng.normal(size=(4, 2))
    found, mse = learner.best_linear_fit(X, X @ B[1:] + B[0])
    expect_close(found, B)
    expect_close(mse, 0.0)


@exercise("best_linear_fit", weight=1)
def test_fit_leaves_perpendicular_residuals(learner, rng):
    """The residuals of the best fit add up to 0 and are perpendicular to every input; mse is their mean square."""
    X, Y = rng.normal(size=(11, 2)) + 3, rng.normal(size=(11, 3)) - 2
    B, mse = learner.best_linear_fit(X, Y)
    B = expect_array(B, (3, 3), "`B`")
    left = X @ B[1:] + B[0] - Y
    expect(np.any(np.abs(B) > 1e-3))
    expect_close(left.sum(axis=0), np.zeros(3), atol=1e-7)
    expect_close(X.T @ left, np.zeros((2, 3)), atol=1e-7)
    expect_close(mse, np.mean(left**2))


@exercise("best_linear_fit", weight=1)
def test_fit_where_several_maps_are_equally_good(learner, rng):
    """With fewer examples than unknowns, one example, or two equal columns, some best map must come out, not an exception."""
    once = rng.normal(size=(6, 1))
    cases = [
        (rng.normal(size=(2, 3)), rng.normal(size=(2, 2)) + 1),
        (rng.normal(size=(1, 2)), rng.normal(size=(1, 2)) + 1),
    ]
    for (X, Y), (B, mse) in zip(cases, learner.map("best_linear_fit", cases), strict=True):
        B = expect_array(B, (X.shape[1] + 1, Y.shape[1]), "`B`")
        expect_close(X @ B[1:] + B[0], Y, atol=1e-6)
        expect_close(mse, 0.0)
    X, Y = np.hstack([once, once]), rng.normal(size=(6, 2)) + 1
    ones = np.hstack([np.ones((6, 1)), once])
    best = ones @ np.linalg.lstsq(ones, Y, rcond=None)[0]
    B, mse = learner.best_linear_fit(X, Y)
    B = expect_array(B, (3, 2), "`B`")
    expect_close(X @ B[1:] + B[0], best, atol=1e-6)
    expect_close(mse, np.mean((best - Y) ** 2))


@misconception(
    "best_linear_fit",
    "Your map has no bias: its row 0 is empty. Put a column of ones in front of X, and least squares finds the bias, too.",
    source="facts: without biases the first target keeps an mse of 13.7 instead of 0",
)
def has_no_bias(X, Y):
    W = np.linalg.lstsq(X, Y, rcond=None)[0]
    return np.vstack([np.zeros(Y.shape[1]), W]), np.mean((X @ W - Y) ** 2)


misconception_by_edit(
    "best_linear_fit",
    "puts_the_bias_last",
    old="mse = np.mean((ones_first @ B - Y) ** 2)",
    new="mse = np.mean((ones_first @ B - Y) ** 2)\n    B = np.roll(B, -1, axis=0)",
    message="The bias stands in the last row. It belongs into row 0, with the ones in front of X.",
    source="the layout of lesson 01, ones behind the inputs",
)

misconception_by_edit(
    "best_linear_fit",
    "adds_up_over_the_outputs",
    old="mse = np.mean((ones_first @ B - Y) ** 2)",
    new="mse = np.sum((ones_first @ B - Y) ** 2) / len(X)",
    message="You divide by the number of examples only. The mean runs over examples and outputs: the floor is 52.8, not 105.6.",
    source="facts: figures of both conventions are in use",
)

misconception_by_edit(
    "best_linear_fit",
    "reports_the_sum",
    old="mse = np.mean((ones_first @ B - Y) ** 2)",
    new="mse = np.sum((ones_first @ B - Y) ** 2)",
    message="This is the sum of the squared residuals, as lstsq reports it. The mean is asked for.",
    source="the second value that lstsq returns, taken for the error",
)

misconception_by_edit(
    "best_linear_fit",
    "takes_the_root",
    old="mse = np.mean((ones_first @ B - Y) ** 2)",
    new="mse = np.sqrt(np.mean((ones_first @ B - Y) ** 2))",
    message="You took the square root. The mean squared error itself is asked for.",
    source="root mean square error and mean squared error mixed up",
)

misconception_by_edit(
    "best_linear_fit",
    "halves_the_error",
    old="mse = np.mean((ones_first @ B - Y) ** 2)",
    new="mse = np.mean((ones_first @ B - Y) ** 2) / 2",
    message="Your mse is half of the mean squared error: there is no hidden factor of one half in this course.",
    source="the one half of the textbook loss",
)

misconception_by_edit(
    "best_linear_fit",
    "subtracts_the_means_and_stops",
    old="mse = np.mean((ones_first @ B - Y) ** 2)",
    new="mse = np.mean((ones_first @ B - Y) ** 2)\n    B = np.vstack([Y.mean(axis=0), B[1:]])",
    message="Row 0 is the mean of the targets. That is the bias only where the inputs have mean 0: subtract what the mean input contributes.",
    source="centred regression without the way back",
)


# --- forward --------------------------------------------------------------------------------------------------------


@exercise("forward", weight=0)
def test_forward_has_a_row_per_example(learner, rng):
    """`forward` must return an array of shape (N, K)."""
    params, X, _ = problem(rng, 5, 3, 4, 2)
    expect_array(learner.forward(params, X), (5, 2), "the output")


@exercise("forward", weight=3)
def test_forward_values(learner, reference, rng):
    """The output is (X W1 + b1) W2 + b2, with nothing in between."""
    agree(
        learner,
        reference,
        "forward",
        [problem(rng, *sizes)[:2] for sizes in ((5, 3, 4, 2), (6, 2, 2, 2), (4, 5, 1, 3))],
    )


@exercise("forward", weight=1)
def test_forward_of_zeros_gives_the_biases(learner, rng):
    """For an input of zeros the biases are left: that of the first layer goes through W2."""
    params = network(rng, 3, 4, 2)
    expect_close(
        learner.forward(params, np.zeros((2, 3))), np.tile(params["b1"] @ params["W2"] + params["b2"], (2, 1))
    )


@exercise("forward", weight=1)
def test_forward_is_a_straight_line(learner, rng):
    """Halfway between two inputs the output must be halfway between the two outputs."""
    params, X, _ = problem(rng, 2, 3, 4, 2)
    out = expect_array(learner.forward(params, np.vstack([X, X.mean(axis=0)])), (3, 2), "the output")
    expect(np.abs(out[0] - out[1]).max() > 1e-3)
    expect_close(out[2], (out[0] + out[1]) / 2)


@exercise("forward", weight=1)
def test_forward_of_single_examples(learner, reference, rng):
    """One example, one input, one output: the same rule holds."""
    agree(
        learner,
        reference,
        "forward",
        [problem(rng, *sizes)[:2] for sizes in ((1, 3, 4, 2), (4, 1, 3, 1), (1, 1, 1, 1))],
    )


FORWARD_FAULTS = [
    ("forgets_the_first_bias", 'h = X @ params["W1"] + params["b1"]', 'h = X @ params["W1"]',
     "The bias of the hidden layer is missing.", "facts: no biases, the first target keeps an mse of 13.7"),
    ("forgets_the_second_bias", 'out = h @ params["W2"] + params["b2"]', 'out = h @ params["W2"]',
     "The bias of the output layer is missing.", "facts: no biases, the first target keeps an mse of 13.7"),
    ("bends_with_relu", 'h = X @ params["W1"] + params["b1"]', 'h = np.maximum(0, X @ params["W1"] + params["b1"])',
     "You cut negative hidden values off. The network of the question has no activation.", "ReLU out of habit, as in lesson 14"),
    ("bends_with_tanh", 'h = X @ params["W1"] + params["b1"]', 'h = np.tanh(X @ params["W1"] + params["b1"])',
     "You bend the hidden layer with tanh. The network of the question has no activation.", "facts: the tanh variant"),
    ("bends_with_a_sigmoid", 'h = X @ params["W1"] + params["b1"]', 'h = 1 / (1 + np.exp(-(X @ params["W1"] + params["b1"])))',
     "You bend the hidden layer with a sigmoid. The network of the question has no activation.", "the sigmoid layers of lessons 03 and 15"),
    ("bends_the_output", 'out = h @ params["W2"] + params["b2"]', 'out = np.maximum(0, h @ params["W2"] + params["b2"])',
     "You cut negative outputs off. The output layer is linear, too.", "a ReLU behind the last layer, asked for in document 001"),
]  # fmt: skip
misconceptions_by_edit("forward", *FORWARD_FAULTS)


# --- merge_layers ---------------------------------------------------------------------------------------------------


@exercise("merge_layers", weight=0)
def test_merged_has_a_row_for_the_bias(learner, rng):
    """`merge_layers` must return an array of shape (D + 1, K)."""
    expect_array(learner.merge_layers(network(rng, 3, 4, 2)), (4, 2), "`B`")


@exercise("merge_layers", weight=2)
def test_merged_values(learner, reference, rng):
    """Row 0 is the bias that reaches the output, rows 1 to D are the product of the two weight matrices."""
    agree(
        learner,
        reference,
        "merge_layers",
        [(network(rng, *sizes),) for sizes in ((3, 4, 2), (2, 2, 2), (5, 1, 3), (1, 3, 1))],
    )


@exercise("merge_layers", weight=1)
def test_merged_layer_computes_the_same(learner, reference, rng):
    """`B[0] + X @ B[1:]` must be what the two layers give, for every X."""
    params, X, _ = problem(rng, 6, 3, 5, 2)
    B = expect_array(learner.merge_layers(params), (4, 2), "`B`")
    expect_close(B[0] + X @ B[1:], reference.forward(params, X))


MERGE_FAULTS = [
    ("forgets_the_first_bias", 'bias = params["b1"] @ params["W2"] + params["b2"]', 'bias = params["b2"]',
     "The first layer's bias is lost. It passes through W2 and arrives at the output, too.", "facts: biases left out"),
    ("forgets_the_second_bias", 'bias = params["b1"] @ params["W2"] + params["b2"]', 'bias = params["b1"] @ params["W2"]',
     "The second layer's bias is missing in row 0.", "facts: biases left out"),
    ("puts_the_bias_last", 'np.vstack([bias, params["W1"] @ params["W2"]])', 'np.vstack([params["W1"] @ params["W2"], bias])',
     "The bias stands in the last row. It belongs into row 0.", "the layout of lesson 01, ones behind the inputs"),
    ("subtracts_the_bias", 'params["b1"] @ params["W2"] + params["b2"]', 'params["b2"] - params["b1"] @ params["W2"]',
     "A sign is turned in the bias: both parts are added.", "a sign lost while multiplying out"),
    ("adds_the_first_bias_unweighted", 'bias = params["b1"] @ params["W2"] + params["b2"]', 'bias = params["b1"].sum() + params["b2"]',
     "The first layer's bias reaches the output through W2: multiply by it, do not only add up.", "step 1 with W2 forgotten in the second bracket"),
]  # fmt: skip
misconceptions_by_edit("merge_layers", *MERGE_FAULTS)


# --- backward -------------------------------------------------------------------------------------------------------


@exercise("backward", weight=0)
def test_backward_returns_a_loss_and_four_gradients(learner, rng):
    """`backward` must return the loss and a dict of gradients with the keys and shapes of params."""
    params, X, Y = problem(rng, 6, 3, 4, 2)
    result = learner.backward(params, X, Y)
    expect_parts(result, 2, "It must return loss and grads.")
    expect_array(result[0], (), "`loss`")
    is_like(result[1], params, "`grads`")


@exercise("backward", weight=2)
def test_backward_loss(learner, reference, rng):
    """The loss is the mean of (out - Y)**2 over all N * K entries, without a half."""
    agree(
        learner,
        reference,
        "backward",
        [problem(rng, *sizes) for sizes in ((6, 3, 4, 2), (5, 2, 2, 3))],
        part=0,
    )


@exercise("backward", weight=4)
def test_backward_gradients(learner, reference, rng):
    """Each gradient is the derivative of the loss, the mean over N * K entries, with respect to its parameter."""
    agree(
        learner,
        reference,
        "backward",
        [problem(rng, *sizes) for sizes in ((6, 3, 4, 2), (5, 2, 2, 3))],
        part=1,
    )


@exercise("backward", weight=3)
def test_backward_gradients_are_slopes(learner, reference, rng):
    """Each gradient must agree with central differences of the loss."""
    params, X, Y = problem(rng, 5, 2, 3, 2)
    _, grads = learner.backward(params, X, Y)
    expect_close(
        grads,
        slopes(lambda moved: float(np.mean((reference.forward(moved, X) - Y) ** 2)), params),
        rtol=1e-5,
        atol=1e-7,
    )


@exercise("backward", weight=1)
def test_backward_vanishes_at_a_perfect_fit_only(learner, reference, rng):
    """Where the output equals the targets loss and gradients must be 0, and elsewhere not."""
    params, X, Y = problem(rng, 5, 3, 4, 2)
    (loss, grads), (other_loss, other) = learner.map(
        "backward", [(params, X, reference.forward(params, X)), (params, X, Y)]
    )
    expect_close(loss, 0.0)
    expect_close(grads, {key: np.zeros_like(value) for key, value in params.items()})
    expect(
        float(expect_array(other_loss, ())) > 1e-3
        and all(np.any(np.abs(np.asarray(other[key], float)) > 1e-6) for key in KEYS)
    )


@exercise("backward", weight=1)
def test_backward_of_the_same_batch_twice(learner, reference, rng):
    """The same examples twice over have the same mean: loss and gradients must not change."""
    params, X, Y = problem(rng, 4, 3, 5, 2)
    agree(learner, reference, "backward", [(params, np.tile(X, (2, 1)), np.tile(Y, (2, 1))), (params, X, Y)])


@exercise("backward", weight=1)
def test_backward_of_single_examples_and_zero_weights(learner, reference, rng):
    """One example, one hidden unit, or all parameters 0 (only b2 has a gradient then): the same rule holds."""
    cases = [problem(rng, *sizes) for sizes in ((1, 3, 4, 2), (4, 2, 1, 2), (1, 1, 1, 1))]
    params, X, Y = problem(rng, 5, 2, 3, 2)
    cases.append(({key: np.zeros_like(value) for key, value in params.items()}, X, Y))
    agree(learner, reference, "backward", cases)


BACK = "dout = 2 * residual / residual.size"
GRADS = 'grads = {"W1": X.T @ dh, "b1": dh.sum(axis=0), "W2": h.T @ dout, "b2": dout.sum(axis=0)}'
BACKWARD_FAULTS = [
    ("turns_the_sign", BACK, "dout = -2 * residual / residual.size",
     "All gradients point downhill. The error is output minus target, and the minus belongs into the update.", "document 001: the forgotten minus sign"),
    ("forgets_the_two", BACK, "dout = residual / residual.size",
     "Your gradients are half as long as the slope: the square leaves a factor 2.", "the one half of the textbook loss"),
    ("adds_up_over_everything", BACK, "dout = 2 * residual",
     "Your gradients belong to a sum; the loss is a mean. They are N times K too long, and so every rate is.", "facts: sum in place of mean, the bound is off by N"),
    ("divides_by_the_examples_only", BACK, "dout = 2 * residual / len(X)",
     "Your gradients are K times too long: the mean of the loss runs over the outputs as well.", "facts: measured figures of both conventions, 1,573 and 782"),
    ("divides_by_the_outputs_only", BACK, "dout = 2 * residual / Y.shape[1]",
     "Your gradients are N times too long: the mean of the loss runs over the examples as well.", "facts: sum in place of mean"),
    ("forgets_the_first_bias_in_h", 'h = X @ params["W1"] + params["b1"]  # (N, H)', 'h = X @ params["W1"]',
     "The hidden layer has no bias in your forward pass, so loss and dW2 are those of another network.", "facts: no biases"),
    ("forgets_the_second_bias", '@ params["W2"] + params["b2"] - Y', '@ params["W2"] - Y',
     "The bias of the output layer is missing in your forward pass.", "facts: no biases"),
    ("bends_the_way_back", 'dh = dout @ params["W2"].T', 'dh = (dout @ params["W2"].T) * (h > 0)',
     "You set the gradient to 0 where a hidden value is negative. There is no ReLU in this network.", "the mask of lesson 14 out of habit"),
    ("bends_with_a_sigmoid_slope", 'dh = dout @ params["W2"].T', 'dh = (dout @ params["W2"].T) * h * (1 - h)',
     "You multiply by h (1 - h), the slope of a sigmoid. There is no activation in this network, its slope is 1.", "the sigmoid layers of lessons 03 and 15"),
    ("averages_the_bias_gradients", GRADS, GRADS.replace("sum(", "mean("),
     "The gradients of the biases are divided by N twice: dout holds the mean already, so add up.", "np.mean where np.sum belongs, met in learners' code"),
    ("halves_the_loss", "loss = np.mean(residual**2)", "loss = np.mean(residual**2) / 2",
     "Your loss is half of the mean squared error, and so your gradients are not its slopes.", "the one half of the textbook loss"),
    ("adds_the_loss_up_over_the_outputs", "loss = np.mean(residual**2)", "loss = np.sum(residual**2) / len(X)",
     "Your loss divides by the number of examples only; its mean runs over the outputs as well.", "facts: figures of both conventions are in use"),
    ("takes_the_gradient_of_a_finished_second_layer", 'dh = dout @ params["W2"].T', 'dh = dout @ (params["W2"] - h.T @ dout).T',
     "You changed W2 before it was used on the way back. All gradients belong to the same weights.", "facts: W2 updated before dh is computed"),
]  # fmt: skip
misconceptions_by_edit("backward", *BACKWARD_FAULTS)


# --- train ----------------------------------------------------------------------------------------------------------


@exercise("train", weight=0)
def test_train_returns_parameters_and_losses(learner, rng):
    """`train` must return a dict like params and an array of `steps` losses."""
    params, X, Y = problem(rng, 5, 3, 4, 2, 0.5)
    result = learner.train(params, X, Y, 0.01, 3)
    expect_parts(result, 2, "It must return params and losses.")
    is_like(result[0], params, "`params`")
    expect_array(result[1], (3,), "`losses`")


@exercise("train", weight=2)
def test_train_without_momentum(learner, reference, rng):
    """Without momentum each step is minus learning_rate times the gradient, for all four arrays at once."""
    cases = [(*problem(rng, 5, 3, 4, 2, 0.5), rate, steps) for rate, steps in ((0.02, 1), (0.05, 6))]
    cases.append((*problem(rng, 5, 3, 4, 2, 0.5), 0.03, 4, 0.0))
    agree(learner, reference, "train", cases, part=0)


@exercise("train", weight=3)
def test_train_with_momentum(learner, reference, rng):
    """With momentum v = momentum * v - learning_rate * gradient, w = w + v, and v is kept from step to step."""
    cases = [
        (*problem(rng, 5, 3, 4, 2, 0.5), 0.01, steps, momentum)
        for steps, momentum in ((2, 0.9), (6, 0.9), (5, 0.5), (4, 1.0), (3, 0.1))
    ]
    agree(learner, reference, "train", cases, part=0)


@exercise("train", weight=2)
def test_train_losses_are_taken_before_each_update(learner, reference, rng):
    """`losses` holds the loss before each update, so its first entry belongs to the start."""
    cases = [(*problem(rng, 5, 3, 4, 2, 0.5), 0.02, 5, momentum) for momentum in (0.0, 0.8)]
    agree(learner, reference, "train", cases, part=1)


@exercise("train", weight=1)
def test_train_can_be_continued(learner, rng):
    """Without momentum, three steps and then two are the same as five."""
    params, X, Y = problem(rng, 4, 2, 3, 2, 0.5)
    first, losses = learner.train(params, X, Y, 0.03, 3)
    second, more = learner.train(first, X, Y, 0.03, 2)
    at_once, all_losses = learner.train(params, X, Y, 0.03, 5)
    is_like(at_once, params, "`params`")
    expect(np.abs(at_once["W1"] - params["W1"]).max() > 1e-4)
    expect_close(second, at_once)
    expect(np.ptp(expect_array(all_losses, (5,), "`losses`")) > 1e-6)
    expect_close(np.concatenate([losses, more]), all_losses)


@exercise("train", weight=1)
def test_train_of_no_steps_and_no_rate(learner, rng):
    """With 0 steps the start comes back and `losses` is empty; with a rate of 0 nothing moves; a rate of its own sign goes uphill."""
    params, X, Y = problem(rng, 4, 2, 3, 2, 0.5)
    none, still, uphill = learner.map(
        "train", [(params, X, Y, 0.1, 0), (params, X, Y, 0.0, 4, 0.9), (params, X, Y, -0.01, 4)]
    )
    expect_close(none[0], params)
    expect_array(none[1], (0,), "`losses`")
    expect_close(still[0], params)
    expect_close(still[1], np.full(4, still[1][0]))
    expect(np.all(np.diff(expect_array(uphill[1], (4,), "`losses`")) > 0))


VELOCITY = "velocity = {name: momentum * velocity[name] - learning_rate * grads[name] for name in params}"
MOVE = "params = {name: params[name] + velocity[name] for name in params}"
LOSS = "losses[step], grads = backward(params, X, Y)"
TRAIN_FAULTS = [
    ("climbs", VELOCITY, VELOCITY.replace("- learning_rate", "+ learning_rate"),
     "You go uphill: the gradient is added. The step is minus learning_rate times the gradient.", "document 001: the forgotten minus sign"),
    ("ignores_momentum", VELOCITY, VELOCITY.replace("momentum * velocity[name] - ", "-"),
     "Momentum has no effect: the old velocity is thrown away in every step.", "velocity created anew inside the loop, met in learners' code"),
    ("averages_the_velocity", VELOCITY, VELOCITY.replace("- learning_rate", "- (1 - momentum) * learning_rate"),
     "You take a running mean of the gradients, with a factor 1 - momentum. Here the whole gradient is added to the velocity.", "the momentum of Adam in place of Polyak's"),
    ("turns_the_velocity", VELOCITY, VELOCITY.replace("momentum *", "-momentum *"),
     "The old velocity is subtracted. Momentum goes on in the same direction.", "a sign lost between v and -v"),
    ("moves_before_the_velocity_is_new", MOVE, MOVE.replace("velocity[name] for", "(velocity[name] + learning_rate * grads[name]) / (momentum or 1) for"),
     "You move with the old velocity. Renew v first, then add the new one to w.", "the two lines of the update exchanged"),
    ("looks_ahead", LOSS, LOSS + "\n        _, grads = backward({name: params[name] + momentum * velocity[name] for name in params}, X, Y)",
     "You take the gradient where the momentum will lead. That is Nesterov's method; here it is taken at the present weights.", "Nesterov momentum in place of Polyak's"),
    ("notes_the_loss_afterwards", MOVE, MOVE + "\n        losses[step] = backward(params, X, Y)[0]",
     "Your losses are taken after the update. The first entry must be the loss of the start.", "the loss printed at the end of the loop"),
    ("steps_once_less", "for step in range(steps):", "for step in range(steps - 1):",
     "One update is missing: `steps` of them are asked for.", "range(1, steps)"),
    ("moves_the_weights_only", MOVE, 'params = {name: params[name] + velocity[name] * (name[0] == "W") for name in params}',
     "The biases never move. All four arrays are trained.", "facts: no biases, the first target keeps an mse of 13.7"),
    ("never_renews_the_gradient", VELOCITY, "grads = backward(params, X, Y)[1] if step == 0 else kept\n        kept = grads\n        " + VELOCITY,
     "You use the gradient of the start in every step. Ask `backward` again after each update.", "the gradient computed before the loop"),
]  # fmt: skip
misconceptions_by_edit("train", *TRAIN_FAULTS)


@misconception(
    "train",
    "The first layer's gradient is taken after the second layer has moved. All gradients of an update belong to the same weights.",
    source="facts: W2 updated before it is used for dh",
)
def moves_the_layers_one_after_the_other(params, X, Y, learning_rate, steps, momentum=0.0):
    velocity, losses = {name: np.zeros_like(value) for name, value in params.items()}, np.zeros(steps)
    for step in range(steps):
        losses[step] = backward(params, X, Y)[0]  # noqa: F821
        for names in (("W2", "b2"), ("W1", "b1")):
            grads = backward(params, X, Y)[1]  # noqa: F821
            for name in names:
                velocity[name] = momentum * velocity[name] - learning_rate * grads[name]
            params = params | {name: params[name] + velocity[name] for name in names}
    return params, losses


# --- hessian_vector -------------------------------------------------------------------------------------------------


def bend(params, X, Y, direction):
    """Hessian times direction, by differentiating the gradient by hand."""
    h, out = X @ params["W1"] + params["b1"], 2 / Y.size
    dh = X @ direction["W1"] + direction["b1"]
    residual = h @ params["W2"] + params["b2"] - Y
    dresidual = dh @ params["W2"] + h @ direction["W2"] + direction["b2"]
    back = out * (dresidual @ params["W2"].T + residual @ direction["W2"].T)
    return {
        "W1": X.T @ back,
        "b1": back.sum(axis=0),
        "W2": out * (dh.T @ residual + h.T @ dresidual),
        "b2": out * dresidual.sum(axis=0),
    }


def bends_alike(found, expected):
    """Equal relative to the largest entry of all: the docstring promises 1e-5."""
    size = max(np.abs(value).max() for value in expected.values())
    for key in KEYS:
        expect_close(found[key], expected[key], rtol=0, atol=2e-5 * size)


def aim(rng, params, length=1.0):
    return {key: length * rng.normal(size=value.shape) for key, value in params.items()}


@exercise("hessian_vector", weight=0)
def test_product_is_like_params(learner, rng):
    """`hessian_vector` must return a dict with the keys and shapes of params."""
    params, X, Y = problem(rng, 6, 3, 4, 2)
    is_like(learner.hessian_vector(params, X, Y, aim(rng, params)), params, "`product`")


@exercise("hessian_vector", weight=3)
def test_product_values(learner, rng):
    """The product is the rate at which all four gradients change when all four arrays move along the direction."""
    for sizes in ((6, 3, 4, 2), (5, 2, 2, 2), (4, 2, 1, 3)):
        params, X, Y = problem(rng, *sizes)
        direction = aim(rng, params)
        bends_alike(learner.hessian_vector(params, X, Y, direction), bend(params, X, Y, direction))


@exercise("hessian_vector", weight=2)
def test_product_of_one_array_at_a_time(learner, rng):
    """A direction along one array alone must give a whole row of blocks: moving W2 changes the gradient of W1 as well."""
    params, X, Y = problem(rng, 6, 3, 4, 2)
    for key in KEYS:
        direction = {name: value * (name == key) for name, value in aim(rng, params).items()}
        bends_alike(learner.hessian_vector(params, X, Y, direction), bend(params, X, Y, direction))


@exercise("hessian_vector", weight=1)
def test_product_grows_with_the_direction(learner, rng):
    """A direction a thousand or a million times as long, or as short, must give a product as many times as long, or as short."""
    params, X, Y = problem(rng, 6, 3, 4, 2)
    direction = aim(rng, params)
    for length in (1e6, 1e3, 1e-3, 1e-6, -1.0):
        scaled = {key: length * value for key, value in direction.items()}
        bends_alike(learner.hessian_vector(params, X, Y, scaled), bend(params, X, Y, scaled))


@exercise("hessian_vector", weight=1)
def test_product_is_symmetric(learner, rng):
    """u · H v must equal v · H u, and must not be 0."""
    params, X, Y = problem(rng, 5, 2, 3, 2)
    u, v = aim(rng, params), aim(rng, params)
    Hv, Hu = learner.map("hessian_vector", [(params, X, Y, v), (params, X, Y, u)])
    is_like(Hv, params, "`product`"), is_like(Hu, params, "`product`")
    one, other = (sum(np.sum(a[key] * b[key]) for key in KEYS) for a, b in ((u, Hv), (v, Hu)))
    size = np.sqrt(sum(np.sum(u[k] ** 2) for k in KEYS) * sum(np.sum(np.square(Hv[k])) for k in KEYS))
    expect(size > 1e-3 and abs(one - other) < 1e-4 * size)
    bends_alike(Hv, bend(params, X, Y, v))


@exercise("hessian_vector", weight=1)
def test_product_with_zeros_and_of_single_examples(learner, rng):
    """A direction of zeros must give zeros, not nan; one example or one unit follows the same rule."""
    params, X, Y = problem(rng, 5, 2, 3, 2)
    still = learner.hessian_vector(params, X, Y, aim(rng, params, 0.0))
    is_like(still, params, "`product`")
    expect_close(still, {key: np.zeros_like(value) for key, value in params.items()}, atol=1e-12)
    for sizes in ((1, 3, 2, 2), (1, 1, 1, 1)):
        params, X, Y = problem(rng, *sizes)
        direction = aim(rng, params)
        bends_alike(learner.hessian_vector(params, X, Y, direction), bend(params, X, Y, direction))


PRODUCT = "product = {name: (ahead[name] - behind[name]) / (2 * eps) for name in params}"
HESSIAN_FAULTS = [
    ("divides_by_eps", PRODUCT, PRODUCT.replace("(2 * eps)", "eps"),
     "Your product is twice too long: the two places are 2 eps apart.", "the width of a central difference taken for its half"),
    ("turns_the_difference", PRODUCT, PRODUCT.replace("ahead[name] - behind[name]", "behind[name] - ahead[name]"),
     "The sign is turned: gradient ahead minus gradient behind.", "the order of the difference"),
    ("forgets_to_divide", PRODUCT, PRODUCT.replace(" / (2 * eps)", ""),
     "You return the change of the gradient itself. Divide by the way between the two places.", "a difference taken for a derivative"),
    ("forgets_the_length", PRODUCT, PRODUCT.replace("(2 * eps)", "(2 * eps * max(length, 1e-300))"),
     "Your product does not depend on the length of the direction. Divide by 2 eps only, whatever the length was.", "direction normalised and the length not put back"),
    ("ignores_the_residuals", 'eps = 1e-4', 'Y = X @ params["W1"] @ params["W2"] + params["b1"] @ params["W2"] + params["b2"]\n    eps = 1e-4',
     "Only the part of the Hessian with the weights is there. The residuals bend the loss as well, at the targets that were passed.", "the Gauss-Newton matrix taken for the Hessian"),
]  # fmt: skip
misconceptions_by_edit("hessian_vector", *HESSIAN_FAULTS)


@misconception(
    "hessian_vector",
    "Each array is moved alone, so the parts of the Hessian that couple the layers are lost. Move all four together.",
    source="a block-diagonal Hessian, common where each layer is treated on its own",
)
def moves_each_array_alone(params, X, Y, direction):
    product = {}
    for name in params:
        ahead = backward(params | {name: params[name] + 1e-5 * direction[name]}, X, Y)[1]  # noqa: F821
        behind = backward(params | {name: params[name] - 1e-5 * direction[name]}, X, Y)[1]  # noqa: F821
        product[name] = (ahead[name] - behind[name]) / 2e-5
    return product


@misconception(
    "hessian_vector",
    "You move the weights only. The biases belong to the parameters, and their part of the direction, too.",
    source="facts: biases left out",
)
def moves_the_weights_only(params, X, Y, direction):
    step = {name: 1e-5 * direction[name] * (name[0] == "W") for name in params}
    ahead = backward({name: params[name] + step[name] for name in params}, X, Y)[1]  # noqa: F821
    behind = backward({name: params[name] - step[name] for name in params}, X, Y)[1]  # noqa: F821
    return {name: (ahead[name] - behind[name]) / 2e-5 for name in params}


@misconception(
    "hessian_vector",
    "You multiply the gradient by the direction, entry by entry. What is asked for is how the gradient changes along it.",
    source="gradient and curvature mixed up",
)
def multiplies_the_gradient(params, X, Y, direction):
    grads = backward(params, X, Y)[1]  # noqa: F821
    return {name: grads[name] * direction[name] for name in params}


# --- top_eigenvalue -------------------------------------------------------------------------------------------------


def spectrum(params, X, Y):
    """All eigenvalues of the Hessian, from its columns."""
    count = sum(value.size for value in params.values())
    columns = []
    for index in range(count):
        unit, direction, used = np.eye(count)[index], {}, 0
        for key in KEYS:
            direction[key] = unit[used : used + params[key].size].reshape(params[key].shape)
            used += params[key].size
        product = bend(params, X, Y, direction)
        columns.append(np.concatenate([product[key].ravel() for key in KEYS]))
    return np.linalg.eigvalsh(np.array(columns))


def clear_problem(rng, N, D, H, K, low=0.0, high=0.8, residuals=1.0):
    """A problem in which the runner-up is that far below the top, in size."""
    for _ in range(300):
        params, X, Y = problem(rng, N, D, H, K)
        Y = residuals * Y
        values = np.sort(np.abs(spectrum(params, X, Y)))
        if low <= values[-2] / values[-1] <= high:
            break
    return params, X, Y


def tops(learner, cases):
    return [float(expect_array(value, (), "`value`")) for value in learner.map("top_eigenvalue", cases)]


@exercise("top_eigenvalue", weight=0)
def test_top_is_a_number(learner, rng):
    """`top_eigenvalue` must return one number."""
    expect_array(learner.top_eigenvalue(*clear_problem(rng, 6, 2, 3, 2)), (), "`value`")


@exercise("top_eigenvalue", weight=4)
def test_top_values(learner, rng):
    """The value is the largest eigenvalue of the Hessian of the loss, with respect to all four arrays together."""
    cases = [clear_problem(rng, *sizes) for sizes in ((6, 2, 3, 2), (5, 3, 2, 2), (7, 2, 2, 3))]
    for value, case in zip(tops(learner, cases), cases, strict=True):
        expect_close(value, spectrum(*case)[-1], rtol=2e-4)


@exercise("top_eigenvalue", weight=1)
def test_top_where_the_residuals_bend(learner, rng):
    """Large residuals bend the loss as well: the targets that are passed must count."""
    cases = [
        clear_problem(rng, 6, 2, 3, 2, high=0.93, residuals=6.0),
        clear_problem(rng, 5, 3, 2, 2, high=0.93, residuals=4.0),
    ]
    for value, case in zip(tops(learner, cases), cases, strict=True):
        expect_close(value, spectrum(*case)[-1], rtol=2e-4)


@exercise("top_eigenvalue", weight=2)
def test_top_of_one_example_without_residual(learner, reference, rng):
    """For one example that is fitted exactly the value is 2/K times (1 + |h|²) + (1 + |x|²) σ², as in step 7."""
    for K in (1, 3):
        params, X, _ = problem(rng, 1, 2, 3, K)
        h, sigma = X @ params["W1"] + params["b1"], np.linalg.norm(params["W2"], 2)
        by_formula = 2 / K * ((1 + np.sum(h**2)) + (1 + np.sum(X**2)) * sigma**2)
        (value,) = tops(learner, [(params, X, reference.forward(params, X))])
        expect_close(value, by_formula, rtol=2e-4)


@exercise("top_eigenvalue", weight=1)
def test_top_of_a_slow_case(learner, rng):
    """Where the runner-up is close, more rounds are needed: go on until the estimate stands still."""
    case = clear_problem(rng, 6, 2, 3, 2, low=0.95, high=0.98, residuals=2.0)
    expect_close(tops(learner, [case])[0], spectrum(*case)[-1], rtol=3e-4)


@exercise("top_eigenvalue", weight=1)
def test_top_sets_the_bound(learner, rng):
    """Scaling inputs, targets and biases scales the curvature: a network with zero weights keeps 2/K per output bias."""
    params, X, Y = problem(rng, 6, 2, 3, 2)
    params = {key: np.zeros_like(value) for key, value in params.items()}
    X, Y = X / 100, Y / 100  # without weights and nearly without residuals only b2 bends the loss
    expect_close(tops(learner, [(params, X, Y)])[0], 1.0, rtol=2e-4)
    case = clear_problem(rng, 5, 1, 2, 1)
    expect_close(tops(learner, [case])[0], spectrum(*case)[-1], rtol=2e-4)


TOP_FAULTS = [
    ("returns_the_bound", "return value", "return 2 / value",
     "This is the largest rate, 2/λ. The eigenvalue itself is asked for.", "facts: bound and curvature mixed up"),
    ("halves_the_curvature", "return value", "return value / 2",
     "Your value is half of the eigenvalue. Is there a factor one half, as in 1/2 v · H v?", "facts: forgets the factor 2 of the squared loss"),
    ("squares_it", "return value", "return value**2",
     "This is the eigenvalue of H times H. A division by a length, or a square root, is missing.", "|H v|² taken for |H v|"),
    ("turns_the_sign", "return value", "return -value",
     "The sign is turned: the sharpest direction of a valley bends upwards.", "power iteration on the step instead of the slope"),
]  # fmt: skip
misconceptions_by_edit("top_eigenvalue", *TOP_FAULTS)


@misconception(
    "top_eigenvalue",
    "Only the weights' part of the Hessian is there: you measure at residuals of 0. Pass the targets that were given.",
    source="the Gauss-Newton matrix taken for the Hessian",
)
def ignores_the_residuals(params, X, Y):
    Y = (X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
    still, columns = {name: np.zeros_like(array) for name, array in params.items()}, []
    for name in params:
        for index in np.ndindex(params[name].shape):
            axis = np.zeros_like(params[name])
            axis[index] = 1.0
            column = hessian_vector(params, X, Y, still | {name: axis})  # noqa: F821
            columns.append(np.concatenate([column[key].ravel() for key in params]))
    return np.linalg.eigvalsh(np.array(columns))[-1]


@misconception(
    "top_eigenvalue",
    "You look at W1 alone. The Hessian belongs to all four arrays together, and so do length and scalar product.",
    source="one layer's Hessian block taken for the whole",
)
def looks_at_the_first_layer_only(params, X, Y):
    still, columns = {name: np.zeros_like(array) for name, array in params.items()}, []
    for index in np.ndindex(params["W1"].shape):
        axis = np.zeros_like(params["W1"])
        axis[index] = 1.0
        columns.append(hessian_vector(params, X, Y, still | {"W1": axis})["W1"].ravel())  # noqa: F821
    return np.linalg.eigvalsh(np.array(columns))[-1]


@misconception(
    "top_eigenvalue",
    "You leave the biases out of the direction. They are parameters as well and bend the loss with the weights.",
    source="facts: no bias column in the Hessian, so the bound is a little too large and diverges",
)
def leaves_the_biases_out(params, X, Y):
    still, columns = {name: np.zeros_like(array) for name, array in params.items()}, []
    for name in ("W1", "W2"):
        for index in np.ndindex(params[name].shape):
            axis = np.zeros_like(params[name])
            axis[index] = 1.0
            column = hessian_vector(params, X, Y, still | {name: axis})  # noqa: F821
            columns.append(np.concatenate([column["W1"].ravel(), column["W2"].ravel()]))
    return np.linalg.eigvalsh(np.array(columns))[-1]


@misconception(
    "top_eigenvalue",
    "You normalise each array on its own. The direction is one vector: one length over all four arrays.",
    source="a norm per layer, as in layer-wise optimisers",
)
def normalises_each_array(params, X, Y):
    direction = {name: np.random.default_rng(1).normal(size=array.shape) for name, array in params.items()}
    value = 0.0
    for _ in range(300):
        unit = {name: array / max(np.linalg.norm(array), 1e-300) for name, array in direction.items()}
        direction = hessian_vector(params, X, Y, unit)  # noqa: F821
        value = sum(np.sum(unit[name] * direction[name]) for name in unit)
    return value


@misconception(
    "top_eigenvalue",
    "This is the trace, the sum of all eigenvalues. Only the largest one sets the bound.",
    source="trace and top eigenvalue, two measures of sharpness, mixed up",
)
def takes_the_trace(params, X, Y):
    still, total = {name: np.zeros_like(array) for name, array in params.items()}, 0.0
    for name in params:
        for index in np.ndindex(params[name].shape):
            axis = np.zeros_like(params[name])
            axis[index] = 1.0
            total += hessian_vector(params, X, Y, still | {name: axis})[name][index]  # noqa: F821
    return total


# --- standardise ----------------------------------------------------------------------------------------------------


def columns(rng, N, D):
    """Columns of very different place and spread."""
    return rng.normal(size=(N, D)) * rng.uniform(0.3, 20, size=D) + rng.uniform(-30, 30, size=D)


@exercise("standardise", weight=0)
def test_standardise_returns_three_arrays(learner, rng):
    """`standardise` must return Xs of the shape of X, and mean and scale with one entry per column."""
    result = learner.standardise(columns(rng, 7, 3))
    expect_parts(result, 3, "It must return Xs, mean, scale.")
    expect_array(result[0], (7, 3), "`Xs`")
    expect_array(result[1], (3,), "`mean`")
    expect_array(result[2], (3,), "`scale`")


@exercise("standardise", weight=3)
def test_standardise_values(learner, reference, rng):
    """Subtract each column's mean, divide by its standard deviation over all N examples."""
    agree(learner, reference, "standardise", [(columns(rng, 7, 3),), (columns(rng, 4, 6),)])


@exercise("standardise", weight=1)
def test_standardise_can_be_undone(learner, rng):
    """Xs * scale + mean must be X again, and every column of Xs has mean 0 and mean square 1."""
    X = columns(rng, 9, 4)
    Xs, mean, scale = learner.standardise(X)
    Xs = expect_array(Xs, (9, 4), "`Xs`")
    expect_close(Xs * expect_array(scale, (4,)) + expect_array(mean, (4,)), X)
    expect_close(Xs.mean(axis=0), np.zeros(4))
    expect_close((Xs**2).mean(axis=0), np.ones(4))


@exercise("standardise", weight=2)
def test_standardise_keeps_constant_columns_at_scale_one(learner, reference, rng):
    """A column in which all values are equal must get scale 1 and become 0; its neighbours are treated as ever."""
    X = columns(rng, 8, 4)
    X[:, 1], X[:, 3] = 5.0, 0.0
    agree(learner, reference, "standardise", [(X,), (np.full((3, 2), -2.0),)])


@exercise("standardise", weight=1)
def test_standardise_is_not_fooled_by_rounding(learner, reference, rng):
    """A constant column of 0.1 or 1e6 / 3 must get scale 1, though its computed deviation may be a tiny number and not 0."""
    X = columns(rng, 7, 4)
    X[:, 0], X[:, 2] = 0.1, 1e6 / 3
    agree(learner, reference, "standardise", [(X,), (X[:3],), (X[:6],)])


@exercise("standardise", weight=1)
def test_standardise_of_one_example_and_tiny_spreads(learner, reference, rng):
    """One example gives zeros and scale 1; a spread of a millionth is a spread and must be brought to 1."""
    tiny = rng.normal(size=(5, 2)) * np.array([1e-6, 1.0])
    agree(learner, reference, "standardise", [(columns(rng, 1, 3),), (tiny,)], rtol=1e-6, atol=1e-11)


WHERE = "scale = np.where(X.max(axis=0) == X.min(axis=0), 1.0, scale)"
STANDARDISE_FAULTS = [
    ("divides_by_n_minus_one", "X.std(axis=0)", "X.std(axis=0, ddof=1) if len(X) > 1 else X.std(axis=0)",
     "You divide by N - 1. Here the population's standard deviation is agreed on: divide by N.", "the sample's standard deviation, default of pandas"),
    ("divides_by_the_variance", "X.std(axis=0)", "X.var(axis=0)",
     "You divide by the variance. The scale is its square root.", "variance and standard deviation mixed up"),
    ("uses_the_range", "X.std(axis=0)", "X.max(axis=0) - X.min(axis=0)",
     "You divide by the range from the smallest to the largest value. The standard deviation is asked for.", "min-max scaling taken for standardising"),
    ("adds_an_epsilon", WHERE, "scale = scale + 1e-8",
     "You add a small number to every scale. It must be 1 where a column is constant and untouched elsewhere.", "the eps-in-the-denominator habit"),
    ("divides_by_zero", WHERE, "pass",
     "A constant column is divided by 0. Its scale must be 1.", "facts: 0/0 in a constant column"),
    ("forgets_the_mean", "Xs = (X - mean) / scale", "Xs = X / scale",
     "The mean is not subtracted from Xs.", "scaling without centring"),
    ("only_centres", "Xs = (X - mean) / scale", "Xs = X - mean",
     "Xs has mean 0, but its spread is the old one: divide by scale.", "centring without scaling"),
    ("subtracts_after_dividing", "Xs = (X - mean) / scale", "Xs = X / scale - mean",
     "Brackets are missing: subtract the mean first, then divide the difference.", "operator precedence, met in learners' code"),
    ("swaps_mean_and_scale", "Xs = (X - mean) / scale", "Xs = (X - mean) / scale\n    mean, scale = scale, mean",
     "The order is Xs, mean, scale.", "two arrays of the same shape exchanged"),
    ("uses_one_scale_for_all", WHERE, "scale = np.full(X.shape[1], X.std())",
     "All columns share one scale. Each column has its own standard deviation: axis=0.", "X.std() without an axis"),
]  # fmt: skip
misconceptions_by_edit("standardise", *STANDARDISE_FAULTS)


# --- predict_the_runs -----------------------------------------------------------------------------------------------


@exercise("predict_the_runs", weight=0)
def test_runs_have_five_letters(learner):
    """`predict_the_runs` must return five capital letters, one for each question."""
    expect_words(
        learner.predict_the_runs(),
        5,
        list("ABC"),
        "It must return five letters.",
        "Each entry is one of A, B, C.",
    )


declare_answer_checks(
    globals(),
    "predict_the_runs",
    test_runs_question_1="Question 1 is not right: merge the two layers in your mind. What is left of the fifty units?",
    test_runs_question_2="Question 2 is not right: write down the four gradients and set W1, W2 and b1 to 0 in them.",
    test_runs_question_3="Question 3 is not right: which part of the curvature grows while the network learns?",
    test_runs_question_4="Question 4 is not right: how long do the steps become, and where do they carry the weights, far from the minimum?",
    test_runs_question_5="Question 5 is not right: add up the steps that momentum makes while the slope stays the same.",
)


CHOICES = '("B", "C", "A", "C", "B")'
RUN_IDEAS = [
    ("ACACB", "trusts_in_more_units", "no answer of document 001 says that a linear network cannot represent i² + j²",
     "Fifty linear units still make one plane: their product with W2 is a single matrix. More parameters, the same functions."),
    ("CCACB", "fears_more_units", "more parameters thought harder to train",
     "More units do not make this task harder: the network still reaches the best plane."),
    ("BAACB", "blames_the_zeros", "document 001: 'I had set the initial weights to 0, but since it was diverging'",
     "From exact zeros nothing can explode: the gradients of W1, b1 and W2 all contain a factor that is 0."),
    ("BBACB", "waits_for_the_zeros", "zeros thought a slow but possible start",
     "Zeros never get away: W2 waits for h, and W1 waits for W2. Only b2 has a gradient."),
    ("BCBCB", "takes_the_bowl_of_lesson_01", "lesson 01, where the inputs alone set the curvature",
     "The data have not changed, but with two layers the weights stand in the Hessian, and they have grown."),
    ("BCCCB", "believes_minima_are_flat", "a gradient of 0 taken for a curvature of 0",
     "The gradient is 0 at a minimum, not the curvature. The weights have grown, and the bound has shrunk."),
    ("BCAAB", "hopes_momentum_breaks_the_floor", "document 001: 'implementing momentum should help'",
     "No optimiser gets below 52.8: the best plane ends there."),
    ("BCABB", "takes_the_bound_at_the_minimum_for_the_way_there", "2 (1 + momentum) / λ holds near the minimum only",
     "The raised bound holds near the minimum. On the way there the long steps carry the weights to steeper places, and the run is lost."),
    ("BCACA", "sees_no_gain_in_momentum", "momentum thought to smooth only",
     "While the slope keeps its direction the steps add up to ten times their length, so a tenth of them is enough."),
    ("BCACC", "takes_momentum_for_a_brake", "momentum thought to damp",
     "Momentum does not brake: while the slope keeps its direction the steps grow to ten times their length."),
]  # fmt: skip
for letters, idea, origin, words in RUN_IDEAS:
    misconception_by_edit(
        "predict_the_runs", idea, old=CHOICES, new=repr(tuple(letters)), message=words, source=origin
    )


# --- read_the_curves ------------------------------------------------------------------------------------------------


@exercise("read_the_curves", weight=0)
def test_curves_have_five_causes(learner):
    """`read_the_curves` must return five strings, each of "right", "sign", "rate", "zeros", "biases" once."""
    causes = learner.read_the_curves()
    expect_parts(causes, 5, "It must return five strings.")
    known = {"right", "sign", "rate", "zeros", "biases"}
    expect(
        all(isinstance(c, str) for c in causes) and set(causes) == known, "Use each of the five words once."
    )


declare_answer_checks(
    globals(),
    "read_the_curves",
    test_curve_a="Curve A is something else: it looks healthy, but compare the place where it stays with the floor.",
    test_curve_b="Curve B is something else: it never goes down, and it does not jump either.",
    test_curve_c="Curve C is something else: look where it ends, and whether it has arrived there.",
    test_curve_d="Curve D is something else: it falls, jumps up and falls again before it leaves.",
    test_curve_e="Curve E is something else: its start differs from all others, and it falls by nearly the same amount in each step.",
)


CAUSES = '("biases", "sign", "right", "rate", "zeros")'
CURVE_IDEAS = [
    (("biases", "rate", "right", "sign", "zeros"), "takes_jumps_for_a_turned_sign", "document 001: the forgotten minus sign as 'the most common reason'",
     "B and D are exchanged. A turned sign climbs smoothly from the first step; only a step that is too long jumps up and down."),
    (("right", "sign", "biases", "rate", "zeros"), "takes_a_level_curve_for_the_floor", "facts: no biases, a floor of 59.65 that looks like an end",
     "A and C are exchanged. A has come to rest at 59.7, above the floor of 52.8; C is still on its way down to it."),
    (("zeros", "sign", "right", "rate", "biases"), "looks_for_zeros_among_the_fast", "facts: all-zero weights stall",
     "A and E are exchanged. With all weights 0 only b2 moves, slowly, towards the means of the targets; it never gets near 60."),
    (("biases", "zeros", "right", "rate", "sign"), "lets_zeros_climb", "document 001: zero weights reported as diverging",
     "B and E are exchanged. Zeros cannot climb: only b2 moves, and it moves downhill."),
    (("biases", "sign", "zeros", "rate", "right"), "lets_zeros_learn", "zeros thought a slow but possible start",
     "C and E are exchanged. A network that starts at zeros never gets below the variance of its targets, 960.3."),
]  # fmt: skip
for causes, idea, origin, words in CURVE_IDEAS:
    rendered = "(" + ", ".join(f'"{cause}"' for cause in causes) + ")"
    misconception_by_edit("read_the_curves", idea, old=CAUSES, new=rendered, message=words, source=origin)
