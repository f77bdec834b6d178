// Fastify and Mercurius: JIT from the second request on, loaders for everything below a list, prepared statements.
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

const [dsn, port, size] = process.argv.slice(2);
pg.types.setTypeParser(1082, (value) => value); // dates and instants leave as text: no Date objects on the way
pg.types.setTypeParser(1184, (value) => value.replace(" ", "T") + ":00");
const pool = new pg.Pool({ connectionString: dsn, max: +size, min: +size, options: "-c timezone=UTC" });
const rows = (name, text, values) => pool.query({ name, text, values }).then((found) => found.rows);

const schema = `
type Employee { id: ID! name: String! }
type Purchase { id: ID! amount: String! currency: String! at: String! channel: String }
type Activity { id: ID! title: String! }
type Participation { id: ID! status: String activity: Activity! }
type Customer {
  id: ID! name: String! number: String! phone: String email: String region: String industry: String
  birthday: String purchaseCount: Int! createdAt: String! owner: Employee
  purchases(first: Int! = 5): [Purchase!]! participations(first: Int! = 3): [Participation!]!
}
type Query { customer(id: ID!): Customer customers(region: String!, first: Int! = 50): [Customer!]! }
type Mutation {
  recordPurchase(customerId: ID!, amount: String!, currency: String!, channel: String!, at: String!): Purchase!
}`;

const CUSTOMER = `id, name, number, phone, email, region, industry, birthday, owner_id,
  purchase_count as "purchaseCount", created_at as "createdAt"`;
const BELOW = "from unnest($1::uuid[]) parent(id) cross join lateral";
const resolvers = {
  Query: {
    customer: async (_, { id }) => (await rows("one", `select ${CUSTOMER} from plain.customers where id = $1`, [id]))[0],
    customers: (_, { region, first }) =>
      rows("many", `select ${CUSTOMER} from plain.customers where region = $1 order by name, id limit $2`, [region, first]),
  },
  Mutation: {
    recordPurchase: async (_, { customerId, amount, currency, channel, at }) =>
      (await rows("add", `insert into plain.purchases (customer_id, amount, currency, channel, at)
        values ($1, $2, $3, $4, $5) returning id, amount, currency, channel, at`,
        [customerId, amount, currency, channel, at]))[0],
  },
};

const ids = (queries, key) => [...new Set(queries.map(({ obj }) => obj[key]))];
const one = (found, queries, key) => {
  const byId = new Map(found.map((row) => [row.id, row]));
  return queries.map(({ obj }) => byId.get(obj[key]));
};
const many = (found, parents) => {
  const lists = new Map(parents.map((id) => [id, []]));
  for (const row of found) lists.get(row.parent).push(row);
  return parents.map((id) => lists.get(id));
};
const loaders = {
  Customer: {
    owner: async (queries) => one(await rows("owners",
      "select id, name from plain.employees where id = any($1)", [ids(queries, "owner_id")]), queries, "owner_id"),
    purchases: async (queries) => {
      const parents = queries.map(({ obj }) => obj.id);
      return many(await rows("purchases", `select parent.id as parent, found.* ${BELOW}
        (select id, amount, currency, at, channel from plain.purchases where customer_id = parent.id
         order by at desc, id desc limit $2) found`, [parents, queries[0].params.first]), parents);
    },
    participations: async (queries) => {
      const parents = queries.map(({ obj }) => obj.id);
      return many(await rows("participations", `select parent.id as parent, found.* ${BELOW}
        (select id, status, activity_id from plain.participations where customer_id = parent.id
         order by id limit $2) found`, [parents, queries[0].params.first]), parents);
    },
  },
  Participation: {
    activity: async (queries) => one(await rows("activities",
      "select id, title from plain.activities where id = any($1)", [ids(queries, "activity_id")]), queries, "activity_id"),
  },
};

const app = Fastify({ logger: false });
app.register(mercurius, { schema, resolvers, loaders, jit: 1, graphiql: false, cache: 1024 });
await app.listen({ port: +port, host: "127.0.0.1" });
