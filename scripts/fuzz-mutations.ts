/** Changes to an input: those of AFL to octets (bits, lengths, blocks, splices), and to text those that a log's parser stumbles over. */

/** What an input may grow to, octets; only runs that overflow a line go beyond. */
const LONGEST = 1 << 14;
/** Longer than any line that is read. */
const OVERLONG = (1 << 18) + 10;

const INTERESTING_8 = [0, 1, 4, 5, 6, 8, 16, 17, 47, 0x45, 0x60, 0x7f, 0x80, 0xff] as const;
const INTERESTING_16 = [
  0, 1, 9, 10, 20, 28, 40, 256, 0x0800, 0x0806, 0x8100, 0x86dd, 0x8847, 0x8864, 0x88be, 4789, 6081, 2152, 0x7fff, 0x8000, 0xffff,
] as const;
const INTERESTING_32 = [0, 1, 12, 101, 262_144, 262_145, 0x0a0d0d0a, 0x1a2b3c4d, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff] as const;

/** What stands for a number: at the edges of columns, of integers and of what is a number at all. */
const NUMBERS = [
  ..."0 00 -0 -1 1 255 256 65535 65536 2147483648 4294967295 4294967296 9007199254740993 18446744073709551616 1e308 1e309 -1e400 0x10".split(
    " ",
  ),
  ..."NaN Infinity 1.5 .5 5. 1,5 1_000 ١٢ - null".split(" "),
  "9".repeat(40),
  "9".repeat(400),
  `0.${"3".repeat(60)}`,
  "0".repeat(70),
] as const;

/** What is put between octets of a text: separators, quotes, brackets, control characters, words that formats know. */
const TOKENS = [
  ...Array.from(" \t,;|=:\"'`\\/()[]{}<>#%&*+-._~@$^!?\n\r\0\u0001\u0007\b\u001b\u007f"),
  ...'\n\n|\r\n|\r|  |,,|\t\t|==|::|\\"|\\u0000|\\ud800|{}|[]|[[|{{|""|\'\'|->|<->|=>|//|/0|/129|..|0.0.0.0|255.255.255.255|256.1.1.1|1.2.3|::1'.split(
    "|",
  ),
  ..."::ffff:1.2.3.4|fe80::1%eth0|2001:db8::1|1:2:3:4:5:6:7:8:9|<0>|<191>|<999>|<13>1 |%ASA-6-302013: |%ASA-4-106023: |kernel: |[123.456789] ".split(
    "|",
  ),
  ..." IN=| OUT=| SRC=| DST=| PROTO=| SPT=0| DPT=0|filterlog[1]: |tcp|udp|icmp|ICMPv6|SYN|#fields\t|#close\t|null|true|false|-|(empty)|1970-01-01".split(
    "|",
  ),
  ..."2013-11-02T01:00:00Z|2013-02-30T25:61:61+99:99|Feb 29 23:59:60|Jan  1 00:00:00|Dec 31 23:59:59|0000-00-00|\u00e9|\ud83d\ude00|\ufeff".split(
    "|",
  ),
] as const;

/** What a line is made too long with. */
const RUNS = [" ", '"', "[", "{", "(", "<", ",", ":", "=", "\\", "0", "a", "\0"] as const;

