"""Answers and rules in; findings, verdict and date out."""
