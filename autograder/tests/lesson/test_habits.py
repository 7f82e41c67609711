"""What helps contributors asks and runs what the guides say: the commands before a commit, the workflow, the forms."""

import json
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from autograder.cli import main
from autograder.lesson.authoring import role_of
from autograder.tests.material import COURSE, LESSONS

ROOT = COURSE.root
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def recipe(target: str) -> str:
    return re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)[1]


def workflow() -> dict:
    return yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))


def test_lint_checks_style_form_and_types():
    commands = [line.split("/")[-1].split() for line in recipe("lint").splitlines()]
    assert [command[:1] for command in commands] == [["ruff"], ["ruff"], ["mypy"]]


def test_types_are_checked_strictly_and_of_the_whole_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    settings = project["tool"]["mypy"]
    assert settings["strict"] is True and settings["packages"] == ["autograder"]
    left_out = re.compile(settings["exclude"])
    shipped = [name.replace(".", "/") for name in project["tool"]["setuptools"]["packages"]]
    modules = [
        path.relative_to(ROOT).as_posix() for folder in shipped for path in (ROOT / folder).glob("*.py")
    ]
    assert len(modules) > 40 and not any(left_out.search(name) for name in modules)
    for override in settings["overrides"]:
        silenced = override.get("ignore_missing_imports") or override.get("ignore_errors")
        assert not (silenced and any(name.startswith(("autograder", "*")) for name in override["module"]))
    ignored = re.compile(r"#\s*(type:\s*ignore|mypy:)")
    assert [name for name in modules if ignored.search((ROOT / name).read_text(encoding="utf-8"))] == []


def test_commit_hooks_run_what_make_runs():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [entry["repo"] for entry in hooks] == ["local"]
    for hook in hooks[0]["hooks"]:
        program, target = hook["entry"].split()
        assert (program, hook["language"], hook["pass_filenames"]) == ("make", "system", False)
        assert target in TARGETS


def test_workflow_runs_the_tests_on_every_version_of_python_that_the_package_allows():
    job = workflow()["jobs"]["everything"]
    versions = job["strategy"]["matrix"]["python"]
    allowed = SpecifierSet(
        tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    )
    assert versions == ["3.11", "3.12", "3.13", "3.14"] and all(allowed.contains(v) for v in versions)
    assert not allowed.contains("3.10")
    assert job["steps"][-1]["run"] == "make test"


def test_workflow_names_only_what_exists():
    steps = [step for job in workflow()["jobs"].values() for step in job["steps"]]
    text = "\n".join(step.get("run", "") for step in steps)
    assert set(re.findall(r"\bmake (\w+)", text)) <= TARGETS
    paths = re.findall(r"(?:course|solutions)/\S+\.ipynb|\S+\.lock", text)
    assert len(paths) == 3 and all((ROOT / path).exists() for path in paths)
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]) for step in steps if "uses" in step)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_form_can_be_filled_in(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert form["name"] and form["description"]
    names = [field["id"] for field in form["body"]]
    assert len(set(names)) == len(names) and all(field["attributes"]["label"] for field in form["body"])


def test_form_for_a_lesson_asks_what_contributing_asks():
    asked = "the lesson, the exercise, your function, and the line that the check printed"
    assert asked in " ".join((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split())
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/lesson.yml").read_text(encoding="utf-8"))
    required = [
        f["attributes"]["label"].lower() for f in form["body"] if f.get("validations", {}).get("required")
    ]
    assert required == ["lesson", "exercise", "your function", "the line that the check printed"]


# --- what the guides tell students to type ------------------------------------------------------------------------


@pytest.mark.parametrize("guide", ["README.md", "docs/students.md", "solutions/START.md"])
def test_commands_that_students_are_told_exist(guide):
    text = (ROOT / guide).read_text(encoding="utf-8")
    told = re.findall(r"\bautograder (check|progress|doctor|grade)\b([^`\n]*)", text)
    assert told
    for name, arguments in told:
        options = {option for parameter in main.commands[name].params for option in parameter.opts}
        assert set(re.findall(r"(?<!\S)--[\w-]+", arguments)) <= options, (name, arguments)
    assert set(re.findall(r"\bmake ([a-z-]+)`", text)) <= TARGETS


# --- a notebook that was fetched alone ----------------------------------------------------------------------------

RUN_ALONE = """
import contextlib, io, json, sys
from IPython.core.interactiveshell import InteractiveShell

def told(source):
    with contextlib.redirect_stdout(io.StringIO()) as words:
        InteractiveShell.instance(colors="NoColor", history_length=0).run_cell(source)
    return words.getvalue()

print(json.dumps({name: told(source) for name, source in json.load(sys.stdin).items()}))
"""


def test_lesson_without_its_folder_says_what_to_fetch(tmp_path):
    """The import cell of each release, run as a kernel does, with nothing beside it."""
    cells = {
        lesson.name: next(cell.source for cell in lesson.release.cells if role_of(cell) == "imports")
        for lesson in LESSONS
    }
    process = subprocess.run(
        [sys.executable, "-c", RUN_ALONE],
        cwd=tmp_path, input=json.dumps(cells), capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name, words in json.loads(process.stdout).items():
        if name == "00_start_here":  # for many the first lesson of all: it says the same at length
            assert "helpers.py into the folder of this notebook" in words
        else:
            assert re.search(r"No module named '(helpers|given)'", words), name
            assert f"Fetch the whole folder course/{name}." in words
            assert (COURSE.root / "course" / name / "helpers.py").exists()
