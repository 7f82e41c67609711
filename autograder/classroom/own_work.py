"""A learner's own notebooks: which one is meant, when it changes, and what is kept of its verdict."""

import time
from collections.abc import Iterator
from pathlib import Path

from autograder.classroom import progress
from autograder.judging.results import Result
from autograder.lesson.layout import Course, CourseError

POLL_SECONDS = 0.2


def meant(course: Course, folder: Path) -> Path:
    """The notebook that a learner means who names none: the lesson's of the folder they are in, or the one saved last.

    Raises
    ------
    CourseError
        If there is no lesson's notebook at all.
    """
    notebooks = [lesson.release_path for lesson in course.lessons.values() if lesson.release_path.exists()]
    if not notebooks:
        raise CourseError(f"there is no notebook in {course.root / 'course'}: `make course` puts them there")
    here = folder.resolve()
    of_this_folder = [path for path in notebooks if path.parent == here or path.parent in here.parents]
    return max(of_this_folder or notebooks, key=lambda path: path.stat().st_mtime_ns)


def keep(course: Course, path: Path, result: Result) -> None:
    """Take a verdict into the learner's progress if it is about the place where they work, and about no copy elsewhere."""
    lesson = course.lessons.get(result.lesson or "")
    if lesson and path.exists() and lesson.release_path.exists() and path.samefile(lesson.release_path):
        progress.keep(lesson, result)


def saves(path: Path) -> Iterator[None]:
    """Once for each time that a file is saved from now on; while it is absent, nothing."""
    before = _stamp(path)
    while True:
        time.sleep(POLL_SECONDS)
        now = _stamp(path)
        if now is not None and now != before:
            before = now
            yield


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
