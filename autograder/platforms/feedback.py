"""The feedback pages of a lesson as one zip file, named so that a platform knows whose each is."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from autograder.lesson.layout import Course
from autograder.platforms.record import Record
from autograder.sandbox.printable import one_line


def write_feedback(
    course: Course, lesson: str, platform: str, students: Sequence[str], record: Record, target: Path
) -> list[str]:
    """Write the pages that nbgrader has generated into one zip file.

    Parameters
    ----------
    course : Course
    lesson : str
    platform : str
        Whose names the pages get: those under which the submissions came. ``csv`` stands for folders by student.
    students : sequence of str
    record : Record
        Where the submissions came from.
    target : Path
        The zip file; what stood there is replaced.

    Returns
    -------
    list of str
        A sentence for each student whose page is not in it.
    """
    slug, missing = lesson.partition("_")[2], []
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for student in students:
            page = course.grading / "feedback" / student / lesson / f"{slug}.html"
            origin = record.get(student)
            if not page.is_file():
                missing.append(
                    f"{one_line(student)}: no feedback page yet (nbgrader generate_feedback {lesson})"
                )
            elif platform != "csv" and (origin is None or origin.platform != platform):
                missing.append(
                    f"{one_line(student)}: not collected from {platform.title()}, so it has no name there"
                )
            else:
                prefix = origin.prefix if origin and platform != "csv" else f"{student}/"
                archive.writestr(_free(archive, f"{prefix}{slug}", student), page.read_bytes())
    return missing


def _free(archive: zipfile.ZipFile, stem: str, student: str) -> str:
    """The members of a group share the platform's name for their work; each has a page of their own."""
    name = f"{stem}.html"
    return name if name not in archive.NameToInfo else f"{stem}-{student}.html"
