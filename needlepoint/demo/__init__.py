"""The synthetic clinic: seeded patients and rendered photographs whose truth is known."""
