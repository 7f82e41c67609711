"""Hidden checks of 28_state_space."""

import re

import numpy as np

from autograder.checking import (
    LearnerRaised,
    agree,
    declare_answer_checks,
    draw_away_from_zero,
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
    "discretise": ["expm"],
    "simulate": ["output_shape"],
    "rk4": ["output_shape"],
    "recover_state": ["output_shape", "simulate"],
}

NAME = re.compile(r"(?<![A-Za-z0-9_])(?:Ad|Bd|A|B|C|D|u|x0)(?![A-Za-z0-9_])")


def away_from_zero(rng, *shape):
    """Entries of both signs, none of them small."""
    return draw_away_from_zero(rng, 0.5, 1.5, shape)


def model(rng, n, m, p, size):
    """Four matrices with nothing equal to zero; A has the spectral norm ``size``."""
    A = rng.normal(size=(n, n))
    A *= size / np.linalg.norm(A, 2)
    return A, away_from_zero(rng, n, m), away_from_zero(rng, p, n), away_from_zero(rng, p, m)


def two_masses(rng, dt):
    """A step of two masses with springs, seen through the first position; well observable."""
    k1, k2 = rng.uniform(15, 25), rng.uniform(8, 12)
    K = np.array([[k1 + k2, -k2], [-2 * k2, 2 * k2]])
    A = np.block([[np.zeros((2, 2)), np.eye(2)], [-K, -0.02 * K]])
    values, vectors = np.linalg.eig(A)
    Ad = (vectors * np.exp(values * dt)) @ np.linalg.inv(vectors)
    Bd = np.linalg.solve(A, (Ad.real - np.eye(4)) @ np.array([[0.0], [0.0], [0.0], [2.0]]))
    return Ad.real, Bd, np.array([[1.0, 0.0, 0.0, 0.0]]), away_from_zero(rng, 1, 1)


def same_exponential(found, right):
    """Compare relative to the largest entry; the small ones of a large exponential carry few digits."""
    scale = np.abs(right).max()
    expect_close(expect_array(found, right.shape) / scale, right / scale, rtol=1e-6, atol=1e-8)


def refuses(function, cases, valid, expected):
    """Each case must raise a ValueError that names its culprit first; the valid call must still give what it should.

    All calls are made before any is judged, so that a wrong idea can be told from its neighbours.
    """
    outcomes = []
    for arguments, _, _ in cases:
        try:
            function(*arguments)
        except LearnerRaised as error:
            if "NotImplementedError" in error.failure.bases:
                raise
            outcomes.append(error.failure)
        else:
            outcomes.append(None)
    result = function(*valid)
    for failure, (_, names, words) in zip(outcomes, cases, strict=True):
        expect(failure is not None, f"{words}: nothing was raised.")
        kinds = [failure.type_name, *failure.bases]
        expect(
            "ValueError" in kinds,
            f"{words}: it raised {failure.type_name}; a ValueError of yours is expected.",
        )
        found = NAME.findall(failure.message)
        expect(
            found,
            f"{words}: the ValueError does not name what does not fit. Begin its message with the name.",
        )
        expect(found[0] in names, f"{words}: the ValueError names something else first.")
    expect_close(result, expected, message="What fits must still be accepted, with the right result.")


# --- output_shape ---------------------------------------------------------------------------------------------------


def blank(*shapes):
    return [np.ones(shape) for shape in shapes]


def sizes(rng):
    """n, m, p, all different and at least 2."""
    return [int(k) for k in 2 + rng.permutation(5)[:3]]


@exercise("output_shape", weight=0)
def test_output_shape_is_a_tuple_of_one_number(learner, rng):
    """`output_shape` must return a tuple with one entry."""
    n, m, p = sizes(rng)
    result = learner.output_shape(*blank((n, n), (n, m), (p, n), (p, m)))
    expect(isinstance(result, (tuple, list)), "It is not a tuple.")
    expect(len(result) == 1, "The output at one instant is flat: one entry, not two.")
    expect_array(result[0], (), "its entry")


@exercise("output_shape", weight=2)
def test_rows_of_C_count_the_outputs(learner, rng):
    """The number of outputs is the number of rows of C, whatever the number of states and inputs."""
    triples = [sizes(rng) for _ in range(4)] + [[4, 1, 1], [1, 4, 3], [1, 1, 1], [4, 1, 4]]
    cases = [tuple(blank((n, n), (n, m), (p, n), (p, m))) for n, m, p in triples]
    for result, (_, _, p) in zip(learner.map("output_shape", cases), triples, strict=True):
        expect_close(result, (p,))


def misfits(learner, rng, place, wrong_shapes, words):
    """The four matrices, with one of them replaced by each of the wrong shapes."""
    n, m, p = sizes(rng)
    right = [(n, n), (n, m), (p, n), (p, m)]
    cases = []
    for wrong in wrong_shapes(n, m, p):
        shapes = right[:place] + [wrong] + right[place + 1 :]
        cases.append((blank(*shapes), {"ABCD"[place]}, words))
    refuses(learner.output_shape, cases, blank(*right), (p,))


@exercise("output_shape", weight=1)
def test_A_must_be_square(learner, rng):
    """If A is not square, the ValueError must begin with A."""
    misfits(learner, rng, 0, lambda n, m, p: [(n, n + 1), (n, n - 1), (1, n), (n,)], "A is not square")


@exercise("output_shape", weight=1)
def test_B_must_have_a_row_for_each_state(learner, rng):
    """If B has not as many rows as A, or only one dimension, the ValueError must begin with B."""
    words = "B has the wrong number of rows or dimensions"
    misfits(learner, rng, 1, lambda n, m, p: [(m, n), (n + 1, m), (1, m), (n,)], words)


@exercise("output_shape", weight=1)
def test_C_must_have_a_column_for_each_state(learner, rng):
    """If C has not as many columns as A, or only one dimension, the ValueError must begin with C."""
    words = "C has the wrong number of columns or dimensions"
    misfits(learner, rng, 2, lambda n, m, p: [(n, p), (p, n + 1), (p, 1), (n,)], words)


@exercise("output_shape", weight=2)
def test_D_must_have_the_rows_of_C_and_the_columns_of_B(learner, rng):
    """D must have as many rows as C and as many columns as B; else the ValueError must begin with D, also where NumPy would stretch a 1."""
    words = "D has not the shape (outputs, inputs)"
    misfits(
        learner,
        rng,
        3,
        lambda n, m, p: [(m, p), (p, m + 1), (p + 1, m), (1, m), (p, 1), (1, 1), (p,), (m,)],
        words,
    )
    right = [(4, 4), (4, 1), (4, 4)]
    cases = [
        (blank(*right, shape), {"D"}, "C is 4 by 4, with one input")
        for shape in ((1, 1), (4, 4), (1, 4), (4,))
    ]
    refuses(learner.output_shape, cases, blank(*right, (4, 1)), (4,))


