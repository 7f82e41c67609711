"""The learner's process, and the only way to it: what confines it, what starts it, what crosses."""
