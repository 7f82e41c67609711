"""Results as words and tables in a terminal; plain text when it is not one."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape as escape_markup
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.table import Table

from autograder.classroom.differences import Change
from autograder.classroom.progress import Earned
from autograder.judging.results import Result
from autograder.lesson.layout import Lesson
from autograder.sandbox.printable import one_line, printable

WORDS = {
    "pass": "passed",
    "fail": "not yet",
    "error": "stopped with an error",
    "timeout": "took too long",
    "memory": "needed too much memory",
    "died": "ended the program",
    "protocol": "sent something that is no answer",
    "not_attempted": "not written yet",
    "grader_fault": "could not be graded: this is our fault, not yours",
}
CHANGES = {
    "gained": "gain", "lost": "lose", "moved": "keep the sum, by other exercises", "new": "are new",
    "ungraded": "would have no score", "same": "stay as they are",
}  # fmt: skip
STYLES = {"pass": "green", "not_attempted": "dim", "grader_fault": "bold magenta"}


class SafeConsole(Console):
    """Prints no control character but those of its own styling, whatever a text holds and wherever it came from."""

    def __init__(self, *, stderr: bool = False):
        super().__init__(highlight=False, stderr=stderr)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            safe = segment.text if segment.control else printable(segment.text, len(segment.text))
            yield Segment(safe, segment.style, segment.control)


def escape(text: object) -> str:
    """Text of others in one line, without control characters and without rich's markup."""
    return escape_markup(one_line(text))


def say(text: str, *, error: bool = False) -> None:
    """Print plain lines."""
    click.echo(printable(text, len(text)), err=error)


def number(value: float | None) -> str:
    """A score without needless digits."""
    return "?" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def show(result: Result, console: Console | None = None) -> None:
    """Print one result: a table of its exercises, and for each that did not pass what to look at."""
    console = console or SafeConsole()
    title = f"{one_line(result.lesson or result.notebook)}: {number(result.score)} of {number(result.points)} points"
    if not result.exercises:
        console.print(
            f"[bold]{escape(result.notebook)}[/bold]: {WORDS[result.verdict]}\n  {escape(result.message)}"
        )
        return
    table = Table(title=escape(title), title_justify="left", title_style="bold", box=None, pad_edge=False)
    for heading in ("exercise", "points", "verdict"):
        table.add_column(heading, justify="right" if heading == "points" else "left")
    for exercise in result.exercises:
        points = f"{number(exercise.score)} / {number(exercise.points)}"
        style = STYLES.get(exercise.verdict, "yellow")
        table.add_row(escape(exercise.name), points, f"[{style}]{WORDS[exercise.verdict]}[/{style}]")
    console.print(table)
    for exercise in result.exercises:
        words = exercise.message if exercise.verdict not in ("pass", "not_attempted") else ""
        if words := " ".join(filter(None, (words, exercise.help_in_words))):
            console.print(f"\n[bold]{escape(exercise.name)}[/bold]  {escape(words)}")
    for note in result.notes:
        console.print(f"[dim]Note: {escape(note)}[/dim]")
    console.print(
        f"\n[dim]isolation {escape(result.isolation)} · seed {escape(result.seed)} · {result.seconds:.2f} s[/dim]"
    )


def show_exercise(result: Result, name: str, recorded: Result | None) -> None:
    """Print every check of one exercise, and whether the replay agrees with what was recorded."""
    console = SafeConsole()
    exercise = next((e for e in result.exercises if e.name == name), None)
    if exercise is None:
        show(result, console)
        return
    points = f"{number(exercise.score)} of {number(exercise.points)} points"
    console.print(
        f"[bold]{escape(name)}[/bold] of {escape(result.student or '')}: {points}, {WORDS[exercise.verdict]}"
    )
    console.print(f"{escape(exercise.message)}\n" if exercise.message else "")
    for check in exercise.checks:
        console.print(f"  {WORDS[check.verdict]:<22} {escape(check.name)}  ({1000 * check.seconds:.1f} ms)")
        if check.message:
            console.print(f"  {'':<22} [dim]{escape(check.message)}[/dim]")
    if recorded is None:
        console.print(f"\nNever graded before; drawn with seed {escape(result.seed)}.")
    else:
        before = next((e for e in recorded.exercises if e.name == name), None)
        agrees = before is not None and (before.score, before.verdict) == (exercise.score, exercise.verdict)
        words = "the same as" if agrees else f"not the same as ({before and number(before.score)})"
        console.print(
            f"\nReplayed with the recorded seed {escape(result.seed)}: {words} the recorded grading."
        )


