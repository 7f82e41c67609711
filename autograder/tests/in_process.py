"""A learner and a solution in this process: programs given as text, with a record of calls as the judge keeps it."""

from collections.abc import Iterable
from types import SimpleNamespace

import numpy as np

from autograder.diagnosis.evidence import Evidence, fresh, gather
from autograder.sandbox import wire
from autograder.sandbox.learner import Recorded, Trace
from autograder.sandbox.processes import LearnerRaised


class TextSolution:
    """Answers given as text, in the place of a lesson's solution."""

    def __init__(self, sources: dict[str, str]):
        self.sources = sources
        self._namespace = {"np": np}
        for source in sources.values():
            exec(source, self._namespace)

    def __getattr__(self, name):
        return self._namespace[name]

    def with_answer(self, source, name):
        namespace = dict(self._namespace)
        exec(source, namespace)
        return namespace[name]


class InProcessLearner:
    """Calls a program's functions as `autograder.sandbox.learner.Learner` does, without a process of its own."""

    def __init__(self, source: str):
        self._namespace = {"np": np}
        exec(source, self._namespace)
        self.trace, self.call_seconds = Trace(), 5.0

    def __getattr__(self, name):
        return lambda *arguments: self.map(name, [arguments])[0]

    def map(self, name: str, argument_lists: Iterable[tuple]) -> list:
        calls = [self._call(name, arguments) for arguments in argument_lists]
        for call in calls:
            if call.failure is not None:
                raise LearnerRaised(name, call.failure)
        return [call.value for call in calls]

    def probe(self, name: str, argument_lists: Iterable[tuple], seconds: float) -> list[Recorded]:
        trace, self.trace = self.trace, Trace()
        try:
            return [self._call(name, arguments) for arguments in argument_lists]
        finally:
            self.trace = trace

    def _call(self, name, arguments):
        call = Recorded(name, arguments, answered=True)
        self.trace.calls.append(call)
        try:
            call.value = self._namespace[name](*map(fresh, arguments))
        except Exception as error:
            bases = [c.__name__ for c in type(error).__mro__]
            call.failure = wire.Failure(type(error).__name__, bases, str(error), "")
        return call


def evidence_of(
    solution: TextSolution, learner: InProcessLearner, exercise: str, calls: Iterable[tuple]
) -> Evidence:
    """What a failing check that makes these calls would have seen."""
    learner.trace = Trace()
    try:
        learner.map(exercise, list(calls))
    except LearnerRaised:
        pass
    return gather(exercise, [("a check", learner.trace, True)], solution)


def lesson_of(solution: str, learner: str) -> SimpleNamespace:
    """A solution of one exercise and a learner's program, by the name of the function that the solution defines."""
    name = solution.partition("def ")[2].partition("(")[0]
    return SimpleNamespace(
        name=name, solution=TextSolution({name: solution}), learner=InProcessLearner(learner)
    )
