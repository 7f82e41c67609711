"""Can any reply from the worker yield points? A worker that speaks the protocol, and lies.

`Liar` stands in the worker's place and answers like an honest worker whose programs are wrong; its lies change these
answers field by field, send something else instead, or send nothing. Whatever it does, no exercise earns more than the
wrong programs earn honestly, none passes, none becomes a fault of the grader's, and the judge ends within its limits.
"""

import contextlib
import os
import resource
import socket
import threading
import time
import traceback

import msgspec
import numpy as np
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from autograder.judging.plugin import Examination
from autograder.judging.request import CellToRun
from autograder.judging.results import Verdict
from autograder.judging.sitting import Sitting
from autograder.sandbox import wire
from autograder.sandbox.learner import Learner
from autograder.sandbox.processes import IsolationError, LearnerFault, Limits, WorkerProcess
from autograder.tests.courses import _common_files, add_tiny_lesson

FULL = bool(os.environ.get("FULL"))
EXAMPLES = 2_000
ROUNDS = int(
    os.environ.get("ROUNDS", 50 if FULL else 1)
)  # each in a process: hypothesis remembers every example
FIRST_ROUND = int(os.environ.get("FIRST_ROUND", 0))  # a long run may be made in parts
LIMITS = Limits(call_seconds=0.1, load_seconds=1.0, submission_seconds=2.0)
ANSWERS = 8  # of a worker for one exercise: its cells, its description, its calls
MOST_SECONDS = 60  # ten times what the limits allow: a machine may be busy, but a hang is longer than that
MOST_MEMORY = 1 << 30  # bytes by which this process, judge and liar together, may grow
LESSON = "91_liar"

TEXT = """# %% title [markdown]
# # 91 · Liar

# %% imports tags=["imports"]
import numpy as np
from helpers import check, expect_close
"""
EXERCISES = {
    "forward": '(x):\n    """Twice x (N, D), and a cache."""\n{}    out = 2 * x\n{}    return out, [x]',
    "backward": '(dout, cache):\n    """Gradient of `forward`. Uses `forward`."""\n{}    dx = 2 * dout\n{}    return dx',
    "slope": '(f, x):\n    """Central difference of f at x."""\n{}    d = (f(x + 1e-4) - f(x - 1e-4)) / 2e-4\n{}    return d',
    "counts": '(labels):\n    """How often each label occurs."""\n{}    c = {{k: labels.count(k) for k in labels}}\n{}    return c',
    "scale": '(x):\n    """x divided by its sum; ValueError when that is 0."""\n{}    if x.sum() == 0:\n        raise ValueError("sum 0")\n'
    "    y = x / x.sum()\n{}    return y",
    "split": '(x):\n    """Halves of x, and its sum."""\n{}    s = x[:2], x[2:], float(x.sum())\n{}    return s',
}  # fmt: skip
for name, body in EXERCISES.items():
    marked = body.format("    ### BEGIN SOLUTION\n", "    ### END SOLUTION\n")
    TEXT += f'\n# %% {name} tags=["answer"]\ndef {name}{marked}\n\n# %% {name}_check tags=["check"] points=3\npass\n'
