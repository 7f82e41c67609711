"""`autograder new` makes a lesson that passes the tests of all lessons; what it cannot make, it refuses and leaves alone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.lesson import atomic
from autograder.lesson.new import TEMPLATES
from autograder.tests.courses import TINY, tiny_course
from autograder.tests.material import COURSE

NAME, SLUG = "32_my_topic", "my_topic"
FILES = [
    f"solutions/{NAME}/{SLUG}.ipynb",
    f"autograder/checks/test_{SLUG}.py",
    f"autograder/tests/alternatives/{SLUG}.py",
    f"autograder/tests/oracles/{SLUG}.py",
]


def new(course, name):
    return CliRunner().invoke(main, ["new", name, "--course", str(course.root)])


def everything(root: Path) -> dict[str, bytes | None]:
    """All files and links below a folder."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or not path.is_dir()
    }


@pytest.fixture
def course(tmp_path):
    return tiny_course(tmp_path / "course")


def test_four_files_and_a_link_are_made_and_nothing_else(course):
    before = everything(course.root)
    told = new(course, NAME)
    assert told.exit_code == 0, told.output
    assert told.output.split()[:4] == FILES and NAME in told.output.splitlines()[-1]
    made = everything(course.root)
    link = f"solutions/{NAME}/helpers.py"
    assert made.keys() - before.keys() == {*FILES, link}
    assert before == {name: content for name, content in made.items() if name in before}
    assert os.readlink(course.root / link) == "../helpers.py" and (course.root / link).exists()


def test_no_place_is_left_where_a_name_belongs(course):
    assert new(course, NAME).exit_code == 0
    templates = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.iterdir() if path.is_file())
    places = {"NN_SLUG", "NN · TITLE"}
    assert all(place in templates for place in places)
    for name in FILES:
        text = (course.root / name).read_text(encoding="utf-8")
        assert not any(place in text for place in places)
        assert NAME in text


@pytest.mark.parametrize(
    "name",
    ["my_topic", "3_my_topic", "32", "32_", "32-my-topic", "32_My_Topic", "32_my topic", "032_my_topic", "32__my", "32_my_",
     "32_é", "../32_my_topic", "32_my/topic", "32_4", "３２_my_topic", "32_my_topic\n"],
)  # fmt: skip
def test_name_that_is_none_is_refused(course, name):
    before = everything(course.root)
    told = new(course, name)
    assert told.exit_code == 2 and "such as 32_my_topic" in " ".join(told.output.split())
    assert everything(course.root) == before


def test_number_of_another_lesson_is_refused(course):
    before = everything(course.root)
    told = new(course, f"{TINY[:2]}_other")
    assert told.exit_code == 2
    words = " ".join(told.output.split())
    assert f"taken by {TINY}" in words and "next free one is 91" in words
    assert everything(course.root) == before


@pytest.mark.parametrize("existing", FILES[1:])
def test_no_file_is_written_over(course, existing):
    path = course.root / existing
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("somebody's work")
    before = everything(course.root)
    told = new(course, NAME)
    assert told.exit_code == 2 and f"{existing} exists already" in " ".join(told.output.split())
    assert everything(course.root) == before


@pytest.mark.parametrize("place", range(4))
def test_full_disk_leaves_nothing_behind(course, monkeypatch, place):
    before, write, written = everything(course.root), atomic.write, []

    def full(path, data):
        if len(written) == place:
            raise OSError(28, "No space left on device")
        written.append(path)
        write(path, data)

    monkeypatch.setattr(atomic, "write", full)
    told = new(course, NAME)
    assert told.exit_code == 2 and "No space left on device" in " ".join(told.output.split())
    assert everything(course.root) == before and not (course.root / "solutions" / NAME).exists()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of this checkout that holds no lesson but the new one, with its release."""
    root = tmp_path_factory.mktemp("checkout")
    ours = shutil.ignore_patterns("__pycache__", "test_*.py", "attacks", "faults", "bench", "data")
    shutil.copytree(COURSE.root / "autograder", root / "autograder", ignore=ours)
    for name in ("test_lessons.py", "test_notebooks.py", "test_plumbing.py"):
        shutil.copy(COURSE.root / "autograder/tests/lesson" / name, root / "autograder/tests/lesson")
    for name in ("nbgrader_config.py", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(COURSE.root / name, root)
    (root / "solutions").mkdir()
    (root / "course").mkdir()
    for name in ("helpers.py", "START.md"):
        shutil.copy(COURSE.root / "solutions" / name, root / "solutions")
    for arguments in (["autograder.cli", "new", NAME], ["autograder.lesson.publish"]):
        done = run(root, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    return root


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    """One of the package's own modules, of the copy and not of this checkout."""
    binaries = Path(sys.executable).parent  # nbgrader finds alembic on PATH only
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(root),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "JUPYTER_CONFIG_DIR": str(root / "no-settings"),
        "ONLY_LESSON": NAME,
    }
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=root, env=environment, capture_output=True, text=True
    )


def test_new_lesson_passes_the_tests_of_lessons(checkout):
    """Solution, hollow answers, wrong ideas, alternatives, oracle, notebook, plots, release: all of it."""
    options = ["-p", "_hypothesis_pytestplugin", "-q", "-p", "no:cacheprovider", "-k", NAME]
    done = run(checkout, "pytest", *options, "autograder/tests/lesson")
    assert done.returncode == 0, done.stdout[-5000:]
    (passed,) = re.findall(r"^(\d+) passed", done.stdout, re.MULTILINE)
    kinds = (
        "full_marks",
        "hollow",
        "misconception",
        "alternative",
        "oracle",
        "canonical",
        "plots",
        "release",
    )
    listed = run(checkout, "pytest", *options, "--collect-only", "autograder/tests/lesson").stdout
    assert int(passed) == listed.count(f"{NAME}") and all(kind in listed for kind in kinds)
    assert "skipped" not in done.stdout


def test_new_lesson_is_formatted(checkout):
    made = [str(checkout / name) for name in FILES]
    for command in (["check"], ["format", "--check"]):
        done = run(checkout, "ruff", *command, *made)
        assert done.returncode == 0, done.stdout + done.stderr
