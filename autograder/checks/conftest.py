"""Runs the hidden checks with plain pytest, as instructors write them:

    pytest autograder/checks                                       against the solutions
    pytest autograder/checks/test_relu_xor.py --submission my.ipynb

The checks see the same sandboxed process as when grading; only the report is pytest's own.
"""

from pathlib import Path

import numpy as np
import pytest

from autograder.intake.cells import code_cells
from autograder.intake.notebook import read
from autograder.intake.repair import repair
from autograder.judging.plugin import MARKER
from autograder.judging.reference import Reference
from autograder.lesson.layout import Course
from autograder.sandbox.learner import Learner
from autograder.sandbox.processes import Zygote

COURSE = Course()


def pytest_addoption(parser):
    parser.addoption("--submission", type=Path, help="a learner's notebook, instead of the solution")


def pytest_configure(config):
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def zygote():
    zygote = Zygote(
        (COURSE.root / "solutions" / "helpers.py").read_text(encoding="utf-8"), COURSE.hidden_folders
    )
    yield zygote
    zygote.close()


@pytest.fixture(scope="module")
def lesson(request):
    return COURSE.lesson(request.path.stem.removeprefix("test_"))


@pytest.fixture(scope="module")
def reference(lesson):
    return Reference(lesson)


@pytest.fixture(scope="module")
def learner(request, zygote, lesson):
    path = request.config.getoption("--submission") or lesson.solution_path
    notebook, _ = repair(read(path.read_bytes())[0], lesson.released)
    cells = [(f"cell {cell.index}", cell.source) for cell in code_cells(notebook, lesson.released)]
    learner = Learner(zygote, cells, lesson.given, getattr(request.module, "OPAQUE", {}))
    learner.start()
    yield learner
    learner.stop()


@pytest.fixture
def rng():
    return np.random.default_rng()
