"""Hidden checks of 21_counting_parameters."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
    exercise,
    expect,
    expect_array,
    expect_each_once,
    expect_parts,
    expect_raises,
    expect_words,
    misconception,
    misconception_by_edit,
)

NEEDS = {"count_parameters": ["conv_parameters", "dense_parameters", "output_size"]}


def distinct(rng, count, low, high):
    """Whole numbers, all different, so that no two can be confused."""
    return [int(n) for n in low + rng.permutation(high - low)[:count]]


def counts_and_total(result):
    counts, total = result
    return list(counts), total


def number(count):
    return expect_array(count, ())


TO_THE_LAST = {"rtol": 0, "atol": 1e-6}
WHOLE = {"part": number, **TO_THE_LAST}


# --- conv_parameters ------------------------------------------------------------------------------------------------


@exercise("conv_parameters", weight=0)
def test_conv_count_is_one_number(learner, rng):
    """`conv_parameters` must return one number."""
    expect_array(learner.conv_parameters(*distinct(rng, 4, 2, 9)), ())


@exercise("conv_parameters", weight=4)
def test_conv_count_with_biases(learner, reference, rng):
    """Count what one filter needs, its weights for every input channel and its bias, and multiply by the filters."""
    agree(learner, reference, "conv_parameters", [tuple(distinct(rng, 4, 2, 14)) for _ in range(4)], **WHOLE)


@exercise("conv_parameters", weight=2)
def test_conv_count_without_biases(learner, reference, rng):
    """With `bias=False` only the weights count; with `bias=True` it is the same as when nothing is said."""
    cases = [(*distinct(rng, 4, 2, 14), flag) for flag in (False, True, False)]
    agree(learner, reference, "conv_parameters", cases, **WHOLE)


@exercise("conv_parameters", weight=1)
def test_conv_count_at_the_edges(learner, reference, rng):
    """Kernels of one row, one column or one pixel, one channel, one filter: the same rule holds."""
    h, w, c, f = distinct(rng, 4, 3, 20)
    cases = [(1, w, c, f), (h, 1, c, f), (1, 1, c, f), (h, w, 1, f), (h, w, c, 1), (1, 1, 1, 1)]
    agree(learner, reference, "conv_parameters", [*cases, (h, w, c, 1, False)], **WHOLE)


@misconception(
    "conv_parameters",
    "You left out the input channels: every filter has weights for each channel that arrives.",
    source="document 001: a convolution [1, 3, 3, 1] has no axis for them; facts T10: 320 instead of 4,640",
)
def leaves_out_the_input_channels(kernel_h, kernel_w, in_channels, out_channels, bias=True):
    return (kernel_h * kernel_w + (1 if bias else 0)) * out_channels


@misconception(
    "conv_parameters",
    "You count the weights only. Each filter has a bias as well, unless `bias=False`.",
    source="facts T10: 4,608 instead of 4,640",
)
def forgets_the_biases(kernel_h, kernel_w, in_channels, out_channels, bias=True):
    return kernel_h * kernel_w * in_channels * out_channels


@misconception(
    "conv_parameters",
    "You count a bias for each pair of an input and an output channel. A filter adds its bias once, after it has summed over the channels.",
    source="facts T10: 5,120 instead of 4,640",
)
def has_a_bias_for_each_pair(kernel_h, kernel_w, in_channels, out_channels, bias=True):
    return (kernel_h * kernel_w + (1 if bias else 0)) * in_channels * out_channels


@misconception(
    "conv_parameters",
    "You count a bias for each input channel. The biases belong to the filters, which are the output channels.",
    source="mixing up the two channel axes of PyTorch's (out, in, kh, kw) and TensorFlow's (kh, kw, in, out)",
)
def has_a_bias_for_each_input(kernel_h, kernel_w, in_channels, out_channels, bias=True):
    return kernel_h * kernel_w * in_channels * out_channels + (in_channels if bias else 0)


@misconception(
    "conv_parameters",
    "You count one bias for the whole layer. Each filter has its own.",
    source="document 001: sometimes a bias is just a single number",
)
def has_one_bias_in_all(kernel_h, kernel_w, in_channels, out_channels, bias=True):
    return kernel_h * kernel_w * in_channels * out_channels + (1 if bias else 0)


@misconception(
    "conv_parameters",
    "You square the kernel's height. A kernel may be wider than it is high: multiply height by width.",
    source="the square kernels of every tutorial hide it",
)
def takes_the_kernel_for_a_square(kernel_h, kernel_w, in_channels, out_channels, bias=True):
    return (kernel_h**2 * in_channels + (1 if bias else 0)) * out_channels


@misconception(
    "conv_parameters",
    "You do not look at `bias`: the biases are counted even where the layer has none.",
    source="networks with batch normalisation leave the biases out; a counter that adds them is off by one a filter",
)
def always_counts_biases(kernel_h, kernel_w, in_channels, out_channels, bias=True):
    return (kernel_h * kernel_w * in_channels + 1) * out_channels


@misconception(
    "conv_parameters",
    "You add the number of filters as if it were one more axis beside the kernel; the filters multiply what one filter needs.",
    source="reasoned: sums where a shape asks for products",
)
def adds_the_filters(kernel_h, kernel_w, in_channels, out_channels, bias=True):
    return kernel_h * kernel_w * in_channels + out_channels * (2 if bias else 1)


# --- dense_parameters -----------------------------------------------------------------------------------------------


@exercise("dense_parameters", weight=0)
def test_dense_count_is_one_number(learner, rng):
    """`dense_parameters` must return one number."""
    expect_array(learner.dense_parameters(*distinct(rng, 2, 2, 9)), ())


@exercise("dense_parameters", weight=3)
def test_dense_count_with_biases(learner, reference, rng):
    """Every unit has one weight for each input, and one bias."""
    agree(learner, reference, "dense_parameters", [tuple(distinct(rng, 2, 3, 60)) for _ in range(4)], **WHOLE)


@exercise("dense_parameters", weight=2)
def test_dense_count_without_biases(learner, reference, rng):
    """With `bias=False` only the weights count; with `bias=True` it is the same as when nothing is said."""
    cases = [(*distinct(rng, 2, 3, 60), flag) for flag in (False, True, False)]
    agree(learner, reference, "dense_parameters", cases, **WHOLE)


@exercise("dense_parameters", weight=1)
def test_dense_count_at_the_edges(learner, reference, rng):
    """One input, one unit, as many of the one as of the other: the same rule holds."""
    d, h = distinct(rng, 2, 5, 60)
    agree(
        learner,
        reference,
        "dense_parameters",
        [(1, h), (d, 1), (d, d), (1, 1), (1, h, False), (d, 1, False)],
        **WHOLE,
    )


@misconception(
    "dense_parameters",
    "You count the weights only. Each unit has a bias as well, unless `bias=False`.",
    source="document 001: [1024, 32] has 32,768, the biases come as a layer of their own",
)
def dense_forgets_the_biases(inputs, outputs, bias=True):
    return inputs * outputs


@misconception(
    "dense_parameters",
    "You count a bias for each input. A bias belongs to a unit: there are as many as outputs.",
    source="the constant 1 of lesson 03 is appended to the inputs; its weights are one a unit",
)
def dense_has_a_bias_for_each_input(inputs, outputs, bias=True):
    return inputs * outputs + (inputs if bias else 0)


@misconception(
    "dense_parameters",
    "You count one bias for the whole layer. Each unit has its own.",
    source="document 001: sometimes a bias is just a single number",
)
def dense_has_one_bias_in_all(inputs, outputs, bias=True):
    return inputs * outputs + (1 if bias else 0)


@misconception(
    "dense_parameters",
    "You do not look at `bias`: the biases are counted even where the layer has none.",
    source="as for convolutions in front of batch normalisation",
)
def dense_always_counts_biases(inputs, outputs, bias=True):
    return (inputs + 1) * outputs


@misconception(
    "dense_parameters",
    "You count a bias for the inputs and for the outputs. Nothing is added to an input; only the units have biases.",
    source="restricted Boltzmann machines have both, dense layers do not",
)
def dense_has_biases_on_both_sides(inputs, outputs, bias=True):
    return inputs * outputs + (inputs + outputs if bias else 0)


# --- output_size ----------------------------------------------------------------------------------------------------


def windows(rng, count):
    """Sizes, kernels, strides and paddings in which the division leaves a remainder as often as not."""
    return [
        (int(rng.integers(9, 40)), int(rng.integers(2, 8)), int(rng.integers(1, 5)), int(rng.integers(0, 4)))
        for _ in range(count)
    ]


@exercise("output_size", weight=0)
def test_output_size_is_one_number(learner, rng):
    """`output_size` must return one number."""
    expect_array(learner.output_size(*windows(rng, 1)[0]), ())


@exercise("output_size", weight=4)
def test_output_size_with_padding_in_pixels(learner, reference, rng):
    """Pad on both sides, see how far the window can move, divide by the stride and round down, and add the first place."""
    cases = [*windows(rng, 12), (11, 4, 3, 1), (12, 4, 3, 1), (10, 3, 2, 0), (11, 3, 2, 0)]
    agree(learner, reference, "output_size", cases, **WHOLE)


@exercise("output_size", weight=2)
def test_output_size_valid(learner, reference, rng):
    """With "valid" nothing is padded: the window must lie inside everywhere."""
    cases = [(n, k, s, "valid") for n, k, s, _ in windows(rng, 8)]
    agree(learner, reference, "output_size", [*cases, (24, 3, 2, "valid"), (9, 9, 4, "valid")], **WHOLE)


@exercise("output_size", weight=3)
def test_output_size_same(learner, reference, rng):
    """With "same" there is a place at every stride-th pixel, whether the kernel is odd, even or longer than the axis."""
    cases = [(n, k, s, "same") for n, k, s, _ in windows(rng, 8)]
    cases += [
        (10, 2, 2, "same"),
        (11, 2, 2, "same"),
        (12, 4, 3, "same"),
        (13, 4, 3, "same"),
        (2, 5, 1, "same"),
    ]
    agree(learner, reference, "output_size", cases, **WHOLE)


@exercise("output_size", weight=1)
def test_output_size_at_the_edges(learner, reference, rng):
    """A window of one pixel, one as long as the axis, a stride longer than the axis, a single pixel: the same rule holds."""
    n = int(rng.integers(7, 20))
    cases = [
        (n, 1, 1, 0),
        (n, n, 1, 0),
        (n, n, 3, 0),
        (n, 3, n + 2, 0),
        (1, 1, 1, 0),
        (1, 3, 2, 1),
        (n, n + 2, 1, 1),
    ]
    agree(
        learner,
        reference,
        "output_size",
        [*cases, (1, 1, 1, "same"), (n, 3, n + 2, "same"), (n, n, 2, "valid")],
        **WHOLE,
    )


@exercise("output_size", weight=1)
def test_output_size_refuses_a_window_that_does_not_fit(learner, rng):
    """A window longer than the padded axis, and a word that is neither "same" nor "valid", must raise a ValueError."""
    n = int(rng.integers(4, 9))
    for case in [(n, n + 1, 1, 0), (n, n + 1, 2, "valid"), (n, n + 5, 3, 2), (n, 2, 1, "full")]:
        with expect_raises(ValueError):
            learner.output_size(*case)


misconception_by_edit(
    "output_size",
    "forgets_the_first_place",
    old="// stride + 1",
    new="// stride",
    message="You count the steps between the places. There is one place more than steps: add 1.",
    source="the fence-post error; V. Dumoulin, F. Visin, A guide to convolution arithmetic, relationship 6",
)
misconception_by_edit(
    "output_size",
    "rounds_up",
    old="places = (size + 2 * padding - kernel) // stride + 1",
    new="places = -(-(size + 2 * padding - kernel) // stride) + 1",
    message='You round up. A last window that would stick out is left away: round down, except with "same".',
    source="pooling layers of Caffe round up; those of TensorFlow and PyTorch round down",
)
misconception_by_edit(
    "output_size",
    "pads_one_side",
    old="places = (size + 2 * padding - kernel)",
    new="places = (size + padding - kernel)",
    message="You count the padding once. It is added on both sides.",
    source="facts: the padding of a convolution is given for one side",
)
misconception_by_edit(
    "output_size",
    "same_means_same_size",
    old="return -(-size // stride)",
    new="return size",
    message='With "same" you return the size itself. That holds for a stride of 1; with stride s only every s-th pixel has a window.',
    source="facts T10: 24 → conv SAME 24 → pool 3/2 SAME 12; the flatten size decides the total",
)
misconception_by_edit(
    "output_size",
    "same_rounds_down",
    old="return -(-size // stride)",
    new="return size // stride",
    message='With "same" you round down. The last, incomplete stride has a window too: round up.',
    source="TensorFlow's documentation: SAME gives ceil(n / s)",
)
misconception_by_edit(
    "output_size",
    "same_is_half_the_kernel",
    old="        return -(-size // stride)",
    new="        padding = kernel // 2",
    message='You take "same" for a padding of kernel // 2 on each side. For an even kernel that gives one place too many at times; "same" is the size divided by the stride, rounded up.',
    source="the usual padding in PyTorch, which equals SAME for odd kernels only",
)
misconception_by_edit(
    "output_size",
    "valid_is_same",
    old='    if padding == "same":',
    new='    if padding in ("same", "valid"):',
    message='You treat "valid" like "same". "valid" means no padding at all.',
    source="facts T10: VALID gives 11 where SAME gives 12",
)
misconception_by_edit(
    "output_size",
    "refuses_nothing",
    old="if kernel > size + 2 * padding:",
    new="if False:",
    message="You return a number although the window does not fit. A size of 0 or below must raise a ValueError, or the mistake shows up three layers later.",
    source="measured: (4 − 7) // 1 + 1 is −2, and a product of two of them looks like a size again",
)


# --- count_parameters -----------------------------------------------------------------------------------------------


def conv(rng, stride=1, padding="same"):
    h, w, filters = distinct(rng, 3, 2, 7)
    return {"type": "conv", "kernel": (h, w), "filters": filters, "stride": stride, "padding": padding}


def pool(size=2, stride=2, padding="valid"):
    return {"type": "pool", "size": size, "stride": stride, "padding": padding}


def dense(units):
    return {"type": "dense", "units": int(units)}


def networks(rng):
    """Networks in which every size, stride and padding leaves its trace in a dense layer."""
    h, w, c = (int(n) for n in (rng.integers(21, 27), rng.integers(30, 36), rng.integers(2, 6)))
    units = rng.integers(3, 9, size=6)
    return [
        ([conv(rng), pool(3, 2, "same"), conv(rng, 1, "valid"), dense(units[0]), dense(units[1])], (h, w, c)),
        ([conv(rng, 2, 1), conv(rng, 3, "same"), pool(2, 2, "valid"), dense(units[2])], (w, h, c)),
        ([pool(3, 2, "valid"), conv(rng, 1, 2), pool(2, 1, 1), dense(units[3])], (h, w, c)),
    ]


@exercise("count_parameters", weight=0)
def test_counts_and_total(learner, rng):
    """`count_parameters` must return a list with a number for each layer, pooling included, and the total."""
    layers, shape = networks(rng)[0]
    result = learner.count_parameters(layers, shape)
    expect_parts(result, 2, "Return two things: counts, total.")
    expect_parts(result[0], len(layers), "counts needs one entry for each layer, and 0 for pooling.")
    expect_array(result[1], (), "total")


@exercise("count_parameters", weight=4)
def test_counts_of_convolutions_and_pooling(learner, reference, rng):
    """A convolution reads the channels of the layer before it, pooling hands them on and has nothing to learn."""
    cases = [
        ([conv(rng), conv(rng)], (9, 13, 4)),
        ([conv(rng, 1, 3), pool(), conv(rng, 2, "same"), conv(rng)], (18, 23, 2)),
        ([pool(2, 1), conv(rng)], (8, 11, 5)),
    ]
    agree(learner, reference, "count_parameters", cases, counts_and_total, **TO_THE_LAST)


@exercise("count_parameters", weight=4)
def test_counts_of_whole_networks(learner, reference, rng):
    """The first dense layer reads height times width times channels of what really arrives there; follow both axes."""
    cases = networks(rng)
    agree(learner, reference, "count_parameters", cases, counts_and_total, **TO_THE_LAST)


@exercise("count_parameters", weight=1)
def test_counts_without_convolutions(learner, reference, rng):
    """Dense layers alone, pooling alone, one layer: the first dense layer reads every number of the image."""
    a, b = distinct(rng, 2, 3, 30)
    cases = [
        ([dense(a), dense(b)], (5, 8, 3)),
        ([dense(a)], (4, 6, 1)),
        ([pool()], (6, 9, 2)),
        ([pool(), dense(b)], (6, 9, 2)),
    ]
    agree(learner, reference, "count_parameters", cases, counts_and_total, **TO_THE_LAST)


@exercise("count_parameters", weight=1)
def test_counts_refuse_what_cannot_be(learner, rng):
    """An unknown type, and an image layer behind a dense layer, must raise a ValueError."""
    for layers in ([conv(rng), {"type": "blur"}], [dense(4), conv(rng)], [conv(rng), dense(4), pool()]):
        with expect_raises(ValueError):
            learner.count_parameters(layers, (9, 12, 3))


misconception_by_edit(
    "count_parameters",
    "pooling_has_weights",
    old="counts.append(0)",
    new='counts.append(layer["size"] ** 2)',
    message="You count the pooling window. A maximum has nothing to learn: 0.",
    source="facts T10: pooling counted k*k",
)
misconception_by_edit(
    "count_parameters",
    "pooling_does_not_shrink",
    old='        height = output_size(height, kernel_h, layer["stride"], layer["padding"])\n        width = output_size(width, kernel_w, layer["stride"], layer["padding"])',
    new='        if kind == "conv":\n            height = output_size(height, kernel_h, layer["stride"], layer["padding"])\n            width = output_size(width, kernel_w, layer["stride"], layer["padding"])',
    message="Your pooling layers leave the size as it was. The dense layer behind them then reads far too many numbers.",
    source="facts T10: flatten from the unpooled size, four times too many",
)
misconception_by_edit(
    "count_parameters",
    "channels_stay",
    old='channels = layer["filters"]',
    new="pass",
    message="Your channels stay those of the image. After a convolution there are as many channels as it has filters.",
    source="document 001: the input channels of deeper layers are missing",
)
misconception_by_edit(
    "count_parameters",
    "dense_reads_channels_only",
    old="int(np.prod(shape))",
    new="int(shape[-1])",
    message="Your first dense layer reads the channels only. It reads every number: height times width times channels.",
    source="what would hold after global average pooling (stretch goal 1)",
)
misconception_by_edit(
    "count_parameters",
    "dense_reads_one_channel",
    old="int(np.prod(shape))",
    new="int(np.prod(shape[:2]))",
    message="Your first dense layer reads height times width. Each place holds as many numbers as there are channels.",
    source="reasoned: the size of a grey image",
)
misconception_by_edit(
    "count_parameters",
    "convolutions_do_not_shrink",
    old='        height = output_size(height, kernel_h, layer["stride"], layer["padding"])\n        width = output_size(width, kernel_w, layer["stride"], layer["padding"])',
    new='        if kind == "pool":\n            height = output_size(height, kernel_h, layer["stride"], layer["padding"])\n            width = output_size(width, kernel_w, layer["stride"], layer["padding"])',
    message='Your convolutions leave the size as it was. That holds for "same" with stride 1 only.',
    source="the tutorial's convolutions are all SAME with stride 1, which hides it",
)
misconception_by_edit(
    "count_parameters",
    "follows_the_height_only",
    old='width = output_size(width, kernel_w, layer["stride"], layer["padding"])',
    new="width = height",
    message="You follow one axis and take it for both. Images and kernels need not be square.",
    source="square images in every tutorial hide it",
)
misconception_by_edit(
    "count_parameters",
    "swaps_the_axes_of_the_kernel",
    old='kernel_h, kernel_w = layer["kernel"]',
    new='kernel_w, kernel_h = layer["kernel"]',
    message="You took the kernel as (width, height). It is (height, width), like the image.",
    source="image libraries that say width first, arrays that say height first",
)


# --- widest_under ---------------------------------------------------------------------------------------------------


def exact_caps(rng, count):
    """Caps that some width uses up exactly, and their neighbours."""
    cases = []
    for _ in range(count):
        inputs, hidden, outputs = distinct(rng, 3, 4, 60)
        cap = (inputs + 1) * hidden + (hidden + 1) * outputs
        cases += [(cap, inputs, outputs), (cap - 1, inputs, outputs), (cap + outputs, inputs, outputs)]
    return cases


@exercise("widest_under", weight=0)
def test_widest_is_one_number(learner, rng):
    """`widest_under` must return one whole number."""
    value = expect_array(learner.widest_under(5000, *distinct(rng, 2, 4, 40)), ())
    expect(float(value).is_integer(), "A layer has a whole number of units: round down.")


@exercise("widest_under", weight=4)
def test_widest_fits_and_one_more_does_not(learner, reference, rng):
    """Both layers count, with the biases of both, and a cap that fits exactly is used up."""
    agree(learner, reference, "widest_under", exact_caps(rng, 5), **WHOLE)


@exercise("widest_under", weight=2)
def test_widest_for_any_cap(learner, reference, rng):
    """Round down to whole units: with one more, the network would be over the cap."""
    cases = [(int(rng.integers(3000, 600_000)), *distinct(rng, 2, 3, 900)) for _ in range(8)]
    agree(learner, reference, "widest_under", [*cases, (500_000, 3072, 10)], **WHOLE)


@exercise("widest_under", weight=1)
def test_widest_under_tiny_caps(learner, reference, rng):
    """Where not even one unit fits the answer is 0, never a negative number; one input or one output is fine."""
    a, b = distinct(rng, 2, 5, 40)
    first = a + 1 + 2 * b  # what one hidden unit needs
    cases = [
        (first, a, b),
        (first - 1, a, b),
        (b, a, b),
        (b - 2, a, b),
        (0, a, b),
        (90, 1, b),
        (900, a, 1),
        (3, 1, 1),
        (4, 1, 1),
    ]
    agree(learner, reference, "widest_under", cases, **WHOLE)


misconception_by_edit(
    "widest_under",
    "forgets_the_second_layer",
    old="hidden = max(0, (cap - outputs) // for_each_unit)",
    new="hidden = max(0, cap // (inputs + 1))",
    message="You count the first layer only. The outputs read the hidden units too, and have biases.",
    source="facts T10's 497,826 for 162 units on raw pixels is the first layer alone",
)
misconception_by_edit(
    "widest_under",
    "forgets_all_biases",
    old="hidden = max(0, (cap - outputs) // for_each_unit)",
    new="hidden = max(0, cap // (inputs + outputs))",
    message="You count weights only. Both layers have biases.",
    source="facts T10: no bias",
)
misconception_by_edit(
    "widest_under",
    "forgets_the_output_biases",
    old="(cap - outputs)",
    new="cap",
    message="The biases of the outputs are missing. They are a fixed part that is paid before the first unit.",
    source="reasoned: the only term without H in (D + 1)H + (H + 1)K",
)
misconception_by_edit(
    "widest_under",
    "forgets_the_hidden_biases",
    old="inputs + 1 + outputs",
    new="inputs + outputs",
    message="The biases of the hidden units are missing: each unit costs one number more.",
    source="facts T10: no bias",
)
misconception_by_edit(
    "widest_under",
    "stays_below_the_cap",
    old="(cap - outputs)",
    new="(cap - 1 - outputs)",
    message='You stay strictly below the cap. "At most" includes the cap itself.',
    source="< and <=",
)
misconception_by_edit(
    "widest_under",
    "rounds_to_the_nearest",
    old="max(0, (cap - outputs) // for_each_unit)",
    new="max(0, round((cap - outputs) / for_each_unit))",
    message="You round to the nearest number of units. Half of the time that is one too many for the cap: round down.",
    source="163 units instead of 162 need 502,539 parameters",
)
misconception_by_edit(
    "widest_under",
    "goes_below_zero",
    old="max(0, (cap - outputs) // for_each_unit)",
    new="(cap - outputs) // for_each_unit",
    message="For a tiny cap you return a negative number of units. Then nothing fits: 0.",
    source="floor division of a negative number",
)


# --- design_a_network -----------------------------------------------------------------------------------------------


def counted(reference, layers):
    """Parameters of the learner's design; a sentence where the list is none."""
    try:
        return reference.count_parameters(layers, (24, 24, 3))[1]
    except ValueError as error:
        expect(False, f"The layers do not fit together: {error}.")
    except (KeyError, TypeError, IndexError):
        expect(False, "A layer lacks a key or has one of the wrong type; compare with `TUTORIAL`.")


