"""Wrong ideas that can be run: declared beside the hidden checks, and proof that these work."""

import inspect
import re
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import TypeVar


@dataclass(frozen=True)
class Misconception:
    """One wrong idea about one exercise.

    Attributes
    ----------
    name : str
        What the idea is, as an identifier.
    exercise : str
    message : str
        What a learner who holds it is told.
    source : str
        Where the idea was met: a document, a fact that was measured, a known published error.
    code : str
        A whole wrong implementation; empty when it is given as an edit.
    edit : tuple of (old, new), optional
        Replacement in the text of the solution's answer.
    raises : bool
        Whether it ends in an exception on some inputs.
    """

    name: str
    exercise: str
    message: str
    source: str
    code: str = ""
    edit: tuple[str, str] | None = None
    raises: bool = False

    def program(self, answer: str) -> str:
        """Source that defines the wrong function under the exercise's name.

        Parameters
        ----------
        answer : str
            The solution's own source of the exercise.

        Raises
        ------
        ValueError
            If the text to replace does not occur exactly once.
        """
        if self.edit is None:
            return self.code
        old, new = self.edit
        if answer.count(old) != 1:
            raise ValueError(
                f"misconception {self.name}: {old!r} occurs {answer.count(old)} times in the answer"
            )
        return answer.replace(old, new)


_REGISTERED: dict[str, list[Misconception]] = {}


def _register(entry: Misconception, file: str) -> None:
    known = _REGISTERED.setdefault(file, [])
    known[:] = [m for m in known if (m.exercise, m.name) != (entry.exercise, entry.name)] + [entry]


def registered(file: str) -> list[Misconception]:
    """Misconceptions that a check file declares."""
    return list(_REGISTERED.get(file, []))


Wrong = TypeVar("Wrong", bound=FunctionType)


def misconception(
    exercise: str, message: str, source: str, *, raises: bool = False
) -> Callable[[Wrong], Wrong]:
    """Declare a whole wrong implementation of an exercise; it may use ``np`` and the earlier exercises by name.

    ``raises`` says that it ends in an exception on some inputs.
    """

    def declare(function: Wrong) -> Wrong:
        text = textwrap.dedent(inspect.getsource(function))
        text = re.sub(
            r"\A.*?^(?=def )", "", text, count=1, flags=re.MULTILINE | re.DOTALL
        )  # without its decorator
        code = re.sub(rf"^def {function.__name__}\b", f"def {exercise}", text, count=1)
        file = function.__globals__["__file__"]
        _register(Misconception(function.__name__, exercise, message, source, code=code, raises=raises), file)
        return function

    return declare


def misconception_by_edit(
    exercise: str, name: str, *, old: str, new: str, message: str, source: str, file: str | None = None
) -> None:
    """Declare a wrong implementation as an edit of the solution's text; ``old`` must occur exactly once in it.

    ``file`` is the file of checks that it belongs to, where that is not the caller's own.
    """
    file = file or sys._getframe(1).f_globals["__file__"]
    _register(Misconception(name, exercise, message, source, edit=(old, new)), file)


def misconceptions_by_edit(
    exercise: str, *rows: tuple[str, str, str, str, str], file: str | None = None
) -> None:
    """Declare a `misconception_by_edit` for each row: its name, old, new, message and source."""
    file = file or sys._getframe(1).f_globals["__file__"]
    for name, old, new, message, source in rows:
        misconception_by_edit(exercise, name, old=old, new=new, message=message, source=source, file=file)
