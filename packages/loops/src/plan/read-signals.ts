import type { Story } from "../prd/read-prd.ts";

/** What the playbook keeps count by. */
export type StoryKind = "code" | "ui" | "research" | "refactor";

export interface Signals {
  readonly storyKind: StoryKind;
  /** The words that told, as they stand in the story; empty for `code`. */
  readonly signals: readonly string[];
}

interface KindWords {
  readonly kind: Exclude<StoryKind, "code">;
  /** One of them is enough. */
  readonly strong: RegExp;
  /** Words that code has, too: two different ones are needed. */
  readonly weak: RegExp | null;
}

/** In the order of their weight: a page that needs research is looked up first. */
const KINDS: readonly KindWords[] = [
  {
    kind: "research",
    strong:
      /\b(?:web research|research (?:on|about|which|what|how|the)|look(?:ing)? up|on the web|web search|search the web|find out (?:which|what|how|whether)|(?:latest|current) (?:version|release|docs|documentation)|official (?:docs|documentation|specification)|compare (?:libraries|packages|services|vendors|providers))\b/gi,
    weak: null,
  },
  {
    kind: "refactor",
    strong:
      /\b(?:refactor\w*|restructur\w+|reorgani[sz]\w+|(?:split|mov|extract|separat)(?:e|ing|ting)? (?:\S+ ){1,8}into (?:(?:a|one|its|their|own|separate|several|smaller|shared|single|new) )*(?:parts|modules?|packages?|files?|folders?|class(?:es)?|functions?|layers?)|renam(?:e|ing) (?:\S+ ){1,6}(?:everywhere|throughout)|replac(?:e|ing) (?:\S+ ){1,8}(?:everywhere|throughout)|across (?:the|all|every|many) (?:whole |entire )?(?:code ?base|project|repository|packages|modules|files)|(?:all|every) (?:callers?|call sites?|modules?|packages?|usages?))\b/gi,
    weak: null,
  },
  {
    kind: "ui",
    strong:
      /\b(?:ui|ux|user interface|front-?end|css|tailwind|style ?sheets?|html page|web ?pages?|landing page|browsers?|dark mode|responsive|dialogs?|modals?|tooltips?|drop-?downs?|check ?boxes|buttons?|navbars?|side ?bars?|accessib\w+|aria(?:-\w+)?|screen reader|keyboard focus|react|svelte|vue|tsx|jsx)\b/gi,
    weak: /\b(?:pages?|screens?|forms?|layouts?|components?|icons?|colou?rs?|themes?|menus?|click(?:s|ed|ing)?|hover\w*|scroll\w*|render(?:s|ed)?)\b/gi,
  },
];

const WEAK_MIN = 2;
/** From here on a story that names its files changes many. */
const FILES_MIN = 5;
const UI_FILE = /\.(?:tsx|jsx|css|scss|vue|svelte|html)$/i;
const SIGNALS_MAX = 8;

type SignalText = Pick<Story, "title" | "description" | "acceptance_criteria" | "interface">;

/** Pure: what kind of work a story is, by its own words (field lesson 21). */
export function readSignals(story: SignalText): Signals {
  const { title, description, acceptance_criteria, interface: provided = "" } = story;
  const said = [title, description, ...acceptance_criteria].join("\n");
  const files = findFiles(`${said}\n${provided}`);
  for (const { kind, strong, weak } of KINDS) {
    const signals = [...findWords(said, strong), ...findSignalFiles(kind, files)];
    const hints = weak === null ? [] : findWords(said, weak);
    if (signals.length > 0 || hints.length >= WEAK_MIN) {
      return { storyKind: kind, signals: [...signals, ...hints].slice(0, SIGNALS_MAX) };
    }
  }
  return { storyKind: "code", signals: [] };
}

function findSignalFiles(kind: StoryKind, files: readonly string[]): readonly string[] {
  if (kind === "refactor") return files.length >= FILES_MIN ? [`${files.length} files`] : [];
  return kind === "ui" ? files.filter((file) => UI_FILE.test(file)) : [];
}

const SOURCE_FILE = /^[\w@./-]*\w\.(?:[cm]?[jt]sx?|py|go|rs|java|rb|css|scss|vue|svelte|html|sql)$/;
const PATH_CHARS_MAX = 200;

/** Paths of source files that the story names. */
function findFiles(text: string): readonly string[] {
  const words = text.split(/[\s"'`“”,;:()<>|]+/).map((word) => word.slice(0, PATH_CHARS_MAX));
  return [...new Set(words.map((word) => word.replace(/\.$/, "")))].filter((word) =>
    SOURCE_FILE.test(word),
  );
}

/** Each once, in the words of the story; a plural is no other word. */
function findWords(text: string, words: RegExp): readonly string[] {
  const found = new Map<string, string>();
  for (const [word] of text.matchAll(words)) {
    const key = word.toLowerCase().replace(/s$/, "");
    if (!found.has(key)) found.set(key, word.toLowerCase().replace(/\s+/g, " "));
  }
  return [...found.values()];
}
