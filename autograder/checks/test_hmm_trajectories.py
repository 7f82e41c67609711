"""Hidden checks of 30_hmm_trajectories."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
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
    "forward_log": ["log_sum_exp"],
    "backward_log": ["log_sum_exp"],
    "e_step": ["forward_log", "backward_log"],
    "train": ["log_gaussian", "e_step", "m_step"],
    "classify": ["log_gaussian", "forward_log"],
}


def stochastic(rng, *shape):
    """Random probabilities along the last axis, none of them small."""
    values = rng.uniform(0.2, 1.5, size=shape)
    return values / values.sum(axis=-1, keepdims=True)


def chain(rng, T, Q):
    """log_pi, log_A, log_B of a small chain in general position; no two rows or columns are alike."""
    return (
        np.log(stochastic(rng, Q)),
        np.log(stochastic(rng, Q, Q)),
        rng.normal(size=(T, Q)) - rng.uniform(1, 2),
    )


def one_way(rng, T, Q):
    """A chain that starts in state 0 and moves to the right only, one state at a time."""
    stay = rng.uniform(0.4, 0.8, size=Q)
    stay[-1] = 1.0
    A = np.diag(stay) + np.diag(1 - stay[:-1], 1)
    with np.errstate(divide="ignore"):
        return np.log(np.eye(Q)[0]), np.log(A), rng.normal(size=(T, Q)) - 1.5


def covariances(rng, Q, D):
    """Covariances with clear correlations, variances well away from 1."""
    factors = np.tril(rng.uniform(0.4, 0.9, size=(Q, D, D)), -1)
    factors = factors + rng.uniform(1.3, 2.2, size=(Q, 1, D)) * np.eye(D)
    return factors @ factors.transpose(0, 2, 1)


def gaussians(rng, T, Q, D):
    return 2 * rng.normal(size=(T, D)), 2 * rng.normal(size=(Q, D)), covariances(rng, Q, D)


# --- log_gaussian ---------------------------------------------------------------------------------------------------


@exercise("log_gaussian", weight=0)
def test_density_has_a_row_per_row(learner, rng):
    """`log_gaussian` must return an array of shape (T, Q): a row per row of X, a column per state."""
    expect_array(learner.log_gaussian(*gaussians(rng, 7, 4, 3)), (7, 4), "`log_B`")


@exercise("log_gaussian", weight=3)
def test_density_values(learner, reference, rng):
    """Three terms: the squared distance in units of the whole covariance, the logarithm of its determinant, D log 2π; all times -1/2."""
    agree(learner, reference, "log_gaussian", [gaussians(rng, 7, 4, 3), gaussians(rng, 5, 2, 3)])


@exercise("log_gaussian", weight=1)
def test_density_in_other_dimensions(learner, reference, rng):
    """One, two or five coordinates, one row, one state: the same formula, with D in the constant."""
    cases = [
        gaussians(rng, 6, 3, 2),
        gaussians(rng, 4, 2, 5),
        gaussians(rng, 1, 1, 1),
        gaussians(rng, 3, 1, 3),
        gaussians(rng, 6, 3, 1),
    ]
    agree(learner, reference, "log_gaussian", cases)


@exercise("log_gaussian", weight=1)
def test_density_far_from_the_mean(learner, reference, rng):
    """Far from the mean the density is 0.0 in float64 but its logarithm is an ordinary number: never take `np.log` of `np.exp`."""
    X, means, covs = gaussians(rng, 5, 3, 3)
    cases = [(1e4 + X, means, covs), (X, means, 1e-8 * covs), (X, means, 1e8 * covs)]
    agree(learner, reference, "log_gaussian", cases)


DENSITY_EDITS = [
    ("forgets_the_constant", "D * np.log(2 * np.pi)", "0.0",
     "The constant D log 2π is missing. The choice of a class survives that, but it is no log density.",
     "the constant dropped, as one may in an argmax"),
    ("takes_the_constant_of_one_dimension", "D * np.log", "np.log",
     "You use the constant of one dimension. In D dimensions it is D log 2π.",
     "the formula of the one-dimensional Gaussian, copied"),
    ("turns_the_sign_of_the_determinant", "+ log_det +", "- log_det +",
     "The logarithm of the determinant has the wrong sign: a wider Gaussian is lower at its mean.",
     "1/|Σ| under the root, its sign lost in the logarithm"),
    ("forgets_the_determinant", "+ log_det +", "+",
     "The logarithm of the determinant is missing. Then a state with an enormous covariance fits everything for free.",
     "the exponent of the Gaussian taken for all of it"),
    ("counts_the_determinant_twice", "+ log_det +", "+ 2 * log_det +",
     "The determinant stands under a root: its logarithm is halved like the other terms.",
     "the root of the determinant forgotten"),
    ("does_not_invert", "np.linalg.solve(covs, gap.transpose(1, 2, 0))", "covs @ gap.transpose(1, 2, 0)",
     "You multiply by the covariance; the exponent has its inverse. A large variance must make distances count less.",
     "the quadratic form with Σ in place of its inverse"),
    ("takes_the_determinant_itself", "np.linalg.slogdet(covs)[1]", "np.linalg.det(covs)",
     "You use the determinant itself. In the logarithm of the density stands its logarithm.",
     "one factor left out when taking the logarithm"),
    ("forgets_the_half", "-0.5 * (mahalanobis + log_det", "-0.5 * (2 * mahalanobis + log_det",
     "The squared distance must be halved, too.",
     "the half of the exponent lost"),
    ("returns_the_density", "D * np.log(2 * np.pi))", "D * np.log(2 * np.pi)); log_B = np.exp(log_B)",
     "You return the density. The recursions need its logarithm, because the density underflows.",
     "facts: the unscaled forward pass works with densities"),
]  # fmt: skip
misconceptions_by_edit("log_gaussian", *DENSITY_EDITS)


@misconception(
    "log_gaussian",
    "You use the variances only. The covariances between the coordinates belong to the squared distance and to the determinant.",
    source="a diagonal covariance assumed, hmmlearn's default type",
)
def uses_the_diagonal_only(X, means, covs):
    variances = np.diagonal(covs, axis1=1, axis2=2)
    gap = X[:, None, :] - means
    return -0.5 * (gap**2 / variances + np.log(2 * np.pi * variances)).sum(axis=2)


@misconception(
    "log_gaussian",
    "You take the logarithm of the density. Far from the mean the density is 0.0, and the logarithm is minus infinity: simplify on paper first.",
    source="facts: exactly 0 at row 32 for another class",
)
def takes_the_log_of_the_density(X, means, covs):
    gap = X[:, None, :] - means
    inside = np.einsum("tqd,qde,tqe->tq", gap, np.linalg.inv(covs), gap)
    return np.log(np.exp(-inside / 2)) - 0.5 * np.log(np.linalg.det(2 * np.pi * covs))


# --- log_sum_exp ----------------------------------------------------------------------------------------------------


@exercise("log_sum_exp", weight=0)
def test_sum_removes_its_axis(learner, rng):
    """`log_sum_exp` must remove the axis it sums over, and give a number for a vector."""
    values = rng.normal(size=(4, 3))
    expect_array(learner.log_sum_exp(values, 0), (3,))
    expect_array(learner.log_sum_exp(values, 1), (4,))
    expect_array(learner.log_sum_exp(values[0], 0), ())


@exercise("log_sum_exp", weight=3)
def test_sum_values(learner, reference, rng):
    """The logarithm of the sum of the exponentials, along the given axis, for arrays of one, two and three axes."""
    cases = [(rng.normal(size=(4, 3)), axis) for axis in (0, 1)]
    cases += [(rng.normal(size=5), 0), (rng.normal(size=(2, 4, 3)), 1), (rng.normal(size=(2, 4, 3)), 2)]
    agree(learner, reference, "log_sum_exp", cases)


@exercise("log_sum_exp", weight=1)
def test_sum_with_axes_of_length_one(learner, reference, rng):
    """Only the given axis disappears, also where it, or another one, has length 1."""
    cases = [((4, 3, 1), 0), ((4, 1, 3), 0), ((1, 3), 0), ((3, 1), 1), ((1, 3), 1), ((1,), 0)]
    agree(learner, reference, "log_sum_exp", [(rng.normal(size=shape), axis) for shape, axis in cases])


@exercise("log_sum_exp", weight=1)
def test_sum_within_a_slice_far_apart(learner, reference, rng):
    """Where the entries of one slice lie thousands apart, only its largest entry is a safe shift."""
    noise = rng.normal(size=(3, 4))
    far, apart = noise + np.array([[0.0], [4000.0], [-9000.0]]), noise + np.array([[0.0], [900.0], [-50.0]])
    agree(learner, reference, "log_sum_exp", [(rng.permutation(v).T, 1) for v in (far, apart)] + [(far, 0)])


@exercise("log_sum_exp", weight=2)
def test_sum_of_extreme_values(learner, reference, rng):
    """Values of -10000 or 10000 must give finite results: subtract the maximum before `np.exp`, add it after `np.log`."""
    values = rng.normal(size=(4, 3))
    agree(learner, reference, "log_sum_exp", [(values - 10000, 0), (values + 10000, 1)])


@exercise("log_sum_exp", weight=2)
def test_sum_with_slices_of_different_size(learner, reference, rng):
    """Each slice is shifted by its own maximum: a column near -5000 beside a column near 5000 must stay right."""
    values = rng.normal(size=(4, 3))
    agree(
        learner,
        reference,
        "log_sum_exp",
        [(values + [5000, 0, -5000], 0), (values.T + [[5000], [0], [-5000]], 1)],
    )


@exercise("log_sum_exp", weight=2)
def test_sum_with_minus_infinity(learner, reference, rng):
    """-inf is the logarithm of 0: it adds nothing, and a slice of -inf only gives -inf, not nan."""
    values = rng.normal(size=(4, 3))
    values[:, 1] = -np.inf
    values[2, 0] = -np.inf
    agree(
        learner, reference, "log_sum_exp", [(values, 0), (values.T, 1), (values, 1), (np.full(3, -np.inf), 0)]
    )


@misconception(
    "log_sum_exp",
    "This is the formula as it stands: np.exp gives 0 or infinity for large values. Subtract the maximum first.",
    source="facts: the unscaled alpha is exactly 0 at row 32",
)
def does_not_shift(values, axis):
    return np.log(np.sum(np.exp(values), axis=axis))


@misconception(
    "log_sum_exp",
    "You shift everything by one maximum. A small slice beside a large one then becomes 0: each slice needs its own maximum.",
    source="one maximum for a whole matrix, a known error in softmax, too",
)
def shifts_by_the_largest_of_all(values, axis):
    top = np.max(values)
    top = top if np.isfinite(top) else 0.0
    return top + np.log(np.sum(np.exp(values - top), axis=axis))


for shift, words in (("min", "smallest entry"), ("mean", "mean")):
    misconception_by_edit(
        "log_sum_exp",
        f"shifts_by_the_{shift}",
        old="top = np.max(values",
        new=f"top = np.{shift}(values",
        message=f"You shift by the {words} of a slice. An entry a thousand above it then overflows: only the largest entry is safe.",
        source="measured: survives where the entries of a slice lie close together",
    )

misconception_by_edit(
    "log_sum_exp",
    "does_not_add_the_maximum_back",
    old=" + np.squeeze(top, axis=axis)",
    new="",
    message="You subtract the maximum and do not add it back. In a softmax it cancels; here it does not.",
    source="the softmax habit of lesson 06",
)

misconception_by_edit(
    "log_sum_exp",
    "ignores_the_empty_slice",
    old="np.where(np.isneginf(top), 0.0, top)",
    new="1.0 * top",
    message="A slice of -inf only gives nan: -inf minus -inf. Shift such a slice by 0.",
    source="left-to-right models: log 0 in pi and A",
)

misconception_by_edit(
    "log_sum_exp",
    "takes_the_maximum_only",
    old="np.log(np.sum(np.exp(values - top), axis=axis)) +",
    new="np.zeros(np.max(values, axis=axis).shape) + np.where(np.isneginf(np.max(values, axis=axis)), -np.inf, 0.0) +",
    message="You return the maximum alone. That is the best path of Viterbi; the probability needs the sum.",
    source="facts: Viterbi is below forward by 1.74, and is not the likelihood",
)

misconception_by_edit(
    "log_sum_exp",
    "averages",
    old="np.sum(np.exp(values - top), axis=axis)",
    new="np.mean(np.exp(values - top), axis=axis)",
    message="You average the exponentials. Probabilities of different paths add up.",
    source="mean and sum confused",
)

misconception_by_edit(
    "log_sum_exp",
    "sums_the_logarithms",
    old="np.log(np.sum(np.exp(values - top), axis=axis))",
    new="np.sum(values - top, axis=axis)",
    message="You add up the logarithms. That multiplies the probabilities; here they must be added.",
    source="the logarithm of a sum taken for a sum of logarithms",
)


@misconception("log_sum_exp", "You shift everything by the largest value of the whole array. A slice far below it becomes log 0: take each slice's own maximum, along `axis`.",
               source="read in learners' public programs: the overall maximum")  # fmt: skip
def shifts_all_slices_alike(values, axis):
    top = values.max()
    return np.log(np.sum(np.exp(values - top), axis=axis)) + top


@misconception("log_sum_exp", "You keep the axis that you sum over, as an axis of length 1. It has to disappear: sum and maximum without it.",
               source="read in learners' public programs: keepdims to the end")  # fmt: skip
def leaves_an_axis_of_one(values, axis):
    top = np.max(values, axis=axis, keepdims=True)
    return np.log(np.sum(np.exp(values - top), axis=axis, keepdims=True)) + top


# --- forward_log ----------------------------------------------------------------------------------------------------


@exercise("forward_log", weight=0)
def test_forward_shapes(learner, rng):
    """`forward_log` must return a tuple of `alpha`, (T, Q), and one number."""
    result = learner.forward_log(*chain(rng, 6, 4))
    expect_parts(result, 2, "It must return two values, alpha and loglik.")
    expect_array(result[0], (6, 4), "`alpha`")
    expect_array(result[1], (), "`loglik`")


@exercise("forward_log", weight=3)
def test_forward_alpha(learner, reference, rng):
    """Row t of alpha: the sum over the previous state i of alpha and A[i, j], then the density of row t itself; row 0 has pi instead."""
    agree(learner, reference, "forward_log", [chain(rng, 6, 4), chain(rng, 4, 2)], part=0)


@exercise("forward_log", weight=3)
def test_forward_loglik(learner, reference, rng):
    """loglik is the logarithm of the sum over all states of the last row, for the whole sequence."""
    agree(learner, reference, "forward_log", [chain(rng, 6, 4), chain(rng, 3, 5)], part=1)


@exercise("forward_log", weight=1)
def test_forward_of_one_row_and_one_state(learner, reference, rng):
    """One row needs pi and its density only; one state needs no sum. The same program covers both."""
    agree(learner, reference, "forward_log", [chain(rng, 1, 3), chain(rng, 5, 1), chain(rng, 1, 1)])


@exercise("forward_log", weight=2)
def test_forward_of_a_long_sequence(learner, reference, rng):
    """A long sequence has a probability of 0.0 in float64, but its logarithm must be right."""
    log_pi, log_A, log_B = chain(rng, 120, 3)
    agree(learner, reference, "forward_log", [(log_pi, log_A, log_B - 400)])


@exercise("forward_log", weight=1)
def test_forward_with_impossible_changes(learner, reference, rng):
    """-inf in log_pi and log_A must give -inf where a state cannot be reached, and no nan anywhere."""
    agree(learner, reference, "forward_log", [one_way(rng, 5, 4), one_way(rng, 2, 4)])


@exercise("forward_log", weight=1)
def test_forward_of_an_impossible_sequence(learner, reference, rng):
    """A sequence that no path allows has loglik -inf, not nan."""
    log_pi, log_A, log_B = one_way(rng, 4, 3)
    log_B[1:, :2] = -np.inf  # only state 2 could show the later rows, and it is two steps away
    agree(learner, reference, "forward_log", [(log_pi, log_A, log_B), one_way(rng, 4, 3)])


FORWARD_EDITS = [
    ("transposes_A", "[:, None] + log_A, axis=0)", "[:, None] + log_A.T, axis=0)",
     "Your changes run backwards: A[i, j] leads from i to j, so the old state is the first index.",
     "facts: with A transposed the accuracy was .07"),
    ("sums_over_the_new_state", "log_A, axis=0)", "log_A, axis=1)",
     "You sum over the new state. The previous state, the first axis, must be summed away.",
     "facts: logsumexp on the wrong axis"),
    ("adds_alpha_along_the_new_state", "alpha[t - 1][:, None]", "alpha[t - 1]",
     "The previous alpha belongs to the first index of A: make it a column before adding.",
     "alpha broadcast along the wrong axis"),
    ("keeps_the_best_path_only", "log_sum_exp(alpha[t - 1][:, None] + log_A, axis=0)", "np.max(alpha[t - 1][:, None] + log_A, axis=0)",
     "You follow only the best previous state, which is Viterbi's algorithm. The probability is a sum over all of them.",
     "facts: max instead of sum"),
    ("takes_the_last_entry", "log_sum_exp(alpha[-1], axis=0)", "alpha[-1, -1]",
     "You return the last entry of alpha. The sequence may end in any state: sum over all of them.",
     "facts: the last alpha entry taken instead of logsumexp"),
    ("takes_the_largest_entry", "log_sum_exp(alpha[-1], axis=0)", "np.max(alpha[-1])",
     "You take the largest entry of the last row. The sequence may end in any state: sum over all of them.",
     "max in place of sum at the end"),
    ("forgets_pi", "alpha[0] = log_pi + log_B[0]", "alpha[0] = log_B[0]",
     "The first row has no log_pi: how likely is each state to start?",
     "the start distribution left out"),
    ("forgets_the_first_density", "alpha[0] = log_pi + log_B[0]", "alpha[0] = log_pi",
     "The first row of the sequence is seen, too: add its log density.",
     "the recursion started before the first observation"),
    ("takes_the_density_of_the_row_before", "axis=0) + log_B[t]", "axis=0) + log_B[t - 1]",
     "alpha at row t needs the density of row t, not of the row before it.",
     "an index off by one"),
    ("multiplies_the_density", "axis=0) + log_B[t]", "axis=0) * log_B[t]",
     "Multiplying probabilities means adding their logarithms.",
     "the plain recursion copied into logarithms"),
    ("divides_by_the_length", "loglik = log_sum_exp(alpha[-1], axis=0)", "loglik = log_sum_exp(alpha[-1], axis=0) / len(log_B)",
     "You divide by the number of rows. loglik belongs to the whole sequence.",
     "facts: LL divided by T"),
    ("forgets_the_changes", "[:, None] + log_A, axis=0)", "[:, None] + 0 * np.abs(np.where(np.isinf(log_A), 0, log_A)), axis=0)",
     "log_A is missing: every change counts as certain.",
     "the transition left out of the recursion"),
]  # fmt: skip
misconceptions_by_edit("forward_log", *FORWARD_EDITS)


@misconception(
    "forward_log",
    "You work with probabilities and take the logarithm at the end. Long sequences have become 0.0 by then.",
    source="document 004: the outline followed literally; measured: 0.0 before row 200",
)
def takes_logarithms_at_the_end(log_pi, log_A, log_B):
    A, B = np.exp(log_A), np.exp(log_B)
    alpha = np.zeros(log_B.shape)
    alpha[0] = np.exp(log_pi) * B[0]
    for t in range(1, len(B)):
        alpha[t] = (alpha[t - 1] @ A) * B[t]
    return np.log(alpha), np.log(alpha[-1].sum())


@misconception("forward_log", "You normalise each row of alpha, so a row says which state is likely, not how likely the sequence is up to there. `loglik` is right; the factors that you took out belong into alpha as well.",
               source="read in learners' public programs: scaled alphas")  # fmt: skip
def keeps_scaled_alphas(log_pi, log_A, log_B):
    A, alpha, loglik = np.exp(log_A), np.empty(log_B.shape), 0.0
    row = np.exp(log_pi)
    for t in range(len(log_B)):
        row = (row if t == 0 else row @ A) * np.exp(log_B[t])
        loglik += np.log(row.sum())
        row = row / row.sum()
        alpha[t] = np.log(row)
    return alpha, loglik


# --- backward_log ---------------------------------------------------------------------------------------------------


@exercise("backward_log", weight=0)
def test_backward_shape(learner, rng):
    """`backward_log` must return `beta` of shape (T, Q)."""
    expect_array(learner.backward_log(*chain(rng, 6, 4)[1:]), (6, 4), "`beta`")


@exercise("backward_log", weight=3)
def test_backward_values(learner, reference, rng):
    """Row t of beta: the sum over the next state j of A[i, j], the density of row t+1 in j, and beta of row t+1; zeros in the last row."""
    agree(
        learner, reference, "backward_log", [chain(rng, 6, 4)[1:], chain(rng, 4, 2)[1:], chain(rng, 2, 5)[1:]]
    )


@exercise("backward_log", weight=1)
def test_backward_meets_forward(learner, reference, rng):
    """At every row, alpha and beta together, summed over the states, give the probability of the whole sequence."""
    log_pi, log_A, log_B = chain(rng, 7, 3)
    alpha, loglik = reference.forward_log(log_pi, log_A, log_B)
    both = np.asarray(alpha) + expect_array(learner.backward_log(log_A, log_B), (7, 3), "`beta`")
    expect_close(np.log(np.exp(both - loglik).sum(axis=1)), np.zeros(7))


@exercise("backward_log", weight=1)
def test_backward_of_a_long_sequence(learner, reference, rng):
    """A long sequence must give finite logarithms, though the probabilities are 0.0."""
    _, log_A, log_B = chain(rng, 120, 3)
    agree(learner, reference, "backward_log", [(log_A, log_B - 400)])


@exercise("backward_log", weight=1)
def test_backward_edge_cases(learner, reference, rng):
    """-inf in log_A makes no nan; one row has zeros; one state needs no sum."""
    cases = [one_way(rng, 5, 4)[1:], chain(rng, 1, 3)[1:], chain(rng, 5, 1)[1:]]
    log_pi, log_A, log_B = one_way(rng, 4, 3)
    log_B[-1, :2] = -np.inf  # from state 0 there is no way to show the last row in time
    agree(learner, reference, "backward_log", [*cases, (log_A, log_B)])


BACKWARD_EDITS = [
    ("transposes_A", "log_sum_exp(log_A + log_B", "log_sum_exp(log_A.T + log_B",
     "Your changes run the wrong way: from i at row t to j at row t+1 is A[i, j].",
     "facts: A transposed in the recursion"),
    ("sums_over_the_old_state", "axis=1)", "axis=0)",
     "You sum over the old state. beta belongs to the old state; the new one, the second axis, is summed away.",
     "facts: logsumexp on the wrong axis"),
    ("forgets_the_density", "log_A + log_B[t + 1] + beta[t + 1]", "log_A + beta[t + 1]",
     "The next row must be seen in the next state: its log density is missing.",
     "the recursion copied without b"),
    ("takes_the_density_of_this_row", "log_B[t + 1] + beta", "log_B[t] + beta",
     "The density belongs to row t+1. alpha has accounted for row t already.",
     "an index off by one, as in a copied forward pass"),
    ("keeps_the_best_path_only", "log_sum_exp(log_A + log_B[t + 1] + beta[t + 1], axis=1)", "np.max(log_A + log_B[t + 1] + beta[t + 1], axis=1)",
     "You follow only the best next state. Sum over all of them.",
     "facts: max instead of sum"),
    ("starts_with_one", "np.zeros(log_B.shape)", "np.ones(log_B.shape)",
     "The last row of beta is the probability 1, and its logarithm is 0.",
     "the plain recursion's start copied into logarithms"),
    ("starts_with_equal_shares", "np.zeros(log_B.shape)", "np.full(log_B.shape, -np.log(1.0 + log_B.shape[1]))",
     "The last row of beta is no distribution over the states: after the end there is nothing, with probability 1 in each state.",
     "beta taken for a distribution"),
    ("forgets_what_follows", "log_B[t + 1] + beta[t + 1]", "log_B[t + 1]",
     "beta of the next row is missing: only one row of the future is counted.",
     "the recursion without recursion"),
]  # fmt: skip
misconceptions_by_edit("backward_log", *BACKWARD_EDITS)


@misconception(
    "backward_log",
    "Your beta contains the density of its own row. alpha has it already, so it would be counted twice.",
    source="beta written as the mirror image of alpha, density included",
)
def includes_its_own_row(log_A, log_B):
    beta = np.zeros(log_B.shape)
    beta[-1] = log_B[-1]
    for t in range(len(log_B) - 2, -1, -1):
        beta[t] = log_sum_exp(log_A + beta[t + 1], 1) + log_B[t]  # noqa: F821
    return beta


@misconception("backward_log", "Row t of your beta holds the density of row t itself. beta is about the rows after t: from i to j comes the density of row t + 1 under state j.",
               source="read in learners' public programs: the own emission, summed outside")  # fmt: skip
def takes_its_own_density(log_A, log_B):
    beta = np.zeros(log_B.shape)
    for t in range(len(log_B) - 2, -1, -1):
        beta[t] = log_B[t] + log_sum_exp(log_A + beta[t + 1], axis=1)  # noqa: F821
    return beta


@misconception("backward_log", "Your first row is never filled: the walk back ends at row 1. Go on to row 0, range(T - 2, -1, -1).",
               source="read in learners' public programs: range(T - 2, 0, -1)")  # fmt: skip
def stops_before_the_first_row(log_A, log_B):
    beta = np.zeros(log_B.shape)
    for t in range(len(log_B) - 2, 0, -1):
        beta[t] = log_sum_exp(log_A + log_B[t + 1] + beta[t + 1], axis=1)  # noqa: F821
    return beta


@misconception("backward_log", "Your rows stand in the order in which you made them, the last one first. Turn them round: row t of beta belongs to row t of the sequence.",
               source="read in learners' public programs: rows appended on the way back")  # fmt: skip
def leaves_the_rows_in_reverse(log_A, log_B):
    rows = [np.zeros(log_B.shape[1])]
    for t in range(len(log_B) - 2, -1, -1):
        rows.append(log_sum_exp(log_A + log_B[t + 1] + rows[-1], axis=1))  # noqa: F821
    return np.array(rows)


@misconception("backward_log", "You work with probabilities and take the logarithm at the end. Over a long sequence they have become 0.0 by then: stay in logarithms, with `log_sum_exp`.",
               source="read in learners' public programs: plain probabilities")  # fmt: skip
def takes_the_logarithm_at_the_end(log_A, log_B):
    beta = np.ones(log_B.shape)
    for t in range(len(log_B) - 2, -1, -1):
        beta[t] = np.exp(log_A) @ (np.exp(log_B[t + 1]) * beta[t + 1])
    return np.log(beta)


# --- e_step ---------------------------------------------------------------------------------------------------------


@exercise("e_step", weight=0)
def test_e_step_shapes(learner, rng):
    """`e_step` must return gamma (T, Q), xi (Q, Q) and one number, in this order."""
    result = learner.e_step(*chain(rng, 6, 4))
    expect_parts(result, 3, "It must return three values: gamma, xi, loglik.")
    for value, shape, name in zip(result, ((6, 4), (4, 4), ()), ("`gamma`", "`xi`", "`loglik`"), strict=True):
        expect_array(value, shape, name)


@exercise("e_step", weight=3)
def test_e_step_gamma(learner, reference, rng):
    """gamma joins both passes: alpha plus beta minus loglik, then the exponential. No logarithms are returned."""
    agree(learner, reference, "e_step", [chain(rng, 6, 4), chain(rng, 4, 2)], part=0)


@exercise("e_step", weight=3)
def test_e_step_xi(learner, reference, rng):
    """xi[i, j] adds up, over time, alpha before the change, A, the density and beta after it, divided by the sequence's probability."""
    agree(learner, reference, "e_step", [chain(rng, 6, 4), chain(rng, 4, 2)], part=1)


