"""The recorded runs of lesson 24: a part of the file is made again and must come out the same."""

import numpy as np
import pytest

from autograder.data import make_addition_curves as maker
from autograder.judging.reference import Reference


@pytest.fixture(scope="module")
def recorded():
    with np.load(maker.TARGET) as file:
        return dict(file)


def test_first_sequences_are_made_again(recorded):
    made = maker.first_sequences()
    assert np.array_equal(made["X"], recorded["X"]) and np.allclose(
        made["y"], recorded["y"], rtol=0, atol=1e-12
    )


def test_first_steps_of_recorded_runs_are_made_again(recorded):
    solution = Reference(maker.LESSON)
    blocks = maker.blocks(maker.lstm_losses(solution, 1, 100, 20, forget_bias=3.0))
    assert np.allclose(blocks, recorded["bias_losses"][2, 1, :2], rtol=1e-3)
    blocks = maker.blocks(maker.tanh_losses(solution, 2, 30, 40))
    assert np.allclose(blocks, recorded["tanh_losses"][2, 2, :4], rtol=1e-3)


def test_errors_and_symptoms_are_made_again(recorded):
    errors = maker.gradient_errors(Reference(maker.LESSON))
    assert np.allclose(errors, recorded["wrong_errors"][1:], rtol=1e-6)
    symptoms = maker.symptoms()
    assert np.allclose(symptoms["symptoms"], recorded["symptoms"], rtol=1e-6, atol=1e-12)
    assert list(recorded["wrong_names"][1:]) == list(maker.WRONG)


def test_file_is_small():
    assert maker.TARGET.stat().st_size < 300_000
