"""Cheats: a wrong softmax that tries to be graded as a right one, in every way that has worked on some autograder.

The numbers are those of a catalogue of attacks on nbgrader, otter, PrairieLearn, Submitty, ok, check50 and others:
1-20 forge the verdict inside a shared interpreter, 21-30 read what is hidden, 31-40 harm the machine, 41-47 avoid the
work. Each must score exactly what the same wrong softmax scores without the cheat, on the same inputs; a cheat that
brings down the learner's own program may score less. 18, 26 and 37 are in test_sandbox.py and test_faults.py; 19, 39
and 46 attack parts that are not there (pickled results, spreadsheets, a comparison of students).
"""

import re
import textwrap
from functools import cache

import nbformat
import numpy as np
import pytest

from autograder.grade import Grader, Settings
from autograder.learner import Learner
from autograder.outcome import verdict_of
from autograder.processes import LearnerFault, Limits, Zygote
from autograder.tests.classroom import as_bytes, command, gradebook, hand_in, notebook, real_course
from autograder.tests.material import COURSE, answers

LESSON = "06_softmax_gradient"
SEED = "attacks"
WRITTEN = [
    "cross_entropy",
    "gradient_by_hand",
    "score_gradient",
    "weight_gradients",
    "softmax_loss",
    "find_the_bugs",
]
LIMITS = Limits(call_seconds=0.3, load_seconds=5.0, submission_seconds=30.0, memory=128 << 20)
WRONG = "exp_scores = np.exp(scores)  # overflows\nreturn exp_scores / exp_scores.sum(axis=1, keepdims=True)"


def submission(cheat="", inside="", answer=None):
    """A wrong softmax, the other answers right; ``cheat`` is a cell before them, ``inside`` runs at every call."""
    body = (
        f"try:\n{textwrap.indent(textwrap.dedent(inside), '    ')}\nexcept Exception:\n    pass\n{WRONG}"
        if inside
        else WRONG
    )
    source = textwrap.dedent(answer) if answer else f"def softmax(scores):\n{textwrap.indent(body, '    ')}"
    lesson = COURSE.lessons[LESSON]
    written = {name: source for name, source in answers(lesson).items() if name in WRITTEN}
    return notebook(COURSE, LESSON, written | {"softmax": source}, before=textwrap.dedent(cheat))


@pytest.fixture(scope="module")
def graders():
    made = {
        level: Grader(
            COURSE, Settings(isolation=level, least_isolation="weak", limits=LIMITS, secret_seeds=False)
        )
        for level in ("strong", "container")
    }
    yield made
    for grader in made.values():
        grader.close()


def grade(grader, made):
    return grader.grade(as_bytes(made), f"{LESSON}.ipynb", LESSON, seed=SEED)


@pytest.fixture(scope="module")
def honest(graders):
    """Scores of the wrong softmax that does not cheat."""
    result = grade(graders["strong"], submission())
    scores = {exercise.name: exercise.score for exercise in result.exercises}
    assert result.isolation in ("strong", "container"), "attacks are repelled from level container on"
    assert 0 < scores["softmax"] < 2.0 and scores["cross_entropy"] == 2.0
    return scores


# --- the catalogue --------------------------------------------------------------------------------------------------

