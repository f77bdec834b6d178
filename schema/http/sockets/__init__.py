"""GraphQL over WebSocket: the protocol graphql-transport-ws, to the letter (PRM-5)."""
