"""Starts the autograder that lies beside this file, and imports nothing from anywhere else but the interpreter's own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import autograder  # noqa: E402, F401

del sys.path[0]
from autograder.hosted.gradescope import main  # noqa: E402

if __name__ == "__main__":
    main()