# Each cheat is tried twice over: in a cell of its own when the notebook is loaded, and at every call of softmax.
EVERYWHERE = {
    "01_comparisons_always_agree": """
        import builtins, math, sys
        def agree(*_, **__): return True
        for module in list(sys.modules.values()):
            for name in ("allclose", "isclose", "array_equal", "assert_allclose", "assert_array_equal", "all", "array_equiv",
                         "assert_almost_equal", "isfinite", "expect", "expect_close", "same", "_compare", "equal"):
                if hasattr(module, name):
                    setattr(module, name, agree)
        """,
    "04_early_result": """
        import sys
        print(2.0)
        sys.displayhook(2.0)
        sys.stdout.write('{"score": 2.0, "verdict": "pass"}\\n')
        get_ipython().displayhook(2.0)
        """,
    "05_arithmetic_of_points": """
        import builtins
        for name in ("int", "sum", "round", "float", "min", "max", "abs", "len"):
            globals()[name] = lambda *_, **__: float("nan")
        builtins.sum = builtins.round = builtins.min = builtins.max = lambda *_, **__: -1.0
        """,
    "06_rewritten_source": """
        import ast, builtins, sys
        class Pass(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.Pass()
        original = builtins.compile
        builtins.compile = lambda *a, **k: original("pass", "x", "exec")
        builtins.exec = builtins.eval = lambda *_, **__: None
        ast.parse = lambda *_, **__: original("", "x", "exec", ast.PyCF_ONLY_AST)
        get_ipython().ast_transformers.append(Pass())
        get_ipython().input_transformers_cleanup.append(lambda lines: ["pass"])
        """,
    "07_silent_failures": """
        import sys, traceback, warnings
        sys.excepthook = traceback.print_exc = traceback.format_exc = lambda *_, **__: ""
        AssertionError.__init__ = lambda *_: None
        get_ipython().showtraceback = lambda *_, **__: None
        """,
    "08_patched_worker": """
        from autograder import wire, worker
        original = wire.Outcome
        wire.Outcome = lambda value, failure, *rest: original(wire.Plain(True), None, *rest)
        worker.describe_failure = lambda error: None
        worker.Worker._describe = lambda self, request: wire.Described(request.number, True, True, None)
        worker.Worker._run = lambda self, request: None
        wire.Unpacker.unpack = wire.Packer.pack = lambda *_: wire.Plain(True)
        """,
    "09_scores_in_memory": """
        import gc
        for thing in gc.get_objects():
            for name in ("score", "points", "passed", "verdict", "weight", "auto_score", "grade"):
                try:
                    setattr(thing, name, 2.0)
                except Exception:
                    pass
            if isinstance(thing, dict) and "score" in thing:
                thing["score"] = 2.0
        """,
    "10_patched_test_frameworks": """
        import unittest
        unittest.TestCase.run = unittest.TestCase.assertEqual = lambda *_, **__: None
        try:
            import _pytest.runner
            _pytest.runner.runtestprotocol = lambda *_, **__: []
        except ImportError:
            import pytest
        """,
    "11_dropped_configuration": """
        import os
        for folder in (".", "/", "/tmp", {root!r}, {root!r} + "/autograder/checks", os.path.expanduser("~")):
            for name in ("conftest.py", "pytest.ini", "sitecustomize.py", "usercustomize.py", "cheat.pth", "nbgrader_config.py"):
                try:
                    open(os.path.join(folder, name), "a").write("import os; os._exit(0)")
                except OSError:
                    pass
        """,
    "12_shadowed_modules": """
        import sys
        for name in ("numpy", "json", "nbformat", "autograder", "msgspec", "pytest"):
            try:
                open(name + ".py", "w").write("raise SystemExit(0)")
            except OSError:
                pass
        sys.path.insert(0, "."), sys.path.insert(0, "/tmp")
        sys.modules["pytest"] = sys.modules["autograder.checking"] = sys
        """,
    "15_late_rewriting": """
        import atexit, threading, time, weakref
        def rewrite(*_):
            print("score: 2.0")
            for name in ("results.json", "gradebook.json"):
                open(name, "w").write('{"score": 2.0}')
        atexit.register(rewrite)
        threading.Thread(target=lambda: (time.sleep(0.05), rewrite()), daemon=True).start()
        class Late:
            __del__ = rewrite
        late = Late()
        """,
    "16_unwritable_results": """
        import os
        for path in (".", "/tmp", {root!r}, {root!r} + "/grading"):
            try:
                os.chmod(path, 0)
            except OSError:
                pass
        """,
    "24_gradebook": """
        import sqlite3
        book = sqlite3.connect({root!r} + "/grading/gradebook.db")
        book.execute("update grade set auto_score = 2, manual_score = 2")
        book.commit()
        """,
    "28_memory_of_the_judge": """
        import os
        for process in (os.getppid(), 1, 2, "self"):
            for name in ("mem", "environ", "cmdline"):
                try:
                    open(f"/proc/{process}/{name}", "r+b").write(b"score: 2.0")
                except OSError:
                    pass
        """,
    "30_tokens_in_the_environment": """
        import os, random
        seed = [value for name, value in os.environ.items() if "SEED" in name or "SECRET" in name or "TOKEN" in name][0]
        random.seed(seed)
        """,
    "31_fork_bomb": """
        import os
        for _ in range(100):
            os.fork()
        """,
    "32_memory_bomb": "[bytearray(1 << 20) for _ in range(100_000)]",
    "35_full_disk": """
        for number in range(100_000):
            open(f"file{number}", "wb").write(bytes(1 << 20))
        """,
    "36_flood_of_output": """
        for _ in range(4):
            print("x" * (1 << 20))
        """,
    "38_active_output": """
        from html import escape
        print("<script>alert(1)</script>\\x1b[2J\\x1b]0;mine\\x07")
        raise ValueError("<script>alert(1)</script>\\x1b[2J")
        """,
    "44_looks_for_the_grader": """
        import os, sys
        if not sys.stdin.isatty() or "autograder.worker" in sys.modules or "NBGRADER_EXECUTION" in os.environ:
            sys.flags = sys.argv = None
            import builtins
            builtins.__debug = False
        """,
}

