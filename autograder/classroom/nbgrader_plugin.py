"""Our judge inside stock nbgrader: what nbgrader_config.py plugs in, and nothing that nbgrader does itself.

`Reader` hands nbgrader copies of what `autograder.intake.submitted` opens, and reads damaged files, `Intake` mends and defuses
a notebook, `Judge` takes the place of nbgrader's Execute, `SaveVerdicts` leaves a grader's fault unscored.
"""

import contextlib
import copy
import fnmatch
import shutil
import tempfile
import weakref
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, BaseConverter
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Enum, Float, Integer

from autograder.classroom import extensions
from autograder.classroom.batch import journal_of, turn_of
from autograder.classroom.grade import Settings, warm_grader
from autograder.classroom.graded_notebook import FAULT, harmless, write_verdicts
from autograder.classroom.shared_run import shared
from autograder.intake.notebook import UnreadableNotebook, read
from autograder.intake.submitted import SECRET, TIMESTAMP, Submission, submissions
from autograder.judging.results import Result, unreadable
from autograder.lesson.layout import Course, CourseError
from autograder.lesson.release import Release
from autograder.sandbox.isolation import LEVELS
from autograder.sandbox.printable import one_line
from autograder.sandbox.processes import Limits


@cache
def _course(root: Path) -> Course:
    return Course(root)


