"""A submitted notebook, mended against the release of its lesson.

Editors, converters and tired people lose cells, copy them, strip or change their metadata. Here each cell of
the release finds the submitted cell that is meant, all grading metadata is written anew from the release, and
what is missing is put back. Nothing a submission claims about itself survives but the learner's own text.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.intake.notebook import unused_id
from autograder.lesson.release import CHECK_CELL, grading_of, is_untouched, names_defined, role_of
from autograder.sandbox.printable import one_line

ALIKE = 0.6  # from this share of common lines on, two cells whose names are lost are taken for the same
COPY = 0.8  # from this share on, a learner's own cell is a copy of one of the course's
MAX_NOTES = 30
SETTINGS = ("grade_id", "grade", "solution", "locked", "task", "points")  # the rest differs between versions
WORDS = {
    "imports": "import cell",
    "answer": "answer cell",
    "check": "check cell",
    "written": "written answer",
}


def repair(submitted: NotebookNode, release: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Mend a submitted notebook against the released one.

    Parameters
    ----------
    submitted : NotebookNode
        As :func:`autograder.intake.notebook.read` returns it. It is not changed.
    release : NotebookNode
        The released notebook of the same lesson: the course's own, trusted file.

    Returns
    -------
    notebook : NotebookNode
        The learner's text under the release's metadata. Every import, answer, check and written cell of the
        release occurs once; locked cells have the released source. Cells that the learner added stay and have
        no nbgrader metadata. ``cell.metadata.course.cell`` is the cell's number in the notebook as handed in.
    notes : list of str
        What was done, in words.
    """
    matching = Matching(submitted, release)
    notes: list[str] = []
    pairs: list[tuple[int | None, NotebookNode]] = []  # place in the release (None: an own cell), cell
    used = {cell.id for cell in release.cells}
    for position, cell in enumerate(submitted.cells):
        origin = matching.origin.get(position)
        if origin is not None:
            pairs.append((origin, _restored(cell, release.cells[origin], position, notes)))
        elif not (copied := matching.is_spare(cell)):
            pairs.append((None, _own(cell, position, used, notes)))
        else:
            notes.append(f"Cell {position + 1} was a second, unchanged copy of `{copied}`; it was left out.")
    notes.extend(_notes_on_metadata(submitted, release, matching.origin))
    _put_back(pairs, release, notes)
    if len(notes) > MAX_NOTES:
        notes[MAX_NOTES:] = [f"{len(notes) - MAX_NOTES} more cells were mended in the same way."]
    frame = {"metadata": deepcopy(release.metadata), "nbformat": 4, "nbformat_minor": 5}
    return nbformat.from_dict({"cells": [cell for _, cell in pairs], **frame}), notes


def _restored(cell: NotebookNode, original: NotebookNode, position: int, notes: list[str]) -> NotebookNode:
    """The learner's text in the form of the released cell; a locked cell's text is the released one."""
    name = original.id
    restored = deepcopy(original)
    if cell.cell_type != original.cell_type:
        kinds = f"had become a {cell.cell_type} cell; it is a {original.cell_type} cell again"
        notes.append(f"Cell {position + 1} (`{name}`) {kinds}.")
    if not is_locked(original):
        restored.source = cell.source
        if restored.cell_type == "code":
            restored.outputs = deepcopy(cell.get("outputs", []))
    elif cell.source != original.source:
        notes.append(
            f"The text of cell {position + 1} (`{name}`) is locked and had been changed; it was restored."
        )
    restored.metadata.course = _number(cell, position)
    return restored


def _notes_on_metadata(submitted: NotebookNode, release: NotebookNode, origin: dict[int, int]) -> list[str]:
    """One line on the graded cells that had lost their metadata, one on those that had other metadata."""
    lost, changed = [], []
    for position, r in sorted(origin.items()):
        settings, original = submitted.cells[position].metadata.get("nbgrader"), grading_of(release.cells[r])
        words = f"{position + 1} (`{release.cells[r].id}`)"
        if not original:
            continue
        if not settings or not isinstance(settings, dict):
            lost.append(words)
        elif any(settings.get(key) != original.get(key) for key in SETTINGS):
            changed.append(words)
    notes = []
    if lost:
        notes.append(f"Without grading metadata, but recognised all the same: cells {', '.join(lost)}.")
    if changed:
        notes.append(f"Grading metadata not as released, and restored: cells {', '.join(changed)}.")
    return notes


