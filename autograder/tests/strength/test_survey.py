"""Weak checks let mutants live, strong ones see them, and what is the answer over again is set aside."""

import msgspec
import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.diagnosis.mutants import Mutant
from autograder.strength import survey as surveys
from autograder.strength.equivalence import Comparison
from autograder.strength.inputs import record
from autograder.tests.courses import TINY, add_tiny_lesson, command, tiny_course

LESSON = '''# %% title [markdown]
# # 91 · Gaps

# %% imports tags=["imports"]
import numpy as np
from helpers import check

# %% gap tags=["answer"]
def gap(x, y):
    """Mean distance of x (N,) and y (N,); ValueError if they are not as long."""
    ### BEGIN SOLUTION
    if len(x) != len(y):
        raise ValueError("not as long")
    return np.abs(x - y).mean()
    ### END SOLUTION

# %% gap_check tags=["check"] points=1
with check("gap"):
    gap(np.ones(2), np.ones(2))

# %% forward tags=["answer"]
def forward(x):
    """The positive part of x (N,), and a cache for `backward`."""
    ### BEGIN SOLUTION
    return np.maximum(x, 0), x > 0
    ### END SOLUTION

# %% forward_check tags=["check"] points=1
with check("forward"):
    forward(np.ones(2))

# %% backward tags=["answer"]
def backward(dout, cache):
    """Gradient of `forward`."""
    ### BEGIN SOLUTION
    return dout * cache
    ### END SOLUTION

# %% backward_check tags=["check"] points=1
with check("backward"):
    backward(np.ones(2), forward(np.ones(2))[1])
'''
WEAK = '''"""Hidden checks of 91_gaps: x lies above y, nobody is refused, and `forward` is asked for its value only."""

import pytest

from autograder.checking import expect_close

OPAQUE = {"forward": [1]}
exercise = pytest.mark.exercise


@exercise("gap")
def test_gap_values(learner, reference, rng):
    """The mean distance."""
    for _ in range(3):
        x, y = rng.uniform(1, 2, size=5), rng.uniform(-1, 0, size=5)
        expect_close(learner.gap(x, y), reference.gap(x, y))


@exercise("forward")
def test_forward_values(learner, rng):
    """The positive part."""
    x = rng.normal(size=6)
    expect_close(learner.forward(x)[0], x * (x > 0))


@exercise("backward")
def test_backward_values(learner, rng):
    """The gradient where x is positive."""
    x, dout = rng.normal(size=6), rng.normal(size=6)
    _, cache = learner.forward(x)
    expect_close(learner.backward(dout, cache), dout * (x > 0))
'''
STRONG_GAP = '''

from autograder.checking import expect_raises


@exercise("gap")
def test_gap_of_either_sign(learner, reference, rng):
    """Also where y lies above x."""
    x, y = rng.normal(size=6), rng.normal(size=6)
    expect_close(learner.gap(x, y), reference.gap(x, y))


@exercise("gap")
def test_gap_refuses(learner, rng):
    """Different lengths are refused."""
    for longer in (1, 5):
        with expect_raises(ValueError):
            learner.gap(rng.normal(size=4), rng.normal(size=longer))
'''


def mutant(exercise, lesson, old, new):
    source = next(cell.source for cell in lesson.solution.cells if cell.id == exercise)
    assert source.count(old) == 1
    return Mutant(exercise, "by hand", source.replace(old, new), f"- {old}\n+ {new}")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("strength")
    tiny_course(root)
    add_tiny_lesson(root, "91_gaps", WEAK, LESSON)
    return add_tiny_lesson(root, "92_strong_gaps", WEAK + STRONG_GAP, LESSON)


def fate(course, lesson, *change):
    return surveys.fate(str(course.root), lesson, mutant(change[0], course.lesson(lesson), *change[1:]), "0")


MISSING_ABS = ("gap", "np.abs(x - y)", "(x - y)")
OTHER_KIND = ("gap", "raise ValueError", "raise TypeError")
SAME_AGAIN = ("gap", "np.abs(x - y)", "np.abs(y - x)")


def test_a_weak_check_lets_a_mutant_live_and_an_input_tells_it_apart(course):
    found = fate(course, "91_gaps", *MISSING_ABS)
    assert found.verdict == "survivor"
    assert float(found.survivor.wrong) < float(found.survivor.right), "as where an abs is missing"
    assert found.survivor.diff == "- np.abs(x - y)\n+ (x - y)"


