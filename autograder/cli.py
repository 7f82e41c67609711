"""The command line of students, instructors and maintainers."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

if sys.platform == "win32":
    sys.exit("Grading keeps programs apart with what only Linux and macOS have. Run this inside WSL 2.")

from autograder import __version__
from autograder.analysis import commands as analysis_commands
from autograder.classroom import batch, own_work, terminal
from autograder.classroom.grade import Grader, Settings
from autograder.classroom.options import course_option, least_option
from autograder.hosted import commands as hosted_commands
from autograder.intake.notebook import UnreadableNotebook, read
from autograder.intake.submitted import contents, lessons_handed_in, strays, submissions
from autograder.judging.results import Result, unreadable
from autograder.lesson.layout import Course, CourseError
from autograder.lesson.release import points
from autograder.platforms import commands as platform_commands
from autograder.sandbox.isolation import LEVELS
from autograder.sandbox.printable import escaped_in_json, one_line, printable
from autograder.sandbox.processes import IsolationError

SAMPLE_OF_ALL = 150  # mutants of each lesson, so that the whole course takes ten minutes on two cores

level_option = click.option(
    "--isolation",
    type=click.Choice(LEVELS),
    default="strong",
    help="Highest isolation level to use.",
    hidden=True,
)


class SafeGroup(click.Group):
    """Commands whose error messages hold no control characters: they quote names of files and of students."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with _printable_errors():
            return super().make_context(*arguments, **options)

    def invoke(self, context: click.Context) -> Any:
        with _printable_errors():
            return super().invoke(context)


@contextmanager
def _printable_errors() -> Iterator[None]:
    try:
        yield
    except click.ClickException as error:
        vars(error)["message"] = one_line(error.message)  # click's own type calls it final
        raise


@click.group(cls=SafeGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="autograder")
def main() -> None:
    """Grade the notebooks of the course Why Won't It Learn?"""


def _course(root: Path | None) -> Course:
    try:
        return Course(root)
    except CourseError as error:
        raise click.UsageError(str(error)) from error


@main.command()
@click.argument("notebooks", nargs=-1, type=click.Path(path_type=Path))
@click.option("--watch", is_flag=True, help="Stay, and say it again whenever the notebook is saved.")
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path),
    help="Write the page that an instructor would send back, too.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(allow_dash=True),
    help="Write the results as JSON; - for standard output.",
)
@click.option("--seed", help="Replay a former run: the seed that its result named.")
@click.option("--lesson", help="The lesson, if the notebook does not tell.")
@course_option
@level_option
def check(
    notebooks: tuple[Path, ...],
    watch: bool,
    html_file: Path | None,
    json_file: str | None,
    seed: str | None,
    lesson: str | None,
    root: Path | None,
    isolation: str,
) -> None:
    """Run the full hidden checks on your own NOTEBOOKS and say what to look at next.

    Without NOTEBOOKS: the lesson of the current folder, or the one that was saved last.
    """
    course = _course(root)
    try:
        name = course.lesson(lesson).name if lesson else None
        notebooks = notebooks or (own_work.meant(course, Path.cwd()),)
    except CourseError as error:
        raise click.UsageError(str(error)) from error
    if len(notebooks) > 1 and (watch or html_file):
        raise click.UsageError("--watch and --html are for one notebook")
    settings = Settings(isolation=isolation, least_isolation="weak", secret_seeds=False)
    files = [(path, _read(path)) for path in notebooks]  # a slip of the pen in the last name is told at once
    with Grader(course, settings) as grader:
        results = []
        for path, data in files:
            results.append(_checked(grader, path, data, name, seed))
            if json_file != "-":
                terminal.show(results[-1])
        if html_file:
            _write_page(course, files[0][1], results[0], html_file)
        if json_file:
            _write_json(json_file, [result.to_dict() for result in results])
        if watch:
            _watch(grader, notebooks[0], name, seed)
    sys.exit(1 if any(result.needs_a_human for result in results) else 0)


def _checked(
    grader: Grader, path: Path, data: bytes | UnreadableNotebook, lesson: str | None, seed: str | None
) -> Result:
    """Result of one of the learner's own files, taken into their progress."""
    shown = one_line(path, 1000)
    if isinstance(data, UnreadableNotebook):
        return unreadable(shown, str(data), lesson=lesson)
    result = grader.grade(data, shown, lesson, student=None, seed=seed)
    try:
        own_work.keep(grader.course, path, result)
    except OSError as error:
        terminal.say(f"Your progress could not be written: {error.strerror}", error=True)
    return result


