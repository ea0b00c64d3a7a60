"""One function per act: check, write, audit, in one transaction."""
