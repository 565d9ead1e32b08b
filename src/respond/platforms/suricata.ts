/** Suricata rules (Suricata user guide, "Rules Format"). Packets are put together from fragments before rules see them. */
import type { BlockRequest } from "../../model/block.ts";
import { expiryOf, hash, matchWords, moment, nameOf, noExpiryNote, type Platform } from "../platform.ts";

/** The end of the range that is left to local rules, 1,000,000 to 1,999,999 (SID allocation, sidallocation.org). */
const FIRST_SID = 1_900_000;
const SIDS_A_BLOCK = 100;
/** Characters of networks in one rule: Suricata reads lines of 8,192 (DETECT_MAX_RULE_SIZE, detect.h), and 200 networks of IPv6 may be more. */
const CHARACTERS_A_RULE = 7_000;

export const SURICATA: Platform = {
  name: "suricata",
  title: "Suricata",
  remark: "# ",
  says: "port-zero",
  portZero: "`drop tcp any 0 -> any any`",
  fragments: "put together before rules are looked at",
  expiry: "none",
  into: null,
  rules: (request) => {
    const rules = rulesOf(request);
    const first = FIRST_SID + (hash(nameOf(request)) % 900) * SIDS_A_BLOCK;
    const metadata = metadataOf(request);
    return {
      apply: rules.map(
        ({ match, message }, index) =>
          `drop ${match} (msg:"Precursor: ${message}"; classtype:attempted-recon; sid:${first + index}; rev:1;${metadata})`,
      ),
      remove: rules.map((_, index) => `1:${first + index}`),
      notes: [
        "drop needs Suricata in line (IPS); beside the wire it only alerts. Name the file in rule-files, then suricatasc -c reload-rules.",
        "To remove: take the file out and reload, or put the lines of the removal into suricata-update's disable.conf.",
        ...(request.families.length === 1 && request.portZero.length > 0 ? ["The rules for port zero are for IPv4 and IPv6."] : []),
        ...noExpiryNote(request, "Suricata"),
      ],
    };
  },
};

function rulesOf(request: BlockRequest): { readonly match: string; readonly message: string }[] {
  return [
    ...request.portZero.map((match) => ({
      match: `${match.transport} any ${match.end === "source" ? "0 -> any any" : "any -> any 0"}`,
      message: matchWords(match),
    })),
    ...listsOf(request.sources).map((list, index) => ({
      match: `ip [${list}] any -> any any`,
      message: `blocked source, list ${index + 1}`,
    })),
  ];
}

/** Networks with commas between, as few texts as fit into rules. */
function listsOf(sources: readonly string[]): string[] {
  const lists: string[] = [];
  for (const source of sources) {
    const last = lists.at(-1);
    if (last === undefined || last.length + 1 + source.length > CHARACTERS_A_RULE) lists.push(source);
    else lists[lists.length - 1] = `${last},${source}`;
  }
  return lists;
}

function metadataOf(request: BlockRequest): string {
  const until = expiryOf(request);
  // Values of metadata end at a comma or semicolon, which no incident's name has.
  const parts = [
    ...(request.incident === null ? [] : [`incident ${request.incident}`]),
    ...(until === null ? [] : [`expires ${moment(until)}`]),
  ];
  return parts.length === 0 ? "" : ` metadata:${parts.join(", ")};`;
}
