import { mkdtempSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FeedUpdate } from "../../model/feed-library.ts";
import { type LocalServer, serve } from "../web/local-server.fixture.ts";
import type { Feed } from "./feed.ts";
import { feedStates } from "./feed-state.ts";
import { Library, readTable } from "./library.ts";
import { PLAIN_WORKS } from "./plain-works.fixture.ts";
import { chosenFeeds, type FetchOptions, plannedUpdates, updateFromNetwork } from "./update.ts";

const NOW = 1_700_000_000;
const HOUR = 3600;

let folder: string;
let server: LocalServer;
let answer: RequestListener;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "precursor-update-"));
  answer = (_, response) => response.writeHead(404).end();
  server = await serve((incoming, response) => answer(incoming, response));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const LIST = Array.from({ length: 100 }, (_, number) => `203.0.113.${number}\n`).join("");

function feed(id: string, more: Partial<Feed> = {}): Feed {
  return {
    id,
    name: id,
    urls: [`${server.url}/${id}?key=secret`],
    kind: "attacker",
    licence: "none",
    commercial: "free",
    refresh: HOUR,
    staleAfter: 4 * 24 * HOUR,
    trust: 0.5,
    trustReason: "",
    form: "auto",
    choice: {},
    mayBeEmpty: false,
    page: "",
    read: null,
    madeOf: [],
    own: true,
    ...more,
  };
}

async function update(now: number, feeds: readonly Feed[], fetch: Partial<FetchOptions> = {}): Promise<FeedUpdate[]> {
  const library = Library.open(folder);
  try {
    const options = { feeds: new Map(feeds.map((one) => [one.id, one])), disabled: new Set<string>(), works: PLAIN_WORKS, now };
    return await updateFromNetwork(library, options, { names: null, force: false, get: { environment: {}, timeoutSeconds: 20 }, ...fetch });
  } finally {
    library.close();
  }
}

function states(now: number): string[] {
  return feedStates(readTable(folder)?.index ?? { generation: 0, table: null, feeds: {}, overlap: {} }, now).map(
    ({ feed: id, condition, reason, entries }) => `${id} ${condition} ${entries}${reason === null ? "" : `: ${reason}`}`,
  );
}

function tableText(): string {
  return new TextDecoder().decode(readTable(folder)?.table ?? new Uint8Array());
}

test("a feed is fetched, kept, asked again when due and only for what changed", async () => {
  answer = (incoming, response) => {
    if (incoming.headers["if-none-match"] === '"1"') response.writeHead(304).end();
    else response.setHeader("etag", '"1"').end(LIST);
  };
  expect(await update(NOW, [feed("a")])).toMatchObject([{ feed: "a", outcome: "new", entries: 100, dueAt: NOW + HOUR }]);
  expect(await update(NOW + 60, [feed("a")])).toMatchObject([{ outcome: "not-due", reason: "fetched not long ago", dueAt: NOW + HOUR }]);
  expect(server.requests).toHaveLength(1);
  expect(await update(NOW + HOUR, [feed("a")])).toMatchObject([{ outcome: "unchanged", octets: 0 }]);
  expect(await update(NOW + HOUR + 60, [feed("a")], { force: true })).toMatchObject([{ outcome: "unchanged", octets: LIST.length }]);
  expect(server.requests.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, '"1"', undefined]);
  expect(states(NOW + HOUR)).toEqual(["a fine 100"]);
  expect(states(NOW + 30 * 24 * HOUR)).toEqual(["a stale 100: last fetched 30 days ago, and good for 4 days"]);
});

describe("the last good copy stays in use, with the reason", () => {
  test.each<[string, RequestListener, RegExp]>([
    ["a web page", (_, response) => response.end("<!doctype html><html>"), /a web page/],
    ["a list that shrank", (_, response) => response.end("203.0.113.1\n"), /shrank from 100 to 1/],
    ["not there", (_, response) => response.writeHead(404).end("?"), /is not there \(404\)/],
    ["gone", (_, response) => response.writeHead(410).end("gone"), /is gone for good \(410\)/],
    ["a refusal", (_, response) => response.writeHead(403).end(), /refuses \(403\)/],
    ["a broken server", (_, response) => response.writeHead(500).end(), /status 500/],
    ["a cut connection", (incoming) => void incoming.socket.destroy(), /cut/],
    ["not modified, though nobody asked", (_, response) => response.writeHead(304).end(), /status 304/],
    ["a bomb in a gzip file", (_, response) => response.end(gzipSync(new Uint8Array(10 ** 7))), /more than 1000000 octets when unpacked/],
  ])("%s", async (_, handler, reason) => {
    answer = (_request, response) => response.end(LIST);
    await update(NOW, [feed("a")]);
    answer = handler;
    const get = { environment: {}, timeoutSeconds: 20, maxOctets: 1_000_000 };
    const [told] = await update(NOW + 2 * HOUR, [feed("a")], { get });
    expect(told).toMatchObject({ outcome: "kept", entries: 100 });
    expect(told?.reason).toMatch(reason);
    expect(told?.reason).not.toContain("secret");
    expect(states(NOW + 2 * HOUR)[0]).toMatch(/^a kept 100: /);
    expect(tableText()).toContain("203.0.113.99");
    // It is well again at the next try, which need not wait
    answer = (_request, response) => response.end(LIST);
    expect(await update(NOW + 2 * HOUR + 60, [feed("a")])).toMatchObject([{ outcome: "unchanged" }]);
    expect(states(NOW + 2 * HOUR + 60)).toEqual(["a fine 100"]);
  });

  test("where there is none, the feed is refused, and the others are none the worse", async () => {
    answer = (incoming, response) => void (incoming.url?.startsWith("/a") === true ? response.end("<html>") : response.end(LIST));
    expect((await update(NOW, [feed("a"), feed("b")])).map(({ outcome }) => outcome)).toEqual(["refused", "new"]);
    expect(states(NOW)).toEqual(["a refused 0: a web page, not a list", "b fine 100"]);
  });
});

