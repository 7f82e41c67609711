"""``autograder report``."""

from pathlib import Path

import click

from autograder.classroom import terminal
from autograder.classroom.options import course_option
from autograder.intake.submitted import lessons_handed_in
from autograder.lesson.layout import Course, CourseError


@click.command()
@click.argument("lesson", required=False)
@click.option("--all", "every", is_flag=True, help="Every lesson that somebody has handed in, and the term.")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder for the files; grading/report in the course when left out.",
)
@course_option
def report(lesson: str | None, every: bool, folder: Path | None, root: Path | None) -> None:
    """Write what the class did with LESSON as a page, JSON and CSV; nothing is judged anew."""
    from autograder.analysis.figures import figures  # nbgrader's gradebook takes a second to load
    from autograder.analysis.gather import gather
    from autograder.analysis.pages import write_lesson, write_term
    from autograder.analysis.term import term

    if bool(lesson) == every:
        raise click.UsageError("give one LESSON, or --all")
    try:
        course = Course(root)
        names = lessons_handed_in(course) if every else [course.lesson(lesson or "").name]
        target = folder or course.grading / "report"
        found = []
        for name in names:
            works = gather(course, name)
            if not works:
                if every:
                    continue
                raise CourseError(f"nobody has handed in {name}: nothing in grading/submitted/STUDENT/{name}")
            found.append(figures(course.lesson(name), works))
            files = write_lesson(target, course.lesson(name), found[-1])
            terminal.say(str(files[0]))
        if every:
            terminal.say(str(write_term(target, term(found))[0]))
    except CourseError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.UsageError(f"cannot write {error.filename}: {error.strerror}") from error
