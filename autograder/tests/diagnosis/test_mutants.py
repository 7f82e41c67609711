"""Each operator makes the mistakes that it is named after, and nothing else."""

import ast

import pytest

from autograder.diagnosis.mutants import OPERATORS, mutants

# By operator: an expression or statements, and all that the operator makes of them.
EXPRESSIONS = {
    "axis": {
        "x.sum(axis=1)": {"x.sum(axis=0)", "x.sum(axis=None)"},
        "x.sum(axis=0)": {"x.sum(axis=1)", "x.sum(axis=None)"},
        "x.std(axis=(0, 2))": {"x.std(axis=0)", "x.std(axis=2)"},
        "x.sum(keepdims=True)": {"x.sum(keepdims=False)"},
    },
    "sign": {"-x": {"x"}, "x - y": {"y - x"}, "x + y - x": {"x - (x + y)"}, "x[-1]": set()},
    "arithmetic": {"x + y": {"x - y"}, "x * y": {"x / y"}, "x @ y": {"x * y"}, "2 * x ** y": {"2 / x ** y", "2 * (x * y)"}},
    "transpose": {"x.T": {"x"}, "x @ y": {"x.T @ y", "x @ y.T"}, "np.dot(x, y)": {"np.dot(x.T, y)", "np.dot(x, y.T)"}},
    "1/N": {"x / N": {"x"}, "x.sum()": {"x.mean()"}, "np.mean(x)": {"np.sum(x)"}, "x / 2": set()},
    "dropped term": {"x + y": {"x", "y"}, "x - y": {"x", "-y"}},
    "factor": {"x * y": {"x", "y", "2 * (x * y)", "0.5 * (x * y)"}, "x / 2": {"x", "2 * (x / 2)", "0.5 * (x / 2)"}},
    "off by one": {
        "range(N)": {"range(N - 1)", "range(N + 1)"},
        "x[1:]": {"x[0:]", "x[2:]"},
        "x[:N]": {"x[:N - 1]", "x[:N + 1]"},
        "x[0]": {"x[-1]", "x[1]"},
    },
    "comparison": {
        "x > y": {"x >= y", "x < y"}, "x == y": {"x != y"}, "x and y": {"x or y"}, "not x": {"x"}, "x & y": {"x | y"},
        "~x": {"x"}, "x in y": {"x not in y"},
    },
    "constant": {"x + 3": {"x + 4", "x + 2"}, "x > 0.5": {"x > 1.0", "x > 0.55"}, "x * 0.0": {"x * 1.0"}, "x[2]": set()},
    "wrong function": {
        "np.max(x)": {"np.min(x)", "np.mean(x)"}, "np.log(x)": {"np.log1p(x)", "np.log2(x)", "np.log10(x)"},
        "np.zeros(3)": {"np.ones(3)"}, "x.argmax()": {"x.argmin()"}, "np.tanh(x)": {"np.arctan(x)", "sigmoid(x)"},
        "np.exp(x)": {"np.expm1(x)"}, "np.floor(x)": {"np.ceil(x)"}, "len(x)": set(),
    },
    "dropped function": {
        "np.abs(x)": {"x"}, "abs(x)": {"x"}, "max(0, x)": {"0", "x"}, "np.maximum(x, y)": {"x", "y"}, "x.copy()": {"x"},
        "2 * np.abs(x - y).sum()": {"2 * (x - y).sum()"},
        "np.clip(x, 0, 1)": {"x"}, "x.max(0)": set(),
    },
    "branch": {
        "x if y else 0": {"x", "0"}, "np.where(x > y, x, y)": {"np.where(x > y, y, x)", "x", "y"},
    },
    "order of parts": {"x, y, N": {"y, x, N", "x, N, y"}, "x[::-1]": {"x[:]"}},
}  # fmt: skip
STATEMENTS = {
    "default argument": {
        "def f(x, h=0.5):\n    return x": {"def f(x, h=1.0):\n    return x", "def f(x, h=0.55):\n    return x"},
        "def f(x, mean=True):\n    return x": {"def f(x, mean=False):\n    return x"},
        "def f(x, h=None):\n    return x": set(),
    },
    "dropped statement": {
        "x[0] = 1": {"pass"}, "x += 1": {"pass"}, "raise ValueError('no')": {"pass"}, "f(x)": {"pass"}, "x = 1": set(),
        "x = 1\nx = 2": {"pass\nx = 2", "x = 1\npass"}, "'words'": set(),
    },
    "+= to =": {"x += y": {"x = y"}, "x -= y": set()},
    "exception kind": {"raise ValueError('no')": {"raise TypeError('no')"}, "raise KeyError('no')": {"raise ValueError('no')"}},
    "branch": {"if x:\n    y = 1": {"if True:\n    y = 1", "if False:\n    y = 1"}},
}  # fmt: skip


def normal(source):
    return ast.unparse(ast.parse(source))


def made_by(operator, source, **known):
    return {normal(m.source) for m in mutants("f", source, **known) if m.operator == operator}


def alone(operator, source, monkeypatch, **known):
    """What an operator makes where no other has made the same before."""
    monkeypatch.setattr("autograder.diagnosis.mutants.OPERATORS", {operator: OPERATORS[operator]})
    return made_by(operator, source, **known)


@pytest.mark.parametrize(
    "operator, expression, wrong",
    [(name, right, wrong) for name, cases in EXPRESSIONS.items() for right, wrong in cases.items()],
)
def test_an_operator_changes_an_expression_as_its_name_says(operator, expression, wrong, monkeypatch):
    found = alone(operator, f"result = {expression}", monkeypatch, functions=frozenset({"sigmoid"}))
    assert found == {normal(f"result = {other}") for other in wrong}


@pytest.mark.parametrize(
    "operator, statements, wrong",
    [(name, right, wrong) for name, cases in STATEMENTS.items() for right, wrong in cases.items()],
)
def test_an_operator_changes_a_statement_as_its_name_says(operator, statements, wrong, monkeypatch):
    assert alone(operator, statements, monkeypatch) == {normal(other) for other in wrong}


def test_a_variable_is_taken_only_for_one_of_the_same_kind():
    kinds = {"x": "array", "y": "array", "N": "number"}
    found = made_by("wrong variable", "def f(x, y, N):\n    return x[N]", kinds=kinds)
    assert found == {"def f(x, y, N):\n    return y[N]"}
    assert not made_by("wrong variable", "def f(x, y):\n    return x")


def test_each_operator_is_tested():
    assert set(EXPRESSIONS) | set(STATEMENTS) | {"wrong variable"} == set(OPERATORS)


ANSWER = '''
def f(x, y):
    """Words with 1 number, x + y."""
    # a comment
    total = x + y  # (N, D)
    return total.sum(axis=0) / len(x)
'''


def test_every_mutant_is_another_program_and_differs_in_one_place():
    found = mutants("f", ANSWER, {"x": 1, "y": 1})
    programs = [normal(mutant.source) for mutant in found]
    assert len(set(programs)) == len(programs) and normal(ANSWER) not in programs
    for mutant in found:
        assert '"""Words with 1 number, x + y."""\n    # a comment' in mutant.source
        removed, added = (
            [line for line in mutant.diff.splitlines() if line[0] == sign] for sign in ("-", "+")
        )
        assert len(removed) == len(added) == 1, mutant.diff
