"""Hidden checks of 11_generalised_dice."""

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
    numerical_gradient,
)

NEEDS = {
    "dice_from_scores": [
        "class_weights",
        "generalised_dice_loss",
        "generalised_dice_gradient",
        "softmax_backward",
    ]
}

RULES = ("inverse_square", "epsilon", "fixed", "uniform")


def labelled(rng, B, V, K, absent=()):
    """One-hot labels (B, V, K) in which every class occurs, except the pairs (volume, class) in ``absent``.

    The number of voxels of a class differs from class to class and from volume to volume.
    """
    volumes = []
    for b in range(B):
        classes = rng.permutation([k for k in range(K) if (b, k) not in absent])
        shares = np.arange(1, len(classes) + 1) ** 2.0
        extra = rng.choice(classes, V - len(classes), p=shares / shares.sum())
        volumes.append(rng.permutation(np.concatenate([classes, extra])))
    return np.eye(K)[np.array(volumes)]


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def batch(rng, B, V, K):
    """Labels, probabilities and weights in general position."""
    return (
        labelled(rng, B, V, K),
        softmax(1.5 * rng.normal(size=(B, V, K))),
        rng.uniform(0.1, 3.0, size=(B, K)),
    )


# --- dice_per_class -------------------------------------------------------------------------------------------------


@exercise("dice_per_class", weight=0)
def test_dice_has_one_number_per_class(learner, rng):
    """`dice_per_class` must return an array with one number for each class, background included."""
    labels = rng.permutation(np.resize(np.arange(4), 24))
    expect_array(learner.dice_per_class(labels, rng.permutation(labels), 4), (4,), "`dice`")


def two_labellings(rng, *shape, K=4):
    """Labels and a prediction that gets about two thirds right; every class is in both, in different numbers."""
    size = int(np.prod(shape))
    truth = rng.permutation(
        np.concatenate([np.arange(K), rng.integers(0, K, size - K) * (rng.random(size - K) < 0.8)])
    )
    pred = np.where(rng.random(size) < 0.65, truth, rng.integers(0, K, size))
    pred[rng.permutation(size)[:K]] = np.arange(K)
    return truth.astype(int).reshape(shape), pred.astype(int).reshape(shape), K


@exercise("dice_per_class", weight=4)
def test_dice_values(learner, reference, rng):
    """For each class: twice the entries that have it in both arrays, divided by the two sizes added up."""
    agree(learner, reference, "dice_per_class", [two_labellings(rng, 60), two_labellings(rng, 50, K=3)])


@exercise("dice_per_class", weight=2)
def test_dice_of_whole_volumes(learner, reference, rng):
    """Volumes of the lesson's size hold thousands of entries of one class: the counts must hold them, too."""
    agree(learner, reference, "dice_per_class", [two_labellings(rng, 6, 512)])


@exercise("dice_per_class", weight=2)
def test_dice_of_any_shape(learner, reference, rng):
    """Labels may have any number of dimensions; all entries count together. One entry and one class are enough, too."""
    cases = [two_labellings(rng, 3, 20), two_labellings(rng, 2, 4, 3, 5)]
    cases += [
        (np.zeros((2, 3), int), np.zeros((2, 3), int), 1),
        (np.array([1]), np.array([1]), 2),
        (np.array([2]), np.array([0]), 3),
    ]
    agree(learner, reference, "dice_per_class", cases)


@exercise("dice_per_class", weight=3)
def test_dice_of_absent_classes(learner, reference, rng):
    """A class that is in neither array is nan. A class that is in only one of the two is 0."""
    truth, pred, _ = two_labellings(rng, 40)
    missed, invented = np.where(truth == 3, 5, truth), np.where(pred == 3, 6, pred)
    cases = [(truth, pred, 7), (missed, pred, 8), (truth, invented, 8), (missed, invented, 8)]
    agree(learner, reference, "dice_per_class", cases)


misconception_by_edit(
    "dice_per_class",
    "calls_nothing_a_failure",
    old="np.full(num_classes, np.nan)",
    new="np.zeros(num_classes)",
    message="A class that is in neither array got a 0. Nothing was missed there, and nothing invented: say nan.",
    source="absent classes scored 0, a common default of libraries",
)

misconception_by_edit(
    "dice_per_class",
    "calls_nothing_a_success",
    old="np.full(num_classes, np.nan)",
    new="np.ones(num_classes)",
    message="A class that is in neither array got a 1. There is nothing to measure: say nan.",
    source="absent classes scored 1, as with a smoothing constant in both sums",
)

misconception_by_edit(
    "dice_per_class",
    "divides_by_the_union",
    old="dice[k] = 2 * (in_true & in_pred).sum() / size",
    new="dice[k] = (in_true & in_pred).sum() / (in_true | in_pred).sum()",
    message="That is the Jaccard index, intersection over union. Dice divides twice the intersection by the two sizes added up.",
    source="Dice and Jaccard mixed up",
)

misconception_by_edit(
    "dice_per_class",
    "forgets_the_two",
    old="= 2 * (in_true",
    new="= (in_true",
    message="Where the arrays agree your Dice is one half: the factor 2 is missing.",
    source="facts: forgetting the factor 2, a perfect prediction gives .5",
)

misconception_by_edit(
    "dice_per_class",
    "measures_the_recall",
    old="2 * (in_true & in_pred).sum() / size",
    new="(in_true & in_pred).sum() / in_true.sum() if in_true.any() else 0.0",
    message="That is the recall: it divides by the true size only. Predicting too much must cost something.",
    source="recall in place of Dice",
)

misconception_by_edit(
    "dice_per_class",
    "measures_the_precision",
    old="2 * (in_true & in_pred).sum() / size",
    new="(in_true & in_pred).sum() / in_pred.sum() if in_pred.any() else 0.0",
    message="That is the precision: it divides by the predicted size only. Missing voxels must cost something.",
    source="precision in place of Dice",
)

misconception_by_edit(
    "dice_per_class",
    "measures_the_accuracy",
    old="2 * (in_true & in_pred).sum() / size",
    new="(in_true == in_pred).mean()",
    message="You count the entries in which both agree that a class is not there. That is an accuracy, and the vast background flatters it.",
    source="the asker's accuracy: 94 % without a single object",
)

misconception_by_edit(
    "dice_per_class",
    "skips_what_was_missed",
    old="if size > 0:",
    new="if in_true.any():",
    message="A class that was predicted and is not in the labels got a nan. It was invented, so its Dice is 0.",
    source="nan wherever the labels lack a class",
)

misconception_by_edit(
    "dice_per_class",
    "skips_what_was_not_predicted",
    old="if size > 0:",
    new="if in_true.any() and in_pred.any():",
    message="A class that is in only one of the two arrays got a nan. It was missed or invented, so its Dice is 0.",
    source="nan wherever one of the sizes is 0: it would hide the very failure of document 003",
)


