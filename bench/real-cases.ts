/** What the real programs are asked to do between the namespaces of real-tools.ts, and what a correct assessment says of it. */
import type { HypothesisId } from "../src/model/assessment.ts";

/** The client's addresses: on the routed link, on the LAN, and IPv6. */
export const CLIENT = "198.51.100.7";
export const LAN_CLIENT = "192.168.77.5";
const CLIENT_6 = "2001:db8:1::7";
/** The site: hosts .10 to .29 are there. */
export const HOME = "203.0.113.0/24";

export interface RealCase {
  readonly name: string;
  /** The program without which the case is skipped. */
  readonly tool: string;
  readonly from?: "inside";
  /** Run by bash. */
  readonly command: string;
  readonly captureFilter?: string;
  /** Who scans; nobody else may be called a scanner. */
  readonly sources: readonly string[];
  /** Scans that must be found ("a|b": either); none: the source is no scanner. */
  readonly techniques: readonly string[];
  readonly tools?: readonly string[];
  readonly decoys?: true;
  readonly readings?: readonly HypothesisId[];
  readonly mayHaveVictims?: true;
}

/** Web, other TCP services, and a UDP service with large answers, on every address of the site. */
export const SERVICES_PROGRAM = `
import { createServer } from "node:http";
import net from "node:net";
import dgram from "node:dgram";
for (const port of [80, 8080, 8000, 9090]) createServer((request, response) => {
  if (request.url === "/slow") setTimeout(() => response.end("slow"), 500);
  else response.end("<html><a href=/a>a</a><a href=/b>b</a><a href=/c>c</a>" + "x".repeat(2000) + "</html>");
}).listen(port, "::");
for (const port of [25, 143, 3306]) net.createServer((socket) => { socket.on("error", () => {}); socket.write("220 ready\\r\\n"); socket.on("data", () => socket.write("250 ok\\r\\n")); }).listen(port, "::");
const dns = dgram.createSocket("udp6");
dns.on("message", (message, peer) => dns.send(Buffer.concat([message.subarray(0, 12), Buffer.alloc(100)]), peer.port, peer.address));
dns.bind(53);
`;

const scan = (name: string, command: string, techniques: readonly string[], more: Partial<RealCase> = {}): RealCase => ({
  name,
  tool: command.split(" ")[0] ?? "nmap",
  command,
  sources: [CLIENT],
  techniques,
  ...more,
});
const quiet = (name: string, command: string, more: Partial<RealCase> = {}): RealCase => ({
  readings: ["ordinary"],
  ...scan(name, command, [], more),
  ...more,
});
const AIMED: readonly HypothesisId[] = ["targeted-reconnaissance", "fingerprinting", "vulnerability-search"];
const FORGED: readonly HypothesisId[] = ["ddos", "backscatter"];