def has_whole_positive_sizes(layer):
    kernel = layer.get("kernel", (1, 1))
    sizes = [layer[key] for key in ("filters", "stride", "size", "units") if key in layer]
    sizes += list(kernel) if isinstance(kernel, (tuple, list)) else [None]
    return all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= 1 for n in sizes)


@exercise("design_a_network", weight=0)
def test_design_is_a_list_of_layers(learner):
    """`design_a_network` must return a list of dicts such as `TUTORIAL`, with whole, positive sizes."""
    layers = learner.design_a_network()
    expect(isinstance(layers, (list, tuple)) and len(layers) > 0, "It is not a list of layers.")
    expect(
        all(isinstance(layer, dict) and layer.get("type") in ("conv", "pool", "dense") for layer in layers),
        'Each layer is a dict whose "type" is "conv", "pool" or "dense".',
    )
    expect(
        all(has_whole_positive_sizes(layer) for layer in layers),
        'Sizes are whole numbers from 1, and "kernel" is a pair of them.',
    )


@exercise("design_a_network", weight=3)
def test_design_is_under_the_cap(learner, reference):
    """The network must have at most 500,000 parameters: find the dearest layer, and make smaller what it reads or what it holds."""
    total = counted(reference, learner.design_a_network())
    expect(total <= 500_000, "It has more than 500,000.")
    expect(total >= 50_000, "It has fewer than 50,000.")