@exercise("e_step", weight=1)
def test_e_step_loglik(learner, reference, rng):
    """loglik is handed through from the forward pass."""
    agree(learner, reference, "e_step", [chain(rng, 6, 4), chain(rng, 3, 2)], part=2)


@exercise("e_step", weight=1)
def test_e_step_is_the_slope_of_loglik(learner, reference, rng):
    """gamma is the slope of loglik with respect to log_B, xi its slope with respect to log_A."""
    log_pi, log_A, log_B = chain(rng, 4, 3)
    gamma, xi, _ = learner.e_step(log_pi, log_A, log_B)
    by_B = numerical_gradient(lambda v: reference.forward_log(log_pi, log_A, v)[1], log_B)
    by_A = numerical_gradient(lambda v: reference.forward_log(log_pi, v, log_B)[1], log_A)
    expect_close(gamma, by_B, rtol=1e-5, atol=1e-7)
    expect_close(xi, by_A, rtol=1e-5, atol=1e-7)


@exercise("e_step", weight=1)
def test_e_step_of_a_long_sequence(learner, reference, rng):
    """A long sequence, whose probability is 0.0 in float64, has ordinary gammas and xis: subtract loglik before `np.exp`."""
    log_pi, log_A, log_B = chain(rng, 60, 3)
    agree(learner, reference, "e_step", [(log_pi, log_A, log_B - 400)])


