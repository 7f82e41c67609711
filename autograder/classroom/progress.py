"""What a learner has earned: one small file a lesson, in the learner's own data folder and never in the course."""

import contextlib
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import platformdirs

from autograder.judging.results import Result
from autograder.lesson import atomic
from autograder.lesson.layout import Lesson


class Earned(msgspec.Struct):
    """The best that a lesson's notebook has earned, and the latest; times in seconds since 1970."""

    score: float
    points: float
    when: float
    latest: float
    judged: float
    release: str

    def is_of(self, lesson: Lesson) -> bool:
        """Whether the lesson is still as it was then."""
        return self.release == _release(lesson)


def folder() -> Path:
    """Where progress is kept: outside the course, so that a fresh copy of the course finds it again."""
    return platformdirs.user_data_path("why-wont-it-learn", appauthor=False) / "progress"


def earned(lesson: Lesson) -> Earned | None:
    """What is kept of a lesson; None if it was never judged, or if the file is damaged: the next verdict renews it."""
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(_path(lesson).read_bytes(), type=Earned)
    return None


def keep(lesson: Lesson, result: Result) -> Earned | None:
    """Take a verdict into what is kept; a grader's fault or an unreadable file changes nothing.

    A better score than before replaces it. So does any score once the lesson has changed: the old one was of other work.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    before = earned(lesson)
    if result.score is None or not result.exercises:
        return before
    now = datetime.now(UTC).timestamp()
    after = Earned(result.score, result.points, now, result.score, now, _release(lesson))
    if before and before.is_of(lesson) and before.score > after.score:
        after.score, after.points, after.when = before.score, before.points, before.when
    atomic.write(_path(lesson), msgspec.json.format(msgspec.json.encode(after)))
    return after


def last_kept() -> float:
    """When anything was kept last, in seconds since 1970; 0 if nothing ever was."""
    try:
        return folder().stat().st_mtime
    except OSError:
        return 0.0


def _path(lesson: Lesson) -> Path:
    return folder() / f"{lesson.name}.json"


def _release(lesson: Lesson) -> str:
    return hashlib.sha256(lesson.release_text.encode()).hexdigest()[:16]
