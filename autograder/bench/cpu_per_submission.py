"""CPU seconds that one more submission costs: our judge beside stock nbgrader, in one run, on the same assertions.

    python autograder/bench/cpu_per_submission.py [--submissions 50] [--lesson 06_softmax_gradient] [--json FILE]

Three ways to grade the same submissions (two thirds right, the rest each with another misconception):

- ``engine``: `autograder check` on all notebooks;
- ``judge``: stock ``nbgrader autograde`` with our judge in the place of Execute;
- ``stock``: stock ``nbgrader autograde`` with nbgrader's own Execute.

The notebook is the lesson without its prose and demo cells; for ``stock`` the very assertions of our hidden checks
stand in its test cells. With --real it is the lesson as students have it, demo cells and visible checks included; stock
nbgrader then executes all of it.

Each is run twice, with few and with many submissions; the difference is free of the start of the process. CPU seconds
are those of the process and all its descendants (user and system).
"""

import argparse
import ast
import inspect
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from autograder.checking import cases, choices, derivatives, draws, expectations
from autograder.diagnosis.values import CHECK_ATOL, CHECK_RTOL
from autograder.lesson.authoring import role_of
from autograder.lesson.layout import Lesson
from autograder.lesson.release import points
from autograder.tests import material

BASE = 10  # submissions of the short run
# The home of what check files import, module by module; `cases` and `choices` need `expectations`.
HOME = (expectations, cases, choices, derivatives, draws)
# What they import of ours, as far as the twin needs it.
STAND_INS = """
import copy

class Failed(AssertionError): pass
class LearnerRaised(Exception): pass
class wire:
    class Odd: pass
class marks:
    exercise = staticmethod(lambda *_, **__: lambda check: check)

Seed = np.random.default_rng
fresh = copy.deepcopy
"""


def submissions(lesson: Lesson, count: int) -> list[bytes]:
    """As a class hands them in: two thirds right, the others each with a misconception."""
    answers, ideas = material.answers(lesson), material.misconceptions(lesson)
    made = []
    for number in range(count):
        chosen = dict(answers)
        if number % 3 == 2:
            idea = ideas[number % len(ideas)]
            chosen[idea.exercise] = idea.program(answers[idea.exercise])
        made.append(material.submission(lesson, chosen))
    return made


# --- the twin: our checks as nbgrader's test cells ------------------------------------------------------------------


def twin_source(lesson: Lesson) -> nbformat.NotebookNode:
    """A stock nbgrader source notebook with the lesson's answers, and its hidden checks as hidden tests."""
    cells = [
        new_code_cell(_cell(lesson, "imports").source, id="imports"),
        new_code_cell(_prelude(lesson), id="prelude"),
    ]
    for exercise, value in points(lesson.release).items():
        answer = new_code_cell(material.answers(lesson)[exercise], id=exercise)
        answer.metadata["nbgrader"] = _grading(exercise, grade=False)
        cells += [answer, _locked(f"{exercise}_check", test_cell(lesson, exercise), value)]
    return new_notebook(cells=cells, metadata={"kernelspec": lesson.solution.metadata.kernelspec})


def _cell(lesson, name: str):
    return next(cell for cell in lesson.solution.cells if cell.id == name)


def _grading(name: str, grade: bool, value: float = 0) -> dict:
    form = {
        "grade": grade,
        "grade_id": name,
        "locked": grade,
        "schema_version": 3,
        "solution": not grade,
        "task": False,
    }
    return form | ({"points": value} if grade else {})


def _locked(name: str, source: str, value: float) -> nbformat.NotebookNode:
    cell = new_code_cell(source, id=name)
    cell.metadata["nbgrader"] = _grading(name, grade=True, value=value)
    return cell


