"""What each platform makes of a file's name: who handed it in, when, and whether it was late."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

import yaml

from autograder.intake.timestamp import in_utc, utc
from autograder.platforms.archives import Item, UnusableArchive
from autograder.sandbox.printable import one_line

CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>[1-9]\d*)_(?P<number>[1-9]\d*)_(?P<file>.+)", re.DOTALL
)
MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_[a-z]+_?(?P<file>.*)", re.DOTALL)
BLACKBOARD = re.compile(
    r"(?P<start>(?P<assignment>.*)_(?P<login>[^_]+)_attempt_(?P<when>\d{4}(?:-\d\d){5}))(?:_(?P<file>.+)|\.txt)",
    re.DOTALL,
)
BRIGHTSPACE = re.compile(
    r"(?P<user>\d+)-(?P<folder>\d+) ?- ?(?P<name>.+?) ?- ?(?P<when>[^-]*\b\d{4}\b[^-]*?)(?: - (?P<file>.+))?",
    re.DOTALL,
)
BRIGHTSPACE_TIMES = (
    "%b %d, %Y %I%M %p",
    "%B %d, %Y %I%M %p",
    "%d %B, %Y %H%M",
    "%d %b, %Y %H%M",
    "%b %d, %Y %H%M",
)
GRADESCOPE = re.compile(r"submission_(?P<number>\d+)")
METADATA = "submission_metadata.yml"
RECEIPT = re.compile(
    r"\s*Name: (?P<name>.*) \((?P<login>[^()]+)\)"
)  # the first line of Blackboard's text file


@dataclass(frozen=True)
class Person:
    """Somebody as a platform names them; what it does not say is empty.

    Attributes
    ----------
    platform : str
    key : str
        What stands for this person whenever the platform hands out files.
    name, login, email, number : str
    """

    platform: str
    key: str
    name: str = ""
    login: str = ""
    email: str = ""
    number: str = ""

    def __str__(self) -> str:
        about = ", ".join(filter(None, (self.number, self.login, self.email)))
        return one_line(f"{self.name or self.key} ({about})" if about else self.name or self.key, 200)


@dataclass(frozen=True)
class Claim:
    """What a path says about one submission.

    Attributes
    ----------
    people : tuple of Person
        Who handed it in; several for a group.
    unit : str
        What tells this submission from another one of the same people.
    name : str
        The file's own name, without what the platform put before it.
    prefix : str
        What the platform expects before the name of a file that goes back.
    when : datetime or None
        In UTC.
    order : int
        Of two files of the same people the newer has the greater.
    late : bool
        Whether the platform says so itself.
    """

    people: tuple[Person, ...]
    unit: str
    name: str
    prefix: str
    when: datetime | None = None
    order: int = 0
    late: bool = False


@dataclass
class Surroundings:
    """What the files of an archive say about one another."""

    zone: tzinfo | None
    receipts: dict[str, tuple[str, str]] = field(default_factory=dict)  # of Blackboard: name and login
    metadata: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # of Gradescope, by submission
    namesakes: set[str] = field(default_factory=set)  # names that several people have in Moodle
    problems: list[str] = field(default_factory=list)  # what could not be read, as sentences

    def local(self, text: str, *formats: str) -> datetime | None:
        """A time in the platform's own zone, in UTC; None if it is written in no known way."""
        for format in formats:
            try:
                moment = datetime.strptime(text.strip(), format)
                return in_utc(moment.replace(tzinfo=self.zone) if self.zone else moment.astimezone())
            except (ValueError, OverflowError):
                continue
        return None


def surroundings(items: Iterable[Item], zone: tzinfo | None) -> Surroundings:
    """Read what platforms lay beside the files of an archive."""
    found, moodle = Surroundings(zone), dict[str, set[str]]()
    for item in items:
        name = item.parts[-1]
        try:
            if name == METADATA:
                found.metadata |= _metadata(item.read())
            elif (match := BLACKBOARD.fullmatch(name)) and match["file"] is None:
                if receipt := RECEIPT.match(item.read()[:2000].decode("utf-8-sig", "replace")):
                    found.receipts[match["start"]] = receipt["name"].strip(), receipt["login"].strip()
        except UnusableArchive as error:
            found.problems.append(f"{item.path} {error}")
        for part in item.parts:
            if match := MOODLE.fullmatch(part):
                moodle.setdefault(match["name"], set()).add(match["number"])
    found.namesakes = {name for name, numbers in moodle.items() if len(numbers) > 1}
    return found


