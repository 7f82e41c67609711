"""A cell of the student's own asks for input.

place: before
scores: all
"""

n = int(input("How many? "))
