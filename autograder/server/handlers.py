"""The addresses of the extension: the course map, a lesson's verdict, and the stream by which a page renews itself."""

import asyncio
import functools
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import json5
import msgspec
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.iostream import StreamClosedError

from autograder.classroom import progress
from autograder.lesson.layout import CourseError, Lesson
from autograder.server import pages
from autograder.server.attention import Attention
from autograder.server.pages import Place
from autograder.server.verdicts import Verdicts

PAGE = "autograder"
# The course map; the verdict on whichever lesson the learner is at; on the lesson whose notebook lies at ?path=
MAP, CURRENT, NOTEBOOK = "map", "current", "notebook"
POLL_SECONDS = 0.2
ALIVE_SECONDS = 15  # a proxy closes a connection on which nothing is said
KEY_SECONDS = 600


@dataclass(frozen=True)
class Shown:
    """A page's title and content, and the sentence at its head that is read aloud when it is renewed."""

    title: str
    html: str
    sentence: str
    ready: bool = True  # or a verdict has to be made first


@dataclass
class Desk:
    """What all handlers share."""

    verdicts: Verdicts
    attention: Attention
    theme: Callable[[], str | None]
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def key(self, subject: str) -> str:
        """Opens one stream of this server for a while; a page in a frame without an origin has no cookie to show."""
        until = str(int(time.monotonic()) + KEY_SECONDS)
        return f"{until}.{self._signature(subject, until)}"

    def opens(self, subject: str, key: str) -> bool:
        """Whether a key is ours, is for this stream and has not run out."""
        until, _, signature = key.partition(".")
        genuine = hmac.compare_digest(signature, self._signature(subject, until))
        return genuine and until.isdecimal() and int(until) >= time.monotonic()

    def _signature(self, subject: str, until: str) -> str:
        return hmac.new(self.secret, f"{subject} {until}".encode(), hashlib.sha256).hexdigest()


class DeskHandler(JupyterHandler):
    """What the three have in common."""

    def initialize(self, desk: Desk) -> None:
        self.desk = desk

    @functools.cached_property
    def nonce(self) -> str:
        return secrets.token_urlsafe(16)

    @property
    def content_security_policy(self) -> str:
        """Nothing is loaded, nothing runs but our own script, and only Jupyter's own pages may show this one."""
        return (
            f"default-src 'none'; style-src 'nonce-{self.nonce}'; script-src 'nonce-{self.nonce}'; connect-src 'self'; "
            "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
        )

    @property
    def place(self) -> Place:
        return Place(
            base=url_path_join(self.base_url, PAGE, "/"),
            lab=url_path_join(self.base_url, "lab/tree", "/"),
            theme=self.desk.theme(),
            nonce=self.nonce,
        )

    def lesson_at(self, subject: str) -> Lesson:
        """The lesson that an address means; 404 if there is none."""
        if subject == CURRENT:
            return self.desk.attention.lesson()
        try:
            return self.desk.verdicts.course.lesson(subject)
        except CourseError as error:
            raise web.HTTPError(404, reason="No such lesson", log_message=str(error)) from error

    def state(self, subject: str) -> Any:
        """What changes whenever the page would show something else."""
        verdicts = self.desk.verdicts
        if subject == MAP:
            return [
                verdicts.stamp(lesson) for lesson in verdicts.course.lessons.values()
            ], progress.last_kept()
        lesson = self.lesson_at(subject)
        return lesson.name, verdicts.stamp(lesson)

    def shown(self, subject: str) -> Shown:
        """What the page shows now; it takes a while, where lessons are read for the first time."""
        verdicts = self.desk.verdicts
        if subject == MAP:
            return Shown(
                "Course map", pages.course_map(verdicts, self.place), "Renewed whenever something is judged."
            )
        lesson = self.lesson_at(subject)
        title = f"Verdict: {lesson.name}"
        told = verdicts.known(lesson)
        if told is None:
            return Shown(title, pages.waiting(lesson), "Judging what you saved …", ready=False)
        html = pages.verdict(lesson, told, self.place, self.desk.attention.lessons())
        return Shown(title, html, f"Saved {pages.clock(told.saved)}: {pages.state_in_words(told.result)}")


class PageHandler(DeskHandler):
    """The course map, or the verdict on a lesson: at once, with what is known; the rest comes by the stream."""

    @web.authenticated
    async def get(self, subject: str = "") -> None:
        subject = self.subject_of(subject)
        shown = await asyncio.to_thread(self.shown, subject)
        key = self.desk.key(subject)
        events = url_path_join(self.base_url, PAGE, "events", quote(subject)) + f"?key={key}"
        self.set_header("Cache-Control", "no-store")
        self.finish(pages.page(shown.title, shown.html, self.place, events))

    def subject_of(self, name: str) -> str:
        """What an address is about: a lesson, the map, or the lesson of a notebook that JupyterLab names by its path."""
        if name != NOTEBOOK:
            return name or MAP
        lesson = self.desk.attention.lesson_of(self.get_query_argument("path", ""))
        return lesson.name if lesson else CURRENT


class StreamHandler(DeskHandler):
    """Server-sent events: the content anew whenever what it shows has changed."""

    @allow_unauthenticated  # the key in the address stands for the login
    async def get(self, subject: str) -> None:
        if not self.desk.opens(subject, self.get_query_argument("key", "")):
            raise web.HTTPError(403, reason="The key has run out: load the page again")
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")
        self.set_header(
            "Access-Control-Allow-Origin", "*"
        )  # a frame without an origin; the key is the secret
        self.closed = asyncio.Event()
        try:
            await self._serve(subject)
        except StreamClosedError:
            self.closed.set()

    def on_connection_close(self) -> None:
        self.closed.set()

    async def _serve(self, subject: str) -> None:
        before: Any = None
        spoken = 0.0
        while not self.closed.is_set():
            state = self.state(subject)
            if state != before:
                shown = await asyncio.to_thread(self.shown, subject)
                await self._send("renewed" if shown.ready else "judging", shown)
                if not shown.ready:
                    await self.desk.verdicts.of(self.lesson_at(subject))
                    continue
                before, spoken = state, time.monotonic()
            elif time.monotonic() - spoken > ALIVE_SECONDS:
                await self._send("alive", "")
                spoken = time.monotonic()
            await self._pause()

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self.closed.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    async def _send(self, event: str, data: Any) -> None:
        self.write(f"event: {event}\ndata: {msgspec.json.encode(data).decode()}\n\n")
        await self.flush()


def theme_of(settings_file: Any) -> str | None:
    """Whether JupyterLab is set to a dark or a light theme; None where it follows the system or nothing is set."""
    try:
        settings = json5.loads(settings_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(settings, dict) or settings.get("adaptive-theme"):
        return None
    theme = settings.get("theme")
    return ("dark" if "Dark" in theme else "light") if isinstance(theme, str) else None
