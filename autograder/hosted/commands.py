"""``autograder gradescope`` and ``autograder github-classroom``."""

import re
from pathlib import Path

import click

from autograder.classroom import terminal
from autograder.classroom.options import course_option, least_option
from autograder.hosted import gradescope as on_gradescope
from autograder.hosted.github_classroom import workflow
from autograder.lesson import atomic
from autograder.lesson.layout import Course, CourseError


@click.command()
@click.argument("lesson")
@click.option(
    "--to",
    "file",
    type=click.Path(path_type=Path),
    help="The archive; grading/gradescope/LESSON.zip if left out.",
)
@click.option(
    "--visibility",
    type=click.Choice(on_gradescope.VISIBILITIES),
    default="visible",
    show_default=True,
    help="When students see the exercises.",
)
@least_option
@course_option
def gradescope(lesson: str, file: Path | None, visibility: str, least: str, root: Path | None) -> None:
    """Write the autograder.zip from which Gradescope builds a machine that grades LESSON."""
    try:
        course = Course(root)
        name = course.lesson(lesson).name
        path = file or course.grading / "gradescope" / f"{name}.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        on_gradescope.write_archive(path, course, on_gradescope.Order(name, visibility, least))
    except CourseError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.UsageError(f"cannot write {error.filename}: {error.strerror}") from error
    terminal.say(
        f"{path}\nIt holds the solution and the secret of the seeds: give it to nobody but Gradescope."
    )


@click.command("github-classroom")
@click.argument("lesson")
@click.option(
    "--repository",
    required=True,
    metavar="OWNER/NAME",
    help="Where this course lies on GitHub, for the workflow to fetch.",
)
@click.option("--ref", default="main", show_default=True, help="Its branch, tag or commit.")
@click.option(
    "--to",
    "file",
    type=click.Path(path_type=Path),
    help="The workflow file; classroom.yml in the current folder if left out.",
)
@course_option
def github_classroom(lesson: str, repository: str, ref: str, file: Path | None, root: Path | None) -> None:
    """Write the workflow with which GitHub Classroom grades LESSON at each push."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
        raise click.UsageError(
            f"--repository takes OWNER/NAME, such as university/course, not {repository!r}"
        )
    if not re.fullmatch(r"[\w./-]+", ref, re.ASCII):
        raise click.UsageError(f"--ref takes the name of a branch or a tag, or a commit, not {ref!r}")
    path = file or Path("classroom.yml")
    try:
        atomic.write(path, workflow(Course(root).lesson(lesson), repository, ref).encode())
    except CourseError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror}") from error
    terminal.say(f"{path}\nPut it into the template repository as .github/workflows/classroom.yml.")
