"""What chosen answers earn: one rule for all predictions and diagnoses. Each right answer counts alike."""

import inspect
import itertools
import math
from types import SimpleNamespace

import pytest

from autograder.tests.material import LESSONS, answers, checks, reference

# Where several words are one answer: an order, a set, a pair that determines itself, a repair of the line that is named.
ONE_ANSWER = {
    ("00_start_here", "predict_the_order"),
    ("14_relu_xor", "find_the_bug"),
    ("16_regression_net", "find_the_bug"),
    ("24_addition_problem", "predict_who_learns"),
    ("25_deep_gates", "order_the_cells"),
    ("26_lstm_recurrence", "predict_frozen"),
    ("27_lstm_attribution", "predict_two_attributions"),
}


def chosen(lesson):
    """Exercises without arguments whose answer is several words, letters, numbers or shapes; and the right answers."""
    functions = {name: getattr(reference(lesson), name) for name in answers(lesson)}
    for name, function in functions.items():
        if not inspect.signature(function).parameters:
            right = function()
            if isinstance(right, (tuple, str)) and len(right) > 1:
                yield name, tuple(right)


ALL = [(lesson, name, right) for lesson in LESSONS for name, right in chosen(lesson)]
CHOSEN = [(lesson, name, right) for lesson, name, right in ALL if (lesson.name, name) not in ONE_ANSWER]


def checks_of(lesson, exercise):
    """Each check of an exercise, with its weight."""
    for function in vars(checks(lesson)).values():
        for mark in getattr(function, "pytestmark", []):
            if mark.name == "exercise" and mark.args[0] == exercise:
                yield function, mark.kwargs.get("weight", 1)


def fails(check, exercise, found, right):
    """Whether a check fails when a learner's exercise returns this, and ours returns that."""
    known = {
        "learner": SimpleNamespace(**{exercise: lambda: found}),
        "reference": SimpleNamespace(**{exercise: lambda: right}),
    }
    try:
        check(**{name: known[name] for name in inspect.signature(check).parameters})
    except AssertionError:
        return True
    return False


def changed(right):
    """Answers that are wrong at a few places, and how many these are.

    Where a word may stand twice, one place holds what is right at another. Where all differ, each may have to stand once,
    so two change places, neighbours and next but one: together these tell the weights of all.
    """
    n = len(right)
    if len(set(right)) < n:
        for place, answer in enumerate(right):
            wrong = next(other for other in right if other != answer)
            yield (*right[:place], wrong, *right[place + 1 :]), 1
        return
    for place, step in itertools.product(range(n), (1, 2)):
        found, other = list(right), (place + step) % n
        found[place], found[other] = found[other], found[place]
        yield tuple(found), 2


@pytest.mark.parametrize(
    ("lesson", "exercise", "right"), CHOSEN, ids=[f"{lesson.name}-{name}" for lesson, name, _ in CHOSEN]
)
def test_each_right_answer_counts_alike(lesson, exercise, right):
    weighed = [(check, weight) for check, weight in checks_of(lesson, exercise) if weight]
    whole = getattr(reference(lesson), exercise)()
    as_given = "".join if isinstance(whole, str) else tuple
    share = math.fsum(weight for _, weight in weighed) / len(right)
    for found, wrong in changed(right):
        lost = math.fsum(
            weight for check, weight in weighed if fails(check, exercise, as_given(found), whole)
        )
        assert lost == pytest.approx(wrong * share), found


def test_exceptions_exist():
    names = {(lesson.name, name) for lesson, name, _ in ALL}
    assert {pair for pair in ONE_ANSWER if pair[0] in {lesson.name for lesson in LESSONS}} <= names
