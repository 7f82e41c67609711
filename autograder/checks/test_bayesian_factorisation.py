"""Hidden checks of 31_bayesian_factorisation.

Learners may draw in another order than the solution, so samplers are checked by what holds for every right one: exact
limits, identities between calls with the same seed, and sums whose distribution is known exactly. The bounds:

- `chi_square`: a sum of squares of k independent standard normals. Laurent and Massart (2000, lemma 1) give
  P(X > k + 2 sqrt(k x) + 2 x) <= exp(-x) and P(X < k - 2 sqrt(k x)) <= exp(-x).
- `sub_gaussian`: a sum of independent Beta(a, b) variables minus their means. Each is sub-Gaussian with variance proxy at
  most 1 / (4 (a + b + 1)) (Marchal and Arbel 2017), so P(|sum| > t) <= 2 exp(-t^2 / (2 * sum of proxies)).

With x = 27 each comparison fails a right answer with probability at most 2 exp(-27) = 4e-12. A submission makes fewer
than 150 of them: below 1e-9 together. Five bounds are measured and not derived, on right programs: that of the new user
in `bpmf`, where the largest of 944 errors was 0.22 and 0.5 is allowed; that of the new item, its mirror image; the prior
of `bpmf`, which has a standard deviation of 0.08 and is allowed 0.5; the spread of a Wishart diagonal, 0.045 and 0.3; the
fourth moment of the directions of `lkj_cholesky`, 0.6 and 5.
"""

import numpy as np

from autograder.checking import (
    Seed,
    agree,
    declare_answer_checks,
    draw_seed,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    misconception,
    misconception_by_edit,
    misconceptions_by_edit,
)

NEEDS = {
    "sample_wishart": ["bartlett_factor"],
    "sample_hyperparameters": ["bartlett_factor", "sample_wishart", "hyper_posterior"],
    "sample_rows": ["row_posterior"],
    "bpmf": [
        "bartlett_factor",
        "sample_wishart",
        "hyper_posterior",
        "sample_hyperparameters",
        "row_posterior",
        "sample_rows",
    ],
}
X = 27.0  # see above


def seeds_from(rng, count):
    return [Seed(int(number)) for number in rng.integers(2**31, size=count)]


def chi_square(total, degrees, message=""):
    slack = 2 * np.sqrt(degrees * X)
    expect(np.all((total >= degrees - slack) & (total <= degrees + slack + 2 * X)), message)


def sub_gaussian(deviation, proxy, message=""):
    expect(abs(deviation) <= np.sqrt(2 * proxy * X), message)


def directions(K):
    """Unit vectors, one a column: the axes and the diagonals between two of them."""
    axes = list(np.eye(K))
    diagonals = [
        (axes[i] + sign * axes[j]) / np.sqrt(2) for i in range(K) for j in range(i) for sign in (1, -1)
    ]
    return np.array(axes + diagonals).T


def spd(rng, d, low=0.5, high=3.0):
    """Symmetric positive definite, with eigenvalues between low and high, not diagonal."""
    Q, _ = np.linalg.qr(rng.normal(size=(d, d)))
    A = (Q * np.linspace(low, high, d)) @ Q.T
    return (A + A.T) / 2


def going_together(rng, N, K):
    """Rows whose columns are strongly correlated, so that a precision matrix is far from diagonal."""
    base = rng.permutation(np.linspace(-1.5, 1.5, N))
    return base[:, None] + 0.3 * rng.normal(size=(N, K)) + rng.uniform(0.5, 1.0, size=K)


def part_of(count, index):
    """What `agree` compares: one of so many values."""
    return lambda result: expect_parts(result, count, f"It must return {count} values.")[index]


# --- is_positive_definite -------------------------------------------------------------------------------------------


def verdicts(learner, cases):
    """Cases are pairs (matrix, right verdict); each list holds both verdicts, so that no constant passes."""
    results = learner.map("is_positive_definite", [(matrix,) for matrix, _ in cases])
    for result, (_, right) in zip(results, cases, strict=True):
        expect(isinstance(result, (bool, np.bool_)), "It must return True or False.")
        expect(bool(result) is right)


@exercise("is_positive_definite", weight=0)
def test_verdict_is_true_or_false(learner, rng):
    """`is_positive_definite` must return True or False, never raise."""
    for result in learner.map("is_positive_definite", [(spd(rng, 3),), (-spd(rng, 3),)]):
        expect(isinstance(result, (bool, np.bool_)), "It must return True or False.")


@exercise("is_positive_definite", weight=3)
def test_definite_and_indefinite_matrices(learner, rng):
    """Positive definite is a condition on all entries together: neither signs, nor the diagonal, nor the determinant decide."""
    scales = np.diag(rng.uniform(0.5, 2.0, size=3))
    impossible = scales @ np.array([[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]]) @ scales
    negative_entries = scales @ np.array([[1, -0.4, 0.1], [-0.4, 1, -0.3], [0.1, -0.3, 1]]) @ scales
    all_positive = scales @ np.array([[1, 0.9, 0.1], [0.9, 1, 0.9], [0.1, 0.9, 1]]) @ scales
    cases = [(negative_entries, True), (spd(rng, 5), True), (np.array([[0.7]]), True), (np.eye(4), True)]
    cases += [(impossible, False), (all_positive, False), (-spd(rng, 4), False), (np.array([[-0.7]]), False)]
    verdicts(learner, cases)


@exercise("is_positive_definite", weight=2)
def test_nan_and_infinity_are_not_positive_definite(learner, rng):
    """A matrix that holds nan or an infinite entry anywhere must give False."""
    above, corner, infinite = spd(rng, 3), spd(rng, 4), spd(rng, 3)
    above[0, 2] = np.nan
    corner[3, 3] = np.nan
    infinite[1, 1] = np.inf
    cases = [(np.full((3, 3), np.nan), False), (above, False), (above.T.copy(), False), (corner, False)]
    verdicts(learner, cases + [(infinite, False), (np.diag([np.inf, 1.0]), False), (spd(rng, 3), True)])


@exercise("is_positive_definite", weight=2)
def test_asymmetry_is_noticed_and_rounding_is_not(learner, rng):
    """A matrix that is not symmetric must give False; a difference far below 1e-8 of its largest entry is only rounding."""
    good = spd(rng, 4)
    tilt = np.triu(rng.uniform(0.05, 0.2, size=(4, 4)), 1)
    rounded = good + 1e-13 * np.triu(rng.uniform(0.5, 1.0, size=(4, 4)), 1)
    verdicts(
        learner, [(good + tilt, False), (good + tilt.T, False), (rounded, True), (rounded.T.copy(), True)]
    )


@exercise("is_positive_definite", weight=2)
def test_asymmetry_is_measured_by_the_largest_entry(learner, rng):
    """A is symmetric if it differs from its transpose by at most 1e-8 times its largest entry: no absolute tolerance, no other factor."""
    good = spd(rng, 3)
    lift = np.zeros((3, 3))
    lift[0, 1] = np.abs(good).max()
    tiny, slight, hardly = 1e-13 * (good + 0.1 * lift), good + 3e-6 * lift, good + 9e-9 * lift
    verdicts(learner, [(tiny, False), (slight, False), (tiny.T.copy(), False), (hardly, True), (good, True)])


@exercise("is_positive_definite", weight=2)
def test_semi_definite_and_the_scale(learner, rng):
    """A variance of exactly 0 is not positive, and one that is only small is: nothing is added, and no threshold is absolute."""
    singular = np.diag(rng.permutation([0.0, 1.0, 2.0]))
    slightly = np.diag(rng.permutation([1.0, 2.0, -1e-10]))
    cases = [(singular, False), (np.zeros((2, 2)), False), (np.array([[0.0]]), False), (slightly, False)]
    verdicts(learner, cases + [(1e-14 * spd(rng, 3), True), (1e14 * spd(rng, 3), True)])


@misconception(
    "is_positive_definite",
    "You rely on Cholesky alone. NumPy reads the lower triangle only, so a matrix that is not symmetric slips through.",
    source="numpy.linalg.cholesky does not check symmetry",
)
def trusts_cholesky_alone(A):
    try:
        np.linalg.cholesky(np.where(np.isfinite(A).all(), A, -1.0))
    except np.linalg.LinAlgError:
        return False
    return True


@misconception(
    "is_positive_definite",
    "You look at the diagonal only. Three correlations of 0.9, 0.9 and -0.9 have a positive diagonal, and are impossible together.",
    source="the simple check behind the message of document 002 looks at the diagonal",
)
def looks_at_the_diagonal(A):
    return bool(
        np.isfinite(A).all() and np.abs(A - A.T).max() <= 1e-8 * np.abs(A).max() and (np.diag(A) > 0).all()
    )


@misconception(
    "is_positive_definite",
    "You ask for positive entries. Negative ones off the diagonal are fine, and positive ones are not enough.",
    source="'contains negatives' in the message, taken literally",
)
def asks_for_positive_entries(A):
    return bool(np.isfinite(A).all() and np.abs(A - A.T).max() <= 1e-8 * np.abs(A).max() and (A > 0).all())


@misconception(
    "is_positive_definite",
    "You ask for a positive determinant. Two negative eigenvalues make a positive one.",
    source="a common mistake: the whole determinant instead of all leading minors",
)
def asks_for_a_positive_determinant(A):
    return bool(
        np.isfinite(A).all() and np.abs(A - A.T).max() <= 1e-8 * np.abs(A).max() and np.linalg.det(A) > 0
    )


