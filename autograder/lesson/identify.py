"""Which lesson a notebook belongs to: by what it says itself, its name, or the exercises that it holds."""

import re
from collections.abc import Collection, Mapping

from nbformat import NotebookNode

from autograder.lesson.release import CHECK_CELL, grading_of, names_defined

LESSON_NAME = re.compile(r"\d\d_\w+")
COPY_SUFFIX = re.compile(
    r"(?:[ _-]*\(\d{1,3}\)|[ _-]*(?:copy|kopie|copie|copia)[ _-]*\d{0,3}|[ _-]+(?:final|v?\d{1,3}))$",
    re.IGNORECASE,
)


def lesson_name(
    notebook: NotebookNode, file_name: str | None, lessons: Mapping[str, Collection[str]]
) -> str | None:
    """Find the lesson that a notebook belongs to.

    Parameters
    ----------
    notebook : NotebookNode
        As :func:`autograder.intake.notebook.read` returns it.
    file_name : str or None
        Its path or name, as far as known. Marks of a copy, such as `` (1)`` or ``-Copy1``, do not matter.
    lessons : mapping
        The grade_ids of each lesson, by the lesson's name: ``{"06_softmax_gradient": ["softmax", …]}``.

    Returns
    -------
    str or None
        The lesson that the notebook itself names; else the one its file or folder is named after; else the
        one whose exercises it holds most of; else the one that occurs in the file's name. None if unclear, or
        if the notebook names a lesson that is not among these.
    """
    if (named := lesson_named_in(notebook)) in lessons:
        return named
    by_name = {lesson.partition("_")[2]: lesson for lesson in lessons} | {
        lesson: lesson for lesson in lessons
    }
    *folders, stem = _name_parts(file_name)
    for part in (stem, *reversed(folders)):
        if part in by_name:
            return by_name[part]
    if named and LESSON_NAME.fullmatch(named):
        return None  # a lesson that this course does not have: exercises in common do not make it another
    return _by_exercises(notebook, lessons) or _by_words(stem, by_name)


def lesson_named_in(notebook: NotebookNode) -> str | None:
    """The lesson that a notebook's own metadata names."""
    course = notebook.metadata.get("course")
    named = course.get("lesson") if isinstance(course, dict) else None
    return named if isinstance(named, str) else None


def _name_parts(file_name: str | None) -> list[str]:
    """Folders and stem of a path, in lower case, without the marks of a copy."""
    *folders, name = (file_name or "").lower()[-1000:].replace("\\", "/").split("/")
    stem, before = name.split(".ipynb")[0][-200:], None
    while stem != before:
        before, stem = stem, COPY_SUFFIX.sub("", stem)
    return [*folders, re.sub(r"[ -]+", "_", stem.strip())]


def _by_exercises(notebook: NotebookNode, lessons: Mapping[str, Collection[str]]) -> str | None:
    held: set[str] = set()
    for cell in notebook.cells:
        held.add(grading_of(cell).get("grade_id", ""))
        if cell.cell_type == "code":
            held |= names_defined(cell.source)
            held.update(f"{name}_check" for name in CHECK_CELL.findall(cell.source))
    marks = {lesson: (len(held.intersection(ids)), -len(set(ids))) for lesson, ids in lessons.items()}
    best = sorted(marks, key=lambda lesson: marks[lesson], reverse=True)[:2]
    if not best or not marks[best[0]][0] or (len(best) == 2 and marks[best[0]] == marks[best[1]]):
        return None
    return best[0]


def _by_words(stem: str, by_name: Mapping[str, str]) -> str | None:
    found = [name for name in by_name if f"_{name}_" in f"_{stem}_"]
    return by_name[max(found, key=len)] if found else None
