"""Hidden checks against a learner's values: from one submission's cells to an exact result."""
