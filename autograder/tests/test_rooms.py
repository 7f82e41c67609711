"""The package's rooms: which may import which. The list below is the one place that says it; the imports are read from the code."""

import ast
import re
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from autograder.lesson import layout

PACKAGE = Path(__file__).resolve().parents[1]
ARCHITECTURE = PACKAGE.parent / "docs" / "architecture.md"

# From the ground up. A room may import itself, and of the others what stands here: a whole room or one module of it.
MAY_IMPORT = {
    "lesson": [],
    "sandbox": [],
    "intake": ["lesson", "sandbox.printable"],
    "diagnosis": ["sandbox"],
    "judging": ["lesson", "sandbox", "diagnosis"],
    "classroom": ["lesson", "sandbox", "intake", "judging"],
    "analysis": ["lesson", "sandbox.printable", "intake", "judging", "classroom"],
    "hosted": ["lesson", "sandbox", "intake", "judging", "classroom"],
    "platforms": ["lesson", "sandbox.printable", "intake", "classroom"],
    "strength": ["lesson", "sandbox", "diagnosis", "judging", "classroom"],
    "server": ["lesson", "sandbox.printable", "intake", "judging", "classroom"],
    "checking": ["sandbox", "judging", "diagnosis"],
    "install": [],
    "doctor": ["lesson", "sandbox", "intake", "classroom"],
    "cli": [
        "lesson",
        "sandbox",
        "intake",
        "judging",
        "classroom",
        "analysis",
        "hosted",
        "platforms",
        "strength",
        "doctor",
    ],
}
# What a learner's own process loads of ours, all in all.
BESIDE_A_LEARNER = {"sandbox.worker", "sandbox.wire", "sandbox.printable"}
ONLY_USE_RESULTS = {"strength", "server", "analysis", "hosted", "platforms"}
NOT_THE_PROGRAM = {"tests", "checks", "bench", "data", "lab", "templates"}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


SOURCES = {
    module_name(path): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.relative_to(PACKAGE).parts[0] not in NOT_THE_PROGRAM and path != PACKAGE / "__init__.py"
}


def imported(source: str) -> set[str]:
    """Modules of ours that a source imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"line {node.lineno}: an import by its full name says which room it enters"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.removeprefix("autograder.") for name in names if name.startswith("autograder.")}
    return {_module(name) for name in found} - {""}  # what the package itself says, such as its version


def _module(name: str) -> str:
    """The module that a dotted name is, or is taken from."""
    path = PACKAGE.joinpath(*name.split("."))
    return name if path.with_suffix(".py").exists() or path.is_dir() else name.rpartition(".")[0]


ARROWS = {module: imported(source) - {module} for module, source in SOURCES.items()}


def room(module: str) -> str:
    return module.partition(".")[0]


def allowed(module: str, target: str) -> bool:
    return room(target) == room(module) or not {room(target), target}.isdisjoint(MAY_IMPORT[room(module)])


@pytest.mark.parametrize(
    "source",
    [
        "import autograder.cli",
        "import os, autograder.cli as c",
        "from autograder import cli",
        "from autograder.cli import main",
        "def f():\n    from autograder.cli import main as m",
        "try:\n    import autograder.cli\nexcept ImportError:\n    pass",
    ],
)
def test_an_import_is_seen_wherever_it_stands(source):
    assert imported(source) == {"cli"}
    assert not allowed("judging.judge", "cli") and allowed("cli", "judging.judge")


def test_part_of_a_room_is_not_the_room():
    assert imported("from autograder.sandbox import wire, printable") == {"sandbox.wire", "sandbox.printable"}
    assert allowed("intake.repair", "sandbox.printable") and not allowed("intake.repair", "sandbox.wire")


@pytest.mark.parametrize("module", SOURCES)
def test_a_module_imports_from_its_own_room_and_from_those_below(module):
    upward = sorted(target for target in ARROWS[module] if not allowed(module, target))
    assert not upward, f"{module} must not import {upward}: see MAY_IMPORT"


def test_the_list_allows_no_more_than_is_used():
    for name, targets in MAY_IMPORT.items():
        reached = {target for module, found in ARROWS.items() if room(module) == name for target in found}
        unused = [t for t in targets if not any(t in (target, room(target)) for target in reached)]
        assert not unused, f"{name} imports nothing of {unused}: take it off the list"


def test_rooms_stand_in_the_list_from_the_ground_up():
    assert {room(module) for module in SOURCES} == set(MAY_IMPORT)
    below: set[str] = set()
    for name, targets in MAY_IMPORT.items():
        assert {room(target) for target in targets} <= below, name
        below.add(name)


def test_no_module_imports_itself_by_a_detour():
    try:
        TopologicalSorter(ARROWS).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' <- '.join(error.args[1])}")


def test_a_learners_process_loads_nothing_of_ours_but_the_wire():
    reached, waiting = set(), ["sandbox.worker"]
    while waiting:
        module = waiting.pop()
        reached.add(module)
        waiting += ARROWS[module] - reached
    assert reached == BESIDE_A_LEARNER


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("checks/test_*.py")), ids=lambda path: path.stem)
def test_a_file_of_checks_imports_nothing_of_ours_but_checking(path):
    assert imported(path.read_text(encoding="utf-8")) == {"checking"}


@pytest.mark.parametrize("name", [name for name in MAY_IMPORT if (PACKAGE / name).is_dir()])
def test_each_room_says_in_a_sentence_what_it_is_for(name):
    told = ast.get_docstring(ast.parse(SOURCES[name]))
    assert told and told.endswith(".") and "\n\n" not in told


def test_the_page_on_architecture_shows_the_same_list():
    rows = re.findall(
        r"^\| `(\w+)/?` \|(.*)\|(.*)\|$", ARCHITECTURE.read_text(encoding="utf-8"), re.MULTILINE
    )
    shown = {name: re.findall(r"`([\w.]+)`", targets) for name, _, targets in rows if name in MAY_IMPORT}
    assert shown == MAY_IMPORT


def test_a_result_depends_on_every_module_but_those_of_rooms_that_only_use_results():
    judging = {module for module in SOURCES if room(module) not in ONLY_USE_RESULTS}
    assert {module_name(path) for path in layout._own_modules()} == judging | {"__init__"}


def test_every_folder_of_modules_is_packaged():
    packages = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "setuptools"
    ]["packages"]
    folders = {name for name in MAY_IMPORT if (PACKAGE / name).is_dir()}
    assert set(packages) == {"autograder"} | {f"autograder.{name}" for name in folders}


@pytest.mark.parametrize("module", ["cli", "judging.judge"])
def test_no_grammar_of_addresses_is_compiled_to_grade(module):
    """It would take most of a judge's start; see `autograder/__init__.py`. Schemas are checked all the same."""
    program = (
        f"import autograder.{module}, nbformat, sys; assert sys.modules['rfc3987_syntax'] is None\n"
        "try: nbformat.validate({'nbformat': 4, 'nbformat_minor': 5, 'metadata': {}, 'cells': [{}]})\n"
        "except nbformat.ValidationError: print('checked')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PACKAGE.parent, capture_output=True, text=True)
    assert done.stdout == "checked\n", done.stderr
