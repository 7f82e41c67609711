"""What a student gets back gives nothing away, and nothing of a student's acts on whoever reads it."""

import ast
import base64
import io
import json
import re
import struct
import tokenize
import zlib
from html import unescape
from html.parser import HTMLParser

import nbformat
import pytest

from autograder.tests.courses import (
    as_bytes,
    cold_command,
    command,
    gradebook,
    hand_in,
    notebook,
    real_course,
)

LESSON = "06_softmax_gradient"
TOKEN = re.compile(r"\w+(?:\.\d+)?|[^\w\s]")

# Answers that fail in every way in which an answer can, none with a line of the solution.
WRONG = {
    "softmax": "def softmax(scores):\n    e = np.exp((scores.T - scores.max(1)).T)\n    return e / np.sum(e)",
    "cross_entropy": "def cross_entropy(probs, y):\n    raise ValueError(f'what is {probs.shape}?')",
    "gradient_by_hand": "def gradient_by_hand():\n    return [[1, 2, 3]]",
    "score_gradient": "def score_gradient(probs, y):\n    return 0 * probs",
    "weight_gradients": "def weight_gradients(X, dscores):\n    return dscores.T, X",
    "softmax_loss": "def softmax_loss(W, b, X, y, reg):\n    import os\n    os._exit(1)",
    "train": "def train(X, y, num_classes, learning_rate, reg, steps):\n    return object()",
    "find_the_bugs": "def find_the_bugs():\n    return ('right',) * 5",
}
NOSY = {
    "softmax": "def softmax(scores):\n    import traceback, sys\n    raise AssertionError(''.join(traceback.format_stack()) + repr(vars(sys).keys()))",
    "cross_entropy": "def cross_entropy(probs, y):\n    import gc\n    raise AssertionError(repr([t for t in gc.get_objects() if isinstance(t, str) and 'expect' in t])[:1900])",
    "score_gradient": "def score_gradient(probs, y):\n    import inspect\n    raise AssertionError(repr(inspect.stack())[:1900])",
}
SCRIPT = "<script>document.title = 'taken over'</script>"
ACTIVE = [
    SCRIPT,
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    "[click](javascript:alert(1))",
    "![beacon](https://evil.example/seen.png)",
    "<iframe src='https://evil.example'></iframe>",
    "</div></body><style>body{display:none}</style>",
    "$\\href{javascript:alert(1)}{x}$",
]


def picture(colour):
    """A PNG of one pixel."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" + colour))
        + chunk(b"IEND", b"")
    )


PLOT = base64.b64encode(picture(b"\x12\x34\x56")).decode()


def hostile(course):
    made = notebook(course, LESSON, {"softmax": f"def softmax(scores):\n    raise ValueError({SCRIPT!r})",
                                     "cross_entropy": f"def cross_entropy(probs, y):\n    return type({SCRIPT!r}, (), {{}})()"})  # fmt: skip
    for number, text in enumerate(ACTIVE):
        made.cells.insert(
            3, nbformat.v4.new_markdown_cell(f"An answer in words. {text}", id=f"words-{number}")
        )
        made.cells.insert(3, nbformat.v4.new_raw_cell(text, id=f"raw-{number}"))
        outputs = [
            nbformat.v4.new_output(
                "display_data", {"text/html": text, "text/plain": text, "application/javascript": "alert(1)"}
            ),
            nbformat.v4.new_output("stream", name="stderr", text=f"{text}\x1b[2J"),
            nbformat.v4.new_output(
                "display_data", {"image/svg+xml": text, "text/latex": text, "text/markdown": text}
            ),
        ]
        made.cells.insert(3, nbformat.v4.new_code_cell(f"# {text}", id=f"code-{number}", outputs=outputs))
    return made


def with_a_plot(course):
    made = notebook(course, LESSON, WRONG)
    own = nbformat.v4.new_code_cell("plt.plot([1, 2])", id="own-plot")
    own.outputs = [nbformat.v4.new_output("display_data", {"image/png": PLOT, "text/plain": "<Figure>"})]
    made.cells.append(own)
    return made


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Wrong, nosy and hostile submissions through stock `nbgrader autograde` and `generate_feedback`."""
    course = real_course(tmp_path_factory.mktemp("leaks"), LESSON, gradebook=True)
    for student, made in {
        "wrong": notebook(course, LESSON, WRONG), "nosy": notebook(course, LESSON, NOSY), "untouched": notebook(course, LESSON, {}),
        "hostile": hostile(course), "plot": with_a_plot(course),
    }.items():  # fmt: skip
        hand_in(course, LESSON, student, as_bytes(made))
    for start, name in ((command, "autograde"), (cold_command, "generate_feedback")):
        done = start(course, "nbgrader", name, LESSON)
        assert done.returncode == 0, done.stderr[-3000:]
    return course


