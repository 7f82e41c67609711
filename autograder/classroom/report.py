"""Verdicts as HTML and text for a student's notebook: our own words only, everything else escaped."""

from html import escape

from markupsafe import Markup

from autograder.classroom.terminal import WORDS, number
from autograder.judging.results import ExerciseResult


def exercise_html(result: ExerciseResult) -> str:
    """The verdict on one exercise as a fragment of HTML without script, style or anything of the learner's unescaped."""
    failed = [check for check in result.checks if check.verdict != "pass"]
    parts = [f'<div class="verdict {result.verdict}">']
    if result.verdict == "grader_fault":
        parts.append(
            f"<p><b>{escape(result.name)}</b> · {WORDS[result.verdict]}. Your instructor will look at it.</p>"
        )
        return "".join(parts) + "</div>"
    parts.append(f"<p><b>{escape(result.name)}</b> · {_points(result)} · {WORDS[result.verdict]}</p>")
    if result.message and result.verdict != "not_attempted":
        parts.append(f"<p>{prose(result.message)}</p>")
    if result.helped_by:
        parts.append(f"<p>{prose(result.help_in_words)}</p>")
    if result.verdict not in ("not_attempted", "pass"):
        parts.append(f"<p>{len(result.checks) - len(failed)} of {len(result.checks)} checks passed.</p>")
        lines = dict.fromkeys(
            c.message for c in failed if c.message != result.message and not c.message.startswith("Not run")
        )
        if lines:
            parts.append("<ul>" + "".join(f'<li class="fail">{prose(line)}</li>' for line in lines) + "</ul>")
    return "".join(parts) + "</div>"


def exercise_text(result: ExerciseResult) -> str:
    """The same in one line, for viewers without HTML."""
    words = " ".join(filter(None, (result.message, result.help_in_words)))
    return f"{result.name} · {_points(result)} · {WORDS[result.verdict]}{': ' if words else ''}{words}"


def _points(result: ExerciseResult) -> str:
    return f"{number(result.score)} of {number(result.points)} points"


def prose(message: str) -> Markup:
    """Escaped text, with `code` between backticks set as code."""
    pieces = escape(message).split("`")
    if len(pieces) % 2 == 0:  # a backtick without a partner stays as it is
        return Markup("`".join(pieces))
    return Markup("".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(pieces)))
