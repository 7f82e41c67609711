"""Shared by the tests: one warm judge for all of them."""

import os
from pathlib import Path

# One thread a process, also in the notebooks and judges that the tests start: results do not depend on the number of
# cores, and the processes do not get into each other's way. NumPy reads it when it is imported, so this stands first.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")

import pytest
from hypothesis import settings

from autograder.classroom.grade import Grader, Settings
from autograder.lesson.layout import Lesson
from autograder.tests.material import COURSE

# A run is repeatable: the same examples each time. `make test-full` draws new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("full", deadline=None)
settings.load_profile("full" if os.environ.get("FULL") else "repeatable")


@pytest.fixture(scope="session")
def grader():
    """Grades at the highest isolation level that this machine gives."""
    with Grader(COURSE, Settings(least_isolation="weak", secret_seeds=False)) as grader:
        yield grader


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Several processes share the tests: those of one lesson stay together, others go file by file.

    So a lesson's checks are collected, and its notebook executed, once, and a file's JupyterLab is started once.
    """
    for item in items:
        arguments = item.callspec.params if hasattr(item, "callspec") else {}
        lesson = arguments.get("lesson")
        by_lesson = isinstance(lesson, Lesson) and "browser" not in item.fixturenames
        item.add_marker(pytest.mark.xdist_group(lesson.name if by_lesson else Path(item.path).stem))


def pytest_terminal_summary(terminalreporter):
    """CPU seconds of each solution notebook, kernel start included; what this machine could not be tested for."""
    for report in terminalreporter.getreports("passed"):
        for name, seconds in report.user_properties:
            if name == "cpu_seconds":
                terminalreporter.write_line(
                    f"{report.nodeid.partition('[')[2].partition(']')[0]}: {seconds} CPU s"
                )

    left_out = {
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "left_out"
    }
    for value in sorted(left_out):
        terminalreporter.write_line(f"left out: {value}")
