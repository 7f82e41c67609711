"""Why a program is wrong: each kind of sentence is found where it is true, and nothing is said where nothing holds."""

import numpy as np
import pytest

from autograder.diagnosis.explanation import explain
from autograder.diagnosis.misconceptions import Misconception
from autograder.diagnosis.slips import find_slip
from autograder.tests.in_process import evidence_of, lesson_of

LOSS = '''
def loss(scores, y, reg):
    """A loss.

    Parameters
    ----------
    scores : ndarray (N, K), float64
    y : ndarray (N,), int
    reg : float

    Returns
    -------
    value : float
    """
    return -scores[np.arange(len(y)), y].mean() + 0.5 * reg * np.sum(scores**2)
'''
GRADIENT = '''
def gradient(scores, y, reg):
    """Its gradient.

    Parameters
    ----------
    scores : ndarray (N, K), float64
    y : ndarray (N,), int
    reg : float

    Returns
    -------
    dscores : ndarray (N, K), float64
    push : ndarray (K,), float64
    """
    dscores = np.zeros_like(scores)
    dscores[np.arange(len(y)), y] = -1
    dscores = dscores / len(y)
    return dscores + reg * scores, dscores.sum(axis=0)
'''
SOFTMAX = '''
def softmax(scores):
    """Probabilities.

    Parameters
    ----------
    scores : ndarray (N, K), float64

    Returns
    -------
    probs : ndarray (N, K), float64
    """
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
'''


def inputs(sizes=((5, 3), (4, 6), (7, 2), (3, 4)), rewards=(0.1, 0.7, 0.3, 1.9)):
    rng = np.random.default_rng(0)
    return [
        (rng.normal(size=(n, k)), rng.integers(0, k, size=n), reg)
        for (n, k), reg in zip(sizes, rewards, strict=True)
    ]


def scores():
    rng = np.random.default_rng(1)
    return [
        (scale * rng.normal(size=(n, k)),)
        for n, k, scale in ((4, 3, 1), (1, 5, 1), (6, 2, 3), (1, 4, 2), (3, 3, 1))
    ]


def said(solution, edit, calls, ideas=()):
    """What is said of the solution with one place of its text changed."""
    old, new = edit
    assert solution.count(old) == 1
    lesson = lesson_of(solution, solution.replace(old, new))
    return explain(ideas, evidence_of(lesson.solution, lesson.learner, lesson.name, calls), lesson.learner)


RELATIONS = {
    "a sum for a mean": (LOSS, (".mean() + 0.5 * reg", ".sum() + 0.5 * len(y) * reg"), "Your value is the right one times N."),
    "a missing sign": (LOSS, ("return -scores[np.arange(len(y)), y].mean() +", "return scores[np.arange(len(y)), y].mean() -"),
                       "Your value has the right size and the wrong sign."),
    "a missing penalty": (LOSS, (" + 0.5 * reg * np.sum(scores**2)", ""), "Your value is the right one minus 1/2 * reg * sum(scores²)."),
    "a penalty without its half": (LOSS, ("0.5 * reg", "reg"), "Your value is the right one plus 1/2 * reg * sum(scores²)."),
    "a logarithm to the base 2": (LOSS, ("return -", "return -1 / np.log(2) * scores[np.arange(len(y)), y].mean() + 0.5 / np.log(2) * reg * np.sum(scores**2)\n    -"),
                                  "Your value is the right one times 1 / ln 2."),
    "no penalty in one part": (GRADIENT, ("dscores + reg * scores, ", "dscores, "), "`dscores` is the right one minus reg * scores."),
    "exchanged parts": (GRADIENT, ("return dscores + reg * scores, dscores.sum(axis=0)", "return dscores.sum(axis=0), dscores + reg * scores"),
                        "`dscores` and `push` have changed places."),
    "a part that is a mean": (GRADIENT, ("dscores.sum(axis=0)", "dscores.mean(axis=0)"), "`push` is the right one times 1 / N."),
    "a part in reverse": (GRADIENT, ("dscores.sum(axis=0)", "dscores.sum(axis=0)[::-1]"), "`push` is the right one in reverse order."),
    "kept dimension": (GRADIENT, ("dscores.sum(axis=0)", "dscores.sum(axis=0, keepdims=True)"),
                       "`push` holds the right numbers, with another number of axes than asked for."),
    "never changed": (GRADIENT, ("dscores + reg * scores, ", "scores, "), "`dscores` is the argument `scores` as it came."),
}  # fmt: skip


@pytest.mark.parametrize("name", RELATIONS)
def test_relation_is_found(name):
    solution, edit, words = RELATIONS[name]
    found = said(solution, edit, inputs())
    assert found is not None and found.kind == "relation", found
    assert found.message.startswith(words), found.message


