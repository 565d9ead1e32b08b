/** Reports made by hand for the tests of the renderers: 2 November 2013, an empty capture, an artefact, an ordinary day, hostile strings. */
import type { TimelineSeries } from "../model/activity.ts";
import { type AddressLabels, NO_LABELS } from "../model/label.ts";
import type { LabelledScan, Report } from "../model/report.ts";
import {
  BINS,
  ECATEL,
  generator,
  LIST,
  noPortZero,
  novemberCampaign,
  novemberReasoning,
  novemberNetworks,
  novemberPorts,
  novemberPortZero,
  novemberScans,
  novemberSpoofing,
  novemberVictims,
  scanOf,
  START,
} from "./sample-parts.fixture.ts";

const HOURS = 4;

/** A judgement that tells no more than its readings. */
export const UNREASONED = { limits: [], note: [], steps: [], strongestAgainst: null, flip: null, missing: [], outlook: [] } as const;

/** What every capture has in common. */
export const PLAIN_INPUT = {
  foreign: 0,
  unparsed: 0,
  faults: [],
  anonymised: false,
  looksLike: null,
  proves: { portsOnTheWire: true, tcpFlags: true, outcome: true, fragments: true, action: false },
  sampled: null,
} as const;

/** The massive increase of 2 November 2013 as it would be judged. */
export function novemberReport(): Report {
  const random = generator(20131102);
  const scans = novemberScans(random);
  const spike = (bin: number): number => (bin >= 30 && bin < 210 ? 1 - Math.abs(bin - 110) / 260 : 0.06);
  const series = (scale: number, shape: (bin: number) => number): number[] =>
    Array.from({ length: BINS }, (_, bin) => Math.round(scale * shape(bin) * (0.8 + 0.4 * random())));
  const portZero = series(140, spike);
  return {
    ...emptyReport(),
    input: {
      sources: [
        { ...PLAIN_INPUT, name: "sensor-eu-1/2013-11-02T00.pcap.zst", format: "pcap", records: 1_284_112, bytes: 48_211_003, damage: null },
      ],
      records: 1_284_112,
      skipped: { "not IP (LLDP)": 481, "cut before the IP header": 7 },
      lost: {},
      live: [],
      encapsulations: { "802.1Q": 1_283_624 },
      firstSeen: START,
      lastSeen: START + HOURS * 3600 - 0.25,
      totals: { tcp: 1_102_442, udp: 150_231, icmp: 30_951, fragments: 14_212, ipv6: 2_113 },
      unreadable: [],
      passedOver: [],
      troubles: [],
    },
    home: { networks: ["198.18.0.0/16"], guessed: true },
    portZero: novemberPortZero(),
    portZeroLabels: new Map([
      ["93.174.93.175", { ...NO_LABELS, network: ECATEL }],
      ["80.82.65.237", { ...NO_LABELS, network: ECATEL }],
      ["94.102.63.22", { ...NO_LABELS, network: ECATEL }],
    ]),
    scansTotal: 128,
    scans,
    scansTotalExact: true,
    floods: [],
    loneProbes: { sources: 0, packets: 0, miraiSources: 0, services: [] },
    persistenceTotal: 4,
    persistence: [
      {
        source: "203.0.113.77",
        targets: ["198.51.100.9"],
        ports: [5432],
        packets: 412,
        firstSeen: 1_383_350_400,
        lastSeen: 1_383_368_520,
        wasRefused: true,
        transport: "tcp",
        evidence: ["412 packets to one host and port, never more than one attempt in 30 s"],
      },
    ],
    backscatterTotal: 2,
    backscatter: novemberVictims(),
    targets: { count: 9_411, dark: 9_102, networks: novemberNetworks(random) },
    campaignsTotal: 1,
    campaigns: [novemberCampaign()],
    spoofing: [novemberSpoofing()],
    focus: null,
    past: null,
    feeds: [],
    timeline: {
      start: START,
      binSeconds: 60,
      series: new Map<TimelineSeries, readonly number[]>([
        ["tcp-probes", series(3_900, (bin) => 0.25 + 0.75 * spike(bin))],
        ["udp", series(620, (bin) => 0.8 + 0.2 * Math.sin(bin / 30))],
        ["icmp", series(130, () => 0.9)],
        ["replies", series(700, (bin) => 0.3 + 0.7 * spike(bin))],
        ["other", series(60, () => 0.7)],
        ["port-zero", portZero],
      ]),
    },
    ports: novemberPorts(random, spike),
    senderCount: 4_812,
    forgotten: { sources: 0, contacts: 0, flows: 0 },
    assessment: {
      severity: "high",
      confidence: "moderate",
      summary:
        "118 sources, most of them in one hosting network, sent 25,287 TCP packets from port zero to 4,021 hosts within three hours; " +
        "71 % went to 445 (microsoft-ds). This looks like preparation of an attack on a remote service, not like DDoS.",
      tooEarly: false,
      ...novemberReasoning(),
      hypotheses: [
        {
          id: "vulnerability-search",
          probability: 0.62,
          words: "likely",
          for: [
            "Source port zero with one concentrated destination: 71 % of 25,287 packets went to 445/tcp.",
            "96 of 118 sources are in one network, AS29073.",
            "Many targets a source: 34 to 4,012, median 211.",
          ],
          against: ["No payload was seen, so no exploit."],
          missing: ["History: is this the highest this year?", "Reputation of the sources."],
        },
        {
          id: "worm-or-botnet",
          probability: 0.21,
          words: "unlikely",
          for: ["Many targets a source: 34 to 4,012, median 211."],
          against: ["96 of 118 sources are in one network, AS29073."],
          missing: ["Whether sources in new networks join over days."],
        },
        {
          id: "fingerprinting",
          probability: 0.09,
          words: "very unlikely",
          for: ["1,113 TCP headers had length 0."],
          against: ["Flags are those of an ordinary SYN in 96 % of the packets."],
          missing: [],
        },
        {
          id: "research",
          probability: 0.05,
          words: "almost no chance",
          for: [],
          against: ["No acknowledged scanner sent from port zero.", "96 of 118 sources are in one network, AS29073."],
          missing: [],
        },
        {
          id: "ddos",
          probability: 0.03,
          words: "almost no chance",
          for: [],
          against: ["Packets are small (40 octets) and the targets many.", "No reflection service among the other ports."],
          missing: [],
        },
      ],
    },
    advice: [
      {
        action: "Drop TCP from and to port 0 at the border.",
        reason: "No service uses it. The rule leaves later fragments alone, so nothing that is fragmented breaks.",
        rules: [
          "nft add rule inet filter input ip frag-off & 0x1fff == 0 tcp sport 0 counter drop",
          "nft add rule inet filter input ip frag-off & 0x1fff == 0 tcp dport 0 counter drop",
        ],
      },
      {
        action: "Check that no host answers on 445/tcp from outside.",
        reason: "12 of 4,021 hosts answered the probes; they are where an exploit would go first.",
        rules: ["precursor assess capture.pcap --filter 'dst port 445' --format json | jq '.scans[].outcomes'"],
      },
      {
        action: "Ask your peers whether they see the same sources.",
        reason: "One sensor cannot tell a campaign from a coincidence.",
        rules: [],
      },
    ],
    lists: [
      { ...LIST, licence: "CC0-1.0" },
      { list: "precursor acknowledged scanners", date: "2026-11-01", licence: "Apache-2.0" },
      { list: "RFC 6890", date: null, licence: "public" },
    ],
  };
}

