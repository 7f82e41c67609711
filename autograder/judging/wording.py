"""Messages in the words of the lesson: what the docstring calls a result, where a missing name comes from."""

import ast
import platform
import re
from collections.abc import Iterator

from autograder.diagnosis.docstring import Description
from autograder.lesson.release import Release

PART = re.compile(r"\b[Pp]art (\d+) of (part \d+ of )?the result")
UNKNOWN = re.compile(r"NameError: name '(\w+)' is not defined")
SYNTAX = re.compile(r"\b(?:SyntaxError|IndentationError|TabError): ")
NOT_RUN = ("check", "demo")


class Wording:
    """Makes messages of the checks and of Python clearer, for one lesson.

    Parameters
    ----------
    release : Release
    """

    def __init__(self, release: Release):
        self._defined_in: dict[str, str] = {}
        for cell in release.cells:
            if cell.role in NOT_RUN:
                for name in _names_bound(cell.source):
                    self._defined_in.setdefault(name, cell.name)

    def clear(self, message: str, description: Description) -> str:
        """The message with the docstring's names for parts of a result, and with reasons for Python's errors.

        Parameters
        ----------
        message : str
        description : Description
            Of the exercise's function.
        """
        message = PART.sub(lambda match: _name_of_part(match, description), message)
        if match := UNKNOWN.search(message):
            message += self._where_from(match[1])
        if SYNTAX.search(message):
            message += f" This was read by Python {platform.python_version()}."
        return message

    def _where_from(self, name: str) -> str:
        cell = self._defined_in.get(name)
        if cell is None:
            return ""
        return f" `{name}` comes from the cell `{cell}`, which does not run when your work is graded: pass it in, or define it in your answer."


def _name_of_part(match: re.Match[str], description: Description) -> str:
    first, outer = int(match[1]), match[2]
    if outer is None:
        names = [first]
    else:
        names = [int(re.findall(r"\d+", outer)[0]), first]
    if len(description.results) > 1:
        if names[0] > len(description.results):
            return match[0]
        name, places = description.results[names[0] - 1].name, names[1:]
    elif description.results:
        name, places = description.results[0].name, names
    else:
        return match[0]
    return f"`{name}{''.join(f'[{place - 1}]' for place in places)}`"


def _names_bound(source: str) -> Iterator[str]:
    """Names that a cell binds at its top level; none if it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            yield statement.name
        elif not isinstance(statement, (ast.Import, ast.ImportFrom)):
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id
