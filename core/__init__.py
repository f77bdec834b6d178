"""The domain and the platform under it: it knows no GraphQL and no web."""