@misconception(
    "dice_per_class",
    "Your counts are int8, which ends at 127: a dot product of int8 arrays stays int8 and overflows. Count with `.sum()`.",
    source="document 003: np.asarray(…, np.int8), carried on into a dot product",
)
def counts_in_eight_bits(labels_true, labels_pred, num_classes):
    dice = np.full(num_classes, np.nan)
    for k in range(num_classes):
        in_true = (labels_true == k).astype(np.int8).ravel()
        in_pred = (labels_pred == k).astype(np.int8).ravel()
        size = in_true.sum() + in_pred.sum()
        if size > 0:
            dice[k] = 2 * (in_true @ in_pred) / size
    return dice


misconception_by_edit(
    "dice_per_class",
    "smooths_with_one",
    old="dice[k] = 2 * (in_true & in_pred).sum() / size",
    new="dice[k] = (2 * (in_true & in_pred).sum() + 1) / (size + 1)",
    message="You add 1 above and below. That lifts the Dice of small classes that were missed entirely; nothing is added here.",
    source="smooth=1 in many published Dice losses",
)

misconception_by_edit(
    "dice_per_class",
    "takes_the_mean",
    old="        if size > 0:\n            dice[k] = 2 * (in_true & in_pred).sum() / size",
    new="        if size > 0:\n            dice[k] = 2 * (in_true & in_pred).sum() / size\n    dice = np.full(num_classes, np.nanmean(dice))",
    message="Every class has the same number: you took the mean. Return one number for each class.",
    source="one mean hides an object that is missed",
)


@misconception("dice_per_class", "You add 1 to both sides of the fraction. That lifts every class, and a class that occurs in neither array gets 1 where nan is asked for.",
               source="read in learners' public programs: smooth = 1")  # fmt: skip
def smooths_empty_classes_too(labels_true, labels_pred, num_classes):
    sizes = np.array([(labels_true == k).sum() + (labels_pred == k).sum() for k in range(num_classes)])
    overlap = np.array([((labels_true == k) & (labels_pred == k)).sum() for k in range(num_classes)])
    return (2 * overlap + 1.0) / (sizes + 1.0)


@misconception("dice_per_class", "You add 1 below the fraction so that it is never divided by 0. That shrinks every class, and a class that occurs in neither array gets 0 where nan is asked for.",
               source="read in learners' public programs: + 1 in the denominator")  # fmt: skip
def adds_one_below(labels_true, labels_pred, num_classes):
    sizes = np.array([(labels_true == k).sum() + (labels_pred == k).sum() for k in range(num_classes)])
    overlap = np.array([((labels_true == k) & (labels_pred == k)).sum() for k in range(num_classes)])
    return 2 * overlap / (sizes + 1.0)


@misconception("dice_per_class", "You add a small number to both sides of the fraction. A class that occurs in neither array then gets 1, as if it had been found: there is nothing to measure, and nan is asked for.",
               source="read in learners' public programs: smooth = 1e-6")  # fmt: skip
def smooths_a_little(labels_true, labels_pred, num_classes):
    sizes = np.array([(labels_true == k).sum() + (labels_pred == k).sum() for k in range(num_classes)])
    overlap = np.array([((labels_true == k) & (labels_pred == k)).sum() for k in range(num_classes)])
    return (2 * overlap + 1e-6) / (sizes + 1e-6)


# --- class_weights --------------------------------------------------------------------------------------------------


@exercise("class_weights", weight=0)
def test_weights_have_a_row_per_volume(learner, rng):
    """`class_weights` must return an array (B, K): one row for each volume, one column for each class."""
    expect_array(learner.class_weights(labelled(rng, 3, 30, 4), "inverse_square"), (3, 4), "`w`")


@exercise("class_weights", weight=5)
def test_weights_of_present_classes(learner, reference, rng):
    """A class with c voxels in a volume weighs 1 / c**2 there ("epsilon": with 1e-5 added to the square), counted volume by volume."""
    cases = [(labelled(rng, B, V, K), rule) for B, V, K in ((3, 40, 4), (2, 23, 3)) for rule in RULES[:3]]
    agree(learner, reference, "class_weights", cases, rtol=1e-8, atol=0)


@exercise("class_weights", weight=5)
def test_weights_of_absent_classes(learner, reference, rng):
    """A class that a volume lacks weighs 0 by "inverse_square", 1e-6 by "fixed", and what the same formula gives by "epsilon"."""
    y = labelled(rng, 3, 40, 5, absent={(0, 2), (1, 0), (1, 4), (2, 4)})
    agree(learner, reference, "class_weights", [(y, rule) for rule in RULES[:3]], rtol=1e-8, atol=0)


@exercise("class_weights", weight=2)
def test_weights_of_small_and_large_volumes(learner, reference, rng):
    """One volume, one voxel, a single class that fills it, thousands of voxels: the same rules hold."""
    cases = []
    for rule in RULES[:3]:
        cases += [(np.eye(3)[np.array([[1]])], rule), (np.eye(4)[np.full((2, 30), 3)], rule)]
        cases += [(labelled(rng, 1, 5000, 3), rule), (labelled(rng, 2, 300, 2, absent={(1, 1)}), rule)]
    agree(learner, reference, "class_weights", cases, rtol=1e-8, atol=0)


@exercise("class_weights", weight=1)
def test_weights_that_are_uniform_and_rules_that_do_not_exist(learner, reference, rng):
    """The rule "uniform" gives 1 to every class, present or absent, and to it alone; a rule that does not exist raises ValueError."""
    y = labelled(rng, 2, 20, 4, absent={(0, 1)})
    agree(learner, reference, "class_weights", [(y, "uniform"), (y, "inverse_square")])
    with expect_raises(ValueError):
        learner.class_weights(y, "squared")


misconception_by_edit(
    "class_weights",
    "counts_the_whole_batch",
    old="counts = y.sum(axis=1)  # (B, K)",
    new="counts = np.broadcast_to(y.sum(axis=(0, 1)), (len(y), y.shape[2])).copy()",
    message="You count over the whole batch. Each volume has its own counts: add along the voxels only.",
    source="document 003: the question counts over batch and image together",
)

misconception_by_edit(
    "class_weights",
    "takes_the_count_once",
    old="    counts = y.sum(axis=1)  # (B, K)\n    present = counts > 0",
    new="    counts = np.sqrt(y.sum(axis=1))\n    present = counts > 0",
    message="You divide by the count itself. These weights divide by its square.",
    source="facts: 1/c in place of 1/c**2",
)

misconception_by_edit(
    "class_weights",
    "takes_the_root_of_the_count",
    old="counts = y.sum(axis=1)  # (B, K)",
    new="counts = y.sum(axis=1) ** 0.25",
    message="You divide by the square root of the count. These weights divide by its square.",
    source="inverse square mistaken for an inverse square root",
)

misconception_by_edit(
    "class_weights",
    "ignores_the_counts",
    old="counts = y.sum(axis=1)  # (B, K)",
    new="counts = np.zeros((len(y), y.shape[2]))",
    message="Every count came out as 0, so all weights are equal: the disease of the question. Look at what you add up.",
    source="document 003: line A of the asker's program, every count 0",
)

