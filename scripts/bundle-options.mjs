// How the product is bundled; the benchmark is bundled the same way, so that it measures what is shipped.

/** Options of esbuild for everything that runs on Node. Lines are not joined, so that a stack trace in a log can be read. */
export const bundleOptions = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  minifySyntax: true,
  splitting: true,
  sourcemap: true,
  logLevel: "warning",
};
