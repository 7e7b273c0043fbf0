import type { Server, ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { CallServices } from "./answer-call.ts";
import { clientFacts, type ClientFacts } from "./client-facts.ts";
import { cancelTask, getTask, tasksNotDeclared, updateTask } from "./run-tasks.ts";

const schemas = {
  params: z.looseObject({ taskId: z.string().min(1).max(200) }),
  result: z.looseObject({}),
};

/** Lets a server of the 2026-07-28 era answer for tasks: a task's id is its run's. */
export function handleTasks(server: Server, services: CallServices): void {
  server.setRequestHandler("tasks/get", schemas, async ({ taskId }, context) => {
    const { forms } = declaring(server, context);
    return { ...(await getTask(taskId, services, forms)) };
  });
  server.setRequestHandler("tasks/update", schemas, async ({ taskId }, context) => {
    declaring(server, context);
    await updateTask(taskId, context.mcpReq.inputResponses ?? {}, services);
    return {};
  });
  server.setRequestHandler("tasks/cancel", schemas, async ({ taskId }, context) => {
    declaring(server, context);
    await cancelTask(taskId, services.runs);
    return {};
  });
}

/** The client of a request, which has to declare that it knows tasks. */
function declaring(server: Server, context: ServerContext): ClientFacts {
  const client = clientFacts(context, { server, era: "modern" });
  if (!client.tasks) throw tasksNotDeclared();
  return client;
}
