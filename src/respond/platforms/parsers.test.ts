/** The rules, read by the programs that they are for. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { BlockRequest } from "../../model/block.ts";
import { blockDocument } from "../document.ts";
import { EVERYTHING, NOBODY, PORT_ZERO, REQUESTS } from "../request.fixture.ts";
import { PLATFORMS } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "precursor-respond-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a shell script in a network of its own. */
function isolated(script: string, input = ""): { status: number | null; stdout: string; stderr: string } {
  return spawnSync("unshare", ["-n", "sh", "-c", script], { input, encoding: "utf8", timeout: 60_000 });
}

/** Whether this user may have a network of his own with the program in it. */
function canRun(program: string): boolean {
  return isolated(`ip link set lo up && command -v ${program}`).status === 0;
}

function text(name: string, request: BlockRequest, removal = false): string {
  const platform = PLATFORMS.find((one) => one.name === name)!;
  return blockDocument(
    { request, addresses: 5, innocents: 0, leftOut: [{ network: "8.8.8.8", reason: "a public resolver" }] },
    platform,
    null,
    removal,
  );
}

describe.skipIf(!canRun("nft"))("nft", () => {
  test.each(REQUESTS)("takes %s, twice, and its removal", (_, request) => {
    for (const name of ["nftables", "nft-set"]) {
      const file = join(folder, `${name}.nft`);
      writeFileSync(file, text(name, request));
      const script = `nft -c -f ${file} && nft -f ${file} && nft -f ${file} && nft list ruleset && { :; ${text(name, request, true)} } && echo "left: $(nft list sets | grep -c precursor) $(nft list tables | grep -c precursor)"`;
      const run = isolated(script);
      expect(run.stderr).toBe("");
      expect(run.stdout).toContain("left: 0 0");
    }
  });
  test("forgets a source when its time is over", () => {
    for (const name of ["nftables", "nft-set"]) {
      const run = isolated(
        "nft -f - && nft list ruleset | grep -c 93.174.93.175; sleep 1.6; nft list ruleset | grep -c 93.174.93.175",
        text(name, { ...EVERYTHING, seconds: 1 }),
      );
      expect(run.stdout).toBe("1\n0\n");
    }
  });
});

describe.skipIf(!canRun("iptables-restore"))("iptables-restore", () => {
  test.each(REQUESTS)("takes %s, as a test and twice in earnest, and its removal", (_, request) => {
    const file = join(folder, "rules.sh");
    writeFileSync(file, text("iptables", request));
    const dry = text("iptables", request).replaceAll("-restore --noflush", "-restore --test --noflush");
    writeFileSync(join(folder, "dry.sh"), dry);
    const run = isolated(
      `set -e; sh -e ${folder}/dry.sh; sh -e ${file}; sh -e ${file}; iptables -t raw -S; ip6tables -t raw -S; ${text("iptables", request, true)} echo "left: $(iptables -t raw -S; ip6tables -t raw -S)" | grep -c precursor || :`,
    );
    expect(run.stderr).toBe("");
    expect(run.stdout.trim().split("\n").at(-1)).toBe("0");
    const drops = run.stdout.split("\n").filter((line) => line.endsWith("-j DROP")).length;
    expect(drops).toBe(request.portZero.length * request.families.length + request.sources.length);
  });
});

describe.skipIf(!canRun("ipset"))("ipset", () => {
  test.each(REQUESTS.filter(([, { sources }]) => sources.length > 0))("restores %s, twice, and destroys it", (_, request) => {
    const file = join(folder, "sets");
    writeFileSync(file, text("ipset", request));
    const run = isolated(
      `set -e; ipset restore < ${file}; ipset restore < ${file}; ipset list; ${text("ipset", request, true)} ipset list -n | wc -l`,
    );
    expect(run.stderr).toBe("");
    expect(run.stdout).toContain("80.82.64.0/22");
    expect(run.stdout.trim().endsWith("\n0")).toBe(true);
    expect(run.stdout.includes("timeout")).toBe(request.seconds !== null);
  });
  test("holds nobody where nobody is to be blocked, and forgets who was", () => {
    const run = isolated(
      "ipset restore && ipset list && sleep 1.6 && ipset list",
      `${text("ipset", { ...EVERYTHING, seconds: 1 })}${text("ipset", NOBODY)}`,
    );
    expect(run.stderr).toBe("");
    expect(run.stdout.match(/80\.82\.64/g)?.length).toBe(1);
  });
});

