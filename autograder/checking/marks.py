"""How a check says whose it is."""

import pytest

# `@exercise(name, weight=1)`: a check of the exercise of this name. Weight 0 is a gate.
exercise = pytest.mark.exercise