@exercise("output_shape", weight=1)
def test_the_first_misfit_is_named(learner, rng):
    """If several matrices do not fit, the ValueError must begin with the first in the order A, B, C, D."""
    n, m, p = sizes(rng)
    right = [(n, n), (n, m), (p, n), (p, m)]
    wrong = [(n, n + 1), (n + 2, m), (p, n + 2), (p + 1, m + 1)]
    cases = [
        (blank(*right[:first], *wrong[first:]), {"ABCD"[first]}, "several matrices do not fit")
        for first in range(3)
    ]
    refuses(learner.output_shape, cases, blank(*right), (p,))


misconception_by_edit(
    "output_shape", "counts_the_states", old="shape = (p,)", new="shape = (n,)",
    message="You count the states. An output is a row of C; the states stay inside unless C lets them out.",
    source="document 004: the question expects one output for each of the four states",
)  # fmt: skip
misconception_by_edit(
    "output_shape", "counts_the_inputs", old="shape = (p,)", new="shape = (m,)",
    message="You count the inputs, the columns of B. Outputs are the rows of C.",
    source="rows and columns of D mixed up",
)  # fmt: skip
misconception_by_edit(
    "output_shape", "gives_a_column", old="shape = (p,)", new="shape = (p, 1)",
    message="You give the shape of a column. In this lesson states and outputs at one instant are flat: one entry.",
    source="document 004 speaks of an output of 4x1; MATLAB knows no flat arrays",
)  # fmt: skip
misconception_by_edit(
    "output_shape", "leaves_D_unchecked", old="if D.ndim != 2 or D.shape != (p, m):", new="if False:",
    message="You do not look at D. With C the identity and D 1 by 1 NumPy adds the one number to all outputs.",
    source="facts T27: C4 @ x + D11 @ u broadcasts silently",
)  # fmt: skip
misconception_by_edit(
    "output_shape", "compares_only_the_rows_of_D", old="D.ndim != 2 or D.shape != (p, m)",
    new="D.ndim != 2 or D.shape[0] != p",
    message="You compare only the rows of C and D. That is necessary and not enough: D needs the columns of B, too.",
    source="document 004: the answer's rule is that the rows of both matrices must be equal",
)  # fmt: skip
misconception_by_edit(
    "output_shape", "compares_the_number_of_entries_of_D", old="D.ndim != 2 or D.shape != (p, m)",
    new="D.size != p * m",
    message="You compare how many entries D has. A D that lies on its side, or is flat, has as many and does not fit.",
    source="numel in place of size",
)  # fmt: skip
misconception_by_edit(
    "output_shape", "takes_any_A", old="if A.ndim != 2 or A.shape[0] != A.shape[1]:", new="if A.ndim != 2:",
    message="You do not see whether A is square. It turns states into slopes of the same states.",
    source="the check of A forgotten",
)  # fmt: skip
misconception_by_edit(
    "output_shape", "takes_any_B", old="if B.ndim != 2 or B.shape[0] != n:", new="if B.ndim != 2:",
    message="You do not compare the rows of B with the states. A B that lies on its side slips through.",
    source="a row vector in place of a column, the common misfit for one input",
)  # fmt: skip


@misconception(
    "output_shape",
    "You let NumPy decide. It stretches every 1, so it accepts what does not fit, and what it refuses it does not name.",
    source="facts T27: NumPy broadcasts where SciPy refuses",
)
def lets_numpy_decide(A, B, C, D):
    x, u = np.zeros(A.shape[-1]), np.zeros(B.shape[-1])
    _ = A @ x + B @ u
    return (len(C @ x + D @ u),)


# --- predict_shapes -------------------------------------------------------------------------------------------------


def expect_four_strings(result):
    expect_parts(result, 4, "Four strings are expected.")
    expect(all(isinstance(word, str) for word in result), "Four strings are expected.")


@exercise("predict_shapes", weight=0)
def test_predict_shapes_gives_four_strings(learner):
    """`predict_shapes` must return four strings."""
    expect_four_strings(learner.predict_shapes())


declare_answer_checks(
    globals(),
    "predict_shapes",
    test_shape_of_line_1="Line 1, C @ x + D_tall @ u: both products are flat; which of the two sizes is a 1 that can be stretched?",
    test_shape_of_line_2="Line 2, A @ x_column + B @ u: one product is a column, the other one flat. In a sum a flat array is a row.",
    test_shape_of_line_3="Line 3, I @ x + I @ u: look at each matrix product by itself; are the inner sizes equal?",
    test_shape_of_line_4="Line 4, C @ x_column + D @ u: a product with a column has two dimensions, and the sum keeps the larger number of them.",
)


for line, word, why in [
    (0, "error", "line 1: the sizes 1 and 4 differ, but a 1 is stretched. No error, and four numbers from one sensor."),
    (0, "(1,)", "line 1: C has one row, but the tall D has four, and the one number of C is stretched to fit."),
    (0, "(4, 4)", "line 1: both products are flat, with 1 and 4 entries; a sum of flat arrays is flat."),
    (1, "(4, 1)", "line 2: the column does not stay a column; B @ u is flat and counts as a row in the sum."),
    (1, "(4,)", "line 2: a sum never loses a dimension; a column and a flat array make a table."),
    (1, "error", "line 2: a column and a row do not collide; NumPy forms all pairs, in silence."),
    (2, "(4,)", "line 3: a matrix product stretches nothing: the identity has 4 columns, u has 1 entry."),
    (2, "(4, 4)", "line 3: a matrix product stretches nothing: the identity has 4 columns, u has 1 entry."),
    (3, "(1,)", "line 4: C @ x_column has two dimensions, 1 by 1, and the sum keeps both."),
    (3, "error", "line 4: all inner sizes agree, so NumPy runs it, with one dimension too many."),
]:  # fmt: skip
    choices = ["(4,)", "(4, 4)", "error", "(1, 1)"]
    choices[line] = word
    misconception_by_edit(
        "predict_shapes", f"line_{line + 1}_gives_" + re.sub(r"\W+", "_", word).strip("_"),
        old='("(4,)", "(4, 4)", "error", "(1, 1)")', new=repr(tuple(choices)),
        message="In " + why, source="a wrong choice of the prediction",
    )  # fmt: skip


# --- expm -----------------------------------------------------------------------------------------------------------


def turning(angle):
    return angle * np.array([[0.0, -1.0], [1.0, 0.0]])


def turned(angle):
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


