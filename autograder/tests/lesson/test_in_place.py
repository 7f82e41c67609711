"""Working where README says to: in course/ itself. A checkout in which it was solved grades as any other, and nothing is lost."""

import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.classroom.grade import Grader, Settings
from autograder.cli import main
from autograder.lesson import assignment, atomic, placing
from autograder.lesson.layout import Course, CourseError
from autograder.lesson.publish import generate, publish
from autograder.lesson.release import points
from autograder.tests.courses import (
    RIGHT,
    TINY,
    as_bytes,
    command,
    environment,
    gradebook,
    hand_in,
    real_course,
    tiny_course,
)  # fmt: skip
from autograder.tests.material import COURSE, LESSONS, answers, exercises, needs

lessons = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
LESSON = LESSONS[min(6, len(LESSONS) - 1)]

# --- a student, in a checkout of their own --------------------------------------------------------------------------


@pytest.fixture(
    scope="session"
)  # not the module's: tests of a lesson are run together, whatever module they stand in
def checkout(tmp_path_factory) -> Course:
    """A copy of this checkout, with course/ as it was published."""
    root = tmp_path_factory.mktemp("checkout") / "course"
    left_out = shutil.ignore_patterns(".*", "grading", "__pycache__", "docs", "build", "*.egg-info")
    shutil.copytree(COURSE.root, root, symlinks=True, ignore=left_out)
    shutil.rmtree(root / "course")
    releases = {lesson: lesson.release_text for lesson in COURSE.lessons.values()}
    shutil.copytree(COURSE.grading / "releases", root / "grading" / "releases")  # of the same solutions
    for lesson, text in releases.items():
        placing.place(root, {f"{lesson.name}/{lesson.slug}.ipynb": text.encode()})
    return Course(root)


@pytest.fixture(scope="session")
def own_grader(checkout):
    with Grader(checkout, Settings(least_isolation="weak", secret_seeds=False)) as grader:
        yield grader


def solve(path: Path, filled_in: dict[str, str]) -> None:
    """Fill answer cells of a notebook where it stands, as JupyterLab saves it: run, and with other spaces."""
    content = json.loads(path.read_bytes())
    for number, cell in enumerate(content["cells"]):
        cell["source"] = filled_in.get(cell["id"], cell["source"])
        if cell["cell_type"] == "code":
            cell["execution_count"] = number + 1
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")


