"""The judge's side of a learner's process: start it, call its functions, and end it on time.

`Learner` looks like the learner's module: ``learner.softmax(scores)`` sends the arguments to the worker and returns
plain data. Whatever happens over there arrives here as a value or as a `LearnerFault` with a verdict.
"""

import inspect
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from autograder.sandbox import isolation, wire
from autograder.sandbox.admission import Admission
from autograder.sandbox.processes import (
    Budget,
    Deadline,
    IsolationError,
    LearnerDied,
    LearnerFault,
    LearnerRaised,
    LearnerTimedOut,
    Limits,
    ProtocolBroken,
    SandboxLost,
    WorkerProcess,
    Zygote,
)

MOST_RESTARTS = 8
MOST_BAD_CELLS = 4  # cells that hang or end the process while loading, before the rest is left out
STARTING_SECONDS = 30
ANSWERS: dict[type, Any] = {
    wire.RunCell: wire.CellRan,
    wire.StandIn: wire.StandsIn,
    wire.Describe: wire.Described,
    wire.Call: wire.Returned,
}


class CellToLoad(NamedTuple):
    """A cell of the learner's: what messages call it, its source, and the function whose answer cell it is."""

    label: str
    source: str
    answer: str = ""


@dataclass
class Recorded:
    """One call of a learner's function, as the judge saw it."""

    name: str
    arguments: tuple[Any, ...]
    value: Any = None
    after: list[Any] | None = None
    failure: wire.Failure | None = None
    answered: bool = False


@dataclass
class Trace:
    """The calls of one check, and which call made which kept object."""

    calls: list[Recorded] = field(default_factory=list)
    origins: dict[int, tuple[int, int]] = field(default_factory=dict)


