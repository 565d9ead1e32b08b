/** What users write for live sources, recognised in one place. */
import { UsageError } from "../../model/errors.ts";
import type { LiveSource, SourcePosition } from "../live.ts";
import { parseEndpoint } from "./endpoint.ts";
import { InterfaceSource } from "./interface.ts";
import { JournalSource } from "./journal.ts";
import { KafkaSource } from "./kafka.ts";
import { SyslogServer } from "./syslog-server.ts";
import { TailSource } from "./tail.ts";
import { UdpSource } from "./udp.ts";

/** The forms, for help and errors. */
export const LIVE_SOURCE_FORMS: readonly { readonly form: string; readonly what: string }[] = [
  { form: "udp://[ADDRESS]:PORT", what: "flow export (NetFlow, IPFIX, sFlow) or syslog datagrams" },
  { form: "syslog+udp://[ADDRESS][:PORT]", what: "syslog over UDP (514)" },
  { form: "syslog+tcp://[ADDRESS][:PORT]", what: "syslog over TCP (514), counted or a message a line" },
  {
    form: "syslog+tls://[ADDRESS][:PORT]?cert=FILE&key=FILE[&ca=FILE]",
    what: "syslog over TLS (6514); with ca, senders need a certificate",
  },
  { form: "tail:FILE", what: "a growing file, through rotation" },
  { form: "journald:[MATCH…]", what: "the systemd journal; matches as for journalctl, or a folder of journal files" },
  { form: "interface:NAME", what: "packets of a network interface, by tcpdump or dumpcap" },
  { form: "kafka://BROKER[,BROKER…]/TOPIC[?group=NAME&from=start]", what: "a Kafka topic of JSON or goflow2 messages" },
];

/** What holds for all live sources of a run. */
export interface LiveOptions {
  /** Folder in which places in files and journals are saved, or null to save none. */
  readonly stateFolder: string | null;
  /** The place of this very source, where somebody else keeps it: goes before the folder. */
  readonly saved?: SourcePosition | null;
  /** Files and topics without a saved place are read from their start, not from now on. */
  readonly fromStart: boolean;
  /** Plain paths are followed too. */
  readonly follow: boolean;
}

const SCHEMES = "udp://, syslog+udp://, syslog+tcp://, syslog+tls:// and kafka://";
const SCHEME = /^(?<scheme>[a-z][a-z+]*):(?<rest>.*)$/s;
const DEVICE = /^[\w.@:%+-]{1,64}$/;
const MATCH = /^(?:[A-Z_][A-Z0-9_]*=.*|\+)$/s;
const BROKER = /^(?:\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::\d{1,5})?$/;
const TOPIC = /^[\w.-]{1,249}$/;
const DEFAULT_BROKER_PORT = 9092;

/**
 * The live source that `text` names, not yet started; null where it names none (then it is a path).
 * @throws UsageError where it is of a form of live sources and does not fit
 */
export function parseLiveSource(text: string, options: LiveOptions): LiveSource | null {
  const groups = SCHEME.exec(text)?.groups;
  const rest = groups?.["rest"] ?? "";
  switch (groups?.["scheme"]) {
    case "udp":
      return new UdpSource(text, parseEndpoint(authorityOf(text, rest), text, null));
    case "syslog+udp":
      return new UdpSource(text, parseEndpoint(authorityOf(text, rest), text, 514));
    case "syslog+tcp":
      return new SyslogServer(text, parseEndpoint(authorityOf(text, rest), text, 514), null);
    case "syslog+tls":
      return syslogTls(text, rest);
    case "tail":
      if (rest === "") throw new UsageError(`${text}: needs a path, as in tail:/var/log/kern.log`);
      return new TailSource(text, rest, options);
    case "journald":
      return journal(text, rest, options);
    case "interface":
      if (!DEVICE.test(rest) || rest.startsWith("-")) throw new UsageError(`${text}: '${rest}' is not the name of an interface`);
      return new InterfaceSource(text, rest);
    case "kafka":
      return kafka(text, rest, options);
    case undefined:
    default:
      if (rest.startsWith("//")) throw new UsageError(`${text}: there are no sources of that kind; there are ${SCHEMES}`);
      return options.follow && text !== "-" ? new TailSource(text, text, options) : null;
  }
}

