"""Expectations with kind words: a value that does not meet one fails the check and says what is the matter with its form."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.diagnosis.values import CHECK_ATOL, CHECK_RTOL
from autograder.judging.outcome import Failed
from autograder.sandbox import wire
from autograder.sandbox.processes import LearnerRaised


def expect(condition: Any, message: str = "") -> None:
    """Fail the check unless the condition is true."""
    if not condition:
        raise Failed(message)


def expect_array(value: Any, shape: tuple[int, ...], name: str = "the result") -> np.ndarray:
    """The learner's value as an array, if it is numeric, of this shape and finite.

    Parameters
    ----------
    value : object
        What the learner's function returned.
    shape : tuple of int
        ``()`` asks for a number.
    name : str
        What the message calls it.

    Returns
    -------
    ndarray
        Of the learner's dtype.
    """
    array = _numeric(value, name)
    if array.shape != tuple(shape):
        raise Failed(f"{name} has shape {array.shape}; the shape {tuple(shape)} is expected.")
    if not np.all(np.isfinite(array)):
        raise Failed(f"{name} holds nan or inf.")
    return array


def _numeric(value: Any, name: str) -> np.ndarray:
    if value is None:
        raise Failed(f"{name} is None: does your function end with `return`?")
    if isinstance(value, wire.Odd):
        raise Failed(f"{name} is a {value.type_name}: {value.why}.")
    if isinstance(value, (str, bytes, dict, set, frozenset, list, tuple)):
        raise Failed(f"{name} is a {type(value).__name__}; a number or a NumPy array is expected.")
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise Failed(f"{name} has dtype {array.dtype}; real numbers are expected.")
    return array


def expect_parts(
    value: Any,
    count: int,
    message: str = "",
    kinds: type[Sequence[Any]] | tuple[type[Sequence[Any]], ...] = (tuple, list),
) -> Any:
    """The learner's value, if it is a tuple or a list of so many parts.

    Parameters
    ----------
    value : object
        What the learner's function returned.
    count : int
    message : str
        Added to the check's own words.
    kinds : type or tuple of types
        ``tuple`` where a list will not do: parts that stay in the learner's process are those of a tuple.

    Returns
    -------
    tuple or list
        The value itself.
    """
    if not isinstance(value, kinds) or len(value) != count:
        raise Failed(message)
    return value


def expect_costs(costs: Any, steps: int) -> np.ndarray:
    """The learner's costs, a list or an array, as an array of ``steps`` floats."""
    expect(isinstance(costs, (list, tuple, np.ndarray)), "costs must be a list or an array.")
    expect(len(costs) == steps, "costs needs exactly one entry for each step.")
    return np.array([float(np.squeeze(cost)) for cost in costs])


def as_array(value: Any) -> Any:
    """A list of numbers as an array, where one is as good as the other; anything else as it is."""
    return np.array(value, dtype=float) if isinstance(value, (list, tuple)) else value


def expect_close(
    actual: Any, expected: Any, rtol: float = CHECK_RTOL, atol: float = CHECK_ATOL, message: str = ""
) -> None:
    """Fail the check unless both agree in every entry: ``|actual - expected| <= atol + rtol * |expected|``.

    Parameters
    ----------
    actual : object
        The learner's value; tuples, lists and dicts are compared part by part.
    expected : object
        The right value. Neither it nor the difference is ever shown.
    rtol, atol : float
        Relative and absolute tolerance together.
    message : str
        Added to the check's own words.
    """
    _compare(actual, expected, rtol, atol, message, "the result")


def _compare(actual: Any, expected: Any, rtol: float, atol: float, message: str, name: str) -> None:
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or set(actual) != set(expected):
            raise Failed(f"{name} must be a dict with the keys {sorted(map(str, expected))}.")
        for key in expected:
            _compare(actual[key], expected[key], rtol, atol, message, f"{name}[{key!r}]")
    elif isinstance(expected, (list, tuple)):
        kind = type(expected).__name__
        if not isinstance(actual, (list, tuple)) or len(actual) != len(expected):
            raise Failed(f"{name} must be a {kind} of {len(expected)} parts.")
        for index, (a, e) in enumerate(zip(actual, expected, strict=True)):
            # What a function returns has parts; a list within a part has entries, counted as Python counts them.
            place = f"part {index + 1}" if name == "the result" else f"entry [{index}]"
            _compare(a, e, rtol, atol, message, f"{place} of {name}")
    elif isinstance(expected, (str, bytes, set, frozenset, type(None))):
        expect(type(actual) is type(expected) and actual == expected, message)
    else:
        _compare_numbers(actual, np.asarray(expected), rtol, atol, message, name)


def _compare_numbers(
    actual: Any, expected: np.ndarray, rtol: float, atol: float, message: str, name: str
) -> None:
    array = _numeric(actual, name)
    if array.shape != expected.shape:
        raise Failed(
            f"{name} has shape {array.shape}; the shape {expected.shape} is expected. {message}".strip()
        )
    if not np.array_equal(np.isfinite(array), np.isfinite(expected)):
        raise Failed(f"{name} holds nan or inf where it must not. {message}".strip())
    if not np.allclose(array, expected, rtol=rtol, atol=atol, equal_nan=True):
        raise Failed(f"{name} is not right. {message}".strip() if name != "the result" else message)


@contextmanager
def expect_raises(*kinds: type[Exception]) -> Iterator[None]:
    """Fail the check unless the learner's function raises one of these."""
    names = " or ".join(kind.__name__ for kind in kinds)
    try:
        yield
    except kinds:
        return
    except LearnerRaised as error:
        if any(kind.__name__ in error.failure.bases for kind in kinds):
            return
        raise Failed(f"it raised {error.failure.type_name}; {names} is expected.") from error
    raise Failed(f"it raised nothing; {names} is expected.")