@misconception(
    "is_positive_definite",
    "Your test looks for something bad, and every comparison with nan is False, so nan slips through. Demand something good instead.",
    source="document 002 turned round: a test of `<= 0` alone lets nan pass",
)
def looks_for_something_bad(A):
    if np.abs(A - A.T).max() > 1e-8 * np.abs(A).max():
        return False
    for k in range(1, len(A) + 1):
        if np.linalg.det(A[:k, :k]) <= 0:
            return False
    return True


@misconception(
    "is_positive_definite",
    "You let semi-definite matrices pass: an eigenvalue of exactly 0 is not positive.",
    source="`>= 0` for `> 0`",
)
def accepts_semi_definite(A):
    if not (np.isfinite(A).all() and np.abs(A - A.T).max() <= 1e-8 * np.abs(A).max()):
        return False
    return bool(np.linalg.eigvalsh(A)[0] >= 0)


@misconception(
    "is_positive_definite",
    "You add something to the diagonal first. That repairs a matrix; here it is to be tested as it is.",
    source="the 'jitter' of Gaussian-process libraries used inside a test",
)
def adds_jitter(A):
    if not (np.isfinite(A).all() and np.abs(A - A.T).max() <= 1e-8 * np.abs(A).max()):
        return False
    try:
        np.linalg.cholesky(A + 1e-8 * np.eye(len(A)))
    except np.linalg.LinAlgError:
        return False
    return True


@misconception(
    "is_positive_definite",
    "Your threshold is an absolute number, so the verdict hangs on the units: a small positive definite matrix is refused.",
    source="`eigenvalues > 1e-8`, in many published checks",
)
def has_an_absolute_threshold(A):
    if not (np.isfinite(A).all() and np.abs(A - A.T).max() <= 1e-8 * np.abs(A).max()):
        return False
    return bool(np.linalg.eigvalsh(A)[0] > 1e-8)


@misconception(
    "is_positive_definite",
    "You compare A with its transpose by np.allclose, whose absolute tolerance is 1e-8 and whose relative one 1e-5. A tiny matrix is always symmetric to it.",
    source="the line that most learners write; measured: says True for 1e-12 * [[2, 1], [0, 2]]",
)
def asks_allclose_for_symmetry(A):
    if not (np.isfinite(A).all() and np.allclose(A, A.T)):
        return False
    try:
        np.linalg.cholesky(A)
    except np.linalg.LinAlgError:
        return False
    return True


@misconception(
    "is_positive_definite",
    "You ask for exact symmetry. An inverse is symmetric only up to rounding; allow 1e-8 of the largest entry.",
    source="`(A == A.T).all()`, which refuses most computed inverses",
)
def asks_for_exact_symmetry(A):
    if not (np.isfinite(A).all() and (A == A.T).all()):
        return False
    try:
        np.linalg.cholesky(A)
    except np.linalg.LinAlgError:
        return False
    return True


# --- bartlett_factor ------------------------------------------------------------------------------------------------


def bartlett_case(rng, d):
    return rng.uniform(0.3, 1.5, size=(d, d)) * rng.choice([-1, 1], size=(d, d)), rng.uniform(
        2.0, 9.0, size=d
    )


@exercise("bartlett_factor", weight=0)
def test_factor_is_a_square_matrix(learner, rng):
    """`bartlett_factor` must return a (d, d) matrix."""
    expect_array(learner.bartlett_factor(*bartlett_case(rng, 4)), (4, 4), "`factor`")


@exercise("bartlett_factor", weight=3)
def test_factor_values(learner, reference, rng):
    """Roots of chi2 on the diagonal, the given normals below it in their own places, zeros above."""
    agree(learner, reference, "bartlett_factor", [bartlett_case(rng, 4), bartlett_case(rng, 6)])


@exercise("bartlett_factor", weight=1)
def test_factor_of_one_number_and_of_extreme_ones(learner, reference, rng):
    """One dimension, a chi2 of 0 or of 1e12: the same rule holds."""
    normals, _ = bartlett_case(rng, 3)
    cases = [bartlett_case(rng, 1), (normals, np.array([0.0, 1e12, 1e-12])), bartlett_case(rng, 2)]
    agree(learner, reference, "bartlett_factor", cases)


misconceptions_by_edit(
    "bartlett_factor",
    (
        "forgets_the_root",
        "np.sqrt(chi2)",
        "chi2",
        "The diagonal takes the square roots of chi2: a χ² number is a *squared* length.",
        "facts: chi2 without its root",
    ),
    (
        "squares_the_chi2",
        "np.sqrt(chi2)",
        "chi2**2",
        "You square chi2. It is a square already; the factor takes its root.",
        "root and square mixed up",
    ),
    (
        "returns_the_upper_factor",
        "np.tril(normals, -1)",
        "np.tril(normals, -1).T",
        "Your factor is upper triangular. The one asked for is lower triangular.",
        "R's and SciPy's default Cholesky factor is the upper one",
    ),
    (
        "uses_the_normals_above",
        "np.tril(normals, -1)",
        "np.triu(normals, 1).T",
        "You take the normals above the diagonal and turn them over. Those below it are to stay in their places.",
        "a transpose too many",
    ),
    (
        "keeps_all_normals",
        "np.tril(normals, -1)",
        "normals - np.diag(np.diag(normals))",
        "Above the diagonal there must be zeros.",
        "the triangle forgotten",
    ),
    (
        "adds_to_the_diagonal",
        "np.tril(normals, -1)",
        "np.tril(normals)",
        "You keep the normals on the diagonal and add the roots to them. Only what is strictly below the diagonal is used.",
        "np.tril without its second argument",
    ),
    (
        "multiplies_it_out",
        "factor = np.tril(normals, -1) + np.diag(np.sqrt(chi2))",
        "factor = np.tril(normals, -1) + np.diag(np.sqrt(chi2))\n    factor = factor @ factor.T",
        "This is the Wishart matrix itself. The factor is asked for.",
        "factor and product mixed up",
    ),
)


# --- sample_wishart -------------------------------------------------------------------------------------------------


@exercise("sample_wishart", weight=0)
def test_wishart_is_symmetric_and_positive_definite(learner, rng):
    """`sample_wishart` must return a symmetric, positive definite (d, d) matrix, for every nu above d - 1."""
    cases = [(draw_seed(rng), nu, spd(rng, 4)) for nu in (4.0, 5.5, 40.0)]
    for result in learner.map("sample_wishart", cases):
        S = expect_array(result, (4, 4), "`S`")
        expect_close(S, S.T, message="It is not symmetric.")
        expect(np.linalg.eigvalsh(S)[0] > 0, "It is not positive definite.")


@exercise("sample_wishart", weight=3)
def test_wishart_mean(learner, rng):
    """The mean over many draws must be nu * W. With very many degrees of freedom each single draw is close to it."""
    W = spd(rng, 4)
    for nu, S in zip(
        (1e12, 4e12), learner.map("sample_wishart", [(draw_seed(rng), nu, W) for nu in (1e12, 4e12)])
    ):
        # each entry of S / nu scatters by at most 3 * sqrt(2 / nu) < 5e-6 (largest eigenvalue 3); 7 of these
        expect_close(np.asarray(S) / nu, W, rtol=0.0, atol=3e-5)


@exercise("sample_wishart", weight=4)
def test_wishart_degrees_of_freedom(learner, rng):
    """In every direction the variance has nu degrees of freedom. Do they fall along the diagonal of the factor, from nu by one each?"""
    count, d = 250, 4
    for nu in (4.0, 3.6):
        W = spd(rng, d)
        draws = np.array(learner.map("sample_wishart", [(seed, nu, W) for seed in seeds_from(rng, count)]))
        L = np.linalg.cholesky(W)
        white = np.linalg.solve(L, np.linalg.solve(L, draws).transpose(0, 2, 1))
        V = directions(d)
        along = np.einsum("ik,tij,jk->k", V, white, V)  # each a sum of count chi2(nu)
        chi_square(along, count * nu)
        # 1 / (v' S^-1 v) has nu - d + 1 degrees of freedom, for every direction
        within = 1 / np.einsum("ik,tij,jk->tk", V, np.linalg.inv(white), V)
        chi_square(within.sum(axis=0), count * (nu - d + 1))


@exercise("sample_wishart", weight=2)
def test_wishart_spread(learner, rng):
    """The variances on the diagonal must scatter as χ² numbers do: a variance of twice their degrees of freedom."""
    count, d, nu = 300, 4, 40.0
    W = spd(rng, d)
    draws = np.array(learner.map("sample_wishart", [(seed, nu, W) for seed in seeds_from(rng, count)]))
    L = np.linalg.cholesky(W)
    white = np.linalg.solve(L, np.linalg.solve(L, draws).transpose(0, 2, 1))
    diagonal = np.diagonal(white, axis1=1, axis2=2)  # independent chi2(nu)
    expect(abs(((diagonal - nu) ** 2).mean() / (2 * nu) - 1) < 0.3)


