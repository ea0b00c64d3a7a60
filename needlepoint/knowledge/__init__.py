"""The fact cards, their sources, their shape, and the loader that refuses unfit ones."""
