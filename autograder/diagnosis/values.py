"""Comparing values: equal up to rounding, part by part."""

from typing import Any

import numpy as np

from autograder.sandbox import wire

CHECK_RTOL, CHECK_ATOL = 1e-6, 1e-8  # of `expect_close`: what a check rejects differs from what is right


def same(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-9, forgive_single: bool = True) -> bool:
    """Whether two values agree up to rounding; kept objects agree with anything.

    ``forgive_single`` allows more where one of them is float32, which is not bit-equal between two processes.
    """
    if isinstance(a, wire.Kept) or isinstance(b, wire.Kept):
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key], rtol, atol, forgive_single) for key in a)
    if _is_sequence(a) and _is_sequence(b) and not (is_number(a) and is_number(b)):
        # Numbers in a list are the same numbers in an array.
        return len(a) == len(b) and all(
            same(x, y, rtol, atol, forgive_single) for x, y in zip(a, b, strict=True)
        )
    if is_number(a) and is_number(b):
        a, b = np.asarray(a), np.asarray(b)
        if forgive_single and np.float32 in (a.dtype, b.dtype):
            rtol, atol = max(rtol, 1e-4), max(atol, 1e-6)
        return a.shape == b.shape and bool(np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True))
    return type(a) is type(b) and a == b


def is_right(value: Any, right: Any) -> bool:
    """Whether a check would take this value for the right one."""
    return same(value, right, CHECK_RTOL, CHECK_ATOL, forgive_single=False)


def is_finite(value: Any) -> bool:
    """Whether no number in a value is nan or infinite."""
    if isinstance(value, dict):
        return all(map(is_finite, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(is_finite, value))
    return not is_number(value) or bool(np.all(np.isfinite(value)))


def parts(value: Any) -> tuple[Any, ...]:
    """The parts of a returned tuple; a value that is none is its own only part."""
    return value if isinstance(value, tuple) else (value,)


def is_number(value: Any) -> bool:
    """Whether a value is a number or an array of numbers."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biufc"
    return isinstance(value, (bool, int, float, complex, np.number, np.bool_))


def is_real(value: Any) -> bool:
    """Whether a value is one real number, and no bool."""
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def is_row_of_numbers(value: Any) -> bool:
    """Whether a list is a row of numbers, such as losses, and not a list of arrays."""
    is_list = isinstance(value, (list, tuple)) and len(value) > 0
    return is_list and all(is_number(item) and np.ndim(item) == 0 for item in value)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)
