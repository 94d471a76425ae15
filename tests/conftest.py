"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Two busy cores: how long one example takes says nothing about it. A failure prints how to repeat it.
settings.register_profile(
    "house", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")
