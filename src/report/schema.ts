/**
 * The published JSON Schema (draft 2020-12) of `precursor.report/1`. Names in it are a contract: fields are added, never renamed.
 * Objects stay open, so that a program that validates with it accepts later reports too.
 */
import { z } from "zod";
import { campaignShape, spoofingShape } from "./campaign-schema.ts";
import { assessmentShape, pastShape } from "./assessment-schema.ts";
import { labelShapes } from "./label-shapes.ts";
import { feedStateShape } from "./reputation-shapes.ts";
import { count, time } from "./schema-shapes.ts";

const maybeTime = time.nullable();
const { acknowledged, network, reserved, name, reputation } = labelShapes;
const port = z.int().min(0).max(65_535).describe("0 is a port like any other");
const counts = z.looseObject({
  source: count.describe("packets with only the source port zero"),
  destination: count.describe("packets with only the destination port zero"),
  both: count.describe("packets with both ports zero"),
});
const scan = z.looseObject({
  source: z.string(),
  kind: z.enum(["horizontal", "vertical", "block", "strobe", "distributed"]),
  technique: z.enum([
    "syn",
    "connect",
    "fin",
    "null",
    "xmas",
    "maimon",
    "ack",
    "window",
    "udp",
    "sctp-init",
    "ip-protocol",
    "icmp",
    "arp",
    "os-detection",
    "tcp-unknown",
    "other",
  ]),
  transport: z.enum(["tcp", "udp", "sctp", "icmp", "arp", "ip", "dccp", "udp-lite"]),
  ports: z.array(port).describe("most contacted first, at most 100; ICMP types, IP protocols or OS tests where the transport has no ports"),
  portCount: count,
  targets: z.array(z.string()).describe("a few, for people"),
  targetCount: count,
  contactCount: count.describe("distinct target and port"),
  darkTargetCount: count.describe("targets that were never seen sending; 0 where the records could not show it"),
  packets: count,
  firstSeen: time,
  lastSeen: time,
  tool: z.looseObject({ name: z.string(), packets: count.describe("that carry its mark") }).nullable(),
  acknowledged,
  network,
  reserved,
  name,
  reputation,
  slow: z.boolean(),
  fragmented: z.boolean(),
  spoofable: z.boolean().describe("the source never showed that it gets answers"),
  portZero: z.boolean(),
  outcomes: z.looseObject({ answered: count, refused: count, unreachable: count, silent: count }),
  decoys: z.array(z.string()),
  members: z.array(z.string()).describe("of a distributed scan, at most 100"),
  memberCount: count,
  evidence: z.array(z.string()),
});

const flood = z.looseObject({
  target: z.string(),
  technique: z.string(),
  transport: z.string(),
  ports: z.array(port).describe("most hit first, at most 100"),
  sources: count.describe("distinct addresses; most of them forged where they are many"),
  packets: count,
  firstSeen: time,
  lastSeen: time,
  evidence: z.array(z.string()),
});

const persistence = z.looseObject({
  source: z.string(),
  transport: z.enum(["tcp", "udp"]),
  targets: z.array(z.string()),
  ports: z.array(port),
  packets: count,
  firstSeen: time,
  lastSeen: time,
  wasRefused: z.boolean().describe("some asking was refused; otherwise nothing came back"),
  evidence: z.array(z.string()),
});

const backscatter = z.looseObject({
  victim: z.string(),
  transport: z.enum(["tcp", "udp", "icmp"]),
  ports: z.array(port).describe("the victim's own"),
  packets: count,
  peers: count,
  firstSeen: time,
  lastSeen: time,
  qualifies: z.boolean().describe("meets the RSDoS thresholds"),
  targets: z.array(z.string()).describe("what an amplifier's answers are aimed at, IPv4; empty for a victim"),
  isReflector: z.boolean().describe("an amplifier that is abused against few of ours, rather than a victim elsewhere"),
  portZero: z.boolean(),
  evidence: z.array(z.string()),
  acknowledged,
  network,
  reserved,
  name,
  reputation,
});

