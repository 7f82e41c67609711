"""From the bytes that somebody handed in to the cells that run: opened safely, mended against the release, made harmless."""
