/** A repository in which many agents have changed many of the same files, as `git fast-import` reads it. */

/** Files of the repository, agents that change some of them, how many of which, and pairs that change the same line. */
export const CROWD = { files: 5_000, agents: 24, changed: 190, crowded: 400, clashes: 8 } as const;

/** Functions of a file: one for each agent, and some to spare. */
const FUNCTIONS = 26;
/** Of every so many agents, one changes a function of its neighbour's in one file. */
const CLASH_EVERY = 3;

/** Where a file lies. */
export function crowdedName(file: number): string {
  return `src/m${file % 50}/f${file}.ts`;
}

/** A file as the agents find it. */
export function crowdedText(file: number): string {
  return Array.from(
    { length: FUNCTIONS },
    (_, index) => `export function f${file}x${index}(a: number): number {\n  return a * ${index};\n}\n`,
  ).join("\n");
}

/** What an agent leaves behind: the body of a function of its own in each of its files. */
export function crowdedEdits(agent: number): readonly { readonly path: string; readonly text: string }[] {
  const edits = [...filesOf(agent)].map((file) => ({ file, slot: agent }));
  const clashing = agent % CLASH_EVERY === 0 && agent + 1 < CROWD.agents;
  const shared = clashing ? edits.find(({ file }) => filesOf(agent + 1).has(file)) : undefined;
  if (shared) shared.slot = agent + 1;
  return edits.map(({ file, slot }) => {
    const before = `  return a * ${slot};\n`;
    return { path: crowdedName(file), text: crowdedText(file).replace(before, `  return a + ${agent};\n`) };
  });
}

/** Steps through the files that have no divisor in common with their number, so that none is met twice. */
const STEPS = [7, 11, 13, 17, 19, 21, 23, 27, 29, 31, 33, 37];

function filesOf(agent: number): ReadonlySet<number> {
  const step = STEPS[agent % STEPS.length] ?? 1;
  return new Set(Array.from({ length: CROWD.changed }, (_, index) => (agent * 31 + index * step) % CROWD.crowded));
}
