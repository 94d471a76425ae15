"""Live documents: the wire, the reader in front of the native decoder, rooms, journal.

The only package that knows pycrdt. It knows nothing of HTTP, templates or sentences for people.
"""