# A softmax that returns, or looks for, something that would pass.
ANSWERS = {
    "02_equal_to_everything": """
        class Sure:
            shape, dtype, ndim, size = (5, 3), np.dtype(float), 2, 15
            def __eq__(self, other): return True
            __ne__ = __lt__ = __gt__ = __bool__ = __hash__ = None
            __le__ = __ge__ = __bool__ = __call__ = __contains__ = __eq__
            def __getattr__(self, name): return self
            def __array__(self, *_, **__): return np.zeros((5, 3))
        def softmax(scores):
            return Sure()
        """,
    "03_lying_array": """
        class Liar(np.ndarray):
            def __eq__(self, other): return np.ones(self.shape, bool)
            def __array_ufunc__(self, *_, **__): return np.zeros(self.shape)
            def __array_function__(self, *_, **__): return True
            def __sub__(self, other): return np.zeros(self.shape)
            __rsub__ = __sub__
        def softmax(scores):
            return np.full(scores.shape, 1 / scores.shape[1]).view(Liar)
        """,
    "05_not_a_number": "def softmax(scores):\n    return np.full(scores.shape, np.nan)",
    "05_negative": "def softmax(scores):\n    return np.full(scores.shape, -1e300)",
    "20_infinite": "def softmax(scores):\n    return np.full(scores.shape, np.inf)",
    "20_huge": "def softmax(scores):\n    return np.full(scores.shape, 1e308)",
    "19_pickle_bytes": """
        class Gift:
            def __reduce__(self):
                import os
                return os.system, ("touch /tmp/opened-by-the-judge",)
        def softmax(scores):
            import pickle
            return pickle.dumps(Gift())
        """,
    "19_pickle_object": """
        class Gift:
            def __reduce__(self):
                import os
                return os.system, ("touch /tmp/opened-by-the-judge",)
        def softmax(scores):
            return np.array([Gift()] * scores.size, dtype=object).reshape(scores.shape)
        """,
    "21_expected_value_in_a_frame": """
        def softmax(scores):
            import sys
            frame = sys._getframe(1)
            while frame is not None:
                for scope in (frame.f_locals, frame.f_globals):
                    for name, value in list(scope.items()):
                        if name in ("expected", "exp", "answer", "right", "solution"):
                            return value
                        if callable(value) and name in ("reference", "softmax_reference", "solution"):
                            return value(scores)
                        if isinstance(value, np.ndarray) and value is not scores and value.shape == scores.shape:
                            return value
                frame = frame.f_back
            return scores * 0
        """,
    "21_expected_value_in_memory": """
        def softmax(scores):
            import gc
            for thing in gc.get_objects():
                if isinstance(thing, (list, tuple, dict)):
                    for value in thing.values() if isinstance(thing, dict) else thing:
                        if isinstance(value, np.ndarray) and value.shape == scores.shape and value is not scores:
                            if np.allclose(value.sum(axis=1), 1):
                                return value
            return scores * 0
        """,
    "22_source_of_the_solution": """
        def softmax(scores):
            import inspect, linecache, re, sys
            texts = ["".join(lines) for _, _, lines, _ in linecache.cache.values()] + [str(globals().get(n)) for n in ("In", "_ih", "_i")]
            for module in [m for name, m in sys.modules.items() if name.startswith(("autograder", "helpers", "__m"))]:
                try:
                    texts.append(inspect.getsource(module))
                except Exception:
                    pass
            for text in texts:
                for found in re.findall(r"^def softmax\\(scores\\):\\n(?:    .*\\n|\\n)+", text, re.MULTILINE):
                    scope = {"np": np}
                    exec(found, scope)
                    value = scope["softmax"](scores)
                    if value.shape == scores.shape and np.allclose(value.sum(axis=1), 1):
                        return value
            return scores * 0
        """,
    "23_solution_on_the_disk": """
        def softmax(scores):
            import glob, json
            for pattern in ("{root}/solutions/*softmax*/*.ipynb", "{root}/autograder/checks/*softmax*.py", "/proc/1/root{root}/solutions/*/*.ipynb"):
                for path in glob.glob(pattern) + [pattern.replace("*softmax*/*", "06_softmax_gradient/softmax_gradient")]:
                    for cell in json.load(open(path))["cells"]:
                        if cell["id"] == "softmax":
                            scope = {"np": np}
                            exec("".join(cell["source"]), scope)
                            return scope["softmax"](scores)
        """,
    "25_inputs_through_the_message": "def softmax(scores):\n    raise AssertionError(repr(scores))",
    "41_tabled_inputs": """
        table = {}
        def softmax(scores):
            key = scores.tobytes()
            return table.get(key, scores * 0)
        for seed in range(50):
            for shape in ((7, 4), (5, 3), (4, 6), (6, 4)):
                x = np.random.default_rng(seed).normal(size=shape)
                table[x.tobytes()] = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        """,
    "43_other_libraries": """
        import importlib, sys
        sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "ImportGuard"]
        sys.path += ["{root}", "{site}"]
        def softmax(scores):
            for module, name in (("scipy.special", "softmax"), ("sklearn.utils.extmath", "softmax"), ("autograder.tests.material", "COURSE")):
                try:
                    found = getattr(importlib.import_module(module), name)
                    return found(scores, axis=1) if module.startswith("scipy") else found(scores)
                except Exception:
                    pass
            return scores * 0
        """,
    "43_the_judges_own_package": """
        from autograder.reference import Reference
        from autograder.course import Course
        right = Reference(Course().lesson("06")).softmax
        def softmax(scores):
            return right(scores)
        """,
    "45_changed_arguments": """
        def softmax(scores):
            scores[...] = 1 / scores.shape[1]
            return scores
        """,
    "45_counted_calls": """
        calls = []
        def softmax(scores):
            calls.append(scores)
            return calls[0] if len(calls) % 2 else scores
        """,
    "45_view_that_changes_later": """
        kept = []
        def softmax(scores):
            kept.append(scores)
            for earlier in kept:
                earlier[...] = 1 / earlier.shape[1]
            return kept[-1][:]
        """,
}

