"""Checks and wrong ideas of `gradient_check`, an exercise that more than one lesson sets in the same words."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.checking.expectations import expect, expect_array, expect_close, expect_raises
from autograder.checking.marks import exercise
from autograder.diagnosis.misconceptions import misconceptions_by_edit


def declare_gradient_check(namespace: dict[str, Any], measured: str, sizes: str, zeros: str) -> None:
    """Give a file of checks the checks of its exercise ``gradient_check``, and declare the wrong ideas of it.

    Parameters
    ----------
    namespace : dict
        ``globals()`` of the file.
    measured, sizes : str
        What the lesson's solution calls the measured slopes, and the size that each gap is divided by.
    zeros : str
        How it makes an array of zeros for the nudge.
    """
    namespace.update({name: value for name, value in globals().items() if name.startswith("test_")})
    names = {"measured": measured, "sizes": sizes, "zeros": zeros}
    rows = [
        (idea, old.format(**names), new.format(**names), message, source)
        for idea, old, new, message, source in _WRONG_IDEAS
    ]
    misconceptions_by_edit("gradient_check", *rows, file=namespace["__file__"])


class Curve:
    """A smooth function with a gradient that is known and nowhere near 0, of either sign where there are many entries."""

    def __init__(self, rng: np.random.Generator, *shape: int):
        self.a, self.b = rng.uniform(0.5, 1.5, size=(2, *shape))
        self.a.flat[::3] *= -1
        self.theta = rng.uniform(0.4, 1.2, size=shape)
        self.slope = self.a * (self.b + 3 * self.theta**2)

    def __call__(self, theta: np.ndarray) -> float:
        return float(np.sum(self.a * (self.b * theta + theta**3)))


def _errors(learner: Any, cases: Sequence[tuple[Any, ...]]) -> list[float]:
    """Results of several checks, each of them a number from 0 to 1."""
    return [float(expect_array(learner.gradient_check(*case), (), "the error")) for case in cases]


@exercise("gradient_check", weight=0)
def test_check_returns_a_number(learner: Any, rng: np.random.Generator) -> None:
    """`gradient_check` must return one number."""
    curve = Curve(rng, 2, 3)
    expect_array(learner.gradient_check(curve, curve.theta, 1.5 * curve.slope), (), "the error")


@exercise("gradient_check", weight=3)
def test_check_compares_relatively_and_takes_the_worst(
    learner: Any, reference: Any, rng: np.random.Generator
) -> None:
    """The error is the largest of |a - n| / (|a| + |n|) over all entries: neither a mean, nor a norm, nor an absolute gap."""
    curve = Curve(rng, 2, 3)
    factors = rng.permutation([1.0, 1.3, 0.8, 1.1, 2.5, 0.95]).reshape(2, 3)
    cases: list[tuple[Any, ...]] = [
        (curve, curve.theta, factors * curve.slope),
        (curve, curve.theta, (1 - 2 * (factors < 1)) * factors * curve.slope),
    ]
    cases += [
        (curve, curve.theta, 40.0 * factors * curve.slope),
        (curve, curve.theta, factors / 40 * curve.slope),
        (lambda theta: 1e-5 * curve(theta), curve.theta, 1e-5 * factors * curve.slope),
    ]
    for error, case in zip(_errors(learner, cases), cases, strict=True):
        expect_close(error, reference.gradient_check(*case), rtol=1e-5)


@exercise("gradient_check", weight=2)
def test_check_believes_a_right_gradient_and_no_other(learner: Any, rng: np.random.Generator) -> None:
    """With the default h a right gradient must give less than 1e-6, and one wrong entry among many, be it the last, far more."""
    curve = Curve(rng, 10, 6)
    somewhere, last = curve.slope.copy(), curve.slope.copy()
    somewhere.flat[int(rng.integers(60))] *= 1.05
    last[-1, -1] *= 1.05
    right_error, *wrong_errors = _errors(
        learner, [(curve, curve.theta, claimed) for claimed in (curve.slope, somewhere, last)]
    )
    expect(0 <= right_error < 1e-6, "A right gradient was not believed.")
    for error in wrong_errors:
        expect(0.02 < error < 0.03, "One wrong entry among many must show.")


@exercise("gradient_check", weight=2)
def test_check_takes_central_differences_of_width_h(
    learner: Any, reference: Any, rng: np.random.Generator
) -> None:
    """Each entry alone is moved by +h and by -h, and the difference is divided by 2 h, for every h that is passed, or the default."""
    curve = Curve(rng, 3, 2)
    cases: list[tuple[Any, ...]] = [(curve, curve.theta, curve.slope, h) for h in (0.5, 0.1, 1e-2)]
    cases.append((curve, curve.theta, 2 * curve.slope, 0.3))
    fast = 3e5  # waves so short that each h sees another slope
    cases.append(
        (lambda theta: float(np.sum(np.sin(fast * theta))) / fast, np.zeros(2), np.array([1.3, 0.8]))
    )
    for error, case in zip(_errors(learner, cases), cases, strict=True):
        expect_close(error, reference.gradient_check(*case), rtol=1e-5, atol=1e-10)


@exercise("gradient_check", weight=1)
def test_check_nudges_entries_that_depend_on_each_other(
    learner: Any, reference: Any, rng: np.random.Generator
) -> None:
    """Where entries are multiplied with each other, moving one must leave the others where they are."""
    theta, claimed = rng.uniform(0.5, 1.5, size=4), rng.uniform(1, 2, size=4)
    case = (lambda v: float(np.prod(v) * v[0]), theta, claimed, 0.2)
    expect_close(learner.gradient_check(*case), reference.gradient_check(*case), rtol=1e-5)


@exercise("gradient_check", weight=2)
def test_check_has_a_floor(learner: Any, reference: Any, rng: np.random.Generator) -> None:
    """Where claimed and measured slope are both 0 the entry counts 0, not nan; below 1e-8 the gap is divided by 1e-8 itself."""
    weights = np.array([1.0, 0.0, 2.0])  # the function does not depend on the middle entry

    def f(theta: np.ndarray) -> float:
        return float(np.sum(weights * theta**2))

    theta, tiny = rng.uniform(0.5, 1, size=3), rng.uniform(2e-9, 7e-9)
    slope = 2 * weights * theta
    exact, below, above = _errors(
        learner,
        [
            (f, theta, slope),
            (f, theta, slope + np.array([0, tiny, 0])),
            (f, theta, slope + np.array([0, 1e-7, 0])),
        ],
    )
    expect(abs(exact) < 1e-6)
    expect_close(below, tiny / 1e-8, rtol=1e-5)
    expect_close(above, 1.0)


@exercise("gradient_check", weight=1)
def test_check_refuses_a_wrong_shape(learner: Any, rng: np.random.Generator) -> None:
    """A claimed gradient that has not the shape of theta must raise ValueError, even where NumPy would broadcast it."""
    curve = Curve(rng, 3, 4)
    expect_close(learner.gradient_check(curve, curve.theta, 3 * curve.slope), 0.5, atol=1e-5)
    for wrong in (curve.slope[0], curve.slope[:, :1], curve.slope[:1], curve.slope[None]):
        with expect_raises(ValueError):
            learner.gradient_check(curve, curve.theta, wrong)


@exercise("gradient_check", weight=1)
def test_check_of_any_shape(learner: Any, reference: Any, rng: np.random.Generator) -> None:
    """theta may have one entry, one dimension or three; a bare sign error gives 1."""
    for shape in ((1,), (4,), (2, 1, 3)):
        curve = Curve(rng, *shape)
        cases = [(curve, curve.theta, -curve.slope), (curve, curve.theta, 1.7 * curve.slope)]
        for error, case in zip(_errors(learner, cases), cases, strict=True):
            expect_close(error, reference.gradient_check(*case), rtol=1e-5)


# Name, edit of the solution's text, message and source.
_WRONG_IDEAS = (
    (
        "looks_to_one_side",
        "(f(theta + nudge) - f(theta - nudge)) / (2 * h)",
        "(f(theta + nudge) - f(theta)) / h",
        "These are one-sided differences. Their error falls with h only, that of central ones with the square of h.",
        "the definition of the derivative taken literally; the CS231n notes warn of it",
    ),
    (
        "divides_by_h",
        "/ (2 * h)",
        "/ h",
        "Your slopes are twice too large: from -h to +h it is 2 h.",
        "the width of a central difference taken for its half",
    ),
    (
        "multiplies_by_h",
        "/ (2 * h)",
        "/ 2 * h",
        "`/ 2 * h` divides by 2 and multiplies by h. Put parentheses around the width: `/ (2 * h)`.",
        "operator precedence, met in learners' code",
    ),
    (
        "ignores_h",
        "{measured} = {zeros}",
        "h = 1e-6\n    {measured} = {zeros}",
        "The argument `h` makes no difference: you use a step of your own.",
        "a constant left in the function",
    ),
    (
        "moves_all_entries_at_once",
        "nudge[index] = h",
        "nudge[...] = h",
        "You move all entries at once. That is the slope along the diagonal; each entry needs a turn of its own.",
        "`theta + h` without a loop, the most common first attempt",
    ),
    (
        "averages_the_entries",
        "error = np.max(",
        "error = np.mean(",
        "You take the mean over the entries. One wrong weight among thousands would be buried: take the maximum.",
        "a mean of errors, in published gradient checks",
    ),
    (
        "measures_absolutely",
        "np.max(np.abs(analytic - {measured}) / {sizes})",
        "np.max(np.abs(analytic - {measured}))",
        "You report the absolute gap. Divide each gap by the size of the two numbers, or large slopes are always suspect.",
        "the first pitfall in the CS231n notes on gradient checks",
    ),
    (
        "divides_by_the_larger",
        "np.abs(analytic) + np.abs({measured})",
        "np.maximum(np.abs(analytic), np.abs({measured}))",
        "You divide by the larger of the two. Here the sum |a| + |n| is agreed on, so that 1 is the worst.",
        "the other convention of the CS231n notes",
    ),
    (
        "divides_by_the_measured",
        "np.abs(analytic) + np.abs({measured})",
        "np.abs({measured})",
        "You divide by the measured slope alone. The sum |a| + |n| treats both alike and stays below 1.",
        "relative error as in physics, one number taken for the truth",
    ),
    (
        "has_no_floor",
        "np.maximum(1e-8, np.abs(analytic) + np.abs({measured}))",
        "np.abs(analytic) + np.abs({measured})",
        "Where both slopes are 0 you divide 0 by 0. Take the larger of 1e-8 and the sum.",
        "nan from units that are off, met with ReLU layers",
    ),
    (
        "adds_the_floor",
        "np.maximum(1e-8, np.abs(analytic) + np.abs({measured}))",
        "1e-8 + np.abs(analytic) + np.abs({measured})",
        "You add 1e-8 to the sum. The floor is a maximum: it must change nothing where the slopes are larger.",
        "the eps-in-the-denominator habit",
    ),
    (
        "forgets_the_sizes_are_absolute",
        "np.abs(analytic) + np.abs({measured})",
        "np.abs(analytic + {measured})",
        "You take the absolute value of the sum. With opposite signs that is nearly 0: take it of each number first.",
        "|a + n| written for |a| + |n|",
    ),
    (
        "keeps_the_sign_of_the_gap",
        "np.abs(analytic - {measured}) / {sizes}",
        "(analytic - {measured}) / {sizes}",
        "You keep the sign of the gap, so an entry that is too small is never the worst. Take its absolute value.",
        "a missing absolute value, met in learners' code",
    ),
    (
        "lets_wrong_shapes_broadcast",
        "if np.shape(analytic) != theta.shape:",
        "if False:",
        "A gradient of the wrong shape is broadcast and compared as if it fitted. Compare the shapes first.",
        "a gradient of the wrong shape is broadcast; measured: in a square layer it runs in silence",
    ),
    (
        "does_not_put_entries_back",
        "nudge = {zeros}\n        nudge[index] = h",
        "nudge = {zeros} if not np.any({measured}) else nudge\n        nudge[index] = h",
        "Entries that have had their turn stay moved. Each nudge must hold h in one place only.",
        "the nudged entry is never restored, met in learners' code",
    ),
    (
        "compares_norms",
        "np.max(np.abs(analytic - {measured}) / {sizes})",
        "np.linalg.norm(analytic - {measured}) / max(1e-8, np.linalg.norm(analytic) + np.linalg.norm({measured}))",
        "You compare the two gradients by their norms. One wrong entry drowns in the others: take quotients entry by entry.",
        "the norm formula of a well-known online course",
    ),
)
