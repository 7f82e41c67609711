"""Shared by the tests: one warm judge for all of them."""

import pytest

from autograder.grade import Grader, Settings
from autograder.tests.material import COURSE


@pytest.fixture(scope="session")
def grader():
    """Grades at the highest isolation level that this machine gives."""
    with Grader(COURSE, Settings(least_isolation="weak", secret_seeds=False)) as grader:
        yield grader
