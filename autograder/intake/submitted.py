"""Opens what was handed in, and nothing but that.

Learners fill ``grading/submitted``: with notebooks, and with links, pipes, devices and names that act. Every byte of a
submission that is graded comes through here. This module goes down from ``submitted`` step by step, follows no link
on the way, opens nothing before it is known to be a regular file of that very folder, reads no more of it than a
notebook may have, and writes nothing.
"""

import contextlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.intake.notebook import MAX_BYTES, UnreadableNotebook, expect_size, read
from autograder.intake.timestamp import utc
from autograder.lesson.layout import Course
from autograder.sandbox.printable import printable

LONGEST_ID = 128  # of nbgrader's gradebook
MARKS = " ._-@'’+()~"  # what may stand in an id beside letters and digits of any script
LOOKED_INTO = 20  # of the notebooks that bear another name than the lesson's: the newest
TIMESTAMP, SECRET = "timestamp.txt", "submission_secret.txt"
KINDS = {
    stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device", stat.S_IFBLK: "a device", stat.S_IFDIR: "a folder", stat.S_IFREG: "a file",
}  # fmt: skip


def submissions(course: Course, lesson: str) -> dict[str, "Submission"]:
    """What was handed in for a lesson, by the name of the student's folder; nothing of it is opened yet.

    A folder counts also where it must be refused or is empty, so that everybody gets an answer. ``grading/submitted``
    itself may be a link: the instructor made it.
    """
    top = course.grading / "submitted"
    names = sorted(os.listdir(top)) if top.is_dir() else []
    return {name: Submission(course, lesson, name) for name in names if _holds(top / name, lesson)}


def lessons_handed_in(course: Course) -> list[str]:
    """Lessons for which there is something in ``grading/submitted``."""
    top = course.grading / "submitted"
    students = os.listdir(top) if top.is_dir() else []
    return [
        name for name in course.lessons if any(os.path.lexists(top / student / name) for student in students)
    ]


def strays(course: Course) -> list[str]:
    """Folders in the students' that bear the name of no lesson, as ``STUDENT/FOLDER``: nobody would look into them."""
    top = course.grading / "submitted"
    students = [name for name in sorted(os.listdir(top)) if _is_folder(top / name)] if top.is_dir() else []
    return [
        f"{_shown(student)}/{_shown(name)}"
        for student in students
        for name in sorted(os.listdir(top / student))
        if name not in course.lessons and name[0] != "." and _is_folder(top / student / name)
    ]


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and os.access(path, os.R_OK | os.X_OK)


def _holds(folder: Path, lesson: str) -> bool:
    try:
        os.lstat(folder / lesson)
    except NotADirectoryError:
        return False  # a file that lies beside the students' folders
    except FileNotFoundError:
        return folder.is_symlink() and not folder.exists()
    except OSError:
        pass  # a link in a circle, or a folder that is closed: reading it says so
    return True


@dataclass(frozen=True)
class Submission:
    """One student's folder for one lesson.

    Attributes
    ----------
    course : Course
    lesson : str
        ``NN_slug``.
    folder : str
        Name of the student's folder as it stands on the disk, whatever it is.
    """

    course: Course
    lesson: str
    folder: str

    @property
    def refusal(self) -> str:
        """Why the folder's name is no student's id; empty if it is one."""
        return id_refusal(self.folder)

    @property
    def student(self) -> str:
        """The student's id; of a name that cannot be one, a quotation that may be printed anywhere."""
        return printable(repr(self.folder), 100) if self.refusal else self.folder

    def notebook(self) -> bytes:
        """The notebook to grade.

        It is the one named as the lesson's; else the newest that is this lesson's, whatever it is called; else the
        only one there is.

        Raises
        ------
        UnreadableNotebook
            If there is none, or if it is not a plain file of this folder. The message says what to do.
        """
        if self.refusal:
            raise UnreadableNotebook(self.refusal)
        with self._opened() as folder:
            return _contents(self._chosen(folder), folder)

    def handed_in(self) -> datetime | None:
        """When it was handed in, as ``timestamp.txt`` beside the notebook says, in UTC; None if it does not say.

        Raises
        ------
        UnreadableNotebook
            If it is not a short plain file, or no moment stands in it. The message says what to do.
        """
        with self._opened() as folder:
            return _moment_in(folder)

    @property
    def stamp_refusal(self) -> str:
        """Why ``timestamp.txt`` does not say when this was handed in; empty where it does, or is not there."""
        if self.refusal:
            return ""
        with contextlib.suppress(UnreadableNotebook), self._opened() as folder:
            try:
                _moment_in(folder)
            except UnreadableNotebook as error:
                return f"When this was handed in is not known. {error}"
        return ""

    def exchange_secret(self) -> str | None:
        """What nbgrader's exchange lays beside a submission, to name the feedback that goes back; None without it."""
        with self._opened() as folder:
            if SECRET not in os.listdir(folder):
                return None
            text = _contents(SECRET, folder, longest=1000).decode("ascii", "replace").strip()
        return text if re.fullmatch(r"[0-9A-Za-z]+", text) else None

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        """Descriptor of the folder; neither it nor the student's may be a link."""
        with contextlib.ExitStack() as stack:
            try:
                folder = _folder(stack, self.course.grading / "submitted", None)
                for name in (self.folder, self.lesson):
                    _expect(stat.S_IFDIR, name, os.stat(name, dir_fd=folder, follow_symlinks=False))
                    folder = _folder(stack, name, folder, os.O_NOFOLLOW)
                yield folder
            except OSError as error:
                words = f"What was handed in cannot be opened: {error.strerror}. Ask for it again."
                raise UnreadableNotebook(words) from error

    def _chosen(self, folder: int) -> str:
        found = [name for name in os.listdir(folder) if name[0] != "." and name not in (TIMESTAMP, SECRET)]
        names = [name for name in found if name.lower().endswith(".ipynb")]
        expected = f"{self.lesson.partition('_')[2]}.ipynb"
        if expected in names:
            return expected
        if not names:
            raise UnreadableNotebook(_nothing_in(found))
        names.sort(
            key=lambda name: os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime, reverse=True
        )
        for name in names[:LOOKED_INTO]:
            with contextlib.suppress(UnreadableNotebook, OSError):
                if self.course.lesson_of(read(_contents(name, folder))[0], name) == self.lesson:
                    return name
        if len(names) == 1:
            return names[0]
        raise UnreadableNotebook(
            f"The folder holds {len(names)} notebooks, none of them of {self.lesson}. Ask for the right one."
        )


