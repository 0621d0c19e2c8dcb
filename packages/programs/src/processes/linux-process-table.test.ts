import { describe, expect, test } from "bun:test";
import { parseStat } from "./linux-process-table.ts";

const AFTER_GROUP =
  "12302 0 -1 4194304 62 0 0 0 0 0 0 0 20 0 1 0 121899 2654208 226 18446744073709551615";

describe("a line of /proc/<pid>/stat", () => {
  test("gives parent, group and start", () => {
    expect(parseStat(`12302 (sh) S 12301 12302 ${AFTER_GROUP}\n`)).toEqual({
      pid: 12302,
      parentPid: 12301,
      groupPid: 12302,
      startMark: "121899",
      command: "sh",
    });
  });

  test("is read from its last parenthesis: a program may call itself anything", () => {
    const entry = parseStat(`12302 (a) R 1 (x y) S 12301 12302 ${AFTER_GROUP}`);
    expect(entry).toMatchObject({ parentPid: 12301, startMark: "121899", command: "a) R 1 (x y" });
  });

  test("of a zombie or a dying process is that of a dead one", () => {
    expect(parseStat(`12302 (sh) Z 12301 12302 ${AFTER_GROUP}`)).toBeNull();
    expect(parseStat(`12302 (sh) X 12301 12302 ${AFTER_GROUP}`)).toBeNull();
  });

  test("that is cut off is none", () => {
    expect(parseStat("")).toBeNull();
    expect(parseStat("12302 (sh) S 12301")).toBeNull();
  });
});
