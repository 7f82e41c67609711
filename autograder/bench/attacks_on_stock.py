"""How many attacks of the catalogue score in stock nbgrader: each in a notebook with our assertions as hidden tests.

    python autograder/bench/attacks_on_stock.py [--missing | --only NAME …]

The notebook holds the lesson's answers `softmax`, wrong, and `cross_entropy`, right, and three test cells, written as
nbgrader's guide says: the assertions of our hidden checks for each answer, between ``BEGIN HIDDEN TESTS`` and ``END HIDDEN
TESTS``, and once more those of softmax as partial credit, where the last line is the score. An attack scores if it earns
more in any cell than the same wrong softmax without it. Of an attack with variants the first is run.

The programs run without a sandbox, as nbgrader runs them. So this wants to be started as root: they run as nobody (see
`confined`), in a course of their own that is their home, and a cell has 30 s. What would harm the machine even so is not
run (the field ``stock`` of the catalogue).

Attacks that reach only themselves share a class. Some make nbgrader hang or end in the midst of it, so those without a
score are run once more, each alone; when nbgrader hangs, everything that it has started is ended.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook, MissingEntry

from autograder.bench.confined import FOLDERS, expect_root, run_confined
from autograder.bench.cpu_per_submission import run, test_cell, twin_source
from autograder.tests.attack_table import HARM, outcome, record, recorded
from autograder.tests.catalogue import LESSON, Attack, attacks, submission
from autograder.tests.material import COURSE

ANSWERS = ("softmax", "cross_entropy")
CHECKS = ("softmax_check", "cross_entropy_check", "softmax_partial_check")
HONEST = "00_honest"
CLASS = 12  # attacks that share a course, when all that they reach is themselves
SECONDS = 600  # for a class: ten cells of one notebook that use up their time take half of that
Scores = dict[str, float | None]
CONFIGURATION = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.course_id = "twin"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.db_url = "sqlite:///{root}/grading/gradebook.db"
c.ExecutePreprocessor.timeout = 30
c.ExecutePreprocessor.startup_timeout = 300
"""


def twin(lesson) -> nbformat.NotebookNode:
    """The source of the stock assignment: answers first, then their hidden tests."""
    cells = {cell.id: cell for cell in twin_source(lesson).cells}
    hidden = cells["softmax_check"].metadata.nbgrader  # nbgrader hides tests in graded cells alone
    cells["prelude"].metadata["nbgrader"] = hidden | {"grade_id": "prelude", "points": 0.0}
    # nbgrader takes a warning for a failure: a wrong softmax that overflows would earn less than one that is all zeros.
    cells["prelude"].source += '\nnp.seterr(all="ignore")'
    partial = new_code_cell(_partial_credit(test_cell(lesson, "softmax"), 2.0), id=CHECKS[2])
    partial.metadata["nbgrader"] = hidden | {"grade_id": CHECKS[2], "points": 2.0}
    cells[CHECKS[2]] = partial
    cells["imports"].source = "import numpy as np"  # all that these two answers need
    for name in ("prelude", *CHECKS):
        cells[name].source = f"### BEGIN HIDDEN TESTS\n{cells[name].source}\n### END HIDDEN TESTS"
    chosen = [cells[name] for name in ("imports", "prelude", *ANSWERS, *CHECKS)]
    return nbformat.v4.new_notebook(
        cells=chosen, metadata={"kernelspec": lesson.solution.metadata.kernelspec}
    )


def _partial_credit(tests: str, points: float) -> str:
    """The same tests, each of which earns its share; the last line is the score."""
    lines = tests.removesuffix("None").splitlines()
    calls = [line for line in lines if line.startswith("test_")]
    tried = [f"try:\n    {call}\n    passed += 1\nexcept Exception:\n    pass" for call in calls]
    definitions = [line for line in lines if not line.startswith("test_")]
    return "\n".join([*definitions, "passed = 0", *tried, f"round({points} * passed / {len(calls)}, 2)"])


def template(folder: Path) -> nbformat.NotebookNode:
    """A course with the released assignment in it; the release."""
    lesson = COURSE.lessons[LESSON]
    source = folder / "solutions" / LESSON
    source.mkdir(parents=True)
    (folder / "grading").mkdir()
    shutil.copy(COURSE.root / "solutions" / "helpers.py", source)
    nbformat.write(twin(lesson), source / f"{lesson.slug}.ipynb")
    (folder / "nbgrader_config.py").write_text(CONFIGURATION.format(root=str(folder)))
    run(["nbgrader", "generate_assignment", LESSON, "--force"], folder)
    return nbformat.read(folder / "course" / LESSON / f"{lesson.slug}.ipynb", as_version=4)


