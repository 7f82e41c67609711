"""Given: the LSTM of lesson 23, made fast, and the plain tanh network that races against it in lesson 24.

Signatures and layout are those of lesson 23: inputs ``x (N, T, D)``, ``Wx (D, 4H)``, ``Wh (H, 4H)``, ``b (4H,)``,
the four gates in the order input, forget, output, candidate (i f o g), and ``c0 = 0``. Results have the dtype
of the inputs, so float64 serves to check gradients and float32 to train.

What makes ``lstm_forward`` and ``lstm_backward`` fast, for the curious:

- The inputs of all time steps are multiplied by ``Wx`` at once; only ``h @ Wh`` has to wait for the step before.
- sigmoid(a) = (1 + tanh(a / 2)) / 2, so one call of tanh serves all four gates.
- Going backwards, every factor that needs no gradient is computed for all time steps before the loop.
- A gradient that vanishes over 100 steps ends below 1e-38, where float32 arithmetic becomes ten times slower.
  ``_flush`` sets such entries to zero.
"""

import numpy as np


def _gate_scale(hidden, dtype):
    """Half for the three sigmoid gates i f o and one for the candidate g, which is a tanh: (4H,)."""
    return np.repeat(np.array([0.5, 0.5, 0.5, 1.0], dtype=dtype), hidden)


def _activate(a):
    """All four gates from their pre-activations ``a (N, 4H)``."""
    scale = _gate_scale(a.shape[1] // 4, a.dtype)
    return np.tanh(a * scale) * scale + (1 - scale)


def _flush(gradient):
    """Round entries that are next to nothing (below 1e-26 in float32, 1e-170 in float64) to zero, in place."""
    small = np.sqrt(np.finfo(gradient.dtype).tiny)
    gradient += small  # an entry far smaller than `small` is lost in the rounding of this sum
    gradient -= small


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """One time step of an LSTM.

    Parameters
    ----------
    x : ndarray, shape (N, D)
    prev_h, prev_c : ndarray, shape (N, H)
    Wx : ndarray, shape (D, 4H)
    Wh : ndarray, shape (H, 4H)
    b : ndarray, shape (4H,)

    Returns
    -------
    next_h, next_c : ndarray, shape (N, H)
    cache : tuple
        What ``lstm_step_backward`` needs.
    """
    gates = _activate(x @ Wx + prev_h @ Wh + b)  # (N, 4H)
    i, f, o, g = np.split(gates, 4, axis=1)  # (N, H) each
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    next_h = o * tanh_c
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, gates, tanh_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    """Gradients of one time step.

    Parameters
    ----------
    dnext_h, dnext_c : ndarray, shape (N, H)
        Gradient of the loss with respect to the step's two outputs.
    cache : tuple
        From ``lstm_step_forward``.

    Returns
    -------
    dx (N, D), dprev_h (N, H), dprev_c (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,) : ndarray
    """
    x, prev_h, prev_c, Wx, Wh, gates, tanh_c = cache
    i, f, o, g = np.split(gates, 4, axis=1)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    da_i = dc * g * i * (1 - i)
    da_f = dc * prev_c * f * (1 - f)
    da_o = dnext_h * tanh_c * o * (1 - o)
    da_g = dc * i * (1 - g**2)
    da = np.hstack([da_i, da_f, da_o, da_g])
    dprev_c = dc * f
    dprev_h = da @ Wh.T
    dx = da @ Wx.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = da.sum(axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db


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
        _flush(dh_next)
        _flush(dc_next)
    rows = da.reshape(T * N, 4 * H)
    dx = (rows @ Wx.T).reshape(T, N, D).swapaxes(0, 1)
    dWx = x_steps.reshape(T * N, D).T @ rows
    dWh = h_steps[:-1].reshape(T * N, H).T @ rows
    return dx, dh_next, dWx, dWh, rows.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    """A plain recurrent network, h_t = tanh(x_t Wx + h_(t-1) Wh + b), over whole sequences.

    Parameters
    ----------
    x : ndarray, shape (N, T, D)
    h0 : ndarray, shape (N, H)
    Wx : ndarray, shape (D, H)
    Wh : ndarray, shape (H, H)
    b : ndarray, shape (H,)

    Returns
    -------
    h : ndarray, shape (N, T, H)
    cache : tuple
    """
    N, T, D = x.shape
    H = h0.shape[1]
    x_steps = np.ascontiguousarray(x.swapaxes(0, 1))
    a_steps = (x_steps.reshape(T * N, D) @ Wx + b).reshape(T, N, H)
    h_steps = np.empty((T + 1, N, H), dtype=a_steps.dtype)
    h_steps[0] = h0
    for t in range(T):
        a_steps[t] += h_steps[t] @ Wh
        np.tanh(a_steps[t], out=h_steps[t + 1])
    return h_steps[1:].swapaxes(0, 1), (x_steps, Wx, Wh, h_steps)


def rnn_backward(dh, cache):
    """Back-propagation through time for ``rnn_forward``.

    Parameters
    ----------
    dh : ndarray, shape (N, T, H)
    cache : tuple
        From ``rnn_forward``.

    Returns
    -------
    dx (N, T, D), dh0 (N, H), dWx (D, H), dWh (H, H), db (H,) : ndarray
    """
    x_steps, Wx, Wh, h_steps = cache
    T, N, D = x_steps.shape
    H = Wh.shape[0]
    slope = 1 - h_steps[1:] ** 2  # (T, N, H)
    dh_steps = dh.swapaxes(0, 1)
    da = np.empty_like(slope)
    dh_next = np.zeros((N, H), dtype=slope.dtype)
    WhT = np.ascontiguousarray(Wh.T)
    for t in reversed(range(T)):
        np.multiply(dh_steps[t] + dh_next, slope[t], out=da[t])
        dh_next = da[t] @ WhT
        _flush(dh_next)
    rows = da.reshape(T * N, H)
    dx = (rows @ Wx.T).reshape(T, N, D).swapaxes(0, 1)
    dWx = x_steps.reshape(T * N, D).T @ rows
    dWh = h_steps[:-1].reshape(T * N, H).T @ rows
    return dx, dh_next, dWx, dWh, rows.sum(axis=0)
