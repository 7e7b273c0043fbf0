import { stemOf } from "./word-forms.ts";

/** Where in an errand a thing usually comes in. */
export const scenes = [
  "online",
  "storage",
  "supplies",
  "facts",
  "shop",
  "carried",
  "vehicle",
  "venue",
  "heat",
  "checkout",
  "company",
] as const;

/** Where in an errand a thing usually comes in. */
export type Scene = (typeof scenes)[number];

const words: Readonly<Record<Scene, string>> = {
  online: "computer laptop internet online website web site browser email google app desktop tablet",
  storage:
    "closet drawer cabinet cupboard shelf fridge refrigerator garage attic pantry basement shed freezer wardrobe",
  supplies:
    "ingredient recipe material supply equipment tool gear paper pen pencil kit book notebook flour paint wood fabric part",
  facts:
    "local nearby price option idea review information hours direction location topic cost budget requirement route forecast weather schedule rating type kind",
  shop: "store shop market supermarket mall grocery dealership bakery pharmacy nursery bank",
  carried: "key wallet purse bag shoe sock coat jacket clothes shirt backpack hat glove suitcase luggage pants uniform",
  vehicle: "car bus train plane truck boat taxi airport station van subway cab vehicle flight",
  venue:
    "venue gate entrance stadium theater theatre park beach pool lake restaurant club gym arena museum campsite trail court",
  heat: "oven stove grill pan pot microwave tray burner skillet flame",
  checkout: "button cart checkout payment cashier receipt register total credit counter bill",
  company: "guest audience crowd attendee visitor everyone everybody judge",
};

const scenesOfStem = new Map<string, Scene>();
for (const scene of scenes) {
  for (const word of words[scene].split(" "))
    if (!scenesOfStem.has(stemOf(word))) scenesOfStem.set(stemOf(word), scene);
}

/** The scene that a word belongs to; undefined for most words. */
export function sceneOf(stem: string): Scene | undefined {
  return scenesOfStem.get(stem);
}