misconception_by_edit(
    "class_weights",
    "normalises_the_weights",
    old='        raise ValueError(f"unknown rule {rule!r}")',
    new='        raise ValueError(f"unknown rule {rule!r}")\n    w = w / w.sum(axis=1, keepdims=True)',
    message="Your weights add up to 1 in each volume. That does no harm to the loss, but here they are asked for as they are.",
    source="normalised class weights, as in other libraries",
)

misconception_by_edit(
    "class_weights",
    "puts_epsilon_into_the_square",
    old="1.0 / (counts**2 + 1e-5)",
    new="1.0 / (counts + 1e-5) ** 2",
    message='With the rule "epsilon" you add 1e-5 to the count. It is added to the square of the count.',
    source="epsilon inside the square: an absent class would weigh 1e10",
)

misconception_by_edit(
    "class_weights",
    "adds_epsilon_to_the_quotient",
    old="1.0 / (counts**2 + 1e-5)",
    new="np.divide(1.0, counts**2, out=np.zeros_like(counts), where=present) + 1e-5",
    message='With the rule "epsilon" you add 1e-5 to the weight. It stands in the denominator, next to the square.',
    source="facts: epsilon in the wrong place",
)

misconception_by_edit(
    "class_weights",
    "spares_absent_classes_in_epsilon",
    old="w = 1.0 / (counts**2 + 1e-5)",
    new="w = np.where(present, 1.0 / (counts**2 + 1e-5), 0.0)",
    message='With the rule "epsilon" an absent class follows the same formula, with count 0. You left it out.',
    source="the rules for absent classes mixed up",
)

misconception_by_edit(
    "class_weights",
    "gives_absent_classes_the_largest_weight",
    old="w = np.divide(1.0, counts**2, out=np.zeros_like(counts), where=present)",
    new="w = np.divide(1.0, counts**2, out=np.zeros_like(counts), where=present)\n        w = np.where(present, w, w.max(axis=1, keepdims=True))",
    message='With "inverse_square" you give an absent class the largest weight among the others. Here it weighs 0.',
    source="published libraries replace infinite weights by the largest finite one",
)

misconception_by_edit(
    "class_weights",
    "gives_absent_classes_one",
    old="out=np.zeros_like(counts)",
    new="out=np.ones_like(counts)",
    message='With "inverse_square" an absent class weighs 1 in your answer, more than a class with two voxels. It weighs 0.',
    source="zeros replaced by ones before the division, and not taken back",
)

misconception_by_edit(
    "class_weights",
    "leaves_absent_classes_out_of_fixed",
    old="out=np.full_like(counts, 1e-6)",
    new="out=np.zeros_like(counts)",
    message='With "fixed" an absent class weighs 1e-6. You left it out.',
    source="the rules for absent classes mixed up",
)

misconception_by_edit(
    "class_weights",
    "takes_the_epsilon_of_the_other_rule",
    old="np.full_like(counts, 1e-6)",
    new="np.full_like(counts, 1e-5)",
    message='With "fixed" an absent class weighs 1e-6; 1e-5 belongs to the rule "epsilon".',
    source="the two small numbers of document 003 mixed up",
)

misconception_by_edit(
    "class_weights",
    "adds_the_fixed_weight_to_all",
    old="w = np.divide(1.0, counts**2, out=np.full_like(counts, 1e-6), where=present)",
    new="w = np.divide(1.0, counts**2, out=np.zeros_like(counts), where=present) + 1e-6",
    message='With "fixed" you add 1e-6 to every weight. Only absent classes get it.',
    source="1e-6 as a floor for all in place of a value for some",
)


# --- generalised_dice_loss ------------------------------------------------------------------------------------------


@exercise("generalised_dice_loss", weight=0)
def test_loss_is_one_number(learner, rng):
    """`generalised_dice_loss` must return one number for the whole batch."""
    expect_array(learner.generalised_dice_loss(*batch(rng, 3, 12, 4)), (), "`loss`")


@exercise("generalised_dice_loss", weight=5)
def test_loss_values(learner, reference, rng):
    """For each volume: 1 minus twice the weighted overlap, divided by the weighted sum of both; then the mean over the volumes."""
    cases = [batch(rng, 3, 12, 4), batch(rng, 2, 30, 3), batch(rng, 5, 6, 2)]
    agree(learner, reference, "generalised_dice_loss", cases)


@exercise("generalised_dice_loss", weight=2)
def test_loss_takes_probabilities_as_they_come(learner, reference, rng):
    """Nothing is normalised, clipped or rounded: the formula holds for probabilities that do not sum to 1, for exact 0 and for exact 1."""
    y, _, w = batch(rng, 2, 14, 3)
    hard = labelled(rng, 2, 14, 3)
    cases = [(y, rng.uniform(0, 1.2, size=y.shape), w), (y, hard, w), (y, 0.25 * hard, w)]
    agree(learner, reference, "generalised_dice_loss", cases)


@exercise("generalised_dice_loss", weight=2)
def test_loss_does_not_depend_on_the_size_of_the_weights(learner, reference, rng):
    """Weights that are all a million times smaller, or larger, give the same loss: nothing may be added to the sums."""
    y, p, w = batch(rng, 3, 12, 4)
    scales = rng.uniform(1, 5, size=5) * np.array([1e-14, 1e-9, 1e-3, 1e4, 1e10])
    cases = [(y, p, w * scale) for scale in scales] + [(y, p, w * scales[[0, 2, 4], None])]
    agree(learner, reference, "generalised_dice_loss", cases)


@exercise("generalised_dice_loss", weight=2)
def test_loss_of_classes_without_weight_or_voxels(learner, reference, rng):
    """One volume or many, classes that weigh 0, classes that a volume lacks, weights of 1e5 beside 1e-6: the same rule holds."""
    y = labelled(rng, 3, 25, 4, absent={(0, 1), (2, 3)})
    p = softmax(rng.normal(size=y.shape))
    cases = [(y, p, reference.class_weights(y, rule)) for rule in RULES]
    cases += [
        batch(rng, 1, 9, 3),
        batch(rng, 1, 2, 2),
        (np.ones((2, 1, 1)), rng.uniform(0.1, 0.9, (2, 1, 1)), np.ones((2, 1))),
    ]
    agree(learner, reference, "generalised_dice_loss", cases)


@exercise("generalised_dice_loss", weight=1)
def test_loss_of_the_best_and_the_worst(learner, reference, rng):
    """A perfect prediction costs 0, one that shares nothing costs 1, and one in between lies in between."""
    y, p, w = batch(rng, 2, 12, 3)
    agree(learner, reference, "generalised_dice_loss", [(y, y, w), (y, np.roll(y, 1, axis=2), w), (y, p, w)])


misconception_by_edit(
    "generalised_dice_loss",
    "forgets_the_two",
    old="1 - 2 * overlap",
    new="1 - overlap",
    message="A perfect prediction costs 0.5 in your answer: the factor 2 is missing.",
    source="facts: forgetting the factor 2, a perfect prediction gives .5",
)

