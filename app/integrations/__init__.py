"""External services: each a protocol with a real and an offline implementation."""
