/** The programs that tests compare us with or look through, as Debian packages: what is missing, and how it comes. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

interface DebianPackage {
  readonly name: string;
  /** Its name on PATH, or the place of a file or folder of it. */
  readonly program: string;
  readonly use: string;
}

/** What the test run uses; a test whose program is missing says so and is skipped. */
export const TEST_PACKAGES: readonly DebianPackage[] = [
  { name: "tcpdump", program: "tcpdump", use: "packet and port-zero counts to compare with, captures of an interface" },
  { name: "tshark", program: "tshark", use: "counts inside VLANs and tunnels to compare with" },
  { name: "nfdump", program: "nfdump", use: "flows of its files to compare with" },
  { name: "zstd", program: "zstd", use: "compressed input from the real program" },
  { name: "kcat", program: "kcat", use: "Kafka's brokers, as librdkafka mocks them" },
  { name: "openssl", program: "openssl", use: "certificates for syslog over TLS" },
  { name: "iproute2", program: "ip", use: "a network of its own to capture in" },
  { name: "logrotate", program: "logrotate", use: "log files that are rotated while they are followed" },
  { name: "systemd", program: "journalctl", use: "the journal, as it is followed" },
  { name: "systemd-journal-remote", program: "/usr/lib/systemd/systemd-journal-remote", use: "a journal to follow" },
  { name: "nftables", program: "nft", use: "rules of the report, checked" },
  { name: "iptables", program: "iptables-restore", use: "rules of precursor block, read and tried with packets" },
  { name: "ipset", program: "ipset", use: "sets of precursor block, restored" },
  { name: "tcpreplay", program: "tcpreplay", use: "packets through real rules" },
  { name: "exabgp", program: "exabgp", use: "FlowSpec routes, validated and sent" },
  { name: "gobgpd", program: "gobgpd", use: "FlowSpec routes, as another speaker reads them" },
  { name: "python3-capirca", program: "aclgen", use: "rules of precursor block, as another generator writes them" },
  { name: "awscli", program: "aws", use: "commands for a network ACL, checked" },
  { name: "zsh", program: "zsh", use: "completion" },
  { name: "fish", program: "fish", use: "completion" },
  { name: "time", program: "/usr/bin/time", use: "memory of the benchmarks" },
  {
    name: "golang-github-gopacket-gopacket-dev",
    program: "/usr/share/gocode/src/github.com/gopacket/gopacket/pcapgo",
    use: "captures of others, to compare with tshark",
  },
  { name: "chromium", program: "chromium", use: "the HTML report in a real browser" },
];

/** Packages whose program is not on PATH. */
export function missingPackages(): readonly DebianPackage[] {
  return TEST_PACKAGES.filter(({ program }) => !isOnPath(program));
}

/** Installs packages with apt, without questions; false, with the reason in one line, where not all could be. */
export function installPackages(packages: readonly DebianPackage[]): boolean {
  if (process.platform !== "linux" || !isOnPath("apt-get")) return refuse("this is not a Debian system");
  if (process.getuid?.() !== 0) return refuse("only root can install packages");
  const names = packages.map(({ name }) => name);
  console.log(`installing ${names.join(", ")}`);
  const problem = apt("update") ?? apt("install", ...names);
  // One that this release of Debian lacks must not keep out the others
  if (problem !== null) for (const name of names) apt("install", name);
  return problem === null || missingPackages().length === 0 || refuse(problem);
}

/** Runs apt-get; null, or the last line that it says of its failure. */
function apt(command: "update" | "install", ...names: readonly string[]): string | null {
  // tshark asks who may capture: with this it takes the default
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  const patience = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30"];
  const options = command === "install" ? ["-y", "--no-install-recommends", ...names] : [];
  const { status, stderr } = spawnSync("apt-get", ["-qq", ...patience, command, ...options], { env, encoding: "utf8" });
  return status === 0 ? null : `apt-get ${command}: ${stderr.trim().split("\n").at(-1) ?? "failed"}`;
}

function refuse(reason: string): false {
  console.log(`cannot install Debian packages: ${reason}`);
  return false;
}

function isOnPath(program: string): boolean {
  const folders = program.startsWith("/") ? [""] : (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
