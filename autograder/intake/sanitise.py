"""A learner's notebook made safe to look at: for the formgrader, the feedback page, any viewer at all.

In a text cell of the learner's a space is set behind whatever could start HTML, a picture, an entity, a
dangerous link or a TeX command that reaches outside the formula. A space needs no knowledge of where code
or mathematics begins, so no trick with backticks gets around it, and the text stays readable everywhere.
"""

import base64
import binascii
import re
from copy import deepcopy
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.lesson.release import Release
from autograder.sandbox.printable import ACTIVE

MAX_TEXT = 30_000  # characters of a text cell; Markdown with formulas takes quadratic time to draw
MAX_ALL_TEXT = 300_000
MAX_PICTURES = 30  # in a notebook
MAX_PICTURE_BYTES = 300_000
MAX_ALL_BYTES = 3_000_000
MAX_PIXELS = 16_000_000  # a few kilobytes can unfold to gigabytes in a browser

CONTROL = re.compile(f"[{ACTIVE}]")
INLINE_PICTURE = re.compile(r"data:\s*image/[\w.+-]+;base64,[A-Za-z0-9+/=]{40,}")
STARTS = re.compile(
    r"""<(?=[A-Za-z/!?])                  # HTML
    | !(?=\[)                             # ![picture](from anywhere)
    | &(?=\#|[A-Za-z][A-Za-z0-9]*;)       # &#106;avascript&colon;
    | \\(?=(?:href|url|style|class|cssId|data|html[A-Za-z]*|bbox|unicode|includegraphics   # TeX that loads,
             |mmlToken|texttip|mathtip|toggle|action|enclose                       # styles or acts
             |require|csname|setOptions)(?![A-Za-z]))                                       # or makes such""",
    re.VERBOSE,
)
# ](javascript:…) or ]: javascript:…, however spaced; a link to the web or without a scheme is fine
BAD_LINK = re.compile(
    r"\](?=[(:][\s<\\]*+(?!(?:https?|mailto):)[A-Za-z][A-Za-z0-9+.\s\\-]*+:)", re.IGNORECASE
)
NO_DESCRIPTION = "A picture drawn by this cell; no description was given."


def sanitise(notebook: NotebookNode, release: Release) -> NotebookNode:
    """Take everything out of a repaired notebook that could act when somebody opens it.

    Parameters
    ----------
    notebook : NotebookNode
        As :func:`autograder.intake.repair.repair` returns it. It is not changed.
    release : Release
        Of the same lesson. Text cells with exactly its words stay as they are.

    Returns
    -------
    NotebookNode
        The same cells. Learners' text is plain Markdown with mathematics; of the outputs only PNG pictures of
        a reasonable size are left, as many as a reader would look at. Raw cells have become text cells.
    """
    trusted = {cell.source for cell in release.cells if cell.kind == "markdown"}
    room = _Room()
    cells = [_plain_cell(cell, trusted, room) for cell in notebook.cells]
    clean: NotebookNode = nbformat.from_dict({**deepcopy({**notebook, "cells": []}), "cells": cells})
    return clean


def _plain_cell(cell: NotebookNode, trusted: set[str], room: "_Room") -> NotebookNode:
    plain = deepcopy({key: cell[key] for key in ("cell_type", "id", "metadata", "source")})
    if cell.cell_type == "code":
        about = cell.metadata.get("alt")
        outputs = [kept for output in cell.get("outputs", []) if (kept := _picture(output, about, room))]
        plain |= {"execution_count": None, "outputs": outputs}
    elif cell.cell_type == "raw":
        plain |= {"cell_type": "markdown", "source": room.write(cell.source)}
    elif cell.source not in trusted:
        plain["source"] = room.write(cell.source)
    clean: NotebookNode = nbformat.from_dict(plain)
    return clean


def plain_text(source: str, longest: int = MAX_TEXT) -> str:
    """Markdown in which nothing can act: no HTML, pictures, entities, links but to the web, or active TeX."""
    source = INLINE_PICTURE.sub("(a picture that was left out)", CONTROL.sub("", source))
    if len(source) > longest:
        source = source[:longest] + "\n\n(The rest of this very long text was left out.)"
    source = STARTS.sub(lambda start: start[0] + " ", source)
    return BAD_LINK.sub("] ", source)


class _Room:
    """How many pictures a notebook may still hold, of how many bytes in all, and how much text."""

    def __init__(self) -> None:
        self.pictures, self.bytes, self.text = MAX_PICTURES, MAX_ALL_BYTES, MAX_ALL_TEXT

    def write(self, source: str) -> str:
        text = plain_text(source, min(MAX_TEXT, self.text))
        self.text -= min(len(source), self.text)
        return text

    def take(self, size: int) -> bool:
        if not self.pictures or size > min(MAX_PICTURE_BYTES, self.bytes):
            return False
        self.pictures -= 1
        self.bytes -= size
        return True


def _picture(output: NotebookNode, about: object, room: _Room) -> dict[str, Any] | None:
    """The PNG picture of an output with a plain description, or None."""
    data = output.get("data")
    encoded = data.get("image/png") if isinstance(data, dict) else None
    if not isinstance(encoded, str) or len(encoded) > 2 * MAX_PICTURE_BYTES:
        return None
    try:
        picture = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    width, height = int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])
    if not (picture.startswith(b"\x89PNG\r\n\x1a\n") and picture[12:16] == b"IHDR"):
        return None
    if not 0 < width * height <= MAX_PIXELS or not room.take(len(picture)):
        return None
    metadata = output.get("metadata")
    described = metadata.get("image/png") if isinstance(metadata, dict) else None
    alt = about or (described.get("alt") if isinstance(described, dict) else None)
    return {
        "output_type": "display_data",
        "data": {"image/png": base64.b64encode(picture).decode()},
        "metadata": {"image/png": {"alt": _plain_words(alt) or NO_DESCRIPTION}},
    }


def _plain_words(text: object) -> str:
    """Text without markup, fit for an attribute."""
    words = re.sub(r'[<>"`&]', " ", CONTROL.sub(" ", text)) if isinstance(text, str) else ""
    return " ".join(words.split())[:1000]
