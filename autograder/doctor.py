"""Says in words what this machine gives the course, and what is missing."""

import importlib.metadata
import os
import platform
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autograder import __version__
from autograder.classroom import progress
from autograder.classroom.terminal import say
from autograder.intake.notebook import UnreadableNotebook, read
from autograder.lesson.layout import Course, CourseError, Lesson
from autograder.sandbox.isolation import LEVELS
from autograder.sandbox.learner import Learner
from autograder.sandbox.processes import Zygote

LEAST_FREE = 500 << 20  # bytes
PACKAGES = ("numpy", "matplotlib", "jupyterlab", "nbgrader", "pytest")


def examine(course: Course) -> bool:
    """Print the findings; true if marks that count can be made here."""
    say(f"autograder  {__version__}")
    say(
        f"Python      {platform.python_version()} on {platform.system()} {platform.release()} ({platform.machine()})"
    )
    for package in PACKAGES:
        say(f"{package:<11} {_version(package)}")
    say(
        f"alembic     {shutil.which('alembic') or 'not on PATH: nbgrader needs it, run through make or activate .venv'}"
    )
    say(f"course      {course.root}, {len(course.lessons)} lessons")
    for words in about_course(course.lessons.values()):
        say(f"  {words}")
    for words in [*about_disk(course.root), *about_progress()]:
        say(f"disk        {words}")
    level, layers, missing = _isolation(course)
    say(f"isolation   {level}: {', '.join(layers)}")
    for words in missing:
        say(f"  missing   {words}")
    if level == "weak":
        say("  A learner's program could read files here. Good enough to check your own work, not for marks.")
    return LEVELS.index(level) >= LEVELS.index("container")


def about_disk(folder: Path) -> list[str]:
    """Whether there is little room where the notebooks are saved, in words."""
    free = shutil.disk_usage(folder).free
    if free >= LEAST_FREE:
        return []
    return [f"only {free >> 20} MB are free on the disk of {folder}: make room, or a save may fail half way"]


def about_progress() -> list[str]:
    """Whether a learner's progress can be written, in words."""
    nearest = next(path for path in (progress.folder(), *progress.folder().parents) if path.exists())
    if os.access(nearest, os.W_OK):
        return []
    return [f"{nearest} cannot be written to, so your progress is not kept: ask whoever set this machine up"]


def about_course(lessons: Iterable[Lesson]) -> list[str]:
    """Where the notebooks in ``course/`` are not what the solutions generate, outputs apart, in words."""
    states: dict[str, list[str]] = {}
    for lesson in lessons:
        states.setdefault(_state(lesson), []).append(lesson.name)
    found = []
    if worked_on := states.get("worked on"):
        found.append(
            f"in course/ there is work of your own, or an older release: {', '.join(worked_on)}. It can be checked and"
            " graded like any other. To hand these lessons out, run `make course`; it keeps what it replaces."
        )
    if missing := states.get("missing"):
        found.append(f"not in course/: {', '.join(missing)}. `make course` puts them there.")
    if broken := states.get("broken"):
        found.append(f"no release can be made of: {', '.join(broken)}. `make course` says why.")
    return found


def _state(lesson: Lesson) -> str:
    try:
        released = _content(lesson.release_text.encode())
    except CourseError:
        return "broken"
    if not lesson.release_path.exists():
        return "missing"
    try:
        return "as released" if _content(lesson.release_path.read_bytes()) == released else "worked on"
    except (OSError, UnreadableNotebook):
        return "worked on"


def _content(data: bytes) -> list[tuple[Any, ...]]:
    """What of a notebook is not a trace of having been run or saved."""
    notebook, _ = read(data)
    return [(cell.id, cell.cell_type, cell.source, cell.metadata.get("nbgrader")) for cell in notebook.cells]


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
