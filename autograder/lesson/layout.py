"""Where things are: the course's folders, its lessons and what belongs to each."""

import contextlib
import functools
import hashlib
import hmac
import os
import platform
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder.lesson import assignment
from autograder.lesson.identify import lesson_name, lesson_named_in
from autograder.lesson.release import Release, points

PACKAGE = Path(__file__).resolve().parents[1]


def _own_modules() -> list[Path]:
    """The modules on which a result depends: what stands at the package's top, and in its rooms."""
    rooms = ("lesson", "intake", "sandbox", "diagnosis", "judging", "classroom", "checking")
    return sorted(
        [*PACKAGE.glob("*.py"), *(path for room in rooms for path in (PACKAGE / room).glob("*.py"))]
    )


class CourseError(RuntimeError):
    """The course's own files are not as they must be; the message says what to do."""


SECRET_BYTES, SHORTEST_SECRET = 32, 16
_SECRET_REMEDY = (
    "put your copy of it there, readable by you. Without a copy delete it: the next grading makes a new one, "
    "but what is recorded can then not be repeated."
)


@dataclass(frozen=True)
class Lesson:
    """One lesson: ``name`` is its folder, ``NN_slug``."""

    name: str
    root: Path

    @property
    def slug(self) -> str:
        return self.name.partition("_")[2]

    @property
    def solution_path(self) -> Path:
        return self.root / "solutions" / self.name / f"{self.slug}.ipynb"

    @property
    def release_path(self) -> Path:
        """Where publishing puts the release, for people to work in. Nothing that grades reads it."""
        return self.root / "course" / self.name / f"{self.slug}.ipynb"

    @property
    def checks_path(self) -> Path:
        return self.root / "autograder" / "checks" / f"test_{self.slug}.py"

    @property
    def solution(self) -> NotebookNode:
        """The solution notebook; not to be changed."""
        return _parsed(self._state, read=_solution_text)

    @property
    def release(self) -> NotebookNode:
        """What nbgrader releases of the solution, whatever stands in ``course/``; not to be changed."""
        return _parsed(self._state, read=_release_text)

    @property
    def released(self) -> Release:
        """`release`, read into typed cells."""
        return _released(self._state)

    @property
    def release_text(self) -> str:
        """`release` as the text of a file."""
        return _release_text(self._state)

    @property
    def _state(self) -> "State":
        """What solution and release are made from; what was made is used again while this is the same."""
        configuration = self.root / assignment.CONFIGURATION
        try:
            return State(self.solution_path, self.root, _stamp(self.solution_path), _stamp(configuration))
        except FileNotFoundError as error:
            raise CourseError(f"{error.filename} does not exist: is it spelled as its folder?") from None

    @property
    def helpers(self) -> str:
        return (self.root / "solutions" / "helpers.py").read_text(encoding="utf-8")

    @property
    def given(self) -> str | None:
        path = self.solution_path.with_name("given.py")
        return path.read_text(encoding="utf-8") if path.exists() else None

    def fingerprint(self) -> str:
        """Hash of everything of the course's own that a result depends on."""
        digest = hashlib.sha256(f"{platform.python_version()} {np.__version__}".encode())
        for path in _own_modules():
            digest.update(path.read_bytes())
        for path in (self.solution_path, self.checks_path):
            digest.update(path.read_bytes() if path.exists() else b"absent")
        digest.update((self.release_text + self.helpers + (self.given or "")).encode())
        return digest.hexdigest()


class State(NamedTuple):
    """The files behind a lesson's notebooks, and when and how large they were."""

    solution: Path
    root: Path
    solution_stamp: tuple[int, int]
    configuration_stamp: tuple[int, int]


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


def _solution_text(state: State) -> str:
    return state.solution.read_text(encoding="utf-8")


@functools.lru_cache(maxsize=128)
def _release_text(state: State) -> str:
    try:
        return assignment.kept(state.solution, state.root)
    except assignment.AssignmentError as error:
        raise CourseError(str(error)) from error


