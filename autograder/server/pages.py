"""The pages as HTML: the course map and the verdict on one lesson, in the look of the feedback page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jinja2
from markupsafe import Markup

from autograder.classroom import progress, report
from autograder.classroom.terminal import WORDS, number
from autograder.judging.results import ExerciseResult, Result
from autograder.lesson.layout import PACKAGE, Lesson
from autograder.lesson.start_page import UNITS, title_cell
from autograder.sandbox.printable import printable
from autograder.server.verdicts import Told, Verdicts

PREFERS_DARK = "@media screen and (prefers-color-scheme: dark)"
# JupyterLab's theme wins over the system's, because the page stands beside its notebooks.
SCREENS = {"dark": "@media screen", "light": "@media not all", None: PREFERS_DARK}
SCHEMES = {"dark": "dark", "light": "light", None: "light dark"}


@dataclass(frozen=True)
class Place:
    """What a page has to know of the server it comes from."""

    base: str  # address of the course map, with a slash at its end
    lab: str  # address at which JupyterLab opens a file of the learner's
    theme: str | None = None
    nonce: str = ""


def clock(seconds: float | None) -> str:
    """A time of day, with the date when it is not today's."""
    if seconds is None:
        return "never"
    then = datetime.fromtimestamp(seconds)
    return f"{then:%H:%M:%S}" if then.date() == datetime.now().date() else f"{then:%Y-%m-%d %H:%M}"


def first_sentence(exercise: ExerciseResult) -> Markup:
    """What to look at, as it stands beside the exercise in the table."""
    return Markup("") if exercise.verdict == "not_attempted" else report.prose(exercise.message)


def _theme(style: str, theme: str | None) -> str:
    return style.replace(PREFERS_DARK, SCREENS[theme]).replace(
        "color-scheme: light dark", f"color-scheme: {SCHEMES[theme]}"
    )


ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader([PACKAGE / "templates" / name for name in ("verdict_page", "course_feedback")]),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)  # fmt: skip
ENVIRONMENT.filters |= {
    "number": number,
    "clock": clock,
    "first_sentence": first_sentence,
    "exercise_html": lambda exercise: Markup(report.exercise_html(exercise)),
    "check_name": lambda name: name.removeprefix("test_").replace("_", " "),
    "note_html": lambda note: report.prose(printable(note, 2_000)),
    "verdict_words": lambda verdict: WORDS[verdict],
}


def page(title: str, content: str, place: Place, events: str) -> str:
    """A whole page around a content that renews itself from the address ``events``."""
    style = _theme((PACKAGE / "templates" / "course_feedback" / "style.css").read_text(), place.theme)
    template = ENVIRONMENT.get_template("page.html.j2")
    return template.render(
        title=title, content=Markup(content), place=place, events=events, style=Markup(style)
    )


def waiting(lesson: Lesson) -> str:
    """What stands in the place of a verdict that is being made."""
    return ENVIRONMENT.get_template("waiting.html.j2").render(**_about(lesson))


def verdict(lesson: Lesson, told: Told, place: Place, others: list[Lesson]) -> str:
    """The verdict on a lesson's notebook as saved.

    Parameters
    ----------
    lesson : Lesson
    told : Told
    place : Place
    others : list of Lesson
        Lessons that stand open, too, for the links at the top.
    """
    links = [(other.name, title_cell(other)) for other in others if other != lesson]
    known: dict[str, Any] = _about(lesson) | {"told": told, "place": place, "links": links}
    known["earned"] = progress.earned(lesson)
    known["state"] = state_in_words(told.result)
    return ENVIRONMENT.get_template("verdict.html.j2").render(**known)


def state_in_words(result: Result | None) -> str:
    """The one sentence that is read aloud when a verdict comes."""
    if result is None:
        return "There is no notebook."
    if not result.exercises:
        return "The file could not be judged."
    passed = sum(exercise.verdict == "pass" for exercise in result.exercises)
    points = f"{number(result.score)} of {number(result.points)} points"
    return f"{points}, {passed} of {len(result.exercises)} exercises passed."


def course_map(verdicts: Verdicts, place: Place) -> str:
    """All lessons by unit, with what this learner has earned."""
    known = {"units": list(_units(verdicts)), "place": place}
    return ENVIRONMENT.get_template("map.html.j2").render(**known)


def _units(verdicts: Verdicts) -> Iterator[dict[str, Any]]:
    lessons = list(verdicts.course.lessons.values())
    firsts = sorted(UNITS)
    for first, following in zip(firsts, [*firsts[1:], 100], strict=True):
        rows = [_row(lesson, verdicts) for lesson in lessons if first <= int(lesson.name[:2]) < following]
        if rows:
            earned = [row["earned"] for row in rows if row["earned"]]
            full = sum(entry.score == entry.points for entry in earned)
            yield {"title": UNITS[first], "lessons": rows, "full": full}


def _row(lesson: Lesson, verdicts: Verdicts) -> dict[str, Any]:
    earned, stamp = progress.earned(lesson), verdicts.stamp(lesson)
    return _about(lesson) | {
        "earned": earned,
        "changed": earned is not None and not earned.is_of(lesson),
        "saved_since": bool(earned and stamp and stamp[0] / 1e9 > earned.judged),
        "file": verdicts.path(lesson).relative_to(verdicts.desk).as_posix(),
    }


def _about(lesson: Lesson) -> dict[str, Any]:
    return {"name": lesson.name, "lesson": title_cell(lesson)}
