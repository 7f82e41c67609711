"""What stands around the lessons: pins in step, files in their places, a release that is current and tells nothing."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from autograder.lesson import assignment, pins, start_page
from autograder.lesson.layout import Course
from autograder.lesson.publish import generate, publish
from autograder.tests import material

ROOT = pins.ROOT
RUNTIME, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
PROJECT_TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PROJECT_TEXT)
LESSONS = [lesson.name for lesson in material.LESSONS]
lessons = pytest.mark.parametrize("lesson", LESSONS)

# --- pins -------------------------------------------------------------------------------------------------------


def requirements(path: Path) -> list[Requirement]:
    return [Requirement(line) for lines in pins.locked(path).values() for line in lines]


@pytest.mark.parametrize("path", [RUNTIME, DEVELOPMENT], ids=lambda path: path.name)
def test_lock_holds_exact_versions_and_no_address(path):
    assert "://" not in path.read_text() and "--hash" not in path.read_text()
    for requirement in requirements(path):
        assert requirement.url is None
        assert [clause.operator for clause in requirement.specifier] == ["=="], requirement
        assert "*" not in str(requirement.specifier)


def wanted() -> dict[Path, list[str]]:
    """Direct requirements, by the lock that must satisfy them."""
    project = PROJECT["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    groups = [line for lines in PROJECT["dependency-groups"].values() for line in lines]
    return {RUNTIME: project["dependencies"], DEVELOPMENT: project["dependencies"] + extras + groups}


@pytest.mark.parametrize("path", [RUNTIME, DEVELOPMENT], ids=lambda path: path.name)
def test_lock_satisfies_what_pyproject_asks_for(path):
    found = pins.locked(path)
    for line in wanted()[path]:
        asked = Requirement(line)
        lines = found.get(pins.name_of(asked.name))
        assert lines, f"{asked.name} is not in {path.name}: run `make lock`"
        for pin in map(Requirement, lines):
            (clause,) = pin.specifier
            assert asked.specifier.contains(clause.version), (
                f"{path.name} has {pin}, pyproject asks for {asked}"
            )


def test_development_lock_only_adds_to_the_runtime_lock():
    development = {(pins.name_of(r.name), str(r.specifier)) for r in requirements(DEVELOPMENT)}
    runtime = {(pins.name_of(r.name), str(r.specifier)) for r in requirements(RUNTIME)}
    assert runtime <= development


def test_environment_yml_is_in_step():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert text == pins.environment_yml(), "run `python -m autograder.lesson.pins`"
    told = yaml.safe_load(text)
    *conda, pip = told["dependencies"]
    assert conda[1] == "pip" and list(pip) == ["pip"]
    version = conda[0].removeprefix("python=")
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(f"{version}.0")
    first, *literal = pip["pip"]
    assert first == "-e ."
    assert sorted(literal) == sorted(line for lines in pins.locked(RUNTIME).values() for line in lines)


def test_every_direct_dependency_says_why_it_is_there():
    assert all(pins.direct().values())
    arrays = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", PROJECT_TEXT, re.MULTILINE | re.DOTALL)
    lines = [line for array in arrays for line in array.splitlines()]
    assert len(lines) == len(PROJECT["project"]["dependencies"]) + len(PROJECT["dependency-groups"]["dev"])
    assert all(re.search(r'",\s*# \S', line) for line in lines)
    for line in (ROOT / "environment.yml").read_text().splitlines():
        if any(line.strip().startswith(f"- {name}==") for name in pins.direct()):
            assert " # " in line


# --- layout -----------------------------------------------------------------------------------------------------

TOP = {
    ".ci", ".dockerignore", ".gitattributes", ".github", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "LICENSE-CONTENT", "Makefile", "README.md",
    "autograder", "course", "docker", "docs", "environment.yml", "nbgrader_config.py", "postBuild", "pyproject.toml", "requirements-dev.lock",
    "requirements.lock", "solutions", "start",
}  # fmt: skip


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """Names of the files in the repository."""
    if not (ROOT / ".git").exists():
        pytest.skip("this copy of the course is no git repository")
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    return listing.stdout.decode().rstrip("\0").split("\0")


def test_nothing_unexpected_stands_at_the_top(tracked):
    assert {name.partition("/")[0] for name in tracked} <= TOP


def test_repository_holds_no_leftovers(tracked):
    leftovers = re.compile(
        r"(^|/)(__pycache__|\.ipynb_checkpoints|grading|\.venv|\.DS_Store)(/|$)|\.pyc$|\.egg-info/"
    )
    assert [name for name in tracked if leftovers.search(name)] == []


def test_no_file_is_large(tracked):
    sizes = {name: (ROOT / name).stat().st_size for name in tracked if (ROOT / name).exists()}
    assert {name: size for name, size in sizes.items() if size > 1_300_000} == {}


def test_links_between_the_guides_lead_somewhere(tracked):
    broken = []
    for name in tracked:
        if (
            name.endswith(".md") and (ROOT / name).exists() and name != "solutions/START.md"
        ):  # that one is a template
            for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", (ROOT / name).read_text(encoding="utf-8")):
                if not re.match(r"\w+:", target) and not ((ROOT / name).parent / target).exists():
                    broken.append(f"{name}: {target}")
    assert broken == []


@lessons
def test_lesson_links_to_the_one_helpers_file(lesson):
    link = ROOT / "solutions" / lesson / "helpers.py"
    assert link.is_symlink() and os.readlink(link) == "../helpers.py"


@lessons
def test_lesson_has_its_four_files(lesson):
    slug = lesson.partition("_")[2]
    assert re.fullmatch(r"\d\d_[a-z0-9_]+", lesson)
    assert (ROOT / "solutions" / lesson / f"{slug}.ipynb").exists()
    for folder, name in (("checks", f"test_{slug}"), ("tests/oracles", slug), ("tests/alternatives", slug)):
        assert (ROOT / "autograder" / folder / f"{name}.py").exists()


@lessons
def test_data_files_say_where_they_come_from(lesson):
    for path in (ROOT / "solutions" / lesson).iterdir():
        if path.suffix not in (".ipynb", ".py", ".md") and not path.name.startswith((".", "_")):
            note = path.with_suffix(".md")
            assert note.exists(), f"{path.name} needs a note {note.name} with its source and licence"
            assert re.search(r"(?i)licen[cs]e", note.read_text(encoding="utf-8"))


def test_lesson_numbers_are_told_apart():
    numbers = [lesson[:2] for lesson in LESSONS]
    assert len(set(numbers)) == len(numbers)


# --- the release ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Course:
    """A copy of the sources with a release made from them just now."""
    root = tmp_path_factory.mktemp("course")
    others = shutil.ignore_patterns(*Course(ROOT).lessons.keys() - set(LESSONS))
    shutil.copytree(ROOT / "solutions", root / "solutions", symlinks=True, ignore=others)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader finds alembic on PATH only; an instructor's own settings stay out of this.
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        patch.setenv("JUPYTER_CONFIG_DIR", str(root / "no-settings"))
        course = Course(root)
        publish(course)
    return course


def files_below(folder: Path) -> dict[str, bytes]:
    """Content by name, editors' and caches' hidden files left out."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    named = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return {n: c for n, c in named.items() if not re.search(r"(^|/)[._][^/]*(/|$)", n)}