@exercise("expm", weight=0)
def test_expm_has_the_shape_of_its_argument(learner, rng):
    """`expm` must return an array with the shape of M."""
    expect_array(learner.expm(rng.normal(size=(4, 4))), (4, 4))


@exercise("expm", weight=3)
def test_expm_values(learner, reference, rng):
    """The exponential is I + M + M @ M / 2 + ..., with matrix products throughout."""
    cases = [(rng.normal(size=(n, n)) * size,) for n, size in ((5, 1.5), (3, 0.3), (2, 1.0), (4, 4.0))]
    for found, case in zip(learner.map("expm", cases), cases, strict=True):
        same_exponential(found, reference.expm(*case))


@exercise("expm", weight=2)
def test_expm_of_a_turning_matrix(learner, rng):
    """The exponential of [[0, -a], [a, 0]] is the rotation by a, also for a of some hundreds: halve M until it is small, and square as often."""
    angles = [rng.uniform(0.2, 1.0), rng.uniform(20, 40), -rng.uniform(200, 400)]
    for found, angle in zip(learner.map("expm", [(turning(a),) for a in angles]), angles, strict=True):
        expect_close(found, turned(angle), atol=1e-8)


@exercise("expm", weight=2)
def test_expm_of_a_nilpotent_matrix(learner, rng):
    """A strictly triangular matrix has powers that vanish, and too few eigenvectors: the series ends by itself, and must be right."""
    cases = []
    for n in (2, 3, 4):
        M = np.triu(away_from_zero(rng, n, n) * 2, 1)
        cases.append((M if rng.integers(2) else M.T.copy(),))
    for found, (M,) in zip(learner.map("expm", cases), cases, strict=True):
        M2 = M @ M
        same_exponential(found, np.eye(len(M)) + M + M2 / 2 + M2 @ M / 6)


@exercise("expm", weight=1)
def test_expm_of_a_stiff_matrix(learner, rng):
    """Slopes of -1000 and -1 in one matrix: nothing may overflow or be lost."""
    a, b, c = rng.uniform(500, 1000), rng.uniform(100, 900), rng.uniform(0.5, 2)
    mixed = b * (np.exp(-c) - np.exp(-a)) / (a - c)
    expect_close(
        learner.expm(np.array([[-a, b], [0.0, -c]])),
        np.array([[np.exp(-a), mixed], [0.0, np.exp(-c)]]),
        atol=1e-8,
    )


@exercise("expm", weight=1)
def test_expm_determinant(learner, rng):
    """The determinant of the exponential is the exponential of the trace."""
    cases = [(rng.normal(size=(n, n)),) for n in (2, 3, 4)]
    for found, (M,) in zip(learner.map("expm", cases), cases, strict=True):
        determinant = np.linalg.det(expect_array(found, M.shape))
        expect_close(determinant, np.exp(np.trace(M)), rtol=1e-6)


@exercise("expm", weight=1)
def test_expm_of_zero_and_of_one_number(learner, rng):
    """The exponential of the zero matrix is the identity, and that of a 1 by 1 matrix is the ordinary exponential."""
    expect_close(learner.expm(np.zeros((3, 3))), np.eye(3))
    for number in (rng.uniform(1, 3), -rng.uniform(5, 10), 1e-3, -1e-6):
        expect_close(learner.expm(np.array([[number]])), np.array([[np.exp(number)]]), rtol=1e-8)


@misconception(
    "expm",
    "You took the exponential entry by entry. The exponential of a matrix is a series of matrix products; zero becomes the identity.",
    source="facts T27: elementwise exp, off by 1.14",
)
def entry_by_entry(M):
    return np.exp(M)


@misconception(
    "expm",
    "These are the first two terms of the series only; that is Euler's step.",
    source="the exponential replaced by its tangent",
)
def stops_after_two_terms(M):
    return np.eye(len(M)) + M


@misconception(
    "expm",
    "You read M as a symmetric matrix (`eigh` looks at one triangle only). Most matrices here are not symmetric.",
    source="np.linalg.eigh for a matrix that is not symmetric",
)
def takes_it_for_symmetric(M):
    values, vectors = np.linalg.eigh(M)
    return (vectors * np.exp(values)) @ vectors.T


@misconception(
    "expm",
    "You undo the halving by a multiplication. Half of M gives the square root of the exponential, not half of it: square.",
    source="scaling undone linearly",
)
def multiplies_back(M):
    norm = np.abs(M).sum(axis=1).max()
    halvings = max(0, int(np.ceil(np.log2(norm))) + 1) if norm > 0 else 0
    term, E = np.eye(len(M)), np.eye(len(M))
    for k in range(1, 19):
        term = term @ (M / 2.0**halvings) / k
        E = E + term
    return E * 2.0**halvings


misconceptions_by_edit("expm",
    ("sums_the_plain_series", "halvings = max(0, int(np.ceil(np.log2(norm))) + 1) if norm > 0 else 0", "halvings = 0",
     "You sum the series of M itself. For a large M the terms grow far beyond the result: halve M first.",
     "the plain series of the lesson's figure; Moler and Van Loan's method 1"),
    ("forgets_to_square", "E = E @ E", "pass",
     "You halve M and never undo it: the result must be squared as often as M was halved.",
     "scaling without squaring"),
    ("squares_entry_by_entry", "E = E @ E", "E = E * E",
     "You square entry by entry. Two half steps after one another are a matrix product.",
     "`**2` or `*` for a matrix square"),
    ("squares_once_too_few", "range(halvings)", "range(halvings - 1)",
     "You square one time less than you have halved; this is the exponential of M / 2.",
     "off by one between the two counts"),
    ("forgets_the_factorials", "term @ scaled / k", "term @ scaled",
     "Your terms are plain powers: each must also be divided by k, or this is the inverse of I - M.",
     "the geometric series for the exponential one"),
    ("multiplies_entry_by_entry", "term @ scaled / k", "term * scaled / k",
     "Your powers are taken entry by entry, so nothing off the diagonal is left. Use the matrix product.",
     "`*` for `@`"),
    ("leaves_out_the_identity", "term, E = np.eye(len(M)), np.eye(len(M))", "term, E = np.eye(len(M)), np.zeros(M.shape)",
     "The first term of the series is missing: the sum starts from the identity.",
     "a sum that starts at zero"),
)  # fmt: skip


# --- discretise -----------------------------------------------------------------------------------------------------


def chain(n):
    """n integrators in a row: singular, and nothing to invert."""
    return np.diag(np.ones(n - 1), 1)


