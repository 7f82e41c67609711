"""A survey as tables: the exercises of a lesson or the lessons of the course, and each mutant that survived."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.table import Table

from autograder.classroom.terminal import SafeConsole, escape
from autograder.sandbox.printable import escaped_in_json
from autograder.strength.survey import Survey, Survivor, Tally

COLUMNS = (
    "mutants",
    "killed",
    "named",
    "relation",
    "condition",
    "slip",
    "equivalent",
    "survivors",
    "strength %",
)


def show(surveys: Sequence[Survey]) -> None:
    """Print one lesson by exercise, several by lesson; then the survivors."""
    console = SafeConsole()
    several = len(surveys) > 1
    rows = [survey.total for survey in surveys] if several else surveys[0].exercises
    table = Table(title=_title(surveys), title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("lesson" if several else "exercise")
    for heading in COLUMNS:
        table.add_column(heading, justify="right")
    for tally in [*rows, Tally.of("all", rows)]:
        table.add_row(escape(tally.exercise), *map(str, _figures(tally)))
    console.print(table)
    for survey in surveys:
        for survivor in survey.survivors:
            _show_survivor(console, survey.lesson, survivor)


def _title(surveys: Sequence[Survey]) -> str:
    graded, possible = sum(s.total.mutants for s in surveys), sum(s.possible for s in surveys)
    share = "all" if graded == possible else f"{graded} of"
    name = surveys[0].lesson if len(surveys) == 1 else f"{len(surveys)} lessons"
    return escape(f"{name}: {share} {possible} mutants, seed {surveys[0].seed}")


def _figures(tally: Tally) -> tuple[object, ...]:
    strength = "" if tally.strength is None else f"{tally.strength:.1f}"
    told = tally.named, tally.related, tally.conditional, tally.slips
    return tally.mutants, tally.killed, *told, tally.equivalent, tally.survivors, strength


def _show_survivor(console: SafeConsole, lesson: str, survivor: Survivor) -> None:
    console.print(
        f"\n[bold]{escape(lesson)}, {escape(survivor.exercise)}[/bold]: {escape(survivor.operator)}"
    )
    for line in survivor.diff.splitlines():
        console.print(f"  {escape(line)}", style="red" if line.startswith("-") else "green")
    for word, text in (
        (survivor.how, survivor.arguments), ("right", survivor.right), ("mutant", survivor.wrong),
    ):  # fmt: skip
        console.print(f"  {escape(word)}: {escape(text)}", style="dim")


def write(path: Path, surveys: Sequence[Survey]) -> None:
    """Write surveys as JSON.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    text = msgspec.json.format(msgspec.json.encode(surveys), indent=2).decode()
    path.write_text(escaped_in_json(text) + "\n", encoding="utf-8")
