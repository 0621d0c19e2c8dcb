import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFiles } from "../../test/review-story.ts";
import type { InterfaceFile } from "./declarations.ts";
import { makeStub, SILENT_STUB } from "./stub.ts";
import { STUB_ERROR } from "./stub-error.ts";

const root = await mkdtemp(join(tmpdir(), "stub-"));
afterAll(() => rm(root, { recursive: true, force: true }));
afterEach(() => {
  delete process.env["SYSTEM_BUS_STUB"];
});

interface Case extends Partial<InterfaceFile> {
  readonly declarations: string;
  readonly others?: Readonly<Record<string, string>>;
  /** A package that can't be loaded. */
  readonly absent?: string;
}

function write({ declarations, path = "a.ts", format = "module", absent }: Case) {
  return makeStub({ path, declarations, format }, { canLoad: (name) => name !== absent });
}

/** The stub, loaded. What it exports is called as plain JavaScript calls it. */
async function load(stubCase: Case): Promise<Record<string, CallableFunction>> {
  const folder = await mkdtemp(join(root, "case-"));
  const stub = write(stubCase);
  await writeFiles(folder, { [stub.path]: stub.text, ...stubCase.others });
  return await import(join(folder, stub.path));
}

/** What it comes to: a text where it throws. */
function outcomeOf(called: CallableFunction | undefined, how: "call" | "new" = "call"): unknown {
  try {
    if (called === undefined) return "is missing";
    return how === "new" ? Reflect.construct(called, ["a"]) : called("a");
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

const throws = (name: string) => `${STUB_ERROR}: ${name}`;

const MANY = `import type { Other } from "./absent.ts";
export declare function slugify(title: string, other?: Other): string;
export declare function over(a: string): string;
export declare function over(a: number): number;
export declare const arrow: <T extends object>(given: T) => Promise<T & {
    y: number;
}>;
export declare const LIMIT = 5;
export declare let first: number, second: string;
export declare class Slug<T extends Other> {
    #private;
    private hidden;
    readonly text: string;
    static count: number;
    static of(title: string): Slug<Other>;
    constructor(title: string);
    [Symbol.iterator](): Iterator<string>;
    get length(): number;
    set length(value: number);
    add(a: string): this;
    add(a: number): this;
}
export declare abstract class Shape {
    abstract area(): number;
    name(): string;
}
export declare enum Color {
    Red = 0,
    Green = "g"
}
export declare function isText(value: unknown): value is string;
declare function inner(): void;
export { inner as renamed, LIMIT as MAX };
interface Hidden {
    a: 1;
}
export { Hidden };
export type Shapes = Shape[];
export default slugify;`;

describe("a stub", () => {
  test("has everything that could be imported (S1)", async () => {
    expect(Object.keys(await load({ declarations: MANY })).sort()).toEqual([
      ...["Color", "LIMIT", "MAX", "Shape", "Slug", "arrow", "default", "first", "isText"],
      ...["over", "renamed", "second", "slugify"],
    ]);
  });

  test("throws whatever is called, by its name (S2)", async () => {
    const all = await load({ declarations: MANY });
    const slug = Object.create(all["Slug"]?.prototype);
    expect(outcomeOf(all["slugify"])).toBe(throws("slugify"));
    expect(outcomeOf(all["default"])).toBe(throws("slugify"));
    expect(outcomeOf(all["over"])).toBe(throws("over"));
    expect(outcomeOf(all["arrow"])).toBe(throws("arrow"));
    expect(outcomeOf(all["renamed"])).toBe(throws("inner"));
    expect(outcomeOf(all["isText"])).toBe(throws("isText"));
    expect(outcomeOf(all["Slug"], "new")).toBe(throws("new Slug"));
    expect(outcomeOf(() => Reflect.get(all["Slug"] ?? {}, "of")("a"))).toBe(throws("Slug.of"));
    expect(outcomeOf(() => slug.add("a"))).toBe(throws("Slug.add"));
    expect(outcomeOf(() => slug.length)).toBe(throws("Slug.length"));
    expect(outcomeOf(() => [...slug])).toBe(throws("Slug.Symbol.iterator"));
    expect(outcomeOf(() => all["Shape"]?.prototype.name())).toBe(throws("Shape.name"));
  });

  test("gives back undefined when it is to be silent (S2)", async () => {
    Object.assign(process.env, SILENT_STUB);
    const all = await load({ declarations: MANY });
    expect(outcomeOf(all["slugify"])).toBeUndefined();
    expect(outcomeOf(all["arrow"])).toBeUndefined();
    expect(outcomeOf(all["Slug"], "new")).toBeInstanceOf(all["Slug"] ?? Object);
  });

  test("holds no value of the implementation but those of enums (S3)", async () => {
    const all = await load({
      declarations: `export declare const LIMIT = 5;
export declare const TABLE: { readonly a: "b"; nested: { deep(x: number): 7 }; "odd-key": 1; };
export declare class A { static readonly MAX = 9; }
export declare namespace NS { const x = 1; function f(): 2; }`,
    });
    expect(JSON.stringify(all)).not.toMatch(/[1-9]|"b"/);
    expect(all["LIMIT"]).toBeFunction();
    expect(Reflect.get(all["A"] ?? {}, "MAX")).toBeFunction();
    const table = Object(all["TABLE"]);
    expect(Object.keys(table)).toEqual(["a", "nested", "odd-key"]);
    expect(outcomeOf(table.nested.deep)).toBe(throws("TABLE.nested.deep"));
    expect(outcomeOf(Object(all["NS"]).f)).toBe(throws("NS.f"));
  });

  test("extends what its class extends, and throws before that", async () => {
    const all = await load({
      declarations: `import { Base } from "./base.ts";
declare const Mixed_base: { new (...given: any[]): {}; } & typeof Base;
export declare class Problem extends Error { readonly code: string; constructor(code: string); }
export declare class Derived extends Base { go(): void; }
export declare class Mixed extends Mixed_base { }`,
      others: { "base.ts": "export class Base { hi() { return 1; } }" },
    });
    expect(outcomeOf(all["Problem"], "new")).toBe(throws("new Problem"));
    expect(all["Problem"]?.prototype).toBeInstanceOf(Error);
    expect(all["Derived"]?.prototype.hi()).toBe(1);
    Object.assign(process.env, SILENT_STUB);
    expect(outcomeOf(all["Problem"], "new")).toBeInstanceOf(Error);
    expect(outcomeOf(all["Mixed"], "new")).toBeInstanceOf(all["Mixed"] ?? Object);
  });

  test("does without a package that the story adds", async () => {
    const all = await load({
      absent: "@new/package",
      declarations: `import { Base } from "@new/package/deep";
import Other from "@new/package";
export declare class A extends Base { }
export { thing as other } from "@new/package";
export * from "@new/package";
export declare const b: Other;`,
    });
    expect(Object.keys(all).sort()).toEqual(["A", "b", "other"]);
    expect(outcomeOf(all["other"])).toBe(throws("other"));
  });

  test("hands on what the implementation hands on", async () => {
    const all = await load({
      declarations: `export { base as renamed } from "./base.ts";
export * from "./base.ts";
export * as every from "./base.ts";
export type { Kind } from "./base.ts";`,
      others: { "base.ts": "export const base = 1; export type Kind = 1;" },
    });
    expect(Object.keys(all).sort()).toEqual(["base", "every", "renamed"]);
  });

  test.each([
    ["a function without a name", "export default function (title: string): string;", "call"],
    [
      "a function with a name",
      "export default function go(): void;\nexport default function go(a: 1): void;",
      "call",
    ],
    ["a class without a name", "export default class { go(): void; }", "new"],
    ["a value", "declare const _default: () => void;\nexport default _default;", "call"],
  ] as const)("has for its default export %s", async (_, declarations, how) => {
    const all = await load({ declarations });
    expect(Object.keys(all)).toEqual(["default"]);
    expect(outcomeOf(all["default"], how)).toStartWith(STUB_ERROR);
  });

  test.each([
    ["nothing", "export {};"],
    ["types alone", "export interface A { b: 1; }\nexport type B = A;"],
    ["a type for its default", "interface A { b: 1; }\nexport default A;"],
    ["globals", `export {};\ndeclare global { interface Window { a: 1; } }`],
    ["a namespace of types", "export declare namespace N { interface A { b: 1; } }"],
  ])("loads where there is %s", async (_, declarations) => {
    expect(Object.keys(await load({ declarations }))).toEqual([]);
  });

  test("of a JavaScript module is JavaScript", async () => {
    const all = await load({
      path: "a.js",
      declarations: MANY.replace(/export declare enum[^}]*}/, ""),
    });
    expect(outcomeOf(all["slugify"])).toBe(throws("slugify"));
    expect(write({ path: "a.js", declarations: MANY }).text).not.toMatch(
      /: string|interface|abstract/,
    );
  });

  test.each([
    [
      "names",
      "export declare function add(a: number): number;\nexport declare class K { constructor(x: any); }",
    ],
    [
      "an object",
      `declare const _exports: { add: typeof add; K: typeof K; n: number; };
export = _exports;
declare function add(a: number): any;
declare class K { constructor(x: any); }`,
    ],
    [
      "a function with more on it",
      `export = add;
declare function add(a: any): any;
declare namespace add { export var K: 1; }`,
    ],
  ])("of a CommonJS module that exports %s is one (S4)", (_, declarations) => {
    const { text } = write({ path: "a.cjs", format: "commonjs", declarations });
    expect(text).not.toMatch(/^(export|import) /m);
    const module = { exports: {} as Record<string, CallableFunction> };
    new Function("module", "exports", "require", text)(module, module.exports, require);
    const { exports } = module;
    expect(outcomeOf(typeof exports === "function" ? exports : exports["add"])).toBe(throws("add"));
  });

  test("has only syntax that can be erased (S4)", () => {
    const { text } = write({ declarations: MANY.replace(/export declare enum[^}]*}/, "") });
    expect(text).not.toMatch(
      /^\s*(enum|namespace|import \w+ =)|constructor\((public|private|readonly)/m,
    );
    expect(text).not.toMatch(/^import (?!type)/m);
  });
});
