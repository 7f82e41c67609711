"""What goes wrong without ill will: every fault has its verdict and its words, and the rest of the class its scores."""

import hashlib
import json
import os
import re
import shutil
import time
from dataclasses import dataclass

import nbformat
import pytest
from click.testing import CliRunner

from autograder.classroom import batch
from autograder.classroom.grade import Grader, JudgeProcess, Settings
from autograder.cli import main
from autograder.lesson.layout import Course
from autograder.sandbox.processes import Limits
from autograder.tests.catalogue import read_entry
from autograder.tests.courses import (
    RIGHT,
    TINY,
    TINY_CHECKS,
    add_tiny_lesson,
    as_bytes,
    cold_command,
    command,
    gradebook,
    hand_in,
    notebook,
    tiny_course,
)
from autograder.tests.material import COURSE, TESTS, answers

LIMITS = Limits(call_seconds=1.0, load_seconds=5.0, submission_seconds=20.0, memory=256 << 20)
ALL = {"row_sums": 1.0, "double": 3.0, "double_sums": 2.0}
NO_DOUBLE = {"row_sums": 1.0, "double": 0.0, "double_sums": 2.0}  # which is tried with our `double`

# Checks that fail by themselves when a learner's values are these; with all other values they hold.
TREACHEROUS_CHECKS = (
    TINY_CHECKS
    + '''

@exercise("double", weight=1)
def test_double_of_thirteen(learner):
    """Twice thirteen is twenty-six."""
    import os
    import numpy as np

    value = float(learner.double(np.array([13.0]))[0])
    if value == 1.0:
        os.kill(os.getpid(), 9)
    if value == 2.0:
        while True:
            pass
    if value == 3.0:
        raise OSError("the disk of the judge is full")
    if value == 4.0:
        raise SystemExit(0)
    expect(value == 26.0)
'''
)


def treacherous(value):
    """An answer that is right everywhere but for one input, where it sets off a fault of the judge's."""
    return {
        "double": f"def double(x):\n    return np.array([{value}]) if x[0] == 13 and len(x) == 1 else 2 * x"
    }


BROKEN_FILES = {  # checks, and what the message must say
    "70_syntax": ("def test_double(learner:\n", "SyntaxError"),
    "71_import": ("import no_such_module\n", "no_such_module"),
    "72_empty": ("", "no check in test_empty.py carries weight for row_sums"),
    "73_unmarked": ("def test_double(learner):\n    pass\n", "has no @pytest.mark.exercise"),
    "74_stray": (TINY_CHECKS.replace('@exercise("double",', '@exercise("triple",'), "['triple'], which the notebook does not have"),
    "75_raises": ("1 / 0", "ZeroDivisionError"),
    "76_leaves": ("import os; os._exit(3)", "the judge's process gave no result"),
}  # fmt: skip
BROKEN_BODIES = {
    "80_raises": "raise ZeroDivisionError", "81_name": "return undefined_name", "82_exits": "import sys; sys.exit(0)",
    "83_file": "open('/nowhere')", "84_skips": "pytest.skip('not today')", "85_reference": "reference.no_such_function(1)",
}  # fmt: skip
BY_ENTRIES = """

@exercise("double")
def test_double_by_its_entries(learner):
    '''Returns an array with entries.'''
    import numpy as np

    expect(learner.double(np.ones(2))[1] == 2)
"""
BROKEN_CHECKS = {name: checks for name, (checks, _) in BROKEN_FILES.items()} | {
    name: f"{TINY_CHECKS}\n\n@exercise('double')\ndef test_double_broken(learner, reference, rng):\n    {body}\n"
    for name, body in BROKEN_BODIES.items()
}
BROKEN_CHECKS |= {
    "89_entries": TINY_CHECKS + BY_ENTRIES,
    "88_solution": TINY_CHECKS,
    "87_unreleased": TINY_CHECKS,
}

