"""Proofs against the running program: real processes, real sockets, real kills."""
