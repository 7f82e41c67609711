"""What the gradebook holds of a lesson, as plain data: what nobody has graded has no score, and never 0."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Gradebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.api import Grade as GradeRow

from autograder.classroom.roster import Student, opened, students
from autograder.intake.submitted import submissions
from autograder.lesson.layout import Course

NOTHING = "nothing handed in"
WAITING = "handed in, not graded yet"


@dataclass(frozen=True)
class Part:
    """One graded cell: an exercise or a written answer.

    Attributes
    ----------
    name : str
    score : float or None
        A human's if there is one, with extra credit; None as long as nobody has graded it.
    automatic : float or None
        The judge's alone.
    points : float
    needs_a_human : bool
        Also where there is a score that a human should look at.
    """

    name: str
    score: float | None
    automatic: float | None
    points: float
    needs_a_human: bool


@dataclass(frozen=True)
class Row:
    """What is known of one student's work on a lesson.

    Attributes
    ----------
    student : Student
    parts : tuple of Part
        In the order of the lesson; empty if nothing is graded.
    penalty : float
        What lateness takes off.
    seconds_late : float
    timestamp : str
    reason : str
        Why there is no score, or why a human should look; empty if all is well.
    """

    student: Student
    parts: tuple[Part, ...] = ()
    penalty: float = 0.0
    seconds_late: float = 0.0
    timestamp: str = ""
    reason: str = ""

    @property
    def raw(self) -> float | None:
        """Points without the penalty; None as long as a part has no score."""
        scores = [part.score for part in self.parts if part.score is not None]
        return sum(scores) if self.parts and len(scores) == len(self.parts) else None

    @property
    def score(self) -> float | None:
        """Points that count."""
        return None if self.raw is None else max(0.0, self.raw - self.penalty)

    @property
    def needs_a_human(self) -> bool:
        return self.reason not in ("", NOTHING)

    def part(self, name: str) -> Part | None:
        """A part by its name."""
        return next((part for part in self.parts if part.name == name), None)


@dataclass
class _Found:
    parts: dict[str, Part] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)


def rows(course: Course, lesson: str, book: Gradebook) -> list[Row]:
    """Everybody on the roster and everybody who has a folder in ``grading/submitted``, in the order of their ids."""
    handed_in = submissions(course, lesson)
    made = {row.student.id: row for row in recorded(book, lesson)}
    for name, submission in handed_in.items():
        if submission.refusal:
            made[submission.student] = Row(Student(submission.student), reason=submission.refusal)
        elif name not in made or not made[name].parts:
            known = made.get(name, Row(Student(name)))
            made[name] = replace(known, reason=WAITING)
        elif words := submission.stamp_refusal:
            made[name] = replace(made[name], reason=" ".join(filter(None, (made[name].reason, words))))
    return [made[student] for student in sorted(made)]


def recorded(book: Gradebook, lesson: str) -> list[Row]:
    """What the gradebook knows of everybody on the roster."""
    found: dict[str, _Found] = {}
    for student, name, auto, manual, extra, human, most in _grades(book, lesson):
        part = Part(name.removesuffix("_check"), _score(auto, manual, extra), auto, most, bool(human))
        found.setdefault(student, _Found()).parts[part.name] = part
    for submission, penalty in _submissions(book, lesson):
        found.setdefault(submission.student_id, _Found()).about = {
            "penalty": penalty or 0.0,
            "seconds_late": submission.total_seconds_late if submission.assignment.duedate else 0.0,
            "timestamp": str(submission.timestamp or ""),
        }
    comments = _comments(book, lesson)
    return [_row(student, found.get(student.id), comments.get(student.id, "")) for student in students(book)]


def recorded_rows(course: Course, lesson: str) -> list[Row]:
    """`recorded`, from the gradebook that nbgrader's own commands use."""
    with opened(course) as book:
        return recorded(book, lesson)


def part_names(made: Sequence[Row]) -> list[str]:
    """Names of all parts, in the order of the lesson."""
    return list(dict.fromkeys(part.name for row in made for part in row.parts))


def _row(student: Student, found: _Found | None, comment: str) -> Row:
    if found is None:
        return Row(student, reason=NOTHING)
    row = Row(student, tuple(found.parts.values()), **found.about)
    waiting = [part.name for part in row.parts if part.needs_a_human or part.score is None]
    words = f"waits for a human: {', '.join(waiting)}" if waiting else ""
    if comment and row.raw is None:
        words = f"{words}. {comment}"
    return replace(row, reason=words)


def _score(auto: float | None, manual: float | None, extra: float | None) -> float | None:
    """As nbgrader's own, but None where nobody has graded."""
    score = auto if manual is None else manual
    return None if score is None else score + (extra or 0.0)


def _grades(book: Gradebook, lesson: str) -> list[Any]:
    columns = (
        SubmittedAssignment.student_id, BaseCell.name, GradeRow.auto_score, GradeRow.manual_score, GradeRow.extra_credit,
        GradeRow.needs_manual_grade, GradeRow.max_score,
    )  # fmt: skip
    wanted = _of_lesson(book.db.query(*columns).select_from(GradeRow), GradeRow, lesson)
    found: list[Any] = wanted.join(BaseCell, GradeRow.cell_id == BaseCell.id).all()
    order = {cell.name: place for place, cell in enumerate(_source_cells(book, lesson))}
    return sorted(found, key=lambda row: order.get(row[1], len(order)))


def _source_cells(book: Gradebook, lesson: str) -> list[Any]:
    """Cells of a lesson in its order: nbgrader writes them down one after the other."""
    assignments = book.db.query(Assignment).filter(Assignment.name == lesson).all()
    return [cell for one in assignments for notebook in one.notebooks for cell in notebook.source_cells]


def _of_lesson(query: Any, table: Any, lesson: str) -> Any:
    """The rows of a table of cells that belong to submissions of a lesson."""
    return (
        query.join(SubmittedNotebook, table.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == lesson)
    )


def _submissions(book: Gradebook, lesson: str) -> list[Any]:
    found: list[Any] = [
        (submission, submission.late_submission_penalty) for submission in book.assignment_submissions(lesson)
    ]
    return found


def _comments(book: Gradebook, lesson: str) -> dict[str, str]:
    """By student, why the work could not be graded: what stands as a comment of ours at its first answer."""
    query = book.db.query(SubmittedAssignment.student_id, Comment.auto_comment).select_from(Comment)
    wanted = _of_lesson(query, Comment, lesson).filter(Comment.auto_comment.isnot(None))
    return {student: words for student, words in wanted if words != "No response."}
