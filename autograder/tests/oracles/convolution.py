"""Independent answers to 22_convolution: SciPy's correlate for the layer, HIPS autograd for its gradients."""

import autograd.numpy as anp
import numpy as np
import scipy.signal
from autograd import grad


def im2col(x, kernel_h, kernel_w, stride, pad):
    N, C, H, W = x.shape
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    padded[:, :, pad : pad + H, pad : pad + W] = x
    rows = []
    for image in padded:
        for i in range(0, image.shape[1] - kernel_h + 1, stride):
            for j in range(0, image.shape[2] - kernel_w + 1, stride):
                rows.append(image[:, i : i + kernel_h, j : j + kernel_w].ravel())
    return np.array(rows)


def conv_forward(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    maps = [
        [
            scipy.signal.correlate(image, f, mode="valid")[0, ::stride, ::stride] + bias
            for f, bias in zip(w, b)
        ]
        for image in padded
    ]
    return np.array(maps), None


def _conv(x, w, b, conv_param):
    """Written for autograd: a sum over the places inside a patch."""
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = anp.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    OH, OW = ((size + 2 * pad - k) // stride + 1 for size, k in zip(x.shape[2:], w.shape[2:]))
    out = b[None, :, None, None]
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            part = padded[:, :, u : u + stride * OH : stride, v : v + stride * OW : stride]
            out = out + anp.einsum("ncij,fc->nfij", part, w[:, :, u, v])
    return out


def conv_backward(dout, cache):
    x, w, b, conv_param = cache
    loss = lambda *arrays: anp.sum(_conv(*arrays, conv_param) * dout)  # noqa: E731
    return tuple(grad(loss, place)(x, w, b) for place in range(3))


def _pool(x, pool_param):
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    rows = range(0, x.shape[2] - height + 1, stride)
    columns = range(0, x.shape[3] - width + 1, stride)
    lines = [
        anp.stack([anp.max(x[:, :, i : i + height, j : j + width], axis=(2, 3)) for j in columns], axis=-1)
        for i in rows
    ]
    return anp.stack(lines, axis=-2)


def max_pool_forward(x, pool_param):
    return _pool(x, pool_param), None


def max_pool_backward(dout, cache):
    x, pool_param = cache
    return grad(lambda v: anp.sum(_pool(v, pool_param) * dout))(x)


def _layers(rng):
    cases = []
    for shape, F, HH, WW, stride, pad in (((2, 3, 6, 5), 4, 3, 2, 1, 0), ((1, 2, 5, 7), 3, 2, 3, 2, 1), ((3, 1, 4, 4), 1, 4, 4, 1, 2)):  # fmt: skip
        w, b = rng.normal(size=(F, shape[1], HH, WW)), rng.normal(size=F)
        cases.append((rng.normal(size=shape), w, b, {"stride": stride, "pad": pad}))
    return cases


def _dout(rng, case):
    return rng.normal(size=conv_forward(*case)[0].shape), case


def _pools(rng):
    return [
        (rng.normal(size=shape), {"pool_height": h, "pool_width": w, "stride": s})
        for shape, h, w, s in (((2, 3, 6, 4), 2, 2, 2), ((1, 2, 5, 7), 3, 2, 1), ((2, 1, 7, 5), 2, 1, 3))
    ]


CASES = {
    "im2col": lambda rng: [
        (rng.normal(size=(2, 3, 6, 5)), 3, 2, 1, 0),
        (rng.normal(size=(1, 2, 5, 7)), 2, 3, 2, 1),
        (rng.normal(size=(3, 1, 7, 4)), 3, 3, 3, 2),
    ],
    "conv_forward": _layers,
    "conv_backward": lambda rng: [_dout(rng, case) for case in _layers(rng)],
    "max_pool_forward": _pools,
    "max_pool_backward": lambda rng: [(rng.normal(size=_pool(*case).shape), case) for case in _pools(rng)],
}
WITHOUT_ORACLE = {
    "truncated_normal": "random draws in a free order; the checks compare their distribution with the closed form",
    "predict": "choices that the lesson's own cells measure",
}
COMPARED = {"conv_forward": lambda result: result[0], "max_pool_forward": lambda result: result[0]}
