/**
 * Network ACLs of AWS, as commands of its command line. An entry holds one range of destination ports and none of source ports (Amazon EC2
 * API, CreateNetworkAclEntry): what cannot be said of questions is said of the answers, which go to port zero.
 */
import type { BlockRequest } from "../../model/block.ts";
import { matchWords, noExpiryNote, type Platform, portZeroOf, sourcesOf } from "../platform.ts";

/** Entries of one version of IP in one direction without asking Amazon for more, its own "*" included (Amazon VPC quotas). */
const QUOTA = 20;

interface Entry {
  readonly direction: "ingress" | "egress";
  readonly family: 4 | 6;
  readonly network: string;
  /** IP protocol number, with destination port zero; null for everything. */
  readonly protocol: 6 | 17 | null;
}

export const AWS_NETWORK_ACL: Platform = {
  name: "aws-network-acl",
  title: "AWS network ACL",
  remark: "# ",
  says: "nearest",
  portZero: "`--port-range From=0,To=0` for destinations; for source ports only the answers can be stopped",
  fragments: "not documented",
  expiry: "none",
  into: "the id of the network ACL",
  rules: (request, into) => {
    const numbered = numberedEntries(request);
    const most = Math.max(
      ...(["ingress", "egress"] as const).flatMap((way) =>
        ([4, 6] as const).map((family) => numbered.filter(({ entry }) => entry.direction === way && entry.family === family).length),
      ),
    );
    const setAcl = `ACL=${into ?? '"${ACL:?set it to the id of the network ACL}"'}`;
    const unsaid = request.portZero.filter(({ end }) => end === "source");
    return {
      apply: numbered.length === 0 ? [] : [setAcl, ...numbered.map(({ entry, number }) => create(entry, number))],
      remove:
        numbered.length === 0
          ? []
          : [
              setAcl,
              ...numbered.map(
                ({ entry, number }) =>
                  `aws ec2 delete-network-acl-entry --network-acl-id "$ACL" --${entry.direction} --rule-number ${number}`,
              ),
            ],
      notes: [
        ...(unsaid.length === 0
          ? []
          : [
              `A network ACL cannot say a source port: ${unsaid.map(matchWords).join(" and ")} still gets in. The nearest: the answers, which go to port zero, are kept from going out. AWS Network Firewall takes --for suricata, which can say it.`,
            ]),
        ...(numbered.some(({ entry }) => entry.protocol !== null)
          ? ["What an entry with a port does to later fragments, Amazon does not say."]
          : []),
        ...(most >= QUOTA
          ? [
              `${most} entries of one version of IP one way: more than an ACL takes (${QUOTA}, its own included) unless Amazon was asked for more.`,
            ]
          : []),
        "Numbers 1 and up are used, before all others; where one is taken, the command fails and changes nothing. The removal goes by number: run it only where all were made.",
        ...noExpiryNote(request, "AWS"),
      ],
    };
  },
};

function numberedEntries(request: BlockRequest): { readonly entry: Entry; readonly number: number }[] {
  const next = { ingress: 1, egress: 1 };
  return entriesOf(request).map((entry) => ({ entry, number: next[entry.direction]++ }));
}

function entriesOf(request: BlockRequest): Entry[] {
  return ([4, 6] as const).flatMap((family) => [
    ...portZeroOf(request, family).map(({ transport, end }): Entry => ({
      direction: end === "source" ? "egress" : "ingress",
      family,
      network: family === 4 ? "0.0.0.0/0" : "::/0",
      protocol: transport === "tcp" ? 6 : 17,
    })),
    ...sourcesOf(request, family).map((network): Entry => ({ direction: "ingress", family, network, protocol: null })),
  ]);
}

function create({ direction, family, network, protocol }: Entry, number: number): string {
  const what = protocol === null ? "--protocol -1" : `--protocol ${protocol} --port-range From=0,To=0`;
  return `aws ec2 create-network-acl-entry --network-acl-id "$ACL" --${direction} --rule-number ${number} ${what} --${family === 4 ? "" : "ipv6-"}cidr-block ${network} --rule-action deny`;
}
