"""Archives as platforms make them, into the folders of the students: each file finds its owner, is asked about, or is kept."""

import io
import json
import shutil
import stat
import zipfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from autograder.classroom.roster import Student
from autograder.cli import main
from autograder.intake.submitted import Submission
from autograder.platforms import archives, people
from autograder.platforms.collect import collect
from autograder.platforms.naming import Claim, Person, claim, surroundings
from autograder.platforms.people import Directory
from autograder.tests.courses import RIGHT, TINY, add_tiny_lesson, as_bytes, command, notebook, tiny_course

BERLIN = ZoneInfo("Europe/Berlin")
ROSTER = [
    Student("ann", "Ann", "Lee", "ann@uni.example", "4711"),
    Student("zoe", "Zoë", "Müller-Lüdenscheidt", "zoe@uni.example", "4712"),
    Student("jd1", "Jane", "Doe", "jane.doe@uni.example", None),
    Student("jd2", "Jane", "Doe", "jane.d@uni.example", None),
    Student("山田", "太郎", "山田", None, None),
]
BODY = {name: f"{name}'s own work" for name in ("ann", "zoe", "jd1", "old", "new", "other")}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return tiny_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(autouse=True)
def fresh_grading(template):
    """Nothing that a test has collected is there for the next one."""
    shutil.rmtree(template.grading / "submitted", ignore_errors=True)
    shutil.rmtree(template.grading / "collected", ignore_errors=True)


def work(course, who, lesson=TINY):
    """A notebook of a lesson that says whose it is."""
    return as_bytes(notebook(course, lesson, RIGHT, after=f"# {BODY.get(who, who)}"))


def zipped(path: Path, files: dict[str, bytes], *, when=(2026, 11, 19, 8, 0, 0)) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, when), data)
    return path


