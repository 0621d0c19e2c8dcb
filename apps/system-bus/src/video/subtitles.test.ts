import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cuesToSegments, readCues } from "./subtitles.ts";

const SRT = `\uFEFF1\r
00:00:00,500 --> 00:00:02,000\r
Hello &amp; welcome\r
to <i>the talk</i>.\r
  \r
2\r
00:01:02,5 --> 01:01:04,000 X1:10 X2:20\r
{\\an8}Second.\r
`;

test("SubRip with a byte order mark, CRLF, tags and entities", () => {
  expect(readCues(SRT)).toEqual([
    { start: 0.5, end: 2, lines: ["Hello & welcome", "to the talk."] },
    { start: 62.5, end: 3664, lines: ["Second."] },
  ]);
});

const VTT = `WEBVTT - a talk
Kind: captions

STYLE
::cue { color: red }

NOTE this is not said
at all

intro
00:01.000 --> 00:03.000 align:start position:0%
<v.loud Grace Hopper>Nanoseconds&nbsp;matter.</v>

00:04.000 --> 00:03.000
backwards

00:99 --> bad
broken

00:05.000 --> 00:06.000

00:07.000 --> 00:08.000
2 &lt; 3 &#8217; &bogus;
`;

test("WebVTT with styles, notes, settings and voices; a bad cue costs only itself", () => {
  expect(readCues(VTT)).toEqual([
    { start: 1, end: 3, lines: ["Nanoseconds matter."], speaker: "Grace Hopper" },
    { start: 7, end: 8, lines: ["2 < 3 ’ &bogus;"] },
  ]);
});

test("a file that is no subtitle file has no cues", () => {
  expect(readCues("<html><body>429 Too Many Requests</body></html>")).toEqual([]);
  expect(readCues("")).toEqual([]);
});

test("reading never throws, whatever the file holds", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "\n\n",
      "\r\n",
      " --> ",
      "00:00:01.000",
      "<v ",
      ">",
      "&#",
      "x1F;",
      "NOTE",
      "{\\",
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      for (const cue of readCues(pieces.join("")))
        expect(cue.end).toBeGreaterThanOrEqual(cue.start);
    }),
  );
});

describe("scrolling captions", () => {
  const scrolling = `WEBVTT

00:00:00.000 --> 00:00:02.000
 
so<00:00:00.400><c> today</c><00:00:00.900><c> we</c>

00:00:02.000 --> 00:00:02.010
so today we
 

00:00:02.010 --> 00:00:04.000
so today we
talk<00:00:02.400><c> about</c>

00:00:04.000 --> 00:00:04.010
talk about
 

00:00:04.010 --> 00:00:06.000
talk about
engines
`;

  test("say each line once, at its first moment", () => {
    expect(cuesToSegments(readCues(scrolling))).toEqual([
      { start: 0, end: 2, text: "so today we" },
      { start: 2.01, end: 4, text: "talk about" },
      { start: 4.01, end: 6, text: "engines" },
    ]);
  });

  test("a speaker who repeats a line now and then keeps both", () => {
    const cues = ["Yes.", "Yes.", "And then?", "We went on.", "For years."].map((line, index) => ({
      start: index,
      end: index + 1,
      lines: [line],
    }));
    expect(cuesToSegments(cues).map((segment) => segment.text)).toEqual([
      "Yes.",
      "Yes.",
      "And then?",
      "We went on.",
      "For years.",
    ]);
  });
});
