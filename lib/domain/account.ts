/** `required` refuses where the role's trust policy does not let the name be set; `whenPermitted` goes on without, on the record. */
export const SOURCE_IDENTITY_MODES = ["required", "whenPermitted", "off"] as const;
export type SourceIdentityMode = (typeof SOURCE_IDENTITY_MODES)[number];

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
  /** Whether sessions of an unlock or a restore carry the person's name (STS's SourceIdentity); `whenPermitted` without it. */
  readonly sourceIdentity?: SourceIdentityMode;
  readonly endpoints: { readonly s3: string | null; readonly dynamodb: string | null; readonly sts: string | null };
};