# These bring down the learner's own program; softmax's score must not rise.
DESTRUCTIVE = {
    "13_exit": "import sys\nsys.exit(0)",
    "13_system_exit": "raise SystemExit(0)",
    "14_os_exit": "import os\nos._exit(0)",
    "14_abort": "import os\nos.abort()",
    "14_kill": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "29_descriptors": """
        import os
        for descriptor in range(64):
            try:
                os.write(descriptor, b'{"verdict": "pass", "score": 2.0}\\n' * 9)
            except OSError:
                pass
        """,
    "29_closed_descriptors": "import os\nos.closerange(0, 256)",
    "33_loop_in_c": "sum(range(10 ** 15))",
    "33_loop_in_a_regex": "import re\nre.match('(a+)+$', 'a' * 64 + 'b')",
    "34_loop_that_cannot_be_interrupted": """
        import signal
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True:
            try:
                while True:
                    pass
            except BaseException:
                continue
        """,
}


# What these reach for outside their own process, only the sandbox keeps from them: tried at both levels.
OUTSIDE = {
    name
    for name in (*EVERYWHERE, *ANSWERS)
    if name[:2] in ("11", "12", "16", "22", "23", "24", "28", "30", "31", "35", "43")
}


def at_each_level(names):
    pairs = [
        (name, level)
        for name in names
        for level in ("strong", "container")
        if level == "strong" or name in OUTSIDE
    ]
    return pytest.mark.parametrize(("name", "level"), pairs, ids=[f"{name}-{level}" for name, level in pairs])


