"""The relation: what the learner's value is to the right one, on every call that tells."""

import itertools
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograder.diagnosis.evidence import Case, Evidence, Pair, silence
from autograder.diagnosis.quantities import CONSTANTS, TOLERANCE, explain_factors, named_arguments, terms
from autograder.diagnosis.values import is_number, same

NAME = re.compile(r"[A-Za-z]\w*")
LEAST_CALLS = 2  # on which a relation must hold
LEAST_ENTRIES = 4  # in all of them together

UNARY: dict[str, Callable[[np.ndarray], Any]] = {
    "one minus the right one": lambda r: 1 - r,
    "the reciprocal of the right one": lambda r: 1 / r,
    "the square of the right one": lambda r: r**2,
    "the square root of the right one": np.sqrt,
    "the exponential of the right one": np.exp,
    "the logarithm of the right one": np.log,
    "the right one cut off to whole numbers": np.trunc,
    "the right one rounded to whole numbers": np.round,
    "the right one without its sign": np.abs,
    "the right one with everything below 0 set to 0": lambda r: np.maximum(r, 0),
    "the right one with everything above 0 set to 0": lambda r: np.minimum(r, 0),
    "the right one with everything above 1 set to 1": lambda r: np.minimum(r, 1),
}
NUMBER_WORDS = {
    "-1": "has the right size and the wrong sign",
    "2": "is twice the right one",
    "1/2": "is half the right one",
    "-2": "is twice the right one, with the wrong sign",
    "-1/2": "is half the right one, with the wrong sign",
}


def find_relation(cases: Sequence[Case], evidence: Evidence) -> str:
    """One sentence about what the learner's value is to the right one, or the empty string.

    Parameters
    ----------
    cases : sequence of Case
        Calls with a wrong value that can be looked at.
    evidence : Evidence

    Returns
    -------
    str
        True of all these calls. It may hold a factor or an offset, never a right value.
    """
    with silence():
        if whole := _of_the_whole(cases, evidence):
            return whole
        found = {}
        for label, pairs in evidence.pairs(cases).items():
            wrong = [pair for pair in pairs if not pair.is_right]
            if _are_enough(wrong) and (words := relation(wrong, evidence) or _of_the_change(wrong, evidence)):
                found[label] = words
    return _sentence(found)


def _of_the_change(pairs: Sequence[Pair], evidence: Evidence) -> str:
    """The relation of what was added to an argument, where the result is the argument with something added."""
    each = [dict(named_arguments(evidence.description, pair.case.arguments)) for pair in pairs]
    for name in each[0]:
        starts = [known.get(name) for known in each]
        if not all(
            isinstance(start, np.ndarray)
            and start.shape == pair.right.shape == pair.mine.shape
            and start.dtype.kind == "f"
            for start, pair in zip(starts, pairs, strict=True)
        ):
            continue
        changes = [Pair(p.mine - s, p.right - s, p.case) for p, s in zip(pairs, starts, strict=True)]
        for find in (_factor, _term, _arrangement):
            words = find(changes, evidence)
            if words and "a number" not in words:
                return f"changes `{name}` by a step that {words}"
    return ""


def _are_enough(pairs: Sequence[Pair]) -> bool:
    """Whether a relation that holds for these is no accident: several inputs, and several numbers."""
    different = len({pair.right.tobytes() for pair in pairs})
    return different >= LEAST_CALLS and (
        different > LEAST_CALLS or sum(p.mine.size for p in pairs) >= LEAST_ENTRIES
    )


def _sentence(found: dict[str, str]) -> str:
    """What is known of each part, in one sentence; equal relations are told once."""
    by_words: dict[str, list[str]] = {}
    for name, words in found.items():
        by_words.setdefault(words, []).append(name)
    clauses = [
        f"{', '.join(names)}: each {words}" if len(names) > 1 else f"{names[0]} {words}"
        for words, names in by_words.items()
    ]
    sentence = "; ".join(clauses)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def _of_the_whole(cases: Sequence[Case], evidence: Evidence) -> str:
    """Parts of the result that changed places."""
    orders = set()
    for case in cases:
        mine, rights = case.learner.value, case.right.value
        if not (
            isinstance(mine, (tuple, list)) and isinstance(rights, tuple) and len(mine) == len(rights) > 1
        ):
            return ""
        fits = [[j for j, right in enumerate(rights) if same(value, right)] for value in mine]
        orders.add(tuple(fit[0] if len(fit) == 1 else -1 for fit in fits))
    order = orders.pop() if len(orders) == 1 else ()
    if not order or sorted(order) != list(range(len(order))):
        return ""
    labels = [entry.name for entry in evidence.description.results]
    moved = [f"`{labels[i]}`" if i < len(labels) else f"part {i + 1}" for i, j in enumerate(order) if i != j]
    return f"{', '.join(moved[:-1])} and {moved[-1]} have changed places.".replace("part", "Part", 1)


