"""Data that ships with Saldo: rates and word lists."""
