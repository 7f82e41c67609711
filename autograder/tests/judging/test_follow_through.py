"""A slip is charged once: what our functions in the place of a learner's wrong ones can do, and what they cannot."""

import nbformat
import pytest

from autograder.classroom.grade import warm_grader
from autograder.tests.courses import add_tiny_lesson, as_bytes, notebook, tiny_course

LESSON = "91_chained"
MARK = "twice_as_much_in_the_solution"
TEXT = f'''# %% title [markdown]
# # 91 · Chained

# %% imports tags=["imports"]
import numpy as np
from helpers import check, expect_close

# %% letter tags=["answer"]
def letter():
    """Which is right?"""
    ### BEGIN SOLUTION
    chosen = "C"
    ### END SOLUTION
    return chosen

# %% letter_check tags=["check"] points=1
with check("letter"):
    letter()

# %% double tags=["answer"]
def double(x, times=2):
    """Twice x (N,)."""
    ### BEGIN SOLUTION
    {MARK} = times * x
    ### END SOLUTION
    return {MARK}

# %% double_check tags=["check"] points=3
with check("double"):
    expect_close(double(np.ones(2)), [2.0, 2.0], "two times")

# %% forward tags=["answer"]
def forward(x):
    """Twice x, and what backward needs."""
    ### BEGIN SOLUTION
    out, cache = double(x), [x]
    ### END SOLUTION
    return out, cache

# %% forward_check tags=["check"] points=2
with check("forward"):
    forward(np.ones(2))

# %% backward tags=["answer"]
def backward(dout, cache):
    """The gradient."""
    ### BEGIN SOLUTION
    dx = 2 * dout + 0 * cache[0]
    ### END SOLUTION
    return dx

# %% backward_check tags=["check"] points=2
with check("backward"):
    backward(np.ones(2), [np.ones(2)])

# %% sums tags=["answer"]
def sums(x):
    """Twice the sum of x (N,)."""
    ### BEGIN SOLUTION
    total = double(x).sum()
    ### END SOLUTION
    return total

# %% sums_check tags=["check"] points=2
with check("sums"):
    sums(np.ones(2))

# %% noise tags=["answer"]
def noise(rng, n):
    """n normal numbers."""
    ### BEGIN SOLUTION
    drawn = rng.normal(size=n)
    ### END SOLUTION
    return drawn

# %% noise_check tags=["check"] points=1
with check("noise"):
    noise(np.random.default_rng(0), 2)

# %% two_noises tags=["answer"]
def two_noises(rng):
    """Three normal numbers, and the next one."""
    ### BEGIN SOLUTION
    first, second = noise(rng, 3), rng.normal()
    ### END SOLUTION
    return first, second

# %% two_noises_check tags=["check"] points=2
with check("two_noises"):
    two_noises(np.random.default_rng(0))

# %% quoted tags=["answer"]
def quoted():
    """The letter in quotation marks."""
    ### BEGIN SOLUTION
    words = f"'{{letter()}}'"
    ### END SOLUTION
    return words

# %% quoted_check tags=["check"] points=1
with check("quoted"):
    quoted()
'''
CHECKS = '''"""Hidden checks of 91_chained."""

import pytest

from autograder.checking import Seed, expect, expect_close

NEEDS = {"forward": ["double"], "backward": ["forward"], "sums": ["double"], "two_noises": ["noise"], "quoted": ["letter"]}
OPAQUE = {"forward": [1]}

exercise = pytest.mark.exercise


@exercise("letter")
def test_letter(learner):
    """The right one."""
    expect(learner.letter() == "C")


@exercise("double")
def test_double(learner, rng):
    """Twice."""
    x = rng.normal(size=4)
    expect_close(learner.double(x), 2 * x)


@exercise("forward")
def test_forward(learner, rng):
    """Twice."""
    x = rng.normal(size=4)
    expect_close(learner.forward(x)[0], 2 * x)


@exercise("backward")
def test_backward(learner, rng):
    """Twice what comes back."""
    x = rng.normal(size=4)
    expect_close(learner.backward(x, learner.forward(x)[1]), 2 * x)


@exercise("sums")
def test_sums(learner, rng):
    """Twice the sum."""
    x = rng.normal(size=4)
    expect_close(learner.sums(x), 2 * x.sum())


@exercise("noise")
def test_noise(learner, reference):
    """Normal numbers."""
    expect_close(learner.noise(Seed(3), 4), reference.noise(Seed(3).generator(), 4))


@exercise("two_noises")
def test_two_noises(learner, reference):
    """The next one comes after the others."""
    expect_close(learner.two_noises(Seed(4)), reference.two_noises(Seed(4).generator()))


@exercise("quoted")
def test_quoted(learner):
    """In quotation marks."""
    expect(learner.quoted() == "'C'")
'''
ANSWERS = {
    "letter": 'def letter():\n    return "C"',
    "double": "def double(x, times=2):\n    return 2 * x",
    "forward": "def forward(x):\n    return double(x), [x]",
    "backward": "def backward(dout, cache):\n    return 2 * dout + 0 * cache[0]",
    "sums": "def sums(x):\n    return double(x).sum()",
    "noise": "def noise(rng, n):\n    return rng.normal(size=n)",
    "two_noises": "def two_noises(rng):\n    return noise(rng, 3), rng.normal()",
    "quoted": "def quoted():\n    return repr(letter())",
}
WRONG = "def double(x, times=2):\n    return 3 * x"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    tiny = tiny_course(tmp_path_factory.mktemp("chained"))
    return add_tiny_lesson(tiny.root, LESSON, CHECKS, TEXT)


