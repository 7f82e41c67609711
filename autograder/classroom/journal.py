"""Results on disk as they come: one line each, flushed, so that a killed batch loses nothing and repeats nothing."""

import contextlib
import fcntl
import logging
import os
import stat
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO

import msgspec

from autograder.judging.results import ExerciseResult, Result, total

LONGEST_LINE = 4 << 20  # bytes; a result has some thousands
MOST_NAMED = 5  # damaged lines that a message lists
log = logging.getLogger("autograder.classroom.journal")


class Entry(msgspec.Struct):
    """One line of a journal."""

    key: str
    result: Result


class Journal:
    """Results of one lesson's submissions, by the hash of what they depend on.

    What cannot be read or written is said once, in the log, and costs nobody else anything: a damaged line is skipped,
    and a result that cannot be written is kept as long as this object lives.

    Parameters
    ----------
    path : Path
        A file of JSON lines; made with its folder when the first result comes.
    """

    def __init__(self, path: Path):
        self.path = path
        self._unwritten: dict[str, Result] = {}
        self._said: set[str] = set()
        self._begin(None)

    def _begin(self, file: tuple[int, int] | None) -> None:
        """Read a file from its beginning: the first, or another one that somebody has put in its place."""
        self._file = file
        self._results: dict[str, Result] = {}
        self._read_up_to = self._lines = 0

    def get(self, key: str) -> Result | None:
        """The result of a key, also when another process has written it meanwhile."""
        self._catch_up()
        return self._results.get(key) or self._unwritten.get(key)

    def latest(self, student: str) -> Result | None:
        """The newest result of a student."""
        self._catch_up()
        known = [*self._results.values(), *self._unwritten.values()]
        return next((r for r in reversed(known) if r.student == student), None)

    def newest(self) -> dict[str, Result]:
        """The newest result of every student."""
        self._catch_up()
        known = [*self._results.values(), *self._unwritten.values()]
        return {result.student: result for result in known if result.student is not None}

    def append(self, key: str, result: Result) -> None:
        """Write a result and see it to the disk. One that needs a human is not kept: it is to be tried again."""
        if result.needs_a_human:
            return
        line = msgspec.json.encode(Entry(key, result)) + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _opened(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT) as file, _locked(file):
                _write_whole(file, line)
        except OSError as error:
            self._unwritten[key] = result
            self._say(
                f"{self.path} cannot be written ({error.strerror}): results go into the gradebook, but the next "
                "run judges these submissions again. Make room or give the right to write."
            )

    def _catch_up(self) -> None:
        damaged = []
        for number, line in self._new_lines():
            entry = _entry(line)
            if entry is None:
                damaged.append(number)
            else:
                self._results.pop(entry.key, None)
                self._results[entry.key] = entry.result
        if damaged:
            named = ", ".join(map(str, damaged[:MOST_NAMED])) + (" …" if len(damaged) > MOST_NAMED else "")
            self._say(
                f"{self.path}: no result of this version in line {named}: skipped. Whose result it was "
                "is graded again; the rest counts."
            )

    def _new_lines(self) -> Iterator[tuple[int, bytes]]:
        """Lines that nobody has read yet, with their numbers; the last one only when it is whole."""
        try:
            with _opened(self.path, os.O_RDONLY) as file:
                status = os.fstat(file.fileno())
                if self._file != (status.st_dev, status.st_ino) or status.st_size < self._read_up_to:
                    self._begin((status.st_dev, status.st_ino))
                file.seek(self._read_up_to)
                while (line := file.readline(LONGEST_LINE)).endswith(b"\n") or len(line) == LONGEST_LINE:
                    if not (whole := line.endswith(b"\n")) and not _skip_line(file):
                        return
                    self._read_up_to, self._lines = file.tell(), self._lines + 1
                    yield self._lines, line if whole else b""
        except FileNotFoundError:
            self._begin(None)
        except OSError as error:
            self._say(
                f"{self.path} cannot be read ({error.strerror}): every submission is judged again. "
                "Repair the file or move it away."
            )

    def _say(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            log.warning(sentence)


@cache
def journal_at(path: Path) -> Journal:
    """This process's one journal of a file: read once, its damage said once."""
    return Journal(path)


def _entry(line: bytes) -> Entry | None:
    """What a line says, if a judge can have said it."""
    try:
        entry = msgspec.json.decode(line, type=Entry)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return entry if _is_possible(entry.result) else None


def _is_possible(result: Result) -> bool:
    """Whether scores lie between 0 and the points, and add up; what needs a human is never written."""
    parts: list[Result | ExerciseResult] = [result, *result.exercises]
    return all(
        part.score is not None and 0 <= part.score <= part.points for part in parts
    ) and result.score == total([exercise.score for exercise in result.exercises])


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[IO[bytes]]:
    """An ordinary file; a folder, a device or a pipe in its place is an `OSError`, and nobody waits for it."""
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is no ordinary file")
        file = os.fdopen(descriptor, "r+b" if flags & os.O_RDWR else "rb", closefd=False)
        with file:
            yield file
    finally:
        os.close(descriptor)


def _skip_line(file: IO[bytes]) -> bool:
    """Go on behind the end of a line that is too long to be a result; false if it has none yet."""
    while piece := file.readline(LONGEST_LINE):
        if piece.endswith(b"\n"):
            return True
    return False


def _write_whole(file: IO[bytes], line: bytes) -> None:
    """Append a line so that it is on the disk, or not at all."""
    end = file.seek(0, os.SEEK_END)
    if end and os.pread(file.fileno(), 1, end - 1) != b"\n":
        line = b"\n" + line  # a kill had cut the last line short
    try:
        while line:
            line = line[os.write(file.fileno(), line) :]
        os.fsync(file.fileno())
    except OSError:
        os.ftruncate(file.fileno(), end)
        raise


@contextlib.contextmanager
def _locked(file: IO[bytes]) -> Iterator[None]:
    with contextlib.suppress(OSError):  # a shared disk may know no locks; one short write is whole without
        fcntl.flock(file, fcntl.LOCK_EX)
    yield  # closing the file gives the lock back
