"""Isolation of a learner's process with what the Linux kernel offers to everyone, and nothing else.

Layers, in the order in which they work: user, mount, network, IPC, UTS and PID namespaces; private mounts; resource
limits; no capabilities; no_new_privs; Landlock (files, TCP, signals); a seccomp allow list of system calls. Each
layer reports whether it holds, so that a result can say at which level it was made:

- ``strong``: namespaces, Landlock and seccomp.
- ``container``: Landlock and seccomp, where namespaces are forbidden (an ordinary container).
- ``weak``: a separate process with resource limits, nothing more.

Numbers are from the kernel's uapi headers (linux/landlock.h, linux/seccomp.h, asm/unistd.h).
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEVELS = ("weak", "container", "strong")

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
NOBODY = 65534


class LayerMissing(OSError):
    """A layer of isolation that this machine does not give."""


@dataclass(frozen=True)
class Policy:
    """What a confined process may use.

    Attributes
    ----------
    readable : tuple of str
        Files and folders that may be read; all others may not even be opened.
    hidden : tuple of str
        Folders that look empty from inside, where namespaces are available.
    scratch : str
        Folder that becomes a small private file system, the only place to write.
    memory : int
        Bytes the process may take on top of what it starts with.
    cpu_seconds : int
        CPU seconds after which the kernel ends it.
    """

    readable: tuple[str, ...]
    hidden: tuple[str, ...]
    scratch: str
    memory: int
    cpu_seconds: int


def level_of(layers: Iterable[str]) -> str:
    """Isolation level that a set of layers amounts to."""
    layers = set(layers)
    if {"landlock", "seccomp"} <= layers:
        return "strong" if "namespaces" in layers else "container"
    return "weak"


def _call(name: str, *arguments: Any) -> int:
    result: int = getattr(_libc, name)(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise LayerMissing(number, f"{name}: {os.strerror(number)}")
    return result


def _prctl(option: int, value: int, extra: int = 0) -> None:
    _call("prctl", option, ctypes.c_ulong(value), extra, 0, 0)


def hide_memory() -> None:
    """Keep other processes of the same user from reading this one's memory."""
    if platform.system() == "Linux":
        _prctl(PR_SET_DUMPABLE, 0)


# --- once, in the process that forks the workers --------------------------------------------------------------------


def drop_user(needed: Iterable[str]) -> str:
    """As root, become nobody, if that user can still reach what the interpreter needs.

    Parameters
    ----------
    needed : iterable of str
        Paths that must stay reachable.

    Returns
    -------
    str
        Why the user was not dropped, or an empty string.
    """
    if os.getuid() != 0:
        return "not started as root"
    for path in needed:
        for parent in [Path(path), *Path(path).parents]:
            if not parent.stat().st_mode & (0o001 if parent.is_dir() else 0o004):
                return f"user {NOBODY} could not reach the interpreter: {parent} is closed to others"
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    _prctl(PR_SET_DUMPABLE, 1)  # or /proc/self/uid_map cannot be written after a change of user
    return ""


def enter_namespaces() -> None:
    """Leave the machine's users, mounts, network, IPC, host name and processes behind.

    The caller goes on in a child process, which is the first of its PID namespace; the process that called waits for
    it and ends with it.

    Raises
    ------
    LayerMissing
        Where namespaces are forbidden; nothing has changed then.
    """
    user, group = os.getuid(), os.getgid()
    _call("unshare", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    _call("mount", None, b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None)
    if pid := os.fork():
        os.waitpid(pid, 0)
        os._exit(0)
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _call("mount", b"proc", b"/proc", b"proc", ctypes.c_ulong(MS_NOSUID | MS_NODEV | MS_NOEXEC), None)


def fork_into_new_pid_namespace(own: int) -> int:
    """Fork a child that is process 1 of a PID namespace of its own, so that with it everything it started dies.

    Parameters
    ----------
    own : int
        Open descriptor of this process's ``/proc/self/ns/pid``.

    Returns
    -------
    int
        0 in the child, its pid in the parent.
    """
    _call("unshare", CLONE_NEWPID)
    pid = os.fork()
    if pid:
        _call("setns", own, CLONE_NEWPID)  # the next child gets a namespace of its own, too
    return pid


# --- in each worker -------------------------------------------------------------------------------------------------


def confine(policy: Policy, most: str, namespaces: bool) -> tuple[list[str], list[str]]:
    """Take everything away from this process that running a learner's cells does not need.

    Parameters
    ----------
    policy : Policy
    most : str
        Highest level wanted; the layers above it are left out (used to test the lower levels).
    namespaces : bool
        Whether the process was forked into namespaces of its own.

    Returns
    -------
    layers, missing : list of str
        Names of the layers that hold, and words about those that do not.
    """
    layers, missing = [], []
    steps: list[tuple[str, Callable[[], None]]] = [("limits", lambda: _limit_resources(policy))]
    if most != "weak":
        steps += _kernel_layers(policy, namespaces)
    if namespaces:
        steps.insert(0, ("namespaces", lambda: _private_mounts(policy)))
    if platform.system() == "Linux":
        steps.insert(0, ("dies_with_parent", lambda: _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)))
    for name, step in steps:
        try:
            step()
            layers.append(name)
        except (OSError, AttributeError, KeyError, ValueError) as error:
            missing.append(f"{name}: {error}")
    return layers, missing


