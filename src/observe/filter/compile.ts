/** A filter expression as a predicate over the rows of a batch: closures over the columns, none of which allocates. */
import type { Network } from "../../model/address.ts";
import {
  FLAGS_UNKNOWN,
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  GRADE_CONFIRMED,
  type ObservationBatch,
  OPTION_MSS,
} from "../../model/observation.ts";
import {
  PROTOCOL_ARP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_TCP,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
} from "../../model/protocol.ts";
import type { Comparison, Direction, Expression } from "./expression.ts";
import { NetworkSet } from "./network-set.ts";
import { parseFilter } from "./parser.ts";
import type { Shorthand } from "./vocabulary.ts";

/** Ranges of ports up to which comparing them beats a lookup in a table of all ports. */
const MAX_COMPARED_RANGES = 2;

/** The flags that tell a TCP scan's technique; ECN bits and AE may go with any of them. */
const CLASSIC_FLAGS = TCP_FIN | TCP_SYN | TCP_RST | TCP_PSH | TCP_ACK | TCP_URG;

type Predicate = (batch: ObservationBatch, row: number) => boolean;
/** A column's number in a row, or -1 where the row has none. */
type Reading = (batch: ObservationBatch, row: number) => number;

/** A compiled filter. */
export interface RowFilter {
  /** The expression as it was written. */
  readonly text: string;
  /** Whether the row passes. `row` must be below `batch.length`. */
  matches(batch: ObservationBatch, row: number): boolean;
}

/** Compiles an expression (docs/filter.md has the language). Throws FilterError, with the column where it breaks, and nothing else. */
export function compileFilter(text: string): RowFilter {
  return { text, matches: compile(parseFilter(text)) };
}

function compile(expression: Expression): Predicate {
  switch (expression.kind) {
    case "and":
      return conjunction(expression.parts.map(compile));
    case "or":
      return disjunction(joinNetworks(expression.parts).map(compile));
    case "not": {
      const inner = compile(expression.part);
      return (batch, row) => !inner(batch, row);
    }
    case "carrier": {
      if (expression.carrier.kind === "family") {
        const { family } = expression.carrier;
        return (batch, row) => batch.family[row] === family && batch.protocol[row] !== PROTOCOL_ARP;
      }
      const { number } = expression.carrier;
      return (batch, row) => batch.protocol[row] === number;
    }
    case "port":
      return portPredicate(expression.direction, expression.ranges);
    case "network":
      return networkPredicate(expression.direction, expression.networks);
    case "shorthand":
      return SHORTHAND_PREDICATES[expression.name];
    case "fragment": {
      const part = expression.part === "first" ? FRAGMENT_FIRST : FRAGMENT_LATER;
      return (batch, row) => batch.fragment[row] === part;
    }
    case "flags": {
      const { mask } = expression;
      return comparing(expression.comparison, expression.value, (batch, row) => {
        const flags = batch.tcpFlags[row]!;
        return batch.protocol[row] === PROTOCOL_TCP && flags !== FLAGS_UNKNOWN ? flags & mask : -1;
      });
    }
    case "field":
      return comparing(expression.comparison, expression.value, FIELD_READINGS[expression.field] ?? NOTHING);
  }
}

/** The parts of an `or` with its tests of addresses joined by direction: `host A or host B` is `host A, B`. */
function joinNetworks(parts: readonly Expression[]): readonly Expression[] {
  const lists = new Map<Direction, Network[]>();
  const joined: Expression[] = [];
  for (const part of parts) {
    if (part.kind !== "network" || part.direction === "both") {
      joined.push(part);
      continue;
    }
    const list = lists.get(part.direction);
    if (list !== undefined) {
      for (const network of part.networks) list.push(network);
      continue;
    }
    const networks = [...part.networks];
    lists.set(part.direction, networks);
    joined.push({ ...part, networks });
  }
  return joined;
}

function conjunction(parts: readonly Predicate[]): Predicate {
  const [first, second] = parts;
  if (first !== undefined && second !== undefined && parts.length === 2) {
    return (batch, row) => first(batch, row) && second(batch, row);
  }
  return (batch, row) => {
    for (let i = 0; i < parts.length; i++) if (!parts[i]!(batch, row)) return false;
    return true;
  };
}

function disjunction(parts: readonly Predicate[]): Predicate {
  const [first, second] = parts;
  if (first !== undefined && parts.length === 1) return first;
  if (first !== undefined && second !== undefined && parts.length === 2) {
    return (batch, row) => first(batch, row) || second(batch, row);
  }
  return (batch, row) => {
    for (let i = 0; i < parts.length; i++) if (parts[i]!(batch, row)) return true;
    return false;
  };
}

function portPredicate(direction: Direction, ranges: readonly (readonly [number, number])[]): Predicate {
  if (ranges.length <= MAX_COMPARED_RANGES) {
    return disjunction(ranges.map(([low, high]) => portRangePredicate(direction, low, high)));
  }
  const wanted = new Uint8Array(65536);
  for (const [low, high] of ranges) wanted.fill(1, low, high + 1);
  // NO_PORT is -1: outside the table, hence undefined, hence not wanted.
  const source: Predicate = (batch, row) => wanted[batch.sourcePort[row]!] === 1;
  const destination: Predicate = (batch, row) => wanted[batch.destinationPort[row]!] === 1;
  return directed(direction, source, destination);
}

