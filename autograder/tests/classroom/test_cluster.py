"""The same batch on a Dask cluster of two machines, here two processes: same results, and a lost machine loses nothing."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

from autograder.classroom import batch
from autograder.classroom.grade import Settings
from autograder.lesson.layout import Course, CourseError
from autograder.sandbox.processes import Limits
from autograder.tests.courses import (
    RIGHT,
    TINY,
    as_bytes,
    environment,
    hand_in,
    notebook,
    tiny_course,
)

distributed = pytest.importorskip(
    "distributed", reason='grading on a cluster needs Dask: pip install -e ".[cluster]"'
)

SETTINGS = Settings(least_isolation="weak", limits=Limits(call_seconds=1.0))
STUDENTS = 12
ANSWERS = {  # a few kinds of work; each takes a moment, so that a batch has a middle
    0: RIGHT,
    1: RIGHT | {"row_sums": "def row_sums(x):\n    return x.sum(axis=0)"},
    2: RIGHT | {"double": "def double(x):\n    x *= 2\n    return x"},
}
PAUSE = "import time\ntime.sleep(0.3)"


@pytest.fixture
def course(tmp_path):
    course = tiny_course(tmp_path / "course")
    for number in range(STUDENTS):
        made = notebook(course, TINY, ANSWERS[number % 3], before=f"number = {number}\n{PAUSE}")
        hand_in(course, TINY, f"student{number:02}", as_bytes(made))
    course.secret()
    return course


@contextmanager
def started(course, module, *arguments):
    """A process of Dask's own, as somebody would start it on a machine of a cluster."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], env=environment(course), cwd=course.root, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def cluster(course, machines):
    """Address of a scheduler on this machine, and the processes of its workers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    quiet = ["--no-dashboard"]
    with started(
        course, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), *quiet
    ):
        worker = [
            "distributed.cli.dask_worker",
            address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--local-directory",
            str(course.root.parent),
        ]
        with started(course, *worker, *quiet) as first, started(course, *worker, *quiet) as second:
            with distributed.Client(address, timeout=120) as client:
                client.wait_for_workers(machines, timeout=120)
            yield address, [first, second]


def plain(result):
    found = result.to_dict()
    found.pop("seconds")
    for exercise in found["exercises"]:
        for check in exercise["checks"]:
            check.pop("seconds")
    return found


def graded(course, where, on_result=lambda result: None):
    with batch.executor(2, where) as executor:
        found = batch.grade_all(course, TINY, executor, SETTINGS, on_result)
    return {result.student: plain(result) for result in found}


def test_cluster_gives_the_same_results_even_when_a_machine_is_lost(course, tmp_path):
    """After the first result one of two machines goes away; the other one does its work, too."""
    by_threads = graded(Course(shutil.copytree(course.root, tmp_path / "threads", symlinks=True)), None)
    assert len(by_threads) == STUDENTS
    assert {entry["score"] for entry in by_threads.values()} == {6.0, 5.0, 5.7}
    with cluster(course, machines=2) as (address, machines):
        came = []

        def lose_a_machine(result):
            came.append(result.student)
            if len(came) == 1:
                os.killpg(machines[0].pid, signal.SIGKILL)

        assert graded(course, address, lose_a_machine) == by_threads
        assert sorted(came) == sorted(by_threads)
        assert machines[0].poll() is not None and machines[1].poll() is None
    assert graded(course, None) == by_threads  # from the journal


def test_cluster_that_is_not_there_is_told_so(course, monkeypatch):
    monkeypatch.setattr(batch, "CONNECT_SECONDS", 1)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(CourseError, match="no Dask scheduler answers at tcp://127.0.0.1"):
        graded(course, address)
