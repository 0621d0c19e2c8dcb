// From the syntax tree of a `.d.ts` to the parts of a stub (S1-S4 in `stub.ts`).

import { isBuiltin } from "node:module";
import type {
  Class,
  Declaration,
  ExportDefaultDeclaration,
  ExportNamedDeclaration,
  Function as FunctionNode,
  ImportDeclaration,
  Program,
  Statement,
  TSImportEqualsDeclaration,
  VariableDeclaration,
} from "oxc-parser";
import { DEFAULT_LOCAL, findNames, type Names } from "./declared-names.ts";
import { stubClass } from "./stub-class.ts";
import { emptyParts, type StubParts } from "./stub-parts.ts";
import { stubValue } from "./stub-values.ts";

export interface DeclarationsContext {
  readonly text: string;
  readonly canLoad: (packageName: string) => boolean;
}

interface Reading extends DeclarationsContext {
  readonly names: Names;
  readonly parts: StubParts;
}

export function readDeclarations(program: Program, context: DeclarationsContext): StubParts {
  const parts = emptyParts();
  const reading: Reading = { ...context, names: findNames(program), parts };
  for (const statement of program.body) readStatement(statement, reading);
  return parts;
}

function readStatement(statement: Statement, reading: Reading): void {
  const { parts } = reading;
  switch (statement.type) {
    case "ImportDeclaration":
      return readImport(statement, reading);
    case "TSImportEqualsDeclaration":
      return readImportEquals(statement, reading);
    case "ExportNamedDeclaration":
      if (statement.declaration) return readDeclared(statement.declaration, reading, statement);
      return readSpecifiers(statement, reading);
    case "ExportDefaultDeclaration":
      return readDefault(statement, reading);
    case "ExportAllDeclaration": {
      if (statement.exportKind === "type") parts.types.push(sliceOf(statement, reading));
      else if (canLoad(statement.source.value, reading))
        parts.reexports.push(sliceOf(statement, reading));
      return;
    }
    case "TSExportAssignment":
      parts.assigned = sliceOf(statement.expression, reading);
      return;
    default:
      readDeclared(statement, reading, null);
  }
}

type Exported = { readonly start: number; readonly end: number };

/** A declaration with or without `export`, which is `exported` then. */
function readDeclared(
  node: Declaration | Statement,
  reading: Reading,
  exported: Exported | null,
): void {
  const { parts, names } = reading;
  const note = (local: string) => {
    const isNoted = parts.exports.some((known) => known.exported === local);
    if (exported !== null && !isNoted) parts.exports.push({ local, exported: local });
  };
  switch (node.type) {
    case "TSDeclareFunction": {
      const name = node.id?.name ?? DEFAULT_LOCAL;
      parts.values.push(writeFunction(node, name, reading));
      return note(name);
    }
    case "ClassDeclaration": {
      const name = node.id?.name ?? DEFAULT_LOCAL;
      parts.values.push(writeClass(node, name, reading));
      return note(name);
    }
    case "VariableDeclaration":
      for (const name of readVariables(node, reading)) note(name);
      return;
    case "TSEnumDeclaration":
      // As it is: where it runs at all, its values are part of its types.
      parts.values.push(`enum ${node.id.name} ${sliceOf(node.body, reading)}`);
      return note(node.id.name);
    case "TSModuleDeclaration": {
      if (node.id.type !== "Identifier" || !names.valueNamespaces.has(node.id.name)) {
        return void parts.types.push(sliceOf(exported ?? node, reading));
      }
      const { name } = node.id;
      // One that adds to a function or class of its name is left out: those are stubs already.
      if (names.callables.has(name) || parts.exports.some(({ local }) => local === name)) return;
      parts.values.push(`const ${name}: any = ${writeNamespace(name, names)};`);
      return note(name);
    }
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      return void parts.types.push(sliceOf(exported ?? node, reading));
    default:
      return;
  }
}

/** After several signatures stands one function that takes whatever they do. */
function writeFunction(node: FunctionNode, name: string, reading: Reading): string {
  const { text, names } = reading;
  const whole = sliceOf(node, reading).replace(/;$/, "");
  const signature =
    node.id === null
      ? whole.replace(/^(declare\s+)?(async\s+)?function\s*\*?\s*/, "")
      : text.slice(node.id.end, node.start + whole.length);
  const body = `{ return __stubCall(${JSON.stringify(name)}); }`;
  const overloads = names.overloads.get(name);
  if (overloads === undefined || overloads.total === 1) {
    return `function ${name}${signature} ${body}`;
  }
  overloads.written += 1;
  const isLast = overloads.written === overloads.total;
  return `function ${name}${signature};${isLast ? `\nfunction ${name}(...given: any[]): any ${body}` : ""}`;
}

