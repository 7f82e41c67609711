"""Hidden checks of 02_exploding_descent."""

import numpy as np

from autograder.checking import (
    agree,
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
    "gradient_descent": ["rss_gradient"],
    "bb_descent": ["rss_gradient", "barzilai_borwein_step"],
}


def inputs(rng, N, D):
    """A column of ones and D - 1 features that are neither centred nor scaled, correlated a little."""
    features = rng.normal(size=(N, D - 1)) * rng.uniform(0.5, 2.0, size=D - 1) + rng.uniform(
        -1, 1, size=D - 1
    )
    return np.column_stack([np.ones(N), features])


def regression(rng, N, D):
    """Inputs and targets that no weights fit exactly."""
    return inputs(rng, N, D), 3 * rng.normal(size=N)


def round_bowl(rng, N, D, singular_values):
    """Inputs whose columns depend on each other and whose curvatures are known, with targets."""
    left = np.linalg.qr(rng.normal(size=(N, D)))[0]
    right = np.linalg.qr(rng.normal(size=(D, D)))[0]
    return left * np.asarray(singular_values) @ right, 3 * rng.normal(size=N)


def bound_of(H):
    """Largest stable rate."""
    return 1 / np.linalg.norm(H, 2) ** 2


ASKED_H = np.array(
    [[1.0, 1.0, 23.0], [1.0, 5.0, 29.0], [1.0, 7.0, 60.0], [1.0, 9.0, 85.0], [1.0, 11.0, 99.0]]
)
ASKED_Y = np.array([20.0, 40.0, 60.0, 80.0, 100.0])


def part_of(index):
    """What `agree` compares: one of two values; a list of numbers will do."""
    return lambda result: as_array(expect_parts(result, 2, "It must return two values.")[index])


# --- rss_gradient ---------------------------------------------------------------------------------------------------


@exercise("rss_gradient", weight=0)
def test_rss_gradient_has_one_entry_per_weight(learner, rng):
    """`rss_gradient` must return one entry per weight: the shape (D,)."""
    H, y = regression(rng, 7, 3)
    expect_array(learner.rss_gradient(H, y, rng.normal(size=3)), (3,))


@exercise("rss_gradient", weight=3)
def test_rss_gradient_values(learner, reference, rng):
    """The gradient is -2 Hᵀ (y - H w): a sum over the examples, with the factor 2 and its sign."""
    cases = [(*regression(rng, N, D), rng.normal(size=D)) for N, D in ((7, 3), (5, 2), (9, 6))]
    agree(learner, reference, "rss_gradient", cases)


@exercise("rss_gradient", weight=2)
def test_rss_gradient_is_the_slope_of_the_sum_of_squares(learner, rng):
    """The gradient must be the slope of the sum of squared residuals when one weight is nudged."""
    H, y = regression(rng, 6, 4)
    w = rng.normal(size=4)
    measured = numerical_gradient(lambda v: np.sum((y - H @ v) ** 2), w, h=1e-4)
    expect_close(learner.rss_gradient(H, y, w), measured, rtol=1e-5, atol=1e-6)


@exercise("rss_gradient", weight=1)
def test_rss_gradient_vanishes_at_the_lowest_point(learner, rng):
    """At the least-squares weights the gradient is zero, and a step away from them it is not."""
    H, y = regression(rng, 8, 3)
    best = np.linalg.lstsq(H, y)[0]
    at, near = learner.map("rss_gradient", [(H, y, best), (H, y, best + 0.1)])
    expect_close(at, np.zeros(3), atol=1e-9)
    expect(np.linalg.norm(expect_array(near, (3,))) > 1e-3)


@exercise("rss_gradient", weight=1)
def test_rss_gradient_of_few_rows_or_columns(learner, reference, rng):
    """One example, one column, more columns than examples, weights that are all zero: the same formula holds."""
    cases = [
        (rng.normal(size=(N, D)), rng.normal(size=N), rng.normal(size=D)) for N, D in ((1, 3), (4, 1), (2, 5))
    ]
    cases += [(ASKED_H, ASKED_Y, np.zeros(3)), (ASKED_H, ASKED_Y, np.full(3, 1e-4))]
    agree(learner, reference, "rss_gradient", cases)


misconception_by_edit(
    "rss_gradient",
    "forgets_the_two",
    old="-2 * (H.T @ residual)",
    new="-1 * (H.T @ residual)",
    message="Your gradient is half as long as it should be: the square brings a factor 2, and this loss has no ½.",
    source="the ½ of other courses carried over; the facts list the forgotten 2",
)

misconception_by_edit(
    "rss_gradient",
    "turns_the_sign",
    old="-2 * (H.T @ residual)",
    new="2 * (H.T @ residual)",
    message="Every sign is turned: this is the way downhill. The gradient points uphill, and the update subtracts it.",
    source="the inner derivative of y - Hw forgotten",
)

misconception_by_edit(
    "rss_gradient",
    "takes_the_mean",
    old="-2 * (H.T @ residual)",
    new="-2 * (H.T @ residual) / len(y)",
    message="You divide by N. RSS is a sum over the examples, so its gradient is one, too.",
    source="the mean squared error of lesson 01 carried over",
)

misconception_by_edit(
    "rss_gradient",
    "forgets_the_prediction",
    old="residual = y - H @ w",
    new="residual = y",
    message="Your gradient does not depend on w. The residual is y minus the prediction H w.",
    source="the gradient at w = 0 taken for the gradient everywhere",
)


@misconception(
    "rss_gradient",
    "You return one entry per example, the residuals with their factor. Hᵀ is missing, which sends them to the weights.",
    source="the chain rule stopped one link too early",
)
def stops_at_the_residuals(H, y, w):
    return -2 * (y - H @ w)