@functools.lru_cache(maxsize=256)
def _parsed(state: State, read: Callable[[State], str]) -> NotebookNode:
    """A notebook of the course's own, which nobody may change: it is read once for all."""
    try:
        notebook: NotebookNode = nbformat.reads(read(state), as_version=4)
    except ValueError as error:
        raise CourseError(f"{state.solution} cannot be read: {error}") from error
    return notebook


@functools.lru_cache(maxsize=128)
def _released(state: State) -> Release:
    return Release(_parsed(state, read=_release_text))


def _make_secret(path: Path) -> None:
    """Whole or not at all, readable by its owner alone; where two make it at once, one of them wins."""
    path.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".secret.") as file:
        file.write(secrets.token_bytes(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)


class Course:
    """A checkout of the course.

    Parameters
    ----------
    root : Path, optional
        The folder that holds ``solutions/`` and ``course/``; the checkout that this package lies in when left out.

    Raises
    ------
    CourseError
        If there is no course in that folder.
    """

    def __init__(self, root: Path | None = None):
        self.root = (root or PACKAGE.parent).resolve()
        if not (self.root / "solutions" / "helpers.py").exists():
            raise CourseError(f"no course in {self.root}: give its folder with --course")

    @functools.cached_property
    def lessons(self) -> dict[str, Lesson]:
        """All lessons by name, in order."""
        found = (
            Lesson(path.parent.name, self.root) for path in sorted(self.root.glob("solutions/*/*.ipynb"))
        )
        return {lesson.name: lesson for lesson in found if lesson.solution_path.exists()}

    def lesson(self, name: str) -> Lesson:
        """Lesson by its name ``NN_slug``, its slug or its number; `CourseError` if there is none."""
        for lesson in self.lessons.values():
            if name in (lesson.name, lesson.slug, lesson.name.partition("_")[0]):
                return lesson
        raise CourseError(f"there is no lesson {name!r}; the lessons are {', '.join(self.lessons)}")

    def lesson_of(self, notebook: NotebookNode, file_name: str) -> str | None:
        """Name of the lesson that a notebook belongs to; see `autograder.lesson.identify.lesson_name`."""
        if (named := lesson_named_in(notebook)) in self.lessons:
            return named  # nearly always, and without reading all lessons
        return lesson_name(
            notebook, file_name, {n: points(entry.solution) for n, entry in self.lessons.items()}
        )

    def expect_lesson(self, name: str, notebook: NotebookNode) -> None:
        """Refuse the notebook of another lesson, before its answers count as missing; `CourseError` says whose it is."""
        named = lesson_named_in(notebook)
        if named in self.lessons and named != name:
            raise CourseError(f"This is the notebook of {named}, not of {name}. Ask for the right one.")

    @property
    def hidden_folders(self) -> list[Path]:
        """Folders of which a learner's process must not see even the names."""
        return [self.root / name for name in ("autograder", "solutions", "course", "grading", ".git")]

    @property
    def grading(self) -> Path:
        return self.root / "grading"

    def secret(self) -> bytes:
        """The secret from which marks that count draw their random inputs; made at first use, never released.

        Raises
        ------
        CourseError
            If the file cannot be made or read, or is too short. It is never replaced: results that are
            recorded could not be repeated.
        """
        path = self.grading / "secret.key"
        try:
            if not os.path.lexists(path):
                _make_secret(path)
            secret = path.read_bytes()
        except OSError as error:
            raise CourseError(
                f"{path} cannot be made or read ({error.strerror}): {_SECRET_REMEDY}"
            ) from error
        if len(secret) < SHORTEST_SECRET:
            words = f"{path} holds {len(secret)} bytes, which is no secret; it should hold {SECRET_BYTES}"
            raise CourseError(f"{words}: {_SECRET_REMEDY}")
        return secret

    def seed(self, lesson: str, student: str, cells: bytes) -> str:
        """Seed of one submission: the same for the same work of the same student, unknown without the secret."""
        message = b"\0".join([lesson.encode(), student.encode(), hashlib.sha256(cells).digest()])
        return hmac.new(self.secret(), message, hashlib.sha256).hexdigest()[:32]
