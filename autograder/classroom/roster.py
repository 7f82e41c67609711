"""The gradebook as nbgrader's own commands find it, and the students in it as plain data."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.baseapp import NbGrader
from sqlalchemy.exc import SQLAlchemyError

from autograder.lesson.layout import Course, CourseError


@dataclass(frozen=True)
class Student:
    """Somebody on the roster; what the gradebook does not know is None."""

    id: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    lms_user_id: str | None = None


@contextlib.contextmanager
def opened(course: Course) -> Iterator[Gradebook]:
    """The gradebook that nbgrader's own commands use; made if there is none yet.

    Raises
    ------
    CourseError
        If the database cannot be used.
    """
    with contextlib.chdir(course.root):  # where nbgrader looks for its configuration
        app = NbGrader()
        app.initialize([])
    try:
        with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
            yield book
    except SQLAlchemyError as error:
        raise CourseError(f"the gradebook cannot be used: {str(error).splitlines()[0]}") from error


def students(book: Gradebook) -> list[Student]:
    """Everybody on the roster."""
    return [
        Student(one.id, one.first_name, one.last_name, one.email, one.lms_user_id) for one in book.students
    ]


def enter(book: Gradebook, students: Sequence[Student]) -> int:
    """Write students down; what is None stays as it was. How many were not there before."""
    before = {student.id for student in book.students}
    for student in students:
        known = {name: value for name, value in asdict(student).items() if name != "id" and value}
        book.update_or_create_student(student.id, **known)
    return len({student.id for student in students} - before)


def due_date(book: Gradebook, lesson: str) -> datetime | None:
    """When a lesson is due, in UTC; None if it never is, or is not released."""
    try:
        due: datetime | None = book.find_assignment(lesson).duedate
    except MissingEntry:
        return None
    return due