def _prelude(lesson) -> str:
    """The reference under a name of its own, the expectations, and stand-ins for the fixtures."""
    module = material.checks(lesson)
    reference = (
        "\n\n".join(material.answers(lesson).values())
        .replace("### BEGIN SOLUTION", "")
        .replace("### END SOLUTION", "")
    )
    own = [
        value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and _is_helper(name, value, module)
    ]
    constants = {
        k: v
        for k, v in vars(module).items()
        if k.isupper() and isinstance(v, (int, float, dict, list, tuple, set))
    }
    return "\n\n".join(
        [
            "import types",
            STAND_INS,
            f"_solution = {{'np': np}}\nexec({reference!r}, _solution)\nreference = types.SimpleNamespace(**_solution)",
            "class _Learner:\n    def __getattr__(self, name):\n        return globals()[name]\n"
            "    def map(self, name, lists):\n        return [globals()[name](*a) for a in lists]\nlearner = _Learner()",
            f"CHECK_RTOL, CHECK_ATOL = {CHECK_RTOL!r}, {CHECK_ATOL!r}",
            *map(_without_our_imports, HOME),
            "\n".join(f"{name} = {value!r}" for name, value in constants.items()),
            "\n\n".join(inspect.getsource(function) for function in own),
        ]
    )


def _without_our_imports(module) -> str:
    tree = ast.parse(inspect.getsource(module))
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.ImportFrom) and node.module.startswith("autograder"))
    ]
    return ast.unparse(tree)


def _is_helper(name: str, value, module) -> bool:
    ideas = {idea.name for idea in material.registered(module.__file__)}
    return value.__module__ == module.__name__ and not name.startswith("test_") and name not in ideas


def test_cell(lesson, exercise: str) -> str:
    lines = []
    for name, function in vars(material.checks(lesson)).items():
        marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "exercise"]
        if not name.startswith("test_") or not marks or marks[0].args[0] != exercise:
            continue
        if function.__module__ == choices.__name__:
            lines.append(_answer_check(function))
            continue
        source = textwrap.dedent(inspect.getsource(function))
        lines.append(source[source.index(f"def {name}") :])
        for values in _parametrised(function):
            arguments = [f"{n}={values.get(n, _fixture(n))}" for n in inspect.signature(function).parameters]
            lines.append(f"{name}({', '.join(arguments)})")
    return "\n".join(lines) + "\nNone"


def _answer_check(function) -> str:
    of = inspect.getclosurevars(function).nonlocals
    read = of["read"].__name__ if of["read"] else None
    return f"answer_check({of['exercise']!r}, {of['places']!r}, '', read={read})(learner, reference)"


def _fixture(name: str) -> str:
    return "np.random.default_rng()" if name == "rng" else name


def _parametrised(function) -> list[dict]:
    marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
    if not marks:
        return [{}]
    names = (
        [n.strip() for n in marks[0].args[0].split(",")]
        if isinstance(marks[0].args[0], str)
        else marks[0].args[0]
    )
    rows = [row if len(names) > 1 else (row,) for row in marks[0].args[1]]
    return [dict(zip(names, map(repr, row), strict=True)) for row in rows]


def twin_submission(lesson: Lesson, release: nbformat.NotebookNode, data: bytes) -> str:
    """The twin's release with the answers of one of our submissions."""
    sources = {cell.id: cell.source for cell in nbformat.reads(data.decode(), as_version=4).cells}
    notebook = nbformat.from_dict(json.loads(nbformat.writes(release)))
    for cell in notebook.cells:
        if cell.id in material.answers(lesson):
            cell.source = sources[cell.id]
    return nbformat.writes(notebook)


# --- courses and runs -----------------------------------------------------------------------------------------------


def our_course(folder: Path, lesson: Lesson, real: bool) -> Lesson:
    """A course of its own with one lesson, under our configuration; the lesson in it."""
    root = lesson.root
    (folder / "autograder").mkdir(parents=True)
    (folder / "solutions").mkdir()
    shutil.copy(root / "nbgrader_config.py", folder)
    shutil.copy(root / "solutions" / "helpers.py", folder / "solutions")
    shutil.copytree(root / "solutions" / lesson.name, folder / "solutions" / lesson.name, symlinks=True)
    shutil.copytree(root / "autograder" / "checks", folder / "autograder" / "checks")
    ours = Lesson(lesson.name, folder)
    if not real:
        bare = nbformat.read(ours.solution_path, as_version=4)
        bare.cells = [cell for cell in bare.cells if role_of(cell) in ("imports", "answer", "check")]
        nbformat.write(bare, ours.solution_path)
    run(["nbgrader", "generate_assignment", lesson.name, "--force"], folder)
    return ours


