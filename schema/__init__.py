"""The GraphQL floor: vocabulary, assembly, compiler and the HTTP edge. It imports core."""