@exercise("discretise", weight=0)
def test_discretise_returns_two_matrices(learner, rng):
    """`discretise` must return the pair Ad, Bd, with the shapes of A and B."""
    A, B, _, _ = model(rng, 3, 2, 1, 2.0)
    result = learner.discretise(A, B, rng.uniform(0.2, 0.6))
    expect_parts(result, 2, "It must return two arrays.")
    expect_array(result[0], (3, 3), "`Ad`")
    expect_array(result[1], (3, 2), "`Bd`")


@exercise("discretise", weight=2)
def test_Ad_values(learner, reference, rng):
    """Ad is the exponential of A times dt, a matrix exponential."""
    for n, m in ((3, 2), (4, 1), (2, 3)):
        A, B, _, _ = model(rng, n, m, 1, 2.5)
        dt = rng.uniform(0.2, 0.6)
        expect_close(learner.discretise(A, B, dt)[0], reference.discretise(A, B, dt)[0])


@exercise("discretise", weight=3)
def test_Bd_values(learner, reference, rng):
    """Bd is what an input that is held does within dt, the upper right block of the exponential of [[A, B], [0, 0]] times dt."""
    for n, m in ((3, 2), (4, 1), (2, 3)):
        A, B, _, _ = model(rng, n, m, 1, 2.5)
        dt = rng.uniform(0.2, 0.6)
        expect_close(learner.discretise(A, B, dt)[1], reference.discretise(A, B, dt)[1])


@exercise("discretise", weight=2)
def test_singular_A(learner, rng):
    """A may be singular: integrators in a row, or a free mass. No inverse of A is needed."""
    dt = rng.uniform(0.3, 0.7)
    A, B = chain(3), np.array([[0.0], [0.0], [rng.uniform(1, 2)]])
    try:
        found = learner.discretise(A, B, dt)
    except LearnerRaised as error:
        expect(error.failure.type_name != "LinAlgError", "Your code inverts A.")
        raise
    right = np.array([[1, dt, dt**2 / 2], [0, 1, dt], [0, 0, 1]])
    expect_close(found, (right, B[2, 0] * np.array([[dt**3 / 6], [dt**2 / 2], [dt]])))


@exercise("discretise", weight=1)
def test_two_half_steps_make_one(learner, rng):
    """Two steps of dt with the same input must lead to where one step of 2 dt leads."""
    A, B, _, _ = model(rng, 3, 2, 1, 2.0)
    dt = rng.uniform(0.2, 0.4)
    (Ad, Bd), (long_Ad, long_Bd) = learner.map("discretise", [(A, B, dt), (A, B, 2 * dt)])
    Ad, Bd = expect_array(Ad, (3, 3), "`Ad`"), expect_array(Bd, (3, 2), "`Bd`")
    expect_close(long_Ad, Ad @ Ad)
    expect_close(long_Bd, Ad @ Bd + Bd)
    expect(np.abs(Bd).max() > 1e-3 and np.abs(Ad - np.eye(3)).max() > 1e-3)


@exercise("discretise", weight=1)
def test_no_time_and_much_time(learner, rng):
    """A step of 0 must leave the state where it is, and a very long one must lead a stable system to its rest."""
    rates = np.diag(-rng.uniform(1, 3, size=3))
    B = away_from_zero(rng, 3, 2)
    expect_close(learner.discretise(rates, B, 0.0), (np.eye(3), np.zeros((3, 2))))
    expect_close(learner.discretise(rates, B, 60.0), (np.zeros((3, 3)), B / -np.diag(rates)[:, None]))


for name, body, words, where in [
    ("multiplies_B_by_dt", "Ad, Bd = moved[:n, :n], dt * B",
     "Your Bd is B times dt. The state moves on within the step, and the input pushes it all the while.",
     "facts T27: Bd = B * h, off by 4e-4 where the step is short"),
    ("pushes_before_the_step", "Ad, Bd = moved[:n, :n], dt * moved[:n, :n] @ B",
     "Your Bd is Ad @ B times dt, as if the whole push came at the start of the step. The input is held all along.",
     "an impulse in place of a held input"),
    ("inverts_A", "Ad, Bd = moved[:n, :n], np.linalg.solve(A, (moved[:n, :n] - np.eye(n)) @ B)",
     "You divide by A. Integrators and free masses have a singular A; the block matrix needs no inverse.",
     "facts T27: the textbook formula fails for the double integrator"),
    ("takes_the_pseudo_inverse", "Ad, Bd = moved[:n, :n], np.linalg.pinv(A) @ (moved[:n, :n] - np.eye(n)) @ B",
     "You divide by A with a pseudo-inverse. For a singular A that is silent and wrong; the block matrix needs no inverse.",
     "the textbook formula repaired with pinv"),
    ("takes_eulers_step", "Ad, Bd = np.eye(n) + dt * A, dt * B",
     "This is Euler's step, the first two terms of the series.",
     "forward Euler for the zero-order hold"),
    ("takes_the_implicit_step", "Ad, Bd = np.linalg.inv(np.eye(n) - dt * A), np.linalg.inv(np.eye(n) - dt * A) @ B * dt",
     "This is the implicit Euler step. It is stable, and still only an approximation.",
     "backward Euler for the zero-order hold"),
    ("takes_tustins_step",
     "half = np.linalg.inv(np.eye(n) - dt / 2 * A)\n    Ad, Bd = half @ (np.eye(n) + dt / 2 * A), half @ B * dt",
     "This is Tustin's (bilinear) rule, the trapezium. It is an approximation; the held input has an exact step.",
     "another method of c2d, often the one in a textbook's first example"),
    ("exponentiates_entries", "Ad, Bd = np.exp(dt * A), dt * B",
     "You took np.exp of A, entry by entry. Use your `expm`, on the block matrix.",
     "facts T27: elementwise exp, off by 1.14"),
]:  # fmt: skip
    misconception_by_edit(
        "discretise", name, old="Ad, Bd = moved[:n, :n], moved[:n, n:]", new=body, message=words, source=where
    )

misconception_by_edit(
    "discretise", "forgets_dt", old="expm(dt * block)", new="expm(block)",
    message="dt is missing: you always step by one second.",
    source="the step length forgotten",
)  # fmt: skip
misconception_by_edit(
    "discretise", "scales_only_A", old="moved = expm(dt * block)",
    new="block[:n, :n] = dt * A\n    moved = expm(block)",
    message="Only A is multiplied by dt. B belongs to the same slope: all of the block matrix is.",
    source="dt in one block only",
)  # fmt: skip


# --- simulate -------------------------------------------------------------------------------------------------------


def run(rng, n, m, p, N):
    return *model(rng, n, m, p, 0.9), rng.normal(size=(N, m)), away_from_zero(rng, n)


@exercise("simulate", weight=0)
def test_simulate_returns_one_row_per_step(learner, rng):
    """`simulate` must return one row per time step and one column per output."""
    expect_array(learner.simulate(*run(rng, 3, 2, 4, 6)), (6, 4), "`y`")


