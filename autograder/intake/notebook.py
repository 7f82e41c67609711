"""From the bytes a student hands in to a notebook: well formed, plain, of bounded size.

Whatever the bytes are, :func:`read` returns soon, reads no other file, and raises nothing but
:class:`UnreadableNotebook`. Nothing is copied as it stands: every cell is built anew from the few fields
that grading or a reader can use, so a strange file cannot carry anything strange past this module.
"""

import codecs
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.sandbox.printable import printable

MAX_BYTES = 50_000_000
MAX_CELLS = 5_000
MAX_VALUES = 2_000_000  # JSON values: a small file may unfold to gigabytes of tiny objects
MAX_CODE = 2_000_000  # characters of code in all cells together

SLIM = "In JupyterLab choose Edit → Clear Outputs of All Cells, save, and hand that file in."
AGAIN = "Open your notebook in JupyterLab, choose File → Download, and hand in the .ipynb file you get."

SIGNATURES = {
    b"PK\x03\x04": f"a zip archive or an office document. Unpack it, and hand in the .ipynb file itself. {AGAIN}",
    b"%PDF": f"a PDF. A print of a notebook cannot run. {AGAIN}",
    b"\x1f\x8b": f"a gzip archive. Unpack it, and hand in the .ipynb file itself. {AGAIN}",
    b"7z\xbc\xaf": f"a 7z archive. Unpack it, and hand in the .ipynb file itself. {AGAIN}",
    b"Rar!": f"a rar archive. Unpack it, and hand in the .ipynb file itself. {AGAIN}",
    b"\xd0\xcf\x11\xe0": f"an office document. {AGAIN}",
    b"\x89PNG": f"a picture (PNG). A screenshot of a notebook cannot run. {AGAIN}",
    b"\xff\xd8\xff": f"a picture (JPEG). A photo of a notebook cannot run. {AGAIN}",
    b"version https://git-lfs": "a git LFS pointer, not the notebook. Run `git lfs pull`, and hand in the file again.",
}

CELL_LISTS = ("cells", "worksheets")  # the present format, and formats 2 and 3
CELL_TYPES = {"code": "code", "markdown": "markdown", "heading": "markdown", "raw": "raw", "html": "raw"}


class UnreadableNotebook(ValueError):
    """What was handed in is no notebook. The message says in words what it is and what to do."""


def read(data: bytes, max_bytes: int = MAX_BYTES) -> tuple[NotebookNode, list[str]]:
    """Read a notebook from the bytes of a file, mending what can be mended.

    Parameters
    ----------
    data : bytes
        What was handed in.
    max_bytes : int
        Larger files are refused.

    Returns
    -------
    notebook : NotebookNode
        A valid notebook, format 4.5. Its cells are those of the file, in number and order. Of the outputs
        only PNG pictures are kept; of the metadata only what the course itself uses.
    notes : list of str
        What was mended, in words.

    Raises
    ------
    UnreadableNotebook
        If this is no notebook.
    """
    notes: list[str] = []
    expect_size(len(data), max_bytes)
    if not data.strip(b" \t\r\n\0"):
        kind = "filled with zero bytes: it was not saved completely" if b"\0" in data else "empty"
        raise UnreadableNotebook(f"The file is {kind}. {AGAIN}")
    for signature, kind in SIGNATURES.items():
        if data.startswith(signature):
            raise UnreadableNotebook(f"The file is {kind}")
    document = _parse(_decode(data, notes).lstrip("\ufeff"))
    return _normalise(document, notes), notes


def expect_size(size: int, most: int = MAX_BYTES) -> None:
    """Refuse a file of more bytes than are accepted: `UnreadableNotebook`."""
    if size > most:
        sizes = f"{size / 1e6:.0f} MB, more than the {most / 1e6:.0f} MB that are accepted"
        raise UnreadableNotebook(f"The file has {sizes}. {SLIM}")