def _own(cell: NotebookNode, position: int, used: set[str], notes: list[str]) -> NotebookNode:
    """A cell that the learner added: its text and pictures, no metadata, an id that no released cell has."""
    if cell.metadata.get("nbgrader"):
        claimed = one_line(grading_of(cell).get("grade_id", "a graded cell"), 100)
        notes.append(
            f"Cell {position + 1} is a copy of `{claimed}`; it was kept, as a cell of the learner's own."
        )
    own = deepcopy(cell)
    own.id = unused_id(cell.id, used)
    own.metadata = nbformat.from_dict({"course": _number(cell, position)})
    return own


def _number(cell: NotebookNode, position: int) -> NotebookNode:
    """Record a cell's number as handed in; a notebook that is mended again keeps the first one."""
    course = cell.metadata.get("course")
    first = course.get("cell") if isinstance(course, dict) else None
    number: NotebookNode = nbformat.from_dict({"cell": first if isinstance(first, int) else position + 1})
    return number


def _put_back(pairs: list[tuple[int | None, NotebookNode]], release: NotebookNode, notes: list[str]) -> None:
    """Insert each missing cell behind the nearest cell that stands before it in the release."""
    for origin, original in enumerate(release.cells):
        present = {known: place for place, (known, _) in enumerate(pairs) if known is not None}
        if origin in present or not (role_of(original) in WORDS or "nbgrader" in original.metadata):
            continue
        before = max((known for known in present if known < origin), default=None)
        cell = deepcopy(original)
        cell.metadata.course = nbformat.from_dict({"cell": 0})
        pairs.insert(0 if before is None else present[before] + 1, (origin, cell))
        kind = WORDS.get(role_of(original), "cell")
        notes.append(f"The {kind} `{original.id}` was missing; it was put back as released.")


def is_locked(cell: NotebookNode) -> bool:
    """Whether a released cell's text belongs to the course, as nbgrader sees it."""
    grading = grading_of(cell)
    return (
        bool(grading) and not grading.get("solution") and bool(grading.get("grade") or grading.get("locked"))
    )


