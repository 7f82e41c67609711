"""Hidden checks of 22_convolution."""

import numpy as np

from autograder.checking import (
    Seed,
    declare_answer_checks,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    misconception,
    misconception_by_edit,
    misconceptions_by_edit,
    numerical_gradient,
)

NEEDS = {
    "conv_forward": ["im2col"],
    "conv_backward": ["conv_forward", "im2col"],
    "max_pool_backward": ["max_pool_forward"],
}
OPAQUE = {"conv_forward": [1], "max_pool_forward": [1]}
FREE = {"max_pool_backward": lambda dout, cache: len(np.unique(cache[0])) < cache[0].size}  # ties

TRUNCATED = 0.8796256610342398  # standard deviation of a standard normal cut at 2


def pair(value):
    expect_parts(value, 2, "Return two things: out, cache.")
    return value


def distinct(rng, *shape):
    """Random numbers of both signs, no two of them equal or close, so that nothing ties."""
    return (rng.permutation(np.prod(shape)).reshape(shape) - np.prod(shape) / 2) * 0.05 + 0.013


# --- truncated_normal -----------------------------------------------------------------------------------------------


@exercise("truncated_normal", weight=0)
def test_truncated_shape(learner, rng):
    """`truncated_normal` must return an array of the shape that was asked for."""
    expect_array(learner.truncated_normal(Seed(int(rng.integers(1000))), (4, 3, 2), 0.1), (4, 3, 2))


@exercise("truncated_normal", weight=3)
def test_truncated_bounds(learner, rng):
    """No value may lie beyond two standard deviations, none may pile up there, and values come close to the edge."""
    for stddev in (0.1, 1.0, 3.0):
        v = expect_array(
            learner.truncated_normal(Seed(int(rng.integers(1000))), (100, 400), stddev), (100, 400)
        )
        size = np.abs(v) / stddev
        expect(size.max() <= 2 + 1e-12, "Some values are too far out; a new draw may be too far out as well.")
        expect(np.mean(size > 2 - 1e-6) < 1e-3 and size.max() > 1.95)


@exercise("truncated_normal", weight=3)
def test_truncated_distribution(learner, rng):
    """Inside the bounds the values are normal with the standard deviation that was asked for: cut, not rescaled."""
    for stddev in (0.05, 2.0):
        v = (
            expect_array(learner.truncated_normal(Seed(int(rng.integers(1000))), (40000,), stddev), (40000,))
            / stddev
        )
        expect(abs(v.mean()) < 0.03, "The mean must be near 0.")
        expect(abs(v.std() - TRUNCATED) < 0.02, "The spread is off.")
        expect(abs(np.mean(np.abs(v) < 1) - 0.7152) < 0.015, "Too many or too few values lie near 0.")
        expect(len(np.unique(v)) > 39000, "Values repeat.")


@exercise("truncated_normal", weight=1)
def test_truncated_uses_the_generator(learner, rng):
    """All randomness comes from `rng`: the same generator gives the same values, another one gives others."""
    seed = int(rng.integers(1000))
    a, b, c = (np.asarray(learner.truncated_normal(Seed(s), (300,), 1.0)) for s in (seed, seed, seed + 1))
    expect_close(a, b)
    expect(a.std() > 0.5 and not np.allclose(a, c))


@misconception("truncated_normal", "You clip: what is too far out is moved to the edge and piles up there. Draw it again.",
               source="facts T11: clipping, standard deviation .0959 instead of .0880")  # fmt: skip
def clips(rng, shape, stddev):
    return np.clip(rng.normal(0.0, stddev, size=shape), -2 * stddev, 2 * stddev)


@misconception("truncated_normal", "Nothing is truncated: about 4.6 % of your values lie beyond two standard deviations.",
               source="reasoned: a plain normal start")  # fmt: skip
def truncates_nothing(rng, shape, stddev):
    return rng.normal(0.0, stddev, size=shape)


@misconception("truncated_normal", "You draw again only once. A new draw may be too far out as well: repeat until none is.",
               source="reasoned: if in place of while")  # fmt: skip
def redraws_once(rng, shape, stddev):
    values = rng.normal(0.0, stddev, size=shape)
    outside = np.abs(values) > 2 * stddev
    values[outside] = rng.normal(0.0, stddev, size=outside.sum())
    return values


@misconception("truncated_normal", "You cut only the upper side. A value may be too small as well: compare the absolute value.",
               source="reasoned: np.abs forgotten")  # fmt: skip
def cuts_one_side(rng, shape, stddev):
    values = rng.normal(0.0, stddev, size=shape)
    outside = values > 2 * stddev
    while outside.any():
        values[outside] = rng.normal(0.0, stddev, size=outside.sum())
        outside = values > 2 * stddev
    return values


@misconception(
    "truncated_normal",
    "You cut at one standard deviation instead of two.",
    source="reasoned: the factor 2 lost",
)
def cuts_at_one(rng, shape, stddev):
    values = rng.normal(0.0, stddev, size=shape)
    outside = np.abs(values) > stddev
    while outside.any():
        values[outside] = rng.normal(0.0, stddev, size=outside.sum())
        outside = np.abs(values) > stddev
    return values