/** A capture without a single packet. */
export function emptyReport(): Report {
  return {
    version: "0.1.0",
    madeAt: Date.UTC(2026, 10, 24, 6, 0) / 1000,
    input: {
      sources: [{ ...PLAIN_INPUT, name: "empty.pcap", format: "pcap", records: 0, bytes: 24, damage: null }],
      records: 0,
      skipped: {},
      lost: {},
      live: [],
      encapsulations: {},
      firstSeen: null,
      lastSeen: null,
      totals: {},
      unreadable: [],
      passedOver: [],
      troubles: [],
    },
    home: { networks: [], guessed: true },
    portZero: noPortZero(),
    portZeroLabels: new Map(),
    scansTotal: 0,
    scans: [],
    scansTotalExact: true,
    floods: [],
    loneProbes: { sources: 0, packets: 0, miraiSources: 0, services: [] },
    persistenceTotal: 0,
    persistence: [],
    backscatterTotal: 0,
    backscatter: [],
    targets: { count: 0, dark: 0, networks: [] },
    campaignsTotal: 0,
    campaigns: [],
    spoofing: [],
    focus: null,
    past: null,
    feeds: [],
    timeline: { start: 0, binSeconds: 1, series: new Map() },
    ports: [],
    senderCount: 0,
    forgotten: { sources: 0, contacts: 0, flows: 0 },
    assessment: {
      severity: "none",
      confidence: "low",
      summary: "The capture holds no packets: there is nothing to judge.",
      tooEarly: true,
      ...UNREASONED,
      hypotheses: [],
    },
    advice: [],
    lists: [],
  };
}

