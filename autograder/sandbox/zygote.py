"""Forks one sandboxed worker per submission out of a process that has NumPy and Matplotlib loaded already.

Started fresh by `autograder.sandbox.processes`, never forked from the judge, so nothing of the judge's memory is in it:

    python -I -B zygote.py CONTROL_SOCKET_FD
"""

import contextlib
import gc
import glob
import importlib
import importlib.util
import json
import os
import signal
import socket
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from autograder.sandbox import isolation, wire, worker  # noqa: E402

sys.path.pop(0)

SYSTEM_LIBRARIES = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/dev/null",
    "/dev/urandom",
)
MOMENT = 0.5  # seconds that a worker whose connection is closed may take to end
ALSO_LOADED = (
    "matplotlib.pyplot",
    "dataclasses",
    "functools",
    "itertools",
    "collections",
    "math",
    "random",
    "time",
)


def readable_paths() -> tuple[str, ...]:
    """What a worker may still need to read: the standard library, NumPy, Matplotlib and what these stand on."""
    paths = list(SYSTEM_LIBRARIES)
    for kind in ("stdlib", "platstdlib"):
        folder = Path(sysconfig.get_path(kind))
        paths += [str(entry) for entry in folder.iterdir() if entry.name != "site-packages"]
    for name in ("numpy", "matplotlib", "mpl_toolkits", *worker.NEEDED_BY_MATPLOTLIB):
        locations = _locations(name)
        paths += locations
        if locations:
            paths += glob.glob(f"{Path(locations[0]).parent}/{name.lower()}*.libs")
    paths += glob.glob(str(Path(_locations("numpy")[0]).parent / "pillow.libs"))
    return tuple(dict.fromkeys(paths))


def _locations(name: str) -> list[str]:
    """Folders of a package, or the file of a module; nothing where it is not installed."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        return []
    return list(spec.submodule_search_locations or filter(None, [spec.origin]))


def preload(helpers: str) -> None:
    """Import what lessons import, once, and draw one figure so that the font cache is warm."""
    for name in ALSO_LOADED:
        importlib.import_module(name)
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([0, 1])
    axes.set_title("warm")
    figure.canvas.draw()
    plt.close(figure)
    load_module("helpers", helpers)


def load_module(name: str, source: str) -> None:
    """Make a module of the course's importable for the learner's cells without a file."""
    module = ModuleType(name)
    module.__file__ = f"{name}.py"
    exec(compile(source, module.__file__, "exec"), vars(module))
    sys.modules[name] = module


class Zygote:
    """The loop that forks workers.

    Parameters
    ----------
    control : socket.socket
        Receives orders (JSON): fork a worker (with two descriptors; its own descriptor is the answer), end one, or
        say how one ended.
    """

    def __init__(self, control: socket.socket):
        self._control = control
        order = json.loads(control.recv(1 << 20))
        preload(order["helpers"])
        self._scratch = tempfile.mkdtemp(prefix="autograder-")
        self._readable, self._order = readable_paths(), order
        self._notes = self._leave_the_machine(order["isolation"])
        self._ended: dict[int, tuple[int, float]] = {}  # of each worker: its wait status, and its CPU seconds
        gc.collect()
        gc.freeze()
        control.send(json.dumps({"ready": True}).encode())

    def _leave_the_machine(self, most: str) -> list[str]:
        """Drop the user and enter namespaces, as far as this machine and the order allow; note what is missing."""
        self._pid_namespace = None
        if most != "strong" or sys.platform != "linux":
            return [f"namespaces: not asked for ({most})"] if most != "strong" else ["namespaces: not Linux"]
        notes = []
        if why := isolation.drop_user([sys.prefix, sys.base_prefix, *self._readable]):
            notes.append(f"another user: {why}")
        try:
            isolation.enter_namespaces()
            self._pid_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY)
        except OSError as error:
            notes.append(f"namespaces: {error}")
        return notes

    def serve(self) -> None:
        """Carry out one order after the other until the judge closes the control socket."""
        while True:
            data, descriptors, _, _ = socket.recv_fds(self._control, 1 << 20, 2)
            if not data:
                os.rmdir(self._scratch)
                return
            self._bury()
            order = json.loads(data)
            if "end" in order:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(order["end"], signal.SIGKILL)
                continue
            if "ended" in order:
                self._control.send(json.dumps(self._how_it_ended(order["ended"])).encode())
                continue
            pid = self._fork()
            if pid == 0:
                self._become_worker(order, *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            self._report(pid)

    def _bury(self) -> None:
        """Take the exit of workers that have ended, so that their CPU time is counted as this process's children's."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.wait4(-1, os.WNOHANG))[0]:
                pid, status, usage = ended
                self._ended[pid] = status, usage.ru_utime + usage.ru_stime

    def _how_it_ended(self, pid: int) -> dict[str, Any]:
        """Signal that ended a worker (0 for none) and the CPU seconds it had; an ending process gets a moment."""
        until = time.monotonic() + MOMENT
        while pid not in self._ended and time.monotonic() < until:
            time.sleep(0.002)
            self._bury()
        status, seconds = self._ended.get(pid, (0, 0.0))
        self._ended.clear()
        return {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, "cpu_seconds": seconds}

    def _fork(self) -> int:
        if self._pid_namespace is None:
            return os.fork()
        return isolation.fork_into_new_pid_namespace(self._pid_namespace)

    def _report(self, pid: int) -> None:
        try:
            process = [os.pidfd_open(pid)]
        except (AttributeError, OSError):
            process = []
        socket.send_fds(self._control, [json.dumps({"pid": pid}).encode()], process)
        for descriptor in process:
            os.close(descriptor)

    def _become_worker(self, order: dict[str, Any], connection: int, output: int) -> None:
        try:
            os.setsid()
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.dup2(connection, 3)
            os.closerange(4, 4096)
            judge = socket.socket(fileno=3)  # asks the kernel what it is, which is refused later
            if order["given"]:
                load_module("given", order["given"])
            policy = isolation.Policy(
                self._readable,
                tuple(self._order["hidden"]),
                self._scratch,
                order["memory"],
                order["cpu_seconds"],
            )
            layers, missing = isolation.confine(
                policy, self._order["isolation"], self._pid_namespace is not None
            )
            for piece in wire.encode(wire.Ready(layers, self._notes + missing), []):
                os.write(3, piece)
            worker.main(judge)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(70)


if __name__ == "__main__":
    Zygote(socket.socket(fileno=int(sys.argv[1]))).serve()
