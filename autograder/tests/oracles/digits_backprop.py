"""Independent answers to 15_digits_backprop: HIPS autograd, SciPy's special functions, closed forms."""

import autograd.numpy as anp
import numpy as np
import scipy.special
from autograd import elementwise_grad, grad


def forward(theta_1, theta_2, X):
    """One example at a time, with SciPy's sigmoid."""
    hidden = [np.append(1.0, scipy.special.expit(theta_1.dot(x))) for x in X.T]
    output = [scipy.special.expit(theta_2.dot(h)) for h in hidden]
    return np.array(hidden).T, np.array(output).T


def cross_entropy_cost(output, Y):
    """Logarithmic scoring entry by entry; SciPy's xlogy."""
    o = np.minimum(np.maximum(output, 1e-12), 1 - 1e-12)
    entries = scipy.special.xlogy(Y, o) + scipy.special.xlog1py(1 - Y, -o)
    return -np.mean(np.sum(entries, axis=0))


def _loss(z, Y, pair):
    if pair == "sigmoid_cross_entropy":
        return anp.logaddexp(0.0, z) - Y * z
    if pair == "softmax_cross_entropy":
        top = np.max(z.value if hasattr(z, "value") else z, axis=0)
        log_sum = anp.log(anp.sum(anp.exp(z - top), axis=0)) + top
        return (log_sum - anp.sum(Y * z, axis=0)) / len(Y) * np.ones((len(Y), 1))
    out = 0.5 * (1 + anp.tanh(z / 2)) if pair == "sigmoid_squared" else z
    return 0.5 * (out - Y) ** 2


def output_delta(z, Y, pair):
    return elementwise_grad(_loss)(z, Y, pair)


def delta_errors(cost, z, deltas, h=1e-5):
    flat = z.ravel()
    moves = np.vstack([h * np.eye(flat.size), -h * np.eye(flat.size)])
    values = np.array([cost((flat + move).reshape(z.shape)) for move in moves])
    measured = np.subtract(*np.split(values, 2)) / (2 * h)
    return [max(abs(d - s) for d, s in zip(np.ravel(delta), measured, strict=True)) for delta in deltas]


def _cost(theta_1, theta_2, X, Y):
    """The cost straight from the scores, without a sigmoid at the output."""
    hidden = 0.5 * (1 + anp.tanh(anp.dot(theta_1, X) / 2))
    z = anp.dot(theta_2[:, 1:], hidden) + theta_2[:, :1]
    return anp.sum(anp.logaddexp(0.0, z) - Y * z) / X.shape[1]


def backward(theta_1, theta_2, X, Y):
    return grad(_cost, 0)(theta_1, theta_2, X, Y), grad(_cost, 1)(theta_1, theta_2, X, Y)


loop_backward = backward


def train(theta_1, theta_2, X, Y, learning_rate, steps):
    costs = []
    for _ in range(steps):
        costs.append(float(_cost(theta_1, theta_2, X, Y)))
        slope_1, slope_2 = backward(theta_1, theta_2, X, Y)
        theta_1, theta_2 = theta_1 - learning_rate * slope_1, theta_2 - learning_rate * slope_2
    return theta_1, theta_2, costs


def _problem(rng, D, H, K, m):
    X = np.vstack([np.ones(m), rng.normal(size=(D, m))])
    return (
        rng.normal(size=(H, D + 1)), rng.normal(size=(K, H + 1)), X,
        (rng.random(size=(K, m)) < 0.4).astype(float),
    )  # fmt: skip


def _quartic(v):
    return float(np.sum(v**4) + np.sum(v) ** 2)


def _measured(rng):
    z = rng.normal(size=(2, 3))
    deltas = [4 * z**3 + 2 * z.sum() + rng.normal(size=z.shape) for _ in range(3)]
    return [(_quartic, z, deltas), (_quartic, z, deltas[:1], 0.3)]


PAIRS = ("sigmoid_cross_entropy", "sigmoid_squared", "linear_squared", "softmax_cross_entropy")
CASES = {
    "forward": lambda rng: [_problem(rng, *sizes)[:3] for sizes in ((4, 3, 2, 5), (1, 1, 3, 1))],
    "cross_entropy_cost": lambda rng: [
        (rng.uniform(0.05, 0.95, size=(3, 4)), (rng.random(size=(3, 4)) < 0.5).astype(float)),
        (np.array([[1.0, 0.5], [1.0, 0.2]]), np.array([[1.0, 0.0], [1.0, 1.0]])),
    ],
    "output_delta": lambda rng: [
        (scale * rng.normal(size=(4, 5)), np.eye(4)[:, rng.integers(4, size=5)], pair)
        for pair in PAIRS
        for scale in (1.0, 30.0)
    ],
    "delta_errors": _measured,
    "loop_backward": lambda rng: [_problem(rng, *sizes) for sizes in ((4, 3, 2, 5), (1, 1, 3, 1))],
    "backward": lambda rng: [_problem(rng, *sizes) for sizes in ((4, 3, 2, 5), (1, 1, 3, 1))],
    "train": lambda rng: [(*_problem(rng, 3, 2, 4, 5), 0.7, 4), (*_problem(rng, 2, 2, 1, 3), 0.1, 0)],
}
WITHOUT_ORACLE = {
    "predict_the_runs": "predictions of training runs that the lesson itself measures",
    "diagnose": "verdicts on five given programs, not a computation; the lesson's own cells measure them",
}
