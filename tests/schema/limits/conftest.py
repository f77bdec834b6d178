"""A small schema in the shape of ours."""

import pytest
from graphql import GraphQLSchema, build_schema


@pytest.fixture(scope="package")
def schema() -> GraphQLSchema:
    return build_schema("""
        type Query {
            node(id: ID!): Node
            nodes(ids: [ID!]!): [Node]!
            customers(first: Int = 50, last: Int): CustomerConnection!
        }
        interface Node { id: ID! }
        type PageInfo { hasNextPage: Boolean! endCursor: String }
        type CustomerConnection {
            nodes: [Customer!]!  edges: [CustomerEdge!]!  pageInfo: PageInfo!  totalCount: Int
        }
        type CustomerEdge { cursor: String! node: Customer! }
        type Customer implements Node {
            id: ID!  name: String  owner: Employee  friend(with: String): Customer
            purchases(first: Int, last: Int): PurchaseConnection!
        }
        type Employee implements Node { id: ID! name: String customers(first: Int = 10): CustomerConnection! }
        type PurchaseConnection { nodes: [Purchase!]! pageInfo: PageInfo! }
        type Purchase implements Node { id: ID! amount: Int customer: Customer! }
    """)
