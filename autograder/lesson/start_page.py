"""The page on which JupyterLab opens: solutions/START.md with a table of the lessons that exist."""

import re

from autograder.lesson.layout import Course, Lesson
from autograder.lesson.placing import place

PLACE_FOR_TABLE = "<!-- the table of lessons is written here -->"
TITLE = re.compile(r"#\s*(?P<number>\d\d)\s*·\s*(?P<title>.+)")
LINE = re.compile(r"(?P<stars>[★☆]{3})\s*·\s*~?(?P<minutes>\d+)\s*min(?:\s*·\s*needs\s+(?P<needs>.+))?")

# Curriculum units, by the number of their first lesson.
UNITS = {
    0: "Orientation",
    1: "Linear models: why does it explode?",
    7: "Losses and metrics: what are you really optimising?",
    14: "Back-propagation and its friends",
    23: "Recurrent networks",
    28: "Dynamics and probability",
}


class TitleError(ValueError):
    """A lesson whose first cell is not in the course's form."""


def title_cell(lesson: Lesson) -> dict[str, str]:
    """Number, title, stars, minutes and needs of a lesson, read from its first cell.

    Raises
    ------
    TitleError
        If the first cell does not begin as docs/authoring.md asks for.
    """
    lines = [line.strip() for line in lesson.solution.cells[0].source.splitlines() if line.strip()]
    title, about = (
        pattern.fullmatch(line) for pattern, line in zip((TITLE, LINE), [*lines, "", ""], strict=False)
    )
    if title is None or about is None:
        raise TitleError(
            f"{lesson.name}: its first cell must begin with `# NN · Title` and `★★☆ · ~50 min · needs 05`,"
            f" it begins with {lines[:2]}"
        )
    return {**title.groupdict(), **about.groupdict(default="–")}


def lesson_table(course: Course) -> str:
    """Markdown: one table, a row for each unit that has lessons and one for each lesson, with links into course/."""
    rows = ["| | lesson | level | minutes | needs |", "|---|:--|---|--:|:--|"]
    unit_shown = None
    for lesson in course.lessons.values():
        told = title_cell(lesson)
        unit = max(first for first in UNITS if first <= int(told["number"]))
        if unit != unit_shown:
            rows.append(f"| | **{UNITS[unit]}** | | | |")
            unit_shown = unit
        link = f"[{told['title']}]({lesson.name}/{lesson.slug}.ipynb)"
        rows.append(f"| {told['number']} | {link} | {told['stars']} | {told['minutes']} | {told['needs']} |")
    return "\n".join(rows)


def start_page(course: Course) -> str:
    """Text of course/START.md."""
    page = (course.root / "solutions" / "START.md").read_text(encoding="utf-8")
    return page.replace(PLACE_FOR_TABLE, lesson_table(course))


def write(course: Course) -> None:
    """Write course/START.md."""
    place(course.root, {"START.md": start_page(course).encode()})
