"""No hidden check hangs on rounding: the solution, rounded otherwise after each operation, gets full marks."""

import os

import numpy as np
import pytest

from autograder.classroom.grade import Grader, Settings
from autograder.sandbox.processes import Limits
from autograder.tests.material import COURSE, LESSONS, answers, submission
from autograder.tests.rounding import rounded_otherwise

FULL = bool(os.environ.get("FULL"))
SEEDS = range(200 if FULL else 2)

# A disturbed program costs about ten times what it does undisturbed, a training of 800 steps some seconds on a slow
# machine. What is looked for here is rounding: time is what a learner's own program is held to, in other tests.
PATIENT = Limits(call_seconds=120.0, load_seconds=120.0, submission_seconds=1200.0)


@pytest.fixture(scope="module")
def patient_grader():
    settings = Settings(least_isolation="weak", limits=PATIENT, secret_seeds=False)
    with Grader(COURSE, settings) as grader:
        yield grader


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_solution_rounded_otherwise_gets_full_marks(patient_grader, lesson):
    missed = []
    for seed in SEEDS:
        program = {name: rounded_otherwise(source, seed) for name, source in answers(lesson).items()}
        result = patient_grader.grade(
            submission(lesson, program), "rounded.ipynb", lesson.name, seed=str(seed)
        )
        missed += [
            (seed, exercise.name, check.name)
            for exercise in result.exercises
            for check in exercise.checks
            if check.verdict != "pass"
        ]
        assert result.exercises, result.message
        if result.verdict != "pass" and not missed:
            missed.append((seed, result.verdict, result.message))
    assert not missed


PROGRAM = """
def program(x, y):
    total = 0.0
    for value in x:
        total += value * y
    x = x / 3
    x -= y
    return total, x, x @ x, np.exp(x), [y - y, 2 * 0.25, len(x) * 3]
"""


def outcome(source):
    namespace = {"np": np}
    exec(source, namespace)
    return namespace["program"](np.array([0.1, 0.7, 1.3]), 0.3)


def test_each_operation_gets_an_error_of_a_few_units_in_the_last_place():
    right, other = outcome(PROGRAM), outcome(rounded_otherwise(PROGRAM, 1))
    for a, b in zip(right[:4], other[:4], strict=True):
        assert not np.array_equal(a, b)
        np.testing.assert_allclose(a, b, rtol=1e-13)
    assert other[4] == right[4] == [0.0, 0.5, 9], "what no way of writing it rounds stays exact"


def test_the_errors_are_a_function_of_the_seed_and_of_the_numbers():
    first, again, other = (outcome(rounded_otherwise(PROGRAM, seed)) for seed in (1, 1, 2))
    assert np.array_equal(first[1], again[1]) and not np.array_equal(first[1], other[1])


def test_errors_that_a_program_magnifies_are_seen():
    """The logistic map, which forgets where it started: what a check of a hundred steps of it would compare."""
    source = "def program(x, y):\n    for _ in range(100):\n        y = 3.9 * y * (1 - y)\n    return y"
    assert abs(outcome(source) - outcome(rounded_otherwise(source, 1))) > 1e-3
