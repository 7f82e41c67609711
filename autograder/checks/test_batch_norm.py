"""Hidden checks of 20_batch_norm."""

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
    misconception_by_edit,
    misconceptions_by_edit,
    numerical_gradient,
)

NEEDS = {
    "batchnorm_forward": ["normalise_batch"],
    "batchnorm_backward": ["batchnorm_forward"],
    "batchnorm_backward_alt": ["batchnorm_forward"],
}
OPAQUE = {"batchnorm_forward": [1]}
CHANGES_ARGUMENTS = {"batchnorm_forward"}  # the running values are written back into bn_param


def batch(rng, N, D):
    """Features at different places and of different widths."""
    return rng.normal(scale=5, size=D) + rng.uniform(0.3, 4, size=D) * rng.normal(size=(N, D))


def scale_and_shift(rng, D):
    return rng.normal(size=D) + np.where(rng.random(D) < 0.5, 2.0, -2.0), rng.normal(scale=3, size=D)


def parts(value, *shapes_and_names):
    expect_parts(
        value,
        len(shapes_and_names),
        f"Return {len(shapes_and_names)} things: {', '.join(name for _, name in shapes_and_names)}.",
    )
    return [expect_array(v, shape, name) for v, (shape, name) in zip(value, shapes_and_names)]


# --- normalise_batch ------------------------------------------------------------------------------------------------


@exercise("normalise_batch", weight=0)
def test_normalised_shapes(learner, rng):
    """`normalise_batch` must return x_hat, (N, D), and a mean and a variance for each feature, (D,)."""
    parts(learner.normalise_batch(batch(rng, 7, 3), 1e-5), ((7, 3), "x_hat"), ((3,), "mean"), ((3,), "var"))


@exercise("normalise_batch", weight=4)
def test_normalised_values(learner, reference, rng):
    """Mean and variance are taken over the examples, feature by feature, and the variance is divided by N."""
    cases = [(batch(rng, N, D), 1e-5) for N, D in ((9, 4), (3, 6), (5, 5))]
    agree(learner, reference, "normalise_batch", cases, part=tuple)


@exercise("normalise_batch", weight=2)
def test_normalised_with_any_eps(learner, reference, rng):
    """eps is added to the variance inside the root, and is not part of the variance that is returned."""
    cases = [(batch(rng, 8, 3), eps) for eps in (1e-8, 1e-3, 0.5, 4.0)]
    agree(learner, reference, "normalise_batch", cases, part=tuple)


@exercise("normalise_batch", weight=1)
def test_normalised_at_the_edges(learner, reference, rng):
    """A feature that does not vary, a batch of one, a single feature: no nan, the same rule."""
    flat = batch(rng, 6, 3)
    flat[:, 1] = 2.5
    for x in (flat, batch(rng, 1, 4), batch(rng, 5, 1)):
        expect_close(tuple(learner.normalise_batch(x, 1e-5)), reference.normalise_batch(x, 1e-5))


MEAN, VAR, HAT = (
    "    mean = x.mean(axis=0)",
    "    var = (centred**2).mean(axis=0)",
    "    x_hat = centred / np.sqrt(var + eps)",
)
misconceptions_by_edit("normalise_batch",
    ("takes_the_statistics_over_everything", MEAN + "\n    centred = x - mean\n" + VAR, "    mean = np.full(x.shape[1], x.mean())\n    centred = x - mean\n    var = np.full(x.shape[1], (centred**2).mean())",
     "You take one mean and one variance for the whole batch. Every feature has its own: axis 0.", "axis mistakes in learners' public repositories"),
    ("divides_by_n_minus_1", VAR, "    var = (centred**2).sum(axis=0) / max(1, len(x) - 1)",
     "You divide the variance by N − 1. Inside batch normalisation it is divided by N.", "facts T14: ddof=1, z_hat off by sqrt(2/3) at N = 3"),
    ("puts_eps_outside", HAT, "    x_hat = centred / (np.sqrt(var) + eps)",
     "Your eps is outside of the root. It is added to the variance, before the root.", "facts T14: eps outside the root"),
    ("divides_by_the_variance", HAT, "    x_hat = centred / (var + eps)",
     "You divide by the variance. Divide by its root, so that the result has variance 1.", "published error: no root"),
    ("does_not_centre", HAT, "    x_hat = x / np.sqrt(var + eps)",
     "You divide, but do not subtract the mean first.", "reasoned: half of a standardisation"),
    ("returns_the_deviation", HAT, HAT + "\n    var = np.sqrt(var)",
     "You return the standard deviation in the place of the variance.", "reasoned: sigma and its square"),
    ("returns_the_variance_with_eps", HAT, HAT + "\n    var = var + eps",
     "The variance that you return contains eps. It belongs into the root only.", "reasoned: eps added once too early"),
    ("sums_instead_of_a_mean", VAR, "    var = (centred**2).sum(axis=0)",
     "Your variance is a sum of squares. Divide by N.", "facts T14: sum for mean"),
    ("root_of_one_square", HAT, "    x_hat = centred / np.sqrt(centred**2 + eps)",
     "You divide each value by its own distance from the mean: a root of one square is an absolute value. The mean of the squares belongs under the root.", "document 002: sigma without a sum; everything becomes √3 there"),
)  # fmt: skip