def filled(source):
    import scipy

    site = str(np.__path__[0]).removesuffix("/numpy")
    assert scipy.__path__[0].startswith(site), "the redirection to SciPy needs SciPy to be a real attempt"
    if "{root!r}" in source:
        return source.replace("{root!r}", repr(str(COURSE.root)))
    return source.replace("{root}", str(COURSE.root)).replace("{site}", site)


def scores_of(result):
    assert result.verdict != "grader_fault", result.message
    assert all(0 <= e.score <= e.points for e in result.exercises)
    assert not re.search(
        "[\0-\x08\x0b-\x1f\x7f-\x9f]",
        str([[e.message, *(c.message for c in e.checks)] for e in result.exercises]),
    )
    return {exercise.name: exercise.score for exercise in result.exercises}


@at_each_level(EVERYWHERE)
def test_cheat_changes_nothing(graders, honest, name, level):
    cheat = filled(EVERYWHERE[name])
    found = scores_of(grade(graders[level], submission(cheat, inside=cheat)))
    if name in BREAKS_ITSELF:
        assert all(found[exercise] <= honest[exercise] for exercise in honest)
    else:
        assert found == honest


# Cheats that also break the learner's other answers, which use what was patched, or that take their time.
BREAKS_ITSELF = {
    "01_comparisons_always_agree", "05_arithmetic_of_points", "06_rewritten_source", "08_patched_worker", "09_scores_in_memory",
    "12_shadowed_modules", "32_memory_bomb", "35_full_disk", "36_flood_of_output",
}  # fmt: skip


@at_each_level(ANSWERS)
def test_false_answer_scores_no_more(graders, honest, name, level):
    found = scores_of(grade(graders[level], submission(answer=filled(ANSWERS[name]))))
    assert all(found[exercise] <= honest[exercise] for exercise in honest), found
    assert {e: found[e] for e in WRITTEN if e != "softmax_loss"} == {
        e: honest[e] for e in WRITTEN if e != "softmax_loss"
    }


@pytest.mark.parametrize("when", ["loading", "calling"])
@pytest.mark.parametrize("name", DESTRUCTIVE)
def test_destruction_scores_no_more(graders, honest, name, when):
    """What the learner's program does to itself costs what it breaks, and nothing else."""
    cheat = textwrap.dedent(DESTRUCTIVE[name])
    if when == "loading":
        result = grade(graders["strong"], submission(cheat))
    else:
        body = textwrap.indent(f"{cheat}\n{WRONG}", "    ")
        result = grade(graders["strong"], submission(answer=f"def softmax(scores):\n{body}"))
    found = scores_of(result)
    assert all(found[exercise] <= honest[exercise] for exercise in honest), found
    apart = [exercise for exercise in WRITTEN if exercise != "softmax_loss"]
    assert {e: found[e] for e in apart} == {e: honest[e] for e in apart}


