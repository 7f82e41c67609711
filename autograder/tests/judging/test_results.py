"""Results as data: their published form, their arithmetic, and that the same work always gets the same result."""

import dataclasses
import itertools
import json
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from fractions import Fraction

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.classroom import batch
from autograder.classroom.grade import Grader, Settings
from autograder.cli import main
from autograder.judging import results
from autograder.lesson.layout import Course
from autograder.sandbox.processes import Limits
from autograder.tests.courses import (
    RIGHT,
    TINY,
    TINY_CHECKS,
    as_bytes,
    environment,
    hand_in,
    notebook,
    tiny_course,
)
from autograder.tests.material import COURSE

SCHEMA = json.loads((COURSE.root / "docs" / "results.schema.json").read_text(encoding="utf-8"))
PAGE = (COURSE.root / "docs" / "results.md").read_text(encoding="utf-8")
VALID = jsonschema.Draft202012Validator(SCHEMA)
LIMITS = Limits(call_seconds=1.0)

# Submissions of every verdict; {} is everything right.
WORK = {
    "right": {},
    "untouched": None,
    "half": {"row_sums": None},
    "a_third": {
        "row_sums": "def row_sums(x):\n    return x.sum(axis=1) * (1 if (x > 0).all() else 2 if (x < 0).all() else 3)"
    },
    "misled": {"row_sums": "def row_sums(x):\n    return np.resize(x.sum(axis=0), len(x))"},
    "in_place": {"double": "def double(x):\n    x *= 2\n    return x"},
    "error": {"double": "def double(x):\n    raise ValueError('nothing is known of ' + str(x.shape))"},
    "endless": {"double_sums": "def double_sums(x):\n    while True: pass"},
    "exits": {"double": "def double(x):\n    import os\n    os._exit(1)"},
    "hungry": {"double": "def double(x):\n    return np.ones((1 << 20, 1 << 20))"},
    "chatty": {"double": "def double(x):\n    import os\n    os.write(3, b'pass' * 9)\n    return 2 * x"},
}
FAULTY_CHECKS = f'{TINY_CHECKS}\n\n@exercise("double")\ndef test_double_broken(learner):\n    """Never holds."""\n    1 / 0\n'


