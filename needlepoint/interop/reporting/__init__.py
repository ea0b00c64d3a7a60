"""Reports of harm in the fields of the authorities: MedWatch 3500 and 3500A, Yellow Card."""