@exercise("simulate", weight=4)
def test_simulate_values(learner, reference, rng):
    """Row k is C @ x + D @ u[k] with the state before it is moved on; then the state becomes Ad @ x + Bd @ u[k]."""
    cases = [run(rng, 3, 2, 4, 6), run(rng, 4, 1, 1, 9), run(rng, 2, 3, 2, 5), run(rng, 4, 1, 4, 7)]
    agree(learner, reference, "simulate", cases)


@exercise("simulate", weight=1)
def test_simulate_adds_up(learner, reference, rng):
    """The outputs are those of the start alone plus those of the input alone."""
    *matrices, u, x0 = run(rng, 3, 2, 2, 6)
    cases = [(*matrices, u, 0 * x0), (*matrices, 0 * u, x0)]
    of_input, of_start = learner.map("simulate", cases)
    right = reference.simulate(*matrices, u, x0)
    expect_close(expect_array(of_input, right.shape) + expect_array(of_start, right.shape), right)


@exercise("simulate", weight=1)
def test_simulate_a_single_step(learner, reference, rng):
    """A record of one step holds C @ x0 + D @ u[0]; one state, one input and one output work, too."""
    agree(learner, reference, "simulate", [run(rng, 3, 2, 2, 1), run(rng, 1, 1, 1, 4), run(rng, 1, 1, 1, 1)])


@exercise("simulate", weight=2)
def test_simulate_names_what_does_not_fit(learner, reference, rng):
    """A matrix, an input table or a start that does not fit must raise a ValueError that begins with its name; nothing may be stretched."""
    Ad, Bd, C, D, u, x0 = run(rng, 4, 1, 1, 5)
    rows = away_from_zero(rng, 4, 4)
    cases = [
        ((Ad, Bd, C, D, u, x0[:, None]), {"x0"}, "a column for x0"),
        ((Ad, Bd, C, D, u[:1], x0[:, None]), {"x0"}, "a column for x0, with one time step"),
        ((Ad, Bd, C, D, u, x0[None, :]), {"x0"}, "a row with two dimensions for x0"),
        ((Ad, Bd, C, D, u, x0[:1]), {"x0"}, "a single entry for x0"),
        ((Ad, Bd, C, D, u[:, 0], x0), {"u"}, "a flat u"),
        ((Ad, Bd, C, D, np.hstack([u, u]), x0), {"u"}, "one column too many in u"),
        ((Ad, Bd, rows, D, u, x0), {"D"}, "C is 4 by 4 and D is 1 by 1"),
        ((Ad, Bd.T.copy(), C, D, u, x0), {"B", "Bd"}, "Bd lies on its side"),
    ]
    valid = (Ad, Bd, C, D, u, x0)
    refuses(learner.simulate, cases, valid, reference.simulate(*valid))


MOVE = "x = Ad @ x + Bd @ u_k"
LOOK = "rows.append(C @ x + D @ u_k)"
misconceptions_by_edit("simulate",
    ("reads_after_the_update", f"{LOOK}\n        {MOVE}", f"{MOVE}\n        {LOOK}",
     "You move on before you read the sensors. Row 0 must belong to x0.",
     "facts T27: y after the update, off by .077"),
    ("forgets_D", LOOK, "rows.append(C @ x)",
     "D @ u is missing in the output. Where D is zero nobody notices; here it is not.",
     "facts T27: y without D"),
    ("starts_from_zero", "x, rows = x0, []", "x, rows = np.zeros(n), []",
     "You start from the zero state and ignore x0.",
     "the default initial state of simulation programs"),
    ("holds_the_first_input", "for u_k in u:", "for u_k in u[:1].repeat(len(u), axis=0):",
     "You use the first row of u in every step. Each step has a row of its own.",
     "written for a constant force and never changed"),
    ("takes_the_step_for_a_slope", MOVE, "x = x + Ad @ x + Bd @ u_k",
     "You add Ad @ x to the old state. Ad already leads to the new state; only a slope is added.",
     "Euler's update with a matrix of discrete time"),
    ("lets_any_start_through", "if x0.shape != (n,):", "if False:",
     "You do not look at x0. A column is stretched against B @ u, and the state becomes a table.",
     "facts T27: (4,) + (4, 1) gives (4, 4)"),
    ("puts_time_in_columns", "y = np.array(rows)", "y = np.array(rows).T",
     "Your y is transposed: time runs down the rows, one column per output.",
     "MATLAB's and control's layout, outputs in rows"),
    ("skips_the_push", MOVE, "x = Ad @ x",
     "The input never reaches the state: Bd @ u is missing in the update.",
     "the free response only"),
)  # fmt: skip


# --- rk4 ------------------------------------------------------------------------------------------------------------


def ride(rng, n, m, p, N):
    return *model(rng, n, m, p, 3.0), rng.normal(size=(N, m)), away_from_zero(rng, n), rng.uniform(0.3, 0.6)


@exercise("rk4", weight=0)
def test_rk4_returns_one_row_per_step(learner, rng):
    """`rk4` must return one row per time step and one column per output."""
    expect_array(learner.rk4(*ride(rng, 3, 2, 4, 5)), (5, 4), "`y`")


@exercise("rk4", weight=4)
def test_rk4_values(learner, reference, rng):
    """Four slopes, at the start, twice in the middle, at the end, weighted 1, 2, 2, 1 in sixths; the input is the same in all four; the output is read before the step."""
    cases = [ride(rng, 3, 2, 4, 5), ride(rng, 4, 1, 1, 6), ride(rng, 2, 3, 2, 4), ride(rng, 4, 1, 4, 5)]
    agree(learner, reference, "rk4", cases)


@exercise("rk4", weight=1)
def test_rk4_is_exact_for_four_integrators(learner, rng):
    """Integrators in a row run along a polynomial of degree four, which RK4 gets exactly."""
    n, push, dt = 4, rng.uniform(1, 3), rng.uniform(0.3, 0.6)
    B, C, D = np.zeros((n, 1)), np.zeros((1, n)), np.array([[0.5]])
    B[-1], C[0, 0] = 24 * push, 1.0
    y = learner.rk4(chain(n), B, C, D, np.ones((6, 1)), np.zeros(n), dt)
    expect_close(y, push * (dt * np.arange(6.0)[:, None]) ** 4 + 0.5)


@exercise("rk4", weight=2)
def test_rk4_holds_the_input(learner, rng):
    """With a single integrator the state grows by dt times the row of u that is held, and by nothing of the next row."""
    dt, u = rng.uniform(0.3, 0.6), away_from_zero(rng, 7, 1)
    one = np.ones((1, 1))
    y = learner.rk4(0 * one, one, one, 2 * one, u, np.array([0.7]), dt)
    expect_close(y, 0.7 + dt * (np.cumsum(u, axis=0) - u) + 2 * u)


