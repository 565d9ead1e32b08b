import { describe, expect, test } from "vitest";
import { NO_MANNERS } from "../model/manners.ts";
import { DnsServer } from "./acknowledged/dns-server.fixture.ts";
import { reverseName } from "./acknowledged/forward-names.ts";
import { Intel } from "./index.ts";

const REAL = () => ({ ...NO_MANNERS, spoofable: false });

describe("intel", () => {
  test("labels in one call, and lists what it used", () => {
    const intel = Intel.open();
    expect(intel.label("71.6.135.131", REAL)).toMatchObject({
      acknowledged: { organisation: "Shodan", status: "confirmed" },
      network: { asn: 10439, kind: "hosting" },
      reserved: null,
      name: null,
    });
    expect(intel.label("10.77.0.1", REAL)).toMatchObject({ acknowledged: null, network: null, reserved: { name: "private-use" } });
    for (const nonsense of ["", "(00c0ffee)", "256.1.1.1", "x".repeat(10_000)]) {
      expect(intel.label(nonsense, REAL)).toMatchObject({ network: null, acknowledged: null, reserved: null });
    }
    expect(intel.lists().every((list) => list.licence !== "")).toBe(true);
    expect(intel.names()).toBeNull();
    intel.close();
  });
  test("without networks it opens no database", () => {
    const intel = Intel.open({ networks: false });
    expect(intel.label("8.8.8.8", REAL).network).toBeNull();
    expect(intel.announced([15169])).toEqual(new Map());
    expect(intel.lists()).toHaveLength(2);
  });
  test("knows what very many rely on, however the address is written", () => {
    const intel = Intel.open({ networks: false });
    expect(intel.label("8.8.8.8", () => NO_MANNERS).reliedUpon).toBe("a public resolver (Google)");
    expect(intel.label("2620:FE:0::fe", () => NO_MANNERS).reliedUpon).toBe("a public resolver (Quad9)");
    expect(intel.label("198.41.0.4", () => NO_MANNERS).reliedUpon).toBe("a root server of the DNS");
    expect(intel.label("8.8.8.9", () => NO_MANNERS).reliedUpon).toBeNull();
    expect(intel.label("no address", () => NO_MANNERS).reliedUpon).toBeNull();
  });
  test("looks at manners only where an organisation claims the address", () => {
    const intel = Intel.open({ networks: false });
    const never = (): never => {
      throw new Error("asked");
    };
    expect(intel.label("8.8.8.8", never).acknowledged).toBeNull();
    expect(() => intel.label("162.142.125.7", never)).toThrow("asked");
  });
  test("asks DNS only where it is told to, and takes what it says", async () => {
    const address = "80.82.65.237";
    const server = new DnsServer({
      records: new Map([
        [`PTR ${reverseName(address)}`, ["scan-1.shadowserver.org"]],
        ["A scan-1.shadowserver.org", [address]],
      ]),
    });
    const at = await server.start();
    const silent = Intel.open({ networks: false });
    await silent.askNames([address]);
    expect(silent.label(address, REAL).acknowledged).toBeNull();
    expect(server.questions).toEqual([]);
    const intel = Intel.open({ networks: false, names: { servers: [at] } });
    await intel.askNames([address]);
    expect(intel.label(address, REAL)).toMatchObject({
      acknowledged: { organisation: "The Shadowserver Foundation", status: "confirmed" },
      name: { forwardConfirmed: true },
    });
    expect(intel.names()).toMatchObject({ servers: [at], asked: 1, confirmed: 1 });
    await server.stop();
  });
  test("tells how much networks announce, of those that are known", () => {
    const intel = Intel.open();
    const announced = intel.announced([202425, 15169, 4_294_967_295]);
    expect([...announced.keys()]).toEqual([202425, 15169]);
    expect(announced.get(15169)).toBeGreaterThan(1 << 20);
    expect(announced.get(202425)).toBeLessThan(1 << 17);
    intel.close();
  });
});
