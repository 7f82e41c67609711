"""Writes a file in one step: whenever it is interrupted, the old content stands there, or the new."""

import os
import tempfile
from pathlib import Path

UNFINISHED = ".*.partial"  # what a killed process leaves beside the file


def write(path: Path, data: bytes) -> None:
    """Replace a file, or make it, folders included; a link is replaced, not followed.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written to; the file is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".partial")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