@exercise("design_a_network", weight=2)
def test_design_does_what_the_tutorial_does(learner, reference):
    """At least two convolutions and one pooling layer are asked for, the layers must fit together, and the ten classes need a last dense layer of 10 units."""
    layers = learner.design_a_network()
    counted(reference, layers)
    kinds = [layer["type"] for layer in layers]
    expect(kinds.count("conv") >= 2 and kinds.count("pool") >= 1, "A convolution or the pooling is missing.")
    last = layers[-1]
    expect(last["type"] == "dense" and last["units"] == 10, "The last layer is not dense with 10 units.")


@misconception(
    "design_a_network",
    "This is the tutorial itself: 1,068,298 parameters. Its first dense layer alone is over the cap.",
    source="facts T10",
)
def hands_in_the_tutorial():
    image = {"kernel": (5, 5), "filters": 64, "stride": 1, "padding": "same"}
    pooling = {"type": "pool", "size": 3, "stride": 2, "padding": "same"}
    return [{"type": "conv", **image}, pooling, {"type": "conv", **image}, pooling,
            {"type": "dense", "units": 384}, {"type": "dense", "units": 192}, {"type": "dense", "units": 10}]  # fmt: skip


@misconception(
    "design_a_network",
    "This is the network of section 1: under the cap by the rule, 842,826 parameters in memory.",
    source="document 001's rule, as the lesson reproduces it",
)
def trusts_the_rule():
    image = {"type": "conv", "kernel": (5, 5), "stride": 1, "padding": "same"}
    pooling = {"type": "pool", "size": 3, "stride": 2, "padding": "same"}
    return [image | {"filters": 64}, pooling, image | {"filters": 128}, pooling, image | {"filters": 128}, pooling,
            {"type": "dense", "units": 192}, {"type": "dense", "units": 10}]  # fmt: skip