def work(course, name):
    changed = WORK[name]
    return as_bytes(
        notebook(course, TINY, {} if changed is None else {k: v for k, v in (RIGHT | changed).items() if v})
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny_course(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def grader(course):
    with Grader(course, Settings(least_isolation="weak", limits=LIMITS, secret_seeds=False)) as grader:
        yield grader


def plain(result):
    """A result without its times."""
    found = result.to_dict() if hasattr(result, "to_dict") else dict(result)
    found.pop("seconds")
    for exercise in found["exercises"]:
        for check in exercise["checks"]:
            check.pop("seconds")
    return found


# --- form -----------------------------------------------------------------------------------------------------------


def test_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_example_in_the_documentation_is_valid():
    example = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1]
    VALID.validate(json.loads(example))


def test_documentation_names_all_verdicts_in_order_of_gravity():
    assert tuple(SCHEMA["$defs"]["verdict"]["enum"]) == tuple(results.Verdict)
    table = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert tuple(table) == tuple(results.Verdict)
    order = re.search(r"in the order (`pass`.*?)\.\n", PAGE, re.DOTALL)[1]
    assert tuple(re.findall(r"`(\w+)`", order)) == results.SEVERITY


def test_schema_names_all_fields():
    for kind, name in ((results.Result, "notebook"), (results.ExerciseResult, "exercise"), (results.CheckResult, "check"),
                       (results.MatchedMisconception, "misconception"), (results.Explanation, "explanation")):  # fmt: skip
        assert list(SCHEMA["$defs"][name]["properties"]) == list(kind.__struct_fields__)
        assert sorted(SCHEMA["$defs"][name]["required"]) == sorted(kind.__struct_fields__)


@pytest.mark.parametrize(
    "change",
    [{"verdict": "perfect"}, {"score": "6"}, {"score": -1}, {"lesson": "tiny"}, {"extra": 1}, {"verdict": "grader_fault"},
     {"exercises": []}, {"isolation": "total"}, {"seconds": None}, {"notes": None}],
    ids=str,
)  # fmt: skip
def test_schema_refuses_what_is_no_result(grader, course, change):
    entry = grader.grade(work(course, "half"), "tiny.ipynb").to_dict()
    assert VALID.is_valid([entry])
    assert not VALID.is_valid([entry | change])


def check_command(*arguments):
    done = CliRunner().invoke(main, ["check", *map(str, arguments)])
    return done.exit_code, done


def test_check_writes_what_the_schema_promises(course, tmp_path):
    """Every verdict once, an unreadable file among them: each has its entry, in the order of the command line."""
    files = []
    for name in [*WORK, "unreadable"]:
        files.append(tmp_path / name / "tiny.ipynb")
        files[-1].parent.mkdir()
        files[-1].write_bytes(b"no notebook" if name == "unreadable" else work(course, name))
    code, done = check_command(*files, "--course", course.root, "--json", tmp_path / "results.json")
    assert code == 1  # the unreadable one needs a human
    text = (tmp_path / "results.json").read_text(encoding="utf-8")
    assert "NaN" not in text and "Infinity" not in text
    entries = json.loads(text)
    VALID.validate(entries)
    assert [entry["notebook"] for entry in entries] == [str(path) for path in files]
    assert all(entry["student"] is None and entry["manual"] == ["in_words"] for entry in entries[:-1])
    assert {entry["points"] for entry in entries[:-1]} == {6.0}
    found = {
        path.parent.name: (entry["verdict"], entry["score"])
        for path, entry in zip(files, entries, strict=True)
    }
    assert found == {
        "right": ("pass", 6.0), "untouched": ("not_attempted", 0.0), "half": ("not_attempted", 5.0), "a_third": ("fail", 5 + 1 / 3),
        "misled": ("fail", 5.0), "in_place": ("fail", 5.7), "error": ("error", 3.0), "endless": ("timeout", 4.0),
        "exits": ("died", 3.0), "hungry": ("memory", 3.0), "chatty": ("protocol", 3.0), "unreadable": ("error", None),
    }  # fmt: skip
    for entry in entries:
        for exercise in entry["exercises"]:
            assert (exercise["message"] == "") == (exercise["verdict"] == "pass")
            assert all(
                (check["message"] == "") == (check["verdict"] == "pass") for check in exercise["checks"]
            )


def test_exit_codes(course, tmp_path):
    """0 is tested below: graded, however badly."""
    good, bad = tmp_path / "tiny.ipynb", tmp_path / "bad.ipynb"
    good.write_bytes(work(course, "right"))
    bad.write_bytes(b"{}")
    where = ["--course", course.root]
    assert check_command(bad, *where)[0] == 1
    code, _ = check_command(good, tmp_path / "absent.ipynb", *where, "--json", tmp_path / "nothing.json")
    assert code == 2 and not (tmp_path / "nothing.json").exists()
    assert check_command(bad, *where, "--json", tmp_path / "absent" / "results.json")[0] == 2


def test_seed_on_the_command_line_repeats_a_run(course, tmp_path):
    """And with `--json -` nothing else stands on standard output."""
    path, runs = tmp_path / "tiny.ipynb", []
    path.write_bytes(as_bytes(notebook(course, TINY, RIGHT | TELLTALE)))
    for _ in range(2):
        seed = ["--seed", runs[0]["seed"]] if runs else []
        code, done = check_command(path, "--course", course.root, "--json", "-", *seed)
        assert code == 0
        runs += json.loads(done.stdout)
    VALID.validate(runs)
    assert plain(runs[0]) == plain(runs[1]) and "ValueError: [" in runs[0]["message"]


def test_fault_of_the_grader_has_no_score(tmp_path):
    course = tiny_course(tmp_path)
    (course.root / "autograder" / "checks" / "test_tiny.py").write_text(FAULTY_CHECKS)
    (tmp_path / "tiny.ipynb").write_bytes(work(course, "right"))
    code, done = check_command(tmp_path / "tiny.ipynb", "--course", course.root, "--json", "-")
    (entry,) = json.loads(done.stdout)
    VALID.validate([entry])
    assert code == 1
    assert (entry["score"], entry["verdict"]) == (None, "grader_fault")
    assert [(e["score"], e["verdict"]) for e in entry["exercises"]] == [
        (1.0, "pass"),
        (None, "grader_fault"),
        (2.0, "pass"),
    ]


# --- arithmetic -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "passed", "total", "spoiled", "score"),
    [
        (1, 1, 3, False, 1 / 3), (1, 2, 3, False, 2 / 3), (3, 1, 3, False, 1.0), (2, 3, 3, False, 2.0), (2, 0, 3, False, 0.0),
        (2, 3, 3, True, 1.8), (1, 1, 3, True, 0.3), (3, 3, 3, True, 2.7), (0.1, 3, 3, False, 0.1), (0.7, 1, 7, False, 0.1),
        (2.5, 1, 2, True, 1.125), (0, 1, 1, False, 0.0), (1e-9, 1, 2, False, 5e-10),
    ],
)  # fmt: skip
def test_score_is_exact(points, passed, total, spoiled, score):
    assert results.earned(points, Fraction(passed), Fraction(total), spoiled) == score


