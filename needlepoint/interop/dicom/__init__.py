"""Photographs as DICOM objects."""
