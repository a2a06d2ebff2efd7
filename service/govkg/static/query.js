// /query, better: an editor in place of the text area, which stays the field that is sent.
// Without this script the page works the same, only plainer. Nothing is asked of another host.

import { Yasqe } from "./vendor/yasqe.js";

const WORDS = {
  en: {
    hint: "Type a word, in English or Chinese, to find a term; Ctrl+Space shows the list. Ctrl+Enter runs. Tab or Esc leaves the editor.",
    list: "Terms, prefixes and variables",
  },
  zh: {
    hint: "输入中文或英文词语即可查找术语；Ctrl+空格显示列表，Ctrl+Enter 运行，Tab 或 Esc 离开编辑器。",
    list: "术语、前缀与变量",
  },
};
const LANGUAGE = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
const words = WORDS[LANGUAGE];

const KEYWORDS = new Set(
  `select distinct reduced construct describe ask where from named prefix base order group by having limit offset
   optional union minus graph service silent bind values filter exists not in as asc desc undef count sum min max avg
   sample group_concat separator str lang langmatches datatype bound iri uri bnode rand abs ceil floor round concat
   strlen ucase lcase contains strstarts strends strbefore strafter year month day now if coalesce isiri isuri isblank
   isliteral isnumeric regex substr replace true false a`.split(/\s+/),
);
const WORD = /(?:[?$]|(?:[\p{L}\p{N}_-]*:)?)[\p{L}\p{N}_-]*$/u;
const VARIABLE = /^[?$]/;
const MOST_HITS = 12;

/** The prefixes of the service; without them terms are written out. */
async function loadPrefixes() {
  const answer = await fetch("/prefixes", { headers: { accept: "application/json" } });
  return answer.ok ? answer.json() : {};
}

/** An IRI as one would write it in a query. */
function shortened(iri, prefixes) {
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    const rest = iri.slice(namespace.length);
    if (iri.startsWith(namespace) && /^[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*)$/u.test(rest)) return `${prefix}:${rest}`;
  }
  return `<${iri}>`;
}

