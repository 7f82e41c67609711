"""What a whole run of nbgrader's autograde shares: one connection to the gradebook, one validator of its metadata.

nbgrader's own makes an engine, looks for each of its tables and closes everything again nine times a submission, asks for
each cell by itself and commits after each, 39 times for a lesson of nine exercises, and checks its own schema once a cell.
Tables, rules and the order in which things are written stay nbgrader's.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from nbgrader import converters, preprocessors
from nbgrader.api import Comment, Grade, Gradebook, GradeCell, MissingEntry, SourceCell, TaskCell
from nbgrader.nbgraderformat import common
from sqlalchemy import event
from sqlalchemy.orm import Session, scoped_session, sessionmaker

# nbgrader's modules in which autograde opens the gradebook.
USERS = (
    converters.autograde, preprocessors.overwritecells, preprocessors.overwritekernelspec, preprocessors.saveautogrades,
    preprocessors.latesubmissions,
)  # fmt: skip


class _Session(Session):
    """A session whose commits can be made into one, at the end of a ``with`` that holds the gradebook."""

    def commit(self) -> None:
        if self.info.get("together"):
            self.flush()  # what is wrong is still told where it is written
        else:
            super().commit()


@event.listens_for(_Session, "after_flush")
def _note_writing(session: Session, _: object) -> None:
    session.info["written"] = True


class SharedGradebook(Gradebook):
    """A gradebook that stays connected, and fetches the cells, grades and comments of a notebook in one go."""

    def __init__(self, db_url: str, course_id: str = "default_course"):
        super().__init__(db_url, course_id)
        self.db = scoped_session(sessionmaker(class_=_Session, bind=self.engine))
        self._fetched: dict[tuple[str, ...], dict[str, Any]] = {}

    def __enter__(self) -> "SharedGradebook":
        self.db().info["together"] = True
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """Commit what the body has written, or nothing of it; the connection stays."""
        session = self.db()
        written, _ = session.info.pop("written", False), session.info.pop("together", None)
        try:
            if failed is None and (written or session.new or session.dirty or session.deleted):
                session.commit()
        finally:
            self._fetched.clear()
            self.db.remove()

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> SourceCell:
        """As nbgrader's."""
        return self._find(
            "source cell",
            name,
            (notebook, assignment),
            lambda: self.find_notebook(notebook, assignment).source_cells,
        )

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> GradeCell | TaskCell:
        """As nbgrader's."""

        def cells() -> list[Any]:
            found = self.find_notebook(notebook, assignment)
            return [*found.grade_cells, *found.task_cells]

        return self._find("grade cell", name, (notebook, assignment), cells)

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Grade:
        """As nbgrader's."""
        where = (notebook, assignment, student)
        return self._find("grade", grade_cell, where, lambda: self._submitted(*where).grades)

    def find_comment(self, solution_cell: str, notebook: str, assignment: str, student: str) -> Comment:
        """As nbgrader's."""
        where = (notebook, assignment, student)
        return self._find("comment", solution_cell, where, lambda: self._submitted(*where).comments)

    def _submitted(self, notebook: str, assignment: str, student: str) -> Any:
        """A submitted notebook, with the cells loaded that its grades and comments take their names from."""
        released = self.find_notebook(notebook, assignment)
        self._fetched["loaded", notebook, assignment] = {
            cell.name: cell
            for cell in [*released.grade_cells, *released.task_cells, *released.solution_cells]
        }
        return self.find_submission_notebook(notebook, assignment, student)

    def _find(self, kind: str, name: str, where: tuple[str, ...], fetch: Callable[[], Any]) -> Any:
        key = (kind, *where)
        if key not in self._fetched:
            self._fetched[key] = {entry.name: entry for entry in fetch()}
        try:
            return self._fetched[key][name]
        except KeyError:
            raise MissingEntry(f"No such {kind}: {'/'.join([*where, name])}") from None


@contextmanager
def shared() -> Iterator[None]:
    """While the body runs, nbgrader's autograde opens each gradebook once."""
    opened: dict[tuple[str, ...], SharedGradebook] = {}

    def gradebook(*where: str) -> SharedGradebook:
        if where not in opened:
            opened[where] = SharedGradebook(*where)
        return opened[where]

    with ExitStack() as stack:
        stack.enter_context(_in_place_of(common, "jsonschema", SimpleNamespace(validate=_validate)))
        for module in USERS:
            stack.enter_context(_in_place_of(module, "Gradebook", gradebook))
        try:
            yield
        finally:
            for book in opened.values():
                book.close()


@contextmanager
def _in_place_of(module: ModuleType, name: str, ours: Any) -> Iterator[None]:
    theirs = getattr(module, name)
    setattr(module, name, ours)
    try:
        yield
    finally:
        setattr(module, name, theirs)


def _validate(instance: Any, schema: dict[str, Any]) -> None:
    """As ``jsonschema.validate``, which checks the schema itself, too, each time."""
    if error := best_match(validator_for(schema)(schema).iter_errors(instance)):
        raise error
