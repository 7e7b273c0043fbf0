import type { EventOf } from "../../../schema/event.ts";
import type { TurnWait } from "../../merging/apply/apply-fence.ts";
import type { RunView } from "../../progress/run-view.ts";
import type { RunWorkspaces } from "../workspaces.ts";

/** How the user's files get from what was written before to what is merged now. */
export interface DeliveryPlan {
  /** What was written before; undefined when nothing was. */
  readonly from: string | undefined;
  /** What is to be written; undefined takes everything of the run out again. */
  readonly to: string | undefined;
}

/** What has to be written so that the user's files hold a merged commit; undefined when they do, or never shall. */
export function planDelivery(view: RunView, merged: string | undefined): DeliveryPlan | undefined {
  const last = view.delivered.at(-1);
  if (last) return last.merged === merged ? undefined : { from: last.commit, to: merged };
  return merged === undefined ? undefined : { from: undefined, to: merged };
}

/** Whether a decision about a run's conflicts also writes: the run was to be written, or has been, and nobody took it back. */
export function writesOnItsOwn(view: RunView): boolean {
  return view.undone !== true && (view.spec.apply === "merge" || view.delivered.length > 0);
}

/** Leads the user's files to what is merged now, around what the user has changed; `begin` is told before the first write. */
export async function deliver(request: {
  readonly workspaces: RunWorkspaces;
  readonly plan: DeliveryPlan;
  readonly begin: (commit: string) => Promise<void>;
  /** How the wait for somebody else who writes is followed and ended. */
  readonly wait?: (commit: string) => TurnWait;
}): Promise<Omit<EventOf<"apply.finished">, "type">> {
  const { workspaces, plan, begin, wait } = request;
  const commit = await workspaces.leadTo(plan);
  await begin(commit);
  return {
    ...(await workspaces.apply("merge", commit, { from: plan.from, ...(wait && { wait: wait(commit) }) })),
    commit,
  };
}
