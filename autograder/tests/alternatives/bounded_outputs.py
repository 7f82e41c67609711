"""Other right answers to 12_bounded_outputs, written from its text."""

import numpy as np


def output_head__score_by_score(s, kind, high=100.0):
    from math import exp

    def one(v):
        if kind == "linear":
            return v
        if kind == "relu":
            return v if v > 0 else 0.0
        if kind == "clamp":
            return min(max(v, 0.0), high)
        if kind == "sigmoid":
            return high / (1 + exp(-v)) if v >= 0 else high * exp(v) / (1 + exp(v))
        raise ValueError(kind)

    return np.array([one(v) for v in s.ravel()]).reshape(s.shape)


def output_head__the_textbook_sigmoid(s, kind, high=100.0):
    match kind:
        case "linear":
            return s
        case "relu":
            return s * (s > 0)
        case "clamp":
            return np.minimum(high, np.maximum(0, s))
        case "sigmoid":
            return high / (1 + np.exp(-s))  # exp may overflow to inf, and high / inf is 0
        case _:
            raise ValueError("which head?")


def output_head__table_of_functions(s, kind, high=100.0):
    heads = {
        "linear": lambda v: v + 0.0,
        "relu": lambda v: (v + abs(v)) / 2,
        "clamp": lambda v: np.where(v < 0, 0, np.where(v > high, high, v)),
        "sigmoid": lambda v: high * (0.5 + 0.5 * np.tanh(v / 2)),
    }
    if kind not in heads:
        raise ValueError(f"unknown: {kind}")
    return heads[kind](s)


def head_gradient__chain_of_arrays(s, y, kind, high=100.0):
    error = 2.0 * output_head(s, kind, high) - 2.0 * y  # noqa: F821
    if kind == "relu":
        error[s < 0] = 0
    elif kind == "clamp":
        error[(s < 0) | (s > high)] = 0
    elif kind == "sigmoid":
        p = output_head(s, "sigmoid", 1.0)  # noqa: F821
        error = error * high * p * output_head(-s, "sigmoid", 1.0)  # noqa: F821
    return error


def head_gradient__one_by_one(s, y, kind, high=100.0):
    o, ds = output_head(s, kind, high), np.zeros(s.shape)  # noqa: F821
    for i in np.ndindex(*s.shape):
        if kind == "sigmoid":
            do = o[i] / high * (1 - o[i] / high) * high
        elif kind == "linear":
            do = 1
        else:
            do = 1 if o[i] == s[i] else 0  # where the head has left the score alone, it rises
        ds[i] = 2 * do * (o[i] - y[i])
    return ds


def clamp_predictions__minimum_of_maximum(o, low, high):
    return np.minimum(np.maximum(o, low), high)


def clamp_predictions__by_masks(o, low, high):
    clamped = np.array(o, dtype=float)
    clamped[clamped < low] = low
    clamped[clamped > high] = high
    return clamped


def scaled_cross_entropy__log1p(s, y, high):
    t = y / high
    return float((np.maximum(s, 0) + np.log1p(np.exp(-np.abs(s))) - t * s).mean())


def scaled_cross_entropy__two_terms(s, y, high):
    t = y / high
    return np.average(t * np.logaddexp(0, -s) + (1 - t) * np.logaddexp(0, s))


def scaled_cross_entropy__loop(s, y, high):
    total = 0.0
    for score, target in zip(s.flat, y.flat, strict=True):
        softplus = score + np.log1p(np.exp(-score)) if score > 0 else np.log1p(np.exp(score))
        total += softplus - target / high * score
    return total / s.size


def scaled_cross_entropy_gradient__in_years_and_back(s, y, high):
    return (output_head(s, "sigmoid", high) - y) / (high * np.size(s))  # noqa: F821


def scaled_cross_entropy_gradient__sigmoid_of_its_own(s, y, high):
    e = np.exp(-np.abs(s))
    p = np.where(s < 0, e / (1 + e), 1 / (1 + e))
    return p / s.size - y / high / s.size


def dead_fraction__by_the_maximum(Z):
    return float((Z.max(axis=0) <= 0).mean())


def dead_fraction__loop(Z):
    dead = 0
    for unit in Z.T:
        if not any(value > 0 for value in unit):
            dead += 1
    return dead / Z.shape[1]


def train_head__one_vector_of_parameters(X, y, w, b, kind, learning_rate, steps, high=100.0):
    A = np.column_stack([X, np.ones(len(X))])
    theta, errors = np.append(w, b), []
    for _ in range(steps):
        s = A @ theta
        o = output_head(s, "sigmoid" if kind == "cross_entropy" else kind, high)  # noqa: F821
        errors.append(np.linalg.norm(o - y) / np.sqrt(len(y)))
        if kind == "cross_entropy":
            gradient = A.T @ scaled_cross_entropy_gradient(s, y, high)  # noqa: F821
        else:
            gradient = (A * head_gradient(s, y, kind, high)[:, None]).mean(axis=0)  # noqa: F821
        theta = theta - learning_rate * gradient
    return theta[:-1], float(theta[-1]), np.array(errors)


def train_head__person_by_person(X, y, w, b, kind, learning_rate, steps, high=100.0):
    w, errors = w.copy(), np.empty(steps)
    for step in range(steps):
        scores = np.array([x @ w + b for x in X])
        if kind == "cross_entropy":
            o = output_head(scores, "sigmoid", high)  # noqa: F821
            ds = scaled_cross_entropy_gradient(scores, y, high)  # noqa: F821
        else:
            o = output_head(scores, kind, high)  # noqa: F821
            ds = head_gradient(scores, y, kind, high) / y.size  # noqa: F821
        errors[step] = (((o - y) ** 2).sum() / y.size) ** 0.5
        for x, d in zip(X, ds, strict=True):
            w -= learning_rate * d * x
            b -= learning_rate * d
    return w, b, errors


def predict_the_starts__as_a_list():
    return list("BCBAC")


def diagnose__as_a_list():
    return ["unit", "slope", "twice", "dead", "right", "scale"]
