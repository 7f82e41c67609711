"""Forks one sandboxed worker per submission out of a process that has NumPy and Matplotlib loaded already.

Started fresh by `autograder.processes`, never forked from the judge, so nothing of the judge's memory is in it:

    python -I -B zygote.py CONTROL_SOCKET_FD
"""

import contextlib
import gc
import glob
import importlib
import importlib.util
import json
import os
import socket
import sys
import sysconfig
import tempfile
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from autograder import sandbox, wire, worker  # noqa: E402

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
        spec = importlib.util.find_spec(name)
        if spec is not None:
            locations = list(spec.submodule_search_locations or [spec.origin])
            paths += locations + glob.glob(f"{Path(locations[0]).parent}/{name.lower()}*.libs")
    paths += glob.glob(str(Path(importlib.util.find_spec("numpy").origin).parent.parent / "pillow.libs"))
    return tuple(dict.fromkeys(paths))


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
        Receives orders (JSON, with two descriptors each) and returns process descriptors.
    """

    def __init__(self, control: socket.socket):
        self._control = control
        order = json.loads(control.recv(1 << 20))
        preload(order["helpers"])
        self._scratch = tempfile.mkdtemp(prefix="autograder-")
        self._readable, self._order = readable_paths(), order
        self._notes = self._leave_the_machine(order["isolation"])
        gc.collect()
        gc.freeze()
        control.send(json.dumps({"ready": True}).encode())

    def _leave_the_machine(self, most: str) -> list[str]:
        """Drop the user and enter namespaces, as far as this machine and the order allow; note what is missing."""
        self._pid_namespace = None
        if most != "strong" or sys.platform != "linux":
            return [f"namespaces: not asked for ({most})"] if most != "strong" else ["namespaces: not Linux"]
        notes = []
        if why := sandbox.drop_user([sys.prefix, sys.base_prefix, *self._readable]):
            notes.append(f"another user: {why}")
        try:
            sandbox.enter_namespaces()
            self._pid_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY)
        except OSError as error:
            notes.append(f"namespaces: {error}")
        return notes

    def serve(self) -> None:
        """Fork a worker for each order until the judge closes the control socket."""
        while True:
            data, descriptors, _, _ = socket.recv_fds(self._control, 1 << 20, 2)
            if not data:
                os.rmdir(self._scratch)
                return
            self._bury()
            order = json.loads(data)
            pid = self._fork()
            if pid == 0:
                self._become_worker(order, *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            self._report(pid)

    @staticmethod
    def _bury() -> None:
        """Take the exit of workers that have ended, so that their CPU time is counted as this process's children's."""
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass

    def _fork(self) -> int:
        if self._pid_namespace is None:
            return os.fork()
        return sandbox.fork_into_new_pid_namespace(self._pid_namespace)

    def _report(self, pid: int) -> None:
        try:
            process = [os.pidfd_open(pid)]
        except (AttributeError, OSError):
            process = []
        socket.send_fds(self._control, [json.dumps({"pid": pid}).encode()], process)
        for descriptor in process:
            os.close(descriptor)

    def _become_worker(self, order: dict, connection: int, output: int) -> None:
        try:
            os.setsid()
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.dup2(connection, 3)
            os.closerange(4, 4096)
            judge = socket.socket(fileno=3)  # asks the kernel what it is, which is refused later
            if order["given"]:
                load_module("given", order["given"])
            policy = sandbox.Policy(
                self._readable,
                tuple(self._order["hidden"]),
                self._scratch,
                order["memory"],
                order["cpu_seconds"],
            )
            layers, missing = sandbox.confine(
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
