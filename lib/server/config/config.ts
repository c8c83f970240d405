/** What Lockkeeper watches, with every default filled in. */
export type Config = {
  readonly accounts: readonly AccountConfig[];
  readonly scan: { readonly everyMs: number };
  readonly access: { readonly mode: "local" };
};

export type AccountConfig = {
  readonly name: string;
  readonly id: string;
  readonly region: string;
  readonly scanRoleArn?: string;
  readonly unlockRoleArn?: string;
  readonly externalId?: string;
  readonly buckets: readonly BucketConfig[];
  readonly tables: readonly TableConfig[];
  readonly endpoints: EndpointsConfig;
};

export type BucketConfig = { readonly name: string; readonly prefix: string; readonly region: string };

export type TableConfig = { readonly name: string; readonly region: string };

export type EndpointsConfig = { readonly s3?: string; readonly dynamodb?: string; readonly sts?: string };

/** One thing that is wrong, where it stands, and what to write instead. Never carries a configured value. */
export type ConfigProblem = {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
  readonly hint: string;
};
