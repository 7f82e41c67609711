"""Independent answers to 02_exploding_descent: HIPS autograd, SciPy, closed forms in the eigenbasis, scikit-learn."""

import autograd.numpy as anp
import numpy as np
import scipy.linalg
from autograd import grad, hessian
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler


def _rss(w, H, y):
    return anp.sum((y - anp.dot(H, w)) ** 2)


def rss_gradient(H, y, w):
    return grad(_rss)(w, H, y)


def max_step_size(H):
    curvature = hessian(_rss)(np.zeros(H.shape[1]), H, np.zeros(len(H)))
    return 2 / scipy.linalg.eigh(curvature, eigvals_only=True).max()


def gradient_descent(H, y, learning_rate, tol, max_iter):
    """Without a loop over updates: w after k rounds, from the eigenbasis of the singular value decomposition."""
    _, singular, directions = scipy.linalg.svd(H)
    curvatures = np.zeros(H.shape[1])
    curvatures[: len(singular)] = 2 * singular**2
    best, start = scipy.linalg.lstsq(H, y)[0], np.full(H.shape[1], 1e-4)
    distance = directions @ (start - best)

    def at(k):
        return best + directions.T @ ((1 - learning_rate * curvatures) ** k * distance)

    norms = []
    for k in range(max_iter):
        norms.append(np.linalg.norm(curvatures * (1 - learning_rate * curvatures) ** k * distance))
        if norms[-1] < tol:
            return at(k), np.array(norms)
    return at(max_iter), np.array(norms)


def unstandardise(coef, intercept, mean, scale):
    """The plane through predictions at random places, fitted by scikit-learn."""
    scaler = StandardScaler()
    scaler.mean_, scaler.scale_ = mean, scale
    X = np.random.default_rng(0).normal(size=(len(coef) + 4, len(coef))) * 3 + mean
    plane = LinearRegression().fit(X, scaler.transform(X) @ coef + intercept)
    return plane.coef_, plane.intercept_


def barzilai_borwein_step(delta_w, delta_grad):
    return float(scipy.linalg.lstsq(delta_grad[:, None], delta_w)[0][0])


def bb_descent(H, y, first_rate, tol, max_iter):
    """All points and gradients kept in lists; each rate is a least-squares fit."""
    points, gradients = [np.full(H.shape[1], 1e-4)], []
    for _ in range(max_iter):
        gradients.append(grad(_rss)(points[-1], H, y))
        if np.sqrt(np.sum(gradients[-1] ** 2)) < tol:
            break
        rate = first_rate
        if len(gradients) > 1:
            rate = barzilai_borwein_step(points[-1] - points[-2], gradients[-1] - gradients[-2])
        points.append(points[-1] - rate * gradients[-1])
    return points[-1], np.array([np.sqrt(np.sum(g**2)) for g in gradients])


def predict_the_runs():
    """Measured: the eigenvalues decide where the rate is fixed, a run where it is not."""
    X = np.array([[1.0, 23.0], [5.0, 29.0], [7.0, 60.0], [9.0, 85.0], [11.0, 99.0]])
    y, ones = np.array([20.0, 40.0, 60.0, 80.0, 100.0]), np.ones((5, 1))
    H, Hs = np.hstack([ones, X]), np.hstack([ones, StandardScaler().fit_transform(X)])
    fixed = {
        "A": (Hs, 1000 * y, 0.05),
        "B": (np.vstack([H, H]), np.concatenate([y, y]), 4e-5),
        "C": (H, y, 1e-6),
        "D": (np.hstack([ones, X - X.mean(axis=0)]), y, 0.05),
        "F": (np.hstack([Hs, Hs[:, 1:2]]), y, 0.05),
    }
    outcomes = {"E": _speed(len(bb_descent(H, y, 50.0, 1e-4, 10_000)[1]))}
    for run, (inputs, targets, rate) in fixed.items():
        values, vectors = scipy.linalg.eigh(2 * inputs.T @ inputs)
        if rate * values.max() > 2:
            outcomes[run] = "explodes"
            continue
        parts = vectors.T @ rss_gradient(inputs, targets, np.full(inputs.shape[1], 1e-4))
        norms = np.linalg.norm((1 - rate * values) ** np.arange(10_000)[:, None] * parts, axis=1)
        outcomes[run] = _speed(np.argmax(norms < 1e-4) + 1 if (norms < 1e-4).any() else 10_001)
    return tuple(outcomes[run] for run in "ABCDEF")


def _speed(rounds):
    return "fast" if rounds < 100 else "medium" if rounds <= 10_000 else "slow"


def _problem(rng, N, D):
    return rng.normal(size=(N, D)) + 0.5, 3 * rng.normal(size=N)


def _descents(rng, *shares):
    """Runs whose rates are these shares of the bound, some stopped by tol and some by max_iter."""
    cases = []
    for share, (N, D), tol, rounds in zip(
        shares, ((7, 3), (5, 2), (9, 4)), (0.0, 0.5, 1e-3), (8, 60, 7), strict=True
    ):
        H, y = _problem(rng, N, D)
        cases.append((H, y, share / np.linalg.norm(H, 2) ** 2, tol, rounds))
    return cases


CASES = {
    "rss_gradient": lambda rng: [
        (*_problem(rng, N, D), rng.normal(size=D)) for N, D in ((7, 3), (1, 4), (5, 1))
    ],
    "max_step_size": lambda rng: [(_problem(rng, N, D)[0],) for N, D in ((7, 3), (3, 6), (4, 1), (1, 2))],
    "gradient_descent": lambda rng: _descents(rng, 0.6, 0.3, 1.4),
    "unstandardise": lambda rng: [
        (rng.normal(size=D), 2.5, 5 * rng.normal(size=D), rng.uniform(0.3, 4, size=D)) for D in (1, 3, 6)
    ],
    "barzilai_borwein_step": lambda rng: [
        *[(rng.normal(size=D), rng.normal(size=D)) for D in (1, 3, 6)],
        (rng.normal(size=3), np.zeros(3)),
    ],
    "bb_descent": lambda rng: _descents(rng, 0.6, 0.1, 3.0),
    "predict_the_runs": lambda rng: [()],
}
