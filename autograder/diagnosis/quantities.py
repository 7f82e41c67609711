"""What a factor or a term of a wrong value may be made of: numbers that a call's arguments give, with their names."""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograder.diagnosis.docstring import Description
from autograder.diagnosis.evidence import Case
from autograder.diagnosis.values import is_real, is_row_of_numbers

# Factors that need no argument to explain them.
CONSTANTS = {
    "-1": -1.0, "2": 2.0, "1/2": 0.5, "-2": -2.0, "-1/2": -0.5, "3": 3.0, "1/3": 1 / 3, "4": 4.0, "1/4": 0.25, "100": 100.0,
    "1/100": 0.01, "1 / ln 2": 1 / math.log(2), "ln 2": math.log(2), "1 / ln 10": 1 / math.log(10), "ln 10": math.log(10),
    "pi": math.pi, "2 * pi": 2 * math.pi, "180 / pi": 180 / math.pi,
}  # fmt: skip
SIGNS_AND_HALVES = {"": 1.0, "-": -1.0, "2 * ": 2.0, "-2 * ": -2.0, "1/2 * ": 0.5, "-1/2 * ": -0.5}
TOLERANCE = 1e-6


def named_arguments(description: Description, arguments: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Arguments by their names; what a dict or a list holds each for itself, such as ``params["W1"]`` or ``weights[0]``."""
    for entry, value in zip(description.parameters, arguments, strict=False):
        yield from _opened(entry.name, value)


def _opened(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _opened(f'{name}["{key}"]', item)
    elif isinstance(value, (list, tuple)) and not is_row_of_numbers(value):
        for index, item in enumerate(value):
            yield from _opened(f"{name}[{index}]", item)
    else:
        yield name, value


def numbers(description: Description, case: Case) -> dict[str, float]:
    """Sizes that the docstring names, and arguments that are numbers; none that is 0 or 1 in disguise of a bool."""
    found: dict[str, float] = {}
    sizes = description.result_sizes(case.right.value) | description.sizes(case.arguments)
    for symbol, size in sizes.items():
        found[symbol] = float(size)
    for name, value in named_arguments(description, case.arguments):
        if is_real(value):
            found[name] = float(value)
    return found


def explain_factors(factors: Sequence[float], cases: Sequence[Case], description: Description) -> str:
    """One expression that is the factor of each case, or the empty string.

    Parameters
    ----------
    factors : sequence of float
        One for each case.
    cases : sequence of Case
    description : Description

    Returns
    -------
    str
        Such as ``"1 / N"``. An expression of sizes is only taken where the factors vary: where they do not, a constant
        explains them as well.
    """
    values = np.asarray(factors)
    alike = bool(np.allclose(values, values[0], rtol=TOLERANCE))
    for words, constant in CONSTANTS.items():
        if alike and math.isclose(values[0], constant, rel_tol=TOLERANCE):
            return words + _or_a_size(values, cases, description)
    if alike:
        return ""
    distinct = len(np.unique(np.round(values, 9)))
    for expressions, least in ((_of_one, 2), (_of_two, 3)):  # few values are many expressions' values
        for words, guess in expressions(cases, description) if distinct >= least else ():
            if np.allclose(guess, values, rtol=TOLERANCE):
                return words
    return ""


def _or_a_size(values: np.ndarray, cases: Sequence[Case], description: Description) -> str:
    """A size that is the same in all cases may be what a constant stands for."""
    if abs(values[0]) == 1:
        return ""
    for name, column in _columns(cases, description).items():
        for words, guess in ((name, column), (f"1 / {name}", 1 / column)):
            if np.allclose(guess, values, rtol=TOLERANCE):
                return f" (or {words}, which is the same on these inputs)"
    return ""


def _columns(cases: Sequence[Case], description: Description) -> dict[str, np.ndarray]:
    """Each number that all cases have, in each case."""
    each = [numbers(description, case) for case in cases]
    return {
        name: np.array([known[name] for known in each]) for name in each[0]
        if all(name in known and known[name] for known in each)
    }  # fmt: skip


def _of_one(cases: Sequence[Case], description: Description) -> Iterator[tuple[str, np.ndarray]]:
    """Expressions of one number, with their values in each case; the simple ones first."""
    columns = _columns(cases, description)
    for (words, factor), (name, column) in itertools.product(SIGNS_AND_HALVES.items(), columns.items()):
        yield f"{words}{name}", factor * column
        yield f"{words}1 / {name}", factor / column
    with np.errstate(divide="ignore", invalid="ignore"):
        for name, n in columns.items():
            yield f"({name} - 1)", n - 1
            yield f"({name} + 1)", n + 1
            yield f"({name} - 1) / {name}", (n - 1) / n
            yield f"{name} / ({name} - 1)", n / (n - 1)
            yield f"sqrt({name})", np.sqrt(n)
            yield f"1 / sqrt({name})", 1 / np.sqrt(n)
            yield f"{name}²", n**2
            yield f"1 / {name}²", 1 / n**2
            yield f"(1 - {name})", 1 - n
            yield f"1 / (1 - {name})", 1 / (1 - n)


def _of_two(cases: Sequence[Case], description: Description) -> Iterator[tuple[str, np.ndarray]]:
    """Expressions of two numbers, likewise."""
    columns = _columns(cases, description)
    for (a, m), (b, n) in itertools.combinations(columns.items(), 2):
        for sign, factor in (("", 1.0), ("-", -1.0)):
            yield f"{sign}{a} * {b}", factor * m * n
            yield f"{sign}1 / ({a} * {b})", factor / (m * n)
            yield f"{sign}{a} / {b}", factor * m / n
            yield f"{sign}{b} / {a}", factor * n / m


def terms(description: Description, case: Case, like: Any) -> dict[str, Any]:
    """What may be missing from a value, or be in it twice: arguments of its shape, and for a number sums of squares.

    Parameters
    ----------
    description : Description
    case : Case
    like : number or ndarray
        The right value; terms have its shape.

    Returns
    -------
    dict of str to number or ndarray
    """
    found: dict[str, Any] = {}
    shape = np.shape(like)
    arrays = {
        name: value for name, value in named_arguments(description, case.arguments)
        if isinstance(value, np.ndarray) and value.dtype.kind in "iuf" and value.size
    }  # fmt: skip
    scales = {"": 1.0} | {
        f"{name} * ": value for name, value in numbers(description, case).items() if value not in (0.0, 1.0)
    }
    if shape == ():
        found |= {name: value for name, value in numbers(description, case).items()}
        bases = {f"sum({name}²)": np.sum(value.astype(float) ** 2) for name, value in arrays.items()}
        bases |= {f"sum(|{name}|)": np.sum(np.abs(value)) for name, value in arrays.items()}
    else:
        bases = {name: value for name, value in arrays.items() if value.shape == shape}
        bases |= {f"{name}²": np.asarray(value, float) ** 2 for name, value in bases.items()}
    for (scale, number), (name, value) in itertools.product(scales.items(), bases.items()):
        found[f"{scale}{name}"] = number * value
    return found
