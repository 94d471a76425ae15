"""What leaves the platform: the sealed package, and the checks that need nothing but it."""
