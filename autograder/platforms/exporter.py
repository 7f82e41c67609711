"""What ``nbgrader export`` writes: nbgrader's own columns, in which nobody's missing grade is a zero."""

from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from autograder.classroom import scores
from autograder.classroom.scores import Row
from autograder.lesson import atomic
from autograder.lesson.layout import Course
from autograder.platforms.people import as_csv

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score", "needs_a_human", "reason",
)  # fmt: skip


class Exporter(ExportPlugin):
    """nbgrader's CSV, with the reason where there is no score."""

    def export(self, gradebook: Gradebook) -> None:
        """Write ``grades.csv``, or the file of ``--to``."""
        course = Course(Path(self.parent.coursedir.root))
        wanted = {str(name) for name in self.assignment}
        table = [
            _line(assignment, row)
            for assignment in gradebook.assignments
            if not wanted or assignment.name in wanted
            for row in self._rows(course, assignment.name, gradebook)
        ]
        target = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", target)
        atomic.write(target, as_csv(COLUMNS, table).encode())

    def _rows(self, course: Course, lesson: str, gradebook: Gradebook) -> list[Row]:
        known = lesson in course.lessons
        made = scores.rows(course, lesson, gradebook) if known else scores.recorded(gradebook, lesson)
        chosen = {str(name) for name in self.student}
        return [row for row in made if not chosen or row.student.id in chosen]


def _line(assignment: Any, row: Row) -> list[object]:
    who, graded = row.student, row.raw is not None
    return [
        assignment.name, str(assignment.duedate or ""), row.timestamp, who.id, who.last_name, who.first_name, who.email,
        _shown(row.raw), _shown(row.penalty) if graded else "", _shown(row.score), _shown(assignment.max_score),
        "yes" if row.needs_a_human else "no", row.reason,
    ]  # fmt: skip


def _shown(value: float | None) -> str:
    """As nbgrader writes a number."""
    return "" if value is None else str(float(value))