# --- batchnorm_forward ----------------------------------------------------------------------------------------------


def parameters(rng, D, mode, **more):
    """A bn_param with running values from before."""
    running = {"running_mean": rng.normal(scale=3, size=D), "running_var": rng.uniform(0.2, 5, size=D)}
    return {"mode": mode, **running, **more}


def forward(learner, x, gamma, beta, bn_param):
    """The learner's out, and bn_param as the call leaves it."""
    result, after = learner.after("batchnorm_forward", x, gamma, beta, bn_param)
    expect_parts(result, 2, "Return two things: out, cache.")
    return expect_array(result[0], x.shape, "out"), after[3]


@exercise("batchnorm_forward", weight=0)
def test_forward_shapes(learner, rng):
    """`batchnorm_forward` must return out, with the shape of x, and a cache."""
    forward(learner, batch(rng, 7, 3), *scale_and_shift(rng, 3), {"mode": "train"})


@exercise("batchnorm_forward", weight=4)
def test_forward_in_training(learner, reference, rng):
    """In mode "train" the batch's own statistics normalise it; gamma scales and beta shifts each feature."""
    for N, D, more in ((9, 4, {}), (3, 6, {"eps": 0.3}), (8, 3, {"momentum": 0.5}), (6, 2, {"eps": 1e-8})):
        x, (gamma, beta), bn = batch(rng, N, D), scale_and_shift(rng, D), parameters(rng, D, "train", **more)
        out, _ = forward(learner, x, gamma, beta, bn)
        expect_close(out, reference.batchnorm_forward(x, gamma, beta, dict(bn))[0])


@exercise("batchnorm_forward", weight=3)
def test_forward_keeps_running_values(learner, reference, rng):
    """In mode "train" the new running mean and variance, with momentum on the old value, are written back into bn_param."""
    for momentum in (0.9, 0.25, 0.0, 1.0):
        x, (gamma, beta), bn = (
            batch(rng, 5, 3),
            scale_and_shift(rng, 3),
            parameters(rng, 3, "train", momentum=momentum),
        )
        expected = dict(bn)
        reference.batchnorm_forward(x, gamma, beta, expected)
        _, found = forward(learner, x, gamma, beta, bn)
        for name in ("running_mean", "running_var"):
            expect_close(found[name], expected[name], message=f'Look at bn_param["{name}"].')


@exercise("batchnorm_forward", weight=3)
def test_forward_in_testing(learner, reference, rng):
    """In mode "test" the running values normalise, whatever the batch is, and stay as they are."""
    for N, D, more in ((4, 2, {"eps": 0.7}), (6, 4, {}), (1, 3, {}), (5, 3, {"momentum": 0.1})):
        x, (gamma, beta), bn = batch(rng, N, D), scale_and_shift(rng, D), parameters(rng, D, "test", **more)
        out, found = forward(learner, x, gamma, beta, bn)
        expect_close(out, reference.batchnorm_forward(x, gamma, beta, dict(bn))[0])
        expect_close([found["running_mean"], found["running_var"]], [bn["running_mean"], bn["running_var"]])


