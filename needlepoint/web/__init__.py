"""Pages: a view translates, makes one call, renders."""
