"""Puts a release into ``course/``, and keeps what somebody has written there.

nbgrader deletes an assignment's old release before it begins with the new one, and deletes what it has when it fails.
So it works in ``grading/generated``, and what it has finished is put in its place here, file by file, each in one step.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from autograder.lesson import atomic


def put_in_place(assignment: str, student: str, notebooks: list[str]) -> None:
    """After nbgrader has generated a lesson: put it into ``course/``.

    nbgrader's ``post_convert_hook``, called in the folder of the course. nbgrader swallows what a hook raises, unless
    it ends the program.
    """
    root = Path.cwd()
    for lesson in sorted({Path(notebook).parent.name for notebook in notebooks}):
        generated = root / "grading" / "generated" / lesson
        try:
            fresh = {f"{lesson}/{name}": path.read_bytes() for name, path in _files(generated).items()}
            place(root, fresh, lesson)
        except OSError as error:
            sys.exit(f"course/{lesson} could not be renewed ({error}); run this again when that is mended")


def place(root: Path, fresh: Mapping[str, bytes], folder: str | None = None) -> None:
    """Make files of ``course/`` what they are to be.

    What this did not put there itself is somebody's work: before it is replaced or removed it is copied into
    ``grading/kept``, and standard error says so.

    Parameters
    ----------
    root : Path
        The folder of the course.
    fresh : mapping
        Content of each file, by its name below ``course/``.
    folder : str, optional
        Below ``course/``; other files in it are removed. Hidden files stay.

    Raises
    ------
    OSError
        If something cannot be read or written; the old release is still there, whole or in part renewed.
    """
    course, record = root / "course", root / "grading" / "releases" / "published.json"
    published = _recorded(record)
    standing = {f"{folder}/{name}" for name in _files(course / folder)} if folder else set()
    for name in sorted(standing | fresh.keys()):
        if (course / name).exists():
            data = (course / name).read_bytes()
            if data != fresh.get(name) and _digest(data) != published.get(name):
                kept = _keep(root, name, data)
                print(f"course/{name} had been changed: what stood there is now {kept}", file=sys.stderr)
    for name in sorted(fresh, key=lambda name: (name.endswith(".ipynb"), name)):
        atomic.write(course / name, fresh[name])
        published[name] = _digest(fresh[name])
    for name in standing - fresh.keys():
        (course / name).unlink()
        published.pop(name, None)
    for leftover in (course / (folder or "")).glob(atomic.UNFINISHED):
        leftover.unlink()
    atomic.write(record, json.dumps(published, indent=1, sort_keys=True).encode())


def _files(folder: Path) -> dict[str, Path]:
    """Files by their names below a folder; hidden ones and caches are nobody's work."""
    found = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        name.as_posix(): path
        for name, path in found.items()
        if not any(part.startswith((".", "__")) for part in name.parts)
    }


def _recorded(record: Path) -> dict[str, str]:
    """Digests of what was put in place; without the record everything counts as somebody's work."""
    try:
        published = json.loads(record.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return published if isinstance(published, dict) else {}


def _keep(root: Path, name: str, data: bytes) -> Path:
    """Copy into ``grading/kept``, under a number when something else is kept under the name; where it is now."""
    first = Path("grading", "kept", name)
    number, kept = 1, first
    while (root / kept).exists() and (root / kept).read_bytes() != data:
        number += 1
        kept = first.with_stem(f"{first.stem}-{number}")
    if not (root / kept).exists():
        atomic.write(root / kept, data)
    return kept


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
