"""The HTTP edge: sign-in, GraphQL over HTTP, health, and in development GraphiQL."""