CHECKS = '''"""Hidden checks that use all that a check can: caches, callbacks, many calls, arguments afterwards, exceptions."""

import numpy as np
import pytest

from autograder.checking import expect, expect_array, expect_close, expect_raises, misconception

OPAQUE = {"forward": [1]}
NEEDS = {"backward": ["forward"]}
exercise = pytest.mark.exercise


@exercise("forward", weight=0)
def test_forward_form(learner, rng):
    """Two parts."""
    out = learner.forward(rng.normal(size=(3, 2)))
    expect(isinstance(out, tuple) and len(out) == 2, "Return two parts.")


@exercise("forward")
def test_forward(learner, reference, rng):
    """Twice."""
    x = rng.normal(size=(3, 2))
    expect_close(learner.forward(x)[0], reference.forward(x)[0])


@exercise("backward")
def test_backward(learner, rng):
    """Through the cache."""
    out, cache = learner.forward(rng.normal(size=(3, 2)))
    dout = rng.normal(size=(3, 2))
    expect_close(learner.backward(dout, cache), 2 * dout)


@exercise("slope")
def test_slope(learner, rng):
    """Of a cube."""
    x = rng.uniform(1, 2)
    expect_close(learner.slope(lambda t: t**3, x), 3 * x**2, rtol=1e-4)


@exercise("slope")
def test_slope_of_arrays(learner, rng):
    """Of a sum of squares."""
    x = rng.uniform(1, 2)
    expect_close(learner.slope(lambda t: float(np.sum(np.ones(3) * t**2)), x), 6 * x, rtol=1e-4)


@exercise("counts")
def test_counts(learner, rng):
    """Each label."""
    labels = [str(label) for label in rng.integers(3, 9, size=20)]
    expect_close(learner.counts(labels), {label: labels.count(label) for label in labels})


@exercise("scale")
def test_scale(learner, rng):
    """Of many."""
    xs = [rng.uniform(1, 2, size=n) for n in (3, 4, 5)]
    for x, y in zip(xs, learner.map("scale", [(x,) for x in xs])):
        expect_close(expect_array(y, x.shape), x / x.sum())


@exercise("scale")
def test_scale_changes_nothing(learner, rng):
    """The argument stays."""
    x = rng.uniform(1, 2, size=4)
    y, after = learner.after("scale", x)
    expect_close(y, x / x.sum())
    expect_close(after[0], x)


@exercise("scale")
def test_scale_refuses(learner, rng):
    """A sum of zero is refused."""
    with expect_raises(ValueError):
        learner.scale(np.zeros(3))


@exercise("split")
def test_split(learner, rng):
    """Three parts, and what a check may do with them."""
    x = rng.uniform(1, 2, size=5)
    left, right, total = learner.split(x)
    expect_close(np.concatenate([left, right]) @ x + total, x @ x + x.sum())
    expect(sorted(left) == sorted(x[:2]) and np.linalg.norm(right - x[2:]) < 1e-9, "The halves.")


@misconception("counts", "You counted every label once.", source="a test")
def counts_once(labels):
    return {label: 1 for label in labels}


@misconception("split", "You split after the first.", source="a test")
def splits_early(x):
    return x[:1], x[1:], float(x.sum())


@misconception("scale", "You divided by the largest.", source="a test")
def by_the_largest(x):
    if x.sum() == 0:
        raise ValueError("sum 0")
    return x / x.max()


@misconception("forward", "You forgot the 2.", source="a test")
def forgets_two(x):
    return x, [x]
'''


def scale(x):
    if x.sum() == 0:
        raise ValueError("sum 0")
    return x / x.max()


WRONG = {
    "forward": lambda x: (3 * x, [x]),
    "backward": lambda dout, cache: 5 * dout,
    "slope": lambda f, x: f(x + 1e-4) - f(x - 1e-4) + 1,
    "counts": lambda labels: dict.fromkeys(labels, 1),
    "scale": scale,
    "split": lambda x: (x[:1], x[1:], float(x.sum())),
}

