/**
 * Organisations that scan the whole Internet and say so: the networks they scan from, where they publish them, and their manners.
 * Facts collected for Precursor from what the organisations state and from their own networks; compared with MISP's warninglists and
 * OpenFilters' internet-scanners (`acknowledged.test.ts` prints the agreement). Acknowledged is not the same as harmless.
 */
import type { ToolName } from "../model/activity.ts";

export const ACKNOWLEDGED_LIST = "precursor acknowledged scanners";
/** The day on which the table was compiled and compared. Networks move: an old table labels too little and, at worst, the wrong tenant. */
export const ACKNOWLEDGED_DATE = "2026-11-24";

export interface AcknowledgedScanner {
  readonly organisation: string;
  /** Universities and projects; foundations; sellers of attack-surface data, search engines and ratings. */
  readonly kind: "research" | "non-profit" | "commercial";
  /** CIDR networks and addresses, IPv4 and IPv6. Empty where the scanners live at addresses that change, and only their names tell. */
  readonly networks: readonly string[];
  /** Suffixes of the scanners' host names, for a forward-confirmed lookup. */
  readonly names: readonly string[];
  /** Where the organisation publishes this, or names itself. */
  readonly published: string;
  /** What its probes look like, where it is known; empty where it is not. */
  readonly tools: readonly ToolName[];
}

