"""Writes a batch's results into nbgrader's gradebook, through nbgrader's own autograde, by one writer."""

import contextlib
import logging
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from tornado.log import app_log  # where nbgrader's gradebook writes its own

from autograder.classroom.grade import Settings
from autograder.classroom.recorded import Recorded
from autograder.intake.submitted import id_refusal
from autograder.judging.results import Result
from autograder.lesson.layout import Course, CourseError


class _Autograde(Autograde):
    """nbgrader's, without its own look at the submissions: `autograder.classroom.nbgrader_plugin.Reader` hands them over.

    Attributes
    ----------
    only : set of str
        The students who are to be recorded.
    """

    only: set[str]

    def init_notebooks(self) -> None:
        self.assignments: dict[str, list[str]] = {}


LOCKED_SECONDS = 10.0  # how long to wait for somebody else who writes into the gradebook
KEPT = "The results are kept in grading/journal: run the same command again, and nothing is judged twice."


class NotRecorded(CourseError):
    """The work is judged, but not all of it could be written into the gradebook."""


def record(course: Course, lesson: str, results: Sequence[Result], settings: Settings) -> None:
    """Do what ``nbgrader autograde LESSON --force`` does, in this process; its judge finds the results in the journal.

    Late penalties, manual grades and comments are nbgrader's, and stay as they are. Who stands there already, with the same
    work and the same result, is not written again.

    Raises
    ------
    CourseError
        If nbgrader has never released the lesson.
    NotRecorded
        If the gradebook cannot be read or written, or nbgrader refuses a submission.
    """
    if all(id_refusal(result.student or "") for result in results):
        return  # nobody whom the gradebook could know
    with _inside(course.root):
        app = AutogradeApp()
        levels = [f"--Judge.{name}={getattr(settings, name)}" for name in ("isolation", "least_isolation")]
        app.initialize(["--force", f"--assignment={lesson}", "--Application.log_level=ERROR", *levels])
        app.log.setLevel(logging.ERROR)
        db_url = app.coursedir.db_url
        try:
            _expect_writable(db_url)
            _expect_assignment(db_url, app.coursedir.course_id, lesson)
            with Gradebook(db_url, app.coursedir.course_id) as book:
                recorded = Recorded(course, lesson, book, repr(app.config))
                new = recorded.new_among(results)
        except SQLAlchemyError as error:
            raise NotRecorded(
                f"The gradebook {_shown(db_url)} cannot be used: {_cause(str(error))}. {KEPT}"
            ) from error
        if not new:
            return
        with _heard(app.log, app_log) as errors:
            try:
                autograde = _Autograde(coursedir=app.coursedir, parent=app)
                autograde.only = new
                autograde.start()
                recorded.keep()
            except (NbGraderException, SQLAlchemyError, OSError) as error:
                raise NotRecorded(_refusal(lesson, errors or [str(error)])) from error


def _expect_writable(db_url: str) -> None:
    """Ask for what nbgrader is about to need, before it has thrown away what it wrote last time."""
    url = make_url(db_url)
    is_file = url.get_backend_name() == "sqlite"
    engine = create_engine(url, connect_args={"timeout": LOCKED_SECONDS} if is_file else {})
    try:
        with engine.connect() as connection:
            if is_file:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                connection.exec_driver_sql("CREATE TABLE autograder_probe (id INTEGER)")
                connection.exec_driver_sql("ROLLBACK")
    finally:
        engine.dispose()


def _expect_assignment(db_url: str, course_id: str, lesson: str) -> None:
    with Gradebook(db_url, course_id) as gradebook:
        try:
            gradebook.find_assignment(lesson)
        except MissingEntry:
            words = (
                f"{lesson} is not in the gradebook yet: run `nbgrader generate_assignment {lesson} --force`"
            )
            raise CourseError(words) from None


def _shown(db_url: str) -> str:
    """The file, or the address without its password."""
    url = make_url(db_url)
    return (
        str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    )


def _cause(words: str) -> str:
    """What a database's or a disk's error says, without the statement that met it."""
    lines = [line for line in words.strip().splitlines() if not line.startswith(("[SQL", "[parameters", "("))]
    last = re.sub(r"^[\w.]+(?:Error|Exception): ", "", (lines or [words.strip()])[-1])
    found = re.match(r"\((?:[\w.]+)\) (.*)", words) or re.search(r"Error: \([\w.]+\) (.*)", words)
    return (found[1] if found else last).rstrip(".")


def _refusal(lesson: str, errors: Sequence[str]) -> str:
    """One sentence out of the pages that nbgrader has logged."""
    students = [found[1] for words in errors if (found := re.search(r"for student '(.*)'$", words))]
    causes = dict.fromkeys(_cause(words) for words in errors if "Traceback" in words)
    who = f" of {len(students)} students ({', '.join(map(repr, students[:5]))})" if students else ""
    why = "; ".join(causes) or (errors[0] if errors else "nbgrader gave no reason")
    return f"nbgrader could not record the work{who} on {lesson}: {why}. {KEPT}"


@contextlib.contextmanager
def _heard(*logs: logging.Logger) -> Iterator[list[str]]:
    """nbgrader's errors as a list instead of on the screen, tracebacks and all."""
    words: list[str] = []

    def keep(entry: logging.LogRecord) -> bool:
        if entry.levelno >= logging.ERROR:
            words.append(entry.getMessage())
        return False

    for log in logs:
        log.addFilter(keep)
    try:
        yield words
    finally:
        for log in logs:
            log.removeFilter(keep)


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """nbgrader reads nbgrader_config.py from the current folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
