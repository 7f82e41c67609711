"""Says in words what this machine gives the course, and what is missing."""

import importlib.metadata
import platform
import shutil

from autograder import sandbox
from autograder.course import Course
from autograder.learner import Learner
from autograder.processes import Zygote
from autograder.terminal import say

PACKAGES = ("numpy", "matplotlib", "jupyterlab", "nbgrader", "pytest")


def examine(course: Course) -> bool:
    """Print the findings; true if marks that count can be made here."""
    say(
        f"Python      {platform.python_version()} on {platform.system()} {platform.release()} ({platform.machine()})"
    )
    for package in PACKAGES:
        say(f"{package:<11} {_version(package)}")
    say(
        f"alembic     {shutil.which('alembic') or 'not on PATH: nbgrader needs it, run through make or activate .venv'}"
    )
    say(f"course      {course.root}, {len(course.lessons)} lessons")
    level, layers, missing = _isolation(course)
    say(f"isolation   {level}: {', '.join(layers)}")
    for words in missing:
        say(f"  missing   {words}")
    if level == "weak":
        say("  A learner's program could read files here. Good enough to check your own work, not for marks.")
    return sandbox.LEVELS.index(level) >= sandbox.LEVELS.index("container")


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing: run `make setup`"


def _isolation(course: Course) -> tuple[str, list[str], list[str]]:
    helpers = (course.root / "solutions" / "helpers.py").read_text(encoding="utf-8")
    zygote = Zygote(helpers, course.hidden_folders)
    learner = Learner(zygote, [])
    try:
        learner.start()
        return learner.isolation, learner.layers, learner.missing
    finally:
        learner.stop()
        zygote.close()
