"""The verdict page's own parts, without a server: which verdict, whose progress, what stands on the page."""

import asyncio
import os
import time

import msgspec
import pytest

from autograder.classroom import progress
from autograder.judging.results import (
    CheckResult,
    ExerciseResult,
    MatchedMisconception,
    Result,
    Verdict,
    unreadable,
)
from autograder.server import handlers, pages, verdicts
from autograder.server.attention import Attention
from autograder.server.handlers import Desk, theme_of
from autograder.server.pages import Place
from autograder.server.verdicts import Told, Verdicts
from autograder.tests.material import COURSE

LESSON = COURSE.lesson("06")
OTHER = COURSE.lesson("14")
PLACE = Place("/autograder/", "/lab/tree/")
CANARY = "<img src=x onerror=alert(1)><script>alert(2)</script>`<b>`&\"'"


def exercise(score=1.0, verdict=Verdict.PASS, message="", name="softmax"):
    checks = [CheckResult(f"test_{name}", verdict, message, 0.01)]
    return ExerciseResult(name, score, 2.0, verdict, message, None, None, [], checks)


def result(score=1.0, **changed):
    told = {
        "notebook": "softmax_gradient.ipynb", "lesson": LESSON.name, "student": None, "isolation": "strong", "seed": "5e",
        "score": score, "points": 20.0, "seconds": 0.1, "verdict": Verdict.FAIL, "message": "",
        "exercises": [exercise()], "manual": [], "notes": [], "version": "0",
    }  # fmt: skip
    return Result(**(told | changed))


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Progress of nobody."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def desk(tmp_path):
    """Verdicts on a folder with one lesson's notebook."""
    found = Verdicts(COURSE, tmp_path)
    found.path(LESSON).parent.mkdir(parents=True)
    found.path(LESSON).write_text("{}")
    return found


class Examiner:
    """Answers with what stands in the file, after a moment in which something may happen."""

    def __init__(self, meanwhile=lambda count: None):
        self.seen, self.meanwhile = [], meanwhile

    async def examine(self, lesson, path):
        text = path.read_text()
        self.seen.append(text)
        await asyncio.sleep(0.01)
        self.meanwhile(len(self.seen))
        return result(float(len(text)))


def save(path, text):
    path.write_text(text)
    os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns + 1))


# --- Which verdict ----------------------------------------------------------------------------------------------


def test_two_who_ask_at_once_get_one_verdict_and_a_save_a_new_one(desk):
    desk.examiner = Examiner()

    async def use():
        first, second = await asyncio.gather(desk.of(LESSON), desk.of(LESSON))
        assert first is second and desk.known(LESSON) is first and len(desk.examiner.seen) == 1
        save(desk.path(LESSON), "{}  ")
        assert desk.known(LESSON) is None
        assert (await desk.of(LESSON)).result.score == 4
        assert (await desk.of(LESSON)).result.score == 4 and len(desk.examiner.seen) == 2

    asyncio.run(use())


def test_of_many_saves_during_one_judging_the_last_is_judged(desk):
    desk.examiner = Examiner(
        lambda count: [save(desk.path(LESSON), "x" * n) for n in range(9)] if count == 1 else None
    )
    told = asyncio.run(desk.of(LESSON))
    assert desk.examiner.seen == ["{}", "x" * 8]
    assert told.result.score == 8 and told.stamp == desk.stamp(LESSON)


def test_who_leaves_does_not_take_the_verdict_from_the_others(desk):
    desk.examiner = Examiner()

    async def use():
        leaving, staying = asyncio.create_task(desk.of(LESSON)), asyncio.create_task(desk.of(LESSON))
        await asyncio.sleep(0)
        leaving.cancel()
        assert (await staying).result.score == 2
        with pytest.raises(asyncio.CancelledError):
            await leaving

    asyncio.run(use())


def test_a_file_that_is_gone_has_no_verdict(desk):
    desk.examiner = Examiner(lambda count: desk.path(LESSON).unlink())
    assert asyncio.run(desk.of(LESSON)) == Told(None, None)
    assert "no notebook of this lesson" in pages.verdict(LESSON, Told(None, None), PLACE, [])


ECHO = """
import os, sys, json
for line in sys.stdin:
    order = json.loads(line)
    if {condition}:
        os._exit(3)
    print(json.dumps({{"number": order["number"], "result": json.loads({answer!r})}}), flush=True)
"""