@misconception(
    "truncated_normal", "Too far out is put to zero instead of drawn again.", source="reasoned: masking out"
)
def puts_zero(rng, shape, stddev):
    values = rng.normal(0.0, stddev, size=shape)
    return np.where(np.abs(values) > 2 * stddev, 0.0, values)


# --- im2col ---------------------------------------------------------------------------------------------------------

GEOMETRIES = [
    ((2, 3, 6, 8), 3, 2, 1, 0), ((3, 2, 5, 7), 2, 3, 2, 1), ((2, 2, 7, 6), 3, 3, 3, 2), ((1, 4, 4, 5), 4, 5, 1, 0),
    ((2, 1, 5, 4), 1, 1, 2, 0), ((2, 2, 4, 3), 2, 2, 2, 0), ((2, 3, 3, 4), 1, 1, 1, 1), ((1, 1, 4, 6), 3, 2, 2, 2),
]  # fmt: skip


@exercise("im2col", weight=0)
def test_cols_shape(learner, rng):
    """`im2col` must return one row per patch and one column for each number in a patch."""
    expect_array(learner.im2col(rng.normal(size=(2, 3, 6, 5)), 3, 2, 1, 0), (2 * 4 * 4, 18))


@exercise("im2col", weight=3)
def test_cols_values(learner, reference, rng):
    """Rows run over images, then down, then right; columns over channel, row, column of the patch."""
    for shape, *rest in GEOMETRIES[:1] + [((3, 4, 5, 6), 2, 4, 1, 0)]:
        x = rng.normal(size=shape)
        expect_close(learner.im2col(x, *rest), reference.im2col(x, *rest))


@exercise("im2col", weight=2)
def test_cols_stride_and_pad(learner, reference, rng):
    """Stride and padding hold in both directions: zeros on all four sides, and every stride-th patch."""
    for stride in (1, 2, 3):
        for pad in (0, 1, 2):
            x = rng.normal(size=(2, 3, 7, 9))
            expect_close(learner.im2col(x, 3, 2, stride, pad), reference.im2col(x, 3, 2, stride, pad))


@exercise("im2col", weight=1)
def test_cols_edges(learner, reference, rng):
    """One image, one channel, a patch of one pixel, a patch as large as the image: the same rule."""
    for shape, *rest in GEOMETRIES:
        x = rng.normal(size=shape)
        expect_close(learner.im2col(x, *rest), reference.im2col(x, *rest))


T = "windows.transpose(0, 2, 3, 1, 4, 5)"
misconceptions_by_edit("im2col",
    ("puts_channels_last", T, "windows.transpose(0, 2, 3, 4, 5, 1)", "Inside a row the channel comes first, then row and column of the patch. Yours comes last.", "facts T11: order k,k,C in place of C,k,k, invisible for one channel"),
    ("reshapes_without_transpose", T, "windows", "You reshape without moving the axes first: numbers of different patches stand in one row.", "facts T11: reshape without transpose"),
    ("turns_the_patch", T, "windows.transpose(0, 2, 3, 1, 5, 4)", "Rows and columns of the patch are swapped inside a row.", "axis mistakes"),
    ("walks_down_first", T, "windows.transpose(0, 3, 2, 1, 4, 5)", "You walk down first, then right. Horizontal neighbours come first.", "axis mistakes"),
    ("images_after_places", T, "windows.transpose(2, 3, 0, 1, 4, 5)", "Your rows run over places first, then images. The image comes first.", "a well-known course's im2col orders its patches so"),
    ("flips_the_patch", T, "windows[..., ::-1, ::-1].transpose(0, 2, 3, 1, 4, 5)", "You flip the patch. This layer does not flip.", "facts T11: flipped kernel, off by 1.3"),
    ("pads_with_the_edge", "(pad, pad)))", '(pad, pad)), mode="edge")', "You pad with copies of the border. The padding is zeros.", "reasoned: np.pad's other mode"),
    ("ignores_the_pad", "np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))", "x", "The padding is missing.", "facts T11: padding of 2 forgotten, 24x24"),
    ("ignores_the_stride", "windows[:, :, ::stride, ::stride]", "windows", "The stride is missing: you return every patch.", "reasoned"),
)  # fmt: skip


# --- conv_forward ---------------------------------------------------------------------------------------------------


def layer(rng, x_shape, F, HH, WW):
    return rng.normal(size=x_shape), rng.normal(size=(F, x_shape[1], HH, WW)), rng.normal(size=F) + 1.5


LAYERS = [(shape, F, *rest) for F, (shape, *rest) in zip((4, 2, 3, 5, 1, 2, 3, 1), GEOMETRIES)]


@exercise("conv_forward", weight=0)
def test_conv_shape(learner, rng):
    """`conv_forward` must return out, (N, F, OH, OW), and a cache."""
    out, _ = pair(learner.conv_forward(*layer(rng, (2, 3, 6, 5), 4, 3, 2), {"stride": 1, "pad": 1}))
    expect_array(out, (2, 4, 6, 6), "out")


@exercise("conv_forward", weight=3)
def test_conv_values(learner, reference, rng):
    """Each entry is the product of one patch and one filter, summed over channels, plus the filter's bias."""
    for shape, F, HH, WW in (((2, 3, 6, 8), 4, 3, 2), ((3, 2, 5, 4), 3, 2, 2)):
        arguments = (*layer(rng, shape, F, HH, WW), {"stride": 1, "pad": 0})
        expect_close(pair(learner.conv_forward(*arguments))[0], reference.conv_forward(*arguments)[0])