@given(
    st.integers(0, 100).map(lambda tenths: tenths / 10), st.lists(st.integers(1, 9), min_size=1, max_size=20), st.booleans(), st.data()
)  # fmt: skip
@settings(deadline=None, derandomize=True, database=None)
def test_score_is_finite_and_between_nothing_and_all(points, weights, spoiled, data):
    held = data.draw(st.lists(st.booleans(), min_size=len(weights), max_size=len(weights)))
    total, passed = Fraction(sum(weights)), Fraction(sum(w for w, h in zip(weights, held, strict=True) if h))
    score = results.earned(points, passed, total, spoiled)
    assert math.isfinite(score) and 0 <= score <= points
    assert (score == points) == (points == 0 or (passed == total and not spoiled))
    assert (score == 0) == (points == 0 or passed == 0)
    rest = results.earned(points, total - passed, total, spoiled)
    whole = results.earned(points, total, total, spoiled)
    assert results.total([score, rest]) == whole


@pytest.mark.parametrize(
    ("scores", "sum_of_them"),
    [
        ([1 / 3] * 3, 1.0), ([2 / 3] * 3, 2.0), ([0.1, 0.2], 0.3), ([0.1] * 10, 1.0), ([1 / 7] * 7, 1.0), ([], 0.0),
        ([1 / 3, 0.9, 2 / 3], 1.9), ([6 / 7, 1 / 7, 0.3], 1.3), ([1.0, None], None), ([None], None),
    ],
)  # fmt: skip
def test_sum_is_exact(scores, sum_of_them):
    for order in itertools.islice(itertools.permutations(scores), 24):
        assert results.total(list(order)) == sum_of_them


def test_verdict_of_a_notebook_is_the_gravest():
    for order in itertools.permutations(["pass", "fail", "timeout"]):
        assert results.overall(list(order)) == "timeout"
    assert results.overall(["pass", "pass"]) == "pass"
    assert results.overall(["not_attempted", "pass"]) == "not_attempted"
    assert results.overall([*results.Verdict]) == "grader_fault"
    assert results.overall([]) == "grader_fault"
    assert set(results.SEVERITY) == set(results.Verdict)


def test_thirds_and_tenths_arrive_in_the_result(grader, course):
    result = grader.grade(work(course, "a_third"), "tiny.ipynb")
    assert [e.score for e in result.exercises] == [1 / 3, 3.0, 2.0]
    assert result.score == 5 + 1 / 3
    assert [e.score for e in grader.grade(work(course, "in_place"), "tiny.ipynb").exercises] == [
        1.0,
        2.7,
        2.0,
    ]


# --- determinism ----------------------------------------------------------------------------------------------------

# Says in its message what it was given: a stand-in for everything that could depend on the inputs.
TELLTALE = {"double": "def double(x):\n    raise ValueError(repr(x.tolist()))"}
CLASS = ["right", "untouched", "half", "a_third", "misled", "in_place", "error", "exits", "hungry"]


def graded_class(course, jobs):
    shutil.rmtree(course.grading / "journal", ignore_errors=True)
    with batch.executor(jobs, None) as executor:
        found = batch.grade_all(course, TINY, executor, Settings(least_isolation="weak", limits=LIMITS))
    return {result.student: plain(result) for result in found}


