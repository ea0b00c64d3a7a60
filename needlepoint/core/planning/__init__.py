"""An eligible patient and a goal in; device, depth, passes, minutes and numbing out."""