@exercise("conv_forward", weight=2)
def test_conv_stride_and_pad(learner, reference, rng):
    """Stride and padding decide how often the filter fits, and where."""
    for stride in (1, 2, 3):
        for pad in (0, 1, 2):
            arguments = (*layer(rng, (2, 3, 7, 9), 4, 3, 2), {"stride": stride, "pad": pad})
            expect_close(pair(learner.conv_forward(*arguments))[0], reference.conv_forward(*arguments)[0])


@exercise("conv_forward", weight=1)
def test_conv_edges(learner, reference, rng):
    """One image, one filter, a filter of one pixel or as large as the image: the same rule."""
    for shape, F, HH, WW, stride, pad in LAYERS:
        arguments = (*layer(rng, shape, F, HH, WW), {"stride": stride, "pad": pad})
        expect_close(pair(learner.conv_forward(*arguments))[0], reference.conv_forward(*arguments)[0])


OUT = "rows.reshape(x.shape[0], OH, OW, F).transpose(0, 3, 1, 2)"
misconceptions_by_edit("conv_forward",
    ("flips_the_filter", "@ w.reshape(F, -1).T", "@ w[:, :, ::-1, ::-1].reshape(F, -1).T", "Your filters are flipped. This layer lays them on the image as they are.", "facts T11: flipped, off by 1.3"),
    ("forgets_the_bias", " + b  #", "  #", "The bias is missing.", "reasoned"),
    ("reshapes_without_transpose", OUT, "rows.reshape(x.shape[0], F, OH, OW)", "You reshape straight to (N, F, OH, OW). The rows hold the filters last: reshape to that, then move the axis.", "facts T11: reshape without transpose"),
    ("reshapes_the_transpose", OUT, "rows.T.reshape(x.shape[0], F, OH, OW)", "The transposed product is ordered filters, images, places; a reshape mixes images and filters.", "published error: invisible for one image"),
    ("swaps_height_and_width", OUT, "rows.reshape(x.shape[0], OW, OH, F).transpose(0, 3, 2, 1)", "Height and width are swapped.", "axis mistakes"),
    ("filters_in_another_order", "@ w.reshape(F, -1).T", "@ w.transpose(0, 2, 3, 1).reshape(F, -1).T", "Your filters are flattened with the channel last, your patches with the channel first.", "facts T11: order k,k,C"),
    ("reshapes_the_filters_wrongly", "w.reshape(F, -1).T", "w.reshape(-1, F)", "The filters are reshaped where they should be transposed: flatten each, then transpose.", "reasoned: reshape is no transpose"),
)  # fmt: skip


@misconception("conv_forward", "You compute the width of the result from the image's height. Images need not be square: OW = (W + 2 * pad - WW) // stride + 1.",
               source="read in learners' public solutions of CS231n: H for W", raises=True)  # fmt: skip
