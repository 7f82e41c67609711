"""Results as words and tables in a terminal; plain text when it is not one."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.results import Result

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
STYLES = {"pass": "green", "not_attempted": "dim", "grader_fault": "bold magenta"}


def number(value: float | None) -> str:
    """A score without needless digits."""
    return "?" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def show(result: Result, console: Console | None = None) -> None:
    """Print one result: a table of its exercises, and for each that did not pass what to look at."""
    console = console or Console(highlight=False)
    title = f"{result.lesson or result.notebook}: {number(result.score)} of {number(result.points)} points"
    if not result.exercises:
        console.print(f"[bold]{escape(result.notebook)}[/bold]: {WORDS[result.verdict]}\n  {escape(result.message)}")
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
        if exercise.verdict not in ("pass", "not_attempted"):
            console.print(f"\n[bold]{escape(exercise.name)}[/bold]  {escape(exercise.message)}")
    for note in result.notes:
        console.print(f"[dim]Note: {escape(note)}[/dim]")
    console.print(f"\n[dim]isolation {result.isolation} · seed {result.seed} · {result.seconds:.2f} s[/dim]")
