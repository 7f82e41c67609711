"""Wrong ideas that can be run: matched against a learner's values, and proof that the checks work."""

import inspect
import re
import sys
import textwrap
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any, TypeVar

import numpy as np

from autograder.judging.reference import Reference, fresh
from autograder.sandbox import wire
from autograder.sandbox.learner import Trace


@dataclass(frozen=True)
class Misconception:
    """One wrong idea about one exercise.

    Attributes
    ----------
    name : str
        What the idea is, as an identifier.
    exercise : str
    message : str
        What a learner who holds it is told.
    source : str
        Where the idea was met: a document, a fact that was measured, a known published error.
    code : str
        A whole wrong implementation; empty when it is given as an edit.
    edit : tuple of (old, new), optional
        Replacement in the text of the solution's answer.
    """

    name: str
    exercise: str
    message: str
    source: str
    code: str = ""
    edit: tuple[str, str] | None = None

    def program(self, answer: str) -> str:
        """Source that defines the wrong function under the exercise's name.

        Parameters
        ----------
        answer : str
            The solution's own source of the exercise.

        Raises
        ------
        ValueError
            If the text to replace does not occur exactly once.
        """
        if self.edit is None:
            return self.code
        old, new = self.edit
        if answer.count(old) != 1:
            raise ValueError(
                f"misconception {self.name}: {old!r} occurs {answer.count(old)} times in the answer"
            )
        return answer.replace(old, new)


_REGISTERED: dict[str, list[Misconception]] = {}


def _register(entry: Misconception, file: str) -> None:
    known = _REGISTERED.setdefault(file, [])
    known[:] = [m for m in known if (m.exercise, m.name) != (entry.exercise, entry.name)] + [entry]


def registered(file: str) -> list[Misconception]:
    """Misconceptions that a check file declares."""
    return list(_REGISTERED.get(file, []))


Wrong = TypeVar("Wrong", bound=FunctionType)


def misconception(exercise: str, message: str, source: str) -> Callable[[Wrong], Wrong]:
    """Declare a whole wrong implementation of an exercise; it may use ``np`` and the earlier exercises by name."""

    def declare(function: Wrong) -> Wrong:
        text = textwrap.dedent(inspect.getsource(function))
        text = re.sub(
            r"\A.*?^(?=def )", "", text, count=1, flags=re.MULTILINE | re.DOTALL
        )  # without its decorator
        code = re.sub(rf"^def {function.__name__}\b", f"def {exercise}", text, count=1)
        file = function.__globals__["__file__"]
        _register(Misconception(function.__name__, exercise, message, source, code=code), file)
        return function

    return declare


def misconception_by_edit(
    exercise: str, name: str, *, old: str, new: str, message: str, source: str, file: str | None = None
) -> None:
    """Declare a wrong implementation as an edit of the solution's text; ``old`` must occur exactly once in it.

    ``file`` is the file of checks that it belongs to, where that is not the caller's own.
    """
    file = file or sys._getframe(1).f_globals["__file__"]
    _register(Misconception(name, exercise, message, source, edit=(old, new)), file)


def misconceptions_by_edit(
    exercise: str, *rows: tuple[str, str, str, str, str], file: str | None = None
) -> None:
    """Declare a `misconception_by_edit` for each row: its name, old, new, message and source."""
    file = file or sys._getframe(1).f_globals["__file__"]
    for name, old, new, message, source in rows:
        misconception_by_edit(exercise, name, old=old, new=new, message=message, source=source, file=file)


# --- matching -------------------------------------------------------------------------------------------------------

CHECK_RTOL, CHECK_ATOL = 1e-6, 1e-8  # of `expect_close`: what a check rejects differs from what is right


def first_match(
    candidates: Sequence[Misconception], traces: Sequence[Trace], reference: Reference
) -> Misconception | None:
    """The first misconception whose values are the learner's on every recorded call of its exercise."""
    for candidate in candidates:
        if explains(candidate, traces, reference):
            return candidate
    return None


def explains(candidate: Misconception, traces: Sequence[Trace], reference: Reference) -> bool:
    """Whether a wrong idea returns what the learner returned, and somewhere not what is right."""
    wrong = reference.with_answer(
        candidate.program(reference.sources[candidate.exercise]), candidate.exercise
    )
    telling = False
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for trace in traces:
            agrees, differs = _replay(trace, candidate.exercise, wrong, reference)
            if not agrees:
                return False
            telling = telling or differs
    return telling


def _replay(
    trace: Trace, exercise: str, wrong: Callable[..., Any], reference: Reference
) -> tuple[bool, bool]:
    kept: dict[int, Any] = {}
    differs = False
    for index, call in enumerate(trace.calls):
        is_asked = call.name == exercise
        value, after, failure = _run(
            wrong if is_asked else getattr(reference, call.name), call.arguments, kept
        )
        for number, (origin, position) in trace.origins.items():
            if origin == index and isinstance(value, tuple) and position < len(value):
                kept[number] = value[position]
        if not is_asked:
            continue
        if not _as_recorded(call, value, after, failure):
            return False, False
        right, right_after, _ = _run(getattr(reference, call.name), call.arguments, kept)
        differs = (
            differs
            or not same(value, right, CHECK_RTOL, CHECK_ATOL)
            or (call.after is not None and not same(after, right_after, CHECK_RTOL, CHECK_ATOL))
        )
    return True, differs


def _run(
    function: Callable[..., Any], arguments: tuple[Any, ...], kept: dict[int, Any]
) -> tuple[Any, list[Any], str]:
    fresh_arguments = [fresh(argument, kept) for argument in arguments]
    try:
        return function(*fresh_arguments), fresh_arguments, ""
    except Exception as error:  # a wrong idea may well raise, just as the learner's code did
        return None, fresh_arguments, type(error).__name__


def _as_recorded(call: Any, value: Any, after: list[Any], failure: str) -> bool:
    if call.failure is not None or failure:
        return call.failure is not None and call.failure.type_name == failure
    return same(call.value, value) and (call.after is None or same(call.after, after))


def same(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-9) -> bool:
    """Whether two values agree up to rounding; kept objects agree with anything."""
    if isinstance(a, wire.Kept) or isinstance(b, wire.Kept):
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key], rtol, atol) for key in a)
    if _is_sequence(a) and _is_sequence(b) and not (_is_number(a) and _is_number(b)):
        # Numbers in a list are the same numbers in an array.
        return len(a) == len(b) and all(same(x, y, rtol, atol) for x, y in zip(a, b, strict=True))
    if _is_number(a) and _is_number(b):
        a, b = np.asarray(a), np.asarray(b)
        if np.float32 in (a.dtype, b.dtype):  # which is not bit-equal between two processes
            rtol, atol = max(rtol, 1e-4), max(atol, 1e-6)
        return a.shape == b.shape and bool(np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True))
    return type(a) is type(b) and a == b


def _is_sequence(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _is_number(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biufc"
    return isinstance(value, (bool, int, float, complex, np.number, np.bool_))
