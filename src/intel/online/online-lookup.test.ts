import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ONLINE_SERVICES, type OnlineResult, type OnlineServiceId } from "../../model/online.ts";
import { type LocalServer, serve } from "../web/local-server.fixture.ts";
import { ABUSEIPDB } from "./abuseipdb.ts";
import { DSHIELD } from "./dshield.ts";
import { GREYNOISE } from "./greynoise.ts";
import { lookUpOnline } from "./online-lookup.ts";
import { ServiceMemory } from "./service-memory.ts";

const ADDRESS = "93.174.93.175";
const KEY = "k3y-that-nobody-sees";

let folder: string;
let server: LocalServer;
let answer: RequestListener;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "precursor-online-"));
  answer = (_, response) => response.writeHead(500).end();
  server = await serve((incoming, response) => answer(incoming, response));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

function json(status: number, value: unknown): RequestListener {
  return (_, response) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function ask(service: OnlineServiceId, addresses: readonly string[] = [ADDRESS], key: string | null = KEY): Promise<OnlineResult[]> {
  const accesses = [{ service, key, url: `${server.url}/` }];
  const results = await lookUpOnline(addresses, accesses, { memoryFolder: folder, get: { environment: {} } });
  return [...results.values()].flat();
}

describe("each service is asked as it documents, and its answer understood", () => {
  test("GreyNoise", async () => {
    const known = {
      ip: ADDRESS,
      noise: true,
      riot: false,
      classification: "malicious",
      name: "unknown",
      last_seen: "2026-08-11",
      message: "Success",
    };
    answer = json(200, known);
    const [result] = await ask("greynoise");
    expect(result).toMatchObject({
      asked: true,
      answer: { verdict: "malicious", summary: "seen scanning the Internet; classed as malicious", name: null, lastSeen: "2026-08-11" },
    });
    expect(server.requests[0]).toMatchObject({ line: `GET /v3/community/${ADDRESS}`, headers: { key: KEY } });
    expect(
      GREYNOISE.read(200, { ...known, noise: false, riot: true, classification: "benign", name: "Cloudflare Public DNS" }),
    ).toMatchObject({
      verdict: "benign",
      summary: "a common service: Cloudflare Public DNS",
    });
    expect(GREYNOISE.read(404, { noise: false, riot: false, message: "IP not observed" })).toMatchObject({ verdict: "not-seen" });
  });

  test("AbuseIPDB", async () => {
    const data = {
      ipAddress: "2a02::1",
      isPublic: true,
      isWhitelisted: false,
      abuseConfidenceScore: 100,
      countryCode: "NL",
      isp: "Ecatel",
      totalReports: 41,
      numDistinctUsers: 12,
      lastReportedAt: "2026-08-10T20:55:14+00:00",
    };
    answer = json(200, { data });
    expect(await ask("abuseipdb", ["2a02::1"])).toMatchObject([
      {
        answer: {
          verdict: "malicious",
          score: 100,
          name: "Ecatel",
          summary: "41 reports by 12 reporters in 90 days; confidence of abuse 100 %",
          lastSeen: "2026-08-10",
        },
      },
    ]);
    expect(server.requests[0]).toMatchObject({ line: "GET /api/v2/check?ipAddress=2a02%3A%3A1&maxAgeInDays=90", headers: { key: KEY } });
    expect(ABUSEIPDB.read(200, { data: { ...data, isWhitelisted: true } })).toMatchObject({ verdict: "benign" });
    expect(ABUSEIPDB.read(422, { errors: [{ detail: "The ip address must be valid.", status: 422 }] })).toBe(
      "The ip address must be valid.",
    );
  });

  test("DShield, which does not judge", async () => {
    const ip = {
      number: ADDRESS,
      count: 812,
      attacks: 67,
      maxdate: "2026-08-11",
      mindate: "2026-05-01",
      asname: "ECATEL",
      threatfeeds: { blocklistde: {} },
    };
    answer = json(200, { ip });
    expect(await ask("dshield", [ADDRESS], null)).toMatchObject([
      { answer: { verdict: "seen", summary: "812 reports, 67 targets; on its lists blocklistde", name: "ECATEL", lastSeen: "2026-08-11" } },
    ]);
    expect(server.requests[0]?.line).toBe(`GET /api/ip/${ADDRESS}?json`);
    expect(DSHIELD.read(200, { ip: { number: "1.1.1.1", count: null, attacks: null, threatfeeds: null } })).toMatchObject({
      verdict: "not-seen",
    });
    expect(DSHIELD.read(200, { error: "bad IP address" })).toBe("bad IP address");
  });
});

test("what is nobody's on the Internet never leaves the machine, and is told", async () => {
  const inside = [
    "10.0.0.1",
    "127.0.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "198.51.100.7",
    "224.0.0.1",
    "0.0.0.0",
    "fe80::1",
    "fc00::1",
    "::1",
    "2002:a00:1::1",
    "64:ff9b::a00:1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "nonsense",
  ];
  for (const service of ONLINE_SERVICES) {
    const results = await ask(service, inside);
    expect(results.map(({ asked }) => asked)).toEqual(inside.map(() => false));
    expect(results.every(({ reason }) => reason !== null)).toBe(true);
  }
  expect(await ask("greynoise", ["2a02::1"])).toMatchObject([{ asked: false, reason: "not asked: it knows no IPv6" }]);
  expect(server.requests).toEqual([]);
});

test("an answer is remembered, across runs, and a key is not kept", async () => {
  answer = json(200, { ip: { number: ADDRESS, count: 1, attacks: 1 } });
  await ask("dshield");
  expect(await ask("dshield")).toMatchObject([{ asked: false, answer: { verdict: "seen" } }]);
  expect(server.requests).toHaveLength(1);
  answer = json(200, { data: { abuseConfidenceScore: 0, totalReports: 0 } });
  await ask("abuseipdb");
  for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), "utf8")).not.toContain(KEY);
  writeFileSync(join(folder, "dshield.json"), '{"answers":[["1.1.1.1",null]]');
  expect(await ask("dshield")).toMatchObject([{ answer: null, asked: true }]);
});

