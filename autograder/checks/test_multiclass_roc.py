"""Hidden checks of 09_multiclass_roc."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
    draw_zeros_and_ones,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    expect_raises,
    misconception,
    misconception_by_edit,
)

NEEDS = {
    "one_vs_rest_auc": ["roc_curve", "auc", "auc_mann_whitney"],
    "macro_micro_auc": ["roc_curve", "auc", "auc_mann_whitney", "one_vs_rest_auc"],
}


def scored(rng, positives, negatives, ties=False):
    """Labels in random order, scores of both signs that know a little; with ties they stand on a coarse grid."""
    y = draw_zeros_and_ones(rng, positives + negatives, positives)
    score = 1.3 * rng.normal(size=len(y)) + y - 0.4
    return y, np.round(2 * score) / 2 if ties else score


def table(rng, N, K, ties=False, several=False):
    """Labels in K columns and scores; classes of different sizes, columns of different level and spread, each wins a row."""
    labels = rng.permutation(np.concatenate([np.repeat(np.arange(K), 3), (N - 3 * K) * [K - 1]]))
    Y, S = np.eye(K, dtype=int)[labels], np.zeros((N, K))
    while len(set(S.argmax(axis=1))) < K:
        S = (rng.normal(size=(N, K)) + 1.2 * Y) * rng.uniform(0.5, 3, size=K) + 1.5 * rng.normal(size=K)
        S = np.round(S) if ties else S
    if several:
        Y = np.where(rng.random((N, K)) < 0.25, 1, Y)
        Y[rng.choice(N, 2, replace=False)] = 0
        Y[0], Y[1] = 0, 1
    return Y, S


# --- rates_at -------------------------------------------------------------------------------------------------------


@exercise("rates_at", weight=0)
def test_rates_are_two_numbers(learner, rng):
    """`rates_at` must return two numbers, fpr and tpr."""
    result = learner.rates_at(*scored(rng, 5, 8), 0.1)
    expect_parts(result, 2, "It must return two numbers.")
    expect_array(result[0], (), "`fpr`")
    expect_array(result[1], (), "`tpr`")


@exercise("rates_at", weight=3)
def test_rates_between_the_scores(learner, reference, rng):
    """tpr is the share of the positives that are called, fpr the share of the negatives, each with its own denominator."""
    cases = [(*scored(rng, p, n), t) for p, n in ((5, 11), (9, 4)) for t in (-0.73, 0.11, 0.97)]
    agree(learner, reference, "rates_at", cases)


@exercise("rates_at", weight=2)
def test_rates_at_a_score(learner, reference, rng):
    """A row whose score is exactly the threshold is called positive."""
    cases = [(*scored(rng, 12, 17, ties=True), t) for t in (-1.0, 0.0, 0.5, 1.0)]
    agree(learner, reference, "rates_at", cases)


@exercise("rates_at", weight=1)
def test_rates_at_the_ends(learner, reference, rng):
    """Above all scores nobody is called, below all of them everybody; infinite thresholds and one row of a kind are allowed."""
    y, score = scored(rng, 6, 9)
    cases = [(y, score, t) for t in (np.inf, -np.inf, score.max(), score.min())]
    cases += [
        (*scored(rng, 1, 7), 0.2),
        (*scored(rng, 7, 1), 0.2),
        (y, 1e6 * score, 2e5),
        (y, score - 50, -50.0),
    ]
    agree(learner, reference, "rates_at", cases)


misconception_by_edit(
    "rates_at",
    "leaves_out_the_threshold_itself",
    old="score >= threshold",
    new="score > threshold",
    message="A row whose score equals the threshold is not called in your answer. It should be: at least as large.",
    source="scikit-learn's convention is >=; the strict sign shifts every point of the curve by one",
)

misconception_by_edit(
    "rates_at",
    "calls_the_low_scores",
    old="score >= threshold",
    new="score <= threshold",
    message="You call the rows with low scores. A high score means positive.",
    source="facts: ascending sort, area .23511 in place of .76489",
)

misconception_by_edit(
    "rates_at",
    "swaps_the_rates",
    old="    ### END SOLUTION",
    new="    fpr, tpr = tpr, fpr",
    message="Your two rates are swapped: fpr, of the negatives, comes first.",
    source="facts: swapped axes, area .23511 in place of .76489",
)

misconception_by_edit(
    "rates_at",
    "divides_by_all_rows",
    old="fpr = np.sum(called & (y == 0)) / np.sum(y == 0)\n    tpr = np.sum(called & (y == 1)) / np.sum(y == 1)",
    new="fpr = np.mean(called & (y == 0))\n    tpr = np.mean(called & (y == 1))",
    message="You divide by the number of all rows. The fpr is a share of the negatives, the tpr a share of the positives.",
    source="the mean taken over all rows, a common slip",
)

misconception_by_edit(
    "rates_at",
    "divides_by_the_called_rows",
    old="fpr = np.sum(called & (y == 0)) / np.sum(y == 0)\n    tpr = np.sum(called & (y == 1)) / np.sum(y == 1)",
    new="fpr = np.sum(called & (y == 0)) / max(1, np.sum(called))\n    tpr = np.sum(called & (y == 1)) / max(1, np.sum(called))",
    message="You divide by the rows that are called: that is precision. Divide by the negatives, and by the positives, there are.",
    source="precision and recall mixed up, a classic",
)

misconception_by_edit(
    "rates_at",
    "takes_the_false_alarms_among_the_called",
    old="fpr = np.sum(called & (y == 0)) / np.sum(y == 0)",
    new="fpr = np.sum(called & (y == 0)) / max(1, np.sum(called))",
    message="Your fpr is a share of the called rows, the false *discovery* rate. It must be a share of the negatives.",
    source="false positive rate and false discovery rate mixed up",
)

misconception_by_edit(
    "rates_at",
    "returns_the_specificity",
    old="fpr = np.sum(called & (y == 0)) / np.sum(y == 0)",
    new="fpr = np.sum(~called & (y == 0)) / np.sum(y == 0)",
    message="Your first number is the share of the negatives that are *not* called: the specificity. The fpr is 1 minus it.",
    source="sensitivity and specificity plotted against each other, as in medical texts",
)

misconception_by_edit(
    "rates_at",
    "returns_counts",
    old="fpr = np.sum(called & (y == 0)) / np.sum(y == 0)\n    tpr = np.sum(called & (y == 1)) / np.sum(y == 1)",
    new="fpr = np.sum(called & (y == 0))\n    tpr = np.sum(called & (y == 1))",
    message="These are the numbers of called rows. Divide each by the number of rows with that label.",
    source="counts in place of rates",
)


@misconception(
    "rates_at",
    "You compare the calls with the labels: agreement holds the rejected negatives as well. A hit is a row that is called *and* positive.",
    source="agreement taken for a hit, as in lesson 10",
)
def counts_agreement_as_hits(y, score, threshold):
    called = (score >= threshold) * 1
    return np.sum(called != y) / np.sum(y == 0), np.sum(called == y) / np.sum(y == 1)


# --- roc_curve ------------------------------------------------------------------------------------------------------


def curve_of(value, points):
    """The three arrays of a curve, thresholds first checked for their form only: the first is infinite."""
    expect_parts(value, 3, "It must return three arrays: fpr, tpr, thresholds.")
    fpr, tpr = expect_array(value[0], (points,), "`fpr`"), expect_array(value[1], (points,), "`tpr`")
    expect(np.shape(value[2]) == (points,), "`thresholds` must have the shape of `fpr`.")
    return fpr, tpr, value[2]


@exercise("roc_curve", weight=0)
def test_curve_is_three_arrays(learner, rng):
    """`roc_curve` must return fpr, tpr, thresholds, with one entry more than there are distinct scores: the start (0, 0)."""
    curve_of(learner.roc_curve(*scored(rng, 4, 7)), 12)


@exercise("roc_curve", weight=4)
def test_curve_without_ties(learner, reference, rng):
    """From the highest score down, a positive moves the curve up by 1 / P, a negative right by 1 / M; thresholds are inf and the scores."""
    agree(learner, reference, "roc_curve", [scored(rng, 6, 11), scored(rng, 13, 5)])


@exercise("roc_curve", weight=4)
def test_curve_with_ties(learner, reference, rng):
    """Rows with the same score are called together: one point for each distinct score, after the last of its rows."""
    cases = [scored(rng, 14, 23, ties=True), scored(rng, 31, 12, ties=True)]
    y, score = scored(rng, 9, 8, ties=True)
    cases += [(np.sort(y), score), (np.sort(y)[::-1].copy(), np.round(score))]
    agree(learner, reference, "roc_curve", cases)


@exercise("roc_curve", weight=2)
def test_curve_does_not_feel_the_order_of_the_rows(learner, rng):
    """Rows in another order must give the same curve, and a rising function of the score the same rates."""
    y, score = scored(rng, 15, 18, ties=True)
    points = len(np.unique(score)) + 1
    order = rng.permutation(33)
    cases = [
        (y, score),
        (y[order], score[order]),
        (y[::-1].copy(), score[::-1].copy()),
        (y, np.exp(score / 3) - 7),
    ]
    plain, *others = (curve_of(v, points) for v in learner.map("roc_curve", cases))
    for rates in plain[:2]:
        expect(np.any((rates > 0) & (rates < 1)), "Here the curve has points between its ends.")
    for other in others:
        expect_close(other[:2], plain[:2])


@exercise("roc_curve", weight=2)
def test_curve_at_the_edges(learner, reference, rng):
    """A constant score, one row of a kind, huge, tiny and close scores, a perfect order and its opposite: the same rule holds."""
    y, score = scored(rng, 5, 9)
    cases = [
        (y, np.full(14, -2.5)),
        (np.array([0, 1]), np.array([1.0, 2.0])),
        (np.array([1, 0]), np.array([0.0, 4.0])),
    ]
    cases += [
        scored(rng, 1, 8),
        scored(rng, 8, 1, ties=True),
        (y, 1e9 * score),
        (y, 1e-9 * score),
        (y, score - 900.0),
    ]
    close = 1.0 + 2.0**-50 * rng.permutation(14)
    cases += [
        (y, close),
        (y, 1.0 * y),
        (y, 1.0 - y),
        (y, 3.0 * y + rng.random(14)),
        (y, rng.random(14) - 3.0 * y),
    ]
    agree(learner, reference, "roc_curve", cases)


@exercise("roc_curve", weight=1)
def test_curve_of_one_class_is_refused(learner, rng):
    """If all labels are 0, or all are 1, `roc_curve` must raise a ValueError."""
    for labels in (np.zeros(5, dtype=int), np.ones(5, dtype=int), np.array([1])):
        with expect_raises(ValueError):
            learner.roc_curve(labels, rng.normal(size=len(labels)))


TWO_KINDS = """    num_positive, num_negative = np.sum(y == 1), np.sum(y == 0)
    if num_positive == 0 or num_negative == 0:
        raise ValueError("a ROC curve needs both a positive and a negative row")
