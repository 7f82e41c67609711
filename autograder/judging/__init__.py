"""Hidden checks against a learner's values: from the cells of one submission to its exact result."""
