"""What comes in and goes out: one class serves form, API and tool."""
