"""What `manage.py` can be told besides what Django brings."""
