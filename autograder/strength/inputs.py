"""Inputs on which an answer and a mutant of it are compared: those that the checks use, and others of the same domain."""

import contextlib
import copy
import inspect
import io
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from autograder.diagnosis.evidence import fresh, silence
from autograder.diagnosis.mutants import kind_of
from autograder.judging.plugin import Examination
from autograder.judging.reference import Reference, ReferenceAsLearner
from autograder.judging.sitting import Sitting
from autograder.lesson.layout import Lesson
from autograder.sandbox import wire
from autograder.sandbox.learner import Learner, Recorded, Trace
from autograder.sandbox.processes import LearnerRaised
from autograder.sandbox.worker import describe_failure

Arguments = tuple[Any, ...]


# --- what the checks call -------------------------------------------------------------------------------------------


class Recorder(ReferenceAsLearner):
    """The solution in the learner's place, with a record of its calls as `Learner` keeps it.

    Parameters
    ----------
    reference : Reference
    opaque : mapping of str to list of int
        For a function, positions in its returned tuple that a check must not look into.
    """

    def __init__(self, reference: Reference, opaque: Mapping[str, list[int]]):
        super().__init__(reference)
        self._opaque, self._kept = opaque, dict[int, Any]()
        self.trace = Trace()
        self.changed: set[str] = set()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *arguments: self.after(name, *arguments)[0]

    def after(self, name: str, *arguments: Any) -> tuple[Any, list[Any]]:
        recorded = Recorded(name, tuple(_copied(argument) for argument in arguments))
        self.trace.calls.append(recorded)
        opened = [fresh(argument, self._kept) for argument in arguments]
        try:
            value = getattr(self._reference, name)(*opened)
        except Exception as error:  # as a learner's own: a check may ask for it
            raise LearnerRaised(name, describe_failure(error)) from error
        return self._closed(value, self._opaque.get(name, [])), opened

    def map(self, name: str, argument_lists: Iterable[Arguments]) -> list[Any]:
        return [self.after(name, *arguments)[0] for arguments in argument_lists]

    def _closed(self, value: Any, positions: list[int]) -> Any:
        """A returned tuple in which what is opaque is a number, known by the call that it comes from."""
        if not (positions and isinstance(value, tuple) and len(value) > max(positions)):
            return value
        parts = list(value)
        for position in positions:
            number = len(self._kept)
            self._kept[number] = value[position]
            self.trace.origins[number] = len(self.trace.calls) - 1, position
            parts[position] = wire.Kept(number, type(value[position]).__name__)
        return tuple(parts)

    def opened(self, arguments: Arguments) -> Arguments:
        """Arguments with the opaque values that the solution made in the place of their numbers."""
        return tuple(self._kept[a.number] if isinstance(a, wire.Kept) else a for a in arguments)


def _copied(argument: Any) -> Any:
    return argument if callable(argument) else copy.deepcopy(argument)


@dataclass(frozen=True)
class Material:
    """A lesson as far as its mutants are measured.

    Attributes
    ----------
    reference : Reference
    opaque : mapping of str to list of int
    traces : list of Trace
        One for each check and seed: the calls that it made of the solution.
    calls : dict of str to list of tuple
        For each exercise the arguments of all these calls, nothing of them opaque.
    free : dict of str to callable
        ``FREE`` of the check file: whether an exercise's docstring leaves open what comes of some arguments.
    """

    reference: Reference
    opaque: Mapping[str, list[int]]
    traces: list[Trace]
    calls: dict[str, list[Arguments]]
    free: dict[str, Callable[..., bool]]


def record(lesson: Lesson, seeds: Iterable[str]) -> Material:
    """Run all hidden checks of a lesson on its own solution, and keep what they call.

    Parameters
    ----------
    lesson : Lesson
    seeds : iterable of str
        Each draws other inputs.

    Raises
    ------
    CourseError
        If the checks cannot be collected.
    """
    recorded: list[Material] = []
    with contextlib.redirect_stdout(io.StringIO()):  # whatever a lesson's cells or checks print
        Examination(lesson, lambda examination: recorded.append(_record(examination, seeds))).run()
    return recorded[0]


def _record(examination: Examination, seeds: Iterable[str]) -> Material:
    recorder = Recorder(examination.solution, examination.opaque)
    traces = []
    for seed in seeds:
        learner = cast(Learner, recorder)
        sitting = Sitting(learner, examination.solution, seed, {}, set(), examination.wording)
        for check in examination.checks:
            recorder.trace = Trace()
            with silence():
                check.run(sitting)
            traces.append(recorder.trace)
    calls: dict[str, list[Arguments]] = {}
    for trace in traces:
        for call in trace.calls:
            calls.setdefault(call.name, []).append(recorder.opened(call.arguments))
    free = dict(getattr(examination.module, "FREE", {}))
    return Material(examination.solution, examination.opaque, traces, calls, free)


