"""Commands of ours and of nbgrader's as processes of their own, forked from one that has loaded them already.

Loading nbgrader takes longer than grading a small class. What runs is what runs behind the command: its own arguments,
folder, environment, output and exit code. That the commands start by themselves is shown by some tests that start them.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_FORKSERVER = multiprocessing.get_context("forkserver")
_FORKSERVER.set_forkserver_preload(
    ["autograder.cli", "autograder.classroom.gradebook", "autograder.classroom.nbgrader_plugin", "nbgrader.apps.nbgraderapp"]
)  # fmt: skip


class Started:
    """A command that runs, as `subprocess.Popen` would give it; what it prints goes into files."""

    def __init__(self, program: str, *arguments: str, folder: Path, environment: dict[str, str]):
        self.args = [program, *arguments]
        self._printed = tempfile.TemporaryDirectory()
        self._paths = [Path(self._printed.name) / name for name in ("stdout", "stderr")]
        self._process = _FORKSERVER.Process(
            target=_become, args=(program, arguments, folder, environment, self._paths)
        )
        self._process.start()
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def printed(self) -> list[str]:
        """What has come so far, on standard output and as errors."""
        return [path.read_text() if path.exists() else "" for path in self._paths]

    def communicate(self, timeout: float | None = None) -> list[str]:
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self.printed()

    def kill(self) -> None:
        self._process.kill()


def run(
    program: str, *arguments: str, folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess:
    """`subprocess.run` of ``nbgrader`` or ``autograder``."""
    process = Started(program, *arguments, folder=folder, environment=environment)
    out, errors = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


def _become(program, arguments, folder, environment, paths):
    for descriptor, path in enumerate(paths, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = [program, *arguments]
    if program == "nbgrader":
        from nbgrader.apps.nbgraderapp import main
    else:
        from autograder.cli import main
    sys.exit(main())
