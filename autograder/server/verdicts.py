"""The latest verdict on each lesson's notebook as it was saved, made by a process that may die at any time."""

import asyncio
import contextlib
import itertools
import logging
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.classroom import progress
from autograder.judging.results import Result, Verdict, unreadable
from autograder.lesson.layout import Course, Lesson
from autograder.server.examining import PROGRAM, Answer, Order

ATTEMPTS = 2
LONGEST_ANSWER = 1 << 24  # bytes of a line
SETTLING_SECONDS = (
    0.3  # after which a file that cannot be read is looked at again: it may be in the middle of a write
)

Stamp = tuple[int, int, int]
log = logging.getLogger(__name__)


class ExaminerDied(RuntimeError):
    """The judging process ended without an answer."""


class Examiner:
    """Handle of the judging process: started when first needed, and again when it has died."""

    def __init__(self, root: Path):
        self._root = root
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._waiting: dict[int, asyncio.Future[Result]] = {}
        self._numbers = itertools.count()

    async def examine(self, lesson: str, path: Path) -> Result:
        """Result of a notebook file; a fault of our own if the process dies over it twice."""
        for _ in range(ATTEMPTS):
            with contextlib.suppress(ExaminerDied, OSError):
                return await self._ask(lesson, path)
        words = "The judging process ended twice over this notebook. Save it again to try once more."
        return unreadable(path.name, words, Verdict.GRADER_FAULT, lesson=lesson)

    async def _ask(self, lesson: str, path: Path) -> Result:
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                await self._start()
        assert self._process is not None and self._process.stdin is not None
        number = next(self._numbers)
        answered: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answered
        try:
            self._process.stdin.write(msgspec.json.encode(Order(number, lesson, str(path))) + b"\n")
            await self._process.stdin.drain()
            return await answered
        finally:
            self._waiting.pop(number, None)

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-c", PROGRAM, str(self._root), cwd="/", limit=LONGEST_ANSWER,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read(self._process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Hand answers to those who wait, until there are no more."""
        assert process.stdout is not None
        try:
            while line := await process.stdout.readline():
                answer = msgspec.json.decode(line, type=Answer)
                if (waiting := self._waiting.get(answer.number)) and not waiting.done():
                    waiting.set_result(answer.result)
        except (ValueError, msgspec.MsgspecError) as error:
            log.warning("The judging process sent no answer: %s", error)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ExaminerDied())

    async def close(self) -> None:
        """End the process; it ends its judges when its input ends."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), timeout=5)
        if self._process is not None and self._process.returncode is None:
            self._process.kill()


@dataclass(frozen=True)
class Told:
    """A verdict, and the state of the file that it is about."""

    stamp: Stamp | None
    result: Result | None
    kept: bool = True  # whether it could be taken into the learner's progress

    @property
    def saved(self) -> float | None:
        """When the file was saved, in seconds since 1970."""
        return self.stamp[0] / 1e9 if self.stamp else None


class Verdicts:
    """Verdicts on the lessons' notebooks in one folder.

    Parameters
    ----------
    course : Course
    desk : Path
        The folder that holds the learner's ``course/``.
    """

    def __init__(self, course: Course, desk: Path):
        self.course, self.desk = course, desk
        self.examiner = Examiner(course.root)
        self._told: dict[str, Told] = {}
        self._tasks: dict[str, asyncio.Task[Told]] = {}

    def path(self, lesson: Lesson) -> Path:
        """The notebook in which the learner works."""
        return self.desk / lesson.release_path.relative_to(self.course.root)

    def stamp(self, lesson: Lesson) -> Stamp | None:
        """What changes whenever the file is saved; None if there is no file."""
        try:
            status = self.path(lesson).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def known(self, lesson: Lesson) -> Told | None:
        """The verdict on the file as it is now, if it has been made already."""
        told = self._told.get(lesson.name)
        return told if told and told.stamp == self.stamp(lesson) else None

    async def of(self, lesson: Lesson) -> Told:
        """The verdict on the file as it was saved last; who asks meanwhile waits for the same one."""
        if told := self.known(lesson):
            return told
        task = self._tasks.get(lesson.name)
        if task is None:
            task = self._tasks[lesson.name] = asyncio.create_task(self._make(lesson))
            task.add_done_callback(lambda _: self._tasks.pop(lesson.name, None))
        return await asyncio.shield(task)  # one reader who leaves does not take the verdict from the others

    async def _make(self, lesson: Lesson) -> Told:
        """Judge until the file has not changed meanwhile: of ten saves in a second the first and the last are judged."""
        while True:
            stamp = self.stamp(lesson)
            told = await self._judge(lesson, stamp)
            if stamp == self.stamp(lesson):
                self._told[lesson.name] = told
                return told

    async def _judge(self, lesson: Lesson, stamp: Stamp | None) -> Told:
        if stamp is None:
            return Told(None, None)
        result = await self.examiner.examine(lesson.name, self.path(lesson))
        if not result.exercises:
            await asyncio.sleep(SETTLING_SECONDS)
        try:
            progress.keep(lesson, result)
        except OSError as error:
            log.warning("Progress could not be kept: %s", error)
            return Told(stamp, result, kept=False)
        return Told(stamp, result)