class Matching:
    """Which cell of the release each submitted cell is.

    Parameters
    ----------
    submitted, release : NotebookNode

    Attributes
    ----------
    origin : dict of int to int
        Position in the release of each submitted cell that was recognised, by its position.
    """

    def __init__(self, submitted: NotebookNode, release: NotebookNode):
        self.cells, self.released = submitted.cells, release.cells
        self.origin: dict[int, int] = {}
        self._place: dict[int, int] = {}  # the inverse of `origin`
        self._defined = [
            names_defined(cell.source) if cell.cell_type == "code" else set() for cell in self.cells
        ]
        self._answers = {cell.id: r for r, cell in enumerate(self.released) if role_of(cell) == "answer"}
        self._by_claim()
        self._by_definition()
        self._by_likeness()
        self._by_place()

    def is_spare(self, cell: NotebookNode) -> str | None:
        """Name of the locked cell or the stub that an unrecognised cell merely repeats."""
        likely = (original for original in self.released if role_of(original) in WORDS)
        alike = (original.id for original in likely if is_untouched(cell.source, original.source))
        return next(alike, None)

    def _assign(self, r: int, s: int) -> None:
        if r in self._place:
            del self.origin[self._place[r]]
        self.origin[s], self._place[r] = r, s

    def _free(self, kind: str) -> list[int]:
        return [s for s, cell in enumerate(self.cells) if s not in self.origin and cell.cell_type == kind]

    def _edited(self, r: int, s: int) -> bool:
        return not is_untouched(self.cells[s].source, self.released[r].source)

    def _by_claim(self) -> None:
        """By the grade_id in a cell's metadata, else by the cell's own id; the best of several such cells."""
        named = {cell.id: r for r, cell in enumerate(self.released)}
        named |= {
            grading["grade_id"]: r for r, cell in enumerate(self.released) if (grading := grading_of(cell))
        }
        claims = defaultdict(list)
        for s, cell in enumerate(self.cells):
            claimed = grading_of(cell).get("grade_id")
            r = named.get(claimed if claimed in named else cell.id)
            if r is not None and not self._is_answer_elsewhere(r, s):
                claims[r].append(s)
        for r, candidates in claims.items():
            self._assign(r, max(candidates, key=self._preference(r)))

    def _is_answer_elsewhere(self, r: int, s: int) -> bool:
        """Whether the learner has written an answer into a cell of the course's that asks for none."""
        if role_of(self.released[r]) not in ("demo", "text", "imports"):
            return False
        return bool(self._defined[s] & self._answers.keys() - names_defined(self.released[r].source))

    def _preference(self, r: int) -> Callable[[int], tuple[Any, ...]]:
        """Of several copies of an answer the later edited one counts; of a locked cell the unchanged one."""
        original = self.released[r]
        if grading_of(original).get("solution"):
            return lambda s: (original.id in self._defined[s], self._edited(r, s), s)
        return lambda s: (self.cells[s].source == original.source, -s)

    def _by_definition(self) -> None:
        """By the function a cell defines or tests. An empty answer cell yields to the cell with the answer."""
        for name, r in self._answers.items():
            candidates = [s for s in self._free("code") if name in self._defined[s]]
            if (held := self._place.get(r)) is not None:
                if name in self._defined[held] and self._edited(r, held):
                    continue
                candidates = [s for s in candidates if self._edited(r, s)]
            if candidates:
                others = self._answers.keys() - {name}
                rank = {s: (self._edited(r, s), not self._defined[s] & others, s) for s in candidates}
                self._assign(r, max(candidates, key=rank.__getitem__))
        named = {cell.id: r for r, cell in enumerate(self.released) if role_of(cell) == "check"}
        for s in self._free("code"):
            for exercise in CHECK_CELL.findall(self.cells[s].source)[:1]:
                check = named.get(f"{exercise}_check")
                if check is not None and check not in self._place:
                    self._assign(check, s)

    def _by_likeness(self) -> None:
        """By the lines that a cell has in common with a released one, the most alike first."""
        alike = likeness(self.released)
        found = []
        for s, cell in enumerate(self.cells):
            if s in self.origin:
                continue
            for share, r in alike(cell.source):
                enough = COPY if self._is_answer_elsewhere(r, s) else ALIKE
                if share >= enough and r not in self._place and cell.cell_type == self.released[r].cell_type:
                    found.append((-share, r, s))
        for _, r, s in sorted(found):
            if r not in self._place and s not in self.origin:
                self._assign(r, s)

    def _by_place(self) -> None:
        """An answer of which nothing is left of the stub: by its place, between the cells around it."""
        for r, original in enumerate(self.released):
            if r in self._place or not grading_of(original).get("solution"):
                continue
            before = max((place for known, place in self._place.items() if known < r), default=-1)
            after = min((place for known, place in self._place.items() if known > r), default=len(self.cells))
            between = [s for s in self._free(original.cell_type) if before < s < after]
            if between and (original.cell_type == "markdown" or len(between) == 1):
                self._assign(r, max(between, key=lambda s: len(self.cells[s].source)))


def likeness(cells: Iterable[NotebookNode]) -> Callable[[str], list[tuple[float, int]]]:
    """Prepare to compare sources with some cells.

    The measure is the share of lines in common, twice the common lines over all lines, without regard to
    white space and order: linear in time on any source, which a matching of sequences is not.

    Parameters
    ----------
    cells : iterable of NotebookNode

    Returns
    -------
    callable
        From a source to pairs (share, position of the cell), of the cells with at least one line in common.
    """
    lines = [_lines(cell.source) for cell in cells]
    holders: dict[str, list[int]] = defaultdict(list)
    for position, counted in enumerate(lines):
        for line in counted:
            holders[line].append(position)

    def compare(source: str) -> list[tuple[float, int]]:
        mine, common = _lines(source), Counter[int]()
        for line, count in mine.items():
            for position in holders.get(line, ()):
                common[position] += min(count, lines[position][line])
        return [(2 * n / (mine.total() + lines[r].total()), r) for r, n in common.items()]

    return compare


def _lines(source: str) -> Counter[str]:
    return Counter(" ".join(line.split()) for line in source.split("\n") if line.strip())
