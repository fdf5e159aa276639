// What no page uses is not sent: drops the rules of a style sheet whose classes stand nowhere in the source.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Every word of the source that could be a class. */
export function words(folder) {
  const found = new Set();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(rs|svg|css)$/.test(entry.name)) continue;
    const text = readFileSync(join(entry.parentPath ?? entry.path, entry.name), "utf8");
    for (const [word] of text.matchAll(/[A-Za-z][\w-]*/g)) found.add(word);
  }
  return found;
}

/** The sheet without the rules none of whose selectors can match anything. */
export function prune(sheet, used) {
  let at = 0;
  return block();

  // Everything up to the brace that closes this block.
  function block() {
    let out = "";
    while (at < sheet.length && sheet[at] !== "}") {
      const { text, end } = piece();
      if (end !== "{") {
        out += text + (end === ";" ? ";" : "");
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
