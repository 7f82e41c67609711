"""Courses for tests, in temporary folders: a tiny lesson of their own or a real one, students, and nbgrader's commands."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
from nbgrader import api
from nbgrader.api import Gradebook, MissingEntry

from autograder.lesson import authoring
from autograder.lesson.layout import Course
from autograder.lesson.publish import generate
from autograder.tests import forked
from autograder.tests.material import COURSE

# For each new gradebook nbgrader starts a command that says how its tables are numbered: always the same.
api.get_alembic_version = cache(api.get_alembic_version)

TINY = "90_tiny"
TINY_LESSON = '''# %% title [markdown]
# # 90 · Tiny

# %% imports tags=["imports"]
import numpy as np
from helpers import check, expect_close

# %% row_sums tags=["answer"]
def row_sums(x):
    """Sum of each row of x (N, D)."""
    ### BEGIN SOLUTION
    sums = x.sum(axis=1)
    ### END SOLUTION
    return sums

# %% row_sums_check tags=["check"] points=1
with check("row_sums"):
    expect_close(row_sums(np.ones((2, 3))), [3.0, 3.0], "sum over axis=1")

# %% double tags=["answer"]
def double(x):
    """Twice x (N,); x is not changed."""
    ### BEGIN SOLUTION
    doubled = 2 * x
    ### END SOLUTION
    return doubled

# %% double_check tags=["check"] points=3
with check("double"):
    expect_close(double(np.ones(2)), [2.0, 2.0], "two times")

# %% double_sums tags=["answer"]
def double_sums(x):
    """Twice the sum of each row of x (N, D). Uses `row_sums`, `double`."""
    ### BEGIN SOLUTION
    result = double(row_sums(x))
    ### END SOLUTION
    return result

# %% double_sums_check tags=["check"] points=2
with check("double_sums"):
    expect_close(double_sums(np.ones((2, 3))), [6.0, 6.0], "both together")

# %% a_plot tags=["demo"] alt="Nothing to see."
print(double_sums(np.ones((2, 2))))

# %% in_words [markdown] tags=["written"] points=4
# ### BEGIN SOLUTION
# Twice a sum is the sum of the doubles.
# ### END SOLUTION
'''
TINY_CHECKS = '''"""Hidden checks of 90_tiny."""

import pytest

from autograder.checking import expect, expect_array, expect_close, misconception

NEEDS = {"double_sums": ["row_sums", "double"]}

exercise = pytest.mark.exercise


@exercise("row_sums", weight=0)
def test_row_sums_shape(learner, rng):
    """`row_sums` must return one number for each row."""
    expect_array(learner.row_sums(rng.normal(size=(4, 3))), (4,))


@exercise("row_sums")
def test_row_sums_of_positive_numbers(learner, reference, rng):
    """A sum of positive numbers."""
    x = rng.uniform(1, 2, size=(4, 3))
    expect_close(learner.row_sums(x), reference.row_sums(x))


@exercise("row_sums")
def test_row_sums_of_negative_numbers(learner, reference, rng):
    """A sum of negative numbers."""
    x = -rng.uniform(1, 2, size=(5, 2))
    expect_close(learner.row_sums(x), reference.row_sums(x))


@exercise("row_sums")
def test_row_sums_of_zeros_and_ones(learner, rng):
    """A sum of zeros is zero, and of three ones it is three."""
    x = rng.permutation([[0.0] * 3, [1.0] * 3])
    expect_close(learner.row_sums(x), x[:, 0] * 3)


@exercise("double", weight=2)
def test_double_values(learner, rng):
    """Each entry is twice what it was."""
    x = rng.normal(size=6)
    expect_close(learner.double(x), x + x)


@exercise("double", weight=1)
def test_double_of_one_entry(learner, rng):
    """A single entry works, too."""
    x = rng.normal(size=1)
    expect_close(learner.double(x), x + x)


@exercise("double_sums")
def test_double_sums_values(learner, reference, rng):
    """Twice the sum of each row."""
    x = rng.normal(size=(4, 3))
    expect_close(learner.double_sums(x), reference.double_sums(x))


@misconception("row_sums", "You summed over the columns.", source="a test")
def sums_columns(x):
    return x.sum(axis=0)
'''
RIGHT = {
    "row_sums": "def row_sums(x):\n    return x.sum(axis=1)",
    "double": "def double(x):\n    return 2 * x",
    "double_sums": "def double_sums(x):\n    return double(row_sums(x))",
}


def tiny_course(root: Path, *, gradebook: bool = False) -> Course:
    """A course with one lesson of three exercises: 1, 3 and 2 points, and one written answer of 4.

    Parameters
    ----------
    root : Path
        An empty folder.
    gradebook : bool
        Release the lesson by nbgrader's own command, which enters it into the gradebook; otherwise copy a release.
    """
    _common_files(root)
    course = add_tiny_lesson(root, TINY, TINY_CHECKS)
    if gradebook:
        release(course, TINY)
    return course


def add_tiny_lesson(root: Path, name: str, checks: str, text: str = TINY_LESSON) -> Course:
    """The tiny lesson once more, under a name of its own and with other checks, or another one given as text."""
    slug = name.partition("_")[2]
    folder = root / "solutions" / name
    folder.mkdir()
    (folder / "lesson.py").write_text(text)
    authoring.main(["from-text", str(folder / "lesson.py"), str(folder / f"{slug}.ipynb")])
    (folder / "lesson.py").unlink()
    (folder / "helpers.py").symlink_to("../helpers.py")
    (root / "autograder" / "checks" / f"test_{slug}.py").write_text(checks)
    course = Course(root)
    _release_by_hand(course.lessons[name])
    return course


def real_course(root: Path, lesson: str, *, gradebook: bool = False) -> Course:
    """A course with one lesson of this checkout."""
    _common_files(root)
    entry = COURSE.lessons[lesson]
    shutil.copytree(entry.solution_path.parent, root / "solutions" / lesson, symlinks=True)
    shutil.copytree(entry.release_path.parent, root / "course" / lesson)
    shutil.copy(entry.checks_path, root / "autograder" / "checks")
    course = Course(root)
    if gradebook:
        release(course, lesson)
    return course


def _common_files(root: Path) -> None:
    (root / "solutions").mkdir(parents=True)
    (root / "autograder" / "checks").mkdir(parents=True)
    shutil.copy(COURSE.root / "nbgrader_config.py", root)
    shutil.copy(COURSE.root / "solutions" / "helpers.py", root / "solutions")


def _release_by_hand(lesson) -> None:
    """The release that nbgrader would make, without its seconds and its gradebook."""
    lesson.release_path.parent.mkdir(parents=True)
    lesson.release_path.write_text(lesson.release_text, encoding="utf-8")


def release(course: Course, lesson: str) -> None:
    """nbgrader's own generate_assignment, in this process."""
    generate(course, lesson)


