"""What can lie in a submission folder, and what a folder can be called: each gets a sentence, and nobody else is hurt."""

import errno
import json
import os
import re
import socket
import stat
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.classroom import batch, terminal
from autograder.classroom.grade import Settings
from autograder.cli import main
from autograder.intake import submitted
from autograder.intake.notebook import UnreadableNotebook
from autograder.tests.courses import (
    RIGHT,
    TINY,
    as_bytes,
    command,
    gradebook,
    hand_in,
    notebook,
    tiny_course,
)

ALL = {"row_sums": 1.0, "double": 3.0, "double_sums": 2.0}
SECRET = "what only the instructor knows"
OF_THE_SOLUTION = "Twice a sum is the sum of the doubles."  # stands in the solution, and in nobody's work
LINK, ELSEWHERE = "tiny.ipynb is a link to another file", "90_tiny is a link to another folder"


class Desk:
    """Where one student's things are put, and what is around it."""

    def __init__(self, course, student, outside):
        self.solution = course.lessons[TINY].solution_path
        self.student = course.grading / "submitted" / student
        self.lesson = self.student / TINY
        self.notebook = self.lesson / "tiny.ipynb"
        self.outside = outside
        self.right = as_bytes(notebook(course, TINY, RIGHT))

    def hand_in(self, name="tiny.ipynb"):
        self.lesson.mkdir(parents=True, exist_ok=True)
        (self.lesson / name).write_bytes(self.right)

    def link(self, name, target):
        self.lesson.mkdir(parents=True, exist_ok=True)
        os.symlink(target, os.fsencode(self.lesson) + b"/" + os.fsencode(name))

    def fifo(self, name="tiny.ipynb"):
        self.lesson.mkdir(parents=True, exist_ok=True)
        os.mkfifo(self.lesson / name)


def linked_amid_odd_links(desk):
    desk.link("tiny.ipynb", desk.outside / "secret.ipynb")
    for number in range(14):
        desk.link(b"odd\xff\n" + bytes([65 + number]), b"/\xfe\xff\n" + bytes([65 + number]))


def bound_socket(desk):
    desk.lesson.mkdir(parents=True)
    before = os.getcwd()
    os.chdir(desk.lesson)  # the address of a socket may have 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("tiny.ipynb")
    finally:
        os.chdir(before)