def conv_width_from_the_height(x, w, b, conv_param):
    (H, W), (F, _, HH, WW) = x.shape[2:], w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    OH = OW = (H + 2 * pad - HH) // stride + 1
    out = np.zeros((len(x), F, OH, OW))
    for i in range(OH):
        for j in range((W + 2 * pad - WW) // stride + 1):
            patch = padded[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            out[:, :, i, j] = np.tensordot(patch, w, ([1, 2, 3], [1, 2, 3])) + b
    return out, (x, w, b, conv_param)


@misconception("conv_forward", "You compute the width of the result with the filter's height. Filters need not be square: OW = (W + 2 * pad - WW) // stride + 1.",
               source="read in learners' public solutions of CS231n: HH for WW", raises=True)  # fmt: skip
def width_from_the_filter_height(x, w, b, conv_param):
    (H, W), (F, _, HH, WW) = x.shape[2:], w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    OH, OW = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - HH) // stride + 1
    out = np.zeros((len(x), F, OH, OW))
    for i in range(OH):
        for j in range(OW):
            patch = padded[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            out[:, :, i, j] = np.tensordot(patch, w, ([1, 2, 3], [1, 2, 3])) + b
    return out, (x, w, b, conv_param)


@misconception("conv_forward", "You cut every patch with the filter's height in both directions. Filters need not be square: a patch is HH high and WW wide.",
               source="read in learners' public solutions of CS231n: square windows", raises=True)  # fmt: skip
def cuts_square_patches(x, w, b, conv_param):
    (H, W), (F, _, HH, WW) = x.shape[2:], w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    OH, OW = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    out = np.zeros((len(x), F, OH, OW))
    for n in range(len(x)):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    patch = padded[n, :, i * stride : i * stride + HH, j * stride : j * stride + HH]
                    out[n, f, i, j] = np.sum(patch * w[f]) + b[f]
    return out, (x, w, b, conv_param)


@misconception("conv_forward", 'You refuse images in which the last step does not end at the border. Here the division is rounded down (`//`), and pixels that no patch reaches are left out.',
               source="read in learners' public solutions of CS231n: an assert on the sizes", raises=True)  # fmt: skip
def conv_refuses_a_rest(x, w, b, conv_param):
    (H, W), (F, _, HH, WW) = x.shape[2:], w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    assert (H + 2 * pad - HH) % stride == 0
    assert (W + 2 * pad - WW) % stride == 0
    OH, OW = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    out = np.zeros((len(x), F, OH, OW))
    for i in range(OH):
        for j in range(OW):
            patch = padded[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            out[:, :, i, j] = np.tensordot(patch, w, ([1, 2, 3], [1, 2, 3])) + b
    return out, (x, w, b, conv_param)


# --- conv_backward --------------------------------------------------------------------------------------------------


def conv_gradients(learner, rng, shape, F, HH, WW, stride, pad):
    """The learner's gradients, what produced them, and the layer as the reference knows it."""
    arguments = (*layer(rng, shape, F, HH, WW), {"stride": stride, "pad": pad})
    out, cache = pair(learner.conv_forward(*arguments))
    dout = rng.normal(size=np.shape(out))
    result = learner.conv_backward(dout, cache)
    expect_parts(result, 3, "Return three things: dx, dw, db.")
    for value, like, name in zip(result, arguments, ("dx", "dw", "db")):
        expect_array(value, like.shape, name)
    return result, dout, arguments


def compare_conv(learner, reference, rng, case, *parts):
    result, dout, arguments = conv_gradients(learner, rng, *case)
    expected = reference.conv_backward(dout, reference.conv_forward(*arguments)[1])
    for part in parts:
        expect_close(result[part], expected[part])


@exercise("conv_backward", weight=0)
def test_conv_gradient_shapes(learner, rng):
    """`conv_backward` must return dx, dw, db, each with the shape of what it belongs to."""
    conv_gradients(learner, rng, (2, 3, 6, 5), 4, 3, 2, 1, 1)


@exercise("conv_backward", weight=2)
def test_conv_dw_and_db(learner, reference, rng):
    """dw is what the patches and `dout` give together; db is `dout` summed over images and places."""
    for case in LAYERS[:3]:
        compare_conv(learner, reference, rng, case, 1, 2)


@exercise("conv_backward", weight=2)
def test_conv_dx(learner, reference, rng):
    """What comes back to the copies of a pixel adds up, at its own place, with the padding cut off."""
    for stride in (1, 2, 3):
        for pad in (0, 1, 2):
            compare_conv(learner, reference, rng, ((2, 3, 7, 9), 4, 3, 2, stride, pad), 0)


@exercise("conv_backward", weight=2)
def test_conv_slopes(learner, reference, rng):
    """dx, dw and db must be the slopes when one entry is nudged."""
    result, dout, arguments = conv_gradients(learner, rng, (2, 2, 4, 5), 3, 3, 2, 2, 1)
    for place in range(3):

        def loss(v, place=place):
            moved = list(arguments)
            moved[place] = v
            return (reference.conv_forward(*moved)[0] * dout).sum()

        expect_close(result[place], numerical_gradient(loss, arguments[place]), rtol=1e-5, atol=1e-7)


@exercise("conv_backward", weight=1)
def test_conv_gradient_edges(learner, reference, rng):
    """One image, one filter, a filter of one pixel or as large as the image: the same rule."""
    for case in LAYERS:
        compare_conv(learner, reference, rng, case, 0, 1, 2)


misconceptions_by_edit("conv_backward",
    ("reshapes_dout_without_transpose", "dout.transpose(0, 2, 3, 1).reshape(-1, F)", "dout.reshape(-1, F)", "You reshape `dout` without moving the filters' axis last: its rows no longer belong to the patches.", "facts T11: reshape without transpose"),
    ("overwrites_the_copies", "] += dcols", "] = dcols", "You overwrite what came back to a pixel's other copies. Add it up.", "reasoned: = in place of +="),
    ("takes_means", "db = rows.sum(axis=0)", "db = rows.mean(axis=0)", "db is a sum over images and places, not a mean.", "reasoned: the mean is in dout already"),
    ("adds_db_over_images_only", "db = rows.sum(axis=0)", "db = dout.sum(axis=0).mean(axis=(1, 2))", "db adds up over the places, too.", "reasoned"),
    ("divides_by_n", ".reshape(w.shape)", ".reshape(w.shape) / N", "dw is divided by the number of images. `dout` already holds the 1/N.", "1/N twice, published error"),
    ("flips_dw", ".reshape(w.shape)", ".reshape(w.shape)[:, :, ::-1, ::-1]", "dw is flipped; nothing is flipped in the forward pass.", "formulas of the flipped convolution copied"),
    ("flips_the_way_back", "(rows @ w.reshape(F, -1))", "(rows @ w[:, :, ::-1, ::-1].reshape(F, -1))", "dx uses flipped filters on top of putting each copy back where it came from: one flip too many.", "formulas of the flipped convolution copied"),
)  # fmt: skip


@misconception("conv_backward", 'You cut the padding off with `pad:-pad`. At pad 0 that is `0:-0`, which is empty: write `pad : pad + H` and `pad : pad + W`.',
               source="read in learners' public solutions of CS231n: 33 of 89 learners")  # fmt: skip
def unpads_to_nothing(dout, cache):
    x, w, b, conv_param = cache
    (HH, WW), (OH, OW) = w.shape[2:], dout.shape[2:]
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(OH):
        for j in range(OW):
            place = np.s_[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            dw += np.tensordot(dout[:, :, i, j], padded[place], (0, 0))
            dpadded[place] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    return dpadded[:, :, pad:-pad, pad:-pad], dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward", 'You cut off one row and one column on each side, whatever `pad` is. Cut off `pad` of them: `pad : pad + H` and `pad : pad + W`.',
               source="read in learners' public solutions of CS231n: `1:-1`, 7 of 89 learners")  # fmt: skip
def unpads_by_one(dout, cache):
    x, w, b, conv_param = cache
    (HH, WW), (OH, OW) = w.shape[2:], dout.shape[2:]
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(OH):
        for j in range(OW):
            place = np.s_[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            dw += np.tensordot(dout[:, :, i, j], padded[place], (0, 0))
            dpadded[place] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    return dpadded[:, :, 1:-1, 1:-1], dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward", 'Your dx still has the padding around it. Cut it off: `pad : pad + H` and `pad : pad + W`.',
               source="read in learners' public solutions of CS231n: the padding kept")  # fmt: skip
def keeps_the_padding(dout, cache):
    x, w, b, conv_param = cache
    (HH, WW), (OH, OW) = w.shape[2:], dout.shape[2:]
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(OH):
        for j in range(OW):
            place = np.s_[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            dw += np.tensordot(dout[:, :, i, j], padded[place], (0, 0))
            dpadded[place] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    return dpadded, dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward", 'You cut the padding off with `pad:-pad`. At pad 0 that is `0:-0`, which is empty and fits nowhere: write `pad : pad + H` and `pad : pad + W`.',
               source="read in learners' public solutions of CS231n: the empty slice stored image by image", raises=True)  # fmt: skip
def stores_an_empty_slice(dout, cache):
    x, w, b, conv_param = cache
    (HH, WW), (OH, OW) = w.shape[2:], dout.shape[2:]
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(OH):
        for j in range(OW):
            place = np.s_[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            dw += np.tensordot(dout[:, :, i, j], padded[place], (0, 0))
            dpadded[place] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    dx = np.zeros(x.shape)
    for n in range(len(x)):
        dx[n] = dpadded[n, :, pad:-pad, pad:-pad]
    return dx, dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward", 'In dx each patch overwrites what earlier patches have left at its pixels. Add it up with `+=`: patches overlap.',
               source="read in learners' public solutions of CS231n: = for += in a loop over places")  # fmt: skip
def overwrites_patch_by_patch(dout, cache):
    x, w, b, conv_param = cache
    (HH, WW), (OH, OW) = w.shape[2:], dout.shape[2:]
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(OH):
        for j in range(OW):
            place = np.s_[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            dw += np.tensordot(dout[:, :, i, j], padded[place], (0, 0))
            dpadded[place] = np.tensordot(dout[:, :, i, j], w, (1, 0))
    return dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]], dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward", 'Each place overwrites the dw of the places before it. A filter is used at all of them: add up with `+=`.',
               source="read in learners' public solutions of CS231n: = for += in a loop over places")  # fmt: skip
def keeps_the_last_place(dout, cache):
    x, w, b, conv_param = cache
    (HH, WW), (OH, OW) = w.shape[2:], dout.shape[2:]
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(OH):
        for j in range(OW):
            place = np.s_[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            dw = np.tensordot(dout[:, :, i, j], padded[place], (0, 0))
            dpadded[place] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    return dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]], dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward", "You turn a running number into row and column with the map's height. The rows are OW long: `p // OW` and `p % OW`.",
               source="read in learners' public solutions of CS231n: positions walked as if the map were square", raises=True)  # fmt: skip
