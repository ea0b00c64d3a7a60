"""Screening: answers + rules -> findings, verdict, date."""
