"""The same program, rounded otherwise: what another processor, another order of terms or another library would give.

Nobody can write every right version of an answer. Whatever the version, it differs from the solution by rounding errors,
so an error of a few units in the last place behind every operation stands for all of them.
"""

import ast

# Functions whose result is rounded. Others, such as `np.where` or `np.sort`, only move numbers, in every version.
ROUNDED = set(
    "exp expm1 exp2 log log1p log2 log10 logaddexp sqrt cbrt power square sin cos tan tanh sinh cosh arctan arctan2 hypot "
    "sum mean average std var nansum nanmean prod dot matmul einsum tensordot inner outer vdot convolve correlate multiply "
    "divide add subtract norm inv pinv solve lstsq det slogdet trace cov corrcoef interp trapezoid".split()
)

# Left alone: what few binary digits hold, such as 3, 0.5 or -0.25. No version rounds those, and ties between them count.
PREAMBLE = '''
def _make_rounded(seed):
    import math

    import numpy as np

    def kind(bits, largest):
        integer = np.dtype(f"i{bits // 8}").type
        mask, factor = (
            integer((number + 2 ** (bits - 1)) % 2**bits - 2 ** (bits - 1))
            for number in (seed * 0x9E3779B97F4A7C15, 0xC4CEB9FE1A85EC53)
        )
        return integer, mask, factor, bits // 2, float(largest) / 2.0 ** (bits - 1)

    size = {"d": 4 * np.finfo(np.float64).eps, "f": 0.5 * np.finfo(np.float32).eps}
    kinds = {"d": kind(64, size["d"]), "f": kind(32, size["f"])}

    # The error is a function of the number, as rounding is: what is computed twice in the same way stays equal.
    # Most arrays are small, so what costs time is the number of steps here.
    @np.errstate(all="ignore")
    def disturbed(x):
        integer, mask, factor, half, unit = kinds[x.dtype.char]
        mixed = (x.view(integer) ^ mask) * factor
        mixed ^= mixed >> half
        mixed *= factor
        scaled = x * 1024
        return np.where(np.rint(scaled) == scaled, x, x * (1 + mixed * unit)).astype(x.dtype, copy=False)

    def rounded(value, in_place=False):
        """The value with an error of a few units in the last place."""
        if isinstance(value, float):  # np.float64 is one, too
            if not math.isfinite(value) or (value * 1024).is_integer():
                return value
            error = hash((float(value), seed)) % 2**24 / 2**23 - 1
            return type(value)(value * (1 + size["d"] * error))
        if isinstance(value, np.ndarray) and value.dtype.char in kinds:
            if not in_place:
                return disturbed(value)
            value[...] = disturbed(value)
            return value
        if isinstance(value, np.float32):
            return disturbed(np.asarray(value))[()]
        if type(value) is tuple:  # lstsq and slogdet return several things
            return tuple(map(rounded, value))
        return value

    return rounded

_rounded = _make_rounded({seed})
'''


class _Rounder(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return node if isinstance(node.op, (ast.Mod, ast.FloorDiv)) else _wrapped(node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        function = node.func
        rounds = isinstance(function, ast.Attribute) and function.attr in ROUNDED
        # with `out=` the result is an argument, and what else it is part of would be disturbed twice
        return _wrapped(node) if rounds and not any(k.arg == "out" for k in node.keywords) else node

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        self.generic_visit(node)
        if isinstance(node.op, (ast.Mod, ast.FloorDiv)):
            return [node]
        place = ast.unparse(node.target)
        return [node, ast.parse(f"{place} = _rounded({place}, in_place=True)").body[0]]


def _wrapped(node: ast.expr) -> ast.Call:
    return ast.Call(ast.Name("_rounded", ast.Load()), [node], [])


def rounded_otherwise(source: str, seed: int) -> str:
    """An answer with an error of up to four units in the last place behind each of its operations.

    Parameters
    ----------
    source : str
        An answer cell.
    seed : int
        Of the errors.

    Returns
    -------
    str
        A program that is as right as the answer.
    """
    tree = ast.fix_missing_locations(_Rounder().visit(ast.parse(source)))
    return PREAMBLE.replace("{seed}", str(seed)) + "\n" + ast.unparse(tree)