WORDS = [
    *Verdict, "perfect", "zzz", "", "NotImplementedError", "MemoryError", "ValueError", "AssertionError", "IsolationError",
    "SandboxLost", "GraderFault", "OSError", "p", "a", "k", "returned", "ran", "ready", "described", "\x1b[2J", "<script>",
    "x" * 5000, "True", "1.0", "list", "tuple", "<f8", "|O", "<U4", "0x7",
]  # fmt: skip
VALUES = [
    None, True, False, 0, 1, -1, 2, 3.0, -0.0, 1e308, float("nan"), float("inf"), 2**31, 2**63 - 1, -(2**63), 2**64 - 1,
    b"", b"\0" * 8, b"\xff" * 4096, [], [[]], [None], {}, {"score": 3.0}, {"verdict": "pass"}, ["pass"], ["p", True],
    ["p", "pass"], ["p", None], ["p", 10**15], ["i", "0x" + "f" * 501], ["c", 1.0, 0.0], ["b", b"pass"],
    ["n", "<f8", b"\0" * 8], ["n", "<f16", b"\0" * 16], ["o", "pass", "grader_fault"], ["k", 0, "cache"], ["k", -1, "x"],
    ["g", 7], ["f", 0], ["s", "tuple", []], ["s", "tuple", [["p", 1]] * 3], ["s", "list", [["p", 0]] * 3000],
    ["s", "set", [["p", i] for i in range(300)]], ["d", [["p", "a"]], [["p", 1]]], ["d", [["p", "a"]], []],
    ["a", "<f8", [1 << 40, 0], 0], ["a", "<f8", [30_000_000, 0], 0], ["a", "<f8", [0] * 32, 0], ["a", "<f8", [2, 3], 0],
    ["a", "<U9", [3], 0], ["a", "|O", [1], 0], ["a", "<f8", [-1], 0], ["a", "<f8", [3], -1], ["a", "<f8", [3], 99],
]  # fmt: skip
DEEP = ["s", "list", []]
for _ in range(60):
    DEEP = ["s", "list", [DEEP]]
POISON = [*map(str, WORDS), *VALUES, DEEP]
INSTEAD = [
    ["ran", None], ["ran", ["pass", [], "", ""]], ["described", True, True, None], ["described", True, True, ["pass"] * 400],
    ["returned", []], ["returned", [[["p", True], None, [], []]]], ["returned", [[["p", True], None, [], []]] * 9],
    ["ready", ["namespaces", "landlock", "seccomp"], []], ["callback-wanted", 0, [["p", 1.0]]],
    ["callback-wanted", -1, [["p", 1.0]]], ["callback-wanted", 0, [["a", "<f8", [1 << 40, 0], 0]]],
    ["callback-wanted", 0, [["p", "pass"], ["o", "a", "b"]]], ["run", "cell 1", "pass"], ["pass"], ["grader_fault", 1],
]  # fmt: skip
RAW = [b"", b"WWL1", b"HTTP/1.1 200 OK\r\n\r\n" * 9, b"\x80\x04cos\nsystem\n" * 9, bytes(4096), b"\xc1" * 64]


