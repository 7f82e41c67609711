"""A lesson's mutants, graded as submissions: which the checks see, which are the answer over again, which survive."""

import functools
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from pathlib import Path

import msgspec

from autograder.classroom.grade import Settings, warm_grader
from autograder.diagnosis.mutants import Mutant, kinds_of, mutants
from autograder.judging.request import CellToRun, Request
from autograder.judging.results import ExerciseResult, Verdict
from autograder.lesson.authoring import role_of
from autograder.lesson.layout import Course, CourseError, Lesson
from autograder.sandbox.processes import Limits
from autograder.strength.equivalence import Comparison, Difference
from autograder.strength.inputs import Material, record

SETTINGS = Settings(
    least_isolation="weak",  # mutants of our own answers are nobody's attack
    limits=Limits(call_seconds=2.0, load_seconds=10.0, submission_seconds=20.0),
)
SEEDS = 3  # of the checks, in which inputs for the comparison are recorded
CALLS_FOR_KINDS = 6
COMPARE_SECONDS = 4.0  # of CPU, for one mutant that passed


class Survivor(msgspec.Struct, frozen=True):
    """A wrong answer that passes all checks of its exercise."""

    exercise: str
    operator: str
    diff: str
    how: str  # where the input comes from that tells it from the answer
    arguments: str
    right: str
    wrong: str


class Fate(msgspec.Struct, frozen=True):
    """What became of one mutant."""

    exercise: str
    operator: str
    verdict: str  # "killed", "equivalent" or "survivor"
    explained: str = ""  # how, if it was killed: "idea", "relation", "condition"
    survivor: Survivor | None = None


class Tally(msgspec.Struct, frozen=True):
    """The mutants of one exercise, or of several together."""

    exercise: str
    mutants: int
    killed: int
    named: int  # of the killed: explained by a named idea
    related: int  # by a relation to the right value
    conditional: int  # by a condition on inputs or places
    slips: int  # by the slip itself, which is no surprise: the judge tries the same ones
    equivalent: int
    survivors: int

    @property
    def strength(self) -> float | None:
        """Share of the wrong answers that the checks see, in percent; None where there was none."""
        wrong = self.killed + self.survivors
        return 100 * self.killed / wrong if wrong else None

    @classmethod
    def of(cls, name: str, parts: Sequence["Tally"]) -> "Tally":
        """The sum of several."""
        return cls(
            name, *(sum(getattr(part, field) for part in parts) for field in cls.__struct_fields__[1:])
        )


class Survey(msgspec.Struct, frozen=True):
    """How strong a lesson's checks are."""

    lesson: str
    seed: str
    possible: int  # mutants that there are
    exercises: list[Tally]
    survivors: list[Survivor]
    seconds: float

    @property
    def total(self) -> Tally:
        return Tally.of(self.lesson, self.exercises)


def survey(
    course: Course,
    lesson: Lesson,
    executor: Executor,
    sample: int | None,
    seed: str,
    on_fate: Callable[[Fate], None] = lambda fate: None,
) -> Survey:
    """Grade mutants of each answer of a lesson.

    Parameters
    ----------
    course : Course
    lesson : Lesson
    executor : concurrent.futures.Executor
        Processes; see `workers`.
    sample : int, optional
        So many mutants of the lesson, drawn at random; all when left out.
    seed : str
        Of the sample and of all inputs.
    on_fate : callable
        Called with what became of each mutant, as it comes.
    """
    start = time.perf_counter()
    every = all_mutants(lesson, seed)
    chosen = every if sample is None else random.Random(seed).sample(every, min(sample, len(every)))
    chosen.sort(key=lambda mutant: mutant.exercise)  # what a process computed for one serves the next
    work = [executor.submit(fate, str(course.root), lesson.name, mutant, seed) for mutant in chosen]
    fates = []
    for future in as_completed(work):
        fates.append(future.result())
        on_fate(fates[-1])
    exercises = [_tally(name, fates) for name in lesson.released.points]
    survivors = sorted(
        (f.survivor for f in fates if f.survivor), key=lambda s: (s.exercise, s.operator, s.diff)
    )
    return Survey(lesson.name, seed, len(every), exercises, survivors, round(time.perf_counter() - start, 1))


def _tally(exercise: str, fates: Sequence[Fate]) -> Tally:
    own = [fate for fate in fates if fate.exercise == exercise]
    came = Counter(fate.verdict for fate in own)
    told = Counter(fate.explained for fate in own)
    return Tally(
        exercise, len(own), killed=came["killed"], named=told["idea"], related=told["relation"], conditional=told["condition"],
        slips=told["slip"], equivalent=came["equivalent"], survivors=came["survivor"],
    )  # fmt: skip