def half(lesson) -> set[str]:
    """The first half of a lesson's exercises, and what they need."""
    names = exercises(lesson)
    return set().union(*(needs(lesson, name) for name in names[: (len(names) + 1) // 2]))


@lessons
def test_work_in_course_earns_what_it_is_worth(checkout, own_grader, lesson):
    path = checkout.lessons[lesson.name].release_path
    untouched = path.read_bytes()
    result = own_grader.grade(untouched, str(path))
    assert (result.score, result.verdict) == (0, "not_attempted") and result.points > 0
    done = half(lesson)
    solve(path, {name: source for name, source in answers(lesson).items() if name in done})
    result = own_grader.grade(path.read_bytes(), str(path))
    assert {e.name: e.score for e in result.exercises} == {
        e.name: e.points if e.name in done else 0 for e in result.exercises
    }
    assert [e.verdict for e in result.exercises if e.name not in done] == ["not_attempted"] * (
        len(exercises(lesson)) - len(done)
    )
    solve(path, answers(lesson))
    result = own_grader.grade(path.read_bytes(), str(path))
    assert (result.lesson, result.score, result.verdict) == (lesson.name, result.points, "pass")
    path.write_bytes(untouched)


def literal_command() -> list[str]:
    """The arguments of the command for students in README, word for word."""
    text = (COURSE.root / "README.md").read_text(encoding="utf-8")
    (words,) = re.findall(r"^autograder (check course/.*)$", text, re.MULTILINE)
    return words.split()


def test_readme_s_command_on_readme_s_lesson(checkout):
    """Solved where README says to, and checked by the command that it gives, in a process of its own."""
    arguments = literal_command()
    name = Path(arguments[1]).parent.name
    path = checkout.root / arguments[1]
    untouched = path.read_bytes()
    solve(path, answers(COURSE.lessons[name]))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "autograder.cli", *arguments], cwd=checkout.root, capture_output=True, text=True,
            env=environment(checkout) | {"PYTHONPATH": str(checkout.root)},
        )  # fmt: skip
    finally:
        path.write_bytes(untouched)
    assert done.returncode == 0, done.stderr
    assert re.search(rf"{name}: (\d+) of \1 points", done.stdout)


def test_grading_does_without_course_altogether(tmp_path):
    """And a lesson is not taken for another one because its release is missing."""
    course = real_course(tmp_path / "course", LESSON.name)
    data = course.lessons[LESSON.name].release_path.read_bytes()
    fingerprint = course.lessons[LESSON.name].fingerprint()
    shutil.rmtree(course.root / "course")
    course = Course(course.root)
    assert course.lessons[LESSON.name].fingerprint() == fingerprint
    assert course.lesson_of(nbformat.reads(data, 4), "any.ipynb") == LESSON.name
    with Grader(course, Settings(least_isolation="weak", secret_seeds=False)) as grader:
        result = grader.grade(data, "any.ipynb")
    assert (result.lesson, result.score, result.verdict) == (LESSON.name, 0, "not_attempted")


@lessons
def test_notebook_of_a_lesson_that_is_gone_is_no_other_s(lesson):
    course = Course(COURSE.root)
    release = course.lessons[lesson.name].release
    del course.lessons[lesson.name]
    assert course.lesson_of(release, "homework.ipynb") is None
    with Grader(course, Settings(least_isolation="weak", secret_seeds=False)) as grader:
        result = grader.grade(as_bytes(release), "homework.ipynb")
    assert result.score is None and "belongs to no lesson of this course" in result.message


def test_fingerprint_follows_the_solution_alone(tmp_path):
    course = tiny_course(tmp_path / "course")
    lesson = course.lessons[TINY]
    before, released = lesson.fingerprint(), lesson.release_text
    solve(lesson.release_path, RIGHT)
    assert lesson.fingerprint() == before and lesson.release_text == released
    source = lesson.solution_path.read_text(encoding="utf-8")
    lesson.solution_path.write_text(source.replace("Twice x (N,)", "Two times x (N,)"), encoding="utf-8")
    assert lesson.fingerprint() != before
    assert "Two times x (N,)" in lesson.release_text


# --- the release that is kept ---------------------------------------------------------------------------------------


@pytest.fixture
def made_anew(monkeypatch) -> list[Path]:
    """The solutions of which a release was made, by nbgrader's preprocessors, since the test began."""
    calls, original = [], assignment.generate
    monkeypatch.setattr(
        assignment, "generate", lambda solution, root: calls.append(solution) or original(solution, root)
    )
    return calls


def test_release_is_made_anew_only_when_something_has_changed(tmp_path, made_anew):
    course = tiny_course(tmp_path / "course")
    lesson, kept = course.lessons[TINY], course.grading / "releases" / f"{TINY}.ipynb"
    assert len(made_anew) == 1
    text = assignment.kept(lesson.solution_path, course.root)
    assert len(made_anew) == 1
    config = course.root / "nbgrader_config.py"
    config.write_text(
        config.read_text().replace("Write your answer here, then", "Your answer goes here, then")
    )
    changed = assignment.kept(lesson.solution_path, course.root)
    assert len(made_anew) == 2 and "Your answer goes here, then" in changed != text
    for damaged in (b"", b"\xff", kept.read_bytes()[:-9], kept.read_bytes().replace(b"Twice", b"Thrice")):
        kept.write_bytes(damaged)
        assert assignment.kept(lesson.solution_path, course.root) == changed
        assert made_anew.pop() == lesson.solution_path
    kept.unlink()
    kept.mkdir()  # nothing can be kept here: it still works
    assert assignment.kept(lesson.solution_path, course.root) == changed


# --- an instructor, in a checkout whose course/ was solved ------------------------------------------------------------


@pytest.fixture(scope="module")
def instructors_course(tmp_path_factory) -> Course:
    """A real lesson in the gradebook, solved in course/, and a class of three that has handed it in."""
    course = real_course(tmp_path_factory.mktemp("instructor") / "course", LESSON.name, gradebook=True)
    path = course.lessons[LESSON.name].release_path
    untouched = path.read_bytes()
    done = half(LESSON)
    for student, names in {"all": exercises(LESSON), "half": done, "none": ()}.items():
        handed_in = hand_in(course, LESSON.name, student, untouched)
        solve(handed_in, {name: source for name, source in answers(LESSON).items() if name in names})
    solve(path, answers(LESSON))
    return course


def expected_scores() -> dict[str, dict[str, float]]:
    everything, done = points(LESSON.release), half(LESSON)
    return {
        "all": everything,
        "half": {name: value if name in done else 0 for name, value in everything.items()},
        "none": dict.fromkeys(everything, 0),
    }


def scores(course) -> dict[str, dict[str, float]]:
    return {
        student: {name: score for name, (score, _) in found.items()}
        for student, found in gradebook(course, LESSON.name).items()
    }


def test_solved_course_changes_no_mark(instructors_course):
    course = instructors_course
    done = command(course, "nbgrader", "autograde", LESSON.name)
    assert done.returncode == 0, done.stderr
    assert scores(course) == expected_scores()
    done = command(
        course,
        "autograder",
        "grade",
        LESSON.name,
        "--course",
        str(course.root),
        "--require-isolation",
        "weak",
    )
    assert done.returncode == 0, done.stderr
    assert scores(course) == expected_scores()
    assert f"work of your own, or an older release: {LESSON.name}" in " ".join(done.stdout.split())
    generate(course, LESSON.name)  # nothing of the solved copy reaches the cells that nbgrader restores
    with Gradebook(f"sqlite:///{course.grading / 'gradebook.db'}", "why-wont-it-learn") as book:
        cells = book.find_notebook(LESSON.slug, LESSON.name).source_cells
        solution = {cell.id: cell.source for cell in course.lessons[LESSON.name].release.cells}
        assert {cell.name: cell.source for cell in cells} == {
            cell.name: solution[cell.name] for cell in cells
        }


# --- what make course and generate_assignment do to work in course/ -----------------------------------------------------


def work_in(course) -> bytes:
    """Solve the tiny lesson where it stands, and make a file of one's own beside it."""
    path = course.lessons[TINY].release_path
    solve(path, RIGHT)
    path.with_name("notes.txt").write_text("remember the axis")
    return path.read_bytes()


def test_work_is_kept_when_course_is_made_anew(tmp_path, capsys):
    course = tiny_course(tmp_path / "course")
    (course.root / "solutions" / "START.md").write_text("# Start")
    path, kept = course.lessons[TINY].release_path, course.grading / "kept" / TINY
    first = work_in(course)
    generate(course, TINY)
    assert path.read_text() == course.lessons[TINY].release_text
    assert (kept / "tiny.ipynb").read_bytes() == first
    assert (kept / "notes.txt").read_text() == "remember the axis" and not path.with_name(
        "notes.txt"
    ).exists()
    assert f"grading/kept/{TINY}/tiny.ipynb" in capsys.readouterr().err
    path.write_bytes(first + b"\n")  # worked on once more: both are kept, under two names
    generate(course, TINY)
    assert (kept / "tiny-2.ipynb").read_bytes() == first + b"\n" and (
        kept / "tiny.ipynb"
    ).read_bytes() == first
    generate(course, TINY)  # a release that nobody has touched is not kept, also when the next one differs
    source = course.lessons[TINY].solution_path
    source.write_text(source.read_text().replace("Twice x (N,)", "Two times x (N,)"))
    generate(course, TINY)
    assert "Two times x (N,)" in path.read_text()
    assert {p.name for p in kept.iterdir()} == {"tiny.ipynb", "tiny-2.ipynb", "notes.txt"}
    path.write_bytes(first)
    shutil.rmtree(course.root / "solutions" / TINY)  # the lesson is given up, the work in it is not
    publish(Course(course.root))
    assert not path.parent.exists() and (kept / "tiny.ipynb").read_bytes() == first


def test_doctor_says_where_course_is_not_as_generated(tmp_path):
    course = tiny_course(tmp_path / "course")

    def told() -> str:
        return " ".join(CliRunner().invoke(main, ["doctor", "--course", str(course.root)]).output.split())

    assert "course/" not in told().replace(str(course.root), "")
    solve(course.lessons[TINY].release_path, {})  # run and saved is not worked on
    assert "work of your own" not in told()
    solve(course.lessons[TINY].release_path, RIGHT)
    assert f"work of your own, or an older release: {TINY}" in told()
    course.lessons[TINY].release_path.unlink()
    assert f"not in course/: {TINY}" in told()


# --- interrupted and refused ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published_course(tmp_path_factory) -> Course:
    """The tiny course as nbgrader publishes it, to be copied."""
    return tiny_course(tmp_path_factory.mktemp("published") / "course", gradebook=True)


@pytest.fixture
def changed_course(published_course, tmp_path) -> tuple[Course, dict[str, bytes], dict[str, bytes]]:
    """A course that somebody has worked in and whose solution has changed since; its old and its new files."""
    course = Course(shutil.copytree(published_course.root, tmp_path / "course", symlinks=True))
    work_in(course)
    old = files(course)
    source = course.lessons[TINY].solution_path
    source.write_text(source.read_text().replace("Twice x (N,)", "Two times x (N,)"))
    with open(course.root / "solutions" / "helpers.py", "a", encoding="utf-8") as helpers:
        helpers.write("\n# one line more\n")
    helpers = (course.root / "solutions" / "helpers.py").read_bytes()
    return course, old, {"tiny.ipynb": course.lessons[TINY].release_text.encode(), "helpers.py": helpers}


def files(course) -> dict[str, bytes]:
    folder = course.root / "course" / TINY
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def in_a_child(work) -> int:
    """Process id of a copy of this process that does some work and ends."""
    pid = os.fork()
    if not pid:
        try:
            sys.stdout = sys.stderr = open(os.devnull, "w")
            work()
        finally:
            os._exit(0)
    return pid


def assert_nothing_lost(course, old, new) -> None:
    """Each file of the release is there, the old one or the new; work is where it was, or kept."""
    found, kept = files(course), course.grading / "kept" / TINY
    for name in new:
        assert found[name] in (old.get(name), new[name])
    for name in ("tiny.ipynb", "notes.txt"):
        assert found.get(name) == old[name] or (kept / name).read_bytes() == old[name]


def assert_finished_by_another_run(course, old, new) -> None:
    generate(course, TINY)
    assert files(course) == new
    assert list((course.root / "course" / TINY).glob(atomic.UNFINISHED)) == []
    assert (course.grading / "kept" / TINY / "tiny.ipynb").read_bytes() == old["tiny.ipynb"]


def test_killed_at_each_step_of_putting_in_place(changed_course):
    """The process ends before and after each renaming and each removal, one after the other, in one history of the course."""
    course, old, new = changed_course
    fresh = {f"{TINY}/{name}": data for name, data in new.items()}

    def ends_at(step):
        def counted(function):
            def step_by_step(*arguments, **options):
                if next(steps) == step:
                    os._exit(9)
                function(*arguments, **options)
                if next(steps) == step:
                    os._exit(9)

            return step_by_step

        def work():
            os.replace, Path.unlink = counted(os.replace), counted(Path.unlink)
            placing.place(course.root, fresh, TINY)

        steps = itertools.count()
        return work

    start = course.root.with_name("start")
    shutil.copytree(course.root, start, symlinks=True)
    for step in range(100):
        shutil.rmtree(course.root)
        shutil.copytree(start, course.root, symlinks=True)
        _, status = os.waitpid(in_a_child(ends_at(step)), 0)
        assert_nothing_lost(course, old, new)
        if not os.waitstatus_to_exitcode(status):
            break
    assert step >= 10 and files(course) == new
    assert_finished_by_another_run(course, old, new)


def test_killed_while_generating(changed_course):
    """kill -9 at random moments of nbgrader's generate_assignment, as `make course` runs it."""
    course, old, new = changed_course
    start = time.monotonic()
    os.waitpid(in_a_child(lambda: generate(course, TINY)), 0)
    duration = time.monotonic() - start
    shutil.rmtree(course.grading / "kept")
    for name in set(files(course)) | set(old):
        (course.root / "course" / TINY / name).write_bytes(old[name])
    generator, killed = random.Random(1), 0
    for _ in range(20):
        pid = in_a_child(lambda: generate(course, TINY))
        time.sleep(generator.uniform(0, duration))
        os.kill(pid, signal.SIGKILL)
        killed += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
        assert_nothing_lost(course, old, new)
    assert killed
    assert_finished_by_another_run(course, old, new)


def test_stock_command_killed_after_it_has_deleted(changed_course):
    """The moment at which nbgrader has deleted an assignment and has not yet made it again."""
    course, old, new = changed_course
    generated = course.grading / "generated" / TINY / "tiny.ipynb"
    assert generated.exists()
    nbgrader = [str(Path(sys.executable).parent / "nbgrader"), "generate_assignment", TINY, "--force"]
    with subprocess.Popen(
        nbgrader, cwd=course.root, env=environment(course), stderr=subprocess.DEVNULL
    ) as process:
        while generated.exists() and process.poll() is None:
            time.sleep(0.001)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert files(course) == old
    assert_finished_by_another_run(course, old, new)


def test_refused_change_of_a_graded_lesson_leaves_the_release(published_course, tmp_path):
    """nbgrader refuses other cells once somebody has handed in; the old release stays, and the words say so."""
    course = Course(shutil.copytree(published_course.root, tmp_path / "course", symlinks=True))
    with Gradebook(f"sqlite:///{course.grading / 'gradebook.db'}", "why-wont-it-learn") as book:
        book.add_student("ann")
        book.add_submission(TINY, "ann")
    before = files(course)
    path = course.lessons[TINY].solution_path
    solution = json.loads(path.read_text())
    solution["cells"] = [cell for cell in solution["cells"] if cell["id"] != "in_words"]
    path.write_text(json.dumps(solution))
    done = command(course, "nbgrader", "generate_assignment", TINY, "--force")
    assert done.returncode and "Cannot add or remove cells" in done.stderr
    assert files(course) == before
    with pytest.raises(CourseError, match=f"course/{TINY} is as it was"):
        generate(course, TINY)
    assert files(course) == before


def test_full_disk_is_said_and_leaves_the_release(changed_course, monkeypatch):
    course, old, new = changed_course

    def full(path, data):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(atomic, "write", full)
        with pytest.raises(CourseError, match="No space left on device"):
            generate(course, TINY)
    assert files(course) == old
    assert_finished_by_another_run(course, old, new)
