/** The programs that tests compare us with or look through, as Debian packages: what is missing, and how it comes. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

interface DebianPackage {
  readonly name: string;
  readonly program: string;
  readonly use: string;
}

/** What the test run uses; a test whose program is missing says so and is skipped. */
export const TEST_PACKAGES: readonly DebianPackage[] = [
  { name: "tcpdump", program: "tcpdump", use: "packet and port-zero counts to compare with" },
  { name: "tshark", program: "tshark", use: "counts inside VLANs and tunnels to compare with" },
  { name: "zstd", program: "zstd", use: "compressed input from the real program" },
  { name: "nmap", program: "nmap", use: "live scans" },
  { name: "chromium", program: "chromium", use: "the HTML report in a real browser" },
];

/** Packages whose program is not on PATH. */
export function missingPackages(): readonly DebianPackage[] {
  return TEST_PACKAGES.filter(({ program }) => !isOnPath(program));
}

/** Installs packages with apt, without questions; false, with the reason printed, where that cannot be done. */
export function installPackages(packages: readonly DebianPackage[]): boolean {
  if (process.platform !== "linux" || !isOnPath("apt-get")) return refuse("this is not a Debian system");
  if (process.getuid?.() !== 0) return refuse("only root can install packages");
  const names = packages.map(({ name }) => name);
  console.log(`installing ${names.join(", ")}`);
  // tshark asks who may capture: with this it takes the default
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]): boolean => {
    const { status, stdout, stderr } = spawnSync("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=300", ...args], { env, encoding: "utf8" });
    if (status !== 0) console.log(`apt-get ${args.join(" ")} failed\n${stdout}${stderr}`.trimEnd());
    return status === 0;
  };
  const install = ["install", "-y", "--no-install-recommends", ...names];
  return apt("update") && apt(...install);
}

function refuse(reason: string): false {
  console.log(`cannot install Debian packages: ${reason}`);
  return false;
}

function isOnPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
