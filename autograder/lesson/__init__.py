"""The course's own files: where they lie, what they say, and how the release is made of the solution."""
