"""Sets up .venv for `make`: shows what it does while it works, and says in words what to do when it fails.

    python -P autograder/install.py environment
    .venv/bin/python -P autograder/install.py packages requirements.lock

It runs before anything is installed, so it needs nothing but Python's own library.
"""

import contextlib
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOG = VENV / "install.log"
SECONDS_BETWEEN_LINES = 15  # where the output is a file, and a line cannot be renewed

OF_PIP = re.compile(
    r"(?:Collecting|Processing|Ignoring|Requirement already satisfied:) (?:\S*/)?([A-Za-z]\w*)"
)
OF_UV = re.compile(r"Downloading (\S+ \(.*\))")
UNPACKING = re.compile(r"Installing collected packages|Prepared \d+ package")
AGAIN = re.compile(r"Retrying \(|Retrying in|[Tt]rying again")

# What a failed set-up says, and what helps; the first that fits.
FULL = (
    "The disk is full. The course needs about 600 MB in its folder, pip and uv another 300 MB while they fetch: in the cache of"
    " your home folder and in the folder for temporary files (set PIP_CACHE_DIR, UV_CACHE_DIR and TMPDIR to have them"
    " elsewhere). Make room, and run the same command again."
)
CAUSES = (
    (
        r"No space left on device|Disk quota exceeded|Errno (?:28|122)\b|os error (?:28|122)\b",
        FULL,
    ),
    (
        r"Read-only file system|Permission denied|Errno (?:13|30)\b|os error (?:13|30)\b",
        "Something cannot be written: the line above says what. If it lies in the course's folder, copy that folder to a"
        " place of your own and start there. If it lies in your home folder, set PIP_CACHE_DIR and UV_CACHE_DIR to a folder"
        " that you may write to.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|confirming the ssl certificate|invalid peer certificate",
        "The connection is not trusted: a proxy or a virus scanner stands between this machine and the package index. Ask"
        " those who look after it for its certificate, and set PIP_CERT (for uv: SSL_CERT_FILE) to that file.",
    ),
    (
        r"Retrying \(|NewConnectionError|ConnectTimeout|ReadTimeout|[Nn]ame resolution|Name or service not known"
        r"|dns error|error sending request|Connection refused|Network is unreachable",
        "The package index did not answer. Is this machine online? Behind a proxy, set HTTPS_PROXY; with an index of your"
        " own, set PIP_INDEX_URL (for uv: UV_DEFAULT_INDEX). Then run the same command again: what has arrived is kept.",
    ),
    (
        r"Failed (?:to build|building)|metadata-generation-failed|error: command '?\S*(?:gcc|cc|clang|g\+\+)"
        r"|Unknown compiler|[Cc]ompiler .*not found|Build backend failed",
        "A package had to be compiled here, because its makers have no ready file for this Python and this machine. Python"
        " 3.11 to 3.13 need no compiler. Or install one, and run the same command again: on Debian and Ubuntu `sudo apt"
        " install build-essential python3-dev`, on macOS `xcode-select --install`.",
    ),
    (
        r"No matching distribution|Could not find a version|No solution found",
        "The package index has not all the versions that this course is tested with, or none for this Python. If it is a"
        " mirror, ask for it to be renewed. If pip is old, renew it: `.venv/bin/python -m pip install --upgrade pip`. Then run the same"
        " command again.",
    ),
)
OTHERWISE = "Run the same command again: it goes on where it stopped. If it fails again, report it with what was printed."
NEARLY_FULL = 50_000_000  # bytes; some programs fail on a full disk without saying so


class Failed(Exception):
    """A step of the set-up that did not work; the message says what to do."""


def remedy(output: str, free: int) -> str:
    """What to do about a set-up that failed, from what it printed and the bytes that are free on the disk."""
    otherwise = FULL if free < NEARLY_FULL else OTHERWISE
    return next((words for pattern, words in CAUSES if re.search(pattern, output)), otherwise)


