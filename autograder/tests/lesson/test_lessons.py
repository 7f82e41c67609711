"""Every lesson's answers, checks and wrong ideas, held against each other.

A lesson is sound when its solution gets full marks, its release none, each answer its own points, hollow answers next
to nothing, every misconception is rejected and named, every alternative is accepted, and an independent oracle agrees.
"""

import math
import os
import re
import secrets
from functools import cache

import numpy as np
import pytest
from msgspec.structs import replace

from autograder.diagnosis.values import same
from autograder.tests import material
from autograder.tests.material import LESSONS, answers, exercises, submission

SEEDS = ["1", "2", "3", "4", "5"]
# The same draws in every run, so that a failure is met by whoever caused it; `make test-full` draws afresh.
SEED = None if os.environ.get("FULL") else SEEDS[0]

GUESSES = 20  # that a random answer has: each draws other numbers

lessons = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


def per_exercise(function):
    pairs = [(lesson, exercise) for lesson in LESSONS for exercise in exercises(lesson)]
    ids = [f"{lesson.name}-{exercise}" for lesson, exercise in pairs]
    return pytest.mark.parametrize(("lesson", "exercise"), pairs, ids=ids)(function)


def exercise_named(result, name):
    return next(e for e in result.exercises if e.name == name)


@cache
def prepared(grader, lesson, filled_in):
    """The notebook with these answers, read and mended once for all the programs that take the place of one of them."""
    chosen = {name: answer for name, answer in answers(lesson).items() if name in filled_in}
    return grader.prepare(submission(lesson, chosen), f"{lesson.slug}.ipynb", lesson.name)


def grade_one(grader, lesson, exercise, source):
    """The exercise's result for this source, in a notebook that holds no more than it can call."""
    filled_in = material.needs(lesson, exercise)
    for name in set(re.findall(r"\w+", source)).intersection(exercises(lesson)):
        filled_in |= material.needs(lesson, name)
    request = prepared(grader, lesson, frozenset(filled_in))
    cells = [replace(c, source=source) if c.name == exercise else c for c in request.cells]
    request = replace(request, cells=cells, seed=SEED or secrets.token_hex(16))
    return exercise_named(grader.judge(request), exercise)


def failures(result):
    return {e.name: (e.verdict, e.message) for e in result.exercises if e.verdict != "pass"} or result.message


@lessons
@pytest.mark.parametrize("seed", SEEDS)
def test_solution_gets_full_marks(grader, lesson, seed):
    result = grader.grade(submission(lesson, answers(lesson)), "solution.ipynb", lesson.name, seed=seed)
    assert result.verdict == "pass", failures(result)
    assert result.score == result.points == sum(material.points(lesson.release).values())


@lessons
def test_untouched_release_gets_nothing(grader, lesson):
    result = grader.grade(submission(lesson, {}), "release.ipynb", lesson.name)
    assert (result.score, result.verdict) == (0, "not_attempted")
    assert {e.verdict for e in result.exercises} == {"not_attempted"}


@per_exercise
def test_one_answer_earns_exactly_its_points(grader, lesson, exercise):
    filled_in = material.needs(lesson, exercise)
    chosen = {name: source for name, source in answers(lesson).items() if name in filled_in}
    result = grader.grade(submission(lesson, chosen), "one.ipynb", lesson.name, seed=SEED)
    for e in result.exercises:
        assert e.score == (e.points if e.name in filled_in else 0), (e.name, e.verdict, e.message)


@per_exercise
@pytest.mark.parametrize("kind", [*material.WORTHLESS, "input"])
def test_hollow_answer_earns_at_most_a_tenth(points_grader, lesson, exercise, kind):
    def earned(guess):
        found = grade_one(points_grader, lesson, exercise, material.worthless(lesson, exercise, kind, guess))
        assert found.verdict != "grader_fault", found.message
        return found.score

    tenth = 0.1 * next(points for name, points in material.points(lesson.release).items() if name == exercise)
    scores = [earned(guess) for guess in range(3 if kind == "random" else 1)]
    if (
        kind == "random" and math.fsum(scores) / len(scores) > tenth
    ):  # guesses may be lucky: what they earn is the mean of many
        scores += [earned(guess) for guess in range(3, GUESSES)]
    assert math.fsum(scores) / len(scores) <= tenth, scores


