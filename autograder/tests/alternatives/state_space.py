"""Other right answers to 28_state_space, written from its text."""

import numpy as np


def output_shape__one_rule_after_another(A, B, C, D):
    for name, matrix in (("A", A), ("B", B), ("C", C), ("D", D)):
        wanted = {
            "A": (len(A), len(A)),
            "B": (len(A), B.shape[-1]),
            "C": (C.shape[0], len(A)),
            "D": (C.shape[0], B.shape[-1]),
        }[name]
        if np.shape(matrix) != wanted:
            raise ValueError(f"{name}: {np.shape(matrix)} found, {wanted} expected")
    return (len(C),)


def output_shape__by_unpacking(A, B, C, D):
    def rows_and_columns(name, matrix):
        if len(matrix.shape) != 2:
            raise ValueError(name + " must have two dimensions")
        return matrix.shape

    n, also_n = rows_and_columns("A", A)
    if n != also_n:
        raise ValueError("A is not square.")
    rows, m = rows_and_columns("B", B)
    if rows != n:
        raise ValueError("B needs one row per state.")
    p, columns = rows_and_columns("C", C)
    if columns != n:
        raise ValueError("C needs one column per state.")
    if rows_and_columns("D", D) != (p, m):
        raise ValueError("D needs the rows of C and the columns of B.")
    return tuple([p])


def predict_shapes__as_a_list():
    return ["(4,)", "(4, 4)", "error", "(1, 1)"]


def expm__pade(M):
    n, c, q = len(M), 1.0, 8
    s = max(0, int(np.floor(np.log2(np.linalg.norm(M, 1) + 1e-300))) + 2)
    X = A = M / 2**s
    top, bottom = np.eye(n) + A / 2, np.eye(n) - A / 2
    c = 0.5
    for k in range(2, q + 1):
        c = c * (q - k + 1) / (k * (2 * q - k + 1))
        X = A @ X
        top = top + c * X
        bottom = bottom + (c * X if k % 2 == 0 else -c * X)
    return np.linalg.matrix_power(np.linalg.solve(bottom, top), 2**s)


def expm__horner_and_a_fixed_number_of_halvings(M):
    small, E = M / 2.0**14, np.eye(len(M))
    for k in range(10, 0, -1):
        E = np.eye(len(M)) + small @ E / k
    for _ in range(14):
        E = np.dot(E, E)
    return E


def expm__recursion(M):
    if np.abs(M).max() > 0.1:
        half = expm(M / 2)  # noqa: F821
        return half @ half
    total = term = np.identity(M.shape[0])
    for k in range(1, 15):
        term = M.dot(term) / k
        total = total + term
    return total


def discretise__with_np_block(A, B, dt):
    n, m = np.shape(B)
    E = expm(np.block([[A * dt, B * dt], [np.zeros((m, n + m))]]))  # noqa: F821
    return E[:n, :n], E[:n, n:]


def discretise__transposed(A, B, dt):
    n, m = B.shape
    M = np.vstack([np.hstack([A, B]), np.zeros((m, n + m))]).T
    E = expm(M * dt).T  # noqa: F821
    return np.array(E[:n, :n]), np.array(E[:n, -m:])


def simulate__states_first(Ad, Bd, C, D, u, x0):
    output_shape(Ad, Bd, C, D)  # noqa: F821
    if np.ndim(u) != 2 or np.shape(u)[1] != Bd.shape[1]:
        raise ValueError("u must have one column per input")
    if np.shape(x0) != (len(Ad),):
        raise ValueError("x0 must be flat, with one entry per state")
    X = np.empty((len(u), len(Ad)))
    X[0] = x0
    for k in range(1, len(u)):
        X[k] = X[k - 1] @ Ad.T + u[k - 1] @ Bd.T
    return X @ C.T + u @ D.T


def simulate__with_columns_inside(Ad, Bd, C, D, u, x0):
    output_shape(Ad, Bd, C, D)  # noqa: F821
    n, m = Bd.shape
    if u.shape != (len(u), m):
        raise ValueError(f"u: {u.shape}")
    if x0.shape != (n,):
        raise ValueError(f"x0: {x0.shape}")
    x, y = x0.reshape(n, 1), np.zeros((len(u), len(C)))
    for k in range(len(u)):
        now = u[k].reshape(m, 1)
        y[k] = (C @ x + D @ now)[:, 0]
        x = Ad @ x + Bd @ now
    return y


def rk4__with_a_slope_function(A, B, C, D, u, x0, dt):
    output_shape(A, B, C, D)  # noqa: F821
    if u.ndim != 2 or u.shape[1] != B.shape[1]:
        raise ValueError("u does not fit B")
    if x0.shape != (A.shape[0],):
        raise ValueError("x0 does not fit A")
    x, y = x0.copy(), np.zeros((len(u), len(C)))
    for k, held in enumerate(u):
        y[k] = C @ x + D @ held

        def f(state, held=held):
            return A @ state + B @ held

        a = dt * f(x)
        b = dt * f(x + a / 2)
        c = dt * f(x + b / 2)
        d = dt * f(x + c)
        x = x + (a + d) / 6 + (b + c) / 3
    return y


def rk4__as_one_matrix(A, B, C, D, u, x0, dt):
    n, m = B.shape if B.ndim == 2 else (0, 0)
    output_shape(A, B, C, D)  # noqa: F821
    M = np.zeros((n + m, n + m))
    M[:n, :n], M[:n, n:] = dt * A, dt * B
    eye = np.eye(n + m)
    P = eye + M @ (eye + M / 2 @ (eye + M / 3 @ (eye + M / 4)))
    return simulate(P[:n, :n], P[:n, n:], C, D, u, x0)  # noqa: F821


def predict_the_step__as_a_list():
    return list("CABC")


def observability__with_matrix_powers(A, C):
    return np.concatenate([C @ np.linalg.matrix_power(A, k) for k in range(A.shape[0])])


def observability__row_by_row(A, C):
    n, p = len(A), len(C)
    O = np.zeros((n * p, n))  # noqa: E741
    O[:p] = C
    for row in range(p, n * p):
        O[row] = A.T @ O[row - p]
    return O


def recover_state__normal_equations(Ad, Bd, C, D, u, y):
    n = Ad.shape[0]
    rest = y - simulate(Ad, Bd, C, D, u, np.zeros(n))  # noqa: F821
    S, r, power, rows = np.zeros((n, n)), np.zeros(n), np.eye(n), []
    for k in range(len(y)):
        block = C @ power
        rows.append(block)
        S += block.T @ block
        r += block.T @ rest[k]
        power = power @ Ad
    if np.linalg.matrix_rank(np.concatenate(rows)) < n:
        raise ValueError("not determined")
    return np.linalg.solve(S, r)


def recover_state__by_superposition(Ad, Bd, C, D, u, y):
    n = len(Ad)
    free = [simulate(Ad, Bd, C, D, np.zeros(u.shape), e).reshape(-1) for e in np.eye(n)]  # noqa: F821
    columns = np.stack(free, axis=1)
    target = (y - simulate(Ad, Bd, C, D, u, np.zeros(n))).reshape(-1)  # noqa: F821
    x0, _, rank, _ = np.linalg.lstsq(columns, target, rcond=None)
    if rank < n:
        raise ValueError(f"rank {rank} for {n} states")
    return x0
