"""Options of the command line that commands of several rooms share."""

from pathlib import Path

import click

from autograder.sandbox.isolation import LEVELS

course_option = click.option(
    "--course",
    "root",
    type=click.Path(path_type=Path),
    help="Folder of the course; this checkout when left out.",
)
least_option = click.option(
    "--require-isolation",
    "least",
    type=click.Choice(LEVELS),
    default="container",
    show_default=True,
    help="Refuse to run students' code below this level.",
)