@exercise("e_step", weight=1)
def test_e_step_with_impossible_changes(learner, reference, rng):
    """-inf in log_pi and log_A gives zeros in gamma and xi, and no nan."""
    agree(learner, reference, "e_step", [one_way(rng, 5, 4), one_way(rng, 3, 2)])


@exercise("e_step", weight=1)
def test_e_step_of_one_row(learner, reference, rng):
    """One row has no changes: xi is all zeros, in shape (Q, Q); gamma is there all the same. One state is always itself."""
    agree(learner, reference, "e_step", [chain(rng, 1, 3), chain(rng, 5, 1), chain(rng, 2, 3)])


E_EDITS = [
    ("does_not_normalise_gamma", "np.exp(alpha + beta - loglik)", "np.exp(alpha + beta)",
     "gamma is not divided by the probability of the sequence: subtract loglik.",
     "the joint probability taken for the conditional one"),
    ("looks_back_only", "np.exp(alpha + beta - loglik)", "np.exp(alpha - log_sum_exp(alpha, 1)[:, None])",
     "Your gamma uses alpha alone: it knows the rows up to t, not those after it. EM with it loses likelihood.",
     "measured in section 5: the log likelihood falls from the fourth round"),
    ("looks_ahead_only", "np.exp(alpha + beta - loglik)", "np.exp(beta - log_sum_exp(beta, 1)[:, None])",
     "Your gamma uses beta alone: it knows only the rows after t.",
     "one of the two passes left out"),
    ("normalises_over_time", "np.exp(alpha + beta - loglik)", "np.exp(alpha + beta - log_sum_exp(alpha + beta, 0))",
     "You normalise each column. At every row the states share a probability of 1: normalise over the states.",
     "facts: the wrong axis"),
    ("returns_the_logarithm_of_gamma", "gamma = np.exp(alpha + beta - loglik)", "gamma = alpha + beta - loglik",
     "gamma is a probability, not its logarithm: take np.exp.",
     "log space left half-way"),
    ("does_not_normalise_xi", "arrive[:, None, :] - loglik)", "arrive[:, None, :])",
     "xi is not divided by the probability of the sequence: subtract loglik.",
     "facts: xi not normalised by the log likelihood"),
    ("forgets_the_density", "arrive = log_B[1:] + beta[1:]", "arrive = beta[1:]",
     "The density of the row after the change is missing in xi.",
     "the density left out of xi"),
    ("forgets_what_follows", "arrive = log_B[1:] + beta[1:]", "arrive = log_B[1:]",
     "beta is missing in xi: what comes after the change counts, too.",
     "xi without the backward pass"),
    ("transposes_xi", ".sum(axis=0)", ".sum(axis=0).T",
     "Your xi is transposed: it must count from i (row) to j (column).",
     "facts: A transposed"),
    ("averages_xi", ".sum(axis=0)", ".sum(axis=0) / max(1, len(log_B) - 1)",
     "You average xi over time. It is a sum, so that a longer sequence counts for more.",
     "a mean in place of the expected count"),
    ("forgets_A", "alpha[:-1, :, None] + log_A + arrive", "alpha[:-1, :, None] + arrive",
     "log_A is missing in xi.",
     "the transition left out of xi"),
    ("takes_gammas_for_changes", "xi = np.exp(alpha[:-1, :, None] + log_A + arrive[:, None, :] - loglik).sum(axis=0)", "xi = gamma[:-1].T @ gamma[1:]",
     "You multiply the gammas of neighbouring rows, as if the two states were independent. They hang together through A.",
     "xi made of products of gammas"),
]  # fmt: skip
misconceptions_by_edit("e_step", *E_EDITS)