# --- what is handed in ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def empty_course(tmp_path_factory):
    """A course in nbgrader's gradebook to which nothing has been handed in, to be copied."""
    made = tiny_course(tmp_path_factory.mktemp("faults"), gradebook=True)
    (made.root / "autograder" / "checks" / "test_tiny.py").write_text(TREACHEROUS_CHECKS)
    with open(made.root / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write("\nc.Judge.call_seconds = 1.0\n")
    return made


@pytest.fixture(scope="module")
def course(empty_course, tmp_path_factory):
    root = tmp_path_factory.mktemp("class") / "course"
    shutil.copytree(empty_course.root, root, symlinks=True)
    for name, checks in BROKEN_CHECKS.items():
        add_tiny_lesson(root, name, checks)
    return Course(root)


def made(course, changed=None, **cells):
    return notebook(course, TINY, RIGHT | (changed or {}), **cells)


def answer(body, name="double"):
    return {name: f"def {name}(x):\n    {body}"}


@dataclass(frozen=True)
class Fault:
    """One file of `faults/`: a submission with a fault, and what must come of it.

    Its docstring says in a sentence what is wrong. Then, one a line: ``place``, the answer that the program replaces, or
    ``before`` or ``after`` for a cell of its own there, or ``build`` for a program that makes the file of the right notebook:
    ``build(notebook)``; ``scores``: ``all``, ``no double``, ``human`` or those of the exercises; ``verdicts`` of the exercises that
    do not pass; ``words``, a regular expression for the message of the first of these, or of the file; ``notes``, one for what
    was mended; ``file``, its name.
    """

    scores: dict[str, float] | None
    verdicts: dict[str, str]
    words: str
    notes: str
    file: str
    place: str
    source: str

    def data(self, course):
        if self.place == "build":
            scope = {}
            exec(self.source, scope)
            found = scope["build"](made(course))
        elif self.place in ("before", "after"):
            found = made(course, **{self.place: self.source})
        else:
            found = made(course, {self.place: self.source})
        return found if isinstance(found, bytes) else as_bytes(found)


def pairs(text):
    return dict(pair.split(" ") for pair in text.split(", ") if pair)


def read_fault(path):
    fields, source = read_entry(path)
    known = {"all": ALL, "no double": NO_DOUBLE, "human": None}
    text = fields["scores"]
    scores = known[text] if text in known else {name: float(score) for name, score in pairs(text).items()}
    more = {name: fields.get(name, "") for name in ("words", "notes", "place")}
    return Fault(
        scores,
        pairs(fields.get("verdicts", "")),
        file=fields.get("file", "tiny.ipynb"),
        source=source,
        **more,
    )


FAULTS = {path.stem: read_fault(path) for path in sorted((TESTS / "faults").glob("*.py"))}
BY_NAME = pytest.mark.parametrize("name", FAULTS)


def files_below(folder):
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}  # fmt: skip


# --- autograder check -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grader(course):
    with Grader(course, Settings(least_isolation="weak", limits=LIMITS, secret_seeds=False)) as grader:
        yield grader


@BY_NAME
def test_fault_has_its_verdict_and_its_words(grader, course, name):
    fault = FAULTS[name]
    result = grader.grade(fault.data(course), f"handed in/{fault.file}", TINY)
    expect_fault(result, fault)


def expect_fault(result, fault):
    if fault.scores is None:
        assert (result.score, result.verdict, result.exercises) == (None, "error", [])
        assert re.search(fault.words, result.message), result.message
        return
    assert {e.name: e.score for e in result.exercises} == fault.scores, result
    assert {e.name: e.verdict for e in result.exercises if e.verdict != "pass"} == fault.verdicts
    assert result.score == pytest.approx(sum(fault.scores.values()))
    if fault.verdicts:
        first = next(e for e in result.exercises if e.verdict != "pass")
        assert re.search(fault.words, first.message), first.message
    if fault.notes:
        assert re.search(fault.notes, " ".join(result.notes)), result.notes


