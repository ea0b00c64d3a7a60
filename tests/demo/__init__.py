"""The renderer of the demo patients."""
