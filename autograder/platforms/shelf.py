"""Where what is not used is kept: nothing that was handed in is thrown away, and no name of it leads elsewhere."""

import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from autograder.lesson import atomic
from autograder.platforms.archives import Item
from autograder.sandbox.printable import one_line

UNPLACED, OLDER = "unplaced", "older"


class Shelf:
    """The folder of a lesson's collections.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def lay_aside(self, item: Item) -> None:
        """Keep a file whose student is not known; raises what reading and writing raise."""
        self._store(item.read(), UNPLACED, PurePath(item.path).parts)

    def keep(self, item: Item, student: str) -> None:
        """Keep a file of a student that does not count."""
        data = item.read()
        self._store(data, OLDER, (student, *PurePath(item.path).parts))
        self.take_back(item, data)

    def keep_bytes(self, data: bytes, student: str, name: str) -> None:
        """Keep a student's bytes."""
        self._store(data, OLDER, (student, name))

    def take_back(self, item: Item, data: bytes) -> None:
        """A file that has found its student does not lie among those that have not."""
        path = self.folder.joinpath(UNPLACED, *map(harmless, PurePath(item.path).parts))
        if path.is_file() and path.read_bytes() == data:
            path.unlink()
            for folder in path.parents:
                if folder == self.folder or any(folder.iterdir()):
                    break
                folder.rmdir()

    def move_from(self, folder: Path, student: str) -> bool:
        """Keep the files that lie in a student's folder; whether there were any."""
        lying = [path for path in folder.iterdir() if path.is_file() or path.is_symlink()]
        if lying:
            kept = _free(self.folder / OLDER / harmless(student), "before")
            kept.mkdir(parents=True)
            for path in lying:
                path.rename(kept / path.name)
        return bool(lying)

    def _store(self, data: bytes, kind: str, parts: Sequence[str]) -> None:
        *folders, name = map(harmless, parts)
        path = self.folder.joinpath(kind, *folders, name)
        if not (path.is_file() and path.read_bytes() == data):
            atomic.write(_free(path.parent, name), data)


def harmless(name: str) -> str:
    """A name of a file or folder that stays in its folder and acts nowhere."""
    text = re.sub(r"[^\w .()+@~-]", "_", one_line(name, 100)).strip(" .")
    return text or "unnamed"


def _free(folder: Path, name: str) -> Path:
    """A path that is not taken yet."""
    stem, dot, end = name.rpartition(".") if "." in name[1:] else (name, "", "")
    path, number = folder / name, 1
    while path.exists() or path.is_symlink():
        number += 1
        path = folder / f"{stem} ({number}){dot}{end}"
    return path
