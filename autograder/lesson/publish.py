"""Regenerate course/ from solutions/: nbgrader's own generate_assignment for each lesson, then the start page.
Whoever has worked in course/ loses nothing: see `autograder.lesson.placing`.

python -m autograder.lesson.publish                       every lesson
python -m autograder.lesson.publish 06_softmax_gradient   only this one, and the start page
"""

import os
import shutil
import sys
from pathlib import Path

from nbgrader.apps import GenerateAssignmentApp

from autograder.lesson import start_page
from autograder.lesson.layout import Course, CourseError
from autograder.lesson.placing import place


def generate(course: Course, lesson: str, *options: str) -> None:
    """Run `nbgrader generate_assignment LESSON --force`, without starting a process for it.

    Raises
    ------
    CourseError
        If nbgrader refuses; it has said why on standard error, and the old release is still in its place.
    """
    before = Path.cwd()
    os.chdir(course.root)  # nbgrader reads nbgrader_config.py from the current folder
    try:
        app = GenerateAssignmentApp()
        app.initialize([lesson, "--force", "--Application.log_level=ERROR", *options])
        app.start()
    except SystemExit as stop:
        if stop.code:
            why = stop.code if isinstance(stop.code, str) else "see above"
            raise CourseError(
                f"nbgrader did not generate {lesson}: {why}. course/{lesson} is as it was."
            ) from stop
    finally:
        os.chdir(before)


def publish(course: Course, *options: str) -> None:
    """Regenerate all of course/ and drop what no lesson stands behind any more."""
    for lesson in course.lessons:
        generate(course, lesson, *options)
    for folder in (course.root / "course").iterdir():
        if folder.is_dir() and folder.name not in course.lessons and not folder.name.startswith("."):
            place(course.root, {}, folder.name)
            shutil.rmtree(folder)
    start_page.write(course)


def main(names: list[str]) -> int:
    course = Course()
    try:
        if names:
            for name in names:
                generate(course, course.lesson(name).name)
            start_page.write(course)
        else:
            publish(course)
    except (CourseError, start_page.TitleError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"course/ holds {len(course.lessons)} lessons")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
