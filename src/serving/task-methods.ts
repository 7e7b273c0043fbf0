import type { Server, ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { CallServices } from "./answer-call.ts";
import { clientFacts } from "./client-facts.ts";

const schemas = {
  params: z.looseObject({ taskId: z.string().min(1).max(200) }),
  result: z.looseObject({}),
};

/** Lets a server of the 2026-07-28 era answer for tasks: a task's id is its run's. */
export function handleTasks(server: Server, load: () => Promise<CallServices>): void {
  /** What answers for tasks, for a client that has declared that it knows them. */
  const open = async (context: ServerContext) => {
    const [tasks, services] = await Promise.all([import("./run-tasks.ts"), load()]);
    const client = clientFacts(context, { server, era: "modern" });
    if (!client.tasks) throw tasks.tasksNotDeclared();
    return { tasks, services, client };
  };
  server.setRequestHandler("tasks/get", schemas, async ({ taskId }, context) => {
    const { tasks, services, client } = await open(context);
    return { ...(await tasks.getTask(taskId, services, client.forms)) };
  });
  server.setRequestHandler("tasks/update", schemas, async ({ taskId }, context) => {
    const { tasks, services } = await open(context);
    await tasks.updateTask(taskId, context.mcpReq.inputResponses ?? {}, services);
    return {};
  });
  server.setRequestHandler("tasks/cancel", schemas, async ({ taskId }, context) => {
    const { tasks, services } = await open(context);
    await tasks.cancelTask(taskId, services.runs);
    return {};
  });
}
