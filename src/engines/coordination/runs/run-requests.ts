/**
 * How a process reaches a run of another process: it leaves a small file in the run's folder, the owner
 * looks there, takes the file away and acts. No socket, no port, nothing to authenticate: who may write
 * the folder may control the run.
 */
import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import type { Machine } from "../../../ports/machine.ts";
import { runRequestSchema, type RunRequest } from "../../../schema/run-request.ts";
import { timePart } from "./plan-store.ts";

/** How often an owner looks for requests, and how often who left one looks whether it was taken. */
const lookMs = 200;

/** How long an owner may take before it counts as not reacting. */
const patienceMs = 5_000;

/** What requests are passed with. */
export interface RequestWorld {
  readonly files: Files;
  readonly clock: Clock;
  readonly machine: Machine;
  log(line: string): void;
}

const requestsFolder = (runFolder: string): string => `${runFolder}/requests`;

/** Leaves a request and waits until the owner has taken it; false, and the request is withdrawn, when it does not. */
export async function postRequest(world: RequestWorld, runFolder: string, request: RunRequest): Promise<boolean> {
  const { files, clock, machine } = world;
  const folder = requestsFolder(runFolder);
  const path = `${folder}/${timePart(clock.now())}-${machine.newId("")}.json`;
  await files.makeFolder(folder);
  await files.writeAtomic(path, JSON.stringify(request));
  const deadline = clock.now() + patienceMs;
  while ((await files.status(path)) !== undefined) {
    if (clock.now() >= deadline) {
      await files.removeFile(path);
      return false;
    }
    await new Promise<void>((resolve) => void clock.setTimer(lookMs, resolve));
  }
  return true;
}

/** Looks for requests as long as the run goes on, and hands over each once; the returned function ends it. */
export function serveRequests(world: RequestWorld, runFolder: string, act: (request: RunRequest) => void): () => void {
  let over = false;
  let cancelTimer = (): void => undefined;
  const look = async (): Promise<void> => {
    for (const request of await takeRequests(world.files, runFolder)) act(request);
    if (!over) lookAgain();
  };
  // A folder that cannot be read must not cost the run; it can still be controlled from its own process.
  const giveUp = (error: unknown): void => world.log(`requests in ${runFolder} cannot be read: ${String(error)}`);
  const lookAgain = (): void => {
    cancelTimer = world.clock.setTimer(lookMs, () => void look().catch(giveUp));
  };
  lookAgain();
  return () => {
    over = true;
    cancelTimer();
  };
}

async function takeRequests(files: Files, runFolder: string): Promise<readonly RunRequest[]> {
  const folder = requestsFolder(runFolder);
  const requests: RunRequest[] = [];
  for (const name of await files.list(folder)) {
    if (!name.endsWith(".json")) continue;
    const text = await files.readText(`${folder}/${name}`);
    await files.removeFile(`${folder}/${name}`);
    const parsed = runRequestSchema.safeParse(readJson(text ?? ""));
    if (parsed.success) requests.push(parsed.data);
  }
  return requests;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Whoever wrote it was no process of this program; it is taken away and forgotten.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