@pytest.mark.parametrize("times", [1, 2])
def test_a_judging_process_that_dies_is_started_again(desk, tmp_path, monkeypatch, times):
    """Once: nobody notices. Twice: our fault, in words, and the server goes on."""
    deaths = tmp_path / "deaths"
    deaths.mkdir()
    folder = str(deaths)
    condition = (
        f"len(os.listdir({folder!r})) < {times} and not open(f'{folder}/{{os.getpid()}}', 'w').close()"
    )
    answer = msgspec.json.encode(result(7.0)).decode()
    monkeypatch.setattr(verdicts, "PROGRAM", ECHO.format(condition=condition, answer=answer))

    async def use():
        first = await desk.of(LESSON)
        save(desk.path(LESSON), "{ }")
        second = await desk.of(LESSON)
        await desk.examiner.close()
        return first.result, second.result

    first, second = asyncio.run(use())
    assert second.score == 7
    assert first.score == 7 if times == 1 else first.verdict == Verdict.GRADER_FAULT
    if times == 2:
        assert "our fault" in pages.verdict(LESSON, Told((1, 1, 1), first), PLACE, [])


def test_nonsense_from_the_judging_process_is_its_death(desk, monkeypatch):
    monkeypatch.setattr(
        verdicts, "PROGRAM", "import sys\nfor line in sys.stdin: print('not JSON', flush=True)"
    )
    assert asyncio.run(desk.of(LESSON)).result.verdict == Verdict.GRADER_FAULT


# --- Progress ---------------------------------------------------------------------------------------------------


def test_the_best_is_kept_and_the_latest_beside_it():
    assert progress.earned(LESSON) is None
    for score in (12.0, 20.0, 5.0):
        progress.keep(LESSON, result(score))
    kept = progress.earned(LESSON)
    assert (kept.score, kept.latest, kept.points) == (20, 5, 20) and kept.is_of(LESSON)
    assert progress.earned(OTHER) is None


def test_what_is_no_verdict_changes_no_progress():
    progress.keep(LESSON, result(12.0))
    before = progress.earned(LESSON)
    for fault in (unreadable("x.ipynb", "cut off"), result(None, verdict=Verdict.GRADER_FAULT)):
        progress.keep(LESSON, fault)
        assert progress.earned(LESSON) == before