/** The shape as zod sees it; `REPORT_SCHEMA` is the same for everybody else. */
export const reportShape = z.looseObject({
  schema: z.literal("precursor.report/1"),
  generator: z.looseObject({ name: z.literal("precursor"), version: z.string() }),
  madeAt: time,
  input: z.looseObject({
    sources: z.array(
      z.looseObject({
        name: z.string(),
        format: z.string(),
        records: count,
        bytes: count.describe("octets as stored"),
        damage: z.looseObject({ offset: count, reason: z.string() }).nullable(),
        foreign: count.describe("records that spoke of something else than traffic"),
        unparsed: count.describe("records that ought to be of the format and did not parse"),
        faults: z
          .array(z.looseObject({ at: count, unit: z.enum(["line", "octet"]), reason: z.string() }))
          .describe("the first few of them, and where they stand"),
        anonymised: z.boolean().describe("its addresses were replaced before it was shared"),
        looksLike: z.string().nullable().describe("what the input looks like instead, where many records did not parse"),
        proves: z
          .looseObject({
            portsOnTheWire: z.boolean(),
            tcpFlags: z.boolean(),
            outcome: z.boolean(),
            fragments: z.boolean(),
            action: z.boolean(),
          })
          .describe("what records of the format can prove"),
        sampled: z
          .looseObject({ records: count, least: z.number(), greatest: z.number() })
          .nullable()
          .describe("records that a sampling exporter counted for many, and the factors"),
      }),
    ),
    records: count,
    skipped: z.record(z.string(), count).describe("records that gave no observation, by reason"),
    encapsulations: z.record(z.string(), count),
    live: z
      .array(
        z.looseObject({
          name: z.string(),
          place: z.string().nullable().describe("where it listened; null where it could not start"),
          health: z.string().describe('"fine", or what is wrong'),
          bytes: count,
          messages: count,
          droppedByKernel: count,
          droppedByUs: count,
          errors: count,
          unrecognised: z.looseObject({ records: count, bytes: count }),
          forgottenSenders: count,
        }),
      )
      .describe("what live sources did; empty where files were read"),
    lost: z.record(z.string(), count).describe("what exporters sent and did not arrive, as gaps in sequence numbers tell"),
    totals: z.record(z.string(), count).describe("packets by protocol and kind"),
    unreadable: z.array(z.string()),
    troubles: z.array(z.string()).describe("what a live run could not save for the next one"),
    passedOver: z.array(z.string()).describe("files of folders that are empty or of no format that is read"),
    firstSeen: maybeTime,
    lastSeen: maybeTime,
  }),
  home: z.looseObject({ networks: z.array(z.string()), guessed: z.boolean() }),
  portZero: z.looseObject({
    tcp: counts,
    udp: counts,
    unconfirmed: z.looseObject({
      tcp: counts,
      udp: counts,
      flagged: count.describe("of the TCP packets, those whose record tells flags, which later fragments have not"),
    }),
    excluded: z.looseObject({ fragments: count, icmp: count, placeholder: count }),
    sources: count,
    targets: count,
    verdict: z.enum(["on-wire", "weak", "unproven", "artefact", "absent"]),
    replies: count,
    badHeaderLength: count,
    oddFlags: count,
    firstSeen: maybeTime,
    lastSeen: maybeTime,
    otherPorts: z.array(z.looseObject({ port, packets: count })),
    topSources: z.array(
      z.looseObject({
        address: z.string(),
        packets: count,
        tcpPackets: count,
        targets: count,
        firstSeen: time,
        lastSeen: time,
        acknowledged,
        network,
        reserved,
        name,
      }),
    ),
  }),
  scansTotal: count,
  scans: z.array(scan).describe("heaviest first, cut at --limit"),
  scansTotalExact: z.boolean().describe("false: the total may count decoys and by-products"),
  persistenceTotal: count,
  persistence: z.array(persistence).describe("clients that keep asking in vain, cut at --limit"),
  loneProbes: z
    .object({
      sources: count,
      packets: count,
      miraiSources: count.describe("those that carry Mirai's mark"),
      services: z.array(z.object({ transport: z.enum(["tcp", "udp"]), port: z.int().min(0).max(65_535), sources: count })),
    })
    .describe("probes from outside that came to nothing and are in no scan"),
  floods: z.array(flood).describe("most sources first, cut at --limit"),
  backscatterTotal: count,
  backscatter: z.array(backscatter).describe("heaviest first, cut at --limit"),
  campaignsTotal: count,
  campaigns: z.array(campaignShape).describe("sources that act as one, heaviest first, cut at --limit"),
  spoofing: z.array(spoofingShape).describe("whether sources are real, for each body of traffic that is there"),
  targets: z.looseObject({
    count,
    dark: count.describe("never seen sending"),
    networksTotal: count,
    networks: z.array(z.looseObject({ network: z.string(), contacts: count })).describe("IPv4 /24, cut at --limit"),
  }),
  focus: z
    .looseObject({
      order: z.enum(["random", "sequential", "mixed", "unknown"]),
      orderSentence: z.string(),
      sectors: count.describe("that the owner named; with fewer than two, no focus on a sector can be told"),
      tests: z.array(
        z.looseObject({
          aspect: z.enum(["sector", "role", "asset", "subnet", "service", "exposure"]),
          group: z.string(),
          observed: count,
          of: count,
          unit: z.enum(["targets", "sources"]),
          expectedShare: z.number().min(0).max(1),
          groups: count,
          pValue: z.number().min(0).max(1),
          verdict: z.enum(["focused", "spread", "cannot-tell"]),
          sentence: z.string(),
        }),
      ),
      ipv6Targets: count.describe("targets over IPv6, added up over sources: in no test"),
    })
    .nullable()
    .describe("whom the probes meant; null where nothing was probed"),
  timeline: z.looseObject({
    start: maybeTime,
    binSeconds: z.number().nonnegative(),
    series: z.record(z.string(), z.array(z.number())).describe("packets a bin"),
  }),
  ports: z
    .array(
      z.looseObject({
        transport: z.enum(["tcp", "udp"]),
        port,
        packets: count,
        start: time,
        binSeconds: z.number().nonnegative(),
        bins: z.array(z.number()),
      }),
    )
    .describe("the most probed destination ports, with packets a bin"),
  senders: count.describe("distinct addresses that sent something"),
  forgotten: z.looseObject({ sources: count, contacts: count, flows: count }).describe("what full tables lost; zero on ordinary input"),
  assessment: assessmentShape,
  past: pastShape,
  advice: z.array(z.looseObject({ action: z.string(), reason: z.string(), rules: z.array(z.string()) })),
  names: z
    .looseObject({ servers: z.array(z.string()), asked: count, named: count, confirmed: count, failed: count, leftOut: count })
    .nullable()
    .optional()
    .describe("what asking DNS came to; null where it was not asked"),
  lists: z.array(z.looseObject({ list: z.string(), date: z.string().nullable(), licence: z.string() })),
  feeds: z.array(feedStateShape).describe("reputation feeds on disk, be they in use or not; empty where there are none"),
});

/** JSON Schema, draft 2020-12. */
export const REPORT_SCHEMA: Readonly<Record<string, unknown>> = {
  $id: "urn:precursor:report:1",
  title: "precursor.report/1",
  ...z.toJSONSchema(reportShape, { target: "draft-2020-12" }),
};