"""
LAST = "last = np.append(np.flatnonzero(np.diff(sorted_score)), len(y) - 1)  # (number of distinct scores,)"

misconception_by_edit(
    "roc_curve",
    "gives_every_row_its_own_point",
    old=LAST,
    new="last = np.arange(len(y))",
    message="Every row gets a point of its own, so the curve of tied rows hangs on their order in the file. One point per distinct score.",
    source="facts: without grouping a constant score has area 1.0 or 0.0 by input order",
)


@misconception(
    "roc_curve",
    "Tied rows get a point each, the positives first. That flatters the score: call all rows with one score together.",
    source="facts: rounded scores, right .76489, ungrouped with positives first .86467",
)
def puts_tied_positives_first(y, score):
    if np.all(y == 1) or np.all(y == 0):
        raise ValueError("one class")
    order = np.lexsort((-y, -score))
    tp = np.cumsum(y[order])
    fp = np.cumsum(1 - y[order])
    return (
        np.append(0.0, fp / fp[-1]),
        np.append(0.0, tp / tp[-1]),
        np.append(np.inf, score[order]),
    )


misconception_by_edit(
    "roc_curve",
    "closes_a_group_at_its_first_row",
    old=LAST,
    new="last = np.append(0, 1 + np.flatnonzero(np.diff(sorted_score)))",
    message="You take the state after the *first* row of each distinct score. The point belongs after its last row.",
    source="np.unique(..., return_index=True) gives first places, where last ones are needed",
)


@misconception(
    "roc_curve",
    "You walk up from the lowest score. A high score means positive: sort from high to low.",
    source="facts: ascending sort, area .23511 in place of .76489",
)
def walks_up_from_the_lowest_score(y, score):
    if np.all(y == 1) or np.all(y == 0):
        raise ValueError("one class")
    values = np.unique(score)
    fpr = [np.mean(score[y == 0] <= t) for t in values]
    tpr = [np.mean(score[y == 1] <= t) for t in values]
    return np.append(0.0, fpr), np.append(0.0, tpr), np.append(np.inf, values)


@misconception(
    "roc_curve",
    "Your curve runs from (1, 1) to (0, 0), with rising thresholds. Start at infinity, where nobody is called, and let the threshold fall.",
    source="np.unique sorts upwards; MATLAB and R return either direction",
)
def runs_backwards(y, score):
    if np.all(y == 1) or np.all(y == 0):
        raise ValueError("one class")
    values = np.append(np.unique(score), np.inf)
    fpr = [np.mean(score[y == 0] >= t) for t in values]
    tpr = [np.mean(score[y == 1] >= t) for t in values]
    return np.array(fpr), np.array(tpr), values


misconception_by_edit(
    "roc_curve",
    "swaps_the_axes",
    old="thresholds = np.append(np.inf, sorted_score[last])",
    new="fpr, tpr, thresholds = tpr, fpr, np.append(np.inf, sorted_score[last])",
    message="fpr and tpr are swapped: negatives move the curve to the right, positives move it up.",
    source="facts: swapped axes, area .23511 in place of .76489",
)

misconception_by_edit(
    "roc_curve",
    "forgets_the_start",
    old="fpr = np.append(0.0, mistaken / num_negative)\n    tpr = np.append(0.0, found / num_positive)\n    thresholds = np.append(np.inf, sorted_score[last])",
    new="fpr, tpr, thresholds = mistaken / num_negative, found / num_positive, sorted_score[last]",
    message="The start is missing: (0, 0), with the threshold infinity, comes before the first score.",
    source="facts: no (0, 0) start",
)

misconception_by_edit(
    "roc_curve",
    "starts_one_above_the_best_score",
    old="np.append(np.inf, sorted_score[last])",
    new="np.append(sorted_score[0] + 1, sorted_score[last])",
    message="Your first threshold is the best score plus 1. Here it is infinity.",
    source="scikit-learn before version 1.3 returned max(score) + 1",
)


@misconception(
    "roc_curve",
    "Your thresholds are not inclusive: a row whose score equals the threshold is left out, so the end (1, 1) is never reached.",
    source="the strict sign, as in rates_at",
)
def leaves_out_the_threshold_itself(y, score):
    if np.all(y == 1) or np.all(y == 0):
        raise ValueError("one class")
    values = np.append(np.inf, np.unique(score)[::-1])
    fpr = [np.mean(score[y == 0] > t) for t in values]
    tpr = [np.mean(score[y == 1] > t) for t in values]
    return np.array(fpr), np.array(tpr), values


misconception_by_edit(
    "roc_curve",
    "divides_by_all_rows",
    old="fpr = np.append(0.0, mistaken / num_negative)\n    tpr = np.append(0.0, found / num_positive)",
    new="fpr = np.append(0.0, mistaken / len(y))\n    tpr = np.append(0.0, found / len(y))",
    message="You divide by the number of all rows. Each rate is a share of its own kind, and ends at 1.",
    source="counts divided by N",
)


@misconception(
    "roc_curve",
    "You leave out points on straight pieces. A plot does not miss them, but here every distinct score has its point.",
    source="the default of scikit-learn, drop_intermediate=True",
)
def drops_points_on_straight_pieces(y, score):
    if np.all(y == 1) or np.all(y == 0):
        raise ValueError("one class")
    values = np.unique(score)[::-1]
    fp = np.array([np.sum(score[y == 0] >= t) for t in values])
    tp = np.array([np.sum(score[y == 1] >= t) for t in values])
    keep = np.ones(len(values), dtype=bool)
    if len(values) > 2:
        keep[1:-1] = (np.diff(fp, 2) != 0) | (np.diff(tp, 2) != 0)
    return (
        np.append(0.0, fp[keep] / fp[-1]),
        np.append(0.0, tp[keep] / tp[-1]),
        np.append(np.inf, values[keep]),
    )


@misconception(
    "roc_curve",
    "Your curve has points only at the scores of positive rows. A negative moves it, too: take all distinct scores.",
    source="thresholds taken at the hits only, as in precision-recall code",
)
def takes_thresholds_at_positives_only(y, score):
    if np.all(y == 1) or np.all(y == 0):
        raise ValueError("one class")
    values = np.append(np.inf, np.unique(score[y == 1])[::-1])
    fpr = [np.mean(score[y == 0] >= t) for t in values]
    tpr = [np.mean(score[y == 1] >= t) for t in values]
    return np.array(fpr), np.array(tpr), values


@misconception(
    "roc_curve",
    "You use a grid of thresholds from 1 down to 0. Scores may be any numbers: the thresholds are the distinct scores themselves.",
    source="np.linspace(0, 1, …) for thresholds, in many published tutorials",
)
def uses_a_grid_from_one_to_zero(y, score):
    if np.all(y == 1) or np.all(y == 0):
        raise ValueError("one class")
    values = np.append(np.inf, np.linspace(1, 0, 101))
    fpr = [np.mean(score[y == 0] >= t) for t in values]
    tpr = [np.mean(score[y == 1] >= t) for t in values]
    return np.array(fpr), np.array(tpr), values


misconception_by_edit(
    "roc_curve",
    "draws_precision_and_recall",
    old="fpr = np.append(0.0, mistaken / num_negative)",
    new="fpr = np.append(0.0, mistaken / (found + mistaken))",
    message="Your first array is the share of mistakes among the called rows. The fpr is a share of all negatives.",
    source="false discovery rate in place of the false positive rate",
)

misconception_by_edit(
    "roc_curve",
    "lets_a_single_class_through",
    old=TWO_KINDS,
    new="    num_positive, num_negative = max(1, np.sum(y == 1)), max(1, np.sum(y == 0))\n",
    message="With labels of one kind only there is no curve: raise a ValueError.",
    source="a guard against 0/0 that hides the missing class",
)

misconception_by_edit(
    "roc_curve",
    "returns_nan_for_a_single_class",
    old=TWO_KINDS,
    new="    num_positive, num_negative = np.sum(y == 1) or np.nan, np.sum(y == 0) or np.nan\n",
    message="With labels of one kind only your rates are nan. Raise a ValueError, so that nobody averages over a nan unseen.",
    source="scikit-learn warns and returns nan; the curriculum asks for a ValueError",
)


@misconception("roc_curve", "You walk up the scores and call a row positive above a score only, with `>`. So your curve runs from right to left, its first point is not (1, 1), and there is no start at infinity: take the scores falling, with `>=`, and begin with (0, 0).",
               source="read in learners' public programs: sorted scores, ascending, with >")  # fmt: skip
def walks_up_with_greater(y, score):
    thresholds = np.sort(score)
    called = score[None] > thresholds[:, None]
    fpr, tpr = called[:, y == 0].mean(axis=1), called[:, y == 1].mean(axis=1)
    return fpr, tpr, thresholds


@misconception("roc_curve", "You add a point after every row, also between rows with the same score, which no threshold can tell apart. One point for each distinct score, after the last of its rows.",
               source="read in learners' public programs: a point per row")  # fmt: skip
def adds_a_point_per_row(y, score):
    order = np.argsort(-score)
    found, mistaken = np.cumsum(y[order] == 1), np.cumsum(y[order] == 0)
    fpr, tpr = np.append(0.0, mistaken / mistaken[-1]), np.append(0.0, found / found[-1])
    return fpr, tpr, np.append(np.inf, score[order])


# --- auc ------------------------------------------------------------------------------------------------------------


def points(rng, n, whole=True):
    """A rising curve with uneven, and some vertical and horizontal, pieces."""
    fpr, tpr = (np.cumsum(rng.random(n) * (rng.random(n) < 0.75)) for _ in range(2))
    fpr[-1] += 0.3
    tpr[-1] += 0.2
    if whole:
        fpr[0] = tpr[0] = 0.0
        return fpr / fpr[-1], tpr / tpr[-1]
    return 0.1 + 0.6 * fpr / fpr[-1], 0.15 + 0.7 * tpr / tpr[-1]


@exercise("auc", weight=0)
def test_area_is_one_number(learner, rng):
    """`auc` must return one number."""
    expect_array(learner.auc(*points(rng, 9)), (), "`area`")


@exercise("auc", weight=4)
def test_area_of_whole_curves(learner, reference, rng):
    """The area is the sum over the strips between neighbours, width times mean height."""
    agree(learner, reference, "auc", [points(rng, 9), points(rng, 30), points(rng, 5)])


@exercise("auc", weight=2)
def test_area_of_a_part(learner, reference, rng):
    """Only the part that is given is measured: a curve that starts above 0 or ends below 1 gets nothing added and is not rescaled."""
    agree(learner, reference, "auc", [points(rng, 8, whole=False), points(rng, 3, whole=False)])


@exercise("auc", weight=1)
def test_area_below_the_diagonal(learner, reference, rng):
    """A curve below the diagonal has an area below one half, and it must be reported as it is."""
    fpr, tpr = points(rng, 12)
    below = np.minimum(fpr, tpr), np.sort(np.minimum(fpr, tpr) ** 3)
    agree(learner, reference, "auc", [below])


@exercise("auc", weight=1)
def test_area_of_simple_shapes(learner):
    """Two points, corners and the diagonal have areas that you can work out in your head."""
    shapes = [
        ([0, 1], [0, 1], 0.5),
        ([0, 0, 1], [0, 1, 1], 1.0),
        ([0, 1, 1], [0, 0, 1], 0.0),
        ([0, 0.2, 0.2, 1], [0, 0, 0.5, 1], 0.6),
        ([0.3, 0.5], [0.4, 0.4], 0.08),
    ]
    for fpr, tpr, area in shapes:
        expect_close(learner.auc(np.array(fpr, dtype=float), np.array(tpr, dtype=float)), area)


misconception_by_edit(
    "auc",
    "takes_the_left_height",
    old="(tpr[1:] + tpr[:-1]) / 2",
    new="tpr[:-1]",
    message="Each strip has the height of its left end. Where the curve is slanted, take the mean of both ends.",
    source="facts: left Riemann sum .66511 in place of .76489 for hard labels",
)

misconception_by_edit(
    "auc",
    "takes_the_right_height",
    old="(tpr[1:] + tpr[:-1]) / 2",
    new="tpr[1:]",
    message="Each strip has the height of its right end. Where the curve is slanted, take the mean of both ends.",
    source="the right Riemann sum, the other half of the same slip",
)

misconception_by_edit(
    "auc",
    "swaps_the_axes",
    old="widths = fpr[1:] - fpr[:-1]\n    heights = (tpr[1:] + tpr[:-1]) / 2",
    new="widths = tpr[1:] - tpr[:-1]\n    heights = (fpr[1:] + fpr[:-1]) / 2",
    message="You measure the area to the left of the curve. The widths are steps of fpr, the heights are tpr.",
    source="facts: swapped axes, area .23511 in place of .76489",
)

misconception_by_edit(
    "auc",
    "forgets_the_widths",
    old="np.sum(widths * heights)",
    new="np.mean(heights)",
    message="You take the mean of the heights, as if all strips were equally wide. Weight each with its own width.",
    source="the mean in place of the integral",
)

misconception_by_edit(
    "auc",
    "takes_unit_widths",
    old="np.sum(widths * heights)",
    new="np.sum(heights)",
    message="The widths are missing: every strip counts as if it were 1 wide.",
    source="np.trapezoid(tpr) without its second argument",
)

misconception_by_edit(
    "auc",
    "forgets_the_half",
    old="(tpr[1:] + tpr[:-1]) / 2",
    new="tpr[1:] + tpr[:-1]",
    message="Your area is twice too large: the mean of two heights has a factor one half.",
    source="the half of the trapezoidal rule lost",
)

misconception_by_edit(
    "auc",
    "turns_the_curve_up",
    old="np.sum(widths * heights)",
    new="max(np.sum(widths * heights), 1 - np.sum(widths * heights))",
    message="You report the larger of the area and 1 minus the area. An area below one half is news: the score is turned round.",
    source="the direction chosen automatically, as some packages do",
)

misconception_by_edit(
    "auc",
    "rescales_the_part",
    old="np.sum(widths * heights)",
    new="np.sum(widths * heights) / (fpr[-1] - fpr[0])",
    message="You divide by the whole width: that is the mean height. The area of the given part is asked for.",
    source="normalised partial areas",
)


@misconception(
    "auc",
    "You add the corners (0, 0) and (1, 1) to the points. Measure only what you are given.",
    source="defensive code that completes every curve",
)
def completes_the_curve(fpr, tpr):
    x, height = np.concatenate([[0.0], fpr, [1.0]]), np.concatenate([[0.0], tpr, [1.0]])
    return np.sum(np.diff(x) * (height[1:] + height[:-1]) / 2)


@misconception(
    "auc",
    "You have drawn only one rectangle or triangle, from the first to the last point. Add up all the strips between neighbours.",
    source="the rule for two points used for all",
)
def uses_the_ends_only(fpr, tpr):
    return (fpr[-1] - fpr[0]) * (tpr[-1] + tpr[0]) / 2


# --- auc_mann_whitney -----------------------------------------------------------------------------------------------


@exercise("auc_mann_whitney", weight=0)
def test_share_is_one_number(learner, rng):
    """`auc_mann_whitney` must return one number."""
    expect_array(learner.auc_mann_whitney(*scored(rng, 5, 9)), (), "`area`")


@exercise("auc_mann_whitney", weight=4)
def test_share_without_ties(learner, reference, rng):
    """The area is the number of pairs with the positive above the negative, divided by all P * M pairs."""
    agree(learner, reference, "auc_mann_whitney", [scored(rng, 6, 13), scored(rng, 17, 5)])


@exercise("auc_mann_whitney", weight=4)
def test_share_with_ties(learner, reference, rng):
    """A pair with two equal scores counts one half."""
    cases = [scored(rng, 16, 27, ties=True), scored(rng, 35, 14, ties=True)]
    y, score = scored(rng, 12, 9)
    agree(learner, reference, "auc_mann_whitney", [*cases, (y, np.round(score)), (y, 1.0 * (score > 0))])


@exercise("auc_mann_whitney", weight=1)
def test_share_is_the_area(learner, reference, rng):
    """Pairs and area are two ways to one number, and turning all scores round gives 1 minus it."""
    y, score = scored(rng, 20, 33, ties=True)
    plain, turned = learner.map("auc_mann_whitney", [(y, score), (y, -score)])
    fpr, tpr, _ = reference.roc_curve(y, score)
    expect_close(plain, reference.auc(fpr, tpr))
    expect_close(turned, 1 - reference.auc(fpr, tpr))


@exercise("auc_mann_whitney", weight=1)
def test_share_at_the_edges(learner, reference, rng):
    """A constant score, one row of a kind, huge and close scores, a perfect order and its opposite: the same rule holds."""
    y, score = scored(rng, 5, 9)
    cases = [
        (y, np.full(14, -2.5)),
        (np.array([0, 1]), np.array([1.0, 2.0])),
        (np.array([1, 0]), np.array([1.0, 2.0])),
    ]
    cases += [(np.array([0, 1, 0]), np.array([3.0, 3.0, 1.0])), scored(rng, 1, 8), scored(rng, 8, 1)]
    cases += [
        (y, 1e9 * score),
        (y, 1e-9 * score),
        (y, score - 900.0),
        (y, 1.0 + 2.0**-50 * rng.permutation(14)),
    ]
    cases += [(y, 1.0 * y), (y, 1.0 - y)]
    agree(learner, reference, "auc_mann_whitney", cases)


@exercise("auc_mann_whitney", weight=1)
def test_share_of_one_class_is_refused(learner, rng):
    """If all labels are 0, or all are 1, `auc_mann_whitney` must raise a ValueError."""
    for labels in (np.zeros(5, dtype=int), np.ones(5, dtype=int), np.array([0])):
        with expect_raises(ValueError):
            learner.auc_mann_whitney(labels, rng.normal(size=len(labels)))


misconception_by_edit(
    "auc_mann_whitney",
    "gives_ties_nothing",
    old="higher + equal / 2",
    new="higher",
    message="A tie counts nothing in your answer. It counts one half: otherwise a constant score would get 0.",
    source="facts: ties .5; the strict comparison alone",
)

misconception_by_edit(
    "auc_mann_whitney",
    "gives_ties_everything",
    old="higher + equal / 2",
    new="higher + equal",
    message="A tie counts as a full win in your answer. It counts one half: otherwise a constant score would get 1.",
    source="facts: ties .5; >= for >",
)

misconception_by_edit(
    "auc_mann_whitney",
    "counts_the_wrong_pairs",
    old="positives[:, None] > negatives",
    new="positives[:, None] < negatives",
    message="You count the pairs with the negative on top. The positive should have the higher score.",
    source="the table of pairs read the other way",
)

misconception_by_edit(
    "auc_mann_whitney",
    "returns_the_number_of_pairs",
    old="(higher + equal / 2) / (len(positives) * len(negatives))",
    new="higher + equal / 2",
    message="This is the number of pairs, U. Divide it by the number of all pairs, P * M.",
    source="U itself is what Mann and Whitney, and many packages, report",
)

misconception_by_edit(
    "auc_mann_whitney",
    "divides_by_all_pairs_of_rows",
    old="(len(positives) * len(negatives))",
    new="(len(y) * (len(y) - 1) / 2)",
    message="You divide by all pairs of rows. Only pairs of a positive and a negative are compared: P * M of them.",
    source="Kendall's denominator",
)

misconception_by_edit(
    "auc_mann_whitney",
    "compares_with_all_rows",
    old="positives, negatives = score[y == 1], score[y == 0]",
    new="positives, negatives = score[y == 1], score",
    message="You compare the positives with all rows, themselves included. Compare them with the negatives only.",
    source="ranks among all rows taken for ranks among the negatives",
)


@misconception(
    "auc_mann_whitney",
    "Tied rows get different ranks, by their order in the file. Tied rows share their mean rank.",
    source="argsort of argsort as ranks, in learners' public code",
)
def ranks_ties_by_their_order(y, score):
    P, M = int(np.sum(y == 1)), int(np.sum(y == 0))
    if P == 0 or M == 0:
        raise ValueError("one class")
    ranks = np.argsort(np.argsort(score, kind="stable"), kind="stable") + 1
    return (np.sum(ranks[y == 1]) - P * (P + 1) / 2) / (P * M)


@misconception(
    "auc_mann_whitney",
    "You forgot to take off the pairs among the positives: from the sum of their ranks subtract P (P + 1) / 2.",
    source="the rank sum W taken for U",
)
def forgets_the_pairs_among_the_positives(y, score):
    P, M = int(np.sum(y == 1)), int(np.sum(y == 0))
    if P == 0 or M == 0:
        raise ValueError("one class")
    ranks = [np.sum(score < s) + (np.sum(score == s) + 1) / 2 for s in score[y == 1]]
    return np.sum(ranks) / (P * M)


@misconception(
    "auc_mann_whitney",
    "You report the larger of the share and 1 minus the share. A share below one half is news: the score is turned round.",
    source="the direction chosen automatically, as some packages do",
)
def turns_the_order_up(y, score):
    positives, negatives = score[y == 1], score[y == 0]
    if len(positives) == 0 or len(negatives) == 0:
        raise ValueError("one class")
    share = np.mean((positives[:, None] > negatives) + 0.5 * (positives[:, None] == negatives))
    return max(share, 1 - share)


@misconception(
    "auc_mann_whitney",
    "You compare only the i-th positive with the i-th negative. Every positive meets every negative.",
    source="zip in place of two loops",
)
def compares_in_step(y, score):
    positives, negatives = score[y == 1], score[y == 0]
    if len(positives) == 0 or len(negatives) == 0:
        raise ValueError("one class")
    n = min(len(positives), len(negatives))
    return np.mean((positives[:n] > negatives[:n]) + 0.5 * (positives[:n] == negatives[:n]))


@misconception(
    "auc_mann_whitney",
    "You measure how far apart the scores are. Only their order counts: compare, do not subtract.",
    source="the mean difference of the two groups",
)
def measures_the_distance(y, score):
    positives, negatives = score[y == 1], score[y == 0]
    if len(positives) == 0 or len(negatives) == 0:
        raise ValueError("one class")
    return positives.mean() - negatives.mean()


misconception_by_edit(
    "auc_mann_whitney",
    "calls_a_missing_class_chance",
    old='raise ValueError("no pair of a positive and a negative row")',
    new="return 0.5",
    message="Without a single pair you return 0.5, as if you had measured chance. Raise a ValueError.",
    source="a default for an absent class, in published evaluation scripts",
)


# --- margin_score ---------------------------------------------------------------------------------------------------


@exercise("margin_score", weight=0)
def test_margin_is_one_number_per_row(learner, rng):
    """`margin_score` must return one number per row."""
    expect_array(learner.margin_score(rng.normal(size=(6, 4)), 1), (6,), "`margin`")


@exercise("margin_score", weight=4)
def test_margin_values(learner, reference, rng):
    """The margin is the score of class k less the best score among the other classes, row by row, for every k."""
    S = rng.normal(size=(9, 4))
    wide = rng.normal(size=(5, 7))
    cases = [(S, k) for k in range(4)] + [(wide, k) for k in (0, 3, 6)]
    agree(learner, reference, "margin_score", cases)


@exercise("margin_score", weight=2)
def test_margin_of_scores_of_one_sign(learner, reference, rng):
    """Scores may all be negative, or all be positive and large: the same rule holds."""
    S = rng.random((8, 5))
    cases = (
        [(S - 3.0, k) for k in (0, 2, 4)]
        + [(100 * S + 7, k) for k in (0, 1, 4)]
        + [(S / 10, 3), (-1e6 * S, 1)]
    )
    agree(learner, reference, "margin_score", cases)


@exercise("margin_score", weight=1)
def test_margin_tells_the_prediction(learner, rng):
    """In each row exactly one class has a positive margin, the predicted one; all others are negative."""
    S = rng.normal(size=(11, 4))
    margins = np.column_stack(
        [expect_array(m, (11,)) for m in learner.map("margin_score", [(S, k) for k in range(4)])]
    )
    expect(np.array_equal(margins > 0, np.eye(4)[S.argmax(axis=1)] == 1))
    expect(np.all(margins != 0))


@exercise("margin_score", weight=2)
def test_margin_at_the_edges(learner, reference, rng):
    """Two classes, one row, shared first places, more classes than rows: the same rule holds."""
    two = rng.normal(size=(6, 2))
    cases = [
        (two, 0),
        (two, 1),
        (rng.normal(size=(1, 5)), 4),
        (rng.normal(size=(2, 9)), 0),
        (rng.normal(size=(3, 3)), 2),
    ]
    coarse = rng.integers(-2, 3, size=(20, 4)) * 1.0
    cases += [(coarse, k) for k in range(4)]
    agree(learner, reference, "margin_score", cases)


@misconception(
    "margin_score",
    "The best score is taken over all classes, class k included, so your margin is never above 0. Leave its own column out.",
    source="the maximum over the whole row, the most common slip with this score",
)
def includes_the_class_itself(S, k):
    return S[:, k] - S.max(axis=1)


@misconception(
    "margin_score",
    "You subtract the mean of the others. Only the best of them counts.",
    source="another known one-against-the-rest contrast",
)
def subtracts_the_mean_of_the_others(S, k):
    return S[:, k] - np.delete(S, k, axis=1).mean(axis=1)


@misconception(
    "margin_score",
    "You subtract the sum of the others. Only the best of them counts.",
    source="one score against all the rest, taken literally",
)
def subtracts_the_sum_of_the_others(S, k):
    return S[:, k] - np.delete(S, k, axis=1).sum(axis=1)


@misconception(
    "margin_score",
    "You subtract the second best score of the row. That is right only where class k is the best: elsewhere the best other one is first.",
    source="'best minus second best', the margin of active learning",
)
def subtracts_the_second_best(S, k):
    return S[:, k] - np.sort(S, axis=1)[:, -2]


@misconception(
    "margin_score",
    "This is the best minus the second best score of each row, whatever the class. The margin of class k starts from its own score.",
    source="the margin of active learning",
)
def ignores_the_class(S, k):
    ordered = np.sort(S, axis=1)
    return ordered[:, -1] - ordered[:, -2]


@misconception(
    "margin_score",
    "You put a 0 in the place of class k, and where all other scores are negative this 0 is the best. Remove the column, or fill in -inf.",
    source="masking by multiplication, fine only for scores above 0",
)
def leaves_a_zero_in_its_place(S, k):
    return S[:, k] - (S * (np.arange(S.shape[1]) != k)).max(axis=1)


@misconception(
    "margin_score",
    "The sign is turned: own minus the best other.",
    source="the difference written the other way round",
)
def turns_the_sign(S, k):
    return np.delete(S, k, axis=1).max(axis=1) - S[:, k]


@misconception(
    "margin_score",
    "You count the classes from 1, as MATLAB does. Here class k stands in column k, the first one being 0.",
    source="facts: class k against k + 1, MATLAB is 1-based, and the question's program is MATLAB",
)
def counts_classes_from_one(S, k):
    return S[:, k - 1] - np.delete(S, k - 1, axis=1).max(axis=1)


@misconception(
    "margin_score",
    "You write -inf into class k before you have read its own score, and into the caller's table at that. Fill a copy.",
    source="masking in place, met when the answer was tried out as a learner",
)
def overwrites_the_own_score(S, k):
    S[:, k] = -np.inf
    return S[:, k] - S.max(axis=1)


@misconception(
    "margin_score",
    "You look at the classes next to k only. All others compete.",
    source="neighbours in the table taken for rivals",
)
def looks_at_neighbours_only(S, k):
    near = [j for j in (k - 1, k + 1) if 0 <= j < S.shape[1]]
    return S[:, k] - S[:, near].max(axis=1)


@misconception(
    "margin_score",
    "You take the maximum down the columns. Every row has its own best rival: the maximum runs along axis 1.",
    source="axis mistakes in learners' public code",
)
def takes_the_maximum_over_the_rows(S, k):
    return S[:, k] - np.delete(S, k, axis=1).max()


@misconception(
    "margin_score",
    "You return the distance, without its sign. The sign says whether class k wins: keep it.",
    source="a margin read as a distance",
)
def drops_the_sign(S, k):
    return np.abs(S[:, k] - np.delete(S, k, axis=1).max(axis=1))


@misconception(
    "margin_score",
    "This is the score of class k as it stands. The best of the others has to be subtracted.",
    source="the plain one-against-the-rest score",
)
def returns_the_own_score(S, k):
    return S[:, k] * 1.0


# --- predict_the_change ---------------------------------------------------------------------------------------------


@exercise("predict_the_change", weight=0)
def test_six_predictions(learner):
    """`predict_the_change` must return six strings, each "same", "mirrored" or "other"."""
    result = learner.predict_the_change()
    expect_parts(result, 6, "It must return six strings.")
    expect(
        set(map(str, result)) <= {"same", "mirrored", "other"}, 'Each entry is "same", "mirrored" or "other".'
    )


def as_strings(answers):
    return [str(answer) for answer in answers]


declare_answer_checks(
    globals(),
    "predict_the_change",
    read=as_strings,
    test_prediction_1="Variant 1 applies one function to every score: does it rise, or fall, everywhere?",
    test_prediction_2="Variant 2 applies one function to every score: does it rise, or fall, everywhere?",
    test_prediction_3="Variant 3 applies one function to every score: does it rise, or fall, everywhere?",
    test_prediction_of_the_decision="Variant 4 keeps only two different values: what happens to pairs that were in order?",
    test_prediction_of_the_margin="Variant 5 subtracts something of its own from every row: can two rows change places?",
    test_prediction_of_the_repeated_rows="Variant 6 repeats every negative equally often: what happens to a *share* of the negatives?",
)


RIGHT_CHANGES = '("same", "mirrored", "same", "other", "other", "same")'
CHANGES = [
    (("same", "mirrored", "same", "other", "same", "same"), "takes_the_margin_for_the_same_ranking", "the first suspicion: one class positive, so one curve",
     "You expect the margin to keep the order. It subtracts another number in every row, so two rows can change places."),
    (("same", "mirrored", "same", "other", "other", "other"), "expects_class_sizes_to_matter", "true of precision, not of the two rates",
     "Repeating every negative five times multiplies the called and all negatives alike: a share does not change."),
    (("same", "mirrored", "same", "same", "other", "same"), "takes_the_decision_for_the_score", "facts: hard labels .69685 in place of .76489",
     "A decision has two values, so many pairs become ties and count one half. Hand over the score, not the decision."),
    (("other", "mirrored", "same", "other", "other", "same"), "lets_the_scale_matter", "the threshold 0.5 taken for part of the curve",
     "A rising straight line keeps every pair in order, whatever happens to the threshold 0.5: the curve uses all thresholds."),
    (("same", "mirrored", "other", "other", "other", "same"), "lets_the_curvature_matter", "probabilities taken for something a ROC curve needs",
     "The logarithm of the odds rises with the score, if not in a straight line. Only the order counts, so nothing changes."),
    (("other", "mirrored", "other", "other", "other", "same"), "keeps_only_probabilities", "probabilities taken for something a ROC curve needs",
     "A ROC curve needs no probabilities: any rising function of the score, straight or not, keeps the order and the area."),
    (("same", "same", "same", "other", "other", "same"), "does_not_feel_the_turned_sign", "max(AUC, 1 − AUC), as some packages report",
     "With the sign turned, the positive that was above a negative is now below: every right pair becomes a wrong one."),
    (("same", "other", "same", "other", "other", "same"), "does_not_see_the_mirror", "the complement overlooked",
     "Turning the sign turns *every* pair round, no more and no less: the right ones become wrong, and ties stay ties."),
    (("same", "mirrored", "same", "same", "same", "same"), "thinks_only_the_sign_can_matter", "monotone transformations generalised too far",
     "Variants 4 and 5 are not rising functions of the score: one makes ties, the other lets rows change places."),
]  # fmt: skip
for choices, idea, origin, words in CHANGES:
    misconception_by_edit(
        "predict_the_change", idea, old=RIGHT_CHANGES, new=repr(choices), message=words, source=origin
    )


# --- one_vs_rest_auc ------------------------------------------------------------------------------------------------


@exercise("one_vs_rest_auc", weight=0)
def test_one_area_per_class(learner, rng):
    """`one_vs_rest_auc` must return an array with one area per class."""
    expect_array(learner.one_vs_rest_auc(*table(rng, 17, 4)), (4,), "`areas`")


@exercise("one_vs_rest_auc", weight=5)
def test_areas_of_classes(learner, reference, rng):
    """Entry k is the AUC of column k of S, as it stands, for the labels in column k of Y."""
    agree(
        learner,
        reference,
        "one_vs_rest_auc",
        [table(rng, 19, 4), table(rng, 23, 5), table(rng, 31, 3, ties=True)],
    )


@exercise("one_vs_rest_auc", weight=2)
def test_areas_of_rows_with_several_classes(learner, reference, rng):
    """Each column of Y is a question of its own: a row may have several ones, or none."""
    agree(
        learner,
        reference,
        "one_vs_rest_auc",
        [table(rng, 20, 4, several=True), table(rng, 25, 3, several=True)],
    )


@exercise("one_vs_rest_auc", weight=2)
def test_areas_do_not_feel_the_other_columns(learner, reference, rng):
    """A rising function of one column of S, and other scores in the other columns, must leave that class's area alone."""
    Y, S = table(rng, 21, 3)
    bent, others = S.copy(), rng.normal(size=S.shape)
    bent[:, 1] = np.exp(S[:, 1] / 4) - 60
    others[:, 1] = S[:, 1]
    plain, *moved = (
        expect_array(v, (3,)) for v in learner.map("one_vs_rest_auc", [(Y, S), (Y, bent), (Y, others)])
    )
    expect_close(plain, reference.one_vs_rest_auc(Y, S))
    expect_close(moved[0], plain)
    expect_close(moved[1][1], plain[1])


