// The values of Inngest's dialect of CEL, and how they are compared and combined.
//
// Invariants:
//   V1. What a payload lacks is UNKNOWN. It equals null and nothing else, stands below every value, and
//       adds nothing.
//   V2. Null in a comparison counts as the other side's zero value: 0, "", false, an empty list or map.
//   V3. A value is truthy as in JavaScript; UNKNOWN is not.
//   V4. Nothing throws: what can't be done is a Fault, which is a value, too.

export const UNKNOWN: unique symbol = Symbol("unknown");

/** Why an expression has no value. Kept as a value, so that `||` and `&&` can do without it. */
export class Fault {
  readonly problem: string;

  constructor(problem: string) {
    this.problem = problem;
  }
}

export class Duration {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  valueOf(): number {
    return this.ms;
  }
}

/** Anything JSON has, and Date, Duration, Uint8Array, UNKNOWN, Fault. */
export type Value = unknown;
type Primitive = number | string | boolean;
export type Ordering = "<" | "<=" | ">" | ">=";
export type Arithmetic = "-" | "*" | "/" | "%";

export function isTruthy(value: Value): boolean {
  return value !== UNKNOWN && Boolean(value);
}

export function isEqual(a: Value, b: Value): boolean {
  if (a === UNKNOWN) return b === null;
  if (b === UNKNOWN) return a === null;
  if (a === null) return b === null || isZero(b);
  if (b === null) return isZero(a);
  return isSame(a, b);
}

export function compare(operator: Ordering, a: Value, b: Value): Value {
  if (a === UNKNOWN) return operator === "<" || operator === "<=";
  if (b === UNKNOWN) return operator === ">" || operator === ">=";
  const left = a === null ? zeroLike(b) : a;
  const right = b === null ? zeroLike(a) : b;
  if (!isOrdered(left) || !isOrdered(right) || typeName(left) !== typeName(right)) {
    return new Fault(`${typeName(a)} ${operator} ${typeName(b)} has no meaning`);
  }
  return isOrderedAs(operator, left.valueOf(), right.valueOf());
}

function isOrderedAs(operator: Ordering, left: Primitive, right: Primitive): boolean {
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

export function add(a: Value, b: Value): Value {
  if (isNothing(a)) return b;
  if (isNothing(b)) return a;
  if (typeof a === "number" && typeof b === "number") return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.ms + b.ms);
  if (a instanceof Date && b instanceof Duration) return new Date(a.getTime() + b.ms);
  if (a instanceof Duration && b instanceof Date) return new Date(a.ms + b.getTime());
  if (isScalar(a) && isScalar(b)) return toText(a) + toText(b);
  return new Fault(`${typeName(a)} + ${typeName(b)} has no meaning`);
}

/** `isInteger`: both sides were written as whole numbers, so that 7 / 2 is 3. */
export function calculate(operator: Arithmetic, a: Value, b: Value, isInteger: boolean): Value {
  if (a === UNKNOWN || b === UNKNOWN) return false;
  const left = a === null ? 0 : a;
  const right = b === null ? 0 : b;
  if (typeof left === "number" && typeof right === "number") {
    return calculateNumbers(operator, left, right, isInteger);
  }
  const difference = operator === "-" ? subtractTimes(a, b) : null;
  return difference ?? new Fault(`${typeName(a)} ${operator} ${typeName(b)} has no meaning`);
}

function calculateNumbers(
  operator: Arithmetic,
  left: number,
  right: number,
  isInteger: boolean,
): Value {
  if (operator === "-") return left - right;
  if (operator === "*") return left * right;
  if (right === 0 && (isInteger || operator === "%")) return new Fault("a division by zero");
  if (operator === "%") return left % right;
  return isInteger ? Math.trunc(left / right) : left / right;
}

function subtractTimes(a: Value, b: Value): Date | Duration | null {
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.ms - b.ms);
  if (!(a instanceof Date)) return null;
  if (b instanceof Date) return new Duration(a.getTime() - b.getTime());
  return b instanceof Duration ? new Date(a.getTime() - b.ms) : null;
}

export function negate(value: Value): Value {
  if (value instanceof Fault) return value;
  if (value === UNKNOWN) return false;
  if (typeof value === "number") return -value;
  return value instanceof Duration
    ? new Duration(-value.ms)
    : new Fault(`-${typeName(value)} has no meaning`);
}

export function isIn(element: Value, container: Value): Value {
  if (isNothing(container) || element === UNKNOWN) return false;
  if (Array.isArray(container)) return container.some((item) => isEqual(element, item));
  if (isMap(container)) return typeof element === "string" && Object.hasOwn(container, element);
  return new Fault(`"in" needs a list or a map, not ${typeName(container)}`);
}

/** A field of a map; UNKNOWN where there is none, and for a field of anything else. */
export function select(value: Value, key: string): Value {
  if (!isMap(value)) return value instanceof Fault ? value : UNKNOWN;
  return Object.hasOwn(value, key) ? value[key] : UNKNOWN;
}

export function selectAt(value: Value, index: Value): Value {
  if (index instanceof Fault) return index;
  if (typeof index === "string") return select(value, index);
  if (!Array.isArray(value)) return value instanceof Fault ? value : UNKNOWN;
  if (typeof index !== "number") return UNKNOWN;
  return Number.isInteger(index) && index >= 0 && index < value.length ? value[index] : UNKNOWN;
}

export function isMap(value: Value): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Duration) &&
    !(value instanceof Uint8Array) &&
    !(value instanceof Fault)
  );
}

export function isNothing(value: Value): value is typeof UNKNOWN | null {
  return value === UNKNOWN || value === null;
}

export function typeName(value: Value): string {
  if (isNothing(value)) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "a date";
  if (value instanceof Duration) return "a duration";
  if (value instanceof Uint8Array) return "bytes";
  switch (typeof value) {
    case "number":
      return "a number";
    case "string":
      return "a text";
    case "boolean":
      return "a boolean";
    default:
      return "a map";
  }
}

/** How a value reads when it becomes part of a text. */
export function toText(value: Value): string {
  if (isNothing(value)) return "";
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Duration) return `${value.ms / 1_000}s`;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isScalar(value: Value): boolean {
  return !Array.isArray(value) && !isMap(value);
}

function isZero(value: Value): boolean {
  if (value === 0 || value === "" || value === false) return true;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

function zeroLike(value: Value): Value {
  switch (typeof value) {
    case "string":
      return "";
    case "boolean":
      return false;
    case "number":
      return 0;
    default:
      return value === null ? 0 : null;
  }
}

function isOrdered(value: Value): value is Primitive | Date | Duration {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "number":
      return true;
    default:
      return value instanceof Date || value instanceof Duration;
  }
}

function isSame(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof Duration) return b instanceof Duration && a.ms === b.ms;
  if (isSequence(a)) {
    if (!isSequence(b) || a.length !== b.length) return false;
    return a.every((item: unknown, index: number) => isEqual(item, b[index]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
}

function isSequence(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) || value instanceof Uint8Array;
}
