"""A cell of the student's own calls sys.exit.

place: before
scores: all
"""

import sys

sys.exit("enough")
