"""Hidden checks of 13_kl_gradient."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
    declare_gradient_check,
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

NEEDS = {"encoder_gradients": ["kl_divergence", "kl_gradients", "linear_backward"]}


def codes(rng, *shape):
    """Means and log-variances in general position, with log-variances of both signs."""
    signs = rng.permutation(np.resize([-1.0, 1.0], np.prod(shape))).reshape(shape)
    return rng.normal(size=shape), signs * rng.uniform(0.2, 1.8, size=shape)


# --- kl_divergence --------------------------------------------------------------------------------------------------


@exercise("kl_divergence", weight=0)
def test_kl_is_one_number(learner, rng):
    """`kl_divergence` must return one number for the whole batch."""
    expect_array(learner.kl_divergence(*codes(rng, 5, 3)), (), "`kl`")


@exercise("kl_divergence", weight=3)
def test_kl_values(learner, reference, rng):
    """KL is the sum over all units and examples of -0.5 * (1 + logvar - mu**2 - exp(logvar)), the 1 in every bracket."""
    agree(learner, reference, "kl_divergence", [codes(rng, 5, 3), codes(rng, 2, 7)])


@exercise("kl_divergence", weight=1)
def test_kl_is_zero_only_for_the_standard_normal(learner, rng):
    """KL must be 0 where every mean and every log-variance is 0, and above 0 as soon as one of them is not."""
    zeros = np.zeros((3, 4))
    mu, logvar = zeros.copy(), zeros.copy()
    mu[1, 2], logvar[2, 0] = -0.7, rng.choice([-0.6, 0.6])
    at_zero, moved_mu, moved_logvar = learner.map(
        "kl_divergence", [(zeros, zeros), (mu, zeros), (zeros, logvar)]
    )
    expect(abs(float(expect_array(at_zero, ()))) < 1e-9)
    expect(float(expect_array(moved_mu, ())) > 1e-3 and float(expect_array(moved_logvar, ())) > 1e-3)


@exercise("kl_divergence", weight=1)
def test_kl_of_the_same_batch_twice_is_doubled(learner, reference, rng):
    """KL adds up over the examples: the same batch twice over costs twice as much."""
    mu, logvar = codes(rng, 4, 3)
    agree(learner, reference, "kl_divergence", [(np.tile(mu, (2, 1)), np.tile(logvar, (2, 1))), (mu, logvar)])


@exercise("kl_divergence", weight=1)
def test_kl_of_single_examples_and_extreme_variances(learner, reference, rng):
    """One example without a batch axis, one unit, log-variances of -700 or 30: the same rule holds."""
    cases = [codes(rng, 5), codes(rng, 1), codes(rng, 1, 4), codes(rng, 4, 1)]
    cases += [
        (rng.normal(size=(1, 3)), np.array([[-700.0, -30.0, 0.5]])),
        (rng.normal(size=2), np.array([30.0, 9.0])),
    ]
    agree(learner, reference, "kl_divergence", cases)


misconception_by_edit(
    "kl_divergence",
    "turns_the_sign_of_the_exponential",
    old="- np.exp(logvar)",
    new="+ np.exp(logvar)",
    message="The sign before exp(logvar) is turned. A wider bell curve must cost more, and the standard one nothing.",
    source="document 000: the answer's bracket has a plus where the question has a minus",
)

misconception_by_edit(
    "kl_divergence",
    "turns_the_sign_of_the_square",
    old="- mu**2 - np",
    new="+ mu**2 - np",
    message="The sign before mu**2 is turned: a mean far from 0 must cost more, not less.",
    source="one sign lost while copying the bracket, as in document 000",
)

misconception_by_edit(
    "kl_divergence",
    "returns_the_lower_bound",
    old="kl = -0.5",
    new="kl = 0.5",
    message="This is minus KL, the term as it stands in the lower bound of the likelihood. As a price it needs the other sign.",
    source="appendix B of Kingma and Welling writes -KL, and so does the comment in PyTorch's example",
)

misconception_by_edit(
    "kl_divergence",
    "forgets_the_half",
    old="kl = -0.5 *",
    new="kl = -1.0 *",
    message="Your KL is twice too large: the factor one half is missing.",
    source="the half of the normal density's exponent lost",
)

misconception_by_edit(
    "kl_divergence",
    "averages_over_all_entries",
    old="np.sum(",
    new="np.mean(",
    message="You take the mean over all entries. KL adds up over units and examples.",
    source="torch.mean in place of torch.sum, in many published autoencoders",
)


@misconception(
    "kl_divergence",
    "You take the mean over the examples. Here KL is a sum over units *and* examples, as in PyTorch's example.",
    source="facts: mean over the batch instead of the sum, off by B",
)
def averages_over_the_examples(mu, logvar):
    return -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar)) / (len(mu) if mu.ndim > 1 else 1)


@misconception(
    "kl_divergence",
    "You have one price per example. Add them up as well: one number for the whole batch.",
    source="sum over the last axis only, a common variant",
)
def keeps_one_number_per_example(mu, logvar):
    return -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar), axis=-1)


@misconception(
    "kl_divergence",
    "You read `logvar` as the logarithm of the standard deviation. It is that of the variance: exp(logvar) is the variance.",
    source="facts: standard deviation and variance mixed up",
)
def takes_logvar_for_the_log_of_the_standard_deviation(mu, logvar):
    return -0.5 * np.sum(1 + 2 * logvar - mu**2 - np.exp(2 * logvar))


@misconception(
    "kl_divergence",
    "The 1 is counted once. It stands inside the sum, once for every unit of every example.",
    source="document 000: the answer keeps one bracket with a single 1 for all units",
)
def counts_the_one_once(mu, logvar):
    return -0.5 * (1 + np.sum(logvar) - np.sum(mu**2) - np.sum(np.exp(logvar)))


@misconception(
    "kl_divergence",
    "You take the exponential of the sum. Every unit has its own exponential: np.exp first, then the sum.",
    source="document 000: one bracket, and in it one exponential of all units together",
)
def takes_the_exponential_of_the_sum(mu, logvar):
    return -0.5 * (np.sum(1 + logvar - mu**2) - np.exp(np.sum(logvar)))


@misconception(
    "kl_divergence",
    "This is the divergence in the other direction, from your bell curve to the standard one. Here the mean is taken under q.",
    source="KL is not symmetric; the order of its arguments is often turned round",
)
def turns_the_direction(mu, logvar):
    return 0.5 * np.sum(logvar + (1 + mu**2) * np.exp(-logvar) - 1)


@misconception(
    "kl_divergence",
    "The exponential is missing: the last term is the variance, exp(logvar), not its logarithm.",
    source="facts: the exponential left out",
)
def forgets_the_exponential(mu, logvar):
    return -0.5 * np.sum(1 + logvar - mu**2 - logvar)


# --- kl_gradients ---------------------------------------------------------------------------------------------------


@exercise("kl_gradients", weight=0)
def test_kl_gradients_have_the_shapes_of_the_arguments(learner, rng):
    """`kl_gradients` must return the pair dmu, dlogvar, each of the shape of its argument."""
    result = learner.kl_gradients(*codes(rng, 5, 3))
    expect_parts(result, 2, "It must return two arrays.")
    expect_array(result[0], (5, 3), "`dmu`")
    expect_array(result[1], (5, 3), "`dlogvar`")


@exercise("kl_gradients", weight=3)
def test_dlogvar_values(learner, reference, rng):
    """dlogvar is the slope of -0.5 * (1 + logvar - mu**2 - exp(logvar)) with respect to logvar: negative below 0, positive above."""
    agree(learner, reference, "kl_gradients", [codes(rng, 5, 3), codes(rng, 2, 6)], part=1)


@exercise("kl_gradients", weight=2)
def test_dmu_values(learner, reference, rng):
    """dmu is the slope of -0.5 * (1 + logvar - mu**2 - exp(logvar)) with respect to mu."""
    agree(learner, reference, "kl_gradients", [codes(rng, 5, 3), codes(rng, 2, 6)], part=0)


@exercise("kl_gradients", weight=2)
def test_kl_gradients_are_slopes(learner, reference, rng):
    """dmu and dlogvar must be the slopes of KL when one entry is nudged."""
    mu, logvar = codes(rng, 3, 2)
    dmu, dlogvar = learner.kl_gradients(mu, logvar)
    expect_close(
        dmu, numerical_gradient(lambda v: reference.kl_divergence(v, logvar), mu), rtol=1e-5, atol=1e-8
    )
    expect_close(
        dlogvar, numerical_gradient(lambda v: reference.kl_divergence(mu, v), logvar), rtol=1e-5, atol=1e-8
    )


@exercise("kl_gradients", weight=1)
def test_kl_gradients_vanish_at_the_standard_normal_only(learner, rng):
    """Where mu and logvar are 0 the gradient must be 0, and elsewhere it must point uphill."""
    mu, logvar = codes(rng, 4, 3)
    at_zero, elsewhere = learner.map("kl_gradients", [(np.zeros((4, 3)), np.zeros((4, 3))), (mu, logvar)])
    expect_close(at_zero, (np.zeros((4, 3)), np.zeros((4, 3))))
    expect((expect_array(elsewhere[0], (4, 3)) * mu > 0).all())
    expect((expect_array(elsewhere[1], (4, 3)) * logvar > 0).all())


@exercise("kl_gradients", weight=1)
def test_kl_gradients_of_single_examples_and_extreme_variances(learner, reference, rng):
    """One example without a batch axis, one unit, log-variances of -700 or 30: the same rule holds."""
    cases = [codes(rng, 5), codes(rng, 1), codes(rng, 1, 4), codes(rng, 6, 1)]
    cases += [(rng.normal(size=(1, 3)), np.array([[-700.0, 30.0, 0.0]]))]
    agree(learner, reference, "kl_gradients", cases)


misconception_by_edit(
    "kl_gradients",
    "turns_the_sign_of_the_exponential",
    old="0.5 * (np.exp(logvar) - 1)",
    new="-0.5 * (1 + np.exp(logvar))",
    message="This is the answer's formula, with a plus before the exponential. It is negative everywhere; the slope of a bowl is 0 at "
    "its lowest point.",
    source="document 000: the sign error of the answer; measured: descent with it ends at infinity in five steps",
)

misconception_by_edit(
    "kl_gradients",
    "turns_dlogvar",
    old="0.5 * (np.exp(logvar) - 1)",
    new="0.5 * (1 - np.exp(logvar))",
    message="dlogvar has its sign turned: the minus before the one half is lost. Above 0 the price rises with logvar.",
    source="the factor -0.5 of the question written as 0.5",
)

misconception_by_edit(
    "kl_gradients",
    "turns_both",
    old="dmu = mu.copy()\n    dlogvar = 0.5 * (np.exp(logvar) - 1)",
    new="dmu = -mu\n    dlogvar = 0.5 * (1 - np.exp(logvar))",
    message="Both signs are turned: this is the step downhill. A gradient points uphill; the update subtracts it.",
    source="the update written in place of the gradient",
)

misconception_by_edit(
    "kl_gradients",
    "turns_dmu",
    old="dmu = mu.copy()",
    new="dmu = -mu",
    message="dmu has its sign turned: minus one half times minus the square is a plus.",
    source="a sign lost between the two minus signs of the bracket",
)

misconception_by_edit(
    "kl_gradients",
    "differentiates_the_exponential_only",
    old="(np.exp(logvar) - 1)",
    new="np.exp(logvar)",
    message="The term `+ logvar` in the bracket has a derivative, too: at logvar = 0 yours is 0.5 where the slope is 0.",
    source="facts: only the exponential differentiated, 0.5 at logvar 0 where it must be 0",
)

misconception_by_edit(
    "kl_gradients",
    "forgets_the_half_of_dlogvar",
    old="0.5 * (np.exp(logvar) - 1)",
    new="np.exp(logvar) - 1",
    message="dlogvar is twice too large: the factor one half of KL stays here.",
    source="the half cancels the square for mu, and is dropped for logvar as well",
)

misconception_by_edit(
    "kl_gradients",
    "forgets_the_half_everywhere",
    old="dmu = mu.copy()\n    dlogvar = 0.5 * (np.exp(logvar) - 1)",
    new="dmu = 2 * mu\n    dlogvar = np.exp(logvar) - 1",
    message="Both gradients are twice too large: the factor one half of KL is missing.",
    source="the bracket differentiated without the factor in front of it",
)

misconception_by_edit(
    "kl_gradients",
    "keeps_the_half_of_dmu",
    old="mu.copy()",
    new="0.5 * mu",
    message="dmu is half of the slope: the 2 of the square cancels the one half.",
    source="the factor carried along and the power rule forgotten",
)

misconception_by_edit(
    "kl_gradients",
    "leaves_the_exponential_out",
    old="np.exp(logvar)",
    new="logvar",
    message="You take logvar for the variance itself: the derivative of exp(logvar) is exp(logvar).",
    source="facts: dlogvar without the exponential",
)

misconception_by_edit(
    "kl_gradients",
    "differentiates_by_the_variance",
    old="(np.exp(logvar) - 1)",
    new="(1 - np.exp(-logvar))",
    message="This is the slope with respect to the variance. One link is missing: the variance is exp(logvar).",
    source="the chain stopped one link too early",
)

misconception_by_edit(
    "kl_gradients",
    "differentiates_by_the_standard_deviation",
    old="0.5 * (np.exp(logvar) - 1)",
    new="np.exp(0.5 * logvar) - np.exp(-0.5 * logvar)",
    message="This is the slope with respect to the standard deviation. The layer gives the logarithm of the variance.",
    source="facts: standard deviation and log-variance mixed up",
)

misconception_by_edit(
    "kl_gradients",
    "returns_them_the_other_way_round",
    old="dlogvar = 0.5 * (np.exp(logvar) - 1)",
    new="dmu, dlogvar = 0.5 * (np.exp(logvar) - 1), dmu",
    message="The two are swapped: dmu comes first, then dlogvar.",
    source="fc21 and fc22 mixed up, as in document 000",
)


@misconception(
    "kl_gradients",
    "You divide by the number of examples. KL is a sum over them, so nothing is divided.",
    source="facts: mean over the batch instead of the sum, off by B",
)
def divides_by_the_examples(mu, logvar):
    return mu / len(mu), 0.5 * (np.exp(logvar) - 1) / len(mu)


@misconception(
    "kl_gradients",
    "You divide by the number of all entries. KL is a sum, so nothing is divided.",
    source="torch.mean in place of torch.sum, in many published autoencoders",
)
def divides_by_all_entries(mu, logvar):
    return mu / mu.size, 0.5 * (np.exp(logvar) - 1) / mu.size


@misconception(
    "kl_gradients",
    "You added the gradients up over the batch. Each example has a mean and a log-variance of its own, so each keeps its own row.",
    source="the sum over the examples taken one layer too early",
)
def sums_over_the_batch(mu, logvar):
    return mu.sum(axis=0), 0.5 * (np.exp(logvar) - 1).sum(axis=0)


# --- gradient_check -------------------------------------------------------------------------------------------------

declare_gradient_check(globals(), measured="numeric", sizes="size", zeros="np.zeros_like(theta)")


# --- predict_the_step -----------------------------------------------------------------------------------------------


@exercise("predict_the_step", weight=0)
def test_step_has_three_letters(learner):
    """`predict_the_step` must return three capital letters, one for each question."""
    expect_words(
        learner.predict_the_step(),
        3,
        list("ABCD"),
        "It must return three letters.",
        "Each entry is one of A, B, C, D.",
    )


declare_answer_checks(
    globals(),
    "predict_the_step",
    test_step_question_1="Question 1 is not right: two errors add up, one shrinks with h, the other is divided by h.",
    test_step_question_2="Question 2 is not right: set the error of a central difference equal to the rounding error divided by h.",
    test_step_question_3="Question 3 is not right: work out the smallest value of both sums, not only where it lies.",
)


STEP_IDEAS = [
    ("AA", "believes_in_the_limit", "the limit of calculus, taken into a computer",
     "You trust the limit: the smaller h, the better. But both values of f are rounded, and that error is divided by h."),
    ("BB", "takes_the_step_of_one_sided_differences", "1e-8, the root of the rounding error, is a popular default",
     "About 1e-8 is where one-sided differences are best. Central differences err by h squared only, so they can afford a larger h."),
    ("BA", "keeps_h_just_above_rounding", "h chosen just above the 16th digit",
     "With h near 1e-12 only a few digits of the difference are left. The best h balances both errors."),
    ("BD", "fears_rounding_too_much", "h chosen as for single precision",
     "At h = 1e-2 the curvature still disturbs in the fourth digit. Rounding allows a much smaller h."),
]  # fmt: skip
for letters, idea, origin, words in STEP_IDEAS:
    for third in "ABC":
        misconception_by_edit(
            "predict_the_step", f"{idea}_{third}", old='("B", "C", "A")', new=repr((*letters, third)), message=words, source=origin
        )  # fmt: skip

misconception_by_edit(
    "predict_the_step",
    "sees_no_difference_between_the_two",
    old='("B", "C", "A")',
    new='("B", "C", "B")',
    message="One-sided differences are not as good even at their best h: their error falls with h, not with its square.",
    source="measured: 5e-8 against 1e-10",
)

misconception_by_edit(
    "predict_the_step",
    "prefers_one_sided_differences",
    old='("B", "C", "A")',
    new='("B", "C", "C")',
    message="One-sided differences save a call of f, but they are the worse ones: their error falls with h, not with its square.",
    source="measured: 5e-8 against 1e-10",
)

misconception_by_edit(
    "predict_the_step",
    "expects_no_rounding",
    old='("B", "C", "A")',
    new='("A", "C", "A")',
    message="If the error kept falling, the best h would be the smallest. Rounding makes it rise again.",
    source="the limit of calculus, taken into a computer",
)


# --- outer_gradient -------------------------------------------------------------------------------------------------


def pair(rng, M, D):
    """Numbers of M units and D features, none of them near 0."""
    return tuple(draw_away_from_zero(rng, 0.3, 2, n) for n in (M, D))


@exercise("outer_gradient", weight=0)
def test_outer_has_a_row_per_unit(learner, rng):
    """`outer_gradient` must return an array of shape (M, D): one row per unit, one column per feature."""
    expect_array(learner.outer_gradient(*pair(rng, 3, 3)), (3, 3), "`dW` of a square layer")
    expect_array(learner.outer_gradient(*pair(rng, 2, 5)), (2, 5), "`dW`")


@exercise("outer_gradient", weight=3)
def test_outer_values(learner, reference, rng):
    """Entry [j, k] must be dout[j] * x[k]."""
    agree(learner, reference, "outer_gradient", [pair(rng, 2, 5), pair(rng, 6, 3)])


@exercise("outer_gradient", weight=2)
def test_outer_of_a_square_layer(learner, reference, rng):
    """With as many units as features, or only one of them, it is the same table: rows belong to units."""
    agree(
        learner,
        reference,
        "outer_gradient",
        [pair(rng, *s) for s in ((4, 4), (1, 3), (3, 1), (1, 1), (2, 2))],
    )


@misconception(
    "outer_gradient",
    "dW is transposed: (D, M) instead of (M, D). It has the shape of W, one row per unit.",
    source="facts: x.T @ d, the transposed gradient",
)
def puts_features_into_rows(dout, x):
    return np.outer(x, dout)


@misconception(
    "outer_gradient",
    "You multiply entry by entry, as the question did. That needs equal lengths and gives a vector; every unit meets every feature.",
    source="document 000: the question's expression",
)
def multiplies_entry_by_entry(dout, x):
    return dout * x


@misconception(
    "outer_gradient",
    "You returned one number, an inner product. Nothing is summed here: all pairs stay separate.",
    source="np.dot or @ between two vectors",
)
def adds_everything_up(dout, x):
    return np.sum(dout) * np.sum(x)


@misconception(
    "outer_gradient",
    "Every row is x itself: dout is missing. Row j must be x scaled by dout[j].",
    source="document 000: 'does x just broadcast?'",
)
def repeats_x(dout, x):
    return np.tile(x, (len(dout), 1))


@misconception(
    "outer_gradient",
    "Every column is dout itself: x is missing. A weight is multiplied by its own feature.",
    source="the last link of the chain left out",
)
def repeats_dout(dout, x):
    return np.tile(dout[:, None], (1, len(x)))


@misconception(
    "outer_gradient",
    "You add where the chain rule multiplies: entry [j, k] is dout[j] * x[k].",
    source="broadcasting of a column against a row with the wrong operation",
)
def adds_the_pairs(dout, x):
    return dout[:, None] + x


# --- linear_backward ------------------------------------------------------------------------------------------------


def layer(rng, B, M, D):
    """What comes back, what went in, and the weights."""
    return rng.normal(size=(B, M)), rng.normal(size=(B, D)), rng.normal(size=(M, D))


def layers(rng):
    return [layer(rng, *sizes) for sizes in ((7, 2, 4), (3, 5, 2), (4, 3, 6))]


@exercise("linear_backward", weight=0)
def test_linear_backward_shapes(learner, rng):
    """`linear_backward` must return dx (B, D), dW (M, D), db (M,), in this order."""
    result = learner.linear_backward(*layer(rng, 7, 2, 4))
    expect_parts(result, 3, "It must return three arrays.")
    for value, shape, name in zip(result, [(7, 4), (2, 4), (2,)], ["`dx`", "`dW`", "`db`"], strict=True):
        expect_array(value, shape, name)


@exercise("linear_backward", weight=3)
def test_linear_backward_dW(learner, reference, rng):
    """dW[j, k] collects dout[i, j] * x[i, k] over all examples i, and nothing is divided."""
    agree(learner, reference, "linear_backward", layers(rng), part=1)


@exercise("linear_backward", weight=2)
def test_linear_backward_dx(learner, reference, rng):
    """dx[i, k] collects dout[i, j] * W[j, k] over all units j."""
    agree(learner, reference, "linear_backward", layers(rng), part=0)


@exercise("linear_backward", weight=2)
def test_linear_backward_db(learner, reference, rng):
    """db[j] is the sum of dout[i, j] over all examples i."""
    agree(learner, reference, "linear_backward", layers(rng), part=2)


@exercise("linear_backward", weight=2)
def test_linear_backward_gives_slopes(learner, rng):
    """Pushed by any dout, the three results must be the slopes of sum(dout * (x @ W.T + b))."""
    dout, x, W = layer(rng, 3, 2, 4)
    dx, dW, db = learner.linear_backward(dout, x, W)
    expect_close(dx, numerical_gradient(lambda v: np.sum(dout * (v @ W.T)), x), rtol=1e-5, atol=1e-8)
    expect_close(dW, numerical_gradient(lambda v: np.sum(dout * (x @ v.T)), W), rtol=1e-5, atol=1e-8)
    expect_close(db, numerical_gradient(lambda v: np.sum(dout * v), np.zeros(2)), rtol=1e-5, atol=1e-8)


@exercise("linear_backward", weight=1)
def test_linear_backward_of_one_active_example(learner, rng):
    """If only one example has a gradient, dW is its outer product, db its dout, and all other rows of dx are 0."""
    dout, x, W = layer(rng, 5, 3, 2)
    i = int(rng.integers(5))
    dout[np.arange(5) != i] = 0
    dx, dW, db = learner.linear_backward(dout, x, W)
    expect_close((dW, db), (np.outer(dout[i], x[i]), dout[i]))
    expect_close(dx, dout @ W)


@exercise("linear_backward", weight=2)
def test_linear_backward_of_square_layers_and_single_examples(learner, reference, rng):
    """A square layer, one example, one unit, one feature, batch size equal to either: the same rule holds where shapes cannot warn you."""
    sizes = ((6, 3, 3), (4, 4, 4), (1, 3, 2), (4, 1, 3), (5, 2, 1), (1, 1, 1), (3, 3, 2), (2, 3, 2))
    agree(learner, reference, "linear_backward", [layer(rng, *s) for s in sizes])


misconception_by_edit(
    "linear_backward",
    "transposes_dW",
    old="dout.T @ x",
    new="x.T @ dout",
    message="dW is transposed: (D, M) instead of (M, D). The order of lesson 06 belongs to its layout of W.",
    source="facts: x.T @ d, the transposed gradient",
)

misconception_by_edit(
    "linear_backward",
    "averages_dW_and_db",
    old="dW = dout.T @ x\n    db = dout.sum(axis=0)",
    new="dW = dout.T @ x / len(x)\n    db = dout.mean(axis=0)",
    message="You divide by the number of examples. Here they are added up; a mean would have brought its 1/B along in dout.",
    source="facts: mean over the batch instead of the sum, off by B",
)

misconception_by_edit(
    "linear_backward",
    "averages_dW",
    old="dout.T @ x",
    new="dout.T @ x / len(x)",
    message="dW is divided by the number of examples. They are added up; a mean would have brought its 1/B along in dout.",
    source="facts: mean over the batch instead of the sum, off by B",
)

misconception_by_edit(
    "linear_backward",
    "averages_db",
    old="dout.sum(axis=0)",
    new="dout.mean(axis=0)",
    message="db is a mean over the examples. Add them up, as the product does for dW.",
    source="1/B applied to the bias only",
)

misconception_by_edit(
    "linear_backward",
    "keeps_db_per_example",
    old="dout.sum(axis=0)",
    new="dout.copy()",
    message="db still has a row per example, (B, M). The bias is shared by all of them: add them up.",
    source="facts: db kept as (B, M)",
)

misconception_by_edit(
    "linear_backward",
    "keeps_the_dimension",
    old="dout.sum(axis=0)",
    new="dout.sum(axis=0, keepdims=True)",
    message="db has the shape (1, M). The bias is (M,): sum without keepdims.",
    source="the third trap of lesson 06",
)

misconception_by_edit(
    "linear_backward",
    "sums_db_over_units",
    old="dout.sum(axis=0)",
    new="dout.sum(axis=1)",
    message="db has one entry per example: you summed over the units. Sum over the examples, axis 0.",
    source="axis mistakes in learners' public repositories",
)

misconception_by_edit(
    "linear_backward",
    "sums_db_over_everything",
    old="dout.sum(axis=0)",
    new="dout.sum()",
    message="db is one number: you summed over units as well. Each unit has a bias of its own, so sum over axis 0 only.",
    source="axis mistakes in learners' public repositories",
)

misconception_by_edit(
    "linear_backward",
    "returns_the_weights_first",
    old="db = dout.sum(axis=0)",
    new="dx, dW, db = dW, dout.sum(axis=0), dx",
    message="The order is not the one asked for: dx first, then dW, then db.",
    source="the order dW, db, dx of other texts",
)

misconception_by_edit(
    "linear_backward",
    "forgets_dout_in_dx",
    old="dx = dout @ W",
    new="dx = np.ones_like(dout) @ W",
    message="dx does not depend on dout: it is the derivative of the layer alone. The chain rule multiplies it by what comes back.",
    source="the chain cut behind the last link",
)

misconception_by_edit(
    "linear_backward",
    "looks_at_the_first_example_only",
    old="dout.T @ x",
    new="np.outer(dout[0], x[0])",
    message="dW is the outer product of the first example alone. Every example of the batch adds one.",
    source="the formula of a single example carried over to a batch",
)

misconception_by_edit(
    "linear_backward",
    "multiplies_the_sums",
    old="dout.T @ x",
    new="np.outer(dout.sum(axis=0), x.sum(axis=0))",
    message="You add up over the batch first and multiply afterwards. Each example has its own product: multiply first, then add.",
    source="sum and product swapped",
)


# --- encoder_gradients ----------------------------------------------------------------------------------------------


def encoder(rng, B=4, M=2, D=3):
    """Parameters in general position and a batch of features."""
    shapes = {"W_mu": (M, D), "b_mu": (M,), "W_logvar": (M, D), "b_logvar": (M,)}
    return {name: 0.7 * rng.normal(size=shape) for name, shape in shapes.items()}, rng.normal(size=(B, D))


def encoders(rng):
    return [encoder(rng, *sizes) for sizes in ((4, 2, 3), (3, 5, 2), (6, 3, 4))]


@exercise("encoder_gradients", weight=0)
def test_encoder_returns_kl_grads_dx(learner, rng):
    """`encoder_gradients` must return kl (a number), grads (a dict with the keys and shapes of params) and dx (B, D)."""
    params, x = encoder(rng)
    result = learner.encoder_gradients(params, x)
    expect_parts(result, 3, "It must return three values: kl, grads, dx.")
    expect_array(result[0], (), "`kl`")
    expect(
        isinstance(result[1], dict) and set(result[1]) == set(params),
        "grads needs exactly the keys of params.",
    )
    for name, value in params.items():
        expect_array(result[1][name], value.shape, f'`grads["{name}"]`')
    expect_array(result[2], x.shape, "`dx`")


@exercise("encoder_gradients", weight=2)
def test_encoder_kl(learner, reference, rng):
    """kl is the divergence of mu = x @ W_mu.T + b_mu and logvar = x @ W_logvar.T + b_logvar, summed over the batch."""
    agree(learner, reference, "encoder_gradients", encoders(rng), part=0)


@exercise("encoder_gradients", weight=3)
def test_encoder_grads(learner, reference, rng):
    """Each entry of grads must be the gradient of kl for the parameter of the same name."""
    agree(learner, reference, "encoder_gradients", encoders(rng), part=1, rtol=1e-5)


@exercise("encoder_gradients", weight=3)
def test_encoder_dx(learner, reference, rng):
    """dx must hold what comes back to x from both layers, added up."""
    agree(learner, reference, "encoder_gradients", encoders(rng), part=2, rtol=1e-5)


@exercise("encoder_gradients", weight=2)
def test_encoder_gradients_are_the_slopes_of_its_kl(learner, rng):
    """grads and dx must be the slopes of the kl that the same function returns."""
    params, x = encoder(rng, 2, 2, 3)
    _, grads, dx = learner.encoder_gradients(params, x)
    places, expected, h = [], [], 1e-5
    for name in (*params, "x"):
        value = x if name == "x" else params[name]
        for index in np.ndindex(value.shape):
            for step in (h, -h):
                moved = value.copy()
                moved[index] += step
                places.append((params, moved) if name == "x" else (params | {name: moved}, x))
        expected.append((grads | {"x": dx})[name])
    kls = np.array(
        [float(expect_array(result[0], (), "`kl`")) for result in learner.map("encoder_gradients", places)]
    )
    expect(np.ptp(kls) > 1e-6, "kl must change when a parameter does.")
    slopes = (kls[0::2] - kls[1::2]) / (2 * h)
    expect_close(np.concatenate([np.ravel(value) for value in expected]), slopes, rtol=1e-5, atol=1e-8)


@exercise("encoder_gradients", weight=1)
def test_encoder_at_the_edges(learner, reference, rng):
    """One example, a square layer, one unit, one feature: the same rule holds."""
    cases = [encoder(rng, *s) for s in ((1, 2, 3), (5, 3, 3), (4, 1, 3), (3, 2, 1), (3, 3, 3))]
    agree(learner, reference, "encoder_gradients", cases, rtol=1e-5)


misconception_by_edit(
    "encoder_gradients",
    "swaps_the_layers",
    old="dmu, dlogvar = kl_gradients(mu, logvar)",
    new="dlogvar, dmu = kl_gradients(mu, logvar)",
    message="The two gradients are swapped: dmu belongs to the layer of the means, dlogvar to the other one.",
    source="document 000: logvar taken for the output of fc21, which in PyTorch's example gives mu",
)

misconception_by_edit(
    "encoder_gradients",
    "swaps_the_parameters",
    old='{"W_mu": dW_mu, "b_mu": db_mu, "W_logvar": dW_logvar, "b_logvar": db_logvar}',
    new='{"W_mu": dW_logvar, "b_mu": db_logvar, "W_logvar": dW_mu, "b_logvar": db_mu}',
    message="The entries of grads are swapped: those of one layer stand under the names of the other.",
    source="document 000: fc21 and fc22 mixed up",
)

misconception_by_edit(
    "encoder_gradients",
    "swaps_mu_and_logvar_in_the_forward_pass",
    old="kl = kl_divergence(mu, logvar)",
    new="mu, logvar = logvar, mu\n    kl = kl_divergence(mu, logvar)",
    message="mu and logvar are swapped in the forward pass: the first layer gives the means.",
    source="document 000: fc21 and fc22 mixed up",
)

misconception_by_edit(
    "encoder_gradients",
    "forgets_the_layer_of_the_means_in_dx",
    old="dx = dx_mu + dx_logvar",
    new="dx = dx_logvar",
    message="dx holds only what comes from the layer of the log-variances. x feeds both layers: add both.",
    source="the second use of a shared input forgotten, a classic of back-propagation by hand",
)

misconception_by_edit(
    "encoder_gradients",
    "forgets_the_layer_of_the_log_variances_in_dx",
    old="dx = dx_mu + dx_logvar",
    new="dx = dx_mu",
    message="dx holds only what comes from the layer of the means. x feeds both layers: add both.",
    source="the second use of a shared input forgotten, a classic of back-propagation by hand",
)

misconception_by_edit(
    "encoder_gradients",
    "averages_dx",
    old="dx = dx_mu + dx_logvar",
    new="dx = (dx_mu + dx_logvar) / 2",
    message="dx is the mean of the two contributions. Effects on the same loss add up; nothing is halved.",
    source="two paths averaged instead of added",
)

misconception_by_edit(
    "encoder_gradients",
    "uses_the_weights_of_one_layer_twice",
    old="linear_backward(dlogvar, x, W_logvar)",
    new="linear_backward(dlogvar, x, W_mu)",
    message="Both layers go back through W_mu. The log-variances have weights of their own.",
    source="a line copied and half changed",
)

misconception_by_edit(
    "encoder_gradients",
    "leaves_the_biases_out",
    old="mu = x @ W_mu.T + b_mu  # (B, M)\n    logvar = x @ W_logvar.T + b_logvar  # (B, M)",
    new="mu = x @ W_mu.T\n    logvar = x @ W_logvar.T",
    message="The biases are not in the forward pass: add b_mu and b_logvar.",
    source="bias forgotten; invisible while biases are 0, as at the start of training",
)

misconception_by_edit(
    "encoder_gradients",
    "goes_back_with_mu_for_both",
    old="linear_backward(dlogvar, x, W_logvar)",
    new="linear_backward(dmu, x, W_logvar)",
    message="dmu goes back through both layers. Through the second one it must be dlogvar.",
    source="facts: outer(mu, x) belongs to fc21 only",
)

misconception_by_edit(
    "encoder_gradients",
    "averages_over_the_batch",
    old="kl = kl_divergence(mu, logvar)",
    new="kl = kl_divergence(mu, logvar) / len(x)",
    message="Your kl is a mean over the examples, while the gradients belong to the sum. Here kl is the sum.",
    source="facts: mean over the batch instead of the sum, off by B",
)

misconception_by_edit(
    "encoder_gradients",
    "averages_everything_over_the_batch",
    old="dx = dx_mu + dx_logvar",
    new="dx = (dx_mu + dx_logvar) / len(x)\n    kl, grads = kl / len(x), {name: value / len(x) for name, value in grads.items()}",
    message="Everything is divided by the number of examples: this is the mean over the batch. Here kl is the sum.",
    source="facts: mean over the batch instead of the sum, off by B",
)


# --- diagnose -------------------------------------------------------------------------------------------------------

VERDICTS = ("right", "sign", "scale", "transposed", "missing", "shape")


@exercise("diagnose", weight=0)
def test_diagnose_returns_five_verdicts(learner):
    """`diagnose` must return five verdicts, each one of "right", "sign", "scale", "transposed", "missing", "shape"."""
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
    test_diagnose_a="The verdict on candidate A is not right: divide it by the measured slope, entry by entry, and look at the quotients.",
    test_diagnose_b="The verdict on candidate B is not right: trust the gradient check, not the look of the code.",
    test_diagnose_c="The verdict on candidate C is not right: compare its transpose with the measured slope as well.",
    test_diagnose_d="The verdict on candidate D is not right: subtract the measured slope from it. Does the difference depend on logvar?",
    test_diagnose_e="The verdict on candidate E is not right: print its shape.",
)


RIGHT = '("scale", "right", "transposed", "missing", "shape")'
DIAGNOSES = [
    (("right", "right", "right", "right", "right"), "believes_what_runs", "'it runs, so it is right'",
     "All five programs run and all five go down at first, and still only one is right. Compare each with the numerical gradient."),
    (("right", "right", "transposed", "missing", "shape"), "forgives_a_scale", "a wrong length called a matter of the learning rate",
     "Candidate A points the right way with the wrong length. Here KL is a sum over the examples, and A divides by their number."),
    (("right", "right", "transposed", "right", "shape"), "trusts_the_curves", "measured: A, B and D keep falling",
     "You called right what keeps falling. Two of these three have an error that the curve does not show."),
    (("scale", "right", "transposed", "right", "shape"), "trusts_the_fastest_curves", "measured: B and D fall almost together",
     "D falls almost like B, but one term of the derivative is missing: it keeps lowering logvar where the slope is 0."),
    (("scale", "missing", "transposed", "missing", "shape"), "misses_the_one_in_expm1", "np.expm1 read as np.exp",
     "B is complete: np.expm1(v) is exp(v) - 1, and einsum writes the same sum over the examples."),
    (("scale", "transposed", "right", "missing", "shape"), "takes_the_layout_of_lesson_06", "x.T @ dout, right for W of shape (D, K)",
     "x.T @ dout was right in lesson 06, where W was (D, K). Here W is (M, D), and a square layer hides the difference."),
    (("scale", "right", "transposed", "scale", "shape"), "takes_a_missing_term_for_a_scale", "a wrong number, called a factor",
     "D is not a multiple of the slope: print the quotients, they differ from entry to entry."),
    (("scale", "right", "transposed", "sign", "shape"), "takes_a_missing_term_for_a_sign", "some entries have the other sign",
     "Some entries of D have the other sign, but not all, and the sizes differ as well: something else is wrong with it."),
    (("scale", "right", "transposed", "missing", "missing"), "overlooks_the_shape", "broadcasting hides it",
     "E gives 5 numbers for 25 weights; the update broadcasts them in silence. Print the shapes first."),
    (("scale", "right", "transposed", "missing", "right"), "forgives_a_broadcast", "document 000: 'does x just broadcast?'",
     "E is the question's own expression: 5 numbers for 25 weights, broadcast over all rows. That is no gradient of W."),
    (("scale", "right", "shape", "missing", "shape"), "calls_a_transpose_a_shape", "x.T @ dout has another shape in other layers",
     "In another layer C would have the wrong shape, but this one is square: C has 25 entries, in the wrong places."),
]  # fmt: skip
for verdicts, idea, origin, words in DIAGNOSES:
    misconception_by_edit("diagnose", idea, old=RIGHT, new=repr(verdicts), message=words, source=origin)
