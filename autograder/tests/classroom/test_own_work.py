"""A learner's own notebooks on the command line: which is meant, what is kept, watched, and written as a page."""

import json
import os
import shutil
import threading
import time

import pytest
from click.testing import CliRunner

from autograder import cli
from autograder.classroom import own_work, progress
from autograder.lesson.layout import Course, CourseError
from autograder.tests.courses import TINY, tiny_course


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny_course(tmp_path_factory.mktemp("own"))


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def work(course):
    """The notebook in ``course/``, solved, and as it was afterwards."""
    path = course.lesson(TINY).release_path
    before = path.read_bytes()
    path.write_bytes(course.lesson(TINY).solution_path.read_bytes())
    yield path
    path.write_bytes(before)


def check(*arguments, course):
    return CliRunner().invoke(cli.main, ["check", *map(str, arguments), "--course", str(course.root)])


def test_the_folder_one_is_in_tells_the_lesson_and_elsewhere_the_last_save(course, tmp_path):
    (tmp_path / "solutions").mkdir()
    shutil.copy(course.root / "solutions" / "helpers.py", tmp_path / "solutions")
    for name in ("01_one", "02_two"):
        for top in ("solutions", "course"):
            folder = tmp_path / top / name
            folder.mkdir(parents=True)
            (folder / f"{name[3:]}.ipynb").write_text("{}")
    two = Course(tmp_path)
    first, second = (lesson.release_path for lesson in two.lessons.values())
    os.utime(second, (1, 1))
    assert own_work.meant(two, tmp_path) == first
    assert own_work.meant(two, second.parent) == second
    (second.parent / "more").mkdir()
    assert own_work.meant(two, second.parent / "more") == second
    shutil.rmtree(tmp_path / "course")
    with pytest.raises(CourseError, match="make course"):
        own_work.meant(two, tmp_path)


def test_without_a_name_the_lessons_notebook_is_checked_and_kept(course, work, monkeypatch):
    monkeypatch.chdir(work.parent)
    told = check(course=course)
    assert told.exit_code == 0 and "of 6 points" in told.output, told.output
    kept = progress.earned(course.lesson(TINY))
    assert kept.score == kept.points == 6
    shown = CliRunner().invoke(cli.main, ["progress", "--course", str(course.root)]).output
    assert f"{TINY}" in shown and "6 / 6" in shown and "1 of 1 lessons with all points" in shown


def test_a_copy_elsewhere_is_checked_and_is_nobodys_progress(course, work, tmp_path):
    copy = shutil.copy(work, tmp_path / "copy.ipynb")
    assert "6 of 6 points" in check(copy, course=course).output
    assert progress.earned(course.lesson(TINY)) is None


def test_the_page_is_the_one_that_comes_back_from_an_instructor(course, work, tmp_path):
    target = tmp_path / "page.html"
    assert check(work, "--html", target, course=course).exit_code == 0
    page = target.read_text(encoding="utf-8")
    assert "<b>6</b> of 6 points" in page and "Your notebook" in page and "<script" not in page


def test_no_page_is_written_of_what_could_not_be_judged(course, tmp_path):
    broken, target = tmp_path / "tiny.ipynb", tmp_path / "page.html"
    broken.write_text('{"cells": [')
    told = check(broken, "--html", target, course=course)
    assert told.exit_code == 1 and "no page was written" in told.output and not target.exists()


def test_watching_says_it_again_after_each_save(course, work, monkeypatch):
    """Two saves, then Ctrl+C."""
    said = []

    def saves(path):
        for source in ("x = 1", "x = 2"):
            notebook = json.loads(path.read_bytes())
            notebook["cells"][-1]["source"] = source
            path.write_text(json.dumps(notebook))
            yield
            said.append(source)
        raise KeyboardInterrupt

    monkeypatch.setattr(own_work, "saves", saves)
    told = check(work, "--watch", course=course)
    assert told.output.count("6 of 6 points") == 3 and said == ["x = 1", "x = 2"], told.output


def test_a_save_is_seen_and_nothing_else_is(tmp_path, monkeypatch):
    monkeypatch.setattr(own_work, "POLL_SECONDS", 0.01)
    path = tmp_path / "a.ipynb"
    path.write_text("1")
    seen = own_work.saves(path)
    done = threading.Event()

    def save_later():
        time.sleep(0.1)
        path.unlink()
        time.sleep(0.05)
        done.set()
        (tmp_path / "new").write_text("22")
        (tmp_path / "new").replace(path)

    writer = threading.Thread(target=save_later)
    writer.start()
    next(seen)
    assert done.is_set(), "nothing is told while the file is unchanged or gone"
    writer.join()


@pytest.mark.parametrize("option", [["--watch"], ["--html", "page.html"]])
def test_watching_and_pages_are_for_one_notebook(course, work, option):
    told = check(work, work, *option, course=course)
    assert told.exit_code == 2 and "for one notebook" in told.output
