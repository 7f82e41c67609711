"""Every solution notebook runs from top to bottom, and is written in the course's form."""

import base64
import os
import resource
from functools import cache

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.lesson.authoring import canonical, dumps, role_of
from autograder.tests.material import LESSONS, answers, defined_names

HARD_STOP = 60  # seconds; the aim of 10 CPU seconds is enforced by the benchmarks

lessons = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


def run(notebook, lesson, environment=None, **options):
    """Execute a notebook as Run All does, in a kernel of its own beside the solution; gives it back with its outputs."""
    client = NotebookClient(
        notebook, timeout=HARD_STOP, record_timing=False,
        resources={"metadata": {"path": str(lesson.solution_path.parent)}}, **options,
    )  # fmt: skip
    client.execute(env=environment or os.environ)
    return notebook


@cache
def executed(lesson):
    """The solution notebook with its outputs, and CPU seconds; any error in any cell, tagged or not, is raised."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    notebook = run(nbformat.read(lesson.solution_path, as_version=4), lesson, force_raise_errors=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return notebook, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@lessons
def test_solution_runs_without_an_error(lesson, record_property):
    _, seconds = executed(lesson)
    record_property("cpu_seconds", round(seconds, 1))  # printed at the end of the run
    assert seconds < HARD_STOP


def errors(cells):
    """By cell, the traceback that it ended with."""
    return {
        cell["id"]: output["traceback"]
        for cell in cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
    }


def expect_walk_through(cells):
    """What a student sees who opens the release and takes Run All: no cell left out, no wall of red, no check that passes."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in code), "Run All stopped before the last cell"
    walls = {name: lines for name, lines in errors(cells).items() if len("\n".join(lines).splitlines()) > 3}
    assert not walls, f"a wall of red: {walls}"
    checks = {cell["id"] for cell in code if "check" in cell["metadata"].get("tags", [])}
    assert checks and checks <= set(errors(cells)), "a check passes although nothing is written"


def expect_green(cells, check_id):
    """That a check has passed."""
    check = next(cell for cell in cells if cell["id"] == check_id)
    parts = [output.get("text", "") for output in check["outputs"]]
    assert "Passed." in "".join("".join(part) for part in parts) and not errors([check])


@lessons
def test_release_runs_through_and_an_answer_turns_its_check_green(lesson):
    """`classroom/test_browser_walk.py` sees the same in the real JupyterLab."""
    release = nbformat.reads(lesson.release_text, as_version=4)
    length, (name, source) = len(release.cells), next(iter(answers(lesson).items()))
    check = next(cell.source for cell in release.cells if cell.id == f"{name}_check")
    for id, text in {"written": source, "check_again": check}.items():
        release.cells.append(nbformat.v4.new_code_cell(text, id=id))
    cells = run(release, lesson).cells
    expect_walk_through(cells[:length])
    expect_green(cells, "check_again")


@lessons
def test_solution_warns_about_nothing(lesson):
    notebook, _ = executed(lesson)
    printed = [
        (cell.id, output.text)
        for cell in notebook.cells if cell.cell_type == "code"
        for output in cell.outputs if output.output_type == "stream" and output.name == "stderr"
    ]  # fmt: skip
    assert not printed


@lessons
def test_plots_have_alternative_text(lesson):
    notebook, _ = executed(lesson)
    pictures = 0
    for cell in notebook.cells:
        images = [o for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
        pictures += len(images)
        if images:
            alt = cell.metadata.get("alt", "")
            assert len(alt) >= 20 and cell.metadata.mystnb.image.alt == alt, (
                f"{cell.id} draws without alt text"
            )
            assert all(len(base64.b64decode(o.data["image/png"])) < 300_000 for o in images), (
                f"{cell.id} is too large"
            )
    assert pictures >= (0 if lesson.name.startswith("00") else 2)


@lessons
def test_notebook_is_canonical(lesson):
    text = lesson.solution_path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    assert text == dumps(canonical(notebook, lesson.name)), "run `make format`"


@lessons
def test_cells_keep_to_their_roles(lesson):
    cells = lesson.solution.cells
    roles = [role_of(cell) for cell in cells]
    assert roles[0] == "text" and cells[0].source.startswith(f"# {lesson.name[:2]} · ")
    assert roles.count("imports") == 1 and roles.index("imports") == next(
        i for i, cell in enumerate(cells) if cell.cell_type == "code"
    )
    for number, cell in enumerate(cells):
        if roles[number] == "answer":
            assert defined_names(cell.source) == [cell.id], f"{cell.id} must define exactly {cell.id}"
            assert "### BEGIN SOLUTION" in cell.source and '"""' in cell.source
            following = next(i for i in range(number + 1, len(cells)) if roles[i] != "text")
            assert cells[following].id == f"{cell.id}_check"


@lessons
def test_every_answer_has_a_stub_that_says_what_to_do(lesson):
    stubs = {cell.id: cell.source for cell in lesson.release.cells if role_of(cell) == "answer"}
    assert stubs.keys() == answers(lesson).keys()
    for name, source in stubs.items():
        compile(source, name, "exec")
        assert 'raise NotImplementedError("Write your answer here, then delete this line.")' in source


@lessons
def test_lesson_names_where_it_comes_from_and_what_is_left(lesson):
    text = "\n".join(cell.source for cell in lesson.solution.cells if cell.cell_type == "markdown").lower()
    assert "in this lesson you will" in text and "you have now" in text
    if not lesson.name.startswith("00"):
        assert "where this comes from" in text and "<details>" in text
