"""The solution's own functions, run in the judge: what learners' values are compared with."""

import importlib
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from autograder.diagnosis.evidence import fresh
from autograder.lesson.authoring import role_of
from autograder.lesson.layout import CourseError, Lesson

PYPLOT = "matplotlib.pyplot"


class Reference:
    """Functions of a lesson's solution notebook, as attributes.

    Parameters
    ----------
    lesson : Lesson

    Attributes
    ----------
    sources : dict of str to str
        Source of each answer cell.
    """

    def __init__(self, lesson: Lesson):
        cells = [(role_of(cell), cell) for cell in lesson.solution.cells if cell.cell_type == "code"]
        self.sources: dict[str, str] = {cell.id: cell.source for role, cell in cells if role == "answer"}
        self._namespace: dict[str, Any] = {"__name__": f"reference_{lesson.slug}"}
        with _pyplot_later(), _course_modules(lesson):
            for role, cell in cells:
                if role in ("imports", "answer"):
                    exec(
                        compile(cell.source, f"<solution of {lesson.name}: {cell.id}>", "exec"),
                        self._namespace,
                    )
        missing = [name for name in self.sources if name not in self._namespace]
        if missing:
            raise CourseError(
                f"{lesson.name}: the answer cells {missing} do not define what they are named after"
            )

    def __getattr__(self, name: str) -> Any:
        try:
            return self._namespace[name]
        except KeyError:
            raise AttributeError(f"the solution defines no {name}") from None

    def with_answer(self, source: str, name: str) -> Callable[..., Any]:
        """Function ``name`` from another source, which may use the solution's other functions."""
        namespace = dict(self._namespace)
        exec(compile(source, f"<misconception of {name}>", "exec"), namespace)
        function: Callable[..., Any] = namespace[name]
        return function


class ReferenceAsLearner:
    """The solution in the learner's place, in this process: tells a check's own fault from a learner's."""

    def __init__(self, reference: Reference):
        self._reference = reference

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(self._reference, name)
        return lambda *arguments: function(*map(fresh, arguments))

    def after(self, name: str, *arguments: Any) -> tuple[Any, list[Any]]:
        """Result and the arguments after the call, as `Learner.after`."""
        opened = [fresh(argument) for argument in arguments]
        return getattr(self._reference, name)(*opened), opened

    def map(self, name: str, argument_lists: Iterable[tuple[Any, ...]]) -> list[Any]:
        """Results of many calls, as `Learner.map`."""
        return [getattr(self._reference, name)(*map(fresh, arguments)) for arguments in argument_lists]


@contextmanager
def _course_modules(lesson: Lesson) -> Iterator[None]:
    """Make ``helpers`` and ``given`` of this lesson importable while its solution is executed."""
    sources = {"helpers": lesson.helpers, "given": lesson.given}
    before = {name: sys.modules.pop(name, None) for name in sources}
    try:
        for name, source in sources.items():
            if source is not None:
                module = types.ModuleType(name)
                module.__file__ = f"{name}.py"
                exec(compile(source, module.__file__, "exec"), vars(module))
                sys.modules[name] = module
        yield
    finally:
        for name, kept in before.items():
            sys.modules.pop(name, None)
            if kept is not None:
                sys.modules[name] = kept


class _Later(types.ModuleType):
    """A module in name only, until something is taken from it."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def _pyplot_later() -> Iterator[None]:
    """Whoever imports pyplot inside gets it when it is first used, which no answer does.

    Loading it would be a third of what it takes to start a judge.
    """
    stand_in = _Later(PYPLOT)
    sys.modules.setdefault(PYPLOT, stand_in)
    try:
        yield
    finally:
        if sys.modules.get(PYPLOT) is stand_in:
            del sys.modules[PYPLOT]
