"""What somebody uploaded, graded by a judge of this machine: the notebook is found, and the result is one of ours."""

import os
from pathlib import Path

from autograder.classroom.grade import Grader, Settings
from autograder.intake.notebook import UnreadableNotebook, read
from autograder.intake.submitted import contents
from autograder.judging.results import Result, unreadable
from autograder.lesson.layout import Course, Lesson
from autograder.sandbox.printable import printable

MOST_NOTEBOOKS = 50  # that are looked at
DEEPEST = 4  # folders, so that a whole copy of the course is searched


def graded(course: Course, lesson: Lesson, folder: Path, student: str | None, settings: Settings) -> Result:
    """Result of what lies in a folder, always: also where there is no notebook.

    Parameters
    ----------
    course : Course
    lesson : Lesson
    folder : Path
        Filled by a stranger.
    student : str or None
        From whom the seed is drawn, if the settings ask for that.
    settings : Settings
    """
    try:
        data = _notebook(course, lesson, folder)
    except UnreadableNotebook as error:
        return unreadable(lesson.name, str(error), lesson=lesson.name, student=student)
    with Grader(course, settings) as grader:
        return grader.grade(data, lesson.name, lesson.name, student)


def _notebook(course: Course, lesson: Lesson, folder: Path) -> bytes:
    """The notebook named as the lesson's; else the first that is this lesson's; else the only one."""
    found = _notebooks(folder)
    if not found:
        raise UnreadableNotebook(
            f"There is no notebook (.ipynb) in what you handed in. Hand in {lesson.slug}.ipynb."
        )
    named = [path for path in found if path.name == f"{lesson.slug}.ipynb"]
    if named or len(found) == 1:
        return _contents((named or found)[0])
    for path in found:
        try:
            data = _contents(path)
            if course.lesson_of(read(data)[0], path.name) == lesson.name:
                return data
        except UnreadableNotebook:
            continue
    raise UnreadableNotebook(
        f"None of the {len(found)} notebooks that you handed in is of {lesson.name}. Hand in {lesson.slug}.ipynb."
    )


def _contents(path: Path) -> bytes:
    try:
        return contents(path)
    except UnreadableNotebook:
        raise
    except (OSError, ValueError) as error:
        raise UnreadableNotebook(f"{printable(path.name, 200)} cannot be read. Hand it in again.") from error


def _notebooks(folder: Path) -> list[Path]:
    """Files that are called notebooks, the outermost first; no link is followed, nothing hidden is looked at."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        depth = len(Path(place).relative_to(folder).parts)
        hidden = [name for name in folders if name.startswith((".", "__"))]
        folders[:] = [] if depth == DEEPEST else sorted(set(folders) - set(hidden))
        found += [Path(place, name) for name in sorted(names) if name.endswith(".ipynb") and name[0] != "."]
        if len(found) >= MOST_NOTEBOOKS:
            break
    return sorted(found[:MOST_NOTEBOOKS], key=lambda path: len(path.parts))
