"""Many submissions, nbgrader, and what people read: one result or a class full, journal, gradebook, pages and tables."""
