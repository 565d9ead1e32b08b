/** Every kind of firewall line that is looked for inside syslog. */
import { CISCO_ASA } from "./cisco-asa.ts";
import { CISCO_IOS } from "./cisco-ios.ts";
import { FILTERLOG } from "./filterlog.ts";
import { MIKROTIK } from "./mikrotik.ts";
import { NETFILTER } from "./netfilter.ts";
import type { MessageKind } from "./reader.ts";

/** The kinds, those that are cheapest to rule out first; no message is of two kinds. */
export const KINDS: readonly MessageKind[] = [NETFILTER, FILTERLOG, CISCO_ASA, MIKROTIK, CISCO_IOS];