@misconception("e_step", "The last row of your gamma is exp(alpha) as it stands. It has to be divided by the probability of the sequence, as the others are, so that it sums to 1.",
               source="read in learners' public programs: the last row from a scaled alpha")  # fmt: skip
def leaves_the_last_row_unscaled(log_pi, log_A, log_B):
    alpha, loglik = forward_log(log_pi, log_A, log_B)  # noqa: F821
    beta = backward_log(log_A, log_B)  # noqa: F821
    gamma = np.exp(alpha + beta - loglik)
    gamma[-1] = np.exp(alpha[-1])
    arrive = (log_B + beta)[1:, None, :]
    return gamma, np.exp(alpha[:-1, :, None] + log_A + arrive - loglik).sum(axis=0), loglik


# --- m_step ---------------------------------------------------------------------------------------------------------


def shares(rng, T, Q):
    """Rows of gamma whose states differ clearly in weight."""
    weights = rng.uniform(0.3, 2, size=(T, Q)) * np.arange(1, Q + 1)
    return weights / weights.sum(axis=1, keepdims=True)


def counted(rng, lengths, Q, D, floor):
    """Sequences of different lengths in general position, their gammas and xis, and a floor."""
    sequences = [rng.normal(size=(T, D)) + 3 * i + 1 for i, T in enumerate(lengths)]
    gammas = [shares(rng, T, Q) for T in lengths]
    xis = [rng.uniform(0.2, 1.5, size=(Q, Q)) * (T - 1) / Q**2 for T in lengths]
    return sequences, gammas, xis, floor


