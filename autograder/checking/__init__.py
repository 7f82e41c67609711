"""What a file of hidden checks imports: expectations, and whatever the checks of more than one lesson say."""

from autograder.checking.cases import agree
from autograder.checking.choices import answer_check, declare_answer_checks, expect_each_once, expect_words
from autograder.checking.derivatives import (
    directional_derivative,
    numerical_gradient,
    numerical_gradient_at_once,
)
from autograder.checking.draws import draw_away_from_zero, draw_labels, draw_seed, draw_zeros_and_ones
from autograder.checking.expectations import (
    as_array,
    expect,
    expect_array,
    expect_close,
    expect_costs,
    expect_parts,
    expect_raises,
)
from autograder.checking.gradient_checking import declare_gradient_check
from autograder.checking.marks import exercise
from autograder.judging.misconceptions import misconception, misconception_by_edit, misconceptions_by_edit
from autograder.judging.outcome import Failed
from autograder.sandbox.processes import LearnerRaised
from autograder.sandbox.wire import Seed

__all__ = [
    "Failed", "LearnerRaised", "Seed", "agree", "answer_check", "as_array", "declare_answer_checks",
    "declare_gradient_check", "directional_derivative", "draw_away_from_zero", "draw_labels", "draw_seed",
    "draw_zeros_and_ones", "exercise", "expect", "expect_array", "expect_close", "expect_costs", "expect_each_once", "expect_parts",
    "expect_raises", "expect_words", "misconception", "misconception_by_edit", "misconceptions_by_edit", "numerical_gradient",
    "numerical_gradient_at_once",
]  # fmt: skip
