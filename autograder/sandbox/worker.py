"""Runs inside the sandbox: executes a learner's cells and answers calls. Knows no check, no answer, no point."""

import builtins
import inspect
import linecache
import os
import socket
import sys
import traceback
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

from autograder.sandbox import wire
from autograder.sandbox.printable import printable

ALLOWED_IMPORTS = {"numpy", "matplotlib", "mpl_toolkits", "helpers", "given", "__main__"}
NEEDED_BY_MATPLOTLIB = {
    "PIL",
    "contourpy",
    "cycler",
    "dateutil",
    "fontTools",
    "kiwisolver",
    "packaging",
    "pyparsing",
    "six",
}
_BUILTIN_EXCEPTIONS = {
    n for n, c in vars(builtins).items() if isinstance(c, type) and issubclass(c, BaseException)
}


class ImportGuard:
    """Refuses, by name and in words, what students do not have: scikit-learn, SciPy, torch, the autograder."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top in ALLOWED_IMPORTS or top in NEEDED_BY_MATPLOTLIB:
            return None
        raise ModuleNotFoundError(
            f"{top} cannot be imported when your work is graded: the lessons need only numpy and matplotlib",
            name=name,
        )


class Worker:
    """One learner's namespace and the loop that answers the judge.

    Parameters
    ----------
    connection : socket.socket
        The only way out of the sandbox.
    """

    def __init__(self, connection: socket.socket):
        self._connection = connection
        self._main = ModuleType(
            "__main__"
        )  # so that classes and dataclasses of the learner find their module
        sys.modules["__main__"] = self._main
        self._kept: dict[int, Any] = {}
        self._answers: dict[str, Any] = {}

    def serve(self) -> None:
        """Answer requests until the judge closes the connection."""
        while True:
            try:
                request, buffers = self._receive()
            except EOFError:
                return
            match request:
                case wire.RunCell():
                    self._send(wire.CellRan(request.number, self._run(request)))
                case wire.StandIn():
                    self._bind(request)
                    self._send(wire.StandsIn(request.number))
                case wire.Describe():
                    self._send(self._describe(request))
                case wire.Call():
                    self._call(request, buffers)

    def _run(self, request: wire.RunCell) -> wire.Failure | None:
        lines = request.source.splitlines(keepends=True)
        linecache.cache[request.cell] = (len(request.source), None, lines, request.cell)
        try:
            exec(compile(request.source, request.cell, "exec"), vars(self._main))
        except BaseException as error:  # sys.exit and KeyboardInterrupt too: the cell fails, the rest goes on
            return describe_failure(error)
        finally:
            # A later cell that reuses the name, for a second try or a loop, does not undo the answer.
            if request.answer in vars(self._main):
                self._answers[request.answer] = vars(self._main)[request.answer]
            vars(self._main).update(self._answers)
        return None

    def _bind(self, request: wire.StandIn) -> None:
        """Put functions that ask the judge in the place of the learner's own."""
        for number, (name, parameters) in enumerate(zip(request.names, request.parameters, strict=True)):
            setattr(self._main, name, self._stand_in(number, parameters))

    def _stand_in(self, number: int, parameters: list[str]) -> Any:
        def stand_in(*arguments: Any, **by_name: Any) -> Any:
            given = dict(zip(parameters, arguments, strict=False)) | by_name
            in_order = [given[name] for name in parameters if name in given]
            if len(in_order) < len(arguments) + len(by_name) or list(given) != parameters[: len(given)]:
                raise TypeError(
                    f"the arguments must be the first of ({', '.join(parameters)}), in this order"
                )
            generators = [a.bit_generator for a in in_order if isinstance(a, np.random.Generator)]
            sent = [_state(a) if isinstance(a, np.random.Generator) else a for a in in_order]
            value, states = self._call_back(number, tuple(sent))
            for generator, state in zip(generators, states, strict=True):
                generator.state = state  # as if it had been drawn from here
            return value

        return stand_in

    def _describe(self, request: wire.Describe) -> wire.Described:
        found = request.name in vars(self._main)
        value = vars(self._main).get(request.name)
        try:
            parameters = (
                [str(p) for p in inspect.signature(value).parameters.values()] if callable(value) else None
            )
        except BaseException:
            parameters = None
        return wire.Described(
            request.number,
            found,
            callable(value),
            parameters and [printable(p, 100) for p in parameters[:50]],
        )

    def _call(self, request: wire.Call, buffers: list[memoryview]) -> None:
        unpacker = wire.Unpacker(buffers, self._special)
        packer = wire.Packer()
        outcomes = []
        for nodes in request.arguments:
            arguments = [unpacker.unpack(node) for node in nodes]
            before = [_snapshot(a) for a in arguments]
            outcomes.append(self._one_call(request, arguments, before, packer))
        self._send(wire.Returned(request.number, outcomes), packer.buffers)

    def _one_call(
        self, request: wire.Call, arguments: list[Any], before: list[Any], packer: wire.Packer
    ) -> wire.Outcome:
        try:
            value = self._function(request.name)(*arguments)
            failure = None
        except BaseException as error:
            value, failure = None, describe_failure(error)
        changed = [i for i, a in enumerate(arguments) if before[i] is not None and before[i] != _snapshot(a)]
        after = [packer.pack(a) for a in arguments] if request.send_arguments else []
        return wire.Outcome(self._pack_result(value, request.keep, packer), failure, changed, after)

    def _function(self, name: str) -> Any:
        try:
            return vars(self._main)[name]
        except KeyError:
            raise NameError(f"{name} is not defined, or its cell did not run through") from None

    def _pack_result(self, value: Any, keep: list[int], packer: wire.Packer) -> Any:
        if not (keep and isinstance(value, tuple) and len(value) > max(keep)):
            return packer.pack(value)
        return wire.Items(
            "tuple", [self._keep(v) if i in keep else packer.pack(v) for i, v in enumerate(value)]
        )

    def _keep(self, value: Any) -> wire.Kept:
        self._kept[len(self._kept)] = value
        return wire.Kept(len(self._kept) - 1, printable(type(value).__name__, 100))

    def _special(self, node: Any) -> Any:
        match node:
            case wire.Kept():
                return self._kept[node.number]
            case wire.Seed():
                return node.generator()
            case wire.Callback():
                return lambda *arguments: self._call_back(node.number, arguments)

    def _call_back(self, number: int, arguments: tuple[Any, ...]) -> Any:
        packer = wire.Packer()
        self._send(wire.CallbackWanted(0, number, [packer.pack(a) for a in arguments]), packer.buffers)
        reply, buffers = self._receive()
        if reply.failed:
            raise ValueError(reply.failed)
        return wire.Unpacker(buffers).unpack(reply.value)

    def _send(self, message: Any, buffers: Sequence[memoryview] = ()) -> None:
        try:
            pieces = wire.encode(message, list(buffers))
        except wire.WireError as error:
            if not isinstance(message, wire.Returned):
                raise
            why = wire.Odd("result", str(error))
            outcomes = [
                wire.Outcome(why, o.failure, o.changed, [why] * len(o.arguments)) for o in message.outcomes
            ]
            pieces = wire.encode(wire.Returned(message.number, outcomes), [])
        for piece in pieces:
            self._connection.sendall(piece)

    def _receive(self) -> tuple[Any, list[memoryview]]:
        header, arrays = wire.sizes(bytes(self._exactly(wire.PREFIX.size)), wire.MAX_REQUEST)
        return wire.decode(bytes(self._exactly(header)), self._exactly(arrays), wire.DECODE_REQUEST)

    def _exactly(self, size: int) -> bytearray:
        data, view, got = (buffer := bytearray(size)), memoryview(buffer), 0
        while got < size:
            count = self._connection.recv_into(view[got:])
            if count == 0:
                raise EOFError
            got += count
        return data


