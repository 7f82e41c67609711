"""A feedback page comes at once: what the slow libraries get of a learner's text is bounded for the whole page."""

import base64
import functools

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.classroom import feedback_page
from autograder.classroom.feedback_page import FeedbackExporter
from autograder.classroom.graded_notebook import harmless
from autograder.classroom.page_budget import CELL, FORMULA, LONGEST_CODE, LONGEST_PROSE, Budget, shortened
from autograder.tests.material import COURSE

ATOMS = ["$a", "$a$ ", "a.", "((", "@a", "'''", 'f"{', "[](", "![", "<a", "&", "\\{", "> ", "* * *", "`", "|-|", "1. a\n", "\n",
         "x", "<details>$a", "\\begin{a}", "$\\frac{", "```python\na.\n```\n"]  # fmt: skip
LESSON = COURSE.lessons["06_softmax_gradient"]


def answer(source: str, name: str = "f"):
    told = {"grade": False, "solution": True, "locked": False, "task": False, "grade_id": name}
    return new_code_cell(source, id=name, metadata={"nbgrader": told})


def repeated(atom: str, size: int) -> str:
    return (atom * (size // len(atom) + 1))[:size]


def page(*cells) -> BeautifulSoup:
    told = {"student": "amelia", "assignment": "97_demo", "score": 1.0, "max_score": 2.0}
    html, _ = FeedbackExporter().from_notebook_node(new_notebook(cells=[*cells]), {"nbgrader": told})
    return BeautifulSoup(html, "html.parser")


@pytest.fixture
def work(monkeypatch):
    """Characters and calls that Pygments, the Markdown parser and the converter of formulas get."""
    counted = {"highlighted": [0, 0], "prose": [0, 0], "mathml": [0, 0]}

    def counting(name):
        original = getattr(feedback_page, name)

        @functools.wraps(original)  # filters of the template go by their names
        def count(text, *arguments, **options):
            counted[name][0] += len(text)
            counted[name][1] += 1
            return original(text, *arguments, **options)

        monkeypatch.setattr(feedback_page, name, count)

    for name in counted:
        counting(name)
    return counted


def assert_bounded(work):
    budget = Budget()
    assert (
        work["highlighted"][0] <= budget.highlighted and work["highlighted"][1] <= budget.highlighted / CELL
    )
    assert work["prose"][0] <= budget.read and work["prose"][1] <= budget.read / CELL
    assert work["mathml"][0] <= budget.formulas and work["mathml"][1] <= budget.formulas / FORMULA


@pytest.mark.parametrize("atom", ATOMS)
def test_what_the_slow_libraries_get_is_bounded(atom, work):
    """In few long cells and in many of the longest length that is still drawn."""
    cells = [answer(repeated(atom, 200_000), f"long{i}") for i in range(3)]
    cells += [answer(repeated(atom, 2_000), f"code{i}") for i in range(40)]
    cells += [new_markdown_cell(repeated(atom, LONGEST_PROSE), id=f"text{i}") for i in range(20)]
    soup = page(*cells)
    assert_bounded(work)
    assert work["highlighted"][1] and work["prose"][1]  # and something is drawn
    assert "Shortened: " in soup.get_text()


def test_thousands_of_tiny_cells_cost_as_much_as_some_long_ones(work):
    code = [new_code_cell("x = 1", id=f"code-{i}") for i in range(1500)]
    text = [new_markdown_cell("$x$", id=f"text-{i}") for i in range(1500)]
    soup = page(*code, *text, answer("def f():\n    return 1"))
    assert_bounded(work)
    shown = len(soup.select(".cell"))
    assert shown - 1 == Budget().plain // CELL
    assert f"Not shown: {3000 - (shown - 1)} more cells and plots of yours" in soup.get_text()
    assert "Your answer" in soup.get_text()  # an exercise keeps its place on the page


def test_page_says_how_many_lines_are_left_out():
    soup = page(answer("def f():\n    return 1\n" + "x = 1\n" * 10_000))
    note = soup.select_one(".cell .note").get_text()
    left = 10_002 - soup.select_one(".code").get_text().count("\n")
    assert note == f"Shortened: {left:,} lines more; the whole text is in the submission."
    assert len(soup.select_one(".code").get_text()) <= LONGEST_CODE


@pytest.mark.parametrize(
    ("rest", "words"), [("a", "1 line more"), ("a\n", "1 line more"), ("a\nb", "2 lines more")]
)
def test_rest_is_counted_in_lines(rest, words):
    assert words in shortened(rest)


def test_beyond_the_budget_text_is_shown_as_it_was_typed():
    text = "**bold** <b>&lt;i> $x$ " * 1000
    soup = page(new_markdown_cell(text, id="mine"))
    typed = soup.select_one("pre.typed").get_text()
    assert len(typed) > 5000 and "**bold** <b><i> $x$" in typed and not soup.select(".notebook b")


def test_plots_are_bounded_in_number_and_in_bytes():
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 500_000).decode()
    output = new_output(
        "display_data", data={"image/png": png}, metadata={"image/png": {"alt": "a" * 100_000}}
    )
    many = [new_code_cell("plot()", id=f"plot-{i}", outputs=[output] * 5) for i in range(8)]
    pictures = page(*many).find_all("img")
    assert sum(len(picture["src"]) for picture in pictures) <= Budget().picture_bytes + 30 * len(pictures)
    assert 5 < len(pictures) < 12 and all(len(picture["alt"]) <= 2_000 for picture in pictures)
    small = new_output("display_data", data={"image/png": base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()})
    assert len(page(new_code_cell("plot()", outputs=[small] * 50)).find_all("img")) == Budget().pictures


# --- what the course wrote ----------------------------------------------------------------------------------------


def taken_in(submitted):
    """A submission as Intake leaves it."""
    return harmless(submitted, LESSON.released)[0]


def test_the_courses_own_text_is_whole_beside_an_attack():
    """Cells in front of the lesson use up the budget; every cell of the course is drawn as without them."""
    release = LESSON.release
    attack = [new_code_cell(repeated("a.", 20_000), id=f"own-{i}") for i in range(20)]
    attack += [new_markdown_cell(repeated("$a$ ", 4_000), id=f"words-{i}") for i in range(50)]
    alone = page(*taken_in(new_notebook(cells=[*release.cells])).cells)
    beside = page(*taken_in(new_notebook(cells=[*attack, *release.cells])).cells)
    released = [str(cell) for cell in alone.select(".notebook > .cell")]
    shown = {str(cell) for cell in beside.select(".notebook > .cell")}
    assert len(released) == len(release.cells)
    assert [cell for cell in released if cell not in shown] == []
    assert "Not shown: " in beside.get_text() and "Not shown: " not in alone.get_text()


def test_a_cell_of_the_course_that_was_changed_is_the_learners():
    changed = new_notebook(cells=[*map(lambda cell: cell.copy(), LESSON.release.cells)])
    text = next(cell for cell in changed.cells if cell.cell_type == "markdown" and cell.id == "derivation")
    text.source = repeated("$a$ ", 30_000)
    claimed = new_code_cell("x", id="mine", metadata={"course": {"released": True}})
    marks = {
        cell.id: cell.metadata.course["released"]
        for cell in taken_in(new_notebook(cells=[*changed.cells, claimed])).cells
    }
    assert not marks["derivation"] and not marks["mine"] and marks["title"] and marks["softmax"]


def test_every_lesson_is_drawn_whole_without_any_mark():
    """Submissions that were graded before Intake noted what is released have no marks: nothing is cut there either."""
    for lesson in COURSE.lessons.values():
        solution = [cell for cell in lesson.solution.cells if "answer" in cell.metadata.get("tags", [])]
        soup = page(*solution)
        assert not soup.select(".note") and len(soup.select(".code span")) > len(solution), lesson.name
