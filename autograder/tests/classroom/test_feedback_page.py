"""The feedback page: offline, without script, readable; and it says nothing that it should not."""

import base64
import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbconvert.preprocessors import Preprocessor
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import GetGrades

from autograder.classroom import feedback_page
from autograder.classroom.feedback_page import FeedbackExporter, GetReviewState, harmless, mathml, prose

COURSE = Path(feedback_page.__file__).parents[2]
STYLE = (COURSE / "autograder/templates/course_feedback/style.css").read_text()
PNG = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
).decode()

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<svg onload=alert(1)>",
    "<details ontoggle=alert(1) open>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "![x](https://example.org/pixel.png)",
    "![x](attachment:image.png)",
    "<style>body{display:none}</style>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<link rel=stylesheet href=https://example.org/a.css>",
    "<form action=https://example.org><button>x</button></form>",
    "```mermaid\n<script>alert(1)</script>\n```",
    "```python\n<script>alert(1)</script>\n```",
    "```<script>\nx\n```",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$\text{&lt;script&gt;alert(1)&lt;/script&gt;}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{background:url(https://example.org/x)}{x}$",
    r"$\class{verdict pass}{x}$",
    "$\\foo{<img src=x onerror=alert(1)>}$",
    "$$<script>alert(1)</script>$$",
    "\\begin{align}<img src=x onerror=alert(1)>\\end{align}",
    "| <img src=x onerror=alert(1)> |\n|---|\n| <script>x</script> |",
    "<summary>$x<img src=x onerror=alert(1)>$</summary>",
    "<!-- --><script>alert(1)</script>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "</details></div></section></main></body><script>alert(1)</script>",
]


def check_cell(name: str, verdict: str, said: str, points: float = 2, score: float | None = None):
    """A check cell as it stands in an autograded notebook."""
    html = f'<div class="verdict {verdict}"><p><b>{name}</b> · {score} of {points} points</p>{said}</div>'
    cell = new_code_cell(f'with check("{name}"):\n    expect({name}(1) == 1, "no")', id=f"{name}_check")
    cell.metadata = {
        "tags": ["check"],
        "nbgrader": {
            "grade": True,
            "solution": False,
            "locked": True,
            "task": False,
            "schema_version": 3,
            "grade_id": f"{name}_check",
            "points": points,
            "score": score,
        },
    }
    cell.outputs = [
        new_output("display_data", data={"text/html": html, "text/plain": "HIDDEN PLAIN"}),
        new_output("execute_result", data={"text/plain": "0.6666666"}),
        new_output("error", ename="AssertionError", evalue="HIDDEN VALUE", traceback=["HIDDEN TRACEBACK"]),
        new_output("stream", name="stdout", text="HIDDEN STREAM"),
    ]
    return cell


def answer_cell(name: str, source: str):
    cell = new_code_cell(source, id=name)
    cell.metadata = {
        "tags": ["answer"],
        "nbgrader": {"grade": False, "solution": True, "locked": False, "task": False, "grade_id": name},
    }
    return cell


def written_cell(source: str, score: float, ungraded: bool, comment: str | None = None):
    cell = new_markdown_cell(source, id="why")
    told = {"grade": True, "solution": True, "locked": False, "task": False, "grade_id": "why", "points": 4.0}
    told |= {"score": score, "comment": comment}
    told["review"] = {"ungraded": ungraded, "by_hand": not ungraded, "wanted": ungraded}
    cell.metadata = {"tags": ["written"], "nbgrader": told}
    return cell


def plot_cell(metadata: dict | None = None, alt: str | None = None, png: str = PNG):
    cell = new_code_cell("plt.plot([1, 2])", id="broken_training")
    cell.metadata = {"tags": ["demo"], **({"alt": alt} if alt else {})}
    cell.outputs = [new_output("display_data", data={"image/png": png}, metadata=metadata or {})]
    return cell


def page(*cells, metadata: dict | None = None, **told) -> tuple[str, BeautifulSoup]:
    """The page of a notebook made of these cells, as text and parsed."""
    first = new_markdown_cell("# 97 · Why `nothing` moves\n\n★☆☆ · ~5 min", id="title")
    notebook = new_notebook(cells=[first, *cells], metadata=metadata or {})
    resources = {
        "nbgrader": {"student": "amelia", "assignment": "97_demo", "score": 1.5, "max_score": 4.0} | told
    }
    html, _ = FeedbackExporter().from_notebook_node(notebook, resources)
    return html, BeautifulSoup(html, "html.parser")


def text_of(soup: BeautifulSoup) -> str:
    return re.sub(r"\s+", " ", soup.get_text(" "))


def assert_inert(html: str) -> None:
    """No element, attribute or address in the page runs or loads anything."""
    soup = BeautifulSoup(html, "html.parser")
    forbidden = "script iframe object embed link form input button svg base audio video template".split()
    assert not soup.find_all(forbidden)
    for element in soup.find_all(True):
        for name, value in element.attrs.items():
            assert not name.startswith("on"), element
            if name in ("src", "href", "srcset", "action", "data", "xlink:href", "style", "formaction"):
                kind = (
                    "data:image/png;base64,"
                    if element.name == "img"
                    else ("#", "https://", "http://", "mailto:")
                )
                assert element.name in ("a", "img") and value.startswith(kind), element


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_of_a_learner_runs_or_loads(source):
    assert_inert(prose(source))
    html, soup = page(new_markdown_cell(source), written_cell(source, 0.0, True, comment=source))
    assert_inert(html)
    assert len(soup.find_all("body")) == len(soup.find_all("main")) == 1
    assert soup.body.find_all(recursive=False)[-1].name == "footer"  # nothing escaped from its cell
    assert not soup.select(".verdict.pass")


@pytest.mark.parametrize("source", HOSTILE)
def test_code_names_and_verdicts_are_escaped(source):
    said = f"<ul><li class='fail'>{source}</li></ul>"
    html, _ = page(
        answer_cell("f", source), check_cell("f", "fail", said, score=0.0), student=source, assignment=source
    )
    assert_inert(html)


def test_hostile_text_stays_readable():
    _, soup = page(written_cell("<img src=x onerror=alert(1)> and &lt;b> and `a < b`", 0.0, True))
    answer = soup.select_one(".answer-text")
    assert "<img src=x onerror=alert(1)> and <b> and a < b" in re.sub(r"\s+", " ", answer.get_text())


def test_page_loads_nothing():
    html, soup = page(plot_cell(), answer_cell("f", "import os"), check_cell("f", "pass", "", score=2.0))
    assert_inert(html)
    assert "@import" not in html and "url(" not in html
    policy = soup.select_one("meta[http-equiv=Content-Security-Policy]")["content"]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert len(html) < 40_000


def test_formulas_become_mathml():
    _, soup = page(new_markdown_cell(r"Since $\frac{a}{b}$, and $$\sum_{i=1}^n x_i \le 1$$"))
    inline, block = soup.find_all("math")
    assert inline.mfrac and inline["display"] == "inline"
    assert block["display"] == "block" and "∑" in block.get_text() and "≤" in block.get_text()
    assert "$" not in soup.main.get_text()


@pytest.mark.parametrize(
    "tex",
    [
        r"\hat y_i = \arg\max_k z_{ik}",
        r"\operatorname*{arg\,min}_w L(w)",
        r"\begin{aligned} a &= b \\ &= c \end{aligned}",
        r"\begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases}",
        r"\frac{\partial L}{\partial W} = \frac1N X^\top (P - Y)",
        r"\lVert \mathbf{x} \rVert_2 \in \mathbb{R}^{N \times D}",
        r"\text{learning\_rate} \cdot \|g\| > \texttt{max\_norm}",
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
    ],
)
def test_formula_is_converted_whole(tex):
    converted = mathml(tex, display=True)
    assert converted.startswith("<math") and "\\" not in converted and "&amp;" not in converted


def test_every_formula_of_every_lesson_is_converted(monkeypatch):
    sources = []
    for path in sorted((COURSE / "solutions").glob("*/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources += [(path.name, "".join(cell["source"])) for cell in cells if cell["cell_type"] == "markdown"]
    failed = []
    convert = feedback_page.mathml

    def noting(tex, display=False):
        html = convert(tex, display)
        if html.startswith("<code"):
            failed.append((name, tex))
        return html

    monkeypatch.setattr(feedback_page, "mathml", noting)
    for name, source in sources:  # noqa: B007 - read by noting
        prose(source)
    assert not failed


@pytest.mark.parametrize("tex", [r"\foo{x}", r"\left( x", "{" * 900, "x" * 6000, r"\newcommand{\a}{\a\a}\a"])
def test_formula_that_cannot_be_converted_shows_its_source(tex):
    soup = BeautifulSoup(mathml(tex), "html.parser")
    assert soup.code.get_text() == tex


def test_hints_of_a_lesson_fold():
    source = (
        "<details><summary>Hint 1: the idea of $x$</summary>\n\nCompare with **zero**, x<sub>1</sub><br>\n\n"
        "```python\nx > 0\n```\n\n</details>\n<details><summary>Hint 2</summary>\n\ntext\n\n</details>"
    )
    soup = BeautifulSoup(prose(source), "html.parser")
    first, second = soup.find_all("details", recursive=False)
    assert first.summary.math and first.strong.get_text() == "zero" and first.sub and first.br
    assert first.select_one(".code").get_text().strip() == "x > 0"
    assert second.summary.get_text() == "Hint 2" and "text" in second.get_text()


def test_links_out_stay_and_links_into_the_folder_become_text():
    soup = BeautifulSoup(prose("[a](https://example.org) [b](../06/x.ipynb) [c](#d)"), "html.parser")
    assert [link["href"] for link in soup.find_all("a")] == ["https://example.org"]
    assert soup.get_text().split() == ["a", "b", "c"]


def test_headings_of_the_notebook_come_below_those_of_the_page():
    _, soup = page(new_markdown_cell("## 1 · The question\n\n### Exercise 1"))
    assert [h.get_text() for h in soup.find_all("h1")] == ["97 · Why nothing moves"]
    levels = [int(h.name[1]) for h in soup.find_all(re.compile(r"h[1-6]"))]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_head_says_score_and_lateness_and_the_foot_isolation_and_seed():
    result = {"isolation": "strong", "seed": "3f9a61c2", "verdict": "fail"}
    _, soup = page(
        check_cell("f", "pass", "", score=2.0), metadata={"course_result": result}, late_penalty=0.5
    )
    head, foot = text_of(soup.header), text_of(soup.footer)
    assert all(words in head for words in ("amelia", "1.5 of 4 points", "Handed in late: 0.5"))
    assert all(words in foot for words in ("97_demo", "strong", "3f9a61c2"))
    assert "so far" not in head


def test_page_without_a_result_or_a_penalty_says_nothing_of_them():
    _, soup = page(late_penalty=0.0)
    assert not re.search("late|Isolation|Seed|Run|None", text_of(soup.header) + text_of(soup.footer))


def test_what_was_mended_is_told_and_folded():
    result = {
        "verdict": "pass",
        "notes": ["Cell 16 (`f_check`) was restored.", "<img src=x onerror=alert(1)>"],
    }
    html, soup = page(check_cell("f", "pass", "", score=2.0), metadata={"course_result": result})
    assert_inert(html)
    notes = soup.select("header details.note li")
    assert notes[0].code.get_text() == "f_check" and "<img src=x" in notes[1].get_text()


def test_grader_fault_is_told_without_its_inner_words():
    result = {"verdict": "grader_fault", "message": "KeyError: 'w'"}
    html, soup = page(check_cell("f", "grader_fault", "", score=0.0), metadata={"course_result": result})
    assert "The grader failed on this notebook" in text_of(soup.header) and "KeyError" not in html


def test_unreadable_file_is_told_and_no_notebook_is_made_up():
    metadata = {"course_unreadable": "The file is a web page.", "course_result": {"verdict": "error"}}
    _, soup = page(check_cell("f", "grader_fault", "", score=0.0), metadata=metadata)
    assert "The file is a web page." in text_of(soup.header)
    assert not soup.select(".notebook") and not soup.select("tbody a")
    assert "– of 2 the file could not be read" in text_of(soup.select_one("tbody"))


def test_table_has_a_row_for_each_exercise():
    _, soup = page(
        check_cell("relu_forward", "pass", "", score=2.0),
        check_cell("relu_backward", "timeout", "", score=0.666666),
        check_cell("third", "grader_fault", "", score=0.0),
        written_cell("Because.", 3.0, ungraded=False),
    )
    rows = [
        [re.sub(r"\s+", " ", c.get_text()) for c in row.find_all(["th", "td"])]
        for row in soup.select("tbody tr")
    ]
    assert rows == [
        ["relu_forward", "2 of 2", "passed"],
        ["relu_backward", "0.67 of 2", "took too long"],
        ["third", "– of 2", "could not be graded: this is our fault, not yours"],
        ["why", "3 of 4", "graded by hand"],
    ]
    for link in soup.select("tbody a"):
        assert soup.find(id=link["href"].removeprefix("#")) is not None
    assert all(header.get("scope") for header in soup.select(".overview th"))


def test_verdict_is_shown_and_the_raw_outputs_are_not():
    said = '<ul><li class="fail">The gradient must be zero there.</li></ul>'
    html, soup = page(check_cell("f", "fail", said, score=1.5))
    assert soup.select_one(".cell .verdict.fail li.fail").get_text() == "The gradient must be zero there."
    assert "HIDDEN" not in html and "0.6666666" not in html
    check = soup.select_one(".verdict").find_next_sibling("details")
    assert "open" not in check.attrs and "expect" in check.get_text()


def test_check_without_a_verdict_says_the_score():
    cell = check_cell("f", "pass", "", score=0.5)
    cell.outputs = []
    _, soup = page(cell)
    assert "0.5 of 2 points" in text_of(soup.select_one(".notebook .verdict"))


def test_ungraded_answer_is_shown_as_such():
    _, soup = page(written_cell("Because.", 0.0, ungraded=True))
    assert "1.5 of 4 points so far" in text_of(soup.header)
    assert "not graded yet" in text_of(soup.select_one("tbody"))
    assert "0 of 4" not in text_of(soup) and "0.0" not in text_of(soup)


def test_graded_answer_shows_points_and_comment():
    _, soup = page(written_cell("Because.", 0.0, ungraded=False, comment="See $x$ <b>again</b>"))
    assert "0 of 4 points" in text_of(soup.select_one(".verdict"))
    assert soup.select_one(".comment math") and "<b>again</b>" in soup.select_one(".comment").get_text()
    assert "not graded" not in text_of(soup)


def test_points_changed_by_hand_are_marked():
    cell = check_cell("f", "fail", "", score=1.0)
    cell.metadata.nbgrader["review"] = {"ungraded": False, "by_hand": True, "wanted": False}
    _, soup = page(cell)
    assert "points changed by hand" in text_of(soup.select_one("tbody"))
    assert "Points changed by hand: 1 of 2." in text_of(soup.select_one(".notebook"))


def test_plots_are_kept_with_alternative_text():
    cells = [
        plot_cell({"image/png": {"alt": 'A "falling" <line>'}}),
        plot_cell(alt="From the cell"),
        plot_cell(),
    ]
    for i, cell in enumerate(cells):
        cell.id = f"plot{i}"
    _, soup = page(*cells)
    alts = [image["alt"] for image in soup.find_all("img")]
    assert alts == ['A "falling" <line>', "From the cell", feedback_page.PLOT_WITHOUT_ALT]
    assert all(image["src"] == f"data:image/png;base64,{PNG}" for image in soup.find_all("img"))


@pytest.mark.parametrize(
    "png", ["", "not base64!", base64.b64encode(b"<svg onload=alert(1)>").decode(), "AAA"]
)
def test_image_that_is_no_png_is_left_out(png):
    _, soup = page(plot_cell(png=png))
    assert not soup.find_all("img")


def test_own_html_output_of_a_learner_is_not_shown():
    cell = new_code_cell("show()", id="mine")
    cell.outputs = [
        new_output("display_data", data={"text/html": '<div class="verdict pass">10 of 10</div>'})
    ]
    _, soup = page(cell)
    assert not soup.select(".verdict") and "10 of 10" not in text_of(soup)


def test_unknown_elements_become_text():
    assert harmless("<blink>a <b>c</b></blink><b>d") == "a c<b>d</b>"


# --- what only the gradebook knows ------------------------------------------------------------------------------


@pytest.fixture
def gradebook(tmp_path, monkeypatch):
    """A gradebook with one submission: an automatic score, a written answer, and a check without a score."""
    monkeypatch.setenv(
        "PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )  # for alembic
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(url) as book:
        book.add_assignment("97_demo")
        book.add_notebook("demo", "97_demo")
        for name, kind in (("f_check", "code"), ("g_check", "code"), ("why", "markdown")):
            book.add_grade_cell(name, "demo", "97_demo", max_score=4, cell_type=kind)
        book.add_solution_cell("why", "demo", "97_demo")
        book.add_student("amelia")
        book.add_submission("97_demo", "amelia")
        grade = book.find_grade("f_check", "demo", "97_demo", "amelia")
        grade.auto_score, grade.needs_manual_grade = 4.0, False
        for name in ("g_check", "why"):
            book.find_grade(name, "demo", "97_demo", "amelia").needs_manual_grade = True
        book.db.commit()
    return url


def export_from(url: str) -> BeautifulSoup:
    cells = [check_cell("f", "pass", "", points=4), check_cell("g", "grader_fault", "", points=4)]
    notebook = new_notebook(cells=[*cells, written_cell("Because.", 0.0, False)])
    del notebook.cells[-1].metadata.nbgrader["review"]
    exporter = FeedbackExporter()
    for preprocessor in (GetGrades, GetReviewState):
        exporter.register_preprocessor(preprocessor, enabled=True)
    where = {"student": "amelia", "assignment": "97_demo", "notebook": "demo", "db_url": url}
    html, _ = exporter.from_notebook_node(notebook, {"nbgrader": where})
    return BeautifulSoup(html, "html.parser")


def rows_of(soup: BeautifulSoup) -> dict[str, str]:
    return {
        row.th.get_text(): " ".join(cell.get_text() for cell in row.find_all("td"))
        for row in soup.select("tbody tr")
    }


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader 0.9.6 with SQLAlchemy 2
def test_review_state_comes_from_the_gradebook(gradebook):
    assert issubclass(GetReviewState, Preprocessor)
    soup = export_from(gradebook)
    assert rows_of(soup) == {
        "f": "4 of 4 passed",
        "g": "– of 4 could not be graded: this is our fault, not yours",
        "why": "– of 4 not graded yet",
    }
    assert "4 of 12 points so far" in text_of(soup.header)

    with Gradebook(gradebook) as book:
        for name in ("g_check", "why"):
            grade = book.find_grade(name, "demo", "97_demo", "amelia")
            grade.manual_score, grade.needs_manual_grade = 3.0, False
        book.db.commit()
    soup = export_from(gradebook)
    assert rows_of(soup)["why"] == "3 of 4 graded by hand"
    assert rows_of(soup)["g"] == "3 of 4 graded by hand"
    assert "10 of 12 points" in text_of(soup.header) and "so far" not in text_of(soup.header)


# --- how it looks -----------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_has_contrast(theme):
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[theme]))
    pairs = [("ink", name) for name in ("page", "soft", "good-soft", "bad-soft", "wait-soft")]
    pairs += [(name, name + "-soft") for name in ("good", "bad", "wait")]
    pairs += [(name, "page") for name in ("quiet", "link", "good", "bad", "wait")]
    pairs += [(name, "soft") for name in ("keyword", "string", "remark", "number", "name")]
    assert len(colours) == 17
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


def test_in_a_browser(tmp_path):
    """No request, no console message, no sideways scrolling at 390 px, formulas drawn."""
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and chromedriver):
        pytest.skip("needs the programs chromium and chromedriver")
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    long = r"$$" + " + ".join(rf"\frac{{a_{{{i}}}}}{{b}}" for i in range(40)) + "$$"
    html, _ = page(
        new_markdown_cell(long + "\n\n" + "\n\n".join(HOSTILE)),
        answer_cell("f", "x = " + " + ".join(["value"] * 60)),
        check_cell(
            "a_name_that_is_rather_long_for_a_telephone",
            "fail",
            "<ul><li class='fail'>No.</li></ul>",
            score=0,
        ),
        plot_cell(),
    )
    (tmp_path / "page.html").write_text(html, encoding="utf-8")

    options = Options()
    options.binary_location = chromium
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        f"--user-data-dir={tmp_path / 'profile'}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(chromedriver))
    try:
        size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        address = (tmp_path / "page.html").as_uri()
        driver.get(address)
        width = driver.execute_script("return document.documentElement.scrollWidth")
        drawn = driver.execute_script("return document.querySelector('math').getBoundingClientRect().height")
        messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
        console = driver.get_log("browser")
    finally:
        driver.quit()
    sent = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    assert [url for url in sent if not url.startswith(("data:", "chrome:"))] == [address]
    assert console == []
    assert width <= 390
    assert drawn > 20
