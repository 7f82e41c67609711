"""More calls of the learner's function, on inputs made from those of the checks: smaller ones, and one argument changed."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from autograder.diagnosis.docstring import Description
from autograder.diagnosis.evidence import Case, Evidence, as_recorded, run
from autograder.diagnosis.values import is_finite, is_real, parts
from autograder.sandbox import wire
from autograder.sandbox.learner import Learner

MOST_BASES = 6  # recorded calls from which inputs are made
MOST_PROBES = 24
MOST_SECONDS = 0.1  # of the judge's, for the right values of all of them
CALL_SECONDS = 1.0  # what all of them together may take the learner's program


def ask(learner: Learner, evidence: Evidence, inputs: Iterable[tuple[Any, ...]]) -> list[Case]:
    """Call the learner's function on more inputs.

    Parameters
    ----------
    learner : Learner
    evidence : Evidence
    inputs : iterable of tuple
        Those count for which the solution gives finite values, none of them empty; of these as many as time allows.

    Returns
    -------
    list of Case
        As many as were answered.
    """
    probes = list(_valid(evidence, inputs))
    if not probes:
        return []
    calls = learner.probe(evidence.exercise, [case.arguments for case in probes], CALL_SECONDS)
    return [
        Case(case.arguments, as_recorded(call), case.right, failed=True)
        for call, case in zip(calls, probes, strict=False)
    ]


def _valid(evidence: Evidence, inputs: Iterable[tuple[Any, ...]]) -> Iterator[Case]:
    function = getattr(evidence.solution, evidence.exercise)
    most = min(MOST_PROBES, int(MOST_SECONDS / evidence.seconds_a_call))
    for arguments in itertools.islice(inputs, most):
        right = run(function, arguments, {})
        if (
            not right.exception
            and is_finite(right.value)
            and all(part.size for part in parts(right.value) if isinstance(part, np.ndarray))
        ):
            yield Case(arguments, right, right, failed=True)


def bases(evidence: Evidence) -> list[Case]:
    """Calls whose arguments are plain data, with which one can go on."""
    plain = (case for case in evidence.cases if _is_plain(case.arguments) and not case.right.exception)
    return list(itertools.islice(plain, MOST_BASES))


def _is_plain(arguments: Sequence[Any]) -> bool:
    return bool(arguments) and not any(
        isinstance(a, (wire.Kept, wire.Seed)) or callable(a) for a in arguments
    )


# --- smaller inputs -------------------------------------------------------------------------------------------------


def smaller(evidence: Evidence) -> Iterator[tuple[Any, ...]]:
    """Recorded inputs with the axis that the docstring calls N cut to 1, to half and by one; then K, and so on."""
    seen = {_key(case.arguments) for case in evidence.cases}
    each = (_cut_down(case.arguments, evidence.description) for case in bases(evidence))
    for arguments in itertools.chain.from_iterable(itertools.zip_longest(*each)):
        if arguments is not None and (key := _key(arguments)) not in seen:
            seen.add(key)
            yield arguments


def _key(arguments: Sequence[Any]) -> str:
    return repr([(np.shape(a), a.tobytes()) if isinstance(a, np.ndarray) else a for a in arguments])


def _cut_down(arguments: tuple[Any, ...], description: Description) -> Iterator[tuple[Any, ...]]:
    for symbol, n in description.sizes(arguments).items():
        for length in dict.fromkeys((1, math.ceil(n / 2), n - 1)):
            if 0 < length < n:
                yield cut(arguments, description, symbol, length)
    for index, value in enumerate(arguments):
        if is_real(value) and not isinstance(value, (float, np.floating)) and value > 1:
            yield (*arguments[:index], value // 2, *arguments[index + 1 :])


def cut(arguments: tuple[Any, ...], description: Description, symbol: str, length: int) -> tuple[Any, ...]:
    """Arguments of which each axis that is ``symbol`` long keeps its first ``length`` entries."""
    result = []
    for entry, value in zip(description.parameters, arguments, strict=False):
        if isinstance(value, np.ndarray):
            fitting = [shape for shape in entry.shapes if len(shape) == value.ndim]
            if len(fitting) == 1 and symbol in fitting[0]:
                value = value[tuple(slice(length if s == symbol else None) for s in fitting[0])].copy()
        result.append(value)
    return tuple(result)


# --- one argument changed -------------------------------------------------------------------------------------------


def with_one_changed(evidence: Evidence) -> Iterator[tuple[str, tuple[Any, ...], tuple[Any, ...]]]:
    """For each argument: its name, an input, and the same input with this argument changed within its kind."""
    for case in bases(evidence)[:3]:
        for index, entry in enumerate(evidence.description.parameters[: len(case.arguments)]):
            for name, value in _changed(entry.name, case.arguments[index]):
                arguments = (*case.arguments[:index], value, *case.arguments[index + 1 :])
                yield name, case.arguments, arguments


def _changed(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            for label, other in _changed(f'{name}["{key}"]', item):
                yield label, value | {key: other}
    elif isinstance(value, bool):
        yield name, not value
    elif isinstance(value, (int, np.integer)):
        yield name, value + 1
    elif isinstance(value, (float, np.floating)):
        yield name, value * 0.5
    elif isinstance(value, np.ndarray) and value.dtype.kind in "iuf" and value.size > 1:
        yield name, np.flip(value).copy() if value.ndim == 1 else np.flip(value, 0).copy()
        if value.dtype.kind == "f":
            yield name, value * 0.5
    elif isinstance(value, np.ndarray) and value.dtype.kind == "f":
        yield name, value * 0.5
