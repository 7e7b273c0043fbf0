/** A graph of tasks as numbers: what each task needs. */
export interface TaskShape {
  readonly name: string;
  /** For each task the tasks it needs, all of lower number. */
  readonly needs: readonly (readonly number[])[];
}

/** The shapes that overhead is measured with. */
export const shapeNames = ["layered", "chain", "wide"] as const;

/** One of the shapes. */
export type ShapeName = (typeof shapeNames)[number];

const layerWidth = 50;

/** A shape with `count` tasks: layers of fifty in which each task needs two of the layer before, one chain, or no needs at all. */
export function taskShape(name: ShapeName, count: number): TaskShape {
  return { name, needs: Array.from({ length: count }, (_, task) => needsOf(name, task)) };
}

function needsOf(name: ShapeName, task: number): number[] {
  if (name === "wide") return [];
  if (name === "chain") return task === 0 ? [] : [task - 1];
  if (task < layerWidth) return [];
  const place = task % layerWidth;
  const before = task - place - layerWidth;
  return [before + place, before + ((place * 7 + 3) % layerWidth)].filter(
    (need, index, all) => all.indexOf(need) === index,
  );
}
