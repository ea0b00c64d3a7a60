"""Pages a patient opens by a private link."""
