"""Independent answers to 17_diverging_linear_net: HIPS autograd, SciPy and scikit-learn."""

import autograd.numpy as anp
import numpy as np
import scipy.linalg
from autograd import grad, hessian
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler

NAMES = ("W1", "b1", "W2", "b2")


def best_linear_fit(X, Y):
    model = LinearRegression().fit(X, Y)
    return np.vstack([model.intercept_, model.coef_.T]), float(np.square(model.predict(X) - Y).mean())


def forward(params, X):
    rows = [params["W2"].T.dot(params["W1"].T.dot(x) + params["b1"]) + params["b2"] for x in X]
    return np.array(rows)


def merge_layers(params):
    """Probe the network: its answer to zeros, and to each unit vector."""
    D = len(params["W1"])
    at_zero = forward(params, np.zeros((1, D)))
    return np.vstack([at_zero, forward(params, np.eye(D)) - at_zero])


def _flat(params):
    return np.concatenate([np.ravel(params[name]) for name in NAMES])


def _unflat(theta, like):
    parts, used = {}, 0
    for name in NAMES:
        parts[name] = theta[used : used + like[name].size].reshape(like[name].shape)
        used += like[name].size
    return parts


def _loss(like, X, Y):
    def loss(theta):
        p = _unflat(theta, like)
        hidden = anp.dot(X, p["W1"]) + p["b1"]
        return anp.mean((anp.dot(hidden, p["W2"]) + p["b2"] - Y) ** 2)

    return loss


def backward(params, X, Y):
    loss = _loss(params, X, Y)
    return float(loss(_flat(params))), _unflat(grad(loss)(_flat(params)), params)


def train(params, X, Y, learning_rate, steps, momentum=0.0):
    """Polyak's form: no velocity, but the last two positions."""
    loss = _loss(params, X, Y)
    before = here = _flat(params)
    losses = []
    for _ in range(steps):
        losses.append(float(loss(here)))
        before, here = here, here - learning_rate * grad(loss)(here) + momentum * (here - before)
    return _unflat(here, params), np.array(losses)


def hessian_vector(params, X, Y, direction):
    table = hessian(_loss(params, X, Y))(_flat(params))
    return _unflat(table @ _flat(direction), params)


def top_eigenvalue(params, X, Y):
    table = hessian(_loss(params, X, Y))(_flat(params))
    return float(scipy.linalg.eigvalsh(table)[-1])


def standardise(X):
    scaler = StandardScaler().fit(X)
    return scaler.transform(X), scaler.mean_, scaler.scale_


def _network(rng, D, H, K):
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def _problem(rng, N, D, H, K):
    return _network(rng, D, H, K), rng.normal(size=(N, D)) + 0.5, rng.normal(size=(N, K)) - 0.5


def _table():
    i, j = np.divmod(np.arange(100), 10)
    return np.stack([i, j], axis=1).astype(float), np.stack([3 * i + 7 * j + 9, i**2 + j**2 + 24.0], axis=1)


SIZES = ((6, 3, 4, 2), (5, 2, 2, 2), (1, 1, 3, 1))


def _directions(rng):
    cases = []
    for sizes in SIZES:
        case = _problem(rng, *sizes)
        cases.append((*case, _network(rng, *sizes[1:])))
    return cases


CASES = {
    "best_linear_fit": lambda rng: [_table(), (rng.normal(size=(9, 3)), rng.normal(size=(9, 4)))],
    "forward": lambda rng: [_problem(rng, *sizes)[:2] for sizes in SIZES],
    "merge_layers": lambda rng: [(_network(rng, *sizes[1:]),) for sizes in SIZES],
    "backward": lambda rng: [_problem(rng, *sizes) for sizes in SIZES],
    "train": lambda rng: [
        (*_problem(rng, *SIZES[0]), 0.01, 5),
        (*_problem(rng, *SIZES[1]), 0.02, 6, 0.9),
        (*_problem(rng, *SIZES[2]), 0.02, 0, 0.5),
    ],
    "hessian_vector": _directions,
    "top_eigenvalue": lambda rng: (
        [_problem(rng, *sizes) for sizes in SIZES] + [(_network(rng, 2, 2, 2), *_table())]
    ),
    "standardise": lambda rng: [
        (20 * rng.normal(size=(7, 3)) + 5,),
        (np.column_stack([rng.normal(size=6), np.full(6, 4.0)]),),
        (rng.normal(size=(1, 2)),),
    ],
}
WITHOUT_ORACLE = {
    "predict_the_runs": "predictions of runs that the lesson itself makes",
    "read_the_curves": "causes of five given curves; the lesson's own cell makes them again",
}
