"""Hidden checks of 01_growing_weights."""

import numpy as np

from autograder.checking import (
    as_array,
    declare_answer_checks,
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
    "mse_gradient": ["predict"],
    "fit": ["predict", "mse_gradient"],
    "max_learning_rate": ["hessian"],
    "error_factors": ["hessian"],
}


def inputs(rng, N):
    """Two features of different size and mean, so that no column can stand in for another."""
    return rng.normal(size=(N, 2)) * [1.0, 2.5] + [0.8, -1.5]


def model(rng, N):
    """X, y, w, b in general position: no exact fit, no zero bias."""
    return inputs(rng, N), 3 * rng.normal(size=N) + 2, rng.normal(size=2) + [1.0, -1.0], 0.5 + rng.random()


def on_a_line(rng, N):
    """Different pairs on one straight line: together with the ones they have rank 2."""
    return np.column_stack([x := 4 * rng.normal(size=N), 9 - x])


# --- errors_by_hand -------------------------------------------------------------------------------------------------


def by_hand(learner):
    """What was written down; a list will do."""
    result = learner.errors_by_hand()
    is_list = isinstance(result, (list, tuple)) and all(isinstance(value, (int, float)) for value in result)
    return np.array(result, dtype=float) if is_list else result


@exercise("errors_by_hand", weight=0)
def test_by_hand_has_five_numbers(learner):
    """`errors_by_hand` must return an array of shape (5,): one error for each learning rate."""
    expect_array(by_hand(learner), (5,))


@exercise("errors_by_hand", weight=1)
def test_by_hand_below_the_inverse_curvature(learner, reference):
    """At 0.1 the error shrinks on one side, at 0.25 the very first step decides: step 2 with the curvature 4, three times."""
    expect_close(by_hand(learner)[:2], reference.errors_by_hand()[:2], atol=2e-3)


@exercise("errors_by_hand", weight=1)
def test_by_hand_between_the_inverse_and_twice_it(learner, reference):
    """At 0.4 each step crosses the lowest point and shrinks the error: mind the sign after three steps."""
    expect_close(by_hand(learner)[2], reference.errors_by_hand()[2], atol=2e-3)


@exercise("errors_by_hand", weight=1)
def test_by_hand_at_the_bound(learner, reference):
    """At 0.5, twice the inverse of the curvature, each step crosses over: how far out does it land, and on which side?"""
    expect_close(by_hand(learner)[3], reference.errors_by_hand()[3], atol=2e-3)


@exercise("errors_by_hand", weight=1)
def test_by_hand_beyond_the_bound(learner, reference):
    """At 0.6 each step crosses over and lands farther out than before."""
    expect_close(by_hand(learner)[4], reference.errors_by_hand()[4], atol=2e-3)


@misconception(
    "errors_by_hand",
    "The sizes are right, the signs are not. A negative factor, taken three times, stays negative: the walk is on the "
    "other side.",
    source="the growth is seen, the flipping sign is not: document 000 reports only that the weights get very big",
)
def loses_the_sign():
    return np.abs((1 - 4 * np.array([0.1, 0.25, 0.4, 0.5, 0.6])) ** 3)


@misconception(
    "errors_by_hand",
    "These are the errors after one step. Each further step multiplies by the same factor again; asked are three.",
    source="one update taken for the whole walk",
)
def takes_one_step():
    return 1 - 4 * np.array([0.1, 0.25, 0.4, 0.5, 0.6])


@misconception(
    "errors_by_hand",
    "You multiplied the first step by three. The slope changes with the error, so each step multiplies what is left.",
    source="steps of equal length, as if the slope stayed what it was at the start",
)
def adds_equal_steps():
    return 1 - 3 * 4 * np.array([0.1, 0.25, 0.4, 0.5, 0.6])


@misconception(
    "errors_by_hand",
    "Your factor is 1 - rate * 8: the slope was doubled. With the half in front of the parabola its slope is 4 times the "
    "error.",
    source="the factor 2 of the squared loss put in twice, measured as a bound that is half of the right one",
)
def doubles_the_slope():
    return (1 - 8 * np.array([0.1, 0.25, 0.4, 0.5, 0.6])) ** 3


@misconception(
    "errors_by_hand",
    "Your factor is 1 - rate: the curvature is missing. The step is the rate times the slope, and the slope is 4 times "
    "the error.",
    source="a rate judged on its own, without the curvature, as in the answer of document 000",
)
def forgets_the_curvature():
    return (1 - np.array([0.1, 0.25, 0.4, 0.5, 0.6])) ** 3


@misconception(
    "errors_by_hand",
    "You added the slope. Descent subtracts it: the factor is 1 minus rate times curvature.",
    source="the update written with the wrong sign",
)
def walks_uphill():
    return (1 + 4 * np.array([0.1, 0.25, 0.4, 0.5, 0.6])) ** 3


# --- predict --------------------------------------------------------------------------------------------------------


@exercise("predict", weight=0)
def test_predict_returns_one_number_per_example(learner, rng):
    """`predict` must return one number per example, shape (N,): the two products are added up."""
    X, _, w, b = model(rng, 7)
    expect_array(learner.predict(X, w, b), (7,))


