import type { TSType, TSTypeLiteral } from "oxc-parser";

const DEPTH_MAX = 4;

/**
 * What stands for a value of this type, as an expression. An object whose members are known gets them, so
 * that `api.parse("")` throws for the right reason; all else is a function that does nothing.
 */
export function stubValue(name: string, type: TSType | undefined, text: string): string {
  return writeValue({ name, type, text, depth: 0 });
}

interface Wanted {
  readonly name: string;
  readonly type: TSType | undefined;
  readonly text: string;
  readonly depth: number;
}

function writeValue(wanted: Wanted): string {
  const { name, type, depth } = wanted;
  const opaque = `__stubValue(${JSON.stringify(name)})`;
  if (type?.type === "TSTypeQuery" && type.exprName.type === "Identifier" && depth > 0) {
    // Another name of this file, which may come later.
    return type.exprName.name;
  }
  if (type?.type !== "TSTypeLiteral" || depth === DEPTH_MAX) return opaque;
  return writeObject(type, wanted) ?? opaque;
}

function writeObject({ members }: TSTypeLiteral, { name, text, depth }: Wanted): string | null {
  const parts: string[] = [];
  for (const member of members) {
    if (member.type !== "TSPropertySignature" && member.type !== "TSMethodSignature") return null;
    const key = text.slice(member.key.start, member.key.end);
    const type =
      member.type === "TSPropertySignature" ? member.typeAnnotation?.typeAnnotation : undefined;
    const value = writeValue({ name: `${name}.${key}`, type, text, depth: depth + 1 });
    parts.push(`get ${member.computed ? `[${key}]` : key}() { return ${value}; }`);
  }
  return `{ ${parts.join(", ")} }`;
}
