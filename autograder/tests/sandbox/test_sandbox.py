"""What a learner's cell can and cannot do to the machine, at each isolation level that this machine gives.

``strong`` and ``container`` promise the same, but for two things: only ``strong`` hides the names of the course's
files, and only ``strong`` gives a small scratch folder to write into (at ``container`` nothing can be written at all).

``weak`` is a separate process with resource limits and promises only what stands in `test_every_level_…`: a learner's
cell can read the checks, open sockets and start processes there. That is why marks are refused below ``container``.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
from contextlib import contextmanager, suppress

import numpy as np
import pytest

from autograder.judging.outcome import verdict_of
from autograder.sandbox import isolation
from autograder.sandbox.learner import Learner
from autograder.sandbox.processes import (
    LearnerDied,
    LearnerRaised,
    LearnerTimedOut,
    Limits,
    SandboxLost,
    Zygote,
)
from autograder.tests.material import COURSE

LEVELS = ("strong", "container", "weak")
QUICK = Limits(call_seconds=1.0, load_seconds=5.0)
SECRET = "the-answer-is-5d41402abc4b"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="isolation beyond a process is Linux's")


class Box:
    """Runs learners' cells at one isolation level."""

    def __init__(self, zygote, level):
        self.zygote, self.level = zygote, level

    @contextmanager
    def learner(self, source, limits=QUICK):
        learner = Learner(self.zygote, [("cell 1", textwrap.dedent(source))], limits=limits)
        learner.start()
        try:
            yield learner
        finally:
            learner.stop()

    def run(self, body, *arguments, limits=QUICK):
        """Value of a function body; ``a``, ``b``, … are its arguments."""
        names = ", ".join("abcdef"[: len(arguments)])
        source = f"import os, socket, sys\ndef attempt({names}):\n" + textwrap.indent(
            textwrap.dedent(body), "    "
        )
        with self.learner(source, limits) as learner:
            assert not learner.cell_failures, learner.cell_failures
            return learner.attempt(*arguments)

    def refuses(self, body, *arguments):
        """Whether the kernel, and not a slip in the attempt itself, refused it."""
        with pytest.raises(LearnerRaised) as raised:
            self.run(body, *arguments)
        return "OSError" in raised.value.failure.bases


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """What must stay hidden, in a folder of its own."""
    root = tmp_path_factory.mktemp("course")
    for name in (
        "checks/test_secret.py",
        "solutions/secret.ipynb",
        "grading/gradebook.db",
        "grading/bela/other.ipynb",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SECRET)
    (root / "link").symlink_to(root / "checks" / "test_secret.py")
    return root


