"""Figures as pages that read offline, run no script and load nothing; and the same as JSON and CSV."""

import csv
import io
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from markupsafe import Markup

from autograder.analysis.figures import Figures, Person
from autograder.analysis.similarity import RARE, SMALLEST_CLASS, STRETCH, Side
from autograder.analysis.term import Term
from autograder.analysis.words import lecture
from autograder.classroom.feedback_page import breakable, lesson_title
from autograder.classroom.report import prose
from autograder.classroom.terminal import WORDS, number
from autograder.lesson import atomic
from autograder.lesson.layout import PACKAGE, Lesson
from autograder.sandbox.printable import escaped_in_json, one_line, printable

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet takes a text for a formula
MOST_PAIRS, MOST_MISTAKES = 10, 12  # that a page shows; of mistakes, of each kind
KINDS = (  # with heading and caption, in the page's order
    ("idea", "Misconceptions", "Known wrong ideas whose values are the student's values"),
    ("relation", "Relations", "What the value is to the right one"),
    ("condition", "Conditions", "Where it is wrong, and where it is right"),
    ("slip", "Slips", "One small thing changed in a right program gives these values"),
    ("error", "Exceptions", "What stopped the program, where nothing else could be said"),
)


def write_lesson(folder: Path, lesson: Lesson, figures: Figures) -> list[Path]:
    """Write a lesson's page, JSON and tables; the files, the page first.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    html = _page(
        "lesson.html.j2", figures=figures, title=lesson_title(lesson.released.notebook), sentences=lecture(figures), made=_now(),
        stretch=STRETCH, smallest_class=SMALLEST_CLASS, rare=RARE, most_pairs=MOST_PAIRS,
        most_mistakes=MOST_MISTAKES, kinds=KINDS,
    )  # fmt: skip
    files = {
        f"{lesson.name}.html": html,
        f"{lesson.name}.json": _json(figures),
        f"{lesson.name}_students.csv": _csv(_students(figures)),
        f"{lesson.name}_checks.csv": _csv(_checks(figures)),
        f"{lesson.name}_mistakes.csv": _csv(_mistakes(figures)),
    }
    return _write(folder, files)


def write_term(folder: Path, term: Term) -> list[Path]:
    """Write the page of a term, and the same as JSON and CSV; the files, the page first.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    html = _page("term.html.j2", term=term, made=_now())
    heading = ["student", *(lesson.name for lesson in term.lessons), "total", "of"]
    lines = [[s.student, *s.scores, s.total, s.possible] for s in term.students]
    files = {"term.html": html, "term.json": _json(term), "term.csv": _csv([heading, *lines])}
    return _write(folder, files)


def _write(folder: Path, files: dict[str, str]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"  # the mark tells Excel which it is
        atomic.write(folder / name, text.encode(encoding, "replace"))
    return [folder / name for name in files]


def _now() -> str:
    return time.strftime("%Y-%m-%d at %H:%M")


def _page(template: str, **known: Any) -> str:
    """A page without characters that act; jinja has escaped what others wrote."""
    html = _environment().get_template(f"class_report/{template}").render(**known)
    return printable(html, len(html))


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PACKAGE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": number,
        "breakable": breakable,
        "prose": prose,
        "listing": listing,
        "remarks": remarks,
    }
    environment.globals |= {"words": WORDS}
    return environment


def listing(side: Side) -> Markup:
    """Code line by line; what is alike is marked, with a sign that does not need its colour."""
    marked = set(side.marked)
    lines = (
        Markup("<mark>▸ {}</mark>").format(line) if place in marked else Markup("  {}").format(line)
        for place, line in enumerate(side.text.split("\n"))
    )
    return Markup("<pre>{}</pre>").format(Markup("\n").join(lines))


def remarks(person: Person) -> list[str]:
    """What a student's line says below the result: points by hand, lateness, and a gradebook that says otherwise."""
    found = []
    if person.by_hand:
        before = "none" if person.automatic is None else number(person.automatic)
        found.append(f"points by hand; automatic: {before}")
    if person.penalty:
        found.append(f"late: −{number(person.penalty)}")
    if person.total is not None and number(person.total) != number(person.score):
        found.append(f"gradebook: {number(person.total)}")
    return found


def _json(data: object) -> str:
    return escaped_in_json(msgspec.json.format(msgspec.json.encode(data), indent=2).decode()) + "\n"


def _csv(lines: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([_defused(value) for value in line] for line in lines)
    return file.getvalue()


def _defused(value: object) -> object:
    """A cell that no spreadsheet takes for a formula; None is an empty one, never a 0."""
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return f"'{text}" if value.startswith(FORMULA) or text.startswith(FORMULA) else text


def _students(figures: Figures) -> Iterable[list[object]]:
    names = [exercise.name for exercise in figures.exercises]
    attention = {entry.student for entry in figures.attention}
    yield [
        "student", "automatic", "score", "of", "by_hand", "penalty", "gradebook", "verdict", "needs_a_human", *names,
    ]  # fmt: skip
    for person in figures.students:
        yield [
            person.student, person.automatic, person.score, figures.points, person.by_hand, person.penalty, person.total,
            person.verdict, "yes" if person.student in attention else "no", *(person.exercises[name] for name in names),
        ]  # fmt: skip


def _checks(figures: Figures) -> Iterable[list[object]]:
    yield ["exercise", "check", "about", "passed", "tried", "suspicious"]
    for exercise in figures.exercises:
        for check in exercise.checks:
            suspicious = "yes" if check.suspicious else "no"
            yield [exercise.name, check.name, check.about, check.passed, check.tried, suspicious]


def _mistakes(figures: Figures) -> Iterable[list[object]]:
    yield ["kind", "exercise", "name", "students", "example", "who"]
    for told in figures.diagnoses:
        who = ", ".join(told.students)
        yield [told.kind, told.exercise, told.name, len(told.students), told.example, who]
