"""Many submissions, nbgrader, and what people read: batches, journal, gradebook, pages and tables."""
