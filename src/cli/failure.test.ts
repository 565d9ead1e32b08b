import { CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import { InputError, PrecursorError } from "../model/errors.ts";
import { describeFailure, pointAt } from "./failure.ts";

describe("describeFailure", () => {
  test("our own errors are one line with their code, and end as they say", () => {
    expect(describeFailure(new InputError("E_INPUT_EMPTY", "a.pcap", "is empty"), [])).toEqual({
      message: "precursor: a.pcap: is empty (E_INPUT_EMPTY)",
      exitCode: 2,
    });
    expect(describeFailure(new PrecursorError("E_RUNTIME", "no", { exitCode: 3 }), []).exitCode).toBe(3);
  });

  test("a fault of ours asks to be reported, in one line without a stack", () => {
    const { message, exitCode } = describeFailure(new TypeError("x is undefined\n  at y"), []);
    expect(message).toBe("precursor: unexpected error: TypeError: x is undefined; please report it, with what PRECURSOR_DEBUG=1 adds");
    expect(exitCode).toBe(2);
    expect(describeFailure("thrown text", []).message).toContain("thrown text");
  });

  test("PRECURSOR_DEBUG adds the stack and the cause", () => {
    process.env["PRECURSOR_DEBUG"] = "1";
    try {
      const { message } = describeFailure(new InputError("E_INPUT_UNREADABLE", "a", "b", new RangeError("deep")), []);
      expect(message).toContain("failure.test.ts");
      expect(message).toContain("caused by RangeError: deep");
    } finally {
      delete process.env["PRECURSOR_DEBUG"];
    }
  });

  test("help that was asked for ends well, help because nothing was asked for does not", () => {
    expect(describeFailure(new CommanderError(0, "commander.helpDisplayed", "(outputHelp)"), [])).toEqual({ message: null, exitCode: 0 });
    expect(describeFailure(new CommanderError(1, "commander.help", "(outputHelp)"), [])).toEqual({ message: null, exitCode: 2 });
  });
});

describe("pointAt", () => {
  test("stands under the column", () => {
    expect(pointAt("tcp prot 0", 4)).toBe("  tcp prot 0\n      ^");
    expect(pointAt("tcp and", 7)).toBe("  tcp and\n         ^");
  });

  test("a long filter is cut around it, and controls take no room", () => {
    const lines = pointAt(`${"host 10.0.0.1 or ".repeat(100)}hots`, 1700).split("\n");
    expect(lines[0]?.length).toBeLessThan(130);
    expect(lines[0]?.[lines[1]?.indexOf("^") ?? -1]).toBe("h");
    expect(lines[0]?.endsWith("hots")).toBe(true);
    expect(pointAt("a\nb\u001B[31m", 2).split("\n")).toHaveLength(2);
  });
});