def test_progress_in_a_lesson_that_has_changed_says_so_and_gives_way(monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(progress, "_release", lambda lesson: "as it was")
        progress.keep(LESSON, result(20.0))
    assert not progress.earned(LESSON).is_of(LESSON)
    progress.keep(LESSON, result(5.0))
    assert progress.earned(LESSON).is_of(LESSON) and progress.earned(LESSON).score == 5


def test_a_damaged_file_of_progress_is_no_progress_and_is_renewed():
    progress.keep(LESSON, result(12.0))
    (path,) = progress.folder().iterdir()
    path.write_bytes(b'{"score": 12')
    assert progress.earned(LESSON) is None
    progress.keep(LESSON, result(3.0))
    assert progress.earned(LESSON).score == 3


def test_a_full_disk_costs_the_progress_and_not_the_verdict(desk, monkeypatch):
    def full(lesson, result):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(progress, "keep", full)
    desk.examiner = Examiner()
    told = asyncio.run(desk.of(LESSON))
    assert told.result.score == 2 and not told.kept
    assert "could not be written into your progress" in pages.verdict(LESSON, told, PLACE, [])


# --- Which lesson -----------------------------------------------------------------------------------------------


def test_the_learner_is_at_what_was_opened_or_saved_last(desk, tmp_path):
    attention = Attention(desk, tmp_path)
    assert attention.lesson() == LESSON  # the only one there is

    def happens(action, path):
        asyncio.run(attention.listen(None, "", {"action": action, "path": path}))

    happens("get", f"course/{OTHER.name}/{OTHER.slug}.ipynb")
    assert attention.lesson() == OTHER
    happens("save", f"/course/{LESSON.name}/{LESSON.slug}.ipynb")
    happens("get", "course/START.md")
    happens("delete", f"course/{OTHER.name}/{OTHER.slug}.ipynb")
    happens("get", "../../etc/passwd")
    assert attention.lessons() == [LESSON, OTHER]


# --- Who may read it --------------------------------------------------------------------------------------------


def test_a_key_opens_its_own_stream_for_a_while(desk, monkeypatch):
    shared = Desk(desk, Attention(desk, desk.desk), lambda: None)
    key = shared.key(LESSON.name)
    assert shared.opens(LESSON.name, key)
    until, _, signature = key.partition(".")
    wrong = [
        "",
        ".",
        key + "0",
        f"{int(until) + 1}.{signature}",
        f"²{until}.{signature}",
        f"{until}.",
        signature,
    ]
    assert not any(shared.opens(LESSON.name, other) for other in wrong)
    assert not shared.opens(OTHER.name, key)
    assert not Desk(desk, shared.attention, lambda: None).opens(LESSON.name, key), "another server's"
    monkeypatch.setattr(handlers.time, "monotonic", lambda: int(until) + 1)
    assert not shared.opens(LESSON.name, key)


# --- What stands there ------------------------------------------------------------------------------------------


def test_no_text_of_a_learners_becomes_part_of_the_page():
    """Every field of a result that may quote a program, an exception or a file name."""
    wrong = exercise(0.0, Verdict.FAIL, CANARY)
    wrong.misconception = MatchedMisconception(CANARY, CANARY)
    wrong.helped_by = [CANARY]
    hostile = result(
        exercises=[wrong], notes=[CANARY], manual=[CANARY], message=CANARY, seed=CANARY, isolation=CANARY
    )
    shown = pages.verdict(LESSON, Told((1, 1, 1), hostile), PLACE, [])
    shown += pages.verdict(LESSON, Told((1, 1, 1), unreadable(CANARY, CANARY)), PLACE, [])
    assert "alert(1)" in shown, "the text is shown"
    assert "<img" not in shown and "<script" not in shown and "<b></b>" not in shown and "<b>`" not in shown


def test_the_page_says_what_holds_what_does_not_and_how_well_it_was_kept_apart():
    told = result(
        1.0,
        isolation="weak",
        exercises=[
            exercise(),
            exercise(0.0, Verdict.FAIL, "The mean is missing.", "loss"),
            exercise(0.0, Verdict.NOT_ATTEMPTED, "You have not written this yet.", "train"),
        ],
    )
    shown = pages.verdict(LESSON, Told((time.time_ns(), 1, 1), told), PLACE, [LESSON, OTHER])
    assert "<b>1</b> of 20 points" in shown and shown.count("The mean is missing.") == 2
    assert "You have not written this yet." not in shown and "not written yet" in shown
    assert "good enough for your own work, not for marks" in shown
    assert f'href="/autograder/{OTHER.name}"' in shown and f'href="/autograder/{LESSON.name}"' not in shown


def test_the_map_shows_every_lesson_and_what_was_earned(desk):
    progress.keep(LESSON, result(20.0))
    progress.keep(OTHER, result(5.0))
    os.utime(desk.path(LESSON), (time.time() + 60, time.time() + 60))
    shown = pages.course_map(desk, PLACE)
    assert all(f'href="/autograder/{name}"' in shown for name in COURSE.lessons)
    assert shown.count("not judged yet") == len(COURSE.lessons) - 2
    assert "20 of 20" in shown and "5 of 20" in shown and shown.count("Saved since its last verdict.") == 1


@pytest.mark.parametrize(
    "settings, theme",
    [
        ('{"theme": "JupyterLab Dark"}', "dark"),
        ('{// a remark\n"theme": "JupyterLab Light",}', "light"),
        ('{"theme": "JupyterLab Dark", "adaptive-theme": true}', None),
        ("{", None),
        ("[]", None),
        ('{"theme": 3}', None),
    ],
)
def test_the_page_is_as_dark_as_jupyterlab(tmp_path, settings, theme):
    (tmp_path / "settings").write_text(settings)
    assert theme_of(tmp_path / "settings") == theme
    assert theme_of(tmp_path / "absent") is None


def test_each_theme_has_its_colours():
    def page(theme):
        return pages.page("t", "c", Place("/", "/", theme, "n"), "/e")

    assert page(None).count(pages.PREFERS_DARK) == 1
    assert pages.PREFERS_DARK not in page("dark") and "color-scheme: dark" in page("dark")
    assert "@media not all" in page("light") and "color-scheme: light;" in page("light")


def test_buttons_are_where_jupyterlab_looks_for_them():
    """The command in the settings is the one that the extension adds; its folder is what its description says."""
    lab = COURSE.root / "autograder" / "lab"
    described = msgspec.json.decode((lab / "labextensions/why-wont-it-learn/package.json").read_bytes())
    script = lab / "labextensions" / described["name"] / described["jupyterlab"]["_build"]["load"]
    settings = (lab / "labconfig" / "default_setting_overrides.json").read_text()
    for command in ("why-wont-it-learn:verdict", "why-wont-it-learn:map"):
        assert f'addCommand("{command}"' in script.read_text() and f'"command": "{command}"' in settings
    assert f'_JUPYTERLAB["{described["name"]}"]' in script.read_text()


def test_a_server_on_a_folder_without_the_course_takes_the_checkout(tmp_path):
    from autograder.server.extension import desk_of

    assert desk_of(COURSE, tmp_path) == COURSE.root
    (tmp_path / "course").mkdir()
    assert desk_of(COURSE, tmp_path) == tmp_path