@exercise("one_vs_rest_auc", weight=1)
def test_areas_at_the_edges(learner, reference, rng):
    """One column, two classes, a class with a single row, a constant column, huge scores: the same rule holds."""
    Y, S = table(rng, 14, 2)
    flat = S.copy()
    flat[:, 0] = 3.0
    cases = [
        (Y, S),
        (Y[:, :1], S[:, :1]),
        (Y, flat),
        (Y, -S),
        (Y, 1e8 * S),
        (np.eye(3, dtype=int), rng.normal(size=(3, 3))),
    ]
    agree(learner, reference, "one_vs_rest_auc", cases)


@exercise("one_vs_rest_auc", weight=1)
def test_areas_with_an_absent_class_are_refused(learner, rng):
    """If a column of Y holds only zeros, or only ones, `one_vs_rest_auc` must raise a ValueError."""
    Y, S = table(rng, 15, 4)
    for column, value in ((0, 0), (3, 0), (2, 1)):
        broken = Y.copy()
        broken[:, column] = value
        with expect_raises(ValueError):
            learner.one_vs_rest_auc(broken, S)


AREAS = "np.array([auc_mann_whitney(Y[:, k], S[:, k]) for k in range(Y.shape[1])])"
OVR_EDITS = [
    ("np.array([auc_mann_whitney(Y[:, k], margin_score(S, k)) for k in range(Y.shape[1])])", "scores_with_the_margin", "the question's score, which answers another question",
     "You score class k with its margin. Here each class is scored with its own column of S, as it stands."),
    ("np.array([auc_mann_whitney(1 * (S.argmax(axis=1) == k), S[:, k]) for k in range(Y.shape[1])])", "takes_the_predictions_for_labels", "facts: positives counted from the argmax",
     "Your positives are the rows that the model *predicts* as k. The labels stand in Y."),
    ("np.array([auc_mann_whitney(Y[:, k], 1.0 * (S.argmax(axis=1) == k)) for k in range(Y.shape[1])])", "takes_the_predictions_for_scores", "facts: hard labels .69685 in place of .76489",
     "You hand over the decision in place of the score. It has only two values, so many pairs become ties."),
    ("np.array([auc_mann_whitney(Y[:, k], S[:, k] / np.abs(S).sum(axis=1)) for k in range(Y.shape[1])])", "divides_by_the_row_sum", "facts: row-normalised scores .9768 in place of .92773 on iris",
     "You divide each row by its sum. That changes the order of the rows within a class: take the column as it stands."),
    ("np.array([auc_mann_whitney(Y[:, k], np.exp(S[:, k] - S.max(axis=1)) / np.exp(S - S.max(axis=1, keepdims=True)).sum(axis=1)) for k in range(Y.shape[1])])", "takes_the_softmax", "facts: normalising over the classes changes the ranking within a class",
     "You take a softmax of each row first. That mixes the columns and changes the order within a class: take the column as it stands."),
    ("np.mean([auc_mann_whitney(Y[:, k], S[:, k]) for k in range(Y.shape[1])])", "averages_at_once", "roc_auc_score averages by default",
     "You return the mean. One area per class is asked for; the mean comes in the next exercise."),
    ("np.array([auc_mann_whitney(1 * (Y.argmax(axis=1) == k), S[:, k]) for k in range(Y.shape[1])])", "allows_one_class_per_row", "argmax of the labels, right for one-hot rows only",
     "You turn the rows of Y into single labels. A row may belong to several classes, or to none: use the columns of Y."),
    ("np.array([auc_mann_whitney(Y[:, k], S[:, (k + 1) % Y.shape[1]]) for k in range(Y.shape[1])])", "shifts_the_columns_by_one", "facts: class k against k + 1, MATLAB is 1-based",
     "Class k is scored with the next column. Both tables are counted from 0: column k of Y belongs to column k of S."),
    ("np.array([max(auc_mann_whitney(Y[:, k], S[:, k]), 1 - auc_mann_whitney(Y[:, k], S[:, k])) for k in range(Y.shape[1])])", "turns_the_areas_up", "the direction chosen automatically, as some packages do",
     "You report the larger of the area and 1 minus the area. An area below one half is news: keep it."),
    ("np.array([auc_mann_whitney(Y[:, k], -S[:, k]) for k in range(Y.shape[1])])", "turns_the_scores", "an ascending sort for every class",
     "The scores are turned round: a high score means that the row belongs to the class."),
    ("np.array([auc_mann_whitney(Y[:, k], S[:, k]) if 0 < Y[:, k].sum() < len(Y) else np.nan for k in range(Y.shape[1])])", "gives_nan_to_an_absent_class", "scikit-learn warns and returns nan; the curriculum asks for a ValueError",
     "A class that does not occur gets nan. Here it must raise a ValueError."),
    ("np.array([auc_mann_whitney(Y[:, k], S[:, k]) for k in range(Y.shape[1]) if 0 < Y[:, k].sum() < len(Y)])", "skips_an_absent_class", "classes left out in silence, in published evaluation scripts",
     "A class that does not occur is left out in silence. Here it must raise a ValueError."),
    ("np.array([auc_mann_whitney(Y[:, k], S[:, k]) if 0 < Y[:, k].sum() < len(Y) else 0.5 for k in range(Y.shape[1])])", "calls_an_absent_class_chance", "a default for an absent class, in published evaluation scripts",
     "A class that does not occur gets 0.5, as if chance had been measured. Here it must raise a ValueError."),
]  # fmt: skip
for program, idea, origin, words in OVR_EDITS:
    misconception_by_edit("one_vs_rest_auc", idea, old=AREAS, new=program, message=words, source=origin)


