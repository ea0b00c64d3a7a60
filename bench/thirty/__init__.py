"""Thirty of the cards, expressed for each engine, and the same synthetic patients for all of them."""