@exercise("batchnorm_forward", weight=2)
def test_forward_without_running_values(learner, reference, rng):
    """Where nothing is said, eps is 1e-5, momentum 0.9, and the running values start at mean 0 and variance 1."""
    x, (gamma, beta) = batch(rng, 6, 3), scale_and_shift(rng, 3)
    expected = {"mode": "train"}
    out = reference.batchnorm_forward(x, gamma, beta, expected)[0]
    mine, found = forward(learner, x, gamma, beta, {"mode": "train"})
    expect_close(mine, out)
    expect(
        "running_mean" in found and "running_var" in found,
        "The running values are not written into bn_param.",
    )
    expect_close(
        [found["running_mean"], found["running_var"]], [expected["running_mean"], expected["running_var"]]
    )
    tested, _ = forward(learner, x, gamma, beta, {"mode": "test"})
    expect_close(tested, reference.batchnorm_forward(x, gamma, beta, {"mode": "test"})[0])


@exercise("batchnorm_forward", weight=1)
def test_forward_refuses_another_mode(learner, rng):
    """A mode that is neither "train" nor "test" must raise a ValueError."""
    with expect_raises(ValueError):
        learner.batchnorm_forward(batch(rng, 4, 2), np.ones(2), np.zeros(2), {"mode": "eval"})