def test_a_slip_is_charged_once(grader, course):
    """What calls an exercise that is wrong is tried with ours in its place, and says so."""
    result = grader.grade(as_bytes(made(course, answer("return 3 * x"))), "tiny.ipynb")
    assert [(e.verdict, e.score, e.helped_by) for e in result.exercises] == [
        ("pass", 1.0, []), ("fail", 0.0, []), ("pass", 2.0, ["double"]),
    ]  # fmt: skip


def test_notebook_of_no_lesson_is_told_so(grader):
    foreign = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(1)")])
    result = grader.grade(as_bytes(foreign), "poem.ipynb")
    assert (result.verdict, result.score, result.lesson) == ("error", None, None)
    assert "poem.ipynb belongs to no lesson of this course. The lessons are 70_syntax" in result.message


def test_notebook_of_another_lesson_is_no_zero():
    made_for = COURSE.lessons["06_softmax_gradient"]
    data = as_bytes(notebook(COURSE, made_for.name, answers(made_for)))
    with Grader(COURSE, Settings(least_isolation="weak", secret_seeds=False)) as grader:
        result = grader.grade(data, "x/05_one_vs_all/one_vs_all.ipynb", "05_one_vs_all")
    assert (result.verdict, result.score) == ("error", None)
    assert "This is the notebook of 06_softmax_gradient, not of 05_one_vs_all" in result.message


def test_two_faults_do_not_hide_the_rest(grader, course):
    """A broken answer and an endless one, and a cell that ends the program: the third answer is still graded."""
    changed = {
        "double": "def double(x:\n    return",
        "double_sums": "def double_sums(x):\n    while True: pass",
    }
    result = grader.grade(
        as_bytes(made(course, changed, before="import os; os._exit(1)", after="while True: pass")),
        "tiny.ipynb",
    )
    assert [(e.name, e.score, e.verdict) for e in result.exercises] == [
        ("row_sums", 1.0, "pass"), ("double", 0.0, "error"), ("double_sums", 0.0, "timeout"),
    ]  # fmt: skip


def test_notebook_that_hangs_everywhere_ends(grader, course):
    """Ten cells that never end and three functions that never end: still a result, in bounded time."""
    cells = [nbformat.v4.new_code_cell("while True: pass", id=f"loop-{number}") for number in range(10)]
    found = made(course, {name: f"def {name}(x):\n    while True: pass" for name in ALL})
    found.cells[2:2] = cells
    result = grader.grade(as_bytes(found), "tiny.ipynb")
    assert [(e.score, e.verdict) for e in result.exercises] == [(0.0, "timeout")] * 3


# --- the command line -----------------------------------------------------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_check_reports_a_mixed_batch(course, tmp_path):
    """One exit code for all: an unreadable file needs a human, and the others are graded all the same."""
    files = {
        name: tmp_path / name / FAULTS[name].file for name in ("good", "not_json", "object_for_an_array")
    }
    for name, path in files.items():
        path.parent.mkdir()
        path.write_bytes(FAULTS[name].data(course))
    before = files_below(tmp_path)
    done = run("check", *files.values(), "--course", course.root, "--json", "-")
    assert done.exit_code == 1
    results = json.loads(done.stdout)
    assert [(entry["score"], entry["verdict"]) for entry in results] == [
        (6.0, "pass"),
        (None, "error"),
        (3.0, "fail"),
    ]
    assert files_below(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "nowhere.ipynb"], "cannot read nowhere.ipynb: No such file"),
        (["check", "{good}", "{good}", "--watch"], "are for one notebook"),
        (["check", "{good}", "--lesson", "99"], "there is no lesson '99'; the lessons are 70_syntax"),
        (["check", "{good}", "--course", "/nowhere"], "no course in /nowhere: give its folder with --course"),
        (["grade"], "give one LESSON, or --all"),
        (["grade", "99"], "there is no lesson '99'"),
        (["grade", TINY, "--all"], "give one LESSON, or --all"),
        (["grade", TINY, "--jobs", "0"], "--jobs"),
        (["explain", "nobody", "double", "--lesson", TINY], "nobody has handed in nothing for 90_tiny"),
        (["explain", "bela", "triple"], "no exercise 'triple' in any lesson"),
    ],
)  # fmt: skip
def test_misuse_is_told_apart(course, tmp_path, arguments, words):
    (tmp_path / "tiny.ipynb").write_bytes(FAULTS["good"].data(course))
    filled = [argument.replace("{good}", str(tmp_path / "tiny.ipynb")) for argument in arguments]
    where = [] if "--course" in filled else ["--course", course.root]
    done = run(*filled, *where)
    assert done.exit_code == 2
    assert words in " ".join(done.output.replace("│", " ").split())