@exercise("predict", weight=3)
def test_predict_values(learner, reference, rng):
    """Each prediction is w1 * x1 + w2 * x2 + b, with the numbers of its own row and the bias once."""
    for N in (5, 12, 2):
        X, _, w, b = model(rng, N)
        for bias in (b, -40.0):
            expect_close(learner.predict(X, w, bias), reference.predict(X, w, bias))


@exercise("predict", weight=1)
def test_predict_of_a_single_example(learner, reference, rng):
    """One example alone gives an array of length 1."""
    X, _, w, b = model(rng, 1)
    expect_close(learner.predict(X, w, b), reference.predict(X, w, b))


@exercise("predict", weight=1)
def test_predict_with_one_weight_or_none(learner, reference, rng):
    """With one weight at 0 only the other feature counts; with both at 0 every prediction is the bias."""
    X, _, w, b = model(rng, 6)
    for weights in (np.array([0.0, w[1]]), np.array([w[0], 0.0]), np.zeros(2)):
        expect_close(learner.predict(X, weights, b), reference.predict(X, weights, b))


@misconception(
    "predict",
    "`*` multiplies entry by entry and adds nothing up, so you have two numbers per example: use `@`.",
    source="document 000: `w * x + b`, which nobody in it notices",
)
def multiplies_with_the_star(X, w, b):
    return w * X + b


@misconception(
    "predict",
    "The bias is counted twice: you added it to both products before the sum. Add the products first, then b once.",
    source="the asker's `w * x + b` repaired by a sum around it",
)
def adds_the_bias_twice(X, w, b):
    return (w * X + b).sum(axis=1)


@misconception(
    "predict",
    "The bias is missing: add b to every prediction.",
    source="the bias left out, measured as an explosion bound that is slightly too large",
)
def forgets_the_bias(X, w, b):
    return X @ w


@misconception(
    "predict",
    "The result has the shape (N, 1). Predictions are (N,): with a column, prediction minus y would become (N, N).",
    source="the broadcast that lesson 04 is about",
)
def returns_a_column(X, w, b):
    return (X @ w + b)[:, None]


@misconception(
    "predict",
    "You added up over the examples. Each example has its own prediction: sum over `axis=1`, or use `@`.",
    source="axis mistakes in learners' public repositories",
)
def sums_over_the_examples(X, w, b):
    return (X * w).sum(axis=0) + b


@misconception(
    "predict",
    "You took the mean of the two products. The model is their sum.",
    source="np.mean over the features, where the mean belongs to the examples",
)
def averages_the_products(X, w, b):
    return (X * w).mean(axis=1) + b


@misconception(
    "predict",
    "The bias is multiplied with the features, too: add it after the product with w, not to w.",
    source="a misplaced bracket",
)
def adds_the_bias_to_the_weights(X, w, b):
    return X @ (w + b)


# --- mse_gradient ---------------------------------------------------------------------------------------------------


@exercise("mse_gradient", weight=0)
def test_gradient_has_the_shapes_of_the_parameters(learner, rng):
    """`mse_gradient` must return the pair dw (2,), db (one number)."""
    X, y, w, b = model(rng, 7)
    result = learner.mse_gradient(X, y, w, b)
    expect_parts(result, 2, "It must return two things: dw, db.")
    expect_array(result[0], (2,), "dw")
    expect_array(result[1], (), "db")


@exercise("mse_gradient", weight=3)
def test_gradient_dw(learner, reference, rng):
    """dw[j] is twice the mean, over the examples, of the residual (prediction minus target) times the input X[:, j]."""
    for N in (7, 3, 20):
        X, y, w, b = model(rng, N)
        expect_close(learner.mse_gradient(X, y, w, b)[0], reference.mse_gradient(X, y, w, b)[0])


@exercise("mse_gradient", weight=2)
def test_gradient_db(learner, reference, rng):
    """db is twice the mean of the residuals: the bias has the input 1."""
    for N in (7, 3, 20):
        X, y, w, b = model(rng, N)
        expect_close(learner.mse_gradient(X, y, w, b)[1], reference.mse_gradient(X, y, w, b)[1])


@exercise("mse_gradient", weight=2)
def test_gradient_is_the_slope_of_the_loss(learner, rng):
    """dw and db must be the slopes of mean((y_hat - y)**2) when w1, w2 or b is nudged."""
    X, y, w, b = model(rng, 6)

    def loss(theta):
        return np.mean((X @ theta[:2] + theta[2] - y) ** 2)

    slopes = numerical_gradient(loss, np.append(w, b))
    dw, db = learner.mse_gradient(X, y, w, b)
    expect_close((dw, db), (slopes[:2], slopes[2]), rtol=1e-5, atol=1e-7)


@exercise("mse_gradient", weight=1)
def test_gradient_is_a_mean(learner, reference, rng):
    """The same examples twice over have the same gradient: the loss is a mean over the examples."""
    X, y, w, b = model(rng, 5)
    right = reference.mse_gradient(X, y, w, b)
    once, twice = learner.map("mse_gradient", [(X, y, w, b), (np.tile(X, (2, 1)), np.tile(y, 2), w, b)])
    expect_close(tuple(once), right)
    expect_close(tuple(twice), right)


