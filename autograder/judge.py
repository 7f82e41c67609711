"""The judge's process: holds a lesson's checks, solution and seed, and grades one submission after the other.

`autograder.grade` starts it, isolated from the user's folder and environment, with COURSE_ROOT and ISOLATION as its
arguments, and is the other end: requests and results are lines of JSON on standard input and output. It ends when
its standard input does.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from autograder import release as released
from autograder import results, sandbox
from autograder.course import Course, CourseError
from autograder.grade import Request
from autograder.learner import Learner
from autograder.plugin import Examination
from autograder.processes import IsolationError, LearnerFault, Zygote
from autograder.results import Result
from autograder.sitting import Sitting


class Judge:
    """Grades requests in the order in which they come.

    Parameters
    ----------
    course : Course
    isolation : str
        Highest isolation level to use.
    """

    def __init__(self, course: Course, isolation: str):
        self._course = course
        helpers = (course.root / "solutions" / "helpers.py").read_text(encoding="utf-8")
        self._zygote = Zygote(
            helpers, course.hidden_folders, isolation
        )  # loads NumPy while the checks are collected
        self._requests: Iterator[Request] = iter(())
        self._next: Request | None = None

    def serve(self, requests: Iterator[Request], answer) -> None:
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

    def _serve_lesson(self, examination: Examination, answer) -> None:
        while self._next is not None and self._next.lesson == examination.lesson.name:
            try:
                result = self.grade(self._next, examination)
            except Exception as error:  # a fault of ours is never a learner's zero
                result = self._fault(self._next, error)
            answer(result)
            self._advance()

    @staticmethod
    def _fault(request: Request, error: Exception) -> Result:
        known = {"lesson": request.lesson, "student": request.student, "seed": request.seed}
        return results.unreadable(request.name, f"{type(error).__name__}: {error}", "grader_fault", **known)

    def grade(self, request: Request, examination: Examination) -> Result:
        """Result of one submission."""
        start = time.perf_counter()
        release = examination.lesson.release
        stubs, points = released.stub_sources(release), released.points(release)
        sources = {cell.name: cell.source for cell in request.cells if cell.name}
        labels = {cell.name: cell.label for cell in request.cells if cell.name}
        untouched = {
            name for name, source in sources.items() if released.is_untouched(source, stubs.get(name, ""))
        }
        learner = self._start(request, examination)
        sitting = Sitting(learner, examination.solution, request.seed, sources, labels, untouched)
        graded: list = []
        try:
            for exercise in examination.exercises(points, stubs):
                before = {result.name: result.verdict for result in graded}
                graded.append(sitting.examine(exercise, before))
        finally:
            learner.stop()
        return Result(
            notebook=request.name, lesson=request.lesson, student=request.student, isolation=learner.isolation,
            seed=request.seed, score=results.total([r.score for r in graded]), points=float(sum(points.values())),
            seconds=round(time.perf_counter() - start, 4), verdict=results.overall([r.verdict for r in graded]),
            message=next((r.message for r in graded if r.verdict not in ("pass", "not_attempted")), ""), exercises=graded,
            manual=list(released.written(release)), notes=request.notes,
        )  # fmt: skip

    def _start(self, request: Request, examination: Examination) -> Learner:
        """A learner's process with the cells loaded, confined at least as the request demands."""
        cells = [(cell.label, cell.source) for cell in request.cells]
        learner = Learner(self._zygote, cells, examination.lesson.given, examination.opaque, request.limits)
        try:
            learner.start()
        except LearnerFault as fault:  # before any cell ran: the sandbox, not the learner
            learner.stop()
            raise IsolationError(f"the sandbox did not start: {fault}") from fault
        if sandbox.LEVELS.index(learner.isolation) < sandbox.LEVELS.index(request.least_isolation):
            learner.stop()
            raise IsolationError(
                f"this machine isolates only at level {learner.isolation!r}, {request.least_isolation!r} is required "
                f"({'; '.join(learner.missing)}). `autograder doctor` says what is missing."
            )
        return learner


def main() -> None:
    root, isolation = sys.argv[1:]
    sandbox.hide_memory()
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
    Judge(course, isolation).serve((decode(line) for line in sys.stdin.buffer), answer)