/** What stands behind `//`, where there is nothing else. */
function authorityOf(text: string, rest: string): string {
  if (!rest.startsWith("//")) throw new UsageError(`${text}: is written with //, as in ${text.split(":")[0]}://127.0.0.1:2055`);
  const authority = rest.slice(2).replace(/\/$/, "");
  if (/[/?#@]/.test(authority)) throw new UsageError(`${text}: takes an address and a port, nothing else`);
  return authority;
}

function syslogTls(text: string, rest: string): LiveSource {
  const { before, parameters } = splitQuery(text, rest, ["cert", "key", "ca"]);
  const [certificate, key] = [parameters.get("cert"), parameters.get("key")];
  if (certificate === undefined || key === undefined) {
    throw new UsageError(`${text}: needs a certificate and its key: syslog+tls://:6514?cert=server.pem&key=server.key`);
  }
  const files = { certificate, key, clientAuthority: parameters.get("ca") ?? null };
  return new SyslogServer(text, parseEndpoint(authorityOf(text, before), text, 6514), files);
}

function journal(text: string, rest: string, { stateFolder, saved = null }: LiveOptions): LiveSource {
  const words = rest.split(/\s+/).filter((word) => word !== "");
  const directory = words[0]?.startsWith("/") === true ? (words.shift() ?? null) : null;
  for (const word of words) {
    if (!MATCH.test(word)) throw new UsageError(`${text}: '${word}' is not a match; journald:_TRANSPORT=kernel is one`);
  }
  return new JournalSource(text, { matches: words, directory, stateFolder, saved });
}

function kafka(text: string, rest: string, options: LiveOptions): LiveSource {
  const { before, parameters } = splitQuery(text, rest, ["group", "from", "tls", "ca", "user", "password-file", "mechanism"]);
  const [brokers = "", topic = "", ...more] = before.replace(/^\/\//, "").split("/");
  if (!before.startsWith("//") || more.length > 0) throw new UsageError(`${text}: is written kafka://BROKER[,BROKER…]/TOPIC`);
  const list = brokers.split(",").map((broker) => (/:\d+$/.test(broker) ? broker : `${broker}:${DEFAULT_BROKER_PORT}`));
  for (const broker of list) if (!BROKER.test(broker)) throw new UsageError(`${text}: '${broker}' is not a broker's host and port`);
  if (!TOPIC.test(topic))
    throw new UsageError(`${text}: ${topic === "" ? "needs a topic" : `'${topic}' is not a topic`}: kafka://host:9092/flows`);
  const from = parameters.get("from") ?? (options.fromStart ? "start" : "now");
  if (from !== "start" && from !== "now") throw new UsageError(`${text}: from=${from}: is start or now`);
  const ca = parameters.get("ca") ?? null;
  const tls = parameters.get("tls") ?? (ca === null ? "no" : "yes");
  if (tls !== "yes" && tls !== "no") throw new UsageError(`${text}: tls=${tls}: is yes or no`);
  if (tls === "no" && ca !== null) throw new UsageError(`${text}: ca is of TLS, and tls=no`);
  return new KafkaSource(text, {
    brokers: list,
    topic,
    group: parameters.get("group") ?? "precursor",
    fromStart: from === "start",
    tls: tls === "yes" ? { authority: ca } : null,
    sasl: sasl(text, parameters),
    saved: options.saved ?? null,
  });
}

function sasl(text: string, parameters: ReadonlyMap<string, string>): { mechanism: Mechanism; user: string; passwordFile: string } | null {
  const user = parameters.get("user");
  const passwordFile = parameters.get("password-file");
  if (user === undefined && passwordFile === undefined) return null;
  if (user === undefined || passwordFile === undefined) throw new UsageError(`${text}: user and password-file go together`);
  const wanted = (parameters.get("mechanism") ?? "plain").toUpperCase();
  const mechanism = MECHANISMS.find((known) => known === wanted);
  if (mechanism === undefined) throw new UsageError(`${text}: mechanism is one of ${MECHANISMS.join(", ").toLowerCase()}`);
  return { mechanism, user, passwordFile };
}

const MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
type Mechanism = (typeof MECHANISMS)[number];

/** Splits `…?name=value&…`; only names in `known` may stand there. */
function splitQuery(text: string, rest: string, known: readonly string[]): { before: string; parameters: ReadonlyMap<string, string> } {
  const mark = rest.indexOf("?");
  if (mark < 0) return { before: rest, parameters: new Map() };
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rest.slice(mark + 1).replaceAll("+", "%2B"))) {
    if (!known.includes(name)) throw new UsageError(`${text}: no parameter '${name}' here; there are ${known.join(", ")}`);
    if (value === "") throw new UsageError(`${text}: ${name} is empty`);
    parameters.set(name, value);
  }
  return { before: rest.slice(0, mark), parameters };
}