export const ACKNOWLEDGED_SCANNERS: readonly AcknowledgedScanner[] = [
  {
    organisation: "Censys",
    kind: "commercial",
    networks: [
      "66.132.148.0/24", "66.132.153.0/24", "66.132.159.0/24", "66.132.172.0/24", "66.132.186.0/24", "66.132.195.0/24",
      "66.132.224.0/24", "162.142.125.0/24", "167.94.138.0/24", "167.94.145.0/24", "167.94.146.0/24", "167.248.133.0/24",
      "199.45.154.0/23", "206.168.32.0/22", "2602:80d:1000::/48", "2602:80d:1003::/48",
      "2602:80d:1004::/48", "2602:80d:1006::/47", "2602:80d:1008::/47", "2602:80d:100a::/48", "2620:96:e000::/48",
    ],
    names: ["censys-scanner.com"],
    published: "https://docs.censys.com/docs/opt-out-of-data-collection",
    tools: ["zmap"],
  },
  {
    organisation: "Shodan",
    kind: "commercial",
    networks: [
      "66.240.192.138", "66.240.205.34", "66.240.219.146", "66.240.236.119", "71.6.135.131", "71.6.146.130", "71.6.146.185",
      "71.6.146.186", "71.6.147.254", "71.6.158.166", "71.6.165.200", "71.6.167.142", "71.6.199.23", "80.82.77.33",
      "80.82.77.139", "82.221.105.6", "82.221.105.7", "86.54.31.32/28", "89.248.167.131", "89.248.172.16", "93.174.95.106",
      "94.102.49.190", "94.102.49.193", "185.142.236.34", "185.142.236.35", "185.142.236.36", "185.165.190.34", "185.165.191.26",
      "185.165.191.27", "195.144.21.56", "198.20.69.74", "198.20.69.98", "198.20.70.114", "198.20.99.130", "2.59.22.234",
    ],
    names: ["shodan.io"],
    published: "https://help.shodan.io",
    tools: [],
  },
  {
    organisation: "The Shadowserver Foundation",
    kind: "non-profit",
    networks: [
      "64.62.156.0/24", "64.62.197.0/24", "65.49.1.0/24", "65.49.20.64/26", "74.82.47.0/26", "184.105.139.64/26",
      "184.105.247.192/26", "216.218.206.64/26", "2001:470:1:332::/64", "2001:470:1:c84::/64", "2001:470:1:fb5::/64", "2001:470:2cc::/48",
    ],
    names: ["shadowserver.org"],
    published: "https://www.shadowserver.org/what-we-do/network-reporting/",
    tools: ["zmap"],
  },
  {
    organisation: "Rapid7 Project Sonar",
    kind: "commercial",
    networks: [
      "5.63.151.96/27", "71.6.233.0/24", "88.202.190.128/27", "109.123.117.224/27", "146.185.25.160/27", "2607:ff10:c5:522::/64",
      "2a02:2498:e004:23::/64",
    ],
    names: ["labs.rapid7.com"],
    published: "https://opendata.rapid7.com/about/",
    tools: ["zmap"],
  },
  {
    organisation: "BinaryEdge (Coalition)",
    kind: "commercial",
    networks: [],
    names: ["binaryedge.ninja"],
    published: "https://api.binaryedge.io/v1/minions",
    tools: [],
  },
  {
    organisation: "Stretchoid",
    kind: "commercial",
    networks: [],
    names: ["stretchoid.com"],
    published: "https://stretchoid.com",
    tools: ["zmap"],
  },
  {
    organisation: "Bitsight (Internet Census Group)",
    kind: "commercial",
    networks: ["45.156.128.0/22", "109.105.208.0/21", "185.117.225.0/24", "185.180.140.0/22", "185.226.196.0/22", "2a10:3c0::/29"],
    names: ["internet-census.org"],
    published: "https://www.internet-census.org/home.html",
    tools: [],
  },
  {
    organisation: "Palo Alto Networks Cortex Xpanse",
    kind: "commercial",
    networks: [
      "35.203.210.0/23", "144.86.173.0/24", "147.185.132.0/22", "162.216.148.0/22", "172.105.147.0/24", "198.235.24.0/24", "205.210.31.0/24",
      "216.25.88.0/21", "2604:a940:300::/48", "2604:a940:301::/48", "2604:a940:302::/48",
    ],
    names: [],
    published: "https://docs-cortex.paloaltonetworks.com/r/1/Cortex-Xpanse/Scanning-activity",
    tools: [],
  },
  {
    organisation: "ONYPHE",
    kind: "commercial",
    networks: [
      "51.254.49.96/28", "91.196.152.0/24", "91.230.168.0/24", "91.231.89.0/24", "94.231.206.0/24", "195.184.76.0/24",
      "2001:41d0:33a:a00::400/124", "2a14:f100::/29",
    ],
    names: ["probe.onyphe.net"],
    published: "https://probe.onyphe.net/ip-ranges.txt",
    tools: ["masscan"],
  },
  {
    organisation: "LeakIX",
    kind: "non-profit",
    networks: [],
    names: ["scan.leakix.org"],
    published: "https://scan.leakix.net/",
    tools: [],
  },
  {
    organisation: "Driftnet (Internet Measurement)",
    kind: "commercial",
    networks: ["87.236.176.0/24", "185.247.137.0/24", "193.163.125.0/24", "2a06:4880::/29"],
    names: ["internet-measurement.com"],
    published: "https://internet-measurement.com/#ips",
    tools: [],
  },
  {
    organisation: "Internet Measurement Research",
    kind: "commercial",
    networks: [
      "64.94.153.0/24", "64.94.156.0/24", "64.94.159.0/24", "64.95.9.0/24", "64.95.14.0/24", "209.188.108.0/24", "209.237.154.0/24",
      "2620:96:a000::/46", "2620:96:a004::/47", "2620:96:a006::/48",
    ],
    names: [],
    published: "https://internetmeasurementresearch.com",
    tools: [],
  },
  {
    organisation: "Academy for Internet Research",
    kind: "research",
    networks: [],
    names: ["academyforinternetresearch.org"],
    published: "https://academyforinternetresearch.org",
    tools: [],
  },
  {
    organisation: "InterneTTL",
    kind: "research",
    networks: ["104.152.52.0/24"],
    names: ["internettl.org"],
    published: "https://internettl.org",
    tools: [],
  },
  {
    organisation: "Alpha Strike Labs",
    kind: "commercial",
    networks: ["45.83.64.0/22", "194.187.176.0/22", "2a0e:7b84::/30"],
    names: [],
    published: "https://www.alphastrike.io/en/how-it-works/",
    tools: [],
  },
  {
    organisation: "Netlas",
    kind: "commercial",
    networks: ["93.123.109.16/28", "93.123.109.32/28", "93.123.109.120/29", "93.123.109.219"],
    names: [],
    published: "https://netlas.io",
    tools: [],
  },
  {
    organisation: "Criminal IP (AI Spera)",
    kind: "commercial",
    networks: ["185.242.226.0/24"],
    names: ["security.criminalip.com"],
    published: "https://www.criminalip.io",
    tools: [],
  },
  {
    organisation: "IPIP.net",
    kind: "commercial",
    networks: ["103.203.56.0/22"],
    names: ["ipip.net"],
    published: "https://security.ipip.net",
    tools: [],
  },
  {
    organisation: "Modat",
    kind: "commercial",
    networks: ["31.14.32.4/30", "85.217.140.0/24", "85.217.149.0/24", "212.73.148.0/24"],
    names: ["scanner.modat.io"],
    published: "https://scanner.modat.io/ipv4.txt",
    tools: [],
  },
  {
    organisation: "Recyber",
    kind: "research",
    networks: ["89.248.163.0/24", "89.248.165.0/24"],
    names: ["recyber.net"],
    published: "https://www.recyber.net",
    tools: ["masscan"],
  },
  {
    organisation: "bufferover.run",
    kind: "research",
    networks: [],
    names: ["scan.bufferover.run"],
    published: "https://bufferover.run",
    tools: [],
  },
  {
    organisation: "NETSCOUT (Internet Albedo)",
    kind: "commercial",
    networks: ["146.88.240.0/23"],
    names: ["internet-albedo.net"],
    published: "https://www.internet-albedo.net/",
    tools: [],
  },
  {
    organisation: "Shadowforce (Baffin Bay Networks)",
    kind: "commercial",
    networks: ["192.165.198.0/24", "193.181.177.0/24", "193.235.193.0/24"],
    names: ["shadowforce.io"],
    published: "https://shadowforce.io",
    tools: [],
  },
  {
    organisation: "CyberOK (SKIPA)",
    kind: "commercial",
    networks: ["85.142.100.0/24"],
    names: ["skipa.cyberok.ru"],
    published: "https://www.cyberok.ru/policy.html",
    tools: [],
  },
  {
    organisation: "CrowdStrike Falcon Surface",
    kind: "commercial",
    networks: ["18.97.5.0/25", "18.97.19.128/25", "18.97.26.0/24", "44.220.185.0/24", "44.220.188.0/24", "98.80.4.0/25"],
    names: [],
    published: "https://www.crowdstrike.com/products/exposure-management/",
    tools: [],
  },
  {
    organisation: "Edgewatch",
    kind: "commercial",
    networks: ["185.114.175.0/24"],
    names: ["edgewatch.com"],
    published: "https://edgewatch.com",
    tools: [],
  },
  {
    organisation: "OnlyScans",
    kind: "commercial",
    networks: ["68.69.177.0/24"],
    names: ["scanners.onlyscans.net"],
    published: "https://onlyscans.com/about",
    tools: [],
  },
  {
    organisation: "Adscore",
    kind: "commercial",
    networks: ["185.200.118.32/27", "185.200.118.64/27"],
    names: ["adscore.com"],
    published: "https://www.adscore.com",
    tools: [],
  },
  {
    organisation: "Group-IB",
    kind: "commercial",
    networks: ["80.82.70.118", "80.82.70.133", "80.82.70.228", "80.82.77.202", "89.248.171.23", "93.174.93.12"],
    names: ["rnd.group-ib.com"],
    published: "https://rnd.group-ib.com",
    tools: [],
  },
  {
    organisation: "Dataplane.org",
    kind: "non-profit",
    networks: ["204.130.133.143", "204.130.133.193", "2607:fae0:f202:44c::143", "2607:fae0:f202:44c::193"],
    names: ["research.dataplane.org"],
    published: "https://research.dataplane.org/",
    tools: [],
  },
  {
    organisation: "University of Michigan",
    kind: "research",
    networks: ["141.212.120.0/22", "141.212.124.0/23", "141.213.13.192/28"],
    names: ["umich.edu"],
    published: "https://cse.engin.umich.edu/about/resources/connection-attempts/",
    tools: ["zmap"],
  },
  {
    organisation: "Stanford University (Empirical Security Research Group)",
    kind: "research",
    networks: ["171.67.70.0/23"],
    names: ["stanford.edu"],
    published: "https://esrg.stanford.edu",
    tools: ["zmap"],
  },
  {
    organisation: "RWTH Aachen University",
    kind: "research",
    networks: ["137.226.113.0/26"],
    names: ["comsys.rwth-aachen.de"],
    published: "https://researchscan.comsys.rwth-aachen.de",
    tools: ["zmap"],
  },
  {
    organisation: "Technical University of Munich",
    kind: "research",
    networks: ["131.159.24.205", "138.246.253.0/24"],
    names: ["net.in.tum.de"],
    published: "https://www.net.in.tum.de/projects/gino/",
    tools: ["zmap"],
  },
  {
    organisation: "USC/ISI ANT",
    kind: "research",
    networks: ["128.9.29.128/30", "128.9.63.138/31"],
    names: ["ant.isi.edu"],
    published: "https://ant.isi.edu/address/",
    tools: [],
  },
  {
    organisation: "Max Planck Institute for Informatics",
    kind: "research",
    networks: ["139.19.117.128/29", "139.19.117.192/28"],
    names: ["inet.mpi-inf.mpg.de"],
    published: "https://inet-research-scan-1.mpi-inf.mpg.de",
    tools: ["zmap"],
  },
];