def test_same_work_gets_the_same_result(tmp_path, monkeypatch):
    """Five times, in any order among the others, one after the other and two at a time."""
    course = tiny_course(tmp_path)
    for name in CLASS:
        hand_in(course, TINY, name, work(course, name))
    hand_in(course, TINY, "telltale", as_bytes(notebook(course, TINY, RIGHT | TELLTALE)))
    in_order, first = batch.submissions(course, TINY), None
    for turn, jobs in enumerate((1, 2, 1, 2, 2)):
        order = list(in_order)
        random.Random(turn).shuffle(order)
        monkeypatch.setattr(
            batch, "submissions", lambda *_, order=order: {name: in_order[name] for name in order}
        )
        found = graded_class(course, jobs)
        first = first or found
        assert found == first
    assert set(first) == {*CLASS, "telltale"} and first["right"]["score"] == 6.0
    assert len({entry["seed"] for entry in first.values()}) == len(first)  # everybody has inputs of their own


def test_another_seed_gives_other_inputs(grader, course):
    data = as_bytes(notebook(course, TINY, RIGHT | TELLTALE))
    told = {seed: grader.grade(data, "tiny.ipynb", seed=seed).exercises[1].message for seed in "abcde"}
    again = {seed: grader.grade(data, "tiny.ipynb", seed=seed).exercises[1].message for seed in "edcba"}
    assert told == again and len(set(told.values())) == 5
    fresh = {grader.grade(data, "tiny.ipynb").exercises[1].message for _ in range(3)}
    assert len(fresh | set(told.values())) == 8


def test_each_check_has_inputs_of_its_own(grader, course):
    """A check's inputs do not depend on which other checks ran before it."""
    whole = grader.grade(as_bytes(notebook(course, TINY, RIGHT | TELLTALE)), "tiny.ipynb", seed="a")
    alone = grader.grade(as_bytes(notebook(course, TINY, TELLTALE)), "tiny.ipynb", seed="a")
    assert whole.exercises[1].message.partition(" (")[0] == alone.exercises[1].message.partition(" (")[0]
    assert len({check.message for check in whole.exercises[1].checks}) == len(whole.exercises[1].checks)


def test_seed_depends_on_lesson_student_work_and_secret(tmp_path):
    course = tiny_course(tmp_path)
    seed = course.seed(TINY, "bela", b"work")
    assert seed == Course(tmp_path).seed(TINY, "bela", b"work")
    others = {
        course.seed(TINY, "bela", b"other"),
        course.seed(TINY, "alba", b"work"),
        course.seed("other", "bela", b"work"),
    }
    assert len(others | {seed}) == 4
    secret = course.grading / "secret.key"
    assert secret.stat().st_mode & 0o077 == 0 and len(secret.read_bytes()) == 32
    secret.unlink()
    assert course.seed(TINY, "bela", b"work") not in others | {seed}


# --- the journal ----------------------------------------------------------------------------------------------------

