"""The named idea: a registered wrong program that gives what the learner's program gives."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations, islice
from typing import Any

from autograder.diagnosis.evidence import Case, Evidence, Returned, replay, silence
from autograder.diagnosis.misconceptions import Misconception
from autograder.diagnosis.values import is_right, parts, same

MOST_PAIRS = 60  # of ideas that are tried together
LEAST_TELLING = 2  # wrong values that must agree where something else is set aside


class Fit(IntEnum):
    """How far an idea's values are the learner's, the best first."""

    EXACT = 0  # on every call
    PARTS = 1  # in some parts of the result, where the other parts are right
    APART = 2  # but for calls on which the learner's program raises or gives nan or inf
    PARTS_APART = 3  # both
    NONE = 4


@dataclass(frozen=True)
class Match:
    """Ideas that explain a failure.

    Attributes
    ----------
    ideas : tuple of Misconception
        One; two that were held together; or two between which no call decides.
    fit : Fit
    together : bool
        Whether both ideas were held together.
    """

    ideas: tuple[Misconception, ...]
    fit: Fit
    together: bool = False

    @property
    def name(self) -> str:
        return (" and " if self.together else " or ").join(idea.name for idea in self.ideas)

    @property
    def message(self) -> str:
        """What the learner is told."""
        first, *others = [idea.message for idea in self.ideas]
        if not others:
            return first
        return f"{first} And, besides: {others[0]}" if self.together else f"{first} Or else: {others[0]}"


def find_ideas(candidates: Sequence[Misconception], evidence: Evidence) -> Match | None:
    """The ideas whose values are the learner's.

    One that explains more is taken before one that explains less. Where two explain the same, both are given; where
    three do, none is.

    Parameters
    ----------
    candidates : sequence of Misconception
        Of the exercise.
    evidence : Evidence

    Returns
    -------
    Match or None
    """
    source = evidence.solution.sources[evidence.exercise]
    fits = [(fit(candidate.program(source), evidence), candidate) for candidate in candidates]
    best = min((found for found, _ in fits), default=Fit.NONE)
    if best < Fit.NONE:
        ideas = tuple(candidate for found, candidate in fits if found == best)
        return Match(ideas, best) if len(ideas) <= 2 else None
    for pair, program in islice(_pairs(candidates, source), MOST_PAIRS):
        if fit(program, evidence) == Fit.EXACT:
            return Match(pair, Fit.EXACT, together=True)
    return None


def _pairs(
    candidates: Iterable[Misconception], source: str
) -> Iterator[tuple[tuple[Misconception, Misconception], str]]:
    """Two edits of the solution at once, where both can be made."""
    edits = [candidate for candidate in candidates if candidate.edit is not None]
    for first, second in combinations(edits, 2):
        edited = first.program(source)
        assert second.edit is not None
        if edited.count(second.edit[0]) == 1 and source.count(second.edit[0]) == 1:
            yield (first, second), second.program(edited)


def fit(program: str, evidence: Evidence) -> Fit:
    """How far a wrong program's values are the learner's, and somewhere not what is right."""
    try:
        with silence():
            wrong = evidence.solution.with_answer(program, evidence.exercise)
    except Exception:
        return Fit.NONE  # two edits together may be no program
    worst, telling, silent = Fit.EXACT, 0, 0
    for case, returned in _replayed(evidence, wrong):
        found = _fit_of(case, returned)
        if found == Fit.NONE:
            return Fit.NONE
        worst = Fit.PARTS_APART if {worst, found} == {Fit.PARTS, Fit.APART} else max(worst, found)
        if found < Fit.APART and not _right_too(case, returned):
            telling += 1
            silent += bool(returned.exception) and returned.words != case.learner.words
    enough = 1 if worst == Fit.EXACT else LEAST_TELLING
    return worst if telling - silent >= enough else Fit.NONE  # the same exception may come from elsewhere


def _replayed(evidence: Evidence, wrong: Callable[..., Any]) -> Iterator[tuple[Case, Returned]]:
    for sequel in evidence.sequels:
        for index, returned in replay(sequel, evidence.exercise, wrong, evidence.solution):
            if index in sequel.cases:
                yield sequel.cases[index], returned


def _right_too(case: Case, returned: Returned) -> bool:
    """Whether the idea gives what is right on this call, so that it says nothing there."""
    if returned.exception or case.right.exception:
        return returned.exception == case.right.exception
    return case.is_right_value(returned)


def _fit_of(case: Case, returned: Returned) -> Fit:
    learner = case.learner
    if learner.exception or returned.exception:
        if learner.exception == returned.exception:
            return Fit.EXACT
        return Fit.APART if learner.exception else Fit.NONE
    after_agrees = not case.sees_after or same(list(learner.after), list(returned.after))
    if after_agrees and same(learner.value, returned.value):
        return Fit.EXACT
    if not case.is_usable:
        return Fit.APART
    return Fit.PARTS if after_agrees and _agrees_in_parts(case, returned) else Fit.NONE


def _agrees_in_parts(case: Case, returned: Returned) -> bool:
    """Whether each part is the idea's or right, and one of them the idea's and wrong."""
    mine, theirs, rights = parts(case.learner.value), parts(returned.value), parts(case.right.value)
    if not len(mine) == len(theirs) == len(rights) > 1:
        return False
    ideas_own = [same(a, b) for a, b in zip(mine, theirs, strict=True)]
    right = [is_right(a, b) for a, b in zip(mine, rights, strict=True)]
    return all(a or b for a, b in zip(ideas_own, right, strict=True)) and any(
        a and not b for a, b in zip(ideas_own, right, strict=True)
    )
