"""One version, told the same everywhere; results of a version that told none are made again."""

import json
import logging
import tomllib

import pytest
import yaml
from click.testing import CliRunner

import autograder
from autograder.classroom import batch
from autograder.classroom.grade import Settings
from autograder.classroom.journal import Journal
from autograder.cli import main
from autograder.judging import results
from autograder.lesson import layout
from autograder.tests.courses import RIGHT, TINY, as_bytes, hand_in, notebook, tiny_course
from autograder.tests.material import COURSE

SETTINGS = Settings(least_isolation="weak")


@pytest.fixture
def course(tmp_path):
    course = tiny_course(tmp_path)
    for student in ("alba", "bela"):
        hand_in(course, TINY, student, as_bytes(notebook(course, TINY, RIGHT)))
    return course


def journal_lines(course):
    path = course.grading / "journal" / f"{TINY}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def judged(course, monkeypatch):
    """Results by student, and whose submissions were judged for them."""
    asked, original = [], batch.judge

    def judge(root, settings, request):
        asked.append(request.student)
        return original(root, settings, request)

    with monkeypatch.context() as patch:
        patch.setattr(batch, "judge", judge)
        with batch.executor(1, None) as executor:
            found = batch.grade_all(course, TINY, executor, SETTINGS)
    return {result.student: result for result in found}, asked


def test_package_takes_its_version_from_one_place():
    project = tomllib.loads((COURSE.root / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"] and project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "autograder.__version__"}


def test_newest_entry_of_the_changelog_and_the_citation_are_of_this_version():
    changelog = (COURSE.root / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = next(line for line in changelog.splitlines() if line.startswith("## "))
    assert newest.split()[1] == autograder.__version__
    citation = yaml.safe_load((COURSE.root / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == autograder.__version__


def test_command_line_and_doctor_tell_the_version(course):
    told = CliRunner().invoke(main, ["--version"])
    assert (told.exit_code, told.output.split()[-1]) == (0, autograder.__version__)
    first, *_ = CliRunner().invoke(main, ["doctor", "--course", str(course.root)]).output.splitlines()
    assert first.split() == ["autograder", autograder.__version__]


def test_every_result_tells_the_version(course, monkeypatch):
    hand_in(course, TINY, "cleo", b"no notebook")
    found, _ = judged(course, monkeypatch)
    assert found.keys() == {"alba", "bela", "cleo"}
    assert {result.to_dict()["version"] for result in found.values()} == {autograder.__version__}
    assert {entry["result"]["version"] for entry in journal_lines(course)} == {autograder.__version__}


def test_entry_without_a_version_is_made_again(course, monkeypatch, caplog):
    """It is one of a package that told none; the entries of this package are not touched."""
    before, asked = judged(course, monkeypatch)
    assert sorted(asked) == ["alba", "bela"]
    old, new = sorted(journal_lines(course), key=lambda entry: entry["result"]["student"])
    del old["result"]["version"]
    path = course.grading / "journal" / f"{TINY}.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in (old, new)))
    with caplog.at_level(logging.WARNING):
        after, asked = judged(course, monkeypatch)
    assert asked == ["alba"]
    assert {s: (r.score, r.seed) for s, r in after.items()} == {
        s: (r.score, r.seed) for s, r in before.items()
    }
    assert "no result of this version in line 1: skipped" in caplog.text


def test_entry_of_another_version_says_which(tmp_path):
    """Whether a result still holds is told by its key; what was recorded can be read whoever made it."""
    result = results.unreadable("x", "words", lesson=TINY, student="bela")
    result.score, result.version = 0.0, "0.1.9"
    Journal(tmp_path / "journal.jsonl").append("one", result)
    assert Journal(tmp_path / "journal.jsonl").latest("bela").version == "0.1.9"


def test_what_results_depend_on_holds_the_version():
    """So a result of another version is not taken for one of this version, even where nothing else has changed."""
    assert COURSE.root / "autograder" / "__init__.py" in layout._own_modules()
    assert (
        f'__version__ = "{autograder.__version__}"'
        in (COURSE.root / "autograder" / "__init__.py").read_text()
    )