@misconception(
    "design_a_network",
    "You halved the units of the first dense layer and left what it reads: 576,330 parameters. Make what arrives smaller too.",
    source="counted: the next thing to try after the tutorial",
)
def halves_the_dense_layers_only():
    image = {"type": "conv", "kernel": (5, 5), "filters": 64, "stride": 1, "padding": "same"}
    pooling = {"type": "pool", "size": 3, "stride": 2, "padding": "same"}
    return [
        image,
        pooling,
        image,
        pooling,
        {"type": "dense", "units": 192},
        {"type": "dense", "units": 96},
        {"type": "dense", "units": 10},
    ]


@misconception(
    "design_a_network",
    "This is the widest network straight on the pixels. It is under the cap, but it has no convolution: moved by one pixel, a picture is a stranger to it.",
    source="document 001, second answer",
)
def uses_no_convolution():
    return [{"type": "dense", "units": 287}, {"type": "dense", "units": 10}]


# --- predict_the_total and diagnose ---------------------------------------------------------------------------------

LETTERS = "ABCDEF"


def prediction(value):
    known = ("same", "more", "fewer")
    return expect_words(value, 6, known, "Return six words in a tuple.", "Only the listed words count.")


@exercise("predict_the_total", weight=0)
def test_prediction_is_six_words(learner):
    """`predict_the_total` must return six words, each "same", "more" or "fewer"."""
    expect(len(set(prediction(learner.predict_the_total()))) > 1, "The six changes do not all do the same.")


