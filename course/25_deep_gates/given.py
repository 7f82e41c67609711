"""Given in this lesson: a fast LSTM over whole sequences whose gates have one layer or two, its backward pass, and Adam.

Everything is in columns, as in the lesson: a batch of sequences is ``X (T, n_x, m)``, the state is ``a, c (n_a, m)``,
the input of a gate is ``[a_prev; x_t] (n_a + n_x, m)``. The four gates stand one behind the other on the first axis of
the weights, in the order forget, input, candidate, output (f i c o). With two layers:

======  ====================  ===========================================
``W1``  (4, n_a, n_a + n_x)   first layer; ``W1[0]`` is the lesson's ``Wf1``
``b1``  (4, n_a, 1)
``W2``  (4, n_a, n_a)         second layer; ``W2[0]`` is the lesson's ``Wf2``
``b2``  (4, n_a, 1)
``Wy``  (1, n_a)              output; ``by (1, 1)``
======  ====================  ===========================================

With one layer there is no ``W2`` and no ``b2``, and ``W1[0]`` is the lesson's ``Wf``. The gates f, i, o use the sigmoid
in each layer, the candidate uses tanh in each layer: the cell of the question.

What makes it fast, for the curious: sigmoid(z) = (1 + tanh(z / 2)) / 2, so one call of tanh serves all four gates; all
inputs are multiplied by their weights before the loop over time; and the gradients of the weights are one matrix product
after the loop instead of T small ones.
"""

import numpy as np


def sigmoid(z):
    """1 / (1 + exp(-z)), entry by entry, finite for scores of any size."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def softmax(scores):
    """Probabilities of each column: ``scores (K, m)`` to ``(K, m)``, every column sums to 1."""
    exp_scores = np.exp(scores - scores.max(axis=0, keepdims=True))
    return exp_scores / exp_scores.sum(axis=0, keepdims=True)


SCALE = np.array([0.5, 0.5, 1.0, 0.5]).reshape(4, 1, 1)  # half for the sigmoids f i o, one for the tanh c


def start(seed, layers, forget_bias, first_bias=0.0, inputs=2, units=16, dtype=np.float32):
    """Parameters before training.

    Weights are uniform between -1/sqrt(n_a) and 1/sqrt(n_a). Biases are zero, except for those of the forget gate.

    Parameters
    ----------
    seed : int
    layers : int
        1 for the standard gate, 2 for the gate of the question.
    forget_bias, first_bias : float
        Bias of the forget gate's last layer; with two layers, bias of its first layer.
    inputs, units : int
        n_x and n_a.
    dtype : dtype

    Returns
    -------
    dict of ndarray
    """
    rng = np.random.default_rng(seed)
    width = 1 / np.sqrt(units)

    def weights(*shape):
        return rng.uniform(-width, width, shape).astype(dtype)

    params = {"W1": weights(4, units, units + inputs), "b1": np.zeros((4, units, 1), dtype)}
    if layers == 2:
        params["W2"] = weights(4, units, units)
        params["b2"] = np.zeros((4, units, 1), dtype)
        params["b1"][0] = first_bias
    params["b2" if layers == 2 else "b1"][0] = forget_bias
    params["Wy"] = weights(1, units)
    params["by"] = np.zeros((1, 1), dtype)
    return params


def forward(params, X):
    """Run the LSTM over all steps, from a = c = 0.

    Parameters
    ----------
    params : dict
        From ``start``.
    X : ndarray, shape (T, n_x, m)

    Returns
    -------
    y_hat : ndarray, shape (1, m)
        ``Wy a_T + by``: the output after the last step.
    cache : dict
        For ``backward``. ``cache["gates"]`` has shape (T, 4, n_a, m) in the order f i c o; ``cache["c"]`` has shape
        (T + 1, n_a, m) and starts with the zero cell.
    """
    W1 = params["W1"]
    n = W1.shape[1]
    T, _, m = X.shape
    dtype = W1.dtype
    scale = SCALE.astype(dtype)
    offset = 1 - scale
    first = W1 * scale
    Wa = np.ascontiguousarray(first[:, :, :n]).reshape(4 * n, n)
    Wx = np.ascontiguousarray(first[:, :, n:]).reshape(4 * n, -1)
    inner = (Wx @ X).reshape(T, 4, n, m) + params["b1"] * scale
    deep = "W2" in params
    if deep:
        W2, b2 = params["W2"] * scale, params["b2"] * scale
        gates = np.empty_like(inner)
    else:
        gates = inner
    a = np.zeros((T + 1, n, m), dtype)
    c = np.zeros((T + 1, n, m), dtype)
    tanh_c = np.empty((T, n, m), dtype)
    for t in range(T):
        z = inner[t]
        z += (Wa @ a[t]).reshape(4, n, m)
        np.tanh(z, out=z)
        z *= scale
        z += offset
        if deep:
            np.matmul(W2, z, out=gates[t])
            z = gates[t]
            z += b2
            np.tanh(z, out=z)
            z *= scale
            z += offset
        f, i, g, o = z
        np.multiply(f, c[t], out=c[t + 1])
        c[t + 1] += i * g
        np.tanh(c[t + 1], out=tanh_c[t])
        np.multiply(o, tanh_c[t], out=a[t + 1])
    cache = {"X": X, "a": a, "c": c, "tanh_c": tanh_c, "inner": inner, "gates": gates, "params": params}
    return params["Wy"] @ a[T] + params["by"], cache


def _slopes(values, dtype):
    """Slope of the squashing functions, from their values: s (1 - s) for f i o, 1 - s^2 for c."""
    scale = SCALE.astype(dtype)
    centred = values - (1 - scale)
    return scale**2 - centred * centred


def backward(dy_hat, cache):
    """Back-propagation through time.

    Parameters
    ----------
    dy_hat : ndarray, shape (1, m)
        Gradient of the loss with respect to the output.
    cache : dict
        From ``forward``.

    Returns
    -------
    grads : dict of ndarray
        As ``params``.
    dc : ndarray, shape (T, n_a, m)
        Gradient of the loss with respect to the cell after each step, all roads together.
    """
    params, gates, inner, a, c, tanh_c = (cache[k] for k in ("params", "gates", "inner", "a", "c", "tanh_c"))
    T, _, n, m = gates.shape
    dtype = gates.dtype
    deep = "W2" in params
    outer = _slopes(gates, dtype)  # becomes the gradient of the last layer's scores
    f, i, g, o = (gates[:, k] for k in range(4))
    for k, partner in enumerate((c[:-1], g, i, tanh_c)):
        outer[:, k] *= partner
    dc_per_da = o * (1 - tanh_c**2)
    if deep:
        first = _slopes(inner, dtype)
        W2T = np.ascontiguousarray(params["W2"].swapaxes(1, 2))
    else:
        first = outer
    WaT = np.ascontiguousarray(params["W1"][:, :, :n].reshape(4 * n, n).T)
    da = params["Wy"].T @ dy_hat
    dc = np.zeros((T, n, m), dtype)
    carried = np.zeros((n, m), dtype)
    for t in reversed(range(T)):
        np.multiply(da, dc_per_da[t], out=dc[t])
        dc[t] += carried
        outer[t, :3] *= dc[t]
        outer[t, 3] *= da
        if deep:
            first[t] *= W2T @ outer[t]
        da = WaT @ first[t].reshape(4 * n, m)
        carried = dc[t] * f[t]
    rows = first.transpose(1, 2, 0, 3).reshape(4 * n, T * m)
    concat = np.concatenate([a[:-1], cache["X"]], axis=1).transpose(0, 2, 1).reshape(T * m, -1)
    grads = {"W1": (rows @ concat).reshape(4, n, -1), "b1": rows.sum(axis=1).reshape(4, n, 1)}
    if deep:
        columns = outer.transpose(1, 2, 0, 3).reshape(4, n, T * m)
        grads["W2"] = columns @ inner.transpose(1, 0, 3, 2).reshape(4, T * m, n)
        grads["b2"] = columns.sum(axis=2, keepdims=True)
    grads["Wy"] = dy_hat @ a[T].T
    grads["by"] = dy_hat.sum(axis=1, keepdims=True)
    return grads, dc


def make_batch(rng, batch, length, dtype=np.float32):
    """Addition problem: random numbers, one of them marked in each half; the target is the mean of the marked two.

    Parameters
    ----------
    rng : numpy.random.Generator
    batch, length : int
        m and T.
    dtype : dtype

    Returns
    -------
    X : ndarray, shape (T, 2, m)
        Row 0 holds numbers from 0 to 1, row 1 the marks.
    y : ndarray, shape (1, m)
    """
    X = np.zeros((length, 2, batch), dtype)
    X[:, 0] = rng.random((length, batch))
    sequences = np.arange(batch)
    marked = [rng.integers(0, length // 2, batch), rng.integers(length // 2, length, batch)]
    for position in marked:
        X[position, 1, sequences] = 1
    y = (X[marked[0], 0, sequences] + X[marked[1], 0, sequences]) / 2
    return X, y[None, :]


def loss_and_gradients(params, X, y):
    """Mean squared error of the last output, its gradients, and the gradient in each step's cell."""
    y_hat, cache = forward(params, X)
    error = y_hat - y
    grads, dc = backward(2 * error / error.size, cache)
    return float(np.mean(error**2)), grads, dc