@misconception(
    "rss_gradient",
    "You divide by the length of the residual: that is the gradient of the norm, without the square.",
    source="RSS taken for its root",
)
def takes_the_root(H, y, w):
    residual = y - H @ w
    return -(H.T @ residual) / np.linalg.norm(residual)


@misconception(
    "rss_gradient",
    "Your residuals are squared before they meet Hᵀ. Differentiating the square leaves 2 times the residual.",
    source="the square kept while differentiating",
)
def keeps_the_square(H, y, w):
    return -2 * (H.T @ (y - H @ w) ** 2)


# --- max_step_size --------------------------------------------------------------------------------------------------


@exercise("max_step_size", weight=0)
def test_max_step_size_is_a_number(learner, rng):
    """`max_step_size` must return one number."""
    expect_array(learner.max_step_size(inputs(rng, 7, 3)), (), "the bound")


@exercise("max_step_size", weight=3)
def test_max_step_size_values(learner, reference, rng):
    """The bound is 2 divided by the largest eigenvalue of 2 HᵀH."""
    agree(learner, reference, "max_step_size", [(inputs(rng, N, D),) for N, D in ((7, 3), (5, 2), (12, 6))])


@exercise("max_step_size", weight=2)
def test_max_step_size_separates_shrinking_from_growing(learner, rng):
    """Just below the bound every part of the gradient must shrink, just above it one part must grow."""
    for N, D, values in ((6, 3, (2.0, 1.0, 0.1)), (9, 4, (5.0, 4.9, 4.8, 0.5))):
        H, _ = round_bowl(rng, N, D, values)
        bound = float(expect_array(learner.max_step_size(H), ()))
        growth = [np.abs(1 - factor * bound * 2 * np.square(values)).max() for factor in (0.999, 1.001)]
        expect(growth[0] < 1 < growth[1])


@exercise("max_step_size", weight=1)
def test_max_step_size_follows_the_data(learner, reference, rng):
    """Inputs three times as large make the bound nine times smaller; every row twice halves it."""
    H = inputs(rng, 6, 3)
    agree(learner, reference, "max_step_size", [(3 * H,), (np.repeat(H, 2, axis=0),), (H[::-1, [2, 0, 1]],)])


@exercise("max_step_size", weight=1)
def test_max_step_size_of_special_inputs(learner, reference, rng):
    """One column, one row, more columns than rows, a column of zeros, entries near 100: eigenvalues of zero do no harm."""
    wide = rng.permutation(np.diag(rng.uniform(1, 5, size=4)))[:2]  # eigenvalues of exactly zero
    unused = inputs(rng, 6, 4) * [1, 1, 0, 1]
    cases = [rng.normal(size=(5, 1)), rng.normal(size=(1, 1)), wide, unused, ASKED_H]
    agree(learner, reference, "max_step_size", [(case,) for case in cases])


misconception_by_edit(
    "max_step_size",
    "forgets_the_two_of_the_square",
    old="np.linalg.eigvalsh(2 * H.T @ H)",
    new="np.linalg.eigvalsh(H.T @ H)",
    message="You took the eigenvalues of HᵀH. The curvature of the sum of squares is 2 HᵀH, so your bound is twice too large.",
    source="the facts: 'forgetting 2 in lambda'",
)

misconception_by_edit(
    "max_step_size",
    "stops_at_one_over_lambda",
    old="2 / eigenvalues[-1]",
    new="1 / eigenvalues[-1]",
    message="1 / λ is where the steepest direction is cured in one step. The wall stands at twice that rate.",
    source="the usual 1/L rule of optimisation texts",
)

misconception_by_edit(
    "max_step_size",
    "takes_the_smallest_eigenvalue",
    old="2 / eigenvalues[-1]",
    new="2 / eigenvalues[0]",
    message="You divide by the smallest eigenvalue. All directions must shrink, and the steepest one overshoots first.",
    source="eigvalsh sorts in ascending order",
)

misconception_by_edit(
    "max_step_size",
    "takes_the_best_rate_for_the_bound",
    old="2 / eigenvalues[-1]",
    new="2 / (eigenvalues[0] + eigenvalues[-1])",
    message="2 / (λ_1 + λ_D) is the textbook's best rate. The bound is a little larger: 2 / λ_D.",
    source="the facts: the 'optimal' rate, which is slower than 0.99 of the bound here",
)

misconception_by_edit(
    "max_step_size",
    "adds_all_eigenvalues",
    old="2 / eigenvalues[-1]",
    new="2 / eigenvalues.sum()",
    message="You divide by the sum of the eigenvalues, the trace. That is safe and too small: only the largest counts.",
    source="the trace as a cheap stand-in for the largest eigenvalue",
)


@misconception(
    "max_step_size",
    "You divide the matrix by N. RSS is a sum: its curvature grows with the number of rows.",
    source="the bound of the mean squared error, N times too large for a sum",
)
def bounds_the_mean(H):
    return 2 / np.linalg.eigvalsh(2 * H.T @ H / len(H))[-1]


@misconception(
    "max_step_size",
    "You look at the diagonal of 2 HᵀH only. Columns that point the same way add up: take the largest eigenvalue.",
    source="each column judged by itself",
)
def looks_at_the_diagonal(H):
    return 2 / np.max(np.diag(2 * H.T @ H))


@misconception(
    "max_step_size",
    "You used the largest singular value of H. The eigenvalues of HᵀH are its *squares*.",
    source="singular values taken for eigenvalues",
)
def forgets_to_square(H):
    return 1 / np.linalg.norm(H, 2)


@misconception(
    "max_step_size",
    "You left the column of ones out. The intercept is a weight like the others and makes the bound smaller.",
    source="facts of the sister question: no bias column in the Hessian, bound slightly too large",
)
def drops_the_ones(H):
    features = H[:, 1:] if H.shape[1] > 1 else H
    return 2 / np.linalg.eigvalsh(2 * features.T @ features)[-1]


