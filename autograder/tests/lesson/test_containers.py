"""Binder and Docker: what they read is where their rules look for it, and says what the guide says. Nothing is built here."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.lesson import pins
from autograder.tests.material import COURSE

ROOT = COURSE.root
GUIDE = (ROOT / "docs" / "containers.md").read_text(encoding="utf-8")
LAB = ROOT / "autograder" / "lab"


def instructions() -> list[tuple[str, str]]:
    """Instruction and arguments of each line of the Dockerfile, continued lines joined and comments left out."""
    text = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]


def stages() -> dict[str, list[tuple[str, str]]]:
    """The instructions of each stage, those of the stage that it builds on first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for instruction, words in instructions():
        if instruction == "FROM":
            base, _, name = words.split()
            current = found[name] = list(found.get(base, [(instruction, words)]))
        else:
            current.append((instruction, words))
    return found


def words_of(stage: str, instruction: str) -> list[str]:
    return [words for name, words in stages()[stage] if name == instruction]


# --- Docker -----------------------------------------------------------------------------------------------------


def test_dockerfile_has_only_instructions_that_exist():
    known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENTRYPOINT", "CMD", "ENV", "EXPOSE"}
    assert {instruction for instruction, _ in instructions()} <= known
    assert set(stages()) == {"course", "grader", "student"}


def test_image_has_the_python_that_every_test_runs_on():
    assert words_of("student", "FROM") == [f"python:{pins.PYTHON}-slim AS course"]


def test_everything_that_is_copied_exists():
    for words in words_of("student", "COPY"):
        *sources, _ = [word for word in shlex.split(words) if not word.startswith("--")]
        assert all((ROOT / source).exists() for source in sources), words


@pytest.mark.parametrize("stage", ["student", "grader"])
def test_nothing_runs_as_root(stage):
    last = words_of(stage, "USER")[-1]
    assert f"--uid 1000 {last}" in " ".join(words_of(stage, "RUN"))
    users = [name for name, _ in stages()[stage] if name in ("USER", "RUN", "CMD", "ENTRYPOINT")]
    assert "RUN" not in users[users.index("USER") :]


def test_packages_are_those_of_the_lock():
    installs = [words for words in words_of("student", "RUN") if words.startswith("pip install")]
    assert len(installs) == 2
    assert "--requirement requirements.lock" in installs[0]
    assert "--no-deps" in installs[1] and "--editable ." in installs[1]
    assert "setuptools" in pins.locked(ROOT / "requirements.lock") and "--no-build-isolation" in installs[1]


def test_student_gets_the_settings_of_make_lab():
    (folder,) = words_of("student", "WORKDIR")
    assert f"JUPYTER_CONFIG_PATH={folder}/{LAB.relative_to(ROOT)}" in words_of("student", "ENV")
    (command,) = words_of("student", "CMD")
    assert json.loads(command)[:2] == ["jupyter", "lab"]


def test_grader_runs_commands_that_exist():
    assert words_of("grader", "ENTRYPOINT") == ['["autograder"]']
    (command,) = words_of("grader", "CMD")
    assert json.loads(command) == ["doctor"]
    asked = re.findall(r"^docker run (.*) grader(?: (\w+).*)?$", GUIDE, re.MULTILINE)
    ours = [command for options, command in asked if "--entrypoint" not in options]
    assert ours == ["", "grade"] and {"doctor", "grade"} <= set(main.commands)
    assert [command for options, command in asked if "--entrypoint nbgrader" in options] == [
        "generate_assignment"
    ]


def test_guide_builds_what_the_dockerfile_has_and_mounts_what_its_user_may_write():
    built = re.findall(r"^docker build -f (\S+) --target (\w+) -t (\w+) \.$", GUIDE, re.MULTILINE)
    assert [(file, stage) for file, stage, _ in built] == [
        ("docker/Dockerfile", "student"), ("docker/Dockerfile", "grader"),
    ]  # fmt: skip
    run = re.findall(r"^docker run.*? (\w+)(?: (?:grade|generate_assignment) .*)?$", GUIDE, re.MULTILINE)
    assert set(run) == {tag for _, _, tag in built}
    assert f"127.0.0.1:{words_of('student', 'EXPOSE')[0]}:8888" in GUIDE
    made = " ".join(words_of("student", "RUN"))
    (folder,) = words_of("student", "WORKDIR")
    for place in re.findall(r"-v \S+?:(/[^\s\"]+)", GUIDE):
        assert place in made or (ROOT / place.removeprefix(f"{folder}/")).is_dir(), place


def ignored() -> set[str]:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_no_image_holds_students_work_or_the_secret():
    assert {"grading", ".git", ".venv"} <= ignored()
    kept = {path.name for path in ROOT.iterdir()} - ignored()
    assert {"autograder", "course", "solutions", "environment.yml", "requirements.lock"} <= kept


# --- Binder: the rules of repo2docker ---------------------------------------------------------------------------


def test_binder_reads_environment_yml():
    """A Dockerfile would be taken in its place; a folder `binder` or `.binder` would hide it."""
    assert (ROOT / "environment.yml").exists()
    for name in ("Dockerfile", "binder", ".binder", "environment.yaml", "Project.toml", "default.nix", "runtime.txt"):  # fmt: skip
        assert not (ROOT / name).exists(), name


@pytest.mark.parametrize("name", ["start", "postBuild"])
def test_scripts_of_binder_can_be_run(name):
    path = ROOT / name
    assert os.access(path, os.X_OK) and path.read_text().startswith("#!/bin/bash\n")
    subprocess.run(["bash", "-n", str(path)], check=True)
    assert name not in ignored()


def test_start_gives_jupyter_the_settings_and_goes_on_to_it(tmp_path):
    """From wherever the container starts it, with whatever arguments."""
    told = subprocess.run(
        [ROOT / "start", "sh", "-c", 'echo "$JUPYTER_CONFIG_PATH|$1"', "sh", "a b"],
        cwd=tmp_path, env={**os.environ, "REPO_DIR": str(ROOT)}, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    folder, _, argument = told.partition("|")
    assert Path(folder) == LAB and argument == "a b"


def test_post_build_stops_at_an_error_but_not_at_a_weak_sandbox():
    lines = (ROOT / "postBuild").read_text().splitlines()
    assert "set -e" in lines
    assert any(line.startswith("autograder doctor || ") for line in lines) and "doctor" in main.commands


def test_guide_opens_binder_on_the_start_page():
    default = json.loads((LAB / "jupyter_lab_config.json").read_text())["LabApp"]["default_url"]
    assert f"\n{default}\n" in GUIDE
