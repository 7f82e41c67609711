"""Cheats: a wrong softmax that tries to be graded as a right one, in every way that has worked on some autograder.

The programs lie in `attacks/`, one a file; `catalogue` says what the fields at their top mean. Their numbers: 1-20 forge the
verdict inside a shared interpreter, 21-30 read what is hidden, 31-40 harm the machine, 41-47 avoid the work, 48-51 have
worked on an earlier version of this grader, from 52 on nobody had written them down. 18, 26 and 37 are in test_sandbox.py
and test_faults.py; 39 and 46 attack parts that are not there (spreadsheets, a comparison of students).
"""

import os
import re
import time
from functools import cache

import pytest

from autograder.judging.outcome import verdict_of
from autograder.sandbox.learner import Learner
from autograder.sandbox.processes import LearnerFault, Zygote
from autograder.tests.attack_table import (
    BEGIN,
    END,
    LEVELS,
    LIMITS,
    PAGE,
    applies,
    grader,
    judged,
    recorded,
    scores,
    written,
)
from autograder.tests.catalogue import FORGING, LESSON, WRITTEN, attacks, submission
from autograder.tests.courses import as_bytes, command, gradebook, hand_in, real_course

APART = [name for name in WRITTEN if name != "softmax_loss"]  # what does not call softmax
SUBMISSIONS = {
    f"{attack.name}-{label}".rstrip("-"): (attack, make)
    for attack in attacks().values()
    for label, make in attack.submissions()
}


SLOW = {"50_sleep_in_every_call"}  # for as long as a submission may take


def at_each_level():
    """Every attack at the highest level, and at the next what only the sandbox stops; the rest in `make test-full`."""
    for name, (attack, _) in SUBMISSIONS.items():
        for level in filter(lambda level: applies(attack, level), LEVELS):
            quick = level == "strong" or (level == "container" and attack.reaches == "the machine")
            quick &= name not in SLOW
            yield pytest.param(name, level, id=f"{name}-{level}", marks=[] if quick else pytest.mark.full)


@pytest.fixture(scope="module")
def graders():
    made = {level: grader(level, least_isolation="weak") for level in LEVELS}
    yield made
    for each in made.values():
        each.close()


@pytest.fixture(scope="module")
def honest(graders):
    """Scores of the wrong softmax that does not cheat."""
    result = judged(graders["strong"], submission())
    assert result.isolation in ("strong", "container"), "attacks are repelled from level container on"
    found = scores(result)
    assert 0 < found["softmax"] < 2.0 and found["cross_entropy"] == 2.0
    return found


@pytest.mark.parametrize(("name", "level"), list(at_each_level()))
def test_attack_earns_no_more_than_it_is_worth(graders, honest, name, level):
    attack, make = SUBMISSIONS[name]
    result = judged(graders[level], make())
    assert result.verdict != "grader_fault", result.message
    assert result.points == 20.0
    expect_harmless_words(result)
    found = scores(result)
    assert all(0 <= e.score <= e.points for e in result.exercises)
    for exercise in honest:
        assert found[exercise] <= honest[exercise], exercise
    if attack.promise == "same":
        assert found == honest
    if attack.promise == "others same":
        apart = [exercise for exercise in APART if exercise != attack.exercise]
        assert {e: found[e] for e in apart} == {e: honest[e] for e in apart}
    if attack.promise == "nothing":
        assert not any(found.values())
    if attack.verdict:
        verdicts = {e.name: e.verdict for e in result.exercises}
        assert verdicts[attack.exercise] == attack.verdict


def expect_harmless_words(result):
    words = str([[e.message, *(c.message for c in e.checks)] for e in result.exercises])
    assert not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f]", words)


def test_judge_opened_no_gift():
    assert not os.path.exists("/tmp/opened-by-the-judge")


# --- forged frames, from one call to the next -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def zygote():
    zygote = Zygote("")
    yield zygote
    zygote.close()


@pytest.mark.parametrize("name", [name for name, attack in attacks().items() if attack.seen_as])
def test_forged_reply_has_a_verdict_of_its_own(zygote, name):
    """The first reply counts as the call's value, everything more is refused."""
    attack = attacks()[name]
    body = "\n    ".join(attack.program().splitlines())
    learner = Learner(
        zygote, [("cell 1", f"{FORGING}\ndef attempt():\n    {body}\n    return 1")], limits=LIMITS
    )
    learner.start()
    try:
        with pytest.raises(LearnerFault) as raised:
            learner.attempt()
            learner.attempt()
        assert verdict_of(raised.value) == attack.seen_as, raised.value
    finally:
        learner.stop()


