"""How every sort of record is kept in the table, a page a room; docs/data-model.md is made from these."""
