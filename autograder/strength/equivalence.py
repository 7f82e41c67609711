"""Does a mutant that passed all checks ever do anything else than the answer? Measured on many inputs."""

import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.diagnosis.evidence import fresh
from autograder.diagnosis.values import same
from autograder.judging.allowance import Exhausted, allowance
from autograder.sandbox import wire
from autograder.sandbox.learner import Trace
from autograder.strength.inputs import MISFIT, Arguments, Material, derived, leaves, size

RTOL, ATOL = 1e-6, 1e-12
STABLE = 1e-9  # an input on which a last digit matters more than this tells nothing
CALL_SECONDS = 1.0  # of CPU, for one call
DRAWS, SIGMAS, MOST_MOMENTS = (
    1000,
    6.0,
    40,
)  # of a random answer; how far apart means must be; of so many entries
SHOWN_ENTRIES = 12

Function = Callable[..., Any]


@dataclass(frozen=True)
class Difference:
    """An input that tells a mutant from the answer.

    Attributes
    ----------
    how : str
        Where the input comes from.
    arguments, right, wrong : str
        Short words for the input and for what comes of it.
    in_cache : bool
        Whether the values are the same, and only what another answer makes of an opaque part of them differs.
    """

    how: str
    arguments: str
    right: str
    wrong: str
    in_cache: bool = False


@dataclass(frozen=True)
class _Came:
    """What came of a call: its value, what its arguments were afterwards, or its exception."""

    value: Any = None
    after: Any = None
    failure: str = ""
    documented: bool = False  # an exception by a `raise` of the answer's own

    def agrees(self, right: "_Came", rtol: float = RTOL) -> bool:
        """Whether another outcome is this one, up to rounding."""
        if self.failure or right.failure:
            return self.failure == right.failure
        atol = ATOL * max(1.0, _largest(right.value))
        return same(self.value, right.value, rtol, atol) and same(self.after, right.after, rtol, atol)

    def shown(self) -> str:
        return self.failure or _brief(self.value)

    @property
    def counts(self) -> bool:
        """Whether the input belongs to what the answer is for: a finite value came of it, or its own exception."""
        return self.documented or not self.failure and all(map(_finite, (v for _, v in leaves(self.value))))


def _largest(value: Any) -> float:
    found = [np.abs(v).max(initial=0) for _, v in leaves(value) if _is_float(v)]
    return float(max(found, default=0))


def _is_float(value: Any) -> bool:
    return isinstance(value, (float, np.ndarray)) and np.asarray(value).dtype.kind == "f"


def _finite(value: Any) -> bool:
    return bool(np.isfinite(value).all()) if _is_float(value) else True