def _kernel_layers(policy: Policy, namespaces: bool) -> list[tuple[str, Callable[[], None]]]:
    return [
        ("capabilities", _drop_capabilities),
        ("no_new_privs", lambda: _prctl(PR_SET_NO_NEW_PRIVS, 1)),
        ("landlock", lambda: _restrict_files(policy, writable=policy.scratch if namespaces else None)),
        ("seccomp", _restrict_system_calls),
    ]


def _private_mounts(policy: Policy) -> None:
    _call("unshare", CLONE_NEWNS)
    flags = ctypes.c_ulong(MS_NOSUID | MS_NODEV | MS_NOEXEC)
    _call("mount", b"proc", b"/proc", b"proc", flags, None)
    for folder in policy.hidden:
        _call("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", flags, b"size=0,mode=000")
    _call("mount", b"tmpfs", os.fsencode(policy.scratch), b"tmpfs", flags, b"size=16m,nr_inodes=256,mode=700")
    os.chdir(policy.scratch)


def _limit_resources(policy: Policy) -> None:
    for name, value in {
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": policy.cpu_seconds,
        "RLIMIT_FSIZE": 16 << 20,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_NPROC": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_MEMLOCK": 0,
    }.items():
        if hasattr(resource, name):
            resource.setrlimit(getattr(resource, name), (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that a full disk is an exception, not the end
    pages = Path("/proc/self/statm")
    if pages.exists():  # elsewhere RLIMIT_AS does not work
        used = int(pages.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + policy.memory, used + policy.memory))


def _drop_capabilities() -> None:
    header = struct.pack("II", 0x20080522, 0)
    _call("capset", header, bytes(24))


# --- Landlock -------------------------------------------------------------------------------------------------------

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15}  # number of file rights that an ABI knows; 16 since ABI 5
_WRITE = (1 << 1) | (1 << 4) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 14)  # write, remove, make, truncate


def landlock_abi() -> int:
    """Version of Landlock in this kernel, 0 without it."""
    if platform.system() != "Linux":
        return 0
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)))