def all_mutants(lesson: Lesson, seed: str) -> list[Mutant]:
    """Every mutant of every answer of a lesson."""
    material = _material(lesson, seed)
    functions = frozenset(name for name in ("sigmoid",) if hasattr(material.reference, name))
    made = []
    for exercise, source in material.reference.sources.items():
        calls = material.calls.get(exercise, [])[:CALLS_FOR_KINDS]
        kinds = kinds_of(getattr(material.reference, exercise), calls)
        made += mutants(exercise, source, kinds, functions)
    return made


@contextmanager
def workers(jobs: int | None) -> Iterator[Executor]:
    """Processes that grade mutants, each with a warm judge.

    Parameters
    ----------
    jobs : int, optional
        How many; the number of cores when left out.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs or os.cpu_count(), context, initializer=_end_with_the_parent) as pool:
        yield pool


def _end_with_the_parent() -> None:
    """End this process, and with it its judge, when the one that started it is killed and can no longer say so."""
    parent = parent_process()
    assert parent is not None, "called in a process of the pool"

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


# --- one mutant, in one of the processes ----------------------------------------------------------------------------


def fate(root: str, lesson_name: str, mutant: Mutant, seed: str) -> Fate:
    """One task: grade a mutant, and where it passes look for an input that tells it from the answer.

    Raises
    ------
    CourseError
        If the judge could not grade it: a fault of the checks or of the machine.
    """
    lesson = _lesson(root, lesson_name)
    graded = _graded(Path(root), lesson, mutant, seed, {mutant.exercise})[0]
    if graded.verdict != Verdict.PASS:
        told = graded.explanation.kind if graded.explanation else ""
        return Fate(mutant.exercise, mutant.operator, "killed", told)
    difference = _comparison(lesson, mutant.exercise, seed).difference(mutant.source, COMPARE_SECONDS)
    if difference is None:
        return Fate(mutant.exercise, mutant.operator, "equivalent")
    if difference.in_cache:  # what is opaque belongs to all answers that hand it on
        everything = _graded(Path(root), lesson, mutant, seed, set(lesson.released.points))
        if any(exercise.verdict != Verdict.PASS for exercise in everything):
            return Fate(mutant.exercise, mutant.operator, "killed")
    return Fate(mutant.exercise, mutant.operator, "survivor", survivor=_survivor(mutant, difference))


def _survivor(mutant: Mutant, found: Difference) -> Survivor:
    return Survivor(
        mutant.exercise, mutant.operator, mutant.diff, found.how, found.arguments, found.right, found.wrong
    )


def _graded(
    root: Path, lesson: Lesson, mutant: Mutant, seed: str, exercises: set[str]
) -> list[ExerciseResult]:
    """Results of some exercises of the solution with one answer replaced by a mutant."""
    request = Request(
        name=mutant.exercise, lesson=lesson.name, student=None, seed=seed, cells=list(_cells(lesson, mutant, exercises)),
        notes=[], least_isolation=SETTINGS.least_isolation, limits=SETTINGS.limits,
    )  # fmt: skip
    result = warm_grader(root, SETTINGS).judge(request)
    graded = [exercise for exercise in result.exercises if exercise.name in exercises]
    fault = next(
        (e.message for e in graded if e.verdict == Verdict.GRADER_FAULT), "" if graded else result.message
    )
    if fault:
        raise CourseError(f"{lesson.name}, {mutant.exercise}: {fault}\n{mutant.diff}")
    return graded


def _cells(lesson: Lesson, mutant: Mutant, exercises: set[str]) -> Iterator[CellToRun]:
    """The lesson's imports and answers, one of them wrong. Without its name a cell runs, and nothing of it is checked."""
    for cell in lesson.solution.cells:
        if role_of(cell) in ("imports", "answer"):
            source = mutant.source if cell.id == mutant.exercise else cell.source
            yield CellToRun(f"cell {cell.id}", cell.id if cell.id in exercises else None, source)


@functools.cache
def _lesson(root: str, name: str) -> Lesson:
    return Course(Path(root)).lesson(name)


@functools.lru_cache(maxsize=1)
def _material(lesson: Lesson, seed: str) -> Material:
    return record(lesson, [f"{seed}/{number}" for number in range(SEEDS)])


@functools.lru_cache(maxsize=16)
def _comparison(lesson: Lesson, exercise: str, seed: str) -> Comparison:
    return Comparison(_material(lesson, seed), exercise, seed)
