"""The command line: ``autograder check``, ``grade``, ``explain``, ``report`` and ``doctor``."""

import sys
from pathlib import Path

import click
import msgspec

from autograder import terminal
from autograder.course import Course, CourseError
from autograder.grade import Grader, Settings
from autograder.learner import IsolationError
from autograder.sandbox import LEVELS

course_option = click.option(
    "--course", "root", type=click.Path(path_type=Path), help="Folder of the course; this checkout when left out."
)
level_option = click.option(
    "--isolation", type=click.Choice(LEVELS), default="strong", help="Highest isolation level to use.", hidden=True
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Grade the notebooks of the course Why Won't It Learn?"""


def _course(root: Path | None) -> Course:
    try:
        return Course(root)
    except CourseError as error:
        raise click.UsageError(str(error)) from error


@main.command()
@click.argument("notebooks", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "json_file", type=click.Path(allow_dash=True), help="Write the results as JSON; - for standard output.")
@click.option("--seed", help="Replay a former run: the seed that its result named.")
@click.option("--lesson", help="The lesson, if the notebook does not tell.")
@course_option
@level_option
def check(notebooks, json_file, seed, lesson, root, isolation) -> None:
    """Run the full hidden checks on your own NOTEBOOKS and say what to look at next."""
    course = _course(root)
    try:
        name = course.lesson(lesson).name if lesson else None
    except CourseError as error:
        raise click.UsageError(str(error)) from error
    settings = Settings(isolation=isolation, least_isolation="weak", secret_seeds=False)
    results = []
    with Grader(course, settings) as grader:
        for path in notebooks:
            result = grader.grade(_read(path), str(path), name, student=None, seed=seed)
            results.append(result)
            if json_file != "-":
                terminal.show(result)
    if json_file:
        _write_json(json_file, [result.to_dict() for result in results])
    sys.exit(1 if any(result.needs_a_human for result in results) else 0)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.UsageError(f"cannot read {path}: {error.strerror}") from error


def _write_json(target: str, data) -> None:
    text = msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"
    if target == "-":
        click.echo(text, nl=False)
    else:
        Path(target).write_text(text, encoding="utf-8")


@main.command()
@course_option
def doctor(root) -> None:
    """Say what this machine gives: versions, isolation level, and what is missing for the next one."""
    from autograder.doctor import examine

    try:
        healthy = examine(_course(root))
    except IsolationError as error:
        click.echo(f"The sandbox does not start: {error}")
        healthy = False
    sys.exit(0 if healthy else 1)


if __name__ == "__main__":
    main()
