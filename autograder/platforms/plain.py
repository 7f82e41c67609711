"""Zip files and folders that no platform has named: whose folder a file lies in, or what its own name says."""

import re
from collections.abc import Sequence

from autograder.platforms.archives import Item
from autograder.platforms.naming import Claim, Person
from autograder.platforms.people import Directory

NOTEBOOK = re.compile(
    r"(.*)\.ipynb(?:\.(?:json|txt))?", re.IGNORECASE | re.DOTALL
)  # browsers add .json and .txt
COMPANIONS = re.compile(
    r"(?i)index\.html|submission_metadata\.yml|receipt\.txt|.*\.(?:png|jpe?g|csv|npz|npy|pyc)"
)  # what platforms and notebooks lay beside somebody's work
SAID_ANYWAY = {"submitted", "submissions", "submission"}


class PlainNames:
    """Reads the names of the files of one archive.

    Parameters
    ----------
    items : sequence of Item
        All files of the archive.
    lesson : str
        Whose name, as a folder, says nothing about anybody.
    directory : Directory
        A folder with the name of a student counts before one with another name.
    """

    def __init__(self, items: Sequence[Item], lesson: str, directory: Directory):
        self._slug, self._directory = lesson.partition("_")[2], directory
        self._said = {lesson.lower(), self._slug.lower(), *SAID_ANYWAY}
        chains = [self._folders(item) for item in items if NOTEBOOK.fullmatch(item.parts[-1])]
        self._wrapper = _shared(chains)
        inside = [
            chain[len(self._wrapper) :] for chain in chains if chain[: len(self._wrapper)] == self._wrapper
        ]
        below: dict[str, set[str]] = {}
        for chain in inside:
            below.setdefault(chain[0] if chain else "", set()).add(chain[1] if len(chain) > 1 else "")
        self._with_notebook = set(below)
        self._branching = {top for top, branches in below.items() if len(branches) > 1 and "" not in branches}
        self._lone_chain = len(below) == 1 and any(len(chain) > 1 for chain in inside)

    def claim(self, item: Item) -> Claim | None:
        """What a file's path says; None if it is a file that lies beside everybody's work and is no notebook."""
        folders, name = self._folders(item), item.parts[-1]
        if folders[: len(self._wrapper)] != self._wrapper:
            return None
        own = folders[len(self._wrapper) :]
        if not own:
            file = Person("file", item.path, self._stem(name))
            return Claim((file,), item.path, name, "") if NOTEBOOK.fullmatch(name) else None
        known = {part for part in own if self._directory.knows(part)}
        if len(known) == 1:
            key = known.pop()
            return Claim((Person("plain", key, key),), key, name, f"{key}/")
        without = own[0] not in self._with_notebook
        if without and not known and COMPANIONS.fullmatch(name):
            return None
        if known or without or own[0] in self._branching or self._lone_chain:
            key = "/".join(own[:2])  # any of these folders may be the student's
            return Claim((Person("folder", key, own[min(len(own), 2) - 1]),), key, name, f"{key}/")
        return Claim((Person("plain", own[0], own[0]),), own[0], name, f"{own[0]}/")

    def _folders(self, item: Item) -> tuple[str, ...]:
        """The folders around a file that may say something; a zip file counts as one."""
        parts = (re.sub(r"(?i)\.zip$", "", part) for part in item.parts[:-1])
        return tuple(part for part in parts if part.lower() not in self._said)

    def _stem(self, name: str) -> str:
        """What a file's name says besides the lesson's."""
        stem = re.sub(r"\.ipynb.*$", "", name, flags=re.IGNORECASE)
        return re.sub(rf"(?i)(?:\d\d[ _-]?)?{re.escape(self._slug)}", "", stem).strip(" _-()")


def _shared(chains: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Folders around all notebooks, but the innermost of any: that one may be the student's."""
    shared: list[str] = []
    for level in zip(*chains):
        if len(set(level)) > 1 or any(len(chain) <= len(shared) + 1 for chain in chains):
            break
        shared.append(level[0])
    return tuple(shared) if len(chains) > 1 else ()
