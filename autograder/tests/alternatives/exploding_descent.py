"""Other right answers to 02_exploding_descent, written from its text."""

import numpy as np


def rss_gradient__example_by_example(H, y, w):
    gradient = np.zeros(len(w))
    for row, target in zip(H, y, strict=True):
        gradient += 2 * (row.dot(w) - target) * row
    return gradient


def rss_gradient__multiplied_out(H, y, w):
    return 2 * np.einsum("nd,ne,e->d", H, H, w) - 2 * H.T.dot(y)


def max_step_size__singular_values(H):
    return float(1 / np.linalg.svd(H, compute_uv=False).max() ** 2)


def max_step_size__general_eigenvalues(H):
    return 2 / max(np.linalg.eigvals(2 * np.dot(H.T, H)).real)


def max_step_size__from_the_rows(H):
    return 1 / np.linalg.eigvalsh(H @ H.T)[-1]


def gradient_descent__while_in_place(H, y, learning_rate, tol, max_iter):
    w = 1e-4 * np.ones(H.shape[1])
    norms = []
    while len(norms) < max_iter:
        slope = 2 * H.T @ (H @ w - y)
        norms += [float(np.sqrt(np.sum(slope * slope)))]
        if norms[-1] < tol:
            return w, norms
        w -= learning_rate * slope
    return w, norms


def gradient_descent__recursion_of_the_gradient(H, y, learning_rate, tol, max_iter):
    w, norms = np.array([0.0001] * H.shape[1]), []
    gradient = rss_gradient(H, y, w)  # noqa: F821
    for _ in range(max_iter):
        norms.append(sum(g**2 for g in gradient) ** 0.5)
        if norms[-1] < tol:
            break
        w = w - learning_rate * gradient
        gradient = rss_gradient(H, y, w)  # noqa: F821
    return w, np.asarray(norms)


def unstandardise__feature_by_feature(coef, intercept, mean, scale):
    new = np.empty(len(coef))
    for d in range(len(coef)):
        new[d] = coef[d] / scale[d]
        intercept = intercept - coef[d] * mean[d] / scale[d]
    return new, intercept


def unstandardise__as_one_matrix(coef, intercept, mean, scale):
    back = np.diag(np.append(1.0, 1 / scale))
    back[0, 1:] = -mean / scale
    weights = back @ np.append(intercept, coef)
    return weights[1:], float(weights[0])


def barzilai_borwein_step__by_least_squares(delta_w, delta_grad):
    return np.linalg.lstsq(delta_grad[:, None], delta_w, rcond=None)[0].item()


def barzilai_borwein_step__norm_squared(delta_w, delta_grad):
    if np.all(delta_grad == 0):
        return 0.0
    return np.dot(delta_w.T, delta_grad) / np.linalg.norm(delta_grad) ** 2


def bb_descent__first_round_apart(H, y, first_rate, tol, max_iter):
    old_w = np.full(H.shape[1], 1e-4)
    if max_iter == 0:
        return old_w, np.array([])
    old_gradient = rss_gradient(H, y, old_w)  # noqa: F821
    norms = [np.linalg.norm(old_gradient)]
    if norms[0] < tol:
        return old_w, np.array(norms)
    w = old_w - first_rate * old_gradient
    for _ in range(max_iter - 1):
        gradient = rss_gradient(H, y, w)  # noqa: F821
        norms.append(np.linalg.norm(gradient))
        if norms[-1] < tol:
            break
        rate = barzilai_borwein_step(w - old_w, gradient - old_gradient)  # noqa: F821
        old_w, old_gradient = w.copy(), gradient.copy()
        w = w - rate * gradient
    return w, np.array(norms)


def bb_descent__differences_of_steps(H, y, first_rate, tol, max_iter):
    w, step, before = np.ones(H.shape[1]) / 10_000, None, None
    norms = []
    for _ in range(max_iter):
        gradient = -2 * H.T @ (y - H @ w)
        norms.append(np.sqrt(gradient @ gradient))
        if norms[-1] < tol:
            break
        change = None if before is None else gradient - before
        rate = first_rate if change is None else (step @ change / (change @ change) if change.any() else 0.0)
        step, before = -rate * gradient, gradient
        w = w + step
    return w, norms


def predict_the_runs__as_a_list():
    return ["medium", "explodes", "slow", "explodes", "fast", "medium"]