# --- macro_micro_auc ------------------------------------------------------------------------------------------------


@exercise("macro_micro_auc", weight=0)
def test_averages_are_two_numbers(learner, rng):
    """`macro_micro_auc` must return two numbers: macro and micro."""
    result = learner.macro_micro_auc(*table(rng, 17, 4))
    expect_parts(result, 2, "It must return two numbers.")
    expect_array(result[0], (), "`macro`")
    expect_array(result[1], (), "`micro`")


TABLES = [(19, 4, False), (23, 5, False), (31, 3, True)]


@exercise("macro_micro_auc", weight=3)
def test_macro_values(learner, reference, rng):
    """Macro is the plain mean of the areas of the classes, large or small."""
    cases = [table(rng, N, K, ties) for N, K, ties in TABLES]
    agree(learner, reference, "macro_micro_auc", cases, part=0)


@exercise("macro_micro_auc", weight=4)
def test_micro_values(learner, reference, rng):
    """Micro is one area: of all N * K cells, each with its own label from Y and its own score from S."""
    cases = [table(rng, N, K, ties) for N, K, ties in TABLES]
    agree(learner, reference, "macro_micro_auc", cases, part=1)


@exercise("macro_micro_auc", weight=1)
def test_averages_of_rows_with_several_classes(learner, reference, rng):
    """A row may have several ones, or none: both averages use the cells of Y as they are."""
    agree(
        learner,
        reference,
        "macro_micro_auc",
        [table(rng, 20, 4, several=True), table(rng, 25, 3, several=True)],
    )