class Display:
    """One line for each phase: renewed in place on a terminal, every few seconds a new one in a file."""

    def __init__(self) -> None:
        self.on_terminal = sys.stdout.isatty()
        self.start = self.shown = time.monotonic()
        self.phase = ""

    def show(self, phase: str, detail: str = "") -> None:
        now = time.monotonic()
        if phase != self.phase:
            self.end()
            self.phase, self.start = phase, now
        elif not self.on_terminal and now < self.shown + SECONDS_BETWEEN_LINES:
            return
        self.shown = now
        line = f"  {phase}{f': {detail}' if detail else ''} ({now - self.start:.0f} s)"
        if self.on_terminal:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\x1b[K{line[:width]}", end="", flush=True)
        elif now > self.start:
            print(line, flush=True)
        else:
            print(f"  {phase}", flush=True)

    def end(self) -> None:
        """Finish the line of the phase that is over."""
        if self.phase and self.on_terminal:
            print(f"\r\x1b[K  {self.phase} ({time.monotonic() - self.start:.0f} s)", flush=True)
        self.phase = ""


class Progress:
    """How far pip or uv have come, told from what they print and from what lies in .venv."""

    def __init__(self, phase: str, packages: int = 0) -> None:
        self.phase, self.packages = phase, packages
        self.detail, self.seen, self.unpacking = "", 0, False

    def hear(self, line: str) -> None:
        if not self.packages:
            return
        if UNPACKING.match(line):
            self.phase, self.unpacking = "Unpacking them (over 500 MB, a minute or two)", True
        elif AGAIN.search(line):
            self.detail = "no answer from the network, trying again"
        elif found := OF_PIP.match(line):
            self.seen += 1
            self.detail = f"{self.seen} of {self.packages}, {found[1]}"
        elif found := OF_UV.match(line):
            self.detail = found[1]

    def now(self) -> str:
        if not self.unpacking:
            return self.detail
        there = sum(1 for _ in VENV.glob("lib/python*/site-packages/*.dist-info"))
        return f"{there} are there"


def step(command: list[str], progress: Progress, display: Display) -> None:
    """Run one command, keep what it prints in the log, and show how far it has come."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    output: list[str] = []

    def listen() -> None:
        for line in process.stdout or ():
            lines.put(line)
        lines.put(None)

    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        encoding="utf-8", errors="replace",
    )  # fmt: skip
    threading.Thread(target=listen, daemon=True).start()
    display.show(progress.phase)
    while True:
        with contextlib.suppress(queue.Empty):
            line = lines.get(timeout=1)
            if line is None:
                break
            output.append(line)
            progress.hear(line)
        display.show(progress.phase, progress.now())
    code = process.wait()
    display.end()
    _log(command, output)
    if code:
        raise Failed(_words("".join(output)))


def _log(command: list[str], output: list[str]) -> None:
    with contextlib.suppress(OSError), LOG.open("a", encoding="utf-8") as log:
        log.writelines([f"$ {' '.join(command)}\n", *output, "\n"])


def _words(output: str) -> str:
    """The lines of a failed command that say why, and what to do about it."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reasons = [line for line in lines if re.search(r"(?i)\berror\b|Caused by|denied", line)] or lines
    log = f"Everything that was printed stands in {LOG.relative_to(ROOT)}." if LOG.exists() else ""
    return "\n".join(
        [
            "",
            *(line[:300] for line in reasons[-3:]),
            "",
            "The set-up has failed.",
            remedy(output, shutil.disk_usage(ROOT).free),
            log,
        ]
    )


def make_environment(display: Display) -> None:
    """Make .venv with this Python."""
    try:
        import ensurepip  # noqa: F401 - Debian has it in a package of its own
        import venv  # noqa: F401
    except ImportError:
        raise Failed(
            f"{sys.executable} cannot make virtual environments: its modules venv and ensurepip are missing.\n"
            "On Debian and Ubuntu they are a package of their own: sudo apt install python3-venv"
        ) from None
    python = ".".join(map(str, sys.version_info[:3]))
    step(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        Progress(f"Making .venv with Python {python}"),
        display,
    )


def install_packages(lock: str, display: Display) -> None:
    """Install what a lock file names, and the course's own package, into the environment of this Python."""
    packages = len((ROOT / lock).read_text(encoding="utf-8").split("\n")) - 1
    if uv := shutil.which("uv"):
        install = [uv, "pip", "install", "--python", sys.executable]
    else:
        if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
            step([sys.executable, "-m", "ensurepip"], Progress("Putting pip into .venv"), display)
        install = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--progress-bar",
            "off",
        ]
    title = f"Fetching {packages} packages (over 100 MB, a minute or two)"
    step([*install, "-r", lock], Progress(title, packages), display)
    own = [*install, "--no-deps", "--no-build-isolation", "-e", "."]
    step(own, Progress("The course's own package (seconds)"), display)


def main(arguments: list[str]) -> int:
    display = Display()
    try:
        match arguments:
            case ["environment"]:
                make_environment(display)
            case ["packages", lock]:
                install_packages(lock, display)
            case _:
                print(__doc__)
                return 2
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
