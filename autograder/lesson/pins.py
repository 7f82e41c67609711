"""environment.yml, written from pyproject.toml (what is needed and why) and requirements.lock (which versions).

    python -m autograder.lesson.pins

The lines for pip are literal pins: micromamba resolves `-r requirements.lock` against its own temporary folder.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "3.11"  # the version that every test runs on

HEAD = """\
# For those who use conda or micromamba. Written by `python -m autograder.lesson.pins` from pyproject.toml and
# requirements.lock: change those, not this file.
#
#   conda env create -f environment.yml
#   conda activate why-wont-it-learn
name: why-wont-it-learn
channels:
  - conda-forge
dependencies:
  - python={python} # the version that every test runs on
  - pip # everything else comes from PyPI, so that conda users get the same pins as all others
  - pip:
      - -e . # the course's own package: `import autograder` and the command `autograder`

      # What the course itself uses.
"""
TAIL = "\n      # What those need in turn.\n"


def name_of(requirement: str) -> str:
    """Normalised project name at the start of a requirement line."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def locked(path: Path) -> dict[str, list[str]]:
    """Lines of a lock file by project name; a project has several where versions depend on the machine."""
    pins: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            pins.setdefault(name_of(line), []).append(line.strip())
    return pins


def direct(root: Path = ROOT) -> dict[str, str]:
    """Why each direct dependency is there, by project name in the order of pyproject.toml: its comment."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    reasons = {}
    for requirement in tomllib.loads(text)["project"]["dependencies"]:
        comment = re.search(rf'"{re.escape(requirement)}",[ \t]*#[ \t]*(\S.*)', text)
        reasons[name_of(requirement)] = comment[1].strip() if comment else ""
    return reasons


def environment_yml(root: Path = ROOT) -> str:
    """Text of environment.yml."""
    pins, reasons = locked(root / "requirements.lock"), direct(root)
    used = [f"      - {pin} # {reason}" for name, reason in reasons.items() for pin in pins[name]]
    rest = [f"      - {pin}" for name, lines in pins.items() if name not in reasons for pin in lines]
    return HEAD.format(python=PYTHON) + "\n".join(used) + "\n" + TAIL + "\n".join(rest) + "\n"


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment_yml(), encoding="utf-8")