@exercise("macro_micro_auc", weight=1)
def test_averages_and_a_shifted_column(learner, reference, rng):
    """When one column of S is raised as a whole, macro must stay and micro must follow."""
    Y, S = table(rng, 22, 4)
    raised = S + 6.0 * (np.arange(4) == 1)
    plain, moved = learner.map("macro_micro_auc", [(Y, S), (Y, raised)])
    expect_close(moved[0], plain[0])
    expect_close(moved, reference.macro_micro_auc(Y, raised))


@exercise("macro_micro_auc", weight=1)
def test_averages_at_the_edges(learner, reference, rng):
    """One column, as many rows as classes, a constant table, huge scores: the same rule holds."""
    Y, S = table(rng, 14, 2)
    cases = [
        (Y, S),
        (Y[:, :1], S[:, :1]),
        (Y, 1e8 * S),
        (Y, 0 * S + 2),
        (np.eye(4, dtype=int), rng.normal(size=(4, 4))),
    ]
    agree(learner, reference, "macro_micro_auc", cases)


@exercise("macro_micro_auc", weight=1)
def test_averages_with_an_absent_class_are_refused(learner, rng):
    """If a column of Y holds only zeros, or only ones, `macro_micro_auc` must raise a ValueError."""
    Y, S = table(rng, 15, 4)
    for column, value in ((0, 0), (3, 0), (2, 1)):
        broken = Y.copy()
        broken[:, column] = value
        with expect_raises(ValueError):
            learner.macro_micro_auc(broken, S)