def _state(generator: np.random.Generator) -> dict[str, Any]:
    """Where a random generator stands. Its integers are longer than any that the judge lets in, so they go as text."""
    state: dict[str, Any] = dict(generator.bit_generator.state)
    return state | {"state": {name: hex(number) for name, number in state["state"].items()}}


def _snapshot(argument: Any) -> Any:
    """What an argument looks like, to see later whether a call changed it; None for what cannot change."""
    if not isinstance(argument, (np.ndarray, list, dict, set)):
        return None
    packer = wire.Packer()
    node = packer.pack(argument)
    return repr(node), [bytes(b) for b in packer.buffers]


def describe_failure(error: BaseException) -> wire.Failure:
    """Words for an exception that cannot harm the judge: bounded, and never calling the learner's code unguarded."""
    try:
        message = printable(str(error), 2000)
    except BaseException:
        message = "(its message could not be read)"
    bases = [c.__name__ for c in type(error).__mro__ if c.__name__ in _BUILTIN_EXCEPTIONS]
    return wire.Failure(printable(str(type(error).__name__), 100), bases, message, _where(error))


def _where(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and str(error.filename).startswith("cell"):
        return printable(f"{error.filename}, line {error.lineno}: {(error.text or '').strip()}", 200)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith("cell ")]
    if not frames:
        return ""
    return printable(f"{frames[-1].filename}, line {frames[-1].lineno}: {frames[-1].line or ''}", 200)


def main(connection: socket.socket) -> None:
    """Serve one judge, then end this process without running anything the learner left behind."""
    try:
        sys.meta_path.insert(0, ImportGuard())
        Worker(connection).serve()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)
