"""Answers that look alike where the rest of the class looks different: a hint for a human, never a verdict.

What is compared are tokens: comments, layout and docstrings are dropped, and names that a student chose are all the
same. Whatever also stands in the release with its hints, in the solution or in the wrong ideas beside the checks is
taken out, because everybody may arrive there. What is left counts only where hardly anybody else in the class wrote
it, and only in one unbroken stretch of some length: there are few ways to write a short answer.
"""

import builtins
import keyword
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import combinations
from typing import NamedTuple

import msgspec
from pygments.lexers import Python3Lexer
from pygments.token import Token

from autograder.judging.request import CellToRun
from autograder.lesson.layout import Lesson
from autograder.sandbox.printable import printable

GRAM = 12  # tokens that are looked up together
STRETCH = 40  # rare tokens in one piece, about four lines: less is no evidence
SMALLEST_CLASS = 10  # below that nobody can say what is usual
RARE = 20  # a piece is rare if at most one in so many students wrote it, or two
MOST_HOLDERS = 8  # and never if more did, however large the class
MOST_PAIRS = 200  # that are looked at closely; the first ones share most
LONGEST_CELL = 20_000  # characters
SHOWN_LINES, SHOWN_CHARACTERS = 80, 6_000  # of one side
LEXER = Python3Lexer(stripnl=False, ensurenl=False)
ORDINARY = frozenset({*keyword.kwlist, *dir(builtins), "self"})


class Side(msgspec.Struct, frozen=True):
    """One student's text of a cell; ``marked`` are the lines, from 0, that hold what is alike."""

    text: str
    marked: list[int]


class Exhibit(msgspec.Struct, frozen=True):
    """Two cells side by side."""

    exercise: str
    left: Side
    right: Side


class Alike(msgspec.Struct, frozen=True):
    """Two students with a stretch in common that hardly anybody else wrote.

    Attributes
    ----------
    left, right : str
    tokens : int
        Rare tokens in common.
    as_spelled : int
        Of these, those that are spelled alike, with the names that the students chose.
    exhibits : list of Exhibit
    """

    left: str
    right: str
    tokens: int
    as_spelled: int
    exhibits: list[Exhibit]


class Lexeme(NamedTuple):
    """A token without the student's own names, as it was spelled, and its line."""

    normal: str
    spelled: str
    line: int


class Text(NamedTuple):
    """One cell as tokens."""

    exercise: str
    source: str
    lexemes: list[Lexeme]

    @property
    def grams(self) -> list[int]:
        return _grams([lexeme.normal for lexeme in self.lexemes])

    @property
    def spelled_grams(self) -> list[int]:
        return _grams([lexeme.spelled for lexeme in self.lexemes])


