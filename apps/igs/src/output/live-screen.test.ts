import { expect, test } from "bun:test";
import { LiveScreen } from "./live-screen.ts";

function screenOf(columns: number, rows: number) {
  const written: string[] = [];
  const screen = new LiveScreen({
    stdout: { write: (text) => void written.push(text) },
    terminalColumns: undefined,
    terminalSize: () => ({ columns, rows }),
  });
  return { screen, written };
}

const up = (rows: number) => `\u001b[${rows}A\r\u001b[J`;

test("text is drawn over what was drawn before, in one write", () => {
  const { screen, written } = screenOf(80, 24);
  screen.draw("a\nb");
  screen.draw("c");
  expect(written).toEqual(["a\nb\n", `${up(2)}c\n`]);
});

test("the same text is not drawn twice", () => {
  const { screen, written } = screenOf(80, 24);
  screen.draw("a");
  screen.draw("a");
  expect(written).toHaveLength(1);
});

test("a line that stays goes above what is drawn next", () => {
  const { screen, written } = screenOf(80, 24);
  screen.draw("table");
  screen.print("it happened");
  screen.draw("table");
  expect(written).toEqual(["table\n", `${up(1)}it happened\n`, "table\n"]);
});

test("what is wider or higher than the terminal is cut, so that its rows can be counted", () => {
  const { screen, written } = screenOf(6, 3);
  screen.draw("123456789\nb\nc\nd");
  screen.clear();
  expect(written).toEqual(["12345\nb\n", up(2)]);
  screen.clear();
  expect(written).toHaveLength(2);
});
