"""The pages of repairs, a module for each kind of record."""
