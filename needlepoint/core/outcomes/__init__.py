"""Scores and measures in; change against the smallest detectable change out."""
