"""Rules about money, dates, texts and files: pure functions without I/O or clock."""
