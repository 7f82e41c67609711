"""A process of ours that somebody else ends is not the learner's doing, and what the learner ends is."""

import os
import signal
import threading
import time

import pytest

from autograder.judging.outcome import verdict_of
from autograder.judging.results import Verdict
from autograder.sandbox.learner import Learner
from autograder.sandbox.processes import (
    IsolationError,
    LearnerDied,
    Limits,
    SandboxLost,
    WorkerProcess,
    Zygote,
)

LIMITS = Limits(call_seconds=20.0)
CELL = """
def slow():
    import time
    time.sleep(20)

def ends():
    import os
    os._exit(9)

def closes():
    import os
    os.close(3)

def fine():
    return 1
"""


@pytest.fixture(params=["strong", "container"])
def zygote(request):
    zygote = Zygote("", isolation=request.param)
    yield zygote
    zygote.close()


@pytest.fixture
def learner(zygote):
    learner = Learner(zygote, [("cell 1", CELL)], limits=LIMITS)
    learner.start()
    yield learner
    learner.stop()


def kill_later(pid):
    threading.Timer(0.3, os.kill, [pid, signal.SIGKILL]).start()


def test_worker_killed_from_outside_is_lost(learner):
    kill_later(learner._worker._seen_pid)
    with pytest.raises(SandboxLost):
        learner.slow()


def test_zygote_killed_from_outside_is_lost(zygote, learner):
    kill_later(zygote.pid)
    with pytest.raises(SandboxLost):
        learner.slow()
        learner.fine()  # at level container the worker outlives its zygote's death by a moment


@pytest.mark.parametrize("way", ["ends", "closes"])
def test_program_that_ends_itself_has_died(learner, way):
    with pytest.raises(LearnerDied) as raised:
        getattr(learner, way)()
    assert verdict_of(raised.value) is Verdict.DIED
    assert learner.fine() == 1, "a fresh worker answers"


def test_cpu_seconds_that_are_used_up_are_the_learners(zygote):
    """There the kernel sends the same signal, and the program had a warning that it ignored."""
    source = "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\ndef busy():\n    while True: pass"
    two_seconds = Limits(call_seconds=60.0, load_seconds=60.0, submission_seconds=-8.0)
    assert two_seconds.cpu_seconds == 2
    learner = Learner(zygote, [("cell 1", source)], limits=two_seconds)
    learner.start()
    try:
        with pytest.raises(LearnerDied):
            learner.busy()
    finally:
        learner.stop()


def test_worker_without_a_descriptor_is_ended_by_its_parent(zygote):
    """Its number means nothing here, where another process may have it."""
    worker = zygote.spawn(None, LIMITS)
    here = worker._seen_pid
    nameless = WorkerProcess(worker._connection, worker._output, worker.pid, None, worker._end)
    assert nameless.processor_time()[0] is False
    nameless.kill()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and os.path.exists(f"/proc/{here}/stat"):
        if open(f"/proc/{here}/stat").read().rpartition(")")[2].split()[0] == "Z":
            break
        time.sleep(0.05)
    else:
        assert not os.path.exists(f"/proc/{here}"), "it still runs"
    os.close(worker._pidfd)


def test_sandbox_that_does_not_start_is_no_learners_fault(monkeypatch):
    monkeypatch.setattr("autograder.sandbox.learner.STARTING_SECONDS", 0.0)
    zygote = Zygote("")
    learner = Learner(zygote, [("cell 1", CELL)])
    try:
        with pytest.raises(IsolationError):
            learner.start()
    finally:
        learner.stop()
        zygote.close()
