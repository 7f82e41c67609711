"""The page a student gets back: one file that reads offline, runs no script and loads nothing.

`nbgrader generate_feedback` and the formgrader's button use ``FeedbackExporter`` and ``GetReviewState`` through
nbgrader_config.py. Whatever a learner wrote passes ``harmless`` before it reaches the page.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import Any
from xml.etree.ElementTree import tostring

import jinja2
from bs4 import BeautifulSoup
from bs4.element import PreformattedString, Tag
from latex2mathml.converter import Converter
from markupsafe import Markup
from mistune import HTMLRenderer
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import Python3Lexer
from traitlets import Bool
from traitlets.config import Config

from autograder.classroom import report
from autograder.classroom.page_budget import FORMULA, LONGEST_PROSE, Budget, shortened
from autograder.classroom.terminal import WORDS, number
from autograder.judging.results import Result
from autograder.lesson.layout import PACKAGE

# The judge's verdicts in words, and two that only the gradebook knows.
VERDICTS = WORDS | {"waiting": "not graded yet", "graded": "graded by hand"}

UNREADABLE = "the file could not be read"
PLOT_WITHOUT_ALT = "A plot drawn by this cell; nobody described it in words."
LONGEST_ALT = 2_000  # characters
LONGEST_FORMULA = 5_000  # characters; anything longer is shown as its source


# --- HTML that cannot do harm ---------------------------------------------------------------------------------

MATHML = set(
    "math mrow mi mn mo mtext mspace msub msup msubsup munder mover munderover mfrac msqrt mroot mtable mtr mtd "
    "mstyle mpadded mphantom menclose mmultiscripts mprescripts none".split()
)
ELEMENTS = MATHML | set(
    "a b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre small span strong "
    "sub summary sup table tbody td th thead tr ul".split()
)
ATTRIBUTES = set(
    "alt class href src start title xmlns display displaystyle scriptlevel mathvariant mathcolor stretchy fence "
    "form separator lspace rspace minsize maxsize movablelimits accent accentunder linethickness columnalign "
    "columnspacing rowspacing columnlines rowlines width height depth voffset notation".split()
)
SAFE_TARGET = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
OUR_IMAGE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]+")


def harmless(html: str) -> Markup:
    """Keep the elements and attributes of prose and formulas, close what is open, show the rest as text.

    Parameters
    ----------
    html : str
        A fragment from anywhere.

    Returns
    -------
    Markup
        A balanced fragment without script, style, form, frame, or anything a browser would load.
    """
    soup = BeautifulSoup(html, "html.parser")
    for comment in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        comment.extract()
    for element in soup.find_all(True):
        if element.name not in ELEMENTS or (element.name == "img" and not _is_our_image(element)):
            element.replace_with(str(element.get("alt") or element.get_text()))
            continue
        element.attrs = {name: value for name, value in element.attrs.items() if name in ATTRIBUTES}
        if element.name in MATHML:  # TeX can set both, to run script or to pass for a verdict
            element.attrs.pop("href", None)
            element.attrs.pop("class", None)
        if element.name == "a" and not SAFE_TARGET.match(str(element.get("href", ""))):
            element.unwrap()  # a link into the learner's folder leads nowhere from this page
    return Markup(soup)


def _is_our_image(element: Tag) -> bool:
    return bool(OUR_IMAGE.fullmatch(str(element.get("src", ""))))


# --- Formulas and prose ---------------------------------------------------------------------------------------


# What latex2mathml does not know, or draws with equation numbers that nothing refers to.
REWRITTEN: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
    (r"\\(begin|end)\{(?:align|aligned|gather|gathered)\*?\}", r"\\\1{align*}"),
    (r"\\(begin|end)\{equation\*?\}", ""),
    (r"\\operatorname\*", r"\\operatorname"),
    (r"\\arg\s*\\(max|min)", r"\\arg\1"),
    (r"(\\text\w*\{[^{}]*\})", lambda found: re.sub(r"\\([_%&#$])", r"\1", found[1])),
]


def mathml(tex: str, display: bool = False) -> str:
    """A formula as MathML, which browsers draw by themselves; its TeX source where it cannot be converted.

    Parameters
    ----------
    tex : str
        Without the dollar signs.
    display : bool
        On a line of its own.

    Returns
    -------
    str
        HTML.
    """
    tex = tex.strip()
    try:
        if len(tex) > LONGEST_FORMULA:
            raise ValueError("too long")
        plain = tex
        for pattern, replacement in REWRITTEN:
            plain = re.sub(pattern, replacement, plain)
        formula = Converter(display="block" if display else "inline").convert_to_element(plain)
        for element in formula.iter():
            if element.tag not in MATHML or element.text == "&" or "\\" in (element.text or ""):
                raise ValueError(f"not converted: {element.tag} {element.text}")
            # latex2mathml writes symbols as entities; they are resolved here so that tostring escapes the rest.
            element.text = unescape(element.text) if element.text else element.text
            element.tail = unescape(element.tail) if element.tail else element.tail
        return tostring(formula, encoding="unicode")
    except Exception:  # latex2mathml raises whatever its parser meets; the page goes on with the source
        return tex_source(tex, display)


def tex_source(tex: str, display: bool = False) -> str:
    """A formula as it was typed."""
    return f'<code class="tex{" display" if display else ""}">{escape(tex.strip())}</code>'


class ProseRenderer(HTMLRenderer):
    """Markdown as HTML: formulas as MathML, the few tags that lessons use, everything else as text."""

    LESSON_TAGS = re.compile(r"(</?(?:details|summary|sub|sup)>|<br ?/?>)")
    HTML_MATH = re.compile(r"(?<!\\)\$(?!\$)(.+?)(?<!\\)\$")

    def __init__(self, budget: Budget | None = None):
        super().__init__(escape=True, allow_harmful_protocols=None)
        self.budget = budget

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return super().heading(text, min(6, max(3, level + 1)))  # below the page's own h1, h2

    def text(self, text: str) -> str:
        return escape(unescape(text), quote=False)  # what Intake has already escaped is not escaped twice

    def block_code(self, code: str, info: str | None = None) -> str:
        if (info or "").strip().lower().startswith("py"):
            if self.budget is None or self.budget.spend("highlighted", len(code)):
                return highlighted(code)
        return f"<pre><code>{escape(code)}</code></pre>\n"

    def inline_math(self, body: str) -> str:
        return self._formula(body)

    def block_math(self, body: str) -> str:
        return self._formula(body, display=True)

    def latex_environment(self, name: str, body: str) -> str:
        return self._formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)

    def _formula(self, tex: str, display: bool = False) -> str:
        if self.budget is None or self.budget.spend("formulas", len(tex), least=FORMULA):
            return mathml(tex, display)
        return tex_source(tex, display)

    def inline_html(self, html: str) -> str:
        pieces = self.LESSON_TAGS.split(html)
        return "".join(piece if i % 2 else self._with_math(piece) for i, piece in enumerate(pieces))

    block_html = inline_html

    def _with_math(self, text: str) -> str:
        pieces = self.HTML_MATH.split(text)
        return "".join(self._formula(piece) if i % 2 else self.text(piece) for i, piece in enumerate(pieces))


def prose(source: str, budget: Budget | None = None) -> Markup:
    """Markdown of the course, or of a learner within a budget, as harmless HTML."""
    return harmless(MarkdownWithMath(renderer=ProseRenderer(budget)).render(source))


def highlighted(code: str) -> Markup:
    """Python code as HTML with Pygments' classes."""
    return Markup(highlight(code, Python3Lexer(stripnl=False), HtmlFormatter(cssclass="code")))


