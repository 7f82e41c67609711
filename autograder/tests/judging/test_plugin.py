"""Hidden checks as an instructor runs them: plain pytest, on the solution or on a learner's notebook."""

import ast
import subprocess
import sys

import pytest

from autograder.tests import material
from autograder.tests.material import LESSONS, TESTS, answers, submission

CHECKS = material.COURSE.root / "autograder" / "checks"
LESSON = LESSONS[0]


def run_pytest(*arguments):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        str(LESSON.checks_path),
        *arguments,
    ]
    return subprocess.run(command, capture_output=True, text=True, cwd=material.COURSE.root, check=False)


def test_plain_pytest_passes_on_the_solution():
    done = run_pytest()
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout and "skipped" not in done.stdout


def test_plain_pytest_fails_on_a_wrong_submission_and_shows_the_check(tmp_path):
    idea = material.misconceptions(LESSON)[0]
    wrong = answers(LESSON) | {idea.exercise: idea.program(answers(LESSON)[idea.exercise])}
    path = tmp_path / "mine.ipynb"
    path.write_bytes(submission(LESSON, wrong))
    done = run_pytest("--submission", str(path))
    assert done.returncode == 1 and " failed" in done.stdout
    assert "Failed" in done.stdout  # the instructor sees the expectation that did not hold


PICTURES_LATER = """
import sys
from autograder.judging.reference import Reference
from autograder.lesson.layout import Course

reference = Reference(Course().lesson("06"))
assert "matplotlib.pyplot" not in sys.modules
assert callable(reference.plt.figure)
import matplotlib.pyplot
assert reference.plt.figure is matplotlib.pyplot.figure
"""


def test_a_judge_loads_nothing_to_draw_with_until_something_draws():
    done = subprocess.run([sys.executable, "-c", PICTURES_LATER], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", sorted((TESTS / "oracles").rglob("*.py")), ids=lambda path: path.stem)
def test_an_oracle_knows_neither_checks_nor_solutions(path):
    """An oracle that shared code with what it judges would prove nothing."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names = [name for name in names if not name.startswith("autograder.tests.oracles.shared.")]
        assert not any(
            name.split(".")[0] in ("autograder", "solutions", "given", "helpers") for name in names
        )


def test_every_check_file_belongs_to_a_lesson():
    slugs = {lesson.slug for lesson in material.COURSE.lessons.values()}
    assert {path.stem.removeprefix("test_") for path in CHECKS.glob("test_*.py")} == slugs