def _decode(data: bytes, notes: list[str]) -> str:
    """Text of the file: UTF-8, UTF-16 or UTF-32; bytes that cannot be that are taken as Windows-1252."""
    encoding = json.detect_encoding(data)
    if encoding == "utf-8-sig":
        notes.append("The file began with a byte-order mark (some Windows editors add it); it was left out.")
    elif encoding != "utf-8":
        notes.append(f"The file was saved as {encoding.upper()}; it was read as that.")
        return data.decode(encoding, errors="replace")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        notes.append("The file was not saved as UTF-8; its accented letters were read as Windows-1252.")
    if len(data.translate(None, bytes(range(128)))) > 200_000:  # a call for each odd byte would take long
        return data.decode("latin-1")
    return data.decode(encoding, errors="windows1252")


def _as_windows1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    odd = error.object[error.start : error.end]
    return "".join(bytes([byte]).decode("cp1252", errors="replace") for byte in odd), error.end


codecs.register_error("windows1252", _as_windows1252)


def _parse(text: str) -> dict[str, Any]:
    """The JSON object in a text, or a word on what the text is instead."""
    if sum(map(text.count, ",[{")) > MAX_VALUES:
        raise UnreadableNotebook(f"The file holds more than {MAX_VALUES:,} values. {SLIM}")
    try:
        document = json.loads(text)
    except RecursionError:
        raise UnreadableNotebook(f"The file is nested absurdly deep; no notebook is. {AGAIN}") from None
    except json.JSONDecodeError as error:
        raise UnreadableNotebook(_not_json(text, error)) from None
    except ValueError:  # a number of thousands of digits
        raise UnreadableNotebook(f"The file holds a number that is too long to read. {SLIM}") from None
    if isinstance(document, dict) and any(isinstance(document.get(key), list) for key in CELL_LISTS):
        return document
    raise UnreadableNotebook(f"The file is JSON, but no notebook: it has no list of cells. {AGAIN}")


def _not_json(text: str, error: json.JSONDecodeError) -> str:
    start = text.lstrip()[:2000]
    place = f"line {error.lineno}, column {error.colno}"
    if conflict := re.search(r"^<{7} ", text, re.MULTILINE):
        line = text.count("\n", 0, conflict.start()) + 1
        return f"The file holds the marks of a git merge conflict (line {line}). Resolve it, and hand in the file again."
    if start.startswith("<"):
        is_page = re.search(r"<html|<!doctype html", start, re.IGNORECASE)
        kind = "a web page (often a log-in or download page)" if is_page else "XML"
        return f"The file is {kind}, not a notebook. {AGAIN}"
    if start.startswith("{") and (error.msg.startswith("Unterminated") or not text[error.pos :].strip()):
        return f"The file breaks off in the middle ({place}): it was not saved or sent completely. {AGAIN}"
    if start.startswith("{"):
        return f"The file is damaged at {place}: {error.msg}. {AGAIN}"
    if re.search(r"^(?:(?:import|from|def|class)\s+\w|@\w|#!|# %%)", start, re.MULTILINE):
        return f"The file is a Python script, not a notebook. {AGAIN}"
    return f"The file is not a notebook: it is not JSON ({place}). {AGAIN}"


