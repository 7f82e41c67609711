"""From bytes that somebody handed in to the cells that run: opened safely, mended, made harmless."""
