"""The process that reads and judges notebooks for the verdict page, so that the Jupyter server never does.

Orders come as lines of JSON on standard input, results go out on standard output; two are worked on at once.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import msgspec

from autograder.classroom.grade import Grader, Settings
from autograder.intake.notebook import UnreadableNotebook
from autograder.intake.submitted import contents
from autograder.judging.results import Result, unreadable
from autograder.lesson.layout import PACKAGE, Course

AT_ONCE = 2
SETTINGS = Settings(least_isolation="weak", secret_seeds=False)
# As the judge's own process: nothing is imported from the current folder or PYTHONPATH.
PROGRAM = (
    f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); import autograder; del sys.path[0]; "
    "from autograder.server.examining import main; main()"
)


class Order(msgspec.Struct):
    """A notebook to be judged."""

    number: int
    lesson: str
    path: str


class Answer(msgspec.Struct):
    """What came of an order."""

    number: int
    result: Result


def examine(grader: Grader, order: Order) -> Result:
    """Result of one file, whatever it is."""
    try:
        return grader.grade(contents(Path(order.path)), Path(order.path).name, order.lesson)
    except UnreadableNotebook as error:
        return unreadable(order.path, str(error), lesson=order.lesson)
    except OSError as error:
        return unreadable(order.path, f"cannot be read: {error.strerror}", lesson=order.lesson)


def main() -> None:
    """Serve until standard input ends."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that is printed on the way mixes with the answers
    lock = Lock()

    def serve(order: Order) -> None:
        answer = msgspec.json.encode(Answer(order.number, examine(grader, order)))
        with lock:
            out.write(answer + b"\n")
            out.flush()

    with Grader(Course(Path(sys.argv[1])), SETTINGS) as grader, ThreadPoolExecutor(AT_ONCE) as pool:
        for line in sys.stdin.buffer:
            pool.submit(serve, msgspec.json.decode(line, type=Order))
