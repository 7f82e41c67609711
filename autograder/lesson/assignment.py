"""What nbgrader would release of a lesson, made in memory from the solution alone.

It is made by the preprocessors of nbgrader's own generate_assignment, under the course's own configuration. Loading
nbgrader costs more than grading a notebook, so what was made is kept in ``grading/releases``, under a seal that breaks
when the solution, the configuration or nbgrader changes, or the kept file itself.
"""

import contextlib
import hashlib
from importlib.metadata import version
from pathlib import Path

from autograder.lesson import atomic

CONFIGURATION = "nbgrader_config.py"


class AssignmentError(ValueError):
    """nbgrader makes no release of a solution; the message says why."""


def generate(solution: Path, root: Path) -> str:
    """Text of the released notebook, byte for byte as ``nbgrader generate_assignment`` writes it.

    Parameters
    ----------
    solution : Path
    root : Path
        The folder of the course, with its ``nbgrader_config.py``.

    Raises
    ------
    AssignmentError
        If nbgrader refuses the solution.
    """
    from nbgrader.converters import GenerateAssignment
    from traitlets.config.loader import PyFileConfigLoader

    try:
        config = PyFileConfigLoader(CONFIGURATION, path=str(root)).load_config()
        config.SaveCells.enabled = False  # all but the gradebook, as with --no-db
        converter = GenerateAssignment(config=config)
        exporter = converter.exporter_class(config=converter.config)
        for preprocessor in converter.preprocessors:
            exporter.register_preprocessor(preprocessor)
        text, _ = exporter.from_filename(str(solution))
    except Exception as error:  # whatever nbgrader's preprocessors raise
        raise AssignmentError(
            f"no release can be made of {solution}: {type(error).__name__}: {error}"
        ) from error
    return str(text)


def kept(solution: Path, root: Path) -> str:
    """As `generate`, made anew only when something that it depends on has changed."""
    path = root / "grading" / "releases" / f"{solution.parent.name}.ipynb"
    made_from = _made_from(solution, root)
    with contextlib.suppress(OSError, UnicodeDecodeError):
        seal, _, text = path.read_text(encoding="utf-8").partition("\n")
        if seal == _seal(made_from, text):
            return text
    text = generate(solution, root)
    with contextlib.suppress(OSError):  # a course that cannot be written to is made anew each time
        atomic.write(path, f"{_seal(made_from, text)}\n{text}".encode())
    return text


def _made_from(solution: Path, root: Path) -> bytes:
    parts = [version("nbgrader").encode(), solution.read_bytes()]
    with contextlib.suppress(FileNotFoundError):
        parts.append((root / CONFIGURATION).read_bytes())
    return b"".join(hashlib.sha256(part).digest() for part in parts)


def _seal(made_from: bytes, text: str) -> str:
    return hashlib.sha256(made_from + text.encode()).hexdigest()
