"""Where each submission came from, so that grades and feedback find their way back."""

from pathlib import Path

import msgspec

from autograder.lesson import atomic
from autograder.lesson.layout import Course, CourseError


class Origin(msgspec.Struct, frozen=True):
    """Where the submission of a student came from.

    Attributes
    ----------
    student, platform : str
    unit : str
        The platform's name for this submission; Moodle's number of the participant.
    number : str
        The platform's number of the student, if it has one.
    prefix : str
        What the platform wants before the name of a file for this student.
    file : str
        Where it lay in the archive.
    when : str or None
    late : bool
        Whether the platform marked it as late.
    sha256 : str
        Of what was placed.
    """

    student: str
    platform: str
    unit: str
    number: str
    prefix: str
    file: str
    when: str | None
    late: bool
    sha256: str


class Record:
    """The origins of a lesson's submissions, by student; the latest counts.

    Raises
    ------
    CourseError
        If the file cannot be read.
    """

    def __init__(self, path: Path):
        self.path = path
        try:
            found = msgspec.json.decode(path.read_bytes(), type=list[Origin]) if path.exists() else []
        except (OSError, msgspec.MsgspecError) as error:
            raise CourseError(f"{path} cannot be read ({error}): delete it, and collect again.") from error
        self._origins = {origin.student: origin for origin in found}

    @classmethod
    def of(cls, course: Course, lesson: str) -> "Record":
        """The record of a lesson."""
        return cls(course.grading / "collected" / lesson / "record.json")

    def add(self, origin: Origin) -> None:
        """Note where a student's submission came from."""
        self._origins[origin.student] = origin

    def get(self, student: str) -> Origin | None:
        """Where a student's submission came from; None if that is not known."""
        return self._origins.get(student)

    def student_of(self, platform: str, *, unit: str = "", number: str = "") -> str | None:
        """The one student with a platform's number, or of a submission of that name."""
        found = {
            origin.student
            for origin in self._origins.values()
            if origin.platform == platform
            and ((unit and origin.unit == unit) or (number and origin.number == number))
        }
        return found.pop() if len(found) == 1 else None

    def write(self) -> None:
        """Keep it on the disk."""
        origins = [self._origins[student] for student in sorted(self._origins)]
        if origins or self.path.exists():
            atomic.write(self.path, msgspec.json.format(msgspec.json.encode(origins), indent=1))