@exercise("sample_wishart", weight=1)
def test_wishart_scale_seed_and_one_dimension(learner, rng):
    """The same seed must give the same draw, another seed another one, c * W c times the draw; one dimension is a χ² number."""
    seed, W = draw_seed(rng), spd(rng, 3)
    calls = [(seed, 5.0, W), (seed, 5.0, W), (seed, 5.0, 7.0 * W), (Seed(seed.seed + 1), 5.0, W)]
    one, again, scaled, other = (expect_array(S, (3, 3), "`S`") for S in learner.map("sample_wishart", calls))
    expect_close(again, one)
    expect_close(scaled, 7.0 * one)
    expect(not np.allclose(other, one, rtol=1e-3))
    single = learner.map("sample_wishart", [(s, 2.5, np.array([[3.0]])) for s in seeds_from(rng, 100)])
    chi_square(sum(float(expect_array(S, (1, 1))[0, 0]) for S in single) / 3.0, 250.0)


misconceptions_by_edit(
    "sample_wishart",
    (
        "has_equal_degrees_of_freedom",
        "nu - np.arange(dim)",
        "nu * np.ones(dim)",
        "You use nu degrees of freedom at every place. Row i already holds i squared normals: its χ² has i fewer.",
        "facts: the same degrees of freedom on the diagonal; measured: the last of six variances is 1.8 times too large",
    ),
    (
        "lets_degrees_of_freedom_rise",
        "nu - np.arange(dim)",
        "nu + np.arange(dim)",
        "Your degrees of freedom rise along the diagonal. They fall from nu by one each.",
        "a sign in Bartlett's formula",
    ),
    (
        "counts_from_the_wrong_end",
        "nu - np.arange(dim)",
        "(nu - np.arange(dim))[::-1]",
        "Your degrees of freedom are the right ones in the wrong order: the first row has nu, the last one nu - d + 1.",
        "the order of an upper factor used for a lower one",
    ),
    (
        "draws_gamma_of_half_the_variance",
        "rng.chisquare(nu - np.arange(dim))",
        "rng.gamma(nu - np.arange(dim))",
        "Your χ² numbers have the right mean and half the variance. χ² with k degrees of freedom is Gamma with shape k / 2 and scale 2.",
        "measured: survives where only means are looked at",
    ),
    (
        "divides_by_nu",
        "S = factor @ factor.T",
        "S = factor @ factor.T / nu",
        "Your draws have the mean W. By convention the mean is nu * W.",
        "the parametrisation by the mean",
    ),
    (
        "takes_the_inverse_of_W",
        "np.linalg.cholesky(W)",
        "np.linalg.cholesky(np.linalg.inv(W))",
        "You invert W first. W is the scale of the draw itself, whatever the draw is used for.",
        "scale matrix and inverse scale matrix mixed up, between textbooks and libraries",
    ),
    (
        "draws_the_inverse",
        "S = factor @ factor.T",
        "S = np.linalg.inv(factor @ factor.T)",
        "You return the inverse of the draw, an inverse Wishart matrix.",
        "Wishart for a precision, inverse Wishart for a covariance",
    ),
    (
        "forgets_the_scale",
        "np.linalg.cholesky(W) @ bartlett_factor",
        "bartlett_factor",
        "W is not used: multiply Bartlett's factor by the Cholesky factor of W.",
        "the draw with scale I returned as it is",
    ),
    (
        "multiplies_by_W",
        "np.linalg.cholesky(W) @",
        "W @",
        "You multiply by W on both sides. Its Cholesky factor stands there.",
        "the matrix in place of its factor",
    ),
    (
        "transposes_the_scale_factor",
        "np.linalg.cholesky(W) @",
        "np.linalg.cholesky(W).T @",
        "The Cholesky factor of W is transposed: L is lower triangular, and L times its transpose is W.",
        "MATLAB's and SciPy's chol gives the upper factor, whose transpose comes first",
    ),
)


# --- hyper_posterior ------------------------------------------------------------------------------------------------


def prior_for(rng, K):
    return (
        rng.uniform(0.5, 1.5, size=K) * rng.choice([-1, 1], size=K),
        rng.uniform(1.5, 4.0),
        K + rng.uniform(0.5, 3.0),
        spd(rng, K),
    )


def hyper_case(rng, N, K):
    """The rows' mean stays away from mu0, so that the gap between them counts."""
    mu0, beta0, nu0, W0 = prior_for(rng, K)
    F = rng.normal(size=(N, K))
    return F - F.mean(axis=0) + mu0 + rng.uniform(0.8, 1.6, size=K), mu0, beta0, nu0, W0


@exercise("hyper_posterior", weight=0)
def test_hyper_posterior_shapes(learner, rng):
    """`hyper_posterior` must return mu_n (K,), the numbers beta_n and nu_n, and W_n (K, K)."""
    result = learner.hyper_posterior(*hyper_case(rng, 7, 3))
    expect_parts(result, 4, "It must return four values.")
    for value, shape, name in zip(
        result, ((3,), (), (), (3, 3)), ("mu_n", "beta_n", "nu_n", "W_n"), strict=True
    ):
        expect_array(value, shape, f"`{name}`")


@exercise("hyper_posterior", weight=2)
def test_posterior_mean_and_counts(learner, reference, rng):
    """beta and nu grow by the number of rows, and mu_n is the mean of mu0, counted beta0 times, and of the rows."""
    cases = [hyper_case(rng, 7, 3), hyper_case(rng, 4, 5)]
    for part in (0, 1, 2):
        agree(learner, reference, "hyper_posterior", cases, part=part_of(4, part))


@exercise("hyper_posterior", weight=4)
def test_posterior_scale(learner, reference, rng):
    """The inverse of W_n is the inverse of W0, plus the scatter of the rows around their mean, plus the gap between the means."""
    cases = [hyper_case(rng, 7, 3), hyper_case(rng, 12, 2), hyper_case(rng, 4, 5)]
    agree(learner, reference, "hyper_posterior", cases, part=part_of(4, 3))


@exercise("hyper_posterior", weight=2)
def test_posterior_in_two_portions(learner, rng):
    """Seeing some rows, and then the others with the first posterior as prior, must give the same as seeing all at once."""
    F, *prior = hyper_case(rng, 9, 3)
    first = learner.hyper_posterior(F[:4], *prior)
    in_two, at_once = learner.map("hyper_posterior", [(F[4:], *first), (F, *prior)])
    expect_close(tuple(in_two), tuple(at_once), rtol=1e-6)
    expect(not np.allclose(np.asarray(at_once[3]), prior[3]))


@exercise("hyper_posterior", weight=1)
def test_posterior_of_one_row_one_column_and_strong_priors(learner, reference, rng):
    """One row has no scatter; one column makes everything a number; a large beta0 holds the mean at mu0."""
    F, mu0, _, nu0, W0 = hyper_case(rng, 6, 3)
    cases = [hyper_case(rng, 1, 3), hyper_case(rng, 5, 1), (F, mu0, 1e9, nu0, W0), (F, mu0, 1e-9, 1e9, W0)]
    agree(learner, reference, "hyper_posterior", cases)


misconceptions_by_edit(
    "hyper_posterior",
    (
        "takes_the_mean_scatter",
        "centred.T @ centred",
        "centred.T @ centred / N",
        "You add the covariance of the rows. The formula has their scatter: the sum over the rows, not the mean.",
        "S-bar of the paper without its factor N",
    ),
    (
        "takes_the_unbiased_covariance",
        "centred.T @ centred",
        "N * centred.T @ centred / max(N - 1, 1)",
        "Your scatter is N / (N - 1) times too large: np.cov divides by N - 1.",
        "N times np.cov with its default divisor",
    ),
    (
        "forgets_the_gap",
        " + beta0 * N / beta_n * np.outer(gap, gap)",
        "",
        "The third piece is missing: the distance between the rows' mean and mu0.",
        "the term dropped, as if mu0 were always the mean",
    ),
    (
        "gives_the_gap_a_whole_weight",
        "beta0 * N / beta_n * np.outer",
        "beta0 * N * np.outer",
        "The weight of the gap is beta0 * N / (beta0 + N); you left the divisor out.",
        "the harmonic weight lost",
    ),
    (
        "scatters_around_the_prior_mean",
        "centred = F - mean",
        "centred = F - mu0",
        "Centre the rows at their own mean. The distance to mu0 is the third piece, with a weight of its own.",
        "the scatter for a known mean, and the gap on top",
    ),
    (
        "returns_the_inverse_scale",
        "W_n = np.linalg.inv(inverse)",
        "W_n = inverse",
        "This is the inverse of W_n: one inversion is missing at the end.",
        "covariance for precision, as in the facts",
    ),
    (
        "adds_to_the_scale_itself",
        "np.linalg.inv(W0) +",
        "W0 +",
        "You add the scatter to W0. It belongs to the inverse of W0.",
        "the update of an inverse Wishart scale applied to a Wishart scale",
    ),
    (
        "ignores_the_prior_mean",
        "mu_n = (beta0 * mu0 + N * mean) / beta_n",
        "mu_n = mean",
        "mu_n is the rows' mean alone. The prior mean counts like beta0 further rows.",
        "the maximum likelihood estimate in place of the posterior",
    ),
    (
        "swaps_the_weights",
        "(beta0 * mu0 + N * mean)",
        "(N * mu0 + beta0 * mean)",
        "The weights of the two means are swapped: mu0 counts beta0 times, the rows' mean N times.",
        "two weights exchanged",
    ),
    (
        "lets_only_beta_grow",
        "nu_n = nu0 + N",
        "nu_n = nu0",
        "nu_n must grow by the number of rows, as beta_n does.",
        "one of the two counts forgotten",
    ),
)