# --- gradient_descent and bb_descent --------------------------------------------------------------------------------


def descended(learner, name, *arguments):
    """w and norms of a run; norms may be a list."""
    result = getattr(learner, name)(*arguments)
    expect_parts(result, 2, "It must return two values: w, norms.")
    return result[0], as_array(result[1])


def same_run(learner, reference, name, case, **tolerances):
    """Weights and norms of a run are the reference's."""
    expect_close(descended(learner, name, *case), getattr(reference, name)(*case), **tolerances)


def returns_w_and_norms(learner, rng, name):
    H, y = regression(rng, 7, 3)
    w, norms = descended(learner, name, H, y, 0.1 * bound_of(H), 0.0, 4)
    expect_array(w, (3,), "w")
    expect_array(norms, (4,), "norms")


@exercise("gradient_descent", weight=0)
def test_gradient_descent_returns_w_and_norms(learner, rng):
    """`gradient_descent` must return w (D,) and one norm for each round."""
    returns_w_and_norms(learner, rng, "gradient_descent")


@exercise("gradient_descent", weight=2)
def test_gradient_descent_one_round(learner, reference, rng):
    """One round from 1e-4: w minus the rate times the gradient there."""
    cases = []
    for N, D, share in ((7, 3, 0.4), (5, 2, 0.9)):
        H, y = regression(rng, N, D)
        cases.append((H, y, share * bound_of(H), 0.0, 1))
    agree(learner, reference, "gradient_descent", cases, part=part_of(0))


@exercise("gradient_descent", weight=3)
def test_gradient_descent_several_rounds(learner, reference, rng):
    """After several rounds w is where this rate leads, each gradient taken at the newest w."""
    cases = []
    for N, D, share, rounds in ((8, 3, 0.7, 9), (5, 4, 0.1, 30), (9, 2, 0.98, 5)):
        H, y = regression(rng, N, D)
        cases.append((H, y, share * bound_of(H), 0.0, rounds))
    agree(learner, reference, "gradient_descent", cases, part=part_of(0))


@exercise("gradient_descent", weight=2)
def test_gradient_descent_norms(learner, reference, rng):
    """`norms` holds the Euclidean norm of the gradient before each update: the first belongs to the start."""
    cases = [(ASKED_H, ASKED_Y, 0.05, 1e-4, 11)]
    for N, D, share, rounds in ((8, 3, 0.7, 9), (6, 5, 0.2, 12)):
        H, y = regression(rng, N, D)
        cases.append((H, y, share * bound_of(H), 0.0, rounds))
    agree(learner, reference, "gradient_descent", cases, part=part_of(1))


def stopping_runs(rng):
    """Runs that creep towards their goal, so that one round more or less, or another norm, shows."""
    for N, D, share, part in ((8, 5, 0.04, 0.3), (7, 3, 0.08, 0.05), (6, 4, 0.05, 0.15)):
        H, y = round_bowl(rng, N, D, np.linspace(1.0, 1.3, D))
        first = 2 * np.linalg.norm(H.T @ (y - H @ np.full(D, 1e-4)))
        yield H, y, share * bound_of(H), part * first, 300


@exercise("gradient_descent", weight=2)
def test_gradient_descent_stops_below_tol(learner, reference, rng):
    """It stops in the first round whose norm is below tol; that norm is kept, and w is not updated again."""
    for case in stopping_runs(rng):
        same_run(learner, reference, "gradient_descent", case)


@exercise("gradient_descent", weight=2)
def test_gradient_descent_keeps_on_when_it_diverges(learner, reference, rng):
    """A rate above the bound is followed faithfully: nothing raised, nothing stopped, norms that grow."""
    H, y = regression(rng, 7, 3)
    same_run(learner, reference, "gradient_descent", (H, y, 1.5 * bound_of(H), 1e-4, 14))
    same_run(learner, reference, "gradient_descent", (H, y, 20 * bound_of(H), 1e-4, 30))
    _, norms = descended(
        learner, "gradient_descent", ASKED_H, ASKED_Y, 0.05, 1e-4, 130
    )  # beyond the largest float
    expect(np.shape(norms) == (130,), "A norm of inf or nan stops nothing either.")
    expect_close(norms[:12], reference.gradient_descent(ASKED_H, ASKED_Y, 0.05, 1e-4, 12)[1])


def edge_runs(rng):
    """No round; a goal met at the start; one column; one row; fewer rows than columns; a start that is the lowest point."""
    H, y = regression(rng, 6, 3)
    rate = 0.5 * bound_of(H)
    column, row = rng.normal(size=(5, 1)) + 1, rng.normal(size=(1, 3))
    wide = rng.normal(size=(2, 4))
    return [
        (H, y, rate, 1e-4, 0),
        (H, y, rate, 1e9, 10),
        (column, y[:5], 0.3 * bound_of(column), 0.0, 4),
        (row, y[:1], 0.3 * bound_of(row), 1e-3, 100),
        (wide, y[:2], 0.7 * bound_of(wide), 0.0, 3),
        (np.eye(3), np.full(3, 1e-4), 0.1, 1e-4, 5),
        (np.eye(3), np.full(3, 1e-4), 0.1, 0.0, 5),
    ]


@exercise("gradient_descent", weight=1)
def test_gradient_descent_at_the_edges(learner, reference, rng):
    """No round at all, a goal that the start meets, one row, one column, tol = 0: the same rule holds."""
    for case in edge_runs(rng):
        same_run(learner, reference, "gradient_descent", case)


UPDATE = "w = w - learning_rate * gradient"
STOP = "        if norms[-1] < tol:\n            break\n"

