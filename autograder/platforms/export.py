"""Grades into the file that a platform exported, or into a table of our own; who is not matched is named."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.classroom.scores import NOTHING, Row, part_names
from autograder.lesson.layout import CourseError
from autograder.platforms.people import Answers, as_csv
from autograder.platforms.record import Record
from autograder.platforms.sheets import Sheet
from autograder.sandbox.printable import one_line

# What stands at the head of a column, in lower case: English first, then what other languages' platforms write.
HEADINGS = {
    "id": ["id"],
    "participant": ["identifier", "id", "teilnehmer", "identifiant", "identificador"],
    "login": ["sis login id", "username", "sid", "student id", "anmeldename", "nom d'utilisateur", "nombre de usuario"],
    "number": ["sis user id", "id number", "orgdefinedid", "id-nummer", "matrikelnummer", "numéro d'identification"],
    "email": ["email address", "email", "e-mail", "e-mail-adresse", "adresse de courriel", "dirección de correo"],
    "name": ["student", "full name", "name", "vollständiger name", "nom complet", "nombre completo"],
}  # fmt: skip
GRADE = {
    "moodle": ["grade", "bewertung", "note", "calificación"],
    "gradescope": ["total score"],
    "canvas": [],
}
MAXIMUM = {
    "moodle": ["maximum grade", "höchstbewertung", "bestwertung", "note maximale", "calificación máxima"],
    "gradescope": ["max points"],
    "canvas": [],
}


@dataclass
class Export:
    """A finished table.

    Attributes
    ----------
    data : bytes
    filled : int
        Students whose score stands in it.
    notes : list of str
        Who is not in it, and why.
    """

    data: bytes
    filled: int = 0
    notes: list[str] = field(default_factory=list)


def as_table(rows: Sequence[Row], record: Record) -> Export:
    """A table of our own: one column a part, then the sum, lateness, and whether and why a human is needed."""
    names = part_names(rows)
    header = ["student", "last_name", "first_name", "email", *names, "score_before_penalty", "late_penalty", "score",
              "max_score", "late", "needs_a_human", "reason"]  # fmt: skip
    points = {part.name: part.points for row in rows for part in row.parts}
    table = []
    for row in rows:
        parts = [row.part(name) for name in names]
        who = row.student
        table.append(
            [who.id, who.last_name or "", who.first_name or "", who.email or "",
             *(number(part.score) if part else "" for part in parts),
             number(row.raw), number(row.penalty) if row.raw is not None else "", number(row.score),
             number(sum(points.values())) if points else "", lateness(row, record),
             "yes" if row.needs_a_human else "no", row.reason]
        )  # fmt: skip
    graded = sum(row.score is not None for row in rows)
    return Export(
        as_csv(header, table).encode("utf-8-sig"),
        graded,
        [_without(row) for row in rows if row.score is None],
    )


def number(value: float | None) -> str:
    """A score as platforms read it; nothing where there is none."""
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def lateness(row: Row, record: Record) -> str:
    """How late something was, or that the platform said so."""
    if row.seconds_late:
        return f"{row.seconds_late / 3600:.1f} h"
    origin = record.get(row.student.id)
    return f"marked late by {origin.platform.title()}" if origin and origin.late and not origin.when else ""


def _without(row: Row) -> str:
    return f"{one_line(row.student.id)} has no score: {one_line(row.reason)}"


def into(
    platform: str, sheet: Sheet, rows: Sequence[Row], record: Record, answers: Answers, column: str | None, *,
    titles: Sequence[str] = (), scale: bool = False,
) -> Export:  # fmt: skip
    """Fill the scores into a platform's own table; every other cell, and the order of columns, stays as it is.

    Parameters
    ----------
    platform : {"canvas", "moodle", "gradescope"}
    sheet : Sheet
        What the platform exported; it is changed.
    rows : sequence of Row
    record : Record
        Where the submissions came from: the platform's numbers.
    answers : mapping
        What an instructor has said about persons of this platform.
    column : str, optional
        Where the scores go; found by the lesson's name when left out.
    titles : sequence of str
        What the lesson may be called.
    scale : bool
        Whether scores are brought to the platform's maximum.

    Raises
    ------
    CourseError
        If the table has no column for the scores, or several that could be meant.
    """
    target = column or _target(platform, sheet, titles)
    if target not in sheet.header:
        if platform != "canvas":
            raise CourseError(
                f"there is no column {one_line(target)!r}: the file has {_listed(sheet.header)}"
            )
        _add_column(sheet, target, rows)
    people = [row for row in sheet.rows if _is_person(platform, sheet, row)]
    students = {row.student.id: row for row in rows}
    match = _Match(platform, sheet, rows, record, answers)
    done, seen = Export(b""), set[str]()
    for line in people:
        student = match.student(line)
        if student is None or student in seen:
            why = (
                "is a second line for the same student"
                if student
                else "is nobody whom the gradebook or grading/submitted has"
            )
            done.notes.append(f"{match.shown(line)}, in the platform's file, {why}: left as it is")
            continue
        seen.add(student)
        row = students[student]
        if row.score is None:
            done.notes.append(_without(row))
            if row.reason != NOTHING:
                sheet.put(line, target, "")  # whatever stood there is no grade for this work
            continue
        most, ours = _maximum(platform, sheet, line, target), sum(part.points for part in row.parts)
        value = row.score * most / ours if scale and most and ours else row.score
        if most and not scale and abs(most - ours) > 1e-9:
            note = f"the platform's maximum is {number(most)}, the lesson has {number(ours)} points: scores are written as they are; --scale brings them to the platform's"
            done.notes += [note] if note not in done.notes else []
        sheet.put(line, target, number(value))
        done.filled += 1
    done.notes += [
        f"{one_line(name)} is not in the platform's file{'' if row.score is None else ', and has ' + number(row.score)}"
        for name, row in students.items()
        if name not in seen and row.parts
    ]
    done.data = sheet.encoded()
    return done


def _target(platform: str, sheet: Sheet, titles: Sequence[str]) -> str:
    """The column for the scores: the platform's own, or the one that bears the lesson's name."""
    for heading in GRADE[platform]:
        if found := [name for name in sheet.header if name.lower() == heading]:
            return found[0]
    wanted = {_plain(title) for title in titles}
    found = [
        name
        for name in sheet.header
        if _plain(re.sub(r"\(\d+\)$|\((?:real|punkte?|points)\)$", "", name.strip(), flags=re.I)) in wanted
    ]
    if len(found) != 1:
        words = "several columns could be meant" if found else "no column bears the lesson's name"
        hint = " A name that is not there yet makes a new column." if platform == "canvas" else ""
        raise CourseError(
            f"{words}: say which with --column.{hint} The file has {_listed(found or sheet.header)}"
        )
    return found[0]


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", " ", title).strip().casefold()


def _listed(header: Sequence[str]) -> str:
    return ", ".join(one_line(repr(name), 80) for name in header[:40])


def _add_column(sheet: Sheet, name: str, rows: Sequence[Row]) -> None:
    """A column at the end, which Canvas takes for a new assignment."""
    points = max((sum(part.points for part in row.parts) for row in rows), default=0.0)
    sheet.header.append(name)
    for line in sheet.rows:
        if _points_possible(line):
            sheet.put(line, name, number(points))


def _points_possible(line: Sequence[str]) -> bool:
    return bool(line) and line[0].strip().lower() == "points possible"


def _is_person(platform: str, sheet: Sheet, line: list[str]) -> bool:
    """Whether a line is about somebody: Canvas puts lines about points and posting under the header."""
    return bool("".join(line).strip()) and (platform != "canvas" or bool(_cell(sheet, line, "id")))


def _cell(sheet: Sheet, line: list[str], kind: str) -> str:
    """The first cell that is filled of the columns of a kind, in the order of `HEADINGS`."""
    by_heading = {name.lower(): name for name in reversed(sheet.header)}
    for heading in HEADINGS[kind]:
        if heading in by_heading and (text := sheet.cell(line, by_heading[heading])):
            return text
    return ""


def _maximum(platform: str, sheet: Sheet, line: list[str], target: str) -> float | None:
    """The platform's own number of points for a line."""
    texts = (
        [sheet.cell(other, target) for other in sheet.rows if _points_possible(other)]
        if platform == "canvas"
        else []
    )
    texts += [sheet.cell(line, name) for name in sheet.header if name.lower() in MAXIMUM[platform]]
    try:
        return float(texts[0].replace(",", ".")) if texts and texts[0] else None
    except ValueError:
        return None


