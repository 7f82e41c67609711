"""Nothing that a learner writes or draws can act in the browser of whoever opens the notebook."""

import base64
import re
import struct
import zlib
from html.parser import HTMLParser

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters import markdown2html

from autograder.intake.sanitise import MAX_ALL_TEXT, MAX_TEXT, plain_text, sanitise
from autograder.lesson.release import Release

HARMLESS_TAGS = set(
    "p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd em strong del code pre blockquote table thead tbody tr th td "
    "a div span section sup sub abbr input".split()
)
ACTIVE_TEX = re.compile(r"\\(?:href|url|style|class|cssId|require|unicode)(?![A-Za-z])")


class Page(HTMLParser):
    """Collects what could act in a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.dangers, self.words = [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag not in HARMLESS_TAGS:
            self.dangers.append(tag)
        for name, value in attributes:
            target = re.sub(r"[\0-\x20]", "", value or "").lower()
            scheme = re.match(r"([a-z][a-z0-9+.-]*):", target)
            if name.startswith("on") or name in ("style", "src", "srcset", "srcdoc", "formaction"):
                # the renderer's own: alignment of a table's column
                if not (name == "style" and re.fullmatch(r"text-align:\s*\w+;?", value)):
                    self.dangers.append(f"{tag} {name}={value}")
            if name == "href" and scheme and scheme[1] not in ("http", "https", "mailto"):
                self.dangers.append(f"{tag} {name}={value}")

    def handle_comment(self, data):
        self.dangers.append("comment")

    def handle_decl(self, decl):
        self.dangers.append("declaration")

    def handle_pi(self, data):
        self.dangers.append("instruction")

    def handle_data(self, data):
        self.words += data
        if ACTIVE_TEX.search(data):  # MathJax reads the words of the page
            self.dangers.append("TeX")


ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "text <img\nsrc=x\nonerror=alert(1)> text",
    "<svg/onload=alert(1)>",
    "<!--><script>alert(1)</script>-->",
    "<?xml version='1.0'?><script>1</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "</p></div><iframe src=javascript:alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<style>body{display:none}</style>",
    "<\0script>alert(1)</script>",
    "<\x0bscript>alert(1)</script>",
    "\\<img src=x onerror=alert(1)>",
    "\\\\<img src=x onerror=alert(1)>",
    "`\\`<img src=x onerror=alert(1)>",
    "``` \n<img src=x onerror=alert(1)>\n",
    "```\ncode\n```\n<img src=x onerror=alert(1)>",
    "`a``<img src=x onerror=alert(1)>`",
    "    <b>\n\n<img src=x onerror=alert(1)>",
    "$a<img src=x onerror=alert(1)>$",
    "$$\n<script>alert(1)</script>\n$$",
    "\\begin{align}<img src=x onerror=alert(1)>\\end{align}",
    "# <img src=x onerror=alert(1)>",
    "| <img src=x onerror=alert(1)> |\n|---|\n| <script>1</script> |",
    "[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
    "*[HTML]: <script>alert(1)</script>\nHTML",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x]( \t javascript:alert(1))",
    "[x](\njavascript:alert(1))",
    "[x](" + " " * 5000 + "javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](< javascript:alert(1)>)",
    "[x](<java\tscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&#58;alert(1))",
    "[x](javascript&#58alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[x][y]\n\n[y]:\n   javascript:alert(1)",
    "[x][y]\n\n> [y]: <javascript:alert(1)> 'title'",
    "<javascript:alert(1)>",
    "[![x](javascript:alert(1))](javascript:alert(2))",
    "![x](https://evil.example/pixel.png)",
    "![x](/logout)",
    "![x][y]\n\n[y]: https://evil.example/pixel.png",
    "![x](attachment:a.png)",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+PC9zdmc+PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "$\\href{javascript:alert(1)}{x}$",
    "\\\\(\\\\href{javascript:alert(1)}{x}\\\\)",
    "\\&#104;ref{javascript:alert(1)}{x}",
    "$$\\style{position:fixed;top:0}{x}$$ $\\cssId{a}{x}$ $\\class{b}{x}$ $\\require{html}$",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_acts_in_the_rendered_page(attack):
    assert Page(markdown2html(plain_text(attack))).dangers == []
    assert Page(plain_text(attack)).dangers in ([], ["TeX"])  # even if somebody took the text for HTML


def test_the_attacks_act_without_the_cure():
    attacks = [attack for attack in ATTACKS if "attachment:" not in attack]  # on those the renderer gives up
    harmless = [attack for attack in attacks if not Page(markdown2html(attack)).dangers]
    assert len(harmless) < len(ATTACKS) / 3


@settings(deadline=None, derandomize=True, database=None, max_examples=400)
@given(
    st.lists(
        st.sampled_from(
            "< > / ! ? [ ] ( ) ` ``` $ $$ \\ \n \t \0 # & ; : &lt; &#60; &#x6A; &colon; * _ | a img src=x onerror=alert(1) script "
            "javascript: java http://a.b \\href [x]: ![ ]( <! </ " .split(" ")
        ),
        max_size=14,
    ).map("".join)
)  # fmt: skip
def test_no_combination_of_pieces_acts(text):
    assert Page(markdown2html(plain_text(text))).dangers == []


@pytest.mark.parametrize(
    "text",
    [
        "# Answer\n\nBecause `np.exp(1000)` is **inf**, and *inf / inf* is nan.\n\n1. one\n2. two\n\n> quoted",
        "If a < b and c > d, then 3 <= 4 & 5 << 6; is it? Yes! R&D.",
        "$p_i = \\frac{e^{s_i}}{\\sum_j e^{s_j}}$, $0 < p < 1$, and\n$$\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}$$",
        "| x | y |\n|---|---|\n| 1 | 2 |",
        "[the notes](https://cs231n.github.io/linear-classify/), [below](#answer), [mail](mailto:a@b.example), [file](a/b.md)",
        "[the notes][1]\n\n[1]: https://cs231n.github.io 'CS231n'",
        "```python\nif x[0](y): print('a') # why?\n```",
        "Größe, naïve, 数学, 😀",
        "A list X[1](2) and a slice [a:b]: fine.",
    ],
)
def test_ordinary_markdown_stays_as_it_is(text):
    assert plain_text(text) == text


def test_code_and_html_stay_readable():
    assert plain_text("`List<int>` and `x<y`") == "`List< int>` and `x< y`"
    words = Page(markdown2html(plain_text("I tried `<b>bold</b>` and <b>bold</b> &amp;"))).words
    assert words.split() == "I tried < b>bold< /b> and < b>bold< /b> & amp;".split()


def test_a_pasted_picture_and_an_endless_text_are_shortened():
    assert (
        plain_text(f"see data:image/png;base64,{'iVBO' * 1000} here")
        == "see (a picture that was left out) here"
    )
    assert len(plain_text("x" * 10_000_000)) < MAX_TEXT + 100
    clean = sanitise(notebook_of(*[{"cell_type": "markdown", "source": "x" * 29_000}] * 100), RELEASE)
    assert sum(len(cell.source) for cell in clean.cells) < MAX_ALL_TEXT + 100 * 60
    assert "left out" in clean.cells[-1].source


def png(width=1, height=1, extra=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\0" * min(width * height, 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", extra)


def encoded(picture):
    return base64.b64encode(picture).decode()


def output(picture, **metadata):
    data = {
        "image/png": picture,
        "text/html": "<script>alert(1)</script>",
        "image/svg+xml": "<svg onload=alert(1)>",
    }
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def notebook_of(*cells):
    forms = []
    for number, cell in enumerate(cells):
        form = {"id": f"c{number}", "metadata": {}, "source": "", **cell}
        if form["cell_type"] == "code":
            form = {"execution_count": 7, "outputs": [], **form}
        forms.append(form)
    return nbformat.from_dict({"cells": forms, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


RELEASE = Release(
    notebook_of({"cell_type": "markdown", "source": "<details><summary>Hint</summary>![a](b.png)</details>"})
)


def pictures(*outputs):
    notebook = notebook_of({"cell_type": "code", "outputs": list(outputs)})
    clean = sanitise(notebook, RELEASE)
    nbformat.validate(clean)
    return clean.cells[0].outputs


def test_a_png_stays_with_its_description_as_plain_words():
    about = {
        "image/png": {"alt": 'The "loss" <b onload=x>falls</b>\nslowly', "width": "1px;}</style>"},
        "x": 1,
    }
    (kept,) = pictures(output(encoded(png()), **about))
    assert kept == {
        "output_type": "display_data",
        "data": {"image/png": encoded(png())},
        "metadata": {"image/png": {"alt": "The loss b onload=x falls /b slowly"}},
    }


def test_the_releases_description_of_a_plot_wins():
    cell = {"cell_type": "code", "outputs": [output(encoded(png()), **{"image/png": {"alt": "mine"}})]}
    notebook = notebook_of(cell | {"metadata": {"alt": "Loss against steps."}})
    assert sanitise(notebook, RELEASE).cells[0].outputs[0].metadata["image/png"].alt == "Loss against steps."


def test_a_picture_without_a_description_says_so():
    assert "no description" in pictures(output(encoded(png())))[0].metadata["image/png"].alt


@pytest.mark.parametrize(
    "picture",
    [
        "", "not base64!", "AAAA", "iVBORw0KGgo=", 7, None, ["a"],
        encoded(b"\xff\xd8\xff JPEG"), encoded(b"<svg onload=alert(1)>"), encoded(b"\x89PNG\r\n\x1a\n<script>"),
        encoded(png(extra=b"x" * 300_001)), encoded(png(100_000, 100_000)), encoded(png(0, 5)),
        encoded(png()) + '" onload="alert(1)', "A" * 10_000_000,
    ],
)  # fmt: skip
def test_what_is_no_reasonable_png_is_dropped(picture):
    assert pictures(output(picture)) == []


@pytest.mark.parametrize(
    "other",
    [
        {"output_type": "stream", "name": "stderr", "text": "warning"},
        {
            "output_type": "execute_result",
            "execution_count": 1,
            "metadata": {},
            "data": {"text/plain": "10.0"},
        },
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": []},
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<script>alert(1)</script>"}},
        {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": "alert(1)"}},
    ],
)
def test_every_other_output_is_dropped(other):
    assert pictures(other) == []


def test_a_notebook_holds_so_many_pictures_and_no_more():
    assert len(pictures(*[output(encoded(png()))] * 50)) == 30
    large = encoded(png(extra=b"x" * 290_000))
    assert len(pictures(*[output(large)] * 30)) == 10


def test_the_releases_own_text_stays_and_everything_else_is_plain():
    notebook = notebook_of(
        RELEASE.notebook.cells[0],
        {
            "cell_type": "markdown",
            "source": RELEASE.notebook.cells[0].source + "<img src=x onerror=alert(1)>",
        },
        {
            "cell_type": "markdown",
            "source": "![](attachment:a.png)",
            "attachments": {"a.png": {"image/png": "AAAA"}},
        },
        {"cell_type": "raw", "source": "<script>alert(1)</script>"},
        {"cell_type": "code", "source": "print('<b>')"},
    )
    clean = sanitise(notebook, RELEASE)
    nbformat.validate(clean)
    assert [cell.cell_type for cell in clean.cells] == [
        "markdown",
        "markdown",
        "markdown",
        "markdown",
        "code",
    ]
    assert clean.cells[0] == RELEASE.notebook.cells[0]
    assert Page(markdown2html(clean.cells[1].source)).dangers == []
    assert "attachments" not in clean.cells[2]
    assert clean.cells[3].source == "< script>alert(1)< /script>"
    assert clean.cells[4].source == "print('<b>')" and clean.cells[4].execution_count is None
    assert sanitise(clean, RELEASE) == clean
    assert notebook.cells[4].execution_count == 7
