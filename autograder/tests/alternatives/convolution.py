"""Other right answers to 22_convolution, written from its text."""

import numpy as np


def truncated_normal__one_by_one(rng, shape, stddev):
    kept = []
    while len(kept) < int(np.prod(shape)):
        draw = rng.normal()
        if abs(draw) <= 2:
            kept.append(draw * stddev)
    return np.array(kept).reshape(shape)


def truncated_normal__too_many_then_cut(rng, shape, stddev):
    size = int(np.prod(shape))
    draws = stddev * rng.standard_normal(2 * size + 100)
    return draws[np.abs(draws) < 2 * stddev][:size].reshape(shape)


def im2col__patch_by_patch(x, kernel_h, kernel_w, stride, pad):
    x = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    rows = []
    for n in range(x.shape[0]):
        for i in range(0, x.shape[2] - kernel_h + 1, stride):
            for j in range(0, x.shape[3] - kernel_w + 1, stride):
                rows.append(x[n, :, i : i + kernel_h, j : j + kernel_w].reshape(-1))
    return np.stack(rows)


def im2col__slices(x, kernel_h, kernel_w, stride, pad):
    N, C, H, W = x.shape
    big = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    big[:, :, pad : H + pad, pad : W + pad] = x
    OH, OW = (H + 2 * pad - kernel_h) // stride + 1, (W + 2 * pad - kernel_w) // stride + 1
    cols = np.empty((N, OH, OW, C, kernel_h, kernel_w))
    for u in range(kernel_h):
        for v in range(kernel_w):
            part = big[:, :, u : u + stride * OH : stride, v : v + stride * OW : stride]
            cols[:, :, :, :, u, v] = np.moveaxis(part, 1, 3)
    return cols.reshape(N * OH * OW, -1)


def conv_forward__einsum(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    return np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None], (x, w, b, conv_param)


def conv_forward__loops(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    OH = (padded.shape[2] - w.shape[2]) // s + 1
    OW = (padded.shape[3] - w.shape[3]) // s + 1
    out = np.zeros((len(x), len(w), OH, OW))
    for n, f, i, j in np.ndindex(*out.shape):
        patch = padded[n, :, i * s : i * s + w.shape[2], j * s : j * s + w.shape[3]]
        out[n, f, i, j] = np.sum(patch * w[f]) + b[f]
    return out, (x, w, b, conv_param)


def conv_backward__loops(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dpadded, dw, db = np.zeros_like(padded), np.zeros_like(w), np.zeros_like(b)
    for n, f, i, j in np.ndindex(*dout.shape):
        place = np.s_[n, :, i * s : i * s + w.shape[2], j * s : j * s + w.shape[3]]
        dpadded[place] += dout[n, f, i, j] * w[f]
        dw[f] += dout[n, f, i, j] * padded[place]
        db[f] += dout[n, f, i, j]
    return dpadded[:, :, p : p + x.shape[2], p : p + x.shape[3]], dw, db


def conv_backward__einsum(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    OH, OW = dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for u, v in np.ndindex(*w.shape[2:]):
        place = np.s_[:, :, u : u + s * OH : s, v : v + s * OW : s]
        dw[:, :, u, v] = np.einsum("nfij,ncij->fc", dout, padded[place])
        dpadded[place] += np.einsum("nfij,fc->ncij", dout, w[:, :, u, v])
    return dpadded[:, :, p : p + x.shape[2], p : p + x.shape[3]], dw, np.einsum("nfij->f", dout)


def max_pool_forward__windows(x, pool_param):
    s, size = pool_param["stride"], (pool_param["pool_height"], pool_param["pool_width"])
    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=(2, 3))[:, :, ::s, ::s]
    return windows.max(axis=(-1, -2)), (x, pool_param)


def max_pool_forward__loops(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    out = np.zeros((*x.shape[:2], (x.shape[2] - h) // s + 1, (x.shape[3] - w) // s + 1))
    for n, c, i, j in np.ndindex(*out.shape):
        out[n, c, i, j] = x[n, c, i * s : i * s + h, j * s : j * s + w].max()
    return out, (x, pool_param)


def max_pool_backward__argmax(dout, cache):
    x, pool_param = cache
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        u, v = divmod(int(x[n, c, i * s : i * s + h, j * s : j * s + w].argmax()), w)
        dx[n, c, i * s + u, j * s + v] += dout[n, c, i, j]
    return dx


def max_pool_backward__every_winner(dout, cache):
    x, pool_param = cache
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    for i, j in np.ndindex(*dout.shape[2:]):
        place = np.s_[:, :, i * s : i * s + h, j * s : j * s + w]
        mask = x[place] == x[place].max(axis=(2, 3), keepdims=True)
        dx[place] += mask * dout[:, :, i, j][:, :, None, None]
    return dx


def predict__as_a_list():
    return ["A", "C", "B"]
