"""A cell of the student's own never ends.

place: before
scores: all
"""

while True:
    pass
