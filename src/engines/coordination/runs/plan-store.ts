import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import type { Machine } from "../../../ports/machine.ts";
import type { Analysis } from "../../../schema/plan.ts";
import { refuse } from "../../../schema/problem.ts";
import type { Plans } from "./plans.ts";

/** How long a plan is kept. */
const keptDays = 30;

/** At most this many old plans are looked at when a new one is saved. */
const sweepLimit = 50;

const planIdPattern = /^plan-[a-z0-9]{8}-[a-z0-9]{10}$/;

/** Keeps plans as files in the state folder. */
export function planStore(world: {
  readonly files: Files;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly stateFolder: string;
}): Plans {
  const { files, clock, machine } = world;
  const folder = `${world.stateFolder}/plans`;

  /** Ids begin with their time, so that names alone tell which plans are too old. */
  const forgetOldPlans = async (): Promise<void> => {
    const oldest = timePart(clock.now() - keptDays * 86_400_000);
    const names = await files.list(folder);
    for (const name of names.slice(0, sweepLimit)) {
      if (name.slice("plan-".length) < oldest) await files.removeFile(`${folder}/${name}`);
    }
  };

  return {
    async save(analysis) {
      const planId = `plan-${timePart(clock.now())}-${machine.newId("").slice(0, 10)}`;
      await files.makeFolder(folder);
      await files.writeAtomic(`${folder}/${planId}.json`, JSON.stringify(analysis));
      await forgetOldPlans();
      return planId;
    },
    async load(planId) {
      const text = planIdPattern.test(planId) ? await files.readText(`${folder}/${planId}.json`) : undefined;
      if (text === undefined) {
        refuse({
          code: "UNKNOWN_PLAN",
          error: `There is no plan '${planId}'; plans are kept for ${keptDays} days.`,
          field: "planId",
          advice: "Call analyze_task_parallelizability again and use the planId it gives.",
        });
      }
      // Only this program writes the folder, and only whole files.
      return JSON.parse(text) as Analysis;
    },
  };
}

/** Milliseconds as eight characters that sort like the time. */
export function timePart(ms: number): string {
  return Math.max(0, Math.floor(ms)).toString(36).padStart(8, "0").slice(-8);
}
