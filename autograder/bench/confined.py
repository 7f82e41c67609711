"""Runs a program that may mean harm: as nobody, with no network and no other process in sight, and ended on time.

For attacks where nothing else would hold them: in stock nbgrader, and at isolation level weak. Linux, as root.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

FOLDERS = "/var/tmp"  # where a program's folder may lie: /tmp and /dev/shm are its own, empty ones
PRIVATE = " && ".join(f"mount -t tmpfs -o size=64m,mode=1777 tmpfs {place}" for place in ("/tmp", "/dev/shm"))
CONFINED = [
    "unshare", "--net", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc",
    "sh", "-c", f'{PRIVATE} && ip link set lo up && exec "$@"', "sh",  # a kernel is spoken to over the loopback
    "setpriv", "--pdeathsig=KILL", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all,+dac_read_search",
    "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search",  # Python may lie where nobody may look
    "prlimit", "--nproc=400", "--fsize=67108864", "--core=0",
]  # fmt: skip


def expect_root() -> None:
    """Ends the process, with a sentence, where nothing could be confined."""
    if os.geteuid() != 0:
        sys.exit(
            "Start this as root: the attacks are then run as nobody, without a network. Nothing was run."
        )


def run_confined(
    command: Sequence[str], folder: Path, seconds: float, output: IO[str] | int = subprocess.DEVNULL
) -> str:
    """How a command ended, of which nothing is left then: "done", "died" or "hangs".

    Parameters
    ----------
    command : sequence of str
        A program of this Python's, by its name, and its arguments.
    folder : Path
        Is its home and its working folder, and belongs to it meanwhile.
    seconds : float
        After which it hangs.
    output : file, optional
        Where its standard output goes.
    """
    programs = Path(sys.executable).parent
    environment = {
        "HOME": str(folder), "PATH": f"{programs}:/usr/bin:/bin", "JUPYTER_CONFIG_DIR": str(folder / "no-settings"),
        "OPENBLAS_NUM_THREADS": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }  # fmt: skip
    subprocess.run(["chown", "-R", "65534:65534", folder], check=True)
    process = subprocess.Popen(
        [*CONFINED, str(programs / command[0]), *command[1:]], cwd=folder, env=environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return "done" if process.wait(seconds) in (0, 1) else "died"
    except subprocess.TimeoutExpired:
        return "hangs"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(
                process.pid, signal.SIGKILL
            )  # the program is the first one of its namespace: all others go with it
        process.wait()
        subprocess.run(["chown", "-R", "-h", "0:0", folder], check=True)
        subprocess.run(["chmod", "-R", "u+rwX", folder], check=True)
