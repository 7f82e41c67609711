"""Why a value is wrong: a named idea, a relation to the right value, or a condition that tells right inputs from wrong ones."""