def walks_as_if_square(dout, cache):
    x, w, b, conv_param = cache
    (HH, WW), (OH, OW) = w.shape[2:], dout.shape[2:]
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for p in range(OH * OW):
        i, j = p // OH, p % OH
        place = np.s_[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
        dw += np.tensordot(dout[:, :, i, j], padded[place], (0, 0))
        dpadded[place] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    return dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]], dw, dout.sum(axis=(0, 2, 3))


# --- max_pool_forward -----------------------------------------------------------------------------------------------

POOLS = [((2, 3, 6, 8), 2, 2, 2), ((3, 2, 5, 7), 2, 3, 2), ((2, 2, 7, 6), 3, 2, 1), ((1, 4, 4, 5), 4, 5, 1), ((2, 1, 7, 5), 1, 2, 3)]  # fmt: skip


def pool(height, width, stride):
    return {"pool_height": height, "pool_width": width, "stride": stride}


@exercise("max_pool_forward", weight=0)
def test_pool_shape(learner, rng):
    """`max_pool_forward` must return out, (N, C, OH, OW), and a cache."""
    out, _ = pair(learner.max_pool_forward(distinct(rng, 2, 3, 5, 9), pool(2, 3, 2)))
    expect_array(out, (2, 3, 2, 4), "out")


@exercise("max_pool_forward", weight=3)
def test_pool_values(learner, reference, rng):
    """Each entry is the maximum of its own window, channel by channel."""
    for shape, *rest in POOLS[:3]:
        x = distinct(rng, *shape)
        expect_close(
            pair(learner.max_pool_forward(x, pool(*rest)))[0], reference.max_pool_forward(x, pool(*rest))[0]
        )