def test_answer_before_the_question_is_refused(zygote):
    source = f"{FORGING}\ndef attempt():\n    import threading\n    threading.Timer(0.2, lambda: raw(returned(1, 5))).start()\n    return 1"
    learner = Learner(zygote, [("cell 1", source)], limits=LIMITS)
    learner.start()
    try:
        assert learner.attempt() == 1
        time.sleep(1)
        with pytest.raises(LearnerFault) as raised:
            learner.attempt()
        assert verdict_of(raised.value) == "protocol"
        assert learner.attempt() == 1, "a fresh worker answers"
    finally:
        learner.stop()


def test_forged_handle_of_another_learner_leads_nowhere(zygote):
    """Handles are numbers inside one worker: whatever is claimed, nobody else's object is behind it."""
    learner = Learner(
        zygote,
        [("cell 1", "def keep(x):\n    return x, [x]\ndef use(cache):\n    return cache[0]")],
        opaque={"keep": [1]},
        limits=LIMITS,
    )
    learner.start()
    try:
        _, cache = learner.keep(7)
        assert learner.use(cache) == 7
        for number in (cache.number + 1, -1, 2**40):
            with pytest.raises(LearnerFault):
                learner.use(type(cache)(number, "list"))
    finally:
        learner.stop()


HOSTILE_ARGUMENTS = ["float('nan')", "10**400", "'x' * 10**6", "None", "[[]]", "np.zeros((1 << 20, 0))", "object()", "lambda x: x", "*[1.0] * 1000"]  # fmt: skip


@pytest.mark.parametrize("argument", HOSTILE_ARGUMENTS)
def test_function_of_the_judges_survives_its_arguments(zygote, argument):
    """What the judge computes for the learner's program fails there, or gives a value; never in the judge."""
    source = f"import numpy as np\ndef attempt(f):\n    try:\n        f({argument})\n    except ValueError:\n        pass\n    return f(4.0)"
    learner = Learner(zygote, [("cell 1", source)], limits=LIMITS)
    learner.start()
    try:
        assert learner.attempt(lambda x: float(x) ** 2) == 16.0
    finally:
        learner.stop()


def test_function_of_the_judges_called_a_million_times_ends_in_time(zygote):
    source = "def attempt(f):\n    return sum(f(1.0) for _ in range(1_000_000))"
    learner = Learner(zygote, [("cell 1", source)], limits=LIMITS)
    learner.start()
    try:
        with pytest.raises(LearnerFault) as raised:
            learner.attempt(lambda x: x)
        assert verdict_of(raised.value) == "timeout"
    finally:
        learner.stop()


# --- through nbgrader -----------------------------------------------------------------------------------------------

THROUGH_NBGRADER = ["01_comparisons_always_agree", "04_early_result", "05_arithmetic_of_points", "06_rewritten_source", "05_not_a_number",
                    "14_os_exit-loading", "21_expected_value_in_a_frame", "47_forge_outputs", "47_delete_checks", "47_raise_points",
                    "48_exception_named_as_a_verdict-pass", "63_check_before_the_answer"]  # fmt: skip


@cache
def handed_in():
    """By student: a notebook with a cheat, among them the honest one."""
    return {"honest": submission()} | {name: SUBMISSIONS[name][1]() for name in THROUGH_NBGRADER}


@pytest.fixture(scope="module")
def autograded(tmp_path_factory):
    """The gradebook after stock `nbgrader autograde` of the cheats."""
    course = real_course(tmp_path_factory.mktemp("attacks"), LESSON, gradebook=True)
    with open(course.root / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write("\nc.Judge.call_seconds = 1.0\n")
    for student, made in handed_in().items():
        hand_in(course, LESSON, re.sub(r"\W", "_", student), as_bytes(made))
    done = command(course, "nbgrader", "autograde", LESSON)
    assert done.returncode == 0, done.stderr[-3000:]
    return gradebook(course, LESSON)


def test_nbgrader_scores_what_the_judge_scores(autograded, honest):
    assert {name: score for name, (score, _) in autograded["honest"].items()} == honest


@pytest.mark.parametrize("name", THROUGH_NBGRADER)
def test_cheat_through_nbgrader_scores_no_more(autograded, honest, name):
    found = autograded[re.sub(r"\W", "_", name)]
    for exercise, (score, needs_manual) in found.items():
        assert score is not None and not needs_manual
        assert score <= honest[exercise], exercise
    assert found.keys() == honest.keys()
    if SUBMISSIONS[name][0].promise == "same":
        assert {name: score for name, (score, _) in found.items()} == honest


# --- the page -------------------------------------------------------------------------------------------------------


def test_page_lists_the_catalogue_as_it_was_measured():
    """Renew it with `python -m autograder.tests.attack_table --measure`."""
    assert list(recorded()) == list(attacks())
    page = PAGE.read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert page == written(page, recorded())


def test_page_promises_what_was_measured():
    """From level container on nothing earns more than it is worth or loses a score; below, what stays within its process."""
    for name, found in recorded().items():
        for level in filter(lambda level: applies(attacks()[name], level), LEVELS):
            assert found[level].startswith(("the same", "less")), (name, level)
