"""The needlepoint command."""