@pytest.fixture(scope="module")
def zygotes(course):
    helpers = (COURSE.root / "solutions" / "helpers.py").read_text(encoding="utf-8")
    hidden = [course / name for name in ("checks", "solutions", "grading")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_TOKEN", SECRET)  # stands for what is in an instructor's environment
        made = {level: Zygote(helpers, hidden, level) for level in LEVELS}
    yield made
    for zygote in made.values():
        zygote.close()


@pytest.fixture(scope="module")
def given(zygotes):
    """The level that each zygote really reaches on this machine, and what is missing."""
    found = {}
    for level, zygote in zygotes.items():
        with Box(zygote, level).learner("") as learner:
            found[level] = (learner.isolation, "; ".join(learner.missing))
    return found


@pytest.fixture
def box(request, zygotes, given):
    """A box at the level that a test asks for. Whatever was tried in it, a fresh worker must answer afterwards."""
    level = request.param
    reached, missing = given[level]
    if reached != level:
        pytest.skip(f"this machine isolates at {reached!r}, not at {level!r} ({missing})")
    box = Box(zygotes[level], level)
    yield box
    assert box.run("return 6 * a", 7) == 42


def at(*levels):
    return pytest.mark.parametrize("box", levels, indirect=True)


confined, strong, container, every_level = (
    at("strong", "container"),
    at("strong"),
    at("container"),
    at(*LEVELS),
)


@pytest.fixture(scope="module")
def bystander():
    """Another process of the same user, with a secret in its environment."""
    process = subprocess.Popen(["sleep", "600"], env={"TOKEN": SECRET})
    yield process
    process.kill()
    process.wait()


# --- the level itself -----------------------------------------------------------------------------------------------


@every_level
def test_level_is_what_its_layers_amount_to(box):
    with box.learner("") as learner:
        assert isolation.level_of(learner.layers) == box.level
        assert ("namespaces" in learner.layers) == (box.level == "strong")
        assert {"limits", "dies_with_parent"} <= set(learner.layers)


# --- files ----------------------------------------------------------------------------------------------------------


@confined
@pytest.mark.parametrize(
    "name",
    [
        "checks/test_secret.py",
        "solutions/secret.ipynb",
        "grading/gradebook.db",
        "grading/bela/other.ipynb",
        "link",
    ],
)
@pytest.mark.parametrize(
    "way",
    ["open(a).read()", "os.open(a, os.O_RDONLY)", "open(os.path.join('/proc/self/root', a[1:])).read()"],
)
def test_files_of_the_course_cannot_be_read(box, course, name, way):
    assert box.refuses(f"return {way}", str(course / name))


@confined
@pytest.mark.parametrize(
    "path",
    [
        "/etc/shadow",
        "/etc/passwd",
        "/root",
        "/home",
        "/proc/1/environ",
        "/proc/self/maps",
        "/proc/self/fd",
        "/sys",
    ],
)
def test_files_of_the_machine_cannot_be_read(box, path):
    assert box.refuses("return os.listdir(a) if os.path.isdir(a) else open(a).read()", path)


@confined
def test_files_of_this_checkout_cannot_be_read(box):
    for path in (
        COURSE.root / "solutions" / "helpers.py",
        COURSE.root / "autograder" / "judge.py",
        COURSE.root,
    ):
        assert box.refuses("return os.listdir(a) if os.path.isdir(a) else open(a).read()", str(path))


@confined
@pytest.mark.parametrize("way", ["os.listdir(a)", "list(os.scandir(a))", "os.chdir(a) or os.listdir()"])
def test_folders_of_the_course_cannot_be_listed(box, course, way):
    assert box.refuses(f"return {way}", str(course / "checks"))


@strong
def test_names_of_the_courses_files_are_hidden(box, course):
    """Landlock does not cover stat(), so this takes a mount: the lower levels do not promise it."""
    paths = [str(path) for path in course.rglob("*/*") if path.is_file()]
    assert len(paths) == 4
    assert box.run("return [os.path.exists(path) for path in a]", paths) == [False] * 4


@confined
@pytest.mark.parametrize("folder", ["/", "/tmp", "/dev/shm", "/var/tmp", "/etc", "course", "checkout"])
def test_nothing_can_be_written_outside_the_scratch(box, course, folder):
    target = {"course": course, "checkout": COURSE.root}.get(folder, folder)
    assert box.refuses("open(os.path.join(a, 'left-by-a-learner'), 'w').write('x')", str(target))
    assert not os.path.exists(f"{target}/left-by-a-learner")


@confined
@pytest.mark.parametrize(
    "way",
    [
        "open(a, 'w')", "open(a, 'a').write('x')", "os.truncate(a, 0)", "os.unlink(a)", "os.rename(a, 'mine')", "os.chmod(a, 0o777)",
        "os.chown(a, 1, 1)", "os.utime(a)", "os.link(a, 'mine')", "os.setxattr(a, 'user.x', b'x')", "os.replace('/dev/null', a)",
    ],
)  # fmt: skip
def test_files_of_the_course_cannot_be_changed(box, course, way):
    path = course / "grading" / "gradebook.db"
    before = path.stat()
    assert box.refuses(way, str(path))
    after = path.stat()
    assert path.read_text() == SECRET
    assert (before.st_mode, before.st_uid, before.st_mtime_ns) == (
        after.st_mode,
        after.st_uid,
        after.st_mtime_ns,
    )


@confined
@pytest.mark.parametrize(
    "way",
    ["os.symlink(a, 'link')", "os.mkfifo('pipe')", "os.mknod('device', 0o600 | 0o20000, os.makedev(1, 3))"],
)
def test_no_special_files_can_be_made(box, course, way):
    assert box.refuses(way, str(course / "link"))


@strong
def test_scratch_is_small(box):
    written, message = box.run(
        """
        written = 0
        try:
            for number in range(1000):
                with open(f"file{number % 100}-{number}", "wb") as file:
                    written += file.write(bytes(1 << 20))
        except OSError as error:
            return written >> 20, error.strerror
        """
    )
    assert 8 <= written <= 16 and message == "No space left on device"


@strong
def test_scratch_holds_few_files(box):
    count = box.run(
        """
        try:
            for number in range(100_000):
                open(f"file{number}", "w").close()
        except OSError:
            return number
        """
    )
    assert count <= 256


@container
def test_container_has_no_scratch(box):
    assert box.refuses("open('file', 'w')")


# --- other processes ------------------------------------------------------------------------------------------------


@confined
def test_secrets_of_other_processes_are_out_of_reach(box, bystander):
    """Neither by number nor by looking through all of /proc, as environment, memory or open files."""
    found = box.run(
        """
        found = []
        for process in [*a, *range(1, 400), "self", "thread-self"]:
            for name in ("environ", "cmdline", "mem", "maps", "fd", "root", "cwd/checks"):
                path = f"/proc/{process}/{name}"
                try:
                    found.append((path, os.listdir(path) if name in ("fd", "root") else open(path, "rb").read(1)))
                except OSError:
                    pass
        return found
        """,
        [bystander.pid, os.getpid(), os.getppid()],
    )
    assert found == []


@confined
@pytest.mark.parametrize(
    "way",
    [
        "os.kill(a, 0)", "os.kill(a, 9)", "os.kill(b, 0)", "os.kill(os.getppid(), 9)", "os.kill(-1, 0)", "os.pidfd_open(a)",
        "__import__('signal').raise_signal(19)", "os.setpriority(os.PRIO_PROCESS, a, 19)",
        "os.sched_setaffinity(a, {0})", "__import__('resource').prlimit(a, 7, (0, 0))",
    ],
)  # fmt: skip
def test_other_processes_cannot_be_touched(box, bystander, way):
    assert box.refuses(way, bystander.pid, os.getpid())
    assert bystander.poll() is None


@confined
@pytest.mark.parametrize(
    "way",
    [
        "os.fork()", "os.forkpty()", "os.posix_spawn('/bin/true', ['true'], {})", "os.execv('/bin/true', ['true'])",
        "__import__('subprocess').run(['true'])", "__import__('subprocess').run('true', shell=True)", "os.popen('true').read()",
        "__import__('multiprocessing').get_context('fork').Process(target=print).start()",
    ],
)  # fmt: skip
def test_no_process_can_be_started(box, way):
    assert box.refuses(way)


@confined
def test_os_system_starts_nothing(box):
    assert box.run("return os.system('true')") != 0


# --- network --------------------------------------------------------------------------------------------------------


@pytest.fixture
def listener():
    """A TCP, a UDP, an abstract and a file socket of ours, and whether anything has come."""
    path = f"/tmp/listener-{os.getpid()}"
    opened = {
        "tcp": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        "udp": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        "abstract": (socket.AF_UNIX, socket.SOCK_STREAM, f"\0listener-{os.getpid()}"),
        "file": (socket.AF_UNIX, socket.SOCK_STREAM, path),
    }
    sockets = {}
    for name, (family, kind, address) in opened.items():
        sockets[name] = socket.socket(family, kind)
        sockets[name].bind(address)
        if kind == socket.SOCK_STREAM:
            sockets[name].listen()
    yield sockets
    for each in sockets.values():
        each.close()
    os.unlink(path)


@confined
@pytest.mark.parametrize("kind", ["tcp", "udp", "abstract", "file"])
def test_no_socket_reaches_anything(box, listener, kind):
    target = listener[kind]
    address = target.getsockname()
    where = (
        list(address)
        if isinstance(address, tuple)
        else address.decode()
        if isinstance(address, bytes)
        else address
    )
    assert box.refuses(
        f"""
        s = socket.socket(socket.AF_{"INET" if kind in ("tcp", "udp") else "UNIX"}, socket.SOCK_{"DGRAM" if kind == "udp" else "STREAM"})
        s.settimeout(0.5)
        s.connect(tuple(a) if isinstance(a, list) else a)
        s.send(b"hello")
        """,
        where,
    )
    assert select.select([target], [], [], 0)[0] == []


@confined
@pytest.mark.parametrize(
    "way",
    [
        "socket.getaddrinfo('example.org', 80)", "socket.gethostbyname('localhost')", "socket.create_connection(('127.0.0.1', 80), 0.5)",
        "socket.create_server(('127.0.0.1', 0))", "socket.socketpair()", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", "socket.socket(socket.AF_VSOCK)",
    ],
)  # fmt: skip
def test_there_is_no_network(box, way):
    assert box.refuses(way)


# --- the kernel -----------------------------------------------------------------------------------------------------

KERNEL = {  # by their number on x86-64
    "ptrace": (101, 16, 1, 0, 0), "process_vm_readv": (310, 1, 0, 0, 0, 0, 0), "mount": (165, 0, 0, 0, 0, 0),
    "umount": (166, 0, 0), "pivot_root": (155, 0, 0), "chroot": (161, 0), "unshare": (272, 0x10000000), "setns": (308, 3, 0),
    "setuid": (105, 0), "setgid": (106, 0), "capset": (126, 0, 0), "prctl": (157, 38, 0, 0, 0, 0), "personality": (135, 0),
    "bpf": (321, 0, 0, 0), "io_uring_setup": (425, 1, 0), "userfaultfd": (323, 0), "keyctl": (250, 0, 0, 0, 0, 0),
    "add_key": (248, 0, 0, 0, 0, 0), "perf_event_open": (298, 0, 0, 0, 0, 0), "memfd_create": (319, 0, 0), "shmget": (29, 0, 1, 0),
    "open_by_handle_at": (304, 0, 0, 0), "pidfd_getfd": (438, 3, 0, 0), "pidfd_send_signal": (424, 3, 9, 0, 0),
    "tkill": (200, 1, 9), "tgkill": (234, 1, 1, 9), "setrlimit": (160, 7, 0), "seccomp": (317, 0, 0, 0), "reboot": (169, 0, 0, 0, 0),
    "landlock_create_ruleset": (444, 0, 0, 1), "vfork": (58,), "execveat": (322, -100, 0, 0, 0, 0), "init_module": (175, 0, 0, 0),
    "sethostname": (170, 0, 0), "settimeofday": (164, 0, 0), "socket_x32": (0x40000000 + 41, 1, 1, 0), "fchmodat2": (452, 0, 0, 0, 0),
    "clone_newuser": (56, 0x10000000 | 17, 0, 0, 0, 0), "move_mount": (429, 0, 0, 0, 0, 0), "fsopen": (430, 0, 0),
    "setxattr": (188, 0, 0, 0, 0, 0), "acct": (163, 0), "swapon": (167, 0, 0), "kexec_load": (246, 0, 0, 0, 0), "quotactl": (179, 0, 0, 0, 0),
}  # fmt: skip


@confined
@pytest.mark.skipif(
    os.uname().machine != "x86_64", reason="the numbers of the system calls are those of x86-64"
)
def test_dangerous_system_calls_are_refused(box):
    numbers = {name: list(call) for name, call in KERNEL.items()}
    refused = box.run(
        """
        import ctypes
        libc, found = ctypes.CDLL(None, use_errno=True), {}
        for name, call in a.items():
            ctypes.set_errno(0)
            result = libc.syscall(*map(ctypes.c_long, call))
            found[name] = ctypes.get_errno() if result == -1 else 0
        return found
        """,
        numbers,
    )
    assert {name for name, number in refused.items() if number != 1} == set()  # 1 is EPERM


@confined
def test_limits_cannot_be_raised(box):
    assert box.run(
        """
        import resource
        raised = []
        for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_CORE"):
            for change in (resource.setrlimit, lambda *limit: resource.prlimit(0, *limit)):
                try:
                    change(getattr(resource, name), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                    raised.append(name)
                except (OSError, ValueError):
                    pass
        return raised
        """
    ) == []  # fmt: skip


# --- what every level promises --------------------------------------------------------------------------------------


@every_level
def test_every_level_has_an_environment_without_secrets(box):
    environment = box.run("return dict(os.environ)")
    assert SECRET not in str(environment)
    threads = {f"{name}_NUM_THREADS" for name in ("OPENBLAS", "OMP", "MKL")}
    assert set(environment) - threads <= {
        "PATH",
        "LC_ALL",
        "LC_CTYPE",
        "MALLOC_ARENA_MAX",
        "MPLBACKEND",
        "MPLCONFIGDIR",
    }


@every_level
def test_every_level_inherits_no_descriptors(box):
    """Only an empty input, the captured output and the connection to the judge are open."""
    opened = box.run(
        """
        found = []
        for descriptor in range(2048):
            try:
                os.fstat(descriptor)
                found.append(descriptor)
            except OSError:
                pass
        return found
        """
    )
    assert opened == [0, 1, 2, 3]


@every_level
def test_every_level_has_an_empty_input(box):
    with pytest.raises(LearnerRaised, match="EOFError"):
        box.run("return input('a number, please')")


@every_level
def test_every_level_keeps_the_judges_modules_out(box):
    names = box.run(
        "import gc; return sorted(m for m in sys.modules if m.split('.')[0] in a)",
        ["autograder", "pytest", "_pytest"],
    )
    assert names == [
        "autograder",
        "autograder.sandbox",
        "autograder.sandbox.isolation",
        "autograder.sandbox.printable",
        "autograder.sandbox.wire",
        "autograder.sandbox.worker",
    ]
    assert box.run(
        """
        import gc
        kinds = ("Reference", "Sitting", "Exercise", "Lesson", "Course", "Misconception", "Learner", "Examination")
        return [type(thing).__name__ for thing in gc.get_objects() if type(thing).__name__ in kinds]
        """
    ) == []  # fmt: skip


@every_level
def test_every_level_hides_one_learner_from_the_next(box):
    """Neither module globals, nor files, nor a patched NumPy, nor a random state are seen by the next submission."""
    first = """
        import os, random, sys
        import numpy as np
        import helpers, matplotlib
        from autograder.sandbox import wire
        np.left_here = helpers.left_here = sys.left_here = matplotlib.left_here = wire.left_here = "mine"
        np.sum = len
        sys.modules["left_here"] = sys
        os.environ["left_here"] = "mine"
        random.seed(1)
        try:
            open("left_here", "w").write("mine")
        except OSError:
            pass
        def answer():
            return float(np.random.random()), random.random()
    """
    second = """
        import os, random, sys
        import numpy as np
        import helpers, matplotlib
        from autograder.sandbox import wire
        def left():
            places = [vars(np), vars(helpers), vars(sys), vars(matplotlib), vars(wire), sys.modules, os.environ, os.listdir() if a_scratch else []]
            return [number for number, place in enumerate(places) if "left_here" in place] + [np.sum is len]
    """.replace("a_scratch", str(box.level == "strong"))
    with box.learner(first) as learner:
        assert not learner.cell_failures
        learner.answer()
    with box.learner(second) as learner:
        assert not learner.cell_failures
        assert learner.left() == [False]


@every_level
def test_every_level_draws_other_random_numbers_for_each_learner(box):
    numbers = {
        box.run("import numpy, random; return random.random(), float(numpy.random.default_rng().random())")
        for _ in range(3)
    }
    assert len(numbers) == 3


@every_level
@pytest.mark.parametrize(
    "way",
    [
        "bytearray(8 << 30)",
        "[bytearray(1 << 20) for _ in range(1000)]",
        "import numpy; numpy.ones((1 << 15, 1 << 16))",
    ],
)
def test_every_level_stops_a_memory_bomb(box, way):
    with pytest.raises(LearnerRaised) as raised:
        box.run(way.replace("import numpy; ", "import numpy\n"), limits=Limits(memory=128 << 20))
    assert verdict_of(raised.value) == "memory"


@every_level
def test_every_level_stops_a_thread_bomb(box):
    started = box.run(
        """
        import threading
        blocked, count = threading.Event(), 0
        try:
            for count in range(5000):
                threading.Thread(target=blocked.wait, daemon=True).start()
        except RuntimeError:
            pass
        blocked.set()
        return count
        """,
        limits=Limits(call_seconds=10),
    )
    assert started < 300


@every_level
@pytest.mark.parametrize(
    "way",
    [
        "while True: pass",
        "__import__('time').sleep(600)",
        "while True:\n    try:\n        __import__('time').sleep(600)\n    except BaseException:\n        pass",
        "__import__('re').match('(a+)+$', 'a' * 64 + 'b')",
        "sum(range(10 ** 15))",
        "import signal\nfor number in range(1, 65):\n    try:\n        signal.signal(number, signal.SIG_IGN)\n"
        "    except (OSError, ValueError):\n        pass\nwhile True: pass",
        "import threading\nfor _ in range(8):\n    threading.Thread(target=sum, args=(range(10 ** 15),)).start()\nwhile True: pass",
        "import sys\nwhile True: sys.stdout.write('x' * 100_000)",
    ],
    ids=["loop", "sleep", "catches_all", "in_a_regex", "in_c", "ignores_signals", "threads", "prints"],
)
def test_every_level_ends_what_hangs(box, way):
    with box.learner("def attempt():\n" + textwrap.indent(way, "    "), Limits(call_seconds=0.3)) as learner:
        descriptor = os.dup(learner._worker._pidfd)
        try:
            with pytest.raises(LearnerTimedOut):
                learner.attempt()
            assert select.select([descriptor], [], [], 30)[0], "the process is still there"
        finally:
            os.close(descriptor)


@every_level
@pytest.mark.parametrize(
    "way",
    [
        "os._exit(0)", "os.abort()", "__import__('ctypes').string_at(0)", "os.close(3)", "os.closerange(0, 64)",
        "__import__('resource').setrlimit(__import__('resource').RLIMIT_CPU, (0, 0))\nwhile True: pass",
    ],
    ids=["exit", "abort", "segfault", "closes_the_connection", "closes_everything", "no_time_left"],
)  # fmt: skip
def test_every_level_notices_the_end_of_a_process(box, way):
    with pytest.raises((LearnerDied, LearnerRaised, LearnerTimedOut)) as raised:
        box.run(way)
    assert verdict_of(raised.value) in ("died", "error")


@every_level
def test_every_level_survives_a_flood_of_output(box):
    with box.learner("import sys\ndef attempt():\n    for _ in range(200):\n        sys.stdout.write('x' * (1 << 20))\n    return 7",
                     Limits(call_seconds=10)) as learner:  # fmt: skip
        assert learner.attempt() == 7
        assert learner.attempt() == 7
        assert len(learner._worker.printed) <= 64 << 10
        assert learner._worker.printed_bytes > 200 << 20


@every_level
def test_every_level_leaves_no_thread_behind(box):
    """What a learner left running ends with the submission."""
    source = "import threading, time\nthreading.Thread(target=lambda: time.sleep(600)).start()\ndef attempt():\n    return 7"
    with box.learner(source) as learner:
        assert learner.attempt() == 7
        descriptor = os.dup(learner._worker._pidfd)
    try:
        assert select.select([descriptor], [], [], 30)[0]
    finally:
        os.close(descriptor)


@confined
def test_nothing_can_be_left_running(box, bystander):
    """Neither a double fork nor a new session gets a process out of the sandbox."""
    assert box.refuses(
        "import os\nif os.fork() == 0:\n    os.setsid()\n    os.fork()\n    __import__('time').sleep(600)"
    )
    with suppress(LearnerRaised):
        box.run("os.setsid()")
    with box.learner("def attempt():\n    return 7") as learner:
        assert learner.attempt() == 7


# --- the zygote -----------------------------------------------------------------------------------------------------


def test_zygote_takes_its_workers_with_it():
    """A judge that is killed leaves nothing behind."""
    zygote = Zygote("")
    learner = Learner(zygote, [("cell 1", "def seven():\n    return 7")])
    learner.start()
    descriptor = os.dup(learner._worker._pidfd)
    try:
        assert learner.seven() == 7
        os.kill(zygote._process.pid, signal.SIGKILL)
        assert select.select([descriptor], [], [], 30)[0], "the worker has outlived its zygote"
        with pytest.raises(SandboxLost):
            learner.seven()
    finally:
        os.close(descriptor)
        learner.stop()
        zygote.close()


def test_probe_leaves_no_trace_and_costs_no_restart():
    """Calls that only look for a reason change nothing for the checks that follow, whatever the function does."""
    zygote = Zygote("")
    source = "def f(x):\n    while x[0] < 0: pass\n    x += 1\n    return x[0]"
    learner = Learner(zygote, [("cell 1", source)])
    try:
        learner.start()
        found = learner.probe("f", [(np.ones(1),), (np.zeros(1),)], 1.0)
        assert [call.value for call in found] == [2.0, 1.0]
        assert learner.trace.calls == [] and learner.changed == set()
        assert learner.probe("f", [(-np.ones(1),)], 0.2) == []  # it hangs
        assert learner.f(np.ones(1)) == 2.0 and learner._restarts == 0
        assert learner.probe("f", [(np.ones(1),)], 1.0) == [], "its time is left to the checks"
    finally:
        learner.stop()
        zygote.close()


@strong
def test_zygote_takes_its_scratch_with_it(box):
    zygote = Zygote("")
    scratch = Box(zygote, "strong").run("return os.getcwd()")
    assert os.path.isdir(scratch)
    zygote.close()
    assert not os.path.exists(scratch)
