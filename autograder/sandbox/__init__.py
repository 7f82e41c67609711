"""A learner's process and the only way to it: what starts it, what confines it, and the data that crosses."""
