"""Small mistakes put into an answer, one at a time: each operator makes the ones that it is named after."""

import ast
import difflib
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import libcst as cst
import numpy as np
from libcst.metadata import ExpressionContext, ExpressionContextProvider, MetadataWrapper, ParentNodeProvider

from autograder.diagnosis.evidence import fresh, silence


@dataclass(frozen=True)
class Mutant:
    """One answer with one mistake.

    Attributes
    ----------
    exercise : str
    operator : str
        Kind of the mistake.
    source : str
        The whole answer cell, wrong.
    diff : str
        The lines that differ, as they were and as they are.
    """

    exercise: str
    operator: str
    source: str
    diff: str


@dataclass(frozen=True)
class Place:
    """What an operator may want to know of the place of a node.

    Attributes
    ----------
    parent : CSTNode
    is_read : bool
        Whether a name stands there for its value.
    reassigned : set of str
        Names that get a value more than once, parameters included.
    kinds : mapping of str to hashable
        For a variable, what it was when the answer ran; equal kinds may be taken for each other.
    functions : set of str
        Functions of the lesson that can be called by name.
    """

    parent: cst.CSTNode
    is_read: bool = False
    reassigned: frozenset[str] = frozenset()
    kinds: Mapping[str, object] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()


Operator = Callable[[cst.CSTNode, Place], Iterator[cst.CSTNode]]
OPERATORS: dict[str, Operator] = {}


def operator(name: str) -> Callable[[Operator], Operator]:
    """Register an operator under the name of the mistake that it makes."""

    def register(function: Operator) -> Operator:
        OPERATORS[name] = function
        return function

    return register


def mutants(
    exercise: str,
    source: str,
    kinds: Mapping[str, object] | None = None,
    functions: frozenset[str] = frozenset(),
) -> list[Mutant]:
    """All mutants of an answer, each once.

    Parameters
    ----------
    exercise : str
    source : str
        The answer cell.
    kinds : mapping of str to hashable, optional
        See `Place`; without it no variable is taken for another.
    functions : frozenset of str
        See `Place`.
    """
    module = cst.parse_module(source)
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    found = _Sites()
    wrapper.visit(found)
    reassigned = frozenset(name for name, count in found.stored.items() if count > 1)
    made, known = [], {ast.dump(ast.parse(source))}
    for name, make in OPERATORS.items():
        for node, parent, is_read in found.sites:
            for wrong in make(node, Place(parent, is_read, reassigned, kinds or {}, functions)):
                if isinstance(parent, BINDING) and not isinstance(node, cst.BinaryOperation):
                    wrong = _grouped(wrong)
                code = _code(module.deep_replace(node, wrong))
                meaning = _meaning(code)
                if meaning and meaning not in known:
                    known.add(meaning)
                    made.append(Mutant(exercise, name, code, _diff(source, code)))
    return made


def kinds_of(function: Callable[..., Any], calls: Iterable[Sequence[Any]]) -> dict[str, object]:
    """What each variable of a function is when it returns: of one type, and for arrays of one shape in every call.

    Parameters
    ----------
    function : callable
    calls : iterable of tuple
        Arguments; calls that raise are left out.
    """
    seen: list[dict[str, object]] = []

    def watch(frame: FrameType, event: str, value: Any) -> None:
        if event == "return" and frame.f_code is code:
            seen.append({name: kind_of(local) for name, local in frame.f_locals.items()})

    code = inspect.unwrap(function).__code__
    for arguments in calls:
        sys.setprofile(watch)
        try:
            with silence():
                function(*map(fresh, arguments))
        except Exception:
            continue
        finally:
            sys.setprofile(None)
    names = set.intersection(*map(set, seen)) if seen else set()
    return {name: tuple(kinds[name] for kinds in seen) for name in sorted(names)}


