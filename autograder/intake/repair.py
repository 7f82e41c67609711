"""A submitted notebook, mended against the release of its lesson.

Editors, converters and tired people lose cells, copy them, strip or change their metadata. Here each cell of
the release finds the submitted cell that is meant, all grading metadata is written anew from the release, and
what is missing is put back. Nothing a submission claims about itself survives but the learner's own text.
"""

from collections import defaultdict
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.intake.notebook import unused_id
from autograder.lesson.release import (
    CHECK_CELL,
    COPY,
    Release,
    ReleasedCell,
    grading_of,
    is_untouched,
    names_defined,
)
from autograder.sandbox.printable import one_line

ALIKE = 0.6  # from this share of common lines on, two cells whose names are lost are taken for the same
MAX_NOTES = 30
SETTINGS = ("grade_id", "grade", "solution", "locked", "task", "points")  # the rest differs between versions
WORDS = {
    "imports": "import cell",
    "answer": "answer cell",
    "check": "check cell",
    "written": "written answer",
}


def repair(submitted: NotebookNode, release: Release) -> tuple[NotebookNode, list[str]]:
    """Mend a submitted notebook against the released one.

    Parameters
    ----------
    submitted : NotebookNode
        As :func:`autograder.intake.notebook.read` returns it. It is not changed.
    release : Release
        Of the same lesson: the course's own, trusted notebook.

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
    pairs: list[
        tuple[ReleasedCell | None, NotebookNode]
    ] = []  # what a cell is of the release (None: an own cell)
    used = set(release.by_name)
    for position, cell in enumerate(submitted.cells):
        origin = matching.origin.get(position)
        if origin is not None:
            pairs.append((origin, _restored(cell, origin, position, notes)))
        elif not (copied := matching.is_spare(cell)):
            pairs.append((None, _own(cell, position, used, notes)))
        else:
            notes.append(f"Cell {position + 1} was a second, unchanged copy of `{copied}`; it was left out.")
    notes.extend(_notes_on_metadata(submitted, matching.origin))
    _put_back(pairs, release, notes)
    if len(notes) > MAX_NOTES:
        notes[MAX_NOTES:] = [f"{len(notes) - MAX_NOTES} more cells were mended in the same way."]
    frame = {"metadata": deepcopy(release.notebook.metadata), "nbformat": 4, "nbformat_minor": 5}
    return nbformat.from_dict({"cells": [cell for _, cell in pairs], **frame}), notes


def _restored(cell: NotebookNode, original: ReleasedCell, position: int, notes: list[str]) -> NotebookNode:
    """The learner's text in the form of the released cell; a locked cell's text is the released one."""
    name = original.name
    restored = deepcopy(original.node)
    if cell.cell_type != original.kind:
        kinds = f"had become a {cell.cell_type} cell; it is a {original.kind} cell again"
        notes.append(f"Cell {position + 1} (`{name}`) {kinds}.")
    if not original.is_locked:
        restored.source = cell.source
        if restored.cell_type == "code":
            restored.outputs = deepcopy(cell.get("outputs", []))
    elif cell.source != original.source:
        notes.append(
            f"The text of cell {position + 1} (`{name}`) is locked and had been changed; it was restored."
        )
    restored.metadata.course = _number(cell, position)
    return restored


def _notes_on_metadata(submitted: NotebookNode, origin: dict[int, ReleasedCell]) -> list[str]:
    """One line on the graded cells that had lost their metadata, one on those that had other metadata."""
    lost, changed = [], []
    for position in sorted(origin):
        settings, original = submitted.cells[position].metadata.get("nbgrader"), origin[position]
        words = f"{position + 1} (`{original.name}`)"
        if not original.grading:
            continue
        if not settings or not isinstance(settings, dict):
            lost.append(words)
        elif any(settings.get(key) != original.grading.get(key) for key in SETTINGS):
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


def _put_back(
    pairs: list[tuple[ReleasedCell | None, NotebookNode]], release: Release, notes: list[str]
) -> None:
    """Insert each missing cell behind the nearest cell that stands before it in the release."""
    for original in release.cells:
        present = {known.place: place for place, (known, _) in enumerate(pairs) if known is not None}
        if original.place in present or not (original.role in WORDS or original.grading):
            continue
        before = max((known for known in present if known < original.place), default=None)
        cell = deepcopy(original.node)
        cell.metadata.course = nbformat.from_dict({"cell": 0})
        pairs.insert(0 if before is None else present[before] + 1, (original, cell))
        kind = WORDS.get(original.role, "cell")
        notes.append(f"The {kind} `{original.name}` was missing; it was put back as released.")


class Matching:
    """Which cell of the release each submitted cell is.

    Parameters
    ----------
    submitted : NotebookNode
    release : Release

    Attributes
    ----------
    origin : dict of int to ReleasedCell
        What each submitted cell that was recognised is of the release, by the submitted cell's position.
    """

    def __init__(self, submitted: NotebookNode, release: Release):
        self.cells, self.release = submitted.cells, release
        self.origin: dict[int, ReleasedCell] = {}
        self._found: dict[ReleasedCell, int] = {}  # the inverse of `origin`
        self._defined = [
            names_defined(cell.source) if cell.cell_type == "code" else set() for cell in self.cells
        ]
        self._by_claim()
        self._by_definition()
        self._by_likeness()
        self._by_place()

    def is_spare(self, cell: NotebookNode) -> str | None:
        """Name of the locked cell or the stub that an unrecognised cell merely repeats."""
        likely = (original for original in self.release.cells if original.role in WORDS)
        alike = (original.name for original in likely if is_untouched(cell.source, original.source))
        return next(alike, None)

    def _assign(self, original: ReleasedCell, s: int) -> None:
        if original in self._found:
            del self.origin[self._found[original]]
        self.origin[s], self._found[original] = original, s

    def _free(self, kind: str) -> list[int]:
        return [s for s, cell in enumerate(self.cells) if s not in self.origin and cell.cell_type == kind]

    def _edited(self, original: ReleasedCell, s: int) -> bool:
        return not is_untouched(self.cells[s].source, original.source)

    def _by_claim(self) -> None:
        """By the grade_id in a cell's metadata, else by the cell's own id; the best of several such cells."""
        named, claims = self.release.by_name, defaultdict(list)
        for s, cell in enumerate(self.cells):
            claimed = grading_of(cell).get("grade_id")
            original = named.get(claimed if claimed in named else cell.id)
            if original is not None and not self._is_answer_elsewhere(original, s):
                claims[original].append(s)
        for original, candidates in claims.items():
            self._assign(original, max(candidates, key=self._preference(original)))

    def _is_answer_elsewhere(self, original: ReleasedCell, s: int) -> bool:
        """Whether the learner has written an answer into a cell of the course's that asks for none."""
        if original.role not in ("demo", "text", "imports"):
            return False
        return bool(self._defined[s] & self.release.answers.keys() - original.defined)

    def _preference(self, original: ReleasedCell) -> Callable[[int], tuple[Any, ...]]:
        """Of several copies of an answer the later edited one counts; of a locked cell the unchanged one."""
        if original.is_the_learners:
            return lambda s: (original.name in self._defined[s], self._edited(original, s), s)
        return lambda s: (self.cells[s].source == original.source, -s)

    def _by_definition(self) -> None:
        """By the function a cell defines or tests. An empty answer cell yields to the cell with the answer."""
        answers = self.release.answers
        for name, original in answers.items():
            candidates = [s for s in self._free("code") if name in self._defined[s]]
            if (held := self._found.get(original)) is not None:
                if name in self._defined[held] and self._edited(original, held):
                    continue
                candidates = [s for s in candidates if self._edited(original, s)]
            if candidates:
                others = answers.keys() - {name}
                rank = {s: (self._edited(original, s), not self._defined[s] & others, s) for s in candidates}
                self._assign(original, max(candidates, key=rank.__getitem__))
        for s in self._free("code"):
            for exercise in CHECK_CELL.findall(self.cells[s].source)[:1]:
                check = self.release.by_name.get(f"{exercise}_check")
                if check is not None and check.role == "check" and check not in self._found:
                    self._assign(check, s)

    def _by_likeness(self) -> None:
        """By the lines that a cell has in common with a released one, the most alike first."""
        found = []
        for s, cell in enumerate(self.cells):
            if s in self.origin:
                continue
            for share, original in self.release.alike(cell.source):
                enough = COPY if self._is_answer_elsewhere(original, s) else ALIKE
                if share >= enough and original not in self._found and cell.cell_type == original.kind:
                    found.append((-share, original.place, s))
        for _, place, s in sorted(found):
            if (original := self.release.cells[place]) not in self._found and s not in self.origin:
                self._assign(original, s)

    def _by_place(self) -> None:
        """An answer of which nothing is left of the stub: by its place, between the cells around it."""
        for original in self.release.cells:
            if original in self._found or not original.is_the_learners:
                continue
            before = max((s for known, s in self._found.items() if known.place < original.place), default=-1)
            after = min(
                (s for known, s in self._found.items() if known.place > original.place),
                default=len(self.cells),
            )
            between = [s for s in self._free(original.kind) if before < s < after]
            if between and (original.kind == "markdown" or len(between) == 1):
                self._assign(original, max(between, key=lambda s: len(self.cells[s].source)))