misconception_by_edit(
    "generalised_dice_loss",
    "returns_the_coefficient",
    old="np.mean(1 - 2 * overlap / total)",
    new="np.mean(2 * overlap / total)",
    message="You return the coefficient, which is 1 for a perfect prediction. The loss is 1 minus it.",
    source="loss and coefficient mixed up: descent would make it worse",
)

misconception_by_edit(
    "generalised_dice_loss",
    "adds_up_the_volumes",
    old="np.mean(1 -",
    new="np.sum(1 -",
    message="You add up the volumes. The loss is their mean.",
    source="sum in place of a mean over the batch",
)

misconception_by_edit(
    "generalised_dice_loss",
    "keeps_one_loss_per_volume",
    old="np.mean(1 - 2 * overlap / total)",
    new="1 - 2 * overlap / total",
    message="You return one loss per volume. Take their mean: one number for the whole batch.",
    source="the mean over the batch forgotten",
)

misconception_by_edit(
    "generalised_dice_loss",
    "pools_the_batch",
    old="np.mean(1 - 2 * overlap / total)",
    new="1 - 2 * overlap.sum() / total.sum()",
    message="You add up the volumes before you divide. Each volume gets its own quotient; then comes the mean.",
    source="facts: batch pooled in place of per image, as in the question",
)


@misconception(
    "generalised_dice_loss",
    "You divide class by class and weight the quotients. That is another loss: here both sums are weighted and added up first, and then divided once.",
    source="facts: weights after the ratio, a mean of per-class Dice",
)
def divides_first(y, p, w):
    ratio = 2 * (y * p).sum(axis=1) / np.maximum((y + p).sum(axis=1), 1e-300)
    return np.mean(1 - (w * ratio).sum(axis=1) / w.sum(axis=1))


@misconception(
    "generalised_dice_loss",
    "Each class has its own quotient in your answer, and the weights play no part in their mean. Here both sums are weighted and added up first, and then divided once.",
    source="facts: macro average of per-class Dice",
)
def averages_the_classes(y, p, w):
    ratio = 2 * (y * p).sum(axis=1) / np.maximum((y + p).sum(axis=1), 1e-300)
    return np.mean(1 - ratio)


@misconception(
    "generalised_dice_loss",
    "The weights have no effect: you add up the classes before they come in. Weight each class's sum first.",
    source="facts: sum over classes before weighting",
)
def ignores_the_weights(y, p, w):
    overlap = w.sum(axis=1) * (y * p).sum(axis=(1, 2))
    total = w.sum(axis=1) * (y + p).sum(axis=(1, 2))
    return np.mean(1 - 2 * overlap / total)


misconception_by_edit(
    "generalised_dice_loss",
    "forgets_the_weights_below",
    old="total = (w * (y + p).sum(axis=1)).sum(axis=1)",
    new="total = (y + p).sum(axis=1).sum(axis=1)",
    message="The weights are missing in the denominator. Both sums are weighted.",
    source="weights in the numerator only",
)

misconception_by_edit(
    "generalised_dice_loss",
    "squares_below",
    old="(y + p).sum(axis=1)",
    new="(y**2 + p**2).sum(axis=1)",
    message="You square the probabilities in the denominator. That is the Dice loss of V-Net; here the denominator adds up y and p themselves.",
    source="Milletari, Navab and Ahmadi 2016 square, Sudre and others 2017 do not",
)

misconception_by_edit(
    "generalised_dice_loss",
    "smooths_with_one",
    old="np.mean(1 - 2 * overlap / total)",
    new="np.mean(1 - (2 * overlap + 1) / (total + 1))",
    message="You add 1 above and below. With weights of 1e-10 only that 1 would be left: nothing is added here.",
    source="smooth=1 in many published Dice losses",
)

misconception_by_edit(
    "generalised_dice_loss",
    "keeps_zero_away_with_a_constant",
    old="overlap / total)",
    new="overlap / (total + 1e-7))",
    message="You add a small number to the denominator. Weights may be as small as 1e-15, and then it is not small: nothing is added here.",
    source="facts: epsilon in one place only",
)

misconception_by_edit(
    "generalised_dice_loss",
    "rounds_the_probabilities",
    old="(y * p).sum(axis=1)",
    new="(y * np.round(p)).sum(axis=1)",
    message="You round the probabilities. The loss takes them as they come, or it would have no slope.",
    source="hard Dice in place of the soft one",
)

misconception_by_edit(
    "generalised_dice_loss",
    "divides_by_the_union",
    old="np.mean(1 - 2 * overlap / total)",
    new="np.mean(1 - overlap / (total - overlap))",
    message="That is the Jaccard loss: it divides by the union. Dice divides twice the overlap by both sizes added up.",
    source="Dice and Jaccard mixed up",
)


@misconception("generalised_dice_loss", "You add a small number to numerator and denominator. Where the weights are small it outweighs the sums: nothing is added here.",
               source="read in learners' public programs: epsilon = 1e-6 in both")  # fmt: skip
def adds_a_millionth_to_both(y, p, w):
    overlap = 2 * (w * (y * p).sum(axis=1)).sum(axis=1)
    total = (w * (y + p).sum(axis=1)).sum(axis=1)
    return np.mean(1 - (overlap + 1e-6) / (total + 1e-6))


@misconception("generalised_dice_loss", "You form a quotient for each class, in which its weight cancels, and average them. Add the weighted overlaps and the weighted sizes up over the classes first, then divide once.",
               source="read in learners' public programs: a ratio per class")  # fmt: skip
def divides_class_by_class(y, p, w):
    overlap, total = w * (y * p).sum(axis=1), w * (y + p).sum(axis=1)
    return np.mean(1 - (2 * overlap + 1e-8) / (total + 1e-8))


# --- generalised_dice_gradient --------------------------------------------------------------------------------------


@exercise("generalised_dice_gradient", weight=0)
def test_gradient_has_the_shape_of_p(learner, rng):
    """`generalised_dice_gradient` must return an array of the shape of `p`."""
    expect_array(learner.generalised_dice_gradient(*batch(rng, 3, 7, 4)), (3, 7, 4), "`dp`")


@exercise("generalised_dice_gradient", weight=4)
def test_gradient_values(learner, reference, rng):
    """Each entry is the derivative of the quotient, with the weights in both of its terms, and with the 1/B of the mean over the volumes."""
    cases = [batch(rng, 3, 7, 4), batch(rng, 2, 12, 3), batch(rng, 5, 4, 2)]
    agree(learner, reference, "generalised_dice_gradient", cases, rtol=1e-5)


@exercise("generalised_dice_gradient", weight=3)
def test_gradient_is_the_slope_of_the_loss(learner, reference, rng):
    """Nudge one probability alone and watch the loss: `dp` must say how it moves, for each entry."""
    y, p, w = batch(rng, 2, 5, 3)
    measured = numerical_gradient(lambda values: float(reference.generalised_dice_loss(y, values, w)), p)
    expect_close(learner.generalised_dice_gradient(y, p, w), measured, rtol=1e-5)


