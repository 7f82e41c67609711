"""Hidden checks of 10_masked_f1."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    expect_raises,
    expect_words,
    misconception,
    misconception_by_edit,
)

NEEDS = {"iou_gated_counts": ["masked_counts"], "averaged_f1": ["masked_counts", "precision_recall_f1"]}


def epoch(rng, B, T, K, real=0.6):
    """Labels, predictions and a mask with holes; the padding is full of ones, more than the real steps."""
    mask = (rng.random((B, T)) < real).astype(int)
    y_true = (rng.random((B, T, K)) < np.where(mask, 0.35, 0.7)[:, :, None]).astype(int)
    y_pred = np.where(rng.random((B, T, K)) < 0.25, 1 - y_true, y_true)
    y_pred[rng.random((B, T, K)) < 0.2] = 1
    return y_true, y_pred, mask


def padded_at_the_end(rng, B, T, K):
    """The usual form: lengths that differ, real steps first."""
    y_true, y_pred, _ = epoch(rng, B, T, K)
    return y_true, y_pred, (np.arange(T) < rng.integers(1, T, size=B)[:, None]).astype(int)


def overlaps(rng, shape):
    """Overlaps from 0 to 1 on a coarse grid, so that many stand exactly at a threshold."""
    return rng.integers(0, 9, size=shape) / 8


def counts_of(value):
    """The four counts as numbers."""
    expect_parts(value, 4, "The result must be a tuple of four counts: tp, fp, tn, fn.")
    return [float(expect_array(v, (), name)) for v, name in zip(value, ("tp", "fp", "tn", "fn"), strict=True)]


# --- masked_counts --------------------------------------------------------------------------------------------------


@exercise("masked_counts", weight=0)
def test_counts_are_four_numbers(learner, rng):
    """`masked_counts` must return four numbers, tp, fp, tn, fn, each summed over sequences, steps and objects."""
    counts_of(learner.masked_counts(*padded_at_the_end(rng, 3, 5, 4)))


@exercise("masked_counts", weight=4)
def test_counts_with_padding_at_the_end(learner, reference, rng):
    """Each real cell is in exactly one count, by its own label and prediction, and padded cells are in none; there may be thousands."""
    sizes = (4, 6, 5), (7, 3, 9), (40, 60, 12)
    agree(learner, reference, "masked_counts", [padded_at_the_end(rng, *s) for s in sizes])


@exercise("masked_counts", weight=2)
def test_counts_with_real_steps_anywhere(learner, reference, rng):
    """The mask alone says which steps are real: they may stand at the end of a sequence, or have gaps between them."""
    front = np.array([[0, 0, 1, 1, 1], [0, 1, 1, 1, 1], [1, 0, 1, 0, 1]])
    y_true, y_pred, _ = epoch(rng, 3, 5, 7)
    agree(learner, reference, "masked_counts", [(y_true, y_pred, front), epoch(rng, 6, 4, 3)])


@exercise("masked_counts", weight=1)
def test_books_balance(learner, rng):
    """Over the real steps, the four counts add up to all cells, tp + fp to the predictions, tp + fn to the labels."""
    y_true, y_pred, mask = epoch(rng, 5, 8, 3)
    tp, fp, tn, fn = counts_of(learner.masked_counts(y_true, y_pred, mask))
    real = mask == 1
    expect_close(
        [tp + fp + tn + fn, tp + fp, tp + fn], [3 * mask.sum(), y_pred[real].sum(), y_true[real].sum()]
    )


@exercise("masked_counts", weight=1)
def test_counts_do_not_feel_the_padding(learner, rng):
    """Other zeros and ones in the padded steps, or more padded steps, must change nothing."""
    y_true, y_pred, mask = padded_at_the_end(rng, 4, 5, 6)
    junk = np.where(mask[:, :, None] == 1, y_true, 1 - y_true), np.where(mask[:, :, None] == 1, y_pred, 1)
    longer = [np.concatenate([a, np.ones((4, 3, 6), dtype=int)], axis=1) for a in (y_true, y_pred)]
    cases = [(y_true, y_pred, mask), (*junk, mask), (*longer, np.pad(mask, [(0, 0), (0, 3)]))]
    plain, *others = [counts_of(value) for value in learner.map("masked_counts", cases)]
    expect(plain[0] > 1 and len(set(plain)) > 1, "Here the four counts are far from equal.")
    for other in others:
        expect_close(other, plain)


@exercise("masked_counts", weight=1)
def test_counts_at_the_edges(learner, reference, rng):
    """No padding, one sequence, one step, one object, a silent model, a model that names everything: the same rule holds."""
    y_true, y_pred, mask = padded_at_the_end(rng, 3, 4, 5)
    cases = [
        (y_true, y_pred, np.ones((3, 4), dtype=int)),
        (y_true, 0 * y_pred, mask),
        (y_true, 0 * y_pred + 1, mask),
    ]
    cases += [(0 * y_true, y_pred, mask), (0 * y_true + 1, y_pred, mask), (y_true, y_pred, 0 * mask)]
    cases += [epoch(rng, *shape, real=0.9) for shape in ((1, 9, 4), (6, 1, 3), (5, 4, 1), (4, 4, 4))]
    agree(learner, reference, "masked_counts", cases)


@misconception(
    "masked_counts",
    "The mask does not reach your counts: padded cells are counted like real ones.",
    source="measured: with no mask at all the F1 of the lesson's epoch falls from .72 to .67",
)
def ignores_the_mask(y_true, y_pred, mask):
    t, p = y_true == 1, y_pred == 1
    return np.sum(t & p), np.sum(~t & p), np.sum(~t & ~p), np.sum(t & ~p)


@misconception(
    "masked_counts",
    "You multiply labels and predictions by the mask, and then every padded cell looks like a TN. Take these cells out of TN.",
    source="facts: after the multiplication padding becomes TN only; accuracy .9812 becomes .9880",
)
def counts_padding_as_true_negatives(y_true, y_pred, mask):
    t, p = y_true * mask[:, :, None], y_pred * mask[:, :, None]
    return np.sum(t * p), np.sum((1 - t) * p), np.sum((1 - t) * (1 - p)), np.sum(t * (1 - p))


@misconception(
    "masked_counts",
    "You take the padded *steps* off TN. Each padded step holds K cells: expand the mask to the objects before you count it.",
    source="facts: the count is right in document 000, and 51 instead of 6,528 with the mask that is not expanded",
)
def takes_off_steps_not_cells(y_true, y_pred, mask):
    t, p = y_true * mask[:, :, None], y_pred * mask[:, :, None]
    tn = np.sum((1 - t) * (1 - p)) - np.sum(mask == 0)
    return np.sum(t * p), np.sum((1 - t) * p), tn, np.sum(t * (1 - p))


@misconception(
    "masked_counts",
    "You mask the predictions only. Labels in the padding become misses, or silences: mask both, or select the real steps first.",
    source="facts: masks only the predictions, so that labels in the padding become FN",
)
def masks_only_the_predictions(y_true, y_pred, mask):
    t, p = y_true, y_pred * mask[:, :, None]
    return np.sum(t * p), np.sum((1 - t) * p), np.sum((1 - t) * (1 - p)), np.sum(t * (1 - p))


@misconception(
    "masked_counts",
    "You mask the labels only. What the model says in the padding becomes false alarms: mask both, or select the real steps first.",
    source="the loss is masked by its targets in many training loops, and the metric copied from it",
)
def masks_only_the_labels(y_true, y_pred, mask):
    t, p = y_true * mask[:, :, None], y_pred
    return np.sum(t * p), np.sum((1 - t) * p), np.sum((1 - t) * (1 - p)), np.sum(t * (1 - p))


@misconception(
    "masked_counts",
    "Your fp and fn are swapped. A false positive was predicted and is not there; a false negative is there and was not predicted.",
    source="labels and predictions in the wrong order, as in the call of document 000",
)
def swaps_false_alarms_and_misses(y_true, y_pred, mask):
    t, p = y_true[mask == 1], y_pred[mask == 1]
    return np.sum(t * p), np.sum(t * (1 - p)), np.sum((1 - t) * (1 - p)), np.sum((1 - t) * p)


@misconception(
    "masked_counts",
    "You index with the int mask. NumPy then takes the sequences 0 and 1 over and over; an index that selects has to be boolean: `mask == 1`.",
    source="NumPy: integer arrays index by position, boolean ones select",
)
def indexes_with_an_integer_mask(y_true, y_pred, mask):
    t, p = y_true[mask], y_pred[mask]
    return np.sum(t * p), np.sum((1 - t) * p), np.sum((1 - t) * (1 - p)), np.sum(t * (1 - p))


@misconception(
    "masked_counts",
    "You use `~` on ints. It turns 1 into -2 and 0 into -1; write `1 - y`, or make the arrays boolean first.",
    source="NumPy: `~` is the bitwise not; the same slip in another library is named in the facts",
)
def negates_integers_bitwise(y_true, y_pred, mask):
    t, p = y_true[mask == 1], y_pred[mask == 1]
    return np.sum(t & p), np.sum(~t & p), np.sum(~t & ~p), np.sum(t & ~p)


@misconception(
    "masked_counts",
    "You use `~` on ints and multiply. It turns 1 into -2 and 0 into -1, and a product of them counts nothing; write `1 - y`.",
    source="NumPy: `~` is the bitwise not; the same slip in another library is named in the facts",
)
def multiplies_bitwise_negations(y_true, y_pred, mask):
    m, t, p = mask[:, :, None], y_true, y_pred
    return np.sum(m * t * p), np.sum(m * ~t * p), np.sum(m * ~t * ~p), np.sum(m * t * ~p)


@misconception(
    "masked_counts",
    "You read the mask the other way round. Here 1 marks a real step and 0 the padding.",
    source="libraries differ: PyTorch's key_padding_mask marks the padding with True",
)
def reads_the_mask_the_other_way(y_true, y_pred, mask):
    t, p = y_true[mask == 0], y_pred[mask == 0]
    return np.sum(t * p), np.sum((1 - t) * p), np.sum((1 - t) * (1 - p)), np.sum(t * (1 - p))


@misconception(
    "masked_counts",
    "Your counts come in scikit-learn's order, tn, fp, fn, tp. Here it is tp, fp, tn, fn.",
    source="confusion_matrix(...).ravel() of scikit-learn",
)
def returns_the_order_of_a_confusion_matrix(y_true, y_pred, mask):
    t, p = y_true[mask == 1], y_pred[mask == 1]
    return np.sum((1 - t) * (1 - p)), np.sum((1 - t) * p), np.sum(t * (1 - p)), np.sum(t * p)


@misconception(
    "masked_counts",
    "You turn the mask into lengths and cut each sequence there. Real steps may stand anywhere: use the mask itself.",
    source="packing by lengths, the usual shortcut, wrong for sequences padded in front",
)
def assumes_padding_at_the_end(y_true, y_pred, mask):
    real = np.arange(mask.shape[1]) < mask.sum(axis=1)[:, None]
    t, p = y_true[real], y_pred[real]
    return np.sum(t * p), np.sum((1 - t) * p), np.sum((1 - t) * (1 - p)), np.sum(t * (1 - p))


@misconception(
    "masked_counts",
    "Your tp holds every cell in which label and prediction agree, the empty ones too. A hit needs a 1 in both.",
    source="agreement taken for a hit",
)
def counts_agreement_as_hits(y_true, y_pred, mask):
    t, p = y_true[mask == 1], y_pred[mask == 1]
    return np.sum(t == p), np.sum((1 - t) * p), np.sum((1 - t) * (1 - p)), np.sum(t * (1 - p))


@misconception(
    "masked_counts",
    "Your fp holds every difference, misses included. A false alarm has prediction 1 and label 0.",
    source="candidate E of the lesson: the absolute difference taken for a false alarm",
)
def counts_every_difference_as_a_false_alarm(y_true, y_pred, mask):
    t, p = y_true[mask == 1], y_pred[mask == 1]
    return np.sum(t * p), np.sum(t != p), np.sum((1 - t) * (1 - p)), np.sum(t * (1 - p))


# --- precision_recall_f1 --------------------------------------------------------------------------------------------


@exercise("precision_recall_f1", weight=0)
def test_ratios_are_three_numbers(learner):
    """`precision_recall_f1` must return three numbers: precision, recall, f1."""
    result = learner.precision_recall_f1(7, 3, 5)
    expect_parts(result, 3, "The result must be a tuple of three.")
    for value, name in zip(result, ("precision", "recall", "f1"), strict=True):
        expect_array(value, (), name)


def some_counts(rng):
    return [tuple(int(n) for n in rng.integers(1, 60, size=3) * (1, 3, 7)) for _ in range(4)]


@exercise("precision_recall_f1", weight=2)
def test_precision_and_recall_values(learner, reference, rng):
    """Precision divides the hits by what was named, tp + fp; recall divides them by what was there, tp + fn."""
    cases = some_counts(rng)
    agree(learner, reference, "precision_recall_f1", cases, part=slice(2))


@exercise("precision_recall_f1", weight=2)
def test_f1_values(learner, reference, rng):
    """F1 is the harmonic mean of precision and recall."""
    cases = [*some_counts(rng), (9, 0, 0), (12.0, 4.0, 8.0), (1, 80, 2), (1, 2, 80)]
    agree(learner, reference, "precision_recall_f1", cases, part=2)


@exercise("precision_recall_f1", weight=2)
def test_ratios_without_a_hit(learner, rng):
    """Where a denominator is 0 the ratio is 0, without nan or an error; a perfect model must still get ones."""
    fp, fn = (int(n) for n in rng.integers(1, 50, size=2))
    cases = [(0, fp, fn), (0, 0, fn), (0, fp, 0), (0, 0, 0), (0.0, 0.0, 0.0)]
    perfect, *rest = learner.map("precision_recall_f1", [(fp, 0, 0), *cases])
    expect_close(perfect, (1.0, 1.0, 1.0))
    for result in rest:
        expect_close(result, (0.0, 0.0, 0.0))


@exercise("precision_recall_f1", weight=1)
def test_ratios_of_small_and_large_counts(learner, reference, rng):
    """One hit among millions of cells has small but exact ratios: nothing is added, nothing is rounded."""
    many = int(rng.integers(2_000_000, 9_000_000))
    cases = [(1, many, many // 2), (1, many, 3), (many, 1, 2), (many, many, 7)]
    cases += [(1, 0, 0), (1, 0, 5), (1, 5, 0), (0.5, 0.0, 0.25)]
    agree(learner, reference, "precision_recall_f1", cases, atol=1e-15)


@misconception(
    "precision_recall_f1",
    "Your precision and recall are swapped: precision looks at what was named, tp + fp, recall at what was there, tp + fn.",
    source="the two denominators mixed up, a classic",
)
def swaps_precision_and_recall(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    return recall, precision, 2 * tp / (2 * tp + fp + fn) if tp > 0 else 0.0


@misconception(
    "precision_recall_f1",
    "Your f1 is the arithmetic mean. A model that names everything would get more than a half: take the harmonic mean.",
    source="van Rijsbergen's reason for the harmonic mean",
)
def takes_the_arithmetic_mean(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    return precision, recall, (precision + recall) / 2


@misconception(
    "precision_recall_f1",
    "Your f1 is the geometric mean of precision and recall. That is another index; F1 is the harmonic mean.",
    source="the Fowlkes-Mallows index",
)
def takes_the_geometric_mean(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    return precision, recall, (precision * recall) ** 0.5


@misconception(
    "precision_recall_f1",
    "Your f1 is tp / (tp + fp + fn), the overlap of two sets. In F1 the hits count twice, above and below.",
    source="facts: the identity F1 = 2J/(1+J), with J taken for F1",
)
def returns_the_overlap(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    return precision, recall, tp / (tp + fp + fn) if tp > 0 else 0.0


@misconception(
    "precision_recall_f1",
    "The factor 2 of the harmonic mean is missing: a perfect model must have f1 = 1.",
    source="P R / (P + R) without the 2, in learners' public code",
)
def forgets_the_factor_two(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    return precision, recall, precision * recall / (precision + recall) if tp > 0 else 0.0


@misconception(
    "precision_recall_f1",
    "0/0 became nan. NumPy's division goes on with nan where Python's stops: ask whether the denominator is 0 before you divide.",
    source="document 000: F1 divides by P + R without a guard; facts: F1 0/0 becomes nan",
)
def lets_nan_through(tp, fp, fn):
    with np.errstate(all="ignore"):
        precision, recall = np.divide(tp, tp + fp), np.divide(tp, tp + fn)
        return precision, recall, np.divide(2 * precision * recall, precision + recall)


@misconception(
    "precision_recall_f1",
    "You guard precision and recall, but f1 is 0/0 as well when both are 0.",
    source="document 000: two of the three divisions are guarded",
)
def guards_two_of_three(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    with np.errstate(all="ignore"):
        return precision, recall, np.divide(2 * precision * recall, precision + recall)


@misconception(
    "precision_recall_f1",
    "You return zeros as soon as any count is 0. Without false alarms precision is 1, without misses recall is 1: ask about the denominators.",
    source="a guard against the counts instead of the denominators",
)
def gives_up_at_any_zero(tp, fp, fn):
    if tp == 0 or fp == 0 or fn == 0:
        return 0.0, 0.0, 0.0
    return tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn)


@misconception(
    "precision_recall_f1",
    "You take 0/0 as 1, 'nothing to do, so all is well'. That is a known convention; this exercise asks for 0.",
    source="zero_division=1 of scikit-learn",
)
def takes_nothing_as_perfect(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp > 0 else 1.0
    recall = tp / (tp + fn) if tp + fn > 0 else 1.0
    return precision, recall, 2 * tp / (2 * tp + fp + fn) if tp + fp + fn > 0 else 1.0


@misconception(
    "precision_recall_f1",
    "You add a small number to the denominators. It shifts every result, and small ratios visibly: ask for 0 instead.",
    source="the 1e-7 of Keras' epsilon, found in many published F1 metrics",
)
def adds_a_small_number(tp, fp, fn):
    precision, recall = tp / (tp + fp + 1e-7), tp / (tp + fn + 1e-7)
    return precision, recall, 2 * precision * recall / (precision + recall + 1e-7)


@misconception(
    "precision_recall_f1",
    "You round the results. Round when you print, not before: small ratios become 0.",
    source="rounding inside the metric, in learners' public code",
)
def rounds_the_results(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    return round(precision, 4), round(recall, 4), round(2 * tp / (2 * tp + fp + fn) if tp > 0 else 0.0, 4)


# --- predict_the_padding --------------------------------------------------------------------------------------------


@exercise("predict_the_padding", weight=0)
def test_padding_has_five_words(learner):
    """`predict_the_padding` must return five words, each one of "rises", "falls", "same"."""
    expect_words(learner.predict_the_padding(), 5, ("rises", "falls", "same"))


declare_answer_checks(
    globals(),
    "predict_the_padding",
    test_padding_and_masked_f1="A: which of the four boxes of `masked_counts` can a padded cell fall into?",
    test_padding_and_multiplied_f1="B: after the multiplication each padded cell is a TN. Which boxes does F1 depend on?",
    test_padding_and_multiplied_accuracy="C: after the multiplication each padded cell is a TN. What is a TN to accuracy?",
    test_padding_and_unmasked_f1="D: in the padding all labels are 0 and the model names something now and then. Which box grows?",
    test_padding_and_unmasked_recall="E: recall depends on two boxes. Can a cell with label 0 fall into one of them?",
)


@misconception(
    "predict_the_padding",
    "You took padding for harmless altogether. Accuracy counts its TNs as successes, and without a mask it brings false alarms.",
    source="'it runs, and F1 looks plausible', the starting point of document 000",
)
def takes_padding_for_harmless():
    return ("same", "same", "same", "same", "same")


@misconception(
    "predict_the_padding",
    "All is right but E. Recall divides hits by what was there, and where the label is 0 nothing is there.",
    source="false alarms taken to lower recall",
)
def lets_recall_fall():
    return ("same", "same", "rises", "falls", "falls")


@misconception(
    "predict_the_padding",
    "All is right but B. The TNs do pile up there, but F1 depends on TP, FP and FN only.",
    source="facts: padding becomes TN only, so that P, R and F1 are unaffected; often not believed",
)
def lets_true_negatives_lift_f1():
    return ("same", "rises", "rises", "falls", "same")


@misconception(
    "predict_the_padding",
    "All is right but C. It multiplies by the mask, as B does, but accuracy counts every padded cell as a success.",
    source="facts: accuracy .9812 becomes .9880 when padded cells stay in TN",
)
def trusts_the_multiplication():
    return ("same", "same", "same", "falls", "same")


@misconception(
    "predict_the_padding",
    "Every number without a perfect mask seems suspect to you; two of them stay all the same. Ask which boxes a number depends on.",
    source="'anything unmasked is wrong', the opposite exaggeration",
)
def suspects_everything_unmasked():
    return ("same", "falls", "rises", "falls", "falls")


@misconception(
    "predict_the_padding",
    "You have the numbers without a mask rise. The model's words in the padding are false alarms there: no padded cell can be a hit.",
    source="easy zeros in the padding taken for successes in F1",
)
def lets_easy_zeros_lift_everything():
    return ("same", "same", "rises", "rises", "rises")


# --- iou_gated_counts -----------------------------------------------------------------------------------------------


def boxed(rng, B, T, K, threshold):
    y_true, y_pred, mask = epoch(rng, B, T, K)
    return y_true, y_pred, overlaps(rng, (B, T, K)), mask, threshold


@exercise("iou_gated_counts", weight=0)
def test_gated_counts_are_four_numbers(learner, rng):
    """`iou_gated_counts` must return four numbers: tp, fp, tn, fn."""
    counts_of(learner.iou_gated_counts(*boxed(rng, 3, 5, 4, 0.5)))


@exercise("iou_gated_counts", weight=3)
def test_gated_values(learner, reference, rng):
    """A hit whose overlap is below the threshold is no TP; it counts once as FP and once as FN, and TN stays as it was."""
    cases = []
    for threshold in (0.45, 0.7):
        y_true, y_pred, mask = epoch(rng, 4, 6, 5)
        cases.append((y_true, y_pred, rng.random((4, 6, 5)), mask, threshold))
    agree(learner, reference, "iou_gated_counts", cases)


@exercise("iou_gated_counts", weight=2)
def test_gated_books_balance(learner, rng):
    """In real steps, TP + FP must still be what was named and TP + FN what is there, however many hits fail."""
    y_true, y_pred, iou, mask, _ = boxed(rng, 5, 7, 3, 0.5)
    real = mask == 1
    for threshold in (0.3, 0.8):
        tp, fp, tn, fn = counts_of(learner.iou_gated_counts(y_true, y_pred, iou, mask, threshold))
        expect(tp == np.sum(((y_true + y_pred == 2) & (iou >= threshold))[real]), "tp itself is not right.")
        expect_close([tp + fp, tp + fn], [y_pred[real].sum(), y_true[real].sum()])
        expect(
            tn == np.sum((y_true + y_pred)[real] == 0),
            "tn is not right: a failed hit was named and is there.",
        )


@exercise("iou_gated_counts", weight=1)
def test_gated_at_exactly_the_threshold(learner, reference, rng):
    """A hit with an overlap of exactly the threshold still counts."""
    agree(learner, reference, "iou_gated_counts", [boxed(rng, 3, 4, 8, t) for t in (0.25, 0.5, 0.875)])


@exercise("iou_gated_counts", weight=1)
def test_gated_at_both_ends(learner, reference, rng):
    """At threshold 0 no hit fails; at threshold 1 only a perfect overlap counts."""
    agree(learner, reference, "iou_gated_counts", [boxed(rng, 4, 5, 6, t) for t in (0.0, 1.0, 0.0, 1.0)])


@exercise("iou_gated_counts", weight=1)
def test_gated_at_the_edges(learner, reference, rng):
    """One sequence, step or object, no padding, nothing but padding, a silent model: the same rule holds."""
    cases = [boxed(rng, *shape, 0.6) for shape in ((1, 7, 5), (6, 1, 4), (4, 6, 1))]
    y_true, y_pred, iou, mask, _ = boxed(rng, 3, 4, 5, 0.5)
    cases += [(y_true, y_pred, iou, m, 0.5) for m in (mask, 0 * mask, 0 * mask + 1)]
    cases += [(y_true, 0 * y_pred, iou, mask, 0.5), (0 * y_true, y_pred, iou, mask, 0.5)]
    agree(learner, reference, "iou_gated_counts", cases)


misconception_by_edit(
    "iou_gated_counts",
    "drops_failed_hits",
    old="tp, fp, fn = good, fp + failed, fn + failed",
    new="tp = good",
    message="Your failed hits are in no count at all. Each was named, so it is a FP, and its object is there, so it is a FN as well.",
    source="document 000: TP with the overlap, the other three without; 54 cells vanish there",
)

misconception_by_edit(
    "iou_gated_counts",
    "fails_only_as_false_alarm",
    old="tp, fp, fn = good, fp + failed, fn + failed",
    new="tp, fp = good, fp + failed",
    message="A failed hit is a FP in your counts, but not a FN. The object is there and no box matches it: count the miss, too.",
    source="half of the detection convention",
)

misconception_by_edit(
    "iou_gated_counts",
    "fails_only_as_miss",
    old="tp, fp, fn = good, fp + failed, fn + failed",
    new="tp, fn = good, fn + failed",
    message="A failed hit is a FN in your counts, but not a FP. The model did name something there: count the false alarm, too.",
    source="the other half of the detection convention",
)

misconception_by_edit(
    "iou_gated_counts",
    "fails_as_true_negative",
    old="tp, fp, fn = good, fp + failed, fn + failed",
    new="tp, tn = good, tn + failed",
    message="Your failed hits become TNs. A TN is a silence where nothing is; here something is, and something was said.",
    source="balancing the first sum alone",
)

misconception_by_edit(
    "iou_gated_counts",
    "takes_failures_off_the_silences",
    old="tp, fp, fn = good, fp + failed, fn + failed",
    new="tp, fp, tn, fn = good, fp + failed, tn - failed, fn + failed",
    message="You take the failed hits off TN, so that the sum of the four stays. They never were TNs; the sum is larger by one for each failed hit.",
    source="facts: the sum over real cells, held on to where it no longer applies",
)

misconception_by_edit(
    "iou_gated_counts",
    "fails_at_exactly_the_threshold",
    old="iou >= threshold",
    new="iou > threshold",
    message="A hit with an overlap of exactly the threshold counts: at least, not more than.",
    source="PASCAL VOC asks for more than 50 %, document 000 for at least 0.5",
)

misconception_by_edit(
    "iou_gated_counts",
    "keeps_the_wrong_side",
    old="iou >= threshold",
    new="iou < threshold",
    message="You keep the hits that overlap too little. A hit counts when its overlap reaches the threshold.",
    source="the comparison turned round, as for a distance",
)

misconception_by_edit(
    "iou_gated_counts",
    "ignores_the_threshold",
    old="iou >= threshold",
    new="iou >= 0.5",
    message="Your threshold is fixed at 0.5. Use the argument.",
    source="document 000 writes the 0.5 into the program",
)


@misconception(
    "iou_gated_counts",
    "You strike out every prediction with a low overlap before you count. That turns failed hits into plain misses, and it also removes "
    "false alarms, for which the overlap means nothing.",
    source="filtering predictions by overlap first, seen in detection code",
)
def filters_all_predictions(y_true, y_pred, iou, mask, threshold):
    return masked_counts(y_true, y_pred * (iou >= threshold), mask)  # noqa: F821


@misconception(
    "iou_gated_counts",
    "You also count the failed hits of the padding. Multiply by the mask, or count them in the real steps only.",
    source="the mask forgotten in the one new line",
)
def counts_failures_in_the_padding(y_true, y_pred, iou, mask, threshold):
    tp, fp, tn, fn = masked_counts(y_true, y_pred, mask)  # noqa: F821
    failed = np.sum(y_true * y_pred * (iou < threshold))
    return tp - failed, fp + failed, tn, fn + failed


@misconception(
    "iou_gated_counts",
    "You count every real cell with a low overlap as a failed hit. Only hits can fail: label and prediction are both 1.",
    source="the overlap read where it means nothing",
)
def fails_cells_that_are_no_hits(y_true, y_pred, iou, mask, threshold):
    tp, fp, tn, fn = masked_counts(y_true, y_pred, mask)  # noqa: F821
    failed = np.sum((iou < threshold)[mask == 1])
    return tp - failed, fp + failed, tn, fn + failed


@misconception(
    "iou_gated_counts",
    "You leave the overlap out: these are the counts without boxes.",
    source="the gate forgotten",
)
def leaves_the_overlap_out(y_true, y_pred, iou, mask, threshold):
    return masked_counts(y_true, y_pred, mask)  # noqa: F821


# --- averaged_f1 ----------------------------------------------------------------------------------------------------

KINDS = ("micro", "macro", "samples")


def uneven(rng, B, T, K):
    """Frequent and rare objects, one that never occurs and is never named, and real steps in which nothing happens."""
    y_true, y_pred, mask = epoch(rng, B, T, K)
    y_true[:, :, -2:] *= (rng.random((B, T, 2)) < 0.4).astype(int)
    quiet = rng.permutation(np.argwhere(mask == 1))[:3]
    for a in (y_true, y_pred):
        a[tuple(quiet.T)] = 0
        a[mask == 1, 0] = 0  # the padding still has ones there
    return y_true, y_pred, mask


@exercise("averaged_f1", weight=0)
def test_average_is_a_number(learner, rng):
    """`averaged_f1` must return one finite number for each of "micro", "macro", "samples"."""
    case = epoch(rng, 3, 5, 4)
    for result in learner.map("averaged_f1", [(*case, kind) for kind in KINDS]):
        expect_array(result, (), "the average")


def averages_agree(learner, reference, rng, kind, shapes=((4, 7, 5), (6, 5, 3))):
    cases = [(*epoch(rng, *shape), kind) for shape in shapes]
    agree(learner, reference, "averaged_f1", cases)


@exercise("averaged_f1", weight=2)
def test_micro_values(learner, reference, rng):
    """ "micro": count over all real cells of all sequences, and divide once."""
    averages_agree(learner, reference, rng, "micro")


@exercise("averaged_f1", weight=2)
def test_macro_values(learner, reference, rng):
    """ "macro": one F1 for each object, counted over all real steps of all sequences, then the mean over the objects."""
    averages_agree(learner, reference, rng, "macro")


@exercise("averaged_f1", weight=2)
def test_samples_values(learner, reference, rng):
    """ "samples": one F1 for each real step, counted over its objects, then the mean over the real steps."""
    averages_agree(learner, reference, rng, "samples")


@exercise("averaged_f1", weight=2)
def test_averages_where_nothing_happens(learner, reference, rng):
    """An object that never occurs and is never named, and a real step that is empty and silent, stay in the mean with 0."""
    case = uneven(rng, 5, 6, 7)
    agree(learner, reference, "averaged_f1", [(*case, kind) for kind in KINDS])


@exercise("averaged_f1", weight=1)
def test_averages_do_not_feel_the_padding(learner, rng):
    """Other values in the padded steps, more padded steps, or the sequences in another order must change nothing."""
    y_true, y_pred, mask = uneven(rng, 4, 6, 5)
    mask[[0, 1], [0, 1]] = 1  # two real steps, a hit and a confusion: no average is 0 or 1
    y_true[0, 0, 1] = y_pred[0, 0, 1] = 1
    y_true[1, 1], y_pred[1, 1] = [0, 1, 0, 0, 0], [0, 0, 1, 0, 0]
    junk = np.where(mask[:, :, None] == 1, y_true, 1 - y_true), np.where(mask[:, :, None] == 1, y_pred, 1)
    longer = [np.concatenate([a, np.ones((4, 2, 5), dtype=int)], axis=1) for a in (y_true, y_pred)]
    order = np.roll(np.arange(4), 1)
    versions = [(y_true, y_pred, mask), (*junk, mask), (*longer, np.pad(mask, [(0, 0), (0, 2)]))]
    versions.append((y_true[order], y_pred[order], mask[order]))
    for kind in KINDS:
        plain, *others = learner.map("averaged_f1", [(*version, kind) for version in versions])
        expect(0 < float(expect_array(plain, ())) < 1, "Here F1 lies strictly between 0 and 1.")
        for other in others:
            expect_close(other, plain)


@exercise("averaged_f1", weight=1)
def test_averages_at_the_edges(learner, reference, rng):
    """No padding, one sequence, step or object, a silent model, a perfect one, no real step at all: the same rule holds.
    Any other `average` raises ValueError."""
    y_true, y_pred, mask = epoch(rng, 3, 4, 5)
    cases = [
        (y_true, y_pred, 0 * mask + 1),
        (y_true, 0 * y_pred, mask),
        (y_true, y_true, mask),
        (y_true, y_pred, 0 * mask),
    ]
    cases += [epoch(rng, *shape, real=0.9) for shape in ((1, 8, 4), (7, 1, 3), (5, 6, 1))]
    agree(learner, reference, "averaged_f1", [(*case, kind) for case in cases for kind in KINDS])
    for unknown in ("weighted", "Micro"):
        with expect_raises(ValueError):
            learner.averaged_f1(*cases[0], unknown)


misconception_by_edit(
    "averaged_f1",
    "swaps_micro_and_macro",
    old='{"micro": None, "macro": 0, "samples": 1}',
    new='{"micro": 0, "macro": None, "samples": 1}',
    message="Your micro and macro are swapped. Micro puts all cells into one pot; macro gives every object a vote.",
    source="facts: macro and micro swapped",
)

misconception_by_edit(
    "averaged_f1",
    "swaps_macro_and_samples",
    old='{"micro": None, "macro": 0, "samples": 1}',
    new='{"micro": None, "macro": 1, "samples": 0}',
    message="Your macro and samples are swapped. Macro means one F1 per object, samples one per real step: look at the axis.",
    source="axis mistakes in learners' public repositories",
)

misconception_by_edit(
    "averaged_f1",
    "leaves_out_what_never_happens",
    old="float(each.mean()) if each.size > 0 else 0.0",
    new="float(each[total > 0].mean()) if np.any(total > 0) else 0.0",
    message="You leave objects or steps with 0/0 out of the mean. By the convention here they stay in it, with 0.",
    source="np.nanmean over the ratios; scikit-learn's zero_division=nan does the same",
)

misconception_by_edit(
    "averaged_f1",
    "counts_nothing_as_perfect",
    old="out=np.zeros(np.shape(total))",
    new="out=np.ones(np.shape(total))",
    message="An object or step with 0/0 counts 1 in your mean. By the convention here it counts 0.",
    source="zero_division=1 of scikit-learn",
)

misconception_by_edit(
    "averaged_f1",
    "ignores_the_mask",
    old="is_real = mask.astype(bool)",
    new="is_real = np.ones_like(mask, dtype=bool)",
    message="The mask does not reach your averages: padded steps are counted like real ones.",
    source="measured: with no mask at all the F1 of the lesson's epoch falls from .72 to .67",
)

misconception_by_edit(
    "averaged_f1",
    "indexes_with_an_integer_mask",
    old="is_real = mask.astype(bool)",
    new="is_real = mask",
    message="You index with the int mask. NumPy then takes the sequences 0 and 1 over and over; an index that selects has to be boolean: `mask == 1`.",
    source="NumPy: integer arrays index by position, boolean ones select",
)

misconception_by_edit(
    "averaged_f1",
    "forgets_the_factor_two",
    old="np.divide(twice_tp, total,",
    new="np.divide(twice_tp / 2, total,",
    message="Every F1 is half of what it should be: in F1 the hits count twice, above and below.",
    source="the 2 of 2 TP / (2 TP + FP + FN) forgotten above the line",
)


@misconception(
    "averaged_f1",
    "Your macro is the F1 of the mean precision and the mean recall. Take an F1 for each object first, then the mean of the F1s.",
    source="Opitz and Burst 2019: two formulas called macro F1",
)
def takes_f1_of_the_means(y_true, y_pred, mask, average):
    t, p = y_true[mask == 1], y_pred[mask == 1]
    axis = {"micro": None, "macro": 0, "samples": 1}[average]
    tp, named, there = np.sum(t * p, axis=axis), np.sum(p, axis=axis), np.sum(t, axis=axis)
    if not np.size(tp):
        return 0.0
    if average != "macro":
        return float(np.mean(2 * tp / np.maximum(named + there, 1)))
    precision, recall = np.mean(tp / np.maximum(named, 1)), np.mean(tp / np.maximum(there, 1))
    return float(2 * precision * recall / (precision + recall)) if precision + recall > 0 else 0.0


@misconception(
    "averaged_f1",
    "Your samples average also gives padded steps a vote, of 0. Only the real steps vote: divide by their number.",
    source="masked by multiplication, averaged over all B times T steps",
)
def gives_padded_steps_a_vote(y_true, y_pred, mask, average):
    t, p = y_true * mask[:, :, None], y_pred * mask[:, :, None]
    axis = {"micro": None, "macro": (0, 1), "samples": 2}[average]
    tp, both = np.sum(t * p, axis=axis), np.sum(t + p, axis=axis)
    return float(np.mean(2 * tp / np.maximum(both, 1)))


@misconception(
    "averaged_f1",
    "Your samples average has one F1 per sequence. A sample here is one real step.",
    source="facts: the mean of per-sequence F1, .7160 where samples gives .6764",
)
def takes_sequences_for_samples(y_true, y_pred, mask, average):
    t, p = y_true * mask[:, :, None], y_pred * mask[:, :, None]
    axis = {"micro": None, "macro": (0, 1), "samples": (1, 2)}[average]
    tp, both = np.sum(t * p, axis=axis), np.sum(t + p, axis=axis)
    return float(np.mean(2 * tp / np.maximum(both, 1)))


@misconception(
    "averaged_f1",
    "Your micro is a mean of one F1 per sequence. Micro adds the counts of all sequences and divides once.",
    source="facts: mean of batch F1 instead of pooled counts",
)
def takes_the_mean_over_sequences_for_micro(y_true, y_pred, mask, average):
    t, p = y_true * mask[:, :, None], y_pred * mask[:, :, None]
    axis = {"micro": (1, 2), "macro": (0, 1), "samples": 2}[average]
    tp, both = np.sum(t * p, axis=axis), np.sum(t + p, axis=axis)
    each = 2 * tp / np.maximum(both, 1)
    each = each[mask == 1] if average == "samples" else each
    return float(np.mean(each)) if each.size else 0.0


@misconception(
    "averaged_f1",
    "Your micro is the accuracy. The two agree when each example has exactly one class; here TNs are most of accuracy and none of F1.",
    source="'micro F1 equals accuracy', true for single labels only",
)
def takes_accuracy_for_micro(y_true, y_pred, mask, average):
    t, p = y_true[mask == 1], y_pred[mask == 1]
    if average == "micro":
        return float(np.mean(t == p)) if t.size else 0.0
    axis = {"macro": 0, "samples": 1}[average]
    tp, both = np.sum(t * p, axis=axis), np.sum(t + p, axis=axis)
    return float(np.mean(2 * tp / np.maximum(both, 1))) if tp.size else 0.0


@misconception(
    "averaged_f1",
    "Your macro weights each object by how often it occurs. That is the weighted average; macro gives each object the same vote.",
    source="facts: weighted .7101 beside macro .6454; scikit-learn's average='weighted'",
)
def weights_by_frequency(y_true, y_pred, mask, average):
    t, p = y_true[mask == 1], y_pred[mask == 1]
    axis = {"micro": None, "macro": 0, "samples": 1}[average]
    tp, both = np.sum(t * p, axis=axis), np.sum(t + p, axis=axis)
    each = 2 * tp / np.maximum(both, 1)
    if average == "macro":
        return float(each @ t.sum(axis=0) / max(t.sum(), 1))
    return float(np.mean(each)) if np.size(each) else 0.0


# --- find_the_bugs --------------------------------------------------------------------------------------------------


@exercise("find_the_bugs", weight=0)
def test_find_the_bugs_returns_five_verdicts(learner):
    """`find_the_bugs` must return five verdicts, each one of "right", "tp", "fp", "tn", "fn"."""
    expect_words(learner.find_the_bugs(), 5, ("right", "tp", "fp", "tn", "fn"))


declare_answer_checks(
    globals(),
    "find_the_bugs",
    test_find_the_bugs_candidate_a="The verdict on candidate A does not agree with the books: what does it take off, cells or steps?",
    test_find_the_bugs_candidate_b="The verdict on candidate B does not agree with the books: write down what the codes 0, 1, 2, 3 stand for.",
    test_find_the_bugs_candidate_c="The verdict on candidate C does not agree with the books: put ones among the labels in the padding, and look at each sum.",
    test_find_the_bugs_candidate_d="The verdict on candidate D does not agree with the books: compare all three sums at random labels and predictions.",
    test_find_the_bugs_candidate_e="The verdict on candidate E does not agree with the books: which of the three sums fail, and what have they in common?",
)


@misconception(
    "find_the_bugs",
    "You tested on the lesson's epoch only. Its labels in the padding are all 0, and that hides the bug of candidate C.",
    source="measured: on the lesson's epoch C agrees with the right ones in every count",
)
def trusts_the_epoch():
    return ("tn", "right", "right", "right", "fp")


@misconception(
    "find_the_bugs",
    "Not all five are right, although all five run and return plausible counts. Write down the three sums.",
    source="'it runs, so it is right'",
)
def believes_what_runs():
    return ("right", "right", "right", "right", "right")


@misconception(
    "find_the_bugs",
    "You looked at TP, FP and FN, which make the F1, and let TN pass. Candidate A breaks the first sum.",
    source="facts: padded steps instead of cells leave P, R and F1 as they are",
)
def forgets_the_first_sum():
    return ("right", "right", "fn", "right", "fp")


@misconception(
    "find_the_bugs",
    "You found the three bugs, and a fourth where there is none: D never multiplies label and prediction, but its counts are right.",
    source="unusual taken for wrong",
)
def distrusts_the_minimum():
    return ("tn", "right", "fn", "tp", "fp")


@misconception(
    "find_the_bugs",
    "You found the three bugs, and a fourth where there is none: B counts codes, but its counts are right. 2 stands for a miss.",
    source="unusual taken for wrong",
)
def distrusts_the_codes():
    return ("tn", "fn", "fn", "right", "fp")


@misconception(
    "find_the_bugs",
    "In candidate E you blamed the wrong count. The sums with FP in them fail; the one for the labels holds.",
    source="|p - t| read as the misses, as the sign of a difference suggests",
)
def blames_the_misses_in_e():
    return ("tn", "right", "fn", "right", "fn")
