import type { RealtimeTokens } from "../../protocol/realtime/token.ts";
import type { RealtimeHub } from "../../runtime/realtime/hub.ts";

/** Who listens, and the tokens that let people listen. */
export interface Realtime {
  readonly hub: RealtimeHub;
  readonly tokens: RealtimeTokens;
}
