"""Bank statements: reading the files banks give out, and telling which of their lines are already booked."""
