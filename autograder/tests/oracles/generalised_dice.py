"""Independent answers to 11_generalised_dice: HIPS autograd, confusion matrices, SciPy's softmax."""

import autograd.numpy as anp
import numpy as np
import scipy.special
from autograd import grad
from sklearn.metrics import confusion_matrix


def dice_per_class(labels_true, labels_pred, num_classes):
    """From the confusion matrix: the diagonal against row and column sums."""
    matrix = confusion_matrix(np.ravel(labels_true), np.ravel(labels_pred), labels=np.arange(num_classes))
    pairs = zip(np.diag(matrix), matrix.sum(axis=0) + matrix.sum(axis=1), strict=True)
    return np.array([2 * both / size if size else np.nan for both, size in pairs])


def class_weights(y, rule):
    """Volume by volume, from lists of the class at each voxel."""
    absent = {"uniform": 1.0, "inverse_square": 0.0, "epsilon": 1.0 / 1e-5, "fixed": 1e-6}[rule]
    rows = []
    for volume in y:
        count = np.bincount(volume.argmax(axis=1), minlength=volume.shape[1]).tolist()
        rows.append(
            [
                absent if c == 0 else 1.0 if rule == "uniform" else 1.0 / (c * c + 1e-5 * (rule == "epsilon"))
                for c in count
            ]
        )
    return np.array(rows)


def _loss(y, p, w):
    """By 1 - 2n/d = (d - 2n)/d, with d - 2n written as a weighted sum of y (1 - p) + p (1 - y)."""
    total = 0.0
    for b in range(len(y)):
        weights = anp.tile(w[b], (len(y[b]), 1))
        wrong = anp.sum(weights * (y[b] * (1 - p[b]) + p[b] * (1 - y[b])))
        total = total + wrong / anp.sum(weights * (y[b] + p[b]))
    return total / len(y)


def generalised_dice_loss(y, p, w):
    return float(_loss(y, p, w))


def generalised_dice_gradient(y, p, w):
    return grad(_loss, 1)(y, p, w)


def _softmax(scores):
    return anp.exp(scores - scipy.special.logsumexp(scores, axis=-1, keepdims=True))


def softmax_backward(p, dp):
    """The whole Jacobian of each row, diag(p) - p p', times the slope."""
    rows = [(np.diag(q) - np.outer(q, q)) @ g for q, g in zip(_flat(p), _flat(dp), strict=True)]
    return np.array(rows).reshape(np.shape(p))


def _flat(values):
    return np.reshape(values, (-1, np.shape(values)[-1]))


def dice_from_scores(scores, y, rule):
    w = class_weights(y, rule)

    def loss(s):
        e = anp.exp(s - np.max(scores))
        return _loss(y, e / anp.sum(e, axis=2, keepdims=True), w)

    return float(_loss(y, scipy.special.softmax(scores, axis=2), w)), grad(loss)(scores)


def _labels(rng, B, V, K, absent=()):
    """One-hot labels; each class occurs, except the pairs (volume, class) that are to be absent."""
    rows = []
    for b in range(B):
        classes = [k for k in range(K) if (b, k) not in absent]
        rows.append(
            rng.permutation(np.concatenate([classes, rng.choice(classes, V - len(classes))]).astype(int))
        )
    return np.eye(K)[np.array(rows)]


def _batch(rng, B, V, K):
    y = _labels(rng, B, V, K)
    return y, scipy.special.softmax(rng.normal(size=(B, V, K)), axis=2), rng.uniform(0.1, 2.0, size=(B, K))


RULES = ("uniform", "inverse_square", "epsilon", "fixed")
CASES = {
    "dice_per_class": lambda rng: [
        (rng.integers(0, 4, size=(3, 5)), rng.integers(0, 4, size=(3, 5)), 4),
        (rng.integers(0, 3, size=20), rng.integers(1, 4, size=20), 6),
        (np.array([2]), np.array([0]), 4),
    ],
    "class_weights": lambda rng: [
        (_labels(rng, *sizes, absent={(0, 1), (1, 0)}), rule)
        for rule in RULES
        for sizes in ((3, 11, 4), (2, 9, 3))
    ],
    "generalised_dice_loss": lambda rng: [_batch(rng, *sizes) for sizes in ((3, 7, 4), (1, 5, 2), (2, 4, 3))],
    "generalised_dice_gradient": lambda rng: [
        _batch(rng, *sizes) for sizes in ((3, 7, 4), (1, 5, 2), (2, 4, 3))
    ],
    "softmax_backward": lambda rng: [
        (scipy.special.softmax(rng.normal(size=shape), axis=-1), rng.normal(size=shape))
        for shape in ((2, 5, 3), (4, 2), (3,), (1, 1, 4))
    ],
    "dice_from_scores": lambda rng: [
        (2 * rng.normal(size=(3, 8, 4)), _labels(rng, 3, 8, 4, absent={(0, 1), (1, 3)}), rule)
        for rule in RULES
    ],
}
WITHOUT_ORACLE = {
    "predict_the_losses": "four choices; the lesson's own cell measures them",
    "find_the_bug": "findings in a given program; the lesson's own cell shows them",
}
