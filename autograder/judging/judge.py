"""The judge's process: holds a lesson's checks, solution and seed, and grades one submission after the other.

`autograder.classroom.grade` starts it, isolated from the user's folder and environment, with COURSE_ROOT and ISOLATION as its
arguments, and is the other end: requests and results are lines of JSON on standard input and output. It ends when
its standard input does.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from autograder import __version__
from autograder.judging import results
from autograder.judging.allowance import limit_memory
from autograder.judging.plugin import Examination
from autograder.judging.request import Request
from autograder.judging.results import ExerciseResult, Result, Verdict
from autograder.judging.sitting import Sitting
from autograder.lesson.layout import Course, CourseError
from autograder.lesson.release import Release, is_untouched, names_defined
from autograder.sandbox.isolation import LEVELS, hide_memory
from autograder.sandbox.learner import CellToLoad, Learner
from autograder.sandbox.processes import IsolationError, SandboxLost, Zygote

NOT_WORTH_A_WORD = (Verdict.PASS, Verdict.NOT_ATTEMPTED)
MEMORY = 4 << 30  # bytes that the judge may take on top of what it starts with


class Judge:
    """Grades requests in the order in which they come.

    Parameters
    ----------
    course : Course
    isolation : str
        Highest isolation level to use.
    """

    def __init__(self, course: Course, isolation: str):
        self._course, self._isolation = course, isolation
        self._zygote = self._new_zygote()  # loads NumPy while the checks are collected
        self._requests: Iterator[Request] = iter(())
        self._next: Request | None = None

    def _new_zygote(self) -> Zygote:
        helpers = (self._course.root / "solutions" / "helpers.py").read_text(encoding="utf-8")
        return Zygote(helpers, self._course.hidden_folders, self._isolation)

    def serve(self, requests: Iterator[Request], answer: Callable[[Result], None]) -> None:
        """Answer every request; those of one lesson share one collection of its checks."""
        self._requests = requests
        self._advance()
        while (request := self._next) is not None:
            try:
                lesson = self._course.lesson(request.lesson)
                Examination(lesson, lambda examination: self._serve_lesson(examination, answer)).run()
            except Exception as error:  # the checks could not even be collected
                if self._next is request:
                    answer(self._fault(request, error))
                    self._advance()

    def _advance(self) -> None:
        self._next = next(self._requests, None)

    def _serve_lesson(self, examination: Examination, answer: Callable[[Result], None]) -> None:
        while self._next is not None and self._next.lesson == examination.lesson.name:
            answer(self._grade_safely(self._next, examination))
            self._advance()

    def _grade_safely(self, request: Request, examination: Examination) -> Result:
        """Result of a submission. One whose sandbox was lost under it is tried once more, in a fresh one."""
        try:
            try:
                return self.grade(request, examination)
            except SandboxLost:
                self._zygote.close()
                self._zygote = self._new_zygote()
                return self.grade(request, examination)
        except Exception as error:  # a fault of ours is never a learner's zero
            return self._fault(request, error)

    @staticmethod
    def _fault(request: Request, error: Exception) -> Result:
        known = {"lesson": request.lesson, "student": request.student, "seed": request.seed}
        words = f"{type(error).__name__}: {error}"
        return results.unreadable(request.name, words, Verdict.GRADER_FAULT, **known)

    def grade(self, request: Request, examination: Examination) -> Result:
        """Result of one submission."""
        start = time.perf_counter()
        release = examination.lesson.released
        learner = self._start(request, examination)
        sitting = Sitting(
            learner,
            examination.solution,
            request.seed,
            _places(request, release),
            _untouched(request, release),
            examination.wording,
        )
        graded: list[ExerciseResult] = []
        try:
            for exercise in examination.exercises():
                before = {result.name: result.verdict for result in graded}
                graded.append(sitting.examine(exercise, before))
        finally:
            learner.stop()
        return Result(
            notebook=request.name, lesson=request.lesson, student=request.student, isolation=learner.isolation,
            seed=request.seed, score=results.total([r.score for r in graded]), points=float(sum(release.points.values())),
            seconds=round(time.perf_counter() - start, 4), verdict=results.overall([r.verdict for r in graded]),
            message=next((r.message for r in graded if r.verdict not in NOT_WORTH_A_WORD), ""), exercises=graded,
            manual=list(release.written), notes=request.notes, version=__version__,
        )  # fmt: skip

    def _start(self, request: Request, examination: Examination) -> Learner:
        """A learner's process with the cells loaded, confined at least as the request demands."""
        cells = [CellToLoad(cell.label, cell.source, cell.name or "") for cell in request.cells]
        learner = Learner(self._zygote, cells, examination.lesson.given, examination.opaque, request.limits)
        learner.start()
        if LEVELS.index(learner.isolation) < LEVELS.index(request.least_isolation):
            learner.stop()
            raise IsolationError(
                f"this machine isolates only at level {learner.isolation!r}, {request.least_isolation!r} is required "
                f"({'; '.join(learner.missing)}). `autograder doctor` says what is missing."
            )
        return learner


def _places(request: Request, release: Release) -> dict[str, str]:
    """What messages call the cell that answers an exercise: its answer cell, or the last other one that defines it."""
    defined = {name: cell.label for cell in request.cells for name in names_defined(cell.source)}
    own = {name: label for name, label in defined.items() if name in release.answers}
    return own | {cell.name: cell.label for cell in request.cells if cell.name}


def _untouched(request: Request, release: Release) -> set[str]:
    """Exercises whose stub stands as it was released, or for which there is nothing at all."""
    sources = {cell.name: cell.source for cell in request.cells if cell.name}
    defined = set().union(*(names_defined(cell.source) for cell in request.cells))
    stubs = {
        n for n, cell in release.answers.items() if n in sources and is_untouched(sources[n], cell.source)
    }
    empty = {name for name in release.answers if name not in defined and not sources.get(name, "").strip()}
    return stubs | empty


def main() -> None:
    root, level = sys.argv[1:]
    hide_memory()
    limit_memory(MEMORY)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a check prints must not mix with the results
    decode, encode = msgspec.json.Decoder(Request).decode, msgspec.json.Encoder().encode

    def answer(result: Result) -> None:
        out.write(encode(result) + b"\n")
        out.flush()

    try:
        course = Course(Path(root))
    except CourseError as error:
        sys.exit(str(error))
    Judge(course, level).serve((decode(line) for line in sys.stdin.buffer), answer)
