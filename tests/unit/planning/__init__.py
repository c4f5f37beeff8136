"""What a planning says, read without database."""
