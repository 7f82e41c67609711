"""Every lesson says and shows the same on every processor.

OpenBLAS and NumPy choose their inner loops by the processor, and each adds in an order of its own. Here the notebooks run
under loops of other processors. Left out, and named at the end of the run, is what this processor has no instructions for.
"""

import base64
import io
import os
import re
import subprocess
import sys
from functools import cache

import nbformat
import numpy as np
import pytest
from PIL import Image
from threadpoolctl import threadpool_info

from autograder.tests.lesson.test_notebooks import executed, run
from autograder.tests.material import COURSE, LESSONS

FULL = bool(os.environ.get("FULL"))
KERNELS = {  # by OpenBLAS's name of the kernel; NumPy's own loops are taken back one step with the oldest
    "Nehalem": {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "X86_V4,X86_V3"},
    "Haswell": {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4"},
    "SkylakeX": {"OPENBLAS_CORETYPE": "SkylakeX"},
}
# Lessons that show how an error grows: they run in each `make test`, the others in `make test-full`.
SENSITIVE = ("02_exploding_descent", "17_diverging_linear_net")
# Cells whose subject is a figure that hangs on rounding or on the clock; the text around them quotes none of it.
ABOUT_ROUNDING = {
    "02_exploding_descent": {"bb_plot", "see_it_plot", "predict_reveal", "sources_demo"},
    "05_one_vs_all": {"speed"},
    "15_digits_backprop": {"asker_program", "timing_plot"},
    "19_sparse_adagrad": {"dense_demo"},
    "20_batch_norm": {"compare"},
    "22_convolution": {"loops_demo"},
    "23_lstm_bptt": {"longer_and_other_starts", "train_with_bugs", "plot_advice"},
    "25_deep_gates": {"cost"},
    "26_lstm_recurrence": {"recipe", "see_it_plot", "freeze_it"},
    "29_spiking_neurons": {"traces_demo"},
}
# Cells that print the same everywhere, and draw a run that parts from itself after many steps: it leaps, its minimiser
# takes another path to the same end, or it is read where sigmoids are exactly 1.0 and a tie decides.
PARTING = {
    "05_one_vs_all": {"three_runs_plot"},
    "06_softmax_gradient": {"candidates_plot"},
    "16_regression_net": {"see_it_plot", "minimiser_plot"},
    "22_convolution": {"asker_plot", "rank_plot"},
    "23_lstm_bptt": {"plot_repaired", "plot_counter", "plot_no_proof"},
    "24_addition_problem": {"wrong_race_plot"},
    "27_lstm_attribution": {"completeness_plot"},
    "28_state_space": {"errors_plot"},
}

lessons = pytest.mark.parametrize(
    "lesson",
    [pytest.param(lesson, marks=[] if lesson.name in SENSITIVE else pytest.mark.full) for lesson in LESSONS],
    ids=lambda lesson: lesson.name,
)
WORDS_ONLY = ("NotImplementedError", "CheckFailed")  # drawn as one or two lines, no traceback
kernels = pytest.mark.parametrize("kernel", KERNELS)


def environment(kernel):
    return os.environ | KERNELS[kernel]


@cache
def runs_here(kernel):
    """Whether OpenBLAS takes this kernel on this processor and survives a product with it."""
    probe = "import numpy as np, threadpoolctl as t; a = np.ones((99, 99)); a @ a; print(t.threadpool_info()[0]['architecture'])"
    done = subprocess.run(
        [sys.executable, "-c", probe], env=environment(kernel), capture_output=True, text=True
    )
    return done.returncode == 0 and done.stdout.strip() == kernel


def outputs(notebook):
    """By cell: what it printed, and the pictures it drew."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            text = "".join(o.get("text", o.get("data", {}).get("text/plain", "")) for o in cell.outputs)
            pictures = [o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})]
            found[cell.id] = re.sub(r"\S+ of size .*|<Figure.*>", "", text), pictures
    return found


def without_noise(text):
    """Printed text with what stands for a difference of zero, such as 3e-16, as 0."""
    return re.sub(r"-?\d(?:\.\d+)?e-(?:09|1\d)\b|\b0e\+00\b", "0", text)


def assert_same_picture(one, other, where):
    a, b = (np.asarray(Image.open(io.BytesIO(base64.b64decode(p))).convert("RGB"), int) for p in (one, other))
    assert a.shape == b.shape, where
    # a line that moves by a hundredth of a point changes some pixels by a shade; one that runs elsewhere, many by far
    assert (np.abs(a - b).max(axis=2) > 64).mean() < 1e-4, where


def assert_same(one, other, lesson):
    for name, (text, pictures) in outputs(one).items():
        if name in ABOUT_ROUNDING.get(lesson.name, ()):
            continue
        other_text, other_pictures = outputs(other)[name]
        assert without_noise(other_text) == without_noise(text), f"{name} prints something else"
        assert len(pictures) == len(other_pictures)
        if name in PARTING.get(lesson.name, ()):
            continue
        for a, b in zip(pictures, other_pictures, strict=True):
            assert_same_picture(a, b, f"{name} draws something else")


@lessons
@kernels
def test_solution_is_the_same_under_each_kernel(lesson, kernel, record_property):
    if not runs_here(kernel):
        record_property("left_out", f"the kernel {kernel}: this processor has not its instructions")
        return
    here, _ = executed(lesson)
    there = run(
        nbformat.read(lesson.solution_path, as_version=4),
        lesson,
        environment(kernel),
        force_raise_errors=True,
    )
    assert_same(here, there, lesson)


@lessons
@kernels
def test_release_stops_nowhere_but_at_answers(lesson, kernel, record_property):
    if not runs_here(kernel):
        record_property("left_out", f"the kernel {kernel}: this processor has not its instructions")
        return
    release = nbformat.reads(lesson.release_text, as_version=4)
    for cell in run(release, lesson, environment(kernel), allow_errors=True).cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error" or output.ename in WORDS_ONLY, (
                cell.id,
                output.ename,
            )


def test_kernels_that_run_here_are_tested():
    assert any(map(runs_here, KERNELS))
    assert set(SENSITIVE) | set(ABOUT_ROUNDING) | set(PARTING) <= set(COURSE.lessons)


def test_one_thread():
    """In this process and in those that it starts, from their first import of NumPy on."""
    count = "import numpy, threadpoolctl; print({p['num_threads'] for p in threadpoolctl.threadpool_info()})"
    assert {pool["num_threads"] for pool in threadpool_info()} == {1}
    assert subprocess.check_output([sys.executable, "-c", count], text=True).strip() == "{1}"
