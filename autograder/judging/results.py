"""What the judge says: checks, exercises and notebooks, with the exact arithmetic of a score."""

import math
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal

import msgspec

from autograder import __version__


class Verdict(StrEnum):
    """All that the judge can say; there are no others, and only the judge makes one."""

    PASS = "pass"
    FAIL = "fail"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    DIED = "died"
    PROTOCOL = "protocol"
    NOT_ATTEMPTED = "not_attempted"
    GRADER_FAULT = "grader_fault"


SEVERITY = (
    Verdict.PASS, Verdict.NOT_ATTEMPTED, Verdict.FAIL, Verdict.ERROR, Verdict.TIMEOUT, Verdict.MEMORY, Verdict.DIED,
    Verdict.PROTOCOL, Verdict.GRADER_FAULT,
)  # fmt: skip


class MatchedMisconception(msgspec.Struct, frozen=True):
    """A wrong idea whose values are the learner's values."""

    name: str
    message: str


class Explanation(msgspec.Struct, frozen=True):
    """Why an exercise failed: a named idea, a relation to the right value, a condition on inputs or places, a slip."""

    kind: Literal["idea", "relation", "condition", "slip"]
    message: str


class CheckResult(msgspec.Struct):
    """Outcome of one hidden check; ``weight`` stays inside the judge."""

    name: str
    verdict: Verdict
    message: str
    seconds: float


class ExerciseResult(msgspec.Struct):
    """Outcome of one exercise."""

    name: str
    score: float | None
    points: float
    verdict: Verdict
    message: str
    misconception: MatchedMisconception | None
    explanation: Explanation | None
    helped_by: list[str]  # exercises whose solution stood in for the learner's own
    checks: list[CheckResult]

    @property
    def help_in_words(self) -> str:
        """That an earlier exercise's solution stood in; empty if none did."""
        *others, last = [f"`{name}`" for name in self.helped_by] or [""]
        ours = f"{', '.join(others)} and {last}" if others else last
        return f"Counted with our {ours} in the place of yours." if ours else ""


class Result(msgspec.Struct):
    """Outcome of one notebook: what ``autograder check --json`` writes."""

    notebook: str
    lesson: str | None
    student: str | None
    isolation: str | None
    seed: str | None
    score: float | None
    points: float
    seconds: float
    verdict: Verdict
    message: str
    exercises: list[ExerciseResult]
    manual: list[str]
    notes: list[str]
    version: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as in the JSON schema of docs/results.md."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @property
    def needs_a_human(self) -> bool:
        return self.score is None


def earned(points: float, passed: Fraction, total: Fraction, spoiled: bool) -> float:
    """Score of an exercise as one finite number between 0 and its points.

    Parameters
    ----------
    points : float
        Points of the exercise, from the notebook.
    passed, total : Fraction
        Weight of the checks that passed, and of all checks.
    spoiled : bool
        Whether the function changed an argument in place, which costs a tenth.
    """
    share = passed / total * (Fraction(9, 10) if spoiled else 1)
    score = float(Fraction(str(points)) * share)
    if not (math.isfinite(score) and 0 <= score <= points):
        raise ArithmeticError(f"a score of {score} of {points} points")
    return score


def overall(verdicts: list[Verdict]) -> Verdict:
    """Verdict of a notebook: the gravest of its exercises; ``pass`` only when all pass."""
    return max(verdicts, key=SEVERITY.index, default=Verdict.GRADER_FAULT)


def total(scores: list[float | None]) -> float | None:
    """Sum of scores, as exact as the fractions that they were: three thirds are 1. None when one needs a human."""
    known = [score for score in scores if score is not None]
    if len(known) < len(scores):
        return None
    return float(sum((Fraction(score).limit_denominator(1_000_000) for score in known), Fraction(0)))


def unreadable(notebook: str, message: str, verdict: Verdict = Verdict.ERROR, **known: Any) -> Result:
    """Result of a file that could not be graded at all: it still gets its entry."""
    fields: dict[str, Any] = {
        "lesson": None, "student": None, "isolation": None, "seed": None, "score": None, "points": 0.0, "seconds": 0.0,
    }  # fmt: skip
    fields |= known
    return Result(
        notebook=notebook,
        verdict=Verdict(verdict),
        message=message,
        exercises=[],
        manual=[],
        notes=[],
        version=__version__,
        **fields,
    )