class Learner:
    """Calls a learner's functions in their own process.

    Parameters
    ----------
    zygote : Zygote
    cells : sequence of CellToLoad
        The learner's cells in order.
    given : str, optional
        Source of the lesson's ``given.py``.
    opaque : mapping of str to list of int
        For a function, positions in its returned tuple that stay in the worker.
    limits : Limits
    """

    def __init__(
        self,
        zygote: Zygote,
        cells: Sequence["CellToLoad | tuple[str, str]"],
        given: str | None = None,
        opaque: Mapping[str, list[int]] | None = None,
        limits: Limits | None = None,
    ):
        self._zygote, self._given = zygote, given
        self._cells = [CellToLoad(*cell) for cell in cells]
        self.opaque, self._limits = opaque or {}, limits or Limits()
        self._worker: WorkerProcess | None = None
        self._restarts = 0
        self._budget = Budget(self._limits.load_seconds + self._limits.submission_seconds)
        self._admission = Admission()
        self._stand_ins: dict[str, Callable[..., Any]] = {}
        self._spent = 0.0  # CPU seconds of workers that have ended
        self._help: Budget | None = None
        self._spent_on_help = 0.0
        self._skipped: set[int] = set()
        self._bad_cells = 0
        self.cell_failures: dict[str, LearnerFault] = {}  # by the cell's label
        self.layers: list[str] = []
        self.missing: list[str] = []
        self.trace = Trace()
        self.changed: set[str] = set()  # functions that changed an argument in place
        self.call_seconds = self._limits.call_seconds
        self.may_be_probed = True

    # -- life of the process

    def start(self) -> None:
        """Start a worker and run the learner's cells in it, each with an outcome of its own.

        Raises
        ------
        IsolationError
            If the sandbox does not start; `SandboxLost` if somebody ended it.
        """
        while not self._start_once():
            self.stop()

    def _start_once(self) -> bool:
        self._worker = self._zygote.spawn(self._given, self._limits)
        self._confirm_isolation()
        loading = Budget(self._limits.load_seconds)
        for index, (label, source, answer) in enumerate(self._cells):
            if index in self._skipped:
                continue
            if loading.used_up(self._cpu_of_worker) or self._budget.used_up(self._cpu_spent):
                self._skip_from(index)
                return True
            try:
                reply, _ = self._exchange(wire.RunCell(self._number(), label, source, answer), [])
            except LearnerFault as fault:
                self.cell_failures[label] = type(fault)(f"{label}: {fault}")
                self._skipped.add(index)
                self._bad_cells += 1
                if self._bad_cells >= MOST_BAD_CELLS:
                    self._skip_from(index + 1)
                return False
            if reply.failure is not None:
                self.cell_failures[label] = LearnerRaised(label, reply.failure)
        self._put_stand_ins()
        return True

    def _put_stand_ins(self) -> None:
        if self._stand_ins:
            parameters = [list(inspect.signature(f).parameters) for f in self._stand_ins.values()]
            self._exchange(wire.StandIn(self._number(), list(self._stand_ins), parameters), [])

    @contextmanager
    def with_stand_ins(self, functions: Mapping[str, Callable[..., Any]]) -> Iterator["Learner"]:
        """The same program in a process of its own, in which these functions are answered by the judge: with data alone.

        All such processes together have the time of a submission, and take none of this one's.
        """
        start = time.monotonic()
        helped = Learner(self._zygote, self._cells, self._given, self.opaque, self._limits)
        helped._stand_ins = dict(functions)
        helped._skipped, helped._bad_cells = set(self._skipped), self._bad_cells
        helped._budget = self._help = self._help or Budget(self._limits.submission_seconds)
        helped._spent = self._spent_on_help
        try:
            yield helped
        finally:
            helped.stop()
            self._spent_on_help = helped._spent
            self._budget.prolong(time.monotonic() - start)

    def _confirm_isolation(self) -> None:
        """Which layers hold: the zygote's own words, sent before anything of the learner's is loaded."""
        try:
            ready, _ = self._running.receive(Deadline(STARTING_SECONDS, self._running))
        except LearnerFault as fault:
            self.stop()
            raise SandboxLost(f"the sandbox did not start: {fault}") from fault
        if not isinstance(ready, wire.Ready):
            raise IsolationError("the sandbox did not start as it should")
        self.layers, self.missing = ready.layers, ready.missing

    def _skip_from(self, index: int) -> None:
        """Leave the cells from this one on out."""
        words = "the cells before it took all the time there is, or ended the program too often"
        for later in range(index, len(self._cells)):
            label = self._cells[later][0]
            self._skipped.add(later)
            self.cell_failures.setdefault(label, LearnerTimedOut(f"{label} was not run: {words}"))

    def stop(self) -> None:
        """End the worker, if there is one."""
        if self._worker is not None:
            self._spent += min(self._cpu_of_worker(), self._limits.submission_seconds)
            self._worker.kill()
            self._worker = None

    @property
    def isolation(self) -> str:
        """Isolation level at which the worker ran."""
        return isolation.level_of(self.layers)

    @staticmethod
    def _number() -> int:
        return random.getrandbits(62)  # not to be guessed by forged replies

    def _ensure(self) -> None:
        if self._budget.used_up(self._cpu_spent):
            raise LearnerTimedOut(f"the whole notebook took over {self._budget.seconds:g} s")
        if self._worker is None:
            self._restarts += 1
            if self._restarts > MOST_RESTARTS:
                raise LearnerDied("your program had to be started again too often")
            self.start()

    def _cpu_of_worker(self) -> float:
        return self._worker.processor_time()[1] if self._worker else 0.0

    def _cpu_spent(self) -> float:
        return self._spent + self._cpu_of_worker()

    @property
    def _running(self) -> WorkerProcess:
        assert self._worker is not None, "started before anything is asked of it"
        return self._worker

    def _exchange(
        self, message: Any, buffers: list[memoryview], callbacks: Sequence[Callable[..., Any]] = ()
    ) -> tuple[Any, Any]:
        """One request and its reply; callbacks into the judge are served on the way."""
        worker = self._running
        deadline = Deadline(self.call_seconds, worker, self._budget.latest)
        try:
            reply, arrays = worker.exchange(message, buffers, deadline)
            while isinstance(reply, wire.CallbackWanted):
                deadline.left()
                answer, out = self._serve_callback(reply, arrays, callbacks)
                reply, arrays = worker.exchange(answer, out, deadline)
            if not isinstance(reply, ANSWERS[type(message)]) or reply.number != message.number:
                raise ProtocolBroken("your program sent an answer that was not asked for")
        except LearnerDied as died:
            if self.isolation != "weak" and self._zygote.was_killed(worker, self._limits):
                self.stop()
                raise SandboxLost("the learner's process was killed from outside") from died
            self.stop()
            raise
        except LearnerFault:
            self.stop()
            raise
        return reply, arrays

    def _serve_callback(
        self, wanted: wire.CallbackWanted, arrays: list[Any], callbacks: Sequence[Callable[..., Any]]
    ) -> tuple[Any, list[Any]]:
        if not 0 <= wanted.callback < len(callbacks):
            raise ProtocolBroken("your program asked for a function that it was not given")
        packer, failed, value = wire.Packer(), "", None
        try:
            unpacker = wire.Unpacker(arrays)
            arguments = [self._admission.admit(unpacker.unpack(node)) for node in wanted.arguments]
            value = callbacks[wanted.callback](*arguments)
        except wire.WireError as error:
            raise ProtocolBroken(f"your program sent {error}") from error
        except (
            Exception
        ) as error:  # a wrong argument of the learner's: the words go back to the learner's code
            failed = f"the function you were given could not take these arguments ({type(error).__name__})"
        return wire.CallbackReturned(0, packer.pack(value), failed), packer.buffers

    # -- calls

    def describe(self, name: str) -> wire.Described:
        """Whether the learner defined ``name``, whether it can be called, and with which parameters."""
        self._ensure()
        described: wire.Described = self._exchange(wire.Describe(self._number(), name), [])[0]
        return described

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: self._call(name, [arguments])[0].value

    def after(self, name: str, *arguments: Any) -> tuple[Any, list[Any]]:
        """Result of a call, and its arguments as they are afterwards."""
        recorded = self._call(name, [arguments], send_arguments=True)[0]
        return recorded.value, recorded.after or []

    def probe(self, name: str, argument_lists: Iterable[tuple[Any, ...]], seconds: float) -> list[Recorded]:
        """Calls that are no check's: what came of them, and nothing else is changed by them.

        They are not recorded, do not count as changing an argument, and a process that has to be started again over them is
        not held against the program; after that it is not probed any more, so that its time is left to the checks.

        Parameters
        ----------
        name : str
        argument_lists : iterable of tuple
        seconds : float
            For all calls together.
        """
        if not self.may_be_probed:
            return []
        before = self.trace, self.changed, self.call_seconds, self._restarts
        self.trace, self.changed, self.call_seconds = Trace(), set(), seconds
        try:
            self._call(name, list(argument_lists))
        except LearnerRaised:
            pass  # an exception is an answer, too
        except LearnerFault:
            self.may_be_probed = False
        finally:
            calls = self.trace.calls
            self.trace, self.changed, self.call_seconds, self._restarts = before
        if not self.may_be_probed and self._worker is None:
            self._restarts -= 1  # of the start that will be needed
        return [call for call in calls if call.answered]

    def map(self, name: str, argument_lists: Iterable[tuple[Any, ...]]) -> list[Any]:
        """Results of many calls made in one go."""
        return [recorded.value for recorded in self._call(name, list(argument_lists))]

    def _call(
        self, name: str, argument_lists: list[tuple[Any, ...]], send_arguments: bool = False
    ) -> list[Recorded]:
        self._ensure()
        callbacks = list(self._stand_ins.values())
        packer = wire.Packer(lambda value: _argument_node(value, callbacks))
        nodes = [[packer.pack(a) for a in arguments] for arguments in argument_lists]
        request = wire.Call(self._number(), name, nodes, self.opaque.get(name, []), send_arguments)
        first = len(self.trace.calls)
        self.trace.calls += [Recorded(name, arguments) for arguments in argument_lists]
        reply, arrays = self._exchange(request, packer.buffers, callbacks)
        calls = self.trace.calls[first:]
        try:
            self._record(request, reply, arrays, calls, first)
        except wire.WireError as error:
            self.stop()
            raise ProtocolBroken(f"your program sent {error}") from error
        for recorded in calls:
            if recorded.failure is not None:
                raise LearnerRaised(name, recorded.failure)
        return calls

    def _record(
        self, request: wire.Call, reply: wire.Returned, arrays: list[Any], calls: list[Recorded], first: int
    ) -> None:
        """Take what came back for each call into its record; `WireError` if it is not the answer to the request."""
        if len(reply.outcomes) != len(calls):
            raise wire.WireError("another number of results than there were calls")
        unpacker = wire.Unpacker(arrays)
        for index, (recorded, outcome) in enumerate(zip(calls, reply.outcomes, strict=True)):
            if len(outcome.arguments) != (len(recorded.arguments) if request.send_arguments else 0):
                raise wire.WireError("another number of arguments than the call had")
            recorded.failure = outcome.failure
            recorded.value = self._admission.admit(unpacker.unpack(outcome.value), kept_at=request.keep)
            if request.send_arguments:
                recorded.after = [self._admission.admit(unpacker.unpack(node)) for node in outcome.arguments]
            recorded.answered = True
            if outcome.changed or _differ(recorded.arguments, recorded.after):
                self.changed.add(request.name)
            self._note_kept(recorded.value, first + index)

    def _note_kept(self, value: Any, call: int) -> None:
        for position, item in enumerate(value if isinstance(value, tuple) else ()):
            if isinstance(item, wire.Kept):
                self.trace.origins[item.number] = (call, position)


def _differ(sent: tuple[Any, ...], after: list[Any] | None) -> bool:
    """Whether arrays that came back are not those that were sent: seen here, whatever the worker says of it."""
    pairs = [(a, b) for a, b in zip(sent, after or sent, strict=True) if isinstance(a, np.ndarray)]
    return any(
        not (isinstance(b, np.ndarray) and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))
        for a, b in pairs
    )


def _argument_node(value: Any, callbacks: list[Callable[..., Any]]) -> Any:
    if isinstance(value, (wire.Kept, wire.Seed)):
        return value
    if callable(value):
        callbacks.append(value)
        return wire.Callback(len(callbacks) - 1)
    return None