CONDITIONS = {
    "sum over everything": (SOFTMAX, ("shifted.sum(axis=1, keepdims=True)", "shifted.sum()"), scores,
                            "on exactly those where N is larger than 1; where N is 1 it is right."),
    "an argument that is not read": (LOSS, ("reg * np.sum", "0.25 * np.sum"), inputs,
                                     "When `reg` alone was changed, your value stayed as it was; the right result changes."),
    "a wrong place": (GRADIENT, ("dscores + reg * scores,", "(dscores + reg * scores) * (1 + 2 * np.eye(len(y), 1)),"), inputs,
                      "`dscores` is right everywhere but in the first row"),
    "a right part": (GRADIENT, ("dscores + reg * scores,", "np.tanh(dscores + reg * scores * scores),"), inputs,
                     "`push` is right on every input that was tried; `dscores` not."),
    "an exception": (SOFTMAX, ("    shifted =", "    assert len(scores) > 1\n    shifted ="), scores,
                     "it raises AssertionError on exactly those where N is 1; where N is larger than 1 it is right."),
}  # fmt: skip


@pytest.mark.parametrize("name", CONDITIONS)
def test_condition_is_found(name):
    solution, edit, calls, words = CONDITIONS[name]
    found = said(solution, edit, calls())
    assert found is not None and found.kind == "condition", found
    assert words in found.message, found.message


def test_threshold_is_found():
    calls = [
        (scale * np.array([[0.1, -1.0, 0.5], [0.2, 0.9, -0.3]]),) for scale in (1, 2, 5, 900, 2000, 5000)
    ]
    found = said(SOFTMAX, (" - scores.max(axis=1, keepdims=True)", ""), calls)
    assert found.kind == "condition"
    assert "entry of `scores` is above" in found.message


def test_nothing_is_said_where_nothing_holds():
    """A value that has nothing to do with the right one, for every input."""
    noise = "np.random.default_rng(abs(int(1e6 * scores.sum()))).normal(size=scores.shape)"
    assert (
        said(
            SOFTMAX, ("return shifted / shifted.sum(axis=1, keepdims=True)", f"return {noise}"), scores()[:2]
        )
        is None
    )


def test_no_relation_is_told_of_an_answer_that_is_chosen():
    """Without arguments the relation to the right value would be the right value."""
    solution = 'def guess():\n    """A guess."""\n    return np.array([1.0, 2.0, 3.0, 4.0])\n'
    lesson = lesson_of(solution, solution.replace("return ", "return 2 * "))
    evidence = evidence_of(lesson.solution, lesson.learner, "guess", [(), ()])
    assert evidence.telling and explain([], evidence, lesson.learner) is None


@pytest.mark.parametrize("name", RELATIONS)
def test_no_sentence_holds_a_right_value(name):
    """Numbers in a sentence are factors, sizes and places, never an entry of what is right."""
    solution, edit, _ = RELATIONS[name]
    found = said(solution, edit, inputs())
    lesson = lesson_of(solution, solution)
    for call in inputs():
        right = lesson.learner.map(lesson.name, [call])[0]
        for part in right if isinstance(right, tuple) else (right,):
            for value in np.ravel(part):
                assert f"{abs(value):.4g}" not in found.message.replace("1/2", "").replace("-1", "") or abs(
                    value
                ) in (0, 1)


# --- the small slip -------------------------------------------------------------------------------------------------

