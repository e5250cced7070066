"""How Litestar and Jinja are set up for Saldo."""