@misconception("hyper_posterior", "You add the rows' second moment about 0. The formula has their scatter about their own mean: subtract it first.",
               source="read in learners' public programs: F.T @ F, as one reads the paper")  # fmt: skip
def scatters_about_zero(F, mu0, beta0, nu0, W0):
    N, mean = len(F), F.mean(axis=0)
    beta_n, gap = beta0 + N, mean - mu0
    inverse = np.linalg.inv(W0) + F.T @ F + beta0 * N / beta_n * np.outer(gap, gap)
    return (beta0 * mu0 + N * mean) / beta_n, beta_n, nu0 + N, np.linalg.inv(inverse)


# --- sample_hyperparameters -----------------------------------------------------------------------------------------


@exercise("sample_hyperparameters", weight=0)
def test_hyperparameters_shapes(learner, rng):
    """`sample_hyperparameters` must return mu (K,) and a positive definite Lambda (K, K)."""
    result = learner.sample_hyperparameters(draw_seed(rng), *hyper_case(rng, 8, 3))
    expect_parts(result, 2, "It must return two values, mu and Lambda.")
    expect_array(result[0], (3,), "`mu`")
    Lambda = expect_array(result[1], (3, 3), "`Lambda`")
    expect(
        np.allclose(Lambda, Lambda.T) and np.linalg.eigvalsh(Lambda)[0] > 0,
        "Lambda is not positive definite.",
    )


@exercise("sample_hyperparameters", weight=3)
def test_hyperparameters_with_very_many_degrees_of_freedom(learner, reference, rng):
    """With very many prior degrees of freedom Lambda is nu_n * W_n and mu is mu_n, of the *posterior*: no chance is left."""
    cases = []
    for N, K in ((6, 3), (9, 2)):
        F, mu0, beta0, _, W0 = hyper_case(rng, N, K)
        cases.append((F, mu0, beta0, 1e14, W0))
    results = learner.map("sample_hyperparameters", [(draw_seed(rng), *case) for case in cases])
    for (mu, Lambda), case in zip(results, cases, strict=True):
        mu_n, _, nu_n, W_n = reference.hyper_posterior(*case)
        # entries of Lambda / nu_n scatter by less than 3 * sqrt(2 / nu) < 5e-7, mu by less than 1e-6
        expect_close(np.asarray(Lambda) / nu_n, W_n, rtol=1e-5, atol=1e-5, message="Look at Lambda.")
        expect_close(mu, mu_n, rtol=0.0, atol=1e-5, message="Look at mu.")


@exercise("sample_hyperparameters", weight=5)
def test_hyperparameters_scatter(learner, reference, rng):
    """Lambda is Wishart, and mu scatters around mu_n with the precision beta_n * Lambda, in every direction."""
    count, K, N = 300, 3, 10
    F = going_together(rng, N, K)
    prior = np.array([0.5, -1.0, 0.0]), 2.0, 30.0, np.eye(K)  # nu_n and beta_n lie far apart
    seeds = seeds_from(rng, count)
    results = []
    for part in (seeds[:150], seeds[150:]):  # a request holds at most 512 arrays
        results += learner.map("sample_hyperparameters", [(seed, F, *prior) for seed in part])
    mu, Lambda = (np.array([result[part] for result in results]) for part in (0, 1))
    mu_n, beta_n, nu_n, W_n = reference.hyper_posterior(F, *prior)
    V, L = directions(K), np.linalg.cholesky(W_n)
    white = np.linalg.solve(L, np.linalg.solve(L, Lambda).transpose(0, 2, 1))
    chi_square(np.einsum("ik,tij,jk->k", V, white, V), count * nu_n, "Look at Lambda.")
    within = 1 / np.einsum("ik,tij,jk->tk", V, np.linalg.inv(white), V)
    chi_square(within.sum(axis=0), count * (nu_n - K + 1), "Look at Lambda.")
    # given Lambda = C C', the numbers z = sqrt(beta_n) C' (mu - mu_n) are independent standard normals
    C = np.linalg.cholesky(Lambda)
    z = np.sqrt(beta_n) * np.einsum("tij,ti->tj", C, mu - mu_n)
    expect(np.abs(z.sum(axis=0)).max() <= np.sqrt(2 * X * count), "The mean of mu is not mu_n.")
    chi_square(((z @ V) ** 2).sum(axis=0), count, "The scatter of mu does not fit beta_n * Lambda.")


@exercise("sample_hyperparameters", weight=1)
def test_hyperparameters_follow_the_seed(learner, rng):
    """All chance comes from rng: the same seed gives the same draw, another one another draw."""
    seed, case = draw_seed(rng), hyper_case(rng, 6, 2)
    one, again, other = learner.map(
        "sample_hyperparameters", [(seed, *case), (seed, *case), (Seed(seed.seed + 1), *case)]
    )
    expect_close(tuple(again), tuple(one))
    expect(not np.allclose(np.asarray(other[1]), np.asarray(one[1]), rtol=1e-3))
    expect(not np.allclose(np.asarray(other[0]), np.asarray(one[0]), rtol=1e-6, atol=0.0))


misconceptions_by_edit(
    "sample_hyperparameters",
    (
        "takes_nu_for_beta",
        "np.linalg.cholesky(beta_n * Lambda)",
        "np.linalg.cholesky(nu_n * Lambda)",
        "The precision of mu is beta_n * Lambda; you multiply by nu_n.",
        "measured: survives where nu_n is 13 and beta_n 12",
    ),
    (
        "forgets_the_transpose",
        "np.linalg.solve(C.T,",
        "np.linalg.solve(C,",
        "The factor must be transposed in the solve: with C itself the mean is right and the covariance is not.",
        "facts: solve(C, z) instead of solve(C', z); only second moments show it",
    ),
    (
        "takes_lambda_for_a_covariance",
        "np.linalg.solve(C.T, rng.normal(size=len(mu_n)))",
        "np.linalg.cholesky(Lambda / beta_n) @ rng.normal(size=len(mu_n))",
        "You use Lambda as a covariance. It is a precision matrix: large means *little* scatter.",
        "facts: covariance for precision",
    ),
    (
        "multiplies_with_the_factor",
        "np.linalg.solve(C.T, rng.normal(size=len(mu_n)))",
        "C @ rng.normal(size=len(mu_n))",
        "You multiply by the factor of beta_n * Lambda. A precision's factor is solved with, transposed.",
        "the recipe for a covariance applied to a precision",
    ),
    (
        "forgets_beta",
        "np.linalg.cholesky(beta_n * Lambda)",
        "np.linalg.cholesky(Lambda)",
        "The precision of mu is beta_n * Lambda; without beta_n it scatters like a single row.",
        "the mean of N rows drawn like one row",
    ),
    (
        "uses_the_prior_beta",
        "np.linalg.cholesky(beta_n * Lambda)",
        "np.linalg.cholesky(beta0 * Lambda)",
        "You use beta0. After seeing the rows it is beta_n.",
        "prior in place of posterior",
    ),
    (
        "puts_the_matrix_into_a_scalar_normal",
        "np.linalg.solve(C.T, rng.normal(size=len(mu_n)))",
        "rng.normal(size=len(mu_n)) / np.sqrt(np.diag(beta_n * Lambda))",
        "You use the diagonal of the precision only, so the entries of mu scatter too little and without their correlation.",
        "document 002: the answer passes the diagonal to a scalar normal",
    ),
    (
        "ignores_the_rows",
        "hyper_posterior(F, mu0, beta0, nu0, W0)",
        "mu0, beta0, nu0, W0",
        "You draw from the prior: the rows F are not used.",
        "the posterior step left out",
    ),
    (
        "uses_the_prior_scale",
        "sample_wishart(rng, nu_n, W_n)",
        "sample_wishart(rng, nu_n, W0)",
        "Lambda is drawn with W0. After seeing the rows its scale is W_n.",
        "prior in place of posterior",
    ),
    (
        "inverts_the_draw",
        "Lambda = sample_wishart(rng, nu_n, W_n)",
        "Lambda = np.linalg.inv(sample_wishart(rng, nu_n, W_n))",
        "The Wishart draw *is* the precision matrix; do not invert it.",
        "facts: covariance for precision",
    ),
)


# --- row_posterior --------------------------------------------------------------------------------------------------


def row_case(rng, n, m, K, alpha=None):
    """Ratings with holes; the holes hold nan and large numbers. Each row has seen at least one item and not all."""
    mask = rng.random((n, m)) < 0.5
    if m > 1:
        first, second = rng.permuted(np.tile(np.arange(m), (n, 1)), axis=1)[:, :2].T
        mask[np.arange(n), first], mask[np.arange(n), second] = True, False
    R = np.where(mask, rng.uniform(1.0, 3.0, size=(n, m)), rng.choice([np.nan, 50.0], size=(n, m)))
    mu = rng.uniform(0.5, 1.5, size=K) * rng.choice([-1, 1], size=K)
    alpha = rng.uniform(2.0, 4.0) if alpha is None else alpha
    return R, mask, rng.normal(size=(m, K)), mu, spd(rng, K), alpha