@exercise("mse_gradient", weight=1)
def test_gradient_of_one_example_and_of_an_exact_fit(learner, reference, rng):
    """One example alone follows the same rule; where every prediction is right, both gradients are 0."""
    X, y, w, b = model(rng, 1)
    expect_close(tuple(learner.mse_gradient(X, y, w, b)), reference.mse_gradient(X, y, w, b))
    X, _, w, b = model(rng, 6)
    dw, db = learner.mse_gradient(X, X @ w + b, w, b)
    expect_close((dw, db), (np.zeros(2), 0.0))


misconception_by_edit(
    "mse_gradient",
    "forgets_the_two",
    old="dw = 2 * X.T @ residual / len(y)\n    db = 2 * residual.mean()",
    new="dw = X.T @ residual / len(y)\n    db = residual.mean()",
    message="The 2 of the square is missing. This loss has no half in front that would cancel it.",
    source="the gradient of the loss with a hidden half, the other common convention",
)

misconception_by_edit(
    "mse_gradient",
    "sums_instead_of_averaging",
    old="dw = 2 * X.T @ residual / len(y)\n    db = 2 * residual.mean()",
    new="dw = 2 * X.T @ residual\n    db = 2 * residual.sum()",
    message="Your gradient is N times too long: the loss is a mean, so divide by N.",
    source="document 000: torch.sum in the loss; measured: with the bound of the mean it diverges",
)

misconception_by_edit(
    "mse_gradient",
    "turns_the_sign",
    old="predict(X, w, b) - y",
    new="y - predict(X, w, b)",
    message="All signs are turned: the residual is prediction minus target, or the update walks uphill.",
    source="target minus prediction, as many texts write the error",
)

misconception_by_edit(
    "mse_gradient",
    "db_is_a_sum",
    old="db = 2 * residual.mean()",
    new="db = 2 * residual.sum()",
    message="dw is right, but db is a sum. The bias has the same loss: take the mean.",
    source="1/N applied to the weights only, in learners' public repositories",
)

misconception_by_edit(
    "mse_gradient",
    "db_forgets_the_two",
    old="db = 2 * residual.mean()",
    new="db = residual.mean()",
    message="dw is right, but db lacks the 2 of the square.",
    source="the mean of the residuals taken for the whole gradient of the bias",
)

misconception_by_edit(
    "mse_gradient",
    "divides_by_all_entries",
    old="/ len(y)",
    new="/ X.size",
    message="dw is divided by the number of entries of X, 2N. Each example counts once: divide by N.",
    source="np.mean over a table (N, 2), in learners' public repositories",
)

misconception_by_edit(
    "mse_gradient",
    "forgets_the_inputs",
    old="dw = 2 * X.T @ residual / len(y)",
    new="dw = 2 * residual.mean() * np.ones(2)",
    message="dw lacks the inputs: a weight changes the prediction by its own input times as much.",
    source="the chain rule stopped one link too early",
)

misconception_by_edit(
    "mse_gradient",
    "multiplies_the_means",
    old="dw = 2 * X.T @ residual / len(y)",
    new="dw = 2 * X.mean(axis=0) * residual.mean()",
    message="You multiplied the mean of the inputs by the mean of the residuals. Multiply within each example first, then "
    "take the mean.",
    source="the mean pulled apart, which is right for one example only",
)

misconception_by_edit(
    "mse_gradient",
    "takes_the_root",
    old="residual = predict(X, w, b) - y  # (N,)",
    new="residual = predict(X, w, b) - y\n    residual = residual / (2 * np.sqrt(np.mean(residual**2)) or 1)",
    message="This is the gradient of the root of the loss. The loss is the mean square itself.",
    source='document 000: a comment calls the loss "RMSQ", the code takes no root',
)

misconception_by_edit(
    "mse_gradient",
    "leaves_the_bias_out_of_the_residual",
    old="predict(X, w, b) - y",
    new="X @ w - y",
    message="The bias is missing from the predictions in your residual.",
    source="the bias added to the update, forgotten in the forward pass",
)


@misconception("mse_gradient", "You add the errors up over the features as well, so both entries of dw are the same number. Each weight has its own: multiply the errors by its own column of X.",
               source="read in learners' public programs: one running sum for all weights")  # fmt: skip
def adds_over_the_features(X, y, w, b):
    residual = X @ w + b - y
    total = 2 * np.sum(X * residual[:, None]) / len(y)
    return np.full(2, total), 2 * residual.mean()


# --- fit ------------------------------------------------------------------------------------------------------------


def fitted(learner, *arguments):
    """w, b and losses of a run; losses may be a list."""
    result = learner.fit(*arguments)
    expect_parts(result, 3, "It must return three values: w, b, losses.")
    w, b, losses = result
    return w, b, as_array(losses)


@exercise("fit", weight=0)
def test_fit_returns_w_b_losses(learner, rng):
    """`fit` must return w (2,), b (one number) and one loss for each step."""
    X, y, _, _ = model(rng, 8)
    w, b, losses = fitted(learner, X, y, 0.05, 5)
    expect_array(w, (2,), "w")
    expect_array(b, (), "b")
    expect_array(losses, (5,), "losses")