/** Separators at which a text falls into fields. */
const SEPARATORS = /([ \t,;|=:"\n]+)/;
const NUMBER = /\d+(?:\.\d+)?/g;

/** A generator of 32-bit numbers (xorshift) that depends on nothing but its two arguments. */
export function randomOf(a: number, b: number): () => number {
  let state = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 1, 0xc2b2ae35);
  state = Math.imul(state ^ (state >>> 15), 0x27d4eb2f) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** One of a list. */
export function pick<T>(list: readonly T[], random: () => number): T {
  const picked = list[random() % list.length];
  if (picked === undefined) throw new Error("nothing to pick from");
  return picked;
}

/** An input with up to sixteen changes; `other` gives what is spliced in. Text is changed as text, mostly. */
export function mutate(base: Uint8Array, isText: boolean, other: () => Uint8Array, random: () => number): Uint8Array {
  const changes = 1 << (random() % 5);
  if (!isText || random() % 5 === 0) return mutateOctets(base, changes, other, random);
  let text = textOf(base);
  for (let change = 0; change < changes; change++) {
    const mutant = mutateText(text, () => textOf(other()), random);
    text = mutant.length > LONGEST ? mutant.slice(0, LONGEST) : mutant;
  }
  if (random() % 400 === 0) text = splice(text, pick(RUNS, random).repeat(OVERLONG), random);
  return new Uint8Array(Buffer.from(text, "utf8"));
}

/** Octets that are no UTF-8 become U+FFFD: octets are changed by the other half of the mutations. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function mutateText(text: string, other: () => string, random: () => number): string {
  switch (random() % 12) {
    case 0:
    case 1:
      return rearranged(text.split(SEPARATORS), 2, random).join("");
    case 2:
      return rearranged(text.split(/(\n)/), 2, random).join("");
    case 3:
    case 4:
      return withNumber(text, random);
    case 5:
      return splice(text, pick(TOKENS, random), random);
    case 6:
      return splice(text, pick(TOKENS, random).repeat(1 << (random() % 11)), random);
    case 7: {
      const at = random() % (text.length + 1);
      return text.slice(0, at) + text.slice(at + 1 + (random() % 24));
    }
    case 8: {
      // The head of one line, the tail of another's
      const source = other();
      const from = random() % (source.length + 1);
      const line = random() % 2 === 0 ? Math.max(0, source.indexOf("\n", from)) : from;
      return text.slice(0, random() % (text.length + 1)) + source.slice(line);
    }
    case 9: {
      const source = other().split(SEPARATORS);
      const fields = text.split(SEPARATORS);
      fields[2 * (random() % Math.ceil(fields.length / 2))] = pick(source, random);
      return fields.join("");
    }
    case 10: {
      const at = random() % (text.length + 1);
      const part = text.slice(at, at + 1 + (random() % 40));
      return splice(text, random() % 2 === 0 ? part.toUpperCase() : part.repeat(1 + (random() % 20)), random);
    }
    default:
      if (random() % 4 === 0) return text.replaceAll("\n", pick(["\r\n", "\r", "", "\n\n", " "], random));
      return random() % 4 === 0 ? text.slice(0, random() % (text.length + 1)) : splice(text, pick(NUMBERS, random), random);
  }
}

/** Parts with one of them (every `step`th is one, between separators) doubled, taken out, or in the place of another. */
function rearranged(parts: string[], step: number, random: () => number): string[] {
  const count = Math.ceil(parts.length / step);
  const one = step * (random() % count);
  const two = step * (random() % count);
  switch (random() % 4) {
    case 0:
      parts.splice(one, step, ...parts.slice(two, two + step), ...parts.slice(one, one + step));
      break;
    case 1:
      parts.splice(one, step);
      break;
    case 2:
      parts[one] = "";
      break;
    default: {
      const first = parts[one] ?? "";
      parts[one] = parts[two] ?? "";
      parts[two] = first;
    }
  }
  return parts;
}

function withNumber(text: string, random: () => number): string {
  const numbers = [...text.slice(0, LONGEST).matchAll(NUMBER)];
  if (numbers.length === 0) return text;
  const chosen = pick(numbers, random);
  return text.slice(0, chosen.index) + pick(NUMBERS, random) + text.slice(chosen.index + chosen[0].length);
}

function splice(text: string, insert: string, random: () => number): string {
  const at = random() % (text.length + 1);
  return text.slice(0, at) + insert + text.slice(at);
}

function mutateOctets(base: Uint8Array, changes: number, other: () => Uint8Array, random: () => number): Uint8Array {
  let bytes = new Uint8Array(base);
  for (let change = 0; change < changes && bytes.length > 8; change++) {
    const at = random() % bytes.length;
    const view = new DataView(bytes.buffer);
    switch (random() % 10) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (random() % 8));
        break;
      case 1:
        bytes[at] = random();
        break;
      case 2:
        bytes[at] = pick(INTERESTING_8, random);
        break;
      case 3:
        if (at + 2 <= bytes.length) view.setUint16(at, pick(INTERESTING_16, random), random() % 2 === 0);
        break;
      case 4:
        if (at + 4 <= bytes.length) view.setUint32(at, pick(INTERESTING_32, random), random() % 2 === 0);
        break;
      case 5:
        bytes[at] = (bytes[at] ?? 0) + (random() % 35) - 17;
        break;
      case 6: {
        const length = 1 + (random() % 64);
        bytes.copyWithin(random() % bytes.length, at, at + length);
        break;
      }
      case 7: {
        const cut = 1 + (random() % 32);
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + cut));
        break;
      }
      case 8: {
        const source = other();
        const from = random() % source.length;
        bytes = joined(bytes.subarray(0, at), source.subarray(from, from + 1 + (random() % 128)), bytes.subarray(at));
        break;
      }
      default:
        if (random() % 4 === 0) bytes = bytes.slice(0, at);
    }
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
