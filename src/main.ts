#!/usr/bin/env node
import type { CommandHost } from "./cli/command-host.ts";
import { openTerminal, packageVersion, type CommandTerminal } from "./platform/command-terminal.ts";
import { refuse } from "./schema/problem.ts";
import type { Services } from "./services.ts";

const version = packageVersion(import.meta.url);
const terminal = openTerminal();

// A client starts the program without arguments and talks through the pipe; a person sees what can be typed.
if (terminal.argv.length === 0 && !terminal.terminals.input) await serve();
else terminal.exit(await typed(terminal));

async function typed(terminal: CommandTerminal): Promise<number> {
  const { runCommandLine } = await import("./cli/command-line.ts");
  const host: CommandHost = {
    ...terminal,
    version,
    serve,
    async readInput(maxBytes) {
      return (await terminal.readInput(maxBytes)) ?? refuse(inputTooLong(maxBytes));
    },
    async services(options) {
      const { createServices } = await import("./services.ts");
      return createServices(options);
    },
  };
  return runCommandLine(host);
}

/**
 * Serves MCP over the standard streams. The engines are loaded when the first call needs them, or when the client's
 * opening is over: until then it waits for the list of tools, and nothing else is to be done.
 */
async function serve(): Promise<void> {
  const [{ connectStdio }, { serveUntilClosed }, { openStdio }] = await Promise.all([
    import("./server.ts"),
    import("./serving/serve-until-closed.ts"),
    import("./platform/stdio-host.ts"),
  ]);
  const host = openStdio();
  let loaded: Promise<Services> | undefined;
  const load = (): Promise<Services> =>
    (loaded ??= import("./services.ts").then(({ createServices }) => createServices()));
  const connection = connectStdio(load, version, host);
  const runs = {
    recover: async () => {
      await host.afterOpening();
      await (await load()).runs.recover();
    },
    shutdown: async () => (await loaded)?.runs.shutdown(),
  };
  await serveUntilClosed({ runs, connection, host });
}

function inputTooLong(maxBytes: number) {
  return {
    code: "TEXT_TOO_LONG" as const,
    error: `Standard input is longer than ${maxBytes} bytes.`,
    field: "FILE",
    advice: "Write the tasks to a file and name it.",
  };
}