MACRO = "macro = np.mean(one_vs_rest_auc(Y, S))"
POOL = "fpr, tpr, _ = roc_curve(Y.ravel(), S.ravel())"
MICRO = "micro = auc(fpr, tpr)"
AVERAGE_EDITS = [
    (MICRO, "micro = macro", "takes_the_mean_for_micro", "facts: micro as the mean of the areas",
     "Your micro is the mean of the areas, the same as macro. Put all cells into one yes/no question first."),
    (MICRO, "micro = np.sum(Y.sum(axis=0) * one_vs_rest_auc(Y, S)) / Y.sum()", "weights_the_mean_for_micro", "the support-weighted mean taken for micro",
     "Your micro is a mean of the areas, weighted by class size. Micro is no mean: put all cells into one question."),
    (MACRO, "macro = np.sum(Y.sum(axis=0) * one_vs_rest_auc(Y, S)) / Y.sum()", "weights_macro_by_class_size", "facts: macro weighted by class size",
     "Your macro weighs the classes by their number of rows. The plain mean is asked for: every class weighs the same."),
    (MICRO, "macro, micro = auc(fpr, tpr), macro", "swaps_the_two", "two averages in the other order",
     "The two are swapped: macro comes first."),
    (POOL, "fpr, tpr, _ = roc_curve(Y.ravel(), S.T.ravel())", "reads_the_tables_in_two_orders", "ravel of a transposed table",
     "The cells of Y are read row by row, those of S column by column. Both in the same order."),
    (POOL, "fpr, tpr, _ = roc_curve(np.eye(Y.shape[1], dtype=int)[S.argmax(axis=1)].ravel(), S.ravel())", "pools_the_predictions", "facts: positives counted from the argmax",
     "In your micro the positive cells are the predicted ones. The labels stand in Y."),
    (POOL, "fpr, tpr, _ = roc_curve(Y.ravel(), np.eye(Y.shape[1])[S.argmax(axis=1)].ravel())", "pools_decisions", "hard labels in place of scores",
     "In your micro the scores are 0 and 1, the decisions. Hand over the scores."),
    (POOL, "fpr, tpr, _ = roc_curve(Y.ravel(), np.column_stack([S[:, k] - (np.delete(S, k, axis=1).max(axis=1) if S.shape[1] > 1 else 0) for k in range(S.shape[1])]).ravel())", "pools_the_margins", "the question's score, where the own one is asked for",
     "Your micro pools the margins. Each cell has its own score, S[i, k], as it stands."),
    (POOL, "fpr, tpr, _ = roc_curve(Y.ravel(), (S - S.mean(axis=0)).ravel())", "centres_the_columns", "columns made comparable before pooling",
     "You centre the columns before you pool them. Micro compares the scores of different classes as they stand."),
    (POOL, "fpr, tpr, _ = roc_curve(Y.ravel(), (np.exp(S - S.max(axis=1, keepdims=True)) / np.exp(S - S.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)).ravel())", "pools_a_softmax", "facts: normalising over the classes changes the ranking",
     "You take a softmax of each row before you pool. The scores go in as they stand."),
    (POOL, "fpr, tpr, _ = roc_curve(Y[np.arange(len(Y)), S.argmax(axis=1)], S.max(axis=1))", "pools_only_the_winners", "the confidence curve of the predicted class",
     "You pool one cell per row, that of the winning class. All N * K cells belong in."),
    (MACRO, "macro = np.median(one_vs_rest_auc(Y, S))", "takes_the_median", "a robust average in place of the mean",
     "Your macro is the median of the areas. The mean is asked for."),
    (MACRO, "macro = np.mean([auc_mann_whitney(Y[:, k], S[:, k]) for k in range(Y.shape[1]) if 0 < Y[:, k].sum() < len(Y)])", "skips_an_absent_class", "classes left out in silence, in published evaluation scripts",
     "A class that does not occur is left out in silence. Here it must raise a ValueError."),
]  # fmt: skip
for old, program, idea, origin, words in AVERAGE_EDITS:
    misconception_by_edit("macro_micro_auc", idea, old=old, new=program, message=words, source=origin)