@exercise("rk4", weight=1)
def test_rk4_a_single_step(learner, reference, rng):
    """A record of one step holds C @ x0 + D @ u[0]; one state, one input and one output work, too."""
    agree(learner, reference, "rk4", [ride(rng, 3, 2, 2, 1), ride(rng, 1, 1, 1, 4), ride(rng, 1, 1, 1, 1)])


@exercise("rk4", weight=2)
def test_rk4_names_what_does_not_fit(learner, reference, rng):
    """A matrix, an input table or a start that does not fit must raise a ValueError that begins with its name; nothing may be stretched."""
    A, B, C, D, u, x0, dt = ride(rng, 4, 1, 1, 4)
    rows = away_from_zero(rng, 4, 4)
    cases = [
        ((A, B, C, D, u, x0[:, None], dt), {"x0"}, "a column for x0"),
        ((A, B, C, D, u[:1], x0[:, None], dt), {"x0"}, "a column for x0, with one time step"),
        ((A, B, C, D, u, x0[:1], dt), {"x0"}, "a single entry for x0"),
        ((A, B, C, D, u[:, 0], x0, dt), {"u"}, "a flat u"),
        ((A, B, C, D, np.hstack([u, u]), x0, dt), {"u"}, "one column too many in u"),
        ((A, B, rows, D, u, x0, dt), {"D"}, "C is 4 by 4 and D is 1 by 1"),
        ((A, B, C.T.copy(), D, u, x0, dt), {"C"}, "C stands upright"),
    ]
    valid = (A, B, C, D, u, x0, dt)
    refuses(learner.rk4, cases, valid, reference.rk4(*valid))


STEP = "x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)"
misconceptions_by_edit("rk4",
    ("forgets_D", LOOK, "rows.append(C @ x)",
     "D @ u is missing in the output. Where D is zero nobody notices; here it is not.",
     "facts T27: y without D"),
    ("weighs_all_slopes_alike", STEP, "x = x + dt / 4 * (k1 + k2 + k3 + k4)",
     "You take the plain mean of the four slopes. The two in the middle count twice: 1, 2, 2, 1, in sixths.",
     "the weights forgotten"),
    ("takes_eulers_step", STEP, "x = x + dt * k1",
     "This is Euler's step: only the slope at the start is used.",
     "Euler for Runge-Kutta"),
    ("takes_the_middle_slope", STEP, "x = x + dt * k2",
     "This is the midpoint method: only the first slope in the middle is used.",
     "the method of second order for the one of fourth"),
    ("takes_the_first_middle_slope_too_far", "dt / 2 * k1", "dt * k1",
     "The second slope is taken at the end of the step. It belongs to the middle: half of dt.",
     "a half forgotten"),
    ("finds_both_middle_slopes_from_the_first", "dt / 2 * k2", "dt / 2 * k1",
     "The third slope is taken where the second was. It must use the second slope to find its own place.",
     "k1 copied into the third line"),
    ("takes_the_last_slope_in_the_middle", "dt * k3", "dt / 2 * k3",
     "The last slope is taken in the middle of the step. It belongs to the end.",
     "the line for k3 copied for k4"),
    ("lets_any_start_through", "if x0.shape != (n,):", "if False:",
     "You do not look at x0. A column is stretched against B @ u, and the state becomes a table.",
     "facts T27: (4,) + (4, 1) gives (4, 4)"),
)  # fmt: skip


@misconception(
    "rk4",
    "Your middle and last slopes see the next row of u. The input is held over the step: all four see the same row.",
    source="facts T27: RK4 with the input of the next step",
)
def looks_at_the_next_input(A, B, C, D, u, x0, dt):
    output_shape(A, B, C, D)  # noqa: F821
    if u.ndim != 2 or u.shape[1] != B.shape[1]:
        raise ValueError("u")
    if x0.shape != (len(A),):
        raise ValueError("x0")
    x, y = x0, []
    for now, later in zip(u, np.vstack([u[1:], u[-1:]]), strict=True):
        y.append(C @ x + D @ now)
        k1 = A @ x + B @ now
        k2 = A @ (x + dt / 2 * k1) + B @ (now + later) / 2
        k3 = A @ (x + dt / 2 * k2) + B @ (now + later) / 2
        k4 = A @ (x + dt * k3) + B @ later
        x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return np.array(y)


@misconception(
    "rk4",
    "You move on before you read the sensors. Row 0 must belong to x0.",
    source="facts T27: y after the update",
)
def reads_after_the_update(A, B, C, D, u, x0, dt):
    output_shape(A, B, C, D)  # noqa: F821
    if u.ndim != 2 or u.shape[1] != B.shape[1]:
        raise ValueError("u")
    if x0.shape != (len(A),):
        raise ValueError("x0")
    x, y = x0, []
    for now in u:
        k1 = A @ x + B @ now
        k2 = A @ (x + dt / 2 * k1) + B @ now
        k3 = A @ (x + dt / 2 * k2) + B @ now
        k4 = A @ (x + dt * k3) + B @ now
        x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        y.append(C @ x + D @ now)
    return np.array(y)


@misconception(
    "rk4",
    "You replace the state between the slopes. All four start from the state at the beginning of the step.",
    source="x updated in place in the loop over the slopes",
)
def moves_the_state_between_the_slopes(A, B, C, D, u, x0, dt):
    output_shape(A, B, C, D)  # noqa: F821
    if u.ndim != 2 or u.shape[1] != B.shape[1]:
        raise ValueError("u")
    if x0.shape != (len(A),):
        raise ValueError("x0")
    x, y = x0, []
    for now in u:
        y.append(C @ x + D @ now)
        begin = x
        k1 = A @ x + B @ now
        x = x + dt / 2 * k1
        k2 = A @ x + B @ now
        x = x + dt / 2 * k2
        k3 = A @ x + B @ now
        x = x + dt * k3
        k4 = A @ x + B @ now
        x = begin + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return np.array(y)


@misconception(
    "rk4",
    "This is the exact step. It is better than RK4, but the exercise asks for RK4, with its error.",
    source="the zero-order hold of exercise 4 used again",
)
def takes_the_exact_step(A, B, C, D, u, x0, dt):
    output_shape(A, B, C, D)  # noqa: F821
    return simulate(*discretise(A, B, dt), C, D, u, x0)  # noqa: F821


# --- predict_the_step -----------------------------------------------------------------------------------------------


