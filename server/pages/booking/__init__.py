"""The citizen's booking: three steps from a reason to an appointment, and what they may do with it afterwards."""