def notebook(course: Course, lesson: str, answers, *, before="", after="") -> nbformat.NotebookNode:
    """A submission as a notebook; ``before`` and ``after`` are cells of the learner's own around the answers."""
    made = nbformat.read(course.lessons[lesson].release_path, as_version=4)
    for cell in made.cells:
        cell.source = answers.get(cell.id, cell.source)
    places = [place for place, cell in enumerate(made.cells) if cell.id in course_answers(course, lesson)]
    if after:
        made.cells.insert(places[-1] + 1, nbformat.v4.new_code_cell(after, id="own-after"))
    if before:
        made.cells.insert(places[0], nbformat.v4.new_code_cell(before, id="own-before"))
    return made


def course_answers(course: Course, lesson: str) -> list[str]:
    release = course.lessons[lesson].release
    return [cell.id for cell in release.cells if "answer" in cell.metadata.get("tags", [])]


def as_bytes(made: nbformat.NotebookNode) -> bytes:
    return nbformat.writes(made).encode()


def hand_in(course: Course, lesson: str, student: str, data: bytes, name: str | None = None) -> Path:
    """Put a file where nbgrader and `autograder grade` look for it."""
    path = course.grading / "submitted" / student / lesson / (name or f"{lesson.partition('_')[2]}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def command(course: Course, program: str, *arguments: str) -> subprocess.CompletedProcess:
    """Run ``nbgrader`` or ``autograder`` as an instructor would, in the folder of the course."""
    return forked.run(program, *arguments, folder=course.root, environment=environment(course))


def cold_command(course: Course, program: str, *arguments: str) -> subprocess.CompletedProcess:
    """The same, and the command is started as a shell starts it, which takes seconds."""
    return subprocess.run(
        [*words_of(program), *arguments],
        cwd=course.root,
        env=environment(course),
        capture_output=True,
        text=True,
    )


def words_of(program: str) -> list[str]:
    """What is started for ``nbgrader`` or ``autograder``."""
    if program == "nbgrader":
        return [str(Path(sys.executable).parent / program)]
    return [sys.executable, "-m", "autograder.cli"]


def environment(course: Course) -> dict[str, str]:
    binaries = Path(sys.executable).parent  # nbgrader finds alembic on PATH only
    return os.environ | {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_CONFIG_DIR": str(course.root / "no-settings"),
        "PYTHONPATH": str(COURSE.root),
    }


def gradebook(course: Course, lesson: str) -> dict[str, dict[str, tuple[float | None, bool]]]:
    """By student and exercise: the automatic score, and whether a human is asked for."""
    found = {}
    slug = lesson.partition("_")[2]
    with Gradebook(f"sqlite:///{course.grading / 'gradebook.db'}", "why-wont-it-learn") as book:
        for student in book.students:
            try:
                submission = book.find_submission_notebook(slug, lesson, student.id)
            except MissingEntry:
                continue
            found[student.id] = {
                grade.name.removesuffix("_check"): (grade.auto_score, bool(grade.needs_manual_grade))
                for grade in submission.grades
                if grade.name.endswith("_check")
            }
    return found
