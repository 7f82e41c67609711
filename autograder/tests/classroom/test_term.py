"""A term with a class: more time for one student, late rules, changed checks looked at before they count, names."""

import contextlib
import datetime
import re
import shutil

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import (
    ExchangeCollect,
    ExchangeFetchAssignment,
    ExchangeFetchFeedback,
    ExchangeReleaseAssignment,
    ExchangeReleaseFeedback,
    ExchangeSubmit,
)
from nbgrader.utils import get_username
from traitlets.config import Config

from autograder.classroom import batch, differences, extensions, scores
from autograder.classroom.grade import Settings
from autograder.classroom.gradebook import record
from autograder.classroom.late_rules import PerDay
from autograder.cli import main
from autograder.judging.results import Verdict, unreadable
from autograder.lesson.layout import Course, CourseError
from autograder.tests.courses import RIGHT, TINY, TINY_CHECKS, as_bytes, hand_in, notebook, tiny_course

WEAK = Settings(least_isolation="weak")
HANDED_IN = "2026-01-12 13:00:00 +0100"  # two days after the due date, to the minute
RULE = """
c.AssignLatePenalties.plugin_class = "autograder.classroom.late_rules.PerDay"
c.PerDay.share = 0.25
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = tiny_course(tmp_path_factory.mktemp("course"), gradebook=True)
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(RULE)
    with book(course) as opened:
        opened.update_or_create_assignment(TINY, duedate="2026-01-10 12:00:00 UTC")
    for student in ("ann", "ben"):
        path = hand_in(course, TINY, student, as_bytes(notebook(course, TINY, RIGHT)))
        path.with_name("timestamp.txt").write_text(HANDED_IN)
    grade(course)
    return course


def book(course):
    return Gradebook(f"sqlite:///{course.grading / 'gradebook.db'}", "why-wont-it-learn")


def grade(course):
    with batch.executor(2, None) as executor:
        results = batch.grade_all(course, TINY, executor, WEAK)
    record(course, TINY, results, WEAK)


def run(course, *arguments):
    done = CliRunner().invoke(main, [*arguments, "--course", str(course.root)])
    return done, " ".join(done.output.split())


def penalties(course):
    with book(course) as opened:
        return {one.student_id: one.late_submission_penalty for one in opened.assignment_submissions(TINY)}


def test_extension_is_seen_by_nbgraders_penalties(course):
    assert penalties(course) == {"ann": 3.0, "ben": 3.0}  # a quarter of six points a day
    done, said = run(course, "extend", "ann", "tiny", "2026-01-11 13:00", "--timezone", "Europe/Berlin")
    assert done.exit_code == 0 and "ann, 90_tiny: until 2026-01-11 12:00:00 UTC" in said, said
    _, said = run(course, "extend", "zoe", TINY, "2026-02-01")
    assert "until 2026-02-01 23:59:59 UTC" in said and "zoe is not on the roster yet" in said
    grade(course)
    assert penalties(course) == {"ann": 1.5, "ben": 3.0}  # zoe, who has handed in nothing, has no submission
    with book(course) as opened:  # a due date moved later does not move the extension
        opened.update_or_create_assignment(TINY, duedate="2026-01-11 00:00:00 UTC")
    grade(course)
    assert penalties(course) == {"ann": 1.5, "ben": 3.0}
    run(course, "extend", "ann", "tiny", "none")
    with book(course) as opened:
        opened.update_or_create_assignment(TINY, duedate="2026-01-10 12:00:00 UTC")
    grade(course)
    assert penalties(course) == {"ann": 3.0, "ben": 3.0}


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["ann", "tiny", "tomorrow"], "'tomorrow' is no date and time. Write it like"),
        (["ann", "tiny", "2026-01-01"], "is not after the due date of 90_tiny, 2026-01-10 12:00:00 UTC"),
        (["=ann", "tiny", "2026-02-01"], "cannot be a student's id"),
        (["ann", "nope", "2026-02-01"], "there is no lesson 'nope'"),
    ],
)
def test_extension_that_cannot_be_is_said(course, arguments, words):
    done, said = run(course, "extend", *arguments)
    assert done.exit_code == 2 and words in said


def test_slip_in_the_table_of_extensions_stops_the_grading(tmp_path):
    course = tiny_course(tmp_path)
    course.grading.mkdir(exist_ok=True)
    (course.grading / "extensions.csv").write_text("student,lesson,until\nann,90_tiny,soon\n")
    with pytest.raises(CourseError, match=r"extensions.csv, line 2: 'soon' is no date"):
        extensions.granted(course)


@pytest.mark.parametrize(
    "rule, seconds, penalty",
    [
        ({}, 1, 1.0), ({}, 86_400, 1.0), ({}, 86_401, 2.0), ({}, 20 * 86_400, 10.0),
        ({"grace_minutes": 15}, 900, 0.0), ({"grace_minutes": 15}, 901, 1.0),
        ({"share": 0.5, "last_day": 1}, 86_400, 5.0), ({"share": 0.0, "last_day": 1}, 86_401, 10.0),
    ],
)  # fmt: skip
def test_late_rule(rule, seconds, penalty):
    assert PerDay(**rule).late_submission_penalty("ann", 10.0, float(seconds)) == pytest.approx(penalty)


def test_dry_run_tells_who_gains_and_who_loses_and_records_nothing(course):
    path = hand_in(
        course,
        TINY,
        "cat",
        as_bytes(notebook(course, TINY, RIGHT | {"double": "def double(x):\n    return abs(x)"})),
    )
    grade(course)
    checks = course.lessons[TINY].checks_path
    before = gradebook(course)
    strict = TINY_CHECKS.replace("expect_close(learner.row_sums(x), x[:, 0] * 3)", "expect(False, 'no')")
    kind = strict.replace("expect_close(learner.double(x), x + x)", "learner.double(x)")
    try:
        checks.write_text(kind)
        hand_in(course, TINY, "dan", as_bytes(notebook(course, TINY, RIGHT)))
        done, said = run(course, "grade", TINY, "--dry-run", "--require-isolation", "weak")
    finally:
        checks.write_text(TINY_CHECKS)
    assert "nothing is recorded yet" in said and gradebook(course) == before, said
    assert re.search(r"ann lost 6 5\.67 row_sums 1 → 0\.67", said), said
    assert re.search(r"cat gained .* double 0 → 3", said), said
    assert re.search(r"dan new \? 5\.67", said) and "1 gain, 2 lose, 1 are new" in said, said
    path.unlink()


def gradebook(course):
    with book(course) as opened:
        return {row.student.id: row.parts for row in scores.recorded(opened, TINY)}


def test_change_of_a_sum_that_stays_and_of_one_that_is_lost():
    row = scores.Row(
        scores.Student("ann"),
        (scores.Part("a", 1.0, 1.0, 2.0, False), scores.Part("b", 0.0, 0.0, 1.0, False)),
    )
    lost = unreadable("x", "broken", Verdict.GRADER_FAULT, student="ann")
    (change,) = differences.changes([row], [lost])
    assert (change.kind, change.before, change.after) == ("ungraded", 1.0, None)
    nobody = unreadable("x", "broken", Verdict.ERROR, student="bob")
    assert differences.changes([row], [nobody])[0].kind == "same"


ROSTERS = {
    "canvas": "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n\"Lee, Ann\",4711,S1,ann,One\n",
    "moodle": "First name;Last name;Username;Email address\nAnn;Lee;ann;ann@uni.example\n",
    "gradescope": "First Name,Last Name,SID,Email,Role\nAnn,Lee,ann,ann@uni.example,Student\n",
    "brightspace": "OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator\n#77,#ann,Lee,Ann,a@x.example,#\n",
    "own": "id\tfirst_name\tlast_name\tlms_user_id\nann\tAnn\tLee\t4711\n",
}  # fmt: skip


@pytest.mark.parametrize("platform", ROSTERS)
def test_roster_gives_the_formgrader_names(course, platform):
    with book(course) as opened:
        opened.update_or_create_student("ann", first_name=None, last_name=None, email=None, lms_user_id=None)
    path = course.root / "roster.csv"
    path.write_text(ROSTERS[platform])
    done, said = run(course, "roster", str(path))
    assert done.exit_code == 0 and "0 new, 1 known before" in said, said
    shown = next(one for one in formgrader(course).get_students() if one["id"] == "ann")
    assert (shown["first_name"], shown["last_name"]) == ("Ann", "Lee")


@pytest.mark.parametrize(
    "text, words, code",
    [
        ("a,b\n1,2\n", "no column can be the students' ids: 'a', 'b'", 2),
        ("id,name\n=cmd,Ann Lee\n", "cannot be an id", 2),
        ("id,name\nzed,Zed Doe\n=cmd,Ann Lee\n", "line 3 is left out", 1),
        ("id,name\nzed,Zed Doe\nzed,Zed Ode\n", "stands in the table already", 1),
    ],
)
def test_roster_that_cannot_be_used_is_said(course, text, words, code):
    path = course.root / "roster.csv"
    path.write_text(text)
    done, said = run(course, "roster", str(path))
    assert (done.exit_code, words in said) == (code, True), said


def formgrader(course: Course) -> NbGraderAPI:
    """What stands behind the formgrader's pages, with the configuration of the folder that it is started in."""
    with contextlib.chdir(course.root):
        app = NbGrader()
        app.initialize([])
        return NbGraderAPI(app.coursedir, parent=app)