def similar(
    lesson: Lesson,
    cells: Mapping[str, Sequence[CellToRun]],
    explained: Mapping[str, set[str]] | None = None,
) -> list[Alike]:
    """Pairs of students with an unusual stretch in common, the longest first.

    Parameters
    ----------
    lesson : Lesson
    cells : mapping of str to sequence of CellToRun
        By the student's name, what he or she handed in.
    explained : mapping of str to set of str, optional
        By the student's name, exercises in which a known wrong idea was recognised. They are left out: it is known
        that many have it.
    """
    handed_in = {student: found for student, found in cells.items() if found}
    if len(handed_in) < SMALLEST_CLASS:
        return []
    usual_names, usual = _usual(lesson)
    texts = {
        student: [
            _text(cell, usual_names) for cell in found if cell.name not in (explained or {}).get(student, ())
        ]
        for student, found in handed_in.items()
    }
    held = {
        student: {gram for text in found for gram in text.grams} - usual for student, found in texts.items()
    }
    most = min(MOST_HOLDERS, max(2, len(texts) // RARE))
    rare = _rare(held, most)
    common: Counter[tuple[str, str]] = Counter()
    for holders in rare.values():
        common.update(combinations(holders, 2))
    found = []
    for (left, right), count in common.most_common(MOST_PAIRS):
        if count > STRETCH - GRAM:
            pair = _alike(left, right, texts, (held[left] & held[right]), rare.keys())
            found += [pair] if pair else []
    return sorted(found, key=lambda pair: -pair.tokens)


def _rare(held: Mapping[str, set[int]], most: int) -> dict[int, list[str]]:
    """Pieces that several students wrote, but at most ``most``; with those students."""
    holders: dict[int, list[str]] = defaultdict(list)
    for student, grams in held.items():
        for gram in grams:
            if len(holders[gram]) <= most:  # one more says that it is not rare
                holders[gram].append(student)
    return {gram: students for gram, students in holders.items() if 2 <= len(students) <= most}


def _alike(
    left: str, right: str, texts: Mapping[str, list[Text]], shared: set[int], rare: Set[int]
) -> Alike | None:
    tokens = as_spelled = 0
    exhibits = []
    spelled = {gram for text in texts[right] for gram in text.spelled_grams}
    for text in texts[left]:
        for stretch in _stretches(text, shared):
            unusual = stretch & _covered(text.grams, shared & rare)
            if len(unusual) < STRETCH:
                continue
            tokens += len(unusual)
            as_spelled += len(unusual & _covered(text.spelled_grams, spelled))
            pieces = {gram for place, gram in enumerate(text.grams) if place in stretch} & shared
            other = max(texts[right], key=lambda other: len(pieces.intersection(other.grams)))
            left_side, right_side = _side(text, stretch), _side(other, _covered(other.grams, pieces))
            exhibits.append(Exhibit(text.exercise or other.exercise, left_side, right_side))
    return Alike(left, right, tokens, as_spelled, exhibits) if exhibits else None


def _stretches(text: Text, shared: set[int]) -> Iterator[set[int]]:
    """Places of each unbroken stretch of what is shared."""
    covered = _covered(text.grams, shared)
    stretch: set[int] = set()
    for place in range(len(text.lexemes) + 1):
        if place in covered:
            stretch.add(place)
        elif stretch:
            yield stretch
            stretch = set()


def _covered(grams: Sequence[int], wanted: set[int]) -> set[int]:
    return {place + step for place, gram in enumerate(grams) if gram in wanted for step in range(GRAM)}


def _side(text: Text, places: set[int]) -> Side:
    lines = text.source[:SHOWN_CHARACTERS].splitlines()[:SHOWN_LINES]
    marked = sorted({text.lexemes[place].line for place in places})
    return Side(
        "\n".join(printable(line, 500) for line in lines), [line for line in marked if line < len(lines)]
    )


def _usual(lesson: Lesson) -> tuple[frozenset[str], set[int]]:
    """Names that are not the student's own, and pieces that anybody may have written."""
    sources = [cell.source for cell in lesson.released.cells]
    answers = [cell.source for cell in lesson.solution.cells]
    wrong_ideas = [lesson.checks_path.read_text(encoding="utf-8")]
    code = [cell.source for cell in lesson.released.cells if cell.kind == "code"]
    names = ORDINARY | {
        text for source in code for kind, text in LEXER.get_tokens(source) if kind in Token.Name
    }
    usual = set()
    for source in [*sources, *answers, *wrong_ideas]:
        usual.update(_grams([lexeme.normal for lexeme in _lexemes(source, names)]))
    return names, usual


def _text(cell: CellToRun, usual_names: frozenset[str]) -> Text:
    source = cell.source[:LONGEST_CELL]
    return Text(cell.name or "", source, list(_lexemes(source, usual_names)))


def _lexemes(source: str, usual_names: frozenset[str]) -> Iterator[Lexeme]:
    """Tokens that mean something; Pygments reads any text, also one that Python's own parser would choke on."""
    line, before = 0, ""
    for kind, text in LEXER.get_tokens(source):
        if kind in Token.Comment or kind in Token.Literal.String.Doc or not text.strip():
            pass
        elif kind in Token.Literal.String:
            if before != "s":  # a literal comes in several parts
                yield Lexeme("s", "s", line)
            before = "s"
        else:
            own = kind in Token.Name and text not in usual_names and before != "."
            yield Lexeme("v" if own else text, text, line)
            before = text
        line += text.count("\n")


def _grams(words: Sequence[str]) -> list[int]:
    return [hash(tuple(words[place : place + GRAM])) for place in range(len(words) - GRAM + 1)]
