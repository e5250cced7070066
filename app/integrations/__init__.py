"""Whom Saldo talks to outside: each a protocol, a real one and an offline one."""
