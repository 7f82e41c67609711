"""What the attacks earn at level weak from which only the sandbox keeps the machine: each in a copy of the course.

    python autograder/bench/attacks_at_weak.py

At this level a program may do what the user may do who grades, so these are not among the tests, and this wants to be
started as root: judge and program then run as nobody (see `confined`), in a course of their own that they may change.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from autograder.bench.confined import FOLDERS, expect_root, run_confined
from autograder.tests.attack_table import applies, measure, record
from autograder.tests.catalogue import Attack, attacks
from autograder.tests.material import COURSE

SECONDS = 300  # a submission may take 30, and there are few for each attack
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "grading")


def outcome(attack: Attack) -> str:
    """What one attack has earned; no score where the judge was lost, or the process that asked it."""
    with tempfile.TemporaryDirectory(dir=FOLDERS) as name, tempfile.TemporaryFile("w+") as output:
        Path(name).chmod(0o711)
        copy = Path(shutil.copytree(COURSE.root, Path(name) / "course", symlinks=True, ignore=LEFT_OUT))
        ending = run_confined(
            ["python", "-m", "autograder.bench.attacks_at_weak", attack.name], copy, SECONDS, output
        )
        output.seek(0)
        said = output.read().strip()
    return json.loads(said) if said else {"hangs": "hangs"}.get(ending, "no score")


def main() -> None:
    if sys.argv[1:]:  # inside, in the copy
        chosen = [attacks()[name] for name in sys.argv[1:]]
        print(json.dumps(measure("weak", chosen)[chosen[0].name]))
        return
    expect_root()
    for attack in attacks().values():
        if not applies(attack, "weak"):
            found = outcome(attack)
            record("weak", {attack.name: found})
            print(f"{attack.name}: {found}", flush=True)


if __name__ == "__main__":
    main()
