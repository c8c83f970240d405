/** An AWS account with a label, a scan role and an unlock role. Without a role the ambient credentials are used. */
export type AccountSettings = {
  readonly name: string;
  readonly id: string;
  readonly region: string;
  readonly scanRoleArn: string | null;
  readonly unlockRoleArn: string | null;
  /** The role that may create a removed lock again; without it, and with an unlock role, restoring is off. */
  readonly restoreRoleArn: string | null;
  readonly externalId: string | null;
  readonly endpoints: { readonly s3: string | null; readonly dynamodb: string | null; readonly sts: string | null };
};
