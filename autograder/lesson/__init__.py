"""The course's own files: where they are, what they say, and how a release is made of them."""