@exercise("generalised_dice_gradient", weight=2)
def test_gradient_for_weights_of_any_size(learner, reference, rng):
    """Weights a billion times smaller or larger, different ones for each volume: the slope stays the same, because the scale cancels."""
    y, p, w = batch(rng, 3, 6, 4)
    scales = rng.uniform(1, 5, size=3) * np.array([1e-12, 1.0, 1e8])
    agree(
        learner,
        reference,
        "generalised_dice_gradient",
        [(y, p, w * scale) for scale in scales] + [(y, p, w * scales[:, None])],
        rtol=1e-5,
    )


@exercise("generalised_dice_gradient", weight=2)
def test_gradient_at_the_edges(learner, reference, rng):
    """One volume, one voxel, probabilities of exactly 0 and 1 or that do not sum to 1, classes that weigh 0 or that a volume lacks: the same rule holds."""
    y = labelled(rng, 3, 9, 4, absent={(0, 1), (2, 3)})
    p = softmax(rng.normal(size=y.shape))
    cases = [(y, p, reference.class_weights(y, rule)) for rule in ("inverse_square", "fixed", "uniform")]
    cases += [(y, labelled(rng, 3, 9, 4), w) for w in (rng.uniform(0.5, 2, (3, 4)),)]
    cases += [batch(rng, 1, 8, 3), (np.ones((2, 1, 1)), rng.uniform(0.1, 0.9, (2, 1, 1)), np.ones((2, 1)))]
    cases += [(y, rng.uniform(0, 1.2, size=y.shape), rng.uniform(0.5, 2, (3, 4)))]
    agree(learner, reference, "generalised_dice_gradient", cases, rtol=1e-5)


misconception_by_edit(
    "generalised_dice_gradient",
    "forgets_the_mean",
    old=" / len(y)",
    new="",
    message="Your gradient is B times too long: the loss is a mean over the volumes, so divide by their number.",
    source="1/B forgotten; a run with B times the learning rate hides it",
)

misconception_by_edit(
    "generalised_dice_gradient",
    "divides_by_the_voxels",
    old=" / len(y)",
    new=" / len(y) / y.shape[1]",
    message="You divide by the number of voxels as well. The loss is a mean over volumes; over voxels it adds up.",
    source="the mean of a cross-entropy carried over",
)

misconception_by_edit(
    "generalised_dice_gradient",
    "divides_by_the_voxels_instead",
    old=" / len(y)",
    new=" / y.shape[1]",
    message="You divide by the number of voxels. The mean runs over the volumes: len(y).",
    source="axis of the mean mixed up",
)

misconception_by_edit(
    "generalised_dice_gradient",
    "forgets_the_two",
    old="dp = -2 * w",
    new="dp = -1 * w",
    message="Your gradient is half as long as it should be: the factor 2 of the loss is missing.",
    source="facts: forgetting the factor 2",
)

misconception_by_edit(
    "generalised_dice_gradient",
    "turns_the_sign",
    old="dp = -2 * w",
    new="dp = 2 * w",
    message="The sign is turned: this is the slope of the coefficient. The loss is 1 minus it.",
    source="slope of the coefficient in place of the loss",
)

misconception_by_edit(
    "generalised_dice_gradient",
    "forgets_the_square",
    old="/ total**2",
    new="/ total",
    message="The quotient rule divides by the square of the denominator. Yours is not squared.",
    source="quotient rule without the square",
)

misconception_by_edit(
    "generalised_dice_gradient",
    "holds_the_denominator_fixed",
    old="(y * total - overlap) / total**2",
    new="y / total",
    message="You hold the denominator fixed. But p stands there, too: where y is 0 your slope is 0, and nothing would stop the network from predicting that class everywhere.",
    source="quotient rule without its second term",
)

misconception_by_edit(
    "generalised_dice_gradient",
    "adds_the_two_terms",
    old="(y * total - overlap)",
    new="(y * total + overlap)",
    message="The second term of the quotient rule has the wrong sign: a larger denominator lowers the coefficient.",
    source="sign slip in the quotient rule",
)

misconception_by_edit(
    "generalised_dice_gradient",
    "weights_the_first_term_only",
    old="w[:, None, :] * (y * total - overlap)",
    new="(w[:, None, :] * y * total - overlap)",
    message="The second term lacks its weight: p stands in the denominator with its weight as well.",
    source="weight lost in the second term",
)

misconception_by_edit(
    "generalised_dice_gradient",
    "forgets_the_outer_weight",
    old="-2 * w[:, None, :] * (y",
    new="-2 * (y",
    message="The weight of the entry's own class is missing in front: p enters both sums with it.",
    source="weights kept in the sums and lost in the derivative",
)

misconception_by_edit(
    "generalised_dice_gradient",
    "forgets_the_label",
    old="(y * total - overlap)",
    new="(total - overlap)",
    message="In the first term the label y is missing. p enters the overlap only where y is 1.",
    source="derivative of the overlap without y",
)


@misconception(
    "generalised_dice_gradient",
    "You use the sums of the whole batch. Each volume has its own quotient, so its slope uses its own sums.",
    source="facts: batch pooled in place of per image, as in the question",
)
def takes_the_sums_of_the_batch(y, p, w):
    n = np.sum(w * (y * p).sum(axis=1))
    d = np.sum(w * (y + p).sum(axis=1))
    return -2 * w[:, None, :] * (y * d - n) / d**2


@misconception(
    "generalised_dice_gradient",
    "The weights have no effect on your gradient.",
    source="equal weights: the gradient of a mean absolute error",
)
def has_no_use_for_the_weights(y, p, w):
    n = (y * p).sum(axis=(1, 2))[:, None, None]
    d = (y + p).sum(axis=(1, 2))[:, None, None]
    return -2 * (y * d - n) / d**2 / len(y)


@misconception(
    "generalised_dice_gradient",
    "This is the slope of a weighted mean of the classes' own coefficients. Here both sums are added up over the classes before the one division.",
    source="facts: weights after the ratio, a different loss",
)
def differentiates_the_mean_of_quotients(y, p, w):
    n = (y * p).sum(axis=1)[:, None, :]
    d = np.maximum((y + p).sum(axis=1)[:, None, :], 1e-300)
    return -2 * (w / w.sum(axis=1, keepdims=True))[:, None, :] * (y * d - n) / d**2 / len(y)


misconception_by_edit(
    "generalised_dice_gradient",
    "goes_on_to_the_scores",
    old="/ total**2 / len(y)",
    new="/ total**2 / len(y)\n    dp = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    message="You went back through the softmax already. This is the slope at the probabilities; the softmax comes in the next exercise.",
    source="two chain-rule steps in one",
)


# --- softmax_backward -----------------------------------------------------------------------------------------------


@exercise("softmax_backward", weight=0)
def test_backward_has_the_shape_of_p(learner, rng):
    """`softmax_backward` must return an array of the shape of `p`."""
    expect_array(
        learner.softmax_backward(softmax(rng.normal(size=(3, 5, 4))), rng.normal(size=(3, 5, 4))),
        (3, 5, 4),
        "`dscores`",
    )


def arriving(rng, *shape):
    return softmax(1.5 * rng.normal(size=shape)), rng.normal(size=shape) + 0.7


