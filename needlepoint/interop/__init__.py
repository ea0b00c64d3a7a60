"""What is said to the outside in its own languages."""
