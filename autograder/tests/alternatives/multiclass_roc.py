"""Other right answers to 09_multiclass_roc, written from its text."""

import numpy as np


def rates_at__means_of_booleans(y, score, threshold):
    return np.mean(score[y == 0] >= threshold), np.mean(score[y == 1] >= threshold)


def rates_at__with_a_loop(y, score, threshold):
    tp = fp = positives = negatives = 0
    for label, value in zip(y, score, strict=True):
        if label == 1:
            positives += 1
            tp += value >= threshold
        else:
            negatives += 1
            fp += value >= threshold
    return fp / negatives, tp / positives


def roc_curve__threshold_by_threshold(y, score):
    if len(np.unique(y)) < 2:
        raise ValueError("one class only")
    thresholds = np.concatenate([[np.inf], np.unique(score)[::-1]])
    points = [rates_at(y, score, t) for t in thresholds]  # noqa: F821
    fpr, tpr = np.array(points).T
    return fpr, tpr, thresholds


def roc_curve__with_a_dictionary(y, score):
    P, M = int(sum(y)), int(len(y) - sum(y))
    if not P or not M:
        raise ValueError
    groups = {}
    for label, value in zip(y.tolist(), score.tolist(), strict=True):
        up, right = groups.get(value, (0, 0))
        groups[value] = (up + label, right + 1 - label)
    fpr, tpr, thresholds, up, right = [0.0], [0.0], [float("inf")], 0, 0
    for value in sorted(groups, reverse=True):
        up, right = up + groups[value][0], right + groups[value][1]
        fpr.append(right / M)
        tpr.append(up / P)
        thresholds.append(value)
    return np.array(fpr), np.array(tpr), np.array(thresholds)


def roc_curve__unique_and_bincount(y, score):
    values, place = np.unique(score, return_inverse=True)
    ups = np.bincount(place, weights=y)[::-1]
    rights = np.bincount(place, weights=1 - y)[::-1]
    if ups.sum() == 0 or rights.sum() == 0:
        raise ValueError("labels of one kind only")
    tpr = np.r_[0, np.cumsum(ups)] / ups.sum()
    fpr = np.r_[0, np.cumsum(rights)] / rights.sum()
    return fpr, tpr, np.r_[np.inf, values[::-1]]


def auc__trapezoid(fpr, tpr):
    return np.trapezoid(tpr, fpr)


def auc__strip_by_strip(fpr, tpr):
    area = 0.0
    for i in range(1, len(fpr)):
        area += (fpr[i] - fpr[i - 1]) * 0.5 * (tpr[i] + tpr[i - 1])
    return area


def auc__as_a_dot_product(fpr, tpr):
    return float(np.dot(np.diff(fpr), tpr[:-1] + np.diff(tpr) / 2))


def auc_mann_whitney__two_loops(y, score):
    total, pairs = 0.0, 0
    for p in score[y == 1]:
        for n in score[y == 0]:
            pairs += 1
            total += 1.0 if p > n else 0.5 if p == n else 0.0
    if pairs == 0:
        raise ValueError("no pairs")
    return total / pairs


def auc_mann_whitney__mean_ranks(y, score):
    P, M = np.sum(y == 1), np.sum(y == 0)
    if P == 0 or M == 0:
        raise ValueError("no pairs")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = np.cumsum(counts) - (counts - 1) / 2
    return (rank[inverse][y == 1].sum() - P * (P + 1) / 2) / (P * M)


def auc_mann_whitney__searchsorted(y, score):
    positives, negatives = score[y == 1], np.sort(score[y == 0])
    if positives.size == 0 or negatives.size == 0:
        raise ValueError("no pairs")
    below = np.searchsorted(negatives, positives, side="left")
    not_above = np.searchsorted(negatives, positives, side="right")
    return (below + not_above).mean() / 2 / negatives.size


def auc_mann_whitney__mean_of_signs(y, score):
    positives, negatives = score[y == 1], score[y == 0]
    if min(len(positives), len(negatives)) < 1:
        raise ValueError("no pairs")
    return 0.5 + 0.5 * np.mean(np.sign(np.subtract.outer(positives, negatives)))


def margin_score__row_by_row(S, k):
    margins = []
    for row in S:
        margins.append(row[k] - max([*row[:k], *row[k + 1 :]]))
    return np.array(margins)


def margin_score__with_minus_infinity(S, k):
    rivals = S.copy()
    rivals[:, k] = -np.inf
    return S[:, k] - np.max(rivals, axis=1)


def margin_score__with_a_boolean_column(S, k):
    return (S[:, [k]] - S[:, np.arange(S.shape[1]) != k]).min(axis=1)


def predict_the_change__as_a_list():
    return ["same", "mirrored", "same", "other", "other", "same"]


def one_vs_rest_auc__by_the_curve(Y, S):
    areas = []
    for labels, scores in zip(Y.T, S.T, strict=True):
        fpr, tpr, _ = roc_curve(labels, scores)  # noqa: F821
        areas.append(auc(fpr, tpr))  # noqa: F821
    return np.array(areas)


def one_vs_rest_auc__filled_in(Y, S):
    areas = np.empty(S.shape[1])
    for k in range(S.shape[1]):
        areas[k] = auc_mann_whitney(Y[:, k], S[:, k])  # noqa: F821
    return areas


def macro_micro_auc__by_pairs(Y, S):
    areas = one_vs_rest_auc(Y, S)  # noqa: F821
    return areas.sum() / len(areas), auc_mann_whitney(Y.flatten(), S.flatten())  # noqa: F821


def macro_micro_auc__column_after_column(Y, S):
    fpr, tpr, _ = roc_curve(Y.T.reshape(-1), S.T.reshape(-1))  # noqa: F821
    return float(one_vs_rest_auc(Y, S).mean()), float(auc(fpr, tpr))  # noqa: F821


def find_the_leak__as_a_list():
    return ["copied rows", "honest", "own predictions", "chosen columns", "honest", "same rows"]
