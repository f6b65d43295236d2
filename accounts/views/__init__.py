"""The pages of accounts, a module for each kind of record."""
