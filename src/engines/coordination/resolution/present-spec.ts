import type { RunSpec } from "../../../schema/event.ts";
import { refuse } from "../../../schema/problem.ts";
import type { RunsWorld } from "../runs/runs-world.ts";

/**
 * A run's settings for a decision that is made now: of the commands that made files anew while it ran, only those are
 * left that the user's configuration still names. Refuses where that cannot be read.
 */
export async function presentSpec(world: Pick<RunsWorld, "settings">, spec: RunSpec): Promise<RunSpec> {
  const { regenerate = [], ...others } = spec;
  if (regenerate.length === 0) return spec;
  const settings = await world.settings(spec.workspace);
  if (!settings.ok) return refuse(settings.error);
  const named = new Set(settings.value.regenerate.map((rule) => JSON.stringify([rule.files, rule.command])));
  const left = regenerate.filter((rule) => named.has(JSON.stringify([rule.files, rule.command])));
  return { ...others, regenerate: left };
}