class Liar(threading.Thread):
    """A worker's end of one connection: honest answers of wrong programs, changed by ``lies``.

    Parameters
    ----------
    connection : socket.socket
    lies : list of (when, kind, place, poison)
        ``when`` counts the answers since the first process of this learner.
    count : list of int
        Answers so far, shared by the processes that follow one another.
    """

    def __init__(self, connection, lies, count):
        super().__init__(daemon=True)
        self.connection, self.lies, self.count = connection, lies, count
        self.kept = {}

    def run(self):
        try:
            self.frame(["ready", [], []], [])
            while True:
                request, buffers = self.receive()
                body, arrays = self.honest(request, buffers)
                lies = [lie for lie in self.lies if lie[0] == self.count[0]]
                self.count[0] += 1
                for _, kind, place, poison in lies:
                    body, arrays = self.lie(kind, place, poison, body, arrays, request.number)
                if body is not None:
                    self.frame(body, arrays)
        except Exception:  # the judge has hung up, or the lie could not even be encoded: the process ends
            self.connection.close()

    def lie(self, kind, place, poison, body, arrays, number):
        match kind:
            case "replace" | "append" | "drop" | "double":
                body = changed(body, kind, place, poison)
            case "instead":
                other = unshared(INSTEAD[place % len(INSTEAD)])
                body = [other[0], number, *other[1:]]
            case "twice":
                self.frame(body, arrays)
            case "raw":
                self.connection.sendall(RAW[place % len(RAW)])
                body = None
            case "cut":
                data = self.encoded(body, arrays)
                self.connection.sendall(data[: place % len(data)])
                body = None
            case "arrays":
                sizes = [0, 8, 4096, 9_000_000]
                arrays = [memoryview(bytes(sizes[place % len(sizes)]))] * (1 + place % 3)
            case "storm":
                for _ in range(min(place, 200)):
                    self.frame(["callback-wanted", 0, 0, [["p", 1.5]]], [])
                    self.receive()
            case "silent":
                body = None
            case "close":
                self.connection.close()
                raise EOFError
        return body, arrays

    def honest(self, request, buffers):
        match request:
            case wire.RunCell():
                return ["ran", request.number, None], []
            case wire.StandIn():
                return ["stands-in", request.number], []
            case wire.Describe():
                return ["described", request.number, True, True, None], []
            case wire.Call():
                unpacker, packer = wire.Unpacker(buffers, self.special), wire.Packer()
                calls = [[unpacker.unpack(node) for node in nodes] for nodes in request.arguments]
                outcomes = [self.outcome(request, arguments, packer) for arguments in calls]
                return ["returned", request.number, outcomes], packer.buffers
            case _:
                return ["pass", 0], []

    def outcome(self, request, arguments, packer):
        failure, node = None, wire.Plain(None)
        try:
            value = WRONG[request.name](*arguments)
            node = packer.pack(value)
            if request.keep and isinstance(value, tuple):
                self.kept[len(self.kept)] = value[1]
                node = wire.Items("tuple", [packer.pack(value[0]), wire.Kept(len(self.kept) - 1, "list")])
        except Exception as error:
            failure = wire.Failure(type(error).__name__, [type(error).__name__], str(error)[:200], "")
        after = [packer.pack(a) for a in arguments] if request.send_arguments else []
        return msgspec.to_builtins(wire.Outcome(node, failure, [], after), builtin_types=(bytes,))

    def special(self, node):
        if isinstance(node, wire.Kept):
            return self.kept[node.number]
        return node.generator() if isinstance(node, wire.Seed) else lambda x: self.call_back(node.number, x)

    def call_back(self, number, x):
        packer = wire.Packer()
        node = msgspec.to_builtins(packer.pack(x), builtin_types=(bytes,))
        self.frame(["callback-wanted", 0, number, [node]], packer.buffers)
        reply, buffers = self.receive()
        return wire.Unpacker(buffers).unpack(reply.value)

    @staticmethod
    def encoded(body, arrays):
        return b"".join(wire.encode(msgspec.Raw(msgspec.msgpack.encode(body)), arrays))

    def frame(self, body, arrays):
        self.connection.sendall(self.encoded(body, arrays))

    def receive(self):
        header, arrays = wire.sizes(self.exactly(wire.PREFIX.size))
        return wire.decode(self.exactly(header), bytearray(self.exactly(arrays)), wire.DECODE_REQUEST)

    def exactly(self, size):
        data = b""
        while len(data) < size:
            if not (more := self.connection.recv(size - len(data))):
                raise EOFError
            data += more
        return data


def places(body, path=()):
    """Paths to everything inside a message, its outermost list included."""
    yield path
    if isinstance(body, list):
        for index, part in enumerate(body):
            yield from places(part, (*path, index))


def unshared(body):
    """A copy in which no list stands twice: three lies into one that stands 3,000 times would take the liar's memory."""
    return [unshared(part) for part in body] if isinstance(body, list) else body


def changed(body, kind, place, poison):
    """A message in which one place holds something else."""
    body, poison = unshared(body), unshared(poison)
    paths = list(places(body))[1:]  # the outermost list is what "instead" and "raw" are for
    path = paths[place % len(paths)]
    parent = body
    for index in path[:-1]:
        parent = parent[index]
    match kind:
        case "replace":
            parent[path[-1]] = poison
        case "append":
            parent.append(poison)
        case "drop":
            del parent[path[-1]]
        case "double":
            parent.insert(path[-1], unshared(parent[path[-1]]))
    return body


