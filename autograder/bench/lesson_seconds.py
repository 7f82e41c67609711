"""CPU seconds of every solution notebook on one core; fails when a lesson is slower than it may be.

    python autograder/bench/lesson_seconds.py [--lesson 06_softmax_gradient]

The start of the kernel is part of the figure and of the limit. On a rented core the same notebook costs 1.6 seconds on one
day and 4 on another, so 00_start_here, which does little but start, is run beside each lesson, and the limit holds for
the seconds of a core on which it costs 1.6.
"""

import argparse
import os
import resource
import sys

import nbformat
from nbclient import NotebookClient

from autograder.lesson.layout import Course, Lesson

LIMIT = 10.0
LIMITS = {"24_addition_problem": 15.0}  # trains over 100 steps of time, which is its point
REFERENCE = "00_start_here"
REFERENCE_SECONDS = 1.6


def seconds(lesson: Lesson) -> float:
    """CPU seconds, user and system, of executing a solution from top to bottom."""
    notebook = nbformat.read(lesson.solution_path, as_version=4)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    resources = {"metadata": {"path": str(lesson.solution_path.parent)}}
    NotebookClient(notebook, timeout=300, force_raise_errors=True, resources=resources).execute()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", action="append")
    options = parser.parse_args()
    for name in ("OPENBLAS", "OMP", "MKL"):
        os.environ[f"{name}_NUM_THREADS"] = "1"
    course, slow = Course(), []
    lessons = [course.lesson(name) for name in options.lesson] if options.lesson else course.lessons.values()
    for lesson in lessons:
        slowness = seconds(course.lesson(REFERENCE)) / REFERENCE_SECONDS
        took, limit = seconds(lesson), LIMITS.get(lesson.name, LIMIT)
        print(
            f"{lesson.name:<28}{took:6.1f} CPU s on a core {slowness:.1f} times slower: "
            f"{took / slowness:4.1f} of {limit:4.1f}"
        )
        slow += [lesson.name] if took / slowness > limit else []
    if slow:
        sys.exit(f"too slow: {', '.join(slow)}")


if __name__ == "__main__":
    main()