LEARNERS = "read in learners' public solutions of CS231n: "
RUN_MEAN = '        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean'
RUN_VAR = '        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var'
OUT = "    out = gamma * x_hat + beta"
TEST = "        x_hat = (x - running_mean) / np.sqrt(running_var + eps)"
misconceptions_by_edit("batchnorm_forward",
    ("momentum_on_the_new", RUN_MEAN + "\n" + RUN_VAR, RUN_MEAN.replace("momentum * running_mean + (1 - momentum) * mean", "(1 - momentum) * running_mean + momentum * mean") + "\n" + RUN_VAR.replace("momentum * running_var + (1 - momentum) * var", "(1 - momentum) * running_var + momentum * var"),
     "Your momentum stands before the new value, as in PyTorch. Here it is the share of the old one.", "facts T14: momentum reversed"),
    ("running_variance_is_unbiased", RUN_VAR, RUN_VAR.replace("* var", "* var * len(x) / max(1, len(x) - 1)"),
     "You put the variance with N − 1 into the running average. That is PyTorch's way; here it is the one with N.", "facts T14: the two conventions"),
    ("normalises_with_the_running_values", RUN_VAR, RUN_VAR + '\n        x_hat = (x - bn_param["running_mean"]) / np.sqrt(bn_param["running_var"] + eps)',
     "In mode train you normalise with the running values. They are only kept there; the batch's own statistics normalise.", "facts T14: running stats used in training"),
    ("tests_with_the_batch", TEST, "        x_hat, _, _ = normalise_batch(x, eps)",
     "In mode test you normalise with the batch. Use the running values, or a single example becomes all zeros.", "facts T14: batch of one"),
    ("forgets_beta", OUT, "    out = gamma * x_hat",
     "beta is missing: scale *and* shift.", "reasoned"),
    ("keeps_nothing", RUN_MEAN + "\n" + RUN_VAR, "        pass",
     "The running values are not written back into bn_param.", "reasoned: local variables that nobody sees"),
    ("forgets_eps_when_testing", TEST, "        x_hat = (x - running_mean) / np.sqrt(running_var)",
     "In mode test eps is missing: it is added to the running variance as well.", "facts T14: start var 0 gives 5 → 1,581 only with eps"),
    ("updates_when_testing", TEST, TEST + '\n        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * x.mean(axis=0)\n        bn_param["running_var"] = momentum * running_var + (1 - momentum) * x.var(axis=0)',
     "You update the running values in mode test. A test must leave no trace.", "published error: statistics that learn from the test set"),
    ("divides_by_the_running_variance", TEST, "        x_hat = (x - running_mean) / (running_var + eps)",
     "In mode test you divide by the running variance. Divide by its root.", "published error: no root"),
    ("eps_outside_in_both_modes", OUT, '    x_hat = (x - mean) / (np.sqrt(var) + eps) if bn_param["mode"] == "train" else (x - running_mean) / (np.sqrt(running_var) + eps)\n    out = gamma * x_hat + beta',
     "Your eps is outside of the root, in both modes. It is added to the variance, inside.", LEARNERS + "eps beside the root"),
    ("eps_outside_when_testing", TEST, "        x_hat = (x - running_mean) / (np.sqrt(running_var) + eps)",
     "In mode test your eps is outside of the root. It is added to the running variance, inside.", LEARNERS + "eps inside in one mode, outside in the other"),
    ("eps_outside_when_training", RUN_MEAN, RUN_MEAN + "\n        x_hat = (x - mean) / (np.sqrt(var) + eps)",
     "In mode train your eps is outside of the root. It is added to the variance, inside.", LEARNERS + "eps beside the root"),
    ("forgets_eps_when_training", RUN_MEAN, RUN_MEAN + "\n        x_hat = (x - mean) / np.sqrt(var)",
     "In mode train eps is missing, or far below the 1e-5 that counts where nothing is said. Without it a feature that does not vary is 0 / 0.", LEARNERS + "no eps in one mode"),
    ("forgets_eps_everywhere", OUT, '    x_hat = (x - mean) / np.sqrt(var) if bn_param["mode"] == "train" else (x - running_mean) / np.sqrt(running_var)\n    out = gamma * x_hat + beta',
     "In both modes eps is missing, or far below the 1e-5 that counts where nothing is said. It is added to the variance, inside the root.", LEARNERS + "no eps at all"),
    ("subtracts_eps", OUT, '    x_hat = (x - mean) / np.sqrt(var - eps) if bn_param["mode"] == "train" else (x - running_mean) / np.sqrt(running_var - eps)\n    out = gamma * x_hat + beta',
     "You subtract eps. It is added, so that the root is never 0.", LEARNERS + "a sign lost"),
    ("eps_in_the_running_variance", RUN_VAR, RUN_VAR.replace("* var", "* (var + eps)"),
     "The variance that goes into the running average has eps in it already, and in mode test it is added again. Keep the batch's variance without eps.", LEARNERS + "var = x.var(axis=0) + eps"),
    ("averages_the_deviation", RUN_VAR, RUN_VAR.replace("* var", "* np.sqrt(var)"),
     "You put the standard deviation into the running variance. Average the variance; the root is taken when it is used.", LEARNERS + "a deviation kept as running variance"),
    ("averages_the_deviation_with_eps", RUN_VAR, RUN_VAR.replace("* var", "* np.sqrt(var + eps)"),
     "You put the standard deviation, with eps, into the running variance. Average the variance itself; root and eps come when it is used.", LEARNERS + "a deviation kept as running variance"),
    ("keeps_rows_of_statistics", RUN_MEAN + "\n" + RUN_VAR, RUN_MEAN.replace("* mean", "* mean[None]") + "\n" + RUN_VAR.replace("* var", "* var[None]"),
     "Your running values have the shape (1, D). They are one number per feature, (D,): take mean and variance without keepdims.", LEARNERS + "keepdims=True"),
    ("starts_the_variance_at_zero", RUN_VAR, '        running_var = bn_param.get("running_var", np.zeros(D))\n' + RUN_VAR,
     "Where nothing is said your running variance starts at 0. It starts at 1, as if the features came in normalised.", LEARNERS + "the course's start, in mode train"),
    ("keeps_the_values_to_itself", RUN_MEAN + "\n" + RUN_VAR, "        running_mean = momentum * running_mean + (1 - momentum) * mean\n        running_var = momentum * running_var + (1 - momentum) * var\n        bn_param['running_mean'], bn_param['running_var'] = mean, var",
     "You write the batch's own statistics into bn_param. Write the running averages, with the old value's share.", "reasoned: the averages computed in vain"),
    ("gamma_scales_the_shift_too", OUT, "    out = gamma * (x_hat + beta)",
     "gamma multiplies beta as well. Scale first, then shift.", "reasoned: a bracket"),
)  # fmt: skip


# --- the two backward passes ----------------------------------------------------------------------------------------


def backward_case(rng, N, D, **more):
    gamma, beta = scale_and_shift(rng, D)
    return batch(rng, N, D), gamma, beta, {"mode": "train", **more}, rng.normal(size=(N, D))


def backward(learner, name, x, gamma, beta, bn_param, dout):
    """dx, dgamma, dbeta of the learner's own forward pass."""
    cache = learner.batchnorm_forward(x, gamma, beta, dict(bn_param))[1]
    D = x.shape[1]
    value = getattr(learner, name)(dout, cache)
    return parts(value, (x.shape, "dx"), ((D,), "dgamma"), ((D,), "dbeta"))


