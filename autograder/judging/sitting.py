"""One submission before the judge: exercise by exercise, check by check, to an exact result."""

import hashlib
import inspect
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import wraps
from typing import Any, Protocol

import numpy as np

from autograder.diagnosis.docstring import describe
from autograder.diagnosis.evidence import gather, silence
from autograder.diagnosis.explanation import explain
from autograder.diagnosis.misconceptions import Misconception
from autograder.judging.allowance import Exhausted, allowance
from autograder.judging.outcome import Outcome, outcome_of, verdict_of
from autograder.judging.reference import Reference
from autograder.judging.results import (
    CheckResult,
    ExerciseResult,
    Explanation,
    MatchedMisconception,
    Verdict,
    earned,
)
from autograder.judging.wording import Wording
from autograder.sandbox.learner import Learner, Trace
from autograder.sandbox.processes import LearnerFault, LearnerRaised

# Of the judge's CPU, for one exercise; all but a few that train take far less than one.
EXPLAINING_SECONDS = 4.0
EXPLAINED = (Verdict.FAIL, Verdict.ERROR)
MOST_CALLS_OF_OURS = 20_000  # of functions that stand in, while one exercise is examined
MOST_HANGS = 2  # calls of one exercise that may hang or die before its other checks are left out
HANGS = (Verdict.TIMEOUT, Verdict.DIED)
STUB = "You have not written this yet."


class Check(Protocol):
    """One hidden check, as the pytest plugin collected it."""

    name: str
    weight: int
    message: str

    def run(self, sitting: "Sitting", /) -> Outcome: ...


@dataclass
class Exercise:
    """One exercise of a lesson, as the judge knows it."""

    name: str
    points: float
    checks: Sequence[Check]
    misconceptions: Sequence[Misconception]
    needs: Sequence[str]
    may_change_arguments: bool
    # What it calls and ours may stand in for; and with each, what must then be ours, too.
    helpers: Mapping[str, Sequence[str]]


