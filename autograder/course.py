"""Where things are: the course's folders, its lessons and what belongs to each."""

import contextlib
import functools
import hashlib
import hmac
import os
import platform
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder.release import lesson_named_in

PACKAGE = Path(__file__).resolve().parent
SECRET_BYTES = 32


class CourseError(RuntimeError):
    """The course's own files are not as they must be; the message says what to do."""


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
        return self.root / "course" / self.name / f"{self.slug}.ipynb"

    @property
    def checks_path(self) -> Path:
        return self.root / "autograder" / "checks" / f"test_{self.slug}.py"

    @property
    def solution(self) -> NotebookNode:
        return _read(self.solution_path, "is it spelled as its folder?")

    @property
    def release(self) -> NotebookNode:
        return _read(self.release_path, f"run `make course`, or `nbgrader generate_assignment {self.name}`")

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
        for path in sorted(PACKAGE.glob("*.py")):
            digest.update(path.read_bytes())
        for path in (self.solution_path, self.release_path, self.checks_path):
            digest.update(path.read_bytes() if path.exists() else b"absent")
        digest.update((self.helpers + (self.given or "")).encode())
        return digest.hexdigest()


def _read(path: Path, remedy: str) -> NotebookNode:
    """A notebook of the course's own, which nobody may change: it is read once for all."""
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise CourseError(f"{path} does not exist: {remedy}") from None


@functools.lru_cache(maxsize=128)
def _parsed(path: Path, modified: int) -> NotebookNode:
    return nbformat.read(path, as_version=4)


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

    @property
    def released(self) -> dict[str, Lesson]:
        """The lessons that stand in ``course/``, so that somebody can have worked on them."""
        return {name: lesson for name, lesson in self.lessons.items() if lesson.release_path.exists()}

    def lesson(self, name: str) -> Lesson:
        """Lesson by its name ``NN_slug``, its slug or its number; `CourseError` if there is none."""
        for lesson in self.lessons.values():
            if name in (lesson.name, lesson.slug, lesson.name.partition("_")[0]):
                return lesson
        raise CourseError(f"there is no lesson {name!r}; the lessons are {', '.join(self.lessons)}")

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
            If it cannot be made or read, or has been damaged.
        """
        path = self.grading / "secret.key"
        try:
            if not path.exists():
                _make_secret(path)
            secret = path.read_bytes()
        except OSError as error:
            raise CourseError(f"{path} cannot be made or read: {error.strerror}") from error
        if len(secret) < SECRET_BYTES:
            raise CourseError(
                f"{path} is damaged: put your copy of it back, or delete it to get other inputs."
            )
        return secret

    def seed(self, lesson: str, student: str, cells: bytes) -> str:
        """Seed of one submission: the same for the same work of the same student, unknown without the secret."""
        message = b"\0".join([lesson.encode(), student.encode(), hashlib.sha256(cells).digest()])
        return hmac.new(self.secret(), message, hashlib.sha256).hexdigest()[:32]
