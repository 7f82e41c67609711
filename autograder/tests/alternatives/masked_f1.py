"""Other right answers to 10_masked_f1, written from its text."""

import numpy as np


def masked_counts__cell_by_cell(y_true, y_pred, mask):
    boxes = {(1, 1): 0, (0, 1): 0, (0, 0): 0, (1, 0): 0}
    for b in range(y_true.shape[0]):
        for t in range(y_true.shape[1]):
            if mask[b, t]:
                for k in range(y_true.shape[2]):
                    boxes[int(y_true[b, t, k]), int(y_pred[b, t, k])] += 1
    return boxes[1, 1], boxes[0, 1], boxes[0, 0], boxes[1, 0]


def masked_counts__by_the_books(y_true, y_pred, mask):
    t, p = y_true[mask == 1], y_pred[mask == 1]
    tp = np.count_nonzero(t & p)
    named, there = p.sum(), t.sum()
    return tp, named - tp, t.size - named - there + tp, there - tp


def masked_counts__as_the_question_does(y_true, y_pred, mask):
    cells = np.broadcast_to(np.expand_dims(mask, 2), y_true.shape)
    t, p = (y_true * cells).astype(bool), (y_pred * cells).astype(bool)
    padded = cells.size - cells.sum()
    return (
        float(np.logical_and(p, t).sum()),
        float(np.logical_and(p, ~t).sum()),
        float(np.logical_and(~p, ~t).sum() - padded),
        float(np.logical_and(~p, t).sum()),
    )


def masked_counts__einsum(y_true, y_pred, mask):
    def count(t, p):
        return np.einsum("bt,btk,btk->", mask, t, p)

    return (
        count(y_true, y_pred),
        count(1 - y_true, y_pred),
        count(1 - y_true, 1 - y_pred),
        count(y_true, 1 - y_pred),
    )


def precision_recall_f1__harmonic_of_the_two(tp, fp, fn):
    precision = recall = f1 = 0.0
    if tp + fp:
        precision = tp / (tp + fp)
    if tp + fn:
        recall = tp / (tp + fn)
    if precision + recall:
        f1 = 2 * precision * recall / (precision + recall)
    return precision, recall, f1


def precision_recall_f1__no_hit_no_score(tp, fp, fn):
    if tp == 0:
        return 0, 0, 0
    return tp / (tp + fp), tp / (tp + fn), 2 / ((tp + fp) / tp + (tp + fn) / tp)


def precision_recall_f1__with_numpy(tp, fp, fn):
    above = np.array([tp, tp, 2 * tp], dtype=float)
    below = np.array([tp + fp, tp + fn, 2 * tp + fp + fn], dtype=float)
    ratios = np.divide(above, below, out=np.zeros(3), where=below > 0)
    return tuple(ratios)


def predict_the_padding__as_a_list():
    return ["same", "same", "rises", "falls", "same"]


def iou_gated_counts__subtract_and_add(y_true, y_pred, iou, mask, threshold):
    tp, fp, tn, fn = masked_counts(y_true, y_pred, mask)  # noqa: F821
    failed = ((y_true == 1) & (y_pred == 1) & (iou < threshold) & (mask == 1)[..., None]).sum()
    return tp - failed, fp + failed, tn, fn + failed


def iou_gated_counts__from_what_was_named_and_there(y_true, y_pred, iou, mask, threshold):
    t, p, overlap = y_true[mask > 0], y_pred[mask > 0], iou[mask > 0]
    tp = np.sum(np.where(overlap >= threshold, t * p, 0))
    return tp, np.sum(p) - tp, np.sum((t == 0) & (p == 0)), np.sum(t) - tp


def iou_gated_counts__cell_by_cell(y_true, y_pred, iou, mask, threshold):
    tp = fp = tn = fn = 0
    for b, s in np.argwhere(mask):
        for t, p, overlap in zip(y_true[b, s], y_pred[b, s], iou[b, s], strict=True):
            if t and p and overlap >= threshold:
                tp += 1
            else:
                fp += int(p)
                fn += int(t)
                tn += int(not t and not p)
    return tp, fp, tn, fn


def averaged_f1__loops_over_earlier_answers(y_true, y_pred, mask, average):
    def f1_of(t, p, m):
        tp, fp, _, fn = masked_counts(t, p, m)  # noqa: F821
        return precision_recall_f1(tp, fp, fn)[2]  # noqa: F821

    if average == "micro":
        return f1_of(y_true, y_pred, mask)
    if average == "macro":
        K = y_true.shape[2]
        return sum(f1_of(y_true[:, :, k : k + 1], y_pred[:, :, k : k + 1], mask) for k in range(K)) / K
    if average == "samples":
        one = np.ones((1, 1), dtype=int)
        f1s = [f1_of(y_true[b, t][None, None], y_pred[b, t][None, None], one) for b, t in np.argwhere(mask)]
        return float(np.mean(f1s)) if f1s else 0.0
    raise ValueError(average)


def averaged_f1__masked_by_multiplication(y_true, y_pred, mask, average):
    t, p = y_true * mask[:, :, None], y_pred * mask[:, :, None]
    axis = {"micro": (0, 1, 2), "macro": (0, 1), "samples": 2}
    if average not in axis:
        raise ValueError("micro, macro or samples")
    tp = (t * p).sum(axis=axis[average])
    both = t.sum(axis=axis[average]) + p.sum(axis=axis[average])
    each = np.where(both == 0, 0.0, 2 * tp / np.where(both == 0, 1, both))
    if average == "samples":
        return (each * mask).sum() / max(mask.sum(), 1)
    return each.mean()


def averaged_f1__harmonic_means(y_true, y_pred, mask, average):
    if average not in ("micro", "macro", "samples"):
        raise ValueError(average)
    t, p = y_true[mask == 1].astype(float), y_pred[mask == 1].astype(float)
    if average == "micro":
        t, p = t.reshape(1, -1), p.reshape(1, -1)
    elif average == "macro":
        t, p = t.T, p.T
    f1s = []
    for row_t, row_p in zip(t, p, strict=True):
        hits = row_t @ row_p
        f1s.append(0.0 if hits == 0 else 2 / (row_p.sum() / hits + row_t.sum() / hits))
    return float(sum(f1s) / len(f1s)) if f1s else 0.0


def find_the_bugs__as_a_list():
    return ["tn", "right", "fn", "right", "fp"]
