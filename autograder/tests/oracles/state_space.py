"""Independent answers to 28_state_space: SciPy's linalg, signal and integrate, and Cauchy's integral."""

import math

import numpy as np
import scipy.integrate
import scipy.linalg
import scipy.signal


def output_shape(A, B, C, D):
    """What SciPy's own simulation returns for one step."""
    return (scipy.signal.dlsim((A, B, C, D, 1.0), np.zeros((1, B.shape[1])))[1].shape[1],)


def expm(M):
    return scipy.linalg.expm(M)


def discretise(A, B, dt):
    n, m = B.shape
    return scipy.signal.cont2discrete((A, B, np.eye(n), np.zeros((n, m))), dt, method="zoh")[:2]


def simulate(Ad, Bd, C, D, u, x0):
    return scipy.signal.dlsim((Ad, Bd, C, D, 1.0), u, x0=x0)[1]


def rk4(A, B, C, D, u, x0, dt):
    """For short steps the true solution; for long ones the series of the block matrix, cut after the fourth power."""
    n, m = B.shape
    states = [x0]
    if dt < 0.02:
        for row in u[:-1]:

            def slope(t, x, row=row):
                return A @ x + B @ row

            solved = scipy.integrate.solve_ivp(slope, (0, dt), states[-1], rtol=1e-12, atol=1e-14)
            states.append(solved.y[:, -1])
    else:
        block = scipy.linalg.block_diag(A * dt, np.zeros((m, m)))
        block[:n, n:] = B * dt
        step = sum(np.linalg.matrix_power(block, k) / math.factorial(k) for k in range(5))
        for row in u[:-1]:
            states.append((step @ np.concatenate([states[-1], row]))[:n])
    return np.array([C @ x + D @ row for x, row in zip(states, u, strict=True)])


def observability(A, C):
    """Derivatives of C exp(z A) at 0, each by Cauchy's integral over a circle."""
    n, points = len(A), 64
    radius = 1 / max(1.0, np.linalg.norm(A, 2))
    circle = radius * np.exp(2j * np.pi * np.arange(points) / points)
    values = np.array([C @ scipy.linalg.expm(z * A) for z in circle])
    blocks = [
        math.factorial(k) * np.mean(values * circle[:, None, None] ** -k, axis=0).real for k in range(n)
    ]
    return np.concatenate(blocks)


def recover_state(Ad, Bd, C, D, u, y):
    """Superposition: one simulated record for each unit state, and the normal equations by Cholesky."""
    system = (Ad, Bd, C, D, 1.0)
    target = (y - scipy.signal.dlsim(system, u)[1]).ravel()
    unit = [scipy.signal.dlsim(system, 0 * u, x0=e)[1].ravel() for e in np.eye(len(Ad))]
    columns = np.array(unit).T
    return scipy.linalg.cho_solve(scipy.linalg.cho_factor(columns.T @ columns), columns.T @ target)


def _model(rng, n, m, p, size):
    A = rng.normal(size=(n, n))
    return (
        A * size / np.linalg.norm(A, 2),
        rng.normal(size=(n, m)),
        rng.normal(size=(p, n)),
        rng.normal(size=(p, m)),
    )


def _run(rng, n, m, p, N):
    return *_model(rng, n, m, p, 0.9), rng.normal(size=(N, m)), rng.normal(size=n)


def _ride(rng, n, m, p, N, dt):
    return *_model(rng, n, m, p, 2.0), rng.normal(size=(N, m)), rng.normal(size=n), dt


def _record(rng, n, m, p, N):
    Ad = 0.95 * np.linalg.qr(rng.normal(size=(n, n)))[0]
    _, Bd, C, D = _model(rng, n, m, p, 1.0)
    return Ad, Bd, C, D, rng.normal(size=(N, m)), rng.normal(size=(N, p))


CASES = {
    "output_shape": lambda rng: [
        _model(rng, n, m, p, 1.0) for n, m, p in ((4, 1, 1), (4, 1, 4), (3, 2, 5), (1, 2, 3))
    ],
    "expm": lambda rng: [
        (rng.normal(size=(5, 5)),),
        (10 * rng.normal(size=(3, 3)) - 20 * np.eye(3),),
        (np.triu(rng.normal(size=(4, 4)), 1),),
        (np.array([[0.0, -77.0], [77.0, 0.0]]),),
        (np.array([[-1000.0, 999.0], [0.0, -1.0]]),),
        (np.zeros((2, 2)),),
        (np.array([[-49.0, 24.0], [-64.0, 31.0]]),),  # Moler and Van Loan's example
    ],
    "discretise": lambda rng: [
        (*_model(rng, 4, 1, 1, 3.0)[:2], 0.3),
        (*_model(rng, 3, 2, 1, 3.0)[:2], 1.7),
        (np.diag(np.ones(2), 1), rng.normal(size=(3, 2)), 0.6),
        (np.zeros((2, 2)), rng.normal(size=(2, 1)), 0.6),
    ],
    "simulate": lambda rng: [_run(rng, *sizes) for sizes in ((4, 1, 1, 9), (3, 2, 4, 6), (1, 1, 2, 3))],
    "rk4": lambda rng: [
        _ride(rng, 4, 1, 1, 9, 0.5),
        _ride(rng, 3, 2, 4, 6, 0.2),
        _ride(rng, 4, 1, 2, 12, 0.01),
        _ride(rng, 2, 3, 1, 12, 0.005),
    ],
    "observability": lambda rng: [
        (rng.normal(size=(n, n)), rng.normal(size=(p, n))) for n, p in ((4, 1), (3, 2), (2, 3), (1, 2))
    ],
    "recover_state": lambda rng: [
        _record(rng, *sizes) for sizes in ((3, 1, 2, 12), (2, 2, 1, 20), (4, 1, 3, 9))
    ],
}
WITHOUT_ORACLE = {
    "predict_shapes": "predictions of what NumPy says, which the lesson itself runs",
    "predict_the_step": "predictions of errors that the lesson itself measures",
}
