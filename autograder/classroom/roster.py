"""The gradebook as nbgrader's own commands find it, and the students in it as plain data."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from nbgrader.api import Gradebook
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
