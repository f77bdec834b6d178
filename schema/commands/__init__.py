"""The commands of `baoke` that need a GraphQL schema; those of the core stand in `core.cli`."""
