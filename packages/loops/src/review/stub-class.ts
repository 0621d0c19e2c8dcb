import type { Class, ClassElement, MethodDefinition, PropertyDefinition } from "oxc-parser";

export interface ClassSurroundings {
  readonly text: string;
  readonly name: string;
  /** False: what it extends can't be loaded here. */
  readonly mayExtend: boolean;
}

/** A class whose constructor and methods do nothing, as a statement without `export`. */
export function stubClass(node: Class, { text, name, mayExtend }: ClassSurroundings): string {
  const slice = (part: { start: number; end: number } | null | undefined) =>
    part ? text.slice(part.start, part.end) : "";
  const parent =
    node.superClass && mayExtend
      ? ` extends ${slice(node.superClass)}${slice(node.superTypeArguments)}`
      : "";
  const members = stubMembers(node.body.body, { name, hasParent: parent !== "", slice });
  const start = `${node.abstract ? "abstract " : ""}class ${name}${slice(node.typeParameters)}`;
  return `${start}${parent} {\n${members.map((member) => `  ${member}\n`).join("")}}`;
}

interface MemberSurroundings {
  readonly name: string;
  readonly hasParent: boolean;
  readonly slice: (part: { start: number; end: number }) => string;
}

function stubMembers(members: readonly ClassElement[], surroundings: MemberSurroundings): string[] {
  const lines: string[] = [];
  let hasConstructor = false;
  members.forEach((member, index) => {
    const whole = surroundings.slice(member).replace(/;$/, "");
    if (member.type === "PropertyDefinition") {
      lines.push(...stubProperty(member, whole, surroundings));
    } else if (member.type === "MethodDefinition") {
      if (member.kind === "constructor") hasConstructor = true;
      lines.push(...stubMethod(member, { whole, siblings: members, index }, surroundings));
    } else if (member.type !== "StaticBlock") {
      // Abstract members and index signatures have no body anyway.
      lines.push(`${whole};`);
    }
  });
  if (!hasConstructor)
    lines.unshift(`constructor(...given: any[]) ${body("constructor", surroundings)}`);
  return lines;
}

function nameOf(
  { key, kind, static: isStatic }: MethodDefinition,
  { slice }: MemberSurroundings,
): string {
  return `${isStatic} ${kind} ${slice(key)}`;
}

interface MethodPlace {
  readonly whole: string;
  readonly siblings: readonly ClassElement[];
  readonly index: number;
}

/** After several signatures stands one method that takes whatever they do. */
function stubMethod(
  method: MethodDefinition,
  { whole, siblings, index }: MethodPlace,
  surroundings: MemberSurroundings,
): string[] {
  const isSame = (other: ClassElement | undefined) =>
    other?.type === "MethodDefinition" &&
    nameOf(other, surroundings) === nameOf(method, surroundings);
  const key = surroundings.slice(method.key);
  const written = body(method.kind === "constructor" ? "constructor" : key, surroundings);
  if (isSame(siblings[index + 1])) return [`${whole};`];
  if (!isSame(siblings[index - 1])) return [`${whole} ${written}`];
  const called = method.computed ? `[${key}]` : key;
  return [`${whole};`, `${method.static ? "static " : ""}${called}(...given: any[]) ${written}`];
}

function body(key: string, { name, hasParent }: MemberSurroundings): string {
  const call = `__stubCall(${JSON.stringify(key === "constructor" ? `new ${name}` : `${name}.${key}`)})`;
  if (key !== "constructor") return `{ return ${call}; }`;
  return hasParent ? `{ ${call}; super(...arguments); }` : `{ ${call}; }`;
}

function stubProperty(
  { key, accessibility, static: isStatic }: PropertyDefinition,
  whole: string,
  { name, slice }: MemberSurroundings,
): string[] {
  if (key.type === "PrivateIdentifier" || accessibility === "private") return [];
  if (!isStatic) return [`${whole};`];
  const declared = whole.replace(/\s*=[^=>].*$/s, "");
  return [`${declared} = __stubValue(${JSON.stringify(`${name}.${slice(key)}`)});`];
}
