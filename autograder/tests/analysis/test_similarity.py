"""Similar answers: a long unusual stretch in common is a hint; what is short, usual or known is none."""

import random
import re

import pytest

from autograder.analysis.similarity import similar
from autograder.judging.request import CellToRun
from autograder.tests import material
from autograder.tests.courses import RIGHT, TINY, tiny_course

UNUSUAL = """def row_sums(x):
    collected = []
    height, width = x.shape
    r = 0
    while r < height:
        running = 0.0
        for c in reversed(range(width)):
            if x[r, c] != 0:
                running = running + float(x[r, c])
        collected.append(running)
        r += 1
    return np.asarray(collected)
"""
RENAMED = re.sub(
    r"\b(collected|height|width|running)\b",
    lambda found: {"collected": "out", "height": "N", "width": "D", "running": "s"}[found[0]],
    UNUSUAL,
).replace("    r = 0\n", "    r = 0  # the first row\n\n")


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return tiny_course(tmp_path_factory.mktemp("course") / "c").lessons[TINY]


def handed_in(**given):
    """A class of twelve with right answers, but for the students whose answer to row_sums is given."""
    cells = {f"s{n:02}": RIGHT["row_sums"] for n in range(12 - len(given))} | given
    return {student: [CellToRun("cell 3", "row_sums", source)] for student, source in cells.items()}


def test_a_copy_with_other_names_is_found_and_both_sides_are_marked(lesson):
    (pair,) = similar(lesson, handed_in(ada=UNUSUAL, bela=RENAMED))
    assert {pair.left, pair.right} == {"ada", "bela"}
    (exhibit,) = pair.exhibits
    left, right = ([side.text.split("\n")[n] for n in side.marked] for side in (exhibit.left, exhibit.right))
    assert any("while r <" in line for line in left) and any("while r <" in line for line in right)
    assert pair.as_spelled < pair.tokens


def test_names_kept_are_counted_as_spelled_alike(lesson):
    (pair,) = similar(lesson, handed_in(ada=UNUSUAL, bela=UNUSUAL))
    assert pair.as_spelled == pair.tokens


@pytest.mark.parametrize(
    "why, cells",
    [
        ("everybody wrote the short answer", handed_in()),
        ("half of the class wrote it", handed_in(**{f"t{n}": UNUSUAL for n in range(6)})),
        ("too few to know what is usual", dict(list(handed_in(ada=UNUSUAL, bela=UNUSUAL).items())[4:])),
        ("only four lines of it", handed_in(**{n: "\n".join(UNUSUAL.split("\n")[:5]) for n in ("ada", "bela")})),
    ],
)  # fmt: skip
def test_no_hint(lesson, why, cells):
    assert similar(lesson, cells) == [], why


def test_a_known_wrong_idea_is_no_hint(lesson):
    cells = handed_in(ada=UNUSUAL, bela=UNUSUAL)
    assert similar(lesson, cells, {"ada": {"row_sums"}}) == []


@pytest.mark.parametrize(
    "source", ["\0" * 50, "(" * 30_000, "'''" + "x" * 10, "🎉" * 100, "\x1b[2J" + UNUSUAL, ""]
)
def test_any_text_is_read(lesson, source):
    found = similar(lesson, handed_in(ada=source, bela=source))
    assert all("\x1b" not in exhibit.left.text for pair in found for exhibit in pair.exhibits)


def test_a_class_that_thought_for_itself_gets_no_hint_but_where_words_are_the_same():
    """Sixty answers to each exercise of a real lesson: ours, another right way, or ours with a turned sign."""
    lesson, draw = material.COURSE.lessons["06_softmax_gradient"], random.Random(0)
    right, others = material.answers(lesson), list(material.alternatives(lesson).values())
    cells, chosen = {}, {}
    for student in (f"s{n:02}" for n in range(60)):
        for exercise in material.exercises(lesson):
            ways = [source for name, source in others if name == exercise]
            slip = right[exercise].replace("-", "+", draw.randrange(1, 3))
            source = draw.choices([right[exercise], slip, *ways], [6, 2, *[2 / len(ways)] * len(ways)])[0]
            cells.setdefault(student, []).append(CellToRun("cell", exercise, source))
            chosen[student, exercise] = source
    for pair in similar(lesson, cells):
        for exhibit in pair.exhibits:
            left, right_ = (chosen[student, exhibit.exercise] for student in (pair.left, pair.right))
            assert left == right_ and (exhibit.exercise, left) in others
