"""What a value that differs is told: which part of it, and which entry of the part."""

import numpy as np
import pytest

from autograder.checking import expect_close
from autograder.judging.outcome import Failed

DIFFERING = [
    ((1, 2), (1, 3), "part 2 of the result is not right."),
    (([1, 2, 3, 9], 5), ([1, 2, 3, 4], 5), "entry [3] of part 1 of the result is not right."),
    ({"W": [1, 2]}, {"W": [0, 2]}, "entry [0] of the result['W'] is not right."),
    ((np.ones(2), np.ones(3)), (np.ones(2), np.zeros(3)), "part 2 of the result is not right."),
]


@pytest.mark.parametrize(("actual", "expected", "told"), DIFFERING)
def test_what_differs_is_named(actual, expected, told):
    expect_close(expected, expected)
    with pytest.raises(Failed) as failure:
        expect_close(actual, expected)
    assert str(failure.value) == told
