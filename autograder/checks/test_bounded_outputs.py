"""Hidden checks of 12_bounded_outputs."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
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
    "head_gradient": ["output_head"],
    "scaled_cross_entropy_gradient": ["output_head"],
    "train_head": ["output_head", "head_gradient", "scaled_cross_entropy_gradient"],
}

IN_YEARS = ("linear", "relu", "clamp")
HEADS = (*IN_YEARS, "sigmoid")
KINDS = (*HEADS, "cross_entropy")
GRADIENT = {"rtol": 1e-5, "atol": 1e-8}


def around(rng, shape, high):
    """Scores in the unit of the targets: below 0, inside the band and above it, none of them near a kink."""
    n = int(np.prod(shape))
    zone = rng.permutation(np.resize([0, 1, 2], n))
    share = np.choose(
        zone, [rng.uniform(-0.6, -0.05, n), rng.uniform(0.05, 0.95, n), rng.uniform(1.05, 1.8, n)]
    )
    return high * share.reshape(shape)


def odds(rng, shape, reach=5.0):
    """Scores of a sigmoid: of both signs, none of them near 0."""
    signs = rng.permutation(np.resize([-1.0, 1.0], int(np.prod(shape)))).reshape(shape)
    return signs * rng.uniform(0.3, reach, size=shape)


def scores_for(rng, kind, shape, high):
    return around(rng, shape, high) if kind in IN_YEARS else odds(rng, shape)


# --- output_head ----------------------------------------------------------------------------------------------------


@exercise("output_head", weight=0)
def test_head_keeps_the_shape(learner, rng):
    """`output_head` must return an array with the shape of `s`, for each of the four kinds."""
    for kind in HEADS:
        expect_array(
            learner.output_head(scores_for(rng, kind, (7, 3), 100.0), kind, 100.0), (7, 3), f'`o` of "{kind}"'
        )


@exercise("output_head", weight=2)
def test_linear_and_relu_values(learner, reference, rng):
    """ "linear" returns the score itself; "relu" returns 0 for a negative score and the score itself for any other, however large."""
    cases = [
        (around(rng, (12,), high), kind, high) for kind in ("linear", "relu") for high in (100.0, 1.0, 8.5)
    ]
    agree(learner, reference, "output_head", cases)


@exercise("output_head", weight=3)
def test_clamp_head_values(learner, reference, rng):
    """ "clamp" returns the score between 0 and `high`, and the nearer of these two bounds outside."""
    cases = [
        (around(rng, (12,), high), "clamp", high) for high in (100.0, 1.0, 8.5, float(rng.uniform(120, 300)))
    ]
    agree(learner, reference, "output_head", cases)


@exercise("output_head", weight=3)
def test_sigmoid_head_values(learner, reference, rng):
    """ "sigmoid" returns high / (1 + exp(-s)): half of `high` at 0, between 0 and `high` everywhere."""
    cases = [(odds(rng, (10,)), "sigmoid", high) for high in (100.0, 1.0, 8.5, float(rng.uniform(120, 300)))]
    agree(learner, reference, "output_head", cases)


@exercise("output_head", weight=1)
def test_head_without_high(learner, reference, rng):
    """`high` may be left out and is 100 then."""
    for kind in HEADS:
        s = scores_for(rng, kind, (9,), 100.0)
        expect_close(learner.output_head(s, kind), reference.output_head(s, kind))


@exercise("output_head", weight=1)
def test_head_of_any_shape(learner, reference, rng):
    """Tables, arrays with three axes and a single score work like a row of scores."""
    shapes = ((3, 4), (2, 3, 2), (1,), (1, 5))
    cases = [(scores_for(rng, kind, shape, 20.0), kind, 20.0) for kind in HEADS for shape in shapes]
    agree(learner, reference, "output_head", cases)


@exercise("output_head", weight=1)
def test_head_far_out(learner, reference, rng):
    """Scores of 40, 700 or 1000, of both signs, must give finite predictions: where does an exponential overflow?"""
    s = rng.permutation(np.array([-1000.0, -700.0, -40.0, 40.0, 700.0, 1000.0, 0.7, -0.7]))
    agree(learner, reference, "output_head", [(s, kind, high) for kind in HEADS for high in (100.0, 3.0)])


@exercise("output_head", weight=1)
def test_sigmoid_head_is_symmetric(learner, rng):
    """The sigmoid head must grow with the score, and its values at s and at -s must add up to `high`."""
    s, high = np.sort(odds(rng, (8,))), float(rng.uniform(5, 50))
    there, back = learner.map("output_head", [(s, "sigmoid", high), (-s, "sigmoid", high)])
    there = expect_array(there, (8,))
    expect_close(there + expect_array(back, (8,)), np.full(8, high))
    expect((np.diff(there) > 0).all() and (there > 0).all() and (there < high).all())


@exercise("output_head", weight=1)
def test_unknown_head_is_refused(learner, reference, rng):
    """A kind that is none of the four must raise ValueError, also "cross_entropy", which is a loss; the four must not."""
    s = odds(rng, (4,))
    for kind in ("tanh", "cross_entropy", "ReLU", ""):
        with expect_raises(ValueError):
            learner.output_head(s, kind, 10.0)
    agree(learner, reference, "output_head", [(s, kind, 10.0) for kind in HEADS])


SIGMOID_LINE = "o = high * np.where(s >= 0, 1.0, e) / (1.0 + e)"

misconception_by_edit(
    "output_head",
    "ends_at_one",
    old=SIGMOID_LINE,
    new="o = np.where(s >= 0, 1.0, e) / (1.0 + e)",
    message="Your sigmoid ends at 1, so everybody is a baby. Stretch it: multiply by `high`.",
    source="facts: forgetting the 100",
)

misconception_by_edit(
    "output_head",
    "stretches_twice",
    old=SIGMOID_LINE,
    new="o = high * high * np.where(s >= 0, 1.0, e) / (1.0 + e)",
    message="Your sigmoid is stretched twice: multiply by `high` once.",
    source="facts: denormalising twice",
)

misconception_by_edit(
    "output_head",
    "turns_the_sigmoid",
    old=SIGMOID_LINE,
    new="o = high * np.where(s >= 0, e, 1.0) / (1.0 + e)",
    message="Your sigmoid falls when the score rises: look at the sign in the exponent.",
    source="1 / (1 + exp(s)), a sign lost",
)

misconception_by_edit(
    "output_head",
    "divides_the_score_by_high",
    old="e = np.exp(-np.abs(s))",
    new="s = s / high\n        e = np.exp(-np.abs(s))",
    message="You divide the score by `high` before the sigmoid. The score of a sigmoid has no unit; only its result is stretched.",
    source="document 001, 'normalise', read as normalising the score",
)

misconception_by_edit(
    "output_head",
    "stretches_a_tanh",
    old=SIGMOID_LINE,
    new="o = high * np.tanh(s)",
    message="This is a stretched tanh: it runs from -high to high, so ages become negative again.",
    source="tanh and sigmoid taken for the same thing",
)

misconception_by_edit(
    "output_head",
    "overflows_on_the_right",
    old=SIGMOID_LINE,
    new="o = high * np.exp(s) / (1.0 + np.exp(s))",
    message="For large scores you divide inf by inf, which is nan. Let np.exp see only numbers that are not positive.",
    source="exp(s) / (1 + exp(s)), the common unstable form",
)

misconception_by_edit(
    "output_head",
    "clips_the_score_of_the_sigmoid",
    old="e = np.exp(-np.abs(s))",
    new="s = np.clip(s, -4.0, 4.0)\n        e = np.exp(-np.abs(s))",
    message="You clip the score before the sigmoid, so its ends are cut off. Keep the score; choose a form that does not overflow.",
    source="np.clip before np.exp, a popular cure for overflow",
)

misconception_by_edit(
    "output_head",
    "relu_with_a_ceiling",
    old="o = np.maximum(s, 0.0)",
    new="o = np.minimum(np.maximum(s, 0.0), high)",
    message='Your "relu" stops at `high`. A ReLU bounds one end only; the head with two bounds is "clamp".',
    source="document 001: 'doubly ReLU' and ReLU mixed up",
)

misconception_by_edit(
    "output_head",
    "relu_by_absolute_value",
    old="o = np.maximum(s, 0.0)",
    new="o = np.abs(s)",
    message="You took the absolute value: a score of -30 becomes an age of 30. A ReLU makes it 0.",
    source="abs as a way to make predictions positive",
)

misconception_by_edit(
    "output_head",
    "relu_that_leaks",
    old="o = np.maximum(s, 0.0)",
    new="o = np.where(s > 0, s, 0.01 * s)",
    message="This is a leaky ReLU: its predictions can still be negative.",
    source="leaky ReLU, lesson 14",
)

misconception_by_edit(
    "output_head",
    "clamp_without_a_floor",
    old="o = np.clip(s, 0.0, high)",
    new="o = np.minimum(s, high)",
    message='Your "clamp" has no lower bound: negative scores must become 0.',
    source="one of two bounds forgotten",
)

misconception_by_edit(
    "output_head",
    "clamp_without_a_ceiling",
    old="o = np.clip(s, 0.0, high)",
    new="o = np.clip(s, 0.0, None)",
    message='Your "clamp" has no upper bound: this is the ReLU again, half of the solution.',
    source="document 001: a ReLU solves at most half of the problem",
)

misconception_by_edit(
    "output_head",
    "clamp_to_shares",
    old="o = np.clip(s, 0.0, high)",
    new="o = np.clip(s, 0.0, 1.0)",
    message='Your "clamp" ends at 1. Its score has the unit of the targets, so it ends at `high`.',
    source="facts: the two scales mixed up",
)

misconception_by_edit(
    "output_head",
    "clamp_that_stretches",
    old="o = np.clip(s, 0.0, high)",
    new="o = high * np.clip(s, 0.0, 1.0)",
    message='Your "clamp" takes the score for a share and stretches it. Its score is an age already.',
    source="facts: denormalising what is in years already",
)

misconception_by_edit(
    "output_head",
    "always_a_hundred",
    old='if kind == "linear":',
    new='high = 100.0\n    if kind == "linear":',
    message="You wrote 100 where `high` belongs.",
    source="the document's number copied into the code",
)


# --- head_gradient --------------------------------------------------------------------------------------------------


def pairs(rng, kind, shape, high):
    """Scores, and targets none of which is near the prediction."""
    y = high * rng.uniform(0.02, 0.98, size=shape)
    return scores_for(rng, kind, shape, high), y, kind, high


@exercise("head_gradient", weight=0)
def test_head_gradient_keeps_the_shape(learner, rng):
    """`head_gradient` must return one derivative for each score: an array with the shape of `s`, nothing summed."""
    for kind in HEADS:
        expect_array(learner.head_gradient(*pairs(rng, kind, (7,), 100.0)), (7,), f'`ds` of "{kind}"')


@exercise("head_gradient", weight=1)
def test_linear_gradient_values(learner, reference, rng):
    """For "linear" the derivative of (o - y)**2 by the score is that by o: what does the square leave?"""
    agree(
        learner,
        reference,
        "head_gradient",
        [pairs(rng, "linear", (9,), high) for high in (100.0, 1.0, 8.5)],
    )


@exercise("head_gradient", weight=3)
def test_flat_heads_gradient_values(learner, reference, rng):
    """For "relu" and "clamp" the derivative is that of the linear head where the head rises, and exactly 0 where it is flat."""
    cases = [pairs(rng, kind, (12,), high) for kind in ("relu", "clamp") for high in (100.0, 1.0, 8.5)]
    agree(learner, reference, "head_gradient", cases)


@exercise("head_gradient", weight=3)
def test_sigmoid_gradient_values(learner, reference, rng):
    """For "sigmoid" the error, in the unit of y, is multiplied by the slope of the stretched sigmoid: o (high - o) / high."""
    cases = [pairs(rng, "sigmoid", (9,), high) for high in (100.0, 1.0, 8.5, float(rng.uniform(120, 300)))]
    agree(learner, reference, "head_gradient", cases)


@exercise("head_gradient", weight=2)
def test_head_gradient_is_the_slope(learner, reference, rng):
    """Each derivative must be the slope of (o - y)**2 when that score is nudged, with o from `output_head`."""
    for kind in HEADS:
        s, y, _, high = pairs(rng, kind, (6,), 8.5)
        expected = numerical_gradient(lambda v: np.sum((reference.output_head(v, kind, high) - y) ** 2), s)  # noqa: B023
        expect_close(learner.head_gradient(s, y, kind, high), expected, rtol=1e-5, atol=1e-6)


@exercise("head_gradient", weight=1)
def test_head_gradient_without_high(learner, reference, rng):
    """`high` may be left out and is 100 then; targets outside the range and tables of scores are allowed."""
    for kind in HEADS:
        s, y, _, _ = pairs(rng, kind, (4, 3), 100.0)
        y = y + rng.choice([-60.0, 60.0], size=y.shape)
        expect_close(learner.head_gradient(s, y, kind), reference.head_gradient(s, y, kind))


@exercise("head_gradient", weight=1)
def test_head_gradient_far_out_and_alone(learner, reference, rng):
    """One score, three axes, scores of 40 or 1000: the same rule holds, and nothing is nan."""
    cases = [pairs(rng, kind, shape, 20.0) for kind in HEADS for shape in ((1,), (2, 3, 2), (5, 1))]
    far = rng.permutation(np.array([-1000.0, -40.0, -9.0, 9.0, 40.0, 1000.0]))
    cases += [(far, rng.uniform(5, 95, size=6), kind, 100.0) for kind in HEADS]
    agree(learner, reference, "head_gradient", cases)


misconception_by_edit(
    "head_gradient",
    "relu_lets_everything_through",
    old="slope = 1.0 * (s > 0)\n",
    new="slope = np.ones_like(s)\n",
    message='"relu": below 0 the prediction stays 0 whatever the score does, so the derivative is 0 there, not 2 (o - y).',
    source="facts: ReLU' = 1 at s < 0",
)

misconception_by_edit(
    "head_gradient",
    "clamp_lets_everything_through",
    old="slope = 1.0 * ((s > 0) & (s < high))",
    new="slope = np.ones_like(s)",
    message='"clamp": outside the band the prediction does not move, so the derivative is 0 there. Yours goes straight through.',
    source="the straight-through estimator, not what the derivative is",
)

misconception_by_edit(
    "head_gradient",
    "clamp_like_a_relu",
    old="slope = 1.0 * ((s > 0) & (s < high))",
    new="slope = 1.0 * (s > 0)",
    message='"clamp": it is flat above `high`, too.',
    source="one of two bounds forgotten",
)

misconception_by_edit(
    "head_gradient",
    "forgets_every_slope",
    old="ds = 2 * (o - y) * slope",
    new="ds = 2 * (o - y)",
    message="You differentiate by the prediction, not by the score: the slope of the head is missing from the product.",
    source="the last link of the chain left out",
)

misconception_by_edit(
    "head_gradient",
    "forgets_the_two",
    old="ds = 2 * (o - y)",
    new="ds = (o - y)",
    message="Your derivative is half of the slope: the loss is (o - y)**2, without a half in front.",
    source="the half of other courses' losses",
)

misconception_by_edit(
    "head_gradient",
    "turns_the_sign",
    old="ds = 2 * (o - y)",
    new="ds = 2 * (y - o)",
    message="The sign is turned: where the prediction is too large the loss rises with it, so o - y.",
    source="target minus prediction, as in the update rule",
)

misconception_by_edit(
    "head_gradient",
    "takes_the_error_of_the_score",
    old="ds = 2 * (o - y)",
    new="ds = 2 * (s - y)",
    message="You compare the score with the target. The loss compares the *prediction* with it.",
    source="the linear head's error kept when the head changed",
)

misconception_by_edit(
    "head_gradient",
    "sigmoid_slope_of_the_wrong_scale",
    old="slope = o * (high - o) / high",
    new="slope = o * (1 - o)",
    message='"sigmoid": o (1 - o) is the slope of a sigmoid that ends at 1. Yours ends at `high`; see step 5.',
    source="facts: the o(1 - o) of the 0..1 scale",
)

misconception_by_edit(
    "head_gradient",
    "sigmoid_slope_without_the_stretch",
    old="slope = o * (high - o) / high",
    new="slope = o * (high - o) / high**2",
    message='"sigmoid": your slope is `high` times too small; it is that of the sigmoid before it is stretched.',
    source="facts: forgetting the 100, the gradient off by that factor",
)

misconception_by_edit(
    "head_gradient",
    "sigmoid_slope_not_divided",
    old="slope = o * (high - o) / high",
    new="slope = o * (high - o)",
    message='"sigmoid": your slope is `high` times too large. Put o = high times sigma into high times sigma (1 - sigma) again.',
    source="step 5 without its denominator",
)

misconception_by_edit(
    "head_gradient",
    "sigmoid_slope_left_out",
    old="slope = o * (high - o) / high",
    new="slope = high * np.ones_like(s)",
    message='"sigmoid": you multiply by `high` only. The slope of the sigmoid itself is missing.',
    source="denormalisation differentiated, the sigmoid not",
)

misconception_by_edit(
    "head_gradient",
    "sigmoid_slope_of_the_score",
    old="slope = o * (high - o) / high",
    new="slope = s * (high - s) / high",
    message='"sigmoid": you put the score into the formula of the slope. It is written with the prediction o.',
    source="sigmoid_derivative(x) = x (1 - x) applied to the wrong x, in many tutorials",
)

misconception_by_edit(
    "head_gradient",
    "compares_with_the_share",
    old="ds = 2 * (o - y)",
    new="ds = 2 * (o - y / high)",
    message="You compare a prediction in years with a target divided by `high`. Both must have the same unit.",
    source="facts: the two scales mixed up",
)

misconception_by_edit(
    "head_gradient",
    "divides_by_the_number",
    old="ds = 2 * (o - y) * slope",
    new="ds = 2 * (o - y) * slope / s.size",
    message="You divide by the number of scores. Here each derivative belongs to one person's loss; the mean comes later.",
    source="the mean taken one exercise too early",
)

misconception_by_edit(
    "head_gradient",
    "absolute_error",
    old="ds = 2 * (o - y) * slope",
    new="ds = np.sign(o - y) * slope",
    message="This is the derivative of the absolute error. The loss here is the squared one.",
    source="document 001 offers both losses",
)

misconception_by_edit(
    "head_gradient",
    "always_a_hundred",
    old="o = output_head(s, kind, high)",
    new="high = 100.0\n    o = output_head(s, kind, high)",
    message="You wrote 100 where `high` belongs.",
    source="the document's number copied into the code",
)

misconception_by_edit(
    "head_gradient",
    "leaves_high_out_of_the_call",
    old="o = output_head(s, kind, high)",
    new="o = output_head(s, kind)",
    message="You call `output_head` without `high`, so it ends at 100 whatever was asked for.",
    source="a default that hides a forgotten argument",
)


# --- clamp_predictions ----------------------------------------------------------------------------------------------


BOUNDS = ((0.0, 100.0), (0.0, 1.0), (-5.0, 8.0), (18.0, 65.0), (-3.0, -1.0))


def spread(rng, shape, low, high):
    """Predictions below, inside and above the range."""
    return low + around(rng, shape, high - low)


@exercise("clamp_predictions", weight=0)
def test_clamp_keeps_the_shape(learner, rng):
    """`clamp_predictions` must return an array with the shape of `o`."""
    expect_array(learner.clamp_predictions(spread(rng, (5, 3), 0, 100), 0.0, 100.0), (5, 3), "`clamped`")


@exercise("clamp_predictions", weight=3)
def test_clamp_values(learner, reference, rng):
    """What is below `low` becomes `low`, what is above `high` becomes `high`, and what lies inside stays as it is."""
    agree(
        learner,
        reference,
        "clamp_predictions",
        [(spread(rng, (12,), low, high), low, high) for low, high in BOUNDS],
    )


@exercise("clamp_predictions", weight=1)
def test_clamp_of_any_shape(learner, reference, rng):
    """Tables, three axes, a single prediction, all of them outside: the same rule holds."""
    cases = [(spread(rng, shape, -2.0, 7.0), -2.0, 7.0) for shape in ((4, 3), (2, 2, 3), (1, 4))]
    cases += [(np.array([value]), 2.0, 9.0) for value in (-4.0, 5.5, 30.0)]
    cases += [(rng.uniform(10, 20, size=4), -1.0, 3.0), (rng.uniform(-20, -10, size=(2, 2)), -1.0, 3.0)]
    agree(learner, reference, "clamp_predictions", cases)


@exercise("clamp_predictions", weight=1)
def test_clamp_at_the_edges(learner, reference, rng):
    """Bounds that are equal, a prediction exactly on a bound, inf and -inf: each ends on a bound."""
    o = rng.permutation(np.array([-np.inf, np.inf, 3.0, 4.0, 3.5, -1e300, 1e300]))
    agree(learner, reference, "clamp_predictions", [(o, 3.0, 4.0), (o, 3.5, 3.5)])


@exercise("clamp_predictions", weight=1)
def test_clamp_never_hurts(learner, rng):
    """If the truth lies inside the range no prediction gets farther from it, and clamping twice changes nothing more."""
    low, high = -4.0, 11.0
    o, y = spread(rng, (20,), low, high), rng.uniform(low, high, size=20)
    once = expect_array(learner.clamp_predictions(o, low, high), (20,))
    expect((np.abs(once - y) <= np.abs(o - y) + 1e-12).all())
    expect(np.abs(once - o).max() > 0.5 and np.min(once) >= low and np.max(once) <= high)
    expect_close(learner.clamp_predictions(once, low, high), once)


misconception_by_edit(
    "clamp_predictions",
    "bounds_below_only",
    old="np.clip(o, low, high)",
    new="np.maximum(o, low)",
    message="You bound the predictions from below only. That is what the question asked for, and half of what it needs.",
    source="document 001: the ReLU of the question",
)

misconception_by_edit(
    "clamp_predictions",
    "bounds_above_only",
    old="np.clip(o, low, high)",
    new="np.minimum(o, high)",
    message="You bound the predictions from above only.",
    source="one of two bounds forgotten",
)

misconception_by_edit(
    "clamp_predictions",
    "swaps_the_bounds",
    old="np.clip(o, low, high)",
    new="np.where(o < low, high, np.where(o > high, low, o))",
    message="You send what is too small to `high` and what is too large to `low`: take the *nearer* bound.",
    source="minimum and maximum mixed up",
)

misconception_by_edit(
    "clamp_predictions",
    "always_zero_and_a_hundred",
    old="np.clip(o, low, high)",
    new="np.clip(o, 0.0, 100.0)",
    message="You wrote 0 and 100 where `low` and `high` belong.",
    source="the document's numbers copied into the code",
)

misconception_by_edit(
    "clamp_predictions",
    "floor_at_zero",
    old="np.clip(o, low, high)",
    new="np.clip(o, 0.0, high)",
    message="Your lower bound is 0, whatever `low` says.",
    source="a range that starts at 0, taken for granted",
)

misconception_by_edit(
    "clamp_predictions",
    "rescales",
    old="np.clip(o, low, high)",
    new="low + (high - low) * (o - np.min(o)) / (np.ptp(o) + 1e-300)",
    message="You squeeze all predictions into the range. That moves those that were fine, too; only what lies outside may move.",
    source="min-max scaling called normalisation",
)

misconception_by_edit(
    "clamp_predictions",
    "reflects",
    old="np.clip(o, low, high)",
    new="np.where(o < low, 2 * low - o, np.where(o > high, 2 * high - o, o))",
    message="You mirror what lies outside back into the range. The best guess for it is the bound itself.",
    source="abs as a way to make predictions positive, done on both sides",
)

misconception_by_edit(
    "clamp_predictions",
    "replaces_by_the_middle",
    old="np.clip(o, low, high)",
    new="np.where((o < low) | (o > high), (low + high) / 2, o)",
    message="You replace what lies outside by the middle of the range. A prediction that is too high still says: high.",
    source="out-of-range values treated like missing ones",
)

misconception_by_edit(
    "clamp_predictions",
    "throws_away",
    old="np.clip(o, low, high)",
    new="np.where((o < low) | (o > high), 0.0, o)",
    message="You set what lies outside to 0. Move it to the nearer bound.",
    source="a mask multiplied with the predictions",
)


# --- scaled_cross_entropy -------------------------------------------------------------------------------------------


def shares(rng, shape, high, reach=5.0):
    """Scores, and targets over the whole range, both ends among them."""
    y = high * rng.uniform(0.05, 0.95, size=shape)
    if y.size > 3:
        y.flat[rng.permutation(y.size)[:2]] = [0.0, high]
    return odds(rng, shape, reach), y, high


@exercise("scaled_cross_entropy", weight=0)
def test_cross_entropy_is_one_number(learner, rng):
    """`scaled_cross_entropy` must return one number."""
    expect_array(learner.scaled_cross_entropy(*shares(rng, (7,), 100.0)), (), "`loss`")


@exercise("scaled_cross_entropy", weight=3)
def test_cross_entropy_values(learner, reference, rng):
    """The loss is the mean of -t log(p) - (1 - t) log(1 - p), with t = y / high and p the sigmoid of the score."""
    cases = [shares(rng, (9,), high) for high in (100.0, 1.0, 8.5, float(rng.uniform(120, 300)))]
    agree(learner, reference, "scaled_cross_entropy", cases)


@exercise("scaled_cross_entropy", weight=2)
def test_cross_entropy_far_out(learner, reference, rng):
    """Scores of 40, 700 or 1000 must give a finite and exact loss, whatever the target: compute it from the score, not from p."""
    s = rng.permutation(np.array([-1000.0, -700.0, -40.0, 40.0, 700.0, 1000.0]))
    for y in (np.zeros(6), np.full(6, 20.0), rng.uniform(0, 20, size=6), np.where(s > 0, 20.0, 0.0)):
        expect_close(
            learner.scaled_cross_entropy(s, y, 20.0), reference.scaled_cross_entropy(s, y, 20.0), atol=1e-7
        )


@exercise("scaled_cross_entropy", weight=1)
def test_cross_entropy_of_any_shape(learner, reference, rng):
    """One score, a table, three axes: the mean goes over all entries."""
    agree(
        learner,
        reference,
        "scaled_cross_entropy",
        [shares(rng, shape, 30.0) for shape in ((1,), (4, 3), (2, 3, 2), (1, 5))],
    )


@exercise("scaled_cross_entropy", weight=1)
def test_cross_entropy_is_lowest_at_the_truth(learner, rng):
    """The loss must be lowest where the sigmoid equals the share, and it depends on y / high only."""
    t = rng.uniform(0.1, 0.9, size=6)
    best, high = np.log(t / (1 - t)), float(rng.uniform(5, 50))
    here, *near = learner.map(
        "scaled_cross_entropy", [(best + shift, high * t, high) for shift in (0.0, 0.2, -0.2)]
    )
    here = float(expect_array(here, ()))
    expect(here > 0.1 and all(float(expect_array(value, ())) > here + 1e-4 for value in near))
    expect_close(learner.scaled_cross_entropy(best, t, 1.0), here)


CROSS_ENTROPY = "np.mean(np.logaddexp(0.0, s) - (y / high) * s)"

CROSS_ENTROPIES = [
    ("forgets_to_divide_the_target", "np.mean(np.logaddexp(0.0, s) - y * s)", "facts: the two scales mixed up",
     "The target is still in years. Cross-entropy wants a share: divide it by `high`."),
    ("divides_the_score_too", "np.mean(np.logaddexp(0.0, s / high) - (y / high) * (s / high))", "'normalise' applied to both",
     "You divide the score by `high` as well. Only the target has a unit."),
    ("always_a_hundred", "np.mean(np.logaddexp(0.0, s) - (y / 100.0) * s)", "the document's number copied into the code",
     "You wrote 100 where `high` belongs."),
    ("adds_up", "np.sum(np.logaddexp(0.0, s) - (y / high) * s)", "sum and mean confused",
     "This is the sum over the entries; the mean is asked for."),
    ("turns_the_sign", "-np.mean(np.logaddexp(0.0, s) - (y / high) * s)", "the likelihood in place of the loss",
     "This is the mean log-likelihood. As a loss it needs the other sign."),
    ("one_term_only", "np.mean((y / high) * np.logaddexp(0.0, -s))", "document 000: cross-entropy of one class",
     "The second term is missing: people with a small share would cost nothing, whatever you predict."),
    ("second_term_only", "np.mean((1 - y / high) * np.logaddexp(0.0, s))", "the mirror image of the above",
     "The first term is missing, the one with t log p."),
    ("turns_the_share", "np.mean(np.logaddexp(0.0, s) - (1 - y / high) * s)", "t and 1 - t exchanged",
     "The two shares are exchanged: t belongs to log(p), 1 - t to log(1 - p)."),
    ("overflows", "np.mean(np.log(1.0 + np.exp(s)) - (y / high) * s)", "log(1 + exp(s)) written as it stands",
     "np.exp overflows for large scores, so the loss is inf. Find a form in which only exp(-|s|) occurs."),
    ("logarithm_of_zero", "np.mean(-(y / high) * np.log(1 / (1 + np.exp(-s))) - (1 - y / high) * np.log(1 - 1 / (1 + np.exp(-s))))",
     "cross-entropy from probabilities",
     "You take the logarithm of a probability that has rounded to 0. Work with the score itself, the second form of step 6."),
    ("caps_the_logarithm", "np.mean(-(y / high) * np.log(np.clip(1 / (1 + np.exp(-s)), 1e-12, 1)) - (1 - y / high) * np.log(np.clip(1 - 1 / (1 + np.exp(-s)), 1e-12, 1)))",
     "a floor under the probability, in many published programs",
     "Your probabilities have a floor, so no prediction can cost more than 28 or so. The second form of step 6 needs no floor."),
    ("rounds_the_targets", "np.mean(np.logaddexp(0.0, s) - (y > high / 2) * s)", "cross-entropy believed to need classes",
     "You made two classes of the targets. A share may be any number from 0 to 1."),
    ("in_years", "high * np.mean(np.logaddexp(0.0, s) - (y / high) * s)", "facts: denormalising twice",
     "You multiply the loss by `high`. It has no unit."),
    ("base_two", "np.mean(np.logaddexp(0.0, s) - (y / high) * s) / np.log(2.0)", "bits and nats",
     "This is the cross-entropy in bits; natural logarithms are asked for."),
    ("squared_error_of_shares", "np.mean((1 / (1 + np.exp(-s)) - y / high) ** 2)", "document 001: normalised targets, with squared error",
     "This is the squared error of the shares, the loss that gets stuck. Cross-entropy is asked for."),
    ("subtracts_the_entropy", "np.mean(np.logaddexp(0.0, s) - (y / high) * s + (y / high) * np.log(np.maximum(y / high, 1e-300)) + (1 - y / high) * np.log(np.maximum(1 - y / high, 1e-300)))",
     "KL divergence and cross-entropy taken for the same",
     "This is the KL divergence, which is 0 at its lowest point. Cross-entropy is larger by the entropy of the shares."),
]  # fmt: skip
for idea, code, origin, words in CROSS_ENTROPIES:
    misconception_by_edit(
        "scaled_cross_entropy", idea, old=CROSS_ENTROPY, new=code, message=words, source=origin
    )


# --- scaled_cross_entropy_gradient ----------------------------------------------------------------------------------


@exercise("scaled_cross_entropy_gradient", weight=0)
def test_cross_entropy_gradient_keeps_the_shape(learner, rng):
    """`scaled_cross_entropy_gradient` must return an array with the shape of `s`."""
    expect_array(learner.scaled_cross_entropy_gradient(*shares(rng, (7,), 100.0)), (7,), "`ds`")


@exercise("scaled_cross_entropy_gradient", weight=3)
def test_cross_entropy_gradient_values(learner, reference, rng):
    """Each entry is the predicted share minus the true share, divided by the number of entries."""
    cases = [shares(rng, (9,), high) for high in (100.0, 1.0, 8.5, float(rng.uniform(120, 300)))]
    agree(learner, reference, "scaled_cross_entropy_gradient", cases, **GRADIENT)


@exercise("scaled_cross_entropy_gradient", weight=2)
def test_cross_entropy_gradient_is_the_slope(learner, reference, rng):
    """It must be the slope of `scaled_cross_entropy` when one score is nudged."""
    for shape, high in (((5,), 8.5), ((3, 2), 100.0)):
        s, y, _ = shares(rng, shape, high)
        expected = numerical_gradient(lambda v: reference.scaled_cross_entropy(v, y, high), s)  # noqa: B023
        expect_close(learner.scaled_cross_entropy_gradient(s, y, high), expected, **GRADIENT)


@exercise("scaled_cross_entropy_gradient", weight=1)
def test_cross_entropy_gradient_of_any_shape(learner, reference, rng):
    """One score, a table, three axes: divide by the number of *all* entries."""
    cases = [shares(rng, shape, 30.0) for shape in ((1,), (4, 3), (2, 3, 2), (1, 5))]
    agree(learner, reference, "scaled_cross_entropy_gradient", cases, **GRADIENT)


@exercise("scaled_cross_entropy_gradient", weight=1)
def test_cross_entropy_gradient_far_out(learner, reference, rng):
    """Scores of 40 or 1000 give finite derivatives: far out on the wrong side they do not fade."""
    s = rng.permutation(np.array([-1000.0, -40.0, 40.0, 1000.0, 3.0]))
    cases = [(s, y, 20.0) for y in (np.full(5, 20.0), np.zeros(5), rng.uniform(1, 19, size=5))]
    agree(learner, reference, "scaled_cross_entropy_gradient", cases, **GRADIENT)


ENTROPY_GRADIENT = '(output_head(s, "sigmoid", 1.0) - y / high) / s.size'

ENTROPY_GRADIENTS = [
    ("forgets_the_mean", '(output_head(s, "sigmoid", 1.0) - y / high)', "facts of lesson 06: the mean's 1/N left out",
     "The loss is a mean: divide by the number of entries."),
    ("divides_by_the_rows", '(output_head(s, "sigmoid", 1.0) - y / high) / len(s)', "len of a table is the number of its rows",
     "In a table you divide by the number of rows. The mean goes over all entries."),
    ("forgets_to_divide_the_target", '(output_head(s, "sigmoid", 1.0) - y) / s.size', "facts: the two scales mixed up",
     "You subtract years from a share: divide y by `high`."),
    ("in_years", '(output_head(s, "sigmoid", high) - y) / s.size', "facts: the gradient off by the factor of 100",
     "Your gradient is `high` times too long: both parts must be shares, between 0 and 1."),
    ("always_a_hundred", '(output_head(s, "sigmoid", 1.0) - y / 100.0) / s.size', "the document's number copied into the code",
     "You wrote 100 where `high` belongs."),
    ("turns_the_sign", '(y / high - output_head(s, "sigmoid", 1.0)) / s.size', "target minus prediction, as in the update rule",
     "The sign is turned: predicted share minus true share."),
    ("keeps_the_slope_of_the_sigmoid",
     '(output_head(s, "sigmoid", 1.0) - y / high) * output_head(s, "sigmoid", 1.0) * (1 - output_head(s, "sigmoid", 1.0)) / s.size',
     "the slope of the sigmoid multiplied in although cross-entropy has cancelled it",
     "You multiply by p (1 - p). Cross-entropy cancels this factor, and that is the reason for using it."),
    ("is_that_of_squared_error",
     '2 * (output_head(s, "sigmoid", 1.0) - y / high) * output_head(s, "sigmoid", 1.0) * (1 - output_head(s, "sigmoid", 1.0)) / s.size',
     "document 001: normalised targets, with squared error",
     "This is the gradient of the squared error of the shares, the loss that gets stuck."),
    ("twice", '2 * (output_head(s, "sigmoid", 1.0) - y / high) / s.size', "the 2 of the squared error carried over",
     "Twice too long: there is no square here, so no 2."),
    ("forgets_the_target", 'output_head(s, "sigmoid", 1.0) / s.size', "only log(1 + exp(s)) differentiated",
     "Only log(1 + exp(s)) is differentiated. The other term of the loss, minus t s, has a slope, too."),
    ("compares_the_score", "(s - y / high) / s.size", "the linear head's error kept when the head changed",
     "You subtract the share from the score. Send the score through the sigmoid first."),
    ("is_that_of_one_class", '-(y / high) * (1 - output_head(s, "sigmoid", 1.0)) / s.size', "document 000: cross-entropy of one class",
     "This is the slope of the term with t only. The term with 1 - t pushes the other way."),
]  # fmt: skip
for idea, code, origin, words in ENTROPY_GRADIENTS:
    misconception_by_edit(
        "scaled_cross_entropy_gradient", idea, old=ENTROPY_GRADIENT, new=code, message=words, source=origin
    )


# --- dead_fraction --------------------------------------------------------------------------------------------------


def units(rng, N, alive, dead):
    """Shuffled columns: each of the living has one entry above 0 or a few, the dead have none."""
    Z = -rng.uniform(0.05, 3, size=(N, alive + dead))
    for column in range(alive):
        rows = rng.permutation(N)[: 1 + column % max(1, N - 1)]
        Z[rows, column] = rng.uniform(0.05, 1, size=len(rows))
    return Z[:, rng.permutation(alive + dead)]


@exercise("dead_fraction", weight=0)
def test_dead_fraction_is_one_number(learner, rng):
    """`dead_fraction` must return one number."""
    expect_array(learner.dead_fraction(units(rng, 4, 3, 2)), (), "`fraction`")


@exercise("dead_fraction", weight=3)
def test_dead_fraction_values(learner, reference, rng):
    """A unit is dead if no entry of its *column* is above 0. Count such columns and divide by the number of columns."""
    cases = [(units(rng, *sizes),) for sizes in ((4, 5, 2), (3, 2, 6), (12, 4, 3), (5, 3, 3))]
    hardly = -rng.uniform(0.1, 2, size=(60, 5))
    hardly[rng.integers(60, size=3), np.arange(3)] = [1.0, 1e-3, 1e-9]  # open once in 60 examples
    agree(learner, reference, "dead_fraction", [*cases, (hardly,)])


@exercise("dead_fraction", weight=1)
def test_dead_fraction_at_exactly_zero(learner, reference, rng):
    """A unit that reaches exactly 0 and never more is dead."""
    for sizes in ((4, 3, 2), (6, 2, 5)):
        Z = units(rng, *sizes)
        Z[rng.integers(sizes[0]), :] = np.maximum(Z[rng.integers(sizes[0]), :], 0.0)
        expect_close(learner.dead_fraction(Z), reference.dead_fraction(Z))
    Z = np.column_stack([np.zeros(5), -rng.uniform(0.1, 1, size=5), rng.uniform(0.1, 1, size=5)])
    expect_close(learner.dead_fraction(Z), reference.dead_fraction(Z))


@exercise("dead_fraction", weight=1)
def test_dead_fraction_of_all_none_and_one(learner, reference, rng):
    """All units dead gives 1, none gives 0; a single person and a single unit are allowed."""
    sizes = ((5, 0, 4), (5, 4, 0), (1, 3, 1), (6, 1, 0), (6, 0, 1), (1, 1, 3))
    agree(learner, reference, "dead_fraction", [(units(rng, *each),) for each in sizes])


@misconception(
    "dead_fraction",
    "You counted entries that are not above 0. One verdict per unit first: a unit is dead only if all its entries are.",
    source="sparsity and death confused",
)
def counts_silent_entries(Z):
    return np.mean(Z <= 0)


@misconception(
    "dead_fraction",
    "You call a unit dead as soon as one person does not get it above 0. It takes all of them.",
    source="any and all exchanged",
)
def one_silence_is_death(Z):
    return np.mean(np.any(Z <= 0, axis=0))


@misconception(
    "dead_fraction",
    "You looked along the rows: that is the share of people whom no unit hears. Units are columns.",
    source="axis mistakes in learners' public repositories",
)
def looks_along_the_rows(Z):
    return np.mean(np.all(Z <= 0, axis=1))


@misconception(
    "dead_fraction",
    "A unit at exactly 0 counts as alive with you. It never gets above 0, so nothing comes out of it.",
    source="facts: a head that starts with zero weights and zero bias is dead",
)
def zero_is_alive(Z):
    return np.mean(np.all(Z < 0, axis=0))


@misconception(
    "dead_fraction",
    "You returned the number of dead units. Divide it by the number of units.",
    source="a count in place of a share",
)
def counts_the_dead(Z):
    return float(np.sum(np.all(Z <= 0, axis=0)))


@misconception(
    "dead_fraction",
    "You divide the number of dead units by the number of people. Divide by the number of units, the columns.",
    source="N and H exchanged",
)
def divides_by_the_people(Z):
    return float(np.sum(np.all(Z <= 0, axis=0))) / len(Z)


@misconception(
    "dead_fraction",
    "You returned the share of the living. The dead are the others.",
    source="the complement",
)
def counts_the_living(Z):
    return np.mean(np.any(Z > 0, axis=0))


# --- train_head -----------------------------------------------------------------------------------------------------


def course(rng, kind, steps, high=10.0, N=7, D=3):
    """A small training run that is far from diverging."""
    X, y = rng.normal(size=(N, D)), high * rng.uniform(0.05, 0.95, size=N)
    if kind in IN_YEARS:
        w, b, rate = 0.3 * high * rng.normal(size=D), 0.5 * high, 0.05
    else:
        w, b = 0.5 * rng.normal(size=D), float(rng.uniform(0.3, 0.8))
        rate = 0.3 if kind == "cross_entropy" else 0.5 / high**2
    return X, y, w, b, kind, rate, steps, high


def trained(learner, case):
    result = learner.train_head(*case)
    expect_parts(result, 3, "It must return w, b and errors.")
    steps = case[6]
    return (
        expect_array(result[0], case[2].shape, "`w`"),
        expect_array(result[1], (), "`b`"),
        expect_array(result[2], (steps,), "`errors`"),
    )


@exercise("train_head", weight=0)
def test_train_head_returns_weights_bias_and_errors(learner, rng):
    """`train_head` must return w with the shape of w, b as one number, and one error per step, for each of the five kinds."""
    for kind in KINDS:
        trained(learner, course(rng, kind, 3))


@exercise("train_head", weight=3)
def test_first_step(learner, reference, rng):
    """After one step w and b must have moved by the learning rate times the gradient of the *mean* loss, downhill."""
    for kind in KINDS:
        for high in (10.0, 100.0, 1.0):
            case = course(rng, kind, 1, high)
            w, b, _ = trained(learner, case)
            expected = reference.train_head(*case)
            expect_close(w, expected[0], **GRADIENT)
            expect_close(b, expected[1], **GRADIENT)


@exercise("train_head", weight=3)
def test_errors(learner, reference, rng):
    """An error is the root of the mean squared difference between prediction and target, in the unit of y, before each update."""
    for kind in KINDS:
        for high in (10.0, 100.0):
            case = course(rng, kind, 6, high)
            expect_close(trained(learner, case)[2], reference.train_head(*case)[2], **GRADIENT)


@exercise("train_head", weight=2)
def test_first_step_is_the_slope(learner, reference, rng):
    """The first step must be minus the learning rate times the slope of the mean loss, measured by nudging w and b."""
    for kind in KINDS:
        X, y, w, b, _, rate, _, high = case = course(rng, kind, 1)

        def loss(theta):
            s = X @ theta[:-1] + theta[-1]  # noqa: B023
            if kind == "cross_entropy":  # noqa: B023
                return reference.scaled_cross_entropy(s, y, high)  # noqa: B023
            return np.mean((reference.output_head(s, kind, high) - y) ** 2)  # noqa: B023

        theta = np.append(w, b)
        new_w, new_b, _ = trained(learner, case)
        expect_close(
            (theta - np.append(new_w, new_b)) / rate,
            numerical_gradient(loss, theta, 1e-6),
            rtol=1e-5,
            atol=1e-6 * high**2,
        )


@exercise("train_head", weight=2)
def test_many_steps(learner, reference, rng):
    """After several steps w and b must be where the reference is: every step starts from where the last one ended, to the last
    one, whether the error falls, rises or hardly moves."""
    for kind in KINDS:
        case = course(rng, kind, 12, N=9, D=2)
        X, _, w, b, *_, high = case
        head = "sigmoid" if kind == "cross_entropy" else kind
        nearly = np.clip(reference.output_head(X @ w + b, head, high) + 1e-3, 0.0, high)
        for moved in (case, (*case[:5], 20 * case[5], 3, high), (X, nearly, *case[2:])):
            result, expected = trained(learner, moved), reference.train_head(*moved)
            for mine, right in zip(result, expected, strict=True):
                expect_close(mine, right, **GRADIENT)


@exercise("train_head", weight=1)
def test_train_head_without_high_alone_and_without_steps(learner, reference, rng):
    """`high` is 100 when left out; no steps return the start and no errors; one person and one feature are allowed."""
    for kind in KINDS:
        case = course(rng, kind, 2, 100.0)
        expect_close(learner.train_head(*case[:7]), reference.train_head(*case[:7]), **GRADIENT)
        case = course(rng, kind, 0)
        w, b, _ = trained(learner, case)
        expect_close(w, case[2])
        expect_close(b, case[3])
        case = course(rng, kind, 3, N=1, D=1)
        expect_close(learner.train_head(*case), reference.train_head(*case), **GRADIENT)


@exercise("train_head", weight=1)
def test_a_dead_start_stays_dead(learner, reference, rng):
    """A ReLU or clamp below 0 for everybody must not move at all; the linear head from the same start must."""
    X, y = rng.uniform(0.1, 1, size=(6, 2)), rng.uniform(1, 9, size=6)
    w, b = -rng.uniform(0.5, 2, size=2), -3.0
    for kind in ("relu", "clamp"):
        new_w, new_b, errors = trained(learner, (X, y, w, b, kind, 0.1, 4, 10.0))
        expect_close(new_w, w)
        expect_close(new_b, b)
        expect_close(errors, np.full(4, np.sqrt(np.mean(y**2))))
    case = (X, y, w, b, "linear", 0.1, 4, 10.0)
    expect_close(trained(learner, case), reference.train_head(*case), **GRADIENT)


SQUARED = "ds = head_gradient(s, y, kind, high) / len(y)"
ENTROPY = "ds = scaled_cross_entropy_gradient(s, y, high)"
ERROR = "errors[step] = np.sqrt(np.mean((o - y) ** 2))"
STEP_W = "w = w - learning_rate * (X.T @ ds)"
STEP_B = "b = b - learning_rate * ds.sum()"

TRAININGS = [
    ("forgets_the_mean", SQUARED, "ds = head_gradient(s, y, kind, high)", "head_gradient is per person, the loss a mean",
     "Your step for the squared error is N times too long: `head_gradient` is per person, and the loss is a mean."),
    ("divides_cross_entropy_twice", ENTROPY, "ds = scaled_cross_entropy_gradient(s, y, high) / len(y)", "the mean taken twice",
     "You divide the gradient of the cross-entropy by N although it contains that already."),
    ("trains_cross_entropy_with_squared_error", ENTROPY, 'ds = head_gradient(s, y, "sigmoid", high) / len(y)',
     "document 001: the sigmoid, with no word on the loss",
     'For "cross_entropy" you used the gradient of the squared error. It has a gradient of its own.'),
    ("trains_every_head_like_linear", SQUARED, "ds = 2 * (o - y) / len(y)", "the slope of the head left out",
     "You go back to the prediction, not to the score: the slope of the head is missing. `head_gradient` contains it."),
    ("leaves_high_out_of_the_gradient", SQUARED, "ds = head_gradient(s, y, kind) / len(y)", "a default that hides a forgotten argument",
     "You call `head_gradient` without `high`, so it believes that the range ends at 100."),
    ("leaves_high_out_of_the_prediction", "o = output_head(s, head, high)", "o = output_head(s, head)",
     "a default that hides a forgotten argument",
     "You call `output_head` without `high`, so the recorded errors belong to a range that ends at 100."),
    ("reports_the_mean_square", ERROR, "errors[step] = np.mean((o - y) ** 2)", "MSE and RMSE",
     "You record the mean squared error, in years squared. The root of it is asked for."),
    ("reports_the_absolute_error", ERROR, "errors[step] = np.mean(np.abs(o - y))", "document 001 offers both losses",
     "You record the mean absolute error. The root mean squared error is asked for."),
    ("reports_shares", ERROR, "errors[step] = np.sqrt(np.mean((o - y) ** 2)) / high", "facts: a metric on the normalised scale reported as years",
     "Your errors are shares of the range. They must have the unit of y."),
    ("reports_the_score", ERROR, "errors[step] = np.sqrt(np.mean((s - y) ** 2))", "the linear head's error kept when the head changed",
     "You compare the score with the target. Record the error of the prediction."),
    ("keeps_the_bias", STEP_B, "pass", "the bias forgotten",
     "The bias does not move. It has a gradient, too: the sum of `ds`."),
    ("averages_the_bias", STEP_B, "b = b - learning_rate * ds.mean()", "the mean taken twice, for the bias only",
     "The bias moves N times too little: the 1/N is in `ds` already, so add up."),
    ("keeps_the_weights", STEP_W, "pass", "only the bias trained",
     "The weights do not move. Their gradient is X.T @ ds."),
    ("climbs", STEP_W + "\n        " + STEP_B, "w = w + learning_rate * (X.T @ ds)\n        b = b + learning_rate * ds.sum()", "the sign of the update",
     "You climb: both steps go uphill. Subtract the gradient."),
    ("turns_the_bias", STEP_B, "b = b + learning_rate * ds.sum()", "one of two signs",
     "The bias goes uphill. Subtract its gradient."),
]  # fmt: skip
for idea, right, code, origin, words in TRAININGS:
    misconception_by_edit("train_head", idea, old=right, new=code, message=words, source=origin)


@misconception(
    "train_head",
    "You record the error after the update. `errors` holds it before each one, so errors[0] belongs to the start.",
    source="the order of the three parts of a step",
)
def reports_after_the_step(X, y, w, b, kind, learning_rate, steps, high=100.0):
    head, errors = "sigmoid" if kind == "cross_entropy" else kind, np.zeros(steps)
    for step in range(steps):
        s = X @ w + b
        if kind == "cross_entropy":
            ds = scaled_cross_entropy_gradient(s, y, high)  # noqa: F821
        else:
            ds = head_gradient(s, y, kind, high) / len(y)  # noqa: F821
        w, b = w - learning_rate * (X.T @ ds), b - learning_rate * ds.sum()
        errors[step] = np.sqrt(np.mean((output_head(X @ w + b, head, high) - y) ** 2))  # noqa: F821
    return w, b, errors


@misconception(
    "train_head",
    "All your steps use the scores of the start. Compute `s` afresh in each step.",
    source="the forward pass left outside the loop",
)
def looks_once(X, y, w, b, kind, learning_rate, steps, high=100.0):
    head, errors = "sigmoid" if kind == "cross_entropy" else kind, np.zeros(steps)
    s = X @ w + b
    if kind == "cross_entropy":
        ds = scaled_cross_entropy_gradient(s, y, high)  # noqa: F821
    else:
        ds = head_gradient(s, y, kind, high) / len(y)  # noqa: F821
    for step in range(steps):
        errors[step] = np.sqrt(np.mean((output_head(X @ w + b, head, high) - y) ** 2))  # noqa: F821
        w, b = w - learning_rate * (X.T @ ds), b - learning_rate * ds.sum()
    return w, b, errors


# --- predict_the_starts ---------------------------------------------------------------------------------------------


@exercise("predict_the_starts", weight=0)
def test_starts_has_five_letters(learner):
    """`predict_the_starts` must return five capital letters, one for each question."""
    expect_words(
        learner.predict_the_starts(),
        5,
        list("ABCD"),
        "It must return five letters.",
        "Each entry is one of A, B, C, D.",
    )


declare_answer_checks(
    globals(),
    "predict_the_starts",
    test_starts_question_1="Question 1 is not right: what is the derivative of a ReLU head for somebody with a negative score, and here that is everybody?",
    test_starts_question_2="Question 2 is not right: solve hint 2 for |s| with a rate of 0.1 and 500 steps, then count the whole numbers that are nearer to 0.",
    test_starts_question_3="Question 3 is not right: in hint 2 the rate stands before an exponential. What does a factor of ten do to |s|?",
    test_starts_question_4="Question 4 is not right: how large is the gradient of the cross-entropy far out, and how far do 500 steps of 0.1 times that carry the bias?",
    test_starts_question_5="Question 5 is not right: the score of a sigmoid is not an age. Where on its curve is 50?",
)


STARTS = [
    ("ACBAC", "hopes_for_the_relu", "facts: RMSE 54 for ever from a dead start",
     "You hope that a dead ReLU only learns slowly. Its gradient is exactly 0, so nothing moves, however long you wait."),
    ("CCBAC", "fears_that_the_relu_diverges", "no convergence taken for divergence",
     "A dead ReLU does not diverge either: it takes no step at all."),
    ("BABAC", "trusts_the_sigmoid", "document 001: a sigmoid 'solves both'",
     "You trust the sigmoid everywhere. Far out its slope is about e to the minus |s|, and 500 small steps are not enough."),
    ("BBBAC", "trusts_the_sigmoid_too_far", "the slope at -5 overestimated",
     "Question 2: at a score of 5 the slope is already below a hundredth. Hint 2 gives a reach of about 4."),
    ("BDBAC", "trusts_no_sigmoid", "saturation taken for a death of the whole curve",
     "Near 0 the sigmoid learns well, with squared error, too. Count the starts within reach instead of giving up on all."),
    ("BCAAC", "takes_the_reach_for_proportional", "ten times the rate, ten times the way",
     "Question 3: ten times the rate does not reach ten times as far, because the gradient falls exponentially. Take the logarithm."),
    ("BCCAC", "believes_in_a_fixed_share", "the share taken for a property of the head",
     "Question 3: the share is no constant of the sigmoid. A larger rate gets those going who were just out of reach."),
    ("BCBBC", "blames_the_head", "the head and not the loss held responsible",
     "Question 4: it is the same head, but the other loss cancels the slope that fades. From far out it pulls with nearly constant force."),
    ("BCBCC", "sees_no_difference_between_the_losses", "document 001: no word on the loss",
     "Question 4: the two losses do not share their flat parts. Compare their gradients at s = -8."),
    ("BCBAA", "keeps_the_unit_of_the_old_head", "a bias in years handed to a sigmoid",
     "Question 5: 50 is the middle in years. For a sigmoid the middle is a score of 0; at 50 it predicts 100 years for everybody."),
    ("BCBAB", "waits_for_the_saturated", "saturation underestimated",
     "Question 5: at a score of 50 the gradient is about e to the minus 50. You would wait longer than the universe."),
]  # fmt: skip
for letters, idea, origin, words in STARTS:
    misconception_by_edit(
        "predict_the_starts",
        idea,
        old='("B", "C", "B", "A", "C")',
        new=repr(tuple(letters)),
        message=words,
        source=origin,
    )


# --- diagnose -------------------------------------------------------------------------------------------------------


VERDICTS = ("right", "scale", "slope", "dead", "unit", "twice")


@exercise("diagnose", weight=0)
def test_diagnose_returns_six_verdicts(learner):
    """`diagnose` must return six verdicts, each one of "right", "scale", "slope", "dead", "unit", "twice"."""
    expect_words(
        learner.diagnose(),
        6,
        VERDICTS,
        "It must return six strings.",
        "A verdict is not one of the six words.",
    )


declare_answer_checks(
    globals(),
    "diagnose",
    test_diagnose_a="The verdict on A is not right: its derivative fits its loss. What does its report subtract from what?",
    test_diagnose_b="The verdict on B is not right: divide its derivative by the measured slope for several scores and ages, and look at the quotients.",
    test_diagnose_c="The verdict on C is not right: its derivative fits its loss. In which unit is what it hands to its report?",
    test_diagnose_d="The verdict on D is not right: measure the slope inside the band, and then look at the derivative where D starts.",
    test_diagnose_e="The verdict on E is not right: its loss is the cross-entropy. Whose derivative is it?",
    test_diagnose_f="The verdict on F is not right: divide its derivative by the measured slope for several scores, and look at the quotients.",
)


RIGHT = '("unit", "slope", "twice", "dead", "right", "scale")'
DIAGNOSES = [
    (("right", "slope", "twice", "dead", "right", "scale"), "believes_the_splendid_report", "facts: a metric on the normalised scale reported as years",
     "A's report is the error of a share: 0.05 of a hundred years are five years."),
    (("scale", "slope", "twice", "dead", "right", "scale"), "takes_the_small_unit_for_a_small_gradient", "facts: the two scales mixed up",
     "A works in shares throughout, and its derivative fits its own loss. What is off is the unit of the number in the report."),
    (("unit", "scale", "twice", "dead", "right", "scale"), "takes_a_wrong_slope_for_a_scale", "facts: the o(1 - o) of the 0..1 scale",
     "B's derivative is no multiple of the right one: o (1 - o) even has the other sign as soon as o is above 1."),
    (("unit", "slope", "slope", "dead", "right", "scale"), "blames_the_training_of_c", "facts: denormalising twice",
     "C's derivative is right. Its report multiplies by 100 what `predict` has multiplied already."),
    (("unit", "slope", "unit", "dead", "right", "scale"), "takes_twice_for_a_share", "facts: denormalising twice",
     "C's report is not an error of shares; it goes the other way and stretches years once more."),
    (("unit", "slope", "twice", "slope", "right", "scale"), "calls_a_true_zero_wrong", "facts: a clamp inside the loss",
     "D's derivative is right: outside the band the clamp is flat. The trouble is that everybody starts there."),
    (("unit", "slope", "twice", "right", "right", "scale"), "overlooks_the_dead", "facts: a clamp inside the loss",
     "D is right on paper, but its report never moves: all its scores start at -5, where the derivative is 0 for everybody."),
    (("unit", "slope", "twice", "dead", "slope", "scale"), "misses_the_slope_of_the_sigmoid", "the slope of the sigmoid expected with cross-entropy, too",
     "E needs no slope of the sigmoid: its loss is cross-entropy, which cancels it."),
    (("unit", "slope", "twice", "dead", "scale", "scale"), "expects_years_in_e", "facts: forgetting the 100",
     "E's derivative is not a hundredth of anything: cross-entropy compares shares."),
    (("unit", "slope", "twice", "dead", "right", "right"), "forgives_the_missing_hundred", "facts: forgetting the 100, the gradient off by that factor",
     "F learns, but its derivative is a hundredth of the slope of its loss: the stretch by 100 has a derivative, too."),
    (("unit", "slope", "twice", "dead", "right", "slope"), "takes_a_scale_for_a_wrong_slope", "facts: forgetting the 100",
     "F's quotients are all the same: it is the right derivative times a constant."),
    (("right", "right", "right", "right", "right", "right"), "believes_what_runs", "'it runs, so it is right'",
     "All six programs run, and only one of them is right. Compare each derivative with the measured slope, and read each report."),
]  # fmt: skip
for verdicts, idea, origin, words in DIAGNOSES:
    misconception_by_edit("diagnose", idea, old=RIGHT, new=repr(verdicts), message=words, source=origin)