misconception_by_edit(
    "gradient_descent",
    "starts_from_zeros",
    old="np.full(H.shape[1], 1e-4)",
    new="np.zeros(H.shape[1])",
    message="You start from zeros. Here every weight starts with 1e-4, as in the asker's program.",
    source="zeros are the start of the other lessons",
)

misconception_by_edit(
    "gradient_descent",
    "climbs_the_hill",
    old=UPDATE,
    new="w = w + learning_rate * gradient",
    message="You add the gradient, so the loss climbs. Subtract it.",
    source="the sign of the update turned; explodes at every rate",
)

misconception_by_edit(
    "gradient_descent",
    "tests_the_step",
    old="if norms[-1] < tol:",
    new="if learning_rate * norms[-1] < tol:",
    message="You compare the length of the *step* with tol. A small rate would then look like convergence: compare the gradient's norm.",
    source="the facts: the test on the gradient made on the step of w",
)

misconception_by_edit(
    "gradient_descent",
    "keeps_the_squared_norm",
    old="np.linalg.norm(gradient)",
    new="gradient @ gradient",
    message="These are squared norms: the root is missing.",
    source="the sum of squares taken for the norm",
)

misconception_by_edit(
    "gradient_descent",
    "keeps_the_largest_entry",
    old="np.linalg.norm(gradient)",
    new="np.abs(gradient).max()",
    message="You keep the largest entry of the gradient. The Euclidean norm is the root of the sum of all squares.",
    source="the maximum norm of optimisation libraries",
)

misconception_by_edit(
    "gradient_descent",
    "updates_once_more",
    old=STOP + "        " + UPDATE,
    new="        " + UPDATE + "\n" + STOP.rstrip(),
    message="You update w before you test. In the round that stops, w stays as it is: test first.",
    source="test and update of the document's loop swapped",
)

misconception_by_edit(
    "gradient_descent",
    "leaves_the_last_norm_out",
    old="        norms.append(np.linalg.norm(gradient))\n        if norms[-1] < tol:\n            break\n",
    new="        if np.linalg.norm(gradient) < tol:\n            break\n        norms.append(np.linalg.norm(gradient))\n",
    message="The norm of the round that stops is missing: keep it first, then test.",
    source="the document's program prints a norm only if it does not stop",
)

misconception_by_edit(
    "gradient_descent",
    "stops_when_the_norm_rises",
    old="if norms[-1] < tol:",
    new="if norms[-1] < tol or (len(norms) > 1 and norms[-1] > norms[-2]):",
    message="You stop when a norm rises. Here only a norm below tol ends the run: growing norms are what you want to see.",
    source="early stopping, well meant",
)

misconception_by_edit(
    "gradient_descent",
    "shortens_the_gradient",
    old=UPDATE,
    new="w = w - learning_rate * gradient / norms[-1]",
    message="You divide the gradient by its norm. Then every step has the same length and the run circles its goal for ever.",
    source="a cure for explosions that is often recommended",
)

misconception_by_edit(
    "gradient_descent",
    "never_takes_a_new_gradient",
    old="    for _ in range(max_iter):\n        gradient = rss_gradient(H, y, w)\n",
    new="    gradient = rss_gradient(H, y, w)\n    for _ in range(max_iter):\n",
    message="The gradient is taken once, before the loop. Each round needs the gradient at its own w.",
    source="a line left outside the loop",
)

misconception_by_edit(
    "gradient_descent",
    "gives_up_after_ten_steps",
    old="for _ in range(max_iter):",
    new="for _ in range(min(max_iter, 11)):",
    message="Your run ends after eleven rounds, whatever max_iter says.",
    source="document 002: `if t > 10`",
)


@misconception(
    "gradient_descent",
    "Your norms are taken after the update. The first one belongs to the start.",
    source="order of norm and update swapped",
)
def keeps_norms_after_the_update(H, y, learning_rate, tol, max_iter):
    w, norms = np.full(H.shape[1], 1e-4), []
    for _ in range(max_iter):
        w = w - learning_rate * rss_gradient(H, y, w)  # noqa: F821
        norms.append(np.linalg.norm(rss_gradient(H, y, w)))  # noqa: F821
        if norms[-1] < tol:
            break
    return w, np.array(norms)


# --- unstandardise --------------------------------------------------------------------------------------------------


def scalings(rng):
    """coef, intercept, mean, scale: several features, one feature, one that was constant (scale 1)."""
    cases = []
    for D in (3, 1, 5):
        cases.append(
            (rng.normal(size=D), float(rng.normal() + 5), 4 * rng.normal(size=D), rng.uniform(0.2, 5, size=D))
        )
    scale = np.array([1.0, 0.3, 12.0])
    return [*cases, (rng.normal(size=3), -2.0, np.array([7.0, -30.0, 400.0]), scale)]


@exercise("unstandardise", weight=0)
def test_unstandardise_returns_coef_and_intercept(learner, rng):
    """`unstandardise` must return the weights (D,) and the intercept (a number)."""
    result = learner.unstandardise(*scalings(rng)[0])
    expect_parts(result, 2, "It must return two values: coef, intercept.")
    expect_array(result[0], (3,), "coef")
    expect_array(result[1], (), "the intercept")


@exercise("unstandardise", weight=2)
def test_unstandardise_coef(learner, reference, rng):
    """The weight of an original feature: by how much the prediction rises when that feature rises by 1."""
    agree(learner, reference, "unstandardise", scalings(rng), part=part_of(0))


@exercise("unstandardise", weight=2)
def test_unstandardise_intercept(learner, reference, rng):
    """The intercept is the prediction where every original feature is 0."""
    agree(learner, reference, "unstandardise", scalings(rng), part=part_of(1))