def check_backward(name):
    """The checks of one backward pass; both exercises ask for the same gradient."""

    @exercise(name, weight=0)
    def shapes(learner, rng):
        backward(learner, name, *backward_case(rng, 7, 3))

    shapes.__doc__ = f"`{name}` must return dx, (N, D), and dgamma and dbeta, (D,)."

    @exercise(name, weight=3)
    def of_gamma_and_beta(learner, rng):
        """dbeta is dout summed over the batch; dgamma the same after multiplying by the *normalised* values."""
        for N, D, more in ((9, 4, {}), (3, 6, {"eps": 0.4}), (6, 2, {"momentum": 0.3})):
            x, gamma, beta, bn, dout = backward_case(rng, N, D, **more)
            _, dgamma, dbeta = backward(learner, name, x, gamma, beta, bn, dout)
            x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + bn.get("eps", 1e-5))
            expect_close([dgamma, dbeta], [(dout * x_hat).sum(axis=0), dout.sum(axis=0)])

    @exercise(name, weight=5)
    def of_x(learner, reference, rng):
        """dx must be the slope of the loss, measured with central differences: mean and variance depend on x as well."""
        for N, D, more in ((6, 3, {}), (3, 5, {"eps": 0.4}), (8, 2, {"eps": 2.0})):
            x, gamma, beta, bn, dout = backward_case(rng, N, D, **more)
            dx, _, _ = backward(learner, name, x, gamma, beta, bn, dout)

            def loss(v, gamma=gamma, beta=beta, bn=bn, dout=dout):
                return np.sum(reference.batchnorm_forward(v, gamma, beta, dict(bn))[0] * dout)

            expect_close(dx, numerical_gradient(loss, x), rtol=1e-5, atol=1e-6)

    @exercise(name, weight=1)
    def columns(learner, rng):
        """Moving all examples of a feature together changes nothing, so each column of dx must sum to 0."""
        dx, _, _ = backward(learner, name, *backward_case(rng, 9, 4))
        expect(np.abs(dx).max() > 1e-4, "dx itself is not zero.")
        expect_close(dx.sum(axis=0), np.zeros(4), atol=1e-9)

    @exercise(name, weight=1)
    def edges(learner, reference, rng):
        """A batch of two, a feature that does not vary, a single feature: the same rule holds."""
        flat = backward_case(rng, 6, 3, eps=0.01)
        flat[0][:, 1] = 2.5
        for case in (backward_case(rng, 2, 4, eps=0.1), flat, backward_case(rng, 5, 1)):
            x, gamma, beta, bn, dout = case
            _, cache = reference.batchnorm_forward(x, gamma, beta, dict(bn))
            expected = reference.batchnorm_backward(dout, cache)
            expect_close(tuple(backward(learner, name, *case)), expected, rtol=1e-5, atol=1e-8)

    return shapes, of_gamma_and_beta, of_x, columns, edges


(
    test_backward_shapes,
    test_backward_of_gamma_and_beta,
    test_backward_of_x,
    test_backward_columns_of_dx,
    test_backward_at_the_edges,
) = check_backward("batchnorm_backward")
(
    test_alt_shapes,
    test_alt_of_gamma_and_beta,
    test_alt_of_x,
    test_alt_columns_of_dx,
    test_alt_at_the_edges,
) = check_backward("batchnorm_backward_alt")

