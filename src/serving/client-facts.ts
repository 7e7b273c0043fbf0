import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";

/** Name of the protocol's extension for long calls. */
export const tasksExtension = "io.modelcontextprotocol/tasks";

/** What decides how a client is served. */
export interface ClientFacts {
  readonly name: string | undefined;
  /** Whether a long call may become a task. */
  readonly tasks: boolean;
  /** Whether the person at the client can be asked through a form. */
  readonly forms: boolean;
  /** Whether the client can be asked for the folders it works in. */
  readonly roots: boolean;
}

/** The protocol's generations: `legacy` up to 2025-11-25, `modern` from 2026-07-28. */
export type Era = "modern" | "legacy";

/** Reads who is calling: from the request itself in the modern era, from the connection's start before. */
export function clientFacts(
  context: ServerContext,
  connection: { readonly server: Server; readonly era: Era },
): ClientFacts {
  const { server, era } = connection;
  const modern = era === "modern";
  // The SDK has checked the envelope; its type only does not name the keys.
  const envelope = (context.mcpReq.envelope ?? {}) as Readonly<Record<string, unknown>>;
  const info = (modern ? envelope[CLIENT_INFO_META_KEY] : server.getClientVersion()) as Implementation | undefined;
  const declared = modern ? envelope[CLIENT_CAPABILITIES_META_KEY] : server.getClientCapabilities();
  const capabilities = (declared ?? {}) as ClientCapabilities;
  return {
    name: typeof info?.name === "string" ? info.name : undefined,
    tasks: modern && declaresTasks(capabilities),
    forms: takesForms(capabilities),
    roots: !modern && capabilities.roots !== undefined,
  };
}

function declaresTasks(capabilities: ClientCapabilities): boolean {
  const { extensions } = capabilities;
  return extensions !== undefined && Object.hasOwn(extensions, tasksExtension);
}

/** An empty declaration means forms: modes came later. */
function takesForms({ elicitation }: ClientCapabilities): boolean {
  if (elicitation === undefined) return false;
  return elicitation.form !== undefined || elicitation.url === undefined;
}