def test_formgrader_has_no_box_about_a_missing_exchange(course, monkeypatch, tmp_path):
    api = formgrader(course)
    assert not api.exchange_missing and api.exchange_root == str(course.grading / "exchange")
    monkeypatch.setenv("NBGRADER_EXCHANGE", str(tmp_path))
    assert formgrader(course).exchange_root == str(tmp_path)


def test_feedback_goes_round_the_exchange(course, tmp_path):
    """release, fetch, submit, collect, grade, feedback and back, by nbgrader's own classes; one file is cut off."""
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    places = {"root": str(exchange), "cache": str(tmp_path / "cache"), "assignment_dir": str(tmp_path)}

    def go(kind, root):
        folders = CourseDirectory(root=str(root), course_id="why-wont-it-learn", assignment_id=TINY)
        if root == course.root:
            folders.release_directory, folders.submitted_directory = "grading/generated", "grading/submitted"
            folders.feedback_directory = "grading/feedback"
        kind(coursedir=folders, authenticator=Authenticator(), config=Config(Exchange=places)).start()

    me = get_username()
    shutil.rmtree(course.grading / "feedback", ignore_errors=True)
    go(ExchangeReleaseAssignment, course.root)
    with contextlib.chdir(tmp_path):
        go(ExchangeFetchAssignment, tmp_path)
        (tmp_path / TINY / "tiny.ipynb").write_bytes(as_bytes(notebook(course, TINY, RIGHT))[:300])
        go(ExchangeSubmit, tmp_path)
    go(ExchangeCollect, course.root)
    grade(course)
    page = course.grading / "autograded" / me / TINY
    assert {file.name for file in page.iterdir()} >= {"submission_secret.txt", "timestamp.txt"}
    target = course.grading / "feedback" / me / TINY
    shutil.copytree(page, target)
    (target / "tiny.html").write_text("page of mine")  # as generate_feedback would, which copies the rest
    go(ExchangeReleaseFeedback, course.root)
    with contextlib.chdir(tmp_path):
        go(ExchangeFetchFeedback, tmp_path)
    (fetched,) = (tmp_path / TINY / "feedback").rglob("*.html")
    assert fetched.read_text() == "page of mine"
    with book(course) as opened:
        assert opened.find_submission(TINY, me).timestamp is not None


def test_resubmission_counts_and_a_humans_score_stays(course):
    with book(course) as opened:
        mine = opened.find_grade("in_words", "tiny", TINY, "ben")
        mine.manual_score, mine.needs_manual_grade = 2.0, False
        opened.db.commit()
    path = hand_in(course, TINY, "ben", as_bytes(notebook(course, TINY, {"double": RIGHT["double"]})))
    path.with_name("timestamp.txt").write_text("2026-01-10 11:00 UTC")
    grade(course)
    with book(course) as opened:
        row = next(row for row in scores.recorded(opened, TINY) if row.student.id == "ben")
    assert (row.raw, row.penalty, row.timestamp) == (3.0 + 2.0, 0.0, str(datetime.datetime(2026, 1, 10, 11)))