misconceptions_by_edit("batchnorm_backward",
    ("statistics_are_constants", "    dcentred = dcentred + 2 / N * centred * dvar\n    dmean = -dcentred.sum(axis=0)\n    dx = dcentred + dmean / N", "    dx = dcentred",
     "You treat mean and variance as constants. Both were made from x, and their gradients flow back into dx.", "facts T14: error .55"),
    ("forgets_the_variance", "    dcentred = dcentred + 2 / N * centred * dvar\n", "",
     "The share of the variance is missing: `centred` is used twice, and its gradient is a sum of two.", "facts T14: error .27"),
    ("forgets_the_mean", "    dx = dcentred + dmean / N", "    dx = dcentred",
     "The share of the mean is missing: each example answers for it with 1/N.", "line 6 of the lesson's table left out"),
    ("mean_without_1_over_n", "    dx = dcentred + dmean / N", "    dx = dcentred + dmean",
     "The mean's gradient reaches every example with a share of 1/N. You add all of it to each.", "published error"),
    ("variance_without_the_2", "2 / N * centred * dvar", "1 / N * centred * dvar",
     "The derivative of a square has a 2: 2 · centred · dvar / N.", "published error"),
    ("variance_with_the_wrong_power", "(var + eps) ** -1.5", "(var + eps) ** -0.5",
     "The derivative of (v + eps)^(−1/2) has the power −3/2.", "published error"),
    ("variance_with_the_wrong_sign", "dvar = -0.5 *", "dvar = 0.5 *",
     "The derivative of (v + eps)^(−1/2) is negative.", "published error"),
    ("gamma_does_not_come_back", "    dx_hat = dout * gamma", "    dx_hat = dout",
     "gamma is missing on the way back: out = gamma · x_hat + beta.", "hidden where gamma is 1, as at the start of training"),
    ("dgamma_of_the_raw_values", "    dgamma = (dout * x_hat).sum(axis=0)", "    dgamma = (dout * x).sum(axis=0)",
     "dgamma multiplies by x. gamma stands before the *normalised* values.", "published error"),
    ("keeps_the_dimension", "    dbeta = dout.sum(axis=0)\n    dgamma = (dout * x_hat).sum(axis=0)", "    dbeta = dout.sum(axis=0, keepdims=True)\n    dgamma = (dout * x_hat).sum(axis=0, keepdims=True)",
     "Your dgamma and dbeta have the shape (1, D). A gradient has the shape of its parameter, (D,): sum without keepdims.", LEARNERS + "keepdims=True"),
    ("eps_outside_on_the_way_back", "    inv_std = (var + eps) ** -0.5", "    x_hat = centred / (np.sqrt(var) + eps)\n    inv_std = 1 / (np.sqrt(var) + eps)",
     "Your eps is outside of the root here. It stands inside, with the variance.", LEARNERS + "eps beside the root"),
    ("means_for_gamma_and_beta", "    dbeta = dout.sum(axis=0)\n    dgamma = (dout * x_hat).sum(axis=0)", "    dbeta = dout.mean(axis=0)\n    dgamma = (dout * x_hat).mean(axis=0)",
     "dgamma and dbeta are sums over the batch, not means: the 1/N of a mean loss is in dout already.", "a second 1/N"),
)  # fmt: skip

ALT = "    dx = gamma / np.sqrt(var + eps) * (dout - (dbeta + x_hat * dgamma) / len(x))"
for _name, _new, _message, _source in [
    ("alt_statistics_are_constants", "    dx = gamma / np.sqrt(var + eps) * dout",
     "You treat mean and variance as constants: take away the mean of dout and its part along x_hat.", "facts T14: error .55"),
    ("alt_forgets_the_variance", "    dx = gamma / np.sqrt(var + eps) * (dout - dbeta / len(x))",
     "The part along x_hat is missing; it comes from the variance.", "facts T14: error .27"),
    ("alt_forgets_the_mean", "    dx = gamma / np.sqrt(var + eps) * (dout - x_hat * dgamma / len(x))",
     "The mean of dout is not taken away; it comes from the mean.", "one of the two sums left out"),
    ("alt_without_1_over_n", "    dx = gamma / np.sqrt(var + eps) * (dout - dbeta - x_hat * dgamma)",
     "Both sums are divided by N.", "published error"),
    ("alt_forgets_gamma", "    dx = 1 / np.sqrt(var + eps) * (dout - (dbeta + x_hat * dgamma) / len(x))",
     "gamma is missing.", "hidden where gamma is 1"),
    ("alt_divides_by_the_variance", "    dx = gamma / (var + eps) * (dout - (dbeta + x_hat * dgamma) / len(x))",
     "You divide by the variance. Forward it was its root, and so it is backward.", "published error"),
    ("alt_forgets_eps", "    dx = gamma / np.sqrt(var + 1e-12) * (dout - (dbeta + x_hat * dgamma) / len(x))",
     "eps is missing in the root. With small variances that matters.", "facts T14: eps 1e-3 moves entries by .18"),
    ("alt_adds_the_sums", "    dx = gamma / np.sqrt(var + eps) * (dout + (dbeta + x_hat * dgamma) / len(x))",
     "The two sums are taken away, not added.", "sign"),
]:  # fmt: skip
    misconception_by_edit(
        "batchnorm_backward_alt", _name, old=ALT, new=_new, message=_message, source=_source
    )


# --- update_running and batchnorm_inference -------------------------------------------------------------------------


