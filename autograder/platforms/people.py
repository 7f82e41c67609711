"""Which student a platform's person is: by what an instructor has said, by the roster, or not known."""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom.roster import Student
from autograder.intake.submitted import id_refusal
from autograder.lesson import atomic
from autograder.lesson.layout import Course, CourseError
from autograder.platforms.naming import Person
from autograder.platforms.sheets import defused, read_sheet
from autograder.sandbox.printable import one_line

QUESTION = ("platform", "key", "person", "files", "why", "student")
NOBODY = "-"  # in the column `student`: leave this out

Answers = dict[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True)
class Found:
    """Whose something is, and how that is known. No students: it is not known, and ``why`` says what is missing."""

    students: tuple[str, ...]
    why: str
    left_out: bool = False


def squashed(name: str) -> str:
    """The letters of a name, as Canvas writes them into names of files."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name).casefold())


def words_of(name: str) -> list[str]:
    """The words of a name in alphabetical order: ``Doe, Jane`` and ``Jane Doe`` are the same."""
    return sorted(re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold()))


class Directory:
    """Knows students by what platforms say of them.

    Parameters
    ----------
    students : sequence of Student
        The roster; may be empty.
    answers : mapping
        What an instructor has said: the students of a platform's person, by platform and key.
    """

    def __init__(self, students: Sequence[Student], answers: Mapping[tuple[str, str], Sequence[str]]):
        self.students, self.answers = students, answers

    def find(self, person: Person, others: Collection[Person] = ()) -> Found:
        """The student that a person is.

        Parameters
        ----------
        person : Person
        others : collection of Person
            Everybody else in the same archive: two of one name cannot be told apart by it.
        """
        answer = self.answers.get((person.platform, person.key))
        if answer is not None:
            if tuple(answer) == (NOBODY,):
                return Found((), "you said to leave it out", left_out=True)
            return Found(tuple(answer), "as you have said")
        by_mark = {student.id: words for student in self.students if (words := self._mark(person, student))}
        if len(by_mark) == 1:
            return Found(tuple(by_mark), next(iter(by_mark.values())))
        if by_mark:
            return Found((), f"{' and '.join(map(one_line, by_mark))} on the roster both fit {person}")
        return self._by_name(person, others) if self.students else self._without_roster(person)

    def knows(self, name: str) -> bool:
        """Whether a folder's name is one student's, by what has been said or by the roster."""
        person = Person("plain", name, name)
        return ("plain", name) in self.answers or bool(self.students and self.find(person).students)

    def _mark(self, person: Person, student: Student) -> str:
        """By which mark of identity a student is a person; empty if by none."""
        own = person.name if person.platform in ("plain", "folder", "file") else ""  # what somebody called it
        if person.number and person.number == student.lms_user_id:
            return f"{person.platform.title()}'s number {person.number} is {student.id}'s on the roster"
        for mark in filter(None, (person.login, person.email, own)):
            if mark.casefold() in {student.id.casefold(), (student.email or "").casefold()}:
                return f"{mark} is on the roster"
        return ""

    def _by_name(self, person: Person, others: Iterable[Person]) -> Found:
        if not person.name:
            return Found((), f"{person} is not on the roster")
        for name in _names(person):
            alike = [student for student in self.students if _same(person, name, student)]
            if len(alike) > 1:
                who = " and ".join(one_line(student.id) for student in alike)
                return Found((), f"{who} on the roster both have the name {one_line(name)}")
            if any(other.key != person.key and _same_name(person, name, other) for other in others):
                return Found((), f"several people here have the name {one_line(name)}")
            if alike:
                if person.number and alike[0].lms_user_id:
                    words = f"has another number on the roster than {person.number}"
                    return Found((), f"{alike[0].id} is called {one_line(name)}, but {words}")
                return Found((alike[0].id,), f"the only {one_line(name)} on the roster")
        return Found((), f"{person} is not on the roster")

    def _without_roster(self, person: Person) -> Found:
        """Only what is an id by itself is taken for one."""
        own = {"plain": person.key, "blackboard": person.login, "gradescope": person.login or person.email}
        wanted = own.get(person.platform, "")
        if wanted and not id_refusal(wanted):
            return Found(
                (wanted,),
                f"there is no roster yet, and {wanted} is what {person.platform.title()} calls the student"
                if person.platform != "plain"
                else "the folder is called so, and there is no roster yet",
            )
        return Found((), f"there is no roster yet that says who {person} is")


def _names(person: Person) -> list[str]:
    """A name, and for Moodle what follows the name of a group in it."""
    pieces = person.name.split("-") if person.platform == "moodle" else []
    return [person.name, *("-".join(pieces[start:]).strip() for start in range(1, len(pieces)))]


def _same(person: Person, name: str, student: Student) -> bool:
    if not (student.first_name or student.last_name):
        return False
    whole = f"{student.last_name or ''} {student.first_name or ''}"
    return (
        squashed(name) == squashed(whole)
        if person.platform == "canvas"
        else words_of(name) == words_of(whole)
    )


def _same_name(person: Person, name: str, other: Person) -> bool:
    return person.platform == other.platform and words_of(other.name) == words_of(name)


def proposal(person: Person) -> str:
    """An id that would do for a person nobody knows yet."""
    own = person.key if person.platform == "plain" else ""
    for wish in (person.login, person.email, person.name, own):
        if wish and not id_refusal(wish := unicodedata.normalize("NFC", wish).strip()):
            return wish
    return ""


# --- what an instructor says ----------------------------------------------------------------------------------------


def known_answers(course: Course) -> Answers:
    """What has been said for earlier lessons."""
    path = _known(course)
    return answers_in(path) if path.exists() else {}


def remember(course: Course, answers: Answers) -> None:
    """Keep answers for the next lessons."""
    rows = [(platform, key, "; ".join(students)) for (platform, key), students in sorted(answers.items())]
    atomic.write(_known(course), as_csv(("platform", "key", "student"), rows).encode("utf-8-sig"))


def _known(course: Course) -> Path:
    return course.grading / "collected" / "names.csv"


def answers_in(path: Path) -> Answers:
    """The answers in a file of questions that somebody has filled in; a row without a student is no answer.

    Raises
    ------
    CourseError
        If it is no such file, or a student's id cannot be one.
    """
    sheet = read_sheet(path)
    if missing := {"platform", "key", "student"} - set(sheet.header):
        raise CourseError(
            f"{one_line(path)} has no column {', '.join(sorted(missing))}: give the file that collect wrote."
        )
    found: Answers = {}
    for row in sheet.rows:
        platform, key, text = (undefused(sheet.cell(row, name)) for name in ("platform", "key", "student"))
        students = tuple(name for name in (part.strip() for part in text.split(";")) if name)
        for student in students:
            if student != NOBODY and (why := id_refusal(student)):
                raise CourseError(f"{one_line(path)}: {one_line(student)!r} cannot be a student's id. {why}")
        if students:
            found[platform, key] = students
    return found


def undefused(text: str) -> str:
    """A cell as it was before `defused`."""
    return text[1:] if text.startswith("'") and defused(text[1:]) == text else text


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of ours, in which no cell acts."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return text.getvalue()


def questions(rows: Iterable[tuple[Person, Sequence[str], str]]) -> str:
    """A table to be filled in: one row for each person whose student is not known, with a proposal where there is one."""
    return as_csv(
        QUESTION,
        [
            (who.platform, who.key, str(who), one_line("; ".join(files), 500), one_line(why), proposal(who))
            for who, files, why in rows
        ],
    )