@exercise("fit", weight=2)
def test_fit_one_step(learner, reference, rng):
    """One step from zeros: each parameter is minus the learning rate times its gradient at the zeros."""
    X, y, _, _ = model(rng, 7)
    for learning_rate in (0.02, 1.7):
        expect_close(fitted(learner, X, y, learning_rate, 1)[:2], reference.fit(X, y, learning_rate, 1)[:2])


@exercise("fit", weight=3)
def test_fit_several_steps(learner, reference, rng):
    """After several steps w and b are where gradient descent leads: each step with both gradients of the present place."""
    for N, learning_rate, steps in ((9, 0.05, 4), (5, 0.01, 12), (3, 0.1, 2)):
        X, y, _, _ = model(rng, N)
        expect_close(
            fitted(learner, X, y, learning_rate, steps)[:2], reference.fit(X, y, learning_rate, steps)[:2]
        )


@exercise("fit", weight=2)
def test_fit_losses(learner, reference, rng):
    """`losses` holds the mean squared error before each update: the first belongs to the zeros."""
    for N, learning_rate, steps in ((9, 0.05, 4), (4, 0.01, 8)):
        X, y, _, _ = model(rng, N)
        expect_close(
            fitted(learner, X, y, learning_rate, steps)[2], reference.fit(X, y, learning_rate, steps)[2]
        )


@exercise("fit", weight=1)
def test_fit_above_the_bound(learner, reference, rng):
    """A rate above the bound makes the numbers grow, and `fit` must let them: no stop, no clipping, no smaller rate."""
    X, y, _, _ = model(rng, 6)
    for learning_rate, steps in ((1.0, 12), (30.0, 6)):
        expect_close(
            fitted(learner, X, y, learning_rate, steps), reference.fit(X, y, learning_rate, steps), rtol=1e-5
        )


@exercise("fit", weight=1)
def test_fit_few_steps_or_no_rate(learner, reference, rng):
    """No step returns zeros and no losses, one example is enough, and at rate 0 nothing moves while every loss is noted."""
    X, y, _, _ = model(rng, 5)
    one = model(rng, 1)[:2]
    for arguments in ((X, y, 0.05, 0), (X, y, 0.0, 3), (*one, 0.03, 1), (*one, 0.03, 4)):
        expect_close(fitted(learner, *arguments), reference.fit(*arguments))


misconception_by_edit(
    "fit",
    "climbs_the_hill",
    old="w = w - learning_rate * dw\n        b = b - learning_rate * db",
    new="w = w + learning_rate * dw\n        b = b + learning_rate * db",
    message="You add the gradient, so the loss climbs at any rate. Subtract it.",
    source="measured in the lesson: with the wrong sign the weights grow to one side, at any rate",
)

misconception_by_edit(
    "fit",
    "never_resets_the_gradients",
    old="        dw, db = mse_gradient(X, y, w, b)\n",
    new="        new_dw, new_db = mse_gradient(X, y, w, b)\n"
    "        dw, db = (new_dw, new_db) if step == 0 else (dw + new_dw, db + new_db)\n",
    message="Your gradients pile up from step to step. Each update uses the slope of the present place only.",
    source="PyTorch without `zero_()`, a classic that document 000 avoids; measured: the weights swing and never settle",
)

misconception_by_edit(
    "fit",
    "updates_one_after_the_other",
    old="        b = b - learning_rate * db\n",
    new="        b = b - learning_rate * mse_gradient(X, y, w, b)[1]\n",
    message="The gradient of b is taken at the new w. Take both gradients first, then move both.",
    source="simultaneous update against one after the other, the warning of every first course on descent",
)

misconception_by_edit(
    "fit",
    "forgets_to_update_the_bias",
    old="        b = b - learning_rate * db\n",
    new="",
    message="The bias never moves: update b with db, just as w with dw.",
    source="one of the two update lines left out",
)

misconception_by_edit(
    "fit",
    "forgets_the_learning_rate",
    old="w = w - learning_rate * dw\n        b = b - learning_rate * db",
    new="w = w - dw\n        b = b - db",
    message="Your steps ignore the learning rate: multiply each gradient by it.",
    source="`w -= dw`, which nobody notices at a learning rate of 1",
)

misconception_by_edit(
    "fit",
    "starts_the_bias_from_one",
    old="np.zeros(2), 0.0,",
    new="np.zeros(2), 1.0,",
    message="Your bias starts from 1. Here everything starts from 0.",
    source="document 000: `b1 = torch.ones(...)`",
)

misconception_by_edit(
    "fit",
    "starts_from_ones",
    old="np.zeros(2), 0.0,",
    new="np.ones(2), 1.0,",
    message="Your weights start from ones. Here w and b start from zeros.",
    source="a start other than the one asked for; with a flat direction it changes where the run ends",
)

misconception_by_edit(
    "fit",
    "divides_the_step_by_N",
    old="w = w - learning_rate * dw\n        b = b - learning_rate * db",
    new="w = w - learning_rate * dw / len(y)\n        b = b - learning_rate * db / len(y)",
    message="You divide the step by N. The mean is in the gradient already.",
    source="1/N applied twice, in learners' public repositories",
)

