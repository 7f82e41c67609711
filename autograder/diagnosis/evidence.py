"""What is known of a failing exercise: each call that its checks made, with the learner's value and the right one."""

import copy
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from autograder.diagnosis.docstring import Description, describe
from autograder.diagnosis.values import is_finite, is_number, is_right
from autograder.sandbox import wire
from autograder.sandbox.learner import Recorded, Trace

ENOUGH = 3  # wrong values, to do without those of checks that passed


class Solution(Protocol):
    """A lesson's solution: its functions as attributes, and its answers with one of them replaced."""

    sources: dict[str, str]

    def __getattr__(self, name: str) -> Any: ...

    def with_answer(self, source: str, name: str) -> Callable[..., Any]: ...


@dataclass(frozen=True)
class Returned:
    """What came of one call: a value, the arguments as they are afterwards, or an exception."""

    value: Any
    after: Sequence[Any]
    exception: str = ""
    words: str = ""


@dataclass
class Case:
    """One call of the exercise.

    Attributes
    ----------
    arguments : tuple
        As the check gave them; never changed.
    learner, right : Returned
    failed : bool
        Whether the check that made this call failed.
    sees_after : bool
        Whether the check looked at the arguments afterwards.
    """

    arguments: tuple[Any, ...]
    learner: Returned
    right: Returned
    failed: bool
    sees_after: bool = False

    @cached_property
    def is_right(self) -> bool:
        """Whether the learner's call came to what is right, up to the tolerance of checks."""
        if self.learner.exception or self.right.exception:
            return bool(self.learner.exception) and bool(self.right.exception)
        return self.is_right_value(self.learner)

    def is_right_value(self, returned: Returned) -> bool:
        """Whether a value, and where the check looked at them the arguments afterwards, are the right ones."""
        after_is_right = not self.sees_after or is_right(list(returned.after), list(self.right.after))
        return after_is_right and is_right(returned.value, self.right.value)

    @cached_property
    def is_usable(self) -> bool:
        """Whether there is a value at all, as finite as the right one."""
        if self.learner.exception:
            return False
        return is_finite(self.learner.value) or not is_finite(self.right.value)

    @property
    def has_values(self) -> bool:
        """Whether both sides returned something."""
        return not (self.learner.exception or self.right.exception)

    @cached_property
    def is_telling(self) -> bool:
        """Whether a wrong value can be looked at."""
        return self.failed and self.is_usable and not self.right.exception and not self.is_right


@dataclass(frozen=True)
class Pair:
    """A number or an array in a value, beside the right one."""

    mine: np.ndarray
    right: np.ndarray
    case: Case

    @cached_property
    def is_right(self) -> bool:
        return is_right(self.mine, self.right)


@dataclass
class Sequel:
    """The calls of one check, in their order: a later one may use what an earlier one made."""

    check: str
    trace: Trace
    failed: bool
    cases: dict[int, Case] = field(default_factory=dict)  # by the call's place in the trace
    seconds: float = 0.0  # what the right functions took for all of them


@dataclass
class Evidence:
    """All that the checks of an exercise saw.

    Attributes
    ----------
    exercise : str
    solution : Solution
    sequels : list of Sequel
        The cheap ones first.
    checks : list of str
        In the order in which they ran.
    description : Description
        Of the exercise's own function.
    """

    exercise: str
    solution: Solution
    sequels: list[Sequel]
    checks: list[str]
    description: Description

    @cached_property
    def cases(self) -> list[Case]:
        return [case for sequel in self.sequels for case in sequel.cases.values()]

    @cached_property
    def seconds_a_call(self) -> float:
        """What the right function takes for one of the cheaper calls."""
        return max(
            1e-6, min((q.seconds / len(q.trace.calls) for q in self.sequels if q.seconds), default=1.0)
        )

    @cached_property
    def telling(self) -> list[Case]:
        """Calls with a wrong value that can be looked at; where the failed checks made few, other checks' as well.

        A check that passed may have looked at a part of the value only, or at a property that several values have.
        """
        found = [case for case in self.cases if case.is_telling]
        if len(found) >= ENOUGH:
            return found
        return [case for case in self.cases if case.is_usable and case.has_values and not case.is_right]

    def with_more(self, cases: Sequence[Case]) -> "Evidence":
        """The same with calls that no check has made."""
        if not cases:
            return self
        calls = [Recorded(self.exercise, case.arguments, answered=True) for case in cases]
        sequel = Sequel("", Trace(calls), True, dict(enumerate(cases)))
        return replace(self, sequels=[*self.sequels, sequel])

    @property
    def blamed(self) -> str:
        """The first failed check, in the order of the checks, that saw a wrong value; empty if none did."""
        return next((name for name in self.checks if name in self._saw_wrong), "")

    @cached_property
    def _saw_wrong(self) -> set[str]:
        return {q.check for q in self.sequels if q.failed and any(not c.is_right for c in q.cases.values())}

    def pairs(self, cases: Sequence[Case]) -> dict[str, list["Pair"]]:
        """The numbers in the cases' values beside the right ones, by what the docstring calls them.

        Parts that one of the values has and another has not are left out.
        """
        found: dict[str, list[Pair]] = {}
        for case in cases:
            mine, right = (self.description.leaves(side.value) for side in (case.learner, case.right))
            for label in right:
                if label in mine and is_number(mine[label]) and is_number(right[label]):
                    pair = Pair(_as_number(mine[label]), _as_number(right[label]), case)
                    found.setdefault(label, []).append(pair)
        return {label: pairs for label, pairs in found.items() if len(pairs) == len(cases)}