def m_cases(rng):
    return [counted(rng, (3, 8, 5), 4, 3, 0.3), counted(rng, (7, 2), 2, 3, 0.05)]


@exercise("m_step", weight=0)
def test_m_step_shapes(learner, rng):
    """`m_step` must return pi (Q,), A (Q, Q), means (Q, D) and covs (Q, D, D), in this order."""
    result = learner.m_step(*counted(rng, (3, 8, 5), 4, 3, 0.3))
    expect_parts(result, 4, "It must return four values: pi, A, means, covs.")
    shapes = zip(result, ((4,), (4, 4), (4, 3), (4, 3, 3)), ("`pi`", "`A`", "`means`", "`covs`"), strict=True)
    for value, shape, name in shapes:
        expect_array(value, shape, name)


@exercise("m_step", weight=1)
def test_m_step_pi(learner, reference, rng):
    """pi is the mean over the sequences of gamma in their first rows."""
    agree(learner, reference, "m_step", m_cases(rng), part=0)


@exercise("m_step", weight=2)
def test_m_step_transitions(learner, reference, rng):
    """A: the xis of all sequences added up, then each row divided by its own sum."""
    agree(learner, reference, "m_step", m_cases(rng), part=1)


@exercise("m_step", weight=2)
def test_m_step_means(learner, reference, rng):
    """means: all rows of all sequences, weighted by gamma and divided by the sum of the weights."""
    agree(learner, reference, "m_step", m_cases(rng), part=2)


@exercise("m_step", weight=3)
def test_m_step_covariances(learner, reference, rng):
    """covs: products of the differences from the new mean, weighted by gamma, divided by the sum of the weights, then floor on the diagonal."""
    agree(learner, reference, "m_step", m_cases(rng), part=3)


@exercise("m_step", weight=1)
def test_m_step_floor_over_its_range(learner, reference, rng):
    """The floor is added to every variance, whether it is 0, small or large, and also where all rows are equal."""
    case = counted(rng, (4, 6), 3, 2, 0.0)
    equal = [np.ones((4, 2)), np.ones((6, 2))]
    cases = [(*case[:3], floor) for floor in (0.0, 1e-3, 20.0)] + [(equal, *case[1:3], 0.25)]
    agree(learner, reference, "m_step", cases)


@exercise("m_step", weight=1)
def test_m_step_of_a_state_without_weight(learner, reference, rng):
    """A state without any weight gets mean and covariance of all rows (plus floor), and a row of A that is 1/Q everywhere. No nan."""
    sequences, gammas, xis, floor = counted(rng, (4, 6), 3, 2, 0.2)
    for gamma, xi in zip(gammas, xis, strict=True):
        gamma[:, 1], xi[1], xi[:, 1] = 0.0, 0.0, 0.0
    agree(learner, reference, "m_step", [(sequences, gammas, xis, floor)])


@exercise("m_step", weight=2)
def test_m_step_of_a_state_with_hardly_any_weight(learner, reference, rng):
    """Hardly any weight is not none: a state with weights of a millionth is counted like the others, and so are its changes."""
    sequences, gammas, xis, floor = counted(rng, (4, 6), 3, 2, 0.2)
    for gamma, xi in zip(gammas, xis, strict=True):
        gamma[:, 1], xi[1] = 1e-6 * gamma[:, 1], 1e-6 * xi[1]
    agree(learner, reference, "m_step", [(sequences, gammas, xis, floor)])


@exercise("m_step", weight=1)
def test_m_step_of_short_sequences(learner, reference, rng):
    """Sequences of one row have no changes; if all are so short, A is 1/Q everywhere. One sequence and one coordinate work, too."""
    cases = [
        counted(rng, (1, 1, 1), 2, 3, 0.1),
        counted(rng, (1, 5), 3, 2, 0.1),
        counted(rng, (6,), 2, 1, 0.1),
        counted(rng, (4, 3), 1, 2, 0.1),
    ]
    agree(learner, reference, "m_step", cases)