def _restrict_files(policy: Policy, writable: str | None) -> None:
    abi = landlock_abi()
    if abi < 1:
        raise LayerMissing(errno.ENOSYS, "this kernel has no Landlock")
    known = (1 << _FILE_RIGHTS_BY_ABI.get(abi, 16)) - 1
    network, scoped = (0b11 if abi >= 4 else 0), (0b11 if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    attributes = struct.pack("QQQ", known, network, scoped)[:size]
    rules = _call("syscall", _CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    for path in policy.readable:
        _allow(rules, path, (_READ_FILE | _READ_DIR) & known)
    if writable:
        _allow(rules, writable, (_READ_FILE | _READ_DIR | _WRITE) & known)
    _call("syscall", _RESTRICT_SELF, rules, 0)
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        rights &= _READ_FILE
    _call("syscall", _ADD_RULE, rules, 1, struct.pack("=Qi", rights, descriptor), 0)
    os.close(descriptor)


# --- seccomp --------------------------------------------------------------------------------------------------------

# Everything that Python, NumPy and Matplotlib use once they are loaded. All else is refused: processes, sockets,
# signals to others, mounts, permissions, shared memory, tracing, io_uring, bpf, keys.
_X86_64 = {
    "recvfrom": 45, "sendto": 44, "read": 0, "write": 1, "futex": 202, "mmap": 9, "munmap": 11, "brk": 12,
    "madvise": 28, "mprotect": 10, "mremap": 25, "clock_gettime": 228, "openat": 257, "close": 3, "fstat": 5,
    "newfstatat": 262, "lseek": 8, "stat": 4, "lstat": 6, "open": 2, "poll": 7, "ppoll": 271, "select": 23,
    "pselect6": 270, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sigaltstack": 131,
    "pread64": 17, "pwrite64": 18, "readv": 19, "writev": 20, "sendmsg": 46, "recvmsg": 47, "access": 21,
    "faccessat": 269, "faccessat2": 439, "getdents64": 217, "readlink": 89, "readlinkat": 267, "getcwd": 79,
    "chdir": 80, "dup": 32, "fcntl": 72, "statx": 332, "fsync": 74, "ftruncate": 77, "mkdir": 83, "mkdirat": 258,
    "unlink": 87, "unlinkat": 263, "rmdir": 84, "rename": 82, "renameat": 264, "umask": 95, "getpid": 39,
    "getppid": 110, "gettid": 186, "getuid": 102, "geteuid": 107, "getgid": 104, "getegid": 108, "uname": 63,
    "sysinfo": 99, "times": 100, "getrusage": 98, "getrlimit": 97, "gettimeofday": 96, "clock_getres": 229,
    "nanosleep": 35, "clock_nanosleep": 230, "sched_yield": 24, "sched_getaffinity": 204, "getcpu": 309,
    "getrandom": 318, "set_robust_list": 273, "get_robust_list": 274, "set_tid_address": 218, "rseq": 334,
    "membarrier": 324, "restart_syscall": 219, "exit": 60, "exit_group": 231, "msync": 26, "mincore": 27,
    "epoll_create1": 291, "epoll_ctl": 233, "epoll_wait": 232, "pipe2": 293,
}  # fmt: skip
_X86_64_SPECIAL = {"clone": 56, "clone3": 435, "ioctl": 16, "prlimit64": 302}
_AARCH64 = {
    "recvfrom": 207, "sendto": 206, "read": 63, "write": 64, "futex": 98, "mmap": 222, "munmap": 215, "brk": 214,
    "madvise": 233, "mprotect": 226, "mremap": 216, "clock_gettime": 113, "openat": 56, "close": 57, "fstat": 80,
    "newfstatat": 79, "lseek": 62, "ppoll": 73, "pselect6": 72, "rt_sigaction": 134, "rt_sigprocmask": 135,
    "rt_sigreturn": 139, "sigaltstack": 132, "pread64": 67, "pwrite64": 68, "readv": 65, "writev": 66,
    "sendmsg": 211, "recvmsg": 212, "faccessat": 48, "faccessat2": 439, "getdents64": 61, "readlinkat": 78,
    "getcwd": 17, "chdir": 49, "dup": 23, "fcntl": 25, "statx": 291, "fsync": 82, "ftruncate": 46, "mkdirat": 34,
    "unlinkat": 35, "renameat": 38, "umask": 166, "getpid": 172, "getppid": 173, "gettid": 178, "getuid": 174,
    "geteuid": 175, "getgid": 176, "getegid": 177, "uname": 160, "sysinfo": 179, "times": 153, "getrusage": 165,
    "gettimeofday": 169, "clock_getres": 114, "nanosleep": 101, "clock_nanosleep": 115, "sched_yield": 124,
    "sched_getaffinity": 123, "getcpu": 168, "getrandom": 278, "set_robust_list": 99, "get_robust_list": 100,
    "set_tid_address": 96, "rseq": 293, "membarrier": 283, "restart_syscall": 128, "exit": 93, "exit_group": 94,
    "msync": 227, "mincore": 232, "epoll_create1": 20, "epoll_ctl": 21, "epoll_pwait": 22, "pipe2": 59,
}  # fmt: skip
_AARCH64_SPECIAL = {"clone": 220, "clone3": 435, "ioctl": 29, "prlimit64": 261}
_MACHINES = {  # audit architecture, plain calls, calls whose arguments are looked at
    "x86_64": (0xC000003E, _X86_64, _X86_64_SPECIAL),
    "aarch64": (0xC00000B7, _AARCH64, _AARCH64_SPECIAL),
}
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _REFUSE, _ABSENT, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS, 0x80000000
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_CLONE_THREAD = 0x00010000
_TERMINAL_QUESTIONS = (0x5401, 0x5450, 0x5451)  # TCGETS (isatty), FIONCLEX, FIOCLEX


def _argument(index: int, upper: bool = False) -> int:
    return 16 + 8 * index + 4 * upper


def _filter_program() -> bytes:
    """Berkeley Packet Filter program that lets the allow list through and answers EPERM to the rest."""
    architecture, plain, special = _MACHINES[platform.machine()]
    program = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL)]
    program.append((_LOAD, 0, 0, _NUMBER))
    for number in plain.values():
        program += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    program += [(_EQUAL, 0, 1, special["clone3"]), (_RETURN, 0, 0, _ABSENT)]  # glibc then falls back to clone
    program += [  # threads, no processes
        (_EQUAL, 0, 4, special["clone"]),
        (_LOAD, 0, 0, _argument(0)),
        (_ANY_BIT, 0, 1, _CLONE_THREAD),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    program += [(_EQUAL, 0, 2 + 2 * len(_TERMINAL_QUESTIONS), special["ioctl"]), (_LOAD, 0, 0, _argument(1))]
    for request in _TERMINAL_QUESTIONS:
        program += [(_EQUAL, 0, 1, request), (_RETURN, 0, 0, _ALLOW)]
    program.append((_RETURN, 0, 0, _REFUSE))
    program += [  # limits may be read, not set: the new limit must be a null pointer
        (_EQUAL, 0, 5, special["prlimit64"]),
        (_LOAD, 0, 0, _argument(2)),
        (_EQUAL, 0, 3, 0),
        (_LOAD, 0, 0, _argument(2, upper=True)),
        (_EQUAL, 0, 1, 0),
        (_RETURN, 0, 0, _ALLOW),
    ]
    program.append((_RETURN, 0, 0, _REFUSE))
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


def _restrict_system_calls() -> None:
    code = ctypes.create_string_buffer(_filter_program())
    program = struct.pack("HxxxxxxQ", (len(code) - 1) // 8, ctypes.addressof(code))
    buffer = ctypes.create_string_buffer(program)
    _call("prctl", PR_SET_SECCOMP, ctypes.c_ulong(2), ctypes.byref(buffer), 0, 0)