test("a service that needs a key is not asked without one", async () => {
  expect(await ask("abuseipdb", [ADDRESS], null)).toMatchObject([{ asked: false, reason: "needs a key: set ABUSEIPDB_API_KEY" }]);
  expect(server.requests).toEqual([]);
});

test("who says 'too many' is left alone for as long as he says, also by the next run", async () => {
  answer = (_, response) => response.writeHead(429, { "retry-after": "3600" }).end("{}");
  const results = await ask("abuseipdb", ["1.1.1.1", "8.8.8.8", "9.9.9.9"]);
  expect(results.map(({ asked }) => asked)).toEqual([true, false, false]);
  expect(results[2]?.reason).toBe("too many questions for now: it asks to wait 3600 s");
  expect(await ask("abuseipdb", ["1.1.1.1"])).toMatchObject([{ asked: false }]);
  expect(server.requests).toHaveLength(1);
});

test("a wrong key stops the questions, and is not shown even where the service prints it", async () => {
  answer = json(401, { errors: [{ detail: `Your key ${KEY} is wrong` }] });
  const results = await ask("abuseipdb", ["1.1.1.1", "8.8.8.8"]);
  expect(results.map(({ reason }) => reason)).toEqual(["it does not take the key", "it does not take the key"]);
  answer = json(402, { errors: [{ detail: `Your key ${KEY} is unpaid` }] });
  expect(await ask("abuseipdb", ["8.8.4.4"])).toMatchObject([{ reason: "Your key *** is unpaid" }]);
  expect(server.requests).toHaveLength(2);
});

test.each<[string, RequestListener]>([
  ["a web page", (_, response) => response.end("<html>")],
  ["a list", json(200, [])],
  ["nothing", (_, response) => response.end()],
  ["a cut connection", (incoming) => void incoming.socket.destroy()],
  ["a redirect", (_, response) => response.writeHead(302, { location: "/elsewhere" }).end()],
  ["a broken server", json(500, {})],
])("%s is no answer, and has a reason", async (_, handler) => {
  answer = handler;
  for (const service of ONLINE_SERVICES)
    expect(await ask(service)).toMatchObject([{ asked: true, answer: null, reason: expect.any(String) as string }]);
});

test("any JSON is read without a throw", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(200, 404, 401, 500), (value, status) => {
      for (const service of [GREYNOISE, ABUSEIPDB, DSHIELD]) {
        for (const body of [value, { ip: value, data: value, errors: [value], noise: true, riot: false }]) {
          const read = service.read(status, body);
          if (typeof read !== "string") expect(read.summary.length).toBeLessThan(600);
        }
      }
    }),
  );
});

test("a budget is a bucket: so many at once, then one each so many seconds, over runs", () => {
  const budget = { burst: 3, seconds: 10 };
  const memory = new ServiceMemory(folder, "dshield", budget);
  const now = 1_700_000_000;
  expect([1, 2, 3].map(() => memory.take(now))).toEqual([0, 0, 0]);
  expect(memory.take(now)).toBeCloseTo(10);
  memory.save();
  const next = new ServiceMemory(folder, "dshield", budget);
  expect(next.take(now + 5)).toBeCloseTo(5);
  expect(next.take(now + 10)).toBe(0);
  next.block(now + 100);
  expect(next.take(now + 99)).toBeCloseTo(1);
  expect(next.take(now + 100)).toBe(0);
});
