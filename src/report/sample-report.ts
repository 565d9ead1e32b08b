/** Reports made by hand for the tests of the renderers: 2 November 2013, an empty capture, an artefact, an ordinary day, hostile strings. */
import type { PortActivity, PortZeroActivity, PortZeroCounts, TimelineSeries } from "../model/activity.ts";
import { parseIPv4 } from "../model/address.ts";
import type { AddressLabels, NetworkLabel } from "../model/label.ts";
import type { LabelledBackscatter, LabelledScan, Report } from "../model/report.ts";

const START = Date.UTC(2013, 10, 2, 0, 30) / 1000;
const HOURS = 4;
const BINS = 240;
const LIST = { list: "geo-whois-asn-country", date: "2026-06-17" } as const;
export const NO_LABELS: AddressLabels = { network: null, acknowledged: null, reserved: null };
const NOTHING: PortZeroCounts = { source: 0, destination: 0, both: 0 };

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
      sources: [{ name: "sensor-eu-1/2013-11-02T00.pcap.zst", format: "pcap", records: 1_284_112, bytes: 48_211_003, damage: null }],
      records: 1_284_112,
      skipped: { "not IP (LLDP)": 481, "cut before the IP header": 7 },
      encapsulations: { "802.1Q": 1_283_624 },
      firstSeen: START,
      lastSeen: START + HOURS * 3600 - 0.25,
      totals: { tcp: 1_102_442, udp: 150_231, icmp: 30_951, fragments: 14_212, ipv6: 2_113 },
      unreadable: [],
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
    backscatterTotal: 2,
    backscatter: novemberVictims(),
    targets: { count: 9_411, dark: 9_102, networks: novemberNetworks(random) },
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
      sources: [{ name: "empty.pcap", format: "pcap", records: 0, bytes: 24, damage: null }],
      records: 0,
      skipped: {},
      encapsulations: {},
      firstSeen: null,
      lastSeen: null,
      totals: {},
      unreadable: [],
    },
    home: { networks: [], guessed: true },
    portZero: noPortZero(),
    portZeroLabels: new Map(),
    scansTotal: 0,
    scans: [],
    backscatterTotal: 0,
    backscatter: [],
    targets: { count: 0, dark: 0, networks: [] },
    timeline: { start: 0, binSeconds: 1, series: new Map() },
    ports: [],
    senderCount: 0,
    forgotten: { sources: 0, contacts: 0, flows: 0 },
    assessment: {
      severity: "none",
      confidence: "low",
      summary: "The capture holds no packets: there is nothing to judge.",
      tooEarly: true,
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
        { name: `${evil}.pcap`, format: evil, records: 3, bytes: 99, damage: { offset: 12, reason: evil } },
        { name: `${"漢字".repeat(80)}.pcap`, format: "pcap", records: 1, bytes: 1, damage: null },
      ],
      skipped: { [evil]: 3, ["__proto__"]: 1, ["w".repeat(300)]: 1 },
      unreadable: [evil],
      firstSeen: -1e300,
      lastSeen: Number.MAX_VALUE,
    },
    home: { networks: [evil], guessed: false },
    portZeroLabels: new Map([["93.174.93.175", hostileLabels(evil)]]),
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
      sources: ["a", "b", "c"].map((name) => ({ name: `${name}.pcapng.gz`, format: "pcapng", records: 812, bytes: 91_002, damage: null })),
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
    assessment: {
      severity: "low",
      confidence: "low",
      summary: "One slow scan that an acknowledged scanner may have sent; three UDP packets from port zero mean little.",
      tooEarly: true,
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

const ECATEL: NetworkLabel = { asn: 29073, name: "Ecatel Network", country: "NL", ...LIST };

function hostileLabels(evil: string): AddressLabels {
  return {
    network: { asn: 1, name: evil, country: evil, list: evil, date: evil },
    acknowledged: { organisation: evil, status: "disputed", reason: evil, list: evil, date: evil },
    reserved: { name: evil, globallyReachable: false, list: evil, date: null },
  };
}

function noPortZero(): PortZeroActivity {
  return {
    tcp: NOTHING,
    udp: NOTHING,
    unconfirmed: { tcp: NOTHING, udp: NOTHING },
    excluded: { fragments: 0, icmp: 0, placeholder: 0 },
    sources: 0,
    targets: 0,
    replies: 0,
    badHeaderLength: 0,
    oddFlags: 0,
    otherPorts: [],
    topSources: [],
    firstSeen: null,
    lastSeen: null,
  };
}

function novemberPortZero(): PortZeroActivity {
  const other: [number, number][] = [
    [445, 17_954],
    [3389, 2_276],
    [22, 1_770],
    [1433, 1_264],
    [80, 1_011],
    [23, 504],
    [0, 305],
    [8080, 203],
  ];
  return {
    ...noPortZero(),
    tcp: { source: 24_871, destination: 111, both: 305 },
    udp: { source: 42, destination: 3, both: 0 },
    excluded: { fragments: 14_212, icmp: 33, placeholder: 0 },
    sources: 118,
    targets: 4_021,
    replies: 204,
    badHeaderLength: 1_113,
    oddFlags: 171,
    otherPorts: other.map(([port, packets]) => ({ port, packets })),
    topSources: ["93.174.93.175", "80.82.65.237", "94.102.63.22", "89.248.168.215", "203.0.113.77"].map((address, i) => ({
      address,
      packets: 9_000 >> i,
      tcpPackets: (9_000 >> i) - i,
      targets: 4_012 >> i,
      firstSeen: START + 1800 + i * 61,
      lastSeen: START + 12_600 - i * 127,
    })),
    firstSeen: START + 1800,
    lastSeen: START + 12_600,
  };
}

function scanOf(
  source: string,
  { ports, portCount, targetCount, packets }: { ports: readonly number[]; portCount: number; targetCount: number; packets: number },
): LabelledScan {
  const contactCount = targetCount * portCount;
  const answered = Math.floor(contactCount / 340);
  return {
    source,
    kind: "horizontal",
    technique: "syn",
    transport: "tcp",
    ports,
    portCount,
    targets: ["198.18.0.1", "198.18.0.2", "198.18.0.3"],
    targetCount,
    contactCount,
    darkTargetCount: Math.floor(targetCount * 0.97),
    packets,
    firstSeen: START + 1800,
    lastSeen: START + 12_600,
    tool: null,
    slow: false,
    fragmented: false,
    spoofable: true,
    outcomes: { answered, refused: answered * 2, unreachable: 0, silent: contactCount - answered * 3 },
    decoys: [],
    members: [],
    memberCount: 1,
    portZero: false,
    evidence: [
      `Sent TCP SYN to ${targetCount} hosts on ${portCount === 1 ? `port ${ports[0]}` : `${portCount} ports`}; 97 % of the hosts never sent a packet.`,
      "TRW: likelihood ratio 4.1e+12 after 25 first contacts, 24 of them failed.",
    ],
    labels: NO_LABELS,
  };
}

function novemberScans(random: () => number): LabelledScan[] {
  const scans: LabelledScan[] = [
    {
      ...scanOf("93.174.93.175", { ports: [445], portCount: 1, targetCount: 4_012, packets: 12_345 }),
      kind: "distributed",
      portZero: true,
      members: ["93.174.93.175", "80.82.65.237", "94.102.63.22"],
      memberCount: 96,
      labels: { ...NO_LABELS, network: ECATEL },
    },
    {
      ...scanOf("89.248.168.215", { ports: [445], portCount: 1, targetCount: 3_021, packets: 6_042 }),
      tool: { name: "masscan", packets: 6_042 },
      portZero: true,
      labels: { ...NO_LABELS, network: ECATEL },
    },
    {
      ...scanOf("203.0.113.77", { ports: [22, 80, 443, 3389, 8080], portCount: 1_000, targetCount: 1, packets: 1_994 }),
      kind: "vertical",
      tool: { name: "nmap", packets: 1_000 },
      spoofable: false,
      decoys: ["203.0.113.5", "203.0.113.9"],
    },
    {
      ...scanOf("192.0.2.44", { ports: [443, 80, 22], portCount: 3, targetCount: 812, packets: 2_436 }),
      kind: "block",
      tool: { name: "zmap", packets: 2_436 },
      spoofable: false,
      labels: {
        network: { asn: 64_500, name: "Example University Research and Education Network", country: "US", ...LIST },
        acknowledged: {
          organisation: "Example University",
          status: "confirmed",
          reason: "the address is on the list and completed handshakes",
          list: "precursor acknowledged scanners",
          date: "2026-11-01",
        },
        reserved: null,
      },
    },
    { ...scanOf("198.51.100.9", { ports: [0], portCount: 1, targetCount: 77, packets: 80 }), technique: "null", portZero: true },
    {
      ...scanOf("2001:db8:85a3:8d3:1319:8a2e:370:7348", { ports: [53], portCount: 1, targetCount: 64, packets: 64 }),
      technique: "udp",
      transport: "udp",
    },
    { ...scanOf("100.64.3.2", { ports: [8], portCount: 1, targetCount: 254, packets: 254 }), technique: "icmp", transport: "icmp" },
  ];
  for (let i = scans.length; i < 128; i++) {
    const targetCount = 300 - 2 * i + Math.floor(random() * 9);
    const port = [23, 2323, 5555, 1433, 3389, 6379, 37_215][i % 7] ?? 23;
    scans.push({
      ...scanOf(`${60 + (i % 90)}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${1 + Math.floor(random() * 254)}`, {
        ports: [port],
        portCount: 1,
        targetCount,
        packets: targetCount + Math.floor(random() * 40),
      }),
      tool: port === 23 ? { name: "mirai", packets: targetCount } : null,
      firstSeen: START + Math.floor(random() * 3600),
      labels: {
        ...NO_LABELS,
        network: { asn: 64_496 + (i % 16), name: `Example Telecom ${i % 16}`, country: ["BR", "CN", "VN", "US"][i % 4] ?? "US", ...LIST },
      },
    });
  }
  return scans;
}

function novemberVictims(): LabelledBackscatter[] {
  const victim = {
    victim: "202.229.120.98",
    transport: "tcp",
    ports: [80],
    packets: 3_496,
    peers: 203,
    firstSeen: START + 60,
    lastSeen: START + 14_000,
    qualifies: true,
    portZero: false,
    evidence: ["3,431 SYN-ACK and 65 RST from port 80 to 203 addresses that never asked."],
    labels: { ...NO_LABELS, network: { asn: 2914, name: "NTT", country: "JP", ...LIST } },
  } as const satisfies LabelledBackscatter;
  return [
    victim,
    { ...victim, victim: "198.51.100.200", ports: [25_565, 53], packets: 21, peers: 14, qualifies: false, labels: NO_LABELS },
  ];
}

function novemberNetworks(random: () => number): [number, number][] {
  const base = (parseIPv4("198.18.0.0") ?? 0) >>> 0;
  const networks: [number, number][] = [];
  for (let i = 0; i < 256; i++) {
    if (random() < 0.55) networks.push([base + i * 256, Math.ceil(Math.exp(random() * 7) * (i > 128 && i < 170 ? 4 : 0.4))]);
  }
  return networks.sort((a, b) => b[1] - a[1]);
}

function novemberPorts(random: () => number, spike: (bin: number) => number): PortActivity[] {
  const shapes: [number, number, boolean][] = [
    [445, 1_900, true],
    [23, 610, false],
    [3389, 300, true],
    [22, 240, false],
    [1433, 150, false],
    [80, 120, false],
    [8080, 80, false],
    [2323, 60, false],
    [5555, 44, false],
    [0, 30, true],
    [443, 22, false],
    [6379, 12, false],
    [37_215, 7, false],
    [25, 3, false],
  ];
  return shapes.map(([port, scale, spiky]) => {
    const bins = Array.from({ length: BINS }, (_, bin) => Math.floor(scale * (spiky ? spike(bin) : 0.7) * (0.6 + 0.8 * random())));
    return {
      transport: "tcp" as const,
      port,
      start: START,
      binSeconds: 60,
      packets: bins.reduce((all, packets) => all + packets, 0),
      bins,
    };
  });
}

/** Deterministic numbers in [0, 1): the linear congruential generator of Numerical Recipes. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
