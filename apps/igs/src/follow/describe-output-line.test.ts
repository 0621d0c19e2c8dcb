import { expect, test } from "bun:test";
import { describeOutputLine } from "./describe-output-line.ts";

const progress = (p: Record<string, unknown>) => JSON.stringify({ type: "progress", p });

test("a download's JSON becomes a percentage, a size and a speed", () => {
  const line = progress({ downloaded_bytes: 524_288, total_bytes: 1_048_576, speed: 2_097_152 });
  expect(describeOutputLine(line)).toBe("50 % of 1.0 MiB, 2.0 MiB/s");
});

test("an estimate does where the size isn't known, and nothing where it isn't estimated", () => {
  const estimated = progress({ downloaded_bytes: 1, total_bytes: null, total_bytes_estimate: 4 });
  expect(describeOutputLine(estimated)).toStartWith("25 %");
  expect(describeOutputLine(progress({ downloaded_bytes: 1_048_576 }))).toBe("1.0 MiB");
});

test("any other line is shown as it is, without its colours", () => {
  expect(describeOutputLine("\u001b[31mframe 3\u001b[0m  ")).toBe("frame 3");
  expect(describeOutputLine('{"other":1}')).toBe('{"other":1}');
  expect(describeOutputLine("{not json")).toBe("{not json");
});
