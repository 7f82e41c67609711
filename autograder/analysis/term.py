"""The lessons of a term beside each other: one line a student, one column a lesson."""

from collections.abc import Sequence
from statistics import mean, median

import msgspec

from autograder.analysis.figures import Figures


class LessonFigures(msgspec.Struct, frozen=True):
    """One lesson of a term in a line."""

    name: str
    points: float
    handed_in: int
    mean: float | None
    median: float | None
    full: int
    attention: int
    hung: int


class StudentFigures(msgspec.Struct, frozen=True):
    """One student of a term in a line.

    Attributes
    ----------
    student : str
    scores : list of float or None
        One for each lesson; None where nothing was handed in, or a human has to decide.
    handed_in : list of bool
    total : float
        Sum of the scores that there are.
    possible : float
        Points of these lessons: what nobody has graded counts neither here nor there.
    """

    student: str
    scores: list[float | None]
    handed_in: list[bool]
    total: float
    possible: float


class Term(msgspec.Struct, frozen=True):
    """What a class did in a term."""

    lessons: list[LessonFigures]
    students: list[StudentFigures]
    points: float
    mean: float | None
    median: float | None


def term(lessons: Sequence[Figures]) -> Term:
    """Figures of several lessons together."""
    people = [{person.student: person for person in lesson.students} for lesson in lessons]
    names = sorted({name for found in people for name in found})
    students = []
    for name in names:
        found = [there.get(name) for there in people]
        scores = [person.score if person else None for person in found]
        graded = [(score, lesson.points) for score, lesson in zip(scores, lessons) if score is not None]
        students.append(
            StudentFigures(
                student=name,
                scores=scores,
                handed_in=[person is not None for person in found],
                total=sum(score for score, _ in graded),
                possible=sum(points for _, points in graded),
            )
        )
    totals = [student.total for student in students]
    return Term(
        lessons=[_line(lesson) for lesson in lessons],
        students=students,
        points=sum(lesson.points for lesson in lessons),
        mean=mean(totals) if totals else None,
        median=median(totals) if totals else None,
    )


def _line(lesson: Figures) -> LessonFigures:
    return LessonFigures(
        name=lesson.lesson, points=lesson.points, handed_in=lesson.handed_in, mean=lesson.mean, median=lesson.median,
        full=lesson.full, attention=len({entry.student for entry in lesson.attention}), hung=len({h.student for h in lesson.hung}),
    )  # fmt: skip
