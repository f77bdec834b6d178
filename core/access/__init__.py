"""Access: rules in, plans out. A plan says which rows and which fields, before the database is asked."""