@dataclass
class Sitting:
    """The state that the checks of one submission share.

    Attributes
    ----------
    learner : Learner
    reference : Reference
    seed : str
        Everything random in the checks is drawn from it.
    places : mapping of str to str
        What messages call the cell that answers an exercise, such as "cell 7".
    untouched : set of str
        Exercises whose released stub stands unchanged, or that no cell of the learner's defines.
    wording : Wording
    """

    learner: Learner
    reference: Reference
    seed: str
    places: Mapping[str, str]
    untouched: set[str]
    wording: Wording
    _traces: list[tuple[str, Trace, bool]] = field(default_factory=list)
    _sound: set[str] = field(default_factory=set)  # exercises that passed without help

    def generator(self, check: str) -> np.random.Generator:
        """Random numbers of one check: the same whenever the seed is."""
        digest = hashlib.sha256(f"{self.seed}/{check}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:16]))

    def examine(self, exercise: Exercise, before: Mapping[str, Verdict]) -> ExerciseResult:
        """Run the checks of one exercise, and if one fails look for the idea behind it.

        Parameters
        ----------
        exercise : Exercise
        before : mapping of str to Verdict
            Verdicts of the exercises before this one.
        """
        result = self._examine_once(exercise, before)
        if result.verdict == Verdict.PASS:
            self._sound.add(exercise.name)
        if result.verdict in (Verdict.PASS, Verdict.GRADER_FAULT) or exercise.name in self.untouched:
            return result
        traces = self._traces
        wrong = [name for name in exercise.helpers if name not in self._sound]
        helpers = list(dict.fromkeys(name for n in wrong for name in (n, *exercise.helpers[n])))
        if helpers and (better := self._with_ours(exercise, before, helpers, result.score or 0.0)):
            return better
        self._explain(exercise, result, traces)
        # Where ours could take the place of all that is wrong and it did not help, the fault is here.
        lacking = [
            name for name in exercise.needs
            if name not in self._sound and (name not in helpers or name in self.learner.opaque)
        ]  # fmt: skip
        if lacking and result.verdict != Verdict.NOT_ATTEMPTED:
            result.message = f"{exercise.name} needs {' and '.join(lacking)} first. {result.message}"
        return result

    def _examine_once(self, exercise: Exercise, before: Mapping[str, Verdict]) -> ExerciseResult:
        self._traces = []
        hung_before = any(before.get(name) in HANGS for name in exercise.needs)
        results = self._run_checks(exercise, most_hangs=1 if hung_before else MOST_HANGS)
        spoiled = exercise.name in self.learner.changed and not exercise.may_change_arguments
        description = describe(getattr(self.reference, exercise.name))
        for check in results:
            check.message = self.wording.clear(check.message, description)
        return _score(exercise, results, spoiled)

    def _with_ours(
        self, exercise: Exercise, before: Mapping[str, Verdict], names: Sequence[str], least: float
    ) -> ExerciseResult | None:
        """The exercise once more, with our functions in the place of earlier ones that are not right; if that earns more.

        A slip is charged once, where it was made. What the earlier exercises earn is settled by now.
        """
        own, calls_left = self.learner, [MOST_CALLS_OF_OURS]
        ours = {name: _limited(getattr(self.reference, name), calls_left) for name in names}
        with own.with_stand_ins(ours) as self.learner:
            try:
                result = self._examine_once(exercise, before)
                if (result.score or 0.0) <= least:
                    return None
                self._explain(exercise, result, self._traces)
            finally:
                self.learner = own
        result.helped_by = list(names)
        return result

    def _run_checks(self, exercise: Exercise, most_hangs: int) -> list[CheckResult]:
        blocked = self._door(exercise)
        results, hangs = [], 0
        for check in sorted(exercise.checks, key=lambda c: c.weight > 0):  # gates first, else in their order
            if blocked is not None:
                results.append(CheckResult(check.name, blocked.verdict, f"Not run. {blocked.message}", 0.0))
                continue
            start = time.perf_counter()
            outcome = self._run(check)
            results.append(
                CheckResult(check.name, outcome.verdict, outcome.message, time.perf_counter() - start)
            )
            hangs += outcome.verdict in HANGS
            if (
                outcome.verdict == Verdict.NOT_ATTEMPTED
                or hangs >= most_hangs
                or (check.weight == 0 and outcome.verdict != Verdict.PASS)
            ):
                blocked = outcome
        return results

    def _run(self, check: Check) -> Outcome:
        self.learner.trace = Trace()
        outcome = check.run(self)
        self._traces.append((check.name, self.learner.trace, outcome.verdict != Verdict.PASS))
        return outcome

    def _door(self, exercise: Exercise) -> Outcome | None:
        """Why the checks of an exercise need not even be run; None if they must."""
        name = exercise.name
        if name in self.untouched:
            return Outcome(Verdict.NOT_ATTEMPTED, STUB)
        try:
            found = self.learner.describe(name)
        except LearnerFault as fault:
            return outcome_of(fault)
        if not found.found:
            return self._why_missing(name)
        if not found.is_callable:
            return Outcome(Verdict.FAIL, f"{name} must be a function; something else has taken its name.")
        return self._signature(name, found.parameters)

    def _why_missing(self, name: str) -> Outcome:
        fault = self.learner.cell_failures.get(self.places.get(name, ""))
        if fault is None:
            return Outcome(Verdict.FAIL, f"Your cell defines no function called {name}.")
        if not isinstance(fault, LearnerRaised):  # the cell hung, or ended the process
            return Outcome(verdict_of(fault), f"{name} was not defined. {fault}")
        failure = fault.failure
        where = f" ({failure.where})" if failure.where else ""
        words = f"{name} was not defined: {failure.type_name}: {failure.message}{where}"
        return Outcome(Verdict.ERROR, words)

    def _signature(self, name: str, parameters: list[str] | None) -> Outcome | None:
        wanted = _parameters(getattr(self.reference, name))
        if parameters is None or any(p.startswith("*") for p in parameters):
            return None
        required = [p for p in parameters if "=" not in p]
        least = [p for p in wanted if "=" not in p]
        if len(required) > len(least) or len(parameters) < len(wanted):
            return Outcome(Verdict.FAIL, f"{name} must take the arguments ({', '.join(wanted)}).")
        return None

    def _explain(
        self, exercise: Exercise, result: ExerciseResult, traces: Sequence[tuple[str, Trace, bool]]
    ) -> None:
        """Say why an exercise failed. Whatever goes wrong in the search costs this sentence and nothing else."""
        if result.verdict not in EXPLAINED:
            return
        try:
            with allowance(EXPLAINING_SECONDS):
                evidence = gather(exercise.name, traces, self.reference)
                found = explain(exercise.misconceptions, evidence, self.learner)
        except (Exception, Exhausted):
            logging.getLogger(__name__).exception("nothing could be said of %s", exercise.name)
            return
        if found is None:
            return
        result.explanation = Explanation(found.kind, found.message)
        if found.kind == "idea":
            result.misconception = MatchedMisconception(found.name, found.message)
            result.message = found.message
        else:
            # The first sentence is about what is wrong, and not about a check that fails for another reason.
            blamed = next((c.message for c in result.checks if c.name == evidence.blamed), result.message)
            result.message = f"{blamed} {found.message}"


def _limited(function: Callable[..., Any], calls_left: list[int]) -> Callable[..., Any]:
    """A function of ours that a learner's program may call, together with others, a bounded number of times.

    It returns what the function does, and the states of the random generators among its arguments afterwards.
    """

    @wraps(function)
    def limited(*arguments: Any) -> tuple[Any, list[Any]]:
        calls_left[0] -= 1
        if calls_left[0] < 0:
            raise ValueError("called too often")
        opened = [_generator_of(argument) for argument in arguments]
        with silence():
            value = function(*opened)
        return value, [a.bit_generator.state for a in opened if isinstance(a, np.random.Generator)]

    return limited


def _generator_of(argument: Any) -> Any:
    """A generator for the state of one, which is how it comes over; anything else as it is."""
    if not (isinstance(argument, dict) and argument.get("bit_generator") == "PCG64"):
        return argument
    generator = np.random.default_rng()
    numbers = {name: int(digits, 16) for name, digits in argument["state"].items()}
    generator.bit_generator.state = argument | {"state": numbers}
    return generator


def _parameters(function: Callable[..., Any]) -> list[str]:
    return [str(p) for p in inspect.signature(function).parameters.values()]


def _score(exercise: Exercise, results: list[CheckResult], spoiled: bool) -> ExerciseResult:
    weights = {check.name: check.weight for check in exercise.checks}
    total = Fraction(sum(weights.values()))
    passed = Fraction(sum(weights[r.name] for r in results if r.verdict == Verdict.PASS))
    first = next((r for r in results if r.verdict != Verdict.PASS), None)
    fault = next((r for r in results if r.verdict == Verdict.GRADER_FAULT), None)
    gate_closed = any(r.verdict != Verdict.PASS and weights[r.name] == 0 for r in results)
    score = None if fault else earned(exercise.points, Fraction(0) if gate_closed else passed, total, spoiled)
    verdict, message = (Verdict.PASS, "") if first is None else (first.verdict, first.message)
    if fault:
        verdict, message = Verdict.GRADER_FAULT, fault.message
    elif first is None and spoiled:
        verdict = Verdict.FAIL
        message = "The values are right, but the function changes an argument in place: work on a copy."
    return ExerciseResult(exercise.name, score, exercise.points, verdict, message, None, None, [], results)
