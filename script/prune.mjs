// What no page uses is not sent: drops the rules of a style sheet whose classes stand nowhere in the source.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Every word in the strings of the source: among them is each class that is given to anything. What people read stands
 * in a folder of its own, and gives none. */
export function words(folder) {
  const found = new Set();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (!entry.isFile() || !entry.name.endsWith(".rs") || path.includes("/ui/text/")) continue;
    const source = readFileSync(path, "utf8");
    const code = source.replace(/^\s*\/\/.*$/gm, "").replaceAll(`'"'`, "");
    for (const [text] of code.matchAll(/"(?:[^"\\]|\\.)*"/gs)) {
      for (const [word] of text.matchAll(/[A-Za-z][\w-]*/g)) found.add(word);
    }
  }
  return found;
}

/** The sheet without the rules none of whose selectors can match anything, and without values nobody asks for. */
export function prune(sheet, used, beside = "") {
  for (let before; before !== sheet; ) {
    before = sheet;
    sheet = pass(sheet, used, asked(sheet + beside));
  }
  return sheet;
}

function asked(text) {
  return new Set([...text.matchAll(/var\(\s*(--[\w-]+)/g)].map(([, name]) => name));
}

function pass(sheet, used, wanted) {
  let at = 0;
  return block();

  // Everything up to the brace that closes this block.
  function block() {
    let out = "";
    while (at < sheet.length && sheet[at] !== "}") {
      const { text, end } = piece();
      if (end !== "{") {
        const name = text.match(/^\s*(--[\w-]+)\s*:/)?.[1];
        if (name && !wanted.has(name)) continue;
        out += (name ? text.replace(/:\s+/, ":") : text) + (end === ";" ? ";" : "");
        continue;
      }
      at += 1;
      if (/^@(keyframes|font-face|property|page|counter-style)/.test(text)) {
        out += `${text}{${verbatim()}}`;
      } else {
        const inner = block();
        const kept = text.startsWith("@") ? text : alive(text);
        if (kept && (inner || text.startsWith("@layer"))) out += `${kept}{${inner}}`;
      }
      at += 1;
    }
    return out;
  }

  // A declaration, or what stands before a brace.
  function piece() {
    const from = at;
    let depth = 0;
    for (; at < sheet.length; at += 1) {
      const sign = sheet[at];
      if (sign === "\\") at += 1;
      else if (sign === '"' || sign === "'") {
        do at += sheet[at] === "\\" ? 2 : 1;
        while (at < sheet.length && sheet[at] !== sign);
      }
      else if (sign === "(" || sign === "[") depth += 1;
      else if (sign === ")" || sign === "]") depth -= 1;
      else if (depth === 0 && (sign === "{" || sign === ";" || sign === "}")) break;
    }
    const text = sheet.slice(from, at);
    const end = sheet[at];
    if (end === ";") at += 1;
    return { text, end };
  }

  function verbatim() {
    const from = at;
    for (let depth = 0; sheet[at] !== "}" || depth > 0; at += 1) {
      if (sheet[at] === "{") depth += 1;
      if (sheet[at] === "}") depth -= 1;
    }
    return sheet.slice(from, at);
  }

  function alive(selectors) {
    const kept = split(selectors).filter((selector) => {
      // What stands in brackets is an alternative, or a negation.
      let plain = selector;
      for (let before; before !== plain; ) {
        before = plain;
        plain = plain.replace(/\([^()]*\)|\[[^\]]*\]/g, "");
      }
      return [...plain.matchAll(/\.([A-Za-z][\w-]*)/g)].every(([, name]) => used.has(name));
    });
    return kept.join(",");
  }

  function split(selectors) {
    const parts = [];
    let depth = 0;
    let from = 0;
    for (let i = 0; i < selectors.length; i += 1) {
      if ("([".includes(selectors[i])) depth += 1;
      else if (")]".includes(selectors[i])) depth -= 1;
      else if (selectors[i] === "," && depth === 0) {
        parts.push(selectors.slice(from, i));
        from = i + 1;
      }
    }
    return [...parts, selectors.slice(from)];
  }
}
