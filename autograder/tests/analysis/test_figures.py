"""The figures of a class, made from results that are built here; nothing is judged."""

import pytest

from autograder.analysis.figures import figures
from autograder.analysis.gather import OUTDATED, Marks, Work
from autograder.analysis.term import term
from autograder.analysis.words import eight_lines, lecture
from autograder.judging.results import unreadable
from autograder.tests.built import exercise, work
from autograder.tests.courses import TINY, tiny_course


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return tiny_course(tmp_path_factory.mktemp("course") / "c").lessons[TINY]


def test_scores_are_counted_and_what_nobody_graded_is_no_zero(lesson):
    of = figures(
        lesson,
        [
            work("ada"),
            work("bela", exercise("double", "fail")),
            work("cleo", exercise("double", "fail"), exercise("double_sums", "fail")),
            work("dora", exercise("double", "grader_fault", message="the judge died")),
            Work("emil", unreadable("emil", "The file is cut off.", student="emil")),
        ],
    )
    assert (of.handed_in, of.scored, of.full) == (5, 3, 1)
    assert of.mean == pytest.approx((6 + 3 + 1) / 3) and of.median == 3
    assert [b.students for b in of.distribution] == [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    assert {(a.student, a.why) for a in of.attention} == {
        ("dora", "double: the judge died"),
        ("emil", "The file is cut off."),
    }


def test_every_possible_score_is_in_exactly_one_line_of_the_distribution(lesson):
    scores = [n * 0.1 for n in range(11)]  # 0.1 * 3 is more than 0.3
    works = [work(f"s{n}", exercise("row_sums", "fail", score)) for n, score in enumerate(scores)]
    of = figures(lesson, works)
    assert sum(b.students for b in of.distribution) == len(scores)
    assert of.distribution[-1].students == 1


def test_points_by_hand_stand_in_the_place_of_automatic_ones(lesson):
    marks = Marks(by_hand={"double": 2.5, "in_words": 4.0}, total=9.0, penalty=0.5)
    broken = unreadable("bela", "It is XML.", student="bela")
    by_hand = Marks(by_hand={"row_sums": 1.0, "double": 1.0, "double_sums": 1.0}, total=3.0)
    of = figures(
        lesson, [work("ada", exercise("double", "fail"), marks=marks), Work("bela", broken, (), by_hand)]
    )
    ada, bela = of.students
    assert (ada.automatic, ada.score, ada.total, ada.penalty) == (3.0, 5.5, 9.0, 0.5)
    assert (bela.automatic, bela.score) == (None, 3.0)
    assert not of.attention and of.by_hand == 2


def test_a_gradebook_with_an_open_cell_has_no_total_and_the_formgrader_is_named(lesson):
    of = figures(lesson, [work("ada", marks=Marks(open=1, waiting=2, total=6.0))])
    assert of.students[0].total is None and of.students[0].score == 6
    assert of.attention[0].why == "In the formgrader 2 cells wait for a human."


def test_a_result_of_an_earlier_hand_in_is_named(lesson):
    of = figures(lesson, [work("ada", outdated=True)])
    assert [a.why for a in of.attention] == [OUTDATED]


def test_a_check_is_counted_over_those_who_tried(lesson):
    none, some = "test_row_sums_of_negative_numbers", "test_row_sums_of_positive_numbers"
    works = [work(n, exercise("row_sums", "fail", 0.5, checks=["pass", "fail"])) for n in "abc"]
    works += [work(n, exercise("row_sums", "not_attempted")) for n in "de"]
    of = figures(lesson, works)
    checks = {c.name: c for c in of.exercises[0].checks}
    assert (checks[some].passed, checks[some].tried, checks[some].suspicious) == (3, 3, False)
    assert (checks[none].passed, checks[none].tried, checks[none].suspicious) == (0, 3, True)
    assert checks[none].about == "A sum of negative numbers."
    assert (of.exercises[0].students, of.exercises[0].tried) == (5, 3)


def test_a_check_that_one_student_fails_is_not_suspicious(lesson):
    of = figures(lesson, [work("a", exercise("double", "fail"))])
    assert not any(check.suspicious for e in of.exercises for check in e.checks)


def test_what_was_told_is_counted_and_numbers_do_not_divide_it(lesson):
    told = [
        "Of 35 inputs it is wrong on 3.",
        "Of 20 inputs it is wrong on 4.",
        "Of 35 inputs it is wrong on 3.",
    ]
    works = [work(f"c{n}", exercise("double", "fail", told=("condition", t))) for n, t in enumerate(told)]
    works += [work(f"i{n}", exercise("row_sums", "fail", idea="sums_columns")) for n in range(2)]
    works += [work("r", exercise("double", "fail", told=("relation", "Your value is twice the right one.")))]
    works += [work(f"e{n}", exercise("double", "error", message=f"NameError in cell {n}")) for n in range(2)]
    found = {(d.kind, d.exercise, d.name): d for d in figures(lesson, works).diagnoses}
    assert len(found) == 4
    assert found["condition", "double", None].students == ["c0", "c1", "c2"]
    assert found["condition", "double", None].example == told[0]
    assert len(found["idea", "row_sums", "sums_columns"].students) == 2
    assert len(found["error", "double", None].students) == 2


def test_who_hung_is_named_also_where_another_check_decides_the_verdict(lesson):
    slow = exercise("row_sums", "fail", 0, checks=["fail", "timeout"])
    of = figures(lesson, [work("ada", slow), work("bela")])
    assert [(h.student, h.exercise) for h in of.hung] == [("ada", "row_sums")]


def test_three_sentences_and_eight_lines_come_from_the_figures(lesson):
    works = [work("a"), work("b"), work("c", exercise("row_sums", "fail", idea="sums_columns"))]
    works += [
        work("d", exercise("row_sums", "fail", idea="sums_columns"), exercise("double", "not_attempted"))
    ]
    of = figures(lesson, works)
    how, cost, talk = lecture(of)
    assert "4 students" in how and "5.5 of 6" in how and "2 have all" in how
    assert "`row_sums`: 2 of 4 students" in cost
    assert "2 students were told: “The idea sums_columns.”" in talk
    lines = dict(eight_lines(of))
    assert len(lines) == 8
    assert lines["mean"] == "4.75 of 6 points (4 of 4 have a score)"
    assert lines["full marks"] == "2" and lines["need a human"] == "nobody"
    assert lines["most frequent mistake"].startswith("row_sums, 2 students: ")


@pytest.mark.parametrize("works", [[], [Work("x", unreadable("x", "no", student="x"))], [work("a")]])
def test_a_class_of_none_of_nobody_with_a_score_or_without_a_mistake_has_sentences_too(lesson, works):
    of = figures(lesson, works)
    assert len(lecture(of)) == 3 and all(lecture(of))
    assert len(list(eight_lines(of))) == 8


def test_a_term_adds_up_what_is_graded(lesson):
    first = figures(lesson, [work("ada"), work("bela", exercise("double", "fail"))])
    second = figures(lesson, [work("ada", exercise("double", "grader_fault"))])
    of = term([first, second])
    ada, bela = of.students
    assert (ada.scores, ada.total, ada.possible) == ([6.0, None], 6.0, 6.0)
    assert (bela.scores, bela.handed_in, bela.total) == ([3.0, None], [True, False], 3.0)
    assert (of.mean, of.points) == (4.5, 12.0)
