"""Decides which of a learner's values the judge works on at all: nothing larger or stranger than an answer can be.

The largest right value in the course has 40,000 entries, and no submission's right values have 250,000 together.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.sandbox import wire

MOST_ENTRIES = 1 << 20  # of one value; an axis of length 0 counts as 1, so that its other axes stay bounded
MOST_ENTRIES_IN_ALL = 1 << 24  # of a submission's values together, since the judge keeps those of an exercise
MOST_TEXT = 1 << 16  # characters of an array of text
DEEPEST = 10
LARGEST_INTEGER = (1 << 63) - 1


@dataclass
class Admission:
    """Admits the values of one submission, one after the other.

    Attributes
    ----------
    entries : int
        Entries of all values so far.
    """

    entries: int = 0

    def admit(self, value: Any, kept_at: Collection[int] = ()) -> Any:
        """The value itself, or an `Odd` in its place that says why it is none that a check could use.

        Parameters
        ----------
        value : object
            As `wire.Unpacker` made it.
        kept_at : collection of int
            Positions in a returned tuple at which an object that stays in the worker may stand.

        Raises
        ------
        WireError
            If such an object stands anywhere else.
        """
        entries, why = _measure(value, 0, kept_at)
        self.entries += entries
        if why is None and self.entries > MOST_ENTRIES_IN_ALL:
            why = "one value too many: your functions have returned more numbers than any answer needs"
        return value if why is None else wire.Odd(type(value).__name__, why)


def _measure(value: Any, depth: int, kept_at: Collection[int] = ()) -> tuple[int, str | None]:
    """Entries of a value, and why it is refused."""
    if isinstance(value, wire.Kept):
        raise wire.WireError("a handle where a value is expected")
    if depth > DEEPEST:
        return 1, "nested too deeply"
    if isinstance(value, np.ndarray):
        return _measure_array(value)
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        return 1, "an integer of more than 63 bits"
    if isinstance(value, dict):
        return _measure_parts([*value.keys(), *value.values()], depth)
    if isinstance(value, (list, tuple, set, frozenset)):
        plain = [
            part for position, part in enumerate(value)
            if not (position in kept_at and depth == 0 and isinstance(part, wire.Kept))
        ]  # fmt: skip
        return _measure_parts(plain, depth)
    return 1, None


def _measure_array(value: np.ndarray) -> tuple[int, str | None]:
    spread = math.prod(max(1, length) for length in value.shape)
    if spread > MOST_ENTRIES:
        return value.size, f"of shape {value.shape}, larger than any answer"
    if value.dtype.kind in "SU" and value.nbytes > 4 * MOST_TEXT:
        return value.size, "an array of long texts"
    return value.size, None


def _measure_parts(parts: list[Any], depth: int) -> tuple[int, str | None]:
    entries = 1
    for part in parts:
        more, why = _measure(part, depth + 1)
        entries += more
        if why is not None or entries > MOST_ENTRIES:
            return entries, why or "larger than any answer"
    return entries, None