@exercise("row_posterior", weight=0)
def test_row_posterior_shapes(learner, rng):
    """`row_posterior` must return means (n, K) and precisions (n, K, K)."""
    result = learner.row_posterior(*row_case(rng, 6, 5, 3))
    expect_parts(result, 2, "It must return two arrays.")
    expect_array(result[1], (6, 3, 3), "`precisions`")
    expect(np.shape(result[0]) == (6, 3), "`means` must have the shape (n, K).")


@exercise("row_posterior", weight=3)
def test_row_precisions(learner, reference, rng):
    """The precision of a row is Lambda plus alpha times the outer products of the items that *this* row has seen."""
    cases = [row_case(rng, 6, 5, 3), row_case(rng, 4, 9, 2)]
    agree(learner, reference, "row_posterior", cases, part=part_of(2, 1))


@exercise("row_posterior", weight=4)
def test_row_means(learner, reference, rng):
    """The mean balances the prior and the ratings; where mask is False, R must not matter, nan or not."""
    cases = [row_case(rng, 6, 5, 3), row_case(rng, 4, 9, 2)]
    agree(learner, reference, "row_posterior", cases, part=part_of(2, 0))


@exercise("row_posterior", weight=2)
def test_row_posterior_limits(learner, rng):
    """Nothing seen: the prior. A very large alpha: least squares on the seen ratings. A very small one: the prior again."""
    n, m, K = 4, 12, 2
    R, mask, other, mu, Lambda, _ = row_case(rng, n, m, K)
    mask[:, :5] = True  # enough ratings for least squares
    R = np.where(mask, rng.uniform(1, 3, size=(n, m)), np.nan)
    nothing, exact, vague = learner.map(
        "row_posterior",
        [
            (R, np.zeros((n, m), dtype=bool), other, mu, Lambda, 2.0),
            (R, mask, other, mu, Lambda, 1e11),
            (R, mask, other, mu, Lambda, 1e-12),
        ],
    )
    fits = [np.linalg.lstsq(other[mask[i]], R[i, mask[i]], rcond=None)[0] for i in range(n)]
    expect_close(nothing[0], np.tile(mu, (n, 1)), message="Nothing seen.")
    expect_close(nothing[1], np.tile(Lambda, (n, 1, 1)), message="Nothing seen.")
    expect_close(exact[0], np.array(fits), rtol=1e-4, atol=1e-6, message="Very large alpha.")
    expect_close(vague[0], np.tile(mu, (n, 1)), rtol=1e-6, message="Very small alpha.")


@exercise("row_posterior", weight=1)
def test_row_posterior_of_small_sizes(learner, reference, rng):
    """One row, one item, one dimension, everything seen: the same rule holds."""
    R, _, other, mu, Lambda, alpha = row_case(rng, 3, 4, 2)
    full = np.where(np.isnan(R), 1.0, R), np.ones((3, 4), dtype=bool), other, mu, Lambda, alpha
    cases = [
        row_case(rng, 1, 5, 3),
        row_case(rng, 5, 4, 1),
        row_case(rng, 4, 1, 2),
        row_case(rng, 5, 5, 5),
        full,
    ]
    agree(learner, reference, "row_posterior", cases)


misconceptions_by_edit(
    "row_posterior",
    (
        "counts_holes_as_ratings",
        "np.tensordot(mask.astype(float), outer, axes=1)",
        "np.tensordot(np.ones(mask.shape), outer, axes=1)",
        "You count every item for every row, as if an unseen rating were a rating of 0. Only seen items add to the precision.",
        "facts: unobserved zeros counted as ratings",
    ),
    (
        "multiplies_by_the_mask",
        "np.where(mask, R, 0.0)",
        "mask * R",
        "0 * nan is nan: multiplying by the mask lets unseen entries through. Choose with np.where, or pick the seen ones.",
        "measured: one nan in a hole makes the whole row nan",
    ),
    (
        "forgets_alpha_in_the_precision",
        "Lambda + alpha * np.tensordot",
        "Lambda + np.tensordot",
        "alpha is missing in the precisions: each seen rating adds alpha times an outer product.",
        "one of the two places of alpha forgotten",
    ),
    (
        "forgets_alpha_in_the_pull",
        "+ alpha * seen @ other",
        "+ seen @ other",
        "alpha is missing in the means: the ratings pull with alpha, as they do in the precision.",
        "one of the two places of alpha forgotten",
    ),
    (
        "forgets_the_prior_mean",
        "Lambda @ mu + alpha",
        "alpha",
        "The prior's pull Lambda @ mu is missing, as if mu were 0.",
        "plain ridge regression, the step of PMF",
    ),
    (
        "pulls_with_mu_itself",
        "Lambda @ mu + alpha",
        "mu + alpha",
        "The prior pulls with Lambda @ mu, not with mu.",
        "a precision lost while completing the square",
    ),
    (
        "forgets_the_prior_precision",
        "precisions = Lambda + alpha",
        "precisions = 1e-9 * np.eye(len(mu)) + alpha",
        "Lambda is missing in the precisions: the prior counts as well as the ratings.",
        "least squares in place of the posterior",
    ),
    (
        "returns_covariances",
        "means = np.linalg.solve(precisions, pulls[:, :, None])[:, :, 0]",
        "means = np.linalg.solve(precisions, pulls[:, :, None])[:, :, 0]\n    precisions = np.linalg.inv(precisions)",
        "You return covariances. The second result is the precision matrices.",
        "facts: covariance for precision",
    ),
    (
        "takes_alpha_for_a_variance",
        "seen = np.where(mask, R, 0.0)",
        "seen = np.where(mask, R, 0.0)\n    alpha = 1 / alpha",
        "You use alpha as a variance. It is the precision of a rating: more alpha, more trust.",
        "precision and variance mixed up",
    ),
)


# --- sample_rows ----------------------------------------------------------------------------------------------------


def equal_rows(rng, n, K):
    """One user n times over: n draws in one call, from a normal distribution with strong correlations."""
    _, _, _, mu, Lambda, _ = row_case(rng, 1, 4, K)
    common = rng.uniform(1.0, 2.0, size=(5, 1)) * rng.choice([-1, 1], size=(5, 1))
    other = common + 0.3 * rng.normal(size=(5, K))
    R, mask = rng.uniform(1.0, 3.0, size=5), np.array([True, True, False, True, True])
    R[2] = np.nan
    return np.tile(R, (n, 1)), np.tile(mask, (n, 1)), other, mu, Lambda, rng.uniform(2.0, 4.0)


def whitened(rows, case, reference):
    """C' (row - mean) for every row: independent standard normal numbers, whatever the way they were drawn."""
    means, precisions = reference.row_posterior(*(part[:1] if k < 2 else part for k, part in enumerate(case)))
    return (rows - means) @ np.linalg.cholesky(precisions[0])


@exercise("sample_rows", weight=0)
def test_rows_shape(learner, rng):
    """`sample_rows` must return one vector for each row, (n, K), and nothing that is nan."""
    expect_array(learner.sample_rows(draw_seed(rng), *row_case(rng, 7, 5, 3)), (7, 3), "`rows`")


@exercise("sample_rows", weight=3)
def test_rows_without_noise(learner, reference, rng):
    """With a huge precision no chance is left: the rows are their means, each row its own."""
    R, mask, other, mu, Lambda, _ = row_case(rng, 6, 5, 2)
    mask[:, :4] = True
    R = np.where(mask, rng.uniform(1.0, 3.0, size=R.shape), np.nan)
    exact = R, mask, other, mu, 1e12 * Lambda, 1e13
    means, _ = reference.row_posterior(*exact)
    # precisions are at least 0.5e12, so a row scatters by less than 1.5e-6; 30 of these
    rows = expect_array(learner.sample_rows(draw_seed(rng), *exact), (6, 2), "`rows`")
    expect_close(rows, means, rtol=0.0, atol=5e-5)


@exercise("sample_rows", weight=4)
def test_rows_scatter(learner, reference, rng):
    """Around its mean a row must scatter with the inverse of its precision matrix, in every direction, and each row on its own."""
    n = 3000
    for K in (2, 3):
        case = equal_rows(rng, n, K)
        rows = expect_array(learner.sample_rows(draw_seed(rng), *case), (n, K), "`rows`")
        z, V = whitened(rows, case, reference), directions(K)
        # a sum of n standard normals is beyond sqrt(2 * 27 * n) with probability below 2 exp(-27)
        centred = z - z.mean(axis=0)
        chi_square(((centred @ V) ** 2).sum(axis=0), n - 1.0, "The scatter is wrong.")
        expect(np.abs(z.sum(axis=0)).max() <= np.sqrt(2 * X * n), "The mean is wrong.")


@exercise("sample_rows", weight=2)
def test_rows_without_ratings_follow_the_prior(learner, rng):
    """A row without a single rating is a draw from the prior, with mean mu and precision Lambda."""
    n, K = 3000, 3
    R, mask, other, mu, _, alpha = equal_rows(rng, n, K)
    Lambda = spd(rng, K, low=0.2, high=5.0)
    case = R, np.zeros_like(mask), other, mu, Lambda, alpha
    rows = expect_array(learner.sample_rows(draw_seed(rng), *case), (n, K), "`rows`")
    z = (rows - mu) @ np.linalg.cholesky(Lambda)
    chi_square(((z @ directions(K)) ** 2).sum(axis=0), float(n))