M_EDITS = [
    ("counts_every_row_for_pi", "[gamma[0] for gamma in gammas]", "np.concatenate(gammas)",
     "pi is about the start: the first row of each sequence only.",
     "the occupancy of a state taken for its start probability"),
    ("takes_pi_of_the_first_sequence", "[gamma[0] for gamma in gammas]", "gammas[0][:1]",
     "pi is the mean over the first rows of all sequences, not that of the first sequence.",
     "facts: one sequence"),
    ("adds_pi_up", "np.mean([gamma[0]", "np.sum([gamma[0]",
     "pi must sum to 1: divide by the number of sequences.",
     "a sum in place of a mean"),
    ("takes_A_of_the_first_sequence", "changes = np.sum(xis, axis=0)", "changes = np.array(xis[0])",
     "A must count the changes of all sequences: add up the xis first.",
     "facts: one sequence"),
    ("averages_the_transition_matrices", "changes = np.sum(xis, axis=0)", "changes = np.mean([xi / np.where(xi.sum(axis=1, keepdims=True) > 0, xi.sum(axis=1, keepdims=True), 1.0) for xi in xis], axis=0)",
     "You divide within each sequence and average. A long sequence must count for more: add up the xis, then divide once.",
     "ratios averaged instead of counts added"),
    ("divides_A_by_all_rows", "leaving = changes.sum(axis=1, keepdims=True)", "leaving = np.concatenate(gammas).sum(axis=0)[:, None]",
     "You divide A by all rows of a state, the last one included. From the last row nothing leaves: divide by the sum of the row of xi.",
     "facts: gamma of the last row included in the denominator, rows sum to less than 1"),
    ("divides_A_by_columns", "changes.sum(axis=1, keepdims=True)", "changes.sum(axis=0, keepdims=True)",
     "You divide each column of A. Each row must sum to 1.",
     "the wrong axis"),
    ("transposes_A", "changes = np.sum(xis, axis=0)", "changes = np.sum(xis, axis=0).T",
     "Your A is transposed: row i holds what leaves state i.",
     "facts: A transposed"),
    ("leaves_an_unused_row_at_zero", "1 / Q)", "0.0)",
     "A state that nothing leaves has a row of zeros in your A. By the convention it is 1/Q everywhere, so that it sums to 1.",
     "0/0 set to 0"),
    ("does_not_weigh_the_rows", "weights = np.where(weights.sum(axis=0) > 0, weights, 1.0)", "weights = np.ones(weights.shape)",
     "Means and covariances are not weighted by gamma: all states get the same ones.",
     "a mean in place of a weighted mean"),
    ("gives_a_state_without_weight_nan", "weights = np.where(weights.sum(axis=0) > 0, weights, 1.0)", "weights = 1.0 * weights",
     "A state without weight becomes nan: 0/0. By the convention it gets mean and covariance of all rows.",
     "0/0 in the weighted mean"),
    ("takes_little_weight_for_none", "weights = np.where(weights.sum(axis=0) > 0, weights, 1.0)", "weights = np.where(weights.sum(axis=0) > 1e-3, weights, 1.0)",
     "You treat a state with little weight as one without any. The docstring says exactly 0: a small weight divides out.",
     "a trial's program, which the checks let pass"),
    ("forgets_the_floor", "floor * np.eye(X.shape[1])", "0.0",
     "The floor is missing. Without it a state on equal rows has a singular covariance.",
     "facts: LinAlgError without it"),
    ("adds_the_floor_everywhere", "floor * np.eye(X.shape[1])", "floor",
     "You add the floor to every entry. It belongs on the diagonal only.",
     "a number added to a matrix"),
    ("squares_the_floor", "floor * np.eye", "floor**2 * np.eye",
     "You square the floor. It is a variance already.",
     "the floor taken for a standard deviation"),
    ("takes_moments_about_zero", "gap = X[:, None, :] - means", "gap = X[:, None, :] - 0 * means",
     "Your covariance is not about the mean: subtract the new mean from the rows first.",
     "second moments taken for covariances"),
    ("takes_moments_about_the_mean_of_all", "gap = X[:, None, :] - means", "gap = X[:, None, :] - X.mean(axis=0) + 0 * means",
     "Your covariance is about the mean of all rows. Each state has its own new mean.",
     "facts: covariance about another mean"),
    ("keeps_the_variances_only", "covs = covs + floor * np.eye(X.shape[1])", "covs = (covs + floor) * np.eye(X.shape[1])",
     "You keep only the diagonal. The covariances between the coordinates belong to the result.",
     "a diagonal covariance assumed"),
]  # fmt: skip
misconceptions_by_edit("m_step", *M_EDITS)


@misconception(
    "m_step",
    "You use the floor as a smallest value. By the convention it is added to every variance, large or small.",
    source="the floor as a maximum, as hmmlearn's min_covar is often read",
)
def clips_the_variances(sequences, gammas, xis, floor):
    pi = np.mean([gamma[0] for gamma in gammas], axis=0)
    changes = np.sum(xis, axis=0)
    leaving = changes.sum(axis=1, keepdims=True)
    A = np.where(leaving > 0, changes / np.where(leaving > 0, leaving, 1.0), 1 / len(pi))
    X, weights = np.concatenate(sequences), np.concatenate(gammas)
    weights = np.where(weights.sum(axis=0) > 0, weights, 1.0)
    weights = weights / weights.sum(axis=0)
    means = weights.T @ X
    gap = X[:, None, :] - means
    covs = np.einsum("nq,nqd,nqe->qde", weights, gap, gap)
    for cov in covs:
        np.fill_diagonal(cov, np.maximum(np.diagonal(cov), floor))
    return pi, A, means, covs


@misconception(
    "m_step",
    "You average the sequences' means and covariances. Rows count by their weight, whichever sequence they come from: put all rows below each other.",
    source="one estimate per sequence, averaged",
)
def averages_over_sequences(sequences, gammas, xis, floor):
    pi = np.mean([gamma[0] for gamma in gammas], axis=0)
    changes = np.sum(xis, axis=0)
    leaving = changes.sum(axis=1, keepdims=True)
    A = np.where(leaving > 0, changes / np.where(leaving > 0, leaving, 1.0), 1 / len(pi))
    all_means, all_covs = [], []
    for X, gamma in zip(sequences, gammas, strict=True):
        weights = gamma / gamma.sum(axis=0)
        mean = weights.T @ X
        gap = X[:, None, :] - mean
        all_means.append(mean)
        all_covs.append(np.einsum("nq,nqd,nqe->qde", weights, gap, gap))
    return pi, A, np.mean(all_means, axis=0), np.mean(all_covs, axis=0) + floor * np.eye(X.shape[1])


# --- train ----------------------------------------------------------------------------------------------------------


def problem(rng, lengths=(4, 9, 6), Q=3, D=2):
    """A few short sequences around Q well-spread points, and a model to start from."""
    sequences = [rng.normal(size=(T, D)) + np.linspace(0, 2.5, T)[:, None] for T in lengths]
    means = np.linspace(0, 2.5, Q)[:, None] + 0.3 * rng.normal(size=(Q, D))
    return sequences, {
        "pi": stochastic(rng, Q),
        "A": stochastic(rng, Q, Q),
        "means": means,
        "covs": covariances(rng, Q, D),
    }


@exercise("train", weight=0)
def test_train_returns_a_model_and_its_history(learner, rng):
    """`train` must return a dict with the keys pi, A, means, covs, and one log likelihood per round."""
    result = learner.train(*problem(rng), 2, 0.1)
    expect_parts(result, 2, "It must return two values: the model and the log likelihoods.")
    expect(
        isinstance(result[0], dict) and set(result[0]) == {"pi", "A", "means", "covs"},
        "The model needs the keys pi, A, means, covs.",
    )
    for name, shape in (("pi", (3,)), ("A", (3, 3)), ("means", (3, 2)), ("covs", (3, 2, 2))):
        expect_array(result[0][name], shape, f"`{name}`")
    expect_array(result[1], (2,), "`logliks`")


@exercise("train", weight=3)
def test_train_parameters(learner, reference, rng):
    """After one, two and three rounds every parameter must be that of EM: E-step for each sequence, one M-step for all, the new model for the next round."""
    agree(
        learner, reference, "train", [(*problem(rng), rounds, 0.2) for rounds in (1, 2, 3)], part=0, rtol=1e-5
    )


@exercise("train", weight=3)
def test_train_history(learner, reference, rng):
    """Each entry is the sum over the sequences of their log likelihoods, before that round's update."""
    agree(learner, reference, "train", [(*problem(rng), rounds, 0.2) for rounds in (1, 3)], part=1, rtol=1e-5)


@exercise("train", weight=1)
def test_train_never_falls_without_a_floor(learner, rng):
    """With floor 0 the log likelihood rises from round to round."""
    sequences, start = problem(rng, lengths=(12, 15, 10), Q=2)
    logliks = expect_array(learner.train(sequences, start, 4, 0.0)[1], (4,), "`logliks`")
    expect((np.diff(logliks) > -1e-9).all() and logliks[-1] > logliks[0])


@exercise("train", weight=1)
def test_train_with_zeros_in_pi_and_A(learner, reference, rng):
    """A model that starts in one state and never goes back has zeros in pi and A: they stay zeros, and nothing becomes nan."""
    sequences, start = problem(rng)
    start |= {"pi": np.array([1.0, 0, 0]), "A": np.array([[0.6, 0.4, 0], [0, 0.7, 0.3], [0, 0, 1.0]])}
    agree(learner, reference, "train", [(sequences, start, 2, 0.2)], rtol=1e-5)


@exercise("train", weight=1)
def test_train_edge_cases(learner, reference, rng):
    """No rounds give the model back; one sequence, one state, and a sequence of one row work like the rest."""
    cases = [(*problem(rng), 0, 0.2), (*problem(rng, (8,)), 2, 0.2), (*problem(rng, (5, 4), Q=1), 2, 0.5)]
    agree(learner, reference, "train", [*cases, (*problem(rng, (1, 9)), 2, 0.3)], rtol=1e-5)


