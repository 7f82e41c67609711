"""Where the Jupyter server finds us: ``autograder.server.extension`` in its list of extensions."""

import os
import sys
from pathlib import Path
from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join

from autograder.lesson.layout import PACKAGE, Course
from autograder.server import handlers
from autograder.server.attention import CONTENTS, Attention
from autograder.server.handlers import PAGE, Desk, PageHandler, StreamHandler
from autograder.server.verdicts import Verdicts

LABEXTENSIONS = PACKAGE / "lab" / "labextensions"


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "autograder.server.extension"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    course, served = Course(), Path(server.root_dir).resolve()
    verdicts = Verdicts(course, desk_of(course, served))
    attention = Attention(verdicts, served)
    desk = Desk(verdicts, attention, lambda: handlers.theme_of(_theme_settings(server)))
    page = url_path_join(server.base_url, PAGE)
    rules = [
        (rf"{page}/events/(\w+)", StreamHandler, {"desk": desk}),
        (rf"{page}/?", PageHandler, {"desk": desk}),
        (rf"{page}/(\w+)", PageHandler, {"desk": desk}),
    ]
    application: Any = server.web_app  # its methods say no types
    application.add_handlers(".*$", rules)
    assert server.event_logger is not None, "made when the server is initialised"
    server.event_logger.add_listener(schema_id=CONTENTS, listener=attention.listen)
    _put_commands_on_path(server)
    _show_button(server)


def desk_of(course: Course, served: Path) -> Path:
    """The folder that holds the learner's ``course/``: the one that the server shows, or this checkout."""
    return served if (served / "course").is_dir() else course.root


def _put_commands_on_path(server: ServerApp) -> None:
    """Kernels and terminals find ``autograder``, however the server was started."""
    folder = str(Path(sys.executable).parent)
    if folder not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join(filter(None, (folder, os.environ.get("PATH"))))
    if (
        os.name == "posix"
    ):  # where the server has no terminal of its own, Jupyter starts login shells, which set PATH anew
        shell = {"shell_command": [os.environ.get("SHELL") or "sh"]}
        server.terminado_settings = shell | server.terminado_settings


def _show_button(server: ServerApp) -> None:
    """Let JupyterLab find the small extension behind the button in each notebook's toolbar."""
    for app in server.extension_manager.extension_apps.get("jupyterlab", ()):
        app.extra_labextensions_path = [*app.extra_labextensions_path, str(LABEXTENSIONS)]


def _theme_settings(server: ServerApp) -> Path:
    """JupyterLab's file of the learner's choice of a theme."""
    from jupyterlab.commands import get_user_settings_dir

    return Path(get_user_settings_dir()) / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