def relation(pairs: Sequence[Pair], evidence: Evidence) -> str:
    """Words for what every left value is to its right one, as the end of a sentence; empty if there are none."""
    for find in (
        _nothing_done,
        _factor,
        _unary,
        _term,
        _arrangement,
        _reduction,
        _lines,
        _running,
        _rounding,
        _offset,
    ):
        if words := find(pairs, evidence):
            return words
    return ""


# --- one relation each ----------------------------------------------------------------------------------------------


def _alike(pairs: Sequence[Pair]) -> bool:
    return all(pair.mine.shape == pair.right.shape for pair in pairs)


def _ratio(mine: np.ndarray, right: np.ndarray) -> float:
    """The number by which ``right`` must be multiplied to give ``mine``; nan if there is none, or if it is 0."""
    mine, right = np.asarray(mine, float).ravel(), np.asarray(right, float).ravel()
    square = float(right @ right)
    factor = float(mine @ right) / square if square > 0 else math.nan
    if not 1e-12 < abs(factor) < math.inf:
        return math.nan
    scale = float(np.max(np.abs(mine), initial=0.0))
    fits = np.allclose(mine, factor * right, rtol=TOLERANCE, atol=1e-9 * max(scale, 1e-300))
    return factor if fits else math.nan


def _ratios(values: Iterable[tuple[np.ndarray, np.ndarray]]) -> list[float]:
    """The ratio of each two; none at all where two of them have none, which is nearly always seen at the first two."""
    found = []
    for mine, right in values:
        factor = _ratio(mine, right)
        if math.isnan(factor):
            return []
        found.append(factor)
    return found


def _nothing_done(pairs: Sequence[Pair], evidence: Evidence) -> str:
    """All zeros, or an argument handed back."""
    if all(pair.mine.size and not np.any(pair.mine) for pair in pairs):
        return "is 0" if all(pair.mine.ndim == 0 for pair in pairs) else "is 0 in every place"
    each = [dict(named_arguments(evidence.description, pair.case.arguments)) for pair in pairs]
    for name in each[0]:
        if all(name in known and is_number(known[name]) for known in each) and all(
            same(pair.mine, np.asarray(known[name])) for pair, known in zip(pairs, each, strict=True)
        ):
            return f"is the argument `{name}` as it came"
    if all(pair.mine.size > 1 and _constant(pair.mine) for pair in pairs):
        return "holds the same number in every place"
    return ""


def _factor(pairs: Sequence[Pair], evidence: Evidence) -> str:
    if not _alike(pairs):
        return ""
    factors = _ratios((pair.mine, pair.right) for pair in pairs)
    if not factors:
        return ""
    words = explain_factors(factors, [pair.case for pair in pairs], evidence.description)
    if words:
        return NUMBER_WORDS.get(words) or f"is the right one times {words}"
    if np.allclose(factors, factors[0], rtol=TOLERANCE) and len(pairs) > LEAST_CALLS:
        return f"is the right one times the same number on every call, about {factors[0]:.4g}"
    if all(pair.mine.size >= LEAST_ENTRIES for pair in pairs):
        return "is the right one times a number: every entry is too large or too small by the same factor"
    return ""


def _unary(pairs: Sequence[Pair], evidence: Evidence) -> str:
    if not _alike(pairs):
        return ""
    for words, function in UNARY.items():
        if all(same(pair.mine, np.asarray(function(pair.right.astype(float)))) for pair in pairs):
            return f"is {words}"
    return ""