misconception_by_edit(
    "fit",
    "stops_when_the_loss_rises",
    old="        dw, db = mse_gradient(X, y, w, b)\n",
    new="        if step and losses[step] > losses[step - 1]:\n            break\n        dw, db = mse_gradient(X, y, w, b)\n",
    message="You stop when the loss rises. Here the run is to be seen as it is: take all steps.",
    source="early stopping as a cure for divergence; it hides the trace that tells the cause",
)

misconception_by_edit(
    "fit",
    "clips_the_gradient",
    old="        dw, db = mse_gradient(X, y, w, b)\n",
    new="        dw, db = mse_gradient(X, y, w, b)\n        dw, db = np.clip(dw, -1, 1), np.clip(db, -1, 1)\n",
    message="You clip the gradient. That keeps the weights small and hides the cause: take the steps as they are.",
    source="clipping, a common first aid for growing weights",
)

misconception_by_edit(
    "fit",
    "records_half_the_loss",
    old="np.mean((predict(X, w, b) - y) ** 2)",
    new="0.5 * np.mean((predict(X, w, b) - y) ** 2)",
    message="Your losses are half of the mean squared error. Here the loss has no factor in front.",
    source="the loss with a hidden half, the other common convention",
)

misconception_by_edit(
    "fit",
    "records_the_sum",
    old="np.mean((predict(X, w, b) - y) ** 2)",
    new="np.sum((predict(X, w, b) - y) ** 2)",
    message="Your losses are sums over the examples; the loss is their mean.",
    source="document 000: torch.sum in the loss",
)


@misconception(
    "fit",
    "Each of your losses belongs to the weights after the update. Record it before: the first loss belongs to the zeros.",
    source="loss evaluated after the step, the other common convention",
)
def records_after_the_update(X, y, learning_rate, steps):
    w, b, losses = np.zeros(2), 0.0, np.zeros(steps)
    for step in range(steps):
        dw, db = mse_gradient(X, y, w, b)  # noqa: F821
        w, b = w - learning_rate * dw, b - learning_rate * db
        losses[step] = np.mean((predict(X, w, b) - y) ** 2)  # noqa: F821
    return w, b, losses


@misconception("fit", "You train another loss: half the mean squared error, recorded after each update. Here there is no ½, so the gradient has a 2, and the first loss belongs to the zeros.",
               source="read in learners' public programs: the cost with 1 / (2 m), after the update")  # fmt: skip
def halves_and_records_after(X, y, learning_rate, steps):
    w, b, losses = np.zeros(2), 0.0, np.zeros(steps)
    for step in range(steps):
        residual = X @ w + b - y
        w, b = w - learning_rate * X.T @ residual / len(y), b - learning_rate * residual.mean()
        losses[step] = np.mean((X @ w + b - y) ** 2) / 2
    return w, b, losses


# --- hessian --------------------------------------------------------------------------------------------------------


@exercise("hessian", weight=0)
def test_hessian_is_three_by_three(learner, rng):
    """`hessian` must return a (3, 3) array: one row and one column for each of w1, w2, b."""
    expect_array(learner.hessian(inputs(rng, 7)), (3, 3))


@exercise("hessian", weight=3)
def test_hessian_values(learner, reference, rng):
    """A is 2/N times the product of the inputs x1, x2, 1 with themselves, in this order."""
    for N in (7, 4, 25):
        X = inputs(rng, N)
        expect_close(learner.hessian(X), reference.hessian(X))


@exercise("hessian", weight=2)
def test_hessian_is_the_curvature_of_the_loss(learner, rng):
    """Second differences of mean((y_hat - y)**2) between any two parameters must agree with A."""
    X, y, w, b = model(rng, 6)

    def loss(theta):
        return np.mean((X @ theta[:2] + theta[2] - y) ** 2)

    theta, unit = np.append(w, b), np.eye(3)
    measured = np.zeros((3, 3))
    for j in range(3):
        for k in range(3):  # exact for a quadratic loss, so the step may be 1
            ends = [loss(theta + p * unit[j] + q * unit[k]) * p * q for p in (1, -1) for q in (1, -1)]
            measured[j, k] = np.sum(ends) / 4
    expect_close(learner.hessian(X), measured, rtol=1e-5, atol=1e-8)


@exercise("hessian", weight=1)
def test_hessian_of_repeated_examples(learner, reference, rng):
    """The same examples twice over, or in another order, bend the bowl no more: A is a mean over the examples."""
    X = inputs(rng, 5)
    for same in (np.tile(X, (2, 1)), X[::-1].copy()):
        expect_close(learner.hessian(same), reference.hessian(X))


@exercise("hessian", weight=1)
def test_hessian_of_few_or_flat_inputs(learner, reference, rng):
    """One example, inputs of all 0, pairs on a line: the same formula, and the bias keeps its own curvature."""
    for X in (inputs(rng, 1), np.zeros((4, 2)), on_a_line(rng, 6), np.array([[3.0, 7.0]])):
        expect_close(learner.hessian(X), reference.hessian(X))


