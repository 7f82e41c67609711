"""nbgrader's messages name folders and files of learners: nothing in them may act in a terminal."""

import logging

from autograder.sandbox.printable import printable


class Printable(logging.Filter):
    """Takes what could act out of every message."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = printable(record.getMessage(), 1 << 16), ()
        return True
