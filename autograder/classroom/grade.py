"""One submission in, one result out: reads the file, and hands it to a judge's process that is kept warm."""

import atexit
import contextlib
import os
import secrets
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import msgspec
from nbformat import NotebookNode

from autograder.intake.cells import Cell, code_cells, defined_again
from autograder.intake.notebook import UnreadableNotebook, read
from autograder.intake.repair import repair
from autograder.judging import results
from autograder.judging.request import CellToRun, Request
from autograder.judging.results import Result, Verdict
from autograder.lesson.layout import PACKAGE, Course, CourseError
from autograder.sandbox.processes import SLACK, Limits

GRACE = 60.0  # seconds that the judge may take on top of what the learner may take
ATTEMPTS = 2  # a submission whose judge died or failed is tried once more, in a fresh one
FAULT = Verdict.GRADER_FAULT

# The judge is the package that this module belongs to, and imports nothing from the current folder or PYTHONPATH.
PROGRAM = (
    f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); import autograder; del sys.path[0]; "
    "from autograder.judging.judge import main; main()"
)


@dataclass(frozen=True)
class Settings:
    """How to grade.

    Attributes
    ----------
    isolation : {"strong", "container", "weak"}
        Highest isolation level to use.
    least_isolation : {"strong", "container", "weak"}
        Below this level nothing is graded; a result then says so and asks for a human.
    limits : Limits
    secret_seeds : bool
        Draw the seed from the course's secret, so that the same work gets the same inputs; otherwise a fresh one.
    """

    isolation: str = "strong"
    least_isolation: str = "container"
    limits: Limits = field(default_factory=Limits)
    secret_seeds: bool = True


def patience(limits: Limits) -> float:
    """Seconds to wait for a judge: all that the learner may take of it, once more with our functions, and `GRACE`.

    The judge ends a submission by itself within the first part; one that is silent for longer hangs.
    """
    return SLACK * (2 * limits.submission_seconds + limits.load_seconds) + GRACE


class JudgeDied(RuntimeError):
    """The judge's process ended or hung; its own fault, not a learner's."""


def _pipes(process: "subprocess.Popen[bytes] | None") -> tuple[IO[bytes], IO[bytes]]:
    """Where requests go and results come from, of a judge that has been started."""
    assert process is not None and process.stdin is not None and process.stdout is not None
    return process.stdin, process.stdout


class JudgeProcess:
    """Handle of one judge's process; started when first needed, replaced when the course's files change."""

    def __init__(self, course: Course, isolation: str):
        self._course, self._isolation = course, isolation
        self._process: subprocess.Popen[bytes] | None = None
        self._fingerprints: dict[str, str] = {}
        self._errors = tempfile.TemporaryFile()

    def grade(self, request: Request, seconds: float) -> Result:
        """Result of one request.

        Raises
        ------
        JudgeDied
            If no result came within ``seconds``.
        """
        self._forget_if_changed(request.lesson)
        deadline = time.monotonic() + seconds
        try:
            if self._process is None or self._process.poll() is not None:
                self._start()
            self._send(msgspec.json.encode(request) + b"\n", deadline)
            return msgspec.json.decode(self._line(deadline), type=Result)
        except (OSError, msgspec.MsgspecError) as error:
            why = f"within {seconds:g} s" if isinstance(error, TimeoutError) else "and ended"
            words = self._last_words()
            self.close()
            raise JudgeDied(f"the judge's process gave no result {why} {words}".rstrip()) from error
        except BaseException:
            self.close()  # or its answer would be taken for that to the next request
            raise

    def _start(self) -> None:
        self.close()  # the remains of one that has ended
        self._errors.seek(0)
        self._errors.truncate()
        # A judge that shares this process's threads setting would not be wrong, only slower.
        settings = {"OPENBLAS_NUM_THREADS": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", PROGRAM, str(self._course.root), self._isolation], bufsize=0, cwd="/",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=environment | settings,
        )  # fmt: skip
        os.set_blocking(_pipes(self._process)[0].fileno(), False)  # a judge that hangs may not even read

    def _send(self, data: bytes, deadline: float) -> None:
        descriptor = _pipes(self._process)[0].fileno()
        while data:
            if not select.select([], [descriptor], [], max(0.0, deadline - time.monotonic()))[1]:
                raise TimeoutError
            data = data[os.write(descriptor, data) :]

    def _line(self, deadline: float) -> bytes:
        line, descriptor = bytearray(), _pipes(self._process)[1].fileno()
        while not line.endswith(b"\n"):
            if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError
            data = os.read(descriptor, 1 << 20)
            if not data:
                raise ConnectionError
            line += data
        return bytes(line)

    def _forget_if_changed(self, lesson: str) -> None:
        """pytest keeps a module that it has loaded, so a judge with old checks must go."""
        fingerprint = self._course.lesson(lesson).fingerprint()
        if self._fingerprints.get(lesson, fingerprint) != fingerprint:
            self.close()
            self._fingerprints.clear()
        self._fingerprints[lesson] = fingerprint

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return f"({lines[-1]})" if lines else ""

    def close(self) -> None:
        """End the judge's process and everything below it."""
        if self._process is None:
            return
        requests, results = _pipes(self._process)
        with contextlib.suppress(OSError):
            requests.close()
        try:
            self._process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        results.close()
        self._process = None


