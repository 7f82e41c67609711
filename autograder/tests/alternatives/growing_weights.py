"""Other right answers to 01_growing_weights, written from its text."""

import numpy as np


def errors_by_hand__computed():
    return np.power(1 - 4 * np.array([0.1, 0.25, 0.4, 0.5, 0.6]), 3)


def errors_by_hand__as_a_list():
    return [0.216, 0, -0.216, -1, -2.744]


def errors_by_hand__walked():
    errors = np.ones(5)
    rates = np.array([0.1, 0.25, 0.4, 0.5, 0.6])
    for _ in range(3):
        errors = errors - rates * 4 * errors
    return errors


def predict__by_columns(X, w, b):
    return X[:, 0] * w[0] + X[:, 1] * w[1] + b


def predict__with_a_loop(X, w, b):
    y_hat = np.empty(len(X))
    for i, row in enumerate(X):
        y_hat[i] = sum(row * w) + b
    return y_hat


def predict__einsum(X, w, b):
    return np.einsum("ij,j->i", X, w) + np.full(X.shape[0], b)


def mse_gradient__with_means(X, y, w, b):
    residual = predict(X, w, b) - y  # noqa: F821
    return 2 * np.mean(residual[:, np.newaxis] * X, axis=0), float(np.mean(2 * residual))


def mse_gradient__example_by_example(X, y, w, b):
    dw, db = np.zeros(2), 0.0
    for x, target in zip(X, y, strict=True):
        residual = float(w @ x) + b - target
        dw = dw + 2 * residual * x / len(y)
        db += 2 * residual / len(y)
    return dw, db


def mse_gradient__with_a_column_of_ones(X, y, w, b):
    A = np.hstack([X, np.ones((len(X), 1))])
    gradient = 2 / len(y) * A.T @ (A @ np.append(w, b) - y)
    return gradient[:2], gradient[2]


def fit__in_place_with_a_list(X, y, learning_rate, steps):
    w = np.zeros(X.shape[1])
    b = 0
    losses = []
    while len(losses) < steps:
        losses += [np.mean(np.square(y - predict(X, w, b)))]  # noqa: F821
        dw, db = mse_gradient(X, y, w, b)  # noqa: F821
        w -= learning_rate * dw
        b -= learning_rate * db
    return w, b, losses


def fit__with_one_column(X, y, learning_rate, steps):
    A = np.column_stack((X, np.ones(X.shape[0])))
    theta = np.zeros(3)
    losses = np.empty(steps)
    for step in range(steps):
        residual = A.dot(theta) - y
        losses[step] = residual.dot(residual) / len(y)
        theta = theta - learning_rate * (2 / len(y)) * A.T.dot(residual)
    return theta[:2], theta[2], losses


def hessian__block_by_block(X):
    H = np.empty((3, 3))
    H[:2, :2] = 2 * np.dot(X.T, X) / len(X)
    H[:2, 2] = H[2, :2] = 2 * X.mean(axis=0)
    H[2, 2] = 2
    return H


def hessian__outer_products(X):
    H = np.zeros((3, 3))
    for x1, x2 in X:
        a = np.array([x1, x2, 1.0])
        H += 2 * np.outer(a, a) / len(X)
    return H


def max_learning_rate__spectral_norm(X):
    return 2.0 / np.linalg.norm(hessian(X), 2)  # noqa: F821


def max_learning_rate__singular_values(X):
    A = np.hstack([X, np.ones((len(X), 1))])
    return len(X) / np.linalg.svd(A, compute_uv=False)[0] ** 2


def max_learning_rate__general_eigenvalues(X):
    return float(2 / max(np.linalg.eigvals(hessian(X)).real))  # noqa: F821


def error_factors__of_the_step_matrix(X, learning_rate):
    return np.linalg.eigvalsh(np.eye(3) - learning_rate * hessian(X))[::-1]  # noqa: F821


def error_factors__one_by_one(X, learning_rate):
    curvatures = sorted(np.linalg.eigvals(hessian(X)).real)  # noqa: F821
    return np.array([1 - learning_rate * curvature for curvature in curvatures])


def judge_the_repairs__as_a_list():
    return ["elsewhere", "right", "grows", "elsewhere", "right", "elsewhere"]