# --- other inputs of the same domain --------------------------------------------------------------------------------

Path = tuple[Any, ...]
FACTORS = (0.0, -1.0, 1e-6, 1e-3, 1e3)
MISFIT = "lengths that do not fit"  # counts only where the answer itself refuses it
BASES = 12  # recorded calls that others are derived from
MOST_ENTRIES = 4000  # of a call that others are derived from


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Everything in arguments that is no container, with the way to it."""
    if isinstance(value, (tuple, list)):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    else:
        yield path, value


def _replaced(value: Any, change: Callable[[Path, Any], Any], path: Path = ()) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(_replaced(item, change, (*path, index)) for index, item in enumerate(value))
    if isinstance(value, dict):
        return {key: _replaced(item, change, (*path, key)) for key, item in value.items()}
    return change(path, value)


def size(arguments: Arguments) -> int:
    """Numbers in arguments, all in all."""
    return sum(np.size(value) for _, value in leaves(arguments) if not callable(value))


def derived(
    calls: list[Arguments], function: Callable[..., Any], seed: str
) -> Iterator[tuple[str, Arguments]]:
    """Inputs like those of recorded calls: smaller, larger, tied, far apart, in another order, one argument at a time.

    An input is left out where an argument lacks something that it has in all recorded calls, such as entries that are
    not negative, or rows that sum to 1: what the calls have in common is taken for the documented domain.

    Parameters
    ----------
    calls : list of tuple
    function : callable
        The answer, for its default arguments.
    seed : str

    Yields
    ------
    how : str
    arguments : tuple
    """
    domain = _domain(calls)
    for arguments in _bases(calls, random.Random(seed)):
        rng = np.random.default_rng(list(seed.encode()))
        for how, other in _variations(arguments, function, rng):
            if all(domain.get(path, set()) <= facts(value) for path, value in leaves(other)):
                yield how, other


def _bases(calls: list[Arguments], rng: random.Random) -> list[Arguments]:
    """Some calls, of as many different shapes as there are, small ones first."""
    small = [call for call in calls if size(call) <= MOST_ENTRIES]
    rng.shuffle(small)
    by_form: dict[str, list[Arguments]] = {}
    for call in small:
        by_form.setdefault(str([kind_of(value) for _, value in leaves(call)]), []).append(call)
    rounds = max(map(len, by_form.values()), default=0)
    chosen = [group[i] for i in range(rounds) for group in by_form.values() if i < len(group)]
    return sorted(chosen[:BASES], key=size)


def _variations(
    arguments: Arguments, function: Callable[..., Any], rng: np.random.Generator
) -> Iterator[tuple[str, Arguments]]:
    yield "as recorded", arguments
    optional = sum(p.default is not p.empty for p in inspect.signature(function).parameters.values())
    for left_out in range(1, optional + 1):
        if left_out < len(arguments):
            yield "default arguments", arguments[:-left_out]
    yield from _other_sizes(arguments, rng)
    yield from _that_do_not_fit(arguments)
    paths = [path for path, value in leaves(arguments) if not callable(value)]
    for chosen in [*([path] for path in paths), paths] if len(paths) > 1 else [paths]:
        for how, change in CHANGES.items():
            yield how, _replaced(arguments, lambda path, v: change(v, rng) if path in chosen else v)  # noqa: B023


def _other_sizes(arguments: Arguments, rng: np.random.Generator) -> Iterator[tuple[str, Arguments]]:
    """One dimension shortened, or put in another order, wherever it occurs."""
    lengths = {length for _, value in leaves(arguments) for length in np.shape(_data(value))}
    for length in sorted(lengths - {0}):
        order = rng.permutation(length)
        for how, places in {
            "a dimension of length 1": order[:1], "a dimension of length 2": order[:2], "a dimension shorter by one": order[:-1],
            "permuted": order,
        }.items():  # fmt: skip
            if 0 < len(places) <= length:
                yield how, _replaced(arguments, lambda path, v: _taken(v, length, places))  # noqa: B023


def _that_do_not_fit(arguments: Arguments) -> Iterator[tuple[str, Arguments]]:
    """One array shorter, and the others not."""
    for chosen, array in leaves(arguments):
        for axis, length in enumerate(np.shape(_data(array))):
            if length > 1:
                shorter = array.take(range(length - 1), axis=axis)
                yield MISFIT, _replaced(arguments, lambda path, v: shorter if path == chosen else v)  # noqa: B023


def _data(value: Any) -> Any:
    return value if isinstance(value, np.ndarray) else 0


def _taken(value: Any, length: int, places: np.ndarray) -> Any:
    """Value with only some places of each axis of a length; a whole number that equals the length follows it."""
    if isinstance(value, np.ndarray):
        for axis, its_length in enumerate(value.shape):
            if its_length == length:
                value = value.take(places, axis=axis)
        return value
    follows = type(value) is int and value == length
    return len(places) if follows else value


def _scaled(factor: float) -> Callable[[Any, np.random.Generator], Any]:
    return lambda value, rng: value * factor if _is_real(value) else value


def _is_real(value: Any) -> bool:
    return isinstance(value, float) or isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _far_apart(axis: int) -> Callable[[Any, np.random.Generator], Any]:
    def change(value: Any, rng: np.random.Generator) -> Any:
        if not _is_real(value) or np.ndim(value) <= axis:
            return value
        steps = 500.0 * np.arange(value.shape[axis])
        return value + steps.reshape([-1 if a == axis else 1 for a in range(value.ndim)])

    return change


def _one_large(value: Any, rng: np.random.Generator) -> Any:
    if not (isinstance(value, np.ndarray) and _is_real(value) and value.size):
        return value
    other = value.copy()
    other.flat[rng.integers(value.size)] *= 100
    return other


def _one_kind(value: Any, rng: np.random.Generator) -> Any:
    """All entries the same, as in labels of a single class."""
    return np.full_like(value, value.flat[0]) if isinstance(value, np.ndarray) and value.size else value


def _turned(value: Any, rng: np.random.Generator) -> Any:
    if isinstance(value, bool) or isinstance(value, np.ndarray) and value.dtype.kind == "b":
        return np.logical_not(value) if isinstance(value, np.ndarray) else not value
    if isinstance(value, np.ndarray) and value.dtype.kind in "iu" and np.isin(value, (0, 1)).all():
        return 1 - value
    return value


def _counted(by: int) -> Callable[[Any, np.random.Generator], Any]:
    return lambda value, rng: value + by if type(value) is int else value


CHANGES: dict[str, Callable[[Any, np.random.Generator], Any]] = {
    **{f"times {factor:g}": _scaled(factor) for factor in FACTORS},
    "rounded, with ties": lambda value, rng: np.round(value) if _is_real(value) else value,
    "plus 1000": lambda value, rng: value + 1000.0 if _is_real(value) else value,
    "minus 1000": lambda value, rng: value - 1000.0 if _is_real(value) else value,
    "rows far apart": _far_apart(0),
    "columns far apart": _far_apart(1),
    "one entry large": _one_large,
    "all entries the same": _one_kind,
    "turned round": _turned,
    "one more": _counted(1),
    "one less": _counted(-1),
    "another word": lambda value, rng: "another word" if isinstance(value, str) else value,
}


# --- the domain -----------------------------------------------------------------------------------------------------


def _domain(calls: list[Arguments]) -> dict[Path, set[str]]:
    """What each argument has in common in all calls."""
    common: dict[Path, set[str]] = {}
    for call in calls[:200]:
        for path, value in leaves(call):
            found = facts(value)
            common[path] = common[path] & found if path in common else found
    return common


def facts(value: Any) -> set[str]:
    """What holds of a number or an array that a docstring may ask for."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.ndarray, np.number)):
        return set()
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        return set()
    with np.errstate(all="ignore"):
        found = {
            "finite": bool(np.isfinite(array).all()),
            "positive": bool((array > 0).all()),
            "not negative": bool((array >= 0).all()),
            "between 0 and 1": bool(((array >= 0) & (array <= 1)).all()),
            "whole": bool((array == np.round(array)).all()),
            "all different": array.dtype.kind != "f" and len(np.unique(array)) == array.size,
            "ascending": array.ndim == 1 and bool((np.diff(array) >= 0).all()),
        }
        for axis in range(array.ndim):
            found[f"sums to 1 along axis {axis}"] = bool(np.allclose(array.sum(axis=axis), 1, atol=1e-9))
        if array.ndim == 2 and array.shape[0] == array.shape[1]:
            found |= _facts_of_square(array)
    return {fact for fact, holds in found.items() if holds}


def _facts_of_square(matrix: np.ndarray) -> dict[str, bool]:
    symmetric = bool(np.allclose(matrix, matrix.T, rtol=1e-9, atol=1e-12))
    finite = bool(np.isfinite(matrix).all())
    return {
        "symmetric": symmetric,
        "positive definite": symmetric and finite and bool(np.linalg.eigvalsh(matrix).min() > 0),
        "lower triangular": bool((np.triu(matrix, 1) == 0).all()),
        "invertible": finite and bool(np.linalg.cond(matrix) < 1e8),
    }
