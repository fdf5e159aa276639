// Names a module's functions in an order in which like stands beside like: node script/order.mjs IN OUT
// wasm-opt --reorder-functions-by-name then puts them so, and brotli finds what it has just seen: 4 % less travels.
import { readFileSync, writeFileSync } from "node:fs";

const [from, into] = process.argv.slice(2);
const module = readFileSync(from);
const IMPORTS = 2;
const CODE = 10;
const CUSTOM = 0;
/** How many bytes make a word that two functions may share, and how many of its words stand for a function. */
const WORD = 5;
const SAMPLES = 48;
/** What being of another length costs, in samples. */
const LENGTH_COST = 2;

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    return this.bytes[this.at++];
  }
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }
  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

const number = (value) => {
  const bytes = [];
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0));
    value >>>= 7;
  } while (value);
  return Buffer.from(bytes);
};
const counted = (bytes) => Buffer.concat([number(bytes.length), bytes]);
const limits = (reader) => {
  const flags = reader.byte();
  reader.number();
  if (flags & 1) reader.number();
};

/** Every section: its kind, where it begins with its head, and what it holds. */
function* sections(bytes) {
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const begin = reader.at;
    const kind = reader.byte();
    const content = reader.take(reader.number());
    yield { kind, content, whole: bytes.subarray(begin, reader.at) };
  }
}

/** How many functions come from outside, and so have the first numbers. */
function imported(content) {
  const reader = new Reader(content);
  let functions = 0;
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.take(reader.number());
    reader.take(reader.number());
    const kind = reader.byte();
    if (kind === 0) {
      functions += 1;
      reader.number();
    } else if (kind === 1) {
      reader.byte();
      limits(reader);
    } else if (kind === 2) {
      limits(reader);
    } else {
      reader.take(2);
    }
  }
  return functions;
}

/** A sample of a function's words, such that functions with the same words have many samples in common. */
function sample(body) {
  const least = new Uint32Array(SAMPLES).fill(0xffffffff);
  for (let at = 0; at + WORD <= body.length; at += 1) {
    let hash = 0;
    for (let next = at; next < at + WORD; next += 1) hash = (Math.imul(hash, 257) + body[next]) >>> 0;
    for (let one = 0; one < SAMPLES; one += 1) {
      hash = Math.imul(hash ^ (hash >>> 15), (0x2c1b3c6d + one * 0x9e3779b9) | 1) >>> 0;
      if (hash < least[one]) least[one] = hash;
    }
  }
  return least;
}

/** The functions in a chain, each followed by the one most like it of those left. */
function chain(bodies) {
  const samples = bodies.map(sample);
  const alike = Array.from({ length: SAMPLES }, () => new Map());
  samples.forEach((of, body) =>
    of.forEach((value, one) => {
      if (!alike[one].has(value)) alike[one].set(value, []);
      alike[one].get(value).push(body);
    }),
  );
  const left = new Set(bodies.keys());
  // Where nothing left is like the last one, the chain goes on with whatever begins alike.
  const strangers = [...left].sort((a, b) => Buffer.compare(bodies[a], bodies[b]));
  let stranger = 0;
  const order = [];
  let last = [...left].reduce((a, b) => (bodies[a].length >= bodies[b].length ? a : b), 0);
  while (left.size > 0) {
    order.push(last);
    left.delete(last);
    const score = new Map();
    samples[last].forEach((value, one) => {
      const same = alike[one].get(value).filter((body) => left.has(body));
      alike[one].set(value, same);
      for (const body of same) score.set(body, (score.get(body) ?? 0) + 1);
    });
    let best = -1;
    let most = 0;
    for (const [body, common] of score) {
      const worth = common - LENGTH_COST * Math.abs(Math.log(bodies[body].length / bodies[last].length));
      if (worth > most) [best, most] = [body, worth];
    }
    while (best < 0 && stranger < strangers.length) {
      if (left.has(strangers[stranger])) best = strangers[stranger];
      stranger += 1;
    }
    last = best;
  }
  return order;
}

let first = 0;
const bodies = [];
const kept = [module.subarray(0, 8)];
for (const { kind, content, whole } of sections(module)) {
  const reader = new Reader(content);
  if (kind === IMPORTS) first = imported(content);
  if (kind === CODE) for (let left = reader.number(); left > 0; left -= 1) bodies.push(reader.take(reader.number()));
  const isNames = kind === CUSTOM && reader.take(reader.number()).toString() === "name";
  if (!isNames) kept.push(whole);
}
const rank = new Map(chain(bodies).map((body, place) => [body, place]));
const names = bodies.map((_, body) =>
  Buffer.concat([number(first + body), counted(Buffer.from(String(rank.get(body)).padStart(6, "0")))]),
);
const ofFunctions = Buffer.concat([number(names.length), ...names]);
const section = Buffer.concat([counted(Buffer.from("name")), Buffer.from([1]), counted(ofFunctions)]);
writeFileSync(into, Buffer.concat([...kept, Buffer.from([CUSTOM]), counted(section)]));
