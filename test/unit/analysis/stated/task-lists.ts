/** Tasks by id, as a user would list them. */
export type TaskList = Readonly<Record<string, string>>;

/** A list, what is added to it, and the dependencies that are to be applied, as "a>b c>d". */
export type Phrasing = readonly [list: TaskList, added: TaskList, edges: string];

export const compiler: TaskList = {
  t1: "Write the lexer",
  t2: "Write the parser",
  t3: "Implement the type checker",
  t4: "Build the code generator in src/codegen",
};

export const shop: TaskList = {
  "1": "Define the database schema",
  "2": "Implement the product catalogue API",
  "3": "Build the checkout page",
  "4": "Set up the payment gateway",
};

export const pipeline: TaskList = {
  ingest: "Build an ingestion job that pulls CSV files from S3",
  clean: "Write the cleaning step for malformed rows",
  features: "Create the feature table",
  train: "Train the churn model",
};

export const infra: TaskList = {
  net: "Create the VPC and the subnets",
  db: "Provision the Postgres cluster",
  "users-mig": "Write the users migration",
  "orders-mig": "Write the orders migration",
  ship: "Deploy the app to production",
};

export const manual: TaskList = {
  A1: "Draft the outline of the handbook",
  A2: "Record the screenshots",
  A3: "Write the installation chapter",
  A4: "Translate the handbook into German",
};
