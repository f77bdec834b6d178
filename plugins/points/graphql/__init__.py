"""Points in GraphQL: fields point at columns, rows and SQL; the compiler makes one statement of them."""
