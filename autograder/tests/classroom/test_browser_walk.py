"""A student's walk through the real JupyterLab in a headless browser: open, Run All, solve one exercise, see it pass.

The browser costs far more than the notebook. Six lessons walk in each `make test`, all of them in `make test-full`; that
every release runs through and that an answer turns its check green is seen on the kernel alone in `lesson/test_notebooks.py`.
"""

import base64
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import axe_core_python
import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.tests.lesson.test_notebooks import expect_green, expect_walk_through
from autograder.tests.material import COURSE, LESSONS, answers, submission

webdriver = pytest.importorskip("selenium.webdriver")
WebDriverException = pytest.importorskip("selenium.common.exceptions").WebDriverException
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="chromium and chromium-driver are not installed"
)

PATIENCE = 120  # seconds for one step on a busy machine
LAB = COURSE.root / "autograder" / "lab"
# The first and the last, README's, one with data and `given.py` beside it, the one that trains longest, one of the middle.
WALKED = {"00_start_here", "05_one_vs_all", "06_softmax_gradient", "15_digits_backprop", "24_addition_problem", "31_bayesian_factorisation"}  # fmt: skip
lessons = pytest.mark.parametrize(
    "lesson",
    [pytest.param(lesson, marks=[] if lesson.name in WALKED else pytest.mark.full) for lesson in LESSONS],
    ids=lambda lesson: lesson.name,
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A learner's folder with a copy of the course."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(COURSE.root / "course", folder / "course")
    return folder


@pytest.fixture(scope="module")
def lab(root):
    """JupyterLab as `make lab` starts it, on the copy of the course; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "JUPYTER_CONFIG_PATH": str(LAB),
        "JUPYTERLAB_WORKSPACES_DIR": str(root / "workspaces"),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={root}", "--IdentityProvider.token=walk", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with (root / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=root)
    try:
        _wait_for(lambda: _answers(f"http://127.0.0.1:{port}/api?token=walk"), "JupyterLab does not answer")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "disable-background-networking",
                 "disable-component-update", "disable-sync", "no-first-run", "window-size=1300,1000"):  # fmt: skip
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('chromium')}")
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    driver.set_script_timeout(PATIENCE)
    yield driver
    driver.quit()


def _answers(address: str) -> bool:
    try:
        return urllib.request.urlopen(address, timeout=5).status == 200
    except OSError:
        return False


def _wait_for(condition, complaint: str):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.3)
    raise AssertionError(complaint)


CURRENT = "const panel = window.jupyterapp && window.jupyterapp.shell.currentWidget;"


def _open(browser, lab: str, path: str) -> None:
    """Open a notebook: the first by its address, the next in the JupyterLab that stands open."""
    if not browser.current_url.startswith(lab):
        browser.get(f"{lab}/lab/tree/{path}?token=walk&reset")
    else:
        _execute(browser, "docmanager:open", {"path": path})
    ready = f"""{CURRENT} if (!panel || !panel.content || !panel.content.model || !panel.sessionContext) return false;
        const kernel = panel.sessionContext.session && panel.sessionContext.session.kernel;
        return panel.context.path === arguments[0] && !!kernel && kernel.status === 'idle';"""
    _wait_for(lambda: browser.execute_script(ready, path), f"{path} does not open with a kernel")


def _run_all(browser) -> list[dict]:
    """Run all cells as the menu does, and return the cells with their outputs."""
    return _command(browser, "notebook:run-all-cells")


def _run(browser, cell_id: str) -> list[dict]:
    """Run one cell as the toolbar does, and return all cells with their outputs."""
    browser.execute_script(
        f"""{CURRENT} const ids = Array.from(panel.content.model.cells).map(c => c.id);
        panel.content.activeCellIndex = ids.indexOf(arguments[0]);""",
        cell_id,
    )
    return _command(browser, "notebook:run-cell")


def _execute(browser, name: str, arguments: dict | None = None) -> None:
    browser.execute_async_script(
        "const done = arguments[2];"
        "window.jupyterapp.commands.execute(arguments[0], arguments[1]).then(() => done(true), () => done(false));",
        name,
        arguments or {},
    )


def _command(browser, name: str) -> list[dict]:
    _execute(browser, name)
    _wait_for(
        lambda: browser.execute_script(
            f"{CURRENT} return panel.sessionContext.session.kernel.status === 'idle';"
        ),
        "the kernel does not come to rest",
    )
    return _settled(browser)


def _settled(browser) -> list[dict]:
    """The cells once nothing changes any more: outputs still travel when the kernel is at rest already."""
    cells, end = None, time.monotonic() + 20
    while time.monotonic() < end:
        before, cells = cells, browser.execute_script(f"{CURRENT} return panel.content.model.toJSON().cells;")
        if cells == before and all(cell.get("execution_count", 1) for cell in cells):
            break
        time.sleep(0.5)
    return cells


def _write(browser, cell_id: str, source: str) -> None:
    browser.execute_script(
        f"""{CURRENT} const cell = Array.from(panel.content.model.cells).find(c => c.id === arguments[0]);
        cell.sharedModel.setSource(arguments[1]);""",
        cell_id,
        source,
    )


@lessons
def test_a_student_runs_all_then_solves_an_exercise(lab, browser, lesson, tmp_path):
    """Run All on the untouched release runs through; one answer written turns its check green."""
    _open(browser, lab, f"course/{lesson.name}/{lesson.slug}.ipynb")
    cells = _run_all(browser)
    expect_walk_through(cells)
    picture = tmp_path / f"{lesson.slug}.png"
    picture.write_bytes(base64.b64decode(browser.get_screenshot_as_base64()))
    assert picture.stat().st_size > 20_000
    if folder := os.environ.get("KEEP_SCREENSHOTS"):
        shutil.copy(picture, Path(folder) / picture.name)

    name = next(iter(answers(lesson)))
    _write(browser, name, answers(lesson)[name])
    _run(browser, name)
    expect_green(_run(browser, f"{name}_check"), f"{name}_check")


AXE_CORE = Path(axe_core_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
AXE = (
    "const done = arguments[arguments.length - 1];"
    "axe.run(document, {iframes: false}).then(found => done(found), error => done(String(error)));"
)


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_our_pages_keep_nobody_out(lab, root, browser, tmp_path, colours):
    """Course map, verdict and feedback page before axe-core, with one answer that is wrong and others that are right."""
    lesson = COURSE.lesson("10")
    name, answer = next(iter(answers(lesson).items()))
    wrong = answer.replace("    ### BEGIN SOLUTION", "    return 0", 1)
    written = answers(lesson) | {name: wrong}
    notebook, feedback = tmp_path / lesson.release_path.name, tmp_path / "feedback.html"
    notebook.write_bytes(submission(lesson, written))
    CliRunner().invoke(main, ["check", str(notebook), "--html", str(feedback)])
    shutil.copy(notebook, root / "course" / lesson.name)
    browser.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
    try:
        media = {"features": [{"name": "prefers-color-scheme", "value": colours}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        for page in (f"{lab}/autograder/?token=walk", f"{lab}/autograder/{lesson.name}", feedback.as_uri()):
            browser.get(page)
            _wait_for(
                lambda: "Judging" not in browser.find_element("tag name", "body").text, "no verdict comes"
            )
            assert page.endswith("token=walk") or "not yet" in browser.find_element("tag name", "body").text
            browser.execute_script(AXE_CORE)
            found = browser.execute_async_script(AXE)
            assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == [], page
            assert len(found["passes"]) > 20, page
    finally:
        browser.execute_cdp_cmd("Page.setBypassCSP", {"enabled": False})


NOTHING_YET = "0 of"  # points, as the first line of the page says it
PANELS = "return Array.from(window.jupyterapp.shell.widgets('main')).map(w => w.title.label);"


def test_the_verdict_stands_beside_the_notebook_and_follows_each_save(lab, browser):
    """One click on the toolbar's button; the second click opens no second panel; another lesson takes its place."""
    first, second = COURSE.lesson("04"), COURSE.lesson("07")  # nobody else's in this JupyterLab
    name, answer = next(iter(answers(first).items()))
    _open(browser, lab, f"course/{first.name}/{first.slug}.ipynb")
    _press_verdict(browser)
    _verdict(browser, lambda text: "Verdict on lesson 04" in text and f": {NOTHING_YET}" in text)
    _write(browser, name, answer)
    _execute(browser, "docmanager:save")
    _verdict(browser, lambda text: " points, 1 of " in text)
    _write(browser, name, answer.replace("    ### BEGIN SOLUTION", "    return 0", 1))
    _press_verdict(browser)  # saves first
    _verdict(browser, lambda text: f": {NOTHING_YET}" in text and "not yet" in text)
    assert browser.execute_script(PANELS).count("Verdict") == 1
    _open(browser, lab, f"course/{second.name}/{second.slug}.ipynb")
    _press_verdict(browser)
    _verdict(browser, lambda text: "Verdict on lesson 07" in text and f": {NOTHING_YET}" in text)
    assert browser.execute_script(PANELS).count("Verdict") == 1
    boxes = browser.execute_script(
        "return ['.jp-NotebookPanel:not(.lm-mod-hidden)', '.jp-IFrame iframe'].map(s => "
        "document.querySelector(s).getBoundingClientRect().toJSON());"
    )
    notebook, verdict = boxes
    assert notebook["right"] <= verdict["left"] and notebook["width"] > 300 < verdict["width"], "side by side"


def _press_verdict(browser) -> None:
    def button():
        found = browser.find_elements("css selector", "[data-command='why-wont-it-learn:verdict']")
        return next((each for each in found if each.is_displayed()), None)

    _wait_for(button, "there is no button *Verdict*").click()


def _verdict(browser, wanted) -> None:
    """Wait until the text of the page in the panel is as wanted."""

    def shown():
        try:
            browser.switch_to.frame(browser.find_element("css selector", ".jp-IFrame iframe"))
            return wanted(browser.find_element("tag name", "body").text)
        except WebDriverException:  # the page is just being loaded
            return False
        finally:
            browser.switch_to.default_content()

    _wait_for(shown, "the verdict does not come")


def test_students_lab_is_clean(lab, browser):
    _open(browser, lab, f"course/{LESSONS[0].name}/{LESSONS[0].slug}.ipynb")
    menus = browser.execute_script(
        "return Array.from(document.querySelectorAll('.lm-MenuBar-itemLabel')).map(e => e.textContent);"
    )
    assert "File" in menus and "Nbgrader" not in menus
    outside = browser.execute_script(
        "return performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(arguments[0]))"
        ".filter(n => !n.startsWith('data:') && !n.startsWith('blob:'));",
        lab,
    )
    assert outside == [], "a request would leave the machine"
