/** Formats of log lines: one for each kind of firewall line, and one for syslog in whose head there is none. All share one decoder. */
import type { Format, Proves } from "../format.ts";
import { MAX_LINE } from "../text/lines.ts";
import { CISCO_ASA } from "./cisco-asa.ts";
import { CISCO_IOS } from "./cisco-ios.ts";
import { SyslogDecoder } from "./decode.ts";
import { FILTERLOG } from "./filterlog.ts";
import { MIKROTIK } from "./mikrotik.ts";
import { NETFILTER } from "./netfilter.ts";
import type { MessageKind } from "./reader.ts";
import { GENERIC, kindOfHead } from "./recognise.ts";

/** Linux: iptables, nftables, ufw, firewalld, and the devices built on them. */
export const NETFILTER_LOG: Format = logFormat(NETFILTER, "Linux netfilter log (iptables, nftables, ufw, firewalld)", {
  portsOnTheWire: true,
  tcpFlags: true,
  outcome: false,
  fragments: true,
  action: true,
});

/** MikroTik RouterOS. */
export const MIKROTIK_LOG: Format = logFormat(MIKROTIK, "MikroTik RouterOS firewall log", {
  portsOnTheWire: true,
  tcpFlags: true,
  outcome: false,
  fragments: false,
  action: true,
});

/** pf of pfSense and OPNsense. */
export const FILTERLOG_LOG: Format = logFormat(FILTERLOG, "pf filterlog (pfSense, OPNsense)", {
  portsOnTheWire: true,
  tcpFlags: true,
  outcome: false,
  fragments: true,
  action: true,
});

/** Cisco's firewalls. Flags stand in few messages, and outcomes in those about connections alone. */
export const CISCO_ASA_LOG: Format = logFormat(CISCO_ASA, "Cisco ASA, FTD, PIX or FWSM log", {
  portsOnTheWire: true,
  tcpFlags: true,
  outcome: true,
  fragments: false,
  action: true,
});

/** Access lists of Cisco's routers and switches. */
export const CISCO_IOS_LOG: Format = logFormat(CISCO_IOS, "Cisco access list log (IOS, IOS XE, IOS XR, Nexus)", {
  portsOnTheWire: true,
  tcpFlags: false,
  outcome: false,
  fragments: false,
  action: true,
});

/** Syslog, dmesg or journald without a firewall line in its head: those that come later are read, whatever their kind. */
export const SYSLOG: Format = logFormat({ name: GENERIC }, "syslog, dmesg or journald (firewall lines in it)", {
  portsOnTheWire: false,
  tcpFlags: false,
  outcome: false,
  fragments: false,
  action: true,
});

/** Every format of log lines. */
export const SYSLOG_FORMATS: readonly Format[] = [NETFILTER_LOG, FILTERLOG_LOG, CISCO_ASA_LOG, MIKROTIK_LOG, CISCO_IOS_LOG, SYSLOG];

function logFormat({ name }: Pick<MessageKind, "name">, title: string, proves: Proves): Format {
  return {
    name,
    title,
    proves,
    maxRecord: MAX_LINE,
    recognises: (head) => kindOfHead(head) === name,
    decoder: (writer, context) => new SyslogDecoder(writer, context),
  };
}
