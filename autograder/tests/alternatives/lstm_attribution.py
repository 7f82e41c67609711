"""Other right answers to 27_lstm_attribution, written from its text."""

import numpy as np


def count_lstm_parameters__expanded(units, inputs):
    return 4 * units * (inputs + units + 1)


def count_lstm_parameters__by_shapes(units, inputs):
    total = 0
    for _ in ("input", "forget", "output", "candidate"):
        for shape in ((inputs, units), (units, units), (units,)):
            total += np.zeros(shape).size
    return total


def count_model_parameters__one_more_row(units, inputs, outputs):
    return count_lstm_parameters(units, inputs) + (units + 1) * outputs  # noqa: F821


def count_model_parameters__output_by_output(units, inputs, outputs):
    count = count_lstm_parameters(units, inputs)  # noqa: F821
    for _ in range(outputs):
        count = count + units + 1
    return count


def input_gradient__one_by_one(params, x):
    if x.ndim == 3:
        return np.stack([input_gradient(params, sequence) for sequence in x])  # noqa: F821
    answer, caches = lstm_answer(params, x)  # noqa: F821
    slopes = []
    dh, dc = params["Wy"][:, 0], np.zeros(len(params["Wy"]))
    for cache in caches[::-1]:
        dx, dh, dc = step_backward(dh, dc, cache)  # noqa: F821
        slopes.insert(0, dx)
    return np.array(slopes)


def input_gradient__broadcast(params, x):
    caches = lstm_answer(params, x)[1]  # noqa: F821
    dh, dc = params["Wy"].ravel(), 0.0
    slopes = [None] * len(caches)
    t = len(caches) - 1
    while t >= 0:
        slopes[t], dh, dc = step_backward(dh, dc, caches[t])  # noqa: F821
        t -= 1
    return np.stack(slopes, axis=-2)


def input_gradient__central_differences(params, x):
    dx = np.zeros(x.shape)
    for t in range(x.shape[-2]):
        for d in range(x.shape[-1]):
            sides = []
            for k in (-2, -1, 1, 2):
                z = np.array(x, dtype=float)
                z[..., t, d] += k * 1e-3
                sides.append(lstm_answer(params, z)[0])  # noqa: F821
            dx[..., t, d] = (sides[0] - 8 * sides[1] + 8 * sides[2] - sides[3]) / 12e-3
    return dx


def quadrature__linspace(rule, steps):
    if rule not in ("left", "midpoint", "gauss"):
        raise ValueError("left, midpoint or gauss")
    if rule == "gauss":
        s, w = np.polynomial.legendre.leggauss(steps)
        return 0.5 * s + 0.5, w / w.sum()
    starts = np.linspace(0, 1, steps, endpoint=False)
    return starts + (0.5 / steps if rule == "midpoint" else 0), np.ones(steps) / steps


def quadrature__dictionary(rule, steps):
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    equal = [1.0 / steps for _ in range(steps)]
    rules = {
        "left": ([k / steps for k in range(steps)], equal),
        "midpoint": ([(2 * k + 1) / (2 * steps) for k in range(steps)], equal),
        "gauss": ([(1 + node) / 2 for node in nodes], [weight / 2 for weight in weights]),
    }
    if rule not in rules:
        raise ValueError(rule)
    points, weights = rules[rule]
    return np.array(points), np.array(weights)


def integrated_gradients__loop(params, x, baseline, steps, rule="midpoint"):
    total = np.zeros(x.shape)
    for alpha, weight in zip(*quadrature(rule, steps), strict=True):  # noqa: F821
        z = (1 - alpha) * baseline + alpha * x
        total += weight * input_gradient(params, z) * (x - baseline)  # noqa: F821
    return total


def integrated_gradients__einsum(params, x, baseline, steps, rule="midpoint"):
    alphas, weights = quadrature(rule, steps)  # noqa: F821
    moved = x - baseline
    path = np.einsum("m,td->mtd", alphas, moved) + baseline
    return np.einsum("m,mtd,td->td", weights, input_gradient(params, path), moved)  # noqa: F821


def integrated_gradients__from_x_back(params, x, baseline, steps, rule="midpoint"):
    alphas, weights = quadrature(rule, steps)  # noqa: F821
    slopes = [w * input_gradient(params, x - (1 - a) * (x - baseline)) for a, w in zip(alphas, weights)]  # noqa: F821, B905
    return sum(slopes[::-1]) * (x - baseline)


def shares__loop(attributions):
    total, size = 0.0, 0.0
    for entry in attributions.flat:
        total += entry
        size += abs(entry)
    if not abs(total) > 1e-12 * size:
        raise ValueError("nothing to share")
    return np.array([entry / total for entry in attributions.flat]).reshape(attributions.shape)


def shares__inverse(attributions):
    total = np.sum(attributions)
    if size_of_nothing := bool(np.abs(total) <= 1e-12 * np.linalg.norm(np.ravel(attributions), 1)):
        raise ValueError(f"no total: {size_of_nothing}")
    return attributions * (1 / total)


def shapley_values__orders_with_memory(f, x, baseline):
    n, known = len(x), {}

    def value(members):
        if members not in known:
            z = np.array(baseline, dtype=float)
            for i in members:
                z[i] = x[i]
            known[members] = f(z)
        return known[members]

    orders = [()]
    for i in range(n):
        orders = [order[:k] + (i,) + order[k:] for order in orders for k in range(i + 1)]
    phi = np.zeros(n)
    for order in orders:
        for k, i in enumerate(order):
            phi[i] += value(frozenset(order[: k + 1])) - value(frozenset(order[:k]))
    return phi / len(orders)


def shapley_values__table_with_axes(f, x, baseline):
    n = len(x)
    table = np.zeros((2,) * n)
    for digits in np.ndindex(*table.shape):
        z = np.array([x[i] if digits[i] else baseline[i] for i in range(n)], dtype=float)
        table[digits] = f(z)
    weights = [1 / n]
    for s in range(1, n):
        weights.append(weights[-1] * s / (n - s))
    sizes = np.indices((2,) * (n - 1)).sum(axis=0) if n > 1 else np.zeros((), dtype=int)
    return np.array(
        [np.sum(np.array(weights)[sizes] * np.diff(table, axis=i).squeeze(axis=i)) for i in range(n)]
    )


def shapley_values__dividends(f, x, baseline):
    """Each set's own surplus, shared equally among its members."""
    n = len(x)
    values = []
    for s in range(2**n):
        z = np.array(baseline, dtype=float)
        members = [i for i in range(n) if s >> i & 1]
        z[members] = x[members]
        values.append(f(z))
    phi = np.zeros(n)
    surplus = values[:]
    for i in range(n):
        for s in range(2**n):
            if s >> i & 1:
                surplus[s] -= surplus[s ^ (1 << i)]
    for s in range(1, 2**n):
        members = [i for i in range(n) if s >> i & 1]
        phi[members] += surplus[s] / len(members)
    return phi


def predict_two_attributions__as_a_list():
    return [8, 4, 6, 6]


def predict_two_attributions__fractions():
    return 2 * (2 * 2 * 3) / 3, 3 * 4 / 3, 12 / 2, 12 / 2


def predict_the_symptoms__as_a_list():
    return [2, 3, 4, 1]
