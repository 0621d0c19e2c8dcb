import type { InterfaceFile } from "./declarations.ts";
import { STUB_ERROR } from "./stub-error.ts";
import type { StubParts, ValueImport } from "./stub-parts.ts";

/** Types are for runners that check them; a stub needn't be right in them. */
const HEAD = `// @ts-nocheck
function __stubCall(name: string): any {
  if (globalThis.process?.env?.SYSTEM_BUS_STUB === "silent") return undefined;
  throw new Error(${JSON.stringify(`${STUB_ERROR}: `)} + name);
}
function __stubValue(name: string): any {
  return function () { return __stubCall(name); };
}`;

export function writeStub(parts: StubParts, { path, format }: InterfaceFile): string {
  if (/tsx?$/.test(path)) {
    const lines = [
      HEAD,
      ...parts.typeImports,
      ...parts.imports.map(writeImport),
      ...parts.reexports,
    ];
    return finish([...lines, ...parts.types, ...parts.values, ...writeExports(parts)]);
  }
  const isModule = format === "module";
  const typed = [
    HEAD,
    ...(isModule ? [...parts.imports.map(writeImport), ...parts.reexports] : []),
    ...parts.values,
    ...(isModule ? writeExports(parts) : writeCommonExports(parts)),
  ];
  const plain = new Bun.Transpiler({ loader: "ts", deadCodeElimination: false }).transformSync(
    finish(typed),
  );
  return finish([...(isModule ? [] : parts.imports.map(writeRequire)), plain]);
}

function finish(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

function writeImport({ local, imported, source }: ValueImport): string {
  if (imported === "*") return `import * as ${local} from ${source};`;
  if (imported === "default") return `import ${local} from ${source};`;
  return `import { ${imported} as ${local} } from ${source};`;
}

function writeRequire({ local, imported, source }: ValueImport): string {
  const whole = `require(${source})`;
  return `const ${local} = ${imported === "*" || imported === "default" ? whole : `${whole}[${JSON.stringify(imported)}]`};`;
}

function writeExports({ exports, assigned, types }: StubParts): string[] {
  if (assigned !== null) return [`export = ${assigned};`];
  const isModule = types.some((type) => type.startsWith("export"));
  if (exports.length === 0 && isModule) return [];
  const names = exports.map(({ local, exported }) => `${local} as ${exported}`);
  return [`export { ${names.join(", ")} };`];
}

function writeCommonExports({ exports, assigned }: StubParts): string[] {
  if (assigned !== null) return [`module.exports = ${assigned};`];
  return exports.map(
    ({ local, exported }) => `module.exports[${JSON.stringify(exported)}] = ${local};`,
  );
}
