"""What Saldo costs and how well it guesses, measured; `make bench` runs all of it."""