class LiarsZygote:
    """In the place of the process that forks workers: every worker of a learner is the same liar."""

    def __init__(self, lies):
        self.lies, self.count, self.liars, self.outputs = lies, [0], [], []

    def spawn(self, given, limits):
        ours, theirs = socket.socketpair()
        read_end, write_end = os.pipe()
        self.outputs.append(write_end)
        self.liars.append(Liar(theirs, self.lies, self.count))
        self.liars[-1].start()
        return WorkerProcess(ours, read_end, 0, None, end=lambda: None)

    def was_killed(self, worker, limits):
        return False

    def close(self):
        for liar in self.liars:
            with contextlib.suppress(OSError):
                liar.connection.shutdown(socket.SHUT_RDWR)
            liar.join(MOST_SECONDS)  # before the number of its descriptor is given to somebody else
            assert not liar.is_alive(), ("a liar goes on", liar.lies)
            liar.connection.close()
        for end in self.outputs:
            os.close(end)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    root = tmp_path_factory.mktemp("liar") / "course"
    _common_files(root)
    return add_tiny_lesson(root, LESSON, CHECKS, TEXT).lessons[LESSON]


def with_examination(lesson, use):
    """Collect the checks once, as the judge does, and use them; an error inside is raised here."""
    raised = []

    def serve(examination):
        try:
            use(lambda lies, only=tuple(EXERCISES): sit(examination, lies, only))
        except BaseException as error:
            raised.append(error)

    Examination(lesson, serve).run()
    if raised:
        raise raised[0]


def sit(examination, lies, only):
    """Results of some exercises by name, and how many answers the liar gave."""
    cells = [CellToRun("cell 1", "imports", "pass")]
    cells += [CellToRun(f"cell {i}", name, "pass") for i, name in enumerate(only, 2)]
    zygote = LiarsZygote(lies)
    learner = Learner(zygote, [(c.label, c.source) for c in cells], opaque=examination.opaque, limits=LIMITS)
    places = {c.name: c.label for c in cells}
    results = []
    try:
        learner.start()
        sitting = Sitting(learner, examination.solution, "seed", places, set(), examination.wording)
        for exercise in examination.exercises():
            if exercise.name in only:
                results.append(sitting.examine(exercise, {r.name: r.verdict for r in results}))
    finally:
        learner.stop()
        zygote.close()
    return {result.name: result for result in results}, zygote.count[0]


def expect_nothing_gained(found, honest, seconds, lies):
    for name, result in found.items():
        assert result.score is not None and result.score <= honest[name].score, (lies, result)
        assert result.verdict in set(Verdict) - {Verdict.PASS, Verdict.GRADER_FAULT}, (lies, result)
        assert all(type(check.verdict) is Verdict for check in result.checks), lies
    assert seconds < MOST_SECONDS, ("it hung", lies)


def test_wrong_programs_earn_what_they_earn(lesson):
    """The ground on which the lies stand: nothing passes, and each wrong idea is named."""

    def use(sit):
        results, answers = sit([])
        assert answers > 20
        scores = {name: result.score for name, result in results.items()}
        assert scores == {"forward": 0, "backward": 0, "slope": 0, "counts": 0, "scale": 1, "split": 0}
        named = {name for name, result in results.items() if result.misconception}
        assert named == {"counts", "scale", "split"}

    with_examination(lesson, use)


def test_every_field_takes_every_word(lesson):
    """Each field of each message, once with each reserved word, other type and extreme size."""

    def use(sit):
        honest, _ = sit([])
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        rng = np.random.default_rng(0)
        lies = [
            (name, [(when, "replace", place, poison)])
            for name in EXERCISES for when in range(ANSWERS) for place in range(12) for poison in POISON
        ]  # fmt: skip
        chosen = lies if FULL else [lies[i] for i in rng.permutation(len(lies))[:2000]]
        for name, one in chosen:
            start = time.monotonic()
            found, _ = sit(one, (name,))
            expect_nothing_gained(found, honest, time.monotonic() - start, one)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) << 10
        assert grown < MOST_MEMORY

    with_examination(lesson, use)


