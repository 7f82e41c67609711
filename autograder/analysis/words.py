"""The figures in words: three sentences for the next lecture, and eight lines for the end of a grading."""

from collections.abc import Iterator, Sequence

from autograder.analysis.figures import CheckFigures, Diagnosis, ExerciseFigures, Figures, figures
from autograder.analysis.gather import Work
from autograder.classroom.terminal import number
from autograder.judging.results import Result
from autograder.lesson.layout import Lesson

MOST_NAMED = 5


def lecture(of: Figures) -> list[str]:
    """Three sentences about how it went, what cost most, and which idea to talk about."""
    return [_how_it_went(of), _what_cost_most(of), _what_to_talk_about(of)]


def _how_it_went(of: Figures) -> str:
    if not of.scored:
        return f"{_students(of.handed_in)} handed in {of.lesson}, and nobody has a score yet."
    return (
        f"Of {_students(of.scored)} with a score half have {number(of.median)} of {number(of.points)} "
        f"points or more, and {of.full or 'none'} {'has' if of.full == 1 else 'have'} all of them."
    )


def _what_cost_most(of: Figures) -> str:
    exercise = most_missed(of)
    if exercise is None:
        return "No exercise cost anybody a point."
    untried = exercise.students - exercise.tried
    left = f"; {untried} left it unwritten" if untried else ""
    return (
        f"The exercise that cost most is `{exercise.name}`: {exercise.full} of {_students(exercise.students)} have it "
        f"right{left}."
    )


def _what_to_talk_about(of: Figures) -> str:
    told = most_frequent(of)
    if told is None:
        return "No wrong idea was met twice: what went wrong went wrong in many ways."
    said = told.example.rstrip(".")
    return (
        f"What to talk about is `{told.exercise}`, where {_students(len(told.students))} were told: “{said}.”"
    )


def in_eight_lines(lesson: Lesson, results: Sequence[Result]) -> Iterator[tuple[str, str]]:
    """How a grading went, as labels and words; nothing if nobody handed in anything."""
    if results:
        yield from eight_lines(figures(lesson, [Work(result.student or "", result) for result in results]))


def eight_lines(of: Figures) -> Iterator[tuple[str, str]]:
    """How a class did, as label and words."""
    possible = f"of {number(of.points)} points"
    has_score = f"{of.scored} of {of.handed_in} have a score"
    yield "mean", f"{number(of.mean)} {possible} ({has_score})" if of.scored else has_score
    yield "median", f"{number(of.median)} {possible}" if of.scored else "–"
    yield "full marks", str(of.full)
    yield "need a human", _counted([entry.student for entry in of.attention])
    yield "took too long", _counted([hang.student for hang in of.hung])
    missed = most_missed(of)
    yield (
        "most missed exercise",
        "none" if missed is None else f"{missed.name}: {missed.full} of {missed.students} have it right",
    )
    check = hardest_check(of)
    yield "most missed check", "none" if check is None else _about(check)
    told = most_frequent(of)
    yield (
        "most frequent mistake",
        "none met twice"
        if told is None
        else f"{told.exercise}, {_students(len(told.students))}: {told.example}",
    )


def most_missed(of: Figures) -> ExerciseFigures | None:
    """The exercise with the smallest share of its points; None if all have all of them."""
    with_scores = [e for e in of.exercises if e.mean_score is not None and e.points]
    worst = min(with_scores, key=lambda e: (e.mean_score or 0.0) / e.points, default=None)
    return worst if worst and (worst.mean_score or 0.0) < worst.points else None


def hardest_check(of: Figures) -> CheckFigures | None:
    """The check that the smallest share of those who tried passes; None if all pass all."""
    tried = [check for exercise in of.exercises for check in exercise.checks if check.tried]
    worst = min(tried, key=lambda check: check.passed / check.tried, default=None)
    return worst if worst and worst.passed < worst.tried else None


def most_frequent(of: Figures) -> Diagnosis | None:
    """What most students were told; a named idea before anything else, and nothing that only one was told."""
    several = [entry for entry in of.diagnoses if len(entry.students) > 1 and entry.kind != "error"]
    ideas = [entry for entry in several if entry.kind == "idea"]
    return max(ideas or several, key=lambda entry: len(entry.students), default=None)


def _about(check: CheckFigures) -> str:
    suspicious = ". Nobody passes it: is the check right?" if check.suspicious else ""
    return f"{check.name}: {check.passed} of {check.tried} who tried pass it{suspicious}"


def _counted(students: list[str]) -> str:
    names = list(dict.fromkeys(students))
    if not names:
        return "nobody"
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{len(names)} ({', '.join(names[:MOST_NAMED])}{more})"


def _students(count: int) -> str:
    return "one student" if count == 1 else f"{count} students"
