"""How long a lesson takes: the rule that docs/authoring.md states, and the line of a lesson that says it."""

import ast
import re

from nbformat import NotebookNode

WORDS_A_MINUTE = 150  # of prose that is new, with formulas and figures
LINES_READ_A_MINUTE = 40  # of demonstrations, which nobody has to write
MINUTES_AN_EXERCISE = 4  # to understand what is asked, to run the check, to mend what it found
MINUTES_A_LINE_WRITTEN = 1
ROUNDED_TO = 5

HINT = re.compile(r"<details><summary>Hint.*?</details>", re.DOTALL)  # opened by those who need it
HOLE = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
ABOUT = re.compile(r"(?m)^(?P<stars>[★☆]{3}\s*·\s*)~?\d+(?P<unit>\s*min\b)")


def minutes(notebook: NotebookNode) -> int:
    """Minutes that an average student needs for a lesson, to the nearest five.

    Parameters
    ----------
    notebook : NotebookNode
        The solution notebook.
    """
    words = exercises = written = read = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            words += len(HINT.sub("", cell.source).split())
        elif "answer" in cell.metadata.get("tags", []):
            exercises += 1
            words += len(_docstrings(cell.source).split())
            written += sum(_lines(hole) for hole in HOLE.findall(cell.source))
        elif "demo" in cell.metadata.get("tags", []):
            read += _lines(cell.source)
    needed = (
        words / WORDS_A_MINUTE
        + read / LINES_READ_A_MINUTE
        + MINUTES_AN_EXERCISE * exercises
        + MINUTES_A_LINE_WRITTEN * written
    )
    return max(ROUNDED_TO, ROUNDED_TO * round(needed / ROUNDED_TO))


def _docstrings(source: str) -> str:
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return " ".join(ast.get_docstring(function) or "" for function in functions)


def _lines(code: str) -> int:
    """Lines that hold code."""
    stripped = (line.strip() for line in code.splitlines())
    return sum(1 for line in stripped if line and not line.startswith("#"))


def with_minutes(title: str, needed: int) -> str:
    """The text of a lesson's first cell with these minutes, where its second line states any."""
    return ABOUT.sub(rf"\g<stars>~{needed}\g<unit>", title, count=1)