def show_progress(lessons: Sequence[tuple[Lesson, Earned | None]]) -> None:
    """Print one line a lesson that has been judged, and what is still to be earned."""
    table = Table(title="Your progress", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for heading in ("lesson", "earned", ""):
        table.add_column(heading, justify="right" if heading == "earned" else "left")
    judged = [(lesson, earned) for lesson, earned in lessons if earned is not None]
    for lesson, earned in judged:
        changed = "" if earned.is_of(lesson) else "the lesson has changed since"
        now = f"now {number(earned.latest)}" if earned.latest < earned.score else ""
        remark = ", ".join(filter(None, (changed, now)))
        table.add_row(
            lesson.name, f"{number(earned.score)} / {number(earned.points)}", f"[dim]{remark}[/dim]"
        )
    console = SafeConsole()
    console.print(table)
    full = sum(earned.score == earned.points for _, earned in judged)
    console.print(
        f"\n{full} of {len(lessons)} lessons with all points, {len(lessons) - len(judged)} not judged yet."
    )


def show_class(lesson: str, results: Sequence[Result]) -> None:
    """Print one line a student, and how the class did."""
    console = SafeConsole()
    table = Table(
        title=f"{escape(lesson)}: {len(results)} submissions, automatic scores",
        title_justify="left",
        title_style="bold",
        box=None,
    )
    for heading in ("student", "points", "verdict", "look at"):
        table.add_column(heading, justify="right" if heading == "points" else "left", overflow="fold")
    for result in results:
        open_exercises = [e.name for e in result.exercises if e.verdict not in ("pass", "not_attempted")]
        look_at = ", ".join(open_exercises) if result.exercises else result.message
        points = f"{number(result.score)} / {number(result.points)}"
        style = STYLES.get(result.verdict, "yellow")
        table.add_row(
            escape(result.student or ""),
            points,
            f"[{style}]{WORDS[result.verdict]}[/{style}]",
            escape(look_at),
        )
    console.print(table)
    if levels := {result.isolation for result in results if result.isolation}:
        console.print(f"[dim]isolation: {', '.join(map(escape, sorted(levels)))}[/dim]")


def show_changes(lesson: str, changes: Sequence[Change]) -> None:
    """Print whose score recording would change, and how many there are of each kind."""
    console, kinds = SafeConsole(), Counter(change.kind for change in changes)
    table = Table(
        title=f"{escape(lesson)}: nothing is recorded yet", title_justify="left", title_style="bold", box=None
    )
    for heading in ("student", "", "before", "after", "exercises"):
        table.add_column(
            heading, justify="right" if heading in ("before", "after") else "left", overflow="fold"
        )
    for change in changes:
        if change.kind != "same":
            parts = (f"{name} {number(old)} → {number(new)}" for name, old, new in change.exercises)
            table.add_row(
                escape(change.student), change.kind, number(change.before), number(change.after), escape(", ".join(parts))
            )  # fmt: skip
    if table.row_count:
        console.print(table)
    counts = ", ".join(f"{kinds[kind]} {word}" for kind, word in CHANGES.items() if kinds[kind])
    console.print(
        f"{escape(lesson)}: {counts or 'nobody has handed in anything'}. Automatic scores alone; nothing is recorded yet."
    )


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[], None]]:
    """A progress bar with the time that is left, where the total is known; in a file or a pipe, nothing."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=SafeConsole(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)
