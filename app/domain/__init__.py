"""What is true about money and time: pure, no I/O, no clock."""
