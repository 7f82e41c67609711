"""Grading again writes into the gradebook what is new, and nothing else; whatever could matter to a mark is new."""

import contextlib
import datetime
import sqlite3

import pytest
from nbgrader.api import Gradebook

from autograder.classroom import batch, extensions, gradebook
from autograder.classroom.grade import Settings
from autograder.tests import courses
from autograder.tests.courses import TINY

SETTINGS = Settings(least_isolation="weak")
RIGHT = {
    "row_sums": "def row_sums(x):\n    return x.sum(axis=1)",
    "double": "def double(x):\n    return 2 * x",
    "double_sums": "def double_sums(x):\n    return double(row_sums(x))",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = courses.tiny_course(tmp_path_factory.mktemp("recorded") / "course", gradebook=True)
    for student in ("ada", "bo"):
        hand_in(made, student, RIGHT)
    assert grade(made) == {"ada", "bo"}
    return made


def hand_in(course, student, answers, after=""):
    return courses.hand_in(
        course, TINY, student, courses.as_bytes(courses.notebook(course, TINY, answers, after=after))
    )


def grade(course):
    """Grade and record; the students who were written into the gradebook."""
    written = set()
    start = gradebook._Autograde.start

    def noting(autograde):
        written.update(autograde.only)
        return start(autograde)

    with pytest.MonkeyPatch.context() as patch, batch.executor(1, None) as executor:
        patch.setattr(gradebook._Autograde, "start", noting)
        gradebook.record(course, TINY, batch.grade_all(course, TINY, executor, SETTINGS), SETTINGS)
    return written


def in_the_gradebook(course, statement):
    with contextlib.closing(sqlite3.connect(course.grading / "gradebook.db")) as book, book:
        return book.execute(statement).fetchall()


def test_nothing_new_is_nothing_written(course):
    path = course.grading / "autograded" / "ada" / TINY / "tiny.ipynb"
    before = path.stat().st_mtime_ns
    assert grade(course) == set()
    assert path.stat().st_mtime_ns == before


def new_work(course):
    hand_in(course, "ada", RIGHT | {"double": "def double(x):\n    return 3 * x"})


def new_plots(course):
    """The same answers with another cell beside them: the same score, and another page for the student."""
    hand_in(course, "ada", RIGHT, after="# a remark")


def a_time_stamp(course):
    (course.grading / "submitted" / "ada" / TINY / "timestamp.txt").write_text("2026-01-02 12:00:00 UTC")


def an_extension(course):
    extensions.grant(course, "ada", TINY, datetime.datetime(2027, 1, 1))


def a_lost_notebook(course):
    (course.grading / "autograded" / "ada" / TINY / "tiny.ipynb").unlink()


def a_gradebook_from_a_backup(course):
    in_the_gradebook(course, "UPDATE grade SET auto_score = 0.5 WHERE notebook_id IN (SELECT id FROM submitted_notebook WHERE assignment_id IN (SELECT id FROM submitted_assignment WHERE student_id = 'ada'))")  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [new_work, new_plots, a_time_stamp, an_extension, a_lost_notebook, a_gradebook_from_a_backup],
    ids=lambda change: change.__name__,
)
def test_what_changes_for_one_student_is_written_for_that_one(course, change):
    grade(course)
    change(course)
    assert grade(course) == {"ada"}
    assert grade(course) == set()


def a_due_date(course):
    with Gradebook(f"sqlite:///{course.grading}/gradebook.db", "why-wont-it-learn") as book:
        book.update_or_create_assignment(TINY, duedate=datetime.datetime(2026, 1, 1))


def a_rule_for_late_work(course):
    path = course.root / "nbgrader_config.py"
    path.write_text(path.read_text() + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")


def another_check(course):
    path = course.lesson(TINY).checks_path
    path.write_text(path.read_text() + "\n# asks for more\n")


@pytest.mark.parametrize(
    "change", [a_due_date, a_rule_for_late_work, another_check], ids=lambda change: change.__name__
)
def test_what_changes_for_all_is_written_for_all(course, change):
    grade(course)
    change(course)
    assert grade(course) == {"ada", "bo"}
    assert grade(course) == set()


def test_a_damaged_ledger_costs_a_run_and_no_mark(course):
    grade(course)
    (course.grading / "journal" / f"{TINY}.recorded.json").write_text('{"ada": 3')
    assert grade(course) == {"ada", "bo"}
    assert grade(course) == set()
