/** Every kind of firewall line that is looked for inside syslog. */
import { NETFILTER } from "./netfilter.ts";
import type { MessageKind } from "./reader.ts";

/** The kinds, those that are cheapest to rule out first; no message is of two kinds. */
export const KINDS: readonly MessageKind[] = [NETFILTER];