def _moment_in(folder: int) -> datetime | None:
    """What ``timestamp.txt`` in a folder says, in UTC."""
    if TIMESTAMP not in os.listdir(folder):
        return None
    text = _contents(TIMESTAMP, folder, longest=100).decode("utf-8-sig", "replace").strip()
    try:
        return utc(printable(text, 100)) if text else None
    except ValueError as error:
        raise UnreadableNotebook(f"{TIMESTAMP} cannot be read: {error}") from error


def _nothing_in(names: list[str]) -> str:
    """That there is no notebook among the names in a folder, and what to do."""
    if not names:
        return "There is no notebook (.ipynb) in the folder: it is empty. Ask for it."
    words = f"There is no notebook (.ipynb) in the folder, only {_shown(min(names))}"
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{words}{more}. Ask for it; where it lies in a zip file or a folder there, `autograder collect` gets it out."


def contents(path: Path) -> bytes:
    """Bytes of a file that the user names.

    Raises
    ------
    OSError
        If it cannot be opened.
    UnreadableNotebook
        If it is a link, a pipe, a device or a folder, or too large.
    """
    return _contents(str(path), None)


def id_refusal(name: str) -> str:
    """Why the name of a folder cannot be a student's id, and what to do; empty if it can.

    An id is printed in terminals, web pages and spreadsheets, and nbgrader takes it for a pattern of files and for a
    part of paths, mostly without quoting it. So nothing may stand in it that acts anywhere.
    """
    if wrong := _wrong(name):
        return (
            f"The folder's name cannot be a student's id: {wrong}. Rename the folder; an id begins with a letter or a "
            f"digit, and holds letters, digits, spaces and {' '.join(MARKS.strip())}"
        )
    return ""


def _wrong(name: str) -> str:
    if odd := next((c for c in name if unicodedata.category(c)[0] not in "LMN" and c not in MARKS), None):
        return f"it holds U+{ord(odd):04X} ({unicodedata.name(odd, 'unprintable').lower()})"
    if not name or not (name[0].isalnum() or name[0] == "_"):
        return f"it begins with {unicodedata.name(name[0], 'nothing').lower()}" if name else "it is empty"
    if name[-1] == " ":
        return "it ends with a space"
    if len(name) > LONGEST_ID:
        return f"it has more than {LONGEST_ID} characters"
    return ""


def _folder(stack: contextlib.ExitStack, name: str | Path, above: int | None, more: int = 0) -> int:
    descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | more, dir_fd=above)
    stack.callback(os.close, descriptor)
    return descriptor


def _contents(name: str, folder: int | None, longest: int = MAX_BYTES) -> bytes:
    """Bytes of a plain file in a folder that is open, or of a path. What it is is asked before and after opening."""
    _expect(stat.S_IFREG, name, os.stat(name, dir_fd=folder, follow_symlinks=False))
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    with open(os.open(name, flags, dir_fd=folder), "rb") as file:
        found = os.fstat(file.fileno())
        _expect(stat.S_IFREG, name, found)
        if folder is not None and found.st_nlink > _names_of(found, folder):
            raise UnreadableNotebook(
                f"{_shown(name)} is the same file as one outside this folder (a hard link), so it may be somebody "
                "else's. Put a copy in its place, if it is the student's own."
            )
        expect_size(found.st_size, longest)
        return file.read(longest + 1)


def _names_of(file: os.stat_result, folder: int) -> int:
    """How often a file stands in a folder."""
    if file.st_nlink == 1:
        return 1
    others = (os.stat(name, dir_fd=folder, follow_symlinks=False) for name in os.listdir(folder))
    return sum(os.path.samestat(file, other) for other in others)


def _expect(kind: int, name: str, found: os.stat_result) -> None:
    if (actual := stat.S_IFMT(found.st_mode)) != kind:
        wanted = "folder" if kind == stat.S_IFDIR else "file"
        what = (
            f"a link to another {wanted}"
            if actual == stat.S_IFLNK
            else KINDS.get(actual, "something strange")
        )
        raise UnreadableNotebook(
            f"{_shown(name)} is {what}, so it was not opened. Ask for the {wanted} itself."
        )


def _shown(name: str) -> str:
    return printable(name, 200) if name.isprintable() else printable(repr(name), 200)
