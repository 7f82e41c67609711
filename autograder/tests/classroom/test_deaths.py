"""When our own side dies: a process killed anywhere, a full disk, a broken gradebook or journal, two at once, a clock that jumps.

The measure is always the gradebook of the same class without the fault: what stands there is the same, or says that it is
our fault, and after the repair it is the same.
"""

import contextlib
import errno
import json
import logging
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.classroom import batch, grade, journal, turns
from autograder.classroom import gradebook as recording
from autograder.classroom.grade import Grader, Settings
from autograder.classroom.journal import Journal
from autograder.cli import main
from autograder.judging import results
from autograder.lesson.layout import Course
from autograder.sandbox.processes import Limits
from autograder.tests import forked
from autograder.tests.courses import (
    RIGHT,
    TINY,
    as_bytes,
    environment,
    gradebook,
    hand_in,
    notebook,
    tiny_course,
    words_of,
)

SETTINGS = Settings(least_isolation="weak", limits=Limits(call_seconds=2.0))
STUDENTS = 6
FAULT = (None, True)  # an entry of the gradebook that asks for a human
PATIENCE = 300  # seconds for what takes three on a quiet machine


def answers(number: int) -> dict[str, str]:
    """Right in two of three submissions; each call takes a moment, so that there is one to hit."""
    factor = 3 if number % 3 == 2 else 2
    body = f"import time\n    time.sleep(0.05)\n    return {factor} * x"
    return RIGHT | {"double": f"def double(x):\n    {body}"}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A class that has handed in, and nothing graded yet; to be copied."""
    course = tiny_course(tmp_path_factory.mktemp("deaths") / "course", gradebook=True)
    for number in range(STUDENTS):
        made = notebook(course, TINY, answers(number), after=f"number = {number}")
        hand_in(course, TINY, f"student{number}", as_bytes(made))
    course.secret()
    return course


@pytest.fixture(scope="module")
def whole(handed_in, tmp_path_factory):
    """The gradebook when nothing goes wrong."""
    course = Course(
        shutil.copytree(handed_in.root, tmp_path_factory.mktemp("whole") / "course", symlinks=True)
    )
    done = finished(graded(course))
    assert done.returncode == 0, done.stderr
    found = gradebook(course, TINY)
    assert [found[f"student{number}"]["double"][0] for number in range(3)] == [3.0, 3.0, 0.0]
    return found


@pytest.fixture
def course(handed_in, tmp_path):
    yield Course(shutil.copytree(handed_in.root, tmp_path / "course", symlinks=True))
    for (root, _), grader in grade._WARM.items():
        if root.is_relative_to(tmp_path):
            grader.close()  # otherwise its judges would stay until the tests end


def started_as(course, program, *arguments):
    return forked.Started(program, *arguments, folder=course.root, environment=wide(course))


def wide(course):
    return environment(course) | {"COLUMNS": "500"}


def graded(course):
    """`autograder grade` as a process that runs."""
    return started_as(course, "autograder", "grade", TINY, "--course", str(course.root))


def graded_here(course):
    """`autograder grade` in this process, where its surroundings can be broken; one judge is enough for that."""
    return CliRunner().invoke(main, ["grade", TINY, "--jobs", "1", "--course", str(course.root)])


def autograded(course):
    """`nbgrader autograde` as a process that runs."""
    return started_as(course, "nbgrader", "autograde", TINY)


def finished(process) -> subprocess.CompletedProcess:
    try:
        out, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


def judged(course):
    """Lines of the journal."""
    path = course.grading / "journal" / f"{TINY}.jsonl"
    return path.read_bytes().splitlines() if path.exists() else []


# --- processes ------------------------------------------------------------------------------------------------------


def started(pid: int) -> str | None:
    """When a process has started, which tells it from a later one of the same number; None if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def children(pid: int) -> list[int]:
    try:
        return [
            int(word)
            for task in os.listdir(f"/proc/{pid}/task")
            for word in Path(f"/proc/{pid}/task/{task}/children").read_text().split()
        ]
    except OSError:
        return []