@exercise("predict_the_step", weight=0)
def test_predict_the_step_gives_four_letters(learner):
    """`predict_the_step` must return four letters."""
    expect_four_strings(learner.predict_the_step())


declare_answer_checks(
    globals(),
    "predict_the_step",
    test_euler_with_25_steps_in_a_swing="Question 1: how long is 1 + lambda dt, for the fast swing, and what are 500 such factors?",
    test_rk4_with_half_the_step="Question 2: what RK4 cuts off in a step is of the fifth power of dt, and half the step needs twice as many.",
    test_zero_order_hold_with_ten_times_the_step="Question 3: what does the zero-order hold cut off if the input really is held?",
    test_rk4_with_two_steps_in_a_swing="Question 4: how long is the sum of five terms of the series for the fast swing, and what are 40 such factors?",
)


for question, letter, words in [
    (0, "A", "Question 1: 25 steps in a swing look fine, but each makes the fast swing longer by 1.6 per cent, and there are 500 of them."),
    (0, "B", "Question 1: that would be Euler's error if it were only inexact. It is unstable here: the swing grows in each step."),
    (1, "B", "Question 2: a quarter belongs to a method of second order. RK4 has order four: two to the power of four."),
    (1, "C", "Question 2: a half belongs to Euler's method. RK4 has order four: two to the power of four."),
    (2, "A", "Question 3: ten times the step, ten times the error, is a method of first order. The held input has an exact step."),
    (2, "C", "Question 3: ten to the power of four belongs to RK4. The held input has an exact step."),
    (3, "A", "Question 4: that is RK4's error at 0.4. Between there and 0.5 its factor becomes longer than 1."),
    (3, "B", "Question 4: order four speaks about short steps. At 0.5 RK4 is unstable, and the swing grows without end."),
]:  # fmt: skip
    letters = ["C", "A", "B", "C"]
    letters[question] = letter
    misconception_by_edit(
        "predict_the_step", f"question_{question + 1}_{letter}", old='("C", "A", "B", "C")',
        new=repr(tuple(letters)), message=words, source="a wrong choice of the prediction",
    )  # fmt: skip


# --- observability --------------------------------------------------------------------------------------------------


@exercise("observability", weight=0)
def test_observability_has_n_blocks_of_p_rows(learner, rng):
    """`observability` must return n blocks of p rows, each with n entries."""
    expect_array(learner.observability(rng.normal(size=(4, 4)), rng.normal(size=(2, 4))), (8, 4), "`O`")


@exercise("observability", weight=4)
def test_observability_values(learner, reference, rng):
    """The blocks are C, C @ A, C @ A @ A, ..., on top of each other, with matrix powers."""
    cases = [
        (rng.normal(size=(n, n)), away_from_zero(rng, p, n)) for n, p in ((4, 2), (3, 1), (2, 3), (5, 5))
    ]
    agree(learner, reference, "observability", cases)


@exercise("observability", weight=2)
def test_observability_holds_the_derivatives(learner, rng):
    """Times a state, the blocks must be the output and its first derivatives: each is the one before with A in between."""
    n, p = 3, 2
    A, C, x = rng.normal(size=(n, n)), away_from_zero(rng, p, n), away_from_zero(rng, n)
    O = expect_array(learner.observability(A, C), (n * p, n), "`O`")  # noqa: E741
    expect_close(O @ x, np.concatenate([C @ x, C @ (A @ x), C @ (A @ (A @ x))]))


@exercise("observability", weight=1)
def test_observability_of_one_state_and_of_what_cannot_be_seen(learner, rng):
    """One state needs C alone, and a state that reaches no sensor must have a column of zeros."""
    c, a = away_from_zero(rng, 3, 1), away_from_zero(rng, 1, 1)
    expect_close(learner.observability(a, c), c)
    A, C = away_from_zero(rng, 3, 3), away_from_zero(rng, 1, 3)
    A[:2, 2], C[0, 2] = 0.0, 0.0
    O = expect_array(learner.observability(A, C), (3, 3), "`O`")  # noqa: E741
    expect(not O[:, 2].any() and O[:, :2].any(axis=1).all())
    expect_close(O[1, :2], C[0, :2] @ A[:2, :2])


misconceptions_by_edit("observability",
    ("starts_with_C_times_A", "blocks = [C]", "blocks = [C @ A]",
     "The first block must be C itself: the output, before any derivative.",
     "counting from 1"),
    ("puts_the_blocks_side_by_side", "np.vstack(blocks)", "np.hstack(blocks)",
     "Your blocks stand side by side. Each is a set of equations for the same state: on top of each other.",
     "the layout of the controllability matrix"),
    ("takes_one_block_too_many", "range(len(A) - 1)", "range(len(A))",
     "There is one block too many: the powers run from 0 to n - 1.",
     "a fence-post error; by Cayley and Hamilton the rank does not change"),
    ("multiplies_by_the_transpose", "blocks[-1] @ A", "blocks[-1] @ A.T",
     "You multiply by the transpose of A. The state moves with A, so each block is the one before times A.",
     "duality applied halfway"),
    ("groups_by_sensor", "np.vstack(blocks)", "np.array(blocks).transpose(1, 0, 2).reshape(-1, len(A))",
     "Your rows are grouped by sensor. The docstring groups them by power: all sensors first, then all with A once.",
     "sensor by sensor, another order of the same equations"),
)  # fmt: skip


@misconception(
    "observability",
    "`A**k` is taken entry by entry. Multiply the block before by A, or use np.linalg.matrix_power.",
    source="`**` on arrays, the trap for everyone who comes from MATLAB",
)
def powers_of_the_entries(A, C):
    return np.vstack([C @ (A**k if k else np.eye(len(A))) for k in range(len(A))])


@misconception(
    "observability",
    "This is the mirror image: columns, built from the transpose of C, with A from the left. Equations for the state are rows.",
    source="the controllability matrix with C in place of B",
)
def builds_the_mirror_image(A, C):
    return np.hstack([np.linalg.matrix_power(A, k) @ C.T for k in range(len(A))])


# --- recover_state --------------------------------------------------------------------------------------------------


def record(rng, reference, noise, N=None):
    """A model of two masses with a record of its one output, long and well conditioned, and the true start."""
    matrices = two_masses(rng, rng.uniform(0.16, 0.24))
    N = int(rng.integers(20, 30)) if N is None else N
    u, x0 = rng.normal(size=(N, 1)), away_from_zero(rng, 4)
    y = reference.simulate(*matrices, u, x0)
    return (*matrices, u, y + noise * rng.normal(size=y.shape)), x0