@exercise("unstandardise", weight=2)
def test_unstandardise_keeps_the_predictions(learner, rng):
    """Old weights on standardised features and new weights on the original ones must predict the same."""
    X, coef = rng.normal(size=(9, 4)) * [1, 5, 0.2, 30] + [0, 8, -1, 60], rng.normal(size=4)
    mean, scale = X.mean(axis=0), X.std(axis=0)
    new_coef, new_intercept = learner.unstandardise(coef, 3.5, mean, scale)
    expect_array(new_intercept, (), "the intercept")
    predicted = X @ expect_array(new_coef, (4,), "coef") + new_intercept
    expect_close(predicted, (X - mean) / scale @ coef + 3.5)


@exercise("unstandardise", weight=1)
def test_unstandardise_when_one_part_does_nothing(learner, reference, rng):
    """Features that were only centred, only scaled, or left alone: the same formula holds."""
    coef, mean, scale = rng.normal(size=3), rng.normal(size=3), rng.uniform(2, 3, size=3)
    cases = [
        (coef, 1.5, mean, np.ones(3)),
        (coef, 1.5, np.zeros(3), scale),
        (coef, 1.5, np.zeros(3), np.ones(3)),
    ]
    for part in (0, 1):
        agree(learner, reference, "unstandardise", cases, part=part_of(part))


misconception_by_edit(
    "unstandardise",
    "leaves_the_intercept",
    old="intercept = intercept - coef @ mean",
    new="pass",
    message="The weights are right, but the intercept is still that of the standardised features: it has to make up for the means.",
    source="the facts: un-standardising the intercept forgotten",
)

misconception_by_edit(
    "unstandardise",
    "adds_the_means",
    old="intercept = intercept - coef @ mean",
    new="intercept = intercept + coef @ mean",
    message="The sign of the means is turned: they were subtracted from the features, so they lower the intercept.",
    source="'undo the subtraction by adding', applied to the weights",
)

misconception_by_edit(
    "unstandardise",
    "multiplies_by_the_scale",
    old="coef = coef / scale",
    new="coef = coef * scale",
    message="You multiply by the scale. The *feature* was divided by it, so its weight is divided as well.",
    source="'undo the division by multiplying', applied to the weights",
)

misconception_by_edit(
    "unstandardise",
    "divides_the_mean_again",
    old="intercept = intercept - coef @ mean",
    new="intercept = intercept - coef @ (mean / scale)",
    message="The scale stands in your intercept twice: the new weights have been divided by it already.",
    source="formula with the old weights used after the name was given to the new ones",
)


@misconception(
    "unstandardise",
    "Your intercept combines the *old* weights with the means. Each mean stands over its scale, too.",
    source="the means taken off without their scales",
)
def forgets_the_scale_in_the_intercept(coef, intercept, mean, scale):
    return coef / scale, intercept - coef @ mean


@misconception(
    "unstandardise",
    "You undo the standardising of a *feature*: times scale, plus mean. A weight goes the other way: it multiplies the feature.",
    source="inverse_transform applied to the weights",
)
def transforms_the_weights_like_features(coef, intercept, mean, scale):
    return coef * scale + mean, intercept


@misconception(
    "unstandardise",
    "The intercept is right, but the weights are still those of the standardised features.",
    source="only half of the translation written down",
)
def leaves_the_weights(coef, intercept, mean, scale):
    return coef.copy(), intercept - coef @ (mean / scale)


@misconception(
    "unstandardise",
    "You divide by the square of the scale, as if it were a variance. It is the standard deviation itself.",
    source="standard deviation and variance mixed up",
)
def divides_by_the_variance(coef, intercept, mean, scale):
    return coef / scale**2, intercept - coef @ (mean / scale**2)


# --- barzilai_borwein_step ------------------------------------------------------------------------------------------


def differences(rng):
    """Pairs of differences as a descent makes them, one entry alone among them."""
    pairs = []
    for D in (3, 5, 1):
        A = rng.normal(size=(D + 2, D))
        delta_w = rng.normal(size=D)
        pairs.append((delta_w, 2 * A.T @ A @ delta_w))
    return pairs


@exercise("barzilai_borwein_step", weight=0)
def test_barzilai_borwein_step_is_a_number(learner, rng):
    """`barzilai_borwein_step` must return one number, the rate for all weights."""
    expect_array(learner.barzilai_borwein_step(rng.normal(size=4), rng.normal(size=4)), (), "the rate")


@exercise("barzilai_borwein_step", weight=3)
def test_barzilai_borwein_step_values(learner, reference, rng):
    """The rate is Δw·Δg divided by Δg·Δg."""
    agree(learner, reference, "barzilai_borwein_step", differences(rng))


@exercise("barzilai_borwein_step", weight=1)
def test_barzilai_borwein_step_keeps_the_sign(learner, reference, rng):
    """Where the dot product is negative, so is the rate: no absolute value."""
    delta_w = rng.normal(size=4)
    delta_grad = -2 * delta_w + 0.3 * rng.normal(size=4)
    agree(learner, reference, "barzilai_borwein_step", [(delta_w, delta_grad), (delta_w, -delta_grad)])


@exercise("barzilai_borwein_step", weight=2)
def test_barzilai_borwein_step_is_the_least_squares_rate(learner, rng):
    """No other rate makes rate * delta_grad come closer to delta_w in the sense of least squares."""
    delta_w, delta_grad = rng.normal(size=6), rng.normal(size=6)
    rate = expect_array(learner.barzilai_borwein_step(delta_w, delta_grad), ())
    misses = [np.sum((delta_w - (rate + shift) * delta_grad) ** 2) for shift in (-1e-3, 0.0, 1e-3)]
    expect(misses[1] < misses[0] and misses[1] < misses[2])