def below(pid: int) -> list[int]:
    return [pid for child in children(pid) for pid in (child, *below(child))]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def of_kind(kind: str, parent: int) -> list[int]:
    """Processes of a batch: its judges, their zygotes, or the workers below these."""
    everyone = below(parent)
    zygotes = [pid for pid in everyone if "zygote.py" in command_line(pid)]
    return {
        "parent": [parent],
        "judge": [pid for pid in everyone if "autograder.judging.judge" in command_line(pid)],
        "zygote": [pid for pid in zygotes if not set(zygotes) & {_parent(pid)}],
        "worker": [pid for pid in zygotes if set(zygotes) & {_parent(pid)} and not children(pid)],
    }[kind]


def _parent(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def wait_for(what, process=None):
    """The first value that is not false; fails when the process has ended before, or after long."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := what():
            return found
        assert process is None or process.poll() is None, "it ended before there was anything to kill"
        time.sleep(0.005)
    raise AssertionError("nothing came")


class Batch:
    """A class being graded in a process of its own, one of whose processes is killed."""

    def __init__(self, course):
        self._course, self.process = course, graded(course)
        self._seen: dict[int, str] = {}

    def kill(self, kind: str, rng: random.Random) -> None:
        """Kill one process of a kind, a random while after a random number of results."""
        results_before = rng.randrange(STUDENTS - 2)
        wait_for(lambda: len(judged(self._course)) >= results_before, self.process)
        wait_for(lambda: of_kind("worker", self.process.pid), self.process)
        time.sleep(rng.uniform(0, 0.2))
        victims = wait_for(lambda: of_kind(kind, self.process.pid), self.process)
        self._seen = {pid: started(pid) for pid in (self.process.pid, *below(self.process.pid))}
        os.kill(rng.choice(sorted(victims)), signal.SIGKILL)

    def expect_nothing_left(self) -> None:
        """Of what ran when the kill came, nothing runs any more."""
        deadline = time.monotonic() + PATIENCE
        while left := [pid for pid, when in self._seen.items() if when and started(pid) == when]:
            assert time.monotonic() < deadline, [command_line(pid) for pid in left]
            time.sleep(0.05)


def moments(count: int = 20):
    """One moment for every run, all of them for the long one."""
    return pytest.mark.parametrize(
        "moment",
        [pytest.param(m, marks=[pytest.mark.full] if m else []) for m in range(count)],
    )


def survives(course, whole, kind, moment):
    """Kill, and look; grade again, and look again. Gives the gradebook between the two."""
    running = Batch(course)
    running.kill(kind, random.Random(f"{kind} {moment}"))
    done = finished(running.process)
    running.expect_nothing_left()
    between = gradebook(course, TINY)
    expect_no_wrong_score(between, whole)
    again = finished(graded(course))
    assert again.returncode == 0, again.stdout + again.stderr
    assert gradebook(course, TINY) == whole
    return done, between


def expect_no_wrong_score(found, whole):
    wrong = {
        (student, exercise): score
        for student, scores in found.items()
        for exercise, score in scores.items()
        if score not in (FAULT, whole[student][exercise])
    }
    assert not wrong


@moments()
def test_killed_batch_is_finished_by_the_next_one(course, whole, moment):
    done, _ = survives(course, whole, "parent", moment)
    assert done.returncode == -signal.SIGKILL


@moments()
def test_killed_judge_costs_nobody_anything(course, whole, moment):
    """The submission that it had in hand is tried once more, by a fresh one."""
    done, between = survives(course, whole, "judge", moment)
    assert (done.returncode, between) == (0, whole), done.stderr


@moments()
def test_killed_zygote_makes_no_wrong_score(course, whole, moment):
    done, _ = survives(course, whole, "zygote", moment)
    assert done.returncode in (0, 1), done.stderr


@moments()
def test_killed_worker_makes_no_wrong_score(course, whole, moment):
    done, _ = survives(course, whole, "worker", moment)
    assert done.returncode in (0, 1), done.stderr


# --- one judge ------------------------------------------------------------------------------------------------------


@pytest.fixture
def warm(handed_in):
    """A grader whose one judge has graded something, and the process of this judge."""
    with Grader(handed_in, Settings(least_isolation="weak", secret_seeds=False)) as grader:
        assert right(grader).score == 6.0
        yield grader, grader._judges[0]._process.pid


def right(grader, padding=""):
    made = notebook(grader.course, TINY, RIGHT, after=padding)
    return grader.grade(as_bytes(made), "tiny.ipynb", TINY)


def test_judge_without_a_zygote_gets_another_at_once(warm):
    grader, judge = warm
    (zygote,) = of_kind("zygote", judge)
    os.kill(zygote, signal.SIGKILL)
    assert [right(grader).score for _ in range(3)] == [6.0] * 3
    assert of_kind("zygote", grader._judges[0]._process.pid) not in ([], [zygote])


@pytest.mark.parametrize("size", [0, 1 << 20], ids=["small", "more than a pipe holds"])
def test_judge_that_stands_still_is_replaced(warm, monkeypatch, size):
    """It reads nothing and answers nothing, and cannot even be asked to end."""
    grader, judge = warm
    waited = iter([0.5, PATIENCE])
    monkeypatch.setattr(grade, "patience", lambda limits: next(waited))
    os.kill(judge, signal.SIGSTOP)
    assert right(grader, padding=f"# {size * 'x'}").score == 6.0
    assert started(judge) is None


def test_judge_that_is_killed_in_mid_exercise_is_replaced(warm):
    grader, judge = warm
    waits = {"double": "def double(x):\n    import time\n    time.sleep(1)\n    return 2 * x"}
    data, found = as_bytes(notebook(grader.course, TINY, RIGHT | waits)), []
    asking = threading.Thread(target=lambda: found.append(grader.grade(data, "tiny.ipynb", TINY)))
    asking.start()
    wait_for(lambda: of_kind("worker", judge))
    os.kill(judge, signal.SIGKILL)
    asking.join()
    assert (found[0].score, found[0].verdict) == (6.0, "pass")


def test_what_fails_twice_is_a_fault_with_words_and_the_next_one_is_graded(warm, monkeypatch):
    grader, _ = warm
    asked = []

    def die(self, request, seconds):
        asked.append(request.name)
        raise grade.JudgeDied("the judge's process gave no result and ended")

    with monkeypatch.context() as patch:
        patch.setattr(grade.JudgeProcess, "grade", die)
        result = right(grader)
    assert (result.score, result.verdict, len(asked)) == (None, "grader_fault", 2)
    assert "gave no result and ended" in result.message
    assert right(grader).score == 6.0


def test_judge_that_answered_with_a_fault_is_not_asked_again(warm, monkeypatch):
    """Also where only one exercise is in doubt: nobody knows what else ails it."""
    grader, judge = warm
    honest = grade.JudgeProcess.grade

    def spoiled(self, request, seconds):
        result = honest(self, request, seconds)
        result.exercises[1].verdict = result.verdict = "grader_fault"
        result.exercises[1].score = result.score = None
        return result

    with monkeypatch.context() as patch:
        patch.setattr(grade.JudgeProcess, "grade", spoiled)
        assert right(grader).verdict == "grader_fault"
    assert started(judge) is None
    assert right(grader).score == 6.0


def test_answer_that_was_interrupted_is_not_given_to_the_next_one(warm, monkeypatch):
    grader, judge = warm

    def interrupted(self, deadline):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(grade.JudgeProcess, "_line", interrupted)
        with pytest.raises(KeyboardInterrupt):
            right(grader)
    wrong = as_bytes(notebook(grader.course, TINY, {}))
    assert grader.grade(wrong, "tiny.ipynb", TINY).score == 0.0
    assert started(judge) is None


# --- the journal ----------------------------------------------------------------------------------------------------


def entry(student="bela", **changed):
    """A line as a judge's result makes it."""
    checks = [results.CheckResult("test_double", "pass", "", 0.1)]
    exercise = results.ExerciseResult("double", 3.0, 3.0, "pass", "", None, None, [], checks)
    result = results.Result(
        "x", TINY, student, "strong", "seed", 3.0, 3.0, 0.1, "pass", "", [exercise], [], [], "0.2.0"
    )
    for name, value in changed.items():
        owner = exercise if name.startswith("exercise_") else result
        setattr(owner, name.removeprefix("exercise_"), value)
    return json.dumps({"key": student, "result": result.to_dict()}).encode()


DAMAGED = {
    "no UTF-8": entry().replace(b"test_double", b"test_\xff\xfe"),
    "nested": b"[" * 200_000,
    "nested in a field": entry(notes=0).replace(b'"notes": 0', b'"notes": ' + b"[" * 200_000),
    "zeros": b"\0" * 4096,
    "ten megabytes": entry(message="x" * (10 << 20)),
    "ten megabytes of nothing": b"x" * (10 << 20),
    "half a line": entry()[:100],
    "two lines in one": entry("alba") + entry("bela"),
    "another version": json.dumps({"key": "x", "result": {"score": 3}}).encode(),
    "something else": b'"a word"',
    "empty": b"",
    "carriage return": b"a\rb",
    "too many points": entry(score=4.0, exercise_score=4.0),
    "fewer than none": entry(score=-1.0, exercise_score=-1.0),
    "no number": entry().replace(b"3.0", b"NaN"),
    "no finite number": entry().replace(b"3.0", b"1e999"),
    "no score": entry(score=None, exercise_score=None),
    "another sum": entry(score=2.0),
    "no such verdict": entry(verdict="splendid"),
    "no such verdict of an exercise": entry(exercise_verdict="splendid"),
    "no such verdict of a check": entry().replace(b'test_double", "verdict": "pass"', b'test_double", "verdict": "fine"'),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_line_is_skipped_and_named_once(tmp_path, caplog, name):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(entry("first") + b"\n" + DAMAGED[name] + b"\n" + entry("last") + b"\n")
    found = Journal(path)
    for _ in range(2):
        assert found.get("first").score == found.get("last").score == 3.0
        assert found.get("bela") is None and found.latest("alba") is None
    assert [record.getMessage() for record in caplog.records] == [
        f"{path}: no result of this version in line 2: skipped. Whose result it was is graded again; the rest counts."
    ]
    found.append("new", found.get("first"))
    assert found.get("new") == found.get("first") == Journal(path).get("new")


def test_lines_are_counted_and_a_few_of_them_named(tmp_path, caplog):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(entry(str(n)) + b"\nx\n" for n in range(9)))
    assert Journal(path).latest("8").score == 3.0
    assert "in line 2, 4, 6, 8, 10 …: skipped" in caplog.text and len(caplog.records) == 1


def test_line_that_somebody_is_writing_is_waited_for(tmp_path, caplog):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(entry("first") + b"\n" + entry("last")[:50])
    found = Journal(path)
    assert found.get("first") and found.get("last") is None
    with open(path, "ab") as file:
        file.write(entry("last")[50:] + b"\n")
    assert found.get("last") and not caplog.records


def test_journal_that_is_replaced_or_cut_is_read_anew(tmp_path):
    """Repaired in an editor, put back from a copy, or deleted while a formgrader has it open."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(entry("first") + b"\n" + entry("last") + b"\n")
    found = Journal(path)
    assert found.get("last")
    other = tmp_path / "other"
    other.write_bytes(entry("third") + b"\n")
    other.rename(path)
    assert found.get("third") and found.get("last") is None
    path.write_bytes(b"")
    assert found.get("third") is None
    path.unlink()
    assert found.latest("third") is None


def somewhere_else(path, kind):
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/full")
    else:
        path.parent.rmdir()
        path.parent.write_text("a file where the folder should be")


@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "no folder"])
def test_something_else_in_the_place_of_the_journal(tmp_path, caplog, kind):
    """Nobody waits for it, one sentence says so, and the results are there as long as this process."""
    path = tmp_path / "journal" / "journal.jsonl"
    path.parent.mkdir()
    somewhere_else(path, kind)
    result = journal._entry(entry()).result
    found = Journal(path)
    for key in ("one", "two"):
        found.append(key, result)
    assert found.get("one") == found.get("two") == found.latest("bela") == result
    said = [record.getMessage() for record in caplog.records]
    assert sum("cannot be written" in words for words in said) == 1
    assert len(said) == len(set(said)) <= 2


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_full_disk_leaves_no_half_line(tmp_path, caplog, monkeypatch, call):
    path = tmp_path / "journal.jsonl"
    result = journal._entry(entry()).result
    found = Journal(path)
    found.append("one", result)
    before, write = path.read_bytes(), os.write

    def full(descriptor, data=b""):
        if data:
            write(descriptor, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        found.append("two", result)
        found.append("three", result)
    assert path.read_bytes() == before
    assert found.get("two") == found.get("three") == result
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} cannot be written (No space left on device): results go into the gradebook, but the next run judges "
        "these submissions again. Make room or give the right to write."
    ]
    found.append("four", result)
    assert Journal(path).get("four") and Journal(path).get("two") is None


def test_batch_goes_on_over_a_damaged_journal(course, whole, caplog):
    """The whole way: lines of every kind of damage, and the same gradebook; the damage is said once."""
    path = course.grading / "journal" / f"{TINY}.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"\n".join(DAMAGED.values()))  # the last one without an end
    done = graded_here(course)
    assert done.exit_code == 0, done.output
    assert gradebook(course, TINY) == whole
    said = [r.getMessage() for r in caplog.records if "no result of this version" in r.getMessage()]
    assert len(set(said)) == len(said) <= 2, "once, and once more for the line that had no end yet"
    assert [line for line in judged(course) if journal._entry(line)] and len(judged(course)) >= STUDENTS


# --- two at once ----------------------------------------------------------------------------------------------------


def stop_between_transactions(course, process):
    """Stop a process at a moment when it does not hold the gradebook: nobody else could open it until it goes on."""

    def stopped():
        os.kill(process.pid, signal.SIGSTOP)
        with contextlib.closing(sqlite3.connect(course.grading / "gradebook.db", timeout=0)) as book:
            try:
                book.execute("BEGIN EXCLUSIVE")
                return True
            except sqlite3.OperationalError:
                os.kill(process.pid, signal.SIGCONT)
                time.sleep(0.01)
                return False

    wait_for(stopped, process)


def finish_in_turn(course, first, second):
    """Two of which the first keeps its turn until the second has seen that."""
    stop_between_transactions(course, first)
    wait_for(lambda: f"at work already: process {first.pid} on " in second.printed()[1], second)
    os.kill(first.pid, signal.SIGCONT)
    return finished(first), finished(second)


@pytest.mark.parametrize("other", [graded, autograded], ids=["autograder grade", "nbgrader autograde"])
def test_two_at_once_do_not_collide(course, whole, other):
    """Who comes second says for whom it waits; nothing is judged twice."""
    first = graded(course)
    lock = course.grading / "journal" / f"{TINY}.lock"
    wait_for(lambda: lock.exists() and lock.read_text(), first)
    done, second = finish_in_turn(course, first, other(course))
    for process in (done, second):
        assert process.returncode == 0, process.stderr
        assert "Traceback" not in process.stdout + process.stderr
    assert f"Another grading of {TINY} is at work already: process {first.pid} on " in second.stderr
    assert "Another grading" not in done.stderr
    assert gradebook(course, TINY) == whole
    assert len(judged(course)) == STUDENTS


def test_two_of_nbgrader_at_once_do_not_collide(course, whole):
    first = autograded(course)
    wait_for(lambda: judged(course), first)
    done, second = finish_in_turn(course, first, autograded(course))
    assert (done.returncode, second.returncode) == (0, 0), done.stderr + second.stderr
    assert "Traceback" not in done.stderr + second.stderr
    assert gradebook(course, TINY) == whole


def test_lock_of_a_dead_process_blocks_nobody(tmp_path):
    path = tmp_path / "folder" / "lesson.lock"
    program = (
        "import sys, time; from pathlib import Path; from autograder.classroom.turns import turn\n"
        "with turn(Path(sys.argv[1]), 'x', print):\n    print('held', flush=True); time.sleep(999)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert holder.stdout.readline() == "held\n"
    said = []

    def say(sentence):
        said.append(sentence)
        holder.kill()
        holder.wait()

    with turns.turn(path, "Another grading", say):
        assert f"process {os.getpid()} on " in path.read_text()
        with turns.turn(path, "Another grading", say):  # the recording within a batch
            pass
    assert len(said) == 1 and f"at work already: process {holder.pid} on " in said[0]
    with turns.turn(path, "Another grading", pytest.fail):
        pass


@pytest.mark.parametrize("kind", ["folder", "no folder"])
def test_where_nothing_can_be_locked_grading_goes_on(tmp_path, kind):
    path = tmp_path / "folder" / "lesson.lock"
    path.parent.mkdir()
    somewhere_else(path, kind)
    with turns.turn(path, "Another grading", pytest.fail):
        went_on = True
    assert went_on


# --- the secret -----------------------------------------------------------------------------------------------------


def test_secret_is_made_whole_or_not_at_all(course, monkeypatch):
    """A full disk leaves no empty secret behind that would be used from then on."""
    path = course.grading / "secret.key"
    path.unlink()

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        done = graded_here(course)
    assert done.exit_code == 2 and "secret.key cannot be made or read (No space left" in " ".join(
        done.stderr.split()
    )
    assert [found.name for found in course.grading.glob("*secret*")] == [] == judged(course)
    assert len(course.secret()) == 32 and course.secret() == Course(course.root).secret()


def test_two_who_make_the_secret_at_once_get_the_same(course, monkeypatch):
    path, link = course.grading / "secret.key", os.link
    path.unlink()

    def later(source, target):
        path.write_bytes(b"s" * 32)
        link(source, target)

    monkeypatch.setattr(os, "link", later)
    assert course.secret() == b"s" * 32


@pytest.mark.parametrize("damaged", [b"", b"short"])
def test_damaged_secret_is_not_used(course, damaged):
    (course.grading / "secret.key").write_bytes(damaged)
    done = graded_here(course)
    assert done.exit_code == 2 and "which is no secret" in " ".join(done.stderr.split())
    assert judged(course) == []


# --- the gradebook --------------------------------------------------------------------------------------------------


def break_gradebook(path, kind):
    """Break it; gives the repair."""
    if kind == "locked":
        connection = sqlite3.connect(path)
        connection.execute("BEGIN EXCLUSIVE")
        return connection.close
    kept = path.with_name("kept.db")
    shutil.copy(path, kept)
    if kind == "garbage":
        path.write_bytes(b"no database" * 1000)
    elif kind == "a folder":
        path.unlink()
        path.mkdir()
    elif kind == "no room for its log":  # as in a folder where nothing can be written, also for root
        blocked = path.with_name(path.name + "-journal")
        (blocked / "x").mkdir(parents=True)
        return lambda: shutil.rmtree(blocked)
    elif kind == "a table is missing":
        with sqlite3.connect(path) as connection:
            connection.execute("DROP TABLE notebook")
    elif kind == "a column is missing":
        with sqlite3.connect(path) as connection:
            connection.execute("ALTER TABLE grade RENAME COLUMN auto_score TO score")

    def repair():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        kept.rename(path)

    return repair


BROKEN = {
    "locked": "database is locked",
    "garbage": "file is not a database",
    "a folder": "unable to open database file",
    "no room for its log": "unable to open database file|disk I/O error|readonly",
    "a table is missing": "",
    "a column is missing": "no such column|no column",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_gradebook_is_one_sentence_and_nothing_is_lost(course, whole, monkeypatch, kind):
    monkeypatch.setattr(recording, "LOCKED_SECONDS", 0.2)
    repair = break_gradebook(course.grading / "gradebook.db", kind)
    done = graded_here(course)
    assert isinstance(done.exception, SystemExit), done.exception
    words = done.stderr
    assert "Traceback" not in done.output and len(words.strip().splitlines()) == 1, words
    assert "run the same command again" in words or "nbgrader generate_assignment" in words
    assert done.exit_code != 0 and len(judged(course)) == STUDENTS
    assert all(f"student{number}" in done.stdout for number in range(STUDENTS))  # the table is there
    repair()
    before = judged(course)
    again = graded_here(course)
    assert again.exit_code == 0, again.output
    assert gradebook(course, TINY) == whole and judged(course) == before


def test_gradebook_that_is_locked_in_the_middle(course, whole, monkeypatch):
    """Somebody takes it while nbgrader writes: one sentence with the students, and later the same gradebook."""
    done, taken = [], []
    expected = recording._expect_writable

    def then_lock(db_url):
        expected(db_url)
        monkeypatch.setattr(recording, "_expect_assignment", lambda *_: taken.append(
            break_gradebook(course.grading / "gradebook.db", "locked")))  # fmt: skip

    with monkeypatch.context() as patch:
        patch.setattr(recording, "_expect_writable", then_lock)
        done = graded_here(course)
    monkeypatch.undo()
    assert done.exit_code == 1 and "database is locked" in done.stderr
    assert "Traceback" not in done.output and len(done.stderr.strip().splitlines()) == 1, done.stderr
    taken[0]()
    again = graded_here(course)
    assert again.exit_code == 0 and gradebook(course, TINY) == whole


def test_disk_that_is_full_while_results_are_written(course, whole):
    """Files of more than some kilobytes cannot grow: neither the journal nor the gradebook."""
    path = course.grading / "journal" / f"{TINY}.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"\n" * 20_000)  # older results

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (22_000, 22_000))

    done = subprocess.run(
        [*words_of("autograder"), "grade", TINY, "--course", str(course.root)], preexec_fn=no_room,
        cwd=course.root, env=wide(course), text=True, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"{path} cannot be written (File too large)" in done.stderr
    assert "grading/gradebook.db cannot be used" in done.stderr or "could not record the work" in done.stderr
    assert all(f"student{number}" in done.stdout for number in range(STUDENTS))
    again = finished(graded(course))
    assert again.returncode == 0, again.stderr
    assert gradebook(course, TINY) == whole


# --- the clock ------------------------------------------------------------------------------------------------------


def test_clock_that_jumps_changes_nothing(course, whole, monkeypatch):
    """Backwards and forwards by years, and files from the past and from the future."""
    rng = random.Random(1)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + rng.uniform(-3e8, 3e8))
    for age, student in enumerate(batch.submissions(course, TINY)):
        path = course.grading / "submitted" / student / TINY / "tiny.ipynb"
        os.utime(path, (now + (-1) ** age * 3e8,) * 2)
    for _ in range(2):
        done = graded_here(course)
        assert done.exit_code == 0, done.output
        assert gradebook(course, TINY) == whole and len(judged(course)) == STUDENTS


def test_no_deadline_uses_the_clock_on_the_wall():
    """What waits or measures uses a clock that nobody can set; dates are for words alone."""
    package = Path(grade.__file__).parents[1]
    sources = {str(path.relative_to(package)): path.read_text() for path in package.glob("*/*.py")}
    wall = re.compile(r"time\.time\(|datetime\.(?:now|utcnow|today)\(")
    asked = {
        name
        for name, text in sources.items()
        if not name.startswith(("tests/", "bench/", "data/")) and wall.search(text)
    }
    assert asked == {"classroom/turns.py", "classroom/progress.py", "server/pages.py"}, (
        "who, since when, and today's date"
    )


@pytest.fixture(autouse=True)
def everything_is_logged(caplog):
    caplog.set_level(logging.WARNING, logger="autograder")
