"""``autograder collect``, ``export``, ``roster`` and ``extend``."""

import sys
from datetime import tzinfo
from pathlib import Path
from typing import NoReturn

import click

from autograder.intake.timestamp import named_zone
from autograder.lesson.layout import Course, CourseError
from autograder.sandbox.printable import one_line

course_option = click.option(
    "--course",
    "root",
    type=click.Path(path_type=Path),
    help="Folder of the course; this checkout when left out.",
)


def _refuse(error: Exception) -> NoReturn:
    raise click.UsageError(str(error)) from error


def _say(text: str) -> None:
    click.echo(one_line(text))


@click.command()
@click.argument("lesson")
@click.argument("archives", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--names",
    "names",
    type=click.Path(path_type=Path),
    help="The table of questions of the last run, with the column `student` filled in.",
)
@click.option(
    "--timezone",
    "zone",
    help="Zone of the times in names of files, such as Europe/Berlin; this machine's when left out.",
)
@course_option
def collect(
    lesson: str, archives: tuple[Path, ...], names: Path | None, zone: str | None, root: Path | None
) -> None:
    """Sort what a learning platform hands out for LESSON into grading/submitted.

    ARCHIVES are zip files or folders as Canvas, Moodle, Blackboard, Brightspace and Gradescope make them, or your own.
    """
    from autograder.classroom import roster
    from autograder.platforms import people
    from autograder.platforms.collect import collect as sort

    try:
        course = Course(root)
        name = course.lesson(lesson).name
        answers = people.known_answers(course)
        if names:
            answers |= people.answers_in(names)
            people.remember(course, answers)
        with roster.opened(course) as book:
            directory = people.Directory(roster.students(book), answers)
        outcome = sort(course, name, archives, directory, _zone(zone))
    except CourseError as error:
        _refuse(error)
    for line in outcome.lines:
        _say(line)
    if not outcome.lines:
        _say("There is no notebook in it, and no file that could belong to anybody.")
    parts = [f"{len(outcome.placed)} placed", f"{len(outcome.as_before)} as before"]
    parts += [f"{outcome.aside} laid aside"] if outcome.aside else []
    parts += [f"{outcome.refused} not touched"] if outcome.refused else []
    _say(f"\n{name}: {', '.join(parts)}.")
    if outcome.question:
        path = outcome.question.relative_to(course.root)
        words = f"Fill in the column `student` of {path}, and run the same command with --names {path}"
        _say(
            f"Some people are not known. {words}; several students of a group stand with semicolons between them, and - leaves one out."
        )
    sys.exit(1 if outcome.question or outcome.aside or outcome.refused or not outcome.lines else 0)


def _zone(name: str | None) -> tzinfo | None:
    try:
        return named_zone(name) if name else None
    except ValueError as error:
        _refuse(error)