declare_answer_checks(
    globals(),
    "predict_the_total",
    read=prediction,
    test_prediction_a="Look at A again: is the number of images in a batch the size of any array of weights?",
    test_prediction_b="Look at B again: which layer reads more numbers when the image is larger?",
    test_prediction_c="Look at C again: follow the size through both pooling layers, down to the first dense layer.",
    test_prediction_d="Look at D again: count the numbers in one 5 × 5 slice, and in two slices of 3 × 3.",
    test_prediction_e="Look at E again: how much of the network were the dense layers, and what does the new convolution hold?",
    test_prediction_f='Look at F again: does the size after a pooling layer depend on its window, with "same"?',
)


PREDICTED = ("same", "more", "fewer", "fewer", "fewer", "same")

for _name, _index, _word, _message, _source in [
    ("counts_the_batch", 0, "more", "A: no parameter has an axis for the batch; the same weights serve every image.",
     "document 001: [batch_size, CONV_SIZE, CONV_SIZE, FEATURE_DEPTH]"),
    ("convolutions_only", 1, "same", "B: the convolutions do not notice the size of the image, but the first dense layer does.",
     "true of a network without dense layers"),
    ("padding_is_free", 2, "same", "C: the padding has no weights, but without it the maps get smaller, and the dense layer reads fewer numbers.",
     "facts T10: VALID 11 instead of SAME 12"),
    ("two_are_more_than_one", 3, "more", "D: two layers are not more parameters here: 2 · 9 is less than 25.",
     "K. Simonyan, A. Zisserman, 2015, section 2.3"),
    ("a_large_kernel_is_dear", 4, "more", "E: the kernel is large, but the dense layers that go held nine tenths of the network.",
     "counted: 23,050 against 960,970"),
    ("windows_decide", 5, "more", 'F: with "same" the size after pooling is the size divided by the stride, whatever the window.',
     "TensorFlow's documentation: SAME gives ceil(n / s)"),
]:  # fmt: skip
    _wrong = (*PREDICTED[:_index], _word, *PREDICTED[_index + 1 :])
    misconception_by_edit("predict_the_total", _name, old=repr(PREDICTED).replace("'", '"'),
                          new=repr(_wrong), message=_message, source=_source)  # fmt: skip