def test_no_isolation_no_marks(course):
    """Below the level that is asked for nothing is graded, and the words say what is missing."""
    with Grader(course, Settings(isolation="weak", least_isolation="strong", secret_seeds=False)) as grader:
        result = grader.grade(FAULTS["good"].data(course), "tiny.ipynb")
    assert (result.score, result.verdict, result.exercises) == (None, "grader_fault", [])
    assert "this machine isolates only at level 'weak', 'strong' is required" in result.message
    assert "autograder doctor" in result.message


def test_grade_refuses_in_the_gradebook_too(empty_course, tmp_path):
    """`autograder grade` says so with its exit code, and no mark stands in the gradebook."""
    course = Course(shutil.copytree(empty_course.root, tmp_path / "course", symlinks=True))
    hand_in(course, TINY, "bela", FAULTS["good"].data(course))
    done = command(
        course,
        "autograder",
        "grade",
        TINY,
        "--isolation",
        "weak",
        "--require-isolation",
        "strong",
        "--course",
        str(course.root),
    )
    assert done.returncode == 1, done.stderr
    assert "could not be graded" in done.stdout
    assert gradebook(course, TINY)["bela"] == {name: (None, True) for name in ALL}
    done = command(
        course,
        "autograder",
        "grade",
        TINY,
        "--isolation",
        "weak",
        "--require-isolation",
        "weak",
        "--course",
        str(course.root),
    )
    assert done.returncode == 0, done.stderr
    assert gradebook(course, TINY)["bela"] == {name: (score, False) for name, score in ALL.items()}


# --- nbgrader -------------------------------------------------------------------------------------------------------

TREACHERY = {"kills_the_judge": 1.0, "breaks_the_check": 3.0, "ends_the_check": 4.0}


@pytest.fixture(scope="module")
def autograded(course, tmp_path_factory):
    """One class with every fault in it, through stock `nbgrader autograde`: the gradebook, the log, the files."""
    for name, fault in FAULTS.items():
        hand_in(course, TINY, name, fault.data(course), fault.file)
    for name, value in TREACHERY.items():
        hand_in(course, TINY, name, as_bytes(made(course, treacherous(value))))
    secret = tmp_path_factory.mktemp("instructor") / "secret.ipynb"
    secret.write_bytes(FAULTS["good"].data(course))
    for student, name in (("link_for_a_notebook", "tiny.ipynb"), ("link_beside_a_notebook", "data.csv")):
        folder = hand_in(course, TINY, student, FAULTS["good"].data(course)).parent
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(secret)
    hand_in(course, TINY, "two_notebooks", FAULTS["good"].data(course))
    hand_in(course, TINY, "two_notebooks", FAULTS["nan"].data(course), "scratch.ipynb")
    for age, (name, fault) in enumerate(
        {"newest copy.ipynb": "good", "older copy.ipynb": "nan", "a poem.ipynb": "not_json"}.items()
    ):
        path = hand_in(course, TINY, "three_renamed_notebooks", FAULTS[fault].data(course), name)
        os.utime(path, (time.time() - 1000 * age,) * 2)
    before = files_below(course.grading / "submitted")
    done = cold_command(course, "nbgrader", "autograde", TINY)
    return gradebook(course, TINY), done, before, files_below(course.grading / "submitted")


