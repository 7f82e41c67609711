"""The small slip: our own answer with one thing changed gives what the learner's program gives."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.diagnosis.evidence import Evidence
from autograder.diagnosis.ideas import Fit, fit

MOST_CALLS_FOR_KINDS = 6
MOST_SECONDS = 0.6  # of the judge's, for one call of each of our answers with a slip
LEAST_DIFFERENT = 2  # wrong values that a slip must give
SLIPS = {
    "axis": "a sum, a mean or a maximum is taken over another axis",
    "sign": "one sign is turned",
    "arithmetic": "one arithmetic operation stands in the place of another",
    "transpose": "one matrix is transposed that should not be, or the other way round",
    "1/N": "one sum stands for a mean, or one mean for a sum",
    "dropped term": "one term or factor is missing",
    "factor": "one term has a factor too much or too few, such as 2 or ½",
    "off by one": "one index or range is off by one",
    "comparison": "one comparison is another, such as > for >=",
    "constant": "one constant has another value",
    "default argument": "a default argument has another value",
    "wrong variable": "one variable stands in the place of another",
    "wrong function": "one function stands in the place of a related one",
    "dropped function": "one function is missing, such as a maximum, an absolute value or a copy",
    "branch": "one case is always taken, or never",
    "dropped statement": "one step is missing",
    "+= to =": "one `=` stands where `+=` should add up",
    "order of parts": "the parts of a tuple stand in another order",
    "exception kind": "another exception is raised",
}


@dataclass(frozen=True)
class _Slip:
    words: str
    place: str
    program: str


# By exercise and answer: mutants take longer to make than to try.
_KNOWN: dict[tuple[str, str], list[_Slip]] = {}


def find_slip(evidence: Evidence) -> str:
    """One sentence about the slip by which our answer becomes the learner's values, or the empty string.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    str
        True of every call that was recorded. Where two kinds of slip give the same both are told, where more do none is.
    """
    if len({repr(case.right.value) for case in evidence.cases if not case.is_right}) < LEAST_DIFFERENT:
        return ""
    found: dict[str, set[str]] = {}  # for each kind the places where it gives the learner's values
    for slip in _slips(evidence)[: int(MOST_SECONDS / evidence.seconds_a_call)]:
        if slip.place not in found.get(slip.words, ()) and fit(slip.program, evidence) == Fit.EXACT:
            found.setdefault(slip.words, set()).add(slip.place)
    if not 1 <= len(found) <= 2:
        return ""
    told = [words + (places.pop() if len(places) == 1 else "") for words, places in found.items()]
    return f"Your values are exactly those of a right program with one slip: {', or '.join(told)}."


def _slips(evidence: Evidence) -> list[_Slip]:
    source = evidence.solution.sources[evidence.exercise]
    key = evidence.exercise, source
    if key not in _KNOWN:
        _KNOWN[key] = _make(evidence, source)
    return _KNOWN[key]


def _make(evidence: Evidence, source: str) -> list[_Slip]:
    from autograder.diagnosis.mutants import (  # with a parser that only a failing exercise needs
        kinds_of,
        mutants,
    )

    calls = [case.arguments for case in evidence.cases if not case.right.exception][:MOST_CALLS_FOR_KINDS]
    kinds = kinds_of(getattr(evidence.solution, evidence.exercise), calls)
    results = [entry.name for entry in evidence.description.results]
    return [
        _Slip(SLIPS[mutant.operator], _where(mutant.diff, results), mutant.source)
        for mutant in mutants(evidence.exercise, source, kinds)
    ]


def _where(diff: str, results: Sequence[str]) -> str:
    """In whose line a slip is, where that is a value that the docstring says is returned."""
    made = diff.lstrip("- ").split(" = ")[0].split(" += ")[0]
    return f", where `{made}` is made" if made in results else ""
