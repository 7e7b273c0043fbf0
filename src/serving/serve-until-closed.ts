import type { Services } from "../services.ts";

/** The end of a server as its process sees it. */
export interface ServerHost {
  /** Calls back once when the client has gone or somebody asks the process to end. */
  onEnd(callback: (reason: string) => void): void;
  /** Ends the process when the time is over, whatever still runs; does not keep it alive until then. */
  exitAfter(delayMs: number): void;
  exit(): void;
  log(line: string): void;
}

/** What ends with the server. */
export interface Serving {
  readonly runs: Pick<Services["runs"], "recover" | "shutdown">;
  /** The connection to the client. */
  readonly connection: { close(): Promise<void> };
  readonly host: ServerHost;
}

/** Milliseconds that agents and journals get to end: clients kill a server half a second after the first signal. */
export const shutdownMs = 450;

/**
 * Puts right what servers that are gone have left behind, then keeps the process until its client has gone, then ends the agents of its runs and the process with them. Ends once,
 * however many signals come.
 */
export function serveUntilClosed({ runs, connection, host }: Serving): Promise<void> {
  runs.recover().catch((error: unknown) => host.log(`while recovering: ${String(error)}`));
  return new Promise((resolve) => {
    host.onEnd((reason) => {
      host.exitAfter(shutdownMs);
      host.log(`ending: ${reason}`);
      void endRuns({ runs, connection, host }).then(resolve);
    });
  });
}

async function endRuns({ runs, connection, host }: Serving): Promise<void> {
  const ends = await Promise.allSettled([runs.shutdown(), connection.close()]);
  for (const end of ends) {
    if (end.status === "rejected") host.log(`while ending: ${String(end.reason)}`);
  }
  host.exit();
}
