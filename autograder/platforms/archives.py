"""What lies in a zip file or a folder, zip files inside it opened as well; nothing is unpacked to the disk."""

import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.intake.notebook import MAX_BYTES, UnreadableNotebook
from autograder.intake.submitted import contents
from autograder.sandbox.printable import one_line

MOST_FILES = 50_000  # in one archive
MOST_BYTES = 20_000_000_000  # of an archive when it is unpacked
MOST_BYTES_INSIDE = 1_000_000_000  # of a zip file that lies in another one
DEEPEST = 3  # zip files inside one another
JUNK = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", "__pycache__"}  # what computers add to folders


class UnusableArchive(ValueError):
    """A file in an archive, or all of it, cannot be read. The message says why and what to do."""


@dataclass(frozen=True)
class Item:
    """A file somewhere in an archive.

    Attributes
    ----------
    parts : tuple of str
        Its path from the archive down; the name of a zip file inside it is one of them.
    read : callable
        Gives its bytes, at most as many as a notebook may have; `UnusableArchive` if it cannot.
    written : datetime or None
        When it was written last, as the archive has it: good for telling which of two is newer, no more.
    """

    parts: tuple[str, ...]
    read: Callable[[], bytes]
    written: datetime | None = None

    @property
    def path(self) -> str:
        """Where it lies, fit to be printed."""
        return one_line("/".join(self.parts), 300)


@dataclass(frozen=True)
class Refused:
    """Something in an archive that was not touched, and why."""

    path: str
    why: str


def files_in(archive: Path) -> Iterator[Item | Refused]:
    """Every file of an archive, whatever it is: a zip file, a folder or one file.

    Raises
    ------
    UnusableArchive
        If there is no such file, or it is a zip file that is broken as a whole.
    """
    if archive.is_dir():
        yield from _in_folder(archive)
    elif not archive.exists():
        raise UnusableArchive(f"{one_line(archive)} does not exist.")
    elif zipfile.is_zipfile(archive):
        yield from _in_zip(archive, (), MOST_BYTES, 1)
    elif archive.suffix.lower() == ".ipynb":
        yield Item((archive.name,), lambda: _file(archive), _written(archive))
    else:
        raise UnusableArchive(
            f"{one_line(archive)} is no zip file, no folder and no notebook. Download it again; unpack an archive of "
            "another kind, and give the folder."
        )


def _in_folder(top: Path) -> Iterator[Item | Refused]:
    for place, folders, names in os.walk(top):
        here = Path(place)
        folders[:] = sorted(name for name in folders if not _is_junk(name))
        for name in [name for name in folders if (here / name).is_symlink()]:
            yield Refused(
                one_line((here / name).relative_to(top)), "is a link to another folder: not followed."
            )
        for name in sorted(name for name in names if not _is_junk(name)):
            path = here / name
            item = Item(path.relative_to(top).parts, _reader(path), _written(path))
            if path.is_symlink() or not path.is_file():
                yield Refused(
                    item.path, "is a link or no ordinary file: not opened. Ask for the file itself."
                )
            else:
                yield from _with_what_is_inside(item, 0, path)


def _reader(path: Path) -> Callable[[], bytes]:
    return lambda: _file(path)


def _file(path: Path) -> bytes:
    try:
        return contents(path)
    except (OSError, UnreadableNotebook) as error:
        raise UnusableArchive(f"cannot be read: {one_line(error)}") from error


def _written(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime)
    except (OSError, ValueError, OverflowError):
        return None


def _with_what_is_inside(item: Item, depth: int, path: Path | None = None) -> Iterator[Item | Refused]:
    """A file; in the place of a zip file what lies in it. One that cannot be opened stays as it is, and is named.

    A zip file on the disk, which may be that of a whole class, is read from its ``path``.
    """
    if not item.parts[-1].lower().endswith(".zip"):
        yield item
        return
    try:
        found = list(
            _in_zip(path, item.parts, MOST_BYTES, depth + 1)
            if path
            else _in_zip(io.BytesIO(item.read()), item.parts, MOST_BYTES_INSIDE, depth + 1)
        )
    except UnusableArchive as error:
        yield Refused(item.path, str(error))
        yield item
        return
    yield from found


def _in_zip(
    source: Path | io.BytesIO, above: tuple[str, ...], most: int, depth: int
) -> Iterator[Item | Refused]:
    where = "" if above else f"{one_line(source)} "  # of one inside another the name is said already
    if depth > DEEPEST:
        raise UnusableArchive(f"is a zip file inside {DEEPEST} others: not opened. Unpack it by hand.")
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnusableArchive(
            f"{where}is a broken zip file ({one_line(error)}). Download it again."
        ) from error
    members = [member for member in archive.infolist() if not member.filename.endswith("/")]
    if len(members) > MOST_FILES:
        raise UnusableArchive(f"{where}holds {len(members)} files; {MOST_FILES} are looked at.")
    if (size := sum(member.file_size for member in members)) > most:
        raise UnusableArchive(
            f"{where}would unpack to {size / 1e9:.0f} GB, more than {most / 1e9:.0f} GB: perhaps made to fill a disk. "
            "Not opened."
        )
    seen: set[str] = set()
    for member in members:
        name = _name(member)
        parts = tuple(name.split("/"))
        if any(_is_junk(part) for part in parts):
            continue
        why = _refusal(member, parts) or (
            "stands in the archive twice: the first is used." if name in seen else ""
        )
        seen.add(name)
        if why:
            yield Refused(one_line("/".join((*above, *parts)), 300), why)
        else:
            item = Item((*above, *parts), _member_reader(archive, member), _member_written(member))
            yield from _with_what_is_inside(item, depth)


def _name(member: zipfile.ZipInfo) -> str:
    """The name in a zip file; many programs write UTF-8 without saying so, and zipfile takes that for IBM's code page."""
    name = member.filename.replace("\\", "/")
    if not member.flag_bits & 0x800:
        try:
            return name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return name


def _refusal(member: zipfile.ZipInfo, parts: tuple[str, ...]) -> str:
    """Why a member is not opened; empty if it may be."""
    if parts[0] == "" or parts[0].endswith(":"):
        return "bears an absolute name, which could lead anywhere: not opened."
    if any(part in ("", ".", "..") for part in parts) or "\0" in member.orig_filename:
        return "bears a name that leads out of the archive: not opened."
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link to another file: not followed. Ask for the file itself."
    if member.flag_bits & 0x1:
        return "is locked with a password: not opened. Ask for it without one."
    return ""


def _member_reader(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        if member.file_size > MAX_BYTES:
            raise UnusableArchive(
                f"has {member.file_size / 1e6:.0f} MB, more than the {MAX_BYTES / 1e6:.0f} MB accepted."
            )
        try:
            with archive.open(member) as file:
                return file.read(MAX_BYTES + 1)
        except Exception as error:  # zipfile and what it unpacks with raise nearly anything on damaged bytes
            raise UnusableArchive(
                f"is damaged in the zip file ({one_line(error, 200)}). Ask for it again."
            ) from error

    return read


def _member_written(member: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*member.date_time)
    except ValueError:
        return None


def _is_junk(name: str) -> bool:
    return name in JUNK or name.startswith("._") or name == ".ipynb_checkpoints"
