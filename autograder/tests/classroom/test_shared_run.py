"""What nbgrader writes into its gradebook is the same with one connection for a whole run, in fewer transactions."""

import contextlib
import datetime
import sqlite3

import pytest
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from sqlalchemy import event

from autograder.classroom import batch, nbgrader_plugin, shared_run
from autograder.classroom.grade import Settings
from autograder.classroom.gradebook import record
from autograder.classroom.shared_run import SharedGradebook, shared
from autograder.tests import courses
from autograder.tests.courses import TINY

ANSWERS = {
    "row_sums": "def row_sums(x):\n    return x.sum(axis=1)",
    "double": "def double(x):\n    return 2 * x",
    "double_sums": "def double_sums(x):\n    return double(row_sums(x))",
}
SETTINGS = Settings(least_isolation="weak")
# Rows get numbers of chance; when an upload was graded is the clock's.
RANDOM = ("id", "_id", "timestamp")


def graded_class(root):
    """A right one, a wrong one, one late, one with a written answer, one damaged, one twice; recorded."""
    course = courses.tiny_course(root, gradebook=True)
    with Gradebook(f"sqlite:///{root}/grading/gradebook.db", "why-wont-it-learn") as book:
        book.update_or_create_assignment(TINY, duedate=datetime.datetime(2026, 1, 1))
    right, wrong = (
        courses.as_bytes(
            courses.notebook(course, TINY, ANSWERS | {"row_sums": row_sums, "in_words": "Twice."})
        )
        for row_sums in (ANSWERS["row_sums"], "def row_sums(x):\n    return x.sum(axis=0)")
    )
    for student, data in (
        ("ada", right),
        ("bo", wrong),
        ("cy", right),
        ("dee", b'{"cells": ['),
        ("eve", right),
    ):
        path = courses.hand_in(course, TINY, student, data)
        if student == "cy":
            path.with_name("timestamp.txt").write_text("2026-01-02 12:00:00 UTC")
    grade(course)
    courses.hand_in(course, TINY, "eve", wrong)
    grade(course)
    return course


def grade(course):
    with batch.executor(1, None) as executor:
        results = batch.grade_all(course, TINY, executor, SETTINGS)
    record(course, TINY, results, SETTINGS)


def rows(course):
    """Every table of the gradebook, without what is drawn at random."""
    found = {}
    with contextlib.closing(sqlite3.connect(course.grading / "gradebook.db")) as book:
        book.row_factory = sqlite3.Row
        for (table,) in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            lines = [dict(row) for row in book.execute(f"SELECT * FROM {table}")]
            found[table] = sorted(
                str({name: value for name, value in line.items() if not name.endswith(RANDOM)})
                for line in lines
            )
    return found


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return graded_class(tmp_path_factory.mktemp("ours") / "course")


def test_the_gradebook_holds_the_same_as_without(ours, tmp_path_factory, monkeypatch):
    monkeypatch.setattr(nbgrader_plugin, "shared", contextlib.nullcontext)
    stock = rows(graded_class(tmp_path_factory.mktemp("stock") / "course"))
    found = rows(ours)
    assert len(found["grade"]) == 5 * 4 and len(found["comment"]) > 0
    assert found == stock


def test_a_submission_takes_few_transactions(ours):
    """nbgrader's own takes one for each grade and comment beside those of the submission itself."""
    commits = []
    made = shared_run.SharedGradebook.__init__

    def counting(book, *where):
        made(book, *where)
        event.listen(book.engine, "commit", lambda connection: commits.append(where))

    (ours.grading / "journal" / f"{TINY}.recorded.json").unlink()  # or nobody would be written again
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared_run.SharedGradebook, "__init__", counting)
        grade(ours)
    assert 0 < len(commits) <= 5 * 4


def test_what_fails_half_way_leaves_nothing(ours):
    url = f"sqlite:///{ours.grading}/gradebook.db"
    before = rows(ours)
    with contextlib.closing(SharedGradebook(url)) as book:
        with pytest.raises(ZeroDivisionError), book:
            book.add_student("zoe")
            assert book.find_student("zoe").id == "zoe", "seen inside"
            raise ZeroDivisionError
        with pytest.raises(InvalidEntry), book:
            book.add_student("ada")
        with pytest.raises(MissingEntry), book:
            book.find_grade("nothing", "tiny", TINY, "ada")
    assert rows(ours) == before


def test_nbgrader_is_as_it_was_afterwards():
    before = [module.Gradebook for module in shared_run.USERS]
    with pytest.raises(ZeroDivisionError), shared():
        assert all(module.Gradebook not in before for module in shared_run.USERS)
        raise ZeroDivisionError
    assert [module.Gradebook for module in shared_run.USERS] == before == [Gradebook] * len(before)
