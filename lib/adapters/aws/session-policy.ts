import type { HalfAddress } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";

/** A half with the source it is in. */
export type PlacedHalf = { readonly source: Source; readonly half: HalfAddress };

const POLICY_CHARACTERS_MAX = 2_048;
/** Two of the longest locations do not fit into one policy; then less of each is named. */
const LOCATION_CHARACTERS = [2_048, 600, 300, 100];

/** What a session may do at most, whatever its role may: here, to list, and to read locks. */
export function formatScanPolicy(roleArn: string): string {
  const partition = partitionOfArn(roleArn);
  return formatPolicy([
    allow(["s3:ListBucket", "s3:ListBucketVersions"], `arn:${partition}:s3:::*`),
    allow(["s3:GetObject"], `arn:${partition}:s3:::*/*.tflock`),
    allow(["dynamodb:DescribeTable", "dynamodb:Scan", "dynamodb:GetItem", "dynamodb:BatchGetItem"], "*"),
    allow(["kms:Decrypt"], "*"),
  ]);
}

/** Narrows an unlock's session to its own halves: whatever its role may, these credentials can delete nothing else. */
export function formatUnlockPolicy(roleArn: string, placed: readonly PlacedHalf[]): string {
  return formatHalvesPolicy(roleArn, placed, {
    s3: ["s3:GetObject", "s3:DeleteObject"],
    dynamodb: ["dynamodb:GetItem", "dynamodb:DeleteItem"],
    kms: ["kms:Decrypt"],
  });
}

/** Narrows a restore's session to its own halves. */
export function formatRestorePolicy(roleArn: string, placed: readonly PlacedHalf[]): string {
  return formatHalvesPolicy(roleArn, placed, {
    s3: ["s3:GetObject", "s3:PutObject"],
    dynamodb: ["dynamodb:GetItem", "dynamodb:PutItem"],
    kms: ["kms:Decrypt", "kms:GenerateDataKey"],
  });
}

type HalfActions = Readonly<Record<"s3" | "dynamodb" | "kms", readonly string[]>>;

/**
 * Allows the actions on these halves only. What IAM has no sure way to spell (characters outside ASCII, and the end of a
 * location too long for a policy) becomes a wildcard: the client's own rules are exact.
 */
function formatHalvesPolicy(roleArn: string, placed: readonly PlacedHalf[], actions: HalfActions): string {
  const partition = partitionOfArn(roleArn);
  for (const characters of LOCATION_CHARACTERS) {
    const statements = placed.flatMap(({ source, half }) => {
      const location = spell(half.location, characters);
      if (source.kind === "s3") {
        const bucket = `arn:${partition}:s3:::${source.name}`;
        return [
          allow(actions.s3, `${bucket}/${location}`),
          // Without it S3 answers 403 for a lock that is gone.
          allow(["s3:ListBucket"], bucket),
        ];
      }
      const table = `arn:${partition}:dynamodb:${source.region}:${source.account.id}:table/${source.name}`;
      const condition = { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [location] } };
      return [{ ...allow(actions.dynamodb, table), Condition: condition }];
    });
    const policy = formatPolicy([...statements, allow(actions.kms, "*")]);
    if (policy.length <= POLICY_CHARACTERS_MAX) return policy;
  }
  throw new RangeError("The policy of this session would be longer than STS takes.");
}

/** A location as an IAM pattern that matches it. */
function spell(location: string, charactersMax: number): string {
  let pattern = "";
  for (const character of location) {
    const spelled = /[*?$]/.test(character) ? `\${${character}}` : /[ -~]/.test(character) ? character : "*";
    if (pattern.length + spelled.length >= charactersMax) return `${pattern}*`;
    if (spelled !== "*" || !pattern.endsWith("*")) pattern += spelled;
  }
  return pattern;
}

function allow(actions: readonly string[], resource: string) {
  return { Effect: "Allow", Action: actions, Resource: resource };
}

function formatPolicy(statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function partitionOfArn(arn: string): string {
  return arn.split(":")[1] ?? "aws";
}