def stock_course(folder: Path, lesson: Lesson, real: bool) -> nbformat.NotebookNode:
    """A course as nbgrader makes it, with the same lesson as its one assignment; the released notebook."""
    source = folder / "source" / lesson.name
    shutil.copytree(lesson.root / "solutions" / lesson.name, source)
    if not real:
        nbformat.write(twin_source(lesson), source / f"{lesson.slug}.ipynb")
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'twin'\n")
    run(["nbgrader", "generate_assignment", lesson.name, "--force"], folder)
    return nbformat.read(folder / "release" / lesson.name / f"{lesson.slug}.ipynb", as_version=4)


def hand_in(folder: Path, lesson, notebooks: list[str | bytes], step: str) -> None:
    """Put notebooks where nbgrader looks for them, and forget what was graded before."""
    for part in ("submitted", "autograded", "feedback", "journal"):
        shutil.rmtree(folder / step / part, ignore_errors=True)
    for number, notebook in enumerate(notebooks):
        target = folder / step / "submitted" / f"student{number:03}" / lesson.name
        target.mkdir(parents=True)
        data = notebook if isinstance(notebook, bytes) else notebook.encode()
        (target / f"{lesson.slug}.ipynb").write_bytes(data)


def run(command: list[str], folder: Path) -> tuple[float, float]:
    """CPU and wall seconds of a command and its descendants."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    # nbgrader puts the course's folder first on the path, and this one has a folder `autograder` that is not the package
    environment = os.environ | {"PYTHONPATH": str(material.COURSE.root)}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall


def marginal(few: tuple[float, float], many: tuple[float, float], more: int) -> dict[str, float]:
    """What one more submission costs, start of the process apart."""
    return {"cpu": (many[0] - few[0]) / more, "wall": (many[1] - few[1]) / more, "start_cpu": few[0]}


def measure(lesson: Lesson, count: int, real: bool) -> dict:
    with tempfile.TemporaryDirectory() as name:
        folder, stock = Path(name) / "ours", Path(name) / "stock"
        ours = our_course(folder, lesson, real)
        release = stock_course(stock, lesson, real)
        figures: dict[str, list[tuple[float, float]]] = {"engine": [], "judge": [], "stock": []}
        for size in (BASE, BASE + count):
            made = submissions(ours, size)
            hand_in(folder, ours, made, "grading")
            files = sorted(str(path) for path in (folder / "grading").glob("submitted/*/*/*.ipynb"))
            check = [
                "autograder",
                "check",
                "--course",
                str(folder),
                "--json",
                str(folder / "results.json"),
                *files,
            ]
            figures["engine"].append(run(check, folder))
            figures["judge"].append(run(["nbgrader", "autograde", lesson.name, "--force"], folder))
            hand_in(stock, lesson, [twin_submission(lesson, release, data) for data in made], ".")
            figures["stock"].append(run(["nbgrader", "autograde", lesson.name, "--force"], stock))
        levels = {r["isolation"] for r in json.loads((folder / "results.json").read_text())}
        table = {way: marginal(*runs, count) for way, runs in figures.items()}
    return table | {"isolation": sorted(map(str, levels)), "submissions": count, "real": real}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=50)
    parser.add_argument("--lesson", default="06_softmax_gradient")
    parser.add_argument("--real", action="store_true", help="the notebook as students have it")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    lesson = material.COURSE.lesson(options.lesson)
    table = measure(lesson, options.submissions, options.real)
    kind = "as students have it" if options.real else "without demo cells"
    print(
        f"{lesson.name} {kind}, {options.submissions} submissions, isolation {', '.join(table['isolation'])}"
    )
    print(f"{'':<8}{'CPU s a submission':>20}{'wall s':>10}{'times less CPU than stock':>28}")
    for way in ("stock", "judge", "engine"):
        row = table[way]
        print(f"{way:<8}{row['cpu']:>20.4f}{row['wall']:>10.3f}{table['stock']['cpu'] / row['cpu']:>28.1f}")
    if options.json:
        options.json.write_text(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    main()
