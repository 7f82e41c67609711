"""Given in this lesson: the LSTM of lesson 23, and from lesson 24 the Adam step and the first weights.

Signatures and layout of the LSTM are those of lesson 23: inputs ``x (N, T, D)``, ``Wx (D, 4H)``, ``Wh (H, 4H)``,
``b (4H,)``, the four gates in the order input, forget, output, candidate (i f o g), and ``c0 = 0``.

What makes ``lstm_forward`` and ``lstm_backward`` fast is told in the ``given.py`` of lesson 24: one call of tanh
serves all four gates, since sigmoid(a) = (1 + tanh(a / 2)) / 2, and whatever needs not wait for the step before is
computed for all time steps at once.
"""

import numpy as np


def init_params(rng, hidden):
    """Draw the first weights of an LSTM with one input and one linear output.

    Parameters
    ----------
    rng : numpy.random.Generator
    hidden : int
        Number of hidden units, H.

    Returns
    -------
    dict of str to ndarray, float64
        ``"Wx"`` (1, 4H), ``"Wh"`` (H, 4H), ``"b"`` (4H,), ``"Wy"`` (H, 1), ``"by"`` (1,). Weights are normal, divided by
        the root of the number of inputs of a unit; biases are 0, but 1 for the forget gates.
    """
    return {
        "Wx": rng.normal(size=(1, 4 * hidden)),
        "Wh": rng.normal(size=(hidden, 4 * hidden)) / np.sqrt(hidden),
        "b": np.repeat([0.0, 1.0, 0.0, 0.0], hidden),
        "Wy": rng.normal(size=(hidden, 1)) / np.sqrt(hidden),
        "by": np.zeros(1),
    }


def adam_step(params, grads, state, learning_rate):
    """One step of Adam. Arrays without a gradient stay as they are: that is all it takes to freeze them.

    Parameters
    ----------
    params : dict of str to ndarray
    grads : dict of str to ndarray
        Gradients of those arrays that are to learn, by the same names.
    state : dict
        ``{}`` before the first step, afterwards what the last call returned.
    learning_rate : float

    Returns
    -------
    params, state : dict
        New ones; the old ones are left alone.
    """
    count = state.get("count", 0) + 1
    params, new_state = dict(params), {"count": count}
    rate = learning_rate * np.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    for name, grad in grads.items():
        mean, square = state.get(name, (0.0, 0.0))
        mean = 0.9 * mean + 0.1 * grad
        square = 0.999 * square + 0.001 * grad**2
        params[name] = params[name] - rate * mean / (np.sqrt(square) + 1e-8)
        new_state[name] = (mean, square)
    return params, new_state


def _gate_scale(hidden, dtype):
    """Half for the three sigmoid gates i f o and one for the candidate g, which is a tanh: (4H,)."""
    return np.repeat(np.array([0.5, 0.5, 0.5, 1.0], dtype=dtype), hidden)


def lstm_forward(x, h0, Wx, Wh, b):
    """Run an LSTM over whole sequences, from ``c0 = 0``.

    Parameters
    ----------
    x : ndarray, shape (N, T, D)
    h0 : ndarray, shape (N, H)
    Wx : ndarray, shape (D, 4H)
    Wh : ndarray, shape (H, 4H)
    b : ndarray, shape (4H,)

    Returns
    -------
    h : ndarray, shape (N, T, H)
        The hidden state after every time step.
    cache : tuple
        What ``lstm_backward`` needs.
    """
    N, T, D = x.shape
    H = h0.shape[1]
    scale = _gate_scale(H, np.result_type(x, Wx))
    offset = 1 - scale
    x_steps = np.ascontiguousarray(x.swapaxes(0, 1))  # (T, N, D): one time step is one block of memory
    gates = (x_steps.reshape(T * N, D) @ (Wx * scale)).reshape(T, N, 4 * H)  # still without b and h
    b_scaled = b * scale
    c_steps = np.zeros((T + 1, N, H), dtype=gates.dtype)  # c_steps[t] is the cell before step t
    h_steps = np.empty_like(c_steps)
    tanh_c = np.empty((T, N, H), dtype=gates.dtype)
    h_steps[0] = h0
    Wh_scaled = Wh * scale
    for t in range(T):
        now = gates[t]  # (N, 4H), becomes the four gates in place
        now += h_steps[t] @ Wh_scaled
        now += b_scaled
        np.tanh(now, out=now)
        now *= scale
        now += offset
        i, f, o, g = (now[:, k * H : (k + 1) * H] for k in range(4))
        np.multiply(f, c_steps[t], out=c_steps[t + 1])
        c_steps[t + 1] += i * g
        np.tanh(c_steps[t + 1], out=tanh_c[t])
        np.multiply(o, tanh_c[t], out=h_steps[t + 1])
    return h_steps[1:].swapaxes(0, 1), (x_steps, Wx, Wh, gates, c_steps, h_steps, tanh_c)


def lstm_backward(dh, cache):
    """Back-propagation through time, all the way to the first step.

    Parameters
    ----------
    dh : ndarray, shape (N, T, H)
        Gradient of the loss with respect to every hidden state, as far as the loss uses it directly.
    cache : tuple
        From ``lstm_forward``.

    Returns
    -------
    dx (N, T, D), dh0 (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,) : ndarray
    """
    x_steps, Wx, Wh, gates, c_steps, h_steps, tanh_c = cache
    T, N, D = x_steps.shape
    H = Wh.shape[0]
    i, f, o, g = (gates[:, :, k * H : (k + 1) * H] for k in range(4))
    scale = _gate_scale(H, gates.dtype)
    da = gates - (1 - scale)
    da *= da
    np.subtract(scale**2, da, out=da)  # slope of every gate: s (1 - s) for i f o, 1 - g^2 for g
    da = da.reshape(T, N, 4, H)
    for k, partner in enumerate((g, c_steps[:-1], tanh_c, i)):
        da[:, :, k] *= partner  # what the gate is multiplied by in the forward step
    dc_per_dh = o * (1 - tanh_c**2)
    dh_steps = np.ascontiguousarray(dh.swapaxes(0, 1))
    dh_next = np.zeros((N, H), dtype=gates.dtype)
    dc_next = np.zeros((N, H), dtype=gates.dtype)
    WhT = np.ascontiguousarray(Wh.T)
    for t in reversed(range(T)):
        dh_t = dh_steps[t] + dh_next
        dc = dh_t * dc_per_dh[t]
        dc += dc_next
        da[t, :, :2] *= dc[:, None, :]
        da[t, :, 2] *= dh_t  # the output gate acts on h, the other three on c
        da[t, :, 3] *= dc
        dh_next = da[t].reshape(N, 4 * H) @ WhT
        dc_next = dc * f[t]
    rows = da.reshape(T * N, 4 * H)
    dx = (rows @ Wx.T).reshape(T, N, D).swapaxes(0, 1)
    dWx = x_steps.reshape(T * N, D).T @ rows
    dWh = h_steps[:-1].reshape(T * N, H).T @ rows
    return dx, dh_next, dWx, dWh, rows.sum(axis=0)