def test_judge_opened_no_gift():
    import os

    assert not os.path.exists("/tmp/opened-by-the-judge")


# --- the notebook itself --------------------------------------------------------------------------------------------


def forge_outputs(made):
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                nbformat.v4.new_output("execute_result", {"text/plain": "2.0"}, execution_count=1)
            ]
            cell.execution_count = 1


def raise_points(made):
    for cell in made.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader.points = 1000.0


def empty_checks(made):
    for cell in made.cells:
        if cell.id.endswith("_check"):
            cell.source = "2.0"


def delete_checks(made):
    made.cells = [cell for cell in made.cells if cell.id != "softmax_check"]


def double_checks(made):
    made.cells += [nbformat.from_dict(cell) for cell in made.cells if cell.id == "cross_entropy_check"]


def swap_checks(made):
    """The check of what is right under the name of what is wrong."""
    cells = {cell.id: cell for cell in made.cells}
    one, other = cells["softmax_check"].metadata.nbgrader, cells["cross_entropy_check"].metadata.nbgrader
    one.grade_id, other.grade_id = other.grade_id, one.grade_id


def turn_into_text(made):
    for cell in made.cells:
        if cell.id == "softmax_check":
            cell.cell_type = "markdown"
            for key in ("outputs", "execution_count"):
                cell.pop(key, None)


def claim_to_be_manual(made):
    for cell in made.cells:
        if cell.id == "softmax_check":
            cell.metadata.nbgrader |= {"solution": True, "task": True, "locked": False}


def change_kernel(made):
    made.metadata.kernelspec = {"name": "cheat", "display_name": "cheat", "language": "bash"}


def run_magics(made):
    shell = ["%%bash\ncat ../../solutions/*/*.ipynb", "!curl http://127.0.0.1", "%run ../../solutions/helpers.py", "%load_ext cheat",
             "%%script python\nprint(1)", "get_ipython().system('true')", "%%javascript\nalert(1)"]  # fmt: skip
    made.cells[2:2] = [
        nbformat.v4.new_code_cell(source, id=f"magic-{number}") for number, source in enumerate(shell)
    ]


def claim_a_verdict(made):
    made.metadata.course_result = {"verdict": "pass", "seed": SEED}
    made.metadata.course_unreadable = "no"
    for cell in made.cells:
        cell.metadata.course_verdict = "pass"


FORGERIES = [forge_outputs, raise_points, empty_checks, delete_checks, double_checks, swap_checks, turn_into_text, claim_to_be_manual,
             change_kernel, run_magics, claim_a_verdict]  # fmt: skip


@pytest.mark.parametrize("forge", FORGERIES)
def test_forged_notebook_changes_nothing(graders, honest, forge):
    made = submission()
    forge(made)
    result = grade(graders["strong"], made)
    assert scores_of(result) == honest
    assert result.points == 20.0


# --- forged replies -------------------------------------------------------------------------------------------------

