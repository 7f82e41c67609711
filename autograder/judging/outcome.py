"""What came of running one check. Verdicts are made here, out of what the judge itself observed, and nowhere else.

What a learner's process sends is a claim: values, and words about an exception. The words are shown; no word becomes a
verdict.
"""

from dataclasses import dataclass

from autograder.judging.results import Verdict
from autograder.sandbox.processes import (
    LearnerDied,
    LearnerFault,
    LearnerRaised,
    LearnerTimedOut,
    ProtocolBroken,
)

# What the judge saw happen: no time left, the end of the process, bytes that are no answer.
_OBSERVED = {
    LearnerTimedOut: Verdict.TIMEOUT,
    LearnerDied: Verdict.DIED,
    ProtocolBroken: Verdict.PROTOCOL,
}
# A claimed exception is an error, of which these two kinds have words of their own. None of the three earns anything.
_CLAIMED = {"NotImplementedError": Verdict.NOT_ATTEMPTED, "MemoryError": Verdict.MEMORY}


class Failed(AssertionError):
    """A check that does not hold; its words are for the learner and hold no value of the check's."""


@dataclass(frozen=True)
class Outcome:
    """What came of running one check."""

    verdict: Verdict
    message: str


def verdict_of(fault: LearnerFault) -> Verdict:
    """Verdict on something that the learner's program did; never ``pass``, and never a fault of the grader's."""
    if isinstance(fault, LearnerRaised):
        return next((_CLAIMED[base] for base in _CLAIMED if base in fault.failure.bases), Verdict.ERROR)
    return _OBSERVED[type(fault)]


def outcome_of(fault: LearnerFault) -> Outcome:
    """Outcome of a check that something the learner's program did has ended."""
    return Outcome(verdict_of(fault), str(fault))
