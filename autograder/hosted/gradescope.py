"""Gradescope: the archive that it builds a grading machine from, and what that machine answers.

https://gradescope-autograders.readthedocs.io/en/latest/specs/ says which files it wants and what their fields mean.
"""

import json
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from autograder.classroom.grade import Settings
from autograder.classroom.report import exercise_html
from autograder.hosted.handed_in import graded
from autograder.judging.results import ExerciseResult, Result, Verdict
from autograder.lesson.assignment import CONFIGURATION
from autograder.lesson.layout import PACKAGE, Course, Lesson
from autograder.sandbox.printable import one_line, printable

TEMPLATES = PACKAGE / "templates" / "hosted"
SCRIPTS = ("setup.sh", "run_autograder")  # at the archive's top, and executable
NOT_NEEDED = {"tests", "bench", "data", "lab", "templates", "checks"}  # of the package, to grade
ORDER = "gradescope.json"  # in the archive: what to grade, and how
CLOCK = (2020, 1, 1, 0, 0, 0)  # the same files make the same archive
VISIBILITIES = ("visible", "after_due_date", "after_published")


class Order(msgspec.Struct, frozen=True):
    """What a grading machine is to do.

    Attributes
    ----------
    lesson : str
    visibility : str
        When students see the exercises, in Gradescope's words.
    least_isolation : str
        Below this level nothing is graded.
    """

    lesson: str
    visibility: str
    least_isolation: str


# --- The archive ----------------------------------------------------------------------------------------------


def write_archive(path: Path, course: Course, order: Order) -> None:
    """Write the archive, readable by its owner alone: it holds the solution and the secret of the seeds.

    Raises
    ------
    CourseError
        If the course has no such lesson, or no usable secret.
    OSError
        If the file cannot be written.
    """
    files = dict(_files(course, course.lesson(order.lesson)))
    files[ORDER] = msgspec.json.format(msgspec.json.encode(order))
    unfinished = path.with_name(f".{path.name}.partial")
    with (
        os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, CLOCK)
            entry.external_attr = (0o100755 if name in SCRIPTS else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    os.replace(unfinished, path)


def _files(course: Course, lesson: Lesson) -> Iterator[tuple[str, bytes]]:
    """A course of one lesson: the package without what only its makers need, the lesson, the secret."""
    for script in (*SCRIPTS, "run.py"):
        yield script, (TEMPLATES / script).read_bytes()
    for module in PACKAGE.rglob("*.py"):
        if module.relative_to(PACKAGE).parts[0] not in NOT_NEEDED:
            yield str(Path("autograder") / module.relative_to(PACKAGE)), module.read_bytes()
    beside = [path for path in lesson.solution_path.parent.rglob("*") if path.is_file()]
    own = [lesson.checks_path, course.root / CONFIGURATION, course.root / "solutions" / "helpers.py", *beside]
    for path in own:
        if not {".ipynb_checkpoints", "__pycache__"} & set(path.parts):
            yield str(path.relative_to(course.root)), path.read_bytes()
    yield "requirements.lock", (PACKAGE.parent / "requirements.lock").read_bytes()
    yield "grading/secret.key", course.secret()


# --- On Gradescope's machine ----------------------------------------------------------------------------------


def main() -> None:
    """Grade what lies in the submission's folder; with ``--self-test``, the solution, which must have full marks.

    Where the grader failed there is no ``results.json``: Gradescope then says that the autograder failed, keeps no
    score, and shows the reason to the instructor. Any score that was written instead would count.
    """
    root, self_test = Path(sys.argv[1]), "--self-test" in sys.argv[2:]
    source, answer = root / "source", root / "results" / "results.json"
    order = msgspec.json.decode((source / ORDER).read_bytes(), type=Order)
    course = Course(source)
    lesson = course.lesson(order.lesson)
    settings = Settings(least_isolation="weak" if self_test else order.least_isolation)
    folder = lesson.solution_path.parent if self_test else root / "submission"
    result = graded(course, lesson, folder, _who(root), settings)
    if self_test:
        if result.verdict != Verdict.PASS:
            sys.exit(f"The solution of {lesson.name} does not pass here: {result.verdict}. {_reason(result)}")
        print(f"{lesson.name} can be graded here, at isolation level {result.isolation}.")
        return
    if result.verdict == Verdict.GRADER_FAULT:
        sys.exit(f"Not graded, and no score is given: {_reason(result)}")
    answer.parent.mkdir(parents=True, exist_ok=True)
    unfinished = answer.with_suffix(".partial")
    unfinished.write_text(json.dumps(as_results(result, order.visibility), indent=1), encoding="utf-8")
    os.replace(unfinished, answer)


def _reason(result: Result) -> str:
    words = [f"{e.name}: {e.message}" for e in result.exercises if e.verdict != Verdict.PASS]
    return one_line("; ".join(words) or result.message)


def _who(root: Path) -> str:
    """Whom Gradescope names as the authors: from this the seed is drawn, so the same file gets the same inputs."""
    try:
        told = json.loads((root / "submission_metadata.json").read_bytes())
        return "+".join(sorted(str(user["email"]) for user in told["users"]))
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def as_results(result: Result, visibility: str) -> dict[str, Any]:
    """A result in Gradescope's format.

    Parameters
    ----------
    result : Result
        Not a fault of the grader.
    visibility : str
        When students see the exercises. The checks one by one are the instructor's: they are hidden, carry no points,
        and so do not keep students from seeing their total.

    Returns
    -------
    dict
    """
    tests: list[dict[str, Any]] = []
    for number, exercise in enumerate(result.exercises, start=1):
        tests.append(_exercise(exercise, str(number), visibility))
        tests += _checks(exercise, str(number))
    return {
        "score": result.score if result.exercises else 0.0,
        "execution_time": round(result.seconds, 2),
        "output": _said(result),
        "output_format": "text",
        "visibility": visibility if result.exercises else "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            name: getattr(result, name) for name in ("lesson", "seed", "isolation", "version", "verdict")
        },
        "tests": tests,
    }


def _said(result: Result) -> str:
    """What concerns the whole submission, in plain text."""
    if not result.exercises:
        return printable(f"Nothing was graded, so this says nothing about your work. {result.message}", 2000)
    by_hand = [f"Graded by hand, later: {', '.join(result.manual)}."] if result.manual else []
    return printable("\n".join([*by_hand, *result.notes]), 5000)


def _exercise(exercise: ExerciseResult, number: str, visibility: str) -> dict[str, Any]:
    idea = exercise.misconception.name if exercise.misconception else None
    return {
        "name": exercise.name,
        "number": number,
        "score": exercise.score,
        "max_score": exercise.points,
        "status": _status(exercise.verdict),
        "output": printable(text := exercise_html(exercise), len(text)),
        "output_format": "html",
        "visibility": visibility,
        "extra_data": {"verdict": exercise.verdict, "misconception": idea},
    }


def _checks(exercise: ExerciseResult, number: str) -> Iterator[dict[str, Any]]:
    for place, check in enumerate(exercise.checks, start=1):
        yield {
            "name": f"{exercise.name}: {check.name}",
            "number": f"{number}.{place}",
            "status": _status(check.verdict),
            "output": printable(check.message, 2000),
            "output_format": "text",
            "visibility": "hidden",
        }


def _status(verdict: Verdict) -> str:
    return "passed" if verdict == Verdict.PASS else "failed"
