/** Values in a filter: numbers, ports, hosts and networks, each with the error that helps. */
import { FilterError } from "../../model/errors.ts";
import { type Network, parseNetwork } from "../../model/address.ts";
import type { Comparison } from "./expression.ts";
import type { Token } from "./tokens.ts";
import { SERVICES, suggestion, WORDS } from "./vocabulary.ts";

/** Longest part of a token that a message repeats, characters. */
const MAX_SHOWN = 40;

/** The comparison that a sign stands for, `==` being `=`; null where it is none. */
export function comparisonOf(token: Token): Comparison | null {
  switch (token.text) {
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "=":
    case "!=":
      return token.text;
    case "==":
      return "=";
    default:
      return null;
  }
}

/** A decimal or `0x` number from 0 to `maximum`; `what` names it in errors. */
export function parseNumber(token: Token, maximum: number, what: string): number {
  if (!/^(?:\d{1,15}|0[xX][0-9a-fA-F]{1,12})$/.test(token.text)) {
    throw new FilterError(`"${shown(token)}" is not a number (${what})`, token.position);
  }
  const number = Number(token.text);
  if (number > maximum) throw new FilterError(`${number} is beyond ${maximum}, the largest value (${what})`, token.position);
  return number;
}

/** A port, a service's name or a range `1-1024`, as inclusive bounds. */
export function parsePorts(token: Token): readonly [number, number] {
  const text = token.text.toLowerCase();
  const service = SERVICES.get(text);
  if (service !== undefined) return [service, service];
  const range = /^(\d{1,9})(?:[-:](\d{1,9}))?$/.exec(text);
  if (range === null) throw notAPort(token, text);
  const low = Number(range[1]);
  const high = range[2] === undefined ? low : Number(range[2]);
  if (low > 65535 || high > 65535) throw new FilterError(`${Math.max(low, high)} is beyond 65535, the last port`, token.position);
  if (low > high) throw new FilterError(`the range ${text} is empty: did you mean ${high}-${low}?`, token.position);
  return [low, high];
}

/** A single address. */
export function parseHost(token: Token): Network {
  const network = parseNetwork(token.text);
  if (network === null) throw notAnAddress(token);
  if (token.text.includes("/")) {
    throw new FilterError(`"${shown(token)}" is a network: did you mean "net ${shown(token)}"?`, token.position);
  }
  return network;
}

/** A network; as in tcpdump, `net 10` is 10.0.0.0/8 and `net 192.168` is 192.168.0.0/16. */
export function parseNet(token: Token): Network {
  const network = parseNetwork(token.text);
  if (network !== null) return network;
  const short = /^(\d{1,3}(?:\.\d{1,3}){0,2})(?:\/(\d{1,3}))?$/.exec(token.text);
  if (short?.[1] !== undefined) {
    const octets = short[1].split(".").length;
    const padded = parseNetwork(`${short[1]}${".0".repeat(4 - octets)}/${short[2] ?? 8 * octets}`);
    if (padded !== null) return padded;
  }
  const slash = token.text.indexOf("/");
  if (slash > 0 && parseNetwork(token.text.slice(0, slash)) !== null) {
    const most = token.text.includes(":") ? 128 : 32;
    throw new FilterError(`the length in "${shown(token)}" is not from 0 to ${most}`, token.position);
  }
  throw notAnAddress(token);
}

/** The error for a word where an address was expected. */
export function notAnAddress(token: Token): FilterError {
  const looksLikeName = /[g-zG-Z_-]/.test(token.text) && !token.text.includes(":");
  if (looksLikeName && !WORDS.includes(token.text.toLowerCase())) {
    return new FilterError(`names are not looked up: give the address of "${shown(token)}"`, token.position);
  }
  return new FilterError(`"${shown(token)}" is not an IPv4 or IPv6 address`, token.position);
}

/** A token for a message: never longer than a line. */
export function shown(token: Token): string {
  return token.text.length > MAX_SHOWN ? `${token.text.slice(0, MAX_SHOWN)}…` : token.text;
}

function notAPort(token: Token, text: string): FilterError {
  if (parseNetwork(text) !== null) {
    return new FilterError(`"${shown(token)}" is an address, and a port was expected`, token.position);
  }
  if (/^\d/.test(text)) return new FilterError(`"${shown(token)}" is not a port; a range is written 1-1024`, token.position);
  const hint = suggestion(text, SERVICES.keys()) ?? "give the port's number";
  return new FilterError(`unknown service "${shown(token)}": ${hint}`, token.position);
}
