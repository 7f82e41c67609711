"""Tables of students, as platforms export them and as people write them."""

import re
import unicodedata

from autograder.classroom.roster import Student
from autograder.intake.submitted import id_refusal
from autograder.lesson.layout import CourseError
from autograder.platforms.people import undefused
from autograder.platforms.sheets import Sheet
from autograder.sandbox.printable import one_line

# Headings in lower case, the first that is there counts. Which one makes the id: what people log in with, if it is known.
IDS = [
    "student_id", "login_id", "sis login id", "username", "anmeldename", "nom d'utilisateur", "nombre de usuario", "sid",
    "student id", "orgdefinedid", "sis user id", "id number", "id-nummer", "matrikelnummer",
]  # fmt: skip
OWN_ID = "id"  # in a table of one's own; in Canvas's it is Canvas's number
NUMBERS = ["lms_user_id", "canvas id", "user id"]
EMAILS = ["email", "email address", "e-mail", "e-mail-adresse", "adresse de courriel", "dirección de correo"]
FIRST = ["first_name", "first name", "vorname", "prénom", "nombre"]
LAST = ["last_name", "last name", "surname", "nachname", "nom de famille", "apellido(s)", "apellidos"]
WHOLE = [
    "student",
    "full name",
    "name",
    "student name",
    "vollständiger name",
    "nom complet",
    "nombre completo",
]


def read_roster(sheet: Sheet) -> tuple[list[Student], list[str]]:
    """The students of a table.

    Returns
    -------
    students : list of Student
    notes : list of str
        A sentence for each line that could not be used.

    Raises
    ------
    CourseError
        If no column can be the students' ids, or none is one.
    """
    of_canvas = "sis login id" in _headings(sheet) or "sis user id" in _headings(sheet)
    ids = [*IDS, *([] if of_canvas else [OWN_ID]), *EMAILS]
    if not any(_headings(sheet).get(name) for name in ids):
        raise CourseError(
            f"no column can be the students' ids: {', '.join(one_line(repr(name), 60) for name in sheet.header[:30])}. "
            "One called id, username or email is needed."
        )
    found: dict[str, Student] = {}
    notes = []
    for number, row in enumerate(sheet.rows, start=2):
        if not "".join(row).strip() or (of_canvas and not _cell(sheet, row, [OWN_ID])):
            continue  # what Canvas says about points
        student = _student(sheet, row, ids, of_canvas)
        if why := id_refusal(student.id):
            notes.append(f"line {number} is left out: {one_line(student.id)!r} cannot be an id. {why}")
        elif student.id in found and found[student.id] != student:
            notes.append(f"line {number} is left out: {one_line(student.id)} stands in the table already")
        else:
            found[student.id] = student
    if not found:
        raise CourseError("; ".join(notes[:3]) or "the table holds no students.")
    return list(found.values()), notes


def _student(sheet: Sheet, row: list[str], ids: list[str], of_canvas: bool) -> Student:
    first, last = _cell(sheet, row, FIRST), _cell(sheet, row, LAST)
    if not (first or last):
        first, last = _split(_cell(sheet, row, WHOLE))
    number = _cell(sheet, row, [*NUMBERS, OWN_ID] if of_canvas else NUMBERS)
    return Student(
        unicodedata.normalize("NFC", _cell(sheet, row, ids)), first or None, last or None, _cell(sheet, row, EMAILS) or None,
        number or None,
    )  # fmt: skip


def _split(name: str) -> tuple[str, str]:
    """First and last name of ``Doe, Jane`` or ``Jane Doe``."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = name.strip().rpartition(" ")
    return first, last


def _headings(sheet: Sheet) -> dict[str, str]:
    return {re.sub(r"\s+", " ", name).strip().lower(): name for name in reversed(sheet.header)}


def _cell(sheet: Sheet, row: list[str], names: list[str]) -> str:
    """The first cell of a line that is filled, of some columns in their order."""
    headings = _headings(sheet)
    texts = (undefused(sheet.cell(row, headings[name])) for name in names if name in headings)
    return one_line(next(filter(None, texts), ""), 128).removeprefix("#")  # Brightspace's
