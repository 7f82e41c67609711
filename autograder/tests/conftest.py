"""Shared by the tests: warm judges for all of them."""

import os
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

# One thread a process, also in the notebooks and judges that the tests start: results do not depend on the number of
# cores, and the processes do not get into each other's way. NumPy reads it when it is imported, so this stands first.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
# What the tests earn is nobody's progress.
os.environ.update(XDG_DATA_HOME=tempfile.mkdtemp(prefix="progress-"))

import pytest
from hypothesis import settings

from autograder.classroom import grade
from autograder.classroom.grade import Grader, Settings
from autograder.lesson.layout import Lesson
from autograder.tests.material import COURSE

# A run is repeatable: the same examples each time. `make test-full` draws new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("full", deadline=None)
settings.load_profile("full" if os.environ.get("FULL") else "repeatable")


SETTINGS = Settings(least_isolation="weak", secret_seeds=False)
STARTED = pytest.StashKey[float]()


@pytest.fixture(scope="session")
def grader():
    """Grades at the highest isolation level that this machine gives."""
    with Grader(COURSE, SETTINGS) as grader:
        yield grader


class PointsGrader(Grader):
    """Its judge counts points as every judge does, and does not look for the reason of a failure."""

    PROGRAM = f"import sys; {grade.PROGRAM.replace('; main()', '')}; sys.modules['autograder.judging.sitting'].EXPLAINED = (); main()"

    def judge(self, request):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(grade, "PROGRAM", self.PROGRAM)
            return super().judge(request)


@pytest.fixture(scope="session")
def points_grader():
    """For answers without an idea behind them, of which only the points are looked at: looking for one takes longest."""
    with PointsGrader(COURSE, SETTINGS) as grader:
        yield grader


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One more than there are processors: a fifth to a half of the tests' time they wait for processes and deadlines."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Several processes share the tests: those of one lesson stay together, others go file by file.

    So a lesson's checks are collected, and its notebook executed, once, and a file's JupyterLab is started once. The
    lessons, shorter than the longest files, come last: then no process is left alone with a long group.
    """
    for item in items:
        item.user_properties.append(("group", group := _lesson_of(item) or Path(item.path).stem))
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: _lesson_of(item) is not None)


def _lesson_of(item):
    """Name of the lesson with whose tests it runs."""
    lesson = item.callspec.params.get("lesson") if hasattr(item, "callspec") else None
    return lesson.name if isinstance(lesson, Lesson) and "browser" not in item.fixturenames else None


def pytest_unconfigure():
    shutil.rmtree(os.environ["XDG_DATA_HOME"], ignore_errors=True)


def pytest_sessionstart(session):
    session.config.stash[STARTED] = time.monotonic()


def pytest_terminal_summary(terminalreporter, config):
    """Where the time went; CPU seconds of each solution notebook; what this machine could not be tested for."""
    reports = [
        r for found in terminalreporter.stats.values() for r in found if isinstance(r, pytest.TestReport)
    ]
    told = [(report, dict(report.user_properties)) for report in reports]

    for report, properties in told:
        if "cpu_seconds" in properties and report.passed and report.when == "call":
            name = report.nodeid.partition("[")[2].partition("]")[0]
            terminalreporter.write_line(f"{name}: {properties['cpu_seconds']} CPU s")

    seconds = Counter()
    for report, properties in told:
        seconds[properties.get("group", report.nodeid)] += report.duration  # a crash has no properties
    terminalreporter.write_line("slowest groups of tests, a file or a lesson:")
    for group, spent in seconds.most_common(10):
        terminalreporter.write_line(f"{spent:7.0f} s  {group}")

    for value in sorted({properties["left_out"] for _, properties in told if "left_out" in properties}):
        terminalreporter.write_line(f"left out: {value}")
    if os.environ.get("FULL"):
        minutes = (time.monotonic() - config.stash[STARTED]) / 60
        terminalreporter.write_line(f"make test-full took {minutes:.0f} minutes")
