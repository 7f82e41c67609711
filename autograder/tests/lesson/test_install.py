"""The set-up of .venv: what it shows while it works, and what it says when it fails. The outputs are what pip and uv print."""

import re
import shutil
import subprocess
import sys

import pytest

from autograder import install
from autograder.tests.material import COURSE

PLENTY = 10**10  # bytes on the disk

# From a run of pip 23 and of uv 0.13 on a machine in that state, addresses shortened.
OUTPUTS = {
    "The package index did not answer": [
        "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError: [Errno 111]'\n"
        "ERROR: No matching distribution found for alembic==1.20.1\n",
        "error: Request failed after 3 retries\n  Caused by: error sending request for url\n"
        "  Caused by: client error (Connect)\n  Caused by: dns error\n",
    ],
    "The disk is full": [
        "Installing collected packages: numpy\nERROR: Could not install packages due to an OSError: [Errno 28] No space left"
        " on device\n",
        "WARNING: Retrying (Retry(total=4)) after connection broken\nerror: failed to write to file (os error 28)\n",
    ],
    "Something cannot be written": [
        "Error: [Errno 30] Read-only file system: '/courses/nets/.venv'\n",
        "error: Failed to initialize cache at `/home/ada/.cache/uv`\n  Caused by: Permission denied (os error 13)\n",
    ],
    "a proxy or a virus scanner": [
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL:"
        " CERTIFICATE_VERIFY_FAILED] self-signed certificate'))'\n",
    ],
    "had to be compiled": [
        "Building wheel for hmmlearn (setup.py): finished with status 'error'\nerror: command 'gcc' failed: No such file\n"
        "ERROR: Failed building wheel for hmmlearn\n",
        "error: Failed to build `hmmlearn==0.3.3`\n  The build backend returned an error\n",
    ],
    "not all the versions": [
        "ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: 1.26.4)\n",
        "error: No solution found when resolving dependencies:\n",
    ],
    "goes on where it stopped": ["Segmentation fault\n", ""],
}


@pytest.mark.parametrize(
    ("output", "words"), [(output, words) for words, outputs in OUTPUTS.items() for output in outputs]
)
def test_failure_says_what_to_do(output, words):
    assert words in install.remedy(output, PLENTY)


def test_full_disk_is_named_where_a_program_fails_without_a_word():
    assert "The disk is full" in install.remedy("ensurepip returned non-zero exit status 1", free=0)


@pytest.fixture
def venv(tmp_path, monkeypatch):
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "LOG", tmp_path / ".venv" / "install.log")
    (tmp_path / ".venv").mkdir()
    return tmp_path / ".venv"


def run(script: str, progress: install.Progress) -> None:
    install.step([sys.executable, "-c", script], progress, install.Display())


def test_phases_are_shown_and_everything_is_kept(venv, capsys):
    run(
        "print('Collecting numpy==2.4.6 (from -r a.lock (line 1))\\nInstalling collected packages: numpy')",
        install.Progress("Fetching 1 packages", 1),
    )
    shown = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert shown[0] == "Fetching 1 packages" and shown[1].startswith("Unpacking them")
    assert "Collecting numpy==2.4.6 (from" in (venv / "install.log").read_text()


def test_progress_counts_what_is_fetched_and_then_what_is_there(venv):
    progress = install.Progress("Fetching", 3)
    for line in (
        "Looking in indexes: an-index",
        "Ignoring appnope: markers 'sys_platform == \"darwin\"' don't match your environment",
        "Processing /wheels/argon2_cffi-25.1.0-py3-none-any.whl (from -r requirements.lock (line 4))",
        "  Downloading argon2_cffi-25.1.0-py3-none-any.whl (14 kB)",
    ):
        progress.hear(line)
    assert progress.now() == "2 of 3, argon2_cffi"
    progress.hear("WARNING: Retrying (Retry(total=4, connect=None)) after connection broken")
    assert "no answer from the network" in progress.now()
    (venv / "lib/python3.11/site-packages/numpy-2.4.6.dist-info").mkdir(parents=True)
    progress.hear("Installing collected packages: argon2-cffi, numpy")
    assert progress.now() == "1 are there"


def test_progress_of_uv():
    progress = install.Progress("Fetching", 3)
    progress.hear("Downloading numpy (16.1MiB)\n")
    assert progress.now() == "numpy (16.1MiB)"
    progress.hear("Prepared 3 packages in 20s\n")
    assert progress.phase.startswith("Unpacking")


def test_failed_step_shows_its_reason_the_cure_and_where_the_rest_stands(venv):
    script = "print('fetching');print('ERROR: [Errno 28] No space left on device');raise SystemExit(1)"
    with pytest.raises(install.Failed) as failure:
        run(script, install.Progress("Fetching", 1))
    words = str(failure.value)
    assert "ERROR: [Errno 28] No space left on device" in words and "Make room" in words
    assert "fetching" not in words and ".venv/install.log" in words


def test_command_without_a_command_says_how_it_is_used(capsys):
    assert install.main([]) == 2
    assert "install.py packages" in capsys.readouterr().out


# --- make -------------------------------------------------------------------------------------------------------


def make(folder, *arguments):
    shutil.copy(COURSE.root / "Makefile", folder)
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True)


def test_folder_with_spaces_and_accents_is_as_good_as_any(tmp_path):
    folder = tmp_path / "my course ü"
    folder.mkdir()
    told = make(folder, "-n", "-o", ".venv/.runtime-installed", "lab")
    assert told.returncode == 0
    assert f'--ServerApp.root_dir="{folder}"' in told.stdout


def test_folder_with_a_colon_is_refused_in_words(tmp_path):
    folder = tmp_path / "a:b"
    folder.mkdir()
    told = make(folder, "setup")
    assert told.returncode == 2 and "holds a colon" in told.stderr


def test_home_that_cannot_be_written_to_is_refused_in_words(tmp_path):
    told = make(tmp_path, "writable-home", f"HOME={tmp_path / 'nowhere'}")
    assert told.returncode == 2
    assert "home folder that it can write to" in told.stdout and "make lab HOME=" in told.stdout
    assert make(tmp_path, "writable-home", f"HOME={tmp_path}").returncode == 0


def test_make_hands_the_set_up_to_install():
    makefile = (COURSE.root / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"-P autograder/install\.py (\w+)", makefile)
    assert sorted(commands) == ["environment", "packages"]
    assert re.search(r"\$\(INSTALL\) requirements\.lock\n", makefile)