def wide_record(rng, reference, noise):
    """Three states, two inputs, two sensors; a rotation with one state more, so that nothing is hidden."""
    angle = rng.uniform(0.6, 1.2)
    Ad = np.eye(3) * 0.8
    Ad[:2, :2] = 0.95 * turned(angle)
    Bd, D = away_from_zero(rng, 3, 2), away_from_zero(rng, 2, 2)
    C = np.array([[1.0, 0.3, 0.5], [-0.4, 0.6, 1.0]]) * rng.uniform(0.8, 1.2, size=(2, 3))
    u, x0 = rng.normal(size=(9, 2)), away_from_zero(rng, 3)
    y = reference.simulate(Ad, Bd, C, D, u, x0)
    return (Ad, Bd, C, D, u, y + noise * rng.normal(size=y.shape)), x0


@exercise("recover_state", weight=0)
def test_recover_state_returns_a_flat_state(learner, reference, rng):
    """`recover_state` must return a flat array with one number per state."""
    expect_array(learner.recover_state(*record(rng, reference, 0.0)[0]), (4,), "`x0`")


@exercise("recover_state", weight=3)
def test_recover_state_from_exact_records(learner, reference, rng):
    """An exact record gives the state exactly, whatever the input was doing, with one sensor or several."""
    for case, x0 in (record(rng, reference, 0.0), wide_record(rng, reference, 0.0)):
        expect_close(learner.recover_state(*case), x0, rtol=1e-6, atol=1e-7)


@exercise("recover_state", weight=1)
def test_recover_state_without_input(learner, reference, rng):
    """Without any input the stacked blocks C, C @ Ad, C @ Ad @ Ad, ... alone give the state."""
    (*matrices, u, _), x0 = record(rng, reference, 0.0)
    y = reference.simulate(*matrices, 0 * u, x0)
    expect_close(learner.recover_state(*matrices, 0 * u, y), x0, rtol=1e-6, atol=1e-7)


@exercise("recover_state", weight=3)
def test_recover_state_from_noisy_records(learner, reference, rng):
    """With noise in the record the state must be that of least squares over all rows and all sensors."""
    cases = [record(rng, reference, 0.3)[0], wide_record(rng, reference, 0.3)[0]]
    agree(learner, reference, "recover_state", cases, rtol=1e-6, atol=1e-7)


@exercise("recover_state", weight=1)
def test_recover_state_from_the_shortest_records(learner, reference, rng):
    """As many numbers as states are enough: four rows of one output, two rows of two."""
    case, x0 = record(rng, reference, 0.0, N=4)
    expect_close(learner.recover_state(*case), x0, rtol=1e-5, atol=1e-6)
    (*matrices, u, y), x0 = wide_record(rng, reference, 0.0)
    expect_close(learner.recover_state(*matrices, u[:2], y[:2]), x0, rtol=1e-5, atol=1e-6)


@exercise("recover_state", weight=1)
def test_recover_state_refuses_what_is_not_determined(learner, reference, rng):
    """A record with fewer numbers than states, or a state that reaches no sensor, must raise a ValueError."""
    short, _ = record(rng, reference, 0.0, N=3)
    Ad = np.diag([0.9, 0.5, 0.7])
    Bd, C, D = away_from_zero(rng, 3, 1), np.array([[1.0, 2.0, 0.0]]), away_from_zero(rng, 1, 1)
    u = rng.normal(size=(8, 1))
    hidden = (Ad, Bd, C, D, u, reference.simulate(Ad, Bd, C, D, u, away_from_zero(rng, 3)))
    raised = []
    for case in (short, hidden):
        try:
            learner.recover_state(*case)
        except LearnerRaised as error:
            raised.append("ValueError" in [error.failure.type_name, *error.failure.bases])
        else:
            raised.append(False)
    seen, x0 = record(rng, reference, 0.0)
    expect_close(learner.recover_state(*seen), x0, rtol=1e-6, atol=1e-7)
    expect(raised[0], "A record with fewer numbers than states was accepted, or it raised something else.")
    expect(raised[1], "A state that reaches no sensor was made up, or it raised something else.")


misconceptions_by_edit("recover_state",
    ("ignores_the_input", "(y - forced).ravel()", "y.ravel()",
     "You read the record as if nothing had pushed. Subtract what the input alone would have given.",
     "the textbook's record without input"),
    ("forgets_D", "simulate(Ad, Bd, C, D, u,", "simulate(Ad, Bd, C, 0 * D, u,",
     "You subtract what the input did through the state, and not what it did through D.",
     "facts T27: y without D"),
    ("starts_one_step_late", "blocks = [C]", "blocks = [C @ Ad]",
     "Your first block is C @ Ad: that equation belongs to the second row. Row 0 belongs to x0 itself.",
     "y after the update"),
    ("never_refuses", "if np.linalg.matrix_rank(equations) < len(Ad):", "if False:",
     "You return some state where the record allows many. Look at the rank first, and raise a ValueError.",
     "lstsq gives the shortest solution in silence"),
    ("only_counts_the_equations", "if np.linalg.matrix_rank(equations) < len(Ad):", "if len(equations) < len(Ad):",
     "You count equations. A state that reaches no sensor stays unknown in ever so many of them: look at the rank.",
     "number of equations for rank"),
    ("reads_the_record_by_columns", "(y - forced).ravel()", "(y - forced).T.ravel()",
     "You read the record sensor by sensor, and your equations stand time by time. With one sensor nobody notices.",
     "row and column order mixed up; MATLAB reads by columns"),
    ("multiplies_by_the_transpose", "blocks[-1] @ Ad", "blocks[-1] @ Ad.T",
     "You multiply by the transpose of Ad. The state moves with Ad, so each block is the one before times Ad.",
     "duality applied halfway"),
)  # fmt: skip


@misconception(
    "recover_state",
    "You use the first n rows only. With noise every row is a witness: least squares over the whole record.",
    source="the observability matrix used as it is, n blocks",
)
def uses_the_first_rows_only(Ad, Bd, C, D, u, y):
    forced = simulate(Ad, Bd, C, D, u, np.zeros(len(Ad)))  # noqa: F821
    n = min(len(Ad), len(y))
    equations = np.vstack([C @ np.linalg.matrix_power(Ad, k) for k in range(n)])
    if np.linalg.matrix_rank(equations) < len(Ad):
        raise ValueError("the record does not determine the state")
    return np.linalg.lstsq(equations, (y - forced)[:n].ravel(), rcond=None)[0]


@misconception(
    "recover_state",
    "You use the first row only, through a pseudo-inverse of C. One row shows what C shows; the rows after it show the rest.",
    source="the inverse of C sought, which a 1 by 4 matrix has not",
)
def inverts_C(Ad, Bd, C, D, u, y):
    return np.linalg.pinv(C) @ (y[0] - D @ u[0])
