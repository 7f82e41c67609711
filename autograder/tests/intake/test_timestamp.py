"""Moments as people and platforms write them: read right, or refused with what to write."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake.timestamp import named_zone, utc

HALF_PAST_TEN = datetime(2026, 11, 18, 22, 30)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-18 22:30:00 UTC", "2026-11-18 22:30", "2026-11-18T22:30:00Z", "2026-11-18 23:30:00 +0100",
        "2026-11-18 23:30:00 +01:00", "2026-11-18T23:30:00+01", "2026-11-18 18:00:00 -0430", "2026-11-18 23:30 CET",
        "2026-11-18 23:30:00 Europe/Berlin", "Nov 18, 2026 10:30 PM", "Wednesday, November 18, 2026 11:30:00 PM CET",
        "Wed, 18 Nov 2026 22:30:00 GMT", "  2026-11-18   22:30:00  ",
    ],
)  # fmt: skip
def test_moment_is_read(text):
    assert utc(text) == HALF_PAST_TEN


def test_summer_time_is_that_of_the_place():
    assert utc("2026-07-01 12:00 Europe/Berlin") == datetime(2026, 7, 1, 10)


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "when I was ready", "18", "23:30", "Nov 2026", "01/02/2026", "2026-13-01", "2026-11-18 25:00",
        "2026-11-18 22:30 PST", "2026-11-18 22:30 Europe", "2026-11-18 22:30 ../../etc/passwd", "2026-11-18 22:30 +9999",
        "0001-01-01 00:00 +1400", "99999999999999999999", "2026-11-18 22:30:00 two words", "\0",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused_with_what_to_write(text):
    with pytest.raises(ValueError, match="Write it like 2026-11-18 23:30:00 \\+0100"):
        utc(text)


@given(st.text(max_size=40))
def test_any_text_is_a_moment_or_a_sentence(text):
    try:
        assert utc(text).tzinfo is None
    except ValueError as error:
        assert "Write it like" in str(error)


def test_zone_of_no_place_is_refused():
    with pytest.raises(ValueError, match="no time zone is called 'Atlantis'"):
        named_zone("Atlantis")