function writeClass(node: Class, name: string, reading: Reading): string {
  const parent = node.superClass?.type === "Identifier" ? node.superClass.name : null;
  const source = parent === null ? undefined : reading.names.importSources.get(parent);
  const mayExtend = source === undefined || canLoad(source, reading);
  return stubClass(node, { text: reading.text, name, mayExtend });
}

function readVariables(node: VariableDeclaration, reading: Reading): string[] {
  return node.declarations.flatMap(({ id }) => {
    if (id.type !== "Identifier") return [];
    const type = id.typeAnnotation?.typeAnnotation;
    const written = type === undefined ? "any" : sliceOf(type, reading);
    const value = stubValue(id.name, type, reading.text);
    reading.parts.values.push(`${node.kind} ${id.name}: ${written} = ${value};`);
    return [id.name];
  });
}

function writeNamespace(name: string, names: Names): string {
  const members = names.valueNamespaces.get(name) ?? [];
  return `{ ${members.map((member) => `${member}: __stubValue(${JSON.stringify(`${name}.${member}`)})`).join(", ")} }`;
}

function readDefault({ declaration, ...whole }: ExportDefaultDeclaration, reading: Reading): void {
  const { parts } = reading;
  const note = (local: string) => {
    if (parts.exports.every(({ exported }) => exported !== "default")) {
      parts.exports.push({ local, exported: "default" });
    }
  };
  if (declaration.type === "Identifier") {
    if (reading.names.types.has(declaration.name)) parts.types.push(sliceOf(whole, reading));
    else note(declaration.name);
  } else if (declaration.type === "TSInterfaceDeclaration") {
    parts.types.push(sliceOf(whole, reading));
  } else if (declaration.type === "TSDeclareFunction" || declaration.type === "ClassDeclaration") {
    readDeclared(declaration, reading, null);
    note(declaration.id?.name ?? DEFAULT_LOCAL);
  }
}

function readSpecifiers(statement: ExportNamedDeclaration, reading: Reading): void {
  const { parts, names } = reading;
  const { source, specifiers } = statement;
  if (source !== null && canLoad(source.value, reading)) {
    parts.reexports.push(sliceOf(statement, reading));
    return;
  }
  for (const specifier of specifiers) {
    const local = sliceOf(specifier.local, reading);
    const exported = sliceOf(specifier.exported, reading);
    const isType = statement.exportKind === "type" || specifier.exportKind === "type";
    if (source !== null) {
      if (isType) continue;
      const standIn = `__stubOf_${parts.exports.length}`;
      parts.values.push(`const ${standIn}: any = __stubValue(${JSON.stringify(exported)});`);
      parts.exports.push({ local: standIn, exported });
    } else if (isType || names.types.has(local)) {
      parts.types.push(`export type { ${local} as ${exported} };`);
    } else {
      parts.exports.push({ local, exported });
    }
  }
}

function readImport({ specifiers, source, importKind }: ImportDeclaration, reading: Reading): void {
  const { parts, names } = reading;
  const from = sliceOf(source, reading);
  for (const specifier of specifiers) {
    const local = specifier.local.name;
    const imported =
      specifier.type === "ImportDefaultSpecifier"
        ? "default"
        : specifier.type === "ImportNamespaceSpecifier"
          ? "*"
          : sliceOf(specifier.imported, reading);
    const isType =
      importKind === "type" ||
      (specifier.type === "ImportSpecifier" && specifier.importKind === "type");
    if (!isType && names.usedValues.has(local) && canLoad(source.value, reading)) {
      parts.imports.push({ local, imported, source: from });
    } else if (imported === "*") {
      parts.typeImports.push(`import type * as ${local} from ${from};`);
    } else {
      const named = imported === "default" ? local : `{ ${imported} as ${local} }`;
      parts.typeImports.push(`import type ${named} from ${from};`);
    }
  }
}

function readImportEquals(node: TSImportEqualsDeclaration, reading: Reading): void {
  const { moduleReference, id } = node;
  const { parts, names } = reading;
  if (moduleReference.type !== "TSExternalModuleReference") return;
  const { expression } = moduleReference;
  const source = sliceOf(expression, reading);
  if (names.usedValues.has(id.name) && canLoad(expression.value, reading)) {
    parts.imports.push({ local: id.name, imported: "*", source });
  } else {
    parts.typeImports.push(`import type * as ${id.name} from ${source};`);
  }
}

function canLoad(source: string, reading: Reading): boolean {
  if (source.startsWith(".") || source.startsWith("/")) return true;
  if (isBuiltin(source) || source.startsWith("bun:")) return true;
  const parts = source.split("/");
  const name = source.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? source);
  return reading.canLoad(name);
}

function sliceOf({ start, end }: { start: number; end: number }, { text }: Reading): string {
  return text.slice(start, end);
}
