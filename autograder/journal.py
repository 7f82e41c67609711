"""Results on disk as they come: one line each, flushed, so that a killed batch loses nothing and repeats nothing."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from autograder.results import Result


class Entry(msgspec.Struct):
    """One line of a journal."""

    key: str
    result: Result


class Journal:
    """Results of one lesson's submissions, by the hash of what they depend on.

    Parameters
    ----------
    path : Path
        A file of JSON lines; made with its folder when the first result comes.
    """

    def __init__(self, path: Path):
        self._path = path
        self._results: dict[str, Result] = {}
        self._read_up_to = 0

    def get(self, key: str) -> Result | None:
        """The result of a key, also when another process has written it meanwhile."""
        if key not in self._results:
            self._catch_up()
        return self._results.get(key)

    def latest(self, student: str) -> Result | None:
        """The newest result of a student."""
        self._catch_up()
        return next((r for r in reversed(self._results.values()) if r.student == student), None)

    def append(self, key: str, result: Result) -> None:
        """Write a result and see it to the disk. One that needs a human is not kept: it is to be tried again."""
        if result.needs_a_human:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = msgspec.json.encode(Entry(key, result)) + b"\n"
        with open(self._path, "ab") as file, _locked(file):
            if file.tell() and not _ends_with_newline(self._path):
                line = b"\n" + line  # a kill had cut the last line short
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def _catch_up(self) -> None:
        for line in self._new_lines():
            with contextlib.suppress(msgspec.MsgspecError):  # cut short by a kill: that result is made again
                entry = msgspec.json.decode(line, type=Entry)
                self._results.pop(entry.key, None)
                self._results[entry.key] = entry.result

    def _new_lines(self) -> Iterator[bytes]:
        try:
            with open(self._path, "rb") as file:
                file.seek(self._read_up_to)
                data = file.read()
        except FileNotFoundError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        self._read_up_to += len(whole)
        yield from whole.splitlines()


@contextlib.contextmanager
def _locked(file) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        file.seek(0, os.SEEK_END)
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _ends_with_newline(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
