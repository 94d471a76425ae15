"""The rights, walked by everybody through every door, and judged by what came out."""
