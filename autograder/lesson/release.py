"""The released notebook of a lesson, read once into typed cells; and sources beside it, looked at as text.

The release is made from the course's own solution and is trusted. Learners' sources are only looked at as text: they
are never parsed or compiled here, since Python's own parser can be brought down by a hostile source.
"""

import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from io import StringIO
from typing import Any

from nbformat import NotebookNode

COPY = 0.8  # from this share of common lines on, one source is a copy of another
ROLES = ("imports", "answer", "check", "demo", "written")

DEFINITION = re.compile(
    r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*=[ \t]*lambda\b", re.MULTILINE
)
CHECK_CELL = re.compile(r"^with[ \t]+check\([ \t]*['\"](\w+)['\"]", re.MULTILINE)
IGNORED_TOKENS = (tokenize.COMMENT, tokenize.NL)
BLANK_TOKENS = (tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE)


@dataclass(frozen=True, eq=False)
class ReleasedCell:
    """A cell as the course released it.

    Attributes
    ----------
    place : int
        Its position in the release, from 0.
    name : str
        Its id; where nbgrader knows the cell that is its grade_id, and of an answer the function's name.
    kind : {"code", "markdown"}
    role : {"imports", "answer", "check", "demo", "written", "text"}
    source : str
    grading : mapping
        nbgrader's settings; empty where it has none.
    node : NotebookNode
        The cell itself, not to be changed.
    """

    place: int
    name: str
    kind: str
    role: str
    source: str
    grading: Mapping[str, Any]
    node: NotebookNode = field(repr=False)

    @property
    def is_the_learners(self) -> bool:
        """Whether its text is for the learner to write."""
        return bool(self.grading.get("solution"))

    @property
    def is_locked(self) -> bool:
        """Whether its text belongs to the course, as nbgrader sees it."""
        settings = self.grading
        return not self.is_the_learners and bool(settings.get("grade") or settings.get("locked"))

    @property
    def points(self) -> float | None:
        return float(self.grading["points"]) if self.grading.get("grade") else None

    @cached_property
    def defined(self) -> set[str]:
        return names_defined(self.source)


class Release:
    """What the released notebook of a lesson says.

    Parameters
    ----------
    notebook : NotebookNode
        Not to be changed.

    Attributes
    ----------
    cells : list of ReleasedCell
    by_name : dict of str to ReleasedCell
    answers : dict of str to ReleasedCell
        The cells with the stubs, by the exercise's name.
    points : dict of str to float
        Points of each exercise, from the check cell that carries them.
    written : dict of str to float
        Points of each cell that an instructor grades by hand.
    """

    def __init__(self, notebook: NotebookNode):
        self.notebook = notebook
        self.cells = [_read(place, cell) for place, cell in enumerate(notebook.cells)]
        self.by_name = {cell.name: cell for cell in self.cells}
        self.answers = {cell.name: cell for cell in self.cells if cell.role == "answer"}
        graded = [(cell, points) for cell in self.cells if (points := cell.points) is not None]
        self.points = {c.name.removesuffix("_check"): points for c, points in graded if not c.is_the_learners}
        self.written = {cell.name: points for cell, points in graded if cell.is_the_learners}

    def alike(self, source: str) -> list[tuple[float, ReleasedCell]]:
        """Cells with at least one line in common with a source, each with the share of lines in common.

        The share is twice the common lines over all lines, without regard to white space and order: linear in time
        on any source, which a matching of sequences is not.
        """
        lines, holders = self._lines
        mine, common = _lines(source), Counter[int]()
        for line, count in mine.items():
            for place in holders.get(line, ()):
                common[place] += min(count, lines[place][line])
        return [
            (2 * n / (mine.total() + lines[place].total()), self.cells[place]) for place, n in common.items()
        ]

    @cached_property
    def _lines(self) -> tuple[list[Counter[str]], dict[str, list[int]]]:
        """Counted lines of each cell, and for a line the places of the cells that hold it."""
        lines = [_lines(cell.source) for cell in self.cells]
        holders: dict[str, list[int]] = defaultdict(list)
        for place, counted in enumerate(lines):
            for line in counted:
                holders[line].append(place)
        return lines, dict(holders)


def _read(place: int, cell: NotebookNode) -> ReleasedCell:
    role = next((tag for tag in cell.metadata.get("tags", []) if tag in ROLES), "text")
    return ReleasedCell(place, cell.id, cell.cell_type, role, cell.source, grading_of(cell), cell)


def points(notebook: NotebookNode) -> dict[str, float]:
    """Points of each exercise of a solution, or of its release: both carry the same."""
    return Release(notebook).points


def grading_of(cell: NotebookNode) -> Mapping[str, Any]:
    """nbgrader's metadata of a cell, whoever wrote it; empty when it has none that could be used."""
    grading = cell.metadata.get("nbgrader")
    return grading if isinstance(grading, dict) and isinstance(grading.get("grade_id"), str) else {}


def names_defined(source: str) -> set[str]:
    """Functions and classes that a source defines at its top level, even if it has a syntax error elsewhere."""
    return {defined or assigned for defined, assigned in DEFINITION.findall(source)}


def is_untouched(source: str, stub: str) -> bool:
    """Whether a source is the stub, apart from white space and comments."""
    if len(source) > 4 * len(stub) + 2000:  # a long source is somebody's work; do not spend time on it
        return False
    return source == stub or _tokens(source) == _tokens(stub)


@lru_cache(maxsize=256)
def _tokens(source: str) -> list[str]:
    try:
        return [
            "" if token.type in BLANK_TOKENS else " ".join(token.string.split())
            for token in tokenize.generate_tokens(StringIO(source.strip() + "\n").readline)
            if token.type not in IGNORED_TOKENS
        ]
    except (tokenize.TokenError, SyntaxError, ValueError):
        return source.split()


def _lines(source: str) -> Counter[str]:
    return Counter(" ".join(line.split()) for line in source.split("\n") if line.strip())
