"""What an exercise's docstring says of its arguments and results: their names and shapes."""

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.diagnosis.values import is_row_of_numbers
from autograder.sandbox import wire

ENTRY = re.compile(r"(?P<names>`{0,2}\w+`{0,2}(?:, `{0,2}\w+`{0,2})*) : (?P<type>.+)")
SHAPE = re.compile(r"\(([^()]*)\)")
SYMBOL = re.compile(r"[A-Za-z]\w*")


@dataclass(frozen=True)
class Entry:
    """A parameter or a part of the result.

    Attributes
    ----------
    name : str
    shapes : tuple of tuple of str
        Each shape that the docstring allows, as it writes the lengths of the axes: ``(("N", "D"), ("D",))``.
    """

    name: str
    shapes: tuple[tuple[str, ...], ...]

    def symbols(self, value: Any) -> dict[str, int]:
        """Lengths of the axes of a value that the docstring names, such as N; empty if it has another number of axes."""
        lengths = np.shape(value) if isinstance(value, np.ndarray) or is_row_of_numbers(value) else ()
        fitting = [shape for shape in self.shapes if len(shape) == len(lengths)]
        if len(fitting) != 1:
            return {}
        return {symbol: n for symbol, n in zip(fitting[0], lengths, strict=True) if SYMBOL.fullmatch(symbol)}


@dataclass(frozen=True)
class Description:
    """Parameters and results of a function, in their order."""

    parameters: tuple[Entry, ...]
    results: tuple[Entry, ...]

    def sizes(self, arguments: Sequence[Any]) -> dict[str, int]:
        """What the docstring's N, D, K are in one call; a symbol that would be two numbers is left out."""
        known: dict[str, int] = {}
        contradictory = set()
        for entry, value in zip(self.parameters, arguments, strict=False):
            for symbol, n in entry.symbols(value).items():
                if known.setdefault(symbol, n) != n:
                    contradictory.add(symbol)
        return {symbol: n for symbol, n in known.items() if symbol not in contradictory}

    def leaves(self, value: Any) -> dict[str, Any]:
        """The arrays and numbers in a returned value, by what the docstring calls them; kept objects are left out."""
        if not isinstance(value, tuple) or len(self.results) < 2:
            name = (
                self.results[0].name
                if len(self.results) == 1 and isinstance(value, (dict, list, tuple))
                else ""
            )
            return dict(_leaves(name, value))
        names = [
            self.results[i].name if i < len(self.results) else f"part {i + 1}" for i in range(len(value))
        ]
        return {
            label: leaf
            for name, part in zip(names, value, strict=True)
            for label, leaf in _leaves(name, part)
        }

    def result_sizes(self, value: Any) -> dict[str, int]:
        """What the docstring's symbols are in a right result; see `sizes`."""
        parts = value if isinstance(value, tuple) and len(self.results) > 1 else (value,)
        known: dict[str, int] = {}
        for entry, part in zip(self.results, parts, strict=False):
            known = entry.symbols(part) | known
        return known


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, wire.Kept):
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(f'{name or "result"}["{key}"]', item)
    elif isinstance(value, (list, tuple)) and not is_row_of_numbers(value):
        for index, item in enumerate(value):
            yield from _leaves(f"{name or 'result'}[{index}]", item)
    else:
        yield (
            f"`{name}`" if name else "your value",
            np.asarray(value) if isinstance(value, (list, tuple)) else value,
        )


def describe(function: Callable[..., Any]) -> Description:
    """Read a function's docstring, in numpydoc's form; what it does not say is left out.

    Parameters
    ----------
    function : callable

    Returns
    -------
    Description
        Its parameters are all that the function has, whether the docstring names them or not.
    """
    text = inspect.getdoc(function) or ""
    documented = {entry.name: entry for entry in _entries(_section(text, "Parameters"))}
    names = inspect.signature(function).parameters
    return Description(
        tuple(documented.get(name, Entry(name, ())) for name in names),
        tuple(_entries(_section(text, "Returns"))),
    )


def _section(text: str, title: str) -> str:
    match = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return match[1] if match else ""


def _entries(section: str) -> list[Entry]:
    found = []
    for line in section.splitlines():
        if line[:1].strip() and (match := ENTRY.match(line)):
            shapes = tuple(
                tuple(length.strip() for length in shape.split(",") if length.strip())
                for shape in SHAPE.findall(match["type"])
            )
            names = [name.strip("` ") for name in match["names"].split(",")]
            each = (
                len(names) == len(shapes) > 1
            )  # "A, B : ndarrays (n, n), (n, m)": one shape after the other
            found += [Entry(name, (shapes[i],) if each else shapes) for i, name in enumerate(names)]
    return found