SLOW = {"double": "def double(x):\n    import time\n    time.sleep(0.05)\n    return 2 * x"}
SETTINGS = Settings(least_isolation="weak", limits=LIMITS)
BATCH = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from autograder.classroom import batch
    from autograder.lesson.layout import Course
    from autograder.tests.judging.test_results import SETTINGS
    with batch.executor(2, None) as executor:
        batch.grade_all(Course(Path(sys.argv[1])), sys.argv[2], executor, SETTINGS)
    """
)


@pytest.fixture
def slow_class(tmp_path):
    """Twelve submissions that take their time, among them wrong ones, and what comes of them without an interruption."""
    course = tiny_course(tmp_path / "course")
    for number in range(12):
        answers = RIGHT | SLOW | (WORK["a_third"] if number % 3 == 0 else {})
        hand_in(
            course,
            TINY,
            f"student{number:02}",
            as_bytes(notebook(course, TINY, answers, after=f"number = {number}")),
        )
    course.secret()
    return course


def lines(course):
    path = course.grading / "journal" / f"{TINY}.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def finish(course, monkeypatch):
    """Results of a start after an interruption, and whose submissions were judged in it."""
    judged = []
    original = batch.judge
    with monkeypatch.context() as patch:
        patch.setattr(
            batch,
            "judge",
            lambda root, settings, request: (
                judged.append(request.student) or original(root, settings, request)
            ),
        )
        with batch.executor(2, None) as executor:
            found = batch.grade_all(course, TINY, executor, SETTINGS)
    return {result.student: plain(result) for result in found}, judged


def keys(course):
    path = course.grading / "journal" / f"{TINY}.jsonl"
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(json.loads(line)["key"])
        except ValueError:
            found.append(None)
    return found


def kill_in_the_middle(course, after):
    """Start a batch in a process of its own and kill it, and all below it, when the journal has so many lines."""
    process = subprocess.Popen(
        [sys.executable, "-c", BATCH, str(course.root), TINY],
        env=environment(course),
        start_new_session=True,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 300
    while lines(course) < after and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    _, errors = process.communicate()
    assert process.returncode == -signal.SIGKILL, errors.decode()[-2000:]


def test_killed_batch_goes_on_where_it_was(slow_class, tmp_path, monkeypatch):
    uninterrupted = Course(shutil.copytree(slow_class.root, tmp_path / "uninterrupted", symlinks=True))
    whole, judged = finish(uninterrupted, monkeypatch)
    assert len(judged) == len(whole) == 12

    kill_in_the_middle(slow_class, after=3)
    done = lines(slow_class)
    assert 3 <= done < 12, "the kill came too late to interrupt anything"
    resumed, judged = finish(slow_class, monkeypatch)
    assert resumed == whole
    assert len(judged) == 12 - done and len(keys(slow_class)) - keys(slow_class).count(None) == 12

    assert finish(slow_class, monkeypatch) == (whole, [])  # nothing is left to do
    resumed, judged = torn(slow_class, monkeypatch)
    assert resumed == whole and len(judged) == 1
    assert finish(slow_class, monkeypatch) == (whole, [])

    hand_in(slow_class, TINY, "student05", as_bytes(notebook(slow_class, TINY, RIGHT)))
    resumed, judged = finish(slow_class, monkeypatch)
    assert judged == ["student05"] and {s: r for s, r in resumed.items() if s != "student05"} == {
        s: r for s, r in whole.items() if s != "student05"
    }

    checks = slow_class.root / "autograder" / "checks" / "test_tiny.py"
    checks.write_text(
        checks.read_text().replace('@exercise("double", weight=2)', '@exercise("double", weight=1)')
    )
    _, judged = finish(slow_class, monkeypatch)
    assert len(judged) == 12  # the checks are part of what a result depends on


def torn(course, monkeypatch):
    """The last line was half written when the power went."""
    path = course.grading / "journal" / f"{TINY}.jsonl"
    data = path.read_bytes()
    path.write_bytes(data[: data.rstrip(b"\n").rfind(b"\n") + 40])
    return finish(course, monkeypatch)


@pytest.mark.full
@pytest.mark.parametrize("turn", range(20))
def test_batch_killed_twice_anywhere_ends_the_same(slow_class, tmp_path, monkeypatch, turn):
    whole, _ = finish(
        Course(shutil.copytree(slow_class.root, tmp_path / "uninterrupted", symlinks=True)), monkeypatch
    )
    rng = random.Random(turn)
    first = rng.randrange(1, 6)
    kill_in_the_middle(slow_class, after=first)
    kill_in_the_middle(slow_class, after=rng.randrange(first + 1, 11))
    assert finish(slow_class, monkeypatch)[0] == whole


def test_journal_survives_a_line_that_is_no_entry(tmp_path):
    from autograder.classroom.journal import Journal

    result = results.unreadable("x", "words", lesson=TINY, student="bela")
    result.score = 0.0
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append("one", result)
    with open(tmp_path / "journal.jsonl", "ab") as file:
        file.write(b'{"key": "two", "resu')
    journal.append("three", result)
    for reader in (journal, Journal(tmp_path / "journal.jsonl")):
        assert reader.get("one") == reader.get("three") == reader.latest("bela") == result
        assert reader.get("two") is None and reader.latest("alba") is None


def test_journal_keeps_nothing_that_needs_a_human(tmp_path):
    from autograder.classroom.journal import Journal

    journal = Journal(tmp_path / "journal.jsonl")
    journal.append("key", results.unreadable("x", "words", "grader_fault"))
    assert journal.get("key") is None and not (tmp_path / "journal.jsonl").exists()


@pytest.mark.parametrize("changed", ["student", "seed", "least_isolation", "limits", "cells", "lesson"])
def test_key_of_a_result_depends_on_everything_it_came_from(course, changed):
    preparing = Grader(course, SETTINGS)
    request = preparing.prepare(work(course, "right"), "x", TINY, "bela", "seed")
    other = preparing.prepare(work(course, "right"), "y", TINY, "bela", "seed")
    assert request.key("f") == other.key("f") != request.key("g")
    new = {"limits": dataclasses.replace(LIMITS, memory=7), "cells": request.cells[:-1]}.get(changed, "other")
    setattr(other, changed, new)
    assert request.key("f") != other.key("f")