def test_points_do_not_hang_on_the_search_for_a_reason(grader, points_grader):
    """The two graders of these tests give one wrong answer the same points, and only one of them says why."""
    lesson = LESSONS[-1]
    wrong = material.misconceptions(lesson)[0]
    program = wrong.program(answers(lesson)[wrong.exercise])
    found, points = (grade_one(g, lesson, wrong.exercise, program) for g in (grader, points_grader))
    assert found.explanation is not None and points.explanation is None
    assert (found.verdict, found.score) == (points.verdict, points.score)
    assert [(c.name, c.verdict) for c in found.checks] == [(c.name, c.verdict) for c in points.checks]


def _misconceptions():
    pairs = [(lesson, wrong) for lesson in LESSONS for wrong in material.misconceptions(lesson)]
    return pytest.mark.parametrize(
        ("lesson", "wrong"),
        pairs,
        ids=[f"{lesson.name}-{wrong.exercise}-{wrong.name}" for lesson, wrong in pairs],
    )


@_misconceptions()
def test_misconception_is_rejected_and_named(grader, lesson, wrong):
    program = wrong.program(answers(lesson)[wrong.exercise])
    found = grade_one(grader, lesson, wrong.exercise, program)
    assert found.verdict in (("fail", "error") if wrong.raises else ("fail",)), (found.verdict, found.message)
    assert found.misconception is not None and found.misconception.name == wrong.name, found
    assert found.message.endswith(wrong.message)


@lessons
def test_every_misconception_cites_its_source(lesson):
    ideas = material.misconceptions(lesson)
    assert ideas and all(
        idea.source.strip() and idea.message.strip().endswith((".", "?", "`")) for idea in ideas
    )
    assert len({(idea.exercise, idea.name) for idea in ideas}) == len(ideas)
    assert {idea.exercise for idea in ideas} <= set(exercises(lesson))


def _alternatives():
    rows = [
        (lesson, name, *entry)
        for lesson in LESSONS
        for name, entry in sorted(material.alternatives(lesson).items())
    ]
    ids = [f"{lesson.name}-{name}" for lesson, name, *_ in rows]
    return pytest.mark.parametrize(("lesson", "name", "exercise", "source"), rows, ids=ids)


@_alternatives()
def test_alternative_gets_full_marks(grader, lesson, name, exercise, source):
    found = grade_one(grader, lesson, exercise, source)
    assert found.score == found.points, [
        (c.name, c.verdict, c.message) for c in found.checks if c.verdict != "pass"
    ]


@lessons
def test_lesson_has_alternatives(lesson):
    least = 1 if lesson.name.startswith("00") else 3
    assert len(material.alternatives(lesson)) >= least


@per_exercise
def test_reference_agrees_with_the_oracle(lesson, exercise):
    oracle = material.oracle(lesson)
    if exercise in getattr(oracle, "WITHOUT_ORACLE", {}):
        assert len(oracle.WITHOUT_ORACLE[exercise]) > 10, "say why there is none"
        return
    compared = getattr(oracle, "COMPARED", {}).get(exercise, lambda value: value)
    rng, rtol = np.random.default_rng(20240229), getattr(oracle, "RTOL", 1e-6)
    for arguments in oracle.CASES[exercise](rng):
        expected = compared(getattr(oracle, exercise)(*_copies(arguments)))
        actual = compared(getattr(material.reference(lesson), exercise)(*_copies(arguments)))
        assert same(actual, expected, rtol=rtol, atol=1e-9), (exercise, actual, expected)


def _copies(arguments):
    import copy

    return copy.deepcopy(arguments)