class Reader(NotebookExporter):
    """Reads what was handed in, however it is damaged; an unreadable file becomes the released notebook and a note.

    nbgrader makes its exporter when it has listed the submissions and before it opens any of them. Left alone it would
    follow links, wait for pipes, and copy whatever lies beside a notebook. So it is given copies to work through: of
    each student the notebook and the time stamp, as far as `autograder.intake.submitted` opens them, under names of ours.
    """

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.optimistic_validation = True  # once after all preprocessors, and not after each
        self._refused: dict[str, str] = {}  # why there is nothing in a copy
        self._notes: dict[str, list[str]] = {}
        if isinstance(self.parent, BaseConverter):
            self._hand_over(self.parent)
            _take_turns(self.parent, afterwards=self._forget_copies)

    def _hand_over(self, converter: BaseConverter) -> None:
        listed, course = converter.coursedir, _course(Path(converter.coursedir.root))
        copies = Path(tempfile.mkdtemp(prefix="opened_", dir=course.grading))
        self._forget_copies = weakref.finalize(self, shutil.rmtree, copies, ignore_errors=True)
        converter.coursedir = copy.copy(listed)
        converter.coursedir.submitted_directory = f"{course.grading.name}/{copies.name}"
        converter.assignments = {}
        for lesson in fnmatch.filter(course.lessons, listed.assignment_id):
            handed_in = submissions(course, lesson)
            self._tell_extensions(converter, course, lesson, handed_in)
            for submission in handed_in.values():
                if not fnmatch.fnmatchcase(submission.folder, listed.student_id):
                    continue
                if submission.student not in getattr(converter, "only", {submission.student}):
                    continue
                if submission.refusal:
                    self.log.error("%s is not graded. %s", submission.student, submission.refusal)
                    continue
                path = self._copied(submission, copies / submission.student / lesson)
                converter.assignments[str(path.parent)] = [str(path)]
        if not converter.assignments:
            raise NbGraderException("nothing that was handed in can be graded; see above")

    def _tell_extensions(
        self, converter: BaseConverter, course: Course, lesson: str, handed_in: dict[str, Submission]
    ) -> None:
        students = [
            name for name, one in handed_in.items()
            if not one.refusal and fnmatch.fnmatchcase(name, converter.coursedir.student_id)
        ]  # fmt: skip
        try:
            with Gradebook(converter.coursedir.db_url, converter.coursedir.course_id) as book:
                extensions.tell(course, lesson, book, students)
        except CourseError as error:
            raise NbGraderException(str(error)) from error

    def _copied(self, submission: Submission, folder: Path) -> Path:
        folder.mkdir(parents=True)
        path = folder / f"{submission.lesson.partition('_')[2]}.ipynb"
        path.touch()
        with contextlib.suppress(UnreadableNotebook):  # it is said below
            if secret := submission.exchange_secret():
                path.with_name(SECRET).write_text(secret, encoding="ascii")
            if moment := submission.handed_in():
                path.with_name(TIMESTAMP).write_text(f"{moment} UTC", encoding="utf-8")
        if words := submission.stamp_refusal:
            self._notes[str(path)] = [words]
        try:
            path.write_bytes(submission.notebook())
        except UnreadableNotebook as error:
            self._refused[str(path)] = str(error)
        return path

    def from_file(self, file_stream: Any, resources: Any = None, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        converter: Any = self.parent
        if not converter._sanitizing:  # the second pass reads what the first has written
            return super().from_file(file_stream, resources=resources, **kwargs)
        path, about = file_stream.name, resources["nbgrader"]
        try:
            if path in self._refused:
                raise UnreadableNotebook(self._refused[path])
            notebook, notes = read(Path(path).read_bytes())
            _course(Path(converter.coursedir.root)).expect_lesson(about["assignment"], notebook)
        except (UnreadableNotebook, CourseError) as error:
            notebook, notes = copy.deepcopy(_release(converter.coursedir.root, resources).notebook), []
            notebook.metadata["course_unreadable"] = str(error)
            self.log.error("%s/%s cannot be read: %s", about["student"], about["assignment"], one_line(error))
        if notes := notes + self._notes.get(path, []):
            notebook.metadata["course_notes"] = notes
        made: tuple[Any, dict[str, Any]] = self.from_notebook_node(notebook, resources=resources, **kwargs)
        return made


def _take_turns(converter: Autograde, afterwards: Callable[[], object]) -> None:
    """Let a run of nbgrader's wait for another grading of its lesson.

    nbgrader has no hook around a whole run, but it makes its exporter right before it starts.
    """
    course, convert = _course(Path(converter.coursedir.root)), converter.convert_notebooks

    def in_turn() -> None:
        try:
            with turn_of(course, converter.coursedir.assignment_id, converter.log.warning), shared():
                convert()
        finally:
            afterwards()

    converter.convert_notebooks = in_turn


def _release(root: str, resources: dict[str, Any]) -> Release:
    """The release that a submission comes from."""
    return _course(Path(root)).lesson(resources["nbgrader"]["assignment"]).released


class Intake(NbGraderPreprocessor):
    """First in the sanitising pass: nbgrader's metadata from the release, nothing that could harm a reader."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        kept = {k: v for k, v in nb.metadata.items() if k in ("course_unreadable", "course_notes")}
        release = _release(self.parent.parent.coursedir.root, resources)
        clean, notes = harmless(nb, release)
        clean.metadata.update(kept)
        if notes:
            clean.metadata["course_notes"] = [*kept.get("course_notes", []), *notes]
        return clean, resources


class Judge(NbGraderPreprocessor):
    """In the place of nbgrader's Execute: verdicts from the judge's process, the learner's code in another."""

    isolation = Enum(LEVELS, "strong", help="Highest isolation level to use.").tag(config=True)
    least_isolation = Enum(LEVELS, "container", help="Below this level nothing is graded.").tag(config=True)
    call_seconds = Float(Limits.call_seconds, help="What one call may take.").tag(config=True)
    load_seconds = Float(Limits.load_seconds, help="What running the cells may take.").tag(config=True)
    submission_seconds = Float(Limits.submission_seconds, help="What a whole notebook may take.").tag(
        config=True
    )
    memory = Integer(Limits.memory, help="Bytes that a learner's process may take.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        about = resources["nbgrader"]
        result = self._result(nb, about["assignment"], about["student"])
        write_verdicts(nb, result, nb.metadata.get("course_notes", []))
        return nb, resources

    def _result(self, nb: NotebookNode, lesson: str, student: str) -> Result:
        if "course_unreadable" in nb.metadata:
            return unreadable(lesson, nb.metadata["course_unreadable"], lesson=lesson, student=student)
        root = Path(self.parent.parent.coursedir.root)
        try:
            limits = Limits(self.call_seconds, self.load_seconds, self.submission_seconds, self.memory)
            settings = Settings(self.isolation, self.least_isolation, limits)
            return graded(root, nb, lesson, student, settings)
        except Exception as error:  # whatever it is, it is ours: a human decides
            self.log.exception("the judge could not grade %s", one_line(student))
            return unreadable(
                lesson, f"{type(error).__name__}: {error}", FAULT, lesson=lesson, student=student
            )


def graded(root: Path, mended: NotebookNode, lesson: str, student: str, settings: Settings) -> Result:
    """Result of a mended submission: from the journal if nothing has changed since, otherwise from the judge."""
    grader, journal = warm_grader(root, settings), journal_of(_course(root), lesson)
    request = grader.request(mended, f"{student}/{lesson}", lesson, student)
    key = request.key(grader.course.lesson(lesson).fingerprint())
    result = journal.get(key)
    if result is None:
        result = grader.judge(request)
        journal.append(key, result)
    return result


class SaveVerdicts(SaveAutoGrades):
    """As nbgrader's, but where the judge failed there is no score at all, and the cell asks for a human.

    Of a notebook that could not be read that is every cell, written answers too; why stands as a comment at its first.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        self._comment = nb.metadata.get("course_unreadable")
        self._unreadable = bool(self._comment)
        saved: tuple[NotebookNode, dict[str, Any]] = super().preprocess(nb, resources)
        return saved

    def _add_comment(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._add_comment(cell, resources)
        if self._comment:
            about = resources["nbgrader"]
            grade_id = cell.metadata.nbgrader["grade_id"]
            comment = self.gradebook.find_comment(
                grade_id, about["notebook"], about["assignment"], about["student"]
            )
            comment.auto_comment, self._comment = self._comment, None
            self.gradebook.db.commit()

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._add_score(cell, resources)
        if self._unreadable or cell.metadata.get("course_verdict") == FAULT:
            about = resources["nbgrader"]
            grade_id = cell.metadata.nbgrader["grade_id"]
            grade = self.gradebook.find_grade(
                grade_id, about["notebook"], about["assignment"], about["student"]
            )
            grade.auto_score, grade.needs_manual_grade = None, True
            self.gradebook.db.commit()
