"""Reviews, steps, claims and votes: the rule book and the verbs that obey it. No text but by digest."""
