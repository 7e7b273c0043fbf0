import { runCommandLine } from "../../src/cli/command-line.ts";
import type { CommandHost } from "../../src/cli/command-host.ts";
import type { Services } from "../../src/services.ts";

/** What a command wrote and how it ended. */
export interface Typed {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

/** Types a command to a host made by hand. */
export async function typeCommand(
  argv: readonly string[],
  changes: Partial<CommandHost> & {
    readonly input?: string;
    readonly texts?: Readonly<Record<string, string>>;
    readonly engines?: Partial<Services>;
  } = {},
): Promise<Typed> {
  const { input = "", texts = {}, engines = {}, ...rest } = changes;
  let out = "";
  let notes = "";
  const files = {
    readText: (path: string) => Promise.resolve(texts[path]),
    status: (path: string) => Promise.resolve(path in texts ? { kind: "file" } : undefined),
  };
  const host: CommandHost = {
    argv,
    environment: {},
    workingFolder: "/w",
    temporaryFolder: "/tmp",
    nodeVersion: "v20.20.2",
    version: "1.2.3",
    terminals: { input: false, output: false, errors: false },
    out: (text) => void (out += text),
    note: (text) => void (notes += text),
    readInput: () => Promise.resolve(input),
    ask: () => Promise.resolve(undefined),
    absolutePath: (path) => (path.startsWith("/") ? path : `/w/${path}`),
    onInterrupt: () => () => undefined,
    services: () => Promise.resolve({ files, ...engines } as unknown as Services),
    serve: () => Promise.resolve(),
    ...rest,
  };
  const code = await runCommandLine(host);
  return { code, out, notes };
}
