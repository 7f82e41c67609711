"""Shared by the tests: one warm judge for all of them."""

import os

import pytest
from hypothesis import settings

from autograder.grade import Grader, Settings
from autograder.tests.material import COURSE

# A run is repeatable: the same examples each time. `make test-full` draws new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("full", deadline=None)
settings.load_profile("full" if os.environ.get("FULL") else "repeatable")


@pytest.fixture(scope="session")
def grader():
    """Grades at the highest isolation level that this machine gives."""
    with Grader(COURSE, Settings(least_isolation="weak", secret_seeds=False)) as grader:
        yield grader