class Grader:
    """Grades submissions, as many at a time as there are threads that ask, each with a judge's process.

    Parameters
    ----------
    course : Course
    settings : Settings, optional
    """

    def __init__(self, course: Course, settings: Settings | None = None):
        self.course, self.settings = course, settings or Settings()
        self._judges: list[JudgeProcess] = []
        self._idle: list[JudgeProcess] = []
        self._lock = threading.Lock()

    def grade(
        self,
        data: bytes,
        name: str,
        lesson: str | None = None,
        student: str | None = None,
        seed: str | None = None,
    ) -> Result:
        """Grade one notebook file.

        Parameters
        ----------
        data : bytes
            The file as it was handed in.
        name : str
            What the result calls it; its file name helps to find the lesson.
        lesson : str, optional
            ``NN_slug`` when it is known from the outside.
        student : str, optional
        seed : str, optional
            Replays a former run; otherwise the settings say where it comes from.

        Returns
        -------
        Result
            Always: also for a file that cannot be read, and for a fault of the judge's own.
        """
        try:
            request = self.prepare(data, name, lesson, student, seed)
        except (UnreadableNotebook, CourseError) as error:
            return results.unreadable(name, str(error), lesson=lesson, student=student)
        return self.judge(request)

    def prepare(
        self,
        data: bytes,
        name: str,
        lesson: str | None = None,
        student: str | None = None,
        seed: str | None = None,
    ) -> Request:
        """Read and mend a file, and find its lesson and its seed; what it takes is what `grade` takes.

        Raises
        ------
        UnreadableNotebook
            If the bytes are no notebook.
        CourseError
            If it belongs to no lesson.
        """
        notebook, notes = read(data)
        lesson = lesson or self._find_lesson(notebook, name)
        self.course.expect_lesson(lesson, notebook)
        mended, mending_notes = repair(notebook, self.course.lesson(lesson).released)
        return self.request(mended, name, lesson, student, seed, notes + mending_notes)

    def request(
        self,
        mended: NotebookNode,
        name: str,
        lesson: str,
        student: str | None = None,
        seed: str | None = None,
        notes: Sequence[str] = (),
    ) -> Request:
        """What the judge gets of a notebook that has been read and repaired already; see `prepare`."""
        running = code_cells(mended, self.course.lesson(lesson).released)
        cells = [CellToRun(_label(c), c.name, c.source) for c in running]
        if seed is None:
            work = msgspec.json.encode([cell.source for cell in cells])
            seed = (
                self.course.seed(lesson, student or "", work)
                if self.settings.secret_seeds
                else secrets.token_hex(16)
            )
        return Request(
            name=name, lesson=lesson, student=student, seed=seed, cells=cells, notes=[*notes, *defined_again(running)],
            least_isolation=self.settings.least_isolation, limits=self.settings.limits,
        )  # fmt: skip

    def judge(self, request: Request) -> Result:
        """Result of a request; a fault of the judge's own is a result, too, without a score.

        Where nothing could be judged at all, a fresh judge tries once more.
        """
        for _ in range(ATTEMPTS):
            result = self._judged_once(request)
            if result.verdict != FAULT or result.exercises:
                break
        return result

    def _judged_once(self, request: Request) -> Result:
        with self._judge() as judge:
            try:
                result = judge.grade(request, patience(request.limits))
            except (JudgeDied, CourseError) as error:
                known = {"lesson": request.lesson, "student": request.student, "seed": request.seed}
                result = results.unreadable(request.name, str(error), FAULT, **known)
            if result.verdict == FAULT:
                judge.close()  # whatever ails it: one that fails fast would soon have had the whole class
            return result

    def _find_lesson(self, notebook: NotebookNode, name: str) -> str:
        found = self.course.lesson_of(notebook, name)
        if found is None:
            known = ", ".join(self.course.lessons)
            raise CourseError(f"{name} belongs to no lesson of this course. The lessons are {known}.")
        return found

    @contextlib.contextmanager
    def _judge(self) -> Iterator[JudgeProcess]:
        """A judge that nobody else uses meanwhile: one that is idle, or a new one."""
        with self._lock:
            if not self._idle:
                self._judges.append(JudgeProcess(self.course, self.settings.isolation))
                self._idle.append(self._judges[-1])
            judge = self._idle.pop()
        try:
            yield judge
        finally:
            with self._lock:
                self._idle.append(judge)

    def close(self) -> None:
        """End all judges' processes."""
        with self._lock:
            for judge in self._judges:
                judge.close()
            self._judges.clear()
            self._idle.clear()

    def __enter__(self) -> "Grader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _label(cell: Cell) -> str:
    """What messages call a cell: its number as handed in, or its name where the release had to supply it."""
    return f"cell {cell.index}" if cell.index else f"cell {cell.name or 'imports'} of the release"


_WARM: dict[tuple[Path, Settings], Grader] = {}
_WARM_LOCK = threading.Lock()


def warm_grader(root: Path, settings: Settings) -> Grader:
    """This process's one grader for a course, kept warm until the process ends."""
    with _WARM_LOCK:
        if (root, settings) not in _WARM:
            grader = _WARM[root, settings] = Grader(Course(root), settings)
            atexit.register(grader.close)
        return _WARM[root, settings]