@exercise("barzilai_borwein_step", weight=1)
def test_barzilai_borwein_step_of_tiny_and_of_large_differences(learner, reference, rng):
    """Near convergence differences are as small as 1e-9; the rate depends on their ratio, so nothing may be added to them."""
    delta_w, delta_grad = differences(rng)[0]
    cases = [
        (s * delta_w, t * delta_grad)
        for s, t in ((1e-9, 1e-9), (1e-9, 1.0), (1.0, 1e-9), (1e8, 1e8), (1.0, 1e6))
    ]
    agree(learner, reference, "barzilai_borwein_step", cases, atol=1e-20)


@exercise("barzilai_borwein_step", weight=1)
def test_barzilai_borwein_step_when_the_gradient_stands_still(learner, reference, rng):
    """If delta_grad is exactly zero the rate is 0.0, whatever delta_w is; if only one entry of it is zero, it is not."""
    delta_w, one_zero = rng.normal(size=3), np.array([1.3, 0.0, -0.4])
    cases = [(np.zeros(3), np.zeros(3)), (delta_w, np.zeros(3)), (delta_w, one_zero), (np.zeros(3), one_zero)]
    agree(learner, reference, "barzilai_borwein_step", cases)


@misconception(
    "barzilai_borwein_step",
    "You have it upside down: this is a curvature, and its inverse is the rate.",
    source="the facts: dg·dg / dw·dg explodes",
)
def is_upside_down(delta_w, delta_grad):
    squares = delta_grad @ delta_grad
    return 0.0 if squares == 0 else squares / (delta_w @ delta_grad)


@misconception(
    "barzilai_borwein_step",
    "This is Barzilai and Borwein's *other* rule, Δw·Δw / Δw·Δg. It is a good one, but step 8 fits Δw by a multiple of Δg.",
    source="the long step of the original paper, given beside the short one",
)
def uses_the_other_rule(delta_w, delta_grad):
    if not delta_grad.any():
        return 0.0
    return delta_w @ delta_w / (delta_w @ delta_grad)


misconception_by_edit(
    "barzilai_borwein_step",
    "turns_the_difference",
    old="delta_w @ delta_grad / squares",
    new="-(delta_w @ delta_grad) / squares",
    message="The sign is turned: such a rate climbs. Both differences are new minus old.",
    source="the facts: sign of dw·dg flipped",
)

misconception_by_edit(
    "barzilai_borwein_step",
    "takes_the_absolute_value",
    old="delta_w @ delta_grad / squares",
    new="abs(delta_w @ delta_grad) / squares",
    message="You take the absolute value, as the encyclopedia's formula does. Here the rate keeps its sign.",
    source="the formula on Wikipedia has an absolute value; the document's does not",
)

misconception_by_edit(
    "barzilai_borwein_step",
    "forgets_to_square_the_norm",
    old="squares = delta_grad @ delta_grad",
    new="squares = np.linalg.norm(delta_grad)",
    message="You divide by the norm of Δg. Its *square* belongs there; the unit of a rate is weight per gradient.",
    source="the `**2` of the document's formula left out; measured: explodes faster than a fixed rate",
)

misconception_by_edit(
    "barzilai_borwein_step",
    "adds_a_small_number",
    old="delta_w @ delta_grad / squares",
    new="delta_w @ delta_grad / (squares + 1e-12)",
    message="You add a small number to the denominator. Near convergence Δg·Δg is smaller still, and the rate collapses.",
    source="the habitual guard against 0 / 0",
)

misconception_by_edit(
    "barzilai_borwein_step",
    "gives_up_on_small_differences",
    old="if squares == 0",
    new="if squares < 1e-12",
    message="You return 0 for small differences as well. Only an exact zero is meant: with rate 0 the descent stands still before it has arrived.",
    source="the habitual guard against 0 / 0",
)

misconception_by_edit(
    "barzilai_borwein_step",
    "divides_zero_by_zero",
    old="0.0 if squares == 0 else delta_w @ delta_grad / squares",
    new="delta_w @ delta_grad / squares",
    message="When the gradient has not changed at all you compute 0 / 0, which is nan. Return 0.0 there.",
    source="the document's formula as it stands; the facts: 0/0 when dw = 0 at convergence",
)


@misconception(
    "barzilai_borwein_step",
    "You divide the length of Δw by the length of Δg. The dot product also counts how far the two point the same way.",
    source="the geometric mean of the two rules, a known third variant",
)
def divides_the_lengths(delta_w, delta_grad):
    length = np.linalg.norm(delta_grad)
    return 0.0 if length == 0 else np.linalg.norm(delta_w) / length


@misconception(
    "barzilai_borwein_step",
    "You average the quotients entry by entry. One tiny entry of Δg then rules; form the two sums first and divide once.",
    source="`/` between two arrays, then a mean to get a number",
)
def averages_the_quotients(delta_w, delta_grad):
    return 0.0 if not delta_grad.any() else np.mean(delta_w / delta_grad)


# --- bb_descent -----------------------------------------------------------------------------------------------------


@exercise("bb_descent", weight=0)
def test_bb_descent_returns_w_and_norms(learner, rng):
    """`bb_descent` must return w (D,) and one norm for each round."""
    returns_w_and_norms(learner, rng, "bb_descent")


def short_runs(rng, rounds, *shares):
    """Runs of so many rounds, with first rates that are these shares of the bound."""
    cases = []
    for share, (N, D) in zip(shares, ((8, 3), (6, 4), (9, 5)), strict=False):
        H, y = regression(rng, N, D)
        cases.append((H, y, share * bound_of(H), 0.0, rounds))
    return cases


@exercise("bb_descent", weight=1)
def test_bb_descent_first_round(learner, reference, rng):
    """The first update starts from 1e-4 and uses first_rate, be it small or above the bound."""
    agree(learner, reference, "bb_descent", short_runs(rng, 1, 0.3, 0.01, 40.0), part=part_of(0))


