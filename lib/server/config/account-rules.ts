import type { z } from "zod";
import type { AccountSchema } from "./schema.ts";
import type { Path } from "./yaml-source.ts";

export type AccountInput = z.infer<typeof AccountSchema>;

/** A broken rule; `twin` is the place of the other party, which the hint then names by its line. */
export type RuleProblem = {
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
  readonly twin?: Path;
};

export const AWS_REGION = /^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/;

/** Checks what one field alone cannot show. An account that is undefined has problems of its own and is passed over. */
export function checkAccounts(accounts: readonly (AccountInput | undefined)[]): readonly RuleProblem[] {
  const known = accounts.flatMap((account, index) => (account ? [{ account, path: ["accounts", index] }] : []));
  return [
    ...known.flatMap(({ account, path }) => [
      ...checkHasSources(account, path),
      ...checkRoles(account, path),
      ...checkRegions(account, path),
    ]),
    ...findTwins(
      known.map(({ account, path }) => ({ identity: account.name, path: [...path, "name"] })),
      "is the label of another account",
      "Give each account its own name",
    ),
    ...findTwins(known.flatMap(tableIdentities), "is a table that is already scanned", "Remove one of the two"),
    ...checkBucketOverlap(known.flatMap(bucketPlaces)),
  ];
}

type Placed = { readonly account: AccountInput; readonly path: Path };

function checkHasSources(account: AccountInput, path: Path): RuleProblem[] {
  if ((account.buckets?.length ?? 0) + (account.tables?.length ?? 0) > 0) return [];
  const hint = "Add at least one bucket or one table, or remove the account.";
  return [{ path, message: "has neither buckets nor tables", hint }];
}

function checkRoles(account: AccountInput, path: Path): RuleProblem[] {
  return (["scanRoleArn", "unlockRoleArn", "restoreRoleArn"] as const)
    .filter((key) => account[key] !== undefined && account[key].split(":")[4] !== account.id)
    .map((key) => ({
      path: [...path, key],
      message: "is a role of another AWS account than id",
      hint: "Correct the role ARN or the id: both must hold the same twelve digits.",
    }));
}

function checkRegions(account: AccountInput, path: Path): RuleProblem[] {
  const { s3, dynamodb } = account.endpoints ?? {};
  const places = [
    { region: account.region, path: [...path, "region"], isAws: s3 === undefined && dynamodb === undefined },
    ...regionPlaces(account.buckets, [...path, "buckets"], s3 === undefined),
    ...regionPlaces(account.tables, [...path, "tables"], dynamodb === undefined),
  ];
  return places
    .filter((place) => place.isAws && place.region !== undefined && !AWS_REGION.test(place.region))
    .map((place) => ({
      path: place.path,
      message: "is not an AWS region",
      hint: "Write a region such as eu-west-1; other names need a custom endpoint.",
    }));
}

function regionPlaces(sources: readonly { region?: string | undefined }[] = [], path: Path, isAws: boolean) {
  return sources.map(({ region }, index) => ({ region, path: [...path, index, "region"], isAws }));
}

function tableIdentities({ account, path }: Placed) {
  return (account.tables ?? []).map((table, index) => {
    const region = table.region ?? account.region;
    const identity = JSON.stringify([account.endpoints?.dynamodb, account.id, region, table.name]);
    return { identity, path: [...path, "tables", index, "name"] };
  });
}

function bucketPlaces({ account, path }: Placed) {
  // Bucket names are unique in all of AWS, so the account does not count; a custom endpoint is a world of its own.
  return (account.buckets ?? []).map((bucket, index) => ({
    identity: JSON.stringify([account.endpoints?.s3, bucket.name]),
    prefix: bucket.prefix ?? "",
    path: [...path, "buckets", index, "name"],
  }));
}

function checkBucketOverlap(places: readonly { identity: string; prefix: string; path: Path }[]): RuleProblem[] {
  return places.flatMap((place, index) => {
    const twin = places
      .slice(0, index)
      .find((other) => other.identity === place.identity && overlap(other.prefix, place.prefix));
    if (twin === undefined) return [];
    const message = "is a bucket that is already scanned, with the same or an overlapping prefix";
    return [
      { path: place.path, message, hint: "Remove one of the two, or give them separate prefixes", twin: twin.path },
    ];
  });
}

function overlap(left: string, right: string): boolean {
  return left.startsWith(right) || right.startsWith(left);
}

/** Each place whose identity another place before it has already. */
export function findTwins(
  places: readonly { identity: string; path: Path }[],
  message: string,
  hint: string,
): RuleProblem[] {
  const first = new Map<string, Path>();
  return places.flatMap(({ identity, path }) => {
    const twin = first.get(identity);
    if (twin !== undefined) return [{ path, message, hint, twin }];
    first.set(identity, path);
    return [];
  });
}