ENTROPY = '''
def entropy(scores, y):
    """Mean entropy and accuracy.

    Parameters
    ----------
    scores : ndarray (N, K), float64
    y : ndarray (N,), int

    Returns
    -------
    value : float
    """
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs = shifted / shifted.sum(axis=1, keepdims=True)
    value = -np.mean(np.log(probs).sum(axis=1) * np.cos(y) + np.sqrt(1 + y))
    return value
'''
SLIPS = {
    "a constant": ("np.sqrt(1 + y)", "np.sqrt(2 + y)", "one constant has another value"),
    "a term": (" + np.sqrt(1 + y)", " + np.sqrt(y)", "one term or factor is missing"),
    "a sign": ("* np.cos(y) + np", "* np.cos(y) - np", "one arithmetic operation stands in the place of another, where `value` is made"),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_slip_is_told_where_nothing_else_is_known(name):
    old, new, words = SLIPS[name]
    calls = [(s, y) for s, y, _ in inputs()]
    found = said(ENTROPY, (old, new), calls)
    assert found is not None and words in found.message, found
    assert found.kind == "slip"
    assert found.message.startswith("Your values are exactly those of a right program with one slip: ")


def test_slip_needs_more_than_one_value():
    calls = [(s, y) for s, y, _ in inputs()]
    lesson = lesson_of(ENTROPY, ENTROPY.replace("np.cos", "np.sin"))
    evidence = evidence_of(lesson.solution, lesson.learner, "entropy", calls[:1])
    assert find_slip(evidence) == ""


def test_two_changes_are_no_slip():
    program = ENTROPY.replace("np.cos(y)", "np.arctan(3 * y)").replace("np.sqrt(1 + y)", "np.exp(1 - y)")
    lesson = lesson_of(ENTROPY, program)
    evidence = evidence_of(lesson.solution, lesson.learner, "entropy", [(s, y) for s, y, _ in inputs()])
    assert find_slip(evidence) == ""


# --- named ideas ----------------------------------------------------------------------------------------------------

MEAN = '''
def spread(x, ddof):
    """Mean and variance.

    Parameters
    ----------
    x : ndarray (N,), float64
    ddof : int

    Returns
    -------
    mean : float
    variance : float
    """
    mean = x.sum() / len(x)
    variance = ((x - mean) ** 2).sum() / (len(x) - ddof)
    return mean, variance
'''


def idea(name, old, new):
    return Misconception(name, "spread", f"{name} it is.", "a test", edit=(old, new))


IDEAS = [
    idea("forgets_ddof", "(len(x) - ddof)", "len(x)"),
    idea("adds_ddof", "(len(x) - ddof)", "(len(x) + ddof)"),
    idea("halves_the_mean", "x.sum() / len(x)", "x.sum() / len(x) / 2"),
    idea("takes_absolute_values", "((x - mean) ** 2)", "abs(x - mean)"),
]
NUMBERS = [
    (np.random.default_rng(n).normal(size=n) + 3, ddof)
    for n, ddof in ((5, 1), (8, 2), (6, 1), (9, 0), (7, 1))
]


def explained(program, calls=NUMBERS, ideas=IDEAS):
    lesson = lesson_of(MEAN, program)
    return explain(ideas, evidence_of(lesson.solution, lesson.learner, "spread", calls), lesson.learner)


@pytest.mark.parametrize("wrong", IDEAS, ids=lambda wrong: wrong.name)
def test_idea_is_named_whatever_the_form(wrong):
    found = explained(wrong.program(MEAN))
    assert (found.kind, found.name, found.message) == ("idea", wrong.name, wrong.message)


def test_two_ideas_at_once_are_both_named():
    program = MEAN.replace("(len(x) - ddof)", "len(x)").replace("((x - mean) ** 2)", "abs(x - mean)")
    found = explained(program)
    assert (found.kind, found.name) == ("idea", "forgets_ddof and takes_absolute_values")


def test_idea_in_one_part_is_named_where_the_other_part_is_right():
    """The program has the wrong mean of `halves_the_mean`, and a variance that is right all the same."""
    program = MEAN.replace("return mean, variance", "return mean / 2, variance")
    found = explained(program)
    assert (found.kind, found.name) == ("idea", "halves_the_mean")


def test_second_flaw_does_not_hide_the_first():
    """On one input the program raises; on the others it holds the idea."""
    program = MEAN.replace("(len(x) - ddof)", "len(x)").replace(
        "    mean = x", "    if len(x) == 6:\n        raise KeyError(6)\n    mean = x"
    )
    found = explained(program)
    assert found.name == "forgets_ddof"
    assert (
        found.message
        == "forgets_ddof it is. And apart from that: on other inputs your function raises KeyError."
    )


def test_idea_that_raises_is_named_by_its_exception():
    wrong = idea("indexes_past_the_end", "    mean = x.sum()", "    x[len(x)]\n    mean = x.sum()")
    found = explained(wrong.program(MEAN), ideas=[*IDEAS, wrong])
    assert (found.kind, found.name) == ("idea", "indexes_past_the_end")


def test_another_exception_of_the_same_kind_is_not_taken_for_it():
    wrong = idea("indexes_past_the_end", "    mean = x.sum()", "    x[len(x)]\n    mean = x.sum()")
    other = MEAN.replace("    mean = x.sum()", "    [1, 2][5]\n    mean = x.sum()")
    found = explained(other, ideas=[wrong])
    assert found is None or found.kind != "idea"


def test_two_ideas_between_which_nothing_decides_are_joined_by_or():
    """Where ddof is 0 both ideas give the same; and three would be none."""
    twin = idea("forgets_ddof_too", "(len(x) - ddof)", "(len(x) - 0 * ddof)")
    found = explained(IDEAS[0].program(MEAN), ideas=[*IDEAS, twin])
    assert found.name == "forgets_ddof or forgets_ddof_too"
    third = idea("forgets_it_as_well", "(len(x) - ddof)", "(len(x) * 1)")
    found = explained(IDEAS[0].program(MEAN), ideas=[*IDEAS, twin, third])
    assert found is None or found.kind != "idea"


def test_right_program_is_no_ones_idea():
    lesson = lesson_of(MEAN, MEAN)
    assert (
        explain(IDEAS, evidence_of(lesson.solution, lesson.learner, "spread", NUMBERS), lesson.learner)
        is None
    )
