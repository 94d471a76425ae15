"""A live platform for country reviews: drafting together, voting on one text, sealing it."""
