import { expect, test } from "bun:test";
import { describeLogLine } from "./describe-log-line.ts";

test("a JSON log line becomes words", () => {
  const line = '{"level":40,"time":1,"pid":2,"hostname":"h","msg":"slow step","step":"download"}';
  expect(describeLogLine(line)).toBe("warn slow step step=download");
  expect(describeLogLine('{"level":"info","message":"ready","port":3111}')).toBe(
    "info ready port=3111",
  );
});

test("any other line stays as it is", () => {
  for (const line of ["plain", "{broken", '{"no":"level"}'])
    expect(describeLogLine(line)).toBe(line);
});