def is_released(cell: NotebookNode) -> bool:
    """Whether a cell's text is the course's own: Intake has noted it, and a check's text is always restored."""
    return bool(cell.metadata.get("course", {}).get("released")) or role(cell) == "check"


def code_of(cell: NotebookNode, budget: Budget) -> Markup:
    """A cell's code: the course's whole, a learner's own within the budget."""
    if is_released(cell):
        return highlighted(cell.source)
    text, rest = budget.shown(cell.source)
    coloured = budget.spend("highlighted", len(text))
    html = highlighted(text) if coloured else Markup(f'<div class="code"><pre>{escape(text)}</pre></div>')
    return html + _note(rest)


def prose_of(cell: NotebookNode, budget: Budget) -> Markup:
    """A text cell: the course's whole, a learner's own within the budget."""
    if is_released(cell):
        return prose(cell.source)
    text, rest = budget.shown(cell.source)
    readable = len(text) <= LONGEST_PROSE and budget.spend("read", len(text))
    html = prose(text, budget) if readable else Markup(f'<pre class="typed">{escape(unescape(text))}</pre>')
    return html + _note(rest)


def _note(rest: str) -> Markup:
    return Markup(f'<p class="note">{shortened(rest)}</p>') if rest else Markup("")


def breakable(name: str) -> Markup:
    """A name that may be broken after an underscore, where a narrow screen asks for it."""
    return Markup(escape(name).replace("_", "_<wbr>"))


