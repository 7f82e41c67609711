"""What the tests know of each lesson: submissions made of its answers, its oracle, its alternatives, its wrong ideas."""

import ast
import importlib.util
import inspect
import json
import os
import re
import textwrap
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

import nbformat

from autograder.diagnosis.misconceptions import Misconception, registered
from autograder.judging.reference import Reference
from autograder.lesson.authoring import role_of
from autograder.lesson.layout import Course, Lesson
from autograder.lesson.release import points

TESTS = Path(__file__).parent
COURSE = Course()
LESSONS = [lesson for name, lesson in COURSE.lessons.items() if os.environ.get("ONLY_LESSON", name) == name]


def load(path: Path) -> ModuleType:
    """Import a file by its path, whatever its name."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def reference(lesson: Lesson) -> Reference:
    return Reference(lesson)


@cache
def checks(lesson: Lesson) -> ModuleType:
    return load(lesson.checks_path)


@cache
def oracle(lesson: Lesson) -> ModuleType:
    return load(TESTS / "oracles" / f"{lesson.slug}.py")


def misconceptions(lesson: Lesson) -> list[Misconception]:
    checks(lesson)
    return registered(str(lesson.checks_path))


@cache
def exercises(lesson: Lesson) -> list[str]:
    return list(points(lesson.release))


@cache
def answers(lesson: Lesson) -> dict[str, str]:
    """Source of each answer in the solution."""
    return {cell.id: cell.source for cell in lesson.solution.cells if role_of(cell) == "answer"}


@cache
def alternatives(lesson: Lesson) -> dict[str, tuple[str, str]]:
    """By the alternative's name: the exercise it answers, and its source under the exercise's name."""
    module = load(TESTS / "alternatives" / f"{lesson.slug}.py")
    found = {}
    for name, function in inspect.getmembers(module, inspect.isfunction):
        exercise, separator, _ = name.partition("__")
        if separator and exercise:
            source = textwrap.dedent(inspect.getsource(function))
            found[name] = (exercise, re.sub(rf"\bdef {name}\b", f"def {exercise}", source, count=1))
    return found


def needs(lesson: Lesson, exercise: str) -> set[str]:
    """An exercise and all earlier ones that it may call, directly or not."""
    wanted, declared = {exercise}, getattr(checks(lesson), "NEEDS", {})
    for name in declared.get(exercise, []):
        wanted |= needs(lesson, name)
    return wanted


@cache
def _release(lesson: Lesson) -> str:
    return nbformat.writes(lesson.release)


def submission(lesson: Lesson, filled_in: Mapping[str, str]) -> bytes:
    """The released notebook with some of its answer cells filled in, as a student would hand it in."""
    notebook = json.loads(_release(lesson))
    for cell in notebook["cells"]:
        if cell["id"] in filled_in:
            cell["source"] = filled_in[cell["id"]]
    return json.dumps(notebook).encode()


WORTHLESS = {
    "zeros": "np.zeros_like(value)",
    "ones": "np.ones_like(value)",
    "nan": "np.full(np.shape(value), np.nan)[()]",
    "random": "_rng.normal(size=np.shape(value))[()] if np.asarray(value).dtype.kind == 'f' else "
    "_rng.integers(0, 3, size=np.shape(value))[()]",
}


def worthless(lesson: Lesson, exercise: str, kind: str, seed: int = 0) -> str:
    """An answer of the right form and no content: zeros, ones, nan or random numbers in every place, or its input.

    ``seed`` is that of the random numbers, which go on from call to call.
    """
    if kind == "input":
        return f"def {exercise}(*arguments):\n    return arguments[0] if arguments else 0"
    right = re.sub(rf"\bdef {exercise}\b", "def _right", answers(lesson)[exercise], count=1)
    keep = getattr(checks(lesson), "OPAQUE", {}).get(exercise, [])
    return f"""{right}

_rng = np.random.default_rng({seed})

def {exercise}(*arguments):
    import copy

    def hollow(value, top=False):
        if isinstance(value, tuple):
            return tuple(v if top and i in {keep!r} else hollow(v) for i, v in enumerate(value))
        if isinstance(value, list):
            return [hollow(v) for v in value]
        if isinstance(value, dict):
            return {{key: hollow(v) for key, v in value.items()}}
        if value is None or isinstance(value, (str, bytes, set)):
            return 0
        return {WORTHLESS[kind]}

    return hollow(_right(*copy.deepcopy(arguments)), top=True)
"""


def defined_names(source: str) -> list[str]:
    """Names that a cell defines at its top level."""
    return [node.name for node in ast.parse(source).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
