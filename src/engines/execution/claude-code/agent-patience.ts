import type { EndCause } from "./map-end.ts";

/** How long an agent may take for what, in milliseconds. */
export interface AgentPatience {
  /** From its start until it says that it is up. */
  readonly startMs: number;
  /** Without a word while the model is asked. */
  readonly silentMs: number;
  /** Without a word while one of its tools works. */
  readonly toolMs: number;
  /** From its result until it has ended. */
  readonly exitMs: number;
  /** From being asked to stop until it is told to end, and from then until it is ended by force. */
  readonly stopMs: number;
  /** The same when the server itself ends. */
  readonly shutdownMs: number;
}

/** What is long for a healthy Claude Code on a busy machine. */
export const usualPatience: AgentPatience = {
  startMs: 60_000,
  silentMs: 300_000,
  toolMs: 600_000,
  exitMs: 10_000,
  stopMs: 2_000,
  shutdownMs: 250,
};

/** How long an agent may say nothing where it stands, in milliseconds, and what it then ends of. */
export function watchdogOf(
  patience: AgentPatience,
  stands: { readonly hasResult: boolean; readonly isUp: boolean; readonly usesTool: boolean },
): { readonly delayMs: number; readonly cause: EndCause } {
  if (stands.hasResult) return { delayMs: patience.exitMs, cause: "lingering" };
  if (!stands.isUp) return { delayMs: patience.startMs, cause: "no-start" };
  return { delayMs: stands.usesTool ? patience.toolMs : patience.silentMs, cause: "stalled" };
}
