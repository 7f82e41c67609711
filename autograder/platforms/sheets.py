"""Tables as platforms and spreadsheets write them: read whatever the encoding and the separator, written back the same."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from autograder.lesson.layout import CourseError
from autograder.sandbox.printable import one_line

LONGEST = 50_000_000  # bytes of a table
ACTS = ("=", "+", "-", "@", "\t", "\r", "\n")  # a cell that begins so is a formula to a spreadsheet


@dataclass
class Sheet:
    """A table; cells are text, and rows may be shorter than the header.

    Attributes
    ----------
    header : list of str
    rows : list of list of str
    encoding, separator, line_end : str
        How it was written.
    """

    header: list[str]
    rows: list[list[str]]
    encoding: str = "utf-8-sig"
    separator: str = ","
    line_end: str = "\r\n"

    def cell(self, row: list[str], column: str) -> str:
        """A cell by the name of its column; empty if there is none."""
        place = self.header.index(column) if column in self.header else len(row)
        return row[place].strip() if place < len(row) else ""

    def put(self, row: list[str], column: str, value: str) -> None:
        """Fill in a cell."""
        place = self.header.index(column)
        row.extend([""] * (place + 1 - len(row)))
        row[place] = value

    def encoded(self) -> bytes:
        """The table as the bytes of a file, written as it was read."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.separator, lineterminator=self.line_end)
        writer.writerows([self.header, *self.rows])
        return text.getvalue().encode(self.encoding, "replace")


def read_sheet(path: Path) -> Sheet:
    """Read a table of commas, semicolons or tabs.

    Raises
    ------
    CourseError
        If there is none, or the file is something else.
    """
    try:
        data = path.read_bytes() if path.stat().st_size <= LONGEST else b""
    except OSError as error:
        raise CourseError(f"{one_line(path)} cannot be read: {error.strerror}") from error
    if not data.strip() or b"PK\x03\x04" == data[:4]:
        what = "an Excel file or a zip file: save it as CSV" if data else "empty, or too large for a table"
        raise CourseError(f"{one_line(path)} is {what}.")
    text, encoding = _decoded(data)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    except csv.Error as error:
        raise CourseError(f"{one_line(path)} is no table that can be read: {error}") from error
    header = [cell.strip() for cell in rows[0]]
    return Sheet(header, rows[1:], encoding, separator, "\r\n" if first.endswith("\r") else "\n")


def _decoded(data: bytes) -> tuple[str, str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), "utf-16"
    if data[:3] == b"\xef\xbb\xbf":
        return data.decode("utf-8-sig", "replace"), "utf-8-sig"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "cp1252"


def defused(cell: object) -> str:
    """A cell's text that no spreadsheet takes for a formula."""
    text = one_line(cell, 5000) if isinstance(cell, str) else "" if cell is None else str(cell)
    if isinstance(cell, str) and text.lstrip().startswith(ACTS):
        return f"'{text}"
    return text