@exercise("max_pool_forward", weight=2)
def test_pool_negative(learner, reference, rng):
    """Where all values are negative the maximum is negative, too."""
    x = distinct(rng, 2, 3, 6, 5) - 100
    expect_close(
        pair(learner.max_pool_forward(x, pool(3, 2, 2)))[0], reference.max_pool_forward(x, pool(3, 2, 2))[0]
    )


@exercise("max_pool_forward", weight=1)
def test_pool_edges(learner, reference, rng):
    """Every window, every stride; a window as large as the map; what fills no window is left out."""
    for shape, *rest in POOLS:
        x = distinct(rng, *shape)
        expect_close(
            pair(learner.max_pool_forward(x, pool(*rest)))[0], reference.max_pool_forward(x, pool(*rest))[0]
        )


misconceptions_by_edit("max_pool_forward",
    ("starts_from_zero", "-np.inf", "0.0", "You start from 0, so a window of negative values gives 0. Start from minus infinity.", "published error: invisible after ReLU"),
    ("takes_the_minimum", "np.full((x.shape[0], x.shape[1], OH, OW), -np.inf)\n    for u in range(height):\n        for v in range(width):\n            out = np.maximum(", "np.full((x.shape[0], x.shape[1], OH, OW), np.inf)\n    for u in range(height):\n        for v in range(width):\n            out = np.minimum(", "You take the minimum.", "reasoned"),
    ("averages", "out = np.full((x.shape[0], x.shape[1], OH, OW), -np.inf)\n    for u in range(height):\n        for v in range(width):\n            out = np.maximum(out, x[:, :, u : u + stride * OH : stride, v : v + stride * OW : stride])",
     "out = np.zeros((x.shape[0], x.shape[1], OH, OW))\n    for u in range(height):\n        for v in range(width):\n            out = out + x[:, :, u : u + stride * OH : stride, v : v + stride * OW : stride] / (height * width)", "You take the mean of each window, not its maximum.", "facts T11: average pooling"),
    ("pools_over_channels", "    cache = (x, pool_param)", "    out = np.broadcast_to(out.max(axis=1, keepdims=True), out.shape).copy()\n    cache = (x, pool_param)", "You take the maximum over the channels as well. Each channel is pooled on its own.", "axis mistakes"),
    ("takes_the_largest_size", "out = np.maximum(out, x[:, :, u : u + stride * OH : stride, v : v + stride * OW : stride])", "out = np.maximum(out, np.abs(x[:, :, u : u + stride * OH : stride, v : v + stride * OW : stride]))", "You compare absolute values; the maximum keeps the sign.", "reasoned"),
)  # fmt: skip


@misconception("max_pool_forward", 'Your windows are as large as the stride. Their size is pool_height by pool_width; the stride says how far apart they are.',
               source="read in learners' public solutions of CS231n: window taken for stride")  # fmt: skip
def windows_as_large_as_the_stride(x, pool_param):
    N, C, H, W = x.shape
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    OH, OW = (H - height) // stride + 1, (W - width) // stride + 1
    out = np.zeros((N, C, OH, OW))
    for i in range(OH):
        for j in range(OW):
            out[:, :, i, j] = x[:, :, i * stride : (i + 1) * stride, j * stride : (j + 1) * stride].max(
                axis=(2, 3)
            )
    return out, (x, pool_param)


@misconception("max_pool_forward", 'Your windows lie side by side, as far apart as they are large. It is the stride that says how far apart they are.',
               source="read in learners' public solutions of CS231n: size for stride")  # fmt: skip
def steps_as_large_as_the_window(x, pool_param):
    N, C, H, W = x.shape
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    OH, OW = H // height, W // width
    out = np.zeros((N, C, OH, OW))
    for i in range(OH):
        for j in range(OW):
            out[:, :, i, j] = x[:, :, i * height : (i + 1) * height, j * width : (j + 1) * width].max(
                axis=(2, 3)
            )
    return out, (x, pool_param)


@misconception("max_pool_forward", 'Your result has H / pool_height rows and W / pool_width columns. How many there are depends on the stride as well: (H - pool_height) // stride + 1.',
               source="read in learners' public solutions of CS231n: the size without the stride", raises=True)  # fmt: skip
def sizes_from_the_window_alone(x, pool_param):
    N, C, H, W = x.shape
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    OH, OW = H // height, W // width
    out = np.zeros((N, C, OH, OW))
    for i in range(OH):
        for j in range(OW):
            out[:, :, i, j] = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width].max(
                axis=(2, 3)
            )
    return out, (x, pool_param)


@misconception("max_pool_forward", 'You compute the width of the result with pool_height. Windows need not be square: (W - pool_width) // stride + 1.',
               source="read in learners' public solutions of CS231n: height for width", raises=True)  # fmt: skip
def width_from_the_window_height(x, pool_param):
    N, C, H, W = x.shape
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    OH, OW = (H - height) // stride + 1, (W - height) // stride + 1
    out = np.zeros((N, C, OH, OW))
    for i in range(OH):
        for j in range(OW):
            out[:, :, i, j] = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width].max(
                axis=(2, 3)
            )
    return out, (x, pool_param)


@misconception("max_pool_forward", "You compute the width of the result from the map's height. Maps need not be square: (W - pool_width) // stride + 1.",
               source="read in learners' public solutions of CS231n: H for W", raises=True)  # fmt: skip