/** The word that ends at the cursor, or null where no term can stand. */
function wordAtCursor(editor) {
  const { line, ch } = editor.getDoc().getCursor();
  const before = editor.getDoc().getLine(line).slice(0, ch);
  const text = before.match(WORD)[0];
  const start = ch - text.length;
  const kind = editor.getTokenTypeAt({ line, ch }) ?? "";
  if (/comment|string$/.test(kind) || /[@"'<\\]$/.test(before.slice(0, start))) return null;
  const long = VARIABLE.test(text) || /\p{Script=Han}/u.test(text) ? 1 : 2;
  if (text.length < long || KEYWORDS.has(text.toLowerCase())) return null;
  return { text, from: { line, ch: start }, to: { line, ch } };
}

/** The labels of a term, the one in the reader's language first. */
function labels({ [LANGUAGE]: own, ...others }) {
  return [own, ...Object.values(others)].filter(Boolean).join(" · ");
}

/** Terms and prefixes that fit a word, as entries of the editor's list. */
async function completions(text, prefixes) {
  const [, prefix, local] = text.match(/^(?:([^:]*):)?(.*)$/u);
  const named = Object.keys(prefixes).filter((name) => prefix === undefined && name.startsWith(text.toLowerCase()));
  const found = named.map((name) => ({ text: `${name}:`, label: prefixes[name] }));
  if (local) {
    const address = `/search?${new URLSearchParams({ q: local, limit: prefix === undefined ? MOST_HITS : 100 })}`;
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    const { hits } = answer.ok ? await answer.json() : { hits: [] };
    found.push(...hits.map((hit) => ({ text: shortened(hit.iri, prefixes), label: labels(hit.label) })));
  }
  const fitting = found.filter((each) => prefix === undefined || each.text.startsWith(`${prefix}:`));
  return fitting.some((each) => each.text === text) ? [] : fitting.slice(0, MOST_HITS);
}

/** The other variables of the query that begin so. */
function variables(text, query) {
  const found = new Set(query.match(/[?$][\p{L}\p{N}_]+/gu));
  return [...found].filter((name) => name.startsWith(text) && name !== text).map((name) => ({ text: name, label: "" }));
}

/** One line of the list: what is inserted, and after it the labels. */
function drawn(entry) {
  return (element) => {
    element.parentNode.setAttribute("aria-label", words.list);
    const label = document.createElement("span");
    label.className = "hint-label";
    label.textContent = entry.label && `  ${entry.label}`;
    element.append(entry.text, label);
  };
}

/** Show the list for the word at the cursor, if it has not moved on meanwhile. */
function offerTerms(editor, prefixes) {
  if (editor.getDoc().somethingSelected() || !wordAtCursor(editor)) return;
  const hint = async () => {
    const word = wordAtCursor(editor);
    let list = [];
    if (word && VARIABLE.test(word.text)) list = variables(word.text, editor.getValue());
    else if (word) list = await completions(word.text, prefixes);
    return { list: list.map((entry) => ({ text: entry.text, render: drawn(entry) })), ...word };
  };
  editor.showHint({ hint, completeSingle: false, container: editor.rootEl });
}

/** Underline the place that the server names, and write its message below that line. */
function showError(editor, notice) {
  if (!notice?.dataset.line) return;
  const line = Math.min(Number(notice.dataset.line) - 1, editor.getDoc().lastLine());
  const text = editor.getDoc().getLine(line);
  // The server counts characters, the editor UTF-16 units.
  const column = [...text].slice(0, Number(notice.dataset.column) - 1).join("").length;
  const end = column + text.slice(column).match(/^[\p{L}\p{N}_:-]*/u)[0].length;
  const start = column - text.slice(0, column).match(/[\p{L}\p{N}_:-]*\s*\S?$/u)[0].length;
  const mark = editor.getDoc().markText(
    { line, ch: start },
    { line, ch: Math.max(end, start + 1) },
    { className: "query-error" },
  );
  const message = document.createElement("div");
  message.className = "query-error-text";
  message.textContent = notice.querySelector("p").textContent;
  const below = editor.addLineWidget(line, message, { coverGutter: false });
  editor.scrollIntoView({ line, ch: start }, 60);
  const forget = () => {
    mark.clear();
    below.clear();
    editor.off("change", forget);
  };
  editor.on("change", forget);
}

/** Put the editor where the text area is. */
function replaceTextArea(area, prefixes) {
  const { form, value } = area;
  const place = document.createElement("div");
  area.before(place);
  const run = () => form.requestSubmit();
  const leave = () => form.querySelector("button").focus();
  const editor = new Yasqe(place, {
    value,
    autocompleters: [], // those of YASQE ask other hosts; ours is offerTerms
    createShareableLink: null,
    consumeShareLink: null,
    persistenceId: null,
    showQueryButton: false,
    editorHeight: "auto", // nothing scrolls within the page
    viewportMargin: Infinity,
    resizeable: false,
    extraKeys: {
      "Ctrl-Enter": run,
      "Cmd-Enter": run,
      "Ctrl-S": false,
      "Ctrl-Space": () => offerTerms(editor, prefixes),
      Esc: leave,
      Tab: false, // the browser's own: nobody is caught in the editor
      "Shift-Tab": false,
    },
  });
  area.hidden = true;
  editor.on("change", () => (area.value = editor.getValue()));
  editor.on("inputRead", () => editor.state.completionActive || offerTerms(editor, prefixes));
  form.addEventListener("submit", () => (area.value = editor.getValue()));
  describe(editor, area, place);
  return editor;
}

/** Tell everyone, those who cannot see it too, what the editor is and how to use it. */
function describe(editor, area, place) {
  const label = document.querySelector(`label[for="${area.id}"]`);
  const hint = Object.assign(document.createElement("p"), { id: "query-hint", className: "small", textContent: words.hint });
  place.append(hint);
  const input = editor.getInputField();
  input.id = "query-editor";
  label.htmlFor = input.id;
  input.setAttribute("aria-label", label.textContent);
  input.setAttribute("aria-describedby", ["query-hint", area.getAttribute("aria-describedby")].filter(Boolean).join(" "));
  if (area.getAttribute("aria-invalid")) input.setAttribute("aria-invalid", "true");
}

const area = document.getElementById("query");
const prefixes = await loadPrefixes().catch(() => ({}));
const editor = replaceTextArea(area, prefixes);
showError(editor, document.getElementById("error"));