def graded(grader, course, **changed):
    handed_in = notebook(course, LESSON, ANSWERS | changed)
    result = grader_of(grader, course).grade(as_bytes(handed_in), "chained.ipynb", LESSON)
    return {exercise.name: exercise for exercise in result.exercises}


def grader_of(grader, course):
    return warm_grader(course.root, grader.settings)


def test_only_the_slip_is_charged(grader, course):
    found = graded(grader, course, double=WRONG)
    assert {name: e.score for name, e in found.items()} == {
        "letter": 1, "double": 0, "forward": 2, "backward": 2, "sums": 2, "noise": 1, "two_noises": 2, "quoted": 1,
    }  # fmt: skip
    assert [name for name, e in found.items() if e.helped_by] == ["forward", "sums"]
    assert found["sums"].helped_by == ["double"]


def test_nothing_is_given_to_a_right_program(grader, course):
    assert not any(e.helped_by for e in graded(grader, course).values())


def test_what_is_wrong_by_itself_stays_wrong_and_says_so(grader, course):
    found = graded(grader, course, double=WRONG, sums="def sums(x):\n    return double(x).sum() + 1")
    assert (found["sums"].score, found["sums"].helped_by) == (0, [])


def test_object_that_only_the_learners_own_function_can_read_must_be_the_learners(grader, course):
    forward = "def forward(x):\n    raise ValueError('not yet')\n    return 2 * x, {'x': x}"
    found = graded(
        grader,
        course,
        forward=forward,
        backward="def backward(dout, cache):\n    return 2 * dout + 0 * cache['x']",
    )
    assert found["backward"].score == 0 and found["backward"].helped_by == []
    assert found["backward"].message.startswith("backward needs forward first.")


def test_object_of_ours_that_the_learners_function_can_read_is_as_good(grader, course):
    found = graded(grader, course, forward="def forward(x):\n    return 3 * x, None")
    assert (found["forward"].score, found["backward"].score, found["backward"].helped_by) == (
        0,
        2,
        ["forward"],
    )


def test_random_generator_goes_on_as_if_the_learner_had_drawn(grader, course):
    """`noise` draws from the generator that it is given; ours in its place leaves the generator where it would be."""
    found = graded(grader, course, noise="def noise(rng, n):\n    return rng.uniform(size=n)")
    assert (found["noise"].score, found["two_noises"].score, found["two_noises"].helped_by) == (
        0,
        2,
        ["noise"],
    )


def test_answer_without_arguments_is_never_given_away(grader, course):
    """Our `letter` in the place of the learner's would be the solution of that exercise, to be printed."""
    tell = "def quoted():\n    raise ValueError(letter())"
    found = graded(grader, course, letter='def letter():\n    return "B"', quoted=tell)
    assert (found["letter"].score, found["quoted"].score) == (0, 0)
    assert "ValueError: B" in found["quoted"].message


SPY = f"""
def sums(x):
    import gc
    import sys
    seen = [o for o in gc.get_objects() if isinstance(o, (str, bytes))]
    seen += [repr(vars(f.f_globals.get('double', f))) for f in sys._current_frames().values()]
    held = [repr(c.cell_contents) for c in (double.__closure__ or ())] + list(double.__code__.co_varnames)
    assert not any("{MARK[:12]}" in str(o) for o in seen + held), "it is here"
    return double(x).sum()
"""


def test_only_data_comes_into_the_learners_process(grader, course):
    """A program that looks for the solution in what stands in finds an asking function, and still gets its values."""
    found = graded(grader, course, double=WRONG, sums=SPY)
    assert (found["sums"].score, found["sums"].helped_by) == (2, ["double"]), found["sums"]


