"""Transactions and transfers: the list, one transaction, their forms, and bulk edits."""
