"""What people type on the pages of accounts, a module for each kind of record."""
