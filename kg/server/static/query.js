// The query page: YASGUI against this server, its prefixes, its questions as examples.
"use strict";

const setup = JSON.parse(document.getElementById("setup").textContent);
const endpoint = new URL(setup.endpoint, document.baseURI).href;
const prefixes = Object.entries(setup.prefixes);

// Prefixes that the server knows; the list that comes with the editor is not ours.
Yasgui.Yasqe.Autocompleters.prefixes.get = () => Promise.resolve(prefixes.map(([name, iri]) => `${name}: <${iri}>`));

function declare(query) {
  const used = prefixes.filter(([name]) => new RegExp(`(^|[^\\w:])${name}:`, "m").test(query));
  return used.map(([name, iri]) => `PREFIX ${name}: <${iri}>`).join("\n") + (used.length ? "\n\n" : "") + query;
}

const examples = setup.examples.map((example) => ({ ...example, query: declare(example.query) }));
const first = examples.find((example) => example.name === "strongest-pairs") || examples[0];

const yasgui = new Yasgui(document.getElementById("yasgui"), {
  persistenceId: `kg-query-${location.pathname}`,
  requestConfig: { endpoint, method: "POST", acceptHeaderGraph: "text/turtle" },
  endpointCatalogueOptions: { getData: () => [], keys: [], renderItem: () => {} },
  yasqe: { value: first ? first.query : "SELECT * WHERE { ?s ?p ?o } LIMIT 10", autocompleters: ["prefixes", "variables"] },
  yasr: { prefixes: setup.prefixes },
});

const select = document.getElementById("examples");
const about = document.getElementById("about");
for (const [number, { titles }] of examples.entries()) select.add(new Option(`${titles.zh} · ${titles.en}`, number));
select.addEventListener("change", () => {
  if (select.value === "") return;
  const example = examples[Number(select.value)];
  const name = example.titles.en;
  const open = Object.values(yasgui._tabs).find((tab) => tab.getName() === name);
  const tab = open || yasgui.addTab(true, { ...Yasgui.Tab.getDefaults(yasgui), name });
  yasgui.selectTabId(tab.getId());
  tab.setQuery(example.query);
  about.textContent = `${example.descriptions.zh} ${example.descriptions.en}`;
  about.hidden = false;
  tab.query().catch(() => {}); // what went wrong is shown below the query
  select.value = "";
});
