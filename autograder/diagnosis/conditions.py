"""The condition: on which inputs, or at which places of the result, the learner's program is right and on which wrong."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograder.diagnosis.docstring import Description
from autograder.diagnosis.evidence import Case, Evidence, Pair
from autograder.diagnosis.quantities import named_arguments
from autograder.diagnosis.values import CHECK_ATOL, CHECK_RTOL, is_real, same

LEAST_ON_EACH_SIDE = 3  # calls that are right, and calls that are wrong
LEAST_FOR_PAIRS = 5  # the same, for what is said of two numbers at once
CLEARLY = 1.5  # by which factor magnitudes on the two sides must differ, to be more than chance
LINES = {1: ["entry"], 2: ["row", "column"]}  # by the number of axes: what lies across each
LARGEST_SHARE = 0.7  # of the entries that a place may cover, to be worth a word
LEAST_CHANGES = 3  # of an argument that changed the right result and not the learner's
LEAST_WRONG = 2  # calls with a wrong value, to say where
SMALLEST_SHARE = 0.5  # of the place's entries that must be wrong


# --- on which inputs ------------------------------------------------------------------------------------------------


def find_condition(cases: Sequence[Case], evidence: Evidence) -> str:
    """One sentence that separates the inputs on which the program is right from the others, or the empty string.

    Parameters
    ----------
    cases : sequence of Case
        Recorded calls, and probing ones.
    evidence : Evidence
    """
    wrong = [not case.is_right for case in cases]
    if min(sum(wrong), len(wrong) - sum(wrong)) < LEAST_ON_EACH_SIDE:
        return ""
    sides = min(sum(wrong), len(wrong) - sum(wrong))
    kinds = [facts_of, facts_of_pairs] if sides >= LEAST_FOR_PAIRS else [facts_of]
    for kind in kinds:
        facts = [kind(case, evidence.description) for case in cases]
        for words, opposite in sorted({pair for known in facts for pair in known}, key=_by_simplicity):
            held = [known.get((words, opposite)) for known in facts]
            if held == wrong:
                return _condition_sentence(cases, words, opposite)
            if held == [not w for w in wrong]:
                return _condition_sentence(cases, opposite, words)
    return _find_threshold(cases, wrong, evidence.description)


def _find_threshold(cases: Sequence[Case], wrong: Sequence[bool], description: Description) -> str:
    """The same where it is a size or a magnitude that separates."""
    each = [magnitudes(case, description) for case in cases]
    for words in each[0]:
        if not all(words in known for known in each):
            continue
        low, high = (
            {known[words] for known, w in zip(each, wrong, strict=True) if w == side}
            for side in (False, True)
        )
        for below, above, sides in ((low, high, ("above", "below")), (high, low, ("below", "above"))):
            if min(len(below), len(above)) > 1 and max(below) * CLEARLY < min(above):
                bound = _round_number_between(max(below), min(above))
                return _condition_sentence(
                    cases, f"{words} is {sides[0]} {bound:g}", f"{words} is {sides[1]} it"
                )
    return ""


def _round_number_between(low: float, high: float) -> float:
    """The shortest number that lies between two."""
    for digits in range(1, 17):
        for bound in (float(f"{high:.{digits}g}"), float(f"{(low + high) / 2:.{digits}g}")):
            if low < bound < high:
                return bound
    return (low + high) / 2


def magnitudes(case: Case, description: Description) -> dict[str, float]:
    """Numbers that say how large an input is."""
    found = {symbol: float(n) for symbol, n in description.sizes(case.arguments).items()}
    values = dict(named_arguments(description, case.arguments))
    arrays = {
        name: value for name, value in values.items()
        if isinstance(value, np.ndarray) and value.dtype.kind in "iuf" and value.size
    }  # fmt: skip
    found |= {
        f"the largest size of an entry of `{name}`": float(np.max(np.abs(a))) for name, a in arrays.items()
    }
    return found | {
        f"the largest entry of `{name}`": max(0.0, float(np.max(a))) for name, a in arrays.items()
    }


def _by_simplicity(pair: tuple[str, str]) -> tuple[int, str]:
    return len(pair[0]), pair[0]


def _condition_sentence(cases: Sequence[Case], where_wrong: str, where_right: str) -> str:
    exceptions = {case.learner.exception for case in cases if not case.is_right}
    raised = exceptions.pop() if len(exceptions) == 1 else ""
    what = f"it raises {raised}" if raised else "it is wrong"
    return _as_sentence(
        f"of {len(cases)} inputs that were tried {what} on exactly those where {where_wrong}; where {where_right} it is right"
    )


def facts_of(case: Case, description: Description) -> dict[tuple[str, str], bool]:
    """What is true of an input: for each statement and its opposite, whether it holds."""
    facts: dict[tuple[str, str], bool] = {}
    sizes = description.sizes(case.arguments)
    sizes |= {s: n for s, n in description.result_sizes(case.right.value).items() if s not in sizes}
    for symbol, n in sizes.items():
        facts[f"{symbol} is 1", f"{symbol} is larger than 1"] = n == 1
        facts[f"{symbol} is 2", f"{symbol} is not 2"] = n == 2
        facts[f"{symbol} is odd", f"{symbol} is even"] = n % 2 == 1
    values = dict(named_arguments(description, case.arguments))
    for name, value in values.items():
        for (words, opposite), holds in _facts_of_value(value):
            facts[f"`{name}` {words}", f"`{name}` {opposite}"] = holds
    return facts


def facts_of_pairs(case: Case, description: Description) -> dict[tuple[str, str], bool]:
    """How two sizes or whole numbers stand to one another. There are many pairs, so some fit by chance where calls are few."""
    facts: dict[tuple[str, str], bool] = {}
    values = dict(named_arguments(description, case.arguments))
    whole = {symbol: float(n) for symbol, n in description.sizes(case.arguments).items()}
    whole |= {
        f"`{name}`": float(v) for name, v in values.items() if isinstance(v, (int, np.integer)) and is_real(v)
    }
    for (a, m), (b, n) in itertools.combinations(whole.items(), 2):
        facts[f"{a} and {b} are equal", f"{a} and {b} differ"] = m == n
        facts[f"{a} is larger than {b}", f"{a} is not larger than {b}"] = m > n
        facts[f"{b} is larger than {a}", f"{b} is not larger than {a}"] = n > m
    return facts


def _facts_of_value(value: Any) -> Iterator[tuple[tuple[str, str], bool]]:
    if isinstance(value, bool):
        yield ("is True", "is False"), value
    elif isinstance(value, (str, type(None))):
        yield (f"is {value!r}", f"is not {value!r}"), True
    elif is_real(value):
        yield ("is 0", "is not 0"), value == 0
        yield ("is 1", "is not 1"), value == 1
        yield ("is negative", "is not negative"), value < 0
    elif isinstance(value, (list, tuple)):
        yield ("has a single entry", "has several entries"), len(value) == 1
        yield ("is empty", "has entries"), len(value) == 0
    elif isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and value.size:
        yield from _facts_of_array(value)


def _facts_of_array(value: np.ndarray) -> Iterator[tuple[tuple[str, str], bool]]:
    yield ("has one axis", "has several axes"), value.ndim == 1
    yield ("has a single entry", "has several entries"), value.size == 1
    yield ("holds zeros", "holds no zeros"), bool(np.any(value == 0))
    yield ("is all zeros", "is not all zeros"), not np.any(value)
    if value.dtype.kind == "b":
        return
    yield ("holds negative numbers", "holds no negative numbers"), bool(np.any(value < 0))
    yield ("holds positive numbers", "holds no positive numbers"), bool(np.any(value > 0))
    yield ("holds equal numbers", "holds no two equal numbers"), len(np.unique(value)) < value.size
    yield ("has all its entries equal", "has entries that differ"), bool(np.all(value == value.flat[0]))
    yield ("is of whole numbers", "is of float numbers"), value.dtype.kind in "iu"
    if value.ndim == 1 and value.size > 1:
        yield ("is in ascending order", "is not in ascending order"), bool(np.all(np.diff(value) >= 0))
    if value.ndim == 1 and value.dtype.kind in "iu" and value.min() >= 0:
        present = len(np.unique(value)) == value.max() + 1
        yield ("leaves a smaller label out", "leaves no smaller label out"), not present


# --- on which argument ----------------------------------------------------------------------------------------------


def find_ignored(changes: Sequence[tuple[str, Case, Case]], evidence: Evidence) -> str:
    """One sentence about an argument on which the result does not depend, or the empty string.

    Parameters
    ----------
    changes : sequence of (str, Case, Case)
        An argument's name, and two calls between which it alone was changed.
    evidence : Evidence
    """
    seen: dict[tuple[str, str], list[tuple[bool, bool]]] = {}
    for name, before, after in changes:
        for label, (first, second) in evidence.pairs([before, after]).items():
            if first.mine.shape == second.mine.shape and first.right.shape == second.right.shape:
                moved = not same(first.mine, second.mine), not same(first.right, second.right)
                seen.setdefault((name, label), []).append(moved)
    ignored: dict[str, list[str]] = {}
    for (name, label), changed in seen.items():
        if not any(mine for mine, _ in changed) and sum(right for _, right in changed) >= LEAST_CHANGES:
            ignored.setdefault(name, []).append(label)
    if not ignored:
        return ""
    name, labels = max(ignored.items(), key=lambda item: len(item[1]))
    stayed = "stayed as it was" if len(labels) == 1 else "stayed as they were"
    labels = [f"the returned {label}" if label == f"`{name}`" else label for label in labels]
    return _as_sentence(f"when `{name}` alone was changed, {_and(labels)} {stayed}; the right result changes")


# --- at which places ------------------------------------------------------------------------------------------------


def find_place(cases: Sequence[Case], evidence: Evidence) -> str:
    """One sentence about where in the result it is wrong, or the empty string.

    Everything outside the place is right, on every one of these calls.

    Parameters
    ----------
    cases : sequence of Case
        Calls with a wrong value.
    evidence : Evidence
    """
    if len(cases) < LEAST_WRONG:
        return ""
    found = evidence.pairs(cases)
    wrong = {label: [p for p in pairs if not p.is_right] for label, pairs in found.items()}
    sentences = [
        f"{label} is right everywhere but {words}"
        for label, pairs in wrong.items()
        if (words := _place_in_part(pairs, evidence.description))
    ]
    if sentences:
        return _as_sentence("; ".join(sentences))
    good = [label for label, pairs in wrong.items() if not pairs]
    bad = [label for label, pairs in wrong.items() if pairs]
    if good and bad:
        verb = "is" if len(good) == 1 else "are"
        return _as_sentence(f"{_and(good)} {verb} right on every input that was tried; {_and(bad)} not")
    return ""


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _as_sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _place_in_part(pairs: Sequence[Pair], description: Description) -> str:
    if len(pairs) < LEAST_WRONG or any(p.mine.shape != p.right.shape or p.right.size < 2 for p in pairs):
        return ""
    masks = [~np.isclose(p.mine, p.right, rtol=CHECK_RTOL, atol=CHECK_ATOL, equal_nan=True) for p in pairs]
    places = [dict(_places(pair.right, pair.case, description)) for pair in pairs]
    for words in places[0]:
        if all(words in known for known in places) and _covers(
            masks, [known[words] for known in places], words
        ):
            return words
    return ""


def _covers(masks: Sequence[np.ndarray], places: Sequence[np.ndarray], words: str) -> bool:
    """Whether all that is wrong lies in the place, which is neither nearly everything nor mostly right."""
    inside = all(not np.any(wrong & ~place) for wrong, place in zip(masks, places, strict=True))
    covered = sum(int(place.sum()) for place in places)
    entries = sum(place.size for place in places)
    wrong = sum(int(mask.sum()) for mask in masks)
    largest = entries - 1 if words.startswith(("after", "before")) else LARGEST_SHARE * entries
    return inside and 0 < covered <= largest and wrong >= SMALLEST_SHARE * covered


def _places(right: np.ndarray, case: Case, description: Description) -> Iterator[tuple[str, np.ndarray]]:
    """Places in an array: what to call them, and which entries they are."""
    yield from _edges(right.shape)
    if right.ndim == 2 and right.shape[0] == right.shape[1] > 1:
        yield "on the diagonal", np.eye(len(right), dtype=bool)
        yield "off the diagonal", ~np.eye(len(right), dtype=bool)
    if right.ndim == 2:
        lower = np.tri(*right.shape) > 0
        yield "on and below the diagonal", lower
        yield "above the diagonal", ~lower
    if right.dtype.kind in "iuf":
        yield "where the right value is 0", right == 0
        yield "where the right value is negative", right < 0
        yield "where the right value is positive", right > 0
    for name, value in named_arguments(description, case.arguments):
        yield from _places_by_argument(name, value, right.shape)


def _edges(shape: tuple[int, ...]) -> Iterator[tuple[str, np.ndarray]]:
    border = np.zeros(shape, bool)
    for axis, n in enumerate(shape):
        if not n:
            continue
        kind = LINES[len(shape)][axis] if len(shape) in LINES else f"place along axis {axis}"
        for words, opposite, index in (
            (f"in the first {kind}", f"after the first {kind}", 0),
            (f"in the last {kind}", f"before the last {kind}", n - 1),
        ):
            place = np.zeros(shape, bool)
            np.moveaxis(place, axis, 0)[index] = True
            yield words, place
            yield opposite, ~place
            if axis >= len(shape) - 2:
                border |= place
        if n > 2:
            both = np.zeros(shape, bool)
            np.moveaxis(both, axis, 0)[[0, n - 1]] = True
            yield f"in the first and the last {kind}", both
    if len(shape) >= 1 and shape[-1] > 1:
        for words, index in (("at the start of the last axis", 0), ("at the end of the last axis", -1)):
            place = np.zeros(shape, bool)
            place[..., index] = True
            yield words, place
    if len(shape) >= 2:
        yield "at the outermost rows and columns", border


def _places_by_argument(name: str, value: Any, shape: tuple[int, ...]) -> Iterator[tuple[str, np.ndarray]]:
    if not (isinstance(value, np.ndarray) and value.dtype.kind in "biuf"):
        return
    if value.shape == shape and value.dtype.kind == "b":
        yield f"where `{name}` is True", value
        yield f"where `{name}` is False", ~value
    elif value.shape == shape:
        yield f"where `{name}` is 0", value == 0
        yield f"where `{name}` is not 0", value != 0
        yield f"where `{name}` is negative", value < 0
        yield f"where `{name}` is positive", value > 0
        yield f"where `{name}` is beyond 1 in size", np.abs(value) > 1
        yield f"where `{name}` is at most 1 in size", np.abs(value) <= 1
    elif value.dtype.kind in "iu" and value.ndim == 1 and len(shape) == 2 and len(value) == shape[0]:
        if value.min(initial=0) >= 0 and value.max(initial=0) < shape[1]:
            chosen = np.zeros(shape, bool)
            chosen[np.arange(len(value)), value] = True
            yield f"at the column that `{name}` names in each row", chosen
            yield f"at the columns that `{name}` does not name", ~chosen