misconception_by_edit(
    "hessian",
    "forgets_the_two",
    old="A = 2 / len(X)",
    new="A = 1 / len(X)",
    message="The 2 of the square is missing: your curvatures are half of the right ones, and the bound from them twice too "
    "large.",
    source="measured: the factor 2 of the squared loss forgotten; a run at such a bound explodes",
)

misconception_by_edit(
    "hessian",
    "sums_instead_of_averaging",
    old="A = 2 / len(X)",
    new="A = 2",
    message="This is the Hessian of the sum of squares. The loss is a mean: divide by N.",
    source="document 000: torch.sum in the loss",
)


@misconception(
    "hessian",
    "The bias is missing: it is a parameter like the others, with an input that is always 1. Three rows, three columns.",
    source="measured: without the bias column the bound is slightly too large, and a run at it diverges",
)
def forgets_the_bias_column(X):
    return 2 / len(X) * X.T @ X


@misconception(
    "hessian",
    "Your ones stand in front. The order here is x1, x2, 1: put them last.",
    source="the convention of lesson 03, where the ones come first",
)
def puts_the_ones_first(X):
    A = np.hstack([np.ones((len(X), 1)), X])
    return 2 / len(X) * A.T @ A


@misconception(
    "hessian",
    "You multiplied the wrong way round: the inputs times their transpose are a table of examples (N, N). Parameters meet in the "
    "transpose times the inputs.",
    source="the order of the product turned round",
)
def multiplies_examples_with_examples(X):
    A = np.hstack([X, np.ones((len(X), 1))])
    return 2 / len(X) * A @ A.T


@misconception(
    "hessian",
    "Only the diagonal is filled. Where two inputs are large together, their parameters bend the loss together.",
    source="the curvature of each parameter on its own",
)
def keeps_the_diagonal_only(X):
    A = np.hstack([X, np.ones((len(X), 1))])
    return np.diag(2 * np.mean(A**2, axis=0))


@misconception(
    "hessian",
    "You subtracted the means first: that is twice the covariance. The Hessian takes the inputs as they are.",
    source="np.cov used for the product of the inputs; right only after standardising",
)
def takes_the_covariance(X):
    A = np.hstack([X - X.mean(axis=0), np.ones((len(X), 1))])
    return 2 / len(X) * A.T @ A


@misconception(
    "hessian",
    "You divide by N - 1, as for a variance. The loss is a mean over N examples: divide by N.",
    source="the habit of the sample variance",
)
def divides_by_one_less(X):
    A = np.hstack([X, np.ones((len(X), 1))])
    return 2 / max(len(X) - 1, 1) * A.T @ A


# --- max_learning_rate ----------------------------------------------------------------------------------------------


@exercise("max_learning_rate", weight=0)
def test_bound_is_a_number(learner, rng):
    """`max_learning_rate` must return one number."""
    expect_array(learner.max_learning_rate(inputs(rng, 7)), ())


@exercise("max_learning_rate", weight=3)
def test_bound_values(learner, reference, rng):
    """The bound is 2 divided by the largest of the three curvatures."""
    for N in (7, 3, 20):
        X = inputs(rng, N)
        expect_close(learner.max_learning_rate(X), reference.max_learning_rate(X))


@exercise("max_learning_rate", weight=2)
def test_bound_is_the_edge(learner, reference, rng):
    """A thousandth below the bound every error shrinks or stays, a thousandth above it one grows."""
    X = inputs(rng, 8)
    H, bound = reference.hessian(X), expect_array(learner.max_learning_rate(X), ())
    below, above = (
        np.abs(np.linalg.eigvalsh(np.eye(3) - share * bound * H)).max() for share in (0.999, 1.001)
    )
    expect(below < 1, "It is too large.")
    expect(above > 1, "It is too small.")


@exercise("max_learning_rate", weight=1)
def test_bound_for_inputs_of_any_size(learner, reference, rng):
    """Large inputs shrink the bound with their square; with tiny inputs the bias decides, and the bound is near 1."""
    X = inputs(rng, 6)
    for scale in (100.0, 0.001):
        expect_close(learner.max_learning_rate(scale * X), reference.max_learning_rate(scale * X), atol=1e-15)


@exercise("max_learning_rate", weight=1)
def test_bound_for_flat_bowls(learner, reference, rng):
    """Where some directions are flat or nearly so, as with pairs close to a line or inputs of all 0, the largest curvature still decides."""
    nearly_flat = on_a_line(rng, 5) + 0.02 * rng.normal(
        size=(5, 2)
    )  # exactly flat: rounding decides what 2/0 is
    for X in (nearly_flat, np.zeros((3, 2)), np.zeros((1, 2))):
        expect_close(learner.max_learning_rate(X), reference.max_learning_rate(X))


@misconception(
    "max_learning_rate",
    "You return 1 / curvature. There one step arrives; the factor may go on falling to -1, which is at 2 / curvature.",
    source="measured: the bound compared with 1/lambda instead of 2/lambda",
)
def stops_at_the_inverse(X):
    return 1 / np.linalg.eigvalsh(hessian(X))[-1]  # noqa: F821


