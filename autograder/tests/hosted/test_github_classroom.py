"""GitHub Classroom: the workflow is what Classroom looks for, and its reporter can read what the judge hands over."""

import base64
import json
import shlex

import pytest
import yaml
from click.testing import CliRunner

from autograder.cli import main
from autograder.hosted import github_classroom
from autograder.hosted.github_classroom import as_payload, spoken
from autograder.judging.results import unreadable
from autograder.tests.built import exercise, work
from autograder.tests.courses import RIGHT, TINY, as_bytes, notebook, tiny_course
from autograder.tests.material import COURSE


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny_course(tmp_path_factory.mktemp("course") / "c")


@pytest.fixture(scope="module")
def steps(course, tmp_path_factory):
    path = tmp_path_factory.mktemp("workflow") / "classroom.yml"
    arguments = ["github-classroom", TINY, "--repository", "uni/course", "--ref", "1e5", "--to", str(path)]
    done = CliRunner().invoke(main, [*arguments, "--course", str(course.root)])
    assert done.exit_code == 0, done.output
    told = yaml.safe_load(path.read_text())
    assert set(told[True]) == {"push", "repository_dispatch"}  # YAML takes the key `on` for a truth value
    assert told["permissions"]["checks"] == "write"
    return told["jobs"]["run-autograding-tests"]["steps"]  # the name that the reporter looks for


def test_the_course_and_the_submission_lie_side_by_side_and_no_token_is_left(steps):
    submission, fetched = (
        step["with"] for step in steps if step.get("uses", "").startswith("actions/checkout@")
    )
    assert (submission["path"], fetched["path"]) == ("submission", "course")
    assert (fetched["repository"], fetched["ref"]) == ("uni/course", "1e5")  # a text, not a number
    assert submission["persist-credentials"] is False and fetched["persist-credentials"] is False


def test_the_reporter_gets_what_the_step_before_wrote(steps):
    grading, reporting = steps[-2:]
    runner = reporting["with"]["runners"]
    assert runner == grading["id"] and runner.isalnum()
    assert reporting["env"] == {f"{runner.upper()}_RESULTS": f"${{{{ steps.{runner}.outputs.result }}}}"}


def graded(steps, course, folder, monkeypatch, tmp_path):
    """Run the command of the workflow's step, in this process; what the step hands on."""
    command = shlex.split(steps[-2]["run"].replace("$GITHUB_WORKSPACE/submission", str(folder)))
    assert command[:4] == ["python", "-P", "-m", "autograder.hosted.github_classroom"]
    output = tmp_path / "output"
    output.touch()
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    monkeypatch.setattr("sys.argv", command[3:])
    monkeypatch.setattr(github_classroom, "Course", lambda: course)
    github_classroom.main()
    name, _, encoded = output.read_text().strip().partition("=")
    assert name == "result"
    return json.loads(base64.b64decode(encoded))


def test_a_push_is_graded(steps, course, monkeypatch, tmp_path, capsys):
    folder = tmp_path / "submission" / "week 1"
    folder.mkdir(parents=True)
    half = {name: RIGHT[name] for name in ("row_sums", "double")}
    (folder / "tiny.ipynb").write_bytes(as_bytes(notebook(course, TINY, half)))
    settings = github_classroom.Settings(least_isolation="weak", secret_seeds=False)
    monkeypatch.setattr(github_classroom, "Settings", lambda **_: settings)
    told = graded(steps, course, tmp_path / "submission", monkeypatch, tmp_path)
    assert told["max_score"] == 6 and told["status"] == "fail"
    assert {test["name"]: test["score"] for test in told["tests"]} == {
        "row_sums": 1, "double": 3, "double_sums": 0,
    }  # fmt: skip
    assert "> double: 3 of 3 points." in capsys.readouterr().out


def test_a_fault_of_the_grader_hands_on_nothing(steps, course, monkeypatch, tmp_path):
    fault = work("ada", exercise("double", "grader_fault", message="the judge died")).result
    monkeypatch.setattr(github_classroom, "graded", lambda *_: fault)
    with pytest.raises(SystemExit, match="Not graded, and no score is given: the judge died"):
        graded(steps, course, tmp_path, monkeypatch, tmp_path)
    assert (tmp_path / "output").read_text() == ""


def test_an_unreadable_file_has_its_sentence_and_every_exercise_is_there(course):
    result = unreadable("x", "There is no notebook.")
    told = as_payload(result, course.lessons[TINY])
    assert [test["score"] for test in told["tests"]] == [0, 0, 0] and told["max_score"] == 6
    assert spoken(result) == ["> Nothing was graded. There is no notebook."]


def test_no_line_of_a_students_is_a_command_of_the_workflow():
    result = work(
        "ada", exercise("double", "error", message="x\n::set-output name=result::1\n::stop::")
    ).result
    assert all(line.startswith("> ") and "\n" not in line for line in spoken(result))


@pytest.mark.parametrize(
    "option", [["--repository", "x"], ["--repository", "a/b\nc: d"], ["--repository", "a/b", "--ref", "$(x)"]]
)
def test_what_is_no_repository_is_refused(option, tmp_path):
    lesson = next(iter(COURSE.lessons))
    done = CliRunner().invoke(main, ["github-classroom", lesson, *option, "--to", str(tmp_path / "w.yml")])
    assert done.exit_code == 2 and not (tmp_path / "w.yml").exists()