def _term(pairs: Sequence[Pair], evidence: Evidence) -> str:
    """A term that is missing or too much, such as ``reg * W``."""
    if not _alike(pairs):
        return ""
    each = [terms(evidence.description, pair.case, pair.right) for pair in pairs]
    cases = [pair.case for pair in pairs]
    for name in each[0]:
        if not all(name in found for found in each):
            continue
        factors = _ratios(
            (pair.mine - pair.right, found[name]) for pair, found in zip(pairs, each, strict=True)
        )
        if not factors:
            continue
        if np.allclose(factors, 1.0, rtol=TOLERANCE):
            return f"is the right one plus {name}"
        if np.allclose(factors, -1.0, rtol=TOLERANCE):
            return f"is the right one minus {name}"
        words = explain_factors(factors, cases, evidence.description)
        if set(NAME.findall(words)) & set(NAME.findall(name)):
            continue  # it would cancel
        if words and (words in CONSTANTS or len(pairs) > LEAST_CALLS):
            sign, words = ("minus", words[1:]) if words.startswith("-") else ("plus", words)
            return f"is the right one {sign} {words} * {name}"
    return ""


def _arrangement(pairs: Sequence[Pair], evidence: Evidence) -> str:
    """The right numbers in other places."""
    if any(pair.right.ndim == 0 or pair.right.size < 2 for pair in pairs):
        return ""
    if all(pair.mine.shape != pair.right.shape and pair.mine.size == pair.right.size for pair in pairs):
        if all(same(pair.mine.squeeze(), pair.right.squeeze()) for pair in pairs):
            return "holds the right numbers, with another number of axes than asked for"
    if words := _axes(pairs):
        return words
    if not _alike(pairs):
        if all(_sorted_alike(pair) for pair in pairs):
            return "holds the right numbers in another shape"
        return _one_more_or_less(pairs)
    for axis in range(min(pair.right.ndim for pair in pairs)):
        where = "" if all(pair.right.ndim == 1 for pair in pairs) else f" along axis {axis}"
        if all(same(pair.mine, np.flip(pair.right, axis)) for pair in pairs):
            return f"is the right one in reverse order{where}"
        if all(
            pair.right.shape[axis] > 2 and same(pair.mine, np.roll(pair.right, -1, axis)) for pair in pairs
        ):
            return f"is the right one with its first entry{where} moved to the end"
        if all(
            pair.right.shape[axis] > 2 and same(pair.mine, np.roll(pair.right, 1, axis)) for pair in pairs
        ):
            return f"is the right one with its last entry{where} moved to the start"
        if all(_shifted(pair.mine, pair.right, axis) for pair in pairs):
            return f"is the right one shifted by one place towards the end{where}"
        if all(_shifted(pair.right, pair.mine, axis) for pair in pairs):
            return f"is the right one shifted by one place towards the start{where}"
    if all(_sorted_alike(pair) and len(np.unique(pair.right)) > 2 for pair in pairs):
        return "holds the right numbers in the wrong places"
    if all(same(np.abs(pair.mine), np.abs(pair.right)) for pair in pairs) and all(
        p.right.size > 3 for p in pairs
    ):
        return "is right but for the signs of some entries"
    return ""


def _one_more_or_less(pairs: Sequence[Pair]) -> str:
    """An entry too many or too few along an axis, at its start or at its end."""
    if len(axes := {pair.right.ndim for pair in pairs} | {pair.mine.ndim for pair in pairs}) != 1:
        return ""
    for axis in range(axes.pop()):
        where = "" if pairs[0].right.ndim == 1 else f" along axis {axis}"
        for words, index in (("first", 0), ("last", -1)):
            if all(same(pair.mine, np.delete(pair.right, index, axis)) for pair in pairs):
                return f"lacks the {words} entry{where}; the others are right"
            if all(
                pair.mine.shape[axis] and same(np.delete(pair.mine, index, axis), pair.right)
                for pair in pairs
            ):
                return f"has one entry too many{where}, the {words}; the others are right"
    return ""


def _axes(pairs: Sequence[Pair]) -> str:
    """Axes in another order, with the right shape after all or without."""
    axes = {pair.right.ndim for pair in pairs}
    if len(axes) != 1 or not 2 <= (count := axes.pop()) <= 4:
        return ""
    if any(pair.mine.size != pair.right.size for pair in pairs):
        return ""
    for order in itertools.islice(itertools.permutations(range(count)), 1, None):
        turned = [pair.right.transpose(order) for pair in pairs]
        if all(same(pair.mine, right) for pair, right in zip(pairs, turned, strict=True)):
            return (
                "is the right one transposed"
                if count == 2
                else f"is the right one with its axes in the order {order}"
            )
        if all(same(pair.mine.ravel(), right.ravel()) for pair, right in zip(pairs, turned, strict=True)):
            return f"holds the right numbers as if the axes stood in the order {order}: a reshape cannot swap axes"
    return ""