@misconception(
    "max_learning_rate",
    "You divided by the smallest curvature. The sharpest direction explodes first: take the largest.",
    source="eigvalsh sorts upwards, so the first entry is the flattest direction",
)
def takes_the_flattest_direction(X):
    with np.errstate(divide="ignore"):
        return 2 / np.linalg.eigvalsh(hessian(X))[0]  # noqa: F821


@misconception(
    "max_learning_rate",
    "You counted the 2 of the square twice, so the bound is twice too large: `hessian` has it already.",
    source="measured: the factor 2 of the squared loss lost on the way, here as 4 / curvature",
)
def doubles_the_bound(X):
    return 4 / np.linalg.eigvalsh(hessian(X))[-1]  # noqa: F821


@misconception(
    "max_learning_rate",
    "You took the curvatures of w1 and w2 alone. The bias bends the bowl, too, so this bound is slightly too large.",
    source="measured: without the bias column a run at the bound diverges",
)
def leaves_the_bias_out(X):
    return 2 / np.linalg.eigvalsh(hessian(X)[:2, :2])[-1]  # noqa: F821


@misconception(
    "max_learning_rate",
    "You divided by the largest entry of the diagonal. The sharpest direction is rarely an axis: take the largest "
    "eigenvalue.",
    source="curvature looked at along single parameters only",
)
def looks_along_the_axes(X):
    return 2 / np.diag(hessian(X)).max()  # noqa: F821


@misconception(
    "max_learning_rate",
    "You divided by the sum of the curvatures (the trace). That is safe but too small: only the sharpest direction counts.",
    source="the trace as a quick bound on the largest eigenvalue",
)
def divides_by_the_trace(X):
    return 2 / np.trace(hessian(X))  # noqa: F821


@misconception(
    "max_learning_rate",
    "This is 2 / (smallest + largest curvature), the rate with the best worst factor. Asked is where the growth begins.",
    source="the optimal fixed rate of the textbooks, which lies below the bound",
)
def returns_the_best_rate(X):
    curvatures = np.linalg.eigvalsh(hessian(X))  # noqa: F821
    return 2 / (curvatures[0] + curvatures[-1])


@misconception(
    "max_learning_rate",
    "You divided by the norm of the whole Hessian. That is safe but too small: take its largest eigenvalue.",
    source="np.linalg.norm of a matrix, which by default is not the largest eigenvalue",
)
def divides_by_the_norm(X):
    return 2 / np.linalg.norm(hessian(X))  # noqa: F821


# --- error_factors --------------------------------------------------------------------------------------------------


@exercise("error_factors", weight=0)
def test_factors_are_three(learner, rng):
    """`error_factors` must return an array of shape (3,): one factor for each direction."""
    expect_array(learner.error_factors(inputs(rng, 7), 0.05), (3,))


@exercise("error_factors", weight=3)
def test_factors_values(learner, reference, rng):
    """Each factor is 1 - learning_rate * curvature, the flattest direction first."""
    for N, learning_rate in ((7, 0.05), (4, 0.3), (15, 0.002)):
        X = inputs(rng, N)
        expect_close(learner.error_factors(X, learning_rate), reference.error_factors(X, learning_rate))


@exercise("error_factors", weight=1)
def test_factors_at_any_rate(learner, reference, rng):
    """At rate 0 every factor is 1; at the bound the last one is -1; at rate 30 it is far below -1, and stays as it is."""
    X = inputs(rng, 6)
    for learning_rate in (0.0, reference.max_learning_rate(X), 30.0):
        expect_close(
            learner.error_factors(X, learning_rate), reference.error_factors(X, learning_rate), atol=1e-7
        )


@exercise("error_factors", weight=1)
def test_factors_are_those_of_a_step(learner, reference, rng):
    """Together the factors must describe one update of the error: their sum is the trace of I - rate * A, with all signs."""
    X, learning_rate = inputs(rng, 6), 0.4
    step = np.eye(3) - learning_rate * reference.hessian(X)
    factors = expect_array(learner.error_factors(X, learning_rate), (3,))
    expect_close(np.sum(factors), np.trace(step))
    expect_close(np.prod(factors), np.linalg.det(step))


@exercise("error_factors", weight=1)
def test_factors_of_flat_directions(learner, reference, rng):
    """A direction without curvature has the factor 1, whatever the rate: one example has two of them, a line one."""
    for X in (inputs(rng, 1), on_a_line(rng, 5), np.array([[3.0, 7.0]]), np.zeros((3, 2))):
        for learning_rate in (0.01, 1.5):
            expect_close(
                learner.error_factors(X, learning_rate), reference.error_factors(X, learning_rate), atol=1e-7
            )


@misconception(
    "error_factors",
    "You took absolute values. The sign says whether a step crosses the lowest point: keep it.",
    source="only the size of the factor looked at, as in the growth of the loss",
)
def loses_the_signs(X, learning_rate):
    return np.abs(1 - learning_rate * np.linalg.eigvalsh(hessian(X)))  # noqa: F821


@misconception(
    "error_factors",
    "You return what a step removes, rate * curvature. The factor is what remains: 1 minus that.",
    source="the share of the step taken for the factor",
)
def returns_what_is_removed(X, learning_rate):
    return learning_rate * np.linalg.eigvalsh(hessian(X))  # noqa: F821