TRAIN_EDITS = [
    ("forgets_the_floor", "m_step(sequences, gammas, xis, floor)", "m_step(sequences, gammas, xis, 0.0)",
     "The floor does not reach `m_step`.",
     "an argument not handed on"),
    ("averages_the_log_likelihoods", "logliks[iteration] += loglik", "logliks[iteration] += loglik / len(sequences)",
     "logliks is a sum over the sequences, not a mean.",
     "the habit of mean losses"),
    ("keeps_the_last_log_likelihood", "logliks[iteration] += loglik", "logliks[iteration] = loglik",
     "Only the last sequence's log likelihood is recorded. Add up those of all sequences.",
     "= in place of +="),
    ("divides_by_the_rows", "logliks[iteration] += loglik", "logliks[iteration] += loglik / len(X)",
     "You divide each log likelihood by the number of rows. Sequences of different length then weigh the same.",
     "facts: LL divided by T with different T"),
    ("updates_after_every_sequence", "            xis.append(xi)\n", "            xis.append(xi)\n            model = dict(zip((\"pi\", \"A\", \"means\", \"covs\"), m_step(sequences[: len(xis)], gammas, xis, floor)))\n",
     "The model changes between the sequences of one round. All of them must see the same model; one M-step follows the last.",
     "stochastic gradient descent's habit"),
    ("keeps_the_start_distribution", '{"pi": pi,', '{"pi": model["pi"],',
     "pi is never updated.",
     "one of the four parameters forgotten"),
    ("keeps_the_covariances", '"covs": covs}', '"covs": model["covs"]}',
     "The covariances are never updated.",
     "k-means' habit: means only"),
    ("keeps_the_transitions", '"A": A,', '"A": model["A"],',
     "A is never updated, so no order is learnt.",
     "document 004: a random transition matrix, kept"),
]  # fmt: skip
misconceptions_by_edit("train", *TRAIN_EDITS)


@misconception(
    "train",
    "You glue the sequences into one. The jump from the end of one to the start of the next is no movement, and pi then knows one start only.",
    source="facts: -1673 as one sequence against -303 as several",
)
def glues_the_sequences(sequences, model, iterations, floor):
    X = np.concatenate(sequences)
    logliks = np.zeros(iterations)
    for iteration in range(iterations):
        log_B = log_gaussian(X, model["means"], model["covs"])  # noqa: F821
        gamma, xi, logliks[iteration] = e_step(np.log(model["pi"]), np.log(model["A"]), log_B)  # noqa: F821
        model = dict(zip(("pi", "A", "means", "covs"), m_step([X], [gamma], [xi], floor), strict=True))  # noqa: F821
    return model, logliks


@misconception(
    "train",
    "You record the log likelihood after the update. Each entry belongs to the model before it.",
    source="an entry off by one, as in many published training loops",
)
def records_after_the_update(sequences, model, iterations, floor):
    logliks = np.zeros(iterations)
    for iteration in range(iterations):
        found = [
            e_step(np.log(model["pi"]), np.log(model["A"]), log_gaussian(X, model["means"], model["covs"]))  # noqa: F821
            for X in sequences
        ]
        new = m_step(sequences, [f[0] for f in found], [f[1] for f in found], floor)  # noqa: F821
        model = dict(zip(("pi", "A", "means", "covs"), new, strict=True))
        for X in sequences:
            log_B = log_gaussian(X, model["means"], model["covs"])  # noqa: F821
            logliks[iteration] += e_step(np.log(model["pi"]), np.log(model["A"]), log_B)[2]  # noqa: F821
    return model, logliks


@misconception(
    "train",
    "Your M-step sees one sequence only, the last of the round.",
    source="document 004: the demo has nex = 1",
)
def learns_from_the_last_sequence(sequences, model, iterations, floor):
    logliks = np.zeros(iterations)
    for iteration in range(iterations):
        for X in sequences:
            log_B = log_gaussian(X, model["means"], model["covs"])  # noqa: F821
            gamma, xi, loglik = e_step(np.log(model["pi"]), np.log(model["A"]), log_B)  # noqa: F821
            logliks[iteration] += loglik
        model = dict(zip(("pi", "A", "means", "covs"), m_step([X], [gamma], [xi], floor), strict=True))  # noqa: F821
    return model, logliks


@misconception(
    "train",
    "Every round starts from the model you were given. The next round must use the new one.",
    source="the update assigned to a name that is not read again",
)
def starts_over_every_round(sequences, model, iterations, floor):
    logliks = np.zeros(iterations)
    new = model
    for iteration in range(iterations):
        gammas, xis = [], []
        for X in sequences:
            log_B = log_gaussian(X, model["means"], model["covs"])  # noqa: F821
            gamma, xi, loglik = e_step(np.log(model["pi"]), np.log(model["A"]), log_B)  # noqa: F821
            logliks[iteration] += loglik
            gammas.append(gamma)
            xis.append(xi)
        new = dict(zip(("pi", "A", "means", "covs"), m_step(sequences, gammas, xis, floor), strict=True))  # noqa: F821
    return new, logliks


# --- classify -------------------------------------------------------------------------------------------------------


def rounds_and_back(rng):
    """A sequence that goes round three points, and four models in random order: two for each direction.

    Only the order of the points tells which one is right; the models of one direction differ in their start.
    """
    corners = np.array([[0.0, 0], [4, 0], [0, 4]])
    cycle = np.array([[0.1, 0.8, 0.1], [0.15, 0.1, 0.75], [0.8, 0.12, 0.08]])
    models = []
    for A in (cycle, cycle.T / cycle.T.sum(axis=1, keepdims=True)):
        for pi in ([0.9, 0.05, 0.05], [0.05, 0.05, 0.9]):
            means = corners + 0.25 * rng.normal(size=(3, 2))
            models.append({"pi": np.array(pi), "A": A, "means": means, "covs": covariances(rng, 3, 2) / 4})
    step, first = rng.choice([-1, 1]), rng.choice([0, 2])
    X = corners[(first + step * np.arange(7)) % 3] + 0.3 * rng.normal(size=(7, 2))
    return X, [models[k] for k in rng.permutation(4)]


def same_index(learner, reference, cases):
    found = learner.map("classify", cases)
    for index, case in zip(found, cases, strict=True):
        expect_array(index, (), "`index`")
        expect(int(index) == reference.classify(*case))


@exercise("classify", weight=0)
def test_classify_returns_one_number(learner, rng):
    """`classify` must return one whole number."""
    index = expect_array(learner.classify(*rounds_and_back(rng)), (), "`index`")
    expect(index.dtype.kind in "iu", "It must be an int: the position in the list.")


@exercise("classify", weight=3)
def test_classify_knows_order(learner, reference, rng):
    """The largest log likelihood wins, that of the forward pass, in which order counts."""
    same_index(learner, reference, [rounds_and_back(rng) for _ in range(14)])


@exercise("classify", weight=2)
def test_classify_knows_the_start(learner, reference, rng):
    """pi counts as well: of two models that differ in nothing else, a first row at a state's mean chooses the one that starts there."""
    cases = []
    for winner in (0, 1, 2, 2, 1, 0):
        corners = np.array([[0.0, 0], [9, 0], [0, 9]])
        same = {"A": np.full((3, 3), 1 / 3), "covs": np.stack([np.eye(2)] * 3)}
        starts = [np.where(np.arange(3) == k, 0.9, 0.05) for k in range(3)]
        nudges = rng.permutation([0.2, 0.4, 0.6])[:, None]
        models = [same | {"pi": pi, "means": corners + n} for pi, n in zip(starts, nudges, strict=True)]
        cases.append((corners[winner][None] + 0.4 + 0.1 * rng.normal(size=(1, 2)), models))
    same_index(learner, reference, cases)


@exercise("classify", weight=2)
def test_classify_of_a_long_sequence(learner, reference, rng):
    """Long sequences far from all means have probabilities of 0.0 under every model. Compare logarithms."""
    cases = []
    for winner in (2, 0, 1):
        models = []
        for k in range(3):
            far = 30.0 if k == winner else 32.0
            models.append(
                {
                    "pi": stochastic(rng, 2),
                    "A": stochastic(rng, 2, 2),
                    "means": np.array([[far, 0], [0, far]]) + 0.1 * rng.normal(size=(2, 2)),
                    "covs": np.stack([np.eye(2)] * 2),
                }
            )
        cases.append((rng.normal(size=(25, 2)), models))
    same_index(learner, reference, cases)