@exercise("sample_rows", weight=1)
def test_rows_follow_the_seed(learner, rng):
    """All chance comes from rng: the same seed gives the same rows, another one other rows."""
    seed, case = draw_seed(rng), row_case(rng, 4, 6, 2)
    one, again, other = learner.map(
        "sample_rows", [(seed, *case), (seed, *case), (Seed(seed.seed + 1), *case)]
    )
    expect_close(again, expect_array(one, (4, 2)))
    expect(np.abs(expect_array(other, (4, 2)) - one).min() > 0)


misconceptions_by_edit(
    "sample_rows",
    (
        "forgets_the_transpose",
        "np.linalg.solve(C.transpose(0, 2, 1), noise)",
        "np.linalg.solve(C, noise)",
        "The factors must be transposed in the solve: with C itself the mean is right and the covariance is not.",
        "facts: solve(C, z) instead of solve(C', z): covariance wrong, mean right",
    ),
    (
        "takes_precisions_for_covariances",
        "np.linalg.solve(C.transpose(0, 2, 1), noise)",
        "(C @ noise)",
        "You use the precision matrices as covariances: where the ratings say much, your rows scatter much.",
        "facts: covariance for precision",
    ),
    (
        "solves_with_the_precision",
        "np.linalg.solve(C.transpose(0, 2, 1), noise)",
        "np.linalg.solve(precisions, noise)",
        "You solve with the precision itself. Its Cholesky factor, transposed, belongs there: a root of the covariance.",
        "covariance in place of its root",
    ),
    (
        "adds_no_noise",
        "np.linalg.solve(C.transpose(0, 2, 1), noise)",
        "0.0 * noise",
        "You return the means. A Gibbs step draws.",
        "the point estimate in place of a sample",
    ),
    (
        "gives_all_rows_the_same_noise",
        "rng.normal(size=means.shape)[:, :, None]",
        "np.tile(rng.normal(size=means.shape[1]), (len(means), 1))[:, :, None]",
        "All rows share one noise vector. Each row needs its own.",
        "noise of shape (K,) broadcast over the rows",
    ),
    (
        "gives_all_entries_the_same_noise",
        "rng.normal(size=means.shape)[:, :, None]",
        "np.tile(rng.normal(size=(len(means), 1)), (1, means.shape[1]))[:, :, None]",
        "All entries of a row share one random number. Each entry needs its own.",
        "noise of shape (n, 1) broadcast over the entries",
    ),
    (
        "draws_uniform_noise",
        "rng.normal(size=means.shape)",
        "rng.random(size=means.shape)",
        "Your noise is uniform between 0 and 1. It must be standard normal: around 0, with both signs.",
        "rng.random for rng.normal",
    ),
    (
        "uses_the_diagonal_only",
        "np.linalg.solve(C.transpose(0, 2, 1), noise)",
        "(noise / np.sqrt(np.diagonal(precisions, axis1=1, axis2=2))[:, :, None])",
        "You use the diagonal of the precision only: the entries of a row must be correlated, and scatter more than that.",
        "document 002: the answer passes the diagonal to a scalar normal",
    ),
)


# --- bpmf -----------------------------------------------------------------------------------------------------------


def low_rank(rng, n, m):
    """A matrix of rank 2 with both singular values of the same order, entries of order 1."""
    left, right = (np.linalg.qr(rng.normal(size=(size, 2)))[0] for size in (n, m))
    return np.sqrt(n * m / 2) * (left * np.array([1.0, 0.8])) @ right.T


SIZE_FROM_THE_PRIOR = 1.39  # measured over 2,000 right sweeps: mean log of the mean square, one item, rank 3


def with_holes(rng, R, share):
    """A mask that leaves out the given share of every row, spread over the columns."""
    n, m = R.shape
    mask = np.ones((n, m), dtype=bool)
    order, holes = rng.permutation(m), int(share * m)
    for i in range(n):
        mask[i, order[(i * holes + np.arange(holes)) % m]] = False
    return mask


@exercise("bpmf", weight=0)
def test_prediction_shape(learner, rng):
    """`bpmf` must return one finite prediction for each user and item, (n, m), also where R holds nan."""
    R = low_rank(rng, 8, 5)
    mask = with_holes(rng, R, 0.3)
    expect_array(
        learner.bpmf(draw_seed(rng), np.where(mask, R, np.nan), mask, 3, 4.0, 3, 1), (8, 5), "`prediction`"
    )


@exercise("bpmf", weight=3)
def test_complete_ratings_come_back(learner, rng):
    """Complete ratings of rank 2 with a huge precision must come back after two sweeps, with U and V always the newest."""
    for n, m in ((9, 6), (5, 8)):
        R = low_rank(rng, n, m)
        result = learner.bpmf(draw_seed(rng), R, np.ones((n, m), dtype=bool), 2, 1e10, 2, 1)
        expect_close(result, R, rtol=0.0, atol=1e-2)


@exercise("bpmf", weight=4)
def test_mean_over_the_right_sweeps(learner, rng):
    """The prediction is the mean of U @ V.T over the sweeps after the burn-in. A longer chain begins like a shorter one."""
    R = low_rank(rng, 8, 5) + 0.3 * rng.normal(size=(8, 5))
    mask = with_holes(rng, R, 0.4)
    case = draw_seed(rng), np.where(mask, R, np.nan), mask, 2, 5.0
    counts = [(1, 0), (2, 1), (3, 2), (4, 3), (3, 0), (4, 2), (4, 1), (4, 0)]
    results = [
        expect_array(P, (8, 5), "`prediction`") for P in learner.map("bpmf", [(*case, *c) for c in counts])
    ]
    single = results[:4]
    for P in single:
        size = np.linalg.svd(P, compute_uv=False)
        expect(
            size[0] > 1e-6 and size[2] <= 1e-8 * size[0], "After one sweep it must be a product of rank 2."
        )
    expect(np.abs(single[1] - single[0]).max() > 1e-6, "The chain does not move.")
    expect_close(results[4], np.mean(single[:3], axis=0))
    expect_close(results[5], np.mean(single[2:], axis=0))
    expect_close(results[6], np.mean(single[1:], axis=0))
    expect_close(results[7], np.mean(single, axis=0))


@exercise("bpmf", weight=2)
def test_holes_do_not_count(learner, rng):
    """What R holds where mask is False must not matter, and an unseen rating is not a rating of 0."""
    R = low_rank(rng, 9, 6)
    mask = with_holes(rng, R, 0.4)
    seed, zeros = draw_seed(rng), np.where(mask, R, 0.0)
    calls = [
        (seed, np.where(mask, R, np.nan), mask, 2, 5.0, 4, 1),
        (seed, np.where(mask, R, 50.0), mask, 2, 5.0, 4, 1),
        (seed, zeros, np.ones_like(mask), 2, 5.0, 4, 1),
    ]
    unseen, other, rated = (expect_array(P, R.shape) for P in learner.map("bpmf", calls))
    expect_close(other, unseen)
    expect(np.abs(rated - unseen).max() > 1e-3, "Unseen ratings count like ratings of 0.")


@exercise("bpmf", weight=2)
def test_new_user_is_like_the_others(learner, rng):
    """A user without ratings must be predicted like the mean of the others: mu and Lambda are drawn anew in every sweep."""
    profile = rng.uniform(1.5, 2.5, size=6) * rng.permutation(np.resize([-1.0, 1.0], 6))
    R = profile + 0.3 * rng.normal(size=(40, 6))
    mask = np.ones(R.shape, dtype=bool)
    mask[7] = False
    P = expect_array(learner.bpmf(draw_seed(rng), np.where(mask, R, np.nan), mask, 2, 10.0, 90, 30), R.shape)
    expect(np.abs(P[7] / profile - 1).max() < 0.5)


@exercise("bpmf", weight=2)
def test_new_item_is_like_the_others(learner, rng):
    """An item without ratings must be predicted like the mean of the others: the items have a mu and a Lambda of their own."""
    profile = rng.uniform(1.5, 2.5, size=6) * rng.permutation(np.resize([-1.0, 1.0], 6))
    R = profile[:, None] + 0.3 * rng.normal(size=(6, 40))
    mask = np.ones(R.shape, dtype=bool)
    mask[:, 7] = False
    P = expect_array(learner.bpmf(draw_seed(rng), np.where(mask, R, np.nan), mask, 2, 10.0, 90, 30), R.shape)
    expect(np.abs(P[:, 7] / profile - 1).max() < 0.5)


@exercise("bpmf", weight=1)
def test_prior_of_both_sides(learner, rng):
    """Without a single rating the vectors come from the prior alone: mu0 = 0, beta0 = 2, nu0 = rank, W0 = I, and a standard normal start."""
    R, mask = np.full((30, 1), np.nan), np.zeros((30, 1), dtype=bool)
    sizes = []
    for _ in range(2):  # a request holds at most 512 arrays
        calls = [(seed, R, mask, 3, 1.0, 1, 0) for seed in seeds_from(rng, 100)]
        sizes += [np.log((expect_array(P, R.shape) ** 2).mean()) for P in learner.map("bpmf", calls)]
    expect(abs(np.mean(sizes) - SIZE_FROM_THE_PRIOR) < 0.5)