def _shifted(later: np.ndarray, earlier: np.ndarray, axis: int) -> bool:
    count = earlier.shape[axis]
    return count > 2 and same(np.take(later, range(1, count), axis), np.take(earlier, range(count - 1), axis))


def _sorted_alike(pair: Pair) -> bool:
    return pair.mine.size == pair.right.size and same(
        np.sort(pair.mine, axis=None), np.sort(pair.right, axis=None)
    )


def _reduction(pairs: Sequence[Pair], evidence: Evidence) -> str:
    """An axis too much or too few."""
    more = all(pair.mine.ndim == pair.right.ndim + 1 for pair in pairs)
    less = all(pair.mine.ndim == pair.right.ndim - 1 for pair in pairs)
    if not (more or less):
        return ""
    for axis in range(min(max(pair.mine.ndim, pair.right.ndim) for pair in pairs)):
        for words, function in (("sum", np.sum), ("mean", np.mean)):
            if more and all(same(function(pair.mine, axis), pair.right) for pair in pairs):
                return f"has an axis too many: its {words} over axis {axis} would be right"
            if less and all(same(pair.mine, function(pair.right, axis)) for pair in pairs):
                return f"has an axis too few: it is the {words} of the right one over axis {axis}"
    return ""


def _lines(pairs: Sequence[Pair], evidence: Evidence) -> str:
    """Each row, or each column, right but for a factor or an offset of its own."""
    if not _alike(pairs) or any(pair.right.ndim != 2 or min(pair.right.shape) < 2 for pair in pairs):
        return ""
    for axis, line, lines in ((0, "row", "rows"), (1, "column", "columns")):
        views = [(np.moveaxis(p.mine, axis, 0), np.moveaxis(p.right, axis, 0)) for p in pairs]
        if all(
            math.isfinite(_ratio(a, b)) for mine, right in views for a, b in zip(mine, right, strict=True)
        ):
            return f"has {lines} that are each the right {line} times a number of its own"
        if all(_constant(a - b) for mine, right in views for a, b in zip(mine, right, strict=True)):
            return f"has {lines} that are each the right {line} plus a number of its own"
    return ""


def _constant(difference: np.ndarray) -> bool:
    return bool(np.allclose(difference, difference.flat[0], rtol=TOLERANCE, atol=1e-9))


def _running(pairs: Sequence[Pair], evidence: Evidence) -> str:
    """Running sums for what is not summed, and the other way round."""
    if not _alike(pairs) or any(pair.right.ndim == 0 or pair.right.shape[0] < 3 for pair in pairs):
        return ""
    if all(same(pair.mine, np.cumsum(pair.right, axis=0)) for pair in pairs):
        return "is the running sum of the right one"
    if all(same(np.cumsum(pair.mine, axis=0), pair.right) for pair in pairs):
        return "holds the steps of which the right one is the running sum"
    return ""


def _rounding(pairs: Sequence[Pair], evidence: Evidence) -> str:
    if not _alike(pairs):
        return ""
    if all(np.allclose(pair.mine, pair.right, rtol=3e-6, atol=1e-7) for pair in pairs):
        single = any(pair.mine.dtype == np.float32 for pair in pairs)
        return "is right to six digits only" + (
            ": it is computed in float32, and float64 is asked for" if single else ""
        )
    if all(np.allclose(pair.mine, pair.right, rtol=1e-3, atol=1e-7) for pair in pairs):
        return "is very near the right one, within a thousandth, but not exact"
    for digits in (1, 2, 3, 4):
        if all(np.allclose(pair.mine, np.round(pair.right, digits), rtol=1e-9, atol=1e-12) for pair in pairs):
            return f"is the right one rounded to {digits} decimals"
    return ""


def _offset(pairs: Sequence[Pair], evidence: Evidence) -> str:
    if not _alike(pairs):
        return ""
    differences = [np.asarray(pair.mine, float) - pair.right for pair in pairs]
    if not all(difference.size and _constant(difference) for difference in differences):
        return ""
    offsets = [float(difference.flat[0]) for difference in differences]
    if (
        np.allclose(offsets, offsets[0], rtol=TOLERANCE)
        and len(pairs) > LEAST_CALLS
        and abs(offsets[0]) >= 0.5
    ):
        return f"is off by the same number on every call: {offsets[0]:+.4g}"
    if all(difference.size >= LEAST_ENTRIES for difference in differences):
        return "is off by one number in all its entries"
    return ""
