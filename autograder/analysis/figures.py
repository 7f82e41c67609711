"""The figures of one lesson: made from results alone, and all that its page, its tables and its sentences say."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean, median

import msgspec

from autograder import __version__
from autograder.analysis.gather import OUTDATED, Work
from autograder.analysis.similarity import Alike, similar
from autograder.judging.results import ExerciseResult, Verdict, total
from autograder.lesson.layout import Lesson
from autograder.sandbox.printable import one_line

BINS = 10  # of the distribution; full marks are one of their own
ENOUGH_TRIES = 3  # before a check that nobody passes is suspicious: one or two students prove nothing
NOBODY = frozenset({Verdict.NOT_ATTEMPTED, Verdict.GRADER_FAULT})
KINDS = ("idea", "relation", "condition", "slip", "error")
LONGEST_EXAMPLE = 400  # characters: an exception's text is the student's
NUMBER = re.compile(r"\d+(?:\.\d+)?")


class Bin(msgspec.Struct, frozen=True):
    """How many students have a score from ``low`` up to, but without, ``high``; the last one is full marks alone."""

    low: float
    high: float
    students: int


class CheckFigures(msgspec.Struct, frozen=True):
    """One hidden check: who of those who tried the exercise passed it."""

    name: str
    about: str  # its sentence, from the file of checks
    passed: int
    tried: int
    suspicious: bool


class ExerciseFigures(msgspec.Struct, frozen=True):
    """One exercise: over all students with a result."""

    name: str
    points: float
    students: int
    tried: int
    full: int
    mean_score: float | None
    hung: int
    helped: int  # for how many an earlier exercise of ours stood in
    checks: list[CheckFigures]


class Diagnosis(msgspec.Struct, frozen=True):
    """Something that was said of one or more students: by the diagnosis, or by Python where the kind is "error"."""

    kind: str
    exercise: str
    name: str | None  # of a registered idea
    students: list[str]
    example: str  # what one of them was told


class Person(msgspec.Struct, frozen=True):
    """One student's line.

    Attributes
    ----------
    automatic : float or None
        What the judge gave; None where a human has to decide.
    score : float or None
        The same with the points that a human gave in their place.
    total : float or None
        nbgrader's sum, written answers and penalty included; None where the gradebook does not know, or something is open.
    """

    student: str
    automatic: float | None
    score: float | None
    total: float | None
    penalty: float
    by_hand: int
    verdict: str
    exercises: dict[str, float | None]


class Attention(msgspec.Struct, frozen=True):
    """Who needs a human, and why."""

    student: str
    why: str


class Hang(msgspec.Struct, frozen=True):
    """Whose program did not come to an end, and where."""

    student: str
    exercise: str


class Figures(msgspec.Struct, frozen=True):
    """What a class did with one lesson."""

    lesson: str
    version: str
    points: float
    handed_in: int
    scored: int
    by_hand: int  # students with points that a human gave
    mean: float | None
    median: float | None
    full: int
    distribution: list[Bin]
    exercises: list[ExerciseFigures]
    diagnoses: list[Diagnosis]
    attention: list[Attention]
    hung: list[Hang]
    alike: list[Alike]
    isolation: dict[str, int]
    versions: dict[str, int]
    seconds: dict[str, float]
    students: list[Person]


def figures(lesson: Lesson, works: Sequence[Work]) -> Figures:
    """Figures of a lesson.

    Parameters
    ----------
    lesson : Lesson
    works : sequence of Work
        Everybody who handed in something.
    """
    points, sentences = lesson.released.points, _sentences(lesson)
    judged = [work for work in works if work.result.exercises]
    students = [_person(work, points) for work in works]
    scores = [person.score for person in students if person.score is not None]
    possible = sum(points.values())
    return Figures(
        lesson=lesson.name,
        version=__version__,
        points=possible,
        handed_in=len(works),
        scored=len(scores),
        by_hand=sum(person.by_hand > 0 for person in students),
        mean=mean(scores) if scores else None,
        median=median(scores) if scores else None,
        full=sum(score >= possible for score in scores),
        distribution=_distribution(scores, possible),
        exercises=[_exercise(name, value, judged, sentences) for name, value in points.items()],
        diagnoses=_diagnoses(judged),
        attention=[entry for work, person in zip(works, students) for entry in _attention(work, person)],
        hung=[
            Hang(work.student, exercise.name)
            for work in judged
            for exercise in work.result.exercises
            if _hung(exercise)
        ],
        alike=similar(lesson, {work.student: work.cells for work in works}, _recognised(judged)),
        isolation=dict(Counter(str(work.result.isolation) for work in judged)),
        versions=dict(Counter(work.result.version for work in judged)),
        seconds=_seconds([work.result.seconds for work in judged]),
        students=students,
    )


def _recognised(judged: Sequence[Work]) -> dict[str, set[str]]:
    """By student, exercises in which a known wrong idea was found."""
    return {work.student: {e.name for e in work.result.exercises if e.misconception} for work in judged}


def _person(work: Work, points: Mapping[str, float]) -> Person:
    marks, result = work.marks, work.result
    automatic = {exercise.name: exercise.score for exercise in result.exercises}
    by_hand = marks.by_hand if marks else {}
    exercises = {name: by_hand.get(name, automatic.get(name)) for name in points}
    return Person(
        student=work.student,
        automatic=result.score,
        score=total(list(exercises.values())),
        total=marks.total if marks and not marks.open else None,
        penalty=marks.penalty if marks else 0.0,
        by_hand=len(by_hand),
        verdict=str(result.verdict),
        exercises=exercises,
    )


def _distribution(scores: Sequence[float], points: float) -> list[Bin]:
    full = sum(score >= points for score in scores)
    edges = [points * place / BINS for place in range(BINS + 1)]
    below = [
        Bin(low, high, sum(low <= score < high for score in scores)) for low, high in zip(edges, edges[1:])
    ]
    return [*below, Bin(points, points, full)]


def _exercise(
    name: str, points: float, judged: Sequence[Work], sentences: Mapping[str, str]
) -> ExerciseFigures:
    results = [e for work in judged for e in work.result.exercises if e.name == name]
    scores = [result.score for result in results if result.score is not None]
    checks = dict.fromkeys(check.name for result in results for check in result.checks)
    return ExerciseFigures(
        name=name,
        points=points,
        students=len(results),
        tried=sum(result.verdict not in NOBODY for result in results),
        full=sum(result.verdict == Verdict.PASS for result in results),
        mean_score=mean(scores) if scores else None,
        hung=sum(map(_hung, results)),
        helped=sum(bool(result.helped_by) for result in results),
        checks=[_check(check, results, sentences) for check in checks],
    )


def _check(name: str, results: Sequence[ExerciseResult], sentences: Mapping[str, str]) -> CheckFigures:
    verdicts = [check.verdict for result in results for check in result.checks if check.name == name]
    tried = [verdict for verdict in verdicts if verdict not in NOBODY]
    passed = tried.count(Verdict.PASS)
    about = sentences.get(name.partition("[")[0], "")
    return CheckFigures(name, about, passed, len(tried), not passed and len(tried) >= ENOUGH_TRIES)


def _sentences(lesson: Lesson) -> dict[str, str]:
    """By a check's name what it says of itself; the file is the course's own."""
    tree = ast.parse(lesson.checks_path.read_text(encoding="utf-8"))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (text := ast.get_docstring(node)):
            found[node.name] = " ".join(text.split("\n\n")[0].split())
    return found


def _diagnoses(judged: Iterable[Work]) -> list[Diagnosis]:
    """What was said of the class, the most frequent first; sentences that differ in numbers only are one."""
    found: dict[tuple[str, str, str], list[tuple[str, str, str | None]]] = defaultdict(list)
    for work in judged:
        for exercise in work.result.exercises:
            if told := exercise.explanation:
                kind, message = str(told.kind), told.message
            elif exercise.verdict == Verdict.ERROR:
                kind, message = "error", exercise.message
            else:
                continue
            idea = exercise.misconception.name if exercise.misconception and kind == "idea" else None
            found[kind, exercise.name, idea or NUMBER.sub("#", message)].append((work.student, message, idea))
    entries = []
    for (kind, exercise_name, _), told_to in found.items():
        example = Counter(message for _, message, _ in told_to).most_common(1)[0][0]
        students = [student for student, _, _ in told_to]
        entries.append(
            Diagnosis(kind, exercise_name, told_to[0][2], students, one_line(example, LONGEST_EXAMPLE))
        )
    return sorted(entries, key=lambda entry: (KINDS.index(entry.kind), -len(entry.students)))


def _attention(work: Work, person: Person) -> Iterable[Attention]:
    if person.score is None:
        faults = [e for e in work.result.exercises if e.score is None]
        words = [f"{fault.name}: {fault.message}" for fault in faults] or [work.result.message]
        yield Attention(work.student, one_line("; ".join(words), 400))
    elif work.marks and work.marks.waiting:
        cells = "one cell waits" if work.marks.waiting == 1 else f"{work.marks.waiting} cells wait"
        yield Attention(work.student, f"In the formgrader {cells} for a human.")
    if work.outdated:
        yield Attention(work.student, OUTDATED)


def _hung(exercise: ExerciseResult) -> bool:
    return any(check.verdict == Verdict.TIMEOUT for check in exercise.checks)


def _seconds(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {}
    return {"median": median(seconds), "longest": max(seconds), "all": sum(seconds)}
