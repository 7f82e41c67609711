"""What of a repaired notebook runs when it is graded, as plain Python."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.lesson.release import COPY, Release, is_untouched, names_defined

# What IPython understands at the start of a statement and Python does not: magics, shell lines, help.
MAGIC = re.compile(
    r"""[ \t]*(?: [%!?]                              # %matplotlib inline, !pip install, ?np.dot
        | \w[\w.]*+ \?{1,2} [ \t]*+ $                # np.dot?
        | \w[\w., \t]*+ = [ \t]*+ (?: ! | %\w )      # files = !ls
        | get_ipython\(\)\.(?:run_\w+_magic|system|magic)\( .* \) [ \t]*+ $ )""",
    re.VERBOSE,
)
CELL_MAGIC = re.compile(r"\s*%%(\w+)")
AROUND_PYTHON = ("time", "timeit", "capture", "prun", "memit", "debug")  # cell magics whose body is Python
LEXEME = re.compile(r"""\\.|\\$|'''|\"\"\"|['"#()\[\]{}]""")


@dataclass(frozen=True)
class Cell:
    """A code cell that is to run.

    Attributes
    ----------
    name : str or None
        grade_id of the answer cell that it is; None for the import cell and for the learner's own cells.
    source : str
        Plain Python. It may still have syntax errors, of the learner's own.
    index : int
        Number of the cell in the notebook as handed in, from 1; 0 for a cell that comes from the release.
    """

    name: str | None
    source: str
    index: int


def code_cells(submitted: NotebookNode, release: Release) -> list[Cell]:
    """The cells of a repaired notebook that run when it is graded, in order.

    The release's import cell comes first, then the answer cells and the learner's own cells; an import cell
    that the learner has changed runs in its place as well, so a broken import there does not take ``np`` away.
    Check and demo cells do not run, edited or copied ones neither. A stub left as it was does not run either
    when another cell defines its function: it would replace the answer by nothing.

    Parameters
    ----------
    submitted : NotebookNode
        As :func:`autograder.intake.repair.repair` returns it.
    release : Release
        Of the same lesson.

    Returns
    -------
    list of Cell
    """
    runs = list(_running(submitted, release))
    defined = set().union(*(names_defined(cell.source) for cell in runs if not _is_stub(cell, release)))
    return [cell for cell in runs if not (_is_stub(cell, release) and cell.name in defined)]


def defined_again(cells: Sequence[Cell]) -> Iterator[str]:
    """Notes on answers that a later cell of the learner's defines once more: the answer cell counts."""
    places = {cell.name: place for place, cell in enumerate(cells) if cell.name}
    for name, place in places.items():
        if name in names_defined(cells[place].source):
            for later in cells[place + 1 :]:
                if later.name is None and name in names_defined(later.source):
                    yield f"Cell {later.index} defines {name} again; the answer cell counts."


def _running(submitted: NotebookNode, release: Release) -> Iterator[Cell]:
    numbers = {cell.id: _number(cell, place) for place, cell in enumerate(submitted.cells, 1)}
    sources = {cell.id: cell.source for cell in submitted.cells}
    for imports in release.cells:
        if imports.role == "imports":
            kept = is_untouched(sources.get(imports.name, ""), imports.source)
            yield Cell(None, plain_python(imports.source), numbers[imports.name] if kept else 0)
    for cell in submitted.cells:
        if cell.cell_type != "code":
            continue
        original, name = release.by_name.get(cell.id), None
        match original.role if original else "own":
            case "answer" if original is not None:
                name = original.name
            case "imports" if original is not None and not is_untouched(cell.source, original.source):
                pass
            case "own" if not _is_copy(cell.source, release):
                pass
            case _:
                continue
        yield Cell(name, plain_python(cell.source), numbers[cell.id])


def _is_copy(source: str, release: Release) -> bool:
    """Whether a learner's own cell repeats a check or a demo of the course."""
    alike = release.alike(source)
    return any(share >= COPY and original.role in ("check", "demo") for share, original in alike)


def _number(cell: NotebookNode, place: int) -> int:
    course = cell.metadata.get("course")
    number = course.get("cell") if isinstance(course, dict) else None
    return number if isinstance(number, int) else place


def _is_stub(cell: Cell, release: Release) -> bool:
    return cell.name is not None and is_untouched(cell.source, release.answers[cell.name].source)


def plain_python(source: str) -> str:
    """A cell's source with IPython's own lines replaced by ``pass``; the numbers of the lines stay.

    Only the start of a statement counts: ``% b`` inside brackets and ``!`` inside a docstring stay.
    """
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if magic := CELL_MAGIC.match(lines[first]):
        if magic[1] not in AROUND_PYTHON:
            return "pass"
        lines[first] = ""
    plain, open_brackets, quote, goes_on, in_magic = [], 0, "", False, False
    for line in lines:
        if in_magic:  # the magic's line ended with a backslash
            plain.append("")
        elif not open_brackets and not quote and not goes_on and MAGIC.match(line):
            in_magic = True
            plain.append(line[: len(line) - len(line.lstrip())] + "pass")
        else:
            open_brackets, quote, goes_on = _after(line, open_brackets, quote)
            plain.append(line)
        in_magic = in_magic and line.endswith("\\")
    return "\n".join(plain)


def _after(line: str, open_brackets: int, quote: str) -> tuple[int, str, bool]:
    """Open brackets and open quote at the end of a line, and whether a backslash carries its statement on."""
    lexeme = ""
    for match in LEXEME.finditer(line):
        lexeme = match[0]
        if quote:
            if lexeme == quote or lexeme == 3 * quote:  # two quotes more open and close an empty string
                quote = ""
        elif lexeme in ("'", '"', "'''", '"""'):
            quote = lexeme
        elif lexeme == "#":
            lexeme = ""
            break
        elif lexeme in "([{":
            open_brackets += 1
        elif lexeme in ")]}":
            open_brackets = max(0, open_brackets - 1)
    goes_on = lexeme == "\\"
    return open_brackets, quote if len(quote) == 3 or goes_on else "", goes_on