# --- What the page says ---------------------------------------------------------------------------------------


class GetReviewState(Preprocessor):
    """Note at every graded cell whether anybody has graded it: nbgrader's own score is 0 until somebody has."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            for cell in nb.cells:
                if not (utils.is_grade(cell) or utils.is_task(cell)):
                    continue
                grade = gradebook.find_grade(
                    cell.metadata.nbgrader["grade_id"],
                    where["notebook"],
                    where["assignment"],
                    where["student"],
                )
                cell.metadata.nbgrader["review"] = {
                    "ungraded": grade.auto_score is None and grade.manual_score is None,
                    "by_hand": grade.manual_score is not None,
                    "wanted": bool(grade.needs_manual_grade),
                }
        return nb, resources


def exercises(nb: NotebookNode) -> list[dict[str, Any]]:
    """What the table at the top says: one entry for each graded cell, in order."""
    entries = []
    for cell in nb.cells:
        if utils.is_grade(cell) or utils.is_task(cell):
            told = cell.metadata.nbgrader
            verdict = verdict_of(cell)
            entries.append(
                {
                    "id": told.grade_id,
                    "name": told.grade_id.removesuffix("_check"),
                    "open": verdict in ("waiting", "grader_fault"),
                    "score": number(told.get("score")),
                    "points": number(told.get("points")),
                    "verdict": verdict,
                    "sentence": report.prose(str(cell.metadata.get("course_sentence", ""))),
                    "words": UNREADABLE if "course_unreadable" in nb.metadata else verdict_words(verdict),
                    "changed": verdict != "graded" and told.get("review", {}).get("by_hand", False),
                }
            )
    return entries


def verdict_words(verdict: str) -> str:
    """A verdict name in words a student reads."""
    return VERDICTS.get(verdict, str(verdict))


def verdict_of(cell: NotebookNode) -> str:
    """Name of the verdict on a graded cell: the judge's, else one that follows from the gradebook."""
    told = cell.metadata.nbgrader
    judged = cell.metadata.get("course_verdict") or _verdict_in(judge_html(cell))
    review = told.get("review", {})
    if review.get("by_hand") and judged in (None, "grader_fault"):
        return "graded"
    if judged:
        return judged
    if review.get("ungraded") or told.get("score") is None:
        return "waiting"
    if utils.is_solution(cell):
        return "graded"
    return "pass" if told["score"] >= told["points"] else "fail"


def _verdict_in(html: str) -> str | None:
    found = BeautifulSoup(html, "html.parser").select_one(".verdict")
    classes: list[str] = list(found.get("class") or []) if found else []
    return next((name for name in classes if name in VERDICTS), None)


def judge_html(cell: NotebookNode) -> Markup:
    """What the judge wrote below a check cell; nothing else that stands there is shown."""
    outputs = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", [])]
    return harmless("".join("".join(html) for html in outputs))


