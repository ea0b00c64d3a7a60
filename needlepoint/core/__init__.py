"""Pure functions on frozen values: no Django, no files, no network, no clock, no chance."""