def as_zip(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def run(course, *paths, roster=ROSTER, answers=None, zone=BERLIN):
    return collect(course, TINY, paths, Directory(roster, answers or {}), zone)


def submitted(course):
    """By student: the notebook that would be graded, and when it was handed in."""
    top = course.grading / "submitted"
    found = {}
    for folder in sorted(top.iterdir()) if top.exists() else []:
        one = Submission(course, TINY, folder.name)
        found[folder.name] = one.notebook(), one.handed_in()
    return found


def kept(course, kind):
    top = course.grading / "collected" / TINY / kind
    return sorted(str(path.relative_to(top)) for path in top.rglob("*") if path.is_file())


def said(outcome, words):
    return [line for line in outcome.lines if words in line]


def test_canvas(template, tmp_path):
    ann, zoe, other = (work(template, who) for who in ("ann", "zoe", "other"))
    path = zipped(
        tmp_path / "submissions.zip",
        {
            "leeann_4711_80001_tiny.ipynb": work(template, "old"),
            "leeann_4711_80005_tiny-1.ipynb": ann,
            "leeann_4711_80006_plot.png": b"\x89PNG",
            "müllerlüdenscheidtzoë_LATE_4712_80002_my_work_2.zip": as_zip(
                {"work/.ipynb_checkpoints/t.ipynb": b"", "work/TINY.IPYNB": zoe}
            ),
            "doejane_4713_80003_tiny.ipynb": other,
        },
    )
    outcome = run(template, path)
    assert submitted(template) == {"ann": (ann, None), "zoe": (zoe, None)}
    assert outcome.placed == ["ann", "zoe"] and said(outcome, "Canvas's number 4711 is ann's on the roster")
    assert said(outcome, "one of 2 notebooks: the newest of this lesson")
    (late,) = said(outcome, "zoe ←")
    assert "marked late, and nobody says by how much" in late
    assert kept(template, "older") == ["ann/leeann_4711_80001_tiny.ipynb"]
    assert kept(template, "unplaced") == [
        "doejane_4713_80003_tiny.ipynb"
    ]  # two of that name: a person is asked
    assert "jd1 and jd2 on the roster both have the name doejane" in outcome.question.read_text("utf-8-sig")


def test_moodle_and_its_groups_and_namesakes(template, tmp_path):
    ann, zoe, jane, team = (work(template, who) for who in ("ann", "zoe", "jd1", "other"))
    path = zipped(
        tmp_path / "Course-Tiny-9.zip",
        {
            "Ann Lee_1001_assignsubmission_file_/tiny.ipynb": ann,
            "Ann Lee_1001_assignsubmission_onlinetext_/onlinetext.html": b"<p>see file</p>",
            "Group B-Zoë Müller-Lüdenscheidt_1002_assignsubmission_file_/deep/deeper/tiny (1).ipynb": zoe,
            "Jane Doe_1003_assignsubmission_file_/tiny.ipynb": jane,
            "Jane Doe_1004_assignsubmission_file_tiny.ipynb": jane,
            "Team 7_1005_assignsubmission_file_/tiny.ipynb": team,
        },
    )
    outcome = run(template, path)
    assert submitted(template) == {"ann": (ann, None), "zoe": (zoe, None)}
    asked = people.read_sheet(outcome.question)
    assert [asked.cell(row, "key") for row in asked.rows] == ["Jane Doe (1003)", "Jane Doe (1004)", "Team 7"]

    filled = {"Jane Doe (1003)": "jd1", "Jane Doe (1004)": "-", "Team 7": "jd2; 山田"}
    for row in asked.rows:
        asked.put(row, "student", filled[asked.cell(row, "key")])
    (tmp_path / "filled.csv").write_bytes(asked.encoded())
    again = run(template, path, answers=people.answers_in(tmp_path / "filled.csv"))
    assert submitted(template) == {
        "ann": (ann, None), "zoe": (zoe, None), "jd1": (jane, None), "jd2": (team, None), "山田": (team, None),
    }  # fmt: skip
    assert again.question is None and again.as_before == ["ann", "zoe"]
    assert kept(template, "unplaced") == ["Jane Doe_1004_assignsubmission_file_tiny.ipynb"]
    assert said(again, "you said to leave it out")


def test_blackboard(template, tmp_path):
    first, second = work(template, "old"), work(template, "new")
    start, later = ("Tiny_x_ann_attempt_2026-11-18-23-30-00", "Tiny_x_ann_attempt_2026-11-20-08-00-00")
    receipt = (
        "Name: Zoë M. (z_oe)\nAssignment: Tiny_x\nDate Submitted: Wednesday\n\nName: Somebody Else (ann)\n"
    )
    path = zipped(
        tmp_path / "gradebook.zip",
        {
            f"{later}_tiny.ipynb": second,
            f"{start}_tiny.ipynb": first,
            f"{start}.txt": b"Name: Ann Lee (ann)\nAssignment: Tiny_x\n",
            "Tiny_x_z_oe_attempt_2026-11-18-23-30-00_tiny.ipynb": first,
            "Tiny_x_z_oe_attempt_2026-11-18-23-30-00.txt": receipt.encode(),
        },
    )
    outcome = run(template, path, roster=[*ROSTER, Student("z_oe")])
    assert submitted(template) == {
        "ann": (second, datetime(2026, 11, 20, 7)),
        "z_oe": (first, datetime(2026, 11, 18, 22, 30)),
    }
    assert said(outcome, "an older submission of ann: not used")
    assert len([name for name in kept(template, "older") if name.endswith(".ipynb")]) == 1


def test_brightspace(template, tmp_path):
    first, second = work(template, "old"), work(template, "new")
    path = zipped(
        tmp_path / "Tiny Download.zip",
        {
            "index.html": b"<html>",
            "4711-9 - Ann Lee - Nov 18, 2026 1130 PM/tiny.ipynb": first,
            "4711-9 - Ann Lee - Nov 19, 2026 905 AM/tiny.ipynb": second,
            "5000-9 - Zoë Müller-Lüdenscheidt- Nov 18, 2026 1130 PM - tiny.ipynb": first,
        },
    )
    outcome = run(template, path, roster=[ROSTER[0], Student("zoe", "Zoë", "Müller-Lüdenscheidt")])
    assert submitted(template) == {
        "ann": (second, datetime(2026, 11, 19, 8, 5)),
        "zoe": (first, datetime(2026, 11, 18, 22, 30)),
    }
    assert not outcome.question


def test_gradescope_with_a_group(template, tmp_path):
    ours, zoe = work(template, "other"), work(template, "zoe")
    listed = """---
submission_77:
  :submitters:
  - :name: Ann Lee
    :sid: ann
    :email: ann@uni.example
  - :name: Jane Doe
    :sid:
    :email: Jane.Doe@uni.example
  :created_at: 2026-11-18 22:30:00.123456000 Z
submission_78:
  :submitters:
  - :name: Zoe
    :sid: '0012'
    :email: zoe@uni.example
  :created_at: 2026-11-18 23:30:00 +01:00
submission_79: *nothing
"""
    files = {
        "assignment_5_export/submission_metadata.yml": listed.replace(
            "submission_79: *nothing\n", ""
        ).encode(),
        "assignment_5_export/submission_77/tiny.ipynb": ours,
        "assignment_5_export/submission_78/tiny.ipynb": zoe,
    }
    outcome = run(template, zipped(tmp_path / "export.zip", files))
    found = submitted(template)
    assert {student: data for student, (data, _) in found.items()} == {"ann": ours, "jd1": ours, "zoe": zoe}
    assert found["ann"][1].replace(microsecond=0) == found["zoe"][1] == datetime(2026, 11, 18, 22, 30)
    assert len(said(outcome, "handed in by 2 together")) == 2
    broken = files | {"assignment_5_export/submission_metadata.yml": listed.encode()}
    outcome = run(template, zipped(tmp_path / "broken.zip", broken), roster=[])
    assert said(outcome, "submission_metadata.yml is damaged")
    assert outcome.question and not outcome.placed  # nobody says whose it is, so somebody is asked


@pytest.mark.parametrize(
    "files, roster, placed, asked",
    [
        ({"ann/tiny.ipynb": "ann", "bob/tiny.ipynb": "other"}, [], {"ann": "ann", "bob": "other"}, []),
        ({"hw/ann/tiny.ipynb": "ann", "hw/bob/x/tiny.ipynb": "other"}, [], {"ann": "ann", "bob": "other"}, []),
        ({f"submitted/ann/{TINY}/tiny.ipynb": "ann"}, [], {"ann": "ann"}, []),
        ({"week/ann/tiny.ipynb": "ann"}, [], {}, ["week/ann"]),
        ({"week/ann/tiny.ipynb": "ann"}, ROSTER, {"ann": "ann"}, []),
        ({"a/ann/tiny.ipynb": "ann", "a/bob/tiny.ipynb": "other", "b/cy/tiny.ipynb": "new"}, [], {"b": "new"}, ["a/ann", "a/bob"]),
        ({"ann/tiny.ipynb": "ann", "bob/tiny.ipynb": "other"}, ROSTER, {"ann": "ann"}, ["bob"]),
        ({"Lee, Ann/tiny.ipynb": "ann", "x/tiny.ipynb": "other"}, ROSTER, {"ann": "ann"}, ["x"]),
        ({"tiny_ann.ipynb": "ann", "tiny_bob.ipynb": "other"}, ROSTER, {"ann": "ann"}, ["tiny_bob.ipynb"]),
        ({"tiny_ann.ipynb": "ann"}, [], {}, ["tiny_ann.ipynb"]),
        ({"=cmd/tiny.ipynb": "ann", "bob/tiny.ipynb": "new"}, [], {"bob": "new"}, ["=cmd"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [True, False])
def test_plain_archives(template, tmp_path, files, roster, placed, asked, packed):
    contents = {name: work(template, who) for name, who in files.items()}
    if packed:
        path = zipped(tmp_path / "all.zip", contents)
    else:
        path = tmp_path / "all"
        for name, data in contents.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
    outcome = run(template, path, roster=roster)
    assert {student: data for student, (data, _) in submitted(template).items()} == {
        student: work(template, who) for student, who in placed.items()
    }
    sheet = people.read_sheet(outcome.question) if outcome.question else None
    assert (
        [people.undefused(sheet.cell(row, "key")) for row in sheet.rows] == asked if asked else sheet is None
    )
    assert len(kept(template, "unplaced")) == len(asked)


def test_folder_that_holds_the_platforms_zip(template, tmp_path, monkeypatch):
    """It may be larger than any notebook: it is not read as one."""
    monkeypatch.setattr(archives, "contents", lambda path: pytest.fail(f"{path} was read whole"))
    ann = work(template, "ann")
    zipped(tmp_path / "submissions.zip", {"leeann_4711_80005_tiny.ipynb": ann})
    (tmp_path / "desktop.ini").write_text("x")
    run(template, tmp_path)
    assert submitted(template) == {"ann": (ann, None)}


def test_of_several_notebooks_the_lessons_counts(template, tmp_path):
    add_tiny_lesson(template.root, "91_other", "") if "91_other" not in template.lessons else None
    course = type(template)(template.root)
    right, wrong = work(course, "ann"), work(course, "ann", "91_other")
    folder = "Ann Lee_1001_assignsubmission_file_"
    path = zipped(
        tmp_path / "a.zip",
        {f"{folder}/a.ipynb": wrong, f"{folder}/b.ipynb": right, f"{folder}/c.ipynb": b"{"},
    )
    outcome = run(course, path)
    assert submitted(course)["ann"][0] == right and said(outcome, "the only one of this lesson")
    assert kept(course, "older") == [f"ann/{folder}/a.ipynb", f"ann/{folder}/c.ipynb"]
    alone = zipped(tmp_path / "b.zip", {"Zoë Müller-Lüdenscheidt_7_assignsubmission_file_/a.ipynb": wrong})
    assert said(run(course, alone), "it is the notebook of 91_other")


def test_who_hands_in_no_notebook_is_still_seen(template, tmp_path):
    path = zipped(
        tmp_path / "a.zip", {"leeann_4711_80005_work.7z": b"7z\xbc\xaf", "leeann_4711_80006_plot.png": b""}
    )
    outcome = run(template, path)
    folder = template.grading / "submitted" / "ann" / TINY
    assert [file.name for file in folder.iterdir()] == ["work.7z"]
    assert said(outcome, "no notebook, so nothing can be graded")


def test_resubmission_replaces_an_older_one_and_nothing_is_lost(template, tmp_path):
    def attempt(when, who):
        return zipped(tmp_path / f"{when}.zip", {f"Tiny_ann_attempt_{when}_tiny.ipynb": work(template, who)})

    run(template, attempt("2026-11-18-10-00-00", "old"))
    newer = run(template, attempt("2026-11-19-10-00-00", "new"))
    assert submitted(template)["ann"] == (work(template, "new"), datetime(2026, 11, 19, 9))
    assert said(newer, "in the place of an earlier one")
    assert kept(template, "older") == ["ann/before/timestamp.txt", "ann/before/tiny.ipynb"]
    late = run(template, attempt("2026-11-17-10-00-00", "other"))
    assert submitted(template)["ann"][0] == work(template, "new") and late.as_before == ["ann"]
    assert said(late, "older than what lies there") and len(kept(template, "older")) == 3
    assert run(template, attempt("2026-11-19-10-00-00", "new")).as_before == ["ann"]


def test_what_a_student_has_made_a_link_is_not_written_through(template, tmp_path):
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (template.grading / "submitted" / "ann").mkdir(parents=True)
    (template.grading / "submitted" / "ann" / TINY).symlink_to(outside)
    outcome = run(
        template, zipped(tmp_path / "a.zip", {"leeann_4711_80005_tiny.ipynb": work(template, "ann")})
    )
    assert (
        list(outside.iterdir()) == [] and outcome.aside == 1 and said(outcome, "is a link to another folder")
    )


def member(name, *, mode=stat.S_IFREG | 0o644):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


@pytest.mark.parametrize(
    "name, words",
    [
        ("../../evil_1_2_tiny.ipynb", "leads out of the archive"),
        ("x/../../evil_1_2_tiny.ipynb", "leads out of the archive"),
        ("/etc/evil_1_2_tiny.ipynb", "an absolute name"),
        ("C:\\evil_1_2_tiny.ipynb", "an absolute name"),
        ("..\\evil_1_2_tiny.ipynb", "leads out of the archive"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(template, tmp_path, name, words):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(member(name), work(template, "other"))
        archive.writestr(member("leeann_4711_80005_tiny.ipynb"), work(template, "ann"))
    before = sorted(tmp_path.rglob("*"))
    outcome = run(template, tmp_path / "a.zip")
    assert len(said(outcome, words)) == outcome.refused == 1 and list(submitted(template)) == ["ann"]
    assert sorted(tmp_path.rglob("*")) == before


def test_links_passwords_duplicates_and_bombs_get_a_sentence(template, tmp_path):
    ann = work(template, "ann")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(member("doe_4_5_tiny.ipynb", mode=stat.S_IFLNK | 0o777), "/etc/passwd")
        archive.writestr(member("leeann_4711_80005_tiny.ipynb"), ann)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(member("leeann_4711_80005_tiny.ipynb"), work(template, "other"))
        archive.writestr(
            "müllerlüdenscheidtzoë_4712_80009_bomb.ipynb", bytes(archives.MAX_BYTES + 1), zipfile.ZIP_DEFLATED
        )
        archive.writestr(member("x_6_7_locked.ipynb"), b"secret")
    data = (tmp_path / "a.zip").read_bytes()
    place = data.rindex(b"x_6_7_locked.ipynb") - 46 + 8  # its flags in the central directory
    (tmp_path / "a.zip").write_bytes(data[:place] + bytes([data[place] | 1]) + data[place + 1 :])
    outcome = run(template, tmp_path / "a.zip")
    for words in (
        "is a link",
        "stands in the archive twice",
        "zoe: has 50 MB, more than",
        "locked with a password",
    ):
        assert said(outcome, words), (words, outcome.lines)
    assert submitted(template) == {"ann": (ann, None)}


def test_damaged_members_are_named_and_the_rest_goes_on(template, tmp_path):
    path = zipped(
        tmp_path / "a.zip",
        {"leeann_4711_80005_tiny.ipynb": work(template, "ann"), "doe_4712_80006_t.ipynb": b"x" * 999},
    )
    data = bytearray(path.read_bytes())
    place = data.index(b"leeann_4711_80005_tiny.ipynb") + len("leeann_4711_80005_tiny.ipynb") + 40
    data[place : place + 8] = b"\xff" * 8
    path.write_bytes(data)
    outcome = run(template, path)
    assert said(outcome, "ann: is damaged in the zip file") and outcome.placed == ["zoe"]


def test_zip_files_in_zip_files_end(template, tmp_path, monkeypatch):
    data = work(template, "ann")
    for _ in range(archives.DEEPEST + 1):
        data = as_zip({"x.zip": data})
    outcome = run(template, zipped(tmp_path / "a.zip", {"leeann_4711_80005_x.zip": data}))
    assert said(outcome, "is a zip file inside 3 others")
    monkeypatch.setattr(archives, "MOST_BYTES_INSIDE", 10)
    outcome = run(
        template, zipped(tmp_path / "b.zip", {"leeann_4711_80005_x.zip": as_zip({"t.ipynb": data})})
    )
    assert said(outcome, "perhaps made to fill a disk")


@pytest.mark.parametrize(
    "data, words",
    [
        (None, "does not exist"),
        (b"Rar!", "is no zip file, no folder and no notebook"),
        (b"PK\5\6" + bytes(5), "zip"),
    ],
)
def test_what_is_no_archive_is_said(template, tmp_path, data, words):
    if data is not None:
        (tmp_path / "a.zip").write_bytes(data)
    done = CliRunner().invoke(
        main, ["collect", "tiny", str(tmp_path / "a.zip"), "--course", str(template.root)]
    )
    assert (
        done.exit_code == 2
        and words in " ".join(done.output.split())
        and "Nothing was collected" in done.output
    )


def test_broken_archive_stops_before_anything_is_placed(template, tmp_path):
    good = zipped(tmp_path / "a.zip", {"leeann_4711_80005_tiny.ipynb": work(template, "ann")})
    with pytest.raises(people.CourseError, match="Nothing was collected"):
        run(template, good, tmp_path / "missing.zip")
    assert submitted(template) == {}


def test_command_asks_and_remembers(template, tmp_path):
    path = zipped(
        tmp_path / "a.zip",
        {"leeann_4711_80005_tiny.ipynb": work(template, "ann"), "\x1b[2Jx_1_2_t.ipynb": b"{}"},
    )
    words = ["collect", "90", str(path), "--course", str(template.root)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1 and "0 placed" in done.output and "\x1b" not in done.output
    table = template.grading / "collected" / TINY / "names.csv"
    sheet = people.read_sheet(table)
    assert [sheet.cell(row, "student") for row in sheet.rows] == [
        "leeann",
        "",
    ]  # a proposal, for a human to confirm
    sheet.put(sheet.rows[1], "student", "-")
    table.write_bytes(sheet.encoded())
    done = CliRunner().invoke(main, [*words, "--names", str(table)])
    assert list(submitted(template)) == ["leeann"] and "as you have said" in done.output, done.output
    again = CliRunner().invoke(main, words)
    assert "1 as before" in again.output and "Fill in" not in again.output
    record = json.loads((template.grading / "collected" / TINY / "record.json").read_bytes())
    assert [(one["student"], one["number"], one["prefix"]) for one in record] == [
        ("leeann", "4711", "leeann_4711_80005_")
    ]


def test_answers_that_cannot_be_are_said(tmp_path):
    (tmp_path / "a.csv").write_text("platform,key,student\ncanvas,1,../x\n")
    with pytest.raises(people.CourseError, match=r"'\.\./x' cannot be a student's id"):
        people.answers_in(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text("name\nx\n")
    with pytest.raises(people.CourseError, match="has no column key, platform, student"):
        people.answers_in(tmp_path / "b.csv")


def test_person_of_two_marks_is_asked_about():
    directory = Directory([Student("ann"), Student("bob", email="b@x.example")], {})
    found = directory.find(Person("gradescope", "ann", "B", login="ann", email="B@x.example"))
    assert found.students == () and "both fit" in found.why


def test_stock_zip_collect_finds_the_students(template, tmp_path):
    """nbgrader's own command, with the pattern in nbgrader_config.py."""
    ann = work(template, "ann")
    archive = template.grading / "downloaded" / TINY / "archive"
    archive.mkdir(parents=True)
    zipped(
        archive / "canvas.zip",
        {"leeann_LATE_4711_80005_tiny.ipynb": ann, "roeric_4713_80006_tiny-1.ipynb": ann},
    )
    zipped(archive / "moodle.zip", {"Zoë Müller_1002_assignsubmission_file_/tiny.ipynb": ann})
    zipped(archive / "blackboard.zip", {"Tiny_x_jdoe_attempt_2026-11-18-23-30-00_tiny.ipynb": ann})
    zipped(
        archive / "plain.zip", {"bob/tiny.ipynb": ann, f"cy/{TINY}/tiny.ipynb": ann, "dan/TINY.IPYNB": ann}
    )
    done = command(template, "nbgrader", "zip_collect", TINY)
    assert done.returncode == 0 and "7 files collected" in done.stderr, done.stderr
    assert {student: data for student, (data, _) in submitted(template).items()} == dict.fromkeys(
        ["leeann", "roeric", "Zoë Müller", "jdoe", "bob", "cy", "dan"], ann
    )


WHOLE = as_zip(
    {
        "leeann_4711_80005_tiny.ipynb": b"{}",
        "x_1_2_inner.zip": as_zip({"a/b.ipynb": b"{}"}),
        "assignment_5_export/submission_metadata.yml": b"submission_1:\n  :submitters:\n  - :sid: a\n",
        "T_ann_attempt_2026-11-18-23-30-00.txt": b"Name: Ann (ann)\n",
    }
)


@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=12), st.integers(0, 40)
)
def test_any_damage_is_a_sentence(tmp_path_factory, changes, cut):
    """Whatever bytes of an archive are wrong, reading it ends, with files or with words."""
    data = bytearray(WHOLE)
    for place, value in changes:
        data[place] = value
    path = tmp_path_factory.getbasetemp() / "damaged.zip"
    path.write_bytes(data[: len(data) - cut])
    try:
        found = list(archives.files_in(path))
        items = [one for one in found if isinstance(one, archives.Item)]
        around = surroundings(items, BERLIN)
        assert all(isinstance(claim(item, around), Claim | None) for item in items)
        for item in items:
            assert len(item.read()) <= archives.MAX_BYTES
    except archives.UnusableArchive as error:
        assert str(error)
