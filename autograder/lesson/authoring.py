"""The one written form of a lesson notebook, and a text form that is easier to write.

``solutions/NN_slug/slug.ipynb`` is the only source of a lesson. This module keeps such files canonical
(no outputs, readable cell ids, full nbgrader metadata) so that a change of a lesson is a readable diff:

    python -m autograder.lesson.authoring format solutions/*/*.ipynb
    python -m autograder.lesson.authoring to-text solutions/06_softmax_gradient/softmax_gradient.ipynb lesson.py
    python -m autograder.lesson.authoring from-text lesson.py solutions/06_softmax_gradient/softmax_gradient.ipynb
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.lesson.minutes import minutes, with_minutes
from autograder.lesson.release import ROLES

# In the import cell, above the files that lie beside the notebook. A traceback prints it with the line that fails, so a
# notebook that was fetched alone says what else belongs to it.
FROM_HERE = re.compile(r"^from (?:given|helpers) import ", re.MULTILINE)
NOTE = "# From files beside this notebook. Not found? Fetch the whole folder course/{lesson}."
ANY_NOTE = re.compile(r"\n*^" + re.escape(NOTE).replace(r"\{lesson\}", r"\w+") + "$", re.MULTILINE)
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


class AuthoringError(ValueError):
    """A lesson notebook that is not in the course's form; the message says which cell and what to do."""


def lesson_of(path: Path) -> str:
    """Name of the lesson that a solution notebook belongs to: the name of its folder."""
    return path.resolve().parent.name


def role_of(cell: NotebookNode) -> str:
    """Role of a cell: ``text``, or the one role tag that a code or manually graded cell carries."""
    found = [tag for tag in cell.metadata.get("tags", []) if tag in ROLES]
    if cell.cell_type == "markdown" and not found:
        return "text"
    if len(found) != 1:
        raise AuthoringError(f"cell {cell.get('id')!r} needs exactly one role tag of {ROLES}, it has {found}")
    return str(found[0])