@pytest.mark.parametrize(
    "body",
    [
        "return double(x=x, times=2).sum()",
        "return double(x, times=2).sum()",
    ],
)
def test_a_stand_in_is_called_like_the_function(grader, course, body):
    found = graded(grader, course, double=WRONG, sums=f"def sums(x):\n    {body}")
    assert found["sums"].score == 2


HARMLESS = {
    "asks_without_end": "while True:\n        double(x)",
    "asks_with_an_object": "return double(object()).sum()",
    "asks_with_too_many": "return double(x, 2, 3).sum()",
    "asks_by_a_wrong_name": "return double(y=x).sum()",
    "asks_with_a_monster": "return double(np.zeros((1 << 20, 0))).sum()",
    "asks_with_text": "return double('x' * 1000, 2)",
    "takes_the_place_back": "globals()['double'] = lambda x: 7 * x\n    return double(x).sum()",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_whatever_it_is_asked_costs_nobody_else(grader, course, name):
    found = graded(grader, course, double=WRONG, sums=f"def sums(x):\n    {HARMLESS[name]}")
    assert found["sums"].score == 0 and found["sums"].verdict != "grader_fault"
    assert found["double"].score == 0, "what is settled stays settled"
    assert (found["forward"].score, found["backward"].score) == (2, 2)


def test_the_wrong_function_earns_nothing_by_what_ours_gave(grader, course):
    """A later exercise hands our values back to the earlier one, in the process and on the disk: too late."""
    greedy = "def sums(x):\n    global known\n    known = double(x)\n    globals()['double'] = lambda x, times=2: known\n    return known.sum()"
    found = graded(grader, course, double=WRONG, sums=greedy)
    assert (found["double"].score, found["sums"].score) == (0, 2)


# --- the answer that counts -----------------------------------------------------------------------------------------


def scores(grader, course, notebook_):
    result = grader_of(grader, course).grade(as_bytes(notebook_), "chained.ipynb", LESSON)
    return {e.name: e.score for e in result.exercises}, result.notes


FULL = {
    "letter": 1,
    "double": 3,
    "forward": 2,
    "backward": 2,
    "sums": 2,
    "noise": 1,
    "two_noises": 2,
    "quoted": 1,
}


@pytest.mark.parametrize("later", ["def double(x):\n    return 5 * x", "double = lambda x: 0"])
def test_later_cell_that_defines_the_name_again_does_not_undo_the_answer(grader, course, later):
    found, notes = scores(grader, course, notebook(course, LESSON, ANSWERS, after=later))
    assert found == FULL
    assert any("defines double again; the answer cell counts." in note for note in notes)


@pytest.mark.parametrize("later", ["for double in range(3):\n    pass", "double = 3"])
def test_later_variable_of_the_name_does_not_undo_it_either(grader, course, later):
    assert scores(grader, course, notebook(course, LESSON, ANSWERS, after=later))[0] == FULL


def without(course, names, instead):
    """A notebook in which these answer cells hold other sources."""
    made = notebook(course, LESSON, ANSWERS)
    for cell in made.cells:
        if cell.id in names:
            cell.source = instead.get(cell.id, "")
    return made


def test_all_answers_in_one_cell_are_graded(grader, course):
    everything = "\n\n".join(ANSWERS.values())
    assert scores(grader, course, without(course, ANSWERS, {"letter": everything}))[0] == FULL


def test_answer_in_a_cell_of_ones_own_is_graded_where_the_answer_cell_defines_none(grader, course):
    made = without(course, ["double", "sums"], {"double": "# see below", "sums": ""})
    own = nbformat.v4.new_code_cell(ANSWERS["double"] + "\n\n" + ANSWERS["sums"])
    made.cells.append(own)
    assert scores(grader, course, made)[0] == FULL


def test_answer_cells_left_out_and_all_in_one_cell_of_ones_own(grader, course):
    made = notebook(course, LESSON, ANSWERS)
    made.cells = [cell for cell in made.cells if cell.id not in ANSWERS]
    made.cells.append(nbformat.v4.new_code_cell("\n\n".join(ANSWERS.values())))
    assert scores(grader, course, made)[0] == FULL


def test_nothing_at_all_is_not_attempted(grader, course):
    made = without(course, ["double"], {})
    result = grader_of(grader, course).grade(as_bytes(made), "chained.ipynb", LESSON)
    double = next(e for e in result.exercises if e.name == "double")
    assert (double.score, double.verdict) == (0, "not_attempted")