@exercise("bb_descent", weight=2)
def test_bb_descent_second_round(learner, reference, rng):
    """The second update takes its rate from the first two points, this round minus the one before."""
    agree(learner, reference, "bb_descent", short_runs(rng, 2, 0.3, 0.01, 1.5), part=part_of(0))


@exercise("bb_descent", weight=3)
def test_bb_descent_further_rounds(learner, reference, rng):
    """Every later update uses the newest two points; the old ones are replaced in each round."""
    for rounds in (3, 4, 7):
        agree(
            learner,
            reference,
            "bb_descent",
            short_runs(rng, rounds, 0.3, 0.05, 0.8),
            part=part_of(0),
            rtol=1e-5,
        )


@exercise("bb_descent", weight=2)
def test_bb_descent_norms(learner, reference, rng):
    """`norms` holds the norm before each update, rises included; neither a rise nor a large rate is held back."""
    cases = [*short_runs(rng, 6, 0.3, 0.02, 1.0), *short_runs(rng, 5, 30.0, 5.0)]
    agree(learner, reference, "bb_descent", cases, part=part_of(1), rtol=1e-5)


@exercise("bb_descent", weight=1)
def test_bb_descent_stops_below_tol(learner, reference, rng):
    """It stops in the first round whose norm is below tol; that norm is kept, and w is not updated again."""
    for N, D, values in ((7, 3, (1.0, 1.5, 2.5)), (6, 2, (1.0, 4.0)), (9, 4, (1.0, 1.2, 2.0, 3.0))):
        H, y = round_bowl(rng, N, D, values)
        same_run(learner, reference, "bb_descent", (H, y, 0.2 * bound_of(H), 0.02, 60), rtol=1e-5)


@exercise("bb_descent", weight=1)
def test_bb_descent_solves_the_question(learner):
    """On the asker's features, standardised, it reaches the least-squares weights within 30 rounds."""
    features = ASKED_H[:, 1:]  # not as they are: there rounding decides how many rounds are needed
    H = np.column_stack([np.ones(5), (features - features.mean(axis=0)) / features.std(axis=0)])
    w, norms = descended(learner, "bb_descent", H, ASKED_Y, 0.05, 1e-3, 30)
    expect(len(norms) < 30)
    expect_close(w, np.linalg.lstsq(H, ASKED_Y)[0], atol=2e-3)


@exercise("bb_descent", weight=1)
def test_bb_descent_at_the_edges(learner, reference, rng):
    """No round at all, a goal that the start meets, and a start that is the lowest point already: there a rate of 0 / 0 must be 0.0, not nan."""
    H, y = regression(rng, 6, 3)
    same = (np.eye(3), np.full(3, 1e-4))
    for case in ((H, y, 0.01, 1e-4, 0), (H, y, 0.01, 1e9, 10), (*same, 0.1, 1e-4, 5), (*same, 0.1, 0.0, 5)):
        same_run(learner, reference, "bb_descent", case)
    column = rng.normal(size=(5, 1)) + 1
    same_run(learner, reference, "bb_descent", (column, y[:5], 0.1 * bound_of(column), 1e-3, 9))


CALL = "barzilai_borwein_step(w - last_w, gradient - last_gradient)"
KEEP = "        last_w, last_gradient = w, gradient\n"

misconception_by_edit(
    "bb_descent",
    "keeps_the_first_rate",
    old=f"rate = {CALL}",
    new="pass",
    message="Every update uses first_rate. From the second round on the rate comes from `barzilai_borwein_step`.",
    source="document 002: the loop before the asker's edit",
)

misconception_by_edit(
    "bb_descent",
    "swaps_the_arguments",
    old=CALL,
    new="barzilai_borwein_step(gradient - last_gradient, w - last_w)",
    message="The two differences are swapped, which gives a curvature for a rate: weights first, gradients second.",
    source="the facts: the inverse, which explodes",
)

misconception_by_edit(
    "bb_descent",
    "turns_one_difference",
    old=CALL,
    new="barzilai_borwein_step(w - last_w, last_gradient - gradient)",
    message="One difference is new minus old, the other old minus new. The rate becomes negative and the descent climbs.",
    source="the facts: sign of dw·dg flipped",
)

misconception_by_edit(
    "bb_descent",
    "measures_from_the_start",
    old=KEEP,
    new="        if step == 0:\n            last_w, last_gradient = w, gradient\n",
    message="Your differences always reach back to the start. Replace the old point and the old gradient in every round.",
    source="old values saved once",
)

misconception_by_edit(
    "bb_descent",
    "saves_the_new_weights",
    old=KEEP + "        w = w - rate * gradient",
    new="        w = w - rate * gradient\n" + KEEP.rstrip(),
    message="You save w after the update, so the next difference is 0 and so is the rate. Save it before.",
    source="order of saving and updating swapped; stands still from the second round on",
)

misconception_by_edit(
    "bb_descent",
    "begins_at_zeros",
    old="np.full(H.shape[1], 1e-4)",
    new="np.zeros(H.shape[1])",
    message="You start from zeros. Here every weight starts with 1e-4, as in the asker's program.",
    source="zeros are the start of the other lessons",
)

misconception_by_edit(
    "bb_descent",
    "limits_the_rate",
    old=f"rate = {CALL}",
    new=f"rate = min(first_rate, {CALL})",
    message="You cut the rate off at first_rate. The long steps are what makes the method fast: leave them.",
    source="measured: with the rate cut off at the bound, more than 2,000 rounds instead of two dozen",
)