def handed_back(course):
    """Text of everything a student or a reader gets: autograded notebooks and feedback pages, by their path."""
    found = {}
    for folder in ("autograded", "feedback"):
        for path in sorted((course.grading / folder).rglob("*")):
            if path.suffix in (".html", ".ipynb"):
                found[f"{folder}/{path.parts[-3]}"] = path.read_text(encoding="utf-8")
    assert len(found) == 10
    return found


def as_tokens(text):
    """A text in which markup and white space do not matter any more."""
    plain = unescape(re.sub(r"<[^>]*>", "", text)).replace("\\n", "\n").replace('\\"', '"')
    return f" {' '.join(TOKEN.findall(plain))} "


def code_lines(source):
    """The lines of a program that hold at least four tokens besides texts and comments, as they look to `as_tokens`."""
    lines = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NAME, tokenize.OP, tokenize.NUMBER):
            lines.setdefault(token.start[0], []).append(token.string)
    texts = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.STRING
    }
    return {
        f" {' '.join(TOKEN.findall(' '.join(line)))} "
        for number, line in lines.items()
        if len(line) >= 4 and number not in texts
    }


def hidden_words(source):
    """Texts in a file of checks that nobody but its reader is meant to see: where a misconception was met, and all but
    the first paragraph of a docstring."""
    tree, found = ast.parse(source), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found |= {
                k.value.value
                for k in node.keywords
                if k.arg == "source" and isinstance(k.value, ast.Constant)
            }
        if isinstance(node, ast.FunctionDef) and (text := ast.get_docstring(node)):
            found |= set(text.split("\n\n")[1:])
    return {as_tokens(text) for text in found if len(text.split()) >= 4}


def public(course):
    lesson = course.lessons[LESSON]
    return as_tokens("\n".join(cell.source for cell in lesson.release.cells) + lesson.helpers)


def test_nothing_of_the_hidden_checks_is_handed_back(course):
    source = course.lessons[LESSON].checks_path.read_text(encoding="utf-8")
    told, own = public(course), as_tokens("\n".join([*WRONG.values(), *NOSY.values()]))
    hidden = {
        line for line in code_lines(source) | hidden_words(source) if line not in told and line not in own
    }
    assert len(hidden) > 300, "there must be something that could leak"
    for name, text in handed_back(course).items():
        page = as_tokens(text)
        assert [line for line in hidden if line in page] == [], name


def test_nothing_of_the_solution_is_handed_back(course):
    lesson = course.lessons[LESSON]
    blocks = []
    for cell in lesson.solution.cells:
        blocks += re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
    hidden = {
        f" {' '.join(TOKEN.findall(line.partition('  #')[0]))} "
        for block in blocks
        for line in block.splitlines()
    }
    told = public(course) + as_tokens("\n".join(WRONG.values()))
    hidden = {line for line in hidden if len(line.split()) >= 4 and line not in told}
    assert len(hidden) > 15
    for name, text in handed_back(course).items():
        page = as_tokens(text)
        assert [line for line in hidden if line in page] == [], name
        assert "BEGIN SOLUTION" not in text


def test_a_leak_would_be_seen(course):
    """The scan itself: a single line of a check or of the solution in a page is found."""
    source = course.lessons[LESSON].checks_path.read_text(encoding="utf-8")
    lines = [
        line.strip()
        for line in source.splitlines()
        if line.strip().startswith("expect_close(learner") and line.endswith(")")
    ]
    assert len(lines) > 3
    for line in lines:
        assert any(hidden in as_tokens(f"<p>In <code>{line}</code></p>") for hidden in code_lines(source)), (
            line
        )
        assert any(
            hidden in as_tokens(json.dumps({"source": f"x\n{line}\n"})) for hidden in code_lines(source)
        ), line


