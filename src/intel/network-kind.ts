/**
 * What a network is for, from the name of its operator, by words that mean one thing; and of the largest networks from a table of our own.
 * Better none than wrong: a name without such a word, or with words of two kinds, gives null. Measured in `network-kind.test.ts`.
 */
import type { NetworkKind } from "../model/label.ts";

/**
 * Networks whose names do not tell, or tell wrong: the largest of each kind. Stated from what their operators are known to sell; each ASN was
 * compared with the operator's name in RouteViews' data (`@ip-location-db/asn`) on 2026-11-24.
 */
const WELL_KNOWN: ReadonlyMap<number, NetworkKind> = new Map([
  // Clouds and hosters
  [16509, "hosting"], // Amazon AWS
  [14618, "hosting"], // Amazon AWS, us-east-1
  [8075, "hosting"], // Microsoft Azure
  [396982, "hosting"], // Google Cloud customers
  [31898, "hosting"], // Oracle Cloud
  [45102, "hosting"], // Alibaba Cloud
  [37963, "hosting"], // Alibaba Cloud, China
  [45090, "hosting"], // Tencent Cloud
  [132203, "hosting"], // Tencent Cloud, abroad
  [14061, "hosting"], // DigitalOcean
  [16276, "hosting"], // OVH
  [24940, "hosting"], // Hetzner
  [63949, "hosting"], // Akamai Connected Cloud (Linode)
  [20473, "hosting"], // Vultr (The Constant Company)
  [51167, "hosting"], // Contabo
  [12876, "hosting"], // Scaleway
  [8560, "hosting"], // IONOS
  [60781, "hosting"], // Leaseweb
  [202425, "hosting"], // IP Volume (formerly Ecatel, Quasi Networks)
  [29073, "hosting"], // Ecatel, Quasi Networks: in logs of its time, announced no more
  [36352, "hosting"], // HostPapa (ColoCrossing)
  [9009, "hosting"], // M247
  [53667, "hosting"], // FranTech (BuyVM)
  [26496, "hosting"], // GoDaddy
  [10439, "hosting"], // CariNet
  // Content
  [15169, "content"], // Google
  [32934, "content"], // Meta
  [2906, "content"], // Netflix
  [13335, "content"], // Cloudflare
  [54113, "content"], // Fastly
  [20940, "content"], // Akamai
  [714, "content"], // Apple
  [13414, "content"], // Twitter
  // Access to homes and offices
  [4134, "access"], // China Telecom backbone
  [4837, "access"], // China Unicom backbone
  [7922, "access"], // Comcast
  [7018, "access"], // AT&T
  [701, "access"], // Verizon Business and Fios
  [20115, "access"], // Charter
  [3320, "access"], // Deutsche Telekom
  [3215, "access"], // Orange France
  [2856, "access"], // British Telecom
  [3269, "access"], // Telecom Italia
  [3352, "access"], // Telefónica de España
  [12389, "access"], // Rostelecom
  [45899, "access"], // VNPT
  [7552, "access"], // Viettel
  [4766, "access"], // Korea Telecom
  [9829, "access"], // BSNL
  [8151, "access"], // Telmex (Uninet)
  [18881, "access"], // Telefônica Brasil
  [28573, "access"], // Claro Brasil, cable
  [4713, "access"], // NTT OCN
  [17676, "access"], // SoftBank
  // Mobile
  [21928, "mobile"], // T-Mobile US
  [22394, "mobile"], // Verizon Wireless
  [9808, "mobile"], // China Mobile
  [55836, "mobile"], // Reliance Jio
  [45609, "mobile"], // Bharti Airtel GPRS
  // Research and education
  [11537, "education"], // Internet2
  [680, "education"], // DFN
  [786, "education"], // Jisc (JANET)
  [1103, "education"], // SURF
  [4538, "education"], // CERNET
  [237, "education"], // Merit
  [36375, "education"], // University of Michigan
]);

/**
 * Words of names, lower case, whole words. A kind's words are those that hardly any other kind of network has in its name. "telecom",
 * "network", "communications", "internet" and "data" stand in the names of all kinds, and decide nothing.
 */
const WORDS: readonly (readonly [NetworkKind, RegExp])[] = [
  [
    "education",
    /\b(?:universi\w+|univ|college|colegio|school|schools|academy of sciences|institute of technology|polytechnic\w*|politecnico|hochschule|fachhochschule|academic|research and education|education network|nren|renater|garr|uninett|funet|sunet|isd)\b/,
  ],
  [
    "government",
    /\b(?:government|ministry|ministerio|ministere|department of (?:defense|energy|justice|state|health|homeland security|veterans affairs)|dod network|army|navy|air force|usaf|municipality|county|city of|state of|parliament|nasa|naval|gobierno|governo|prefeitura)\b/,
  ],
  ["exchange", /\b(?:ixp|internet exchange|exchange point|de-cix|ams-ix|linx|netnod|route servers?|peering lan)\b|-ix\b/],
  ["mobile", /\b(?:mobile|mobil|cellular|celular|cellco|cellular|movil|móvil)\b/],
  [
    "hosting",
    /\b(?:(?!ghost)\w*host|\w*hosting|\w*hosters?|hostinger|cloud\w*|\w+cloud|\w*vps|datacent(?:er|re)s?|data cent(?:er|re)s?|colo|colocation|dedicated servers?|servers|\w+servers?|leaseweb|ovh|hetzner|digitalocean|linode|vultr|contabo|choopa)\b/,
  ],
  ["content", /\b(?:\w*cdn|content delivery|content network|media delivery)\b/],
  ["access", /\b(?:broadband|cable|cablevision|dsl|adsl|fttx|ftth|fib(?:er|re) to the home|residential|cablenet|wisp|isp)\b/],
  [
    "business",
    /\b(?:bank|banco|banque|insurance|versicherung\w*|airlines?|airport|hospital|automotive|pharma\w*|steel|petroleum|supermarkets?|stock exchange|motors?|credit union)\b/,
  ],
];

/** Words beside which "county", "federal", "state" and "exchange" are part of a firm's name. */
const FIRMS = /\b(?:credit union|electric|utilities|cooperative|enterprise|telecommunications|telecom|telephone|investment)\b/;

/** The kind of a network, or null where neither the table nor a word of its name tells, or words of two kinds do. */
export function networkKind(asn: number | null, name: string | null): NetworkKind | null {
  const known = asn === null ? undefined : WELL_KNOWN.get(asn);
  if (known !== undefined) return known;
  if (name === null) return null;
  const words = name.toLowerCase().replaceAll("_", " ");
  let kind: NetworkKind | null = null;
  for (const [candidate, pattern] of WORDS) {
    if (!pattern.test(words) || ((candidate === "government" || candidate === "exchange") && FIRMS.test(words))) continue;
    // "County Electric", "State University Hospital": a name that says two things says nothing.
    if (kind !== null && kind !== candidate) return null;
    kind = candidate;
  }
  return kind;
}
