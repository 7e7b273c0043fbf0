import {
  ProtocolError,
  SdkError,
  type InputRequiredResult,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { CallOrigin } from "../engines/coordination/runs/runs.ts";
import type { ToolServices } from "../tools/define-tool.ts";
import { failedReply, handleCall, type ToolCallRequest } from "../tools/handle-call.ts";
import type { ToolReply } from "../tools/refusal.ts";
import { approvedCommands, askApproval } from "./command-approval.ts";
import { clientFacts, type ClientFacts, type Era } from "./client-facts.ts";
import { deliverRun, type ProgressNote } from "./delivery.ts";
import { readRound, takeAnswers } from "./questions.ts";
import type { CreatedTask } from "./run-tasks.ts";

/** What answering calls needs: what the tools call, and somewhere to write what went wrong. */
export interface CallServices extends ToolServices {
  log(line: string): void;
}

/** The connection that a call came over. */
export interface Connection {
  readonly server: Server;
  readonly era: Era;
}

/** Answers one `tools/call`: joins the pipeline of the tools to the connection that the call came over. */
export async function answerCall(
  call: ToolCallRequest,
  context: ServerContext,
  world: { readonly connection: Connection; readonly services: CallServices },
): Promise<ToolReply | CreatedTask | InputRequiredResult> {
  const { connection, services } = world;
  const { mcpReq } = context;
  const client = clientFacts(context, connection);
  const round = readRound(mcpReq.requestState());
  if (round !== undefined && mcpReq.inputResponses !== undefined) {
    try {
      await takeAnswers(round.executionId, mcpReq.inputResponses, services);
    } catch (error) {
      return failedReply(error, call.name, services.log);
    }
  }
  const approval = approvedCommands(mcpReq.requestState(), mcpReq.inputResponses);
  const request = { client, signal: mcpReq.signal, notify: progressNotifier(context), round };
  return handleCall<CreatedTask | InputRequiredResult>(call, {
    context: {
      ...services,
      origin: () => callOrigin(client, connection),
      startedRun: round?.executionId,
      approvedCommands: approval ?? [],
    },
    // Who has said no once is not asked again.
    instead: (refused) => (client.forms && approval === undefined ? askApproval(refused) : undefined),
    deliver: (answer) => deliverRun(answer, request, services),
    log: services.log,
  });
}

/** Sends progress for a call whose client asked for it. */
function progressNotifier({ mcpReq }: ServerContext): ((note: ProgressNote) => Promise<void>) | undefined {
  const { _meta: meta } = mcpReq;
  const progressToken = meta?.progressToken;
  if (progressToken === undefined) return undefined;
  return async (note) => {
    if (mcpReq.signal.aborted) return;
    await mcpReq.notify({ method: "notifications/progress", params: { progressToken, ...note } });
  };
}

/** How long a client may take to say which folders it works in. */
const rootsTimeoutMs = 2_000;

/** The first folder that the client works in, where it says so. */
async function callOrigin(client: ClientFacts, { server }: Connection): Promise<CallOrigin> {
  if (!client.roots) return {};
  try {
    const { roots } = await server.listRoots({}, { timeout: rootsTimeoutMs });
    const folder = roots.map(({ uri }) => folderOf(uri)).find((path) => path !== undefined);
    return folder === undefined ? {} : { clientRoot: folder };
  } catch (error) {
    // A client that declares roots and does not tell them is served like one that has none.
    if (error instanceof SdkError || error instanceof ProtocolError || error instanceof URIError) return {};
    throw error;
  }
}

function folderOf(uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined;
  const { protocol, pathname, host } = new URL(uri);
  return protocol === "file:" && host === "" ? decodeURIComponent(pathname) : undefined;
}