def test_nbgrader_goes_through_the_whole_class(autograded):
    grades, done, _, _ = autograded
    assert done.returncode == 0, done.stderr[-3000:]
    expected = {
        *FAULTS,
        *TREACHERY,
        "link_for_a_notebook",
        "link_beside_a_notebook",
        "two_notebooks",
        "three_renamed_notebooks",
    }
    assert set(grades) == expected


@BY_NAME
def test_nbgrader_gives_each_fault_its_score(autograded, name):
    grades, fault = autograded[0], FAULTS[name]
    if fault.scores is None:
        assert grades[name] == {exercise: (None, True) for exercise in ALL}  # a human, not a zero
    else:
        assert grades[name] == {exercise: (score, False) for exercise, score in fault.scores.items()}


@pytest.mark.parametrize("name", TREACHERY)
def test_fault_of_the_judge_is_never_a_score(autograded, name):
    """Neither zero nor full: where the judge itself failed, the gradebook asks for a human."""
    grades = autograded[0][name]
    assert grades["double"] == (None, True)
    if name != "kills_the_judge":  # then only this one exercise is in doubt
        assert grades["row_sums"] == (1.0, False)
    assert all(score is None or score == ALL[exercise] for exercise, (score, _) in grades.items())


def test_links_are_refused(autograded, course):
    grades = autograded[0]
    assert grades["link_for_a_notebook"] == {exercise: (None, True) for exercise in ALL}
    assert grades["link_beside_a_notebook"] == {exercise: (score, False) for exercise, score in ALL.items()}
    assert not [path for path in (course.grading / "autograded").rglob("*") if path.is_symlink()]
    assert not list((course.grading / "autograded" / "link_beside_a_notebook").rglob("data.csv"))


def test_of_several_notebooks_the_right_one_counts(autograded):
    for student in ("two_notebooks", "three_renamed_notebooks"):
        assert autograded[0][student] == {exercise: (score, False) for exercise, score in ALL.items()}


def test_nothing_that_was_handed_in_is_lost(autograded):
    _, _, before, after = autograded
    assert after == before


def test_autograded_notebook_says_what_happened(autograded, course):
    def words(student):
        path = course.grading / "autograded" / student / TINY / "tiny.ipynb"
        return json.dumps(json.loads(path.read_text()), ensure_ascii=False)

    assert "is there a loop that never ends" in words("endless_loop_in_a_function")
    assert "it is not JSON" in words("not_json")
    assert "link to another file" in words("link_for_a_notebook")
    assert "this is our fault, not yours" in words("breaks_the_check")
    assert "byte-order mark" in words("byte_order_mark")
    assert "was missing; it was put back" in words("answer_cell_missing")


# --- faults of the grader -------------------------------------------------------------------------------------------


def judged(grader, course, lesson, changed=None):
    """Result of the right answers to a lesson, or of almost right ones."""
    return grader.grade(as_bytes(notebook(course, lesson, RIGHT | (changed or {}))), "any.ipynb", lesson)


@pytest.mark.parametrize("lesson", BROKEN_FILES)
def test_broken_check_file_is_a_fault_of_the_grader(grader, course, lesson):
    result = judged(grader, course, lesson)
    assert (result.score, result.verdict) == (None, "grader_fault")
    assert BROKEN_FILES[lesson][1] in result.message
    assert result.needs_a_human


@pytest.mark.parametrize("lesson", BROKEN_BODIES)
def test_check_that_fails_by_itself_costs_nobody_a_point(grader, course, lesson):
    """The check breaks for the solution too: one exercise without a score, the others with theirs."""
    result = judged(grader, course, lesson)
    found = {e.name: (e.score, e.verdict) for e in result.exercises}
    assert found["double"] == (None, "grader_fault"), result
    assert found["row_sums"] == (1.0, "pass")
    assert (result.score, result.verdict) == (None, "grader_fault")
    assert "test_double_broken" in result.message


