/** One acknowledged scanner: what an entry of the table says. */
import type { ToolName } from "../../model/activity.ts";

/** Where an entry was read that we found no page of the organisation itself for. */
export const OPENFILTERS = "OpenFilters/internet-scanners, which collects them from reverse names and registrations";

export interface AcknowledgedScanner {
  readonly organisation: string;
  /** Universities and projects; foundations; sellers of attack-surface data, search engines and ratings. */
  readonly kind: "research" | "non-profit" | "commercial";
  /** CIDR networks and addresses, IPv4 and IPv6. Empty where the scanners live at addresses that change, and only their names tell. */
  readonly networks: readonly string[];
  /** Suffixes of the scanners' host names, for a forward-confirmed lookup. Empty where they have no names of their own. */
  readonly names: readonly string[];
  /** Where the organisation publishes this, or names itself. */
  readonly published: string;
  /** Where the networks were read, on ACKNOWLEDGED_DATE: its own page, as stored then, or who copies or lists it. */
  readonly read: string;
  /** Tools that it says it uses, where it says so; empty where it does not. */
  readonly tools: readonly ToolName[];
}
