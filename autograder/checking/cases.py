"""The learner's function on many cases, beside the solution's."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.checking.expectations import expect_close
from autograder.judging.reference import fresh


def agree(
    learner: Any,
    reference: Any,
    name: str,
    cases: Sequence[tuple[Any, ...]],
    part: int | slice | Callable[[Any], Any] | None = None,
    **tolerances: Any,
) -> None:
    """Fail the check unless the learner's function gives what the solution's gives, in every case.

    Parameters
    ----------
    learner, reference : object
        The fixtures of these names.
    name : str
        The function.
    cases : sequence of tuple
        The arguments of each call, of which both functions get copies; the learner's calls are made in one go.
    part : int, slice or callable, optional
        What is compared: one or some of several returned values, or what a function makes of what is returned.
    **tolerances
        For `expect_close`.
    """
    for result, case in zip(learner.map(name, cases), cases, strict=True):
        with np.errstate(all="ignore"):  # a right value may well be inf
            expected = getattr(reference, name)(*map(fresh, case))
        expect_close(_part(result, part), _part(expected, part), **tolerances)


def _part(value: Any, part: int | slice | Callable[[Any], Any] | None) -> Any:
    if part is None:
        return value
    return part(value) if callable(part) else value[part]
