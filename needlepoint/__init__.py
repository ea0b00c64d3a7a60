"""Needlepoint carries a course of micro-needling from consultation to measured result."""

__version__ = "0.1.0"