@misconception(
    "error_factors",
    "The 2 is counted twice: `hessian` has the 2 of the square already.",
    source="the factor 2 of the squared loss put in a second time",
)
def counts_the_two_twice(X, learning_rate):
    return 1 - 2 * learning_rate * np.linalg.eigvalsh(hessian(X))  # noqa: F821


@misconception(
    "error_factors",
    "Your factors run from the sharpest direction to the flattest. Asked is the order of ascending curvature.",
    source="eigenvalues sorted downwards, as many programs print them",
)
def starts_with_the_sharpest(X, learning_rate):
    return np.sort(1 - learning_rate * np.linalg.eigvalsh(hessian(X)))  # noqa: F821


@misconception(
    "error_factors",
    "You squared the factors: that is what the loss is multiplied by. The error has the factor itself, with its sign.",
    source="measured: the loss grows with the square of the error's factor",
)
def returns_the_factors_of_the_loss(X, learning_rate):
    return (1 - learning_rate * np.linalg.eigvalsh(hessian(X))) ** 2  # noqa: F821


@misconception(
    "error_factors",
    "You used the diagonal of the Hessian. Its directions are not those in which the error merely scales: take the "
    "eigenvalues.",
    source="curvature looked at along single parameters only",
)
def uses_the_diagonal(X, learning_rate):
    return 1 - learning_rate * np.sort(np.diag(hessian(X)))  # noqa: F821


@misconception(
    "error_factors",
    "You return 1 plus rate times curvature: those are the factors of a walk uphill. Descent has a minus.",
    source="measured in the lesson: the update with the wrong sign",
)
def walks_up(X, learning_rate):
    return 1 + learning_rate * np.linalg.eigvalsh(hessian(X))  # noqa: F821


# --- judge_the_repairs ----------------------------------------------------------------------------------------------


@exercise("judge_the_repairs", weight=0)
def test_judge_returns_six_verdicts(learner):
    """`judge_the_repairs` must return six verdicts, each one of "grows", "elsewhere", "right"."""
    expect_words(learner.judge_the_repairs(), 6, ("grows", "elsewhere", "right"))


declare_answer_checks(
    globals(),
    "judge_the_repairs",
    test_judge_one_pair="A: the rate is below the bound. But does the bowl of one pair bend in all three directions?",
    test_judge_many_pairs="B has the same rate as A, and 64 pairs. Compare rate and bound, then look at the smallest curvature.",
    test_judge_a_slightly_larger_rate="C: on which side of the bound is the rate, the bound taken with all three curvatures?",
    test_judge_three_pairs_on_a_line="D: the rate is below the bound. Is the smallest curvature 0 or not?",
    test_judge_three_other_pairs="E: three pairs as in D, and a rate below the bound. Is the smallest curvature 0 or not?",
    test_judge_many_pairs_on_a_line="F has 64 pairs. Look at their smallest curvature, not at their number.",
)


@misconception(
    "judge_the_repairs",
    "You trusted the loss: wherever it falls to 0 you said right. A flat direction is invisible in the loss.",
    source="measured: the loss goes to 0 in five of the six runs, the weights are right in two",
)
def trusts_the_loss():
    return ("right", "right", "grows", "right", "right", "right")


@misconception(
    "judge_the_repairs",
    "A small rate does not repair everything: some rates here are above the bound, and some bowls are flat.",
    source='document 000: the answer "a very large learning rate", and nothing else',
)
def believes_in_a_small_rate():
    return ("right", "right", "right", "right", "right", "right")


@misconception(
    "judge_the_repairs",
    "You left the bias out of the Hessian. With it the bound is a little lower, and pairs on a line become flat.",
    source="measured: a bound of 0.0197 instead of 0.0194",
)
def leaves_the_bias_out_of_the_bowl():
    return ("elsewhere", "right", "right", "right", "right", "right")


@misconception(
    "judge_the_repairs",
    "You counted the pairs: three unknowns, at least three equations. Pairs on one straight line count as two only.",
    source="counting equations instead of looking at their rank",
)
def counts_the_equations():
    return ("elsewhere", "right", "grows", "right", "right", "right")


@misconception(
    "judge_the_repairs",
    "Many pairs are not always enough, and few are not always too few: the smallest curvature decides.",
    source="'more data' as the cure for everything",
)
def believes_in_many_pairs():
    return ("elsewhere", "right", "grows", "elsewhere", "elsewhere", "right")


@misconception(
    "judge_the_repairs",
    "You compared the rates with 1 / largest curvature. Between 1 and 2 over the curvature the sign flips, but the error "
    "shrinks.",
    source="measured: the bound compared with 1/lambda instead of 2/lambda",
)
def compares_with_the_inverse():
    return ("grows", "grows", "grows", "elsewhere", "right", "elsewhere")


@misconception(
    "judge_the_repairs",
    "You let C pass: 0.0196 is just above the bound of its pairs. One percent decides.",
    source="measured: 1.01 of the bound grows, 0.99 does not",
)
def lets_a_near_miss_pass():
    return ("elsewhere", "right", "right", "elsewhere", "right", "elsewhere")