FORGE = """
import gc, os, socket, sys
import numpy as np
from autograder import wire

right = np.full((5, 3), 1 / 3)

def connection():
    return next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() == 3)

def number():
    frame = sys._getframe()
    while frame is not None:
        if hasattr(frame.f_locals.get("request"), "number"):
            return frame.f_locals["request"].number
        frame = frame.f_back

def send(*messages, buffers=()):
    for message in messages:
        connection().sendall(b"".join(wire.encode(message, list(buffers))))

def returned(which, value=True, times=1):
    packer = wire.Packer()
    outcomes = [wire.Outcome(packer.pack(value), None, [], []) for _ in range(times)]
    return b"".join(wire.encode(wire.Returned(which, outcomes), packer.buffers))

def raw(data):
    connection().sendall(data)
"""
FORGED = {
    "nothing_but_true": ("raw(returned(number(), True))", "honest"),
    "many_outcomes": ("raw(returned(number(), right, times=50))", "protocol"),
    "no_outcome": ("raw(returned(number(), right, times=0))", "protocol"),
    "another_number": ("raw(returned(12345, right))", "protocol"),
    "two_replies": ("raw(returned(number(), right) * 2)", "protocol"),
    "description": ("send(wire.Described(number(), True, True, None))", "protocol"),
    "cell_ran": ("send(wire.CellRan(number(), None))", "protocol"),
    "ready_at_level_strong": ("send(wire.Ready(['namespaces', 'landlock', 'seccomp'], []))", "protocol"),
    "callback_that_was_not_given": ("send(wire.CallbackWanted(0, 7, []))", "protocol"),
    "callback_below_zero": ("send(wire.CallbackWanted(0, -1, [wire.Plain(1)]))", "protocol"),
    "half_a_frame": ("raw(returned(number(), right)[:20]); import time; time.sleep(60)", "timeout"),
    "text": ("raw(b'HTTP/1.1 200 OK\\r\\n\\r\\n' * 4)", "protocol"),
    "pickle": ("raw(b'\\x80\\x04cos\\nsystem\\n(S\"true\"\\ntR.' * 4)", "protocol"),
    "endless_claim": ("raw(wire.PREFIX.pack(wire.MAGIC, 2 << 20, 256 << 20)); import time; time.sleep(60)", "timeout"),
    "absurd_claim": ("raw(wire.PREFIX.pack(wire.MAGIC, 2**32 - 1, 2**64 - 1))", "protocol"),
    "handles_that_are_not_kept": ("send(wire.Returned(number(), [wire.Outcome(wire.Kept(99, 'x'), None, [], [])]))", "protocol"),
    "seeds_and_callbacks": (
        "send(wire.Returned(number(), [wire.Outcome(wire.Items('list', [wire.Seed(1), wire.Callback(0)]), None, [], [])]))",
        "protocol",
    ),
    "words_of_megabytes": ("send(wire.Returned(number(), [wire.Outcome(wire.Plain(1), wire.Failure('E', [], 'x' * 10**6, ''), [], [])]))",
                           "protocol"),
}  # fmt: skip


@pytest.mark.parametrize("when", ["loading", "calling"])
@pytest.mark.parametrize("name", FORGED)
def test_forged_reply_scores_no_more(graders, honest, name, when):
    """A learner who finds the connection can claim any value, and no more than that."""
    code, _ = FORGED[name]
    if when == "loading":
        made = submission(FORGE + code)
    else:
        made = submission(FORGE, answer=f"def softmax(scores):\n    {code}\n{textwrap.indent(WRONG, '    ')}")
    found = scores_of(grade(graders["strong"], made))
    assert all(found[exercise] <= honest[exercise] for exercise in honest), found


def test_bytes_before_being_asked_are_refused(graders, honest):
    """A thread that answers ahead of the questions gains nothing, whenever its bytes happen to arrive."""
    impatient = FORGE + textwrap.dedent(
        """
        import threading, time
        def ahead():
            while True:
                raw(returned(12345, right))
                time.sleep(0.001)
        threading.Thread(target=ahead, daemon=True).start()
        """
    )
    found = scores_of(grade(graders["strong"], submission(impatient)))
    assert all(found[exercise] <= honest[exercise] for exercise in honest)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [(code, verdict) for code, verdict in FORGED.values() if verdict != "honest"],
    ids=[name for name, (_, verdict) in FORGED.items() if verdict != "honest"],
)
def test_forged_reply_has_a_verdict_of_its_own(zygote, code, verdict):
    """Seen from one call to the next: the first reply counts as the call's value, everything more is refused."""
    learner = Learner(
        zygote, [("cell 1", f"{FORGE}\ndef attempt():\n    {code}\n    return 1")], limits=LIMITS
    )
    learner.start()
    try:
        with pytest.raises(LearnerFault) as raised:
            learner.attempt()
            learner.attempt()
        assert verdict_of(raised.value) == verdict, raised.value
    finally:
        learner.stop()


