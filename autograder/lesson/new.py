"""A new lesson's four files, with one small exercise in them that already passes every test, to be written over."""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.lesson import atomic
from autograder.lesson.authoring import canonical, dumps
from autograder.lesson.layout import PACKAGE, Course, CourseError, Lesson

TEMPLATES = PACKAGE / "templates" / "new_lesson"
NAME = re.compile(r"[0-9]{2}_[a-z][a-z0-9]*(_[a-z0-9]+)*")
HELPERS = Path("..") / "helpers.py"  # every lesson's link, seen from the lesson's folder


def create(course: Course, name: str) -> list[Path]:
    """Write the files of a lesson that does not exist yet.

    Parameters
    ----------
    course : Course
        Where the lesson goes.
    name : str
        ``NN_slug``: two digits that no other lesson has, and a name in small letters.

    Returns
    -------
    list of Path
        The four files.

    Raises
    ------
    CourseError
        If the name is not in this form, its number is taken, or one of the files exists, or cannot be written; in each
        case nothing is left behind.
    """
    if not NAME.fullmatch(name):
        raise CourseError(
            f"{name!r} is no name for a lesson. It is two digits, an underscore and a few words in small letters, "
            "such as 32_my_topic."
        )
    number = name[:2]
    if taken := sorted(path.name for path in (course.root / "solutions").glob(f"{number}_*")):
        raise CourseError(f"the number {number} is taken by {taken[0]}. {_free_number(course)}")
    lesson = Lesson(name, course.root)
    files = _files(lesson)
    if existing := [path for path in files if path.exists()]:
        shown = existing[0].relative_to(course.root)
        raise CourseError(f"{shown} exists already. Give the lesson another name, or move that file away.")
    _write(lesson, files)
    return list(files)


def _free_number(course: Course) -> str:
    free = 1 + max((int(name[:2]) for name in course.lessons), default=-1)
    return f"The next free one is {free:02}." if free < 100 else "Take one that is not in solutions/."


def _files(lesson: Lesson) -> dict[Path, str]:
    """What each of a lesson's files says at first."""
    tests = lesson.root / "autograder" / "tests"

    def filled_in(template: str) -> str:
        return (TEMPLATES / template).read_text(encoding="utf-8").replace("NN_SLUG", lesson.name)

    return {
        lesson.solution_path: dumps(canonical(_notebook(lesson), lesson.name)),
        lesson.checks_path: filled_in("checks.py"),
        tests / "alternatives" / f"{lesson.slug}.py": filled_in("alternatives.py"),
        tests / "oracles" / f"{lesson.slug}.py": filled_in("oracle.py"),
    }


def _notebook(lesson: Lesson) -> NotebookNode:
    notebook: NotebookNode = nbformat.read(TEMPLATES / "lesson.ipynb", as_version=4)
    title = lesson.slug.replace("_", " ").capitalize()
    heading = notebook.cells[0]
    heading.source = heading.source.replace("NN · TITLE", f"{lesson.name[:2]} · {title}")
    return notebook


def _write(lesson: Lesson, files: dict[Path, str]) -> None:
    link = lesson.solution_path.with_name("helpers.py")
    try:
        for path, text in files.items():
            atomic.write(path, text.encode())
        link.symlink_to(HELPERS)
    except OSError as error:
        for path in (*files, link):
            path.unlink(missing_ok=True)
        if link.parent.is_dir():
            link.parent.rmdir()
        raise CourseError(
            f"{lesson.name} cannot be written ({error.strerror}); nothing is left of it."
        ) from error