def running_case(rng, N, D, momentum):
    return rng.normal(scale=3, size=D), rng.uniform(0.2, 5, size=D), batch(rng, N, D), momentum


@exercise("update_running", weight=0)
def test_update_shapes(learner, rng):
    """`update_running` must return a running mean and a running variance, both (D,)."""
    value = learner.update_running(*running_case(rng, 6, 3, 0.1))
    parts(value, ((3,), "running_mean"), ((3,), "running_var"))


@exercise("update_running", weight=5)
def test_update_values(learner, reference, rng):
    """Momentum is the share of the new value, and the batch's variance is divided by N − 1."""
    cases = [running_case(rng, N, D, m) for N, D, m in ((6, 3, 0.1), (3, 5, 0.35), (9, 2, 0.9), (2, 4, 0.5))]
    agree(learner, reference, "update_running", cases, part=tuple)


@exercise("update_running", weight=1)
def test_update_at_the_edges(learner, reference, rng):
    """With momentum 0 nothing changes, with momentum 1 only the batch counts."""
    for momentum in (0.0, 1.0):
        case = running_case(rng, 5, 3, momentum)
        expect_close(tuple(learner.update_running(*case)), reference.update_running(*case))


U_MEAN = "    running_mean = (1 - momentum) * running_mean + momentum * mean"
U_VAR = "    running_var = (1 - momentum) * running_var + momentum * unbiased"
UNBIASED = "    unbiased = ((x - mean) ** 2).sum(axis=0) / (len(x) - 1)"
misconceptions_by_edit("update_running",
    ("update_momentum_on_the_old", U_MEAN + "\n" + U_VAR, "    running_mean = momentum * running_mean + (1 - momentum) * mean\n    running_var = momentum * running_var + (1 - momentum) * unbiased",
     "Your momentum stands before the old value, as in CS231n. In PyTorch it is the share of the new one.", "facts T14: momentum reversed"),
    ("update_with_the_biased_variance", UNBIASED, "    unbiased = x.var(axis=0)",
     "You divide the batch's variance by N. PyTorch puts the one with N − 1 into the running average.", "facts T14: biased var in the running one"),
    ("update_keeps_deviations", U_VAR, "    running_var = (1 - momentum) * running_var + momentum * np.sqrt(unbiased)",
     "You average standard deviations. It is the variance that is kept.", "reasoned: sigma and its square"),
    ("update_forgets_the_old", U_MEAN + "\n" + U_VAR, "    running_mean = momentum * mean\n    running_var = momentum * unbiased",
     "The old values are missing.", "reasoned"),
    ("update_adds_up", U_MEAN + "\n" + U_VAR, "    running_mean = running_mean + momentum * mean\n    running_var = running_var + momentum * unbiased",
     "You add to the old values without letting them shrink: (1 − momentum) times the old is missing.", "published error: statistics that grow without end"),
    ("update_measures_from_the_running_mean", UNBIASED, "    unbiased = ((x - running_mean) ** 2).sum(axis=0) / (len(x) - 1)",
     "The batch's variance is measured from the batch's own mean, not from the running one.", "reasoned"),
)  # fmt: skip


def fixed(rng, D):
    return *scale_and_shift(rng, D), rng.normal(scale=3, size=D), rng.uniform(0.2, 5, size=D)


@exercise("batchnorm_inference", weight=0)
def test_inference_shape(learner, rng):
    """`batchnorm_inference` must return an array with the shape of x."""
    expect_array(learner.batchnorm_inference(batch(rng, 5, 3), *fixed(rng, 3), 1e-5), (5, 3))


@exercise("batchnorm_inference", weight=4)
def test_inference_values(learner, reference, rng):
    """Subtract the running mean, divide by the root of running variance plus eps, then scale and shift."""
    cases = [
        (batch(rng, N, D), *fixed(rng, D), eps) for N, D, eps in ((6, 3, 1e-5), (4, 5, 0.5), (2, 2, 3.0))
    ]
    agree(learner, reference, "batchnorm_inference", cases)