def handed_in(release: nbformat.NotebookNode, made: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The release with the answers of one of our submissions, and with its cells of the learner's own."""
    sources = {cell.id: cell.source for cell in made.cells}
    notebook = nbformat.from_dict(release)
    for cell in notebook.cells:
        if cell.id in ANSWERS:
            cell.source = sources[cell.id]
    place = next(number for number, cell in enumerate(notebook.cells) if cell.id == "softmax")
    if "own-after" in sources:
        notebook.cells.insert(place + 2, new_code_cell(sources["own-after"], id="own-after"))
    if "own-before" in sources:
        notebook.cells.insert(place, new_code_cell(sources["own-before"], id="own-before"))
    return notebook


def assignment(attack: Attack, release: nbformat.NotebookNode, root: Path) -> nbformat.NotebookNode:
    """The first submission of an attack, as stock nbgrader's assignment."""
    if attack.place == "notebook":
        notebook = handed_in(release, submission())
        attack.forge(notebook, attack.variants[0])
        return notebook
    _, make = next(attack.submissions())
    return handed_in(release, make(root))


def graded(course: Path, students: Mapping[str, nbformat.NotebookNode]) -> tuple[dict[str, Scores], str]:
    """By student and test cell the score, after stock `nbgrader autograde`, and how that ended; None is no score."""
    slug = COURSE.lessons[LESSON].slug
    for student, notebook in students.items():
        target = course / "grading" / "submitted" / student / LESSON
        target.mkdir(parents=True)
        (target / f"{slug}.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    ending = run_confined(["nbgrader", "autograde", LESSON], course, SECONDS)
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db", "twin") as book:
        return {student: _scores(book, slug, student, course) for student in students}, ending


def _scores(book: Gradebook, slug: str, student: str, course: Path) -> Scores:
    if not (course / "grading" / "autograded" / student / LESSON / f"{slug}.ipynb").exists():
        return dict.fromkeys(CHECKS)
    try:
        grades = book.find_submission_notebook(slug, LESSON, student).grades
    except MissingEntry:
        return dict.fromkeys(CHECKS)
    given = {g.name: g.auto_score if g.manual_score is None else g.manual_score for g in grades}
    return {name: given.get(name) for name in CHECKS}


def classes(chosen: list[Attack]) -> Iterator[list[Attack]]:
    """Who shares a course: nobody with an attack that reaches beyond itself."""
    together = [attack for attack in chosen if attack.reaches == "itself"]
    yield from ([attack] for attack in chosen if attack.reaches != "itself")
    yield from (together[start : start + CLASS] for start in range(0, len(together), CLASS))


def outcomes(
    group: list[Attack], release: nbformat.NotebookNode, course: Path, honest: Scores
) -> dict[str, str]:
    """What each attack of a class has earned; who is without a score there is left out, for another may have been the cause."""
    scores, ending = graded(course, {attack.name: assignment(attack, release, course) for attack in group})
    found = {name: outcome(score, honest) for name, score in scores.items()}
    for name, score in scores.items():
        print(f"{name}: {found[name]}; {score} beside {honest}; nbgrader: {ending}", flush=True)
    if len(group) > 1:
        return {name: earned for name, earned in found.items() if earned != "no score"}
    return {
        name: "hangs" if (earned, ending) == ("no score", "hangs") else earned
        for name, earned in found.items()
    }


def measure(chosen: list[Attack]) -> None:
    """Run each attack, and keep what it has earned."""
    with tempfile.TemporaryDirectory(dir=FOLDERS) as name:
        os.chmod(name, 0o711)
        course, pristine = Path(name) / "course", Path(name) / "pristine"
        release = template(course)
        shutil.copytree(course, pristine)
        # in a course of its own: some attacks change what others have earned
        scores, ending = graded(course, {HONEST: handed_in(release, submission())})
        honest = scores[HONEST]
        if None in honest.values():
            raise RuntimeError(f"nbgrader ({ending}) gave no score even to the notebook without an attack")
        groups = list(classes(chosen))
        while groups:
            group = groups.pop(0)
            shutil.rmtree(course)
            shutil.copytree(pristine, course)
            found = outcomes(group, release, course, honest)
            record("stock", found)
            groups[:0] = ([attack] for attack in group if attack.name not in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--only", nargs="*", help="these attacks; the others keep what was measured before")
    which.add_argument("--missing", action="store_true", help="those that have not been measured yet")
    arguments = parser.parse_args()
    expect_root()
    not_run = {
        name: HARM if a.stock == "harm" else a.stock for name, a in attacks().items() if a.stock != "run"
    }
    record("stock", not_run)
    chosen = [a for name, a in attacks().items() if a.stock == "run"]
    if arguments.only:
        chosen = [a for a in chosen if a.name in arguments.only]
    if arguments.missing:
        chosen = [a for a in chosen if recorded()[a.name]["stock"] == "not measured"]
    measure(chosen)


if __name__ == "__main__":
    main()
