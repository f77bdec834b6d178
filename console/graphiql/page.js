// GraphiQL with the sample tokens of this development server: choose one, and the first query works at once.
const QUERY = `# Welcome to Baoke. Choose at the top in whose role you ask, then press the triangle.
# 欢迎使用保客。请在上方选择登录身份，再点击三角形按钮执行。
{
  customers(first: 5) {
    nodes {
      id
      name
    }
  }
}
`;

const who = document.getElementById("who");
const root = ReactDOM.createRoot(document.getElementById("graphiql"));

function show(token) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const shown = JSON.stringify(headers, null, 2);
  root.render(
    React.createElement(GraphiQL, {
      key: token, // another token starts anew: its schema and its answers differ
      // The schema is asked for before the header editor is there, hence the token in both.
      fetcher: GraphiQL.createFetcher({ url: "/graphql", headers }),
      defaultQuery: QUERY,
      defaultHeaders: shown,
      initialHeaders: shown,
      defaultEditorToolsVisibility: "headers",
      shouldPersistHeaders: false,
    }),
  );
}

fetch("/graphiql/tokens")
  .then((answer) => answer.json())
  .then((tokens) => {
    who.replaceChildren(...tokens.map(({ title, token }) => new Option(title, token)));
    who.addEventListener("change", () => show(who.value));
    show(who.value);
  });