misconceptions_by_edit(
    "bpmf",
    (
        "keeps_the_burn_in",
        "if sweep >= burn_in:\n            prediction += U @ V.T / (sweeps - burn_in)",
        "prediction += U @ V.T / sweeps",
        "The sweeps of the burn-in are in your mean. Leave the first burn_in sweeps out.",
        "facts: burn-in kept",
    ),
    (
        "divides_by_all_sweeps",
        "/ (sweeps - burn_in)",
        "/ sweeps",
        "You divide by all sweeps, but add up only those after the burn-in.",
        "a mean over the wrong count",
    ),
    (
        "returns_the_last_draw",
        "prediction += U @ V.T / (sweeps - burn_in)",
        "prediction = U @ V.T",
        "You return the last draw. The prediction is the mean over all sweeps after the burn-in.",
        "facts: a single last draw; measured: a test error of about .42 instead of .36",
    ),
    (
        "drops_one_sweep_too_many",
        "if sweep >= burn_in:",
        "if sweep > burn_in:",
        "One sweep too many is left out: counted from 0, sweep number burn_in is the first that counts.",
        "`>` for `>=`",
    ),
    (
        "counts_holes_as_ratings",
        "prediction = np.zeros(R.shape)",
        "prediction = np.zeros(R.shape)\n    R, mask = np.where(mask, R, 0.0), np.ones(R.shape, dtype=bool)",
        "You treat unseen ratings as ratings of 0.",
        "facts: unobserved zeros counted as ratings",
    ),
    (
        "takes_alpha_for_a_variance",
        "prediction = np.zeros(R.shape)",
        "prediction = np.zeros(R.shape)\n    alpha = 1 / alpha",
        "You hand 1 / alpha on. alpha is a precision already.",
        "precision and variance mixed up",
    ),
    (
        "gives_the_items_the_hyperparameters_of_the_users",
        "mu, Lambda = sample_hyperparameters(rng, V, *prior)",
        "sample_hyperparameters(rng, V, *prior)",
        "V is drawn with the mu and Lambda of U. The items have their own pair: keep what you draw for them.",
        "a trial's program: the result of the second call thrown away; an unrated item then is 2.2 off instead of 0.4",
    ),
    (
        "has_another_scale_in_its_prior",
        "float(rank), np.eye(rank)",
        "float(rank), 0.1 * np.eye(rank)",
        "The prior scale of your precision matrices is not I. The docstring fixes W0 = I.",
        "a trial's program: W0 = 0.1 I passed every check",
    ),
    (
        "has_more_degrees_of_freedom_in_its_prior",
        "float(rank), np.eye(rank)",
        "float(rank) + 5.0, np.eye(rank)",
        "The prior has more degrees of freedom than asked for. The docstring fixes nu0 = rank.",
        "a trial's program: nu0 = rank + 5 passed every check",
    ),
    (
        "has_its_own_alpha",
        "prediction = np.zeros(R.shape)",
        "prediction = np.zeros(R.shape)\n    alpha = 2.0",
        "The argument alpha is not used: the precision is fixed at 2, as in the question.",
        "document 002: alpha = 2 in the question's program",
    ),
    (
        "adds_up_without_dividing",
        "prediction += U @ V.T / (sweeps - burn_in)",
        "prediction += U @ V.T",
        "You return the sum over the sweeps. Divide by their number.",
        "the mean forgotten",
    ),
)


@misconception(
    "bpmf",
    "You average U and V and multiply the means. Factors may turn from draw to draw; average the products.",
    source="facts: mean of factors instead of mean of predictions; measured: harmless within one chain, ruinous over several",
)
def averages_the_factors(rng, R, mask, rank, alpha, sweeps, burn_in):
    U = rng.normal(size=(R.shape[0], rank))
    V = rng.normal(size=(R.shape[1], rank))
    prior = np.zeros(rank), 2.0, float(rank), np.eye(rank)
    mean_U, mean_V = 0.0, 0.0
    for sweep in range(sweeps):
        mu, Lambda = sample_hyperparameters(rng, U, *prior)  # noqa: F821
        U = sample_rows(rng, R, mask, V, mu, Lambda, alpha)  # noqa: F821
        mu, Lambda = sample_hyperparameters(rng, V, *prior)  # noqa: F821
        V = sample_rows(rng, R.T, mask.T, U, mu, Lambda, alpha)  # noqa: F821
        if sweep >= burn_in:
            mean_U, mean_V = mean_U + U / (sweeps - burn_in), mean_V + V / (sweeps - burn_in)
    return mean_U @ mean_V.T


@misconception(
    "bpmf",
    "Both sides are drawn from the old values. In a sweep V must see the U that was drawn just before.",
    source="a parallel update, which is not a Gibbs sampler",
)
def updates_both_sides_at_once(rng, R, mask, rank, alpha, sweeps, burn_in):
    U = rng.normal(size=(R.shape[0], rank))
    V = rng.normal(size=(R.shape[1], rank))
    prior = np.zeros(rank), 2.0, float(rank), np.eye(rank)
    prediction = np.zeros(R.shape)
    for sweep in range(sweeps):
        mu, Lambda = sample_hyperparameters(rng, U, *prior)  # noqa: F821
        new_U = sample_rows(rng, R, mask, V, mu, Lambda, alpha)  # noqa: F821
        mu, Lambda = sample_hyperparameters(rng, V, *prior)  # noqa: F821
        V = sample_rows(rng, R.T, mask.T, U, mu, Lambda, alpha)  # noqa: F821
        U = new_U
        if sweep >= burn_in:
            prediction += U @ V.T / (sweeps - burn_in)
    return prediction


@misconception(
    "bpmf",
    "mu and Lambda never change: that is the model before it became Bayesian. Draw them anew in every sweep, for each side.",
    source="PMF with fixed penalties in place of BPMF",
)
def holds_the_hyperparameters_fixed(rng, R, mask, rank, alpha, sweeps, burn_in):
    U = rng.normal(size=(R.shape[0], rank))
    V = rng.normal(size=(R.shape[1], rank))
    prediction = np.zeros(R.shape)
    for sweep in range(sweeps):
        U = sample_rows(rng, R, mask, V, np.zeros(rank), np.eye(rank), alpha)  # noqa: F821
        V = sample_rows(rng, R.T, mask.T, U, np.zeros(rank), np.eye(rank), alpha)  # noqa: F821
        if sweep >= burn_in:
            prediction += U @ V.T / (sweeps - burn_in)
    return prediction


@misconception(
    "bpmf",
    "mu and Lambda are drawn once, before the loop, from random vectors. They must be drawn anew in every sweep.",
    source="the hyperparameter step moved out of the loop to save time",
)
def draws_the_hyperparameters_once(rng, R, mask, rank, alpha, sweeps, burn_in):
    U = rng.normal(size=(R.shape[0], rank))
    V = rng.normal(size=(R.shape[1], rank))
    prior = np.zeros(rank), 2.0, float(rank), np.eye(rank)
    of_U, of_V = sample_hyperparameters(rng, U, *prior), sample_hyperparameters(rng, V, *prior)  # noqa: F821
    prediction = np.zeros(R.shape)
    for sweep in range(sweeps):
        U = sample_rows(rng, R, mask, V, *of_U, alpha)  # noqa: F821
        V = sample_rows(rng, R.T, mask.T, U, *of_V, alpha)  # noqa: F821
        if sweep >= burn_in:
            prediction += U @ V.T / (sweeps - burn_in)
    return prediction


# --- lkj_cholesky ---------------------------------------------------------------------------------------------------


@exercise("lkj_cholesky", weight=0)
def test_lkj_is_a_factor_of_a_correlation_matrix(learner, rng):
    """`lkj_cholesky` must return a lower triangle whose rows have length 1, with a diagonal that is not negative."""
    cases = [(draw_seed(rng), dim, eta) for dim, eta in ((1, 1.0), (2, 3.0), (5, 0.5), (12, 1.0))]
    for result, (_, dim, _) in zip(learner.map("lkj_cholesky", cases), cases, strict=True):
        L = expect_array(result, (dim, dim), "`L`")
        expect(np.abs(np.triu(L, 1)).max() < 1e-12, "It is not lower triangular.")
        expect_close((L**2).sum(axis=1), np.ones(dim), rtol=1e-9, message="A row has not the length 1.")
        expect(np.diag(L).min() >= 0, "The diagonal has a negative entry.")
        expect(dim == 1 or np.abs(np.tril(L, -1)).max() > 0, "Nothing stands below the diagonal.")


def shares(learner, rng, dim, eta, calls):
    """What stands left of the diagonal, squared, for every row of every draw; and what Beta distribution it should have."""
    draws = learner.map("lkj_cholesky", [(seed, dim, eta) for seed in seeds_from(rng, calls)])
    L = np.array([expect_array(draw, (dim, dim), "`L`") for draw in draws])
    total = eta + (dim - 1) / 2  # a + b, the same in every row
    return L, (np.tril(L, -1) ** 2).sum(axis=2), np.arange(dim) / 2 / total, 1 / (4 * (total + 1))