def _as_number(value: Any) -> np.ndarray:
    """An array that can be calculated with: True is 1."""
    array = np.asarray(value)
    return array.astype(int) if array.dtype.kind == "b" else array


def gather(exercise: str, traces: Sequence[tuple[str, Trace, bool]], solution: Solution) -> Evidence:
    """Put the right values beside the recorded ones.

    Parameters
    ----------
    exercise : str
    traces : sequence of (str, Trace, bool)
        For each check its name, its calls, and whether it failed.
    solution : Solution
    """
    sequels = []
    for check, trace, failed in traces:
        sequel = Sequel(check, trace, failed)
        start = time.perf_counter()
        rights = dict(replay(sequel, exercise, getattr(solution, exercise), solution))
        sequel.seconds = time.perf_counter() - start
        for index, right in rights.items():
            call = trace.calls[index]
            if not call.answered:  # the learner's process hung or ended over it
                continue
            sequel.cases[index] = Case(
                call.arguments, as_recorded(call), right, failed, sees_after=call.after is not None
            )
        if sequel.cases:
            sequels.append(sequel)
    sequels.sort(key=lambda sequel: sequel.seconds)
    checks = [check for check, *_ in traces]
    return Evidence(exercise, solution, sequels, checks, describe(getattr(solution, exercise)))


def replay(
    sequel: Sequel, exercise: str, function: Callable[..., Any], solution: Solution
) -> Iterator[tuple[int, Returned]]:
    """What ``function`` in the exercise's place makes of each of its calls in a check; the other calls are the solution's."""
    kept: dict[int, Any] = {}
    origins = sequel.trace.origins
    for index, call in enumerate(sequel.trace.calls):
        is_asked = call.name == exercise
        if not (is_asked or origins):
            continue  # of no use to any call of the exercise
        returned = run(function if is_asked else getattr(solution, call.name), call.arguments, kept)
        for number, (origin, position) in origins.items():
            if origin == index and isinstance(returned.value, tuple) and position < len(returned.value):
                kept[number] = returned.value[position]
        if is_asked:
            yield index, returned


def run(function: Callable[..., Any], arguments: Sequence[Any], kept: Mapping[int, Any]) -> Returned:
    """Call a function of ours on copies of the arguments."""
    opened = [fresh(argument, kept) for argument in arguments]
    with silence():
        try:
            return Returned(function(*opened), opened)
        except Exception as error:  # a wrong idea may well raise, just as the learner's code did
            return Returned(None, opened, type(error).__name__, str(error))


@contextmanager
def silence() -> Iterator[None]:
    """No warnings: a wrong value may overflow."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def fresh(argument: Any, kept: Mapping[int, Any] | None = None) -> Any:
    """An argument as a worker would see it: a copy, a generator for a seed, the kept object for its number."""
    if isinstance(argument, wire.Seed):
        return argument.generator()
    if isinstance(argument, wire.Kept):
        return (kept or {}).get(argument.number)
    return argument if callable(argument) else copy.deepcopy(argument)


def as_recorded(call: Recorded) -> Returned:
    """What the learner's function made of a call."""
    if call.failure is not None:
        return Returned(None, call.after or [], call.failure.type_name or "Exception", call.failure.message)
    return Returned(call.value, call.after or [])
