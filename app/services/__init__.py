"""What Saldo can do; every SELECT is here."""
