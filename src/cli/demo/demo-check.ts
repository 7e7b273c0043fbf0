import type { RunView } from "../../engines/progress/run-view.ts";
import type { Services } from "../../services.ts";
import { userEdits } from "./demo-repository.ts";

/** Something the demonstration promises, and whether it came true. */
export interface DemoPromise {
  readonly text: string;
  readonly kept: boolean;
}

/** Looks at the files themselves, not at what the run says of them. */
export async function checkPromises(request: {
  readonly services: Services;
  readonly folder: string;
  readonly view: RunView;
  readonly gitBefore: string;
  readonly gitAfter: string;
}): Promise<DemoPromise[]> {
  const { services, folder, view } = request;
  const read = async (name: string): Promise<string> => (await services.files.readText(`${folder}/${name}`)) ?? "";
  const [prices, cart, tax, readme] = [
    await read("src/prices.js"),
    await read("src/cart.js"),
    await read("src/tax.js"),
    await read("README.md"),
  ];
  const discount = cart.includes("sum * 0.9");
  const shipping = cart.includes("sum + 490");
  const held = view.merge?.held.map((task) => task.taskId) ?? [];
  const untouched: boolean[] = [];
  for (const [name, content] of Object.entries(userEdits)) untouched.push((await read(name)) === content);
  return [
    {
      text: "two agents worked in src/prices.js: both edits are there",
      kept: prices.includes("taxPercent = 7") && prices.includes("Object.entries(prices)"),
    },
    {
      text: "document-tax built on the work of add-tax",
      kept: tax.includes("The price a customer pays") && tax.includes("Math.round") && readme.includes("priceWithTax"),
    },
    {
      text: "two agents changed the same line of src/cart.js: one is in, one is held",
      kept: discount !== shipping && held.length === 1 && held[0] === (discount ? "shipping" : "discount"),
    },
    {
      text: "the held work is kept, with the conflict described",
      kept: view.conflicts.some(
        (conflict) => conflict.severity !== "low" && conflict.affectedResources.includes("src/cart.js"),
      ),
    },
    { text: "your own uncommitted edit and your untracked file are as you left them", kept: untouched.every(Boolean) },
    {
      text: "HEAD, branches, stash and index of the repository are as before",
      kept: request.gitBefore === request.gitAfter,
    },
  ];
}
