"""More time for single students: kept in ``grading/extensions.csv``, told to nbgrader before it looks for lateness."""

import csv
import io
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment

from autograder.intake.submitted import id_refusal
from autograder.intake.timestamp import utc
from autograder.lesson import atomic
from autograder.lesson.layout import Course, CourseError
from autograder.sandbox.printable import one_line

COLUMNS = ("student", "lesson", "until")


def _path(course: Course) -> Path:
    return course.grading / "extensions.csv"


def granted(course: Course) -> dict[tuple[str, str], datetime]:
    """Until when whom: by student and lesson, in UTC.

    Raises
    ------
    CourseError
        If the file cannot be read, or a line of it says no date. Nobody is penalised by a table with a slip in it.
    """
    path = _path(course)
    try:
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read ({error}).") from error
    found = {}
    for number, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        if not row or tuple(row) == COLUMNS:
            continue
        try:
            student, lesson, until = (cell.strip() for cell in row)
            found[student, lesson] = utc(until)
        except ValueError as error:
            raise CourseError(f"{path}, line {number}: {one_line(error)}") from error
    return found


def grant(course: Course, student: str, lesson: str, until: datetime | None) -> None:
    """Give a student time until a moment in UTC; None takes it back.

    Raises
    ------
    CourseError
        If the id cannot be a student's, or the table cannot be read or written.
    """
    if why := id_refusal(student):
        raise CourseError(f"{one_line(student)!r} cannot be a student's id. {why}")
    known = granted(course)
    known.pop((student, lesson), None)
    if until:
        known[student, lesson] = until
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((who, what, f"{moment} UTC") for (who, what), moment in sorted(known.items()))
    try:
        atomic.write(_path(course), text.getvalue().encode())
    except OSError as error:
        raise CourseError(f"{_path(course)} cannot be written: {error.strerror}") from error


def tell(course: Course, lesson: str, book: Gradebook, handed_in: Collection[str]) -> None:
    """Write a lesson's extensions into the gradebook, where nbgrader adds them to the due date.

    nbgrader keeps an extension with the submission, as a span of time. So a due date that is moved later would move
    it too; told anew before each grading it ends when it was said to end.

    Parameters
    ----------
    course : Course
    lesson : str
    book : Gradebook
    handed_in : collection of str
        Students whose submission may be entered if it is not there yet.
    """
    wanted = {student: until for (student, name), until in granted(course).items() if name == lesson}
    try:
        assignment = book.find_assignment(lesson)
    except MissingEntry:
        return  # nbgrader itself says what to do
    for student in wanted.keys() & set(handed_in):
        book.update_or_create_student(student)
        book.update_or_create_submission(lesson, student)
    rows = book.db.query(SubmittedAssignment).filter(SubmittedAssignment.assignment_id == assignment.id)
    concerned = SubmittedAssignment.student_id.in_(wanted) | SubmittedAssignment.extension.isnot(None)
    for row in rows.filter(concerned):
        until, due = wanted.get(row.student_id), assignment.duedate
        row.extension = max(until, due) - due if until and due else None
    book.db.commit()
