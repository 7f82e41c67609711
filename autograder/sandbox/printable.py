"""Text that others wrote, fit to be printed: without characters that act in a terminal or cannot be seen."""

import re

# Control characters but tab and newline, marks that turn a line around, zero width, separators of lines.
ACTIVE = "\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # for a class of a regex
_ACTIVE = re.compile(f"[{ACTIVE}]")


def printable(text: str, longest: int) -> str:
    """The beginning of a text of the learner's, without characters that act or do not exist."""
    return _ACTIVE.sub("", text[:longest]).encode("utf-8", "replace").decode()


def one_line(text: object, longest: int = 2000) -> str:
    """The same in one line, so that no name or message can look like a line of the table around it."""
    return " ".join(printable(" ".join(str(text)[:longest].splitlines()), longest).expandtabs(1).splitlines())


def escaped_in_json(document: str) -> str:
    """A JSON document in which such characters stand as escapes; its values stay the same."""
    return _ACTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", document)
