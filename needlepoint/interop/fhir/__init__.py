"""What is said in FHIR R4 (4.0.1)."""
