/** Who answers and who asks, by the ports alone. */
import { describe, expect, test } from "vitest";
import { isService, looksLikeAnswer, looksLikeTcpAnswer } from "./service-ports.ts";

describe("ports", () => {
  test("services are below 1024, and at a few above; at port zero is none", () => {
    expect([1, 53, 443, 1023, 1900, 11_211].every(isService)).toBe(true);
    expect([0, 1024, 8080, 40_000].some(isService)).toBe(false);
  });

  test("answers go from a service to where none is, port zero included", () => {
    expect(looksLikeAnswer(53, 40_000)).toBe(true);
    expect(looksLikeAnswer(80, 0)).toBe(true);
    expect(looksLikeAnswer(0, 40_000)).toBe(false);
    expect(looksLikeAnswer(123, 53)).toBe(false);
  });

  test("TCP has more services above 1024 than UDP", () => {
    expect(looksLikeTcpAnswer(25_565, 0)).toBe(true);
    expect(looksLikeAnswer(25_565, 0)).toBe(false);
    expect(looksLikeTcpAnswer(3389, 8080)).toBe(false);
    expect(looksLikeTcpAnswer(40_000, 3389)).toBe(false);
  });
});
