"""A cell prints 200 MB.

place: before
scores: all
"""

for _ in range(200):
    print("x" * (1 << 20))
