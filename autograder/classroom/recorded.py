"""Which results stand in the gradebook already, so that grading again with nothing new writes nothing again."""

import contextlib
import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
from nbgrader.api import Gradebook

from autograder.classroom import extensions, roster, scores
from autograder.classroom.differences import changes
from autograder.intake.notebook import UnreadableNotebook
from autograder.intake.submitted import Submission, submissions
from autograder.judging.results import Result
from autograder.lesson import atomic
from autograder.lesson.layout import Course


class Recorded:
    """What was recorded last of each student of a lesson.

    Parameters
    ----------
    course : Course
    lesson : str
    book : Gradebook
    configuration : str
        Of nbgrader, rules for late work included.
    """

    def __init__(self, course: Course, lesson: str, book: Gradebook, configuration: str):
        self._course, self._lesson, self._book = course, lesson, book
        self._path = course.grading / "journal" / f"{lesson}.recorded.json"
        about = course.lesson(lesson).fingerprint(), configuration, roster.due_date(book, lesson)
        self._about = repr(about).encode()
        self._states: dict[str, str] = {}

    def new_among(self, results: Sequence[Result]) -> set[str]:
        """Students whose result, work, time stamp, extension or row in the gradebook is not as it was recorded."""
        handed_in = submissions(self._course, self._lesson)
        granted = {
            name: str(until)
            for (name, what), until in extensions.granted(self._course).items()
            if what == self._lesson
        }
        self._states = {
            student: self._state(result, handed_in[student], granted.get(student, ""))
            for result in results
            if (student := result.student or "") in handed_in
        }
        before = self._before()
        differing = {
            change.student for change in changes(scores.recorded(self._book, self._lesson), results)
            if change.kind not in ("same", "ungraded") or change.exercises
        }  # fmt: skip
        return {
            student for student, state in self._states.items()
            if before.get(student) != state or student in differing or not self._autograded(student).exists()
        }  # fmt: skip

    def keep(self) -> None:
        """Note that everything `new_among` was asked about is recorded now."""
        atomic.write(self._path, msgspec.json.encode(self._states))

    def _state(self, result: Result, submission: Submission, until: str) -> str:
        digest = hashlib.sha256(self._about + msgspec.json.encode(result) + until.encode())
        for read in (submission.notebook, submission.handed_in):
            try:
                found = read()
            except UnreadableNotebook as error:
                found = str(error).encode()
            digest.update(found if isinstance(found, bytes) else str(found).encode())
        return digest.hexdigest()

    def _before(self) -> dict[str, str]:
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, str])
        return {}  # damaged, or never written: everything is recorded once more

    def _autograded(self, student: str) -> Path:
        name = self._course.lesson(self._lesson).slug
        return self._course.grading / "autograded" / student / self._lesson / f"{name}.ipynb"