def train(params, steps, length, seed, learning_rate=0.02, batch=32, stop_below=0.0, report=50):
    """Adam, with the gradient clipped to a norm of 1, on fresh batches of the addition problem.

    Parameters
    ----------
    params : dict
        From ``start``; not changed.
    steps, length, seed : int
        Number of updates, T, and the seed of the data.
    learning_rate : float
    stop_below : float
        Stop as soon as the error is below this.
    batch, report : int
        m; the error is measured on 500 sequences, always the same, every ``report`` steps.

    Returns
    -------
    params : dict
    seen, errors : ndarray, 1-D
        Numbers of steps, 0, report, 2 report, …, and the mean squared error on the 500 sequences at each.
    """
    rng = np.random.default_rng(seed)
    X_test, y_test = make_batch(np.random.default_rng(12345), 500, length)
    params = {name: value.copy() for name, value in params.items()}
    mean = {name: np.zeros_like(value) for name, value in params.items()}
    square = {name: np.zeros_like(value) for name, value in params.items()}
    errors = []
    for step in range(steps + 1):
        if step % report == 0:
            errors.append(float(np.mean((forward(params, X_test)[0] - y_test) ** 2)))
            if errors[-1] < stop_below:
                break
        if step == steps:
            break
        _, grads, _ = loss_and_gradients(params, *make_batch(rng, batch, length))
        norm = np.sqrt(sum(float(np.sum(g * g)) for g in grads.values()))
        factor = min(1.0, 1.0 / (norm + 1e-12))
        rate = learning_rate * np.sqrt(1 - 0.999 ** (step + 1)) / (1 - 0.9 ** (step + 1))
        for name, g in grads.items():
            mean[name] += 0.1 * (factor * g - mean[name])
            square[name] += 0.001 * ((factor * g) ** 2 - square[name])
            params[name] -= rate * mean[name] / (np.sqrt(square[name]) + 1e-8)
    return params, report * np.arange(len(errors)), np.array(errors)
