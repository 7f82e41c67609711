"""Independent answers to 10_masked_f1: scikit-learn on the cells of the real steps."""

import numpy as np
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support


def _steps(y_true, y_pred, mask):
    """The real steps one below the other, (M, K), collected one by one."""
    places = [(b, t) for b in range(mask.shape[0]) for t in range(mask.shape[1]) if mask[b, t] == 1]
    K = y_true.shape[2]
    return (
        np.array([y_true[place] for place in places]).reshape(-1, K),
        np.array([y_pred[place] for place in places]).reshape(-1, K),
    )


def masked_counts(y_true, y_pred, mask):
    t, p = _steps(y_true, y_pred, mask)
    if t.size == 0:
        return 0, 0, 0, 0
    tn, fp, fn, tp = confusion_matrix(t.ravel(), p.ravel(), labels=[0, 1]).ravel()
    return tp, fp, tn, fn


def precision_recall_f1(tp, fp, fn):
    labels = np.repeat([1, 0, 1, 0], [tp, fp, fn, 1])
    predictions = np.repeat([1, 1, 0, 0], [tp, fp, fn, 1])
    return precision_recall_fscore_support(labels, predictions, average="binary", zero_division=0)[:3]


def predict_the_padding():
    """Measured on a small epoch whose padding grows."""
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.integers(2, size=(3, 4, 5)), rng.integers(2, size=(3, 4, 5))
    rows = []
    for more in (0, 50):
        shape = (3, more, 5)
        t = np.concatenate([y_true, np.zeros(shape, dtype=int)], axis=1)
        p = np.concatenate([y_pred, rng.integers(2, size=shape)], axis=1)
        mask = np.repeat([[1] * 4 + [0] * more], 3, axis=0)
        flat = np.repeat(mask.ravel(), 5)
        t, p = t.ravel(), p.ravel()
        rows.append(
            [
                f1_score(t[flat == 1], p[flat == 1]),
                f1_score(t * flat, p * flat),
                np.mean(t * flat == p * flat),
                f1_score(t, p),
                precision_recall_fscore_support(t, p, average="binary")[1],
            ]
        )
    return tuple("same" if a == b else "rises" if a < b else "falls" for a, b in zip(*rows, strict=True))


def iou_gated_counts(y_true, y_pred, iou, mask, threshold):
    """Two lists a step: boxes that were drawn, objects that are there; a pair that fits leaves both."""
    tp = fp = tn = fn = 0
    for b, t in zip(*np.nonzero(mask), strict=True):
        drawn = {k for k in range(y_true.shape[2]) if y_pred[b, t, k]}
        there = {k for k in range(y_true.shape[2]) if y_true[b, t, k]}
        matched = {k for k in drawn & there if iou[b, t, k] >= threshold}
        tp += len(matched)
        fp += len(drawn - matched)
        fn += len(there - matched)
        tn += y_true.shape[2] - len(drawn | there)
    return tp, fp, tn, fn


def averaged_f1(y_true, y_pred, mask, average):
    t, p = _steps(y_true, y_pred, mask)
    if len(t) == 0:
        return 0.0
    if t.shape[1] == 1:  # scikit-learn takes one column for a yes/no problem
        each = [f1_score(t[:, 0], p[:, 0], zero_division=0)]
        return float(np.mean(t[:, 0] * p[:, 0] if average == "samples" else each))
    return f1_score(t, p, average=average, zero_division=0)


def _epoch(rng, B, T, K):
    y_true, y_pred = rng.integers(2, size=(B, T, K)), rng.integers(2, size=(B, T, K))
    return y_true, y_pred, rng.integers(2, size=(B, T))


def _boxed(rng, B, T, K, threshold):
    y_true, y_pred, mask = _epoch(rng, B, T, K)
    return y_true, y_pred, rng.integers(5, size=(B, T, K)) / 4, mask, threshold


SHAPES = ((3, 5, 4), (1, 6, 3), (4, 1, 2), (5, 3, 1))
CASES = {
    "masked_counts": lambda rng: [
        *(_epoch(rng, *shape) for shape in SHAPES),
        (np.ones((2, 3, 4), dtype=int), np.zeros((2, 3, 4), dtype=int), np.zeros((2, 3), dtype=int)),
    ],
    "precision_recall_f1": lambda rng: [
        *(tuple(rng.integers(1, 50, size=3)) for _ in range(4)),
        (0, 0, 0),
        (0, 3, 0),
        (0, 0, 4),
        (0, 3, 4),
        (5, 0, 0),
    ],  # fmt: skip
    "predict_the_padding": lambda rng: [()],
    "iou_gated_counts": lambda rng: [
        _boxed(rng, *shape, threshold) for shape in SHAPES for threshold in (0.0, 0.5, 0.6, 1.0)
    ],
    "averaged_f1": lambda rng: [
        (*_epoch(rng, *shape), kind) for shape in SHAPES for kind in ("micro", "macro", "samples")
    ],
}
WITHOUT_ORACLE = {
    "find_the_bugs": "verdicts on five given programs, not a computation; the lesson's own cells run them"
}