def _normalise(document: dict[str, Any], notes: list[str]) -> NotebookNode:
    """A valid notebook of format 4.5 with the cells of a document of any format."""
    found = list(islice(_raw_cells(document), MAX_CELLS + 1))
    if len(found) > MAX_CELLS:
        raise UnreadableNotebook(f"The notebook has more than {MAX_CELLS} cells. Delete what is not needed.")
    if "cells" not in document:
        notes.append("The notebook was in an old format (3 or before); it was brought to the present one.")
    broken = sum(not isinstance(raw, dict) for raw in found)
    if broken:
        notes.append(f"Entries that are no cells were taken as empty cells: {broken}.")
    cells = [_cell(raw if isinstance(raw, dict) else {}, notes) for raw in found]
    code = sum(len(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    if code > MAX_CODE:
        size = f"{code / 1e6:.1f} million characters of code"
        raise UnreadableNotebook(f"The notebook holds {size}. Put long data into a file, not into a cell.")
    _give_ids(cells, notes)
    metadata = _metadata(document, "course")
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    made: NotebookNode = nbformat.from_dict(content)
    return made


def _raw_cells(document: dict[str, Any]) -> Iterator[Any]:
    if isinstance(document.get("cells"), list):
        yield from document["cells"]
    else:
        for sheet in document["worksheets"]:
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list):
                yield from sheet["cells"]


def _cell(raw: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """A cell of format 4.5; its id is still whatever the file had."""
    given = raw.get("cell_type")
    kind = CELL_TYPES.get(given, "raw") if isinstance(given, str) else "code" if "outputs" in raw else "raw"
    source = _text(next((raw[key] for key in ("source", "input", "code", "text") if key in raw), ""))
    if given == "heading":  # format 3
        level = raw.get("level")
        hashes = "#" * min(max(level, 1), 6) if isinstance(level, int) else "#"
        source = f"{hashes} {source.replace(chr(10), ' ')}"
    if raw.get("attachments"):
        note = "Pictures pasted into text cells were left out; plots of code cells stay."
        notes.extend([note] if note not in notes else [])
    cell = {"cell_type": kind, "id": raw.get("id"), "metadata": _metadata(raw, "nbgrader"), "source": source}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": _pictures(raw.get("outputs"))}
    return cell


def _text(value: Any) -> str:
    """A text, however it was written: one string or a list of lines, any line ends, nothing unprintable."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    if not isinstance(value, str):
        return ""
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return re.sub("[\ud800-\udfff]", "\ufffd", value)  # half of a pair: no file can hold it


def _metadata(raw: dict[str, Any], key: str) -> dict[str, Any]:
    """The one entry of the metadata that is of use; the rest is restored from the release."""
    given = raw.get("metadata")
    return {key: _small(given[key])} if isinstance(given, dict) and key in given else {}


def _small(value: Any, depth: int = 3) -> Any:
    """A copy of a JSON value, cut off where it is larger than anything the course writes."""
    if isinstance(value, dict) and depth:
        return {
            printable(_text(key), 100): _small(item, depth - 1) for key, item in islice(value.items(), 20)
        }
    if isinstance(value, list) and depth:
        return [_small(item, depth - 1) for item in value[:20]]
    if isinstance(value, str):
        return printable(_text(value[:2000]), 2000)
    if isinstance(value, (bool, int, float)) and abs(value) < 1e15:  # false for NaN and infinity as well
        return value
    return None


def _pictures(outputs: Any) -> list[dict[str, Any]]:
    """What claims to be PNG among a code cell's outputs, as display data."""
    kept = []
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, dict):
            continue
        data = output.get("data")
        if not isinstance(data, dict):  # format 3
            data = {"image/png": output.get("png")}
        if picture := _text(data.get("image/png")):
            about = _metadata(output, "image/png")
            kept.append({"output_type": "display_data", "data": {"image/png": picture}, "metadata": about})
    return kept


def _give_ids(cells: list[dict[str, Any]], notes: list[str]) -> None:
    """Keep each valid id where it is met first; give the other cells an id made from their number."""
    seen: set[str] = set()
    twice = 0
    for cell in cells:
        given = cell["id"]
        if not (isinstance(given, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", given)):
            cell["id"] = None
        elif given in seen:
            cell["id"], twice = None, twice + 1
        else:
            seen.add(given)
    if twice:
        notes.append(
            f"Cells with the id of another cell (copies often have it) got ids of their own: {twice}."
        )
    for number, cell in enumerate(cells, 1):
        if cell["id"] is None:
            cell["id"] = unused_id(f"cell-{number}", seen)


def unused_id(wish: str, used: set[str]) -> str:
    """An id that is not used yet, and is from now on: the one wished for, or that with a number behind it."""
    identity, number = wish, 1
    while identity in used:
        number += 1
        identity = f"{wish[:50]}-{number}"
    used.add(identity)
    return identity
