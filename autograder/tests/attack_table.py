"""The table in docs/trust.md: what each attack of the catalogue earns, at each isolation level and in stock nbgrader.

    python -m autograder.tests.attack_table             # writes the table from what was measured last
    python -m autograder.tests.attack_table --measure   # runs the catalogue at each level first

Stock nbgrader's column is measured by autograder/bench/attacks_on_stock.py, and by attacks_at_weak.py beside it what may do
harm at level weak. What was measured is kept in attacks.json.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.classroom.grade import Grader, Settings
from autograder.judging.results import Result
from autograder.sandbox.processes import Limits
from autograder.tests.catalogue import LESSON, Attack, attacks, submission
from autograder.tests.courses import as_bytes
from autograder.tests.material import COURSE

LEVELS = ("strong", "container", "weak")
LIMITS = Limits(call_seconds=0.3, load_seconds=5.0, submission_seconds=30.0, memory=128 << 20)
SEED = "attacks"
MEASURED = Path(__file__).with_name("attacks.json")
PAGE = COURSE.root / "docs" / "trust.md"
BEGIN, END = "<!-- begin of the generated table -->\n", "<!-- end of the generated table -->\n"
WORST_FIRST = ("more", "no score", "the same", "less")
MEANINGS = {
    "more": "earn more than the honest answer", "hangs": "make the grader hang", "no score": "are left without a score",
    "the same": "earn the same", "less": "earn less",
    "not run": "are not run: would harm the machine", "does not apply": "do not apply", "not measured": "have not been measured",
}  # fmt: skip
HARM = "not run: would harm the machine"


def grader(level: str, least_isolation: str) -> Grader:
    """Grades the catalogue at one isolation level, if the machine gives it."""
    settings = Settings(level, least_isolation, LIMITS, secret_seeds=False)
    return Grader(COURSE, settings)


def judged(grader: Grader, made) -> Result:
    return grader.grade(as_bytes(made), f"{LESSON}.ipynb", LESSON, seed=SEED)


def scores(result: Result) -> dict[str, float | None]:
    return {exercise.name: exercise.score for exercise in result.exercises}


def outcome(found: Mapping[str, float | None], honest: Mapping[str, float]) -> str:
    """What an attack has earned, beside the same answers without it."""
    if found.keys() != honest.keys() or None in found.values():
        return "no score"
    if any(found[name] > honest[name] for name in honest):
        return "more"
    return "the same" if found == dict(honest) else "less"


def applies(attack: Attack, level: str) -> bool:
    """At level weak a program may do what it likes to the machine: what does is not run there, unless it is confined."""
    return level != "weak" or attack.reaches == "itself"


def summary(outcomes: Iterable[str]) -> str:
    """The worst outcome of an attack's submissions, and of how many."""
    counts = Counter(outcomes)
    worst = next(word for word in WORST_FIRST if counts[word])
    return worst if counts.total() == counts[worst] else f"{worst} ({counts[worst]} of {counts.total()})"


def measure(level: str, chosen: Iterable[Attack]) -> dict[str, str]:
    """Outcome of attacks at one level."""
    with grader(level, least_isolation=level) as grades:
        honest = scores(judged(grades, submission()))
        return {
            attack.name: summary(
                outcome(scores(judged(grades, make())), honest) for _, make in attack.submissions()
            )
            for attack in chosen
        }


def table(measured: Mapping[str, Mapping[str, str]]) -> str:
    """The catalogue as a table in Markdown, counts first."""
    columns = (*LEVELS, "stock")
    lines = ["| | " + " | ".join((*LEVELS, "stock nbgrader")) + " |", "|---|---|---|---|---|"]
    for word, meaning in MEANINGS.items():
        counts = [sum(found[column].startswith(word) for found in measured.values()) for column in columns]
        if not any(counts):
            continue
        lines.append(f"| {meaning} | " + " | ".join(map(str, counts)) + " |")
    lines += ["", "| | attack | known from | " + " | ".join((*LEVELS, "stock nbgrader")) + " |", "|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, attack in attacks().items():
        found = " | ".join(measured[name][column].partition(":")[0] for column in columns)
        lines.append(f"| {attack.number} | **{attack.title}** {attack.sentence} | {attack.known} | {found} |")
    return "\n".join(lines) + "\n"


def recorded() -> dict[str, dict[str, str]]:
    """By attack of the catalogue and column, what was measured last."""
    kept = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    unknown = dict.fromkeys((*LEVELS, "stock"), "not measured")
    return {name: unknown | kept.get(name, {}) for name in attacks()}


def record(column: str, found: Mapping[str, str]) -> None:
    """Keep what was found in one column."""
    rows = recorded()
    for name, row in rows.items():
        row[column] = found.get(name, row[column])
    MEASURED.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def written(page: str, measured: Mapping[str, Mapping[str, str]]) -> str:
    """The page with the table between its markers."""
    head, _, rest = page.partition(BEGIN)
    return head + BEGIN + table(measured) + END + rest.partition(END)[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--measure", action="store_true", help="run the catalogue at each level first")
    if parser.parse_args().measure:
        for level in LEVELS:
            record(level, measure(level, (a for a in attacks().values() if applies(a, level))))
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), recorded()), encoding="utf-8")


if __name__ == "__main__":
    main()
