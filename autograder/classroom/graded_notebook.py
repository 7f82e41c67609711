"""A submission as people read it: mended, harmless, and with the judge's verdict below each check."""

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils

from autograder.classroom.report import exercise_html, exercise_text
from autograder.intake.repair import repair
from autograder.intake.sanitise import sanitise
from autograder.judging.results import ExerciseResult, Result, Verdict
from autograder.lesson.release import Release

FAULT = Verdict.GRADER_FAULT


def harmless(notebook: NotebookNode, release: Release) -> tuple[NotebookNode, list[str]]:
    """A notebook that was handed in, with nbgrader's metadata from the release and nothing that could harm a reader.

    Parameters
    ----------
    notebook : NotebookNode
    release : Release

    Returns
    -------
    NotebookNode
        Each cell that stands as it was released is marked, so that the feedback page shows it whole.
    list of str
        What was mended.
    """
    mended, notes = repair(notebook, release)
    clean = sanitise(mended, release)
    for cell in clean.cells:
        original = release.by_name.get(cell.id)
        cell.metadata.course["released"] = original is not None and cell.source == original.source
    return clean, notes


def write_verdicts(notebook: NotebookNode, result: Result, notes: list[str]) -> None:
    """Put a result into a notebook: the verdict below each check, the rest into the metadata."""
    notebook.metadata["course_result"] = {
        "isolation": result.isolation, "seed": result.seed, "verdict": str(result.verdict), "message": result.message,
        "notes": [*notes, *result.notes],
    }  # fmt: skip
    verdicts = {exercise.name: exercise for exercise in result.exercises}
    for number, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        cell.execution_count = number
        if utils.is_grade(cell) and not utils.is_solution(cell):
            name = cell.metadata.nbgrader["grade_id"].removesuffix("_check")
            _write_verdict(cell, verdicts.get(name) or _unjudged(name, cell, result))


def _unjudged(name: str, cell: NotebookNode, result: Result) -> ExerciseResult:
    """Stands in where there is no verdict at all: the file was unreadable, or the judge failed."""
    message = result.message or "This exercise was not judged."
    return ExerciseResult(
        name, None, float(cell.metadata.nbgrader["points"]), FAULT, message, None, None, [], []
    )


def _write_verdict(cell: NotebookNode, exercise: ExerciseResult) -> None:
    """Outputs of a check cell: words for the reader, and one number that nbgrader reads.

    nbgrader gives full marks to a cell without outputs and to a number that it cannot read, so there is always one.
    """
    words = {"text/html": exercise_html(exercise), "text/plain": exercise_text(exercise)}
    score = 0.0 if exercise.score is None else float(exercise.score)
    number = {"text/plain": repr(min(max(score, 0.0), float(cell.metadata.nbgrader["points"])))}
    cell.outputs = [
        new_output("display_data", data=words),
        new_output("execute_result", data=number, execution_count=cell.execution_count),
    ]
    cell.metadata["course_verdict"] = str(FAULT if exercise.score is None else exercise.verdict)
    cell.metadata["course_sentence"] = exercise.message if exercise.verdict != Verdict.NOT_ATTEMPTED else ""
