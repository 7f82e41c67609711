"""Scores into the tables of platforms: each student's line, and nobody's missing grade as a zero."""

import csv
import io
import zipfile

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.classroom import batch, scores
from autograder.classroom.grade import Settings
from autograder.classroom.gradebook import record
from autograder.cli import main
from autograder.lesson.layout import CourseError
from autograder.platforms import export
from autograder.platforms.collect import collect
from autograder.platforms.feedback import write_feedback
from autograder.platforms.people import Directory
from autograder.platforms.record import Origin, Record
from autograder.platforms.sheets import defused, read_sheet
from autograder.tests.courses import RIGHT, TINY, as_bytes, command, hand_in, notebook, tiny_course

WEAK = Settings(least_isolation="weak")
HALF = RIGHT | {"double": "def double(x):\n    return x"}
NAMES = {
    "ann": ("Ann", "Lee", "ann@uni.example", "4711"),
    "ben": ("Ben", "Ode", "ben@uni.example", None),
    "cut": ("Cut", "=HYPERLINK(1)", "cut@uni.example", None),
    "dan": ("Dan", "Doe", "dan@uni.example", None),
    "eve": (None, None, None, None),
    "fay": (None, None, None, None),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class after a weekend: right, half right and late, cut off, nothing handed in, empty, and a name that is no id."""
    course = tiny_course(tmp_path_factory.mktemp("course"), gradebook=True)
    platform = course.root / "moodle.zip"
    with zipfile.ZipFile(platform, "w") as archive:
        for name, number, answers in (("Ann Lee", 1001, RIGHT), ("Ben Ode", 1002, HALF)):
            archive.writestr(
                f"{name}_{number}_assignsubmission_file_/tiny.ipynb",
                as_bytes(notebook(course, TINY, answers)),
            )
    with book(course) as opened:
        opened.update_or_create_assignment(TINY, duedate="2026-01-10 12:00:00 UTC")
        for student, (first, last, email, number) in NAMES.items():
            opened.update_or_create_student(
                student, first_name=first, last_name=last, email=email, lms_user_id=number
            )
        directory = Directory(scores.students(opened), {})
    collect(course, TINY, [platform], directory)
    late = course.grading / "submitted" / "ben" / TINY / "timestamp.txt"
    late.write_text("2026-01-11 13:00:00 +0100")
    hand_in(course, TINY, "cut", as_bytes(notebook(course, TINY, RIGHT))[:500])
    (course.grading / "submitted" / "eve" / TINY).mkdir(parents=True)
    hand_in(course, TINY, "=odd", b"")
    path = hand_in(course, TINY, "fay", as_bytes(notebook(course, TINY, RIGHT)))
    path.with_name("timestamp.txt").write_text("yesterday")
    with batch.executor(2, None) as executor:
        results = batch.grade_all(course, TINY, executor, WEAK)
    record(course, TINY, results, WEAK)
    with book(course) as opened:  # the instructor's Monday: one written answer, and half a point more
        mine = opened.find_grade("in_words", "tiny", TINY, "ann")
        mine.manual_score, mine.needs_manual_grade = 2.5, False
        opened.find_grade("row_sums_check", "tiny", TINY, "ann").extra_credit = 0.5
        opened.find_grade("in_words", "tiny", TINY, "ben").needs_manual_grade = False
        opened.db.commit()
    return course


def book(course):
    return Gradebook(f"sqlite:///{course.grading / 'gradebook.db'}", "why-wont-it-learn")


@pytest.fixture
def rows(course):
    with book(course) as opened:
        return scores.rows(course, TINY, opened)


def lines(data: bytes) -> dict[str, dict[str, str]]:
    found = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    return {row.get("student") or row.get("student_id") or row.get("Email address"): row for row in found}


def filled(platform, text, rows, course, answers=None, **more):
    path = course.root / "template.csv"
    path.write_text(text, encoding="utf-8")
    return export.into(
        platform,
        read_sheet(path),
        rows,
        Record.of(course, TINY),
        answers or {},
        more.pop("column", None),
        titles=[TINY, "tiny"],
        **more,
    )


def test_everybody_has_a_line_and_nobody_a_wrong_zero(course, rows):
    table = lines(export.as_table(rows, Record.of(course, TINY)).data)
    assert list(table) == ["'=odd'", "ann", "ben", "cut", "dan", "eve", "fay"]
    ann, ben, cut, dan, eve, odd = (table[name] for name in ("ann", "ben", "cut", "dan", "eve", "'=odd'"))
    assert (ann["row_sums"], ann["double"], ann["double_sums"], ann["in_words"], ann["score"]) == (
        "1.5",
        "3",
        "2",
        "2.5",
        "9",
    )
    assert ann["needs_a_human"] == "no" and ann["reason"] == "" and ann["max_score"] == "10"
    assert ben["double"] == "0" and ben["late"] == "24.0 h"
    for row, words in (
        (cut, "breaks off in the middle"),
        (eve, "it is empty"),
        (odd, "cannot be a student's id"),
    ):
        assert (
            row["score"] == row["row_sums"] == "" and row["needs_a_human"] == "yes" and words in row["reason"]
        ), row
    assert (dan["score"], dan["needs_a_human"], dan["reason"]) == ("", "no", "nothing handed in")
    assert table["fay"]["score"] == "6" and "When this was handed in is not known" in table["fay"]["reason"]
    assert cut["last_name"] == "'=HYPERLINK(1)"


def test_written_answer_that_waits_leaves_the_sum_open(course):
    with book(course) as opened:
        made = {row.student.id: row for row in scores.rows(course, TINY, opened)}
        assert made["ben"].score == 1 + 0 + 2 + 0  # not written: nbgrader's own zero
        grade = opened.find_grade("in_words", "tiny", TINY, "ann")
        grade.auto_score, grade.manual_score, grade.needs_manual_grade = None, None, True
        opened.db.flush()
        ann = next(row for row in scores.rows(course, TINY, opened) if row.student.id == "ann")
        opened.db.rollback()
    assert ann.score is None and ann.reason == "waits for a human: in_words" and ann.part("double").score == 3


CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Tiny (815),Final Score
    Points Possible,,,,,10,(read only)
"Lee, Ann",4711,S1,xx1,One,,90
"Ode, Ben",4712,S2,BEN,One,3,80
"Doe, Dan",4713,S3,dan,One,7,70
"Cut, C",4715,S5,cut,One,0,70
"Nobody, Known",4714,S4,nn9,"One, two",5,60
"""


def test_canvas(course, rows):
    done = filled("canvas", CANVAS, rows, course)
    assert done.data.decode() == CANVAS.replace("xx1,One,,90", "xx1,One,9,90").replace(
        "cut,One,0", "cut,One,"
    )
    assert done.filled == 2
    told = "\n".join(done.notes)
    assert "Nobody, Known, nn9, 4714, in the platform's file, is nobody" in told
    assert (
        "dan has no score: nothing handed in" in told
        and "eve is not in the platform's file" in told
        and "cut has no score: waits" in told
    )


def test_canvas_column_of_another_name_or_a_new_one(course, rows):
    text = CANVAS.replace("Tiny (815)", "Week 9 (815)")
    with pytest.raises(
        CourseError, match=r"no column bears the lesson's name: say which with --column.*'Week 9 \(815\)'"
    ):
        filled("canvas", text, rows, course)
    assert b"xx1,One,9,90" in filled("canvas", text, rows, course, column="Week 9 (815)").data
    new = filled("canvas", text, rows, course, column="Brand new").data.decode().splitlines()
    assert (
        new[0].endswith(",Brand new")
        and new[1].endswith(",10")
        and new[2].endswith("90,9")
        and new[4].endswith("70")
    )
    with pytest.raises(CourseError, match="several columns could be meant"):
        filled("canvas", CANVAS.replace("Final Score", "90_tiny"), rows, course)


def test_canvas_person_whom_an_instructor_has_named(course, rows):
    done = filled(
        "canvas", CANVAS, rows, course, answers={("canvas", "4714"): ("ben",), ("canvas", "4712"): ("ann",)}
    )
    assert b'4714,S4,nn9,"One, two",3,60' in done.data
    assert any("Ode, Ben" in note and "is nobody" in note for note in done.notes)  # two marks that disagree


MOODLE = """Identifier;Full name;Email address;Status;Grade;Maximum Grade;Last modified (grade);Feedback comments
Participant 1001;Ann Lee;;Submitted;;20,00;-;"a;b"
Teilnehmer/in1002;Ben Ode;;Submitted;;20,00;-;
Participant 1009;Cut;cut@uni.example;Submitted;;20,00;-;
"""


def test_moodle_worksheet_by_the_participants_number(course, rows):
    done = filled("moodle", MOODLE, rows, course)
    assert done.data.decode() == MOODLE.replace("Submitted;;20", "Submitted;9;20", 1).replace(
        "Submitted;;20", "Submitted;3;20", 1
    )
    assert any("maximum is 20, the lesson has 10" in note for note in done.notes)
    assert any(note.startswith("cut has no score") for note in done.notes)
    assert b"Submitted;18;20,00" in filled("moodle", MOODLE, rows, course, scale=True).data
    german = MOODLE.replace("Grade;Maximum Grade", "Bewertung;Höchstbewertung").replace(
        "Identifier", "Teilnehmer"
    )
    assert b"Submitted;9;20,00" in filled("moodle", german, rows, course).data


def test_gradescope(course, rows):
    text = "First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status\nAnn,Lee,0815,ANN@uni.example,,,10.0,Ungraded\nD,D,dan,,,,10.0,Missing\n"
    done = filled("gradescope", text, rows, course)
    assert done.data.decode() == text.replace(",,,10.0,Ungraded", ",,9,10.0,Ungraded") and done.filled == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_table_is_written_back_as_it_was(tmp_path, encoding):
    data = 'a\tb\r\n"Zoë ""Z"""\t1\r\n'.encode(encoding)
    (tmp_path / "t.csv").write_bytes(data)
    sheet = read_sheet(tmp_path / "t.csv")
    assert sheet.rows == [['Zoë "Z"', "1"]] and sheet.encoded() == data


@pytest.mark.parametrize(
    "data, words", [(b"", "is empty"), (b"PK\3\4", "an Excel file"), (None, "cannot be read")]
)
def test_what_is_no_table_is_said(tmp_path, data, words):
    if data is not None:
        (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(CourseError, match=words):
        read_sheet(tmp_path / "t.csv")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", " =1", "\n=1"])
def test_formulas_are_defused_and_numbers_are_not(text):
    assert not defused(text).lstrip().startswith(("=", "+", "-", "@"))
    assert defused(-1.5) == "-1.5" and defused("ann") == "ann"


def test_stock_export_has_reasons_and_no_wrong_zero(course, tmp_path):
    done = command(course, "nbgrader", "export", "--to", str(tmp_path / "grades.csv"))
    assert done.returncode == 0, done.stderr
    table = lines((tmp_path / "grades.csv").read_bytes())
    header = (tmp_path / "grades.csv").read_text().splitlines()[0]
    assert header.startswith(
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score"
    )
    assert (table["ann"]["score"], table["ann"]["raw_score"], table["ann"]["max_score"]) == (
        "9.0",
        "9.0",
        "10.0",
    )
    for student in ("cut", "dan", "eve", "'=odd'"):
        assert table[student]["score"] == table[student]["raw_score"] == "", student
    assert "breaks off" in table["cut"]["reason"]


@pytest.fixture
def pages(course):
    """Feedback pages of three students."""
    for student in ("ann", "ben", "cut"):
        page = course.grading / "feedback" / student / TINY / "tiny.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"page of {student}")


def test_feedback_goes_back_under_the_platforms_names(course, pages):
    template = course.root / "worksheet.csv"
    template.write_text(MOODLE)
    done = CliRunner().invoke(
        main,
        [
            "export",
            "tiny",
            "--format",
            "moodle",
            "--into",
            str(template),
            "--feedback",
            "--course",
            str(course.root),
        ],
    )
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(course.grading / "export" / f"{TINY}_moodle_feedback.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "Ann Lee_1001_assignsubmission_file_/tiny.html": b"page of ann",
            "Ben Ode_1002_assignsubmission_file_/tiny.html": b"page of ben",
        }
    assert "cut: not collected from Moodle" in done.output and "eve: no feedback page yet" in done.output
    assert template.read_text() == MOODLE


def test_group_shares_a_name_and_each_keeps_a_page(tmp_path, course, pages):
    shared = Record(tmp_path / "record.json")
    for student in ("ann", "ben"):
        shared.add(Origin(student, "gradescope", "submission_7", "", "submission_7/", "x", None, False, ""))
    write_feedback(course, TINY, "gradescope", ["ann", "ben"], shared, tmp_path / "f.zip")
    names = zipfile.ZipFile(tmp_path / "f.zip").namelist()
    assert names == ["submission_7/tiny.html", "submission_7/tiny-ben.html"]


def test_command_asks_for_the_platforms_table(course):
    done = CliRunner().invoke(main, ["export", "tiny", "--format", "canvas", "--course", str(course.root)])
    assert done.exit_code == 2 and "--into: Grades, Export" in " ".join(done.output.split())
    done = CliRunner().invoke(main, ["export", "tiny", "--course", str(course.root)])
    path = course.grading / "export" / f"{TINY}.csv"
    assert done.exit_code == 0 and lines(path.read_bytes())["ann"]["score"] == "9"


def test_lateness_that_only_the_platform_knows(tmp_path):
    known = Record(tmp_path / "record.json")
    known.add(Origin("ann", "canvas", "1", "1", "x_", "x", None, True, ""))
    row = scores.Row(scores.Student("ann"))
    assert export.lateness(row, known) == "marked late by Canvas"