def test_answer_before_the_question_is_refused(zygote):
    source = f"{FORGE}\ndef attempt():\n    import threading\n    threading.Timer(0.2, lambda: raw(returned(1, 5))).start()\n    return 1"
    learner = Learner(zygote, [("cell 1", source)], limits=LIMITS)
    learner.start()
    try:
        assert learner.attempt() == 1
        import time

        time.sleep(1)
        with pytest.raises(LearnerFault) as raised:
            learner.attempt()
        assert verdict_of(raised.value) == "protocol"
        assert learner.attempt() == 1, "a fresh worker answers"
    finally:
        learner.stop()


def test_forged_handle_of_another_learner_leads_nowhere(zygote):
    """Handles are numbers inside one worker: whatever is claimed, nobody else's object is behind it."""
    learner = Learner(
        zygote,
        [("cell 1", "def keep(x):\n    return x, [x]\ndef use(cache):\n    return cache[0]")],
        opaque={"keep": [1]},
        limits=LIMITS,
    )
    learner.start()
    try:
        _, cache = learner.keep(7)
        assert learner.use(cache) == 7
        for number in (cache.number + 1, -1, 2**40):
            with pytest.raises(LearnerFault):
                learner.use(type(cache)(number, "list"))
    finally:
        learner.stop()


@pytest.fixture(scope="module")
def zygote():
    zygote = Zygote("")
    yield zygote
    zygote.close()


# --- through nbgrader -----------------------------------------------------------------------------------------------


@cache
def catalogue():
    """By student: a notebook with a cheat, among them the honest one."""
    made = {"honest": submission()}
    for name in (
        "01_comparisons_always_agree",
        "04_early_result",
        "05_arithmetic_of_points",
        "06_rewritten_source",
    ):
        made[name] = submission(EVERYWHERE[name], inside=EVERYWHERE[name])
    made["05_not_a_number"] = submission(answer=ANSWERS["05_not_a_number"])
    made["14_os_exit"] = submission(DESTRUCTIVE["14_os_exit"])
    made["21_expected_value_in_a_frame"] = submission(answer=ANSWERS["21_expected_value_in_a_frame"])
    for forge in (forge_outputs, delete_checks, raise_points):
        made[f"47_{forge.__name__}"] = submission()
        forge(made[f"47_{forge.__name__}"])
    return made


@pytest.fixture(scope="module")
def autograded(tmp_path_factory):
    """The gradebook after stock `nbgrader autograde` of the cheats."""
    course = real_course(tmp_path_factory.mktemp("attacks"), LESSON, gradebook=True)
    for student, made in catalogue().items():
        hand_in(course, LESSON, re.sub(r"\W", "_", student), as_bytes(made))
    done = command(course, "nbgrader", "autograde", LESSON)
    assert done.returncode == 0, done.stderr[-3000:]
    return gradebook(course, LESSON)


def test_nbgrader_scores_what_the_judge_scores(autograded, honest):
    assert {name: score for name, (score, _) in autograded["honest"].items()} == honest


@pytest.mark.parametrize("student", [name for name in catalogue() if name != "honest"])
def test_cheat_through_nbgrader_scores_no_more(autograded, honest, student):
    for exercise, (score, needs_manual) in autograded[student].items():
        assert score is not None and not needs_manual
        assert score <= honest[exercise], exercise
    assert autograded[student].keys() == honest.keys()
    if student.startswith("47") or student.startswith("04"):
        assert {name: score for name, (score, _) in autograded[student].items()} == honest