def _watch(grader: Grader, path: Path, lesson: str | None, seed: str | None) -> None:
    terminal.say(f"\nWaiting for {one_line(path, 1000)} to be saved. Ctrl+C ends this.")
    try:
        for _ in own_work.saves(path):
            click.clear()
            terminal.show(_checked(grader, path, _read(path), lesson, seed))
    except KeyboardInterrupt:
        terminal.say("")


def _write_page(course: Course, data: bytes | UnreadableNotebook, result: Result, target: Path) -> None:
    """Write the feedback page of a notebook that could be judged."""
    from autograder.classroom.feedback_page import page_of
    from autograder.classroom.graded_notebook import harmless, write_verdicts

    if isinstance(data, UnreadableNotebook) or result.lesson is None or not result.exercises:
        raise click.ClickException(f"no page was written to {target}: the notebook could not be judged")
    notebook, notes = read(data)
    clean, mended = harmless(notebook, course.lesson(result.lesson).released)
    write_verdicts(clean, result, [*notes, *mended])
    try:
        target.write_text(page_of(clean, result), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write {target}: {error.strerror}") from error


def _read(path: Path) -> bytes | UnreadableNotebook:
    try:
        return contents(path)
    except UnreadableNotebook as refusal:
        return refusal
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        words = error.strerror if isinstance(error, OSError) else str(error)
        raise click.UsageError(f"cannot read {printable(str(path), 1000)}: {words}") from error


def _write_json(target: str, data: list[dict[str, Any]]) -> None:
    text = escaped_in_json(msgspec.json.format(msgspec.json.encode(data), indent=2).decode()) + "\n"
    if target == "-":
        click.echo(text, nl=False)
    else:
        try:
            Path(target).write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"cannot write {target}: {error.strerror}") from error


@main.command()
@course_option
def progress(root: Path | None) -> None:
    """Say what you have earned so far, lesson by lesson."""
    from autograder.classroom.progress import earned

    course = _course(root)
    terminal.show_progress([(lesson, earned(lesson)) for lesson in course.lessons.values()])


@main.command()
@click.argument("lesson", required=False)
@click.option("--all", "every", is_flag=True, help="Grade every lesson that somebody has handed in.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Submissions graded at the same time; the number of cores if left out.",
)
@click.option("--cluster", help="Address of a Dask scheduler, such as tcp://10.0.0.5:8786.")
@click.option("--dry-run", is_flag=True, help="Record nothing; say who would gain and who would lose.")
@least_option
@course_option
@level_option
def grade(
    lesson: str | None,
    every: bool,
    jobs: int | None,
    cluster: str | None,
    dry_run: bool,
    least: str,
    root: Path | None,
    isolation: str,
) -> None:
    """Grade all submissions of LESSON in grading/submitted into nbgrader's gradebook, and print a table."""
    from autograder.analysis.words import in_eight_lines
    from autograder.classroom.differences import changes
    from autograder.classroom.gradebook import NotRecorded, record
    from autograder.classroom.scores import recorded_rows
    from autograder.doctor import about_course

    course = _course(root)
    if bool(lesson) == every:
        raise click.UsageError("give one LESSON, or --all")
    settings = Settings(isolation=isolation, least_isolation=least)
    needs_a_human = False
    try:
        names = [course.lesson(lesson).name] if lesson else lessons_handed_in(course)
        with batch.executor(jobs, cluster) as executor:
            for name in names:
                waiting = submissions(course, name)
                if not waiting and every:
                    continue
                with batch.turn_of(course, name, lambda words: click.echo(one_line(words), err=True)):
                    with terminal.progress(name, len(waiting)) as advance:
                        results = batch.grade_all(course, name, executor, settings, lambda result: advance())
                    if dry_run:
                        terminal.show_changes(name, changes(recorded_rows(course, name), results))
                    else:
                        terminal.show_class(name, results)
                        record(course, name, results, settings)
                if not dry_run:
                    for label, words in in_eight_lines(course.lesson(name), results):
                        terminal.say(one_line(f"{label:<21} {words}"))
                needs_a_human |= any(result.needs_a_human for result in results)
                for words in (*batch.untimed(course, name), *about_course([course.lesson(name)])):
                    terminal.say(f"Note: {words}")
        if found := strays(course):
            terminal.say(f"Note: in grading/submitted, but under the name of no lesson: {', '.join(found)}")
    except NotRecorded as error:
        raise click.ClickException(str(error)) from error
    except (CourseError, IsolationError) as error:
        raise click.UsageError(str(error)) from error
    sys.exit(1 if needs_a_human else 0)