@exercise("classify", weight=1)
def test_classify_with_zeros_in_pi_and_A(learner, reference, rng):
    """Zeros in pi and A are the logarithm -inf, no error: a model that can go only one way competes like the others."""
    there = {
        "pi": np.array([1.0, 0]),
        "A": np.array([[0.5, 0.5], [0, 1.0]]),
        "covs": np.stack([np.eye(2)] * 2),
    }
    cases = []
    for answer in (1, 0, 1):
        low, high = rng.normal(size=2) * 0.1, 5 + 0.1 * rng.normal(size=2)
        up, down = there | {"means": np.stack([low, high])}, there | {"means": np.stack([high, low])}
        X = np.stack([low, low, high, high]) + 0.3 * rng.normal(size=(4, 2))
        cases.append((X, [down, up] if answer else [up, down]))
    same_index(learner, reference, cases)


@exercise("classify", weight=3)
def test_classify_adds_up_all_paths(learner, reference, rng):
    """The probability of a sequence is a sum over all paths, whichever state they end in: add them up, also where states overlap."""
    cases = []
    for shared in (
        0.7,
        0.1,
        0.8,
        0.2,
    ):  # how far from the rows the single state lies: far, and three equal states win
        middle = rng.normal(size=2)
        means = {1: np.full((1, 2), middle + [shared, 0]), 3: np.full((3, 2), middle + [0.45, 0])}
        alone, three = (
            {
                "pi": np.full(Q, 1 / Q),
                "A": np.full((Q, Q), 1 / Q),
                "means": means[Q],
                "covs": np.stack([np.eye(2)] * Q),
            }
            for Q in (1, 3)
        )
        cases.append((np.stack([middle] * 2), [alone, three]))
    same_index(learner, reference, cases)


@exercise("classify", weight=2)
def test_classify_takes_the_logarithm_of_A(learner, reference, rng):
    """A counts with its logarithm, as everything else in the sum does: a change that is ten times rarer must cost log 10."""
    cases = []
    for winner in (1, 0, 1, 0):
        still = np.array([[0.95, 0.05], [0.05, 0.95]])
        models = []
        for A, gap in (
            (still, 1.45),
            (still[::-1], 0.0),
        ):  # one stays as the rows do, the other lies nearer to them
            means = np.array([[gap, 0.0], [30.0, gap]])
            models.append({"pi": np.full(2, 0.5), "A": A, "means": means, "covs": np.stack([np.eye(2)] * 2)})
        X = np.tile([0.0, 0.0], (9, 1)) + 0.02 * rng.normal(size=(9, 2))
        cases.append((X, models if winner == 0 else models[::-1]))
    same_index(learner, reference, cases)


CLASSIFY_EDITS = [
    ("takes_the_smallest", "int(np.argmax(logliks))", "int(np.argmin(logliks))",
     "You choose the model that fits worst. Log likelihoods are negative, but larger is still better.",
     "minus signs misread"),
    ("goes_back_to_probabilities", "int(np.argmax(logliks))", "int(np.argmax(np.exp(logliks)))",
     "You go back to probabilities, and for long sequences all of them are 0.0. Compare the logarithms.",
     "document 004's outline followed literally; measured: accuracy 0.10"),
    ("transposes_A", 'np.log(model["A"])', 'np.log(model["A"]).T',
     "A is transposed, so every movement looks like its opposite.",
     "facts: accuracy .07 with A transposed"),
    ("forgets_pi", 'np.log(model["pi"]), np.log', '0.0 * model["pi"], np.log',
     "pi is missing: where a sequence starts counts, too.",
     "the start distribution left out"),
    ("ignores_order", "forward_log(log_pi, log_A, log_B)[1]", "np.log(np.exp(log_pi + log_B - log_B.max()).sum(axis=1)).sum() + len(log_B) * log_B.max()",
     "Every row is judged on its own, as a mixture: the order of the rows makes no difference to you.",
     "measured: accuracy 0.50 on pairs of movements with the same points"),
    ("takes_the_best_state_of_each_row", "forward_log(log_pi, log_A, log_B)[1]", "log_B.max(axis=1).sum()",
     "You take the best Gaussian for each row and ignore pi and A. Use the forward pass.",
     "points classified one by one, then added up"),
    ("takes_the_best_last_state", "forward_log(log_pi, log_A, log_B)[1]", "np.max(forward_log(log_pi, log_A, log_B)[0][-1])",
     "You take the best of the last states. A path may end in any of them: use loglik, the sum over all.",
     "a trial's program: alpha[-1].max() in place of loglik"),
    ("forgets_the_logarithm_of_A", 'np.log(model["A"])', '1.0 * model["A"]',
     "A enters as it is. forward_log asks for its logarithm.",
     "a mutant that the checks let pass: A not logged"),
    ("takes_the_last_row_only", "forward_log(log_pi, log_A, log_B)[1]", "log_sum_exp(log_B[-1], 0)",
     "Only the last row is looked at. The log likelihood of the whole sequence is what counts.",
     "every movement ends at the same point"),
]  # fmt: skip
misconceptions_by_edit("classify", *CLASSIFY_EDITS)


# --- predict_the_order ----------------------------------------------------------------------------------------------


@exercise("predict_the_order", weight=0)
def test_order_has_four_letters(learner):
    """`predict_the_order` must return four capital letters, one for each question."""
    expect_words(
        learner.predict_the_order(),
        4,
        list("ABCD"),
        "It must return four letters.",
        "Each entry is one of A, B, C, D.",
    )


declare_answer_checks(
    globals(),
    "predict_the_order",
    test_order_question_1="Question 1 is not right: what kind of movement is a reversed movement?",
    test_order_question_2="Question 2 is not right: with a symmetric A and equal pi, compare a path with its reverse.",
    test_order_question_3="Question 3 is not right: how high is a density whose standard deviation is a few thousandths of a unit, and what do 501 of them multiply to?",
    test_order_question_4="Question 4 is not right: what does EM promise with floor 0?",
)


ORDER_IDEAS = [
    (0, "A", "thinks_order_does_not_matter", "measured: 0.00",
     "Question 1: you expect no change, as if the models looked at points only. A reversed movement is one of the opposite kind."),
    (0, "B", "expects_a_coin_toss", "measured: 0.00",
     "Question 1: one half would be a model that does not know the direction. Yours knows it well, and the direction is the wrong one every time."),
    (0, "C", "expects_a_guess_among_ten", "measured: 0.00",
     "Question 1: the models are not confused by a reversed movement. They recognise it, as the opposite kind."),
    (1, "A", "trusts_good_gaussians", "measured: exactly 0.50",
     "Question 2: good Gaussians find the loop. They say nothing about the direction, and the start A says nothing, either."),
    (1, "C", "thinks_nothing_is_known_at_the_start", "measured: exactly 0.50",
     "Question 2: the Gaussians come from the data, so the start models know the loop already. Only the direction is missing."),
    (1, "D", "thinks_the_start_is_backwards", "measured: exactly 0.50",
     "Question 2: the start A has no direction at all, so it cannot be always wrong about it."),
    (2, "A", "thinks_densities_are_probabilities", "measured: infinity for every test movement",
     "Question 3: a density may be larger than 1. In metres the Gaussians are narrow and high, and the product overflows."),
    (2, "B", "hopes_for_a_good_unit", "measured: infinity for every test movement",
     "Question 3: each row contributes a factor of 100 cubed compared with centimetres; 501 of them do not fit into float64."),
    (2, "D", "thinks_the_unit_cancels", "measured: the logarithms differ by 3 T log 100",
     "Question 3: the value of a density depends on the unit. The unit cancels only when models are compared."),
    (3, "A", "looks_for_a_step_size", "EM has none",
     "Question 4: EM has no step size. Each round jumps to the maximum of a bound."),
    (3, "B", "suspects_overfitting", "overfitting shows on other data",
     "Question 4: overfitting is a fall on other data. The likelihood of the training data itself cannot fall."),
    (3, "D", "blames_rounding", "measured: rounding is below 1e-9 here",
     "Question 4: rounding moves the last digits, not the hundreds."),
]  # fmt: skip
for position, letter, idea, origin, words in ORDER_IDEAS:
    wrong_letters = ["D", "B", "C", "C"]
    wrong_letters[position] = letter
    misconception_by_edit(
        "predict_the_order", idea, old='("D", "B", "C", "C")', new=repr(tuple(wrong_letters)), message=words, source=origin
    )  # fmt: skip
