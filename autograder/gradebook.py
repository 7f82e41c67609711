"""Writes a batch's results into nbgrader's gradebook, through nbgrader's own autograde, by one writer."""

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException

from autograder.course import Course, CourseError
from autograder.grade import Settings
from autograder.results import Result
from autograder.submitted import id_refusal


class _Autograde(Autograde):
    """nbgrader's, without its own look at the submissions: `autograder.nbgrader_plugin.Reader` hands them over."""

    def init_notebooks(self) -> None:
        self.assignments = {}


def record(course: Course, lesson: str, results: Sequence[Result], settings: Settings) -> None:
    """Do what ``nbgrader autograde LESSON --force`` does, in this process; its judge finds the results in the journal.

    Late penalties, manual grades and comments are nbgrader's, and stay as they are.

    Raises
    ------
    CourseError
        If nbgrader has never released the lesson, or refuses.
    """
    if all(id_refusal(result.student or "") for result in results):
        return  # nobody whom the gradebook could know
    with _inside(course.root):
        app = AutogradeApp()
        levels = [f"--Judge.{name}={getattr(settings, name)}" for name in ("isolation", "least_isolation")]
        app.initialize(["--force", f"--assignment={lesson}", "--Application.log_level=ERROR", *levels])
        app.log.setLevel(logging.ERROR)
        _expect_assignment(app.coursedir.db_url, app.coursedir.course_id, lesson)
        try:
            _Autograde(coursedir=app.coursedir, parent=app).start()
        except NbGraderException as error:
            raise CourseError(f"nbgrader could not record every submission of {lesson}; see above") from error


def _expect_assignment(db_url: str, course_id: str, lesson: str) -> None:
    with Gradebook(db_url, course_id) as gradebook:
        try:
            gradebook.find_assignment(lesson)
        except MissingEntry:
            words = (
                f"{lesson} is not in the gradebook yet: run `nbgrader generate_assignment {lesson} --force`"
            )
            raise CourseError(words) from None


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """nbgrader reads nbgrader_config.py from the current folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