misconception_by_edit(
    "bb_descent",
    "stops_at_a_rise",
    old="if norms[-1] < tol:",
    new="if norms[-1] < tol or (len(norms) > 1 and norms[-1] > norms[-2]):",
    message="You stop when a norm rises. With this rule norms rise now and then on the way down; only tol ends the run.",
    source="measured: 8 rises on the way in the asker's run",
)

misconception_by_edit(
    "bb_descent",
    "updates_before_the_test",
    old="        if norms[-1] < tol:\n            break\n        if step > 0:\n            rate = " + CALL + "\n" + KEEP + "        w = w - rate * gradient",
    new="        if step > 0:\n            rate = " + CALL + "\n" + KEEP + "        w = w - rate * gradient\n        if norms[-1] < tol:\n            break",
    message="You update w before you test. In the round that stops, w stays as it is: test first.",
    source="test and update of the document's loop swapped",
)  # fmt: skip

misconception_by_edit(
    "bb_descent",
    "omits_the_last_norm",
    old="        norms.append(np.linalg.norm(gradient))\n        if norms[-1] < tol:\n            break\n",
    new="        if np.linalg.norm(gradient) < tol:\n            break\n        norms.append(np.linalg.norm(gradient))\n",
    message="The norm of the round that stops is missing: keep it first, then test.",
    source="the document's program prints a norm only if it does not stop",
)


@misconception(
    "bb_descent",
    "Your rate comes one round late: it is computed from the last two points but used only in the round after.",
    source="the facts: eta from the previous pair",
)
def is_one_round_late(H, y, first_rate, tol, max_iter):
    w, norms = np.full(H.shape[1], 1e-4), []
    rate = next_rate = first_rate
    last_w = last_gradient = None
    for step in range(max_iter):
        gradient = rss_gradient(H, y, w)  # noqa: F821
        norms.append(np.linalg.norm(gradient))
        if norms[-1] < tol:
            break
        rate = next_rate
        if step > 0:
            next_rate = barzilai_borwein_step(w - last_w, gradient - last_gradient)  # noqa: F821
        last_w, last_gradient = w, gradient
        w = w - rate * gradient
    return w, np.array(norms)


# --- predict_the_runs -----------------------------------------------------------------------------------------------

OUTCOMES = ("explodes", "fast", "medium", "slow")


@exercise("predict_the_runs", weight=0)
def test_predict_the_runs_returns_six_words(learner):
    """`predict_the_runs` must return six predictions, each one of "explodes", "fast", "medium", "slow"."""
    expect_words(learner.predict_the_runs(), 6, OUTCOMES)


declare_answer_checks(
    globals(),
    "predict_the_runs",
    test_predict_the_runs_a="Run A: look at the matrix that decides about the rate, and whether the targets occur in it.",
    test_predict_the_runs_b="Run B: write down 2 HᵀH for the doubled rows and compare it with the old one.",
    test_predict_the_runs_c="Run C: estimate how many rounds the flattest direction needs at this rate.",
    test_predict_the_runs_d="Run D: compare the rate with the bound that section 4 printed for these columns.",
    test_predict_the_runs_e="Run E: ask what the rule learns from its first step, however long it is.",
    test_predict_the_runs_f="Run F: the copy changes the largest eigenvalue and adds one that is zero; ask what each of them does to the gradient.",
)


@misconception(
    "predict_the_runs",
    "Only A is wrong: you let the size of the targets decide. The bound comes from 2 HᵀH, in which y does not occur; larger targets only "
    "make the way longer.",
    source="'large numbers make gradients explode', half true",
)
def fears_large_targets():
    return ("explodes", "explodes", "slow", "explodes", "fast", "medium")


@misconception(
    "predict_the_runs",
    "Only B is wrong: you treat the loss as a mean. RSS is a sum, and every row counts again in 2 HᵀH.",
    source="the mean squared error of lesson 01 carried over",
)
def takes_the_sum_for_a_mean():
    return ("medium", "slow", "slow", "explodes", "fast", "medium")


@misconception(
    "predict_the_runs",
    "Only C is wrong: below the wall is safe, not quick. At 1e-6 the flattest direction keeps nearly all of its part in each round.",
    source="document 002: the answer 'try decreasing the value of eta'",
)
def trusts_a_small_rate():
    return ("medium", "explodes", "medium", "explodes", "fast", "medium")


@misconception(
    "predict_the_runs",
    "Only D is wrong: centring takes the ones out of the way, but x2 is still long. Look at the bound of the centred columns.",
    source="measured: centred columns have the bound 0.00022",
)
def centres_only():
    return ("medium", "explodes", "slow", "medium", "fast", "medium")


@misconception(
    "predict_the_runs",
    "Only E is wrong: a rate above the wall explodes if it is *repeated*. Here it is used once.",
    source="the rule for fixed rates carried over to a changing one",
)
def lets_one_long_step_explode():
    return ("medium", "explodes", "slow", "explodes", "explodes", "medium")


@misconception(
    "predict_the_runs",
    "Only F is wrong: a copied column makes the weights ambiguous, not the descent unstable. Compare the rate with 2 / λ_D.",
    source="'singular matrix' taken for 'cannot be solved'",
)
def fears_the_copied_column():
    return ("medium", "explodes", "slow", "explodes", "fast", "explodes")


@misconception(
    "predict_the_runs",
    "Only F is wrong: the flat direction has no slope at all, so the gradient has no part along it that would have to shrink.",
    source="condition number infinite, taken for infinitely many rounds",
)
def waits_for_the_flat_direction():
    return ("medium", "explodes", "slow", "explodes", "fast", "slow")


@misconception(
    "predict_the_runs",
    "B and D are wrong: you compared their rates with the bound of other data. Each change of the columns or rows has a bound of its own.",
    source="one bound taken for all data",
)
def keeps_the_old_bound():
    return ("medium", "slow", "slow", "medium", "fast", "medium")
