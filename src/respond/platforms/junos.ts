/**
 * Junos stateless firewall filters. A port match there looks at octets wherever they are, also in later fragments: each IPv4 term asks
 * for fragment-offset 0, and each IPv6 term for TCP or UDP as the very next header, which a fragment does not have (Juniper, "Understanding
 * How a Firewall Filter Tests a Protocol", "Firewall Filter Match Conditions for IPv4 Traffic" and "… for IPv6 Traffic").
 */
import type { BlockRequest } from "../../model/block.ts";
import { concerns, matchName, nameOf, noExpiryNote, type Platform, portZeroOf, sourcesOf } from "../platform.ts";

export const JUNOS: Platform = {
  name: "junos",
  title: "Junos",
  remark: "# ",
  says: "port-zero",
  portZero: "`from source-port 0`",
  fragments: "IPv4: `fragment-offset 0` in each term, so no later ones; IPv6: `next-header tcp`, so none at all",
  expiry: "none",
  into: null,
  rules: (request) => {
    const families = ([4, 6] as const).filter((family) => concerns(request, family));
    const name = nameOf(request);
    return {
      apply: families.flatMap((family) => filter(request, family)),
      remove: families.flatMap((family) => [
        `delete firewall family ${familyName(family)} filter ${name}-${family}`,
        ...(sourcesOf(request, family).length === 0 ? [] : [`delete policy-options prefix-list ${name}-${family}`]),
      ]),
      notes: [
        `In configuration mode. The filter has no last word: put it before your own with set interfaces IF unit 0 family inet filter input-list [ ${name}-4 YOURS ], and ${name}-6 for inet6.`,
        `Where you have no filter, first add: set firewall family inet filter ${name}-4 term rest then accept, and the same for inet6; without it everything is discarded.`,
        "Take it out of the input lists before you delete it.",
        ...noExpiryNote(request, "Junos"),
      ],
    };
  },
};

function familyName(family: 4 | 6): "inet" | "inet6" {
  return family === 4 ? "inet" : "inet6";
}

function filter(request: BlockRequest, family: 4 | 6): string[] {
  const name = `${nameOf(request)}-${family}`;
  const place = `firewall family ${familyName(family)} filter ${name}`;
  const sources = sourcesOf(request, family);
  const term = (termName: string, from: readonly string[]): string[] => [
    ...from.map((condition) => `set ${place} term ${termName} from ${condition}`),
    `set ${place} term ${termName} then count ${termName}`,
    `set ${place} term ${termName} then discard`,
  ];
  return [
    ...sources.map((source) => `set policy-options prefix-list ${name} ${source}`),
    ...portZeroOf(request, family).flatMap((match) =>
      term(matchName(match), [
        family === 4 ? `protocol ${match.transport}` : `next-header ${match.transport}`,
        `${match.end}-port 0`,
        ...(family === 4 ? ["fragment-offset 0"] : []),
      ]),
    ),
    ...(sources.length === 0 ? [] : term("sources", [`source-prefix-list ${name}`])),
  ];
}