/** Fragments and ICMP that flow tools print as port zero, and nothing else. */
export function artefactReport(): Report {
  const base = emptyReport();
  return {
    ...base,
    input: {
      ...base.input,
      sources: [
        {
          ...PLAIN_INPUT,
          name: "fragments.pcap",
          format: "pcap",
          records: 1_251,
          bytes: 1_733_902,
          damage: { offset: 1_733_880, reason: "the last record is cut" },
        },
      ],
      records: 1_251,
      firstSeen: 1_700_000_000.5,
      lastSeen: 1_700_000_041.75,
      totals: { udp: 1_250, fragments: 1_248 },
    },
    portZero: { ...noPortZero(), excluded: { fragments: 1_248, icmp: 3, placeholder: 0 } },
    senderCount: 2,
    timeline: { start: 1_700_000_000, binSeconds: 1, series: new Map([["udp", Array.from({ length: 42 }, (_, i) => 20 + (i % 13))]]) },
    assessment: {
      severity: "none",
      confidence: "high",
      summary: "No port zero: what looks like it are later fragments, which have no transport header.",
      tooEarly: false,
      ...UNREASONED,
      hypotheses: [
        {
          id: "artefact",
          probability: 0.97,
          words: "almost certain",
          for: ["1,248 of 1,251 packets are later fragments."],
          against: [],
          missing: [],
        },
        { id: "ordinary", probability: 0.03, words: "almost no chance", for: [], against: [], missing: [] },
      ],
    },
    advice: [{ action: "Do not block fragments.", reason: "DNS and VPN traffic depends on them.", rules: [] }],
  };
}

/** Strings that try to leave their place: escape sequences, markup, mentions, bidirectional overrides, long words; numbers out of range. */
export function hostileReport(): Report {
  const base = novemberReport();
  const evil =
    "\u001b[31m\u009b2Jred\u0007\r\n<script>alert(1)</script>\u202egpj.exe|`a``b` @admin #1 [x](javascript:alert(1)) " +
    String.fromCodePoint(0xd800, 0xe0041);
  const first = base.scans[0] ?? novemberScans(generator(1))[0];
  if (first === undefined) throw new Error("the sample has scans");
  return {
    ...base,
    input: {
      ...base.input,
      sources: [
        { ...PLAIN_INPUT, name: `${evil}.pcap`, format: evil, records: 3, bytes: 99, damage: { offset: 12, reason: evil } },
        { ...PLAIN_INPUT, name: `${"漢字".repeat(80)}.pcap`, format: "pcap", records: 1, bytes: 1, damage: null },
      ],
      skipped: { [evil]: 3, ["__proto__"]: 1, ["w".repeat(300)]: 1 },
      unreadable: [evil],
      passedOver: [],
      troubles: [],
      firstSeen: -1e300,
      lastSeen: Number.MAX_VALUE,
    },
    home: { networks: [evil], guessed: false },
    portZeroLabels: new Map([["93.174.93.175", hostileLabels(evil)]]),
    campaigns: [{ ...novemberCampaign(), id: evil, members: [evil], ties: [{ kind: "tool", weight: 1, sentence: evil }] }],
    spoofing: [{ ...novemberSpoofing(), evidence: [{ kind: "decoys", leans: "real", weight: 1, sentence: evil }] }],
    scans: [
      { ...first, evidence: [evil, "x".repeat(500)], labels: hostileLabels(evil), targets: [evil], members: [evil], firstSeen: Number.NaN },
    ],
    scansTotal: 1,
    timeline: { start: Number.POSITIVE_INFINITY, binSeconds: 0, series: new Map([["udp", [Number.NaN, -5, 1e308]]]) },
    assessment: {
      ...base.assessment,
      summary: evil,
      hypotheses: [{ id: "ordinary", probability: Number.NaN, words: evil, for: [evil], against: [evil], missing: [evil] }],
    },
    advice: [{ action: evil, reason: evil, rules: [evil, "</pre><script>alert(2)</script>", "```"] }],
    lists: [{ list: evil, date: evil, licence: evil }],
  };
}

