"""Hostile input against a running server: it stays up, the text stays as it is, nobody else notices."""