test("who asks to wait is waited for, whoever insists", async () => {
  answer = (_, response) => response.writeHead(429, { "retry-after": "7200" }).end();
  expect(await update(NOW, [feed("a")])).toMatchObject([{ outcome: "refused", dueAt: NOW + 7200 }]);
  expect(await update(NOW + HOUR, [feed("a")], { force: true })).toMatchObject([
    { outcome: "not-due", reason: "its publisher asked to wait" },
  ]);
  expect(server.requests).toHaveLength(1);
  answer = (_, response) => response.end(LIST);
  expect(await update(NOW + 7201, [feed("a")])).toMatchObject([{ outcome: "new" }]);
});

test("of a collection, files may change, stay and go", async () => {
  const files = new Map([...Array(5).keys()].map((number) => [`/${number}`, `203.0.113.${number}\n`]));
  answer = (incoming, response) => {
    const text = files.get(incoming.url ?? "");
    if (text === undefined) response.writeHead(404).end();
    else if (incoming.headers["if-none-match"] === text.length.toString()) response.writeHead(304).end();
    else response.setHeader("etag", text.length.toString()).end(text);
  };
  const many = feed("many", { urls: [...files.keys()].map((path) => server.url + path) });
  await update(NOW, [many]);
  files.set("/1", "203.0.113.1\n203.0.113.77\n");
  files.delete("/4");
  const [told] = await update(NOW + HOUR, [many]);
  expect(told).toMatchObject({ outcome: "new", entries: 5, reason: `not there: ${server.url}/4` });
  expect(tableText()).toBe("many 0.5: 203.0.113.0 203.0.113.1 203.0.113.77 203.0.113.2 203.0.113.3");
  files.clear();
  expect(await update(NOW + 3 * HOUR, [many])).toMatchObject([{ outcome: "kept", entries: 5 }]);
});

test("feeds that are not free wait to be named, once", async () => {
  answer = (_, response) => response.end(LIST);
  const feeds = [feed("free"), feed("costs", { commercial: "not-free" }), feed("files-only", { urls: [] })];
  expect((await update(NOW, feeds)).map(({ feed: id }) => id)).toEqual(["free"]);
  expect((await update(NOW, feeds, { names: ["costs"] })).map(({ feed: id }) => id)).toEqual(["costs"]);
  expect((await update(NOW + HOUR, feeds)).map(({ feed: id }) => id)).toEqual(["free", "costs"]);
});

test("what would be fetched is told without a connection", () => {
  const feeds = new Map([["a", feed("a")]]);
  const index = { generation: 0, table: null, feeds: {}, overlap: {} };
  expect(plannedUpdates(chosenFeeds(feeds, new Set(), null, index), index, false, NOW)).toMatchObject([
    { feed: "a", outcome: "would-fetch", from: [`${server.url}/a`] },
  ]);
  expect(server.requests).toHaveLength(0);
});

test("another trust, or a feed disabled, makes another table without a connection", async () => {
  answer = (_, response) => response.end(LIST);
  await update(NOW, [feed("a"), feed("b")]);
  await update(NOW + 1, [feed("a", { trust: 0.9 }), feed("b")]);
  expect(tableText()).toMatch(/^a 0\.9: /);
  const library = Library.open(folder);
  const feeds = new Map([feed("a"), feed("b")].map((one) => [one.id, one]));
  await updateFromNetwork(
    library,
    { feeds, disabled: new Set(["b"]), works: PLAIN_WORKS, now: NOW + 2 },
    { names: [], force: false, get: { environment: {} } },
  );
  library.close();
  expect(tableText()).not.toContain("b 0.5");
  expect(states(NOW + 2)).toEqual(["a fine 100"]);
  expect(server.requests).toHaveLength(2);
});

test("a hundred feeds are fetched a few at a time", async () => {
  let open = 0;
  let most = 0;
  answer = (_, response) => {
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      response.end(LIST);
    }, 5);
  };
  const feeds = Array.from({ length: 100 }, (_, number) => feed(`f${number}`));
  expect(await update(NOW, feeds)).toHaveLength(100);
  expect(most).toBe(4);
});