describe.skipIf(!canRun("exabgp") || !canRun("gobgpd"))("ExaBGP", () => {
  const neighbor = (flow: string): string => `neighbor 127.0.0.2 {
  router-id 192.0.2.1; local-address 127.0.0.1; local-as 64512; peer-as 64512;
  family { ipv4 flow; ipv6 flow; }
${flow}}
`;
  test.each(REQUESTS)("validates %s", (_, request) => {
    const file = join(folder, "exabgp.conf");
    writeFileSync(file, neighbor(text("exabgp", request)));
    const run = isolated(`exabgp --validate ${file}`);
    expect(run.status, run.stderr).toBe(0);
    expect(`${run.stdout}${run.stderr}`).toContain("loaded new configuration successfully");
  });
  test("sends another speaker routes for whole packets only", () => {
    writeFileSync(join(folder, "peer.conf"), neighbor(text("exabgp", PORT_ZERO)));
    writeFileSync(
      join(folder, "gobgp.toml"),
      `[global.config]
as = 64512
router-id = "192.0.2.2"
port = 1790
local-address-list = ["127.0.0.2"]
[[neighbors]]
[neighbors.config]
peer-as = 64512
neighbor-address = "127.0.0.1"
[neighbors.transport.config]
passive-mode = true
local-address = "127.0.0.2"
${["ipv4", "ipv6"].map((family) => `[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = "${family}-flowspec"`).join("\n")}
`,
    );
    const script = `cd ${folder}; ip link set lo up; gobgpd -f gobgp.toml >gobgp.log 2>&1 & G=$!
env exabgp.daemon.user=root exabgp.tcp.port=1790 exabgp peer.conf >exabgp.log 2>&1 & E=$!
for i in $(seq 100); do sleep 0.2; n=$(gobgp global rib -a ipv6-flowspec 2>/dev/null | grep -c source-port); [ "$n" = 1 ] && break; done
sleep 0.5; gobgp global rib -a ipv4-flowspec; gobgp global rib -a ipv6-flowspec; kill $G $E; wait`;
    const routes = isolated(script)
      .stdout.split("\n")
      .filter((line) => line.startsWith("*>"));
    expect(routes.length).toBe(2 * PORT_ZERO.portZero.length);
    for (const route of routes)
      expect(route).toMatch(
        /\[protocol: ==(?:tcp|udp)\]\s*\[(?:source|destination)-port: ==0\]\[fragment: !is-fragment&!first-fragment\].*discard/,
      );
  }, 40_000);
});

describe.skipIf(!canRun("suricata"))("Suricata", () => {
  test.each(REQUESTS.filter(([, { sources, portZero }]) => sources.length + portZero.length > 0))("takes %s", (_, request) => {
    const file = join(folder, "precursor.rules");
    writeFileSync(file, text("suricata", request));
    const run = isolated(`suricata -T -S ${file} -l ${folder}`);
    expect(run.status, run.stderr).toBe(0);
  });
});

describe.skipIf(!canRun("aws"))("the AWS command line", () => {
  test("takes the commands of each kind", () => {
    // --generate-cli-skeleton output checks the arguments against the service's model and sends nothing.
    const script = text("aws-network-acl", EVERYTHING)
      .split("\n")
      .filter((line) => /rule-number (?:1|3|5) /.test(line) && line.includes("create"))
      .map((line) =>
        line.replace('"$ACL"', "acl-1").replace("aws ", "AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x AWS_DEFAULT_REGION=eu-west-1 aws "),
      )
      .map((line) => `${line} --generate-cli-skeleton output >/dev/null || exit 1`)
      .join("\n");
    const run = isolated(script);
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
  }, 60_000);
});
