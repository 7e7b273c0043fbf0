import type { SharedText } from "../../ports/shared-text.ts";
import { limitStateSchema } from "../../schema/limit-state.ts";
import { freshLimits, type LimitState } from "./limit-state.ts";

/** Where what is known of a provider's limits is kept; a change is made whole or not at all. */
export interface LimitStore {
  /** Changes the state; `change` may be called again when somebody else was quicker. */
  update<Answer>(change: (state: LimitState) => readonly [LimitState, Answer]): Answer;
}

/** Keeps it in memory, for runs on virtual time. */
export function memoryLimitStore(): LimitStore {
  let state = freshLimits;
  return {
    update(change) {
      const [next, answer] = change(state);
      state = next;
      return answer;
    },
  };
}

/**
 * Keeps it where all processes of the machine see it. When it cannot be kept there, such as on a full
 * disk, this process goes on with what it knows: its own calls still hold the limit.
 */
export function sharedLimitStore(text: SharedText, onTrouble: (error: unknown) => void): LimitStore {
  let known = freshLimits;
  /** The text of what is known: what this process has written itself need not be read again. */
  let knownText: string | undefined;
  let inTrouble = false;
  return {
    update(change) {
      try {
        const kept = text.update((former) => {
          const state = former === knownText ? known : readState(former);
          const [next, answer] = change(state);
          const written = next === state && former !== undefined ? former : JSON.stringify(next);
          return [written, { next, written, answer }] as const;
        });
        known = kept.next;
        knownText = kept.written;
        inTrouble = false;
        return kept.answer;
      } catch (error) {
        if (!inTrouble) onTrouble(error);
        inTrouble = true;
        knownText = undefined;
        const [next, answer] = change(known);
        known = next;
        return answer;
      }
    },
  };
}

/** What another version of this program, or somebody else, has written counts as nothing known. */
function readState(text: string | undefined): LimitState {
  if (text === undefined) return freshLimits;
  try {
    const parsed = limitStateSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : freshLimits;
  } catch (error) {
    if (error instanceof SyntaxError) return freshLimits;
    throw error;
  }
}
