"""Gradescope's archive, unpacked and run in a clean folder as its documentation says, and what the answer holds."""

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile

import pytest
from click.testing import CliRunner

from autograder.classroom.grade import Grader
from autograder.cli import main
from autograder.hosted import gradescope
from autograder.hosted.gradescope import as_results
from autograder.judging.results import unreadable
from autograder.tests.built import exercise, work
from autograder.tests.courses import RIGHT, TINY, as_bytes, notebook, tiny_course

WRONG_IDEA = {"row_sums": "def row_sums(x):\n    return x.sum(axis=0)"}
AUTHOR = {"users": [{"email": "ada@uni.example", "id": 7, "name": "Ada"}]}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny_course(tmp_path_factory.mktemp("course") / "c")


@pytest.fixture(scope="module")
def archive(course, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "autograder.zip"
    arguments = ["gradescope", TINY, "--to", str(path), "--require-isolation", "weak"]
    done = CliRunner().invoke(
        main, [*arguments, "--course", str(course.root), "--visibility", "after_due_date"]
    )
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture(scope="module")
def machine(archive, tmp_path_factory):
    """The folder /autograder of a machine that has been built: unpacked, set up, the script copied."""
    root = tmp_path_factory.mktemp("gradescope")
    for folder in ("source", "submission", "results"):
        (root / folder).mkdir()
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            path = opened.extract(entry, root / "source")
            os.chmod(path, entry.external_attr >> 16)
    done = script(root, root / "source" / "setup.sh", AUTOGRADER_PYTHON=sys.executable)
    assert done.returncode == 0, done.stderr
    assert f"{TINY} can be graded here" in done.stdout
    shutil.copy(root / "source" / "run_autograder", root)
    (root / "submission_metadata.json").write_text(json.dumps(AUTHOR))
    return root


def script(root, path, **environment):
    """Run a script with hardly anything in its environment, in the folder that Gradescope runs it in."""
    known = {"PATH": os.environ["PATH"], "AUTOGRADER_ROOT": str(root)} | environment
    return subprocess.run([path], cwd=root, env=known, capture_output=True, text=True)


def put(root, **files):
    """A submission of these files in the place of the last one."""
    shutil.rmtree(root / "submission")
    (root / "submission").mkdir()
    (root / "results" / "results.json").unlink(missing_ok=True)
    for name, data in files.items():
        (root / "submission" / name).write_bytes(data)


def answer(root):
    """The machine's results, if there are any."""
    path = root / "results" / "results.json"
    return json.loads(path.read_text()) if path.exists() else None


def run_here(root, monkeypatch, *options):
    """What run.py does, without the seconds of a new process."""
    monkeypatch.setattr("sys.argv", ["run.py", str(root), *options])
    gradescope.main()
    return answer(root)


def test_the_archive_holds_what_grades_one_lesson_and_is_readable_by_its_owner_alone(archive, course):
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with zipfile.ZipFile(archive) as opened:
        modes = {entry.filename: entry.external_attr >> 16 for entry in opened.infolist()}
        assert opened.read("grading/secret.key") == course.secret()
    assert modes["setup.sh"] & 0o111 and modes["run_autograder"] & 0o111
    assert {name for name in modes if name.startswith("autograder/checks/")} == {
        "autograder/checks/test_tiny.py"
    }
    assert not [name for name in modes if "/tests/" in name or "/bench/" in name or ".." in name]


def test_right_work_has_all_points(machine, course):
    put(machine, **{"tiny.ipynb": as_bytes(notebook(course, TINY, RIGHT))})
    done = script(machine, machine / "run_autograder")
    assert done.returncode == 0, done.stderr
    told = answer(machine)
    assert told["score"] == 6 and told["stdout_visibility"] == "hidden"
    assert [(t["name"], t["score"], t["max_score"]) for t in told["tests"] if "score" in t] == [
        ("row_sums", 1, 1), ("double", 3, 3), ("double_sums", 2, 2),
    ]  # fmt: skip
    assert told["extra_data"]["seed"] == course_seed(machine, course)


def course_seed(machine, course):
    """The seed that the instructor's own grading would draw for these authors and this work."""
    with Grader(course) as grader:
        data = (machine / "submission" / "tiny.ipynb").read_bytes()
        return grader.prepare(data, TINY, TINY, "ada@uni.example").seed


def test_a_wrong_idea_is_told_and_the_checks_are_the_instructors(machine, course, monkeypatch):
    wrong = as_bytes(notebook(course, TINY, RIGHT | WRONG_IDEA))
    put(machine, **{"my work (2).ipynb": wrong, "notes.txt": b"nothing"})
    told = run_here(machine, monkeypatch)
    row_sums = next(t for t in told["tests"] if t["name"] == "row_sums")
    assert row_sums["status"] == "failed" and "You summed over the columns." in row_sums["output"]
    assert row_sums["output_format"] == "html" and row_sums["visibility"] == "after_due_date"
    assert row_sums["extra_data"]["misconception"] == "sums_columns"
    checks = [t for t in told["tests"] if t["name"].startswith("row_sums: ")]
    assert len(checks) == 4 and all(t["visibility"] == "hidden" and "score" not in t for t in checks)


def test_a_file_that_is_no_notebook_is_told_so(machine, monkeypatch):
    put(machine, **{"essay.pdf": b"%PDF"})
    told = run_here(machine, monkeypatch)
    assert told["score"] == 0 and told["tests"] == [] and told["visibility"] == "visible"
    assert "There is no notebook (.ipynb)" in told["output"]


def test_a_link_is_not_followed(machine, monkeypatch):
    put(machine)
    (machine / "submission" / "tiny.ipynb").symlink_to(machine / "source" / "solutions" / TINY / "tiny.ipynb")
    told = run_here(machine, monkeypatch)
    assert told["score"] == 0 and "is a link" in told["output"]


def test_a_fault_of_the_grader_is_no_score_at_all(machine, course, monkeypatch):
    """Breaks the machine's own file of checks, and mends it afterwards."""
    checks = machine / "source" / "autograder" / "checks" / "test_tiny.py"
    right = checks.read_text()
    put(machine, **{"tiny.ipynb": as_bytes(notebook(course, TINY, RIGHT))})
    try:
        checks.write_text(right.replace("x = rng.normal(size=6)", "x = rng.no_such_draw(size=6)"))
        done = script(machine, machine / "run_autograder")
        assert done.returncode != 0 and answer(machine) is None
        assert "Not graded, and no score is given: double" in done.stderr
        with pytest.raises(SystemExit, match="does not pass here"):
            run_here(machine, monkeypatch, "--self-test")
    finally:
        checks.write_text(right)


def test_nothing_that_a_student_wrote_acts_on_the_platforms_page():
    hostile = "<script>alert(1)</script>\x1b[2J"
    result = work("ada", exercise("double", "error", message=hostile)).result
    told = json.dumps(as_results(result, "visible"), ensure_ascii=False)
    assert "<script>" not in told.replace('"output_format": "text"', "") and "\x1b" not in told


def test_points_add_up_to_the_score():
    told = as_results(work("ada", exercise("double", "fail", 1.5)).result, "visible")
    assert told["score"] == sum(test.get("score", 0) for test in told["tests"]) == 4.5


def test_an_unreadable_file_says_that_nothing_was_graded():
    told = as_results(unreadable("x", "The file is cut off. Save it again."), "after_published")
    assert told["output"].startswith("Nothing was graded") and told["visibility"] == "visible"
