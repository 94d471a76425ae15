"""One file a subject; each handler parses, calls one thing, answers."""