def kind_of(value: Any) -> object:
    """What two values must have in common to be taken for each other."""
    if isinstance(value, np.ndarray):
        return "array", value.shape, value.dtype.kind
    if isinstance(value, (bool, np.bool_)):
        return "truth"
    if isinstance(value, (int, float, np.number)):
        return "number", isinstance(value, (int, np.integer))
    return type(value).__name__


class _Sites(cst.CSTVisitor):
    """All nodes of a module with their parents, and how often each name is stored."""

    METADATA_DEPENDENCIES = (ParentNodeProvider, ExpressionContextProvider)

    def __init__(self) -> None:
        super().__init__()
        self.sites: list[tuple[cst.CSTNode, cst.CSTNode, bool]] = []
        self.stored: Counter[str] = Counter()

    def on_visit(self, node: cst.CSTNode) -> bool:
        parent = self.get_metadata(ParentNodeProvider, node, None)
        if parent is not None:
            context = self.get_metadata(ExpressionContextProvider, node, None)
            self.sites.append((node, parent, context is ExpressionContext.LOAD))
            if isinstance(node, cst.Name) and (
                context is ExpressionContext.STORE or isinstance(parent, cst.Param)
            ):
                self.stored[node.value] += 1
        return True


def _meaning(code: str) -> str:
    """The same for programs that differ in form only; empty for what is no program."""
    try:
        with silence():
            tree = ast.parse(code)
            compile(tree, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return ""
    return ast.dump(tree)


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return "\n".join(line[0] + " " + line[1:].strip() for line in list(lines)[2:] if line[0] in "+-")


# --- pieces of programs ---------------------------------------------------------------------------------------------

COMPOSITE = (cst.BinaryOperation, cst.UnaryOperation, cst.Comparison, cst.BooleanOperation, cst.IfExp)
BINDING = (
    cst.Attribute,
    cst.Subscript,
    cst.BinaryOperation,
    cst.UnaryOperation,
    cst.Comparison,
    cst.ComparisonTarget,
)


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _grouped(node: Any) -> Any:
    """An expression that can stand anywhere in another one."""
    if isinstance(node, COMPOSITE) and not node.lpar:
        return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return node


def _expression(text: str) -> cst.BaseExpression:
    return cst.parse_expression(text)


def _called(node: cst.CSTNode) -> str:
    """Name of the function that a call calls, without what stands before its dot; empty for what is no call."""
    match node:
        case cst.Call(func=cst.Name(value=name)) | cst.Call(func=cst.Attribute(attr=cst.Name(value=name))):
            return name
    return ""


def _of_numpy(node: cst.CSTNode) -> bool:
    match node:
        case cst.Call(func=cst.Attribute(value=cst.Name(value="np"))):
            return True
    return False


def _operands(call: cst.Call) -> list[cst.BaseExpression]:
    """Positional arguments of a call; those of a method begin with what it belongs to."""
    given = [argument.value for argument in call.args if argument.keyword is None and not argument.star]
    if isinstance(call.func, cst.Attribute) and not _of_numpy(call):
        return [call.func.value, *given]
    return given


def _renamed(call: cst.Call, name: str) -> cst.Call:
    if isinstance(call.func, cst.Attribute):
        return call.with_changes(func=call.func.with_changes(attr=cst.Name(name)))
    return call.with_changes(func=cst.Name(name))


def _shifted(node: cst.BaseExpression, by: int) -> cst.BaseExpression:
    if isinstance(node, cst.Integer):
        return _expression(str(int(node.evaluated_value) + by))
    return _expression(f"{_code(_grouped(node))} {'+' if by > 0 else '-'} {abs(by)}")


def _is_text(node: cst.CSTNode) -> bool:
    return isinstance(node, (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString))


# --- the operators: the first that makes a program gives it its name ------------------------------------------------


@operator("axis")
def _axis(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.Arg(keyword=cst.Name(value="axis"), value=cst.Tuple(elements=elements)):
            for element in elements:
                yield node.with_changes(value=element.value)
        case cst.Arg(keyword=cst.Name(value="axis"), value=value):
            for other in {"0": ("1", "None"), "None": ("0",)}.get(_code(value), ("0", "None")):
                yield node.with_changes(value=_expression(other))
        case cst.Arg(keyword=cst.Name(value="keepdims"), value=cst.Name(value="True")):
            yield node.with_changes(value=cst.Name("False"))


@operator("sign")
def _sign(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.UnaryOperation(operator=cst.Minus(), expression=inner) if not isinstance(
            place.parent, cst.Index
        ):
            yield inner
        case cst.BinaryOperation(operator=cst.Subtract(), left=left, right=right):
            yield node.with_changes(left=_grouped(right), right=_grouped(left))


ARITHMETIC: dict[type[cst.CSTNode], Callable[..., cst.CSTNode]] = {
    cst.Add: cst.Subtract, cst.Subtract: cst.Add, cst.Multiply: cst.Divide, cst.Divide: cst.Multiply,
    cst.MatrixMultiply: cst.Multiply, cst.Power: cst.Multiply, cst.FloorDivide: cst.Divide, cst.Modulo: cst.FloorDivide,
    cst.AddAssign: cst.SubtractAssign, cst.SubtractAssign: cst.AddAssign,
    cst.MultiplyAssign: cst.DivideAssign, cst.DivideAssign: cst.MultiplyAssign,
}  # fmt: skip


@operator("arithmetic")
def _arithmetic(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.BinaryOperation(operator=sign) if type(sign) in ARITHMETIC:
            other = node.with_changes(operator=ARITHMETIC[type(sign)]())
            yield _grouped(other) if isinstance(sign, cst.Power) else other
        case cst.AugAssign(operator=sign) if type(sign) in ARITHMETIC:
            yield node.with_changes(operator=ARITHMETIC[type(sign)]())


@operator("transpose")
def _transpose(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.Attribute(value=value, attr=cst.Name(value="T")):
            yield value
        case cst.Call(func=cst.Attribute(value=value)) if _called(node) in ("transpose", "swapaxes"):
            yield _operands(node)[0]
        case cst.BinaryOperation(operator=cst.MatrixMultiply(), left=left, right=right):
            if isinstance(left, cst.Name):
                yield node.with_changes(left=cst.Attribute(left, cst.Name("T")))
            if isinstance(right, cst.Name):
                yield node.with_changes(right=cst.Attribute(right, cst.Name("T")))
        case cst.Call() if _called(node) == "dot":
            for argument in node.args:
                if isinstance(argument.value, cst.Name):
                    turned = argument.with_changes(value=cst.Attribute(argument.value, cst.Name("T")))
                    yield node.with_deep_changes(argument, value=turned.value)


@operator("1/N")
def _one_over_n(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.BinaryOperation(
            operator=cst.Divide(), left=left, right=cst.Name() | cst.Call() | cst.Subscript()
        ):
            yield left
        case cst.Call() if _called(node) in ("sum", "mean"):
            yield _renamed(node, "mean" if _called(node) == "sum" else "sum")


@operator("dropped term")
def _dropped_term(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.BinaryOperation(operator=cst.Add() | cst.Subtract() as sign, left=left, right=right):
            yield left
            yield right if isinstance(sign, cst.Add) else _expression(f"(-{_code(_grouped(right))})")


@operator("factor")
def _factor(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.BinaryOperation(operator=cst.Multiply(), left=left, right=right):
            yield left
            yield right
        case cst.BinaryOperation(operator=cst.Divide(), left=left):
            yield left
    match node, place.parent:
        case (cst.BinaryOperation(), cst.Assign() | cst.AugAssign() | cst.Return()) | (
            cst.Call(),
            cst.Return(),
        ):
            if "%" not in _code(node):
                for text in ("2", "0.5"):
                    yield _expression(f"{text} * {_code(_grouped(node))}")


def _counts(node: cst.CSTNode, place: Place) -> bool:
    """Whether a whole number is a place or a bound, which `_off_by_one` shifts, or one that has an operator of its own."""
    match place.parent:
        case cst.Index() | cst.Slice() | cst.Param() | cst.Arg(keyword=cst.Name(value="axis")):
            return True
    return False


@operator("off by one")
def _off_by_one(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.Call() if _called(node) in ("range", "arange"):
            for argument in node.args[:2]:
                for by in (-1, 1):
                    yield node.with_deep_changes(argument, value=_shifted(argument.value, by))
        case cst.Slice(lower=lower, upper=upper):
            for by in (-1, 1):
                if lower is not None:
                    yield node.with_changes(lower=_shifted(lower, by))
                if upper is not None:
                    yield node.with_changes(upper=_shifted(upper, by))
        case cst.Index(value=cst.Integer() | cst.UnaryOperation() as place_in_row):
            for by in (-1, 1):
                yield node.with_changes(value=_shifted(place_in_row, by))


COMPARISONS: dict[type[cst.CSTNode], list[type[cst.CSTNode]]] = {
    cst.GreaterThan: [cst.GreaterThanEqual, cst.LessThan],
    cst.GreaterThanEqual: [cst.GreaterThan, cst.LessThanEqual],
    cst.LessThan: [cst.LessThanEqual, cst.GreaterThan],
    cst.LessThanEqual: [cst.LessThan, cst.GreaterThanEqual],
    cst.Equal: [cst.NotEqual], cst.NotEqual: [cst.Equal], cst.Is: [cst.IsNot], cst.IsNot: [cst.Is],
    cst.In: [cst.NotIn], cst.NotIn: [cst.In],
}  # fmt: skip


@operator("comparison")
def _comparison(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.ComparisonTarget(operator=sign):
            for other in COMPARISONS.get(type(sign), []):
                yield node.with_changes(operator=other())
        case cst.BooleanOperation(operator=cst.And()):
            yield node.with_changes(operator=cst.Or())
        case cst.BooleanOperation(operator=cst.Or()):
            yield node.with_changes(operator=cst.And())
        case cst.BinaryOperation(operator=cst.BitAnd()):
            yield node.with_changes(operator=cst.BitOr())
        case cst.BinaryOperation(operator=cst.BitOr()):
            yield node.with_changes(operator=cst.BitAnd())
        case cst.UnaryOperation(operator=cst.Not() | cst.BitInvert(), expression=inner):
            yield inner


@operator("constant")
def _constant(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    if _counts(node, place):
        return
    match node:
        case cst.Integer():
            yield _shifted(node, 1)
            if node.evaluated_value > 0:
                yield _shifted(node, -1)
        case cst.Float():
            yield from _other_numbers(float(node.evaluated_value))


def _other_numbers(value: float) -> Iterator[cst.BaseExpression]:
    """Another number, and one that is only a little off."""
    for other in (2 * value, 1.1 * value) if value else (1.0,):
        yield _expression(
            f"{other:.6g}" if "." in f"{other:.6g}" or "e" in f"{other:.6g}" else f"{other:.1f}"
        )


@operator("default argument")
def _default_argument(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.Param(default=cst.Integer() as number):
            yield node.with_changes(default=_shifted(number, 1))
        case cst.Param(default=cst.Float() as number):
            for other in _other_numbers(float(number.evaluated_value)):
                yield node.with_changes(default=other)
        case cst.Param(default=cst.Name(value="True" | "False" as truth)):
            yield node.with_changes(default=cst.Name(str(truth == "False")))


@operator("wrong variable")
def _wrong_variable(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    if not isinstance(node, cst.Name) or not place.is_read or node.value not in place.kinds:
        return
    kind = place.kinds[node.value]
    for other, its_kind in place.kinds.items():
        if other != node.value and its_kind == kind:
            yield cst.Name(other)


# What is taken for each other, as a function of NumPy, a method or by its bare name; the last line only of NumPy's.
FAMILIES = [
    "max min", "max mean", "min max", "exp expm1", "expm1 exp", "log log1p log2 log10", "log1p log", "log2 log", "zeros ones",
    "ones zeros", "zeros_like ones_like", "ones_like zeros_like", "argmax argmin", "argmin argmax", "floor ceil", "ceil floor",
    "rint floor", "round floor", "maximum minimum", "minimum maximum", "std var", "var std", "all any", "any all", "tril triu",
    "triu tril", "cumsum cumprod", "cumprod cumsum", "sin cos", "cos sin", "prod sum", "normal uniform", "sinh cosh",
]  # fmt: skip
OF_NUMPY = ["mean median", "median mean", "sqrt abs", "vstack hstack", "hstack vstack", "tanh arctan"]


@operator("wrong function")
def _wrong_function(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    name = _called(node)
    if not isinstance(node, cst.Call) or not name:
        return
    for family in FAMILIES + (OF_NUMPY if _of_numpy(node) else []):
        first, *others = family.split()
        if first == name:
            for other in others:
                yield _renamed(node, other)
    if name == "tanh" and "sigmoid" in place.functions:
        yield node.with_changes(func=cst.Name("sigmoid"))
    if name == "sigmoid":
        yield node.with_changes(func=_expression("np.tanh"))


DROPPED = ("abs", "absolute", "clip", "copy", "sqrt", "square", "diag", "cumsum", "sort", "nan_to_num")


@operator("dropped function")
def _dropped_function(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    if not isinstance(node, cst.Call):
        return
    operands = _operands(node)
    if _called(node) in DROPPED and operands:
        yield operands[0]
    elif _called(node) in ("maximum", "minimum", "max", "min", "fmax", "fmin") and len(operands) == 2:
        if _of_numpy(node) or isinstance(node.func, cst.Name):
            yield from operands


@operator("branch")
def _branch(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.IfExp(body=body, orelse=orelse):
            yield _grouped(body)
            yield _grouped(orelse)
        case cst.Call() if _called(node) == "where" and len(node.args) == 3:
            condition, one, other = (argument.value for argument in node.args)
            yield _expression(f"np.where({_code(condition)}, {_code(other)}, {_code(one)})")
            yield one
            yield other
        case cst.If() if not isinstance(place.parent, cst.If):
            for truth in ("True", "False"):
                yield node.with_changes(test=cst.Name(truth))


@operator("dropped statement")
def _dropped_statement(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.Expr(value=value) if not _is_text(value):
            yield cst.Pass()
        case cst.AugAssign() | cst.Raise() | cst.Break() | cst.Continue():
            yield cst.Pass()
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Subscript())]):
            yield cst.Pass()
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]) if name in place.reassigned:
            yield cst.Pass()


@operator("+= to =")
def _plain_assignment(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.AugAssign(target=target, operator=cst.AddAssign(), value=value):
            yield cst.Assign([cst.AssignTarget(target)], value)


@operator("order of parts")
def _order_of_parts(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node, place.parent:
        case cst.Tuple(elements=elements), cst.Return() | cst.Assign():
            parts = [element.value for element in elements]
            for i in range(len(parts) - 1):
                turned = [*parts[:i], parts[i + 1], parts[i], *parts[i + 2 :]]
                yield node.with_changes(
                    elements=[e.with_changes(value=v) for e, v in zip(elements, turned, strict=True)]
                )
        case cst.Slice(step=cst.UnaryOperation(operator=cst.Minus())), _:
            yield node.with_changes(step=None, second_colon=cst.MaybeSentinel.DEFAULT)


@operator("exception kind")
def _exceptionkind_of(node: cst.CSTNode, place: Place) -> Iterator[cst.CSTNode]:
    match node:
        case cst.Raise(exc=cst.Call(func=cst.Name(value=name)) as call):
            yield node.with_changes(exc=_renamed(call, "TypeError" if name == "ValueError" else "ValueError"))