@lessons
def test_release_is_what_the_solution_generates(fresh, lesson):
    made, kept = files_below(fresh.root / "course" / lesson), files_below(ROOT / "course" / lesson)
    assert made.keys() == kept.keys(), "run `make course`"
    assert [name for name in made if made[name] != kept[name]] == [], "run `make course`"


@lessons
def test_release_made_in_memory_is_what_nbgrader_writes(fresh, lesson):
    """What grading compares a submission with, and what stands in course/, are the same to the byte."""
    entry = fresh.lessons[lesson]
    written = entry.release_path.read_bytes()
    assert assignment.generate(entry.solution_path, fresh.root).encode() == written
    assert entry.release_text.encode() == written


def test_nothing_else_is_released(fresh):
    names = {path.name for path in (ROOT / "course").iterdir() if not path.name.startswith(".")}
    assert names == {*Course(ROOT).lessons, "START.md"}, "run `make course`"
    assert (ROOT / "course/START.md").read_text() == start_page.start_page(Course(ROOT)), "run `make course`"


@pytest.mark.skipif(not LESSONS, reason="no lessons yet")
def test_release_is_the_same_every_time_whoever_ran_the_solution(fresh, monkeypatch):
    """Outputs and the times at which cells ran, as Jupyter saves them, leave no trace."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(fresh.root / "no-settings"))
    lesson = fresh.lessons[LESSONS[0]]
    before, source = files_below(lesson.release_path.parent), lesson.solution_path.read_text(encoding="utf-8")
    notebook = json.loads(source)
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            cell["execution_count"] = number + 1
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "told by a run"}]
            cell["metadata"] |= {
                "execution": {"iopub.execute_input": "2026-01-01T00:00:00Z"},
                "collapsed": True,
            }
    try:
        lesson.solution_path.write_text(json.dumps(notebook), encoding="utf-8")
        generate(fresh, lesson.name)
        assert files_below(lesson.release_path.parent) == before
    finally:
        lesson.solution_path.write_text(source, encoding="utf-8")


CELL_METADATA = {"alt", "deletable", "editable", "mystnb", "nbgrader", "tags"}
NOTEBOOK_METADATA = {"course", "kernelspec", "language_info"}


@lessons
def test_release_holds_no_trace_of_a_run(fresh, lesson):
    notebook = json.loads(fresh.lessons[lesson].release_path.read_text(encoding="utf-8"))
    assert notebook["metadata"].keys() == NOTEBOOK_METADATA
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    for cell in notebook["cells"]:
        assert cell["metadata"].keys() <= CELL_METADATA, cell["id"]
        assert cell.get("outputs", []) == [] and cell.get("execution_count") is None
        assert "attachments" not in cell


TOKEN = re.compile(r"\w+(?:\.\d+)?|[^\w\s]")


def tokens(line: str) -> list[str]:
    return TOKEN.findall(re.sub(r"(^|\s)#.*", "", line))


def solution_lines(lesson: str) -> dict[tuple[str, ...], str]:
    """The lines inside the solution blocks of a lesson that would give something away, and whose they are.

    Left out are lines that only name things: fewer than three tokens, an empty container or array, the head of a
    loop or a branch, and the call of another exercise of the lesson.
    """
    cells = Course(ROOT).lessons[lesson].solution.cells
    names = "|".join(cell.id for cell in cells if "answer" in cell.metadata.get("tags", []))
    plain = re.compile(
        rf"\w+ = (\[\]|{{}}|np\.(?:zeros|empty)(?:_like)?\([^()]*\))|(for|while|if|elif|else|with) .*:|([\w, ]+ = )?({names})\([^()]*\)"
    )
    lines = {}
    for cell in cells:
        inside = False
        for line in cell.source.splitlines():
            if "### BEGIN SOLUTION" in line or "### END SOLUTION" in line:
                inside = "BEGIN" in line
            elif inside and len(tokens(line)) >= 3 and not plain.fullmatch(line.strip()):
                lines[tuple(tokens(line))] = cell.id
    return lines


def leaks(course: Course, lesson: str) -> list[str]:
    """Released lines that are, or hold, a line of the lesson's own answers."""
    secret = {f" {' '.join(line)} ": exercise for line, exercise in solution_lines(lesson).items()}
    found = []
    for name, content in files_below(course.root / "course" / lesson).items():
        if name == "helpers.py" or not name.endswith((".ipynb", ".py", ".md")):
            continue
        text = content.decode()
        if name.endswith(".ipynb"):
            text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
        for line in text.splitlines():
            said = f" {' '.join(tokens(line))} "
            found += [f"{exercise}: {line.strip()}" for code, exercise in secret.items() if code in said]
    return found


@lessons
def test_release_gives_no_answer_away(fresh, lesson):
    assert leaks(fresh, lesson) == [], "these released lines are lines of the answer"
    for name, content in files_below(fresh.root / "course" / lesson).items():
        assert not re.search(rb"(BEGIN|END) (SOLUTION|HIDDEN|MARK)", content), name


@pytest.mark.skipif(not LESSONS, reason="no lessons yet")
def test_leak_scan_sees_a_leak(fresh):
    lesson = LESSONS[-1]
    line, exercise = max(solution_lines(lesson).items(), key=lambda item: len(item[0]))
    data_note = fresh.root / "course" / lesson / "note.md"
    data_note.write_text(f"as in `{' '.join(line)}`")
    try:
        assert any(leak.startswith(f"{exercise}: as in") for leak in leaks(fresh, lesson))
    finally:
        data_note.unlink()
