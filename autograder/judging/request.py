"""What the judge gets of one submission: read, mended, and taken apart into cells."""

import hashlib

import msgspec

from autograder.sandbox.processes import Limits


class CellToRun(msgspec.Struct, frozen=True):
    """One code cell of the learner's that runs when grading."""

    label: str  # "cell 7", as messages call it
    name: str | None  # the exercise that it answers
    source: str


class Request(msgspec.Struct):
    """One submission as the judge gets it: read, mended, and taken apart into cells."""

    name: str  # what the result calls it
    lesson: str
    student: str | None
    seed: str
    cells: list[CellToRun]
    notes: list[str]
    least_isolation: str
    limits: Limits

    def key(self, fingerprint: str) -> str:
        """Hash of everything that the result depends on; ``fingerprint`` is the lesson's own."""
        parts = [
            fingerprint,
            self.lesson,
            self.student,
            self.seed,
            self.cells,
            self.least_isolation,
            self.limits,
        ]
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
