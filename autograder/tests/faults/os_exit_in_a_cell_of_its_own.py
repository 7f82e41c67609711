"""A cell of the student's own ends the process.

place: before
scores: all
"""

import os

os._exit(0)
