"""The pytest plugin that runs a lesson's hidden checks, once collected, against one submission after the other."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from _pytest.runner import runtestprotocol

from autograder.diagnosis.misconceptions import registered
from autograder.judging.allowance import Exhausted, allowance
from autograder.judging.outcome import Failed, Outcome, outcome_of
from autograder.judging.reference import Reference, ReferenceAsLearner
from autograder.judging.results import Verdict
from autograder.judging.sitting import Exercise, Sitting
from autograder.judging.wording import Wording
from autograder.lesson.layout import CourseError, Lesson
from autograder.sandbox.learner import Learner
from autograder.sandbox.processes import IsolationError, LearnerFault

CHECK_SECONDS = (
    20.0  # of the judge's own CPU, for one check; the longest of the course takes far less than one
)
MARKER = "exercise(name, weight=1): a hidden check of one exercise; weight 0 makes it a gate"
OPTIONS = [
    "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:logging", "-p", "no:capture",
    "-p", "no:warnings", "-p", "no:junitxml", "-p", "no:doctest", "-p", "no:unittest", "-p", "no:tmpdir",
    "-p", "no:monkeypatch", "-p", "no:recwarn", "-p", "no:pastebin", "-p", "no:debugging", "-p", "no:threadexception",
    "-p", "no:unraisableexception", "-p", "no:stepwise", "-p", "no:setuponly", "-p", "no:setupplan", "-p", "no:subtests",
    "-c", "/dev/null", "--noconftest", "--import-mode=importlib", "--assert=plain",
]  # fmt: skip


@dataclass
class CollectedCheck:
    """A pytest item as one hidden check."""

    name: str
    exercise: str
    weight: int
    message: str
    run: Callable[[Sitting], Outcome]


class Examination:
    """Collects a lesson's checks in one pytest session and runs them again and again.

    Parameters
    ----------
    lesson : Lesson
    serve : callable
        Called once, with this object, when the checks are collected; grades as many submissions as it likes.
    """

    def __init__(self, lesson: Lesson, serve: Callable[["Examination"], None]):
        self.lesson, self._serve = lesson, serve
        self.solution = Reference(lesson)
        self.wording = Wording(lesson.released)
        self.checks: list[CollectedCheck] = []
        self.module: Any = None
        self.sitting: Sitting | None = None
        self.failure = ""  # why the checks could not be collected
        self._outcome: Outcome | None = None
        self._lost: IsolationError | None = (
            None  # what ended a check, where that was neither the check nor the learner
        )
        self._known: dict[str, tuple[list[str], str]] = {}  # a check's arguments and words, looked up once

    def run(self) -> None:
        """Collect and serve.

        Raises
        ------
        CourseError
            If the checks cannot be collected.
        """
        path = str(self.lesson.checks_path)
        if not self.lesson.checks_path.exists():
            raise CourseError(f"{self.lesson.name} has no hidden checks: {path} does not exist")
        code = pytest.main([*OPTIONS, f"--rootdir={self.lesson.root}", path], plugins=[self])
        if self.failure or code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            raise CourseError(
                f"the hidden checks of {self.lesson.name} cannot be run: {self.failure or code}"
            )

    @property
    def _now(self) -> Sitting:
        assert self.sitting is not None, "a check is run by a sitting"
        return self.sitting

    # -- fixtures of the checks

    @pytest.fixture
    def learner(self) -> Learner:
        return self._now.learner

    @pytest.fixture
    def reference(self) -> Reference:
        return self.solution

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        return self._now.generator(request.node.name)

    # -- hooks

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", MARKER)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failure = str(report.longrepr)[-1500:]

    def pytest_internalerror(self, excrepr: object) -> None:
        self.failure = str(excrepr)[-1500:]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if self.failure:
            return True
        items: list[Any] = session.items
        self.checks = [self._as_check(item, _sibling(item, items)) for item in items]
        self.module = items[0].module if items else None
        self._serve(self)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        try:
            self._outcome = self._judge(pyfuncitem)
        except IsolationError as error:
            self._lost = error
        return True  # the outcome is kept here: pytest need not draw a traceback

    def _as_check(self, item: Any, next_item: pytest.Item | None) -> CollectedCheck:
        marker = item.get_closest_marker("exercise")
        if marker is None or not marker.args:
            raise CourseError(
                f"{item.name} in {self.lesson.checks_path.name} has no @pytest.mark.exercise(name)"
            )

        def run(sitting: Sitting) -> Outcome:
            self.sitting, self._outcome, self._lost = sitting, None, None
            reports = runtestprotocol(item, nextitem=next_item, log=False)
            if self._lost is not None:
                raise self._lost
            if self._outcome is None:
                words = next((str(r.longrepr)[-500:] for r in reports if r.failed), "it did not run")
                return Outcome(Verdict.GRADER_FAULT, f"The check {item.name} could not be set up: {words}")
            return self._outcome

        weight, words = marker.kwargs.get("weight", 1), words_of(item.function)
        self._known[item.name] = list(inspect.signature(item.function).parameters), words
        return CollectedCheck(item.name, marker.args[0], weight, words, run)

    def _judge(self, item: pytest.Function) -> Outcome:
        names, message = self._known[item.name]
        arguments = {name: item.funcargs[name] for name in names}
        try:
            with allowance(CHECK_SECONDS):
                item.function(**arguments)
        except LearnerFault as fault:
            return outcome_of(fault)
        except IsolationError:
            raise
        except AssertionError as error:
            detail = str(error) if isinstance(error, Failed) else ""
            detail = detail[:1].upper() + detail[1:]
            return Outcome(Verdict.FAIL, f"{message} {detail}".strip())
        except (Exception, Exhausted) as error:
            return self._whose_fault(item, arguments, error, message)
        return Outcome(Verdict.PASS, "")

    def _whose_fault(
        self, item: pytest.Function, arguments: dict[str, Any], error: BaseException, message: str
    ) -> Outcome:
        """A check broke on a value: the learner's fault if it holds for the solution, else the check's own."""
        stand_in = {"learner": ReferenceAsLearner(self.solution), "rng": self._now.generator(item.name)}
        own_fault = Outcome(
            Verdict.GRADER_FAULT, f"The check {item.name} failed by itself: {type(error).__name__}: {error}"
        )
        if isinstance(error, OSError):
            return own_fault
        try:
            with allowance(CHECK_SECONDS):
                item.function(**{name: stand_in.get(name, value) for name, value in arguments.items()})
        except (Exception, Exhausted):
            return own_fault
        return Outcome(
            Verdict.FAIL, f"{message} What your function returned could not be used ({type(error).__name__})."
        )

    # -- what the lesson says of its exercises

    def exercises(self) -> list[Exercise]:
        """The lesson's exercises in notebook order, with their checks.

        Raises
        ------
        CourseError
            If an exercise has no check that carries weight, or a check belongs to no exercise.
        """
        points = self.lesson.released.points
        strays = {check.exercise for check in self.checks} - set(points)
        if strays:
            raise CourseError(
                f"{self.lesson.checks_path.name} checks {sorted(strays)}, which the notebook does not have"
            )
        ideas = registered(str(self.lesson.checks_path))
        return [self._exercise(name, points[name], ideas) for name in points]

    def _exercise(self, name: str, points: float, ideas: Iterable[Any]) -> Exercise:
        checks = [check for check in self.checks if check.exercise == name]
        if not any(check.weight > 0 for check in checks):
            raise CourseError(f"no check in {self.lesson.checks_path.name} carries weight for {name}")
        needs = getattr(self.module, "NEEDS", {}).get(name, [])
        may_change = name in getattr(self.module, "CHANGES_ARGUMENTS", ())
        own_ideas = [idea for idea in ideas if idea.exercise == name]
        return Exercise(name, points, checks, own_ideas, needs, may_change, self._helpers(name))

    def _helpers(self, name: str) -> dict[str, list[str]]:
        """Exercises that this one calls, directly or not, for which ours may answer; with each what must then be ours, too.

        What has no arguments is an answer by itself, and what changes its arguments must be the learner's. What hands on
        an object of its own needs a reader of that object that is ours as well.
        """
        needs: dict[str, list[str]] = getattr(self.module, "NEEDS", {})
        called: list[str] = []
        waiting = list(needs.get(name, []))
        while waiting:
            if (needed := waiting.pop(0)) not in called:
                called.append(needed)
                waiting += needs.get(needed, [])
        changing = getattr(self.module, "CHANGES_ARGUMENTS", ())
        ours = [
            f for f in called if f not in changing and inspect.signature(getattr(self.solution, f)).parameters
        ]
        return {f: [g for g in ours if f in self.opaque and f in needs.get(g, [])] for f in ours}

    @property
    def opaque(self) -> dict[str, list[int]]:
        """For a function, the positions in its returned tuple that stay in the worker."""
        return getattr(self.module, "OPAQUE", {})


def _sibling(item: pytest.Item, items: list[pytest.Item]) -> pytest.Item | None:
    """Another check of the same file: naming it as the next keeps the file's module set up."""
    return next((other for other in items[:2] if other is not item), None)


def words_of(function: Callable[..., Any]) -> str:
    """First paragraph of a check's docstring: the only text of it that a learner is shown."""
    text = inspect.getdoc(function) or ""
    return " ".join(text.split("\n\n")[0].split())