export const REAL_CASES: readonly RealCase[] = [
  scan("nmap-syn-host", "nmap -sS -Pn -n --top-ports 200 203.0.113.10", ["syn"], { tools: ["nmap"], readings: AIMED }),
  scan("nmap-connect-host", "nmap -sT -Pn -n --top-ports 100 203.0.113.11", ["connect"], { readings: AIMED }),
  scan("nmap-udp-host", "nmap -sU -Pn -n --top-ports 60 --max-retries 1 203.0.113.12", ["udp"]),
  scan("nmap-ack-host", "nmap -sA -Pn -n --top-ports 100 203.0.113.10", ["ack"]),
  scan("nmap-window-host", "nmap -sW -Pn -n --top-ports 100 203.0.113.10", ["window|ack"]),
  scan("nmap-maimon-host", "nmap -sM -Pn -n --top-ports 100 203.0.113.10", ["maimon"]),
  scan("nmap-fin-host", "nmap -sF -Pn -n --top-ports 50 203.0.113.10", ["fin"]),
  scan("nmap-null-host", "nmap -sN -Pn -n --top-ports 50 203.0.113.10", ["null"]),
  scan("nmap-xmas-dark", "nmap -sX -Pn -n --top-ports 50 --max-retries 0 203.0.113.200", ["xmas"]),
  scan("nmap-protocols", "nmap -sO -Pn -n --max-retries 0 203.0.113.13", ["ip-protocol"]),
  scan("nmap-sctp", "nmap -sY -Pn -n -p 1-100 203.0.113.13", ["sctp-init"]),
  scan("nmap-decoys", "nmap -sS -Pn -n -D 9.9.9.9,8.8.4.4,ME,1.0.0.1 --top-ports 100 203.0.113.10", ["syn"], {
    decoys: true,
    sources: [CLIENT, "9.9.9.9", "8.8.4.4", "1.0.0.1"],
  }),
  scan("nmap-fragments", "nmap -sS -f -Pn -n --top-ports 60 203.0.113.10", ["syn"]),
  scan("nmap-os", "nmap -sS -O -Pn -n --top-ports 100 203.0.113.10", ["syn", "os-detection"]),
  scan("nmap-all", "nmap -A -Pn -n --top-ports 60 203.0.113.10", ["syn"]),
  scan("nmap-slow", "nmap -sS -Pn -n --scan-delay 700ms -p 20-60 203.0.113.10", ["syn"]),
  scan("nmap-sweep-445", "nmap -sS -Pn -n -p 445 --max-retries 0 203.0.113.0/24", ["syn"], { tools: ["nmap"] }),
  scan("nmap-strobe", "nmap -sS -Pn -n -p 22,80,443,3389 --max-retries 0 203.0.113.0/25", ["syn"]),
  scan("nmap-top-block", "nmap -sS -Pn -n --top-ports 30 --max-retries 0 203.0.113.8-31", ["syn"]),
  scan("nmap-ping-sweep", "nmap -sn -n --max-retries 0 203.0.113.0/24", ["icmp"]),
  scan("nmap-version", "nmap -sV -Pn -n -p 1-100 203.0.113.10", ["syn"]),
  scan("nmap-source-port-53", "nmap -sU -g 53 -Pn -n --top-ports 60 --max-retries 0 203.0.113.10", ["udp"]),
  scan("nmap-six-syn", "nmap -6 -sS -Pn -n --top-ports 100 2001:db8:2::10", ["syn"], { sources: [CLIENT_6] }),
  scan("nmap-six-connect", "nmap -6 -sT -Pn -n -p 22,80,443,445 --max-retries 0 2001:db8:2::{10..40}", ["connect"], {
    sources: [CLIENT_6],
  }),
  scan("nmap-six-udp", "nmap -6 -sU -Pn -n --top-ports 40 --max-retries 0 2001:db8:2::12", ["udp"], { sources: [CLIENT_6] }),
  scan("nmap-arp-sweep", "nmap -sn -n 192.168.77.0/24", ["arp"], {
    sources: [LAN_CLIENT],
    readings: ["misconfiguration", "targeted-reconnaissance"],
  }),
  scan("nmap-inside-host", "nmap -sS -n --top-ports 100 192.168.77.10", ["syn"], {
    sources: [LAN_CLIENT],
    readings: ["misconfiguration", "targeted-reconnaissance"],
  }),
  scan("nmap-port-zero", "nmap -sS -Pn -n -p 0-20 203.0.113.10", ["syn"]),
  scan(
    "masscan-sweep",
    `GW=$(ip neigh show 198.51.100.1 | grep -o '..:..:..:..:..:..'); masscan 203.0.113.0/24 -p80,445 --rate 300 --wait 1 --adapter-ip ${CLIENT} -e pc-out --router-mac $GW`,
    ["syn"],
    { tool: "masscan", tools: ["masscan"] },
  ),
  scan(
    "zmap-sweep",
    `GW=$(ip neigh show 198.51.100.1 | grep -o '..:..:..:..:..:..'); zmap -p 443 -r 300 -c 1 -i pc-out -S ${CLIENT} -G $GW --blacklist-file=/dev/null 203.0.113.0/24`,
    ["syn"],
    { tool: "zmap", tools: ["zmap"] },
  ),
  scan("hping-scan", "hping3 --scan 1-80 -S 203.0.113.10", ["syn"]),
  scan("hping-walk", "hping3 -S -p ++1 -i u5000 -c 120 203.0.113.10", ["syn"], { tools: ["hping"] }),
  scan("hping-source-zero", "for h in $(seq 10 60); do hping3 -S -s 0 -k -p 445 -c 1 -i u1000 203.0.113.$h & done; wait", ["syn"], {
    tool: "hping3",
    mayHaveVictims: true,
  }),
  scan("ping-sweep", "for h in $(seq 1 80); do ping -c 1 -W 1 203.0.113.$h & done; wait", ["icmp"], { tool: "ping" }),
  scan("bash-connect-sweep", 'for h in $(seq 1 80); do timeout 1 bash -c "</dev/tcp/203.0.113.$h/22" & done; wait', ["connect|syn"], {
    tool: "bash",
  }),

  // Before the forged ones: their victim repeats its answers to strangers for a minute.
  quiet("flood-syn-one-source", "hping3 -S -p 80 -i u600 -c 8000 203.0.113.10", { readings: ["ddos", "ordinary", "misconfiguration"] }),
  quiet("flood-syn-forged-open", "hping3 -S -p 80 --rand-source -i u600 -c 12000 203.0.113.10", { readings: FORGED, mayHaveVictims: true }),
  quiet("flood-syn-forged-closed", "hping3 -S -p 81 --rand-source -i u600 -c 8000 203.0.113.10", {
    readings: FORGED,
    mayHaveVictims: true,
  }),
  quiet("flood-syn-forged-one-way", "hping3 -S -p 80 --rand-source -i u600 -c 8000 203.0.113.10", {
    readings: ["ddos"],
    captureFilter: "dst net 203.0.113.0/24",
  }),
  quiet("flood-syn-backscatter-side", "hping3 -S -p 80 --rand-source -i u600 -c 60000 203.0.113.10", {
    readings: ["backscatter"],
    captureFilter: "src net 203.0.113.0/24",
    mayHaveVictims: true,
  }),
  quiet("flood-udp-forged", "hping3 --udp -p 9999 --rand-source -i u600 -c 8000 203.0.113.10", { readings: FORGED, mayHaveVictims: true }),
  quiet("flood-icmp-forged", "hping3 --icmp --rand-source -i u600 -c 8000 203.0.113.10", { readings: FORGED, mayHaveVictims: true }),
  quiet("flood-ack-forged", "hping3 -A -p 80 --rand-source -i u600 -c 8000 203.0.113.10", { readings: FORGED, mayHaveVictims: true }),

  quiet(
    "browse",
    "for r in 1 2 3 4 5; do for h in 10 11 12 13 14 15; do for p in 80 8080 8000; do curl -s -m 2 http://203.0.113.$h:$p/ http://203.0.113.$h:$p/a -o /dev/null -o /dev/null; done; done; done",
    { tool: "curl" },
  ),
  quiet("browse-wide", "for r in 1 2 3; do for h in $(seq 10 29); do curl -s -m 2 http://203.0.113.$h/ -o /dev/null & done; wait; done", {
    tool: "curl",
  }),
  quiet(
    "browse-some-dead",
    "for r in 1 2 3; do for h in 10 11 12 13 14 15 40 41; do curl -s -m 1 http://203.0.113.$h/ -o /dev/null & done; wait; done",
    { tool: "curl" },
  ),
  quiet(
    "monitor",
    "for r in $(seq 1 12); do for h in 10 11 12 13 14 15 16 17 18 45 46; do curl -s -m 1 http://203.0.113.$h:9090/metrics -o /dev/null & done; wait; done",
    { tool: "curl" },
  ),
  quiet("wget-recursive", "cd $(mktemp -d); for h in 10 11 12; do wget -q -r -l 2 http://203.0.113.$h/; done", { tool: "wget" }),
  quiet("ssh-retries", "for r in $(seq 1 25); do ssh -o ConnectTimeout=1 -o BatchMode=yes 203.0.113.10 true; sleep 0.2; done", {
    tool: "ssh",
  }),
  quiet(
    "names",
    "python3 - <<'P'\nimport socket,os\nfor i in range(400):\n s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM);s.settimeout(1);s.sendto(os.urandom(12)+b'x'*20,('203.0.113.%d'%(10+i%4),53))\n try: s.recv(512)\n except OSError: pass\n s.close()\nP",
    { tool: "python3" },
  ),
  quiet(
    "mail-and-sql",
    'for r in $(seq 1 10); do for p in 25 143 3306; do timeout 1 bash -c "exec 3<>/dev/tcp/203.0.113.10/$p; head -1 <&3; echo quit >&3; head -1 <&3"; done; done',
    { tool: "bash" },
  ),
  quiet("ping-few", "for h in 10 11 12; do ping -c 8 -i 0.2 203.0.113.$h & done; wait", { tool: "ping" }),
  quiet(
    "traceroute",
    "nmap -sn -Pn -n --traceroute 203.0.113.10; python3 - <<'P'\nimport socket\nfor ttl in range(1,20):\n for q in range(3):\n  s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM);s.setsockopt(socket.IPPROTO_IP,socket.IP_TTL,ttl);s.sendto(b'x'*32,('203.0.113.200',33434+3*ttl+q))\nP",
    { tool: "python3" },
  ),
  quiet(
    "browse-six",
    "for r in 1 2 3; do for h in 10 11 12 13 14 15; do curl -s -m 2 http://[2001:db8:2::$h]/ -o /dev/null & done; wait; done",
    { tool: "curl" },
  ),
];
