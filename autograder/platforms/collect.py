"""From what a platform hands out to ``grading/submitted``: whose each file is, and why; what is not known is asked."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from autograder.intake.notebook import UnreadableNotebook, read
from autograder.intake.submitted import Submission, id_refusal
from autograder.lesson import atomic
from autograder.lesson.layout import Course, CourseError
from autograder.platforms.archives import Item, Refused, UnusableArchive, files_in
from autograder.platforms.naming import Claim, Person, claim, surroundings
from autograder.platforms.people import Directory, Found, questions
from autograder.platforms.plain import COMPANIONS, NOTEBOOK, PlainNames
from autograder.platforms.record import Origin, Record
from autograder.platforms.shelf import OLDER, UNPLACED, Shelf, harmless
from autograder.sandbox.printable import one_line


@dataclass
class Handed:
    """One submission of some people: what they handed in at one time."""

    claim: Claim
    items: list[tuple[Item, Claim]] = field(default_factory=list)

    @property
    def age(self) -> tuple[datetime, int, datetime]:
        """What sorts submissions of the same people, the newest last."""
        newest = max(self.items, key=lambda pair: pair[1].order)
        return self.claim.when or datetime.min, newest[1].order, newest[0].written or datetime.min


@dataclass
class Outcome:
    """What `collect` did.

    Attributes
    ----------
    lines : list of str
        A sentence for each file, in order: whose it is and why, or why it lies aside.
    placed : list of str
        Students whose folder holds a submission now that was not there before.
    as_before : list of str
        Students who have handed in nothing newer than what lies there.
    aside : int
        Files that nobody could be given.
    refused : int
        Entries that were not touched.
    question : Path or None
        The table to fill in.
    """

    lines: list[str] = field(default_factory=list)
    placed: list[str] = field(default_factory=list)
    as_before: list[str] = field(default_factory=list)
    aside: int = 0
    refused: int = 0
    question: Path | None = None


def collect(
    course: Course, lesson: str, archives: Sequence[Path], directory: Directory, zone: tzinfo | None = None
) -> Outcome:
    """Place what lies in archives into ``grading/submitted/STUDENT/LESSON``.

    Parameters
    ----------
    course : Course
    lesson : str
        ``NN_slug``.
    archives : sequence of Path
        Zip files, folders or notebooks.
    directory : Directory
        Knows which student a platform's person is.
    zone : tzinfo, optional
        Of the times in names of files; this machine's when left out.

    Raises
    ------
    CourseError
        If an archive cannot be opened at all; nothing has been placed then.
    """
    return _Collection(course, lesson, directory, zone).of(archives)


class _Collection:
    """One run of `collect`."""

    def __init__(self, course: Course, lesson: str, directory: Directory, zone: tzinfo | None):
        self.course, self.lesson, self.directory, self.zone = course, lesson, directory, zone
        self.slug = lesson.partition("_")[2]
        self.folder = course.grading / "collected" / lesson
        self.shelf = Shelf(self.folder)
        self.record = Record(self.folder / "record.json")
        self.outcome = Outcome()
        self.questions: dict[Person, tuple[list[str], str]] = {}
        self.units: dict[str, list[tuple[Handed, Found]]] = {}

    def of(self, archives: Sequence[Path]) -> Outcome:
        try:
            found = [list(files_in(archive)) for archive in archives]
            gathered = [self._handed(entries) for entries in found]
        except (UnusableArchive, OSError) as error:
            raise CourseError(f"{one_line(error)} Nothing was collected.") from error
        handed = [one for some in gathered for one in some]
        everybody = {person for one in handed for person in one.claim.people}
        for one in handed:
            self._give(one, everybody)
        for student, units in sorted(self.units.items()):
            self._settle(student, sorted(units, key=lambda unit: unit[0].age))
        self.record.write()
        self._ask()
        return self.outcome

    # --- what belongs together ---

    def _handed(self, entries: Sequence[Item | Refused]) -> list[Handed]:
        for entry in entries:
            if isinstance(entry, Refused):
                self._say(f"{entry.path} {entry.why}")
                self.outcome.refused += 1
        items = [entry for entry in entries if isinstance(entry, Item)]
        around = surroundings(items, self.zone)
        for sentence in around.problems:
            self._say(sentence)
            self.outcome.refused += 1
        plain = PlainNames([item for item in items if not claim(item, around)], self.lesson, self.directory)
        together: dict[tuple[object, ...], Handed] = {}
        for item in items:
            said = claim(item, around) or plain.claim(item)
            if said is None:
                continue
            key = tuple(person.key for person in said.people), said.unit, said.people[0].platform
            together.setdefault(key, Handed(said)).items.append((item, said))
        return list(together.values())

    def _give(self, one: Handed, everybody: set[Person]) -> None:
        """Find the students of a submission; ask where one is not known."""
        for person in one.claim.people:
            found = self.directory.find(person, everybody)
            for student in found.students:
                self.units.setdefault(student, []).append((one, found))
            if not found.students:
                for item, _ in one.items:
                    self._lay_aside(item, found.why)
                if not found.left_out:
                    files = self.questions.setdefault(person, ([], found.why))[0]
                    files += [item.path for item, _ in one.items]

    # --- one student ---

    def _settle(self, student: str, units: list[tuple[Handed, Found]]) -> None:
        """Place the newest submission that holds a notebook; of none that does, the newest, so that the student is seen."""
        having = [one for one, _ in units if any(NOTEBOOK.fullmatch(said.name) for _, said in one.items)]
        one, found = next(unit for unit in reversed(units) if not having or unit[0] is having[-1])
        for other, _ in units:
            if other is not one:
                why = "an older submission" if any(other is old for old in having) else "no notebook"
                for item, _ in other.items:
                    self._keep(item, student, f"{why} of {student}: not used")
        self._place(student, one, found)

    def _place(self, student: str, one: Handed, found: Found) -> None:
        try:
            item, said, data, remark = self._chosen(student, one)
        except UnusableArchive as error:
            self._say(f"{student}: {one_line(error)}")
            self.outcome.refused += 1
            return
        name = f"{self.slug}.ipynb" if NOTEBOOK.fullmatch(said.name) else harmless(said.name)
        try:
            if why := id_refusal(student):
                raise UnreadableNotebook(why)
            verdict = self._written(student, name, data, one.claim.when)
        except (UnreadableNotebook, OSError) as error:
            self._lay_aside(item, f"{student}'s folder cannot be used: {one_line(error)}")
            return
        self.shelf.take_back(item, data)
        late = any(said.late for _, said in one.items)
        group = f"; handed in by {len(one.claim.people)} together" if len(one.claim.people) > 1 else ""
        when = f"; handed in {one.claim.when:%Y-%m-%d %H:%M:%S} UTC" if one.claim.when else ""
        mark = "; marked late" + ("" if one.claim.when else ", and nobody says by how much") if late else ""
        self._say(f"{student} ← {item.path}: {found.why}{group}{when}{mark}{remark}{verdict}")
        if "older than" in verdict:
            return
        self.record.add(
            Origin(student, one.claim.people[0].platform, one.claim.unit, _number(one, found, student), said.prefix, item.path,
                   f"{one.claim.when} UTC" if one.claim.when else None, late, hashlib.sha256(data).hexdigest())
        )  # fmt: skip

    def _chosen(self, student: str, one: Handed) -> tuple[Item, Claim, bytes, str]:
        """The file of a submission that counts, its bytes, and a remark on how it was chosen."""
        notebooks = [pair for pair in one.items if NOTEBOOK.fullmatch(pair[1].name)]
        pairs = sorted(
            notebooks or [pair for pair in one.items if not COMPANIONS.fullmatch(pair[1].name)] or one.items,
            key=lambda pair: (pair[1].order, pair[0].written or datetime.min),
        )
        if len(pairs) == 1 or not notebooks:
            item, said = pairs[-1]
            data = item.read()
            return (
                item,
                said,
                data,
                self._remark(data, said.name) if notebooks else "; no notebook, so nothing can be graded",
            )
        fitting: list[tuple[Item, Claim, bytes]] = []
        for item, said in pairs:
            try:
                data = item.read()
                if self.course.lesson_of(read(data)[0], said.name) == self.lesson:
                    fitting.append((item, said, data))
            except (UnusableArchive, UnreadableNotebook):
                continue
        if not fitting:
            item, said = pairs[-1]
            fitting = [(item, said, item.read())]
        fitting.reverse()  # the newest first
        item, said, data = max(fitting, key=lambda one: (one[1].order, one[1].name == f"{self.slug}.ipynb"))
        for other, _ in pairs:
            if other is not item:
                self._keep(other, student, f"beside {item.path}: not used")
        return item, said, data, f"; one of {len(pairs)} notebooks: {self._reason(said, fitting)}"

    def _reason(self, said: Claim, fitting: list[tuple[Item, Claim, bytes]]) -> str:
        if len(fitting) == 1:
            return "the only one of this lesson"
        alike = [one for one in fitting if one[1].order == said.order]
        named = len(alike) > 1 and said.name == f"{self.slug}.ipynb"
        return "it bears the lesson's name" if named else "the newest of this lesson"

    def _remark(self, data: bytes, name: str) -> str:
        """What will be said about the one notebook when it is graded."""
        try:
            lesson = self.course.lesson_of(read(data)[0], name)
        except UnreadableNotebook:
            return "; it cannot be read, and `autograder grade` will say why"
        return f"; it is the notebook of {lesson}" if lesson not in (None, self.lesson) else ""

    def _written(self, student: str, name: str, data: bytes, when: datetime | None) -> str:
        """Put a submission into its folder; what lay there moves aside. The end of the sentence about it."""
        target = self.course.grading / "submitted" / student / self.lesson
        before = Submission(self.course, self.lesson, student)
        if target.exists() or target.is_symlink() or target.parent.is_symlink():
            try:
                old_when = before.handed_in()
            except UnreadableNotebook:
                if target.is_symlink() or target.parent.is_symlink():
                    raise
                old_when = None
            lying = target / name
            if old_when and when and when < old_when:
                self.shelf.keep_bytes(data, student, name)
                self.outcome.as_before.append(student)
                return "; older than what lies there, so it was only kept"
            if lying.is_file() and not lying.is_symlink() and lying.read_bytes() == data and when == old_when:
                self.outcome.as_before.append(student)
                return "; lies there already"
            moved = self.shelf.move_from(target, student)
        else:
            moved = False
        atomic.write(target / name, data)
        if when:
            atomic.write(target / "timestamp.txt", f"{when} UTC\n".encode())
        self.outcome.placed.append(student)
        return "; in the place of an earlier one" if moved else ""

    # --- what is not used ---

    def _lay_aside(self, item: Item, why: str) -> None:
        if self._kept(item, self.shelf.lay_aside, f"lies in {self._shown}/{UNPLACED}: {why}"):
            self.outcome.aside += 1

    def _keep(self, item: Item, student: str, why: str) -> None:
        self._kept(item, lambda one: self.shelf.keep(one, student), f"lies in {self._shown}/{OLDER}: {why}")

    def _kept(self, item: Item, keep: Callable[[Item], None], words: str) -> bool:
        try:
            keep(item)
        except (UnusableArchive, OSError) as error:
            self._say(f"{item.path} {one_line(error)}")
            self.outcome.refused += 1
            return False
        self._say(f"{item.path} {words}")
        return True

    @property
    def _shown(self) -> str:
        return str(self.folder.relative_to(self.course.root))

    def _say(self, sentence: str) -> None:
        self.outcome.lines.append(sentence)

    def _ask(self) -> None:
        path = self.folder / "names.csv"
        if self.questions:
            rows = [(person, files, why) for person, (files, why) in self.questions.items()]
            atomic.write(path, questions(rows).encode("utf-8-sig"))
            self.outcome.question = path
        else:
            path.unlink(missing_ok=True)


def _number(one: Handed, found: Found, student: str) -> str:
    """The platform's number of the person whom a student is, as far as there is one."""
    numbers = {person.number for person in one.claim.people if person.number}
    return numbers.pop() if len(numbers) == 1 and len(found.students) == 1 else ""
