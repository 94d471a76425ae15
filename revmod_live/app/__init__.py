"""Builds everything, once: resources in order, closed in reverse. Nothing is created on import."""
