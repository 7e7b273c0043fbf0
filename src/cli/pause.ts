import type { Services } from "../services.ts";

/** Pause before a run is looked at again that had nothing new to say. */
const pauseMs = 200;

/** Waits a moment, or until the signal aborts. */
export function pause(clock: Services["clock"], signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel();
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const cancel = clock.setTimer(pauseMs, finish);
    signal?.addEventListener("abort", finish);
  });
}
