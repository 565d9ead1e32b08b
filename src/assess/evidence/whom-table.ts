/** What the items of whom.ts weigh, as in evidence-table.ts. Those on darkness and breadth share their groups: they are not counted twice. */
import { CISCO_2013, STATED } from "./literature.ts";

export const WHOM_TABLE = {
  "group-meant": {
    group: "whom",
    source: STATED,
    ratios: { "targeted-reconnaissance": 10, misconfiguration: 0.8, "vulnerability-search": 0.4, "worm-or-botnet": 0.3, research: 0.4 },
  },
  "subnet-meant": {
    group: "whom",
    source: STATED,
    ratios: { "targeted-reconnaissance": 1.8, misconfiguration: 1.5, "worm-or-botnet": 0.8 },
  },
  "sectors-spread": {
    group: "whom",
    source: CISCO_2013,
    ratios: { "targeted-reconnaissance": 0.25, "vulnerability-search": 1.5, "worm-or-botnet": 1.5, research: 1.5 },
  },
  "hosts-meant": {
    group: "darkness",
    source: STATED,
    ratios: { "targeted-reconnaissance": 5, misconfiguration: 1.5, "vulnerability-search": 0.5, "worm-or-botnet": 0.4, research: 0.5 },
  },
  "dark-asked-too": {
    group: "darkness",
    source: "Jung et al. 2004 (TRW); Durumeric et al. 2014",
    ratios: { "vulnerability-search": 2, "worm-or-botnet": 2, research: 2, "targeted-reconnaissance": 0.2, misconfiguration: 0.5 },
  },
  "service-meant": {
    group: "breadth",
    source: STATED,
    ratios: { "vulnerability-search": 2, "worm-or-botnet": 2, "targeted-reconnaissance": 0.8, fingerprinting: 0.6 },
  },
} as const;
