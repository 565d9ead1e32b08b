/** Rules as a file that explains itself: for whom, until when, what they drop and what not, and how they are taken away again. */
import type { BlockRequest, LeftOut } from "../model/block.ts";
import { expiryOf, matchWords, moment, type Platform, type RuleSet } from "./platform.ts";

/** Addresses told by name for one reason, and reasons. */
const NAMED_LEFT_OUT = 5;
const TOLD_REASONS = 20;

/** A block with what was decided on the way to it. */
export interface DecidedBlock {
  readonly request: BlockRequest;
  /** Addresses that are covered, and those of them that nobody asked for. */
  readonly addresses: number;
  readonly innocents: number;
  readonly leftOut: readonly LeftOut[];
}

/** The file; with `removal`, how to take away what the file made and nothing else. Ends with a newline. */
export function blockDocument(block: DecidedBlock, platform: Platform, into: string | null, removal: boolean): string {
  const rules = platform.rules(block.request, into);
  const remarks = removal ? removalRemarks(block, platform) : remarksOf(block, platform, rules);
  const body = removal ? rules.remove : rules.apply;
  const tail = removal ? [] : removeRemarks(rules);
  const asRemark = (line: string): string => `${platform.remark}${line}`.trimEnd();
  return `${[...remarks.map(asRemark), ...body, ...tail.map(asRemark)].join("\n")}\n`;
}

/** `precursor.block/1`. */
export function blockJson(block: DecidedBlock, platform: Platform, into: string | null): string {
  const { request } = block;
  const { apply, remove, notes } = platform.rules(request, into);
  const until = expiryOf(request);
  const value = {
    schema: "precursor.block/1",
    platform: platform.name,
    madeAt: moment(request.madeAt),
    expiresAt: until === null ? null : moment(until),
    incident: request.incident,
    portZero: request.portZero,
    saysPortZero: platform.says,
    families: request.families,
    sources: request.sources,
    addresses: block.addresses,
    innocents: block.innocents,
    leftOut: block.leftOut,
    rules: apply,
    removal: remove,
    notes,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Who is left out, a line for each reason with the first few by name. */
export function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  const byReason = [...Map.groupBy(leftOut, ({ reason }) => reason)];
  const lines = byReason.slice(0, TOLD_REASONS).map(([reason, those]) => {
    const named = those.slice(0, NAMED_LEFT_OUT).map(({ network }) => network);
    const more = those.length > named.length ? ` and ${those.length - named.length} more` : "";
    return `not blocked: ${named.join(", ")}${more}: ${reason}`;
  });
  const untold = byReason.slice(TOLD_REASONS).reduce((sum, [, those]) => sum + those.length, 0);
  return untold > 0 ? [...lines, `not blocked: ${untold} more, for other reasons`] : lines;
}

function removalRemarks({ request }: DecidedBlock, platform: Platform): string[] {
  return [`Precursor: takes away the ${platform.title} rules${forIncident(request)}.`];
}

function remarksOf({ request, addresses, innocents, leftOut }: DecidedBlock, platform: Platform, rules: RuleSet): string[] {
  const until = expiryOf(request);
  const { portZero, sources } = request;
  const families = request.families.map((family) => `IPv${family}`).join(" and ");
  return [
    `Precursor: ${platform.title} rules${forIncident(request)}, made ${moment(request.madeAt)}, ${until === null ? "without an end" : `until ${moment(until)}`}.`,
    ...(portZero.length === 0 || platform.says === "sources-only" ? [] : [`Drops ${portZero.map(matchWords).join(", ")} of ${families}.`]),
    ...(portZero.length === 0 ||
    platform.says === "sources-only" ||
    portZero.some(({ transport, end }) => transport === "udp" && end === "source")
      ? []
      : ["UDP source port 0 is left alone: RFC 768 lets a sender that wants no answer write it (--udp-source-zero drops it, too)."]),
    ...(sources.length === 0
      ? []
      : [
          `Drops all from ${sources.length} ${sources.length === 1 ? "network" : "networks"} with ${addresses} ${addresses === 1 ? "address" : "addresses"}.`,
        ]),
    ...(innocents > 0 ? [`${innocents} of the addresses did nothing: they are covered to have fewer rules (--aggregate).`] : []),
    ...(sources.length === 0 && portZero.length === 0 ? ["Nobody is blocked by this."] : []),
    ...leftOutLines(leftOut).map((line) => `${line.charAt(0).toUpperCase()}${line.slice(1)}.`),
    ...rules.notes,
  ];
}

function removeRemarks({ remove }: RuleSet): string[] {
  return remove.length === 0 ? [] : ["To remove:", ...remove.map((line) => `  ${line}`)];
}

function forIncident({ incident }: BlockRequest): string {
  return incident === null ? "" : ` for ${incident}`;
}
