// The three calls with Comunica.  Usage: npm ci; node with_comunica.mjs [address of /sparql]
import { readFile } from "node:fs/promises";
import { QueryEngine } from "@comunica/query-sparql";

const endpoint = process.argv[2] ?? "http://127.0.0.1:8000/sparql";
const engine = new QueryEngine();
const context = { sources: [{ type: "sparql", value: endpoint }] };

// Comunica parses a query before it sends it, so it must be told the prefixes.
const prefixes = await (await fetch(new URL("/prefixes", endpoint))).json();
const declared = Object.entries(prefixes).map(([name, iri]) => `PREFIX ${name}: <${iri}>\n`);
const read = async (file) =>
  declared.join("") + (await readFile(new URL(file, import.meta.url), "utf8"));

for (const row of await (await engine.queryBindings(await read("select.rq"), context)).toArray())
  console.log(`${row.get("crisis").value},${row.get("name").value}`);

console.log(await engine.queryBoolean(await read("ask.rq"), context));

for (const quad of await (await engine.queryQuads(await read("construct.rq"), context)).toArray()) {
  const { subject, predicate, object } = quad;
  console.log(`<${subject.value}> <${predicate.value}> "${object.value}"@${object.language} .`);
}
