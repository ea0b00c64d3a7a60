"""What is said as iCalendar (RFC 5545)."""
