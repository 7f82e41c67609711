"""Hidden checks of 19_sparse_adagrad."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_each_once,
    expect_parts,
    expect_words,
    misconception_by_edit,
    misconceptions_by_edit,
)

NEEDS = {"one_over_n_rows": ["scatter_gradient"], "adagrad_rows": ["scatter_gradient"]}
CHANGES_ARGUMENTS = {"one_over_n_rows", "adagrad_rows"}


def batch(rng, n, D, V, repeats=True):
    """Mentioned rows in no order, and a gradient for each mention."""
    indices = rng.integers(V, size=n)
    if repeats:
        indices[rng.permutation(n)[:3]] = indices[0]  # at least three mentions of one row
    else:
        indices = rng.permutation(V)[:n]
    return indices, rng.normal(size=(n, D)) * rng.choice([0.1, 1.0, 10.0], size=(n, 1))


def pair(value, first, second):
    expect_parts(value, 2, f"Return two arrays: {first}, {second}.")
    return value


BOTH = {"part": tuple, "rtol": 1e-7, "atol": 1e-10}  # how pairs of arrays are compared


# --- nan_rows -------------------------------------------------------------------------------------------------------


def table(rng, V, D):
    """Counts and gradients with zeros in both, alone and together, in whole rows and in single entries."""
    counts = rng.integers(0, 3, size=V).astype(float)
    grads = rng.normal(size=(V, D))
    grads[rng.random(V) < 0.4] = 0
    grads[rng.random((V, D)) < 0.15] = 0
    return counts, grads


@exercise("nan_rows", weight=0)
def test_nan_rows_returns_indices(learner, rng):
    """`nan_rows` must return a one-dimensional array of row numbers, not a mask."""
    counts, grads = table(rng, 30, 4)
    counts[3], grads[3] = 0, 0
    rows = learner.nan_rows(counts, grads)
    expect_array(rows, np.shape(rows))
    expect(
        np.ndim(rows) == 1 and np.asarray(rows).dtype != bool, "Use np.flatnonzero on a mask of V booleans."
    )


@exercise("nan_rows", weight=4)
def test_nan_rows_values(learner, reference, rng):
    """A row is in if at least one entry is 1/0 times 0. Infinity alone is not NaN."""
    for _ in range(4):
        counts, grads = table(rng, 40, 5)
        expect_close(learner.nan_rows(counts, grads), reference.nan_rows(counts, grads))


@exercise("nan_rows", weight=2)
def test_nan_rows_tells_nan_from_infinity(learner, rng):
    """With a count of 0 a gradient without a zero gives infinity; one zero among the entries gives one NaN, which is enough."""
    counts, grads = np.zeros(6), rng.normal(size=(6, 3))
    grads[4, 1] = grads[1, 2] = grads[2, 0] = 0
    expect_close(learner.nan_rows(counts, grads), np.array([1, 2, 4]))


@exercise("nan_rows", weight=1)
def test_nan_rows_keeps_a_nan_that_is_there(learner, rng):
    """A NaN that the gradient brings along stays NaN, whatever the count; a table of one row or one column works too."""
    counts, grads = rng.integers(1, 5, size=7).astype(float), rng.normal(size=(7, 1))
    grads[[2, 5]] = np.nan
    expect_close(learner.nan_rows(counts, grads), np.array([2, 5]))
    expect_close(learner.nan_rows(np.zeros(1), np.zeros((1, 4))), np.array([0]))


NAN_TEXT = "rows = np.flatnonzero(np.isnan(step).any(axis=1))"
for _name, _new, _message, _source in [
    ("takes_every_unvisited_row", "rows = np.flatnonzero((counts == 0) | np.isnan(step).any(axis=1))",
     "You name every row whose count is 0. Where its gradient is not 0 the result is infinity, not NaN.", "facts T15c: 1/0·0, not 1/0"),
    ("asks_for_all_entries", "rows = np.flatnonzero(np.isnan(step).all(axis=1))",
     "You name a row only if all its entries are NaN. One is enough to spoil the row.", "all instead of any"),
    ("looks_at_the_gradient_only", "rows = np.flatnonzero((grads == 0).all(axis=1))",
     "You name the rows without a gradient, whatever their count. With a count above 0 such a row is fine.", "facts T15c: none with counts that start at 1"),
    ("looks_at_the_first_column", "rows = np.flatnonzero(np.isnan(step[:, 0]))",
     "You look at the first column only. The NaN may stand in any.", "the asker's gradients are equal in all columns, which hides it"),
]:  # fmt: skip
    misconception_by_edit("nan_rows", _name, old=NAN_TEXT, new=_new, message=_message, source=_source)


# --- scatter_gradient -----------------------------------------------------------------------------------------------


@exercise("scatter_gradient", weight=0)
def test_scatter_shapes(learner, rng):
    """`scatter_gradient` must return the different rows, (u,), and a summed gradient for each, (u, D)."""
    indices, grads = batch(rng, 12, 3, 9)
    unique, summed = pair(learner.scatter_gradient(indices, grads), "unique", "summed")
    u = len(set(indices.tolist()))
    expect_array(unique, (u,), "unique")
    expect_array(summed, (u, 3), "summed")


@exercise("scatter_gradient", weight=5)
def test_scatter_adds_repeats(learner, reference, rng):
    """The gradients of all mentions of a row are added up, and stand at the place of the row in ascending order."""
    agree(
        learner,
        reference,
        "scatter_gradient",
        [batch(rng, *s) for s in ((20, 4, 8), (9, 6, 50), (40, 2, 5))],
        **BOTH,
    )


@exercise("scatter_gradient", weight=2)
def test_scatter_does_not_feel_the_order(learner, rng):
    """The same mentions in another order give the same rows and the same sums."""
    indices, grads = batch(rng, 15, 3, 6)
    order = rng.permutation(15)
    first, second = learner.map("scatter_gradient", [(indices, grads), (indices[order], grads[order])])
    expect(np.ptp(np.asarray(first[1], dtype=float)) > 0.01, "The sums are not all equal.")
    expect_close(tuple(second), tuple(first))


@exercise("scatter_gradient", weight=2)
def test_scatter_at_the_edges(learner, reference, rng):
    """One mention, one row only, no repeats, one column, no mention at all: the same rule holds."""
    cases = [batch(rng, 7, 3, 30, repeats=False), (np.full(6, 4), rng.normal(size=(6, 2)))]
    cases += [(np.array([11]), rng.normal(size=(1, 5))), batch(rng, 8, 1, 3)]
    agree(
        learner, reference, "scatter_gradient", [*cases, (np.zeros(0, dtype=int), np.zeros((0, 4)))], **BOTH
    )


ADD = "    np.add.at(summed, position, grads)"
misconceptions_by_edit("scatter_gradient",
    ("keeps_the_last", ADD, "    summed[position] = grads",
     "Of a repeated row only the last gradient is left. Add them up.", "facts T15c: assignment by an index array"),
    ("keeps_one_of_the_repeats", ADD, "    np.maximum.at(summed, position, -np.inf)\n    summed[position[::-1]] += grads[::-1]",
     "`summed[places] += …` writes each place once: of a repeated row only one gradient counts. Use np.add.at.", "facts T15c: [1, 1, 2] gives 1, 1 instead of 2, 1"),
    ("takes_the_mean", ADD, ADD + "\n    summed /= np.maximum(np.bincount(position, minlength=len(unique)), 1)[:, None]",
     "You take the mean over the mentions of a row. The gradient of a row is the sum.", "a mean over the batch is taken in the loss, not here"),
    ("leaves_the_order_of_first_mention", ADD, ADD + "\n    seen = list(dict.fromkeys(indices.tolist()))\n    order = np.searchsorted(unique, seen)\n    unique, summed = unique[order], summed[order]",
     "Your rows come in the order in which they are mentioned first. They are asked for in ascending order.", "pandas' unique keeps that order, NumPy's sorts"),
    ("sums_do_not_follow_the_rows", ADD, ADD + "\n    seen = list(dict.fromkeys(indices.tolist()))\n    summed = summed[np.searchsorted(unique, seen)]",
     "The rows are ascending, the sums stand in the order of first mention: each sum belongs to the wrong row.", "reasoned: sorting one of two arrays that belong together"),
    ("adds_absolute_values", ADD, "    np.add.at(summed, position, np.abs(grads))",
     "You add up absolute values. Gradients of opposite signs cancel.", "reasoned: how much instead of where to"),
)  # fmt: skip


# --- one_over_n_rows ------------------------------------------------------------------------------------------------


def counted(rng, n=12, D=3, V=15, repeats=True):
    """A table with counts from before, and a batch."""
    return rng.normal(size=(V, D)), rng.integers(0, 6, size=V).astype(float), *batch(rng, n, D, V, repeats)


@exercise("one_over_n_rows", weight=0)
def test_one_over_n_shapes(learner, rng):
    """`one_over_n_rows` must return E, (V, D), and counts, (V,)."""
    E, counts = pair(learner.one_over_n_rows(*counted(rng), 0.5), "E", "counts")
    expect_array(E, (15, 3), "E")
    expect_array(counts, (15,), "counts")


@exercise("one_over_n_rows", weight=4)
def test_one_over_n_without_repeats(learner, reference, rng):
    """A mentioned row is counted first; then it moves by the rate over its count, against its gradient."""
    cases = [(*counted(rng, repeats=False), rate) for rate in (0.05, 0.7, 4.0)]
    agree(learner, reference, "one_over_n_rows", cases, **BOTH)


@exercise("one_over_n_rows", weight=4)
def test_one_over_n_with_repeats(learner, reference, rng):
    """A row that stands k times in the batch is counted k times and gets the sum of its k gradients."""
    cases = [(*counted(rng, *s), 0.3) for s in ((12, 3, 15), (25, 4, 6), (8, 1, 40))]
    agree(learner, reference, "one_over_n_rows", cases, **BOTH)


@exercise("one_over_n_rows", weight=1)
def test_one_over_n_changes_the_arrays_it_was_given(learner, rng):
    """The table and the counts that were passed in must be changed themselves, in the mentioned rows only."""
    E, counts, indices, grads = counted(rng)
    (new_E, new_counts), after = learner.after("one_over_n_rows", E, counts, indices, grads, 0.3)
    expect_close([after[0], after[1]], [np.asarray(new_E), np.asarray(new_counts)])
    others = np.setdiff1d(np.arange(15), indices)
    expect_close(np.asarray(after[0])[others], E[others])
    expect(not np.allclose(after[0], E), "E has not changed at all.")


@exercise("one_over_n_rows", weight=1)
def test_one_over_n_at_the_edges(learner, reference, rng):
    """A first visit, one row that fills the batch, an empty batch: all numbers stay finite."""
    E, counts = rng.normal(size=(5, 2)), np.zeros(5)
    cases = [
        (E, counts, np.full(4, 3), rng.normal(size=(4, 2)), 0.5),
        (E, counts, np.array([0]), rng.normal(size=(1, 2)), 2.0),
    ]
    agree(
        learner,
        reference,
        "one_over_n_rows",
        [*cases, (E, counts, np.zeros(0, dtype=int), np.zeros((0, 2)), 0.5)],
        **BOTH,
    )


COUNT = "    np.add.at(counts, indices, 1)"
STEP = "    E[unique] -= learning_rate / counts[unique][:, None] * summed"
misconceptions_by_edit("one_over_n_rows",
    ("counts_a_batch_once", COUNT, "    counts[unique] += 1",
     "A repeated row is counted once a batch. It is mentioned several times, and each mention counts.", "facts T15c: counts[[1, 1, 2]] += 1 drops a repeat"),
    ("climbs", STEP, STEP.replace("-=", "+="),
     "You go along the gradient: plus climbs. Use minus.", "document 002: embedding + lr·(1/hist)·gradients"),
    ("steps_first_where_it_can", COUNT + "\n" + STEP, "    E[unique] -= learning_rate / np.maximum(counts[unique], 1)[:, None] * summed\n" + COUNT,
     "You divide by the counts of the batches before. Count first, then step.", "facts T15c: the order of count and step; 1/0 if nothing guards it"),
    ("takes_the_root", STEP, STEP.replace("counts[unique][:, None]", "np.sqrt(counts[unique])[:, None]"),
     "You divide by the root of the count. That is AdaGrad's pace for equal gradients; here it is 1/n.", "facts T15c: 1/n is not AdaGrad"),
    ("does_not_divide", STEP, "    E[unique] -= learning_rate * summed",
     "You do not divide by the counts: this is plain descent.", "reasoned: counts kept and not used"),
    ("counts_everybody", COUNT, "    counts += 1",
     "You count all rows at each batch. Only a mention counts.", "a global step number instead of one a feature"),
    ("divides_by_the_batch", STEP, STEP.replace("* summed", "* summed / max(1, len(indices))"),
     "You divide by the size of the batch as well. If a mean is wanted, the loss has it already.", "a second 1/N, as in lesson 16"),
    ("drops_repeated_gradients", "    unique, summed = scatter_gradient(indices, grads)",
     "    unique = np.unique(indices)\n    last = {row: k for k, row in enumerate(indices.tolist())}\n    summed = grads[[last[row] for row in unique.tolist()]].reshape(len(unique), grads.shape[1])",
     "Of a repeated row only the last gradient counts. Sum them with `scatter_gradient`.", "facts T15c: E[idx] -= drops repeats"),
)  # fmt: skip


# --- adagrad_rows ---------------------------------------------------------------------------------------------------


TINY = 1e-12  # an eps too small for its place to matter, where G is not small


def squared(rng, n=12, D=3, V=15, repeats=True, start=1.0):
    """A table with squares from before, and a batch. Squares of at least 0.1 keep TINY out of sight."""
    return rng.normal(size=(V, D)), start * rng.uniform(0.1, 1.0, size=(V, D)), *batch(rng, n, D, V, repeats)


@exercise("adagrad_rows", weight=0)
def test_adagrad_shapes(learner, rng):
    """`adagrad_rows` must return E and G, both (V, D)."""
    E, G = pair(learner.adagrad_rows(*squared(rng), 0.5, TINY), "E", "G")
    expect_array(E, (15, 3), "E")
    expect_array(G, (15, 3), "G")


@exercise("adagrad_rows", weight=4)
def test_adagrad_without_repeats(learner, reference, rng):
    """G grows by the squared gradient first; then each entry moves by the rate times g over the root of its own G."""
    cases = [(*squared(rng, repeats=False), rate, TINY) for rate in (0.05, 0.7, 4.0)]
    agree(learner, reference, "adagrad_rows", cases, **BOTH)


@exercise("adagrad_rows", weight=4)
def test_adagrad_with_repeats(learner, reference, rng):
    """The gradient of a repeated row is the sum over its mentions; only then it is squared."""
    cases = [(*squared(rng, *s), 0.3, TINY) for s in ((12, 3, 15), (25, 4, 6), (8, 1, 40))]
    agree(learner, reference, "adagrad_rows", cases, **BOTH)


@exercise("adagrad_rows", weight=2)
def test_adagrad_eps(learner, reference, rng):
    """eps is added to the root, not inside it, and matters where the gradients are small."""
    cases = [(*squared(rng, repeats=False, start=0.0), 0.3, eps) for eps in (1e-3, 0.1, 2.0)]
    small = (np.zeros((4, 2)), np.zeros((4, 2)), np.array([2, 0]), 1e-4 * rng.normal(size=(2, 2)), 0.5, 1e-6)
    agree(learner, reference, "adagrad_rows", [*cases, small], **BOTH)


@exercise("adagrad_rows", weight=2)
def test_adagrad_over_several_batches(learner, reference, rng):
    """What one batch adds to G stays for the next, and nothing else is remembered."""
    E, G = np.zeros((9, 2)), rng.uniform(0.1, 1.0, size=(9, 2))
    ours_E, ours_G = E.copy(), G.copy()
    for _ in range(4):
        indices, grads = batch(rng, 7, 2, 9)
        E, G = (np.asarray(a, dtype=float) for a in learner.adagrad_rows(E, G, indices, grads, 0.2, TINY))
        reference.adagrad_rows(ours_E, ours_G, indices, grads, 0.2, TINY)
    expect_close((E, G), (ours_E, ours_G), rtol=1e-6)


@exercise("adagrad_rows", weight=1)
def test_adagrad_changes_the_arrays_it_was_given(learner, rng):
    """The two arrays that were passed in must be changed themselves, in the mentioned rows only."""
    E, G, indices, grads = squared(rng)
    (new_E, new_G), after = learner.after("adagrad_rows", E, G, indices, grads, 0.3, TINY)
    expect_close([after[0], after[1]], [np.asarray(new_E), np.asarray(new_G)])
    others = np.setdiff1d(np.arange(15), indices)
    expect_close([np.asarray(after[0])[others], np.asarray(after[1])[others]], [E[others], G[others]])
    expect(not np.allclose(after[0], E), "E has not changed at all.")


@exercise("adagrad_rows", weight=1)
def test_adagrad_at_the_edges(learner, reference, rng):
    """A gradient of exactly zero, mentions that cancel, one row that fills the batch, an empty batch: no NaN."""
    E, G = rng.normal(size=(5, 2)), np.zeros((5, 2))
    g = rng.normal(size=(1, 2))
    cases = [
        (E, G, np.array([1, 3]), np.array([[0.0, 2.0], [0.0, 0.0]]), 0.5, TINY),
        (E, G, np.array([2, 2]), np.concatenate([g, -g]), 0.5, TINY),
        (E, G, np.full(4, 3), rng.uniform(0.3, 2.0, size=(4, 2)), 0.5, TINY),
        (E, G, np.zeros(0, dtype=int), np.zeros((0, 2)), 0.5, TINY),
    ]
    agree(learner, reference, "adagrad_rows", cases, **BOTH)


GROW = "    G[unique] += g**2"
MOVE = "    E[unique] -= learning_rate * g / (np.sqrt(G[unique]) + eps)"
misconceptions_by_edit("adagrad_rows",
    ("divides_by_the_old_squares", GROW + "\n" + MOVE, MOVE + "\n" + GROW,
     "You step first and add to G afterwards, so the step divides by the G of the batches before. Add first.", "facts T15c: G after the step"),
    ("squares_before_summing", GROW, "    np.add.at(G, indices, grads**2)",
     "For a repeated row you add up the squares of its gradients. Sum the gradients first, then square the sum.", "facts T15c: squares before summing duplicates"),
    ("puts_eps_inside", MOVE, "    E[unique] -= learning_rate * g / np.sqrt(G[unique] + eps)",
     "Your eps is inside the root. Outside of it small gradients are not slowed down.", "document 002, third answer; facts T15c: .0995 against .990"),
    ("forgets_the_root", MOVE, "    E[unique] -= learning_rate * g / (G[unique] + eps)",
     "You divide by G. Take its root, or large gradients give small steps.", "published error: AdaGrad without the square root"),
    ("has_one_rate_a_row", GROW, "    G[unique] += np.mean(g**2, axis=1, keepdims=True)",
     "You keep one G for a whole row. Every entry has its own.", "facts T15c: scalar G; row-wise AdaGrad is a method of its own"),
    ("forgets_the_past", GROW, "    G[unique] = g**2",
     "You overwrite G. It adds up over all batches, or every step is as long as the first.", "sign descent"),
    ("climbs_with_adagrad", MOVE, MOVE.replace("-=", "+="),
     "You go along the gradient: plus climbs. Use minus.", "document 002: embedding + lr·…"),
    ("lets_the_others_decay", GROW, "    G *= 0.9\n    G[unique] += g**2",
     "Your G shrinks with time, in rows that nobody mentioned as well. AdaGrad's sum only grows.", "RMSProp; facts T15c: decays untouched rows"),
    ("adds_absolute_gradients", GROW, "    G[unique] += np.abs(g)",
     "You add up absolute values. G is a sum of squares.", "reasoned: the other way to measure size"),
    ("drops_repeats", "    unique, g = scatter_gradient(indices, grads)",
     "    unique = np.unique(indices)\n    last = {row: k for k, row in enumerate(indices.tolist())}\n    g = grads[[last[row] for row in unique.tolist()]].reshape(len(unique), grads.shape[1])",
     "Of a repeated row only the last gradient counts. Sum them with `scatter_gradient`.", "facts T15c: E[idx] -= drops repeats"),
)  # fmt: skip


# --- predict_the_steps and diagnose ---------------------------------------------------------------------------------


def letters(value):
    return expect_words(value, 4, "ABC", "Return 4 words in a tuple.", "Only the listed words count.")


@exercise("predict_the_steps", weight=0)
def test_prediction_is_four_letters(learner):
    """`predict_the_steps` must return four capital letters, A, B or C."""
    letters(learner.predict_the_steps())


declare_answer_checks(
    globals(),
    "predict_the_steps",
    read=letters,
    test_prediction_1="Question 1: on the first visit, what is the root of G, and what is left of the step?",
    test_prediction_2="Question 2: compare eps with the number that it is added to, inside and outside of the root.",
    test_prediction_3="Question 3: what has happened to the row's G while nobody mentioned it?",
    test_prediction_4="Question 4: what is the gradient of the row in this batch?",
)

CHOICES = ("B", "B", "A", "C")
for _name, _index, _letter, _message, _source in [
    ("steps_follow_the_gradient", 0, "A", "1: that is plain descent. AdaGrad's first step divides the gradient by its own size.", "facts T15c"),
    ("steps_follow_the_root", 0, "C", "1: the root of G is the size of g itself, not the root of it.", "reasoned: a root too many"),
    ("eps_does_not_matter", 1, "A", "2: eps is small beside 0.0001 and large beside its square, to which it is added inside the root.", "document 002: answers 2 and 3 differ by it; facts T15c: .990 against .0995"),
    ("eps_makes_it_longer", 1, "C", "2: a larger number under the root makes the step shorter.", "reasoned: the wrong way round"),
    ("rows_rest", 2, "B", "3: G does not forget. The row's next step is as short as if no time had passed.", "RMSProp with a decay of all rows would forget"),
    ("time_counts", 2, "C", "3: G adds up gradients of this row, and there were none. Batches do not count.", "a learning rate that falls with the step number"),
    ("one_visit_is_one_step", 3, "A", "4: the four gradients are summed first, and their sum is 0.", "facts T15c: squares before summing duplicates"),
    ("four_squares", 3, "B", "4: the four gradients are summed first, and their sum is 0.", "facts T15c: squares before summing duplicates"),
]:  # fmt: skip
    _wrong = (*CHOICES[:_index], _letter, *CHOICES[_index + 1 :])
    misconception_by_edit("predict_the_steps", _name, old='("B", "B", "A", "C")', new=repr(_wrong),
                          message=_message, source=_source)  # fmt: skip

CAUSES = ("drops_repeats", "order", "right", "per_row", "squares_first", "no_root")


def causes_of(value):
    return expect_each_once(
        value,
        CAUSES,
        "Return 6 words in a tuple.",
        "Only the listed words count.",
        "Each of the six words occurs once.",
    )


@exercise("diagnose", weight=0)
def test_diagnosis_is_six_words(learner):
    """`diagnose` must return the six words, each once."""
    causes_of(learner.diagnose())


declare_answer_checks(
    globals(),
    "diagnose",
    read=causes_of,
    test_diagnosis_of_candidate_a="Candidate A: run it on a batch with a repeated row and look at E and at G.",
    test_diagnosis_of_candidate_b="Candidate B: start with G = 0 and look at its first step.",
    test_diagnosis_of_candidate_c="Candidate C: compare it with `adagrad_rows` on batches with and without repeats.",
    test_diagnosis_of_candidate_d="Candidate D: give it a row whose entries have gradients of very different size.",
    test_diagnosis_of_candidate_e="Candidate E: run it on a repeated row and look at G.",
    test_diagnosis_of_candidate_f="Candidate F: compare steps for a large and a small gradient on the first visit.",
)


for _name, _first, _second, _message in [
    (
        "takes_a_for_right",
        0,
        2,
        "A looks like the formula, but an index array with repeats writes each row once.",
    ),
    (
        "takes_e_for_right",
        4,
        2,
        "E sums the gradients for the step and the squares for G. On a repeated row its G differs.",
    ),
    (
        "confuses_the_two_ways_to_lose_repeats",
        0,
        4,
        "A loses gradients of a repeated row, E adds their squares.",
    ),
    ("confuses_order_and_root", 1, 5, "B's lines are in another order, F lacks the root."),
]:
    _swapped = list(CAUSES)
    _swapped[_first], _swapped[_second] = _swapped[_second], _swapped[_first]
    misconception_by_edit("diagnose", _name, old=repr(CAUSES).replace("'", '"'), new=repr(tuple(_swapped)),
                          message=_message, source="facts T15c: the list of wrong steps")  # fmt: skip