@exercise("softmax_backward", weight=4)
def test_backward_values(learner, reference, rng):
    """Each slope is p times the distance of dp from its mean at that voxel, a mean that is weighted with p."""
    agree(learner, reference, "softmax_backward", [arriving(rng, 3, 5, 4), arriving(rng, 2, 8, 3)], rtol=1e-5)


@exercise("softmax_backward", weight=3)
def test_backward_is_the_slope(learner, rng):
    """Nudge one score and watch the probabilities of its voxel: `dscores` must say how the loss moves."""
    scores, dp = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 4))
    measured = numerical_gradient(lambda s: float(np.sum(dp * softmax(s))), scores)
    expect_close(learner.softmax_backward(softmax(scores), dp), measured, rtol=1e-5)


@exercise("softmax_backward", weight=1)
def test_backward_feels_differences_only(learner, reference, rng):
    """A constant added to all slopes of a voxel changes nothing, and the result sums to 0 at each voxel without being 0."""
    p, dp = arriving(rng, 2, 4, 3)
    shifted = dp + rng.normal(size=(2, 4, 1))
    for result in learner.map("softmax_backward", [(p, dp), (p, shifted)]):
        array = expect_array(result, dp.shape, "`dscores`")
        expect(np.allclose(array.sum(axis=-1), 0, atol=1e-9) and np.abs(array).max() > 1e-3)
        expect_close(array, reference.softmax_backward(p, dp), rtol=1e-5)


@exercise("softmax_backward", weight=2)
def test_backward_of_any_shape_and_size(learner, reference, rng):
    """One row or many, any number of axes in front, two classes, slopes of 1e-9 or 1e6: the same rule holds."""
    cases = [arriving(rng, 6, 3), arriving(rng, 4), arriving(rng, 2, 2, 2, 5), arriving(rng, 1, 1, 2)]
    p, dp = arriving(rng, 2, 5, 3)
    for case in cases:
        agree(learner, reference, "softmax_backward", [case], rtol=1e-5)
    agree(learner, reference, "softmax_backward", [(p, 1e6 * dp)], rtol=1e-5)
    agree(learner, reference, "softmax_backward", [(p, 1e-9 * dp)], rtol=1e-5, atol=1e-17)


@exercise("softmax_backward", weight=1)
def test_backward_of_certain_predictions(learner, reference, rng):
    """Where p is exactly 0 and 1 no slope is left; the voxels beside it keep theirs."""
    p, dp = arriving(rng, 2, 4, 3)
    p[0, 1], p[1, 2], p[1, 0] = [0, 1, 0], [0, 0, 1], [0.4, 0.6, 0]
    agree(learner, reference, "softmax_backward", [(p, dp)], rtol=1e-5)


misconception_by_edit(
    "softmax_backward",
    "moves_its_own_probability_only",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = p * dp",
    message="This is only the first half: each score also moves all the other probabilities of its voxel.",
    source="the sum left out",
)

misconception_by_edit(
    "softmax_backward",
    "takes_the_slope_of_a_sigmoid",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = p * (1 - p) * dp",
    message="This is the slope of a sigmoid, the diagonal of the matrix in step 8. Each score also moves the other probabilities.",
    source="diagonal of the Jacobian only, a common answer on forums",
)

misconception_by_edit(
    "softmax_backward",
    "forgets_p_in_the_sum",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = p * (dp - dp.sum(axis=-1, keepdims=True))",
    message="The sum over the classes lacks its p: it is a mean, weighted with the probabilities.",
    source="weights of the mean lost",
)

misconception_by_edit(
    "softmax_backward",
    "takes_a_plain_mean",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = p * (dp - dp.mean(axis=-1, keepdims=True))",
    message="You subtract the plain mean of the slopes. It must be weighted with the probabilities.",
    source="plain mean in place of a weighted one",
)

misconception_by_edit(
    "softmax_backward",
    "forgets_p_in_front",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = dp - (dp * p).sum(axis=-1, keepdims=True)",
    message="The factor p in front is missing.",
    source="one of the two p lost",
)

misconception_by_edit(
    "softmax_backward",
    "multiplies_the_first_term_only",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = p * dp - (dp * p).sum(axis=-1, keepdims=True)",
    message="The p in front belongs to both terms: the mean is multiplied by it, too.",
    source="brackets lost",
)

misconception_by_edit(
    "softmax_backward",
    "adds_over_all_voxels",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = p * (dp - (dp * p).sum())",
    message="Your sum runs over all voxels. Each voxel has its own softmax, so its own sum: over the last axis only.",
    source="axis forgotten",
)

misconception_by_edit(
    "softmax_backward",
    "adds_over_the_first_axis",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = p * (dp - (dp * p).sum(axis=0, keepdims=True))",
    message="You add up over the first axis. The classes are the last one.",
    source="axis mixed up",
)

misconception_by_edit(
    "softmax_backward",
    "adds_over_the_axis_before_last",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = p * (dp - (dp * p).sum(axis=max(p.ndim - 2, 0), keepdims=True))",
    message="You add up over the voxels. The softmax runs over the classes, the last axis.",
    source="axis mixed up",
)

misconception_by_edit(
    "softmax_backward",
    "turns_the_sign",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = p * ((dp * p).sum(axis=-1, keepdims=True) - dp)",
    message="The sign is turned: dp minus its mean, not the other way round.",
    source="sign slip",
)

misconception_by_edit(
    "softmax_backward",
    "divides_by_the_rows",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True)) / (p.size // p.shape[-1])",
    message="You divide by the number of voxels. Whatever mean the loss takes is in dp already.",
    source="the 1/N of lesson 06 carried over",
)

misconception_by_edit(
    "softmax_backward",
    "subtracts_as_cross_entropy_does",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = p - dp",
    message="p minus something is the slope of softmax and cross-entropy together. Here another loss stands behind the softmax, so its slope dp has to go through.",
    source="the shortcut of lesson 06 used for another loss",
)

misconception_by_edit(
    "softmax_backward",
    "passes_the_slope_on",
    old="dscores = p * (dp - (dp * p).sum(axis=-1, keepdims=True))",
    new="dscores = dp",
    message="You hand dp on as it is. The softmax has a slope of its own.",
    source="softmax taken for the identity",
)


# --- dice_from_scores -----------------------------------------------------------------------------------------------


@exercise("dice_from_scores", weight=0)
def test_scores_give_a_loss_and_a_gradient(learner, rng):
    """`dice_from_scores` must return the pair loss, dscores: one number, and an array of the shape of `scores`."""
    result = learner.dice_from_scores(rng.normal(size=(2, 9, 4)), labelled(rng, 2, 9, 4), "inverse_square")
    expect_parts(result, 2, "It must return two things.")
    expect_array(result[0], (), "`loss`")
    expect_array(result[1], (2, 9, 4), "`dscores`")


def scored(rng, B, V, K, rule, absent=(), spread=1.5):
    return spread * rng.normal(size=(B, V, K)), labelled(rng, B, V, K, absent), rule


