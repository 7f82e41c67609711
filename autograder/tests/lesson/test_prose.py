"""What lessons and guides say of themselves: what was changed in a question, how long it takes, what a letter means."""

import re
from collections import Counter
from fractions import Fraction

import nbformat
import numpy as np
import pytest

from autograder.lesson.minutes import ABOUT, minutes, with_minutes
from autograder.lesson.start_page import UNITS, title_cell
from autograder.tests.material import COURSE, LESSONS

lessons = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
asked = pytest.mark.parametrize(  # the orientation has a question of its own
    "lesson",
    [lesson for lesson in LESSONS if not lesson.name.startswith("00_")],
    ids=lambda lesson: lesson.name,
)
TABLE = re.compile(r"(?m)^\|(?P<head>[^\n]*)\|\n\|[-|: ]+\|\n(?P<rows>(?:\|.*(?:\n|$))+)")


def tables(text):
    """Every table of a text: its heads, and its rows as lists of cells."""
    for table in TABLE.finditer(text):
        heads, *rows = (
            [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            for line in [table["head"], *table["rows"].splitlines()]
        )
        yield heads, rows


def prose(lesson):
    return [cell.source for cell in lesson.solution.cells if cell.cell_type == "markdown"]


def guide(name):
    return (COURSE.root / "docs" / name).read_text(encoding="utf-8")


def first_section(lesson):
    """The text cells from `## 1` up to `## 2`."""
    texts = prose(lesson)
    begin = next(k for k, text in enumerate(texts) if text.startswith("## 1 "))
    end = next(k for k, text in enumerate(texts) if text.startswith("## 2 "))
    return texts[begin:end]


@asked
def test_section_1_says_what_was_posted_and_what_was_changed(lesson):
    boxes = [text for text in first_section(lesson) if "Posted / changed" in text]
    assert len(boxes) == 1, "one box in section 1"
    found = [rows for heads, rows in tables(boxes[0]) if heads[-2:] == ["posted", "here"]]
    assert len(found) == 1 and 3 <= len(found[0]) <= 6, "one table of three to six rows, posted | here"
    assert all(cell for row in found[0] for cell in row)
    assert re.search("(curly )?quotation marks", boxes[0]), "it says how quotations are marked"


def test_quotations_are_not_ours_to_license():
    licence = (COURSE.root / "LICENSE-CONTENT").read_text(encoding="utf-8")
    assert "quotations" in licence and "It is not ours\n  to license" in licence


@lessons
def test_minutes_are_those_of_the_rule(lesson):
    assert int(title_cell(lesson)["minutes"]) == minutes(lesson.solution), "run `make format`"


def test_guide_states_the_rule_for_minutes():
    rule = next(rows for heads, rows in tables(guide("authoring.md")) if heads == ["what", "minutes"])
    # Read back from the guide, the rule gives the same minutes as the code.
    a_word, a_line, an_exercise, a_written_line = (float(Fraction(row[1])) for row in rule)
    for words in (0, 1500, 3100):
        needed = words * a_word + 200 * a_line + 2 * an_exercise + 8 * a_written_line
        assert minutes(_notebook(words, demo=200, answers=[3, 5])) == 5 * round(needed / 5)


def _notebook(words, demo, answers):
    made = nbformat.v4.new_notebook()
    made.cells.append(nbformat.v4.new_markdown_cell("word " * words))
    made.cells.append(nbformat.v4.new_code_cell("x = 1\n" * demo, metadata={"tags": ["demo"]}))
    for number, lines in enumerate(answers):
        hole = "    ### BEGIN SOLUTION\n" + "    x = 1\n" * lines + "    ### END SOLUTION\n"
        source = f"def answer_{number}():\n{hole}    return x"
        made.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": ["answer"]}))
    return made


def letters(cell):
    """Single letters, and pairs of capitals, among the names of a cell."""
    names = [code or formula for code, formula in re.findall(r"`([^`]+)`|\$([^$]+)\$", cell)]
    return {found[1] for name in names if (found := re.fullmatch(r"([A-Z])( = .*)?", name))}


def sizes(cell):
    """Letters that count something, in a shape such as `(N, 4H)`."""
    inside = " ".join(re.findall(r"\(([^()]*)\)", cell))
    return set(re.findall(r"(?<![A-Za-z_])\d?([A-Z]{1,2}|[a-z])(?![A-Za-z_])", inside))


def letters_of(lesson):
    found = set()
    for text in prose(lesson):
        for heads, rows in tables(text):
            if heads[:2] in (["array", "shape"], ["name", "shape"]):
                found |= set().union(*(letters(row[0]) | sizes(row[1]) for row in rows))
    return found


def notation():
    """Letters with one meaning in all lessons, and (letter, number of a lesson) for the others."""
    common, own = set(), Counter()
    for heads, rows in tables(guide("notation.md")):
        for row in rows:
            named = set(re.findall(r"`([A-Za-z]{1,2})`", row[0]))
            if heads[:2] == ["letter", "lessons"]:
                own.update((letter, lesson) for letter in named for lesson in row[1].split(", "))
            else:
                common |= named
    return common, own


@lessons
def test_letters_of_shapes_tables_stand_in_the_notation(lesson):
    common, own = notation()
    number = lesson.name[:2]
    listed = {letter for letter, where in own if where == number}
    used = letters_of(lesson)
    assert used - common - listed == set(), "letters that docs/notation.md does not explain"
    assert listed - used == set(), (
        "letters that docs/notation.md lists for this lesson and no shapes table has"
    )


def test_letter_has_one_meaning_in_a_lesson():
    _, own = notation()
    assert len(own) > 40 and [pair for pair, count in own.items() if count > 1] == []


def test_page_before_the_start_covers_every_unit_and_runs():
    page = guide("before-you-start.md")
    rows = next(rows for heads, rows in tables(page) if heads[0] == "unit")
    assert len(rows) == len(UNITS)
    for row, first in zip(rows, UNITS, strict=True):
        assert f"{first:02}" in row[0]
    assert len(re.findall(r"(?m)^\*\*\d+\.\*\*", page)) == 10
    assert page.count("<details><summary>Answer</summary>") == page.count("</details>") == 10
    program = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    printed = []
    exec(program, {"print": printed.append})
    told = [float(number) for number in re.search(r"# (\S+) and (\S+)", program).groups()]
    np.testing.assert_allclose(printed[:2], told, atol=5e-4)
    np.testing.assert_allclose(printed[2], printed[:2], atol=1e-6)


def test_page_before_the_start_is_linked():
    for name in ("README.md", "solutions/START.md", "docs/students.md"):
        assert "before-you-start.md" in (COURSE.root / name).read_text(encoding="utf-8"), name


def test_minutes_replace_what_a_title_says():
    title = "# 06 · Title\n\n★★☆ · ~50 min · needs 05"
    assert with_minutes(title, 95) == title.replace("50", "95")
    assert with_minutes("# No minutes here", 95) == "# No minutes here" and ABOUT.search(title)
