import type { TaskInput } from "../../schema/task.ts";
import type { Services } from "../../services.ts";

/** The files of the repository that the demonstration works on. */
const committed: Readonly<Record<string, string>> = {
  "README.md": "# Tea shop\n\nA small shop for tea.\n\n## Prices\n\nAll prices are net.\n",
  "src/prices.js": `// Prices in cents.
export const prices = { green: 450, black: 400, mint: 380 };

export function priceOf(tea) {
  return prices[tea];
}

export function knownTeas() {
  return Object.keys(prices);
}

export function cheapest() {
  return knownTeas().reduce((best, tea) => (priceOf(tea) < priceOf(best) ? tea : best));
}
`,
  "src/cart.js": `import { priceOf } from "./prices.js";

export function total(items) {
  const sum = items.reduce((cents, item) => cents + priceOf(item.tea) * item.count, 0);
  return sum;
}
`,
  "src/greeting.js": `export function greeting(name) {
  return "Hello " + name;
}
`,
};

/** What the user has changed and not committed; nobody may touch it. */
export const userEdits: Readonly<Record<string, string>> = {
  "src/greeting.js": `export function greeting(name) {
  return "Good morning, " + name + "!"; // my own edit, not committed yet
}
`,
  "notes.txt": "call the printer about the labels\n",
};

/** What the five scripted agents of the demonstration do. */
export const demoTasks: readonly TaskInput[] = [
  {
    id: "add-tax",
    description: "Let prices be asked for with tax included",
    estimatedMinutes: 3,
    simulate: {
      minutes: 3,
      progress: ["reading the price list", "writing priceWithTax"],
      edits: [
        {
          file: "src/prices.js",
          type: "modify",
          find: "// Prices in cents.\n",
          replace: "// Prices in cents, without tax.\nexport const taxPercent = 7;\n\n",
        },
        {
          file: "src/tax.js",
          type: "create",
          content:
            'import { priceOf, taxPercent } from "./prices.js";\n\nexport function priceWithTax(tea) {\n  return Math.round((priceOf(tea) * (100 + taxPercent)) / 100);\n}\n',
        },
      ],
    },
  },
  {
    id: "faster-cheapest",
    description: "Make the search for the best offer one pass",
    estimatedMinutes: 2,
    simulate: {
      minutes: 2,
      progress: ["measuring the search"],
      edits: [
        {
          file: "src/prices.js",
          type: "modify",
          find: "  return knownTeas().reduce((best, tea) => (priceOf(tea) < priceOf(best) ? tea : best));\n",
          replace:
            "  const [[tea]] = Object.entries(prices).sort((left, right) => left[1] - right[1]);\n  return tea;\n",
        },
      ],
    },
  },
  {
    id: "discount",
    description: "Take ten percent off large orders",
    estimatedMinutes: 3,
    simulate: {
      minutes: 3,
      progress: ["looking at past orders", "choosing the threshold"],
      edits: [
        {
          file: "src/cart.js",
          type: "modify",
          find: "  return sum;\n",
          replace: "  return sum > 5000 ? Math.round(sum * 0.9) : sum;\n",
        },
      ],
    },
  },
  {
    id: "shipping",
    description: "Charge for sending small orders",
    estimatedMinutes: 2,
    simulate: {
      minutes: 2,
      progress: ["asking for the parcel rates"],
      edits: [
        {
          file: "src/cart.js",
          type: "modify",
          find: "  return sum;\n",
          replace: "  return sum < 2000 ? sum + 490 : sum;\n",
        },
      ],
    },
  },
  {
    id: "document-tax",
    description: "Explain the new kind of price to readers",
    estimatedMinutes: 1,
    dependsOn: ["add-tax"],
    simulate: {
      minutes: 1,
      progress: ["reading what add-tax has written"],
      edits: [
        {
          file: "README.md",
          type: "modify",
          find: "All prices are net.\n",
          replace: "All prices are net; `priceWithTax` adds 7 % tax.\n",
        },
        // Only there if the work of add-tax really was handed on: otherwise this edit cannot be made and the task fails.
        {
          file: "src/tax.js",
          type: "modify",
          find: "export function priceWithTax",
          replace: "/** The price a customer pays, in cents. */\nexport function priceWithTax",
        },
      ],
    },
  },
];

/** Makes the repository: one commit, and on top of it what the user has not committed. */
export async function makeRepository(services: Services, folder: string): Promise<void> {
  const { files, git } = services;
  await files.makeFolder(`${folder}/src`);
  for (const [name, content] of Object.entries(committed)) await files.writeAtomic(`${folder}/${name}`, content, 0o644);
  const config = ["user.name=Tea Shop", "user.email=shop@example.invalid"];
  await git.run(["init", "--quiet", "--initial-branch=main"], { cwd: folder });
  await git.run(["add", "--all"], { cwd: folder });
  await git.run(["commit", "--quiet", "-m", "The shop as it is"], { cwd: folder, config });
  for (const [name, content] of Object.entries(userEdits)) await files.writeAtomic(`${folder}/${name}`, content, 0o644);
}

/** What git knows of the user's repository apart from the files: HEAD, branches, stash, index. */
export async function repositoryState(services: Services, folder: string): Promise<string> {
  const asked = [["rev-parse", "HEAD"], ["for-each-ref"], ["stash", "list"], ["diff", "--cached", "--stat"]];
  const answers: string[] = [];
  for (const argv of asked) answers.push((await services.git.run(argv, { cwd: folder })).text);
  return answers.join("\n");
}
