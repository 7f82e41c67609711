"""Grading in a student's folder: nothing that lies there is imported, run or read as a setting."""

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.classroom.grade import Grader, Settings
from autograder.tests.courses import RIGHT, TINY, as_bytes, gradebook, hand_in, notebook, tiny_course

BINARIES = Path(sys.executable).parent
COMMAND = [str(BINARIES / "autograder")]
CUSTOMS = {
    "sitecustomize",
    "usercustomize",
    "conftest",
    "nbgrader_config",
    "jupyter_config",
    "ipython_config",
}

# Everything that a run asks for, found or not: the command line, nbgrader around it, and a judge in this process.
COLLECTOR = """
import sys

class Recorder:
    def find_spec(self, name, path=None, target=None):
        asked.add(name.partition(".")[0])

asked = set(sys.modules)
sys.meta_path.insert(0, Recorder())
from pathlib import Path
from autograder import cli, doctor
from autograder.classroom import gradebook, nbgrader_plugin
from autograder.judging import judge
from autograder.lesson.layout import Course
from autograder.classroom.grade import Grader, Settings

course = Course(Path(sys.argv[1]))
request = Grader(course, Settings()).prepare(Path(sys.argv[2]).read_bytes(), "tiny.ipynb")
request.least_isolation, results = "weak", []
judge.Judge(course, "weak").serve(iter([request]), results.append)
assert results[0].verdict == "pass", results
print(*asked | {name.partition(".")[0] for name in sys.modules})
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = tiny_course(tmp_path_factory.mktemp("course"), gradebook=True)
    hand_in(course, TINY, "ann", as_bytes(notebook(course, TINY, RIGHT)))
    return course


@pytest.fixture(scope="module")
def modules(course):
    """Names of all modules that grading asks for, and of all that it could ask for on this machine."""
    path = course.grading / "submitted" / "ann" / TINY / "tiny.ipynb"
    done = subprocess.run(
        [sys.executable, "-c", COLLECTOR, str(course.root), str(path)],
        cwd="/",
        capture_output=True,
        text=True,
    )
    asked = set(done.stdout.splitlines()[-1].split()) if done.returncode == 0 else set()
    assert asked >= {"msgspec", "numpy", "pytest", "nbformat", "click", "rich", "json", "autograder"}, (
        done.stderr
    )
    return asked | set(sys.stdlib_module_names) | set(importlib.metadata.packages_distributions()) | CUSTOMS


@pytest.fixture(scope="module")
def trap(course, modules, tmp_path_factory):
    """A student's folder with the right answers, and with all that could be imported or read; each leaves a trace."""
    folder, traces = tmp_path_factory.mktemp("student"), tmp_path_factory.mktemp("traces")
    code = f"import posix\nposix.close(posix.open({str(traces)!r} + '/' + __name__, posix.O_CREAT | posix.O_WRONLY))\n"
    for name in modules - {"autograder", "__main__"}:
        if name.isidentifier():
            (folder / f"{name}.py").write_text(code)
    (folder / "autograder").mkdir()
    for name in ("__init__", "judge", "cli", "worker", "zygote"):
        (folder / "autograder" / f"{name}.py").write_text(code)
    (folder / "trap.pth").write_text(f"import sys; {code.splitlines()[1].replace('__name__', repr('pth'))}\n")
    for name, head in (("pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        (folder / name).write_text(f"[{head}]\naddopts = -p conftest --no-such-option\n")
    (folder / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = "-p conftest --no-such-option"\n'
    )
    (folder / "matplotlibrc").write_text("backend: module://conftest\n")
    (folder / "nbgrader_config.json").write_text('{"NbGrader": {"logfile": "written.log"}}')
    (folder / "nb.ipynb").write_bytes(as_bytes(notebook(course, TINY, RIGHT)))
    return folder, traces


def run(words, folder, *arguments, **more):
    unwanted = ("PYTHON", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return subprocess.run(
        [*words, *map(str, arguments)], cwd=folder, capture_output=True, text=True,
        env=kept | {"PATH": f"{BINARIES}{os.pathsep}{kept['PATH']}"} | more,
    )  # fmt: skip


def graded(words, folder, course, **more):
    done = run(
        words, folder, "check", "nb.ipynb", "--course", course.root, "--seed", "5", "--json", "-", **more
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return without_seconds(json.loads(done.stdout))


def without_seconds(found):
    if isinstance(found, dict):
        return {name: without_seconds(value) for name, value in found.items() if name != "seconds"}
    return [without_seconds(value) for value in found] if isinstance(found, list) else found


def test_trap_works(trap):
    """`python -c` in that folder imports what lies there, so the traces of the other tests would be seen."""
    folder, traces = trap
    run([sys.executable, "-c", "import msgspec"], folder)
    assert "msgspec" in os.listdir(traces)
    for path in traces.iterdir():
        path.unlink()


@pytest.fixture
def untouched(trap):
    """The student's folder, and afterwards the proof that nothing in it was used and nothing was written there."""
    folder, traces = trap
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    yield folder
    assert os.listdir(traces) == []
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before


@pytest.mark.parametrize(
    "words", [COMMAND, [sys.executable, "-P", "-m", "autograder.cli"]], ids=["command", "-P -m"]
)
def test_check_there_is_check_elsewhere(untouched, course, tmp_path, words):
    (tmp_path / "nb.ipynb").write_bytes((untouched / "nb.ipynb").read_bytes())
    assert graded(words, untouched, course) == graded(words, tmp_path, course)


def test_module_switch_forgets_the_current_folder(course, untouched, tmp_path):
    """`python -m autograder.cli` imports nothing more from there, once Python has found the package elsewhere."""
    early = run(
        [sys.executable, "-c"], "/", "import runpy, importlib.util, sys; print(*sys.modules)"
    ).stdout.split()
    for path in untouched.glob("*.py"):
        if path.stem not in early:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    assert (tmp_path / "msgspec.py").exists() and (tmp_path / "json.py").exists()
    (tmp_path / "nb.ipynb").write_bytes((untouched / "nb.ipynb").read_bytes())
    assert graded([sys.executable, "-m", "autograder.cli"], tmp_path, course)[0]["score"] == 6.0


def test_judge_does_not_look_at_the_environment_either(untouched, course, monkeypatch):
    monkeypatch.chdir(untouched)
    for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE"):
        monkeypatch.setenv(name, str(untouched))
    monkeypatch.setenv("PYTHONSTARTUP", str(untouched / "conftest.py"))
    monkeypatch.setenv("PYTHONSAFEPATH", "")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p conftest --no-such-option")
    monkeypatch.setenv("PYTEST_PLUGINS", "conftest")
    with Grader(course, Settings(least_isolation="weak", secret_seeds=False)) as grader:
        result = grader.grade((untouched / "nb.ipynb").read_bytes(), "nb.ipynb")
    assert (result.score, result.verdict) == (6.0, "pass"), result.message


def test_grade_explain_and_doctor_run_there_as_well(untouched, course):
    where = ["--course", course.root]
    done = run(COMMAND, untouched, "grade", TINY, "--require-isolation", "weak", *where)
    assert done.returncode == 0, done.stdout + done.stderr
    assert gradebook(course, TINY)["ann"]["double"] == (3.0, False)
    done = run(COMMAND, untouched, "explain", "ann", "double", *where)
    assert done.returncode == 0, done.stderr
    assert "the same as the recorded grading" in " ".join(done.stdout.split())
    done = run(COMMAND, untouched, "doctor", *where)
    assert f"course {course.root}" in " ".join(done.stdout.split()), done.stderr