def test_check_that_breaks_on_a_learners_value_is_no_fault_of_ours(grader, course):
    """It holds for the solution, so what the learner returned is to blame."""
    changed = answer("return 2.0 * x[0] if len(x) == 2 else 2 * x")
    found = judged(grader, course, "89_entries", changed).exercises[1]
    assert (found.verdict, found.score) == ("fail", pytest.approx(2.25))
    assert "What your function returned could not be used" in found.checks[-1].message


def test_solution_that_is_broken_is_a_fault_of_the_grader(grader, course):
    data = as_bytes(notebook(course, "88_solution", RIGHT))
    path = course.lessons["88_solution"].solution_path
    path.write_text(path.read_text().replace("doubled = 2 * x", "doubled = = x"))
    result = grader.grade(data, "any.ipynb", "88_solution")
    assert (result.score, result.verdict) == (None, "grader_fault") and "SyntaxError" in result.message


def test_lesson_that_nbgrader_cannot_release_says_why(course):
    data = as_bytes(notebook(course, "87_unreleased", RIGHT))
    path = course.lessons["87_unreleased"].solution_path
    path.write_text(path.read_text().replace("### END SOLUTION", "### END"))
    with Grader(Course(course.root), Settings(secret_seeds=False)) as grader:
        result = grader.grade(data, "any.ipynb", "87_unreleased")
    assert result.score is None and "no end solution statement found" in result.message
    assert str(path) in result.message


def test_batch_survives_judges_that_die_and_hang(course, monkeypatch):
    """Every fault of the judge's in one class: each asks for a human, and all others have their scores."""
    handed_in = {"hangs": treacherous(2.0)} | {name: treacherous(value) for name, value in TREACHERY.items()}
    handed_in |= {f"good_{number}": {} for number in range(4)}
    for student, changed in handed_in.items():
        hand_in(course, TINY, f"batch_{student}", as_bytes(made(course, changed)))
    only = {f"batch_{student}": batch.submissions(course, TINY)[f"batch_{student}"] for student in handed_in}
    patience = JudgeProcess.grade

    def impatient(self, request, seconds):
        return patience(self, request, 2.0 if "hangs" in request.name else seconds)

    monkeypatch.setattr(batch, "submissions", lambda *_: only)
    monkeypatch.setattr(JudgeProcess, "grade", impatient)
    with batch.executor(2, None) as executor:
        results = batch.grade_all(course, TINY, executor, Settings(least_isolation="weak", limits=LIMITS))
    found = {result.student.removeprefix("batch_"): (result.score, result.verdict) for result in results}
    for student in handed_in:
        assert found[student] == ((6.0, "pass") if student.startswith("good") else (None, "grader_fault")), (
            student
        )
    assert "gave no result within 2 s" in next(r.message for r in results if r.student == "batch_hangs")
    journal = batch.journal_of(course, TINY)
    assert all(
        (journal.latest(f"batch_{student}") is None) != student.startswith("good") for student in handed_in
    )


def test_judge_that_ends_is_replaced_and_leaves_nothing_behind(course):
    """No zygote and no worker outlives its judge, however it ended; the next submission gets a new judge."""
    with Grader(course, Settings(least_isolation="weak", secret_seeds=False)) as grader:
        assert grader.grade(FAULTS["good"].data(course), "tiny.ipynb").score == 6.0
        process = grader._judges[0]._process
        children = descendants(process.pid)
        assert children
        process.kill()
        process.wait()
        assert grader.grade(FAULTS["good"].data(course), "tiny.ipynb").score == 6.0
    deadline = time.monotonic() + 30
    while any(alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in children if alive(pid)]


def descendants(pid):
    try:
        found = [int(word) for task in os.listdir(f"/proc/{pid}/task")
                 for word in open(f"/proc/{pid}/task/{task}/children").read().split()]  # fmt: skip
    except OSError:
        return []
    return found + [below for child in found for below in descendants(child)]


def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