def _metadata(data: bytes) -> dict[str, Mapping[str, Any]]:
    """Gradescope's list of submissions; what is no such list is none.

    Raises
    ------
    UnusableArchive
        If it is damaged.
    """
    try:
        document = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        raise UnusableArchive(
            f"is damaged ({one_line(error, 100)}): nobody can tell whose the submissions are."
        ) from error
    return (
        {str(k): v for k, v in document.items() if isinstance(v, dict)} if isinstance(document, dict) else {}
    )


def claim(item: Item, around: Surroundings) -> Claim | None:
    """What the name of a file says in the first platform's way that fits; None if it fits none."""
    for place, part in enumerate(item.parts):
        for reads in READERS:
            if found := reads(part, item.parts[place + 1 :], around):
                return found
    return None


def _canvas(part: str, below: tuple[str, ...], around: Surroundings) -> Claim | None:
    if not (match := CANVAS.fullmatch(part)):
        return None
    person = Person("canvas", match["user"], match["name"], number=match["user"])
    prefix = part[: match.start("file")]
    name, order = below[-1] if below else match["file"], int(match["number"][:18])
    return Claim((person,), match["user"], name, prefix, order=order, late=bool(match["late"]))


def _moodle(part: str, below: tuple[str, ...], around: Surroundings) -> Claim | None:
    if not (match := MOODLE.fullmatch(part)):
        return None
    name, number = match["name"], match["number"]
    key = f"{name} ({number})" if name in around.namesakes else name
    prefix = f"{part}/" if not match["file"] else part[: match.start("file")]
    return Claim((Person("moodle", key, name),), number, below[-1] if below else match["file"], prefix)


def _blackboard(part: str, below: tuple[str, ...], around: Surroundings) -> Claim | None:
    if not (match := BLACKBOARD.fullmatch(part)):
        return None
    name, login = around.receipts.get(match["start"], ("", ""))
    if not match["start"].endswith(f"_{login}_attempt_{match['when']}"):
        name, login = "", match["login"]
    when = around.local(match["when"], "%Y-%m-%d-%H-%M-%S")
    own = below[-1] if below else match["file"] or "receipt.txt"
    person = Person("blackboard", login, name, login=login)
    return Claim((person,), match["start"], own, f"{match['start']}_", when)


def _brightspace(part: str, below: tuple[str, ...], around: Surroundings) -> Claim | None:
    if not (match := BRIGHTSPACE.fullmatch(part)) or not (below or match["file"]):
        return None
    when = around.local(match["when"], *BRIGHTSPACE_TIMES)
    prefix = part[: match.start("file")] if match["file"] else f"{part}/"
    person = Person("brightspace", match["user"], match["name"], number=match["user"])
    return Claim((person,), prefix, below[-1] if below else match["file"], prefix, when)


def _gradescope(part: str, below: tuple[str, ...], around: Surroundings) -> Claim | None:
    if not (match := GRADESCOPE.fullmatch(part)) or not below:
        return None
    about = around.metadata.get(part, {})
    submitters = _field(about, "submitters")
    people = (
        [_submitter(one) for one in submitters if isinstance(one, dict)]
        if isinstance(submitters, list)
        else []
    )
    when, given = None, _field(about, "created_at")
    if isinstance(given, datetime):
        when = in_utc(given)
    elif isinstance(given, str):
        try:
            when = utc(given)
        except ValueError:
            pass
    nobody = Person("gradescope", part)
    return Claim(tuple(people) or (nobody,), part, below[-1], f"{part}/", when, int(match["number"][:18]))


def _submitter(about: Mapping[str, Any]) -> Person:
    given = (_field(about, key) for key in ("name", "email", "sid"))
    name, email, sid = (str(value).strip() if isinstance(value, str | int) else "" for value in given)
    return Person("gradescope", sid or email or name, name, login=sid, email=email)


def _field(about: Mapping[str, Any], name: str) -> Any:
    """A field of Gradescope's; its names begin with a colon, in some exports without."""
    return about.get(f":{name}", about.get(name))


Reads = Callable[[str, tuple[str, ...], Surroundings], Claim | None]
READERS: tuple[Reads, ...] = (_moodle, _blackboard, _brightspace, _gradescope, _canvas)