def test_secret_is_handed_back_in_no_form(course):
    secret = (course.grading / "secret.key").read_bytes()
    forms = [secret.hex(), base64.b64encode(secret).decode(), secret.decode("latin-1"), repr(secret)[2:-1]]
    for name, text in handed_back(course).items():
        assert not [form for form in forms if form in text], name


def test_machine_of_the_grader_is_not_described(course):
    """Nor where the course lies on the instructor's disk, nor how the judge is built."""
    for name, text in handed_back(course).items():
        for word in (
            str(course.root),
            "autograder/checks",
            "Traceback (most recent call last)",
            "/learner.py",
            "/judge.py",
            "sitting.py",
        ):
            assert word not in text, (name, word)


def test_expected_values_are_not_handed_back(course):
    """Messages hold shapes and words; the only numbers of the judge's are points, shapes and counts."""
    for name, text in handed_back(course).items():
        if name.startswith("feedback") and not name.endswith(("nosy", "plot")):
            for message in re.findall(r'<li class="fail">(.*?)</li>', text):
                assert not re.search(r"\d\.\d{3,}", message), (name, message)


class Acting(HTMLParser):
    """Collects what would do something in a browser."""

    def __init__(self):
        super().__init__()
        self.found, self.pictures, self.elsewhere = [], [], set()

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "iframe", "object", "embed", "form", "base", "link", "applet", "frame"):
            self.found.append(tag)
        for name, value in attributes:
            value = (value or "").strip()
            if name.startswith("on") or re.match(r"(?i)\s*(javascript|vbscript|data:text)", value):
                self.found.append((tag, name, value))
            if "evil.example" in value:
                self.elsewhere.add((tag, name))
            if tag == "img" and name == "src":
                self.pictures.append(value)


def test_nothing_of_a_learner_acts_on_a_feedback_page(course):
    for name, text in handed_back(course).items():
        if name.startswith("feedback"):
            page = Acting()
            page.feed(text)
            assert page.found == [], name
            assert all(source.startswith("data:image/png;base64,") for source in page.pictures), name
            assert page.elsewhere <= {("a", "href")}, (
                name
            )  # a link that a reader may choose to follow loads nothing
    assert "taken over" in unescape(handed_back(course)["feedback/hostile"])  # shown, as words


def test_nothing_of_a_learner_acts_in_the_formgrader(course):
    """The formgrader draws the autograded notebook with its text cells and its outputs: only ours may hold HTML."""
    path = course.grading / "autograded" / "hostile" / LESSON / "softmax_gradient.ipynb"
    made = nbformat.read(path, as_version=4)
    for cell in made.cells:
        for output in cell.get("outputs", []):
            html = output.get("data", {}).get("text/html", "")
            page = Acting()
            page.feed(html)
            assert page.found == [] and set(output.get("data", {})) <= {
                "text/html",
                "text/plain",
                "image/png",
            }
            assert output.output_type != "stream"
        if cell.cell_type == "markdown" and "An answer in words" in cell.source:
            page = Acting()
            page.feed(cell.source)
            assert page.found == [] and not re.search(r"\]\(\s*javascript|!\[|\\href", cell.source)
        assert cell.cell_type != "raw"


def test_plot_of_the_learner_is_kept(course):
    back = handed_back(course)
    assert PLOT in back["feedback/plot"] and PLOT in back["autograded/plot"]


def test_feedback_tells_what_the_learner_needs(course):
    """Silence would leak nothing either."""
    page = unescape(re.sub(r"<[^>]*>", "", handed_back(course)["feedback/wrong"]))
    for words in (
        "divide by the sum over the whole matrix",
        "ValueError: what is",
        "your program ended",
        "not yet",
        "Each row is one example",
    ):
        assert words in " ".join(page.split()), words
    scores = {name: score for name, (score, _) in gradebook(course, LESSON)["wrong"].items()}
    assert scores["softmax"] == 0.0 and scores["two_layer_gradients"] == 0.0