def canonical(notebook: NotebookNode, lesson: str) -> NotebookNode:
    """Bring a lesson notebook into its canonical form.

    Parameters
    ----------
    notebook : NotebookNode
        A solution notebook; ids, tags, ``points`` and ``alt`` are read from its cells.
    lesson : str
        ``NN_slug``.

    Returns
    -------
    NotebookNode
        A new notebook: fixed kernelspec, no outputs, ids that say what a cell is, nbgrader metadata, the minutes of
        `minutes` in its first cell.

    Raises
    ------
    AuthoringError
        If a cell has no role, or two cells share an id.
    """
    cells = [_canonical_cell(cell, lesson) for cell in notebook.cells]
    seen: set[str] = set()
    for cell in cells:
        if cell.id in seen:
            raise AuthoringError(f"two cells are called {cell.id!r}; give one of them another title")
        seen.add(cell.id)
    metadata = {"course": {"lesson": lesson}, "kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    made: NotebookNode = nbformat.from_dict(content)
    if cells:
        made.cells[0].source = with_minutes(made.cells[0].source, minutes(made))
    return made


def _canonical_cell(cell: NotebookNode, lesson: str) -> NotebookNode:
    identity = _identity(cell)
    cell = nbformat.from_dict({**cell, "id": identity})
    role = role_of(cell)
    metadata: dict[str, Any] = {}
    tags = [] if role == "text" else [role]
    if role in ("check", "demo"):
        tags.append("raises-exception")  # Run All goes on past an answer that is not written yet
    if tags:
        metadata["tags"] = tags
    if role in ("answer", "check", "written"):
        metadata["nbgrader"] = _nbgrader(cell, role, identity)
    if role in ("answer", "check", "imports"):
        metadata["deletable"] = False
    if alt := cell.metadata.get("alt"):
        metadata |= {"alt": alt, "mystnb": {"image": {"alt": alt}}}
    clean = {
        "cell_type": cell.cell_type,
        "id": identity,
        "metadata": metadata,
        "source": cell.source.strip("\n"),
    }
    if role == "imports":
        clean["source"] = _with_note(clean["source"], lesson)
    if cell.cell_type == "code":
        clean |= {"execution_count": None, "outputs": []}
    made: NotebookNode = nbformat.from_dict(clean)
    return made


def _with_note(source: str, lesson: str) -> str:
    """The import cell with a line that says where the files beside the notebook are to be had."""
    source = ANY_NOTE.sub("", source).lstrip("\n")
    if first := FROM_HERE.search(source):
        before, after = source[: first.start()].rstrip("\n"), source[first.start() :]
        return "\n".join([*([before, ""] if before else []), NOTE.format(lesson=lesson), after])
    return source


def _identity(cell: NotebookNode) -> str:
    """Grade id, else the title given in the text form, else a readable id it has, else its first words."""
    nbgrader = cell.metadata.get("nbgrader", {})
    if "grade_id" in nbgrader:
        return str(nbgrader["grade_id"])
    if title := cell.metadata.get("title"):
        return re.sub(r"\W+", "_", title.strip())
    given: str = cell.get("id", "")
    if given and not re.fullmatch(r"[0-9a-f]{8}", given):
        return given
    words = re.findall(r"[A-Za-z0-9]+", cell.source.lower())[:6]
    return "text_" + "_".join(words)[:56]


def _nbgrader(cell: NotebookNode, role: str, identity: str) -> dict[str, Any]:
    old = cell.metadata.get("nbgrader", {})
    points = cell.metadata.get("points", old.get("points"))
    if role != "answer" and points is None:
        raise AuthoringError(f"cell {identity!r} is graded: give it points, as in points=2")
    form: dict[str, Any] = {
        "grade": role != "answer",
        "grade_id": identity,
        "locked": role == "check",
        "schema_version": 3,
        "solution": role != "check",
        "task": False,
    }
    if role != "answer":
        form["points"] = points
    return form


def dumps(notebook: NotebookNode) -> str:
    """Text of a notebook file: sorted keys, one-space indent, a newline at the end."""
    lines = json.loads(nbformat.writes(notebook))
    return json.dumps(lines, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def format_file(path: Path) -> bool:
    """Rewrite a solution notebook in canonical form; true if that changed it."""
    before = path.read_text(encoding="utf-8")
    after = dumps(canonical(nbformat.reads(before, as_version=4), lesson_of(path)))
    if after != before:
        path.write_text(after, encoding="utf-8")
    return after != before


def from_text(text_file: Path, path: Path) -> None:
    """Write a solution notebook from its text form (py:percent; see docs/authoring.md)."""
    import jupytext  # an author's tool, not needed to take or grade the course

    notebook = jupytext.read(text_file, fmt="py:percent")
    path.write_text(dumps(canonical(notebook, lesson_of(path))), encoding="utf-8")


def to_text(path: Path, text_file: Path) -> None:
    """Write the text form of a solution notebook, so that it can be edited and read back."""
    import jupytext

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        role = role_of(cell)
        metadata: dict[str, Any] = {"title": cell.id}
        if role != "text":
            metadata["tags"] = [role]
        if "points" in cell.metadata.get("nbgrader", {}):
            metadata["points"] = cell.metadata.nbgrader.points
        if "alt" in cell.metadata:
            metadata["alt"] = cell.metadata.alt
        cell.metadata = nbformat.from_dict(metadata)
    notebook.metadata = {}
    jupytext.write(notebook, text_file, fmt="py:percent")


def main(arguments: list[str]) -> int:
    match arguments:
        case ["format", *files] if files:
            for file in files:
                print("rewrote" if format_file(Path(file)) else "kept", file)
        case ["from-text", text_file, notebook]:
            from_text(Path(text_file), Path(notebook))
        case ["to-text", notebook, text_file]:
            to_text(Path(notebook), Path(text_file))
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