/** A whole day of nothing but IPv6 and UDP source zero: weak evidence, long addresses. */
export function ordinaryReport(): Report {
  const base = emptyReport();
  const scan: LabelledScan = {
    ...scanOf("2001:db8:1234:5678:9abc:def0:1234:5678", { ports: [0, 445, 22], portCount: 3, targetCount: 31, packets: 93 }),
    kind: "strobe",
    technique: "udp",
    transport: "udp",
    slow: true,
    labels: {
      ...NO_LABELS,
      acknowledged: {
        organisation: "Example University",
        status: "claimed",
        reason: "the address is on the list, but the traffic could be forged",
        list: "precursor acknowledged scanners",
        date: "2026-11-01",
      },
    },
  };
  return {
    ...base,
    input: {
      ...base.input,
      sources: ["a", "b", "c"].map((name) => ({
        ...PLAIN_INPUT,
        name: `${name}.pcapng.gz`,
        format: "pcapng",
        records: 812,
        bytes: 91_002,
        damage: null,
      })),
      records: 2_436,
      firstSeen: 1_700_000_000,
      lastSeen: 1_700_086_399,
      totals: { udp: 2_436, ipv6: 2_400 },
    },
    portZero: {
      ...noPortZero(),
      udp: { source: 3, destination: 0, both: 0 },
      sources: 1,
      targets: 1,
      otherPorts: [{ port: 6081, packets: 3 }],
    },
    scans: [scan],
    scansTotal: 1,
    senderCount: 214,
    targets: { count: 31, dark: 31, networks: [] },
    campaignsTotal: 0,
    campaigns: [],
    spoofing: [],
    focus: null,
    past: null,
    feeds: [],
    assessment: {
      severity: "low",
      confidence: "low",
      summary: "One slow scan that an acknowledged scanner may have sent; three UDP packets from port zero mean little.",
      tooEarly: true,
      ...UNREASONED,
      hypotheses: [
        {
          id: "research",
          probability: 0.55,
          words: "roughly even",
          for: ["Acknowledged, though only claimed."],
          against: [],
          missing: ["A forward-confirmed name."],
        },
        { id: "ordinary", probability: 0.45, words: "roughly even", for: [], against: [], missing: [] },
      ],
    },
    lists: [{ list: "precursor acknowledged scanners", date: "2026-01-01", licence: "Apache-2.0" }],
  };
}

/** Every sample by name. */
export const SAMPLE_REPORTS: ReadonlyMap<string, () => Report> = new Map([
  ["november-2013", novemberReport],
  ["empty", emptyReport],
  ["artefact", artefactReport],
  ["ordinary", ordinaryReport],
  ["hostile", hostileReport],
]);

function hostileLabels(evil: string): AddressLabels {
  return {
    network: { asn: 1, name: evil, country: evil, kind: null, list: evil, date: evil },
    acknowledged: { organisation: evil, status: "disputed", reason: evil, list: evil, date: evil },
    reserved: { name: evil, globallyReachable: false, list: evil, date: null },
    reputation: null,
  };
}
