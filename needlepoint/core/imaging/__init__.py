"""Pixels in; quality, registration and measures with their error out."""
