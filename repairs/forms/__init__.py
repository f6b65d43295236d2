"""What people type on the pages of repairs, a module for each kind of record."""
