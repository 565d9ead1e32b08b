/** The incident of 2 November 2013, as a watch would have kept it. */
import type { Incident, IncidentJudgement } from "../../model/incident.ts";

const START = Date.UTC(2013, 10, 2, 1) / 1000;

export function november2013(): Incident {
  const leading = {
    series: "tcp/source/0",
    kind: "surge",
    start: START,
    end: START + 3 * 3600,
    peakTime: START + 3600,
    peak: 101,
    expected: 19.2,
    pValue: 1e-12,
    record: { rank: 1, since: Date.UTC(2012, 8, 16) / 1000, ofAll: true },
  } as const;
  return {
    id: "20131102T0100Z-tcp-source-0",
    phase: "closed",
    openedAt: START,
    updatedAt: START + 4 * 3600,
    closedAt: START + 4 * 3600,
    leading,
    others: [{ ...leading, series: "tcp/destination/445", peak: 90, expected: 30, record: null, pValue: 1e-7 }],
    sources: 101,
    networks: 12,
    asns: 3,
    targets: 4100,
    sensors: 97,
    sensorsAlive: 100,
    alertedSize: 101,
    acknowledgedBy: "ana",
    timeline: [
      { time: START, kind: "opened", text: "tcp/source/0: 60 where 19 were expected", by: null },
      { time: START + 1800, kind: "acknowledged", text: "", by: "ana" },
      { time: START + 4 * 3600, kind: "closed", text: "", by: null },
    ],
  };
}

/** The same with what it means, as a watch tells it. */
export function judgedNovember2013(): Incident {
  const judgement: IncidentJudgement = {
    until: START + 3 * 3600,
    severity: "critical",
    confidence: "moderate",
    tooEarly: false,
    reading: "vulnerability-search",
    probability: 0.87,
    words: "very likely",
    bottomLine: "Almost certainly reconnaissance for an attack on TCP/445: 101 sources sent 32,063 TCP packets from port 0.",
    actions: [
      {
        action: "Drop TCP and UDP packets from or to port zero at the border, whole packets only.",
        reason: "No honest stack sends it.",
        commands: ["precursor block --port-zero --incident 20131102T0100Z-tcp-source-0 --for nftables"],
      },
      { action: "Look for the same in older records.", reason: "Whether others see it decides what it means.", commands: [] },
    ],
    sources: [
      {
        address: "93.174.93.175",
        packets: 4031,
        targets: 830,
        sensors: 97,
        manners: { spoofable: true, tools: { masscan: 31 }, beyond: [] },
        labels: {
          network: { asn: 29073, name: "Ecatel", country: "NL", kind: "hosting", list: "asn", date: "2013-11-01" },
          acknowledged: null,
          reserved: null,
          reputation: {
            independent: 1,
            hits: [{ feed: "cins-army", kind: "attacker", network: "93.174.93.175/32", trust: 0.6, list: "CINS Army", date: "2013-11-01" }],
          },
        },
      },
    ],
  };
  return { ...november2013(), judgement };
}