def device(desk):
    desk.lesson.mkdir(parents=True)
    try:
        os.mknod(desk.notebook, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero, which never ends
    except PermissionError:  # only root may
        os.symlink("/dev/zero", desk.notebook)


def enormous(desk):
    desk.lesson.mkdir(parents=True)
    with open(desk.notebook, "wb") as file:
        file.truncate(1_500_000_000)


def lesson_link(target):
    def make(desk):
        desk.student.mkdir(parents=True)
        os.symlink(target(desk), desk.lesson)

    return make


def student_link(target):
    def make(desk):
        os.symlink(target(desk), desk.student)

    return make


def hard_link(desk):
    desk.lesson.mkdir(parents=True)
    os.link(desk.solution, desk.notebook)


def folder_as_notebook(desk):
    desk.notebook.mkdir(parents=True)


def file_for_a_folder(desk):
    desk.student.mkdir(parents=True)
    desk.lesson.write_bytes(desk.right)


def script_alone(desk):
    desk.lesson.mkdir(parents=True)
    (desk.lesson / "tiny.py").write_text(RIGHT["double"])


def folder_alone(desk):
    (desk.lesson / ".ipynb").mkdir(parents=True)


def empty_folder(desk):
    desk.lesson.mkdir(parents=True)


def folder_too_deep(desk):
    (desk.lesson / TINY).mkdir(parents=True)
    (desk.lesson / TINY / "tiny.ipynb").write_bytes(desk.right)


def zip_alone(desk):
    desk.lesson.mkdir(parents=True)
    (desk.lesson / "tiny.zip").write_bytes(b"PK\3\4")


def two_of_another_lesson(desk):
    desk.lesson.mkdir(parents=True)
    for name in ("one.ipynb", "two.ipynb"):
        (desk.lesson / name).write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')


REFUSED = {  # what is handed in, and what is said
    "linked_notebook": (lambda d: d.link("tiny.ipynb", d.outside / "secret.ipynb"), LINK),
    "linked_solution": (lambda d: d.link("tiny.ipynb", os.path.relpath(d.solution, d.lesson)), LINK),
    "dangling_link": (lambda d: d.link("tiny.ipynb", "/nowhere"), LINK),
    "link_in_a_circle": (lambda d: d.link("tiny.ipynb", "tiny.ipynb"), LINK),
    "linked_amid_odd_links": (linked_amid_odd_links, LINK),
    "linked_by_another_name": (lambda d: d.link("my work.ipynb", d.outside / "secret.ipynb"), "my work.ipynb is a link"),
    "lesson_is_the_solution": (lesson_link(lambda d: os.path.relpath(d.solution.parent, d.student)), ELSEWHERE),
    "lesson_is_a_neighbours": (lesson_link(lambda d: f"../neighbour/{TINY}"), ELSEWHERE),
    "lesson_leads_nowhere": (lesson_link(lambda d: "/nowhere"), ELSEWHERE),
    "lesson_in_a_circle": (lesson_link(lambda d: TINY), ELSEWHERE),
    "student_is_a_neighbour": (student_link(lambda d: "neighbour"), "student_is_a_neighbour is a link"),
    "student_leads_nowhere": (student_link(lambda d: "/nowhere"), "student_leads_nowhere is a link"),
    "student_in_a_circle": (student_link(lambda d: "student_in_a_circle"), "student_in_a_circle is a link"),
    "pipe": (lambda d: d.fifo(), "tiny.ipynb is a named pipe"),
    "socket": (bound_socket, "tiny.ipynb is a socket"),
    "device": (device, "tiny.ipynb is a (device|link)"),
    "folder_as_notebook": (folder_as_notebook, "tiny.ipynb is a folder"),
    "folder_called_ipynb": (folder_alone, "There is no notebook"),
    "file_as_lesson": (file_for_a_folder, "90_tiny is a file"),
    "hard_link": (hard_link, "tiny.ipynb is the same file as one outside this folder"),
    "enormous": (enormous, "The file has 1500 MB, more than the 50 MB"),
    "no_notebook": (script_alone, "There is no notebook"),
    "empty": (empty_folder, "in the folder: it is empty. Ask for it"),
    "folder_too_deep": (folder_too_deep, "only 90_tiny. .*`autograder collect` gets it out"),
    "zip_alone": (zip_alone, "only tiny.zip. .*`autograder collect` gets it out"),
    "two_of_another_lesson": (two_of_another_lesson, "holds 2 notebooks, none of them of 90_tiny"),
}  # fmt: skip


def beside(make):
    def both(desk):
        desk.hand_in()
        make(desk)

    return both


def hard_link_inside(desk):
    desk.hand_in()
    os.link(desk.notebook, desk.lesson / "copy.ipynb")


def right_beside_a_link(desk):
    desk.link("a.ipynb", desk.outside / "secret.ipynb")
    desk.hand_in("my own.ipynb")


GRADED = {  # a right notebook, and what lies beside it
    "neighbour": lambda d: d.hand_in(),
    "list_of_links_is_a_link": beside(lambda d: d.link("refused_links.txt", d.outside / "mine.txt")),
    "list_of_links_is_a_pipe": beside(lambda d: d.fifo("refused_links.txt")),
    "linked_data": beside(lambda d: d.link("data.csv", d.outside / "mine.txt")),
    "linked_helpers": beside(lambda d: d.link("helpers.py", d.outside / "mine.txt")),
    "linked_folder": beside(lambda d: d.link("more", d.outside)),
    "pipe_beside": beside(lambda d: d.fifo("data.csv")),
    "odd_names_beside": beside(lambda d: d.link(b"odd\xff\n\x1b[2J", b"\xfe\xff")),
    "hard_link_inside": hard_link_inside,
    "name_in_capitals": lambda d: d.hand_in("TINY.IPYNB"),
    "right_beside_a_link": right_beside_a_link,
    "stamp_is_a_link": beside(lambda d: d.link("timestamp.txt", d.outside / "mine.txt")),
    "stamp_is_a_pipe": beside(lambda d: d.fifo("timestamp.txt")),
    "stamp_is_nonsense": beside(lambda d: (d.lesson / "timestamp.txt").write_text("when I was ready")),
    "stamp_with_an_offset": beside(lambda d: (d.lesson / "timestamp.txt").write_text("2026-01-11 13:00:00 +0100")),
    "stamp_is_right": beside(lambda d: (d.lesson / "timestamp.txt").write_text("2026-01-11 12:00:00 UTC")),
}  # fmt: skip
IDS = [
    "Zoë", unicodedata.normalize("NFD", "Zoë Åström"), "山田太郎", "अनन्या", "Ann Lee", "O'Brien", "j.r.smith", "12345",
    "a.b+c@uni.example", "_test", "x" * 128,
]  # fmt: skip
SETS_THE_TITLE = "\x1b]0;title\x07"
NO_IDS = [
    SETS_THE_TITLE,
    "<img src=x onerror=alert(1)>", "a&b", '"quoted"', "a,b", "=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "ann\nbob",
    "\x1b[2Jann", "ann\x07", "[red]x", "*", "a?", "..x", ".hidden", " ann", "ann ", "x" * 129, "a\u202eb", "a\u200bb",
    os.fsdecode(b"ann\xff"), "{student_id}", "a\\b", "a|b", "$(id)", "`id`",
]  # fmt: skip


def state(folder: Path) -> dict[str, tuple]:
    """Everything about a tree but the times of access; links are not followed."""
    found = {}
    for place, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = os.path.join(place, name)
            about = os.lstat(path)
            kind = stat.S_IFMT(about.st_mode)
            content = os.readlink(path) if kind == stat.S_IFLNK else None
            if kind == stat.S_IFREG and about.st_size < 1_000_000:
                content = Path(path).read_bytes()
            found[path] = (about.st_mode, about.st_size, about.st_mtime_ns, about.st_nlink, content)
    return found


def matches(words: str, message: str) -> bool:
    return re.search(words, message) is not None


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """One class with all of it, graded by `autograder grade`'s engine and by stock `nbgrader autograde`."""
    course = tiny_course(tmp_path_factory.mktemp("school"), gradebook=True)
    outside = tmp_path_factory.mktemp("instructor")
    (outside / "secret.ipynb").write_bytes(as_bytes(notebook(course, TINY, RIGHT | {"in_words": SECRET})))
    (outside / "mine.txt").write_text(SECRET)
    disk = tmp_path_factory.mktemp("other_disk")
    course.grading.mkdir(exist_ok=True)
    (course.grading / "submitted").symlink_to(disk)  # the instructor's own link, which is allowed
    for student, make in {**GRADED, **{name: make for name, (make, _) in REFUSED.items()}}.items():
        make(Desk(course, student, outside))
    for student in [*IDS, *NO_IDS]:
        file = (
            "tiny.py" if student == SETS_THE_TITLE else "tiny.ipynb"
        )  # without a notebook, nbgrader warns by itself
        hand_in(course, TINY, student, as_bytes(notebook(course, TINY, RIGHT)), file)
    (disk / "readme.txt").write_text("not a student")
    (disk / "only another lesson" / "06_elsewhere").mkdir(parents=True)
    before = [state(folder) for folder in (disk, outside, course.root / "solutions")]
    with batch.executor(2, None) as executor:
        results = batch.grade_all(course, TINY, executor, Settings(least_isolation="weak"))
    done = command(course, "nbgrader", "autograde", TINY, "--Judge.least_isolation=weak")
    after = [state(folder) for folder in (disk, outside, course.root / "solutions")]
    return course, results, done, before == after


def test_nothing_was_written_where_learners_or_instructors_keep_their_files(school):
    course, _, _, unchanged = school
    assert unchanged
    assert not list(course.grading.glob("opened_*"))


def test_everybody_has_a_line_in_the_table(school, capsys):
    _, results, _, _ = school
    by_student = {result.student: result for result in results}
    assert len(by_student) == len(GRADED) + len(REFUSED) + len(IDS) + len(NO_IDS)
    for student in [*GRADED, *IDS]:
        assert (by_student[student].score, by_student[student].verdict) == (6.0, "pass"), by_student[student]
    terminal.show_class(TINY, results)
    table = capsys.readouterr().out
    assert not [c for c in table if not (c.isprintable() or c == "\n")]
    assert "[red]x" in table and "<img src=x" in table


@pytest.mark.parametrize("student", REFUSED)
def test_what_is_refused_is_said(school, student):
    course, results, _, _ = school
    result = next(result for result in results if result.student == student)
    assert result.score is None and result.exercises == []
    assert matches(REFUSED[student][1], result.message)
    assert gradebook(course, TINY)[student] == {name: (None, True) for name in ALL}
    with Gradebook(f"sqlite:///{course.grading / 'gradebook.db'}", "why-wont-it-learn") as book:
        comments = [c.auto_comment for c in book.find_submission_notebook("tiny", TINY, student).comments]
    assert [matches(REFUSED[student][1], comment or "") for comment in comments].count(True) == 1


def test_nbgrader_grades_everybody_else(school):
    course, _, done, _ = school
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    assert "title/90_tiny" in done.stderr  # nbgrader names the folder
    assert not [c for c in done.stdout + done.stderr if not (c.isprintable() or c in "\n\t")]
    grades = gradebook(course, TINY)
    for student in [*GRADED, *IDS]:
        assert grades[student] == {name: (score, False) for name, score in ALL.items()}
    assert set(grades) == {*GRADED, *REFUSED, *IDS}


@pytest.mark.parametrize("name", NO_IDS, ids=ascii)
def test_name_that_is_no_id_reaches_neither_gradebook_nor_terminal(school, name):
    course, results, done, _ = school
    quoted = submitted.Submission(course, TINY, name).student
    assert quoted.isprintable() and quoted != name
    (result,) = [result for result in results if result.student == quoted]
    assert result.score is None and "The folder's name cannot be a student's id: it" in result.message
    with Gradebook(f"sqlite:///{course.grading / 'gradebook.db'}", "why-wont-it-learn") as book:
        assert not {name, quoted} & {student.id for student in book.students}
    assert f"{quoted} is not graded. {result.message}" in done.stderr


def test_nothing_but_notebooks_and_stamps_goes_further(school):
    course = school[0]
    tree = state(course.grading / "autograded")
    assert {Path(path).name for path, about in tree.items() if not stat.S_ISDIR(about[0])} == {
        "tiny.ipynb", "helpers.py", "timestamp.txt",
    }  # fmt: skip
    assert not any(stat.S_ISLNK(about[0]) for about in tree.values())
    contents = b"\n".join(about[4] for about in tree.values() if about[4])
    assert SECRET.encode() not in contents and OF_THE_SOLUTION.encode() not in contents
    assert SECRET not in school[2].stderr


def test_time_stamp_is_used_or_missed_aloud(school):
    course = school[0]

    def notes(student):
        path = course.grading / "autograded" / student / TINY / "tiny.ipynb"
        return " ".join(json.loads(path.read_text())["metadata"]["course_result"]["notes"])

    for student in ("stamp_is_a_link", "stamp_is_a_pipe", "stamp_is_nonsense"):
        assert "When this was handed in is not known" in notes(student)
    assert "When this" not in notes("stamp_is_right")
    with Gradebook(f"sqlite:///{course.grading / 'gradebook.db'}", "why-wont-it-learn") as book:
        assert str(book.find_submission(TINY, "stamp_is_right").timestamp) == "2026-01-11 12:00:00"
        assert str(book.find_submission(TINY, "stamp_with_an_offset").timestamp) == "2026-01-11 12:00:00"
        assert book.find_submission(TINY, "stamp_is_a_link").timestamp is None


def test_unreadable_time_stamps_and_strange_folders_are_named(school):
    course = school[0]
    words = list(batch.untimed(course, TINY))
    assert [line.partition(":")[0] for line in words] == [
        "stamp_is_a_link",
        "stamp_is_a_pipe",
        "stamp_is_nonsense",
    ]
    assert "'when I was ready' is no date and time. Write it like" in words[-1]
    assert "only another lesson/06_elsewhere" in submitted.strays(course)
    assert not [name for name in submitted.strays(course) if TINY in name]


def test_command_says_so_and_asks_for_a_human(tmp_path):
    """Also where nbgrader by itself would find nothing to do, or nobody whom it may know."""
    course = tiny_course(tmp_path / "course", gradebook=True)
    hand_in(course, TINY, "[red]x", b"")
    done = command(course, "autograder", "grade", TINY, "--course", str(course.root))
    assert done.returncode == 1 and "cannot be a student's id" in " ".join(done.stdout.split()), done.stderr
    hand_in(course, TINY, "script", b"x = 1\n", "tiny.py")
    done = command(course, "autograder", "grade", "--all", "--course", str(course.root))
    assert done.returncode == 1 and "[red]x" in done.stdout and "There is no" in done.stdout, done.stderr
    assert gradebook(course, TINY) == {"script": {name: (None, True) for name in ALL}}


# --- one's own file --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pipe", "folder_as_notebook", "linked_notebook", "device", "enormous"])
def test_check_refuses_what_is_no_file(tmp_path, kind):
    course = tiny_course(tmp_path / "course")
    (tmp_path / "secret.ipynb").write_bytes(as_bytes(notebook(course, TINY, RIGHT)))
    desk = Desk(course, "me", tmp_path)
    make, words = REFUSED[kind]
    make(desk)
    done = CliRunner().invoke(
        main, ["check", str(desk.notebook), "--course", str(course.root), "--json", "-"]
    )
    assert done.exit_code == 1
    (result,) = json.loads(done.stdout)
    assert result["score"] is None and matches(words, result["message"])


def test_name_of_a_checked_file_does_not_act(tmp_path):
    course = tiny_course(tmp_path / "course")
    path = tmp_path / "\x1b[2J[red]tiny.ipynb"
    path.write_bytes(b"")
    for arguments in ([str(path)], [str(path), f"{path}.missing"]):
        done = CliRunner().invoke(main, ["check", *arguments, "--course", str(course.root)])
        assert "\x1b" not in done.output and "[2J[red]tiny.ipynb" in done.output.replace("\n", "")


# --- the module by itself -------------------------------------------------------------------------------------------


def test_no_submissions_without_a_folder(tmp_path):
    assert submitted.submissions(tiny_course(tmp_path), TINY) == {}


def test_file_that_becomes_a_link_before_it_is_opened_is_refused(tmp_path, monkeypatch):
    """Between the look at a name and the opening of it anything may change."""
    course = tiny_course(tmp_path / "course")
    path = hand_in(course, TINY, "quick", as_bytes(notebook(course, TINY, RIGHT)))
    (tmp_path / "secret.ipynb").write_text(SECRET)
    opened = os.open

    def late(name, flags, *arguments, **more):
        if name == "tiny.ipynb":
            path.unlink()
            path.symlink_to(tmp_path / "secret.ipynb")
        return opened(name, flags, *arguments, **more)

    monkeypatch.setattr(os, "open", late)
    with pytest.raises(UnreadableNotebook, match="cannot be opened"):
        submitted.submissions(course, TINY)["quick"].notebook()


def test_file_that_becomes_a_pipe_does_not_hang(tmp_path, monkeypatch):
    course = tiny_course(tmp_path / "course")
    path = hand_in(course, TINY, "quick", as_bytes(notebook(course, TINY, RIGHT)))
    opened = os.open

    def late(name, flags, *arguments, **more):
        if name == "tiny.ipynb":
            path.unlink()
            os.mkfifo(path)
        return opened(name, flags, *arguments, **more)

    monkeypatch.setattr(os, "open", late)
    with pytest.raises(UnreadableNotebook, match="tiny.ipynb is a named pipe"):
        submitted.submissions(course, TINY)["quick"].notebook()


def test_closed_folder_is_said(tmp_path, monkeypatch):
    """To root nothing is closed, so the refusal is the test's own."""
    course = tiny_course(tmp_path / "course")
    hand_in(course, TINY, "closed", as_bytes(notebook(course, TINY, RIGHT)))
    opened = os.open

    def refuses(name, *arguments, **more):
        if name == TINY:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return opened(name, *arguments, **more)

    monkeypatch.setattr(os, "open", refuses)
    with pytest.raises(UnreadableNotebook, match="cannot be opened: Permission denied"):
        submitted.submissions(course, TINY)["closed"].notebook()
