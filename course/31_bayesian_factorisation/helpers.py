"""What every lesson shares: checks that speak kindly, one plot style, a numerical gradient.

The same file stands beside every notebook, so a lesson folder can be copied anywhere and still runs.
Only numpy and matplotlib are needed.
"""

import linecache
import sys
import traceback
import warnings

import matplotlib as mpl
import numpy as np

# Okabe and Ito's palette: told apart by colour-blind readers, in print and on a dark page.
COLORS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "red": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "grey": "#666666",
}
SEQUENTIAL = "viridis"  # for values from low to high
DIVERGING = "PuOr"  # for values around zero

BOLD_RED, BOLD_GREEN, BOLD_AMBER, PLAIN = "\x1b[1;31m", "\x1b[1;32m", "\x1b[1;33m", "\x1b[0m"


def use_course_style():
    """Set the one plot style of the course: opaque, large enough to read, colour-blind safe."""
    mpl.rcParams.update(
        {
            "figure.figsize": (7.0, 3.6),
            "figure.dpi": 110,
            "figure.facecolor": "white",  # opaque, or labels vanish on a dark page
            "savefig.facecolor": "white",
            "axes.prop_cycle": mpl.cycler(color=list(COLORS.values())),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.alpha": 0.3,
            "axes.titlesize": 11,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "image.cmap": SEQUENTIAL,
            "figure.constrained_layout.use": True,
        }
    )


class CheckFailed(AssertionError):
    """A visible check that did not pass; shown as two lines instead of a traceback."""

    def _render_traceback_(self):  # IPython asks for this before it draws its own traceback
        return [f"{BOLD_RED}Not yet.{PLAIN} {self}", "Change your cell, run it, then run this check again."]


class check:
    """Run the visible checks of one exercise and report in one line.

    Use as ``with check("softmax"): ...`` around calls of ``expect``, ``expect_shape`` and ``expect_close``.
    A warning never fails a check; it is reported in words.

    Parameters
    ----------
    exercise : str
        Name of the exercise, which is also the name of the function it asks for.
    """

    def __init__(self, exercise):
        self.exercise = exercise

    def __enter__(self):
        self._catcher = warnings.catch_warnings(record=True)
        self._warnings = self._catcher.__enter__()
        warnings.simplefilter("always")
        return self

    def __exit__(self, kind, error, tb):
        self._catcher.__exit__(kind, error, tb)
        for text in sorted(
            {str(w.message) for w in self._warnings if issubclass(w.category, RuntimeWarning)}
        ):
            print(f"Note: NumPy warned about “{text}”.")
        if error is None:
            print(f"{BOLD_GREEN}Passed.{PLAIN} {self.exercise}: every check in this cell holds.")
        elif isinstance(error, NotImplementedError):
            raise CheckFailed(f"{self.exercise} is waiting for your code.") from None
        elif isinstance(error, CheckFailed):
            raise CheckFailed(f"{self.exercise}: {error}") from None
        elif isinstance(error, Exception):
            raise CheckFailed(f"{self.exercise} stopped with {_describe(error, tb)}") from None
        return False


def _describe(error, tb):
    """Name an error and the learner's own line in which it happened."""
    text = f"{type(error).__name__}: {error}"
    ours = (__file__, np.__path__[0])
    frames = [f for f in traceback.extract_tb(tb) if not f.filename.startswith(ours)]
    if len(frames) > 1:  # the first frame is the check cell itself
        line = linecache.getline(frames[-1].filename, frames[-1].lineno).strip()
        text += f"\n  in {frames[-1].name}, line {frames[-1].lineno}: {line}"
    return text


def expect(condition, message):
    """Fail the check with ``message`` unless ``condition`` is true."""
    if not condition:
        raise CheckFailed(message)


def expect_shape(value, shape, message=""):
    """Fail the check unless ``value`` is a numeric array of this shape; ``()`` asks for a plain number."""
    if value is None:
        raise CheckFailed("the function returned None. Does it end with `return`?")
    if isinstance(value, (list, tuple)):
        raise CheckFailed(
            f"the result is a {type(value).__name__}; a NumPy array of shape {shape} is expected."
        )
    found = np.shape(value)
    if found != tuple(shape):
        raise CheckFailed(f"the result has shape {found}, expected {tuple(shape)}. {message}".strip())


def expect_close(actual, expected, message, rtol=1e-6, atol=1e-8):
    """Fail the check unless the two agree in shape and in every entry.

    Parameters
    ----------
    actual, expected : array_like
        Compared entry by entry: ``|actual - expected| <= atol + rtol * |expected|``.
    message : str
        The likely cause, in words.
    """
    actual, expected = np.asarray(actual), np.asarray(expected)
    if actual.shape != expected.shape:
        raise CheckFailed(f"shape {actual.shape} found, {expected.shape} expected. {message}")
    if not np.all(np.isfinite(actual)):
        raise CheckFailed(f"the result holds nan or inf. {message}")
    if not np.allclose(actual, expected, rtol=rtol, atol=atol):
        raise CheckFailed(message)


def numerical_gradient(f, x, h=1e-5):
    """Gradient of a scalar function by central differences.

    Parameters
    ----------
    f : callable
        Takes an array shaped as ``x``, returns a float.
    x : ndarray, any shape
        Where to take the gradient. Left as it was.
    h : float
        Half the width of each difference.

    Returns
    -------
    ndarray, shape of ``x``, float64
    """
    x = np.array(x, dtype=np.float64)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = f(x.copy())
        x[index] = kept - h
        below = f(x.copy())
        x[index] = kept
        gradient[index] = (above - below) / (2 * h)
    return gradient


def progress(steps, label="training"):
    """Iterate over ``range(steps)`` and show in one line how far the loop has come."""
    for step in range(steps):
        if step % max(1, steps // 20) == 0:
            print(f"\r{label}: {100 * step // steps:3d} %", end="", flush=True)
        yield step
    print(f"\r{label}: 100 %")


def _be_quiet_about_stubs():
    """Show an unwritten answer as one line instead of a traceback (only inside Jupyter)."""
    if "IPython" not in sys.modules:
        return
    shell = sys.modules["IPython"].get_ipython()
    if shell is None:
        return

    def one_line(shell, kind, error, tb, tb_offset=None):
        lines = [f"{BOLD_AMBER}Waiting for an answer above.{PLAIN} {error}"]
        shell._showtraceback(kind, error, lines)  # a real `error` output, only shorter
        return lines

    shell.set_custom_exc((NotImplementedError,), one_line)


use_course_style()
_be_quiet_about_stubs()