# One exercise at a time, which is quick; or two, of which one needs the other.
some_exercises = st.sampled_from([*((name,) for name in EXERCISES), ("forward", "backward")])
KINDS = ["replace"] * 8 + [
    "append",
    "drop",
    "double",
    "instead",
    "instead",
    "twice",
    "raw",
    "cut",
    "arrays",
    "storm",
]
lie = st.tuples(
    st.integers(0, ANSWERS), st.sampled_from([*KINDS, "close"]), st.integers(0, 400), st.sampled_from(POISON)
)
silence = st.tuples(st.integers(0, ANSWERS), st.just("silent"), st.just(0), st.none())


def test_no_sequence_of_lies_gains_anything(lesson):
    """Many lies one after the other, over restarts too, as hypothesis finds them."""

    def use(sit):
        honest, _ = sit([])
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        @settings(max_examples=EXAMPLES)
        @given(some_exercises, st.lists(lie, min_size=1, max_size=6))
        def lies_are_worthless(names, lies):
            start = time.monotonic()
            found, _ = sit(lies, names)
            expect_nothing_gained(found, honest, time.monotonic() - start, lies)

        for number in range(FIRST_ROUND, FIRST_ROUND + ROUNDS):
            status, used = in_a_process(seed(number)(lies_are_worthless) if FULL else lies_are_worthless)
            assert status == 0, f"round {number}: see the traceback above"
            assert (used.ru_maxrss - memory) << 10 < MOST_MEMORY, f"round {number}"
            if FULL:
                print(f"round {number}: {EXAMPLES} sequences, {used.ru_maxrss >> 10} MB", flush=True)

    with_examination(lesson, use)


def in_a_process(function):
    """Exit status of a fork of this process in which a function was called, and what it used."""
    child = os.fork()
    if child == 0:
        try:
            function()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status, used = os.wait4(child, 0)
    return status, used


def test_silence_between_lies_ends_in_time(lesson):
    """A worker that answers sometimes and sometimes not at all."""

    def use(sit):
        honest, _ = sit([])

        @settings(max_examples=200 if FULL else 10)
        @given(some_exercises, st.lists(st.one_of(silence, lie), min_size=2, max_size=12))
        def silence_is_worthless(names, lies):
            start = time.monotonic()
            found, _ = sit(lies, names)
            expect_nothing_gained(found, honest, time.monotonic() - start, lies)

        silence_is_worthless()

    with_examination(lesson, use)


def test_right_values_with_lies_around_them_earn_no_more_than_full_marks(lesson, monkeypatch):
    """The other direction: a liar that is right is never a fault of the grader's either."""
    right = {
        "forward": lambda x: (2 * x, [x]),
        "backward": lambda dout, cache: 2 * dout,
        "slope": lambda f, x: (f(x + 1e-4) - f(x - 1e-4)) / 2e-4,
        "counts": lambda labels: {label: labels.count(label) for label in labels},
        "scale": lambda x: x / x.sum() if x.sum() else scale(x),
        "split": lambda x: (x[:2], x[2:], float(x.sum())),
    }
    for name, function in right.items():
        monkeypatch.setitem(WRONG, name, function)

    def use(sit):
        assert {result.score for result in sit([])[0].values()} == {3.0}

        @settings(max_examples=5000 if FULL else 200)
        @given(some_exercises, st.lists(lie, min_size=1, max_size=4))
        def never_a_fault(names, lies):
            found, _ = sit(lies, names)
            assert all(result.score is not None and 0 <= result.score <= 3 for result in found.values()), lies

        never_a_fault()

    with_examination(lesson, use)


def test_a_fault_before_the_learners_code_is_the_sandboxs(monkeypatch):
    """Until the first cell runs, what comes is ours: no verdict on the learner can be made of it."""

    zygote = LiarsZygote([])
    monkeypatch.setattr(Liar, "run", lambda liar: liar.connection.close())
    learner = Learner(zygote, [("cell 1", "pass")], limits=LIMITS)
    with pytest.raises(IsolationError):
        learner.start()
    zygote.close()
    assert not issubclass(IsolationError, LearnerFault)
