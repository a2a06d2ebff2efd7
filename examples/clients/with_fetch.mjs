// The three calls with fetch, in Node or a browser.  Usage: node with_fetch.mjs [address of /sparql]
import { readFile } from "node:fs/promises";

const endpoint = process.argv[2] ?? "http://127.0.0.1:8000/sparql";

async function ask(file, accept) {
  const query = await readFile(new URL(file, import.meta.url), "utf8");
  const body = new URLSearchParams({ query });
  const response = await fetch(endpoint, { method: "POST", body, headers: { accept } });
  if (!response.ok) throw new Error((await response.json()).detail);
  return response;
}

const table = await (await ask("select.rq", "application/sparql-results+json")).json();
for (const { crisis, name } of table.results.bindings) console.log(`${crisis.value},${name.value}`);

const truth = await (await ask("ask.rq", "application/sparql-results+json")).json();
console.log(truth.boolean);

process.stdout.write(await (await ask("construct.rq", "application/n-triples")).text());
