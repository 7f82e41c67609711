"""The recorded runs of lessons 25 and 26: a part of each file is made again and must come out the same."""

import sys

import numpy as np
import pytest

LESSONS = {"make_deep_gates_curves": "25_deep_gates", "make_recurrence_runs": "26_lstm_recurrence"}


@pytest.fixture(params=LESSONS)
def maker(request, monkeypatch):
    """One of the two scripts, with the given.py of its own lesson, and its file."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "given", raising=False)
    name = f"autograder.data.{request.param}"
    monkeypatch.delitem(sys.modules, name, raising=False)
    module = __import__(name, fromlist=["TARGET"])
    assert LESSONS[request.param] in str(module.TARGET)
    with np.load(module.TARGET) as file:
        return request.param, module, dict(file)


def test_a_part_is_made_again(maker):
    name, module, recorded = maker
    if name == "make_deep_gates_curves":
        for seed in (0, 3):
            assert np.allclose(module.curve(seed, steps=100), recorded["errors"][seed, :3], rtol=0.01)
        lengths, cosines = module.suspects()
        assert np.allclose(lengths, recorded["suspect_lengths"], rtol=1e-6)
        assert np.allclose(cosines, recorded["suspect_cosines"], rtol=1e-6, atol=1e-9)
    else:
        assert np.allclose(module.asker(3, lists=1750), recorded["asker"][3, :2], rtol=0.02, atol=0.002)
        assert np.allclose(module.control(("B", 3)), recorded["controls"][1, 3], rtol=0.02, atol=0.002)


def test_every_start_is_there_and_finite_where_it_must_be(maker):
    name, module, recorded = maker
    if name == "make_deep_gates_curves":
        assert recorded["errors"].shape == (module.STARTS, module.STEPS // module.EVERY + 1)
        assert np.isfinite(recorded["errors"][:, 0]).all()
        assert np.array_equal(recorded["kinds"], module.KINDS)
        assert recorded["solved"].shape == (len(module.KINDS), module.COMPARED_STARTS)
    else:
        assert recorded["asker"].shape == (module.STARTS, module.ASKER_LISTS // module.EVERY + 1, 2)
        assert recorded["controls"].shape == (len(module.CONTROLS), module.STARTS, 2)
        assert all(np.isfinite(array).all() for array in recorded.values())
    assert module.TARGET.stat().st_size < 20_000
