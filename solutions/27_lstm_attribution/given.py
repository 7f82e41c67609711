"""Given in this lesson: the LSTM of lesson 23 with one output, and the way back through one of its steps.

Layout of lesson 23: ``Wx (D, 4H)``, ``Wh (H, 4H)``, ``b (4H,)``, the four gates in the order input, forget, output,
candidate (i f o g), ``h`` and ``c`` zero before the first step. The answer is read from the last hidden state with
``Wy (H, 1)`` and ``by (1,)``. Only inputs are differentiated here, so there are no gradients of the weights.

Everything works on one sequence ``(T, D)`` and on a stack of sequences ``(N, T, D)`` alike.
"""

import numpy as np


def sigmoid(a):
    """1 / (1 + exp(-a)), written with tanh so that it never overflows."""
    return 0.5 * (1 + np.tanh(0.5 * a))


def lstm_answer(params, x):
    """The network's answer after the last step.

    Parameters
    ----------
    params : dict
        Arrays ``"Wx" (D, 4H)``, ``"Wh" (H, 4H)``, ``"b" (4H,)``, ``"Wy" (H, 1)`` and ``"by" (1,)``.
    x : ndarray, shape (T, D) or (N, T, D)

    Returns
    -------
    answer : float, or ndarray of shape (N,)
    caches : list of T caches
        ``caches[t]`` is what ``step_backward`` needs for step t.
    """
    H = params["Wh"].shape[0]
    h = np.zeros((*x.shape[:-2], H))
    c = np.zeros_like(h)
    caches = []
    for t in range(x.shape[-2]):
        a = x[..., t, :] @ params["Wx"] + h @ params["Wh"] + params["b"]  # (..., 4H)
        i, f, o = np.split(sigmoid(a[..., : 3 * H]), 3, axis=-1)  # (..., H) each
        g = np.tanh(a[..., 3 * H :])
        prev_c, c = c, f * c + i * g
        tanh_c = np.tanh(c)
        h = o * tanh_c
        caches.append((params["Wx"], params["Wh"], prev_c, i, f, o, g, tanh_c))
    return (h @ params["Wy"] + params["by"])[..., 0][()], caches


def step_backward(dh, dc, cache):
    """From one step back to its input and to the step before.

    Parameters
    ----------
    dh, dc : ndarray, shape (H,) or (N, H)
        Derivative of the answer with respect to the step's hidden state and cell.
    cache : tuple
        The step's cache, from ``lstm_answer``.

    Returns
    -------
    dx : ndarray, shape (D,) or (N, D)
        Derivative of the answer with respect to the input of this step.
    dprev_h, dprev_c : ndarray, shape (H,) or (N, H)
        The same for hidden state and cell before this step.
    """
    Wx, Wh, prev_c, i, f, o, g, tanh_c = cache
    dc = dc + dh * o * (1 - tanh_c**2)
    da_i = dc * g * i * (1 - i)
    da_f = dc * prev_c * f * (1 - f)
    da_o = dh * tanh_c * o * (1 - o)
    da_g = dc * i * (1 - g**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=-1)  # (..., 4H)
    return da @ Wx.T, da @ Wh.T, dc * f


def random_lstm(rng, inputs, units, spread=0.7):
    """Random weights in the layout above, for tests; no bias is zero.

    Parameters
    ----------
    rng : numpy.random.Generator
    inputs, units : int
        D and H.
    spread : float
        Standard deviation of every weight.

    Returns
    -------
    params : dict
    """
    shapes = {
        "Wx": (inputs, 4 * units),
        "Wh": (units, 4 * units),
        "b": (4 * units,),
        "Wy": (units, 1),
        "by": (1,),
    }
    return {name: spread * rng.normal(size=shape) for name, shape in shapes.items()}