def pool_width_from_the_height(x, pool_param):
    N, C, H, W = x.shape
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    OH, OW = (H - height) // stride + 1, (H - height) // stride + 1
    out = np.zeros((N, C, OH, OW))
    for i in range(OH):
        for j in range(OW):
            out[:, :, i, j] = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width].max(
                axis=(2, 3)
            )
    return out, (x, pool_param)


@misconception("max_pool_forward", 'Your windows start at i and j. They start at i * stride and j * stride.',
               source="read in learners' public solutions of CS231n: the stride in the size only")  # fmt: skip
def forgets_the_stride(x, pool_param):
    N, C, H, W = x.shape
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    OH, OW = (H - height) // stride + 1, (W - width) // stride + 1
    out = np.zeros((N, C, OH, OW))
    for i in range(OH):
        for j in range(OW):
            out[:, :, i, j] = x[:, :, i : i + height, j : j + width].max(axis=(2, 3))
    return out, (x, pool_param)


@misconception("max_pool_forward", 'Your windows start at the right row but at column j. They start at j * stride, too: yours reach further to the left than they should.',
               source="read in learners' public solutions of CS231n: `w : w * stride + width`")  # fmt: skip
def starts_too_far_left(x, pool_param):
    N, C, H, W = x.shape
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    OH, OW = (H - height) // stride + 1, (W - width) // stride + 1
    out = np.zeros((N, C, OH, OW))
    for i in range(OH):
        for j in range(OW):
            out[:, :, i, j] = x[:, :, i * stride : i * stride + height, j : j * stride + width].max(
                axis=(2, 3)
            )
    return out, (x, pool_param)


@misconception("max_pool_forward", 'You walk over the whole map, also to places where a window sticks out. There are (H - pool_height) // stride + 1 rows of windows, and as many columns alike.',
               source="read in learners' public solutions of CS231n: range(0, H, stride)", raises=True)  # fmt: skip
