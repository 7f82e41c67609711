"""The extension in a real Jupyter server, behind an address of its own as JupyterHub gives it, asked over HTTP."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from autograder.tests.material import COURSE

LESSON = COURSE.lesson("00")
PATIENCE = 60  # seconds for one step on a busy machine
TOKEN = {"Authorization": "token walk"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A learner's folder with one lesson in it."""
    root = tmp_path_factory.mktemp("desk")
    shutil.copytree(LESSON.release_path.parent, root / "course" / LESSON.name)
    return root


@pytest.fixture(scope="module")
def address(desk):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={desk}", "--ServerApp.base_url=/user/ann/", "--IdentityProvider.token=walk",
    ]  # fmt: skip
    environment = os.environ | {
        "JUPYTER_CONFIG_PATH": str(COURSE.root / "autograder" / "lab"),
        "XDG_DATA_HOME": str(desk / "data"),
    }
    with (desk / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=desk)
    base = f"http://127.0.0.1:{port}/user/ann"
    try:
        end = time.monotonic() + PATIENCE
        while not answers(f"{base}/api"):
            assert server.poll() is None and time.monotonic() < end, (desk / "server.log").read_text()
            time.sleep(0.2)
        yield base
    finally:
        server.terminate()
        server.wait(timeout=30)


def answers(url):
    try:
        return get(url)[0] == 200
    except OSError:
        return False


def get(url, headers=TOKEN):
    """Status, headers and text of an address."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=PATIENCE) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


class Stream:
    """What a page hears."""

    def __init__(self, address, page):
        events = re.search(r'data-events="([^"]*)"', page)[1].replace("&amp;", "&")
        assert events.startswith("/user/ann/autograder/events/")
        self.reply = urllib.request.urlopen(address.removesuffix("/user/ann") + events, timeout=PATIENCE)

    def renewed(self):
        """The next content."""
        while line := self.reply.readline().decode():
            if line == "event: renewed\n":
                return json.loads(self.reply.readline().decode().removeprefix("data: "))
        raise AssertionError("the stream has ended")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.reply.close()


def save(desk, text):
    path = desk / "course" / LESSON.name / LESSON.release_path.name
    path.with_suffix(".new").write_text(text, encoding="utf-8")
    path.with_suffix(".new").replace(path)


@pytest.mark.parametrize("page", ["", "/", "/current", f"/{LESSON.name}", "/notebook?path=course/START.md"])
def test_pages_ask_for_a_login_and_load_nothing(address, page):
    status, headers, text = get(f"{address}/autograder{page}")
    assert status == 200
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'self'" in policy and "unsafe" not in policy
    assert not re.search(r'(src|href)="(https?:)?//', text) and "@import" not in text
    nonce = re.search(r"script-src 'nonce-([^']+)'", policy)[1]
    assert text.count(f'nonce="{nonce}"') == text.count("<script") + text.count("<style")
    assert all(link.startswith(("/user/ann/", "#")) for link in re.findall(r'href="([^"]*)"', text))
    login, _, asked = get(f"{address}/autograder{page}", {})
    assert login in (302, 403) or "log in" in asked.lower()
    assert "data-events" not in asked


@pytest.mark.parametrize("name", ["99_nothing", "current.json", "..%2f..%2fetc"])
def test_what_is_no_lesson_is_not_found(address, name):
    assert get(f"{address}/autograder/{name}")[0] == 404


def test_a_stream_needs_its_key(address):
    page = get(f"{address}/autograder/{LESSON.name}")[2]
    key = re.search(r"key=([^\"]*)", page)[1]
    for wrong in ("", "?key=", "?key=1.2", f"?key={key[:-1]}"):
        assert get(f"{address}/autograder/events/{LESSON.name}{wrong}", {})[0] == 403
    assert get(f"{address}/autograder/events/map?key={key}", {})[0] == 403


def test_each_save_brings_its_verdict_whatever_was_saved(address, desk):
    """Right, then not a notebook, then a notebook of another lesson, then gone, then right again; map included."""
    solution, other = LESSON.solution_path.read_text(encoding="utf-8"), COURSE.lesson("06").release_text
    page, course_map = (get(f"{address}/autograder/{name}")[2] for name in (LESSON.name, ""))
    with Stream(address, page) as stream, Stream(address, course_map) as beside:
        assert "not written yet" in stream.renewed()["html"]
        beside.renewed()
        save(desk, solution)
        full = stream.renewed()
        assert re.fullmatch(
            r"Saved \S+: (\d+) of \1 points, (\d+) of \2 exercises passed\.", full["sentence"]
        )
        while "1 of 1 lesson with all points" not in (shown := beside.renewed()["html"]):
            pass
        assert shown.count("not judged yet") == len(COURSE.lessons) - 1
        save(desk, '{"cells": [{"cell_type": "code", "sou')
        assert "could not be judged" in stream.renewed()["sentence"]
        save(desk, other)
        assert "This is the notebook of 06_softmax_gradient" in stream.renewed()["html"]
        (desk / "course" / LESSON.name / LESSON.release_path.name).unlink()
        assert "no notebook of this lesson" in stream.renewed()["html"]
        save(desk, solution)
        assert stream.renewed()["sentence"].partition(": ")[2] == full["sentence"].partition(": ")[2]


def test_the_server_has_met_no_error(address, desk):
    assert " E 20" not in (log := (desk / "server.log").read_text()) and "Traceback" not in log, log
