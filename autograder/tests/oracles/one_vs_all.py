"""What 05_one_vs_all should compute, computed another way: SciPy, scikit-learn, automatic differentiation."""

import autograd
import autograd.numpy as anp
import numpy as np
from scipy.special import expit, softmax
from scipy.stats import bernoulli
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

WITHOUT_ORACLE = {
    "find_the_bug": "a choice, not a computation",
    "predict_sorted_file": "a choice, not a computation",
}


def _examples(rng, m, features):
    return np.column_stack([np.ones(m), rng.normal(size=(m, features))])


def _problem(rng, m, features, num_classes, size=1.0):
    theta = size * rng.normal(size=(features + 1, num_classes))
    return theta, _examples(rng, m, features), rng.integers(2, size=(m, num_classes)).astype(float)


CASES = {
    "one_hot": lambda rng: [(rng.integers(5, size=12), 5), (np.array([3, 0, 3]), 7), (np.array([0, 0]), 1)],
    "ova_cost": lambda rng: [
        _problem(rng, 9, 3, 5),
        _problem(rng, 1, 4, 2),
        _problem(rng, 8, 2, 3, size=300.0),
    ],
    "ova_gradient": lambda rng: [
        _problem(rng, 9, 3, 5),
        _problem(rng, 1, 4, 2),
        _problem(rng, 8, 2, 3, size=30.0),
    ],
    "fit_one_vs_all": lambda rng: [
        (_examples(rng, 11, 3), rng.integers(4, size=11), 4, 0.3, 6),
        (_examples(rng, 5, 2), np.array([2, 0, 0, 2, 1]), 5, 1.5, 3),
    ],
    "predict": lambda rng: [
        (rng.normal(size=(4, 6)), _examples(rng, 20, 3)),
        (200 * rng.normal(size=(3, 3)), _examples(rng, 15, 2)),
    ],
    "stacked_limits": lambda rng: [(1,), (2,), (10,), (137,)],
    "stack_gradient": lambda rng: [
        (rng.normal(size=(4, 5)), _examples(rng, 9, 3), np.eye(5)[rng.integers(5, size=9)]),
        (3 * rng.normal(size=(3, 2)), _examples(rng, 1, 2), np.eye(2)[[1]]),
        (30 * rng.normal(size=(3, 7)), _examples(rng, 8, 2), np.eye(7)[rng.integers(7, size=8)]),
    ],
}


def one_hot(y, num_classes):
    encoder = OneHotEncoder(categories=[list(range(num_classes))], sparse_output=False)
    return encoder.fit_transform(np.reshape(y, (-1, 1)))


def ova_cost(theta, X, Y):
    """Minus the log likelihood of independent coins; a no's probability is the sigmoid of minus the score."""
    scores = np.einsum("id,dk->ik", X, theta)
    if abs(scores).max() < 30:
        return -bernoulli.logpmf(Y, expit(scores)).sum() / len(X)
    wrongness = np.where(Y == 1, -scores, scores)  # an answer wrong by a score z costs log(1 + e^z)
    return sum(w if w > 30 else np.log1p(np.exp(w)) for w in wrongness.ravel()) / len(X)


def _one_cost(weights, X, answers):
    """Mean binary cross-entropy of one question."""
    return anp.mean(anp.logaddexp(0, (1 - 2 * answers) * anp.dot(X, weights)))


_slope = autograd.grad(_one_cost)


def ova_gradient(theta, X, Y):
    return np.column_stack([_slope(theta[:, k], X, Y[:, k]) for k in range(theta.shape[1])])


def fit_one_vs_all(X, y, num_classes, learning_rate, steps):
    """One class after the other, each a logistic regression of its own."""
    theta, costs = np.zeros((X.shape[1], num_classes)), np.zeros(steps)
    for k in range(num_classes):
        answers = np.array([float(label == k) for label in y])
        for step in range(steps):
            costs[step] += _one_cost(theta[:, k], X, answers)
            theta[:, k] -= learning_rate * _slope(theta[:, k], X, answers)
    return theta, list(costs)


def predict(theta, X):
    model = LogisticRegression()
    model.classes_ = np.arange(theta.shape[1])
    model.intercept_, model.coef_ = theta[0], theta[1:].T
    return model.predict(X[:, 1:])


def stacked_limits(num_classes):
    """The stack itself, at scores that drive the sigmoids to their ends."""
    scores = np.full(num_classes, -1e3)
    scores[-1] = 1e3
    ceiling = softmax(expit(scores))[-1]
    return ceiling, -np.log(ceiling)


def _stacked_cost(theta, X, Y):
    probs = 0.5 * (1 + anp.tanh(0.5 * anp.dot(X, theta)))
    log_q = probs - anp.log(anp.sum(anp.exp(probs), axis=1, keepdims=True))
    return -anp.mean(anp.sum(Y * log_q, axis=1))


stack_gradient = autograd.grad(_stacked_cost)
