import { describe, expect, test } from "vitest";
import { UsageError } from "../model/errors.ts";
import { assessOptions } from "./assess-command.ts";
import { intelPlace } from "./intel-place.ts";

const DEFAULTS = { threads: 0, color: true } as const;

describe("assessOptions", () => {
  test("fills in what was not said", () => {
    expect(assessOptions(["a.pcap"], DEFAULTS)).toEqual({
      inputs: ["a.pcap"],
      home: [],
      since: null,
      until: null,
      filter: null,
      inputFormat: null,
      mapping: null,
      listen: null,
      explain: null,
      intelFolder: intelPlace(undefined),
      store: null,
      priors: {},
      threads: 0,
      limit: 1000,
      assets: [],
      databases: [],
      resolvers: null,
      onProgress: null,
    });
  });

  test("DNS is asked only where it is named, and resolvers are addresses", () => {
    expect(assessOptions(["a"], { ...DEFAULTS, resolve: true }).resolvers).toEqual([]);
    const resolver = ["192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:53"];
    expect(assessOptions(["a"], { ...DEFAULTS, resolver }).resolvers).toEqual(resolver);
    for (const wrong of ["dns.example", "192.0.2.53:0", "192.0.2.53:65536", "192.0.2", "", "[2001:db8::53", "1.1.1.1:x"]) {
      expect(() => assessOptions(["a"], { ...DEFAULTS, resolver: [wrong] }), wrong).toThrow(/--resolver takes/);
    }
  });

  test("feeds are where --intel says, and nowhere with --no-intel", () => {
    expect(assessOptions(["a.pcap"], { ...DEFAULTS, intel: "/tmp/feeds" }).intelFolder).toBe("/tmp/feeds");
    expect(assessOptions(["a.pcap"], { ...DEFAULTS, intel: false }).intelFolder).toBeNull();
  });

  test("--home before an input takes the networks and leaves the input", () => {
    const options = assessOptions([], { ...DEFAULTS, home: ["192.0.2.0/24", "2001:db8::/32", "a.pcap", "captures/2013", "-"] });
    expect(options.home).toEqual(["192.0.2.0/24", "2001:db8::/32"]);
    expect(options.inputs).toEqual(["a.pcap", "captures/2013", "-"]);
    expect(assessOptions(["a"], { ...DEFAULTS, home: ["10.0.0.0/8,192.168.0.0/16"] }).home).toEqual(["10.0.0.0/8", "192.168.0.0/16"]);
  });

  test.each([["10.0.0.0/33"], ["10.0.0/8"], ["10.0.0.256"], ["2001:db8::/129"], ["fe80:::1"], ["example"], ["10.0.0.0/"]])(
    "--home %s is refused as a network, not taken for a file",
    (network) => {
      expect(() => assessOptions(["a.pcap"], { ...DEFAULTS, home: [network] })).toThrow(/--home takes networks/);
    },
  );

  test("history is opened only where it is asked for", () => {
    expect(assessOptions(["a"], { ...DEFAULTS, store: "history" }).store).toEqual({ kind: "folder", path: "history" });
    expect(() => assessOptions(["a"], { ...DEFAULTS, store: "ftp://host" })).toThrow(/a folder, or a URL/);
  });

  test.each([
    [[], {}, /no input/],
    [["a"], { since: 5, until: 5 }, /--since is not before --until/],
    [["a"], { explain: "example.com" }, /--explain takes an IPv4 or IPv6 address/],
    [["a"], { quiet: true, verbose: true }, /exclude each other/],
  ] as const)("%j with %j is refused", (inputs, flags, message) => {
    const ask = (): unknown => assessOptions(inputs, { ...DEFAULTS, ...flags });
    expect(ask).toThrow(UsageError);
    expect(ask).toThrow(message);
  });
});