def plots(cell: NotebookNode, budget: Budget) -> list[dict[str, Any]]:
    """The PNG images that Intake kept of a learner's cell, with words for those who do not see them."""
    found = []
    for output in cell.get("outputs", []):
        encoded = "".join(output.get("data", {}).get("image/png", ""))
        if not encoded or not budget.takes_picture(len(encoded)):
            continue
        try:
            png = base64.b64decode(encoded, validate=False)
        except binascii.Error:
            continue
        if png.startswith(b"\x89PNG\r\n\x1a\n"):
            described = output.get("metadata", {}).get("image/png", {}).get("alt") or cell.metadata.get("alt")
            source = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
            found.append({"src": source, "alt": str(described or PLOT_WITHOUT_ALT)[:LONGEST_ALT]})
    return found


def role(cell: NotebookNode) -> str:
    """How the page shows a cell: text, written, check, answer, or code."""
    if utils.is_grade(cell) and not utils.is_solution(cell) and cell.cell_type == "code":
        return "check"
    if cell.cell_type != "code":
        return "written" if utils.is_solution(cell) or utils.is_grade(cell) else "text"
    return "answer" if utils.is_solution(cell) else "code"


def code_label(cell: NotebookNode) -> str:
    """What the folded code of a cell is called: a lesson's cells have names, other cells random ids."""
    name = cell.get("id", "")
    return "Code" if re.fullmatch(r"[0-9a-f-]{8,}|", name) else f"Code: {name.replace('_', ' ')}"


def lesson_title(nb: NotebookNode) -> str:
    """The lesson's own title: its first heading."""
    for cell in nb.cells:
        if cell.cell_type == "markdown" and (found := re.match(r"\s*#\s+(.+)", cell.source)):
            return unescape(found[1].strip().replace("`", ""))
    return "Lesson"


def _without_spare_cells(nb: NotebookNode, budget: Budget) -> NotebookNode:
    """The notebook without those of the learner's own cells for which the page has no room at all.

    nbconvert copies and checks every cell ten times, whatever is shown of it afterwards.
    """
    own = [cell for cell in nb.cells if role(cell) in ("text", "code") and not is_released(cell)]
    spare = {id(cell) for cell in own[budget.most_cells :]}
    if not spare:
        return nb
    budget.omitted += len(spare)
    return NotebookNode({**nb, "cells": [cell for cell in nb.cells if id(cell) not in spare]})


class FeedbackExporter(HTMLExporter):
    """Exports an autograded notebook as the course's feedback page."""

    def __init__(self, config: Config | None = None, **kw: Any):
        # nbgrader sets template and folders of every HTMLExporter to its own page; this class's section wins.
        config = Config(config or {})
        config.FeedbackExporter.template_name = "course_feedback"
        config.FeedbackExporter.extra_template_basedirs = [str(PACKAGE / "templates")]
        super().__init__(config=config, **kw)

    def _create_environment(self) -> jinja2.Environment:
        environment: jinja2.Environment = super()._create_environment()
        environment.autoescape = True  # nbconvert's default is not to
        return environment

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        budget = Budget()
        trimmed = _without_spare_cells(nb, budget)
        return super().from_notebook_node(trimmed, {**(resources or {}), "budget": budget}, **kw)

    def default_filters(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        yield from super().default_filters()
        ours: list[Callable[..., Any]] = [
            prose, prose_of, code_of, is_released, breakable, number, plots, role,
            code_label, lesson_title, exercises, verdict_of, verdict_words, judge_html,
        ]  # fmt: skip
        for function in ours:
            yield function.__name__, function


def page_of(notebook: NotebookNode, result: Result) -> str:
    """The page on a notebook that a learner has had checked, as it would come back from an instructor.

    Parameters
    ----------
    notebook : NotebookNode
        Harmless, and with the verdicts in it: see `autograder.classroom.graded_notebook`.
    result : Result

    Returns
    -------
    str
        HTML.
    """
    scores = {exercise.name: exercise.score for exercise in result.exercises}
    for cell in notebook.cells:
        if utils.is_grade(cell):
            cell.metadata.nbgrader["score"] = scores.get(
                cell.metadata.nbgrader["grade_id"].removesuffix("_check")
            )
    about = {"score": result.score or 0.0, "max_score": result.points, "assignment": result.lesson}
    page: str = FeedbackExporter().from_notebook_node(notebook, {"nbgrader": about})[0]
    return page
