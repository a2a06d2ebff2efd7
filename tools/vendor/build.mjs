// Bundle the query editor into service/govkg/static/vendor.  Usage: npm ci --ignore-scripts; npm run build
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const output = fileURLToPath(new URL("../../service/govkg/static/vendor/", import.meta.url));

// What YASQE knows of other hosts is cut out: the service speaks to none, and a list of hundreds
// of prefixes by strangers is nothing to publish. Each cut must be found, so that a newer YASQE is looked at.
const CUTS = [
  [/\bmadsrdf = "[^}]*prefixes_default = \{[^}]*\}/, "prefixes_default = {}"],
  [/`\$\{\w+\}lov\.linkeddata\.es[^`]*`/, '"/search"'],
  [/"https:\/\/dbpedia\.org\/sparql"/, '"/sparql"'],
];

const withoutOtherHosts = {
  name: "without-other-hosts",
  setup({ onLoad }) {
    onLoad({ filter: /yasqe\.esm\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      for (const [pattern, replacement] of CUTS) {
        if (!pattern.test(contents)) throw new Error(`YASQE has changed: ${pattern} is not in it`);
        contents = contents.replace(pattern, replacement);
      }
      return { contents, loader: "js" };
    });
  },
};

// For packages that say MIT and hold no text of it.
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;

// What npm installs for YASQE is what its own bundle is made of, and "events" (MIT, Joyent, Inc. and other
// Node contributors), which that bundle holds without naming it.
async function licences(lock) {
  const parts = ["What yasqe.js and yasqe.css are made of. The licence of each part follows it.\n"];
  for (const [path, { version, license }] of Object.entries(lock.packages).sort()) {
    const name = path.replace(/^.*node_modules\//, "");
    if (!path || /^@?esbuild|^@types\//.test(name)) continue; // tools, and types: not in the output
    parts.push(`${"=".repeat(72)}\n${name} ${version}: ${license}\n\n${await licenceOf(path, license)}`);
  }
  const events = "Copyright Joyent, Inc. and other Node contributors.";
  parts.push(`${"=".repeat(72)}\nevents: MIT\n\n${events}\n\n${MIT}\n`);
  return parts.join("\n");
}

async function licenceOf(path, license) {
  for (const file of ["LICENSE", "LICENSE.md", "license", "license.md"]) {
    const text = await readFile(`${here}${path}/${file}`, "utf8").catch(() => null);
    if (text) return `${text.trim()}\n`;
  }
  const { author, contributors = [], homepage = "" } = JSON.parse(
    await readFile(`${here}${path}/package.json`, "utf8"),
  );
  const names = [author, ...contributors].map((each) => each?.name ?? each).filter(Boolean).join(", ");
  if (license !== "MIT") throw new Error(`${path} holds no text of its licence, ${license}`);
  return `Copyright (c) ${names} (${homepage})\n\n${MIT}\n`;
}

await mkdir(output, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: { yasqe: "editor.js" },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  outdir: output,
  plugins: [withoutOtherHosts],
});
await build({
  absWorkingDir: here,
  entryPoints: { yasqe: "editor.css" },
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  outdir: output,
});
const lock = JSON.parse(await readFile(`${here}package-lock.json`, "utf8"));
await writeFile(`${output}THIRD_PARTY.txt`, await licences(lock));

const sums = [];
for (const name of ["THIRD_PARTY.txt", "yasqe.css", "yasqe.js"]) {
  const digest = createHash("sha256").update(await readFile(`${output}${name}`)).digest("hex");
  sums.push(`${digest}  ${name}\n`);
}
await writeFile(`${output}SHA256SUMS`, sums.join(""));