@exercise("batchnorm_inference", weight=1)
def test_inference_example_by_example(learner, reference, rng):
    """One example alone gives what it gives in company; a running variance of 0 is no accident where eps is above 0."""
    settings = fixed(rng, 3)
    x = batch(rng, 4, 3)
    whole, alone = learner.map("batchnorm_inference", [(x, *settings, 1e-5), (x[2:3], *settings, 1e-5)])
    expect_close(alone, reference.batchnorm_inference(x[2:3], *settings, 1e-5))
    expect_close(np.asarray(whole)[2:3], alone)
    case = (x, *settings[:3], np.zeros(3), 0.01)
    expect_close(learner.batchnorm_inference(*case), reference.batchnorm_inference(*case))


INFERENCE = "    out = slope * x + (beta - slope * running_mean)"
misconceptions_by_edit("batchnorm_inference",
    ("infers_with_the_batch", INFERENCE, "    out = gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta",
     "You normalise with the batch. Here the running values are the statistics.", "facts T14: a batch of one becomes all zeros"),
    ("inference_eps_outside", "    slope = gamma / np.sqrt(running_var + eps)", "    slope = gamma / (np.sqrt(running_var) + eps)",
     "Your eps is outside of the root.", "facts T14: eps outside the root"),
    ("inference_without_root", "    slope = gamma / np.sqrt(running_var + eps)", "    slope = gamma / (running_var + eps)",
     "You divide by the variance. Divide by its root.", "published error"),
    ("inference_without_beta", INFERENCE, "    out = slope * (x - running_mean)",
     "beta is missing.", "reasoned"),
    ("inference_without_gamma", "    slope = gamma / np.sqrt(running_var + eps)", "    slope = 1 / np.sqrt(running_var + eps)",
     "gamma is missing.", "hidden where gamma is 1"),
    ("inference_scales_the_shift", INFERENCE, "    out = slope * (x - running_mean) + gamma * beta",
     "gamma multiplies beta as well. Scale first, then shift.", "reasoned: a bracket"),
)  # fmt: skip


# --- predict_the_outputs --------------------------------------------------------------------------------------------


def letters(value):
    return expect_words(
        value, 5, ("A", "B", "C"), "Return five letters in a tuple.", "Only A, B and C count."
    )


@exercise("predict_the_outputs", weight=0)
def test_prediction_is_five_letters(learner):
    """`predict_the_outputs` must return five capital letters, A, B or C."""
    letters(learner.predict_the_outputs())


declare_answer_checks(
    globals(),
    "predict_the_outputs",
    read=letters,
    test_prediction_1="Question 1: what cancels in the algebra of section 2, and what is left?",
    test_prediction_2="Question 2: `len(A)` is the length of which axis?",
    test_prediction_3="Question 3: what is the mean of a batch of one?",
    test_prediction_4="Question 4: what does a factor do to the distance from the mean, and to the root of the variance?",
    test_prediction_5="Question 5: what becomes of a constant that is added to every example?",
)

CHOICES = ("A", "B", "B", "A", "B")
for _name, _index, _letter, _message, _source in [
    ("features_count", 0, "B", "1: the number of features cancels; A − mu and its own absolute value carry the same factor.", "facts T14: A = 3 mu suggests that the 3 is the features'"),
    ("five_break_the_spell", 0, "C", "1: the algebra holds for any number of features.", "facts T14: sqrt(3) by algebra for any data"),
    ("three_is_a_constant", 1, "A", "2: √3 is the root of the number of samples.", "the asker's example has three of both"),
    ("eight_break_the_spell", 1, "C", "2: the algebra holds for any number of samples.", "facts T14: sqrt(3) by algebra for any data"),
    ("one_passes", 2, "A", "3: the batch's statistics are used in training, and a batch of one is its own mean.", "that is mode test with fresh running values"),
    ("one_is_nan", 2, "C", "3: the variance is 0, but eps keeps 0/0 away; 0 divided by a small number is 0.", "without eps it would be"),
    ("size_survives", 3, "B", "4: the root of the variance grows by the same factor and takes it away.", "what would hold without normalisation"),
    ("bias_is_beta", 4, "A", "5: b is added before the mean is taken away. beta comes after.", "reasoned"),
    ("bias_is_scaled_beta", 4, "C", "5: a constant that is added to every example is in the mean, and the mean is taken away.", "reasoned"),
]:  # fmt: skip
    _wrong = (*CHOICES[:_index], _letter, *CHOICES[_index + 1 :])
    misconception_by_edit("predict_the_outputs", _name, old='("A", "B", "B", "A", "B")', new=repr(_wrong),
                          message=_message, source=_source)  # fmt: skip
