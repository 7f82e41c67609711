"""Why an exercise failed: a named idea, or else a relation, a condition, a slip; or nothing, rather than a guess."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from autograder.diagnosis.conditions import find_condition, find_ignored, find_place
from autograder.diagnosis.evidence import Case, Evidence, silence
from autograder.diagnosis.ideas import Fit, find_ideas
from autograder.diagnosis.misconceptions import Misconception
from autograder.diagnosis.probing import ask, smaller, with_one_changed
from autograder.diagnosis.relations import find_relation
from autograder.diagnosis.slips import find_slip
from autograder.sandbox.learner import Learner

Kind = Literal["idea", "relation", "condition", "slip"]


@dataclass(frozen=True)
class Explanation:
    """One sentence or two about what is wrong.

    Attributes
    ----------
    kind : {"idea", "relation", "condition", "slip"}
    name : str
        Of the idea; empty for the others.
    message : str
    """

    kind: Kind
    name: str
    message: str


def explain(candidates: Sequence[Misconception], evidence: Evidence, learner: Learner) -> Explanation | None:
    """The first explanation that holds.

    Parameters
    ----------
    candidates : sequence of Misconception
        Wrong ideas about the exercise.
    evidence : Evidence
    learner : Learner
        Asked for a few values more, where a condition is looked for.
    """
    if match := find_ideas(candidates, evidence):
        besides = (
            f" And apart from that: {_what_else(evidence)}"
            if match.fit in (Fit.APART, Fit.PARTS_APART)
            else ""
        )
        return Explanation("idea", match.name, match.message + besides)
    if not evidence.description.parameters:
        return None  # what is chosen, not computed: any relation would give the answer away
    kind, words = _found(evidence, learner)
    return Explanation(kind, "", words) if words else None


def _found(evidence: Evidence, learner: Learner) -> tuple[Kind, str]:
    """A relation or a condition. Both are looked for on the checks' calls and on smaller inputs."""
    more = ask(learner, evidence, smaller(evidence))
    telling = [*evidence.telling, *(case for case in more if case.is_telling)]
    if words := find_relation(telling, evidence):
        return "relation", words
    cases = [*evidence.cases, *more]
    with silence():
        wrong = [case for case in cases if case.failed and case.has_values and not case.is_right]
        words = (
            find_condition(cases, evidence)
            or find_ignored(_changes(evidence, learner), evidence)
            or find_place(wrong, evidence)
            or _shape_alone(cases, evidence)
        )
        if not words and (slip := find_slip(evidence.with_more(more))):
            return "slip", slip
    return "condition", words


def _changes(evidence: Evidence, learner: Learner) -> list[tuple[str, Case, Case]]:
    """Calls between which one argument was changed."""
    inputs = list(with_one_changed(evidence))
    known = {id(case.arguments): case for case in evidence.cases}
    answered = {id(case.arguments): case for case in ask(learner, evidence, [after for *_, after in inputs])}
    return [
        (name, known[id(before)], answered[id(after)])
        for name, before, after in inputs
        if id(after) in answered and known[id(before)].has_values and answered[id(after)].has_values
    ]


def _what_else(evidence: Evidence) -> str:
    """What happens on the calls that an idea leaves aside."""
    aside = [case for case in evidence.cases if case.failed and not case.is_usable]
    raised = sorted({case.learner.exception for case in aside if case.learner.exception})
    if raised:
        return f"on other inputs your function raises {' or '.join(raised)}."
    return "on other inputs your function gives nan or inf."


def _shape_alone(cases: Sequence[Case], evidence: Evidence) -> str:
    """Where the shape is right and where it is not, whatever the numbers are."""
    values = [
        case for case in cases
        if case.has_values and isinstance(case.learner.value, np.ndarray) and isinstance(case.right.value, np.ndarray)
    ]  # fmt: skip
    if len(values) < 3:
        return ""
    fits = [np.shape(case.learner.value) == np.shape(case.right.value) for case in values]
    if any(fits) and not all(fits):
        stand_ins = [
            Case(case.arguments, case.right if ok else case.learner, case.right, failed=True)
            for case, ok in zip(values, fits, strict=True)
        ]
        words = find_condition(stand_ins, evidence)
        return words.replace("it is wrong", "the shape is wrong").replace("it is right", "the shape is right")
    return ""