def test_a_documented_exception_counts(course):
    found = fate(course, "91_gaps", *OTHER_KIND)
    assert (found.verdict, found.survivor.right, found.survivor.wrong) == (
        "survivor",
        "ValueError",
        "TypeError",
    )


@pytest.mark.parametrize("change", [MISSING_ABS, OTHER_KIND])
def test_strong_checks_kill_them(course, change):
    assert fate(course, "92_strong_gaps", *change).verdict == "killed"


@pytest.mark.parametrize("lesson", ["91_gaps", "92_strong_gaps"])
def test_what_is_the_answer_over_again_is_set_aside(course, lesson):
    assert fate(course, lesson, *SAME_AGAIN).verdict == "equivalent"


def test_a_wrong_cache_is_killed_by_the_answer_that_reads_it(course):
    found = fate(course, "91_gaps", "forward", "x > 0", "x > -9")
    assert found.verdict == "killed", "although all checks of `forward` itself pass"
    assert fate(course, "91_gaps", "forward", "x > 0", "1 * (x > 0)").verdict == "equivalent"


def test_a_mutant_without_end_is_killed(course):
    assert fate(course, "91_gaps", "backward", "return", "while True: pass\n    return").verdict == "killed"


def test_a_loop_without_end_that_the_checks_do_not_enter_is_a_difference(course):
    lesson = course.lesson("91_gaps")
    comparison = Comparison(record(lesson, ["0"]), "gap", "0")
    endless = mutant("gap", lesson, "    return np", "    while len(x) == 1: pass\n    return np")
    assert comparison.difference(endless.source, 5.0).wrong == "no end"


def test_what_a_docstring_leaves_open_tells_nothing(course):
    lesson = course.lesson("91_gaps")
    material = record(lesson, ["0"])
    material.free["gap"] = lambda x, y: len(x) == len(y)
    wrong = mutant("gap", lesson, "np.abs(x - y)", "(x - y)")
    assert Comparison(material, "gap", "0").difference(wrong.source, 5.0) is None


def test_recorded_calls_hold_what_the_checks_call(course):
    material = record(course.lesson("91_gaps"), ["0", "1"])
    assert [len(material.calls[name]) for name in ("gap", "forward", "backward")] == [6, 4, 2]
    assert all((x > y).all() for x, y in material.calls["gap"])
    dout, cache = material.calls["backward"][0]
    assert cache.dtype == bool, "the cache itself, which the check could not see"


def test_derived_inputs_keep_what_recorded_ones_have_in_common(course):
    material = record(course.lesson("91_gaps"), ["0", "1"])
    cases = Comparison(material, "gap", "0")._cases
    derived = [arguments for how, arguments in cases if how != "recorded"]
    assert derived and all((x > 0).all() for x, y in derived) and any((y > 0).any() for x, y in derived)
    assert {len(x) for x, _ in derived} >= {1, 2, 4, 5}


def test_the_command_counts_and_shows_and_writes(course, tmp_path):
    path = tmp_path / "figures.json"
    options = "--jobs", "1", "--json", str(path), "--course", str(course.root)
    done = command(course, "autograder", "strength", "91_gaps", *options)
    assert done.returncode == 0, done.stderr
    (figures,) = msgspec.json.decode(path.read_bytes(), type=list[surveys.Survey])
    assert [tally.exercise for tally in figures.exercises] == ["gap", "forward", "backward"]
    for tally in [*figures.exercises, figures.total]:
        assert tally.mutants == tally.killed + tally.equivalent + tally.survivors
    assert figures.total.mutants == figures.possible and len(figures.survivors) == figures.total.survivors
    assert "np.abs(x - y)" in done.stdout and any(
        s.diff.endswith("(x - y).mean()") for s in figures.survivors
    )
    again = command(course, "autograder", "strength", "91_gaps", "--sample", "3", *options)
    assert again.returncode == 0, again.stderr
    assert msgspec.json.decode(path.read_bytes(), type=list[surveys.Survey])[0].total.mutants == 3


@pytest.mark.parametrize(
    "arguments, words",
    [(["no_such_lesson"], "there is no lesson 'no_such_lesson'"), ([], "give one LESSON, or --all"), ([TINY, "--all"], "or --all"),
     ([TINY, "--sample", "0"], "0 is not in the range")],
)  # fmt: skip
def test_a_wrong_request_is_told_clearly(course, arguments, words):
    done = CliRunner().invoke(main, ["strength", *arguments, "--course", str(course.root)])
    assert done.exit_code == 2 and words in done.output
