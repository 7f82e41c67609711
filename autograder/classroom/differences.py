"""Who would gain and who would lose: results beside what the gradebook holds, before they are recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.classroom.scores import Row
from autograder.judging.results import Result

ALIKE = 1e-6  # the gradebook keeps floats


@dataclass(frozen=True)
class Change:
    """One student's automatic score before and after; None where there is none.

    Attributes
    ----------
    student : str
    before, after : float or None
    exercises : tuple of (str, float or None, float or None)
        Those whose score changes.
    """

    student: str
    before: float | None
    after: float | None
    exercises: tuple[tuple[str, float | None, float | None], ...]

    @property
    def kind(self) -> str:
        """``gained``, ``lost``, ``new``, ``ungraded`` or ``same``."""
        if self.before is None:
            return "same" if self.after is None else "new"
        if self.after is None:
            return "ungraded"
        if not self.exercises:
            return "same"
        return "gained" if self.after > self.before else "lost" if self.after < self.before else "moved"


def changes(rows: Sequence[Row], results: Sequence[Result]) -> list[Change]:
    """What recording the results would change, student by student; scores given by hand are not counted."""
    known = {row.student.id: row for row in rows}
    return [_change(known.get(result.student or ""), result) for result in results]


def _change(row: Row | None, result: Result) -> Change:
    after: Mapping[str, float | None] = {exercise.name: exercise.score for exercise in result.exercises}
    recorded = {part.name: part.automatic for part in row.parts} if row else {}
    before = {name: recorded.get(name) for name in after} if after else recorded
    moved = tuple(
        (name, before.get(name), score)
        for name, score in after.items()
        if not _alike(before.get(name), score)
    )
    return Change(result.student or "", _sum(before), result.score, moved if row and row.parts else ())


def _sum(scores: Mapping[str, float | None]) -> float | None:
    known = [score for score in scores.values() if score is not None]
    return sum(known) if known and len(known) == len(scores) else None


def _alike(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else abs(one - other) < ALIKE
