"""GitHub Classroom: the workflow that grades each push, and what it hands to Classroom's reporter.

The reporter (classroom-resources/autograding-grading-reporter) reads for each runner an object in base64 from the
environment, and adds up the scores of its tests. It fails, and reports no points, where there is none.
"""

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

from autograder.classroom.grade import Settings
from autograder.hosted.handed_in import graded
from autograder.judging.results import Result, Verdict
from autograder.lesson.layout import Course, Lesson
from autograder.sandbox.printable import one_line

# The name of the job is the one that Classroom looks for.
WORKFLOW = """\
# Grades {lesson} on GitHub Classroom: put it into the assignment's template repository as
# .github/workflows/classroom.yml, beside {slug}.ipynb, helpers.py and what else lies in course/{lesson}.
name: Autograding Tests

on: [push, repository_dispatch]

permissions:
  checks: write
  actions: read
  contents: read

jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
        with:
          path: submission
          persist-credentials: false
      - uses: actions/checkout@v4
        with:
          repository: {repository}
          ref: {ref}
          path: course
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: python -m pip install --quiet --no-deps -r requirements.lock
        working-directory: course
      - name: {lesson}
        id: lesson
        run: python -P -m autograder.hosted.github_classroom {lesson} "$GITHUB_WORKSPACE/submission"
        working-directory: course
        env:
          OPENBLAS_NUM_THREADS: "1"
          PYTHONPATH: ${{{{ github.workspace }}}}/course
      - uses: classroom-resources/autograding-grading-reporter@v1
        env:
          LESSON_RESULTS: ${{{{ steps.lesson.outputs.result }}}}
        with:
          runners: lesson
"""


def workflow(lesson: Lesson, repository: str, ref: str) -> str:
    """Text of the workflow.

    Parameters
    ----------
    lesson : Lesson
    repository : str
        Where the course lies, as ``OWNER/NAME``.
    ref : str
        Its branch, tag or commit.
    """
    quoted = {"repository": json.dumps(repository), "ref": json.dumps(ref)}  # JSON's strings are YAML's
    return WORKFLOW.format(lesson=lesson.name, slug=lesson.slug, **quoted)


def main() -> None:
    """Grade a folder and write the result where the next step of the workflow finds it.

    Where the grader failed there is none, and the step fails: no points are reported.
    """
    course = Course()
    lesson = course.lesson(sys.argv[1])
    result = graded(course, lesson, Path(sys.argv[2]), None, Settings(secret_seeds=False))
    if result.verdict == Verdict.GRADER_FAULT:
        words = [e.message for e in result.exercises if e.score is None] or [result.message]
        sys.exit(f"Not graded, and no score is given: {one_line(' '.join(words))}")
    for line in spoken(result):
        print(line)
    encoded = base64.b64encode(json.dumps(as_payload(result, lesson)).encode()).decode()
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as file:
        file.write(f"result={encoded}\n")


def spoken(result: Result) -> list[str]:
    """What a student reads in the log, a line an exercise; a line that begins with colons would be a command there."""
    lines = [] if result.exercises else [f"Nothing was graded. {result.message}"]
    for e in result.exercises:
        lines.append(f"{e.name}: {e.score:g} of {e.points:g} points. {e.message} {e.help_in_words}")
    return [f"> {one_line(line).strip()}" for line in lines]


def as_payload(result: Result, lesson: Lesson) -> dict[str, Any]:
    """A result as Classroom's reporter reads it: one test for each exercise, with its points."""
    names = [e.name for e in result.exercises] or list(lesson.released.points)
    found = {e.name: e for e in result.exercises}
    tests = []
    for name in names:
        exercise = found.get(name)
        passed = exercise is not None and exercise.verdict == Verdict.PASS
        tests.append(
            {
                "name": name,
                "status": "pass" if passed else "fail",
                "score": exercise.score if exercise else 0.0,
                "message": one_line(exercise.message if exercise else result.message),
                "test_code": "",
                "filename": f"{lesson.slug}.ipynb",
                "line_no": 0,
                "execution_time": 0,
            }
        )
    status = "pass" if result.verdict == Verdict.PASS else "fail"
    return {"version": 1, "status": status, "max_score": sum(lesson.released.points.values()), "tests": tests}


if __name__ == "__main__":
    main()
