"""Independent answers to 21_counting_parameters: arrays are made, windows are moved, and what is there is counted."""

import itertools

import numpy as np


def conv_parameters(kernel_h, kernel_w, in_channels, out_channels, bias=True):
    layer = [np.empty((kernel_h, kernel_w, in_channels, out_channels))] + bias * [np.empty(out_channels)]
    return sum(array.size for array in layer)


def dense_parameters(inputs, outputs, bias=True):
    layer = [np.empty((inputs, outputs))] + bias * [np.empty(outputs)]
    return sum(array.size for array in layer)


def output_size(size, kernel, stride, padding):
    if padding == "same":  # every stride-th pixel has a place
        return sum(1 for pixel in range(size) if pixel % stride == 0)
    pad = 0 if padding == "valid" else padding
    padded = np.zeros(size + 2 * pad)
    return len(np.lib.stride_tricks.sliding_window_view(padded, kernel)[::stride])


def count_parameters(layers, input_shape):
    """A real image goes through; what arrives is measured on it."""
    image, counts = np.zeros(input_shape), []
    for layer in layers:
        if layer["type"] == "dense":
            counts.append(dense_parameters(image.size, layer["units"]))
            image = np.zeros(layer["units"])
            continue
        window = layer["kernel"] if layer["type"] == "conv" else (layer["size"],) * 2
        places = [
            output_size(n, k, layer["stride"], layer["padding"])
            for n, k in zip(image.shape, window, strict=False)
        ]
        filters = layer.get("filters", image.shape[2])
        counts.append(conv_parameters(*window, image.shape[2], filters) if layer["type"] == "conv" else 0)
        image = np.zeros((*places, filters))
    return counts, sum(counts)


def widest_under(cap, inputs, outputs):
    for hidden in itertools.count(1):  # one unit more, until it is too much
        if dense_parameters(inputs, hidden) + dense_parameters(hidden, outputs) > cap:
            return hidden - 1


_CONV = {"type": "conv", "kernel": (5, 5), "filters": 64, "stride": 1, "padding": "same"}
_POOL = {"type": "pool", "size": 3, "stride": 2, "padding": "same"}
_DENSE = [{"type": "dense", "units": units} for units in (384, 192, 10)]


def predict_the_total():
    """Counted."""
    small = {"type": "conv", "kernel": (3, 3), "filters": 64, "stride": 1, "padding": "same"}
    last = {"type": "conv", "kernel": (6, 6), "filters": 10, "stride": 1, "padding": "valid"}
    base = [_CONV, _POOL, _CONV, _POOL, *_DENSE]
    changed = [
        (base, (24, 24, 3)),
        (base, (32, 32, 3)),
        ([_CONV, _POOL | {"padding": "valid"}, _CONV, _POOL | {"padding": "valid"}, *_DENSE], (24, 24, 3)),
        ([_CONV, _POOL, small, small, _POOL, *_DENSE], (24, 24, 3)),
        ([_CONV, _POOL, _CONV, _POOL, last], (24, 24, 3)),
        ([_CONV, _POOL | {"size": 2}, _CONV, _POOL | {"size": 2}, *_DENSE], (24, 24, 3)),
    ]
    before = count_parameters(base, (24, 24, 3))[1]
    totals = [count_parameters(*network)[1] for network in changed]
    return tuple("same" if t == before else "more" if t > before else "fewer" for t in totals)


def diagnose():
    """Each cause computed with arrays, then looked up by its number."""
    weights, biases = np.empty((3, 3, 16, 32)).size, np.empty(32).size
    numbers = {
        weights: "no_bias",
        np.empty((3, 3, 32)).size + biases: "no_channels",
        weights + np.empty((16, 32)).size: "bias_per_pair",
        weights + biases: "right",
        np.empty((10, 3, 3, 16, 32)).size + biases: "batch",
        weights + np.empty(16).size: "bias_per_input",
    }
    return tuple(numbers[n] for n in (4608, 320, 5120, 4640, 46112, 4624))


def _networks(rng):
    conv = {"type": "conv", "kernel": (3, 4), "filters": 6, "stride": 2, "padding": 1}
    return [
        ([_CONV, _POOL, _CONV, _POOL, *_DENSE], (24, 24, 3)),
        ([conv, _POOL | {"padding": "valid"}, conv, {"type": "dense", "units": 7}], (31, 26, 2)),
        ([{"type": "dense", "units": 4}], (int(rng.integers(3, 9)), 5, 2)),
    ]


CASES = {
    "conv_parameters": lambda rng: [(3, 5, 2, 7), (3, 3, 16, 32), (1, 1, 4, 6, False), (5, 5, 3, 64, True)],
    "dense_parameters": lambda rng: [(1024, 32), (7, 3, False), (1, 1), (2304, 384)],
    "output_size": lambda rng: [
        *((int(n), int(k), int(s), int(p)) for n, k, s, p in rng.integers((8, 1, 1, 0), (30, 8, 6, 4), size=(40, 4))),
        *((int(n), int(k), int(s), word) for n, k, s in rng.integers((8, 1, 1), (30, 8, 6), size=(20, 3)) for word in ("same", "valid")),
    ],
    "count_parameters": _networks,
    "widest_under": lambda rng: [(500_000, 3072, 10), (100, 3, 2), (8, 3, 2), (7, 3, 2), (1, 5, 5), (5000, 17, 23)],
    "predict_the_total": lambda rng: [()],
    "diagnose": lambda rng: [()],
}  # fmt: skip
WITHOUT_ORACLE = {"design_a_network": "a free design: the checks count what is handed in"}
