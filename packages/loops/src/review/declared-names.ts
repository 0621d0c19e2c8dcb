import type {
  Class,
  ExportDefaultDeclaration,
  Expression,
  Function as FunctionNode,
  Program,
  Statement,
  TSModuleDeclaration,
} from "oxc-parser";

/** What a first look at the declarations tells, before anything is written. */
export interface Names {
  /** Names that are types and nothing else. */
  readonly types: ReadonlySet<string>;
  readonly callables: ReadonlySet<string>;
  /** Names that a stub uses as values: classes extend them, exports hand them on. */
  readonly usedValues: ReadonlySet<string>;
  readonly importSources: ReadonlyMap<string, string>;
  /** How many signatures each function has, and how many of them have been written so far. */
  readonly overloads: ReadonlyMap<string, { readonly total: number; written: number }>;
  /** Namespaces that hold values, with the names of those. */
  readonly valueNamespaces: ReadonlyMap<string, readonly string[]>;
}

/** What a default export without a name is called in a stub. */
export const DEFAULT_LOCAL = "__stubDefault";

export function findNames(program: Program): Names {
  const declared = program.body.map(declaredIn);
  const functions = declared.filter(isFunction);
  const classes = declared.filter(isClass);
  const types = declared.flatMap((node) =>
    node.type === "TSInterfaceDeclaration" || node.type === "TSTypeAliasDeclaration"
      ? [node.id.name]
      : [],
  );
  const values = [
    ...[...functions, ...classes].flatMap(({ id }) => id?.name ?? []),
    ...declared.flatMap(variableNames),
  ];
  const signatures = Map.groupBy(functions, ({ id }) => id?.name ?? DEFAULT_LOCAL);
  return {
    types: new Set(types.filter((name) => !values.includes(name))),
    callables: new Set([...functions, ...classes].flatMap(({ id }) => id?.name ?? [])),
    usedValues: new Set([...classes.flatMap(usedByClass), ...program.body.flatMap(usedByExport)]),
    importSources: new Map(program.body.flatMap(importsOf)),
    overloads: new Map(
      [...signatures].map(([name, all]) => [name, { total: all.length, written: 0 }] as const),
    ),
    valueNamespaces: new Map(declared.flatMap(namespaceOf)),
  };
}

type Declared = Statement | ExportDefaultDeclaration["declaration"];

function isFunction(node: Declared): node is FunctionNode {
  return node.type === "TSDeclareFunction";
}

function isClass(node: Declared): node is Class {
  return node.type === "ClassDeclaration";
}

function declaredIn(statement: Statement): Declared {
  if (statement.type === "ExportNamedDeclaration") return statement.declaration ?? statement;
  if (statement.type === "ExportDefaultDeclaration") return statement.declaration;
  return statement;
}

function variableNames(node: Declared): string[] {
  if (node.type !== "VariableDeclaration") return [];
  return node.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []));
}

/** The name that an expression begins with: `Symbol` of `Symbol.iterator`. */
function firstName(expression: Expression): string[] {
  if (expression.type === "Identifier") return [expression.name];
  return expression.type === "MemberExpression" ? firstName(expression.object) : [];
}

function usedByClass({ superClass, body }: Class): string[] {
  const keys = body.body.flatMap((member) =>
    "key" in member && member.computed && member.key.type !== "PrivateIdentifier"
      ? firstName(member.key)
      : [],
  );
  return [...(superClass ? firstName(superClass) : []), ...keys];
}

function usedByExport(statement: Statement): string[] {
  if (statement.type === "TSExportAssignment") return firstName(statement.expression);
  if (statement.type === "ExportDefaultDeclaration") {
    return statement.declaration.type === "Identifier" ? [statement.declaration.name] : [];
  }
  if (statement.type !== "ExportNamedDeclaration" || statement.source !== null) return [];
  return statement.specifiers.flatMap(({ local }) =>
    local.type === "Identifier" ? [local.name] : [],
  );
}

function importsOf(statement: Statement): (readonly [string, string])[] {
  if (statement.type !== "ImportDeclaration") return [];
  return statement.specifiers.map(({ local }) => [local.name, statement.source.value] as const);
}

function namespaceOf(node: Declared): (readonly [string, readonly string[]])[] {
  if (node.type !== "TSModuleDeclaration" || node.kind === "global") return [];
  if (node.id.type !== "Identifier") return [];
  const members = namespaceMembers(node);
  return members.length === 0 ? [] : [[node.id.name, members]];
}

function namespaceMembers({ body }: TSModuleDeclaration): string[] {
  if (body?.type !== "TSModuleBlock") return [];
  const inside = body.body.map(declaredIn);
  return inside.flatMap((node) => {
    if (isFunction(node) || isClass(node)) return node.id?.name ?? [];
    return variableNames(node);
  });
}
