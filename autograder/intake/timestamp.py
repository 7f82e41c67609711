"""When something was handed in: a moment as people and platforms write it, in UTC."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from dateutil import parser

HOW_TO_WRITE = "Write it like 2026-11-18 23:30:00 +0100 or 2026-11-18 22:30:00 UTC."
_DEFAULTS = datetime(2000, 1, 1), datetime(2001, 2, 2)  # what a text leaves out, differs


def utc(text: str) -> datetime:
    """A moment in UTC, without a zone, as nbgrader keeps it.

    nbgrader's own reader takes the offset ``+0100`` for a hundred seconds. Without a zone a time is UTC, as there.

    Parameters
    ----------
    text : str
        A date and a time, with an offset (``+0100``, ``+01:00``, ``Z``), the name of a zone (``CET``,
        ``Europe/Berlin``) or none.

    Raises
    ------
    ValueError
        If it is no full date, or could be two dates, or its zone is unknown. The message says what to write.
    """
    words = " ".join(text.split())
    before, _, zone = words.rpartition(" ")
    if before and re.fullmatch(r"[A-Za-z][\w/+-]*", zone) and zone.upper() not in ("AM", "PM"):
        return in_utc(_moment(before, words).replace(tzinfo=named_zone(zone)))
    return in_utc(_moment(words, words))


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC, without a zone; one without a zone is UTC already."""
    try:
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (OverflowError, ValueError):
        raise ValueError(f"its time zone leads out of the calendar. {HOW_TO_WRITE}") from None


def named_zone(name: str) -> tzinfo:
    """A time zone by its name, such as ``Europe/Berlin``; `ValueError` if there is none."""
    if name.upper() in ("UTC", "Z", "GMT"):
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"no time zone is called {name!r}. {HOW_TO_WRITE}") from None


def _moment(words: str, whole: str) -> datetime:
    """A date and a time; with a zone if an offset stands in the text. ``whole`` is for messages."""
    try:
        if re.match(r"\d{4}-\d\d?-\d\d?(?!\d)", words):
            moment: datetime = parser.parse(words, tzinfos=_by_name)
            return moment
        readings: set[datetime] = {
            parser.parse(words, dayfirst=first, default=default, tzinfos=_by_name)
            for first in (False, True)
            for default in _DEFAULTS
        }
    except (ValueError, OverflowError, TypeError):
        raise ValueError(f"{whole!r} is no date and time. {HOW_TO_WRITE}") from None
    if len(readings) > 1:
        raise ValueError(f"{whole!r} can mean several dates. {HOW_TO_WRITE}")
    return readings.pop()


def _by_name(name: str | None, offset: int | None) -> tzinfo | int | None:
    if name and offset is None:
        return named_zone(name)
    return offset