function portRangePredicate(direction: Direction, low: number, high: number): Predicate {
  // NO_PORT is -1, and `low` at least 0.
  const source: Predicate = (batch, row) => batch.sourcePort[row]! >= low && batch.sourcePort[row]! <= high;
  const destination: Predicate = (batch, row) => batch.destinationPort[row]! >= low && batch.destinationPort[row]! <= high;
  return directed(direction, source, destination);
}

function networkPredicate(direction: Direction, networks: readonly Network[]): Predicate {
  // `src and dst net A, B` asks for both ends in A, or both in B.
  if (direction === "both" && networks.length > 1) return disjunction(networks.map((network) => networkPredicate("both", [network])));
  const set = new NetworkSet(networks);
  const source: Predicate = (batch, row) => (batch.family[row] === 6 ? set.hasIPv6(batch.source6, row) : set.hasIPv4(batch.source[row]!));
  const destination: Predicate = (batch, row) =>
    batch.family[row] === 6 ? set.hasIPv6(batch.destination6, row) : set.hasIPv4(batch.destination[row]!);
  return directed(direction, source, destination);
}

function directed(direction: Direction, source: Predicate, destination: Predicate): Predicate {
  switch (direction) {
    case "source":
      return source;
    case "destination":
      return destination;
    case "either":
      return disjunction([source, destination]);
    case "both":
      return conjunction([source, destination]);
  }
}

const SHORTHAND_PREDICATES: Readonly<Record<Shorthand, Predicate>> = {
  syn: (batch, row) => knowsFlags(batch, row) && (batch.tcpFlags[row]! & (TCP_SYN | TCP_ACK)) === TCP_SYN,
  "syn-ack": (batch, row) => knowsFlags(batch, row) && (batch.tcpFlags[row]! & (TCP_SYN | TCP_ACK)) === (TCP_SYN | TCP_ACK),
  null: (batch, row) => knowsFlags(batch, row) && (batch.tcpFlags[row]! & CLASSIC_FLAGS) === 0,
  xmas: (batch, row) => knowsFlags(batch, row) && (batch.tcpFlags[row]! & CLASSIC_FLAGS) === (TCP_FIN | TCP_PSH | TCP_URG),
  fragment: (batch, row) => batch.fragment[row] === FRAGMENT_FIRST || batch.fragment[row] === FRAGMENT_LATER,
  portzero: (batch, row) => batch.sourcePort[row] === 0 || batch.destinationPort[row] === 0,
  confirmed: (batch, row) => batch.grade[row] === GRADE_CONFIRMED,
  tunnelled: (batch, row) => batch.tunnels[row] !== 0,
};

function knowsFlags(batch: ObservationBatch, row: number): boolean {
  return batch.protocol[row] === PROTOCOL_TCP && batch.tcpFlags[row] !== FLAGS_UNKNOWN;
}

const NOTHING: Reading = () => -1;

const FIELD_READINGS: Readonly<Record<string, Reading>> = {
  ttl: (batch, row) => (batch.protocol[row] === PROTOCOL_ARP ? -1 : batch.ttl[row]!),
  length: (batch, row) => (batch.protocol[row] === PROTOCOL_ARP ? -1 : batch.bytes[row]!),
  payload: (batch, row) => (batch.protocol[row] === PROTOCOL_ARP ? -1 : batch.payload[row]!),
  window: (batch, row) => (knowsFlags(batch, row) ? batch.window[row]! : -1),
  mss: (batch, row) => (knowsFlags(batch, row) && (batch.options[row]! & OPTION_MSS) !== 0 ? batch.mss[row]! : -1),
  ipid: (batch, row) => (batch.family[row] === 6 || batch.protocol[row] === PROTOCOL_ARP ? -1 : batch.ipId[row]!),
  tos: (batch, row) => (batch.protocol[row] === PROTOCOL_ARP ? -1 : batch.tos[row]!),
  icmptype: (batch, row) => (isIcmp(batch, row) ? batch.icmpType[row]! : -1),
  icmpcode: (batch, row) => (isIcmp(batch, row) ? batch.icmpCode[row]! : -1),
};

/** Whether the row is of ICMP or ICMPv6 and has its type: later fragments have none. */
function isIcmp(batch: ObservationBatch, row: number): boolean {
  const protocol = batch.protocol[row];
  return (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) && batch.fragment[row] !== FRAGMENT_LATER;
}

/** A row without the number (a reading of -1) passes no comparison, not even `!=`. */
function comparing(comparison: Comparison, value: number, reading: Reading): Predicate {
  switch (comparison) {
    case "<":
      return (batch, row) => {
        const number = reading(batch, row);
        return number >= 0 && number < value;
      };
    case "<=":
      return (batch, row) => {
        const number = reading(batch, row);
        return number >= 0 && number <= value;
      };
    case ">":
      return (batch, row) => reading(batch, row) > value;
    case ">=":
      return (batch, row) => reading(batch, row) >= value;
    case "=":
      return (batch, row) => reading(batch, row) === value;
    case "!=":
      return (batch, row) => {
        const number = reading(batch, row);
        return number >= 0 && number !== value;
      };
  }
}