@exercise("dice_from_scores", weight=4)
def test_scores_values(learner, reference, rng):
    """Softmax over the classes, weights from the labels by the rule, the loss, and the slopes back to the scores."""
    cases = [
        scored(rng, 3, 12, 4, "inverse_square"),
        scored(rng, 2, 9, 3, "fixed"),
        scored(rng, 3, 10, 3, "uniform"),
    ]
    agree(learner, reference, "dice_from_scores", cases, rtol=1e-5)


@exercise("dice_from_scores", weight=3)
def test_scores_gradient_is_the_slope_of_the_loss(learner, reference, rng):
    """Nudge one score and watch the loss: `dscores` must say how it moves, for each entry."""
    scores, y, rule = scored(rng, 2, 5, 3, "inverse_square", absent={(1, 2)})
    measured = numerical_gradient(lambda s: float(reference.dice_from_scores(s, y, rule)[0]), scores)
    loss, dscores = learner.dice_from_scores(scores, y, rule)
    expect_close(loss, reference.dice_from_scores(scores, y, rule)[0])
    expect_close(dscores, measured, rtol=1e-5)


@exercise("dice_from_scores", weight=2)
def test_scores_with_every_rule_and_absent_classes(learner, reference, rng):
    """Every rule counts, with classes that are absent from a volume, too."""
    cases = [scored(rng, 3, 11, 4, rule, absent={(0, 1), (2, 0), (2, 3)}) for rule in RULES]
    agree(learner, reference, "dice_from_scores", cases, rtol=1e-5)


@exercise("dice_from_scores", weight=2)
def test_scores_of_any_size(learner, reference, rng):
    """Scores of 1000 and -1000, all scores of a voxel shifted, one volume, one voxel: finite, and by the same rule."""
    scores, y, rule = scored(rng, 2, 8, 3, "inverse_square")
    cases = [
        (scores + 900 * rng.normal(size=(2, 8, 1)), y, rule),
        (scores - 2000.0, y, "fixed"),
        (1000 * (y - 0.5), y, rule),
    ]
    cases += [
        (scores * 400, y, rule),
        scored(rng, 1, 6, 2, "fixed"),
        (np.array([[[0.3, -0.8]]]), np.array([[[0.0, 1.0]]]), "fixed"),
    ]
    agree(learner, reference, "dice_from_scores", cases, rtol=1e-5)


misconception_by_edit(
    "dice_from_scores",
    "overflows",
    old="exp_scores = np.exp(scores - scores.max(axis=-1, keepdims=True))",
    new="exp_scores = np.exp(scores)",
    message="Scores of 1000 overflow. Subtract each voxel's largest score before np.exp.",
    source="unstable softmax, as in lesson 06",
)

misconception_by_edit(
    "dice_from_scores",
    "subtracts_the_largest_of_all",
    old="exp_scores = np.exp(scores - scores.max(axis=-1, keepdims=True))",
    new="exp_scores = np.exp(scores - scores.max())",
    message="You subtract the largest score of the whole batch. A voxel whose scores are all far below it is left with 0/0: subtract each voxel's own.",
    source="one maximum for all rows, as in lesson 06",
)

misconception_by_edit(
    "dice_from_scores",
    "takes_the_softmax_over_the_voxels",
    old="    p = exp_scores / exp_scores.sum(axis=-1, keepdims=True)",
    new="    exp_scores = np.exp(scores - scores.max(axis=1, keepdims=True))\n    p = exp_scores / exp_scores.sum(axis=1, keepdims=True)",
    message="Your softmax runs over the voxels. At each voxel the classes compete: the last axis.",
    source="axis mixed up",
)

misconception_by_edit(
    "dice_from_scores",
    "takes_sigmoids",
    old="p = exp_scores / exp_scores.sum(axis=-1, keepdims=True)",
    new="p = 1 / (1 + np.exp(-np.clip(scores, -700, 700)))",
    message="These are sigmoids: the classes do not compete. A softmax is asked for.",
    source="sigmoid outputs with a multi-class Dice loss",
)

misconception_by_edit(
    "dice_from_scores",
    "takes_the_scores_for_probabilities",
    old="p = exp_scores / exp_scores.sum(axis=-1, keepdims=True)",
    new="p = scores",
    message="You put the scores themselves into the loss. First come their probabilities.",
    source="logits given to a loss that expects probabilities, a warning in document 003's answer",
)

misconception_by_edit(
    "dice_from_scores",
    "takes_the_weights_from_the_prediction",
    old="class_weights(y, rule)",
    new="class_weights(p, rule)",
    message="Your weights come from the prediction. They belong to the labels: those know how large each class is.",
    source="facts: weights from p in place of y",
)

misconception_by_edit(
    "dice_from_scores",
    "takes_the_weights_from_the_hard_prediction",
    old="class_weights(y, rule)",
    new="class_weights(np.eye(y.shape[-1])[p.argmax(axis=-1)], rule)",
    message="Your weights come from the predicted classes. They belong to the labels.",
    source="facts: weights from the prediction in place of the labels",
)

misconception_by_edit(
    "dice_from_scores",
    "ignores_the_rule",
    old="class_weights(y, rule)",
    new="class_weights(y, 'inverse_square')",
    message="The rule has no effect: hand it on to class_weights.",
    source="a parameter that is not used",
)

misconception_by_edit(
    "dice_from_scores",
    "has_equal_weights",
    old="class_weights(y, rule)",
    new="class_weights(y, 'uniform')",
    message="Your weights are always equal: the disease of the question. Hand the rule on to class_weights.",
    source="document 003: equal weights, whatever was meant",
)

misconception_by_edit(
    "dice_from_scores",
    "stops_at_the_probabilities",
    old="dscores = softmax_backward(p, dp)",
    new="dscores = dp",
    message="You stop at the probabilities. The way back goes through the softmax as well.",
    source="last link of the chain forgotten",
)

misconception_by_edit(
    "dice_from_scores",
    "uses_the_slope_of_cross_entropy",
    old="dscores = softmax_backward(p, dp)",
    new="dscores = (p - y) / (y.shape[0] * y.shape[1])",
    message="p - y is the slope of cross-entropy. This loss has another one: take dp back through the softmax.",
    source="the shortcut of lesson 06 used for another loss",
)

misconception_by_edit(
    "dice_from_scores",
    "goes_back_from_the_scores",
    old="dscores = softmax_backward(p, dp)",
    new="dscores = softmax_backward(scores, dp)",
    message="You hand the scores to softmax_backward. It wants the probabilities.",
    source="argument mixed up",
)

misconception_by_edit(
    "dice_from_scores",
    "averages_twice",
    old="dscores = softmax_backward(p, dp)",
    new="dscores = softmax_backward(p, dp) / len(y)",
    message="You divide by the number of volumes again. That is in dp already.",
    source="mean taken twice",
)

misconception_by_edit(
    "dice_from_scores",
    "swaps_labels_and_prediction",
    old="generalised_dice_gradient(y, p, w)",
    new="generalised_dice_gradient(p, y, w)",
    message="You handed y and p to generalised_dice_gradient in the wrong order. The slope is wanted at p.",
    source="arguments swapped; the loss is symmetric, its gradient is not",
)

