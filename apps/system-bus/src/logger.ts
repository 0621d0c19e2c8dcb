import type { BusLogger } from "@system-bus/events";
import type { LogLevel } from "@system-bus/settings";
import { pino } from "pino";
import { withoutCredentials } from "./video/video-address.ts";

/**
 * JSON lines on stdout. No password of an address reaches them, whatever was logged. pino has the
 * `flush` that the SDK wants: without it each request would wait for a timer.
 */
export function createLogger(
  level: LogLevel,
  write: (line: string) => void = (line) => process.stdout.write(line),
): BusLogger {
  return pino({ level, base: null }, { write: (line) => write(withoutCredentials(line)) });
}
