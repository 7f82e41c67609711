"""``autograder collect``, ``export``, ``roster`` and ``extend``."""

import re
import sys
from datetime import tzinfo
from pathlib import Path
from typing import NoReturn

import click

from autograder.classroom.options import course_option
from autograder.intake.timestamp import named_zone, utc
from autograder.lesson.layout import Course, CourseError, Lesson
from autograder.lesson.start_page import title_cell
from autograder.sandbox.printable import one_line

TABLES = {
    "canvas": "Grades, Export, Export Entire Gradebook",
    "moodle": "the assignment's offline grading worksheet, or Grades, Export, Plain text file",
    "gradescope": "Review Grades, Download Grades, CSV",
}


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
    click.echo()
    _say(f"{name}: {', '.join(parts)}.")
    if outcome.question:
        path = outcome.question.relative_to(course.root)
        if not directory.students:
            _say(
                "There is no roster yet. `autograder roster TABLE`, with a table that the platform exports, answers most of it."
            )
        _say(
            f"Some people are not known: fill in the column `student` of {path}, and run this again with --names {path}"
        )
        _say("Several students of a group stand with semicolons between them; - leaves somebody out.")
    sys.exit(1 if outcome.question or outcome.aside or outcome.refused or not outcome.lines else 0)


@click.command()
@click.argument("lesson")
@click.option(
    "--format",
    "platform",
    type=click.Choice(["canvas", "moodle", "gradescope", "csv"]),
    default="csv",
    show_default=True,
)
@click.option(
    "--into",
    "template",
    type=click.Path(path_type=Path),
    help="The table that the platform exported: it is filled in, in a copy.",
)
@click.option(
    "--column", help="Heading of the column for the scores, where it does not bear the lesson's name."
)
@click.option("--scale", is_flag=True, help="Bring the scores to the platform's maximum.")
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="Where to write; in grading/export when left out."
)
@click.option(
    "--feedback",
    is_flag=True,
    help="Write the feedback pages, too, as one zip file in the platform's naming.",
)
@course_option
def export(
    lesson: str,
    platform: str,
    template: Path | None,
    column: str | None,
    scale: bool,
    target: Path | None,
    feedback: bool,
    root: Path | None,
) -> None:
    """Write the scores of LESSON into a platform's own table, or into one with a column for each exercise."""
    from autograder.classroom import roster, scores
    from autograder.lesson import atomic
    from autograder.platforms import export as tables
    from autograder.platforms import people
    from autograder.platforms.feedback import write_feedback
    from autograder.platforms.record import Record
    from autograder.platforms.sheets import read_sheet

    try:
        course = Course(root)
        entry = course.lesson(lesson)
        if platform != "csv" and template is None:
            raise CourseError(
                f"give the table that {platform.title()} exports with --into: {TABLES[platform]}"
            )
        record = Record.of(course, entry.name)
        with roster.opened(course) as book:
            rows = scores.rows(course, entry.name, book)
        if template is None:
            done = tables.as_table(rows, record)
        else:
            titles = [entry.name, entry.slug, *_titles(entry)]
            done = tables.into(
                platform,
                read_sheet(template),
                rows,
                record,
                people.known_answers(course),
                column,
                titles=titles,
                scale=scale,
            )
        path = target or course.grading / "export" / (
            f"{entry.name}.csv" if platform == "csv" else f"{entry.name}_{platform}.csv"
        )
        atomic.write(path, done.data)
        if feedback:
            pages = path.with_name(f"{path.stem}_feedback.zip")
            students = [row.student.id for row in rows if row.parts]
            done.notes += write_feedback(course, entry.name, platform, students, record, pages)
    except (CourseError, OSError) as error:
        _refuse(error)
    for note in done.notes:
        _say(note)
    _say(f"{path}: scores of {done.filled} of {len(rows)} students")
    if feedback:
        _say(f"{pages}: the feedback pages")


def _titles(lesson: Lesson) -> list[str]:
    """What an instructor may have called a lesson on a platform: its title, with its number or without."""
    try:
        about = title_cell(lesson)
    except ValueError:
        return []
    return [about["title"], f"{about['number']} {about['title']}"]


def _zone(name: str | None) -> tzinfo | None:
    try:
        return named_zone(name) if name else None
    except ValueError as error:
        _refuse(error)


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@course_option
def roster(table: Path, root: Path | None) -> None:
    """Enter the students of a platform's TABLE into the gradebook: names, mail and the platform's number.

    TABLE is what a platform exports (the gradebook of Canvas, the participants or grades of Moodle, the roster of
    Gradescope), or one of your own with the columns id, first_name, last_name, email and lms_user_id.
    """
    from autograder.classroom import roster as book
    from autograder.platforms.roster import read_roster
    from autograder.platforms.sheets import read_sheet

    try:
        course = Course(root)
        students, notes = read_roster(read_sheet(table))
        with book.opened(course) as opened:
            added = book.enter(opened, students)
    except CourseError as error:
        _refuse(error)
    for note in notes:
        _say(note)
    _say(
        f"{len(students)} students on the roster of {one_line(table)}: {added} new, {len(students) - added} known before."
    )
    sys.exit(1 if notes else 0)


@click.command()
@click.argument("student")
@click.argument("lesson")
@click.argument("date")
@click.option(
    "--timezone",
    "zone",
    help="Zone of DATE if it names none itself, such as Europe/Berlin; UTC when left out.",
)
@course_option
def extend(student: str, lesson: str, date: str, zone: str | None, root: Path | None) -> None:
    """Give STUDENT time for LESSON until DATE, such as "2026-11-25 18:00 +0100"; a day alone ends at its end, and "none" takes it back."""
    from autograder.classroom import extensions, roster

    try:
        course = Course(root)
        name = course.lesson(lesson).name
        moment = (
            f"{date} 23:59:59" if re.fullmatch(r"\d{4}-\d\d-\d\d", date) else date
        )  # a day ends at its end
        until = None if date.lower() == "none" else utc(f"{moment} {zone}" if zone else moment)
        with roster.opened(course) as book:
            known = {one.id for one in roster.students(book)}
            due = roster.due_date(book, name)
        if until and due and until <= due:
            raise CourseError(f"{until} UTC is not after the due date of {name}, {due} UTC.")
        extensions.grant(course, student, name, until)
    except (CourseError, ValueError) as error:
        _refuse(error)
    if known and student not in known:
        _say(f"Note: {student} is not on the roster yet.")
    if until and not due:
        _say(f"Note: {name} has no due date yet, so nobody is late.")
    words = f"until {until} UTC" if until else "no extension any more"
    _say(
        f"{student}, {name}: {words}. It counts from the next `autograder grade` or `nbgrader autograde` on."
    )


ALL = (collect, export, roster, extend)