misconception_by_edit(
    "dice_from_scores",
    "averages_the_weights",
    old="class_weights(y, rule)",
    new="np.broadcast_to(class_weights(y, rule).mean(axis=0), (len(y), y.shape[2]))",
    message="All volumes have the same weights in your answer. Each has its own.",
    source="one weight per class for the whole batch, as in the question",
)


# --- predict_the_losses ---------------------------------------------------------------------------------------------


@exercise("predict_the_losses", weight=0)
def test_predictions_are_four_letters(learner):
    """`predict_the_losses` must return four capital letters, each one of A, B, C."""
    expect_words(
        learner.predict_the_losses(),
        4,
        ("A", "B", "C"),
        "It must return four letters.",
        "A choice is not one of the letters.",
    )


declare_answer_checks(
    globals(),
    "predict_the_losses",
    test_prediction_of_equal_weights="Question 1 is not right: with equal weights the loss is one minus the mean probability of the right class.",
    test_prediction_of_inverse_squares="Question 2 is not right: add up what each class puts into the overlap and into the denominator. Which is largest?",
    test_prediction_of_an_absent_class="Question 3 is not right: how much do the few voxels given to the absent class add to the denominator, next to all others?",
    test_prediction_of_the_slope="Question 4 is not right: put the sizes of overlap and denominator into step 7, for a class that is present.",
)


PREDICTED = 'choices = ("A", "C", "C", "A")'
PREDICTIONS = [
    (('C', 'C', 'C', 'A'), 'expects_equal_weights_to_mind', 'a Dice loss is trusted whatever its weights',
     'You expect equal weights to mind an empty prediction. With them the loss is one minus the mean probability of the right class, and that class is background almost everywhere.'),
    (('B', 'C', 'C', 'A'), 'expects_equal_weights_to_mind_a_little', 'all objects missed, called half wrong',
     'Under equal weights every voxel counts the same: it is the share of the voxels that is lost, not the share of the classes.'),
    (('A', 'A', 'C', 'A'), 'expects_no_help_from_the_weights', 'weights taken for a detail',
     'The weights 1/count**2 change the loss of the empty prediction altogether: background hardly counts in either sum now.'),
    (('A', 'B', 'C', 'A'), 'expects_half', 'one of the classes is right, so half',
     'Background adds about 0.001 to the overlap, the missed objects add 0.15 to the denominator. That is far from one half.'),
    (('A', 'C', 'A', 'A'), 'expects_one_percent_to_cost_one_percent', 'measured: 1.00, where other rules give 0.01',
     'One percent of 1,000 voxels is 10 voxels, each with a weight of 100,000, in a denominator that otherwise stays below one.'),
    (('A', 'C', 'B', 'A'), 'expects_one_percent_to_cost_half', 'a strong weight, and yet underestimated',
     'The absent class puts a million into the denominator, the present ones less than one. That is far from a balance.'),
    (('A', 'C', 'C', 'C'), 'takes_a_high_price_for_a_steep_one', "document 003's answer: strongly penalised, hence driven away",
     'The loss is high, but it is high whatever the other classes do, so it is flat: a huge denominator makes every slope small.'),
    (('A', 'C', 'C', 'B'), 'cancels_the_scale', 'step 5 applied to a single weight',
     'The scale cancels only when all weights grow together. Here a single one does, and the denominator with it.'),
    (('A', 'C', 'A', 'C'), 'believes_the_documents_answer', "document 003's answer, both of its claims",
     'The excellent prediction is not safe from the weight of 100,000, and that weight does not lengthen the slope: it flattens the loss.'),
    (('C', 'A', 'C', 'A'), 'swaps_the_two_rules', 'the two rules mixed up',
     'You have the first two questions the other way round: equal weights are content with background, 1/count**2 is not.'),
]  # fmt: skip
for letters, idea, origin, words in PREDICTIONS:
    misconception_by_edit(
        "predict_the_losses", idea, old=PREDICTED, new=f"choices = {letters!r}", message=words, source=origin
    )


# --- find_the_bug ---------------------------------------------------------------------------------------------------


@exercise("find_the_bug", weight=0)
def test_findings_are_three_letters(learner):
    """`find_the_bug` must return three capital letters: the line, the reason and the repair."""
    expect_words(
        learner.find_the_bug(),
        3,
        ("A", "B", "C", "D", "E"),
        "It must return three letters.",
        "A finding is not one of the letters.",
    )


declare_answer_checks(
    globals(),
    "find_the_bug",
    test_the_line="The line is not right: go backwards from the weights of 100,000, and stop at the first result that is not what was meant.",
    test_the_reason="The reason is not right: run the line piece by piece, on a Placeholder and on an array of numbers.",
    test_the_repair="The repair is not right: would it give different weights to different classes, in the compiled model?",
)


FOUND = 'findings = ("A", "B", "D")'
FINDINGS = [
    (('A', 'A', 'A'), 'blames_int8', "facts: np.sum of int8 promotes, so the asker's is safe",
     'np.sum adds up int8 in a wider type: 300 ones give 300. Look at what is handed to it.'),
    (('A', 'B', 'A'), 'repairs_the_dtype', 'the reason found, the wrong cure',
     'A single False stays a single False in any dtype. The counting itself has to happen where the numbers are.'),
    (('A', 'B', 'B'), 'drops_the_weights', 'document 003: the asker tried it, with the same result',
     'The asker tried that: without weights they are equal again, and you know what that loss is content with.'),
    (('A', 'B', 'C'), 'shrinks_the_constant', 'the reason found, the wrong cure',
     'With every count at 0 a smaller constant gives larger weights, and all of them are still equal.'),
    (('B', 'D', 'C'), 'blames_the_constant', "document 003's answer: weights of 1 / (0 + eps)",
     'Line B does what it should with the counts that it gets. It gets 0 for every class, and that is no matter of the constant.'),
    (('B', 'B', 'D'), 'points_one_line_too_late', 'symptom and cause mixed up',
     'Reason and repair are right, but line B only shows the symptom: what it is given is wrong already.'),
    (('A', 'C', 'D'), 'blames_the_labels', 'soft labels suspected',
     'On real labels the comparison counts correctly. Run it on a Placeholder: what comes back is not even an array.'),
    (('A', 'D', 'D'), 'blames_the_size_of_the_constant', 'the constant suspected',
     '0.00001 is far below any count of voxels squared. It shows only because the counts are 0.'),
    (('A', 'A', 'D'), 'suspects_int8_and_repairs_the_rest', 'the right cure for the wrong reason',
     'Line and repair are right, but np.sum adds up int8 in a wider type. What does the comparison itself return?'),
    (('C', 'B', 'D'), 'points_at_the_overlap', 'a later line suspected',
     'Lines C to E work on the real batches, and section 2 showed that they compute what they say. The constant they use comes from further up.'),
]  # fmt: skip
for letters, idea, origin, words in FINDINGS:
    misconception_by_edit(
        "find_the_bug", idea, old=FOUND, new=f"findings = {letters!r}", message=words, source=origin
    )