def walks_over_the_edge(x, pool_param):
    N, C, H, W = x.shape
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    OH, OW = (H - height) // stride + 1, (W - width) // stride + 1
    out = np.zeros((N, C, OH, OW))
    for i in range(-(-H // stride)):
        for j in range(-(-W // stride)):
            out[:, :, i, j] = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width].max(
                axis=(2, 3)
            )
    return out, (x, pool_param)


@misconception("max_pool_forward", 'You refuse maps in which the last step does not end at the border. Here the division is rounded down (`//`), and what fills no window is left out.',
               source="read in learners' public solutions of CS231n: an assert on the sizes", raises=True)  # fmt: skip
def pool_refuses_a_rest(x, pool_param):
    N, C, H, W = x.shape
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    assert (H - height) % stride == 0
    assert (W - width) % stride == 0
    OH, OW = (H - height) // stride + 1, (W - width) // stride + 1
    out = np.zeros((N, C, OH, OW))
    for i in range(OH):
        for j in range(OW):
            out[:, :, i, j] = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width].max(
                axis=(2, 3)
            )
    return out, (x, pool_param)


# --- max_pool_backward ----------------------------------------------------------------------------------------------


def pooled_gradient(learner, rng, shape, *rest):
    x = distinct(rng, *shape)
    out, cache = pair(learner.max_pool_forward(x, pool(*rest)))
    dout = rng.normal(size=np.shape(out)) + 0.5
    return expect_array(learner.max_pool_backward(dout, cache), shape, "dx"), dout, x


def compare_pool(learner, reference, rng, shape, *rest):
    dx, dout, x = pooled_gradient(learner, rng, shape, *rest)
    expect_close(dx, reference.max_pool_backward(dout, reference.max_pool_forward(x, pool(*rest))[1]))


@exercise("max_pool_backward", weight=0)
def test_pool_gradient_shape(learner, rng):
    """`max_pool_backward` must return dx with the shape of the maps that went in."""
    pooled_gradient(learner, rng, (2, 3, 5, 7), 2, 3, 2)


@exercise("max_pool_backward", weight=3)
def test_pool_gradient_values(learner, reference, rng):
    """Each window's gradient goes to its largest value, and only there; a value that wins several windows collects from all."""
    for case in POOLS[:2]:
        compare_pool(learner, reference, rng, *case)


@exercise("max_pool_backward", weight=2)
def test_pool_gradient_overlap(learner, reference, rng):
    """A pixel that wins in several overlapping windows gets the sum of their gradients."""
    for case in (((2, 2, 7, 6), 3, 2, 1), ((1, 3, 6, 6), 3, 3, 2)):
        compare_pool(learner, reference, rng, *case)


@exercise("max_pool_backward", weight=2)
def test_pool_gradient_slopes(learner, reference, rng):
    """dx must be the slope when one pixel is nudged."""
    dx, dout, x = pooled_gradient(learner, rng, (2, 2, 4, 5), 2, 2, 1)
    expect_close(
        dx,
        numerical_gradient(lambda v: (reference.max_pool_forward(v, pool(2, 2, 1))[0] * dout).sum(), x),
        rtol=1e-5,
        atol=1e-7,
    )


@exercise("max_pool_backward", weight=1)
def test_pool_gradient_edges(learner, reference, rng):
    """A window as large as the map, windows with gaps between them, one image: the same rule."""
    for case in POOLS[3:]:
        compare_pool(learner, reference, rng, *case)


misconceptions_by_edit("max_pool_backward",
    ("shares_like_a_mean", "dx[place] += winner * dout", "dx[place] += dout / (height * width)", "You share the gradient among the window. The winner takes all.", "facts T11: average-pool backward, off by .65"),
    ("sends_to_everyone", "dx[place] += winner * dout", "dx[place] += dout", "You send the whole gradient to every value of the window.", "reasoned: the mask forgotten"),
    ("returns_the_mask", "dx[place] += winner * dout", "dx[place] += winner", "You return where the winners are. Multiply by what comes back.", "reasoned: dout forgotten"),
    ("overwrites_the_overlap", "dx[place] += winner * dout", "dx[place] = winner * dout", "Where windows overlap you overwrite. Add it up.", "reasoned: = in place of +="),
    ("sends_it_to_the_corner", "dx[place] += winner * dout", "dx[place] += dout if u == v == 0 else 0", "You send the gradient to the upper left corner of each window, whoever won.", "reasoned: upsampling"),
)  # fmt: skip


@misconception("max_pool_backward", 'Each window overwrites its whole piece of dx, the gradients of earlier windows included. Where windows overlap that loses them: add with `+=`.',
               source="read in learners' public solutions of CS231n: = for += in a loop over windows, 24 of 89 learners")  # fmt: skip
def overwrites_whole_windows(dout, cache):
    x, pool_param = cache
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            place = np.s_[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
            winner = x[place] == x[place].max(axis=(2, 3), keepdims=True)
            dx[place] = winner * dout[:, :, i, j][:, :, None, None]
    return dx


@misconception("max_pool_backward", 'A pixel that wins in several windows keeps only the gradient of the last one. Add them up with `+=`.',
               source="read in learners' public solutions of CS231n: = for += at the place of the maximum")  # fmt: skip
def keeps_the_last_window(dout, cache):
    x, pool_param = cache
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            place = np.s_[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
            winner = x[place] == x[place].max(axis=(2, 3), keepdims=True)
            dx[place] = np.where(winner, dout[:, :, i, j][:, :, None, None], dx[place])
    return dx


@misconception("max_pool_backward", 'Your windows are as large as the stride. Their size is pool_height by pool_width; the stride says how far apart they are.',
               source="read in learners' public solutions of CS231n: window taken for stride")  # fmt: skip
def sends_to_windows_of_the_stride(dout, cache):
    x, pool_param = cache
    stride = pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            place = np.s_[:, :, i * stride : (i + 1) * stride, j * stride : (j + 1) * stride]
            winner = x[place] == x[place].max(axis=(2, 3), keepdims=True)
            dx[place] += winner * dout[:, :, i, j][:, :, None, None]
    return dx


@misconception("max_pool_backward", 'Your windows start at i and j. They start at i * stride and j * stride.',
               source="read in learners' public solutions of CS231n: the stride forgotten")  # fmt: skip
def sends_without_the_stride(dout, cache):
    x, pool_param = cache
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            place = np.s_[:, :, i : i + height, j : j + width]
            winner = x[place] == x[place].max(axis=(2, 3), keepdims=True)
            dx[place] += winner * dout[:, :, i, j][:, :, None, None]
    return dx


@misconception("max_pool_backward", 'Your windows start at the right row but at column j. They start at j * stride, too: yours reach further to the left than they should.',
               source="read in learners' public solutions of CS231n: `w : w * stride + width`")  # fmt: skip
def sends_too_far_left(dout, cache):
    x, pool_param = cache
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            place = np.s_[:, :, i * stride : i * stride + height, j : j * stride + width]
            winner = x[place] == x[place].max(axis=(2, 3), keepdims=True)
            dx[place] += winner * dout[:, :, i, j][:, :, None, None]
    return dx


# --- predict --------------------------------------------------------------------------------------------------------


@exercise("predict", weight=0)
def test_predict_form(learner):
    """`predict` must return three letters, each A, B or C."""
    value = learner.predict()
    expect(isinstance(value, (tuple, list)) and len(value) == 3 and set(value) <= {"A", "B", "C"})


declare_answer_checks(
    globals(),
    "predict",
    test_predict_linear_rank="Question 1: weighted sums of nine numbers.",
    test_predict_relu_rank="Question 2: what a bend adds to weighted sums.",
    test_predict_zero_start="Question 3: what, in the backward pass, could tell one filter from another?",
)


for _name, _new, _message in [
    ("no_redundancy", '("C", "C", "B")', "Question 1: 32 weighted sums of 9 numbers cannot have a rank above 9."),
    ("redundancy_for_ever", '("A", "A", "B")', "Question 2: ReLU is not a weighted sum; it makes new columns. Run the cell and look."),
    ("zero_is_as_good", '("A", "C", "A")', "Question 3: equal filters with equal weights behind them get equal gradients, so they stay equal."),
    ("zero_stays_zero", '("A", "C", "C")', "Question 3: the bias of 0.1 lets the last layer learn, and then the filters get gradients, all the same one."),
]:  # fmt: skip
    misconception_by_edit(
        "predict",
        _name,
        old='("A", "C", "B")',
        new=_new,
        message=_message,
        source="document 001 and measured in the lesson",
    )