# --- find_the_leak --------------------------------------------------------------------------------------------------


DISEASES = {"honest", "same rows", "copied rows", "chosen columns", "own predictions", "scaled"}


@exercise("find_the_leak", weight=0)
def test_six_verdicts(learner):
    """`find_the_leak` must return six verdicts, each one of the strings in its docstring."""
    result = learner.find_the_leak()
    expect_parts(result, 6, "It must return six strings.")
    expect(set(map(str, result)) <= DISEASES, "Each entry is one of the six strings in the docstring.")


declare_answer_checks(
    globals(),
    "find_the_leak",
    read=as_strings,
    test_verdict_a="The verdict on program A is not right: what does a draw with repetition put into the two halves?",
    test_verdict_b="The verdict on program B is not right: from which rows do its mean and deviation come?",
    test_verdict_c="The verdict on program C is not right: with which labels are its scores compared?",
    test_verdict_d="The verdict on program D is not right: which labels has it seen before it trains?",
    test_verdict_e="The verdict on program E is not right: compare it with D line by line.",
    test_verdict_f="The verdict on program F is not right: on which rows is it trained?",
)


RIGHT = '("copied rows", "honest", "own predictions", "chosen columns", "honest", "same rows")'
VERDICTS = [
    (("honest", "honest", "honest", "honest", "honest", "honest"), "trusts_every_split", "'I did use a test set'",
     "All six have a test half, and four still find something in noise. A split protects only what happens after it."),
    (("honest", "honest", "own predictions", "chosen columns", "honest", "same rows"), "does_not_see_the_twins", "measured: oversampling before the split gives 0.8 on noise",
     "A draws with repetition *before* it splits: many of its test rows have an identical twin in the training half."),
    (("copied rows", "honest", "own predictions", "honest", "honest", "same rows"), "forgives_the_choice_of_columns", "Ambroise and McLachlan 2002: selection bias in published studies",
     "D trains on the first half only, but its 20 columns were chosen with the labels of both halves."),
    (("copied rows", "honest", "own predictions", "chosen columns", "chosen columns", "same rows"), "suspects_every_choice_of_columns", "selection inside the training half is sound",
     "E chooses columns as well, but inside its training half: the labels of the test rows were not used."),
    (("copied rows", "honest", "own predictions", "honest", "chosen columns", "same rows"), "takes_d_for_e", "the two selections mixed up",
     "You have D and E the wrong way round: which of the two chooses with the labels of all rows?"),
    (("copied rows", "scaled", "own predictions", "chosen columns", "honest", "same rows"), "suspects_the_scaling", "standardising all rows at once would be a leak",
     "B standardises its test rows, but with mean and deviation of the training half. That is how it should be."),
    (("copied rows", "honest", "same rows", "chosen columns", "honest", "same rows"), "takes_predictions_for_training_rows", "two different ways to an area of exactly 1",
     "C is trained on the first half only. Look at what its scores are compared with."),
    (("copied rows", "honest", "honest", "chosen columns", "honest", "same rows"), "does_not_see_the_own_predictions", "facts: positives counted from the argmax",
     "C looks honest up to its last lines: there the labels of the test rows are replaced by what the model says."),
    (("copied rows", "honest", "own predictions", "chosen columns", "honest", "honest"), "does_not_see_the_training_rows", "training AUC of exactly 1 for all seven classes",
     "F trains on all rows, so its test half is no test: the split comes too late."),
    (("same rows", "honest", "own predictions", "chosen columns", "honest", "same rows"), "calls_twins_the_same_rows", "the split does separate the positions",
     "In A no *position* is in both halves. What is in both are copies: there is a word for it in the list."),
    (("copied rows", "honest", "own predictions", "same rows", "honest", "same rows"), "takes_a_choice_for_training", "the model itself never saw the test rows",
     "D's weights are trained on the first half only. What has seen the second half is its choice of columns."),
]  # fmt: skip
for verdicts, idea, origin, words in VERDICTS:
    misconception_by_edit("find_the_leak", idea, old=RIGHT, new=repr(verdicts), message=words, source=origin)
