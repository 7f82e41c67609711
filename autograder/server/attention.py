"""Which lesson the learner is at: the one whose notebook was opened or saved last."""

from pathlib import Path
from typing import Any

from autograder.lesson.layout import Lesson
from autograder.server.verdicts import Verdicts

CONTENTS = "https://events.jupyter.org/jupyter_server/contents_service/v1"


class Attention:
    """Listens to what the Jupyter server says of opened and saved files.

    Parameters
    ----------
    verdicts : Verdicts
    served : Path
        The folder that the server shows; the names in its messages begin there.
    """

    def __init__(self, verdicts: Verdicts, served: Path):
        self._verdicts, self._served = verdicts, served
        self._lessons = {verdicts.path(lesson): lesson for lesson in verdicts.course.lessons.values()}
        self._seen: list[Lesson] = []

    async def listen(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """Take one message; a listener of ``jupyter_events.EventLogger``."""
        lesson = self.lesson_of(str(data.get("path", "")))
        if lesson is not None and data.get("action") in ("get", "save"):
            self._seen = [lesson, *(other for other in self._seen if other != lesson)]

    def lesson_of(self, path: str) -> Lesson | None:
        """The lesson whose notebook a path of the server means; None for any other file."""
        return self._lessons.get(self._served / path.strip("/"))

    def lessons(self) -> list[Lesson]:
        """Lessons that were opened or saved since the server started, the latest first."""
        return list(self._seen)

    def lesson(self) -> Lesson:
        """The lesson the learner is at: where nothing was opened yet, the one saved last."""
        if self._seen:
            return self._seen[0]
        lessons = self._verdicts.course.lessons.values()
        return max(lessons, key=lambda lesson: (self._verdicts.stamp(lesson) or (0,))[0])
