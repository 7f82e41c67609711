"""What is known of everybody who handed in a lesson: the recorded result, the answers' text, the gradebook's points."""

import contextlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from nbgrader.api import Assignment, BaseCell, Grade, SubmittedAssignment, SubmittedNotebook
from nbgrader.apps import NbGrader
from sqlalchemy import create_engine, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from autograder.classroom.batch import journal_of
from autograder.classroom.grade import Grader, Settings
from autograder.intake.notebook import UnreadableNotebook
from autograder.intake.submitted import submissions
from autograder.judging.request import CellToRun
from autograder.judging.results import Result, Verdict, unreadable
from autograder.lesson.layout import Course, CourseError

UNGRADED = (
    "No result is recorded: it has not been graded yet, or the grader failed on it. Run `autograder grade`."
)
OUTDATED = "The result is that of an earlier hand-in. Run `autograder grade`."


@dataclass
class Marks:
    """What the gradebook says of one student's work on one lesson.

    Attributes
    ----------
    by_hand : dict of str to float
        Points that a human gave, by the exercise or the written answer.
    open : int
        Cells that nobody has graded, neither the judge nor a human.
    waiting : int
        Cells that ask for a human: these, and those that are to be looked at once more.
    total : float
        nbgrader's own sum, written answers and penalty included; what is open counts nothing in it.
    penalty : float
        Points taken off because it came late.
    """

    by_hand: dict[str, float] = field(default_factory=dict)
    open: int = 0
    waiting: int = 0
    total: float = 0.0
    penalty: float = 0.0


@dataclass(frozen=True)
class Work:
    """One student's work on one lesson."""

    student: str
    result: Result
    cells: Sequence[CellToRun] = field(default=(), repr=False)
    marks: Marks | None = None
    outdated: bool = False


def gather(course: Course, lesson: str) -> list[Work]:
    """Everybody who handed in something, in the order of their names; nothing is judged.

    Results come from the journal, where faults of the grader are not kept: without a result somebody needs a human.
    """
    known = journal_of(course, lesson).newest()
    marks = marks_of(course, lesson)
    preparing = Grader(course, Settings())
    found = []
    for handed_in in submissions(course, lesson).values():
        student = handed_in.student
        try:
            request = preparing.prepare(handed_in.notebook(), student, lesson, student)
        except (UnreadableNotebook, CourseError) as error:
            result = unreadable(student, str(error), lesson=lesson, student=student)
            found.append(Work(student, result, marks=marks.get(student)))
            continue
        except Exception as error:  # ours; one notebook that brings it out must not cost the class its report
            words = f"{type(error).__name__}: {error}"
            result = unreadable(student, words, Verdict.GRADER_FAULT, lesson=lesson, student=student)
            found.append(Work(student, result, marks=marks.get(student)))
            continue
        recorded = known.get(student)
        if recorded is None:
            recorded = unreadable(
                student, UNGRADED, Verdict.GRADER_FAULT, lesson=lesson, student=student, seed=request.seed
            )
        outdated = recorded.seed != request.seed  # a seed is of these very cells
        found.append(Work(student, recorded, request.cells, marks.get(student), outdated))
    return found


def marks_of(course: Course, lesson: str) -> dict[str, Marks]:
    """By student, what the gradebook says; empty where there is no gradebook, or none that can be read."""
    url = _database(course)
    if url is None:
        return {}
    engine = create_engine(url)
    try:
        if not inspect(engine).has_table("grade"):
            return {}
        with Session(engine) as session:
            return _marks(session, lesson)
    except SQLAlchemyError as error:
        raise CourseError(
            f"the gradebook cannot be read: {error}. See docs/instructors.md, When something breaks."
        ) from error
    finally:
        engine.dispose()


def _database(course: Course) -> str | None:
    """Address of the gradebook, as the course's nbgrader_config.py says; None if it is a file that is not there."""
    with contextlib.chdir(course.root):
        app = NbGrader()
        app.initialize([])
        url = make_url(app.coursedir.db_url)
    if url.get_backend_name() == "sqlite" and not (course.root / str(url.database)).exists():
        return None
    return url.render_as_string(hide_password=False)


def _marks(session: Session, lesson: str) -> dict[str, Marks]:
    columns = (
        SubmittedAssignment.student_id, BaseCell.name, Grade.auto_score, Grade.manual_score, Grade.score,
        Grade.needs_manual_grade, SubmittedNotebook.late_submission_penalty,
    )  # fmt: skip
    query = (
        select(*columns)
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(Assignment.name == lesson)
    )
    found: dict[str, Marks] = defaultdict(Marks)
    for student, cell, automatic, by_hand, score, waiting, penalty in session.execute(query):
        marks = found[student]
        if by_hand is not None:
            marks.by_hand[cell.removesuffix("_check")] = float(score)
        marks.open += automatic is None and by_hand is None
        marks.waiting += bool(waiting)
        marks.total += score
        marks.penalty = penalty or 0.0
    for marks in found.values():
        marks.total = max(0.0, marks.total - marks.penalty)
    return dict(found)