class _Match:
    """Which student a line of a platform's table is about: by number, login or mail, never by name alone."""

    def __init__(
        self, platform: str, sheet: Sheet, rows: Sequence[Row], record: Record, answers: Answers
    ) -> None:
        self._platform, self._sheet, self._record = platform, sheet, record
        self._answers: Mapping[tuple[str, str], Sequence[str]] = answers
        self._ids = {row.student.id.casefold(): row.student.id for row in rows}
        self._mails = _unique(rows, lambda row: row.student.email)
        self._numbers = _unique(rows, lambda row: row.student.lms_user_id)

    def student(self, line: list[str]) -> str | None:
        """The student, if all marks that tell anything tell the same."""
        login, number, mail = (
            _cell(self._sheet, line, kind).casefold() for kind in ("login", "number", "email")
        )
        found = {self._ids.get(login), self._ids.get(number)}
        found |= {self._mails.get(mail), self._ids.get(mail)}
        found |= self._by_platform(*(_cell(self._sheet, line, kind) for kind in ("id", "participant")))
        found.discard(None)
        return found.pop() if len(found) == 1 else None

    def _by_platform(self, number: str, participant: str) -> set[str | None]:
        if self._platform == "canvas":
            said = self._answers.get(("canvas", number), ())
            by_answer = said[0] if len(said) == 1 else None
            known = [self._numbers.get(number), self._record.student_of("canvas", number=number), by_answer]
            return {name for name in known if name in self._ids.values()}
        if self._platform == "moodle" and (match := re.search(r"(\d+)$", participant)):
            return {self._record.student_of("moodle", unit=match[1])}
        return set()

    def shown(self, line: list[str]) -> str:
        """The line's person, for a message."""
        texts = [_cell(self._sheet, line, kind) for kind in ("name", "login", "email", "participant")]
        return one_line(", ".join(dict.fromkeys(filter(None, texts))) or ", ".join(line[:3]), 150)


def _unique(rows: Sequence[Row], mark: Callable[[Row], str | None]) -> dict[str, str | None]:
    """Students by a mark that only one of them has."""
    found: dict[str, str | None] = {}
    for row in rows:
        if text := (mark(row) or "").casefold():
            found[text] = None if text in found else row.student.id
    return found