@exercise("lkj_cholesky", weight=4)
def test_lkj_shares(learner, rng):
    """The squared length left of the diagonal follows Beta(i / 2, eta + (dim - 1 - i) / 2) in row i: a larger share in lower rows."""
    for dim, eta, calls in ((60, 1.0, 6), (40, 15.0, 6)):
        _, y, mean, proxy = shares(learner, rng, dim, eta, calls)
        for part in (slice(1, dim // 2), slice(dim // 2, dim), slice(3 * dim // 4, dim)):
            deviation = (y - mean)[:, part]
            sub_gaussian(deviation.sum(), proxy * deviation.size)


@exercise("lkj_cholesky", weight=2)
def test_lkj_of_small_matrices(learner, rng):
    """Two and three variables, with eta below 1, at 1 and above: the spread of the correlations must be that of LKJ."""
    for dim, eta in ((2, 0.25), (2, 4.0), (3, 1.0)):
        _, y, mean, proxy = shares(learner, rng, dim, eta, 300)
        for row in range(1, dim):
            sub_gaussian((y[:, row] - mean[row]).sum(), proxy * len(y))


@exercise("lkj_cholesky", weight=2)
def test_lkj_directions(learner, rng):
    """The direction is uniform on the sphere: both signs alike, no column favoured. A huge eta leaves only the identity."""
    dim, eta = 60, 1.0
    L, _, _, proxy = shares(learner, rng, dim, eta, 6)
    # (1 + r) / 2 is Beta(a, a) for r = L[i, 0], so r has the proxy 1 / (2 a + 1); r squared is Beta(1/2, a)
    r, a = L[:, 1:, 0], eta - 1 + dim / 2
    sub_gaussian(r.sum(), r.size / (2 * a + 1), "Both signs must be alike.")
    sub_gaussian((r**2).sum() - r.size / (2 * a + 1), r.size * proxy, "A column is favoured.")
    # of a uniform direction with i entries, the sum of the fourth powers has the mean 3 / (i + 2)
    length = np.linalg.norm(np.tril(L, -1), axis=2)[:, 10:]
    fourth = (np.tril(L, -1)[:, 10:] ** 4).sum(axis=2) / length**4
    expect(
        abs((fourth - 3 / (np.arange(10, dim) + 2)).sum()) < 5,
        "Some directions are favoured: is each entry normal?",
    )
    identity = expect_array(learner.lkj_cholesky(draw_seed(rng), 5, 1e12), (5, 5), "`L`")
    expect_close(
        identity, np.eye(5), rtol=0.0, atol=1e-4, message="With a huge eta the identity must come out."
    )


@exercise("lkj_cholesky", weight=1)
def test_lkj_follows_the_seed(learner, rng):
    """All chance comes from rng: the same seed gives the same factor, another one another factor."""
    seed = draw_seed(rng)
    one, again, other = learner.map(
        "lkj_cholesky", [(seed, 4, 1.0), (seed, 4, 1.0), (Seed(seed.seed + 1), 4, 1.0)]
    )
    expect_close(again, expect_array(one, (4, 4)))
    expect(np.abs(expect_array(other, (4, 4)) - one).max() > 1e-6)


misconceptions_by_edit(
    "lkj_cholesky",
    (
        "forgets_the_roots",
        "L[i, :i] = np.sqrt(y) * direction\n        L[i, i] = np.sqrt(1 - y)",
        "L[i, :i] = y * direction\n        L[i, i] = np.sqrt(1 - y**2)",
        "y is a *squared* length: the part left of the diagonal is its root long.",
        "length and squared length mixed up",
    ),
    (
        "has_one_beta_for_all_rows",
        "eta + (dim - 1 - i) / 2",
        "eta + (dim - 2) / 2",
        "The second parameter of your Beta is the same in every row. It falls by one half from row to row.",
        "the update of beta in the onion method forgotten",
    ),
    (
        "lets_beta_rise",
        "eta + (dim - 1 - i) / 2",
        "eta + (i - 1) / 2",
        "The second parameter of your Beta rises from row to row. It falls, down to eta in the last row.",
        "the rows counted from the wrong end",
    ),
    (
        "is_off_by_a_half",
        "eta + (dim - 1 - i) / 2",
        "eta + (dim - i) / 2",
        "The second parameter of your Beta is one half too large: in the last row it must be eta itself.",
        "rows counted from 1 in the papers and from 0 here",
    ),
    (
        "does_not_halve_i",
        "rng.beta(i / 2,",
        "rng.beta(i,",
        "The first parameter of Beta is i / 2: half of the number of entries left of the diagonal.",
        "a half lost",
    ),
    (
        "ignores_eta",
        "eta + (dim - 1 - i) / 2",
        "1.0 + (dim - 1 - i) / 2",
        "eta is not used: you always draw uniformly over all correlation matrices.",
        "eta fixed at 1, as in the question's `n=1`",
    ),
    (
        "draws_positive_directions",
        "direction = rng.normal(size=i)",
        "direction = rng.random(size=i)",
        "Your directions have positive entries only. Normal numbers have both signs, and no favoured direction.",
        "rng.random for rng.normal",
    ),
    (
        "draws_directions_in_a_cube",
        "direction = rng.normal(size=i)",
        "direction = rng.uniform(-1, 1, size=i)",
        "You draw the direction from a cube, which favours its corners. Only normal numbers point everywhere alike.",
        "measured: right variances by symmetry, wrong fourth moments (0.64 against 0.78 at dim 6)",
    ),
    (
        "does_not_normalise",
        "direction = direction / np.linalg.norm(direction)",
        "direction = direction / np.sqrt(i)",
        "Your direction has not the length 1: divide by its own norm.",
        "the expected length in place of the length",
    ),
    (
        "returns_the_upper_factor",
        "        L[i, i] = np.sqrt(1 - y)",
        "        L[i, i] = np.sqrt(1 - y)\n    L = L.T",
        "Your factor is upper triangular. The lower one is asked for.",
        "R's and Stan's upper factor",
    ),
    (
        "returns_the_correlation_matrix",
        "        L[i, i] = np.sqrt(1 - y)",
        "        L[i, i] = np.sqrt(1 - y)\n    L = L @ L.T",
        "This is the correlation matrix. Its lower factor is asked for.",
        "factor and product mixed up",
    ),
)


@misconception(
    "lkj_cholesky",
    "You draw random rows and divide by their length. That is a legal factor, but not LKJ: the pairs are treated differently.",
    source="a popular shortcut; measured: variances from .50 down to .25 at dim 4 instead of .20 for all",
)
def normalises_random_rows(rng, dim, eta):
    L = np.tril(rng.normal(size=(dim, dim)))
    L[np.diag_indices(dim)] = np.abs(np.diag(L))
    return L / np.linalg.norm(L, axis=1, keepdims=True)


@misconception(
    "lkj_cholesky",
    "You draw every partial correlation uniformly. Their Beta distribution depends on the place, or the matrix is not LKJ.",
    source="the vine method with one distribution for all partial correlations",
)
def draws_uniform_partial_correlations(rng, dim, eta):
    L = np.zeros((dim, dim))
    for i in range(dim):
        rest = 1.0
        for j in range(i):
            L[i, j] = rng.uniform(-1, 1) * np.sqrt(rest)
            rest = max(rest - L[i, j] ** 2, 0.0)
        L[i, i] = np.sqrt(rest)
    return L


# --- predict --------------------------------------------------------------------------------------------------------


def capitals(letters):
    expect_parts(letters, 5, "It must return five letters.")
    expect(all(isinstance(letter, str) for letter in letters), "Each entry is one letter.")
    return [letter.strip().upper() for letter in letters]


@exercise("predict", weight=0)
def test_predictions_are_five_letters(learner):
    """`predict` must return five letters."""
    capitals(learner.predict())


declare_answer_checks(
    globals(),
    "predict",
    read=capitals,
    test_prediction_of_the_average="Question 1: look at the blue curve.",
    test_prediction_of_the_point_estimate="Question 2: look at the red curve.",
    test_prediction_of_a_small_rank="Question 3: look at the left end of the curves.",
    test_prediction_of_one_chain="Question 4: look at the printed line for one chain.",
    test_prediction_of_eight_chains="Question 5: look at the printed line for eight chains.",
)


for name, new, message in (
    (
        "expects_the_average_to_overfit",
        '("B", "C", "B", "A", "B")',
        "Superfluous directions are random from draw to draw and vanish in the average: its error does not rise.",
    ),
    (
        "expects_the_average_to_break",
        '("C", "C", "B", "A", "B")',
        "Superfluous directions are random from draw to draw and vanish in the average: its error hardly moves.",
    ),
    (
        "expects_the_point_estimate_to_be_safe",
        '("A", "A", "B", "A", "B")',
        "A point estimate with a tiny penalty fits the noise with every superfluous direction.",
    ),
    (
        "expects_the_point_estimate_to_bend",
        '("A", "B", "B", "A", "B")',
        "With a tiny penalty the point estimate is worse than that: compare the two ends of the red curve.",
    ),
    (
        "expects_help_against_a_small_rank",
        '("A", "C", "A", "A", "B")',
        "What a model of rank 2 cannot say, no average of it can say: each draw, and so the mean, lacks the third direction.",
    ),
    (
        "expects_one_chain_to_turn",
        '("A", "C", "B", "B", "B")',
        "Within one chain the factors hardly turn, so the product of the means is nearly as good. It is a trap with a delay.",
    ),
    (
        "expects_chains_to_agree",
        '("A", "C", "B", "A", "A")',
        "Chains from different starts end in different rotations, and their mean factors cancel.",
    ),
):
    misconception_by_edit(
        "predict",
        name,
        old='("A", "C", "B", "A", "B")',
        new=new,
        message=message,
        source="measured in the lesson's section 5",
    )
