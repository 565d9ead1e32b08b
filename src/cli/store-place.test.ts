import { expect, test } from "vitest";
import { UsageError } from "../model/errors.ts";
import { storePlace } from "./store-place.ts";

test("a folder, by flag before environment", () => {
  expect(storePlace({ store: "/srv/history" }, { PRECURSOR_STORE: "/else" })).toEqual({ kind: "folder", path: "/srv/history" });
  expect(storePlace({}, { PRECURSOR_STORE: "data" })).toEqual({ kind: "folder", path: "data" });
});

test("nothing said: a folder that is there for it", () => {
  const place = storePlace({}, { XDG_DATA_HOME: "/home/a/data" });
  expect(place).toEqual({
    kind: "folder",
    path: process.getuid?.() === 0 ? "/var/lib/precursor/history" : "/home/a/data/precursor/history",
  });
});

test("a server, and a cluster of them", () => {
  expect(storePlace({ store: "http://a@db:8123" }, {})).toEqual({ kind: "url", url: "http://a@db:8123/" });
  expect(storePlace({ store: "https://db:8443/?cluster=two" }, {})).toEqual({ kind: "url", url: "https://db:8443/", cluster: "two" });
});

test("another protocol is refused", () => {
  expect(() => storePlace({ store: "clickhouse://db:9000" }, {})).toThrow(UsageError);
});