CAUSES = ["no_bias", "no_channels", "bias_per_pair", "right", "batch", "bias_per_input"]


def causes_of(value):
    return expect_each_once(
        value,
        CAUSES,
        "Return six words in a tuple.",
        "Only the listed words count.",
        "Each of the six words occurs once.",
    )


@exercise("diagnose", weight=0)
def test_diagnosis_is_six_words(learner):
    """`diagnose` must return the six words, each once."""
    causes_of(learner.diagnose())


declare_answer_checks(
    globals(),
    "diagnose",
    read=causes_of,
    test_diagnosis_a="Student A: take the weights alone, 3 · 3 · 16 · 32, off the number and see what is left.",
    test_diagnosis_b="Student B: take 32 biases off the number and divide by 32. How many weights has each filter?",
    test_diagnosis_c="Student C: take the weights alone off the number. How many biases are left, and for what?",
    test_diagnosis_d="Student D: compare the number with (3 · 3 · 16 + 1) for each filter.",
    test_diagnosis_e="Student E: take 32 biases off the number and divide by the weights of one filter bank. What remains?",
    test_diagnosis_f="Student F: take the weights alone off the number. How many biases are left, and for what?",
)


def _swapped(name, first, second, message):
    found = list(CAUSES)
    found[first], found[second] = found[second], found[first]
    old = ", ".join(f'"{cause}"' for cause in CAUSES)
    misconception_by_edit(
        "diagnose", name, old=f"({old})", new=repr(tuple(found)), message=message,
        source="facts T10: the list of wrong counts",
    )  # fmt: skip


_swapped("takes_the_weights_for_right", 0, 3, "4,608 are the weights alone: 32 biases are missing.")
_swapped(
    "takes_a_bias_per_input_for_right",
    5,
    3,
    "4,624 has 16 biases, one for each input channel. There are 32 filters.",
)
_swapped(
    "confuses_the_two_kinds_of_bias",
    2,
    5,
    "Pairs of channels are 16 · 32 = 512, input channels are 16: look at what is left above 4,608.",
)
_swapped(
    "confuses_batch_and_pairs", 2, 4, "With a batch of 10 all weights are counted ten times, far above 5,120."
)
