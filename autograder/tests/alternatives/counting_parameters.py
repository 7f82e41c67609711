"""Other right answers to 21_counting_parameters, written from its text."""

import numpy as np


def conv_parameters__weights_and_biases(kernel_h, kernel_w, in_channels, out_channels, bias=True):
    weights = np.prod([kernel_h, kernel_w, in_channels, out_channels])
    return weights + out_channels * bool(bias)


def conv_parameters__filter_by_filter(kernel_h, kernel_w, in_channels, out_channels, bias=True):
    count = 0
    for _ in range(out_channels):
        count += kernel_h * kernel_w * in_channels
        if bias:
            count += 1
    return float(count)


def dense_parameters__as_a_convolution_of_one_pixel(inputs, outputs, bias=True):
    if not bias:
        return np.zeros((inputs, outputs)).size
    return np.zeros((inputs + 1, outputs)).size


def dense_parameters__unit_by_unit(inputs, outputs, bias=True):
    return sum(inputs + int(bias) for _ in range(outputs))


def output_size__counts_the_starts(size, kernel, stride, padding):
    if padding == "same":
        return len(range(0, size, stride))
    if padding not in ("same", "valid") and not isinstance(padding, int):
        raise ValueError("unknown padding")
    p = 0 if padding == "valid" else padding
    starts = range(-p, size + p - kernel + 1, stride)
    if len(starts) == 0:
        raise ValueError("does not fit")
    return len(starts)


def output_size__with_floats(size, kernel, stride, padding):
    if padding == "same":
        return int(np.ceil(size / stride))
    if padding == "valid":
        return output_size(size, kernel, stride, 0)  # noqa: F821
    if isinstance(padding, str):
        raise ValueError(padding)
    room = size + padding + padding - kernel
    if room < 0:
        raise ValueError("too long")
    return 1.0 + np.floor(room / stride)


def count_parameters__with_a_table(layers, input_shape):
    counts, now, flat = [], list(input_shape), False
    for layer in layers:
        if layer["type"] not in {"conv", "pool", "dense"} or (flat and layer["type"] != "dense"):
            raise ValueError(layer["type"])
        if layer["type"] == "dense":
            counts += [(np.prod(now) + 1) * layer["units"]]
            now, flat = [layer["units"]], True
        else:
            window = layer["kernel"] if "kernel" in layer else [layer["size"]] * 2
            if "filters" in layer:
                counts += [(np.prod(window) * now[2] + 1) * layer["filters"]]
            else:
                counts += [0]
            now = [
                output_size(now[0], window[0], layer["stride"], layer["padding"]),  # noqa: F821
                output_size(now[1], window[1], layer["stride"], layer["padding"]),  # noqa: F821
                layer.get("filters", now[2]),
            ]
    return counts, sum(counts)


def widest_under__by_search(cap, inputs, outputs):
    low, high = 0, max(cap, 1)
    while low < high:
        middle = (low + high + 1) // 2
        if (inputs + 1) * middle + (middle + 1) * outputs <= cap:
            low = middle
        else:
            high = middle - 1
    return low


def widest_under__with_floats(cap, inputs, outputs):
    if cap < outputs:
        return 0
    return np.floor((cap - outputs) / (inputs + outputs + 1))


def design_a_network__smaller_pictures():
    small = {"type": "conv", "kernel": (3, 3), "filters": 48, "stride": 1, "padding": "valid"}
    pool = {"type": "pool", "size": 2, "stride": 2, "padding": "valid"}
    return [small, small, pool, small, pool, {"type": "dense", "units": 100}, {"type": "dense", "units": 10}]


def design_a_network__strides_and_a_wide_end():
    first = {"type": "conv", "kernel": (5, 3), "filters": 24, "stride": 2, "padding": 2}
    second = {"type": "conv", "kernel": (3, 5), "filters": 64, "stride": 2, "padding": "same"}
    pool = {"type": "pool", "size": 3, "stride": 2, "padding": "same"}
    return (first, second, pool, {"type": "dense", "units": 384}, {"type": "dense", "units": 10})


def predict_the_total__as_a_list():
    return ["same", "more", "fewer", "fewer", "fewer", "same"]


def diagnose__as_a_list():
    return ["no_bias", "no_channels", "bias_per_pair", "right", "batch", "bias_per_input"]
