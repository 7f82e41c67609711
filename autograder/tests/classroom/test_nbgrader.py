"""Stock nbgrader around our judge: partial credit, late penalties, manual grading, feedback, export, formgrader."""

import base64
import csv
import datetime
import json
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_output
from nbgrader.api import Gradebook

from autograder.tests.courses import (
    RIGHT,
    TINY,
    as_bytes,
    cold_command,
    command,
    environment,
    gradebook,
    hand_in,
    notebook,
    tiny_course,
)  # fmt: skip

SLUG = TINY.partition("_")[2]
HALF = RIGHT | {
    "row_sums": "def row_sums(x):\n    return abs(x).sum(axis=1)"
}  # right for positive numbers only
PLOT = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060f80f0001040100"
        "5fe5c34b0000000049454e44ae426082"
    )
).decode()


def open_book(course):
    return Gradebook(f"sqlite:///{course.grading / 'gradebook.db'}", "why-wont-it-learn")


def grade(course, *options):
    return command(course, "nbgrader", "autograde", TINY, *options)


def with_plot(made):
    """The learner's own plot in the demo cell, beside a script that must not survive."""
    cell = next(cell for cell in made.cells if cell.id == "a_plot")
    cell.outputs = [
        new_output("display_data", data={"image/png": PLOT}),
        new_output("display_data", data={"text/html": "<script>alert(1)</script>"}),
    ]
    return made


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class of three, graded once by ``nbgrader autograde``: right, half right and late, nothing written."""
    course = tiny_course(tmp_path_factory.mktemp("course"), gradebook=True)
    with open_book(course) as book:
        book.update_or_create_assignment(TINY, duedate="2026-01-10 12:00:00 UTC")
    hand_in(
        course,
        TINY,
        "ann",
        as_bytes(with_plot(notebook(course, TINY, RIGHT | {"in_words": "Both are linear."}))),
    )
    late = hand_in(course, TINY, "ben", as_bytes(notebook(course, TINY, HALF)))
    late.with_name("timestamp.txt").write_text("2026-01-11 12:00:00 UTC")
    hand_in(course, TINY, "cat", as_bytes(notebook(course, TINY, {})))
    done = grade(course, "--LateSubmissionPlugin.penalty_method=zero")
    assert done.returncode == 0, done.stderr
    return course


def test_partial_credit_reaches_the_gradebook(course):
    scores = gradebook(course, TINY)
    assert scores["ann"] == {"row_sums": (1, False), "double": (3, False), "double_sums": (2, False)}
    assert scores["ben"]["row_sums"] == (pytest.approx(2 / 3), False)
    assert scores["cat"] == {"row_sums": (0, False), "double": (0, False), "double_sums": (0, False)}


def test_written_answers_wait_for_a_human(course):
    with open_book(course) as book:
        grades = book.find_submission_notebook(SLUG, TINY, "ann").grades
        written = next(g for g in grades if g.name == "in_words")
        assert written.auto_score is None and written.needs_manual_grade


def test_a_late_submission_is_penalised_by_nbgrader(course):
    with open_book(course) as book:
        late, in_time = (book.find_submission(TINY, student) for student in ("ben", "ann"))
        assert late.total_seconds_late == datetime.timedelta(days=1).total_seconds()
        assert late.score > 0 and late.late_submission_penalty == pytest.approx(late.score)
        assert in_time.late_submission_penalty in (None, 0)


def test_manual_scores_and_comments_survive_another_autograde(course):
    with open_book(course) as book:
        mine = book.find_grade("in_words", SLUG, TINY, "ann")
        mine.manual_score, mine.needs_manual_grade = 2.5, False
        overruled = book.find_grade("row_sums_check", SLUG, TINY, "ann")
        overruled.extra_credit = 0.5
        book.find_comment("in_words", SLUG, TINY, "ann").manual_comment = "Well put."
        book.db.commit()
    assert grade(course, "--force", "--student=ann").returncode == 0
    with open_book(course) as book:
        assert book.find_grade("in_words", SLUG, TINY, "ann").manual_score == 2.5
        assert book.find_grade("row_sums_check", SLUG, TINY, "ann").extra_credit == 0.5
        assert book.find_comment("in_words", SLUG, TINY, "ann").comment == "Well put."
        assert book.find_submission(TINY, "ann").score == 1 + 3 + 2 + 2.5 + 0.5


def test_feedback_says_what_each_check_found_and_keeps_the_plot(course):
    done = command(course, "nbgrader", "generate_feedback", TINY, "--force")
    assert done.returncode == 0, done.stderr
    pages = {
        student: (course.grading / "feedback" / student / TINY / f"{SLUG}.html").read_text()
        for student in ("ann", "ben", "cat")
    }
    assert "A sum of negative numbers." in pages["ben"] and "0.67 of 1 points" in pages["ben"]
    assert "A sum of negative numbers." not in pages["ann"]
    assert PLOT in pages["ann"] and "alert(1)" not in pages["ann"]
    assert all("def test_" not in page and "reference." not in page for page in pages.values())


def test_export_lists_every_student(course):
    target = course.root / "grades.csv"
    assert command(course, "nbgrader", "export", "--to", str(target)).returncode == 0
    rows = {row["student_id"]: row for row in csv.DictReader(target.open())}
    assert float(rows["cat"]["score"]) == 0 and float(rows["ben"]["raw_score"]) == pytest.approx(5 + 2 / 3)
    assert {row["max_score"] for row in rows.values()} == {"10.0"}


def test_the_button_of_the_formgrader_uses_the_same_judge(course):
    program = f"""
import json
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader
config = PyFileConfigLoader("nbgrader_config.py", path=".").load_config()
answer = NbGraderAPI(CourseDirectory(config=config), config=config).autograde({TINY!r}, "ben")
print(json.dumps(answer["success"]), answer.get("error", ""))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=course.root,
        env=environment(course),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("true"), done.stdout + done.stderr
    autograded = nbformat.read(course.grading / "autograded" / "ben" / TINY / f"{SLUG}.ipynb", as_version=4)
    assert autograded.metadata.course_result.isolation in ("container", "strong")
    assert gradebook(course, TINY)["ben"]["row_sums"][0] == pytest.approx(2 / 3)


def test_autograder_grade_writes_the_same_marks(course):
    before = gradebook(course, TINY)
    done = cold_command(course, "autograder", "grade", TINY, "--course", str(course.root))
    assert done.returncode == 0, done.stdout + done.stderr
    assert gradebook(course, TINY) == before
    assert all(student in done.stdout for student in ("ann", "ben", "cat"))
    lines = (course.grading / "journal" / f"{TINY}.jsonl").read_text().splitlines()
    assert len({json.loads(line)["key"] for line in lines}) == len(lines)  # nothing was graded twice
