"""Writes a batch's results into nbgrader's gradebook, through nbgrader's own autograde, by one writer."""

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import AutogradeApp

from autograder.course import Course, CourseError
from autograder.grade import Settings
from autograder.results import Result


def record(course: Course, lesson: str, results: Sequence[Result], settings: Settings) -> None:
    """Run ``nbgrader autograde LESSON --force`` in this process; its judge finds the results in the journal.

    Late penalties, manual grades and comments are nbgrader's, and stay as they are.

    Raises
    ------
    CourseError
        If nbgrader has never released the lesson, or refuses.
    """
    if not results:
        return
    with _inside(course.root):
        app = AutogradeApp()
        levels = [f"--Judge.{name}={getattr(settings, name)}" for name in ("isolation", "least_isolation")]
        app.initialize([lesson, "--force", "--Application.log_level=ERROR", *levels])
        app.log.setLevel(logging.ERROR)
        _expect_assignment(app.coursedir.db_url, app.coursedir.course_id, lesson)
        try:
            app.start()
        except SystemExit as stop:
            if stop.code:
                raise CourseError(
                    f"nbgrader could not record every submission of {lesson}; see above"
                ) from stop


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