class Comparison:
    """Compares mutants of one exercise with its answer; what the answer does is computed once.

    Parameters
    ----------
    material : Material
    exercise : str
    seed : str
        Of the inputs that are derived from recorded ones.
    """

    def __init__(self, material: Material, exercise: str, seed: str):
        self._material, self._exercise = material, exercise
        self._answer = getattr(material.reference, exercise)
        recorded = material.calls.get(exercise, [])
        cases = [("recorded", arguments) for arguments in recorded]
        cases += derived(recorded, self._answer, seed)
        is_free = material.free.get(exercise)
        cases = [case for case in cases if is_free is None or not is_free(*case[1])]
        self._cases = sorted(cases, key=lambda case: size(case[1]))
        self._right: dict[int, _Came | None] = {}  # by the place of the case; None where it tells nothing

    def difference(self, source: str, cpu_seconds: float) -> Difference | None:
        """The smallest input on which a mutant does something else, or None if there is none among those tried.

        Parameters
        ----------
        source : str
            The mutant.
        cpu_seconds : float
            Inputs that are left after these are not tried.
        """
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                mutant = self._material.reference.with_answer(source, self._exercise)
            except Exception as error:
                return Difference("its cell", "", "runs", f"{type(error).__name__}: {error}")
            end = time.process_time() + cpu_seconds
            return self._in_calls(mutant, end) or self._in_traces(mutant)

    def _in_calls(self, mutant: Function, end: float) -> Difference | None:
        for place, (how, arguments) in enumerate(self._cases):
            if time.process_time() > end:
                break
            right = self._right_at(place)
            if right is None:
                continue
            wrong = self._call(mutant, arguments)
            if not wrong.agrees(right) and not (
                _is_random(arguments) and self._as_often(mutant, arguments, end)
            ):
                return Difference(how, _shown(arguments), right.shown(), wrong.shown())
        return None

    def _right_at(self, place: int) -> _Came | None:
        """What the answer does on an input; None if the input does not count."""
        if place not in self._right:
            how, arguments = self._cases[place]
            right = self._call(self._answer, arguments)
            belongs = right.documented if how == MISFIT else right.counts
            counts = how == "recorded" or belongs and self._is_stable(right, arguments)
            self._right[place] = right if counts else None
        return self._right[place]

    def _is_stable(self, right: _Came, arguments: Arguments) -> bool:
        """Whether the last digits of an input do not matter: else two right programs differ on it, too."""
        disturbed = tuple(_disturbed(argument) for argument in arguments)
        return right.documented or self._call(self._answer, disturbed).agrees(right, STABLE)

    def _call(self, function: Function, arguments: Arguments) -> _Came:
        opened = [fresh(argument) for argument in arguments]
        try:
            with allowance(CALL_SECONDS):
                value = function(*opened)
        except Exhausted:
            return _Came(failure="no end")
        except Exception as error:
            return _Came(failure=type(error).__name__, documented=self._raises_it(error))
        after = [a for a in opened if isinstance(a, (np.ndarray, list, dict))]
        positions = self._material.opaque.get(self._exercise, [])
        return _Came(_without(value, positions), after)

    def _raises_it(self, error: Exception) -> bool:
        """Whether a statement of the answer's own raises an exception."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        lines = self._material.reference.sources[self._exercise].splitlines()
        its_own = frame.filename.endswith(f": {self._exercise}>") and frame.lineno is not None
        return its_own and lines[(frame.lineno or 1) - 1].lstrip().startswith("raise")

    def _as_often(self, mutant: Function, arguments: Arguments, end: float) -> bool:
        """Whether a random answer and a mutant of it give the same numbers as often, as far as means and products tell."""
        drawn: list[list[np.ndarray]] = [[], []]
        for number in range(DRAWS):
            if time.process_time() > end:
                break
            for function, values in zip((self._answer, mutant), drawn):
                seeded = tuple(wire.Seed(number) if isinstance(a, wire.Seed) else a for a in arguments)
                came = self._call(function, seeded)
                if came.failure:
                    return False
                values.append(_moments(came.value))
        try:
            right, wrong = np.array(drawn[0]), np.array(drawn[1])
            spread = np.sqrt((right.var(axis=0) + wrong.var(axis=0)) / max(1, len(right)))
            apart = np.abs(right.mean(axis=0) - wrong.mean(axis=0))
        except ValueError:  # of other shapes
            return False
        return bool((apart <= SIGMAS * spread + RTOL).all())

    def _in_traces(self, mutant: Function) -> Difference | None:
        """What other answers make of the opaque values that the mutant hands on."""
        if self._exercise not in self._material.opaque:
            return None
        for trace in self._material.traces:
            if any(call.name == self._exercise for call in trace.calls):
                for name, right, wrong in zip(
                    (call.name for call in trace.calls),
                    self._replay(trace, self._answer),
                    self._replay(trace, mutant),
                ):
                    if not wrong.agrees(right):
                        return Difference(
                            f"what {name} makes of its cache", "", right.shown(), wrong.shown(), in_cache=True
                        )
        return None

    def _replay(self, trace: Trace, function: Function) -> list[_Came]:
        kept: dict[int, Any] = {}
        came = []
        for index, call in enumerate(trace.calls):
            called = function if call.name == self._exercise else getattr(self._material.reference, call.name)
            try:
                with allowance(CALL_SECONDS):
                    value = called(*(fresh(argument, kept) for argument in call.arguments))
            except (Exception, Exhausted) as error:
                came.append(_Came(failure=type(error).__name__))
                continue
            for number, (origin, position) in trace.origins.items():
                if origin == index and isinstance(value, tuple) and position < len(value):
                    kept[number] = value[position]
            came.append(_Came(_without(value, self._material.opaque.get(call.name, []))))
        return came


def _without(value: Any, positions: list[int]) -> Any:
    """A returned tuple without its opaque parts."""
    if not (positions and isinstance(value, tuple)):
        return value
    return tuple(part for position, part in enumerate(value) if position not in positions)


def _is_random(arguments: Arguments) -> bool:
    return any(isinstance(argument, wire.Seed) for argument in arguments)


def _disturbed(value: Any) -> Any:
    """Floats with other last digits; what few binary digits hold, such as 3 or 0.25, stays as it is."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(_disturbed, value))
    if isinstance(value, dict):
        return {key: _disturbed(item) for key, item in value.items()}
    if not _is_float(value):
        return value
    array = np.asarray(value)
    errors = np.random.default_rng(0).uniform(-4, 4, array.shape) * np.finfo(array.dtype).eps
    other = np.where(np.rint(array * 1024) == array * 1024, array, array * (1 + errors)).astype(array.dtype)
    return other if isinstance(value, np.ndarray) else float(other)


def _moments(value: Any) -> np.ndarray:
    """The numbers of a value, their squares, and the products of neighbours."""
    numbers = [np.ravel(np.asarray(v, dtype=float)) for _, v in leaves(value) if not isinstance(v, str)]
    entries = np.concatenate(numbers)[:MOST_MOMENTS]
    return np.concatenate([entries, entries**2, entries**4, entries[1:] * entries[:-1]])


# --- short words ----------------------------------------------------------------------------------------------------


def _shown(arguments: Arguments) -> str:
    return ", ".join(map(_brief, arguments))


def _brief(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.size > SHOWN_ENTRIES:
        span = f", {value.min():.3g} to {value.max():.3g}" if value.dtype.kind in "iuf" else ""
        return f"{value.dtype.name} {value.shape}{span}"
    if isinstance(value, np.ndarray):
        return np.array2string(value, precision=4, separator=", ").replace("\n", "")
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_brief(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (tuple, list)):
        return (
            "("
            + ", ".join(map(_brief, value[:SHOWN_ENTRIES]))
            + (", …)" if len(value) > SHOWN_ENTRIES else ")")
        )
    if isinstance(value, wire.Seed):
        return "a generator"
    return getattr(value, "__name__", None) or str(value)[:60]
