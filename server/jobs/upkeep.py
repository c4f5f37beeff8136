"""What must happen by the clock."""
