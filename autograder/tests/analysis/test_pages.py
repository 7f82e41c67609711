"""The page of a class: hostile text does nothing in it, a reader without eyes or mouse can use it; one real class."""

import csv
import json
import re

import msgspec
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.analysis.figures import figures
from autograder.analysis.gather import OUTDATED, UNGRADED, Marks, gather, marks_of
from autograder.analysis.pages import write_lesson, write_term
from autograder.analysis.similarity import Alike, Exhibit, Side
from autograder.analysis.term import term
from autograder.cli import main
from autograder.tests.built import exercise, work
from autograder.tests.courses import RIGHT, TINY, as_bytes, hand_in, notebook, tiny_course

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>`=cmd|'/c calc'!A1\x1b[2J\u202e"
WRONG_IDEA = {"row_sums": "def row_sums(x):\n    return x.sum(axis=0)"}


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return tiny_course(tmp_path_factory.mktemp("course") / "c").lessons[TINY]


@pytest.fixture(scope="module")
def written(lesson, tmp_path_factory):
    """Folder of a report in which every text that somebody else could write is hostile."""
    folder = tmp_path_factory.mktemp("report")
    bad = exercise("double", "error", message=HOSTILE)
    fault = exercise("double", "grader_fault", message=HOSTILE)
    hangs = exercise("row_sums", "timeout")
    told = exercise("row_sums", "fail", told=("relation", HOSTILE))
    works = [work(f"{n}{HOSTILE}", bad, told, isolation=HOSTILE, version=HOSTILE) for n in range(4)]
    works += [work("=1+1", fault), work("kim", hangs, marks=Marks({"row_sums": 0.5}, total=4.0, penalty=1.0))]
    of = figures(lesson, works)
    side = Side(f"one\n{HOSTILE}\nthree", [1])
    alike = [Alike(HOSTILE, "kim", 50, 3, [Exhibit("row_sums", side, side)])]
    of = msgspec.structs.replace(of, alike=alike)
    write_lesson(folder, lesson, of)
    write_term(folder, term([of, of]))
    return folder


@pytest.fixture(params=[f"{TINY}.html", "term.html"])
def page(request, written):
    return BeautifulSoup((written / request.param).read_text(encoding="utf-8"), "html.parser")


def test_nothing_in_a_page_acts_or_is_loaded(page):
    assert not page.find_all(["script", "img", "link", "iframe", "object", "form", "svg", "base"])
    for element in page.find_all(True):
        assert not [name for name in element.attrs if name.startswith("on") or name in ("src", "action")]
    links = {a["href"] for a in page.find_all("a")}
    assert all(re.fullmatch(r"#[a-z]+|\w+\.html", link) for link in links)
    assert "default-src 'none'" in page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    style = page.find("style").text
    assert "url(" not in style and "@import" not in style and "prefers-color-scheme: dark" in style


def test_control_characters_reach_no_page(page):
    assert "\x1b" not in str(page) and "\u202e" not in str(page) and "<script>alert(1)" in page.get_text()


def test_headings_tables_and_references_are_in_order(page):
    levels = [int(heading.name[1]) for heading in page.find_all(re.compile(r"h[1-6]"))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))
    for table in page.find_all("table"):
        assert table.find("caption").get_text(strip=True)
        assert all(head.get("scope") in ("col", "row", "rowgroup") for head in table.find_all("th"))
    names = [element["id"] for element in page.find_all(id=True)]
    assert len(names) == len(set(names))
    wanted = {a["href"][1:] for a in page.find_all("a") if a["href"].startswith("#")}
    wanted |= {element["aria-labelledby"] for element in page.find_all(attrs={"aria-labelledby": True})}
    assert wanted <= set(names)


def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name(page):
    for region in page.select(".scroll"):
        assert region["tabindex"] == "0" and (region.get("aria-labelledby") or region.get("aria-label"))


def test_no_bar_and_no_colour_says_what_no_word_says(page):
    for bar in page.select(".bar"):
        assert bar["aria-hidden"] == "true"
        assert re.search(r"\d", bar.find_parent("tr").get_text())
    for mark in page.find_all("mark"):
        assert mark.get_text().startswith("▸ ")
    assert all(word.get_text(strip=True) for word in page.select(".word, .warn"))


def test_similar_answers_are_called_a_hint(written):
    page = BeautifulSoup((written / f"{TINY}.html").read_text(encoding="utf-8"), "html.parser")
    section = page.find(id="alike").parent
    assert "A hint, not a verdict" in section.get_text() and len(section.find_all("mark")) == 2


def test_tables_hold_no_formula_and_an_ungraded_one_is_empty(written):
    for path in written.glob("*.csv"):
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        assert len(lines) > 1
        for cell in (cell for line in lines for cell in line):
            assert not cell.startswith(("=", "+", "@", "\t")) and "\x1b" not in cell
    with open(written / f"{TINY}_students.csv", encoding="utf-8-sig") as file:
        students = {line["student"]: line for line in csv.DictReader(file)}
    assert students["'=1+1"]["score"] == "" and students["'=1+1"]["needs_a_human"] == "yes"
    assert students["kim"]["score"] == "5.5" and students["kim"]["gradebook"] == "4.0"


def test_the_data_are_the_pages(written):
    told = json.loads((written / f"{TINY}.json").read_text(encoding="utf-8"))
    assert told["handed_in"] == 6 and told["scored"] == 5
    assert len(json.loads((written / "term.json").read_text(encoding="utf-8"))["lessons"]) == 2


# --- One real class -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class of four that `autograder grade` has graded, and what it printed."""
    course = tiny_course(tmp_path_factory.mktemp("real") / "c", gradebook=True)
    for student, answers in {"ada": RIGHT, "bela": RIGHT | WRONG_IDEA, "cleo": RIGHT | WRONG_IDEA}.items():
        hand_in(course, TINY, student, as_bytes(notebook(course, TINY, answers)))
    hand_in(course, TINY, "dora", b"no notebook")
    done = CliRunner().invoke(
        main, ["grade", TINY, "--course", str(course.root), "--require-isolation", "weak", "--jobs", "1"]
    )
    return course, done


def test_grading_ends_with_eight_lines(graded):
    _, done = graded
    assert done.exit_code == 1, done.output  # dora needs a human
    assert "4 submissions, automatic scores" in done.output
    lines = [line for line in done.output.splitlines() if line and not line.startswith("Note")][-8:]
    assert lines[0].split(maxsplit=1) == ["mean", "5.33 of 6 points (3 of 4 have a score)"]
    assert lines[3].endswith("1 (dora)")
    assert "row_sums, 2 students: You summed over the columns." in lines[7]


def test_a_report_follows_the_journal_and_the_points_by_hand(graded):
    course, _ = graded
    address = f"sqlite:///{course.grading / 'gradebook.db'}"
    with Gradebook(address, "why-wont-it-learn") as book:
        book.find_grade("row_sums_check", "tiny", TINY, "bela").manual_score = 0.75
        book.db.commit()
    hand_in(course, TINY, "cleo", as_bytes(notebook(course, TINY, RIGHT)))  # after the grading
    hand_in(course, TINY, "emil", as_bytes(notebook(course, TINY, RIGHT)))
    done = CliRunner().invoke(main, ["report", "--all", "--course", str(course.root)])
    assert done.exit_code == 0, done.output
    report = course.grading / "report"
    told = json.loads((report / f"{TINY}.json").read_text(encoding="utf-8"))
    people = {person["student"]: person for person in told["students"]}
    assert people["ada"]["score"] == 6 and people["ada"]["automatic"] == 6
    assert people["bela"]["score"] == 5.75 and people["bela"]["automatic"] == 5
    assert people["dora"]["score"] is None
    reasons = {entry["student"]: entry["why"] for entry in told["attention"]}
    assert reasons["cleo"] == OUTDATED and reasons["emil"] == UNGRADED and reasons["dora"]
    assert told["diagnoses"][0]["name"] == "sums_columns" and told["isolation"]
    assert (report / "term.html").exists() and f'href="{TINY}.html"' in (report / "term.html").read_text()


def test_a_damaged_gradebook_is_a_sentence(graded, tmp_path):
    course = tiny_course(tmp_path / "c")
    course.grading.mkdir(exist_ok=True)
    (course.grading / "gradebook.db").write_bytes(b"no database at all" * 100)
    hand_in(course, TINY, "ada", as_bytes(notebook(course, TINY, RIGHT)))
    done = CliRunner().invoke(main, ["report", TINY, "--course", str(course.root)])
    assert done.exit_code == 2 and "the gradebook cannot be read" in done.output


def test_without_a_gradebook_scores_are_automatic(graded, tmp_path):
    course = tiny_course(tmp_path / "c")
    assert marks_of(course, TINY) == {} and gather(course, TINY) == []
    done = CliRunner().invoke(main, ["report", TINY, "--course", str(course.root)])
    assert done.exit_code == 2 and "nobody has handed in" in done.output