@main.command()
@click.argument("student")
@click.argument("exercise")
@click.option("--lesson", help="The lesson, where several have an exercise of this name.")
@least_option
@course_option
@level_option
def explain(
    student: str, exercise: str, lesson: str | None, least: str, root: Path | None, isolation: str
) -> None:
    """Replay one EXERCISE of a STUDENT with the inputs of the recorded grading, check by check."""
    course = _course(root)
    try:
        name = _lesson_with(course, exercise, lesson)
        course.secret()
        recorded = batch.journal_of(course, name).latest(student)
        handed_in = submissions(course, name).get(student)
        if handed_in is None:
            who = printable(student, 100)
            raise CourseError(
                f"{who} has handed in nothing for {name}: nothing in grading/submitted/{who}/{name}"
            )
        data = handed_in.notebook()
    except (CourseError, UnreadableNotebook) as error:
        raise click.UsageError(str(error)) from error
    settings = Settings(isolation=isolation, least_isolation=least)
    with Grader(course, settings) as grader:
        shown = one_line(f"{student}/{name}")
        result = grader.grade(data, shown, name, student, recorded.seed if recorded else None)
    terminal.show_exercise(result, exercise, recorded)
    sys.exit(1 if result.needs_a_human else 0)


def _lesson_with(course: Course, exercise: str, lesson: str | None) -> str:
    """Name of the one lesson that has an exercise."""
    if lesson:
        candidates = [course.lesson(lesson)]
    else:
        candidates = list(course.lessons.values())
    having = [candidate.name for candidate in candidates if exercise in points(candidate.solution)]
    if not having:
        raise CourseError(f"no exercise {exercise!r} in {lesson or 'any lesson'}")
    if len(having) > 1:
        raise CourseError(f"{exercise!r} is an exercise of {' and '.join(having)}: say which with --lesson")
    return having[0]


@main.command()
@click.argument("name", metavar="NN_SLUG")
@course_option
def new(name: str, root: Path | None) -> None:
    """Write the files of a new lesson, such as 32_my_topic, with one small exercise to write over."""
    from autograder.lesson.new import create

    course = _course(root)
    try:
        files = create(course, name)
    except CourseError as error:
        raise click.UsageError(str(error)) from error
    for path in files:
        terminal.say(str(path.relative_to(course.root)))
    terminal.say(f"Next: make course LESSON={name}, then docs/authoring.md on what stands where.")


@main.command()
@click.argument("lesson", required=False)
@click.option("--all", "every", is_flag=True, help="Measure every lesson.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    help=f"So many mutants of each lesson, drawn at random; all of them, with --all {SAMPLE_OF_ALL}, if left out.",
)
@click.option("--seed", default="0", show_default=True, help="Of the sample and of the inputs.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes; the number of cores if left out.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the figures as JSON, too.")
@course_option
def strength(
    lesson: str | None,
    every: bool,
    sample: int | None,
    seed: str,
    jobs: int | None,
    json_file: Path | None,
    root: Path | None,
) -> None:
    """Measure what the hidden checks of LESSON do not see: small mistakes put into its answers, and graded."""
    from autograder.strength import (  # with a parser of Python, which no other command waits for
        report,
        survey,
    )

    course = _course(root)
    if bool(lesson) == every:
        raise click.UsageError("give one LESSON, or --all")
    surveys = []
    try:
        lessons = [course.lesson(lesson)] if lesson else list(course.lessons.values())
        size = sample or (SAMPLE_OF_ALL if every else None)
        with survey.workers(jobs) as executor:
            for chosen in lessons:
                with terminal.progress(chosen.name, None) as advance:
                    done = survey.survey(course, chosen, executor, size, seed, lambda fate: advance())  # noqa: B023
                surveys.append(done)
    except CourseError as error:
        raise click.UsageError(str(error)) from error
    report.show(surveys)
    if json_file:
        try:
            report.write(json_file, surveys)
        except OSError as error:
            raise click.UsageError(f"cannot write {json_file}: {error.strerror}") from error


@main.command()
@course_option
def doctor(root: Path | None) -> None:
    """Say what this machine gives: versions, isolation level, and what is missing for the next one."""
    from autograder.doctor import examine

    try:
        healthy = examine(_course(root))
    except IsolationError as error:
        terminal.say(f"The sandbox does not start: {error}")
        healthy = False
    sys.exit(0 if healthy else 1)


OTHERS = (analysis_commands.report, hosted_commands.gradescope, hosted_commands.github_classroom)
for command in (*OTHERS, *platform_commands.ALL):
    main.add_command(command)


if __name__ == "__main__":
    main()
