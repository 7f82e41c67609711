"""Nothing of a learner's reaches a terminal but letters: no escape sequence, no bidi mark, no line of its own."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from autograder import cli
from autograder.classroom import terminal
from autograder.judging.results import CheckResult, ExerciseResult, Explanation, MatchedMisconception, Result
from autograder.lesson.layout import CourseError
from autograder.sandbox.printable import escaped_in_json, one_line, printable
from autograder.tests.courses import RIGHT, TINY, as_bytes, environment, hand_in, notebook, tiny_course

HOSTILE = "\x1b]0;title\x07\x1b[2J\x9b31m\x1bPq\x1b\\a\u202eb\u2066c\u200bd\u2028e\u2029f\ufeffg\x85h\r\x08\x7f\0[red]i[/red]\n7 of 7"
STYLING = re.compile(r"\x1b\[[0-9;]*m")
CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def assert_safe(text: str, *, styled: bool) -> None:
    """No control character but the end of a line and, in a terminal, our own colours."""
    plain = STYLING.sub("", text) if styled else text
    assert not CONTROL.search(plain), repr(text)
    assert "[red]" in plain.replace("\n", "") and not re.search(r"^\s*7 of 7", plain, re.MULTILINE), repr(
        text
    )


def hostile_result() -> Result:
    """A result whose every text is hostile."""
    check = CheckResult(HOSTILE, "fail", HOSTILE, 0.1)
    idea = MatchedMisconception(HOSTILE, HOSTILE)
    exercise = ExerciseResult(
        HOSTILE, 1.0, 2.0, "fail", HOSTILE, idea, Explanation("idea", HOSTILE), ["\x1b[2Jf"], [check]
    )
    return Result(
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        1.0,
        2.0,
        0.1,
        "fail",
        HOSTILE,
        [exercise],
        [HOSTILE],
        [HOSTILE],
        HOSTILE,
    )


def empty_result() -> Result:
    result = hostile_result()
    result.exercises = []
    return result


PRINTED = {
    "show": lambda: terminal.show(hostile_result()),
    "show unreadable": lambda: terminal.show(empty_result()),
    "show_exercise": lambda: terminal.show_exercise(hostile_result(), HOSTILE, None),
    "show_exercise again": lambda: terminal.show_exercise(hostile_result(), HOSTILE, hostile_result()),
    "show_exercise missing": lambda: terminal.show_exercise(empty_result(), HOSTILE, None),
    "show_class": lambda: terminal.show_class(HOSTILE, [hostile_result(), empty_result()]),
    "say": lambda: terminal.say(HOSTILE.replace("\n", " ")),
    "the guard alone": lambda: terminal.SafeConsole().print(HOSTILE.replace("\n", " "), markup=False),
}


@pytest.mark.parametrize("printed", PRINTED.values(), ids=PRINTED)
def test_a_pipe_gets_letters_only(printed, capsys, monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    printed()
    assert_safe(capsys.readouterr().out, styled=False)


@pytest.mark.parametrize("colours", [True, False], ids=["colours", "NO_COLOR"])
@pytest.mark.parametrize("printed", PRINTED.values(), ids=PRINTED)
def test_a_terminal_gets_letters_and_our_colours(printed, colours, monkeypatch):
    primary, secondary = pty.openpty()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not colours:
        monkeypatch.setenv("NO_COLOR", "1")
    with os.fdopen(secondary, "w", encoding="utf-8") as screen:
        monkeypatch.setattr(sys, "stdout", screen)
        assert sys.stdout.isatty()
        printed()
        screen.flush()
        text = os.read(primary, 1 << 20).decode()
        monkeypatch.undo()
    os.close(primary)
    assert_safe(text.replace("\r\n", "\n"), styled=True)
    if not colours:
        assert not re.search(r"\x1b\[(?:[0-9;]*;)?(?:3|4|9)\d", text)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny_course(tmp_path_factory.mktemp("terminal"))


def hostile_notebook(course) -> bytes:
    """A notebook whose every text field is hostile: names, metadata, exceptions, sources, outputs, types of cells."""
    answers = RIGHT | {
        "row_sums": f"def row_sums(x):\n    raise ValueError({HOSTILE!r})",
        "double": f"class Odd(Exception):\n    pass\nOdd.__name__ = {HOSTILE!r}\ndef double(x):\n    raise Odd({HOSTILE!r})",
        "double_sums": f"def double_sums(x):\n    return x '{HOSTILE}'",
    }
    made = json.loads(as_bytes(notebook(course, TINY, answers)))
    for cell in made["cells"][3:]:
        cell["metadata"]["nbgrader"] = {"grade_id": HOSTILE, "points": HOSTILE, HOSTILE: HOSTILE}
    copies = [
        dict(cell, id=HOSTILE, cell_type=HOSTILE, source="".join(cell["source"]) + HOSTILE)
        for cell in made["cells"]
    ]
    made["cells"] += copies
    made["metadata"] = {"course": {"lesson": HOSTILE, HOSTILE: HOSTILE}, HOSTILE: HOSTILE}
    return json.dumps(made).encode()


def in_a_terminal(course, *arguments) -> str:
    """What a command writes to a terminal, standard error as well."""
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder.cli", *arguments],
        cwd=course.root, stdin=subprocess.DEVNULL, stdout=secondary, stderr=secondary,
        env=environment(course) | {"TERM": "xterm-256color", "COLUMNS": "200"},
    )  # fmt: skip
    os.close(secondary)
    text = bytearray()
    while True:
        try:
            data = os.read(primary, 1 << 16)
        except OSError:  # Linux says so when the other end is closed
            break
        if not data:
            break
        text += data
    os.close(primary)
    process.wait()
    return text.decode().replace("\r\n", "\n")


def test_check_and_explain_of_a_hostile_notebook(course):
    path = hand_in(course, TINY, "amelia", hostile_notebook(course))
    options = ["--lesson", TINY, "--course", str(course.root)]
    in_pipe = CliRunner().invoke(cli.main, ["check", str(path), *options])
    for text in (
        in_a_terminal(course, "check", str(path), *options),
        in_a_terminal(course, "explain", "amelia", "row_sums", "--require-isolation", "weak", *options),
        in_pipe.output,
    ):
        assert "row_sums" in text and "ValueError" in text
        assert_safe(text, styled=text is not in_pipe.output)


def test_json_is_escaped_and_says_the_same():
    document = json.dumps({HOSTILE: [HOSTILE]}, ensure_ascii=False, indent=2)
    escaped = escaped_in_json(document)
    assert not CONTROL.search(escaped) and json.loads(escaped) == {HOSTILE: [HOSTILE]}


@pytest.mark.parametrize(
    "arguments",
    [["check", f"{HOSTILE}.ipynb"], ["check", "--" + HOSTILE], [HOSTILE], ["grade", HOSTILE], ["explain", HOSTILE, HOSTILE],
     ["check", "a.ipynb", "--lesson", HOSTILE], ["check", "a.ipynb", "--course", HOSTILE], ["grade", "--jobs", HOSTILE]],
)  # fmt: skip
def test_error_messages_quote_nothing_that_acts(arguments):
    done = CliRunner().invoke(cli.main, [word.replace("\0", "") for word in arguments])
    assert done.exit_code == 2
    assert_safe(done.output, styled=False)


@pytest.mark.parametrize("text", ["Größe, naïve, 数学, 😀", "a\tb\nc", ""])
def test_ordinary_text_stays(text):
    assert printable(text, 100) == text
    assert one_line(text) == " ".join(text.split())


def test_a_name_that_no_file_can_hold_is_printable():
    assert one_line("a\udcffb") == "a?b"


# --- who may run, and with which secret ---------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [b"", b"\n", b"x" * 15])
def test_secret_that_is_none_is_refused_and_stays(secret, tmp_path):
    course = tiny_course(tmp_path)
    hand_in(course, TINY, "amelia", as_bytes(notebook(course, TINY, RIGHT)))
    key = course.grading / "secret.key"
    key.write_bytes(secret)
    with pytest.raises(CourseError, match=f"holds {len(secret)} bytes.*copy.*delete"):
        course.secret()
    for words in (["grade", TINY], ["explain", "amelia", "double"]):
        done = CliRunner().invoke(cli.main, [*words, "--course", str(course.root)])
        assert done.exit_code == 2 and "secret.key holds" in " ".join(done.output.split())
    assert key.read_bytes() == secret


def test_secret_that_cannot_be_read_is_refused(tmp_path):
    course = tiny_course(tmp_path)
    (course.grading / "secret.key").mkdir(parents=True)
    with pytest.raises(CourseError, match="cannot be made or read.*copy"):
        course.secret()


def test_secret_is_made_whole_and_once(tmp_path):
    course = tiny_course(tmp_path)
    secret = course.secret()
    assert len(secret) == 32 and course.secret() == secret
    assert [path.name for path in course.grading.iterdir() if "secret" in path.name] == ["secret.key"]
    assert (course.grading / "secret.key").stat().st_mode & 0o777 == 0o600


def test_explain_refuses_to_run_students_code_below_container(tmp_path):
    course = tiny_course(tmp_path)
    hand_in(
        course,
        TINY,
        "amelia",
        as_bytes(
            notebook(course, TINY, RIGHT | {"double": "def double(x):\n    raise ValueError('it ran')"})
        ),
    )
    words = ["explain", "amelia", "double", "--course", str(course.root), "--isolation", "weak"]
    refused = CliRunner().invoke(cli.main, words)
    assert refused.exit_code == 1 and "'container' is required" in " ".join(refused.output.split())
    assert "it ran" not in refused.output
    allowed = CliRunner().invoke(cli.main, [*words, "--require-isolation", "weak"])
    assert "it ran" in allowed.output


# --- TeX that the formgrader's MathJax would act on ---------------------------------------------------------------


@pytest.mark.parametrize(
    "macro",
    "bbox href url style class cssId data require unicode html htmlId htmlData htmlClass htmlStyle htmlAnything csname "
    "setOptions includegraphics mmlToken texttip mathtip toggle action enclose".split(),
)
@pytest.mark.parametrize(
    "form",
    ["${0}{{canary}}{{x}}$", "$${0}[border:1px]{{canary}}$$", "\\\\({0} {{canary}}\\\\)", "`{0}{{canary}}`"],
)
def test_tex_that_loads_or_styles_is_taken_apart(macro, form):
    from autograder.intake.sanitise import plain_text

    text = plain_text(form.format(f"\\{macro}"))
    assert f"\\{macro}" not in text and f"\\ {macro}" in text and "canary" in text
    assert plain_text(f"$\\{macro}{{x}}$") == plain_text(plain_text(f"$\\{macro}{{x}}$"))


@pytest.mark.parametrize(
    "tex", [r"\hat x", r"\frac{a}{b}", r"\begin{bmatrix} a \end{bmatrix}", r"\boxed{x}", r"\color{red}{x}"]
)
def test_ordinary_tex_stays(tex):
    from autograder.intake.sanitise import plain_text

    assert plain_text(f"${tex}$") == f"${tex}$"
